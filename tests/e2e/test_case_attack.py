"""What somebody who means harm would try with one login: to hide a report, to swap an officer, to be nobody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from etl.acting import cases, harassment, officer_data, records
from etl.errors import Unfit
from etl.periods import SurveyMonth
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.slots import Slot

JULY = SurveyMonth(2023, 7)
DECISION = {"outcome": "accepted", "action_code": "rotation", "capacity": "Giám đốc", "legal_basis": "NĐ 170/2025"}
NO_BARS = {"legal_bars": "none"}
SECRET = "điều chỉ cô ấy biết 4417"


@pytest.fixture
def house(slot: Slot, migrated: str) -> Iterator[House]:
    with case_house.made(slot, migrated) as made:
        yield made


@pytest.fixture
def by(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Work as a login from now on."""
    return lambda login: house.enter(login, monkeypatch)


def petition(by: Callable[[str], None], code: str = "CB-1") -> int:
    """Anna opens a case about an officer, and it is reviewed."""
    by("anna")
    evidence = {"evidence_kind": "petition", "petition_number": "12"}
    number = cases.open_case("petition", {"treasury_code": "34", "officer_code": code}, evidence)
    cases.add(number, "acknowledged")
    cases.add(number, "review_begun")
    return number


def claimed(kind: str, row: int, **said: Any) -> str:
    """What a form or register is said to say, as a statement."""
    claim = {"treasury_id": 1, "event_kind": kind, "happened_on": str(today()), "claimed_by": "cô B",
             "form_digest": "c" * 64, "form_row": row, **said}  # fmt: skip
    return f"select action.take_in('{json.dumps(claim)}')"


def test_no_claim_makes_a_report_of_harassment_the_evidence_of_another_case(
    house: House, by: Callable[[str], None]
) -> None:
    number = petition(by, "CB-2")
    report = {"evidence_kind": "harassment_report", "response_treasury_id": 1, "survey_month": "2023-07-01",
              "response_key": "hidden", "case_number": number}  # fmt: skip
    for login in ("anna", "loader"):
        assert "gives no evidence" in house.refused(login, claimed("evidence", 1, **report))
    house.report("hidden")
    by("loader")
    assert harassment.open_reported(JULY) == 1


def test_nobody_serves_as_the_nobody_whom_erased_cases_are_about(house: House) -> None:
    said = json.dumps({"treasury_id": 1, "officer_code": "CB-2", "valid_from": "2020-01-01", "person_id": 0})
    for login in ("anna", "binh"):
        assert "there is no person 0" in house.refused(login, f"select action.assign('{said}')")


def test_a_decision_does_not_follow_a_code_to_another_officer(house: House, by: Callable[[str], None]) -> None:
    number = petition(by)
    person = cases.case(number)["person_id"]
    records.assign("34", {"officer_code": "CB-8", "valid_from": today(), "person_id": person})
    by("binh")
    cases.decide(number, DECISION, NO_BARS, is_urgent=False)
    assigned = house.run("owner", f"select valid_from from action.assignment where person_id = {person} order by 1")
    by("anna")
    records.assign("34", {"officer_code": "CB-1", "valid_from": assigned[0][0]})  # CB-1 is somebody else now
    by("chi")
    with pytest.raises(Unfit, match="was assigned anew since then"):
        cases.confirm(number)


def test_what_a_register_claimed_goes_with_an_officer_who_is_forgotten(house: House, by: Callable[[str], None]) -> None:
    number = petition(by)
    decided = {"outcome": "changed", "action_code": "talk", "capacity": SECRET, "legal_basis": SECRET,
               "reason": SECRET, "case_number": number}  # fmt: skip
    house.run("loader", claimed("decision_proposed", 1, **decided))
    closing = {"case_number": number, "root_cause": "x", "no_action_reason": SECRET}
    house.run("loader", claimed("closing_proposed", 2, **closing))
    cases.add(number, "closing_proposed", {"root_cause": "x", "no_action_reason": "x"})
    by("binh")
    cases.confirm(number)
    by("anna")
    proposal = officer_data.propose_erasure(cases.case(number)["person_id"], "asked", "asked")
    by("binh")
    officer_data.confirm_erasure(proposal)
    assert house.run("owner", f"select from action.claim as c where to_jsonb(c)::text like '%{SECRET}%'") == []
    assert house.run("owner", "select count(*) from action.claim") == [(2,)]
    assert house.refused("owner", "update action.claim set reason = 'x'").startswith("P0001 ")


def test_who_confirms_has_seen_that_the_evidence_went(house: House, by: Callable[[str], None]) -> None:
    number = petition(by)
    by("binh")
    cases.decide(number, DECISION, NO_BARS, is_urgent=False)
    gone = {"evidence_kind": "revision", "period_code": "2023-07", "revision_number": 2, "happened_on": str(today())}
    house.run("owner", f"select action.put_event({number}, 'evidence_withdrawn', '{json.dumps(gone)}')")
    by("chi")
    with pytest.raises(Unfit, match="evidence came in after it was proposed, or went"):
        cases.confirm(number)


def test_nobody_removes_last_month_s_reads_from_the_log(house: House) -> None:
    for days in (1, 29, 31):
        read = f"('s', {days}, now() - interval '{days} days', 'anna', 'restricted.case', null)"
        house.run("owner", f"insert into access.read_log values {read}")
    assert house.run("loader", "select action.expire_reads('infinity')") == [(1,)]
    assert house.run("owner", "select line_number from access.read_log order by 1") == [(1,), (29,)]
