"""How often a measured effect holds the true one, and how often it says "helped" or "worse" of nothing.

    python -m benchmarks.effects

Made-up officers, units and treasuries of KBNN's sizes, of which some are acted on with a true effect or with none: by
chance or because they were bad; customers who come once or come back; a network that drifts, and areas that move by
themselves. Writes benchmarks/results/effects.csv and the table of docs/actions.md. It fails where an interval holds
less often than it says.
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

from benchmarks.effects import page
from benchmarks.effects.made_up import Trial, drawn
from etl.acting.effect import effects
from etl.registry.declared import files_in, read
from etl.registry.effects import EffectRule

ROOT = Path(__file__).parents[2]
TREATED = 900
"""So many treated areas at least are drawn of each setting."""
SLACK = 3.0
"""Standard errors of a simulated share by which it may miss what is said."""


class Setting(NamedTuple):
    """A level, and what is drawn of it."""

    level: str
    trial: Trial


SIZES = (
    *(("officer", 2_000, size) for size in (10, 30, 39, 66, 149)),
    *(("unit", 700, size) for size in (80, 160)),
    *(("treasury", 63, size) for size in (300, 950)),
)
DRIFT, MOVEMENT = -0.4, 0.15


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--processes", type=int, default=1)
    arguments.add_argument("--treated", type=int, default=TREATED, help="treated areas of each setting, at least")
    arguments.add_argument("--page-only", action="store_true", help="from the figures that are there")
    given = arguments.parse_args()
    file = ROOT / "benchmarks/results/effects.csv"
    if not given.page_only:
        with Pool(given.processes) as pool:
            rows = pool.starmap(looked_at, [(setting, given.treated) for setting in settings()], chunksize=1)
        pd.DataFrame(rows).to_csv(file, index=False)
    figures = pd.read_csv(file)
    page.write((ROOT / "docs/actions.md", ROOT / "docs/actions.vi.md"), figures)
    left = short(figures)
    print("\n".join(left) or "the intervals hold")
    sys.exit(1 if left else 0)


def the_rule() -> EffectRule:
    """The newest rule that is shipped."""
    rules = [read(file, EffectRule) for file in files_in(ROOT / "config/effects")]
    return max(rules, key=lambda rule: rule.valid_from)


def settings() -> Iterator[Setting]:
    """What is looked at: at each size, from the plainest to all at once, and then with true effects."""
    for level, areas, size in SIZES:
        hard = Trial(areas, size, because_bad=True, returning=True, drift=DRIFT, movement=MOVEMENT)
        yield Setting(level, Trial(areas, size))
        yield Setting(level, Trial(areas, size, because_bad=True))
        yield Setting(level, Trial(areas, size, because_bad=True, returning=True))
        yield Setting(level, hard)
        for effect in (0.05, 0.1, -0.1):
            yield Setting(level, Trial(**{**hard.__dict__, "effect": effect}))


def looked_at(setting: Setting, treated: int) -> dict[str, Any]:
    """What came of a setting: how often the interval held the truth, and the share of each verdict."""
    trial, rule = setting.trial, the_rule()
    chance = np.random.default_rng([20261130, trial.areas, trial.size, round(100 * trial.effect) + 100])
    parts: list[pd.DataFrame] = []
    while sum(map(len, parts)) < treated:
        cells = drawn(trial, chance)
        found = effects(cells, rule)
        parts.append(found.merge(cells[["area", "true", "selecting_satisfied", "selecting_count"]], on="area"))
    found = pd.concat(parts)
    print(setting, file=sys.stderr, flush=True)
    return {"level": setting.level, **trial.__dict__, "treated": len(found), **shares(found)}


def shares(found: pd.DataFrame) -> dict[str, float]:
    """The figures of the effects that were found, each with its ``true`` one."""
    told = found[found["effect"].notna()]
    is_held = (told["effect_low"] <= told["true"]) & (told["true"] <= told["effect_high"])
    naive = told["after_rate"] - told["selecting_satisfied"] / told["selecting_count"]
    return {
        "measured": len(told),
        "held": round(float(is_held.mean()), 4),
        **{verdict: round(float((found["verdict"] == verdict).mean()), 4) for verdict in VERDICTS},
        "no_controls": round(float((found["reason"] == "too_few_controls").mean()), 4),
        "true_mean": round(float(told["true"].mean()), 4),
        "found_mean": round(float(told["effect"].mean()), 4),
        "naive_mean": round(float(naive.mean()), 4),
        "half_width": round(float(((told["effect_high"] - told["effect_low"]) / 2).median()), 4),
    }


VERDICTS = ("helped", "no_effect", "worse", "cannot_tell")


def short(figures: pd.DataFrame) -> list[str]:
    """The settings whose interval held the truth less often than the rule says, beyond the simulation's own chance."""
    level = the_rule().level
    least = level - SLACK * np.sqrt(level * (1 - level) / figures["measured"])
    rows = figures[figures["held"] < least]
    return [f"{row.level} of {row.size}: held {row.held:.1%}, said {level:.0%}" for row in rows.itertuples()]


if __name__ == "__main__":
    main()
