"""What a ladder does by chance, and whom it finds: a small sample, and the table that is shipped.

The thresholds are from theory: recommendations of officers who are all alike are no more than a Poisson count around
the cap, so that more than its quantile has a chance below 1 in 1,000.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from benchmarks.actions import page
from benchmarks.actions.__main__ import over, simulated, the_ladder
from benchmarks.actions.made_up import RATE, World, drawn
from benchmarks.actions.months import recommended
from etl.registry import actions

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "benchmarks/results/actions.csv"
PAGES = ("actions.md", "actions.vi.md")


def months_of(world: World) -> tuple[pd.DataFrame, pd.Series]:
    """What was recommended in each month of a world by the published M, and who is truly bad, by officer."""
    made = drawn(world, 5)
    return pd.DataFrame(recommended(made, the_ladder(), False)), pd.Series(made.is_bad, made.responses.officers)


@pytest.mark.parametrize("returning", [False, True])
def test_of_officers_who_are_all_alike_no_more_are_recommended_than_the_caps(returning: bool) -> None:
    found, _ = months_of(World("", officers=120, responses=1_800, months=4, returning=returning))
    for step in the_ladder().steps:
        count = found.loc[found["step"].eq(step.code), "officers"].map(len).sum()
        assert count <= poisson.isf(1e-3, 4 * step.false_a_month), step.code


def test_the_truly_bad_are_found_and_climb_only_step_by_step() -> None:
    found, is_bad = months_of(World("", officers=120, responses=2_400, months=6, bad_share=0.05, bad_odds=6))
    first: dict[str, dict[int, int]] = {step.code: {} for step in the_ladder().steps}
    for row in found.to_dict("records"):
        for officer in row["officers"]:
            first[row["step"]].setdefault(officer, row["month"])
    reached = {officer for of_step in first.values() for officer in of_step}
    bad = set(is_bad.index[is_bad])
    assert bad
    assert len(bad & reached) / len(bad) > 0.7
    assert len(reached - bad) / len(is_bad) < 0.2
    for officer, month in first["serve_others"].items():
        assert first["review"][officer] < month
        assert first["training"][officer] < month


def test_made_up_officers_have_the_rate_that_is_said() -> None:
    made = drawn(World("", officers=300, responses=6_000, months=6, bad_share=0.5, bad_odds=4), 1)
    bad = made.is_bad[made.responses.officer]
    shares = [float(np.mean(made.responses.bad[""][bad == is_bad])) for is_bad in (False, True)]
    assert shares[0] == pytest.approx(1 - RATE, abs=0.02)
    assert shares[1] == pytest.approx(1 - made.rates.min(), abs=0.04)


def test_the_shipped_table_is_that_of_the_figures_and_every_cap_holds() -> None:
    figures, ladder = pd.read_csv(FIGURES), the_ladder()
    table = actions.simulation_of(ROOT / "config", ladder)
    assert simulated(figures, ladder, table.networks) == table
    assert over(figures) == []
    worst = figures.assign(false_a_month=figures["false_a_month"] + 100)
    assert len(over(worst)) == 4 * len(ladder.steps)


def test_the_pages_show_the_tables_of_the_figures(tmp_path: Path) -> None:
    copies = tuple(Path(shutil.copy(ROOT / "docs" / name, tmp_path / name)) for name in PAGES)
    page.write(copies, pd.read_csv(FIGURES), the_ladder())
    for copy in copies:
        assert copy.read_text("utf-8") == (ROOT / "docs" / copy.name).read_text("utf-8")
        assert copy.read_text("utf-8").count("<!-- actions: end -->") == 3
