"""Hidden cells against an attacker that is not the defender's code, on made-up networks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from etl import settings
from etl.scoring.statistics import exchange
from etl.scoring.statistics.effective import effective_count
from etl.scoring.statistics.interval import standard_error
from tests.lib import attack
from tests.lib.attack import counts, gaps, history, made, pairs, ranks, squares, standing, undefended
from tests.lib.attack.columns import COLUMNS
from tests.lib.attack.seen import Marts, numeric_columns
from tests.lib.attack.undefended import Months
from tests.lib.cases import first

DEFENDER = exchange.hidden
"""Which cells are hidden, of all cells, the factor of each criterion, and the least responses that are shown."""
LEAST = 5
MEASURES = ["response_count", "answer_count", "satisfied_count"]
LARGE = ["wide", "many small units"]
SMALL = [shape for shape in made.SHAPES if shape not in [*LARGE, "none satisfied"]]
"""Where nobody is satisfied, zero satisfied answers follow for every cell: no hiding helps."""
QUICK = ["plain", "one unit each", "everybody answers everything", "one channel"]
SAMPLE = [(shape, seed) for seed in range(4) for shape in sorted(SMALL, key=lambda shape: shape not in QUICK)]
SAMPLE += [(shape, 0) for shape in LARGE]
WHOLE = [(shape, seed) for shape in [*SMALL, *LARGE] for seed in range(20) if (shape, seed) not in SAMPLE]
NETWORKS = [*first(len(QUICK), SAMPLE), *first(0, WHOLE, "thorough")]

# the cells of one area, of which A and B are hidden: criterion, answers of A, of B and of C
MINIMAL = {"c1": (4, 9, 20), "c2": (5, 9, 20), "c3": (5, 9, 20), "c4": (5, 9, 20)}


def true_counts(cells: pd.DataFrame) -> pd.DataFrame:
    """The counts of all cells, one a row."""
    return cells.melt(attack.KEYS, MEASURES, "measure", "truth")


@pytest.mark.parametrize(("shape", "seed"), NETWORKS)
def test_no_hidden_count_has_one_value_only(shape: str, seed: int) -> None:
    network = made.SHAPES[shape]
    cells, factors = made.cells(network, seed), made.factors(network)
    hidden = DEFENDER(cells, factors, LEAST)
    fallen = attack.recovered(made.shown(cells, hidden), factors, LEAST)
    assert fallen.empty, f"{len(fallen)} counts of {hidden.sum()} hidden cells:\n{fallen.head(20).to_string()}"


@pytest.mark.parametrize("shape", first(3, SMALL))
def test_what_a_month_counts_keeps_every_rule_that_the_attacker_uses(shape: str) -> None:
    network = made.SHAPES[shape]
    cells = made.cells(network, 1)
    _, rows = counts.linear(cells, made.factors(network))
    assert rows.matrix.shape == (0, 0)


@pytest.mark.parametrize("shape", first(1, SMALL))
def test_what_is_recovered_is_true(shape: str) -> None:
    network = made.SHAPES[shape]
    cells, factors = made.cells(network, 2), made.factors(network)
    fallen = attack.recovered(made.shown(cells, cells["response_count"].lt(LEAST)), factors, LEAST)
    truth = fallen.merge(true_counts(cells), on=[*attack.KEYS, "measure"], how="left", validate="one_to_one")
    assert len(truth)
    assert truth["value"].tolist() == truth["truth"].fillna(0).tolist()  # nobody where there is no cell


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


# A region of four treasuries, all customers of one type. Their channels have so many responses:
PLAIN = made.Shape(regions=1, treasuries=4, units=2, procedures=1, channels=3, types=1, skipped=0.2)
USUAL = {(f"1{place}/{unit}", f"c{channel}"): 12 + 5 * place + 3 * unit + channel
         for place in (1, 2, 3, 4) for unit in (1, 2) for channel in (1, 2, 3)}  # fmt: skip
ONE = {"c1": 1, "c2": 0, "c3": 0}
MAY = USUAL | {("13/1", channel): count for channel, count in ONE.items()}
JULY = USUAL | {("14/1", channel): count for channel, count in ONE.items()}
JULY |= {("11/1", "c1"): 2, ("11/1", "c2"): 6, ("11/2", "c1"): 1, ("11/2", "c2"): 5}
WITHOUT = USUAL | {(f"12/{unit}", "c1"): 0 for unit in (1, 2)}


@pytest.fixture(scope="module")
def months() -> Months:
    """Three months: in May one unit, and in July another unit and two channels, have few responses."""
    sizes = {"2023-05": MAY, "2023-06": USUAL, "2023-07": JULY}
    return {month: made.people(PLAIN, size, seed) for seed, (month, size) in enumerate(sizes.items())}


@pytest.fixture(scope="module")
def open_marts(months: Months) -> Marts:
    """What a reader would see of the three months, if counts were hidden and nothing else was done."""
    return undefended.marts(PLAIN, months, few)


def few(cells: pd.DataFrame) -> pd.Series:
    """The small cells of those months, and beside each one other."""
    month, level = cells["period_code"], cells["area_level"]
    of_unit = level.eq("unit") & cells["breakdown"].eq("total")
    of_channel = level.eq("treasury") & cells["area_code"].isin(["11", "12"]) & cells["member_code"].isin(["c1", "c2"])
    in_may = month.eq("2023-05") & of_unit & cells["area_code"].str.startswith("13/")
    in_july = month.eq("2023-07") & (of_channel | (of_unit & cells["area_code"].str.startswith("14/")))
    return in_may | in_july


# fmt: off
FIGURES = [
    # figure                   | attack                                                               | hidden areas
    ("standardised_rate",        lambda marts: pairs.standardised(marts, "2023-07"),                    ["11", "12"]),
    ("mix_distance",             lambda marts: pairs.mixed(marts, "2023-07", "2023-06"),                ["12"]),
    ("channel_shift",            lambda marts: pairs.shifted(marts, "2023-07", ["2023-05", "2023-06"]), ["12"]),
    ("empirical Bayes, p value", lambda marts: standing.recovered(marts, "2023-07", "2023-06"),     ["14/1", "14/2"]),
    ("response_collapse",        lambda marts: history.collapsed(marts, "2023-07", ["2023-05", "2023-06"]),
                                                                                                    ["13/1", "13/2"]),
]
# fmt: on


@pytest.mark.parametrize(("figure", "attacked", "areas"), FIGURES)
def test_a_figure_that_is_made_of_hidden_counts_tells_them(
    months: Months, open_marts: Marts, figure: str, attacked: Callable[[Marts], pd.DataFrame], areas: list[str]
) -> None:
    fallen = attacked(open_marts)
    assert sorted(fallen["area_code"].unique()) == areas
    assert_true(fallen, months)


def test_the_prior_alone_tells_two_hidden_units_but_not_which_is_which(months: Months) -> None:
    fallen = standing.recovered(undefended.marts(PLAIN, {"2023-07": months["2023-07"]}, few), "2023-07")
    assert set(fallen["way"]) == {"standing, in either order"}
    true = made.counted(months["2023-07"], made.factors(PLAIN)).query("area_code in ['14/1', '14/2']")
    true = true[true["breakdown"].eq("total")]
    assert sorted(fallen.loc[fallen["measure"].eq("answer_count"), "value"]) == sorted(true["answer_count"])


def test_the_coverage_of_a_treasury_without_a_channel_tells_that_of_the_whole_network() -> None:
    months = {"2023-07": made.people(PLAIN, WITHOUT, 0)}

    def two(cells: pd.DataFrame) -> pd.Series:
        return cells["area_level"].eq("system") & cells["member_code"].isin(["c1", "c2"])

    fallen = pairs.covered(undefended.marts(PLAIN, months, two), "2023-07")
    assert fallen["member_code"].tolist() == ["c2"]
    assert_true(fallen, months)


def test_gaps_tell_a_criterion_of_the_whole_network(months: Months) -> None:
    only = {"2023-07": months["2023-07"]}

    def two(cells: pd.DataFrame) -> pd.Series:
        return cells["area_level"].eq("system") & cells["member_code"].isin(["c1_1", "c1_2"])

    fallen = gaps.recovered(undefended.marts(PLAIN, only, two), "2023-07")
    assert len(fallen) == 4
    assert_true(fallen, only)


def assert_true(fallen: pd.DataFrame, months: Months) -> None:
    """What was recovered of some months is what it was."""
    counted = [made.counted(people, made.factors(PLAIN)).assign(period_code=month) for month, people in months.items()]
    truth = pd.concat(counted).melt(["period_code", *attack.KEYS], MEASURES, "measure", "truth")
    both = fallen.merge(truth, on=["period_code", *attack.KEYS, "measure"], how="left", validate="one_to_one")
    assert both["value"].tolist() == both["truth"].tolist()


def test_what_came_late_tells_what_the_first_revision_hid() -> None:
    shape, factors = made.SHAPES["one unit each"], made.factors(made.SHAPES["one unit each"])
    people = made.responses(shape, np.random.default_rng(1))
    first, second = made.counted(people.iloc[1:], factors), made.counted(people, factors)
    area = people["unit"].iloc[0]
    hidden = first["breakdown"].eq("total") & first["area_level"].eq("unit") & first["area_code"].str[0].eq(area[0])
    seen = made.shown(first, hidden), made.shown(second, np.zeros(len(second), bool))
    cells, sums = attack.with_late(*seen)
    fallen = attack.recovered(cells, factors, 1, sums)
    fallen = fallen[fallen["period_code"].eq("first")]
    truth = fallen.merge(true_counts(first), on=[*attack.KEYS, "measure"], how="left")
    assert truth["value"].tolist() == truth["truth"].tolist()
    assert set(fallen["area_code"]) == set(first.loc[hidden, "area_code"])


def test_standard_errors_tell_sums_of_squares_where_everybody_answers_everything() -> None:
    shape = made.SHAPES["everybody answers everything"]
    people = made.responses(shape, np.random.default_rng(0))
    cells = made.counted(people, made.factors(shape))
    whole = cells[cells["area_level"].eq("system") & cells["breakdown"].eq("total")]
    satisfied = people.drop(columns=made.KINDS).ge(4).sum(axis=1)
    size = effective_count(
        whole.assign(
            satisfied_squares=(satisfied**2).sum(),
            answer_squares=4 * whole["answer_count"],
            satisfied_answer_products=4 * whole["satisfied_count"],
        )
    )
    error = standard_error(size * whole["satisfied_count"] / whole["answer_count"], size).round(12)
    told = squares.told(whole.assign(standard_error=error), made.factors(shape))
    assert told["satisfied_squares"].tolist() == [(satisfied**2).sum()]


def test_every_number_that_a_reader_sees_was_looked_at() -> None:
    relations = pd.read_csv(settings.SQL / "contract.csv")["relation"]
    names = relations[relations.str.startswith("mart.")].str.removeprefix("mart.").unique()
    assert {column for name in names for column in numeric_columns(name)} == set(COLUMNS)


def test_every_column_that_a_reader_sees_is_declared_with_what_it_is_made_of() -> None:
    contract, declared = pd.read_csv(settings.SQL / "contract.csv"), pd.read_csv(settings.SQL / "visible.csv")
    seen = contract.loc[contract["relation"].str.startswith("mart."), "column"]
    assert declared["column_name"].is_unique
    assert set(declared["column_name"]) == set(seen)
    kinds = declared.set_index("column_name")["made_of"].str.partition(": ")[0]
    assert set(kinds) == {"sum", "own", "shown", "rounded", "order", "declared"}
    assert set(kinds[kinds.ne("declared")].index) >= {name for name, why in COLUMNS.items() if "hidden" in why}


def test_the_number_of_ranked_peers_bounds_the_hidden_ones() -> None:
    cells = pd.DataFrame(
        {
            "area_level": "treasury",
            "area_code": ["1", "2", "3", "4", "5", "6"],
            "breakdown": ["channel"] * 3 + ["total"] * 3,
            "member_code": ["c"] * 3 + ["all"] * 3,
            "response_count": [40, None, None, 40, 50, None],
            "answer_count": [40, None, None, 40, 50, None],
            "rank": [1, None, None, 1, 2, None],
            "ranked_count": [3, None, None, 2, 2, None],
        }
    )
    bounded = ranks.bounded(cells, 30)
    assert bounded["least_responses"].tolist() == [0, 30, 30, 0, 0, 0]
    assert bounded["most_responses"].tolist() == [np.inf] * 5 + [29]
