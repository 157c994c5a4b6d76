"""The period: one survey month or a round of several, its names, its days and its months."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.periods import Period, SurveyMonth, months_in

MONTHS = st.builds(SurveyMonth, st.integers(1900, 2999), st.integers(1, 12))

# fmt: off
NAMED = [
    # month   | in Vietnamese   | in English
    ("2023-07", "Tháng 7/2023",   "July 2023"),
    ("2022-01", "Tháng 1/2022",   "January 2022"),
    ("2024-12", "Tháng 12/2024",  "December 2024"),
]

ROUNDS = [
    # first month | last    | first day    | last day     | months
    ("2023-07",    "2023-07", "2023-07-01", "2023-07-31",  ["2023-07"]),
    ("2023-12",    "2024-02", "2023-12-01", "2024-02-29",  ["2023-12", "2024-01", "2024-02"]),
]
# fmt: on


@pytest.mark.parametrize(("month", "name_vi", "name_en"), NAMED)
def test_the_period_of_a_month_is_called_as_the_month(month: str, name_vi: str, name_en: str) -> None:
    period = Period.of_month(SurveyMonth.parse(month))
    assert (period.code, str(period), period.name_vi, period.name_en) == (month, month, name_vi, name_en)


@pytest.mark.parametrize(("first", "last", "first_day", "last_day", "months"), ROUNDS)
def test_a_round_reaches_from_its_first_to_its_last_month(
    first: str, last: str, first_day: str, last_day: str, months: list[str]
) -> None:
    period = Period("2023-I", "đợt I/2023", "round I/2023", SurveyMonth.parse(first), SurveyMonth.parse(last))
    assert (period.first_day, period.last_day) == (dt.date.fromisoformat(first_day), dt.date.fromisoformat(last_day))
    assert [str(month) for month in period.months] == months
    assert (period.kind, period.is_round) == ("round", True)


@given(MONTHS)
def test_the_period_of_a_month_is_the_month(month: SurveyMonth) -> None:
    period = Period.of_month(month)
    assert (period.kind, period.is_round) == ("month", False)
    assert (period.first_day, period.last_day, period.months) == (month.first_day, month.last_day, (month,))
    assert months_in(month) == (month,)


@given(MONTHS, st.integers(0, 40))
def test_the_months_of_a_period_follow_each_other_without_a_gap(first: SurveyMonth, number: int) -> None:
    last = first
    for _ in range(number):
        last = last.next()
    months = Period("round", "đợt", "round", first, last).months
    assert (months[0], months[-1], len(months)) == (first, last, number + 1)
    assert all(earlier.next() == later for earlier, later in pairwise(months))
