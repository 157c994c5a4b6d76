"""How often what a rule set says to be sure is so: intervals, sets of ranks, limits, movements, officers, units.

    python -m benchmarks.coverage

Draws answers whose truth is known, and asks the rule set in force and the one before it what they make of them. Writes
the figures, and from them the tables of docs/ratings.md and the picture. It fails where a promise is not kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.coverage import clustering, grid, observed, page, picture
from benchmarks.coverage.grid import Case
from benchmarks.coverage.observed import Tally
from benchmarks.coverage.rules import after, before
from etl.registry.rule_set import RuleSet

ROOT = Path(__file__).parents[2]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--offices", type=int, default=10_000, help="offices drawn for each cell of the grid")
    arguments.add_argument("--networks", type=int, default=100, help="networks drawn for each case of places")
    arguments.add_argument("--results", type=Path, default=ROOT / "benchmarks/results")
    arguments.add_argument("--page-only", action="store_true", help="from the figures that are there")
    given = arguments.parse_args()
    files = [given.results / name for name in ("coverage.csv", "coverage_clusters.csv")]
    if not given.page_only:
        # what is only shown beside it needs no such precision
        asked = ((after(), given.networks), (before(), given.networks * 3 // 10))
        rows = [row for rules, networks in asked for row in measured(rules, given.offices, networks)]
        for file, found in zip(files, (rows, clustering.measured()), strict=True):
            pd.DataFrame(found).to_csv(file, index=False)
    figures = page.Figures(*(pd.read_csv(file) for file in files))
    page.write(ROOT / "docs/ratings.md", figures)
    picture.draw(ROOT / "docs/pictures/coverage.png", figures)
    left = page.not_held(figures)
    print("\n".join(left) or "kept everywhere")
    sys.exit(1 if left else 0)


def measured(rules: RuleSet, offices: int, networks: int) -> Iterator[dict[str, Any]]:
    """A row for each promise in each case."""
    for seed, case in enumerate((*grid.intervals(), *grid.levels(), *grid.uneven(), *grid.small_units())):
        draws = max(offices // len(case.network.rates), 20)
        draws *= 10 if case.network.effects else 1
        every, first, width = observed.intervals(case.network, rules, draws, seed)
        yield _row(case, rules, "interval", every) | {"width": round(width, 5)}
        if case.network.effects[:1] == (15.0,):
            yield _row(case, rules, "interval of the one", first)
    for seed, case in enumerate(grid.officers()):
        yield _row(case, rules, "interval", observed.of_officers(case.network, rules, max(networks // 4, 8), seed))
    for seed, case in enumerate(grid.places()):
        print(rules.code, case.name, file=sys.stderr, flush=True)
        for promise, tally in observed.places(case.network, rules, networks, seed).items():
            yield _row(case, rules, promise, tally)


def _row(case: Case, rules: RuleSet, promise: str, tally: Tally) -> dict[str, Any]:
    network = case.network
    return {
        "rules": rules.code,
        "part": case.part,
        "case": case.name,
        "promise": promise,
        "rate": network.rates[0],
        "responses": network.sizes[0],
        "answers": network.answers,
        "effect": network.effect,
        "law": network.law,
        "is_held": case.is_held,
        "kept": tally.kept,
        "tried": tally.tried,
        "promised": tally.promised,
        "alike": round(tally.alike, 3),
    }


if __name__ == "__main__":
    main()
