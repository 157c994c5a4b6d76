"""Figures on officers: by answers, drawn towards all officers, and none at all below the minimum of responses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from etl.periods import SurveyMonth
from etl.registry import rule_sets
from etl.registry.rule_set import Minimum, RuleSet
from etl.scoring.statistics.clusters import clustered
from etl.scoring.statistics.drawn import DRAWN
from etl.scoring.statistics.interval import exact
from etl.scoring.statistics.officers import RATES, officers
from etl.scoring.statistics.shrinkage import likeliest, shrunk

SHIPPED = rule_sets.in_force(Path(__file__).parents[2] / "config", SurveyMonth(2023, 7))

# fmt: off
MINIMUMS = [
    # responses | least of an officer, of a treasury | shown
    (30,          30, 1,                               True),
    (29,          30, 1,                               False),
    (29,          29, 30,                              True),    # the minimum of treasuries is another one
    (1,           1,  30,                              True),
    (5_000,       None, 1,                             False),   # no minimum is given: officers are not shown
]
# fmt: on


def row(code: str, responses: int, share: tuple[int, int], of_one_mind: bool = False) -> dict[str, Any]:
    """An officer with as many answers from each response, each as content as all, or with all or nothing."""
    satisfied, answers = share
    return {
        "area_level": "unit",
        "area_code": "01/01.01",
        "treasury_id": 1,
        "unit_code": "01.01",
        "breakdown": "officer",
        "member_code": code,
        "response_count": responses,
        "answer_count": responses * answers,
        "satisfied_count": responses * satisfied,
        "wholly_satisfied_count": 0,
        "complaint_count": 0,
        "satisfied_squares": responses * satisfied * (answers if of_one_mind else satisfied),
        "answer_squares": responses * answers**2,
        "satisfied_answer_products": responses * satisfied * answers,
    }


def found(rows: list[dict[str, Any]], rule_set: RuleSet = SHIPPED) -> dict[str, dict[str, Any]]:
    """The figures by officer."""
    return {one["officer_code"]: one for one in officers(counted(rows), rule_set).to_dict("records")}


def counted(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The rows as they are counted, each response from somebody else."""
    return clustered(pd.DataFrame(rows), [], "share_of_answers")


def least(of_officer: int | None, of_treasury: int = 30) -> RuleSet:
    """The shipped rule set with another minimum of an officer's responses."""
    minimum = Minimum(grade=of_treasury, rank=of_treasury, officer=of_officer)
    return SHIPPED.model_copy(update={"minimum_responses": minimum})


def counting(clustering: str) -> RuleSet:
    """The shipped rule set with answers, or customers, as independent."""
    return SHIPPED.model_copy(update={"rate": SHIPPED.rate.model_copy(update={"clustering": clustering})})


@pytest.mark.parametrize(("responses", "of_officer", "of_treasury", "is_shown"), MINIMUMS)
def test_below_the_minimum_of_responses_there_is_no_rate_at_all(
    responses: int, of_officer: int | None, of_treasury: int, is_shown: bool
) -> None:
    rows = [row("a", responses, (9, 10)), *(row(other, 5_000, (8, 10)) for other in "bcd")]
    one = found(rows, least(of_officer, of_treasury))["a"]
    assert [not np.isnan(one[name]) for name in RATES] == [is_shown] * len(RATES)
    # what was counted stays: it is the reason why there is no rate
    assert (one["response_count"], one["answer_count"], one["satisfied_count"]) == (
        responses, 10 * responses, 9 * responses
    )  # fmt: skip


def test_those_who_were_not_named_are_left_out_and_move_nobody() -> None:
    named = [row("a", 40, (9, 10)), row("b", 40, (8, 10)), row("c", 50, (5, 10))]
    nobody = row("unstated", 5_000, (0, 10))
    assert list(found([nobody, *named])) == ["a", "b", "c"]
    assert found([nobody, *named]) == found(named)
    assert found([nobody]) == {}


def test_the_columns_are_those_of_the_counts_and_the_figures() -> None:
    counts = counted([row("a", 40, (9, 10))])
    frame = officers(counts, SHIPPED)
    assert set(frame.columns) == {"officer_code", *counts.columns.drop("member_code"), *RATES}
    assert ["satisfaction_rate", "rate_low", "rate_high", *DRAWN] == RATES


@pytest.mark.parametrize(("clustering", "size"), [("answers", 400), ("responses", 40 * 39 / 40)])
def test_the_interval_counts_customers_or_answers_as_the_rule_set_says(clustering: str, size: float) -> None:
    # forty customers of one mind each: thirty-six content with all, four with nothing
    one = found([row("a", 40, (9, 10), of_one_mind=True)], counting(clustering))["a"]
    (low,), (high,) = exact([0.9 * size], [size], 0.95)
    assert one["satisfaction_rate"] == 0.9
    assert (one["rate_low"], one["rate_high"]) == pytest.approx((low, high))


def test_the_interval_is_of_the_level_of_the_rule_set() -> None:
    wide = found([row("a", 40, (9, 10))], SHIPPED.model_copy(update={"interval_level": 0.99}))["a"]
    narrow = found([row("a", 40, (9, 10))])["a"]
    (low,), (high,) = exact([360], [400], 0.99)
    assert (wide["rate_low"], wide["rate_high"]) == pytest.approx((low, high))
    assert wide["rate_low"] < narrow["rate_low"] < 0.9 < narrow["rate_high"] < wide["rate_high"]


def test_a_rate_is_drawn_towards_all_officers_also_those_who_are_not_shown() -> None:
    rows = [row("a", 30, (10, 10)), row("b", 40, (8, 10)), row("c", 40, (7, 10)), row("d", 10, (2, 10))]
    table = found(rows, counting("answers"))
    k, n = np.array([300, 320, 280, 20]), np.array([300, 400, 400, 100])
    of_all = likeliest(k, n)
    assert of_all is not None
    drawn = shrunk(k, n, of_all)
    assert [table[code]["empirical_bayes_rate"] for code in "abc"] == pytest.approx(drawn[:3].tolist())
    assert np.isnan(table["d"]["empirical_bayes_rate"])
    assert table["a"]["satisfaction_rate"] == 1 > table["a"]["empirical_bayes_rate"]


def test_a_rate_of_customers_is_drawn_further_than_one_of_answers() -> None:
    rows = [row(code, 40, (share, 10), of_one_mind=True) for code, share in zip("abcd", (9, 8, 7, 2), strict=True)]
    by_answers, by_customers = found(rows, counting("answers")), found(rows, counting("responses"))
    size = np.full(4, 39.0)
    of_all = likeliest(np.array([0.9, 0.8, 0.7, 0.2]) * size, size)
    assert of_all is not None
    drawn = shrunk(np.array([0.9, 0.8, 0.7, 0.2]) * size, size, of_all).tolist()
    assert [one["empirical_bayes_rate"] for one in by_customers.values()] == pytest.approx(drawn)
    assert by_customers["a"]["empirical_bayes_rate"] < by_answers["a"]["empirical_bayes_rate"] < 0.9


def test_two_officers_are_drawn_nowhere() -> None:
    table = found([row("a", 40, (9, 10)), row("b", 40, (8, 10))])
    assert [one["empirical_bayes_rate"] for one in table.values()] == [0.9, 0.8]


def test_an_officer_without_answers_has_no_figure_and_takes_none_away() -> None:
    silent = row("a", 0, (0, 1))
    table = found([silent, *(row(code, 40, (8, 10)) for code in "bcd")], least(1))
    assert np.isnan([table["a"][name] for name in RATES]).all()
    assert not np.isnan([table["b"][name] for name in RATES]).any()


def test_the_counts_that_came_in_are_left_as_they_are() -> None:
    counts = counted([row("unstated", 2, (1, 2)), row("a", 2, (1, 2))])
    before = counts.copy()
    officers(counts, SHIPPED)
    pd.testing.assert_frame_equal(counts, before)
