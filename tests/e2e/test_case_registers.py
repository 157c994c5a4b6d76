"""Registers of actions in the offices' databases: read once, judged by the door, and claimed, never decided."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from etl.acting import cases, claims, records
from etl.acting.form_shelf import Heard
from etl.errors import Misdeclared, Refused, Unavailable, Unfit
from etl.operation import office_claims
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.command_line import hailong
from tests.lib.registers import Register
from tests.lib.slots import Slot

KEYS = itertools.count(1)
UNITS = itertools.count(1)
DECIDED = {
    "event_kind": "decision", "outcome": "accepted", "action_code": "talk", "capacity": "Giám đốc",
    "legal_basis": "Nghị định 170/2025", "claimed_by": "Giám đốc Hoa",
}  # fmt: skip
CONFERENCE = {
    "event_kind": "conference", "period_code": "2023-07", "revision_number": 1, "attendance_count": 80,
    "note": "more counters in the morning",
}  # fmt: skip


@pytest.fixture(scope="module")
def house(slot: Slot, migrated: str) -> Iterator[House]:
    with case_house.made(slot, migrated) as made:
        yield made


@pytest.fixture
def office(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Register:
    """The register of treasury 34; the pipeline reads it with the loader's login."""
    house.enter("loader", monkeypatch)
    return Register(tmp_path, monkeypatch)


@pytest.fixture
def number(house: House, office: Register, monkeypatch: pytest.MonkeyPatch) -> int:
    """A new case of the treasury, opened by anna."""
    house.enter("anna", monkeypatch)
    petition = {"evidence_kind": "petition", "petition_number": "12/ĐT"}
    made = cases.open_case("petition", {"treasury_code": "34", "unit_code": f"u{next(UNITS)}"}, petition)
    house.enter("loader", monkeypatch)
    return made


def heard() -> Heard:
    """The register as it is read now."""
    (one,) = office_claims.registers(["34"])
    return one


def refusals(one: Heard) -> list[str]:
    assert one.error is None, one.error
    return [str(refusal) for refusal in one.outcome.refusals]


def events(house: House, number: int) -> list[tuple[Any, ...]]:
    told = "select event_kind, identity, claimed_by from action.case_event where case_number = {} order by event_number"
    return house.run("owner", told.format(number))


def counts(one: Heard) -> tuple[int, int, int, int]:
    outcome = one.outcome
    return outcome.loaded_count, outcome.known_count, outcome.changed_count, outcome.refused_count


def test_what_a_register_says_is_in_once_claimed_and_landed_untouched(
    house: House, office: Register, number: int, tmp_path: Path
) -> None:
    key = f"k{next(KEYS)}"
    office.put(key, event_kind="acknowledged", case_number=number, owner_name="Phòng 1", happened_on=str(today()))
    assert counts(heard()) == (1, 0, 0, 0)
    assert events(house, number)[1:] == [("acknowledged", "claimed", "Lan")]
    (landed,) = (tmp_path / "landing" / "registers" / "34").glob("*.parquet")
    (receipt,) = (tmp_path / "landing" / "registers" / "34").glob("*.json")
    rows = pq.read_table(landed).to_pylist()
    assert (rows[0]["row_key"], rows[0]["owner_name"], rows[0]["treasury_code"]) == (key, "Phòng 1", "34")
    kept = "select register_digest, read_count, loaded_count, recorded_by from action.register order by 1 desc"
    digest, *others, by = next(row for row in house.run("owner", kept) if row[0] in landed.name)
    assert (others, digest in receipt.name, by.startswith("loader_")) == ([1, 1], True, True)
    again = heard()
    assert (counts(again), again.is_new) == ((0, 1, 0, 0), False)
    assert len(events(house, number)) == 2


def test_a_changed_row_is_a_new_statement_and_a_vanished_one_stays(house: House, office: Register, number: int) -> None:
    key = f"k{next(KEYS)}"
    office.put(key, case_number=number, note="called back", happened_on=str(today()))
    office.put(f"{key}-2", case_number=number, note="written to", happened_on=str(today()))
    assert counts(heard()) == (2, 0, 0, 0)
    office.run(f"update action_register set note = 'called back twice' where row_id = '{key}'")
    office.run(f"delete from action_register where row_id = '{key}-2'")
    changed = heard()
    assert counts(changed) == (1, 0, 1, 0)
    assert (
        changed.outcome.vanished_count
        == len(house.run("owner", "select distinct row_key from action.register_row")) - 1
    )
    assert [kind for kind, *_ in events(house, number)] == ["opened", "noted", "noted", "noted"]


def test_a_register_opens_cases_and_says_more_of_them_by_their_row_or_their_subject(
    house: House, office: Register
) -> None:
    day, unit, key = str(today()), f"u{next(UNITS)}", f"k{next(KEYS)}"
    subject = {"ground_code": "petition", "unit_code": unit}
    office.put(key, event_kind="opened", petition_number="7/ĐT", happened_on=day, **subject)
    office.put(f"{key}-a", event_kind="acknowledged", case_key=key, happened_on=day)
    office.put(f"{key}-b", event_kind="review_begun", happened_on=day, root_cause="one counter", **subject)
    office.put(f"{key}-c", event_kind="opened", ground_code="own_report", officer_code="CB-1", happened_on=day)
    one = heard()
    assert (refusals(one), counts(one)) == ([], (4, 0, 0, 0))
    (number,) = house.run("owner", f"select case_number from action.case_file where unit_code = '{unit}'")[0]
    assert [kind for kind, *_ in events(house, number)] == ["opened", "acknowledged", "review_begun"]
    due = (
        f"select acknowledge_by, due_date from action.case_event where case_number = {number} and event_kind = 'opened'"
    )
    assert all(house.run("owner", due)[0])


def test_conferences_trainings_and_plans_are_recorded_once(house: House, office: Register) -> None:
    key, day = f"k{next(KEYS)}", str(today())
    office.put(f"{key}-t", event_kind="training", attendance_count=30, note="kỹ năng giao tiếp", unit_code="34.01|u1")
    plan = {"note": "a second counter", "owner_name": "Phòng 1", "target_pct": "95.5", "expected_count": 260}
    office.put(f"{key}-p", event_kind="plan", due_date=str(today() + dt.timedelta(30)), happened_on=day, **plan)
    assert counts(heard()) == (2, 0, 0, 0)
    assert counts(heard()) == (0, 2, 0, 0)
    assert house.run("owner", "select unit_codes, topic from action.training") == [
        (["34.01", "u1"], "kỹ năng giao tiếp")
    ]
    assert house.run("owner", "select item_text, target_rate::text from action.action_item") == [
        ("a second counter", "0.95500")
    ]
    office.put(f"{key}-c", **CONFERENCE, happened_on="2023-06-01")
    assert "no such revision was published by that day" in refusals(heard())[0]


def test_a_decision_of_a_register_is_a_claim_until_two_logins_have_made_it_theirs(
    house: House, office: Register, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, key = str(today()), f"k{next(KEYS)}"
    office.put(f"{key}-a", event_kind="acknowledged", case_number=number, happened_on=day)
    office.put(f"{key}-b", event_kind="review_begun", case_number=number, happened_on=day, root_cause="x")
    office.put(f"{key}-c", case_number=number, happened_on=day, **DECIDED)
    office.put(f"{key}-d", event_kind="closing", case_number=number, happened_on=day, no_action_reason="nothing to do")
    assert counts(heard()) == (4, 0, 0, 0)
    house.enter("binh", monkeypatch)
    standing = cases.case(number)
    assert (standing["case_state"], standing["proposal_event"], standing["action_code"]) == ("under_review", None, None)
    decided, closing = claims.waiting(number)
    assert (decided["action_code"], decided["claimed_by"], closing["no_action_reason"]) == (
        "talk", "Giám đốc Hoa", "nothing to do"
    )  # fmt: skip
    shown, listed = hailong("case", "show", str(number)), hailong("case", "list", "--treasury", "34")
    assert f"hailong case adopt {number} {decided['event_number']}" in shown.stdout
    assert f"{number} (event {decided['event_number']})" in listed.stdout
    with pytest.raises(Misdeclared, match="legal bars"):
        claims.adopt(number, decided["event_number"], None)
    house.enter("anna", monkeypatch)
    with pytest.raises(Unfit, match="decides nothing in it"):  # who opened it
        claims.adopt(number, decided["event_number"], "none")
    house.enter("binh", monkeypatch)
    told = hailong("case", "adopt", str(number), str(decided["event_number"]), "--bars", "none")
    assert told.exit_code == 0, told.stderr
    with pytest.raises(Unfit, match="a second person confirms"):
        cases.confirm(number)
    house.enter("chi", monkeypatch)
    assert cases.confirm(number) == "decided"
    assert cases.case(number)["action_code"] == "talk"
    with pytest.raises(Misdeclared, match="no claim that waits"):
        claims.adopt(number, decided["event_number"], "none")
    claims.adopt(number, closing["event_number"], None)
    house.enter("binh", monkeypatch)
    assert cases.confirm(number) == "closed"


BAD_ROWS = {
    # rule               | what a row says
    "event_allowed":       {"event_kind": "decided"},
    "case_known":          {"case_number": 999_999},
    "day_is_a_date":       {"happened_on": "14/07/2023"},
    "day_not_ahead":       {"happened_on": "9999-12-31"},
    "somebody_says_so":    {"claimed_by": "  "},
    "text_length":         {"note": "x" * 1_000_000},
    "key_stated":          {"row_id": "k" * 501},
    "values_readable":     {"due_date": "2023-02-30"},
    "says_enough":         {"event_kind": "training"},
}  # fmt: skip


@pytest.mark.parametrize("rule", BAD_ROWS)
def test_a_row_that_breaks_a_rule_is_told_by_its_key_and_costs_no_other(
    house: House, office: Register, number: int, rule: str
) -> None:
    key = f"k{next(KEYS)}"
    office.put(f"{key}-good", case_number=number, happened_on=str(today()))
    bad: dict[str, Any] = {"row_id": f"{key}-bad", "case_number": number, "happened_on": str(today())}
    office.put(**bad | BAD_ROWS[rule])
    one = heard()
    assert counts(one) == (1, 0, 0, 1)
    assert any(f": {rule}" in told for told in refusals(one)), refusals(one)
    assert all(len(told) < 400 for told in refusals(one))
    assert len(events(house, number)) == 2


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"note": "a\0b"}, "no_nul"),
        ({"case_number": "17a"}, "values_readable (case_number)"),
        ({"case_number": -3}, "values_readable (case_number)"),
        ({"event_kind": "training", "note": "x", "attendance_count": 0}, "values_readable (attendance_count)"),
        ({"outcome": "perhaps"}, "values_readable (outcome)"),
        ({"target_pct": "nan"}, "values_readable (target_pct)"),
        ({"claimed_by": b"\xff\xfe", "note": b"\x00\x01"}, "no_nul"),
        ({"happened_on": 45_000}, "day_is_a_date"),
        ({"happened_on": "0001-01-01"}, "day_is_a_date"),
        ({"row_id": None}, "key_stated"),
        ({"event_kind": None}, "event_allowed"),
        ({"event_kind": "conference", "note": "x"}, "says_enough (period_code, revision_number, attendance_count)"),
    ],
)
def test_odd_values_cost_their_row(
    house: House, office: Register, number: int, said: dict[str, Any], rule: str
) -> None:
    row: dict[str, Any] = {"row_id": f"k{next(KEYS)}", "case_number": number, "happened_on": str(today())}
    office.put(**row | said)
    one = heard()
    assert counts(one)[0] == 0
    assert any(rule in told for told in refusals(one)), refusals(one)


def test_two_rows_of_one_key_are_both_turned_away(house: House, office: Register, number: int) -> None:
    key = f"k{next(KEYS)}"
    for note in ("the one", "the other"):
        office.put(key, case_number=number, note=note, happened_on=str(today()))
    assert [told.split(":")[1].strip() for told in refusals(heard())] == ["key_once", "key_once"]


def test_rows_of_a_foreign_treasury_and_of_its_cases_are_turned_away(
    house: House, office: Register, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.enter("anna", monkeypatch)
    petition = {"evidence_kind": "petition", "petition_number": "1"}
    foreign = cases.open_case("petition", {"treasury_code": "19"}, petition)
    house.enter("loader", monkeypatch)
    office.put(f"k{next(KEYS)}", case_number=foreign, happened_on=str(today()))
    assert "case_known" in refusals(heard())[0]
    office.run("update treasury set treasury_code = '19'")
    assert all("own_treasury" in told or "case_known" in told for told in refusals(heard()))
    assert len(events(house, foreign)) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"happened_on": "2020-01-01"}, "and its evidence is of"),
        ({"action_code": "dismiss"}, "no step has this code"),
        ({"outcome": "rejected"}, "nothing is said on why"),
        ({"event_kind": "urgent"}, "says_enough (reason)"),
        ({"valid_from": "2020-01-01"}, "cannot hold from such a day"),
    ],
)
def test_a_claim_that_could_not_be_adopted_is_turned_away(
    house: House, office: Register, number: int, said: dict[str, Any], why: str
) -> None:
    office.put(f"k{next(KEYS)}", case_number=number, **{"happened_on": str(today()), **DECIDED, **said})
    assert why in refusals(heard())[0]


def test_a_decision_by_who_opened_it_on_one_who_left_or_in_a_closed_case_is_turned_away(
    house: House, office: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, key = str(today()), f"k{next(KEYS)}"
    office.put(f"{key}-o", event_kind="opened", ground_code="own_report", officer_code="CB-2", happened_on=day)
    office.put(f"{key}-d", case_key=f"{key}-o", happened_on=day, **DECIDED | {"claimed_by": "LAN "})
    assert "was opened by who says that it was decided" in refusals(heard())[0]
    office.run(f"delete from action_register where row_id = '{key}-d'")
    (number,) = house.run("owner", "select max(case_number) from action.case_file")[0]
    house.enter("anna", monkeypatch)
    records.assign("34", {"officer_code": "CB-2", "valid_from": today(), "valid_to": today(), "person_id": None})
    house.enter("loader", monkeypatch)
    office.put(f"{key}-e", case_number=number, happened_on=day, **DECIDED)
    assert "assignment has ended" in refusals(heard())[0]
    office.run(f"delete from action_register where row_id = '{key}-e'")
    for login, step in (("anna", "acknowledged"), ("anna", "closing_proposed")):
        house.enter(login, monkeypatch)
        cases.add(number, step, {"root_cause": "x", "no_action_reason": "y"} if "closing" in step else {})
    house.enter("binh", monkeypatch)
    cases.confirm(number)
    house.enter("loader", monkeypatch)
    office.put(f"{key}-f", case_number=number, happened_on=day, **DECIDED)
    assert f"case {number} is closed" in refusals(heard())[0]


@pytest.mark.parametrize(
    ("break_it", "kind", "said"),
    [
        (lambda o: o.file.unlink(), Unavailable, "34 KBNN Thái Bình, register of actions"),
        (lambda o: o.run("alter table action_register rename to other"), Refused, "does not fit the database"),
        (lambda o: o.run("alter table action_register rename column note to notes"), Refused, "does not fit"),
        (lambda o: o.file.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096), Refused, "damaged"),
    ],
    ids=["away", "renamed table", "renamed column", "damaged"],
)
def test_a_register_that_cannot_be_read_is_told_with_cause_and_next_action(
    house: House, office: Register, number: int, break_it: Callable[[Register], None], kind: type, said: str
) -> None:
    break_it(office)
    one = heard()
    assert isinstance(one.error, (kind, Misdeclared)), one.error
    assert said in one.error.message or said in str(one.error)
    assert one.error.next_action
    assert "run the month again" not in one.error.next_action
    assert office_claims.counts([one])["errors"] == 1
    assert hailong("case", "register", "34").exit_code == one.error.exit_code


def test_a_register_is_read_within_its_hours_and_only_where_it_is_declared(
    house: House, office: Register, number: int, tmp_path: Path
) -> None:
    assert list(office_claims.registers(["26"])) == []
    config = tmp_path / "config" / "treasuries.yaml"
    closed = (dt.datetime.now(case_house.ZONE) + dt.timedelta(hours=2)).strftime("%H:%M")
    text = config.read_text("utf-8")
    hours = f'action_source: action_rows, reading_hours: {{from: "{closed}", to: "{_later(closed)}"}},'
    config.write_text(text.replace("action_source: action_rows,", hours), "utf-8")
    one = heard()
    assert isinstance(one.error, Unavailable)
    assert "may be read from" in one.error.message


def _later(clock: str) -> str:
    """The clock an hour later."""
    return (dt.datetime.strptime(clock, "%H:%M") + dt.timedelta(hours=1)).strftime("%H:%M")


def test_the_loader_can_claim_and_neither_decide_nor_read_a_case(house: House, office: Register, number: int) -> None:
    day = today()
    said = f'{{"happened_on": "{day}"}}'
    for statement in (
        f"select action.add_event({number}, 'acknowledged', '{said}')",
        "select * from restricted.case",
        "select * from restricted.claim",
        "select * from action.claim",
        "insert into action.claim (event_number, proposal_kind) values (1, 'closing_proposed')",
        f"select action.put_claim({number}, '{said}')",
    ):
        assert house.refused("loader", statement).startswith("42501"), statement
    kinds = ("decided", "closed", "reopened", "acting", "proposal_rejected", "correction_answered")
    for kind in kinds:
        row = f'{{"treasury_id": 1, "case_number": {number}, "event_kind": "{kind}", "happened_on": "{day}",'
        row += f' "claimed_by": "x", "form_digest": "{kind}", "form_row": 1}}'
        assert "cannot say" in house.refused("loader", f"select action.take_in('{row}')"), kind
    assert "names who says so" in house.refused("loader", f"select action.take_in('{said}')")
    for statement in (
        "delete from action.claim",
        "update action.register_row set row_key = 'x'",
        "truncate action.register",
    ):
        assert "only added to" in house.refused("owner", statement) or "0 rows" in house.refused("owner", statement)


def test_nothing_of_a_register_is_told_beyond_keys_and_reasons(
    house: House, office: Register, number: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret, key = "Nguyễn Thị Bí Mật", f"k{next(KEYS)}"
    office.put(f"{key}-a", case_number=number, note=secret * 200, claimed_by=secret, happened_on=str(today()))
    office.put(f"{key}-b", case_number=number, note=secret, claimed_by=secret, happened_on=str(today()))
    office.put(f"{key}-c", event_kind="opened", ground_code="own_report", officer_code=secret, happened_on=str(today()))
    one = heard()
    assert counts(one) == (1, 0, 0, 2)
    answer = (tmp_path / "forms" / "34" / "register-answer.txt").read_text("utf-8")
    assert f"{key}-a: text_length" in answer
    told = answer + office_claims.note([one]) + caplog.text + str(office_claims.counts([one]))
    assert secret not in told
    assert "Bí Mật" not in told
    assert (tmp_path / "forms" / "34" / "register-answer.txt").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "landing").stat().st_mode & 0o777 == 0o700


def test_a_key_that_steers_is_told_as_data(house: House, office: Register, number: int, tmp_path: Path) -> None:
    key = f"k{next(KEYS)}\x1b[31m\u202e<script>*|x"
    office.put(key, event_kind="=1+1", case_number=number, happened_on=str(today()))
    (one,) = office_claims.registers(["34"])
    told = hailong("case", "register", "34").stdout
    answer = (tmp_path / "forms" / "34" / "register-answer.txt").read_text("utf-8")
    note = office_claims.note([one])
    assert all("event_allowed" in text for text in (told, answer, note))
    assert not {"\x1b", "\u202e"} & set(told + answer + note)
    assert "<script>" not in note
