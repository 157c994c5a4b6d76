"""The unit level of ``mart.treasury_action``: who has rows, and that no small unit's count follows from others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from etl.acting import records
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.kept import migrated
from tests.lib.slots import Slot

COLUMNS = "treasury_code, area_level, unit_code, action_kind, action_count"
SEEN = f"select {COLUMNS} from mart.treasury_action order by 1, 2, 3, 4"
HELD = {"held_on": dt.date(2023, 8, 8), "topic": "giao tiếp", "attendance_count": 40}
OFFICE = ("34", "treasury", None, "training", 1)
OPENED = """
alter table action.case_event disable trigger checked;
with opened as (
    insert into action.case_file (subject_kind, treasury_id, unit_code, ground_code)
    values ('unit', 1, '{unit}', '{ground}') returning case_number
)
insert into action.case_event (case_number, event_kind, happened_on, identity, recorded_at, recorded_by)
select case_number, 'opened', '{day}', 'login', '{day} 12:00+07', 'anna' from opened;
alter table action.case_event enable always trigger checked;
"""
OFFICERS = """
insert into core.dim_period (period_code, period_kind, period_name_vi, period_name_en, first_month, last_month)
values ('{year}-03', 'month', 'x', 'x', '{year}-03-01', '{year}-03-01') on conflict do nothing;
alter table score.officer disable trigger all;
insert into score.officer (period_code, revision_number, treasury_id, unit_code, officer_code, response_count,
    answer_count, satisfied_count)
select '{year}-03', {revision}, 1, '{unit}', 'CB-' || n, 9, 9, 9 from generate_series(1, {count}) as n;
alter table score.officer enable trigger all;
"""


@pytest.fixture
def house(slot: Slot, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A warehouse of its own, entered as one who works with cases; trainings of the office and of two units."""
    with case_house.made(slot, migrated(slot)) as made:
        made.enter("anna", monkeypatch)
        records.training("34", {**HELD, "unit_codes": []})
        records.training("34", {**HELD, "unit_codes": ["u1", "u2"]})
        yield made


@pytest.fixture
def year() -> int:
    """The calendar year before this one."""
    return today().year - 1


def opened(house: House, unit: str, days: list[dt.date]) -> None:
    """Cases about a unit were opened on some days: the server would write today, and let one be open on a ground."""
    for day in days:
        statement = OPENED.format(unit=unit, ground="petition", day=day)
        house.run("owner", "alter table action.case_file disable trigger checked; " + statement
                  + "alter table action.case_file enable always trigger checked")  # fmt: skip


def staffed(house: House, unit: str, count: int, year: int, revision: int = 1) -> None:
    """So many officers of a unit were named in answers of a March."""
    house.run("owner", OFFICERS.format(unit=unit, count=count, year=year, revision=revision))


def test_a_unit_with_five_officers_and_five_cases_of_the_year_before_has_rows(house: House, year: int) -> None:
    assert house.run("reader", SEEN) == [OFFICE]
    staffed(house, "u1", 5, year)
    opened(house, "u1", [dt.date(year, month, 15) for month in range(1, 5)])
    assert house.run("reader", SEEN) == [OFFICE]
    opened(house, "u1", [dt.date(year, 12, 31)])
    assert house.run("reader", SEEN) == [OFFICE, ("34", "unit", "u1", "training", 1)]


@pytest.mark.parametrize(
    ("officers", "cases", "revision"),
    [
        (4, [(-1, 5)] * 5, 1),  # four officers
        (5, [(-1, 5)] * 4, 1),  # four cases
        (5, [(-1, 5)] * 4 + [(0, 1)], 1),  # the fifth case of this year tells nothing before the year is over
        (5, [(-1, 5)] * 4 + [(-2, 12)], 1),  # the fifth of the year before that
        (5, [(-1, 5)] * 5, 0),  # officers of a draft
    ],
)
def test_a_smaller_unit_has_none_and_nothing_of_it_shows(
    house: House, year: int, officers: int, cases: list[tuple[int, int]], revision: int
) -> None:
    staffed(house, "u1", officers, year, revision)
    opened(house, "u1", [dt.date(year + 1 + before, month, 1) for before, month in cases])
    assert house.run("reader", SEEN) == [OFFICE]


def test_no_row_tells_of_a_small_unit_by_difference(house: House, year: int) -> None:
    """What a reader sees is the same, whatever the small unit does, alone and together with a large one."""
    staffed(house, "u1", 5, year)
    opened(house, "u1", [dt.date(year, 5, 1)] * 5)
    before = house.run("reader", "select * from mart.treasury_action order by area_level")
    records.training("34", {**HELD, "unit_codes": ["u2"]})
    records.plan("34", {"item_text": "x", "owner_name": "y", "due_date": dt.date(2027, 1, 4), "unit_code": "u2"})
    assert house.run("reader", "select * from mart.treasury_action order by area_level") == before
    records.training("34", {**HELD, "unit_codes": ["u1", "u2"]})
    after = house.run("reader", SEEN)
    assert after == [OFFICE, ("34", "unit", "u1", "training", 2)]


def test_a_plan_that_answers_a_case_counts_nowhere(house: House, year: int) -> None:
    staffed(house, "u1", 5, year)
    opened(house, "u1", [dt.date(year, 5, 1)] * 5)
    item = {"item_text": "x", "owner_name": "y", "due_date": dt.date(2027, 1, 4), "unit_code": "u1"}
    number = house.run("owner", "select max(case_number) from action.case_file")[0][0]
    records.plan("34", item, number)
    assert "plan" not in {row[3] for row in house.run("reader", SEEN)}
    records.plan("34", item)
    assert ("34", "unit", "u1", "plan", 1) in house.run("reader", SEEN)
