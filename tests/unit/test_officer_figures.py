"""What is said of officers by numbers: who is expected to do how well, how many customers, and how unlikely it is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from benchmarks.actions.made_up import CRITERIA, RATE, World, drawn
from etl.acting.evidence import Answers, evidence
from etl.acting.figures import OfficerAnswers, adjusted_counts, figures, window
from etl.registry import actions
from etl.registry.actions import Ladder
from etl.scoring.statistics.customers import answers_worth, correlation, effective_responses
from etl.scoring.statistics.expected import expectations
from etl.scoring.statistics.shortfall import in_windows, shortfall

SMALL = World("alike", officers=300, responses=2_400, months=12)

# fmt: off
EFFECTIVE = [
    # responses of each customer | how alike | effective responses
    ([1] * 30,                      0.5,        30),
    ([30],                          1.0,        1),
    ([30],                          0.0,        30),
    ([10, 10, 10],                  0.5,        30 / 5.5),
    ([20, *[1] * 10],               0.2,        30 / (1 + (410 / 30 - 1) * 0.2)),
    ([],                            0.5,        0),
]

TAILS = [
    # bad | customers | expected | as unlikely, if what is expected is known for certain
    (6,     50,         0.06,      binom.sf(5, 50, 0.06)),
    (0,     50,         0.06,      1.0),
    (10,    100,        0.06,      binom.sf(9, 100, 0.06)),
    (30,    30,         0.5,       0.5**30),
    (0,     0,          0.06,      1.0),
]

WINDOWS = [
    # p values        | least | together
    ([0.01, 0.5, 0.01], 2,      3 * 0.01**2 - 2 * 0.01**3),
    ([0.01, 1.0, 1.0],  2,      1.0),
    ([0.2, 0.3, 0.9],   2,      3 * 0.3**2 - 2 * 0.3**3),
    ([0.01, 0.5, 0.6],  1,      1 - 0.99**3),
]
# fmt: on


@pytest.fixture(scope="module")
def ladder() -> Ladder:
    """The shipped ladder."""
    found = actions.in_force(Path(__file__).parents[2] / "config", dt.date(2026, 12, 1))
    assert found is not None
    return found


@pytest.mark.parametrize(("sizes", "alike", "expected"), EFFECTIVE)
def test_who_comes_back_counts_less(sizes: list[int], alike: float, expected: float) -> None:
    squares = sum(size**2 for size in sizes)
    assert effective_responses([sum(sizes)], [squares], alike).tolist() == pytest.approx([expected])


@pytest.mark.parametrize(("share", "alike"), [(0.0, 0.0), (0.3, 0.3), (1.0, 1.0)])
def test_how_alike_customers_are_is_learnt(share: float, alike: float) -> None:
    chance = np.random.default_rng(1)
    pair = np.repeat(np.arange(20_000), 4)
    mood = np.repeat(chance.random(20_000), 4)
    own = np.where(chance.random(80_000) < np.sqrt(share), mood, chance.random(80_000))
    bad = (own < 0.2).astype(float)
    assert correlation(pair, bad, np.full(80_000, 0.2)) == pytest.approx(alike, abs=0.02)
    assert correlation(np.arange(9), bad[:9], np.full(9, 0.2)) == 0


@pytest.mark.parametrize(("answers", "worth"), [(1, 1.0), (4, 4.0)])
def test_independent_answers_are_worth_their_number_and_copies_one(answers: int, worth: float) -> None:
    bad = np.random.default_rng(2).random((50_000, answers)) < 0.1
    expected = np.full(50_000, 0.1)
    assert answers_worth(bad.mean(axis=1), expected) == pytest.approx(worth, rel=0.05)
    assert answers_worth(bad[:, 0].astype(float), expected) == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize(("bad", "customers", "expected", "unlikely"), TAILS)
def test_how_unlikely_so_many_are(bad: float, customers: float, expected: float, unlikely: float) -> None:
    assert float(shortfall(bad, customers, expected, 1e12)) == pytest.approx(unlikely, rel=1e-3)
    # what is expected is only estimated: the same figure is less of a surprise
    assert float(shortfall(bad, customers, expected, 100)) >= float(shortfall(bad, customers, expected, 1e12)) * 0.999


@pytest.mark.parametrize(("p_values", "least", "together"), WINDOWS)
def test_several_windows_are_one_figure(p_values: list[float], least: int, together: float) -> None:
    assert in_windows([p_values], least).tolist() == pytest.approx([together])


def cells_of(rows: list[tuple[str, str, str, int, float]]) -> pd.DataFrame:
    """Cells of officers: person, unit, stratum, responses, bad ones."""
    return pd.DataFrame(rows, columns=["person", "unit", "stratum", "response_count", "bad_count"])


def test_what_is_expected_is_what_others_have_and_not_the_officer_herself() -> None:
    crowd = [(f"{unit}{n}", unit, "counter", 100, 6.0) for unit in "uvw" for n in range(8)]
    found = {bad: expectations(cells_of([("a", "u", "counter", 100, bad), *crowd]), 1.0) for bad in (0.0, 6.0, 60.0)}
    for bad in (0.0, 6.0, 60.0):
        assert found[bad].person[0] == "a"
        assert found[bad].bad[0] == pytest.approx(0.06, abs=0.002)


def test_a_procedure_that_nobody_is_content_with_is_expected_to_be_so() -> None:
    rows = [(f"{n}", f"u{n % 5}", stratum, 200, bad) for n in range(20) for stratum, bad in (("a", 4.0), ("b", 40.0))]
    hard = expectations(cells_of([("x", "u0", "b", 200, 40.0), *rows]), 1.0)
    easy = expectations(cells_of([("x", "u0", "a", 200, 40.0), *rows]), 1.0)
    assert hard.bad[0] == pytest.approx(0.2, abs=0.01)
    assert easy.bad[0] == pytest.approx(0.02, abs=0.01)


def test_a_bad_unit_is_no_finding_about_its_officers() -> None:
    units = {f"u{n}": 4.0 if n else 30.0 for n in range(30)}
    rows = [(f"{unit} {n}", unit, "a", 100, bad) for unit, bad in units.items() for n in range(8)]
    found = expectations(cells_of(rows), 1.0)
    assert found.bad[0] == pytest.approx(0.30, abs=0.03)
    assert found.bad[-1] == pytest.approx(0.04, abs=0.01)
    assert found.weight[0] == pytest.approx(700, rel=0.1)  # seven colleagues know it, and the other units a little


def test_every_row_of_evidence_is_of_an_officer_step_and_way_and_decisions_use_up_answers() -> None:
    made = drawn(SMALL, 1)
    of = window(made.responses, (0, 11))
    everyone = figures(of)
    later = figures(of, of.month > 5)
    assert (later["response_count"].reindex(everyone.index).fillna(0) <= everyone["response_count"]).all()
    assert everyone["response_count"].sum() == SMALL.responses * 12
    assert (everyone["effective_responses"] <= everyone["response_count"]).all()
    satisfied, trials = adjusted_counts(of)
    assert satisfied.sum() / trials.sum() == pytest.approx(RATE, abs=0.02)


def test_answers_that_are_not_counted_count_in_no_figure() -> None:
    table = pd.DataFrame(
        {"officer": ["a", "a", "b"], "unit": "u", "stratum": "s", "customer": ["x", "y", "z"], "month": [1, 1, 1]}
    ).assign(polite=[1.0, np.nan, 0.0], listen=[0.0, np.nan, np.nan])
    coded = OfficerAnswers.of(table, ["polite", "listen"])
    found = figures(window(coded, (1, 1)))
    assert found["response_count"].tolist() == [1, 1]
    assert found["bad_rate"].tolist() == [0.5, 0.0]
    assert figures(window(coded, (1, 1), "listen")).index.tolist() == ["a"]
    assert figures(window(coded, (2, 3))).empty


@pytest.mark.parametrize("returning", [False, True])
def test_of_officers_who_are_all_alike_few_are_below_a_limit(returning: bool) -> None:
    found = pd.concat(
        [figures(window(drawn(World("", 300, 2_400, 12, returning), seed).responses, (0, 11))) for seed in range(3)]
    )
    for limit in (0.025, 0.2):
        # the chance of one so unlikely is the limit itself at most; more than this with a chance below 1 in 1,000
        assert (found["p_value"] <= limit).sum() <= binom.isf(1e-3, len(found), limit)


def test_a_truly_bad_officer_is_found() -> None:
    made = drawn(World("", 300, 2_400, 12, bad_share=0.05, bad_odds=4), 1)
    found = figures(window(made.responses, (0, 11)))
    is_bad = pd.Series(made.is_bad, made.responses.officers).reindex(found.index)
    assert (found["p_value"][is_bad] <= 0.025).mean() > 0.8
    assert (found["p_value"][~is_bad] <= 0.025).mean() < 0.05
    assert found["bad_rate"][is_bad].mean() == pytest.approx(1 - made.rates.min(), abs=0.03)


def test_evidence_has_a_row_for_each_officer_step_and_way_that_chance_may_take(ladder: Ladder) -> None:
    made = drawn(World("", 60, 600, 12), 1)
    nobody = pd.DataFrame({"officer": [], "step": [], "month": []})
    rows = evidence(Answers(made.responses, CRITERIA, 11, nobody), ladder)
    count = len(made.responses.officers)
    ways = rows.groupby(["step", "way"]).size()
    assert ways.to_dict() == {
        ("talk", "funnel"): count, ("talk", "cusum"): count, ("training", "windows"): count,
        ("training", "criterion"): 5 * count, ("review", "funnel"): count,
    }  # fmt: skip
    is_cusum = rows["way"].eq("cusum")
    assert rows.loc[is_cusum, "p_value"].isna().all()
    assert rows.loc[~is_cusum, "p_value"].between(0, 1).all()
    assert rows["effective_responses"].gt(0).all()


def test_answers_that_a_decision_dealt_with_do_not_count_again(ladder: Ladder) -> None:
    made = drawn(World("", 60, 600, 12), 1)
    officer = made.responses.officers[0]
    trained = pd.DataFrame({"officer": [officer], "step": ["training"], "month": [5]})
    rows = evidence(Answers(made.responses, CRITERIA, 11, trained), ladder)
    size = rows[rows["officer"].eq(officer)].groupby(["step", "way"])["effective_responses"].first()
    assert size["talk", "funnel"] < size["review", "funnel"]  # the stronger step still knows all of them
    new = rows[rows["way"].eq("new_answers")]
    assert new["officer"].tolist() == [officer]
    assert new["effective_responses"].tolist() == pytest.approx([size["talk", "funnel"]], rel=0.05)
