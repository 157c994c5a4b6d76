"""What one login cannot get past in a case: days, codes, evidence, bars, a second open case, and locks."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from etl.acting import cases, harassment, records
from etl.errors import Unfit
from etl.periods import SurveyMonth
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.slots import Slot

JULY = SurveyMonth(2023, 7)
CODES = itertools.count(100)
DECISION = {
    "outcome": "accepted", "action_code": "serve_others", "capacity": "Giám đốc", "legal_basis": "NĐ 170/2025",
}  # fmt: skip
ROTATION = {**DECISION, "action_code": "rotation"}
URGENT = {**DECISION, "reason": "customers are afraid"}
NO_BARS = {"legal_bars": "none"}
DAY = dt.timedelta(1)


@pytest.fixture(scope="module")
def house(slot: Slot, migrated: str) -> Iterator[House]:
    with case_house.made(slot, migrated) as made:
        yield made


@pytest.fixture
def by(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Work as a login from now on."""
    return lambda login: house.enter(login, monkeypatch)


@pytest.fixture
def code(house: House) -> str:
    """The code of an officer whom answers name, and nothing else."""
    made = f"CB-{next(CODES)}"
    house.run("owner", f"insert into core.dim_officer values (1, '{made}')")
    return made


@pytest.fixture
def opened(by: Callable[[str], None], code: str) -> int:
    """A case about the officer, opened by anna."""
    by("anna")
    return petition(code)


def petition(code: str, number: str = "12/ĐT", **said: Any) -> int:
    """A petition about an officer comes in; its case."""
    evidence = {"evidence_kind": "petition", "petition_number": number, **said}
    return cases.open_case("petition", {"treasury_code": "34", "officer_code": code}, evidence)


def proposed(number: int, by: Callable[[str], None], decision: dict[str, Any], **said: Any) -> None:
    """Have binh propose a decision, and become chi."""
    if cases.case(number)["case_state"] == "new":
        cases.add(number, "acknowledged")
        cases.add(number, "review_begun")
    by("binh")
    cases.decide(number, decision, {**NO_BARS, **said}, is_urgent="reason" in decision)
    by("chi")


def closed(number: int, by: Callable[[str], None]) -> None:
    """Have anna propose that a case is closed, and binh confirm it."""
    cases.add(number, "acknowledged")
    cases.add(number, "closing_proposed", {"root_cause": "x", "no_action_reason": "x"})
    by("binh")
    assert cases.confirm(number) == "closed"
    by("anna")


def test_an_assignment_after_a_decision_moves_neither_it_nor_the_officer(
    opened: int, code: str, by: Callable[[str], None]
) -> None:
    proposed(opened, by, ROTATION)
    cases.confirm(opened)
    person = cases.case(opened)["person_id"]
    records.assign("34", {"officer_code": f"{code}-other", "valid_from": today(), "person_id": person})
    with pytest.raises(Unfit, match="was assigned anew since then"):
        cases.add(opened, "acting", NO_BARS)
    by("anna")
    assert (cases.case(opened)["officer_code"], cases.case(opened)["is_in_force"]) == (code, True)


def test_the_code_of_a_proposal_stays_with_it(house: House, opened: int, code: str, by: Callable[[str], None]) -> None:
    proposed(opened, by, ROTATION)
    person = cases.case(opened)["person_id"]
    records.assign("19", {"officer_code": f"{code}-other", "valid_from": today(), "person_id": person})
    with pytest.raises(Unfit, match="was assigned anew since then"):
        cases.confirm(opened)
    asked = (
        "select treasury_code, officer_code from restricted.case_event"
        f" where case_number = {opened} and is_urgent is not null"
    )
    assert house.run("anna", asked) == [("34", code)]
    assert house.run("binh", asked) == [("34", None)]


def test_a_code_of_a_day_to_come_is_not_shown_today(opened: int, code: str, by: Callable[[str], None]) -> None:
    person = cases.case(opened)["person_id"]
    records.assign("34", {"officer_code": f"{code}-next", "valid_from": today() + DAY, "person_id": person})
    assert cases.case(opened)["officer_code"] == code


def test_who_may_not_see_officers_takes_no_day_of_a_code_from_a_person(
    opened: int, code: str, by: Callable[[str], None]
) -> None:
    by("binh")
    day = dt.date(2020, 1, 1)
    for said in (
        {"valid_from": day, "valid_to": day},
        {"valid_from": dt.date(2000, 1, 1)},
        {"valid_from": today() + DAY},
    ):
        with pytest.raises(Unfit, match="is assigned on that day already"):
            records.assign("34", {"officer_code": code, **said})
    by("anna")
    assert petition(code, "13/ĐT") == opened
    assert records.assign("34", {"officer_code": code, "valid_from": today() + DAY})


def test_a_report_on_a_day_without_an_assignment_is_about_a_person(
    house: House, code: str, by: Callable[[str], None]
) -> None:
    by("binh")
    day = dt.date(2020, 1, 1)
    earlier = records.assign("34", {"officer_code": code, "valid_from": day, "valid_to": day})
    later = records.assign("34", {"officer_code": code, "valid_from": dt.date(2024, 1, 1)})
    house.report(f"of {code}", officer=code)
    by("loader")
    assert harassment.open_reported(JULY) == 1
    spans = house.run(
        "owner",
        "select person_id, valid_from, valid_to from action.assignment_span"
        f" where officer_code = '{code}' order by valid_from",
    )
    assert [row[1:] for row in spans] == [
        (day, day), (dt.date(2020, 1, 2), dt.date(2023, 12, 31)), (dt.date(2024, 1, 1), None)
    ]  # fmt: skip
    assert (spans[0][0], spans[2][0], spans[1][0] in {earlier, later}) == (earlier, later, False)
    by("anna")
    assert spans[1][0] in {row["person_id"] for row in cases.listed()}


def test_a_closing_does_not_outlive_new_evidence(opened: int, code: str, by: Callable[[str], None]) -> None:
    cases.add(opened, "acknowledged")
    cases.add(opened, "closing_proposed", {"root_cause": "x", "no_action_reason": "x"})
    petition(code, "14/ĐT")
    by("binh")
    with pytest.raises(Unfit, match="evidence came in after it was proposed"):
        cases.confirm(opened)
    assert cases.confirm(opened, rejected_because="look at it") == "proposal_rejected"


def test_what_brings_no_evidence_voids_no_proposal(opened: int, code: str, by: Callable[[str], None]) -> None:
    proposed(opened, by, DECISION)
    subject = {"treasury_code": "34", "officer_code": code}
    assert cases.open_case("petition", subject, {"note": "and again"}) == opened
    assert cases.case(opened)["evidence_count"] == 1
    assert cases.confirm(opened) == "decided"


@pytest.mark.parametrize("action", ["rotation_", "transfer", "dismissal"])
def test_only_what_is_declared_is_decided(opened: int, by: Callable[[str], None], action: str) -> None:
    cases.add(opened, "acknowledged")
    cases.add(opened, "review_begun")
    by("binh")
    said = {"legal_bars": "present", "decision": {**DECISION, "action_code": action, "valid_from": today()}}
    with pytest.raises(Unfit, match=f"no step has the code '{action}'"):
        cases.add(opened, "decision_proposed", said)


@pytest.mark.parametrize("bars", ["present", "unknown"])
@pytest.mark.parametrize("is_noted_before", [True, False])
def test_bars_that_came_up_since_a_proposal_stop_its_confirmation(
    opened: int, by: Callable[[str], None], bars: str, is_noted_before: bool
) -> None:
    proposed(opened, by, ROTATION)
    event = cases.case(opened)["proposal_event"]
    if is_noted_before:
        cases.add(opened, "noted", {"legal_bars": bars})
    with pytest.raises(Unfit, match="legal bars are present or unknown since it was proposed"):
        cases.add(opened, "decided", {"about_event": event, "legal_bars": "none" if is_noted_before else bars})


def test_a_confirmation_is_dated_after_its_proposal(opened: int, by: Callable[[str], None]) -> None:
    proposed(opened, by, DECISION)
    event = cases.case(opened)["proposal_event"]
    for day, told in ((dt.date(1990, 1, 1), "it was proposed on"), (today() + DAY, "is yet to come")):
        with pytest.raises(Unfit, match=told):
            cases.add(opened, "decided", {"about_event": event, "happened_on": day})
    with pytest.raises(Unfit, match="no day, or one"):
        cases.add(opened, "decided", {"about_event": event, "happened_on": "-infinity"})


def test_evidence_is_not_of_a_day_before_its_response(house: House, by: Callable[[str], None]) -> None:
    house.report("old")
    by("anna")
    evidence = {"evidence_kind": "response", "survey_month": "2023-07-01", "response_key": "old"}
    said = {**evidence, "happened_on": dt.date(2021, 5, 1)}
    number = cases.open_case("petition", {"treasury_code": "34", "unit_code": "34.01"}, said)
    assert cases.events(number)[0]["happened_on"] == dt.date(2023, 7, 5)
    with pytest.raises(Unfit, match="nothing happened on such a day"):
        cases.open_case("lasting_weakness", {"treasury_code": "34"}, {"happened_on": "-infinity", "note": "x"})


def test_in_force_is_the_last_decision_whose_days_are_now(opened: int, by: Callable[[str], None]) -> None:
    proposed(opened, by, DECISION)
    cases.confirm(opened)
    later = {"action_code": "training", "valid_from": today() + 5 * DAY}
    proposed(opened, by, {**DECISION, **later})
    cases.confirm(opened)
    standing = cases.case(opened)
    assert (standing["action_code"], standing["is_in_force"]) == ("serve_others", True)


def test_urgent_decisions_do_not_add_up(opened: int, by: Callable[[str], None]) -> None:
    last = {"valid_from": today() + 4 * DAY, "valid_to": today() + 30 * DAY}
    with pytest.raises(Unfit, match="starts within 3 days"):
        proposed(opened, by, {**URGENT, **last})
    proposed(opened, by, URGENT)
    cases.confirm(opened)
    with pytest.raises(Unfit, match="follows another only after a review"):
        proposed(opened, by, URGENT)
    cases.add(opened, "review_begun")
    proposed(opened, by, URGENT)
    assert cases.confirm(opened) == "decided"


@pytest.mark.parametrize("days", ["infinity", "-infinity", 733])
def test_no_due_date_is_beyond_two_years(opened: int, code: str, days: str | int) -> None:
    due = days if isinstance(days, str) else today() + days * DAY
    for add in (
        lambda: cases.add(opened, "noted", {"due_date": due}),
        lambda: petition(f"{code[:-3]}1", due_date=due),
        lambda: petition(f"{code[:-3]}1", acknowledge_by=due),
    ):
        with pytest.raises(Unfit, match="more than 2 years ahead"):
            add()


def test_evidence_does_not_put_a_due_date_off(opened: int, code: str, by: Callable[[str], None]) -> None:
    before = cases.case(opened)["due_date"]
    petition(code, "15/ĐT", due_date=today() + 300 * DAY, acknowledge_by=today() + 300 * DAY)
    assert cases.case(opened)["due_date"] == before


def test_no_case_of_harassment_is_opened_by_hand(by: Callable[[str], None]) -> None:
    by("anna")
    with pytest.raises(Unfit, match="open their cases when they are loaded"):
        cases.open_case("harassment", {"treasury_code": "34", "unit_code": "34.01"}, {"note": "x"})


def test_a_case_is_not_reopened_beside_an_open_one(opened: int, code: str, by: Callable[[str], None]) -> None:
    closed(opened, by)
    newer = petition(code, "16/ĐT")
    assert newer != opened
    with pytest.raises(Unfit, match=f"case {newer} is open on the same ground"):
        cases.add(opened, "reopened", {"note": "it goes on"})
    closed(newer, by)
    cases.add(opened, "reopened", {"note": "it goes on"})
    assert petition(code, "17/ĐT") == opened


def test_a_reader_cannot_hold_up_who_loads(house: House, code: str, by: Callable[[str], None]) -> None:
    house.report(f"held {code}", officer=code)
    names = ("hailong harassment 2023-07-01", "harassment 2023-07-01", f"hailong person 1 {code}", f"person 1 {code}")
    by("loader")
    with ThreadPoolExecutor(1) as beside, house.connection("reader") as reader:
        for name in names:
            reader.exec_driver_sql(f"select pg_advisory_xact_lock(hashtextextended('{name}', 38))")
        assert beside.submit(harassment.open_reported, JULY).result(timeout=20) >= 1
    for login in ("reader", "secret", "anna", "loader"):
        for statement in ("select from action.lockable for share", "lock table action.lockable"):
            assert house.refused(login, statement).startswith("42501 ")


def test_what_was_recorded_stays_where_the_server_leaves_triggers_out(house: House, opened: int) -> None:
    for change in ("update action.case_event set note = 'x'", "truncate action.decision cascade"):
        with house.connection("owner") as owner:
            owner.exec_driver_sql("set local session_replication_role = replica")
            with pytest.raises(sa.exc.DBAPIError, match="is only added to"):
                owner.exec_driver_sql(change)
    with house.connection("owner") as owner:
        owner.exec_driver_sql("set local session_replication_role = replica")
        with pytest.raises(sa.exc.DBAPIError, match="does not wait to be confirmed"):
            owner.exec_driver_sql(
                "insert into action.case_event (case_number, event_kind, happened_on, identity, recorded_at,"
                f" recorded_by) values ({opened}, 'decided', '{today()}', 'login', now(), 'chi')"
            )
    asked = (
        "select tgrelid::regclass::text, tgname::text from pg_trigger where not tgisinternal and tgenabled != 'A'"
        " and tgrelid in (select oid from pg_class where relnamespace = 'action'::regnamespace)"
    )
    assert house.run("owner", asked) == []


def test_what_is_of_some_units_is_not_told_of_an_office(house: House, by: Callable[[str], None]) -> None:
    by("anna")
    before = house.run("reader", "select * from mart.treasury_action")
    held = {"held_on": dt.date(2023, 8, 8), "topic": "giao tiếp", "attendance_count": 40}
    records.training("34", {**held, "unit_codes": ["34.01"]})
    assert house.run("reader", "select * from mart.treasury_action") == before
    records.training("34", {**held, "unit_codes": []})
    assert house.run("reader", "select * from mart.treasury_action") != before
