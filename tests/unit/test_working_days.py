"""Working days: Tết by the lunar calendar, days in lieu and swapped, and the last day of a term at midnight."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from etl.acting.working_days import WorkingDays
from etl.errors import Misdeclared

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PLAIN = WorkingDays(ZONE)
# fmt: off
FIRST_OF_TET = ["1985-01-21", "2007-02-17", "2023-01-22", "2024-02-10", "2026-02-17", "2030-02-02", "2053-02-18"]
"""First days of Tết as published for Vietnam; in 1985, 2007 and 2030 China's new year is another day."""
DAYS = [
    # day        | is worked, because
    ("2023-07-14", True),    # a Friday
    ("2023-07-15", False),   # a Saturday
    ("2023-01-02", False),   # in lieu of 1 January, a Sunday
    ("2023-05-03", False),   # in lieu of 30 April, a Sunday
    ("2024-05-04", True),    # a Saturday that is worked for 29 April
    ("2024-04-29", False),
    ("2025-04-26", True),    # a Saturday that is worked for 2 May
    ("2026-04-27", False),   # in lieu of the Hùng Kings' day
    ("2026-09-02", False),
]
DUE = [
    # event (local)       | working days | due
    ("2023-07-14 08:00",    1,             "2023-07-17"),  # a Friday: due on Monday
    ("2023-07-14 23:59",    1,             "2023-07-17"),
    ("2023-07-15 00:01",    1,             "2023-07-17"),  # a Saturday: the same
    ("2023-07-16 23:59",    1,             "2023-07-17"),
    ("2023-07-17 00:01",    1,             "2023-07-18"),
    ("2023-01-18 10:00",    5,             "2023-02-01"),  # over Tết: 19 January, then 27, 30, 31, 1 February
    ("2024-02-07 16:00",    1,             "2024-02-15"),
    ("2024-12-31 23:59",    1,             "2025-01-02"),
    ("2024-05-03 09:00",    1,             "2024-05-04"),
    ("2026-09-01 23:59",    1,             "2026-09-03"),  # over 2 September
    ("2026-09-02 00:00",    1,             "2026-09-03"),
    ("2026-02-13 17:00",    2,             "2026-02-24"),  # a Friday before Tết: Monday 16 to Friday 20 are off
    ("2023-07-14 08:00",    0,             "2023-07-14"),
]
# fmt: on


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize("first", FIRST_OF_TET)
def test_tet_is_known_by_the_lunar_calendar(first: str) -> None:
    day = dt.date.fromisoformat(first)
    assert [PLAIN.has(day + dt.timedelta(n)) for n in range(3)] == [False] * 3


@pytest.mark.parametrize(("day", "is_worked"), DAYS)
def test_a_day_is_worked_or_not(day: str, is_worked: bool) -> None:
    assert PLAIN.has(dt.date.fromisoformat(day)) is is_worked


@pytest.mark.parametrize(("event", "count", "due"), DUE)
def test_a_term_ends_with_its_last_working_day(event: str, count: int, due: str) -> None:
    assert PLAIN.due(at(event), count) == dt.date.fromisoformat(due)


@pytest.mark.parametrize(("utc", "due"), [("2023-07-16T16:59", "2023-07-17"), ("2023-07-16T17:01", "2023-07-18")])
def test_the_day_of_an_event_is_that_of_the_network_s_clock(utc: str, due: str) -> None:
    assert PLAIN.due(dt.datetime.fromisoformat(f"{utc}+00:00"), 1) == dt.date.fromisoformat(due)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no local day"):
        PLAIN.due(dt.datetime(2023, 7, 14), 1)


@pytest.mark.parametrize("year", [1899, 2101])
def test_a_year_that_the_calendar_lacks_is_told(year: int) -> None:
    with pytest.raises(Misdeclared, match=f"does not know {year}, only 1901 to 2100"):
        PLAIN.has(dt.date(year, 7, 14))


def test_what_is_declared_comes_first(tmp_path: Path) -> None:
    (tmp_path / "working_days.yaml").write_text(
        "days:\n- {day: 2023-07-15, is_worked: true, source: notice 1}\n"
        "- {day: 2023-07-17, is_worked: false, source: notice 1}\n",
        "utf-8",
    )
    swapped = WorkingDays.of(tmp_path, ZONE)
    assert swapped.due(at("2023-07-14 08:00"), 1) == dt.date(2023, 7, 15)
    assert swapped.due(at("2023-07-15 08:00"), 1) == dt.date(2023, 7, 18)
    assert WorkingDays.of(tmp_path / "none", ZONE) == PLAIN


def test_another_network_has_the_holidays_of_its_country(tmp_path: Path) -> None:
    (tmp_path / "working_days.yaml").write_text("country: GB-ENG\n", "utf-8")
    english = WorkingDays.of(tmp_path, ZoneInfo("Europe/London"))
    days = [dt.date(2023, 8, 28), dt.date(2023, 9, 1)]  # the summer bank holiday; in Vietnam the National Day begins
    assert [(english.has(day), PLAIN.has(day)) for day in days] == [(False, True), (True, False)]
    (tmp_path / "working_days.yaml").write_text("country: XX\n", "utf-8")
    with pytest.raises(Misdeclared, match=r"working_days.yaml: the public holidays of 'XX' are not known"):
        WorkingDays.of(tmp_path, ZONE)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("days:\n- {day: 2023-07-15, is_worked: true}", r"working_days.yaml:2: days.0.source: Field required"),
        ("country: Vietnam", r"working_days.yaml:1: country: String should match"),
        ("days:\n- {day: soon, is_worked: true, source: x}", r"working_days.yaml:2: days.0.day"),
        (
            "days:\n- {day: 2023-07-15, is_worked: true, source: x}\n- {day: 2023-07-15, is_worked: false, source: x}",
            r"working_days.yaml:3: days.1.day: day '2023-07-15' is declared twice",
        ),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "working_days.yaml").write_text(text, "utf-8")
    with pytest.raises(Misdeclared, match=told):
        WorkingDays.of(tmp_path, ZONE)
