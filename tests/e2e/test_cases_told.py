"""What is told of cases by treasury: in fives, as of the publication, and what is overdue once, by number alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest

from etl import warehouse
from etl.acting import cases
from etl.reports import case_notices, notices
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.kept import Copy, migrated
from tests.lib.months import query
from tests.lib.readers import MONTH, PUBLISHED
from tests.lib.slots import Slot

OPENED = """
alter table action.case_event disable trigger checked;
with opened as (
    insert into action.case_file (subject_kind, treasury_id, unit_code, ground_code)
    select 'unit', (select treasury_id from core.dim_treasury where treasury_code = '34'), n::text, 'lasting_weakness'
    from generate_series({first}, {last}) as n returning case_number
)
insert into action.case_event (case_number, event_kind, happened_on, acknowledge_by, identity, recorded_at, recorded_by)
select case_number, 'opened', date '2023-08-01', date '2023-08-02', 'login', {moment}, 'anna' from opened;
alter table action.case_event enable always trigger checked;
"""
CLOSED = """
alter table action.case_event disable trigger checked;
insert into action.case_event (case_number, event_kind, happened_on, identity, recorded_at, recorded_by)
select case_number, 'closed', date '2023-08-03', 'login', {moment}, 'anna' from action.case_file;
alter table action.case_event enable always trigger checked;
"""
TOLD = (
    "select treasury_code = '34' as is_own, least_open_count, least_overdue_count, least_reopened_count"
    f" from mart.treasury_case where period_code = '{MONTH}'"
)
PUBLISHED_AT = f"(select published_at from score.revision where period_code = '{MONTH}' and revision_number = 1)"


def change(statement: str) -> None:
    """Run statements as the owner, past what would be refused."""
    with warehouse.transaction() as connection:
        connection.exec_driver_sql(statement)


def told() -> list[tuple[int, ...]]:
    """What is told of the cases of treasury 34, and of any other."""
    return sorted({tuple(row.values()) for row in query(TOLD)}, reverse=True)


def test_cases_are_counted_in_fives_as_of_the_publication_and_for_ever(copy_of: Copy) -> None:
    copy_of(PUBLISHED)
    change(CLOSED.format(moment=PUBLISHED_AT))  # those of reports of harassment
    none = (False, 0, 0, 0)
    before = f"{PUBLISHED_AT} - interval '1 hour'"
    for first, last, moment, least in (
        (1, 4, before, 0),
        (5, 9, before, 5),
        (10, 14, before, 10),
        (15, 40, "now()", 10),  # after the publication
    ):
        change(OPENED.format(first=first, last=last, moment=moment))
        assert told() == [(True, least, least, 0), none]
    change(CLOSED.format(moment="now()"))
    assert told() == [(True, 10, 10, 0), none]


@pytest.fixture
def house(slot: Slot) -> Iterator[House]:
    """A warehouse of its own."""
    with case_house.made(slot, migrated(slot)) as made:
        yield made


@pytest.fixture
def by(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Work as a login from now on."""
    return lambda login: house.enter(login, monkeypatch)


def test_overdue_cases_are_told_once_to_owner_and_network_by_number_alone(
    house: House, by: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_NOTICE_TO", "ratings@kbnn.example")
    by("anna")
    late = today() - dt.timedelta(1)
    said = {"note": "một điều không ai được đọc", "acknowledge_by": late}
    numbers = [
        cases.open_case("petition", {"treasury_code": "34", "officer_code": "CB-1"}, said),
        cases.open_case("lasting_weakness", {"treasury_code": "34", "unit_code": "u1"}, said),
    ]
    cases.open_case("lasting_weakness", {"treasury_code": "34", "unit_code": "u2"}, {"note": "x"})  # in time
    by("loader")
    (notice,) = case_notices.overdue()
    assert (notice.kind, notice.treasuries, notice.to) == ("case_overdue", ("34",), ("ratings@kbnn.example",))
    assert all(str(number) in notice.text for number in numbers)
    assert not re.search("CB-1|u1|không ai|petition|weakness|anna", notice.subject + notice.text)
    with notices.claimed(notice) as is_new:
        assert is_new
    with notices.claimed(case_notices.overdue()[0]) as is_new:
        assert not is_new
    by("anna")
    cases.add(numbers[0], "acknowledged", {"owner_name": "lan@kbnn.example", "due_date": late})
    cases.add(numbers[1], "acknowledged", {"owner_name": "Phòng 1"})  # no address, and in time now
    by("loader")
    (notice,) = case_notices.overdue()
    assert notice.to == ("ratings@kbnn.example", "lan@kbnn.example")
