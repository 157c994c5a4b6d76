"""Hidden cells against an attacker that is not the defender's code, on made-up networks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from etl.scoring.statistics import suppression
from tests.lib import attack
from tests.lib.attack import counts, made
from tests.lib.cases import first

LEAST = 5
MEASURES = ["response_count", "answer_count", "satisfied_count"]
LARGE = ["wide", "many small units"]
SMALL = [shape for shape in made.SHAPES if shape not in [*LARGE, "none satisfied"]]
"""Where nobody is satisfied, zero satisfied answers follow for every cell: no hiding helps."""
SAMPLE = [*((shape, seed) for seed in range(4) for shape in SMALL), *((shape, 0) for shape in LARGE)]
WHOLE = [(shape, seed) for shape in [*SMALL, *LARGE] for seed in range(40) if (shape, seed) not in SAMPLE]
NETWORKS = [*first(len(SMALL), SAMPLE), *first(0, WHOLE, "thorough")]

# the cells of one area, of which A and B are hidden: criterion, answers of A, of B and of C
MINIMAL = {"c1": (4, 9, 20), "c2": (5, 9, 20), "c3": (5, 9, 20), "c4": (5, 9, 20)}


def true_counts(cells: pd.DataFrame) -> pd.DataFrame:
    """The counts of all cells, one a row."""
    return cells.melt(attack.KEYS, MEASURES, "measure", "truth")


@pytest.mark.parametrize(("shape", "seed"), NETWORKS)
def test_no_hidden_count_has_one_value_only(shape: str, seed: int) -> None:
    network = made.SHAPES[shape]
    cells, factors = made.cells(network, seed), made.factors(network)
    hidden = suppression.hidden(cells, factors, LEAST)
    fallen = attack.recovered(made.shown(cells, hidden), factors, LEAST)
    assert fallen.empty, f"{len(fallen)} counts of {hidden.sum()} hidden cells:\n{fallen.head(20).to_string()}"


@pytest.mark.parametrize("shape", SMALL)
def test_what_a_month_counts_keeps_every_rule_that_the_attacker_uses(shape: str) -> None:
    network = made.SHAPES[shape]
    cells = made.cells(network, 1)
    _, rows = counts.linear(cells, made.factors(network))
    assert rows.matrix.shape == (0, 0)


@pytest.mark.parametrize("shape", SMALL)
def test_what_is_recovered_is_true(shape: str) -> None:
    network = made.SHAPES[shape]
    cells, factors = made.cells(network, 2), made.factors(network)
    fallen = attack.recovered(made.shown(cells, cells["response_count"].lt(LEAST)), factors, LEAST)
    truth = fallen.merge(true_counts(cells), on=[*attack.KEYS, "measure"], how="left", validate="one_to_one")
    assert len(truth)
    assert truth["value"].tolist() == truth["truth"].tolist()


def test_a_small_cell_that_is_shown_is_told() -> None:
    cells = made.cells(made.SHAPES["plain"], 0)
    small = cells["response_count"].lt(LEAST).to_numpy()
    fallen = attack.recovered(made.shown(cells, np.zeros(len(cells), bool)), made.factors(made.SHAPES["plain"]), LEAST)
    assert len(fallen) == small.sum() > 0
    assert set(fallen["way"]) == {"shown"}


def minimal() -> tuple[pd.DataFrame, np.ndarray]:
    """One treasury of three units and one factor, and which of its cells are hidden."""
    people = [
        {"region": "R1", "treasury": "11", "unit": f"11/{unit}", "procedure": "p", "channel": "c"}
        | {"respondent_type": "t"}
        | {criterion: 5 if number < answers[place] else 0 for criterion, answers in MINIMAL.items()}
        for place, unit in enumerate("ABC")
        for number in range((5, 9, 20)[place])
    ]
    cells = made.counted(pd.DataFrame(people), dict.fromkeys(MINIMAL, "f1"))
    is_hidden = cells["area_code"].isin(["11/A", "11/B"]) & cells["member_code"].isin(["c1", "c2"])
    return cells, is_hidden.to_numpy()


def test_bounds_recover_a_cell_that_no_sum_tells() -> None:
    cells, hidden = minimal()
    fallen = attack.recovered(made.shown(cells, hidden), dict.fromkeys(MINIMAL, "f1"), LEAST)
    answers = fallen[fallen["measure"].eq("answer_count")].set_index(["area_code", "member_code"])["value"]
    assert answers.to_dict() == {("11/A", "c1"): 4, ("11/A", "c2"): 5, ("11/B", "c1"): 9, ("11/B", "c2"): 9}


def test_two_hidden_cells_of_one_sum_stay_hidden() -> None:
    cells, _ = minimal()
    hidden = cells["breakdown"].eq("total") & cells["area_code"].isin(["11/A", "11/B"])
    hidden |= cells["area_code"].isin(["11/A", "11/B"])
    assert attack.recovered(made.shown(cells, hidden), dict.fromkeys(MINIMAL, "f1"), LEAST).empty
