"""What a ladder of actions does by chance, and whom it finds, before it is used on a person.

    python -m benchmarks.actions

Officers of whom the truth is known, over 36 months: all alike, 2 in 100 truly bad, or as different as published; with
customers who come once or come back. Writes benchmarks/results/actions.csv, the tables of docs/actions.md, and the
simulated table that the ladder must name before it is used on persons. It fails where a cap is not kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import yaml

from benchmarks.actions import page
from benchmarks.actions.made_up import RATE, Drawn, World, drawn
from benchmarks.actions.months import reached, recommended
from etl.registry.actions import Ladder, Simulated
from etl.registry.declared import files_in, read

ROOT = Path(__file__).parents[2]
ALIKE = "alike"


class Task(NamedTuple):
    """A world to look at, by the published M or a fitted one, drawn from a seed."""

    world: World
    is_fitted: bool
    seed: int


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--networks", type=int, default=1, help="networks drawn of officers who are all alike")
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--results", type=Path, default=ROOT / "benchmarks/results")
    arguments.add_argument("--page-only", action="store_true", help="from the figures that are there")
    given = arguments.parse_args()
    ladder = the_ladder()
    file = given.results / "actions.csv"
    if not given.page_only:
        with Pool(given.processes) as pool:
            rows: list[dict[str, Any]] = []
            for look, cases in ((_looked_at, tasks(given.networks)), (_reached, reaching())):
                for part in pool.imap(look, cases, chunksize=1):
                    rows += part
                    pd.DataFrame(rows).to_csv(file, index=False)  # what takes an hour is kept as it comes
        _write(simulated(pd.DataFrame(rows), ladder, given.networks))
    figures = pd.read_csv(file)
    page.write((ROOT / "docs/actions.md", ROOT / "docs/actions.vi.md"), figures, ladder)
    left = over(figures)
    print("\n".join(left) or "the caps hold")
    sys.exit(1 if left else 0)


def the_ladder() -> Ladder:
    """The newest ladder that is shipped, read without asking for the table that is to be made of it."""
    ladders = [read(file, Ladder) for file in files_in(ROOT / "config/actions")]
    return max(ladders, key=lambda ladder: ladder.valid_from)


def tasks(networks: int) -> Iterator[Task]:
    """What is looked at: first one network of officers who are all alike, since the caps hang on it."""
    yield from _alike(0)
    for returning in (True, False):
        yield Task(World("2 % with 4 times the odds", returning=returning, bad_share=0.02, bad_odds=4), False, 10)
    yield Task(World("as different as published", returning=True, half=16.5), True, 10)
    yield Task(World("2 % with 2 times the odds", returning=True, bad_share=0.02, bad_odds=2), False, 10)
    yield Task(World("2 % with 4 times the odds", returning=True, bad_share=0.02, bad_odds=4), True, 10)
    for seed in range(1, networks):
        yield from _alike(seed)


def _alike(seed: int) -> Iterator[Task]:
    """A network of officers who are all alike, with both ways to know M, and customers who come once or come back."""
    for returning in (False, True):
        for is_fitted in (False, True):
            yield Task(World(ALIKE, returning=returning), is_fitted, seed)


def reaching() -> Iterator[World]:
    """The networks of which is counted how many officers reach so many responses."""
    for officers in (3_000, 5_000, 8_000):
        for returning in (False, True):
            yield World("volumes", officers, returning=returning)


def _looked_at(task: Task) -> list[dict[str, Any]]:
    """A row for each step of a task."""
    ladder, made = the_ladder(), drawn(task.world, task.seed)
    found = pd.DataFrame(recommended(made, ladder, task.is_fitted))
    print(task, file=sys.stderr, flush=True)
    return [_row(task, step.code, found[found["step"].eq(step.code)], made) for step in ladder.steps]


def _row(task: Task, step: str, found: pd.DataFrame, made: Drawn) -> dict[str, Any]:
    """What came of one step: false ones a month, and when the truly bad were first found."""
    numbers = made.responses.officers
    rates = pd.Series(made.rates, numbers)
    is_false = [int((rates.reindex(who) >= RATE - 1e-6).sum()) for who in found["officers"]]
    first: dict[Any, int] = {}
    for month, who in zip(found["month"], found["officers"], strict=True):
        for officer in who:
            first.setdefault(officer, month + 1)
    bad = [first.get(officer, 999) for officer in numbers[made.is_bad]]
    shares = {f"found_{m}": round(float(np.mean(np.array(bad) <= m)), 3) if bad else None for m in (12, 24, 36)}
    times = [month for month in bad if month < 999]
    return {
        "part": ALIKE if task.world.name == ALIKE else "found",
        "world": task.world.name,
        "returning": task.world.returning,
        "spread": "fitted" if task.is_fitted else "published",
        "seed": task.seed,
        "half": round(float(found["half"].iloc[-1]), 1),
        "step": step,
        "all_a_month": round(float(np.mean([len(who) for who in found["officers"]])), 3),
        "false_a_month": round(float(np.mean(is_false)), 3),
        "worst_month": max(is_false),
        "held_back_a_month": round(float(found["held_back"].mean()), 2),
        **shares,
        "median_months": float(np.median(times)) if times else None,
    }


def _reached(world: World) -> list[dict[str, Any]]:
    """How many officers reach so many effective responses after so many months."""
    made = drawn(world, 20)
    rows = []
    for months in (3, 12, 36):
        found = reached(made, months)
        for n in (30, 39, 66, 149):
            share = float((found >= n).sum() / world.officers)
            where = {"part": "reach", "officers": world.officers, "returning": world.returning}
            rows.append({**where, "months": months, "n": n, "reached": round(share, 4)})
    return rows


def simulated(figures: pd.DataFrame, ladder: Ladder, networks: int) -> Simulated:
    """The table that the ladder must name: what it recommended of officers who are all alike."""
    caps = {step.code: step.false_a_month for step in ladder.steps}
    alike = figures[figures["part"].eq(ALIKE)]
    means = alike.groupby(["step", "spread", "returning"], sort=False)["false_a_month"].mean().round(3)
    rows = [
        {"step": step, "spread": spread, "returning": bool(returning), "cap": caps[step], "false_a_month": float(mean)}
        for (step, spread, returning), mean in means.items()
    ]
    return Simulated.model_validate(
        {
            "ladder": ladder.code,
            "ladder_digest": ladder.digest_of_evidence,
            "officers": World(ALIKE).officers,
            "months": World(ALIKE).months,
            "networks": networks,
            "seed": 20261130,
            "alike": rows,
        }
    )


def _write(table: Simulated) -> None:
    """The table beside its ladder, and its digest for whoever switches the ladder on."""
    file = ROOT / "config/actions/simulated" / f"{table.ladder}.yaml"
    text = yaml.safe_dump(table.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=120)
    file.write_text("# Written by python -m benchmarks.actions; what it says is in docs/actions.md.\n" + text, "utf-8")
    print(f"simulation: {table.digest}")


def over(figures: pd.DataFrame) -> list[str]:
    """The steps that were recommended more often, of officers who are all alike, than their caps allow."""
    caps = {step.code: step.false_a_month for step in the_ladder().steps}
    alike = figures[figures["part"].eq(ALIKE)]
    means = alike.groupby(["step", "spread", "returning"])["false_a_month"].mean()
    return [f"{key}: {mean:g} a month, cap {caps[key[0]]:g}" for key, mean in means.items() if mean > caps[key[0]]]


if __name__ == "__main__":
    main()
