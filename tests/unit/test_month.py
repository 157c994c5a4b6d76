"""The survey month: how it is read and written, the months beside it, and the instants that belong to it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Misdeclared
from etl.periods import SurveyMonth

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONTHS = st.builds(SurveyMonth, st.integers(1900, 2999), st.integers(1, 12))
MOMENTS = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))


# fmt: off
WRITTEN = [
    # text        | year | month
    ("2023-07",     2023,  7),
    ("2022-01",     2022,  1),
    ("2024-12",     2024, 12),
    (" 2023-07\n",  2023,  7),
]

NOT_A_MONTH = [
    "", "2023", "2023-7", "2023-00", "2023-13", "07-2023", "2023/07", "2023-07-01", "23-07", "2023-07x", "July 2023",
    "0000-05", "9999-12",  # no day of the first, and none after the second, has a date
    "٢٠٢٣-07",             # digits, but not ours
]

BESIDE = [
    # month    | the one before | the one after
    ("2023-07", "2023-06",       "2023-08"),
    ("2023-01", "2022-12",       "2023-02"),
    ("2023-12", "2023-11",       "2024-01"),
    ("2024-02", "2024-01",       "2024-03"),
]

LAST_DAYS = [
    # month    | last day
    ("2023-07", "2023-07-31"),
    ("2023-02", "2023-02-28"),
    ("2024-02", "2024-02-29"),
    ("2023-12", "2023-12-31"),
]

INSTANTS = [
    # instant                       | belongs to 2023-07
    ("2023-06-30T16:59:59.999999Z", False),         # the last instant of June in Hà Nội
    ("2023-06-30T17:00:00Z",        True),          # midnight there, still June in Greenwich
    ("2023-07-15T00:00:00Z",        True),
    ("2023-07-31T16:59:59.999999Z", True),          # the last instant of July
    ("2023-07-31T17:00:00Z",        False),         # half-open: the first instant of August is August's
    ("2023-07-01T00:00:00+07:00",   True),          # the same edges, written with the local offset
    ("2023-08-01T00:00:00+07:00",   False),
]

RUN_AT = [
    # moment                     | last whole month before it, in Hà Nội
    ("2023-08-05T00:00:00+07:00", "2023-07"),
    ("2023-08-01T00:00:00+07:00", "2023-07"),       # July is whole at its end …
    ("2023-07-31T23:59:59+07:00", "2023-06"),       # … and not a second earlier
    ("2023-07-31T17:00:00Z",      "2023-07"),       # the same two instants as a server in Greenwich sees them
    ("2023-07-31T16:59:59Z",      "2023-06"),
    ("2024-01-01T00:00:00+07:00", "2023-12"),
    ("2023-12-31T17:00:00Z",      "2023-12"),
    ("2024-01-31T12:00:00Z",      "2023-12"),
]
# fmt: on


@pytest.mark.parametrize(("text", "year", "month"), WRITTEN)
def test_a_month_is_read_from_year_dash_month(text: str, year: int, month: int) -> None:
    assert SurveyMonth.parse(text) == SurveyMonth(year, month)


@pytest.mark.parametrize("text", NOT_A_MONTH)
def test_anything_else_is_misdeclared_and_the_message_says_how_to_write_it(text: str) -> None:
    with pytest.raises(Misdeclared) as caught:
        SurveyMonth.parse(text)
    assert caught.value.message == f"'{text}' is not a survey month"
    assert caught.value.next_action == "write the month as YYYY-MM, for example 2023-07"


@pytest.mark.parametrize(("month", "before", "after"), BESIDE)
def test_the_months_beside_a_month_cross_the_year(month: str, before: str, after: str) -> None:
    assert str(SurveyMonth.parse(month).previous()) == before
    assert str(SurveyMonth.parse(month).next()) == after


@pytest.mark.parametrize(("month", "last_day"), LAST_DAYS)
def test_the_last_day_knows_the_length_of_the_month(month: str, last_day: str) -> None:
    assert SurveyMonth.parse(month).last_day == dt.date.fromisoformat(last_day)


def test_the_first_day_is_the_first() -> None:
    assert SurveyMonth(2023, 7).first_day == dt.date(2023, 7, 1)


def test_months_sort_by_time_and_not_by_text() -> None:
    december, january, november = SurveyMonth(2022, 12), SurveyMonth(2023, 1), SurveyMonth(2023, 11)
    assert sorted([november, december, january]) == [december, january, november]


@pytest.mark.parametrize(("instant", "belongs"), INSTANTS)
def test_the_bounds_are_half_open_in_local_time(instant: str, belongs: bool) -> None:
    start, end = SurveyMonth(2023, 7).bounds(HANOI)
    assert (start <= dt.datetime.fromisoformat(instant) < end) is belongs


def test_the_bounds_move_with_the_time_zone() -> None:
    start, end = SurveyMonth(2023, 7).bounds(ZoneInfo("UTC"))
    assert (start.isoformat(), end.isoformat()) == ("2023-07-01T00:00:00+00:00", "2023-08-01T00:00:00+00:00")


@pytest.mark.parametrize(("moment", "month"), RUN_AT)
def test_the_month_before_a_moment_is_the_last_whole_one_in_local_time(moment: str, month: str) -> None:
    assert str(SurveyMonth.before(dt.datetime.fromisoformat(moment), HANOI)) == month


@given(MONTHS)
def test_the_month_after_has_this_month_before_it(month: SurveyMonth) -> None:
    assert month.next().previous() == month
    assert month.previous().next() == month
    assert month.previous() < month < month.next()


@given(MONTHS)
def test_a_month_is_read_back_as_it_was_written(month: SurveyMonth) -> None:
    assert SurveyMonth.parse(str(month)) == month


@given(MONTHS)
def test_a_month_ends_where_the_next_one_starts(month: SurveyMonth) -> None:
    assert month.bounds(HANOI)[1] == month.next().bounds(HANOI)[0]


@given(MOMENTS)
def test_a_moment_lies_in_the_month_after_the_one_before_it(moment: dt.datetime) -> None:
    start, end = SurveyMonth.before(moment, HANOI).next().bounds(HANOI)
    assert start <= moment < end
