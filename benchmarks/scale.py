"""What a month of many answers would take on more machines: a simulation from two measured runs.

    python -m benchmarks.scale benchmarks/results/month-1m.json benchmarks/results/month-10m.json

The two runs give what each step costs in processor seconds, as a fixed part and a part per response: ours, the
branches' and the warehouse's. The simulation hands the treasuries, the largest first, to the first free worker. Each
has a processor of its own and each branch a server of its own; the workers share the warehouse's processors. Scoring
works for itself, with one more processor of the warehouse for the signals and all of them for the checks. It knows
nothing of disks and networks, and takes for granted that ten times as many rows cost ten times as much: what it prints
is an extrapolation.
"""

from __future__ import annotations

import argparse
import heapq
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl import registry, settings
from etl.demo import profiles
from etl.periods import SurveyMonth

MONTH = SurveyMonth(2023, 7)
CRITERIA = 22
SITES = ((2, 2), (8, 8), (16, 16), (32, 32))
"""Workers, and processors of the warehouse."""
MONTHS = (100_000_000, 300_000_000, 1_000_000_000)
"""Answers."""


@dataclass(frozen=True)
class Cost:
    """Processor seconds: for a month, and for a response more."""

    fixed: float
    each: float

    def of(self, responses: float) -> float:
        """The seconds of so many responses."""
        return self.fixed + self.each * responses


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    arguments.add_argument("runs", type=Path, nargs=2, help="two runs' summaries, the smaller one first")
    small, large = (json.loads(path.read_text("utf-8")) for path in arguments.parse_args().runs)
    print("| answers | responses | workers | warehouse | land | load | score | month | waits for |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    for answers in MONTHS:
        for workers, processors in SITES:
            print(row(answers, (workers, processors), Costs(small, large)))


class Costs:
    """What each step costs each party."""

    def __init__(self, small: dict[str, Any], large: dict[str, Any]) -> None:
        self.small, self.large = small, large

    def of(self, step: str, who: str) -> Cost:
        (n, few), (m, many) = (
            (run["responses"], run["cpu_seconds_of_each_step"][step][who]) for run in (self.small, self.large)
        )
        each = max(many - few, 0) / (m - n)
        return Cost(max(few - each * n, 0), each)


def row(answers: int, site: tuple[int, int], costs: Costs) -> str:
    """One month at one site, as a line of the table."""
    (workers, processors), responses = site, answers // CRITERIA
    land = costs.of("land", "ours"), costs.of("land", "branches")
    load = costs.of("admit", "ours")
    landing = busiest(responses, workers, lambda share: max(cost.of(share) for cost in per_treasury(land)))
    loading = busiest(responses, workers, per_treasury([load])[0].of)
    storing = costs.of("admit", "warehouse").of(responses) / processors
    counting = costs.of("score", "warehouse").of(responses) / min(processors, 3)
    scoring = costs.of("score", "ours").of(responses) + counting
    steps = {"a branch or a worker": landing, "the warehouse": max(storing - loading, 0), "scoring": scoring}
    month = landing + max(loading, storing) + scoring
    waits = max(steps, key=lambda name: steps[name])
    times = " | ".join(f"{seconds / 60:.1f}" for seconds in (landing, max(loading, storing), scoring, month))
    return f"| {answers / 1e6:,.0f} M | {responses / 1e6:.1f} M | {workers} | {processors} | {times} | {waits} |"


def per_treasury(costs: list[Cost] | tuple[Cost, ...]) -> list[Cost]:
    """The costs of one treasury's share: of what is fixed in a month, each has a 63rd."""
    return [Cost(cost.fixed / 63, cost.each) for cost in costs]


def busiest(responses: int, workers: int, seconds: Callable[[int], float]) -> float:
    """Until when the last worker is busy."""
    known = registry.load(settings.read().config)
    sizes = [p.responses for p in profiles.of_month(known, MONTH, profiles.Size(responses=responses, months=(MONTH,)))]
    free = [0.0] * workers
    for size in sorted(sizes, reverse=True):
        heapq.heapreplace(free, free[0] + seconds(size))
    return max(free)


if __name__ == "__main__":
    main()
