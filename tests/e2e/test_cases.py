"""Cases in a real PostgreSQL: events that never change, two logins that confirm, two at once, and a kill between."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from etl.acting import cases, office_said, records
from etl.errors import Misdeclared, Unfit
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.slots import Slot

UNITS = itertools.count(1)
TABLES = (
    "person", "assignment", "case_file", "case_event", "decision", "action_item", "conference", "training", "form",
    "action_code", "earlier_report", "claim", "register", "register_row",
)  # fmt: skip
RECEIPTS = ("form", "register", "register_row")
"""What was read from forms and registers, by digests and keys: it says nothing of a case."""
DECISION = {
    "outcome": "accepted", "action_code": "serve_others", "capacity": "Giám đốc", "legal_basis": "NĐ 170/2025",
}  # fmt: skip
ROTATION = {**DECISION, "action_code": "rotation"}


@pytest.fixture(scope="module")
def house(slot: Slot, migrated: str) -> Iterator[House]:
    with case_house.made(slot, migrated) as made:
        yield made


@pytest.fixture
def by(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Work as a login from now on."""
    return lambda login: house.enter(login, monkeypatch)


@pytest.fixture
def opened(by: Callable[[str], None]) -> int:
    """A new case about a unit that has no other, opened by anna for a petition."""
    by("anna")
    unit = {"treasury_code": "34", "unit_code": f"u{next(UNITS)}"}
    return cases.open_case("petition", unit, {"evidence_kind": "petition", "petition_number": "12/ĐT"})


def reviewed(number: int, login: str, by: Callable[[str], None]) -> None:
    """Take a case as far as a decision, and become a login."""
    cases.add(number, "acknowledged", {"owner_name": "Phòng Tổ chức"})
    cases.add(number, "review_begun")
    by(login)


def decided(number: int, by: Callable[[str], None], decision: dict[str, Any], bars: str = "none") -> None:
    """Have binh propose a decision and chi confirm it."""
    reviewed(number, "binh", by)
    cases.decide(number, decision, {"legal_bars": bars}, is_urgent=False)
    by("chi")
    assert cases.confirm(number) == "decided"


@pytest.mark.parametrize("login", ["owner", "anna", "loader"])
def test_nothing_that_was_recorded_changes(house: House, opened: int, by: Callable[[str], None], login: str) -> None:
    decided(opened, by, DECISION)
    state, told = ("P0001", "is only added to") if login == "owner" else ("42501", "permission denied")
    for table in TABLES:
        (column,) = house.run(
            "owner",
            f"select attname from pg_attribute where attrelid = 'action.{table}'::regclass and attnum > 0"
            " order by attnum desc limit 1",
        )[0]
        said = [house.refused(login, f"truncate action.{table} cascade")]
        if login != "owner" or house.run("owner", f"select from action.{table}"):
            said += [house.refused(login, f"update action.{table} set {column} = {column}")]
            said += [house.refused(login, f"delete from action.{table}")]
        assert {one.split()[0] for one in said} == {state}, (table, said)
        assert all(told in one for one in said), said
    held = {table for table in TABLES if house.run("owner", f"select from action.{table}")}
    assert held >= {"case_file", "case_event", "decision"}


@pytest.mark.parametrize("login", ["reader", "secret", "loader"])
def test_who_does_not_work_with_cases_sees_and_writes_nothing_of_them(house: House, opened: int, login: str) -> None:
    for name in (*TABLES, "case_standing", "assignment_span"):
        is_read = house.refused(login, f"select * from action.{name}") == ""
        assert is_read is (login == "loader" and name in RECEIPTS), name
    assert house.refused(login, "select action.add_event(1, 'noted', '{}')").startswith("42501 ")
    is_restricted = login == "secret"
    assert (house.refused(login, "select * from restricted.case") == "") is is_restricted


def test_a_case_worker_writes_by_the_functions_only(house: House, opened: int) -> None:
    for name in TABLES:
        assert house.refused("anna", f"insert into action.{name} default values").startswith("42501 ")
        is_read = house.refused("anna", f"select * from action.{name}") == ""
        assert is_read is (name in RECEIPTS)
    assert house.refused("anna", "select action.put_event(1, 'closed', '{}')").startswith("42501 ")
    assert house.refused("anna", "select comment_text from core.fact_response").startswith("42501 ")


def test_the_owner_cannot_say_that_somebody_else_recorded_it(
    house: House, opened: int, by: Callable[..., None]
) -> None:
    reviewed(opened, "binh", by)
    event = cases.decide(opened, DECISION, {"legal_bars": "none"}, is_urgent=False)
    forged = (
        "insert into action.case_event (case_number, event_kind, happened_on, about_event, identity, recorded_at,"
        f" recorded_by) values ({opened}, '{{kind}}', '{today()}', {event}, 'login', '2020-01-01', 'chi')"
    )
    house.run("owner", forged.format(kind="noted"))
    (row,) = house.run("owner", "select recorded_by, recorded_at > now() - interval '1 minute' from action.case_event"
                                " order by event_number desc limit 1")  # fmt: skip
    assert row == (sa.make_url(house.urls["owner"]).username, True)
    assert "does not wait to be confirmed" in house.refused("owner", forged.format(kind="closed"))
    house.run("owner", forged.format(kind="decided"))  # the owner is a second login, by her own name
    assert cases.case(opened)["case_state"] == "decided"


def test_a_case_goes_its_way_by_two_logins(opened: int, by: Callable[[str], None]) -> None:
    assert cases.case(opened)["case_state"] == "new"
    decided(opened, by, DECISION)
    assert cases.case(opened)["is_in_force"]
    cases.add(opened, "acting", {"legal_bars": "none"})
    cases.add(opened, "measured")
    cases.add(opened, "closing_proposed", {"root_cause": "too few counters"})
    by("anna")
    assert cases.confirm(opened) == "closed"
    with pytest.raises(Unfit, match="is closed") as caught:
        cases.add(opened, "noted", {"note": "x"})
    assert "hailong case reopen" in caught.value.next_action
    cases.add(opened, "reopened", {"note": "it goes on"})
    standing = cases.case(opened)
    assert (standing["case_state"], standing["reopened_count"]) == ("reopened", 1)
    by("binh")
    cases.add(opened, "closing_proposed")
    by("chi")
    assert cases.confirm(opened) == "closed"
    kinds = [event["event_kind"] for event in cases.events(opened)]
    assert kinds == ["opened", "acknowledged", "review_begun", "decision_proposed", "decided", "acting", "measured",
                     "closing_proposed", "closed", "reopened", "closing_proposed", "closed"]  # fmt: skip


def test_nobody_confirms_what_she_proposed_or_decides_what_she_opened(opened: int, by: Callable[[str], None]) -> None:
    reviewed(opened, "anna", by)
    with pytest.raises(Unfit, match=r"was opened by anna_\w+, who decides nothing in it"):
        cases.decide(opened, DECISION, {"legal_bars": "none"}, is_urgent=False)
    by("binh")
    cases.decide(opened, DECISION, {"legal_bars": "none"}, is_urgent=False)
    with pytest.raises(Unfit, match=r"binh_\w+ has proposed it, and a second person confirms"):
        cases.confirm(opened)
    by("anna")
    with pytest.raises(Unfit, match="who decides nothing in it"):
        cases.confirm(opened)
    assert (cases.case(opened)["case_state"], cases.case(opened)["is_in_force"]) == ("under_review", False)
    assert cases.confirm(opened, rejected_because="no") == "proposal_rejected"
    with pytest.raises(Misdeclared, match="nothing waits for a second person"):
        cases.confirm(opened)


def test_nobody_becomes_another_by_a_role(house: House, opened: int, by: Callable[[str], None]) -> None:
    reviewed(opened, "binh", by)
    event = cases.decide(opened, DECISION, {"legal_bars": "none"}, is_urgent=False)
    said = f'{{"happened_on": "{today()}", "about_event": {event}}}'
    call = f"select action.add_event({opened}, 'decided', '{said}')"
    with house.connection("binh") as connection:
        connection.exec_driver_sql("set role hailong_case_worker")
        with pytest.raises(sa.exc.DBAPIError, match="a second person confirms"):
            connection.exec_driver_sql(call.replace("%", "%%"))
    other = sa.make_url(house.urls["chi"]).username
    assert house.refused("binh", f"set session authorization {other}").startswith("42501 ")
    assert house.refused("binh", f"set role {other}").startswith("42501 ")


@pytest.mark.parametrize(
    ("said", "decision", "told"),
    [
        ({"happened_on": dt.date(2020, 1, 1)}, {}, "its evidence is of"),
        ({"happened_on": dt.date(2999, 1, 1)}, {}, "is yet to come"),
        ({}, {"valid_from": dt.date(2020, 1, 1)}, "cannot hold from 2020-01-01"),
        ({}, {"outcome": "changed"}, "nothing is said on why"),
        ({"legal_bars": "present"}, ROTATION, "a rotation is not decided while legal bars are present"),
        ({"legal_bars": "unknown"}, ROTATION, "a rotation is not decided while legal bars are unknown"),
        ({"legal_bars": None}, {}, "proposes no such decision"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_whole(
    opened: int, by: Callable[[str], None], said: dict[str, Any], decision: dict[str, Any], told: str
) -> None:
    reviewed(opened, "binh", by)
    before = cases.events(opened)
    with pytest.raises(Unfit, match=told):
        cases.decide(opened, {**DECISION, **decision}, {"legal_bars": "none", **said}, is_urgent=False)
    assert cases.events(opened) == before


def test_bars_are_asked_again_when_a_rotation_takes_effect(opened: int, by: Callable[[str], None]) -> None:
    decided(opened, by, ROTATION)
    for bars, told in ((None, "asked again"), ("present", "bars are present"), ("unknown", "bars are unknown")):
        with pytest.raises(Unfit, match=told):
            cases.add(opened, "acting", {"legal_bars": bars})
    cases.add(opened, "acting", {"legal_bars": "none"})
    assert cases.case(opened)["case_state"] == "acting"


def test_serving_other_customers_is_not_barred(opened: int, by: Callable[[str], None]) -> None:
    decided(opened, by, DECISION, bars="unknown")
    cases.add(opened, "acting", {"legal_bars": "present"})
    assert cases.case(opened)["case_state"] == "acting"


def test_an_urgent_decision_needs_a_reason_a_second_person_and_ends(opened: int, by: Callable[[str], None]) -> None:
    by("binh")
    with pytest.raises(Unfit, match="nothing is said on why"):
        cases.decide(opened, DECISION, {"legal_bars": "none"}, is_urgent=True)
    urgent = {**DECISION, "reason": "customers are afraid"}
    late = {"valid_to": today() + dt.timedelta(60)}
    with pytest.raises(Unfit, match="expires after 30 days at most"):
        cases.decide(opened, {**urgent, **late}, {"legal_bars": "none"}, is_urgent=True)
    cases.decide(opened, urgent, {"legal_bars": "none"}, is_urgent=True)  # in a case that nobody has reviewed yet
    with pytest.raises(Unfit, match="a second person confirms"):
        cases.confirm(opened)
    by("chi")
    assert cases.confirm(opened) == "decided"
    standing = cases.case(opened)
    assert "below the statistical threshold" in standing["urgent_label"]
    assert (standing["valid_to"] - standing["valid_from"]).days == 30


def test_a_case_is_closed_with_a_cause_and_an_action_or_why_there_is_none(
    opened: int, by: Callable[[str], None]
) -> None:
    with pytest.raises(Unfit, match=r"is new; closing_proposed follows on acknowledged or"):
        cases.add(opened, "closing_proposed", {"root_cause": "x", "no_action_reason": "x"})
    cases.add(opened, "acknowledged")
    with pytest.raises(Unfit, match="has no root cause"):
        cases.add(opened, "closing_proposed", {"no_action_reason": "x"})
    with pytest.raises(Unfit, match="has no action"):
        cases.add(opened, "closing_proposed", {"root_cause": "x"})
    item = {"item_text": "a second counter", "owner_name": "P. Kế toán", "due_date": dt.date(2027, 1, 4)}
    assert records.plan("34", item, opened) is None
    cases.add(opened, "closing_proposed", {"root_cause": "x"})


def test_of_two_who_decide_at_once_the_second_is_told(house: House, opened: int, by: Callable[[str], None]) -> None:
    reviewed(opened, "binh", by)
    said = office_said.as_json({"happened_on": today(), "legal_bars": "none",
                          "decision": {**DECISION, "valid_from": today()}})  # fmt: skip
    call = sa.text("select action.add_event(:number, 'decision_proposed', cast(:said as jsonb))")
    told: list[str] = []

    def second() -> None:
        try:
            with house.connection("chi") as connection:
                connection.execute(call, {"number": opened, "said": said})
        except sa.exc.DBAPIError as error:
            told.append(str(error.orig))

    with house.connection("binh") as first:
        first.execute(call, {"number": opened, "said": said})
        other = threading.Thread(target=second)
        other.start()
        waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%add_event%'"
        deadline = time.monotonic() + 20
        while house.run("owner", waiting) == [(0,)] and time.monotonic() < deadline:
            time.sleep(0.02)
        assert told == []  # it waits for the first
    other.join(timeout=20)
    assert len(told) == 1
    assert "has proposed something already" in told[0]


def test_a_case_is_not_written_to_where_one_does_not_see_what_others_wrote(house: House, opened: int) -> None:
    with house.connection("binh") as connection:
        connection.exec_driver_sql("set transaction isolation level repeatable read")
        with pytest.raises(sa.exc.DBAPIError, match="sees what others wrote"):
            connection.exec_driver_sql(
                f"select action.add_event({opened}, 'acknowledged', '{{\"happened_on\": \"2023-07-01\"}}')"
            )


def test_a_kill_between_two_events_leaves_a_case_that_can_be_read(
    house: House, opened: int, by: Callable[[str], None]
) -> None:
    reviewed(opened, "binh", by)
    work = (
        "from etl import warehouse\nfrom etl.acting import cases\nimport sys, time\n"
        f"cases.add({opened}, 'noted', {{'note': 'before'}})\n"
        "with warehouse.transaction() as connection:\n"
        f"    cases.add_within(connection, {opened}, 'noted', {{'note': 'half'}})\n"
        "    print('written', flush=True)\n    time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", work], stdout=subprocess.PIPE, env={**os.environ})
    assert child.stdout is not None
    assert child.stdout.readline() == b"written\n"
    child.send_signal(signal.SIGKILL)
    child.wait(timeout=20)
    assert [event["note"] for event in cases.events(opened)][-1] == "before"
    assert cases.case(opened)["case_state"] == "under_review"
    cases.decide(opened, DECISION, {"legal_bars": "none"}, is_urgent=False)  # the dead one's lock is gone


def test_one_case_is_open_per_subject_and_ground(house: House, opened: int, by: Callable[[str], None]) -> None:
    unit = {"treasury_code": "34", "unit_code": str(cases.case(opened)["unit_code"])}
    assert cases.open_case("petition", unit, {"evidence_kind": "petition", "petition_number": "13/ĐT"}) == opened
    assert cases.case(opened)["evidence_count"] == 2
    assert cases.open_case("lasting_weakness", unit, {"note": "since May"}) != opened
    forged = (
        "insert into action.case_file (subject_kind, treasury_id, unit_code, ground_code)"
        f" values ('unit', 1, '{unit['unit_code']}', 'petition')"
    )
    assert house.refused("owner", forged) == f"HL001 case {opened} is open on the same ground"


def test_a_decision_does_not_outlive_new_evidence(opened: int, by: Callable[[str], None]) -> None:
    reviewed(opened, "binh", by)
    said = {"legal_bars": "none", "happened_on": today()}
    cases.decide(opened, DECISION, said, is_urgent=False)
    by("anna")
    unit = {"treasury_code": "34", "unit_code": str(cases.case(opened)["unit_code"])}
    cases.open_case("petition", unit, {"evidence_kind": "petition", "petition_number": "14/ĐT"})
    by("chi")
    with pytest.raises(Unfit, match="evidence came in after it was proposed"):
        cases.confirm(opened)


@pytest.mark.parametrize(
    ("subject", "said", "told"),
    [
        ({"unit_code": "34.99"}, {}, "no such unit"),
        ({"officer_code": "CB-7"}, {}, "no officer of the treasury has this code"),
        ({}, {"evidence_kind": "revision", "period_code": "2023-07", "revision_number": 1}, "no such published"),
        ({}, {"evidence_kind": "response", "survey_month": "2023-07-01", "response_key": "?"}, "no such response"),
        ({}, {"evidence_kind": "harassment_report"}, "open their cases when they are loaded"),
    ],
)
def test_a_case_about_nothing_is_not_opened(
    by: Callable[[str], None], subject: dict[str, str], said: dict[str, Any], told: str
) -> None:
    by("anna")
    with pytest.raises(Unfit, match=told):
        cases.open_case("recommendation", {"treasury_code": "34", **subject}, said)
