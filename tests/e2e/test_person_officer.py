"""An officer's rights in a real PostgreSQL: what is shown of her, and what goes when two logins say so."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import yaml

from etl import settings, warehouse
from etl.acting import cases, form, harassment, officer_data, records
from etl.acting.officer_data import Officer
from etl.errors import Misdeclared, Unfit
from etl.operation import office_claims, retention
from etl.periods import SurveyMonth
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.command_line import hailong
from tests.lib.registers import Register
from tests.lib.slots import Slot

JULY = SurveyMonth(2023, 7)
NOTE = "một điều chỉ người xử lý biết 8811"
COMMENT = (
    "insert into core.fact_response (survey_month, treasury_id, response_key, submitted_at, unit_code, officer_code,"
    " procedure_code, channel_code, respondent_type_code, respondent_hash, questionnaire_code, answer_levels,"
    " comment_text) values ('2023-07-01', 1, '{key}', '2023-07-05 08:00+07', '34.01', '{officer}', 'unstated',"
    " 'unstated', 'unstated', '{customer}', 'q', '{{}}', 'ý kiến {key}')"
)
WHO = Officer("34", "CB-1")


@pytest.fixture
def house(slot: Slot, migrated: str) -> Iterator[House]:
    with case_house.made(slot, migrated) as made:
        yield made


@pytest.fixture
def by(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Work as a login from now on."""
    monkeypatch.setenv("HAILONG_FORMS", str(tmp_path / "forms"))
    return lambda login: house.enter(login, monkeypatch)


def closed_case(
    house: House, by: Callable[[str], None], key: str = "r1", meanwhile: Callable[[int], None] = lambda number: None
) -> int:
    """A case of harassment about CB-1 that anna took up, with a note and a decision, and that two closed.

    ``meanwhile`` is what is said of it before it is decided on.
    """
    house.report(key)
    by("loader")
    harassment.open_reported(JULY)
    by("anna")
    (row,) = [row for row in cases.listed() if (row["case_state"], row["ground_code"]) == ("new", "harassment")]
    number = int(row["case_number"])
    cases.add(number, "acknowledged", {"owner_name": "Phòng Tổ chức", "note": NOTE})
    cases.add(number, "review_begun", {"root_cause": NOTE})
    meanwhile(number)
    by("anna")
    decision = {"outcome": "changed", "action_code": "talk", "capacity": NOTE, "legal_basis": NOTE, "reason": NOTE}
    cases.decide(number, decision, {"legal_bars": "none"}, is_urgent=False)
    by("binh")
    cases.confirm(number)
    cases.add(number, "acting", {"legal_bars": "none"})
    cases.add(number, "closing_proposed", {"note": NOTE})
    by("chi")
    cases.confirm(number)
    return number


def texts(house: House) -> list[str]:
    """The tables of action in which the note, or the key of her report, stands."""
    tables = ("case_file", "case_event", "decision", "claim", "action_item", "assignment", "erasure", "register_row")
    return [
        f"{table} {word}"
        for table in tables
        for word in (NOTE, "r1")
        if house.run("owner", f"select from action.{table} as t where to_jsonb(t)::text like '%{word}%'")
    ]


def test_what_is_held_about_an_officer_is_shown(house: House, by: Callable[[str], None], tmp_path: Path) -> None:
    number = closed_case(house, by)
    by("anna")
    out = tmp_path / "out.json"
    said = hailong("person", "show", "--officer", "34/CB-1", "--out", str(out))
    assert said.exit_code == 0, said.stderr
    held = json.loads(out.read_text("utf-8"))
    assert [row["case_number"] for row in held["case"]] == [number]
    assert NOTE in json.dumps(held["case_event"], ensure_ascii=False)
    assert '"r1"' not in out.read_text("utf-8")  # who reported it is not hers to know
    assert held["assignment"][0]["officer_code"] == "CB-1"
    assert out.stat().st_mode & 0o777 == 0o600
    (entry,) = house.run("owner", "select activity_code, subject_kind, person_id from ops.processing")
    assert entry == ("show", "officer", held["assignment"][0]["person_id"])
    again = hailong("person", "show", "--person", str(entry[2]))
    assert again.exit_code == 0
    assert "case: 1" in again.stdout
    assert hailong("person", "show", "--officer", "34/CB-77").exit_code == Misdeclared.exit_code


def test_who_may_not_see_officers_shows_nothing_of_one(house: House, by: Callable[[str], None]) -> None:
    closed_case(house, by)
    by("binh")
    assert hailong("person", "show", "--officer", "34/CB-1").exit_code == Misdeclared.exit_code
    with pytest.raises(Unfit, match="who proposes it has to see officers"):
        officer_data.propose_erasure(1, "asked", "asked")


@pytest.mark.parametrize(("customers", "shown"), [(4, 0), (5, 5)])
def test_comments_reach_an_officer_from_five_customers_on(
    house: House, by: Callable[[str], None], customers: int, shown: int
) -> None:
    for number in range(customers):
        house.run("owner", COMMENT.format(key=f"k{number}", officer="CB-2", customer=f"c{number}"))
    house.run("owner", COMMENT.format(key="twice", officer="CB-2", customer="c0")) if customers == 4 else None
    by("anna")
    if not shown:
        with pytest.raises(Misdeclared):
            officer_data.show(Officer("34", "CB-2"))
        return
    rows = officer_data.show(Officer("34", "CB-2")).parts["officer_comment"]
    assert len(rows) == shown
    assert all(set(row) == {"treasury_code", "officer_code", "person_id", "comment_text"} for row in rows)


def test_comments_on_who_had_the_code_before_are_not_hers(house: House, by: Callable[[str], None]) -> None:
    for number in range(6):
        house.run("owner", COMMENT.format(key=f"k{number}", officer="CB-2", customer=f"c{number}"))
    by("anna")
    records.assign("34", {"officer_code": "CB-2", "valid_from": dt.date(2023, 8, 1)})
    assert officer_data.show(Officer("34", "CB-2")).parts["officer_comment"] == []


def test_two_logins_forget_an_officer(house: House, by: Callable[[str], None]) -> None:
    number = closed_case(house, by)
    assert len(texts(house)) >= 3
    by("anna")
    person = officer_data.number_of(WHO)
    with pytest.raises(Unfit, match="her data are to be kept until"):
        officer_data.propose_erasure(person, "asked")
    proposal = officer_data.propose_erasure(person, "asked", "the term of the law is over")
    with pytest.raises(Unfit, match="proposed already"):
        officer_data.propose_erasure(person, "asked", "x")
    with pytest.raises(Unfit, match="who proposed it does not confirm it"):
        officer_data.confirm_erasure(proposal)
    assert texts(house)  # so far nothing went
    by("binh")
    said = hailong("person", "confirm", str(proposal))
    assert said.exit_code == 0, said.stderr
    assert texts(house) == []
    row = cases.case(number)
    assert (row["person_id"], row["officer_code"], row["case_state"], row["action_code"]) == (0, None, "closed", "talk")
    with pytest.raises(Unfit, match="answered already"):
        officer_data.confirm_erasure(proposal)
    by("loader")
    assert harassment.open_reported(JULY) == 0  # the same report opens no case anew
    assert house.refused("owner", "update action.case_event set note = 'x'").startswith("P0001 ")
    assert house.refused("owner", "delete from action.assignment").startswith("P0001 ")
    assert house.run("owner", "select officer_code from core.fact_response") == [("CB-1",)]  # the treasury's own code
    modes = house.run(
        "owner", "select distinct tgenabled::text from pg_trigger where tgname = 'never_changed' and tgrelid in"
        " (select oid from pg_class where relnamespace = 'action'::regnamespace)")  # fmt: skip
    assert modes == [("A",)]


def test_a_form_in_which_somebody_wrote_about_her_goes_as_well(house: House, by: Callable[[str], None]) -> None:
    number = closed_case(house, by)
    place, other = (form.keep(f"read/{name}.xlsx", b"a form") for name in ("hers", "another"))
    for digest, path in (("a" * 64, place), ("b" * 64, other)):
        receipt = {"form_digest": digest, "treasury_id": 1, "form_path": path, "read_count": 1, "loaded_count": 1,
                   "refused_count": 0}  # fmt: skip
        house.run("owner", f"select action.record_form('{json.dumps(receipt)}')")
    said = {"form_digest": "a" * 64, "form_row": 2, "claimed_by": NOTE, "note": NOTE, "happened_on": today()}
    with warehouse.transaction() as connection:
        cases.put(connection, number, "replied", said)
    by("anna")
    proposal = officer_data.propose_erasure(officer_data.number_of(WHO), "asked", "why not")
    by("binh")
    assert officer_data.confirm_erasure(proposal).form_count == 1
    assert (Path(place).exists(), Path(other).exists()) == (False, True)
    assert texts(house) == []


def everywhere(house: House, home: Path) -> list[str]:
    """The tables of the whole warehouse, and the forms and registers, in which the note stands."""
    tables = house.run(
        "owner", "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname !~ '^(pg_|information)'"
    )
    found = [
        table
        for (table,) in tables
        if house.run("owner", f"select from {table} as t where to_jsonb(t)::text like '%{NOTE}%' limit 1")
    ]
    for file in (path for name in ("forms", "landing") for path in (home / name).rglob("*") if path.is_file()):
        if file.suffix == ".xlsx":
            pages = openpyxl.load_workbook(file).worksheets
            text = repr([row for page in pages for row in page.iter_rows(values_only=True)])
        elif file.suffix == ".parquet":
            text = repr(pq.read_table(file).to_pylist())
        else:
            text = file.read_text("utf-8")
        found += [str(file.relative_to(home))] if NOTE in text else []
    return sorted(found)


def fill_in(number: int, note: str) -> Path:
    """The form of treasury 34, filled in for a case on its shelf."""
    place = Path(form.write("34"))
    book = openpyxl.load_workbook(place)
    page = book["cases"]
    line = next(row[0].row for row in page.iter_rows(min_row=2) if row[0].value == number)
    page[f"F{line}"], page[f"G{line}"], page[f"J{line}"], page[f"K{line}"] = "noted", today(), note, note
    book.save(place)
    return place


def test_a_search_finds_nothing_of_what_offices_said_of_her(
    house: House, by: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Register(tmp_path, monkeypatch)
    petition = {"evidence_kind": "petition", "petition_number": "12/ĐT"}
    by("anna")
    another = cases.open_case("petition", {"treasury_code": "34", "unit_code": "u1"}, petition)
    kept: list[Path] = []

    def offices_say(number: int) -> None:
        claim = {"outcome": "accepted", "action_code": "talk", "capacity": NOTE, "legal_basis": NOTE, "note": NOTE}
        office.put("k1", event_kind="decision", case_number=number, happened_on=str(today()), claimed_by=NOTE, **claim)
        office.put("k2", event_kind="gossip", officer_code="CB-1", note=NOTE)  # refused, and landed
        kept.extend((fill_in(number, NOTE), fill_in(another, "of the other case")))
        by("loader")
        assert [one.outcome.loaded_count for one in office_claims.forms(["34"])] == [1, 1]
        (heard,) = office_claims.registers(["34"])
        assert (heard.error, heard.outcome.loaded_count, heard.outcome.refused_count) == (None, 1, 1)

    number = closed_case(house, by, meanwhile=offices_say)
    by("anna")
    out = tmp_path / "out.json"
    assert hailong("person", "show", "--officer", "Thái Bình/CB-1", "--out", str(out)).exit_code == 0
    (claim,) = json.loads(out.read_text("utf-8"))["claim"]
    assert (claim["case_number"], claim["legal_basis"], claim["action_code"]) == (number, NOTE, "talk")
    out.unlink()
    before = everywhere(house, tmp_path)
    assert len([one for one in before if one.endswith((".xlsx", ".parquet"))]) == 3
    assert {"action.case_event", "action.claim", "action.decision"} <= set(before)
    proposal = officer_data.propose_erasure(officer_data.number_of(WHO), "asked", "why not")
    by("binh")
    assert hailong("person", "confirm", str(proposal)).exit_code == 0
    assert everywhere(house, tmp_path) == []
    assert [place.exists() for place in kept] == [False, True]
    assert len(list((tmp_path / "forms" / "read").iterdir())) == 1  # that of the other case
    assert house.run("owner", "select action_code, capacity from action.claim") == [("talk", "(emptied)")]
    by("loader")
    (again,) = office_claims.registers(["34"])  # the office has it still: it lands, and is said no second time
    assert again.outcome.loaded_count == 0
    assert all(one.endswith(".parquet") for one in everywhere(house, tmp_path))


def test_what_lies_on_shelves_goes_when_its_time_is_over(
    house: House, by: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Register(tmp_path, monkeypatch)
    by("anna")
    petition = {"evidence_kind": "petition", "petition_number": "12/ĐT"}
    number = cases.open_case("petition", {"treasury_code": "34", "unit_code": "u2"}, petition)
    fill_in(number, "seen")
    form.write("34")  # and a blank one
    office.put("k9", case_number=number, happened_on=str(today()))
    by("loader")
    assert [one.error for one in (*office_claims.forms(["34"]), *office_claims.registers(["34"]))] == [None] * 3
    config = settings.read().config
    (config / "retention.yaml").write_text(yaml.safe_dump({"forms": {"days": 30, "source": "a test"}}), "utf-8")
    now = dt.datetime.now(dt.UTC)
    assert retention.carry_out(now + dt.timedelta(days=29))["forms"] == 0
    files = [path for name in ("forms", "landing") for path in (tmp_path / name).rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".xlsx", ".txt", ".parquet", ".json"}
    assert retention.carry_out(now + dt.timedelta(days=31))["forms"] == len(files)
    assert [path for path in files if path.exists()] == []
    assert retention.carry_out(now + dt.timedelta(days=31))["forms"] == 0


def test_a_proposal_can_be_rejected_and_an_open_case_is_no_reason_to_forget(
    house: House, by: Callable[[str], None]
) -> None:
    closed_case(house, by)
    by("anna")
    person = officer_data.number_of(WHO)
    proposal = officer_data.propose_erasure(person, "asked", "why not")
    by("binh")
    assert hailong("person", "confirm", str(proposal), "--reject", "she serves").exit_code == 0
    with pytest.raises(Unfit, match="answered already"):
        officer_data.confirm_erasure(proposal)
    by("anna")
    again = officer_data.propose_erasure(person, "asked", "why not")
    house.report("r2")
    by("loader")
    harassment.open_reported(JULY)
    by("binh")
    with pytest.raises(Unfit, match="a case about her is open"):
        officer_data.confirm_erasure(again)
    assert texts(house)


def test_after_her_time_no_reason_is_asked(
    house: House, by: Callable[[str], None], monkeypatch: Any, tmp_path: Path
) -> None:
    closed_case(house, by)
    by("anna")
    records.assign("34", {"officer_code": "CB-1", "valid_from": dt.date(2000, 1, 1), "valid_to": dt.date(2001, 1, 1),
                          "person_id": officer_data.number_of(WHO)})  # fmt: skip
    person = int(house.run("owner", "select person_id from action.case_file")[0][0])
    assert officer_data.propose_erasure(person, "asked") > 0
    assert today() > dt.date(2001, 1, 1)


def test_codes_of_one_person_are_several_again(house: House, by: Callable[[str], None]) -> None:
    closed_case(house, by)
    by("anna")
    person = officer_data.number_of(WHO)
    records.assign("19", {"officer_code": "CB-1", "valid_from": dt.date(2023, 8, 1), "person_id": person})
    proposal = officer_data.propose_erasure(person, "asked", "why not")
    by("binh")
    assert officer_data.confirm_erasure(proposal).code_count == 2
    spans = house.run("owner", "select treasury_code, person_id from restricted.assignment")
    assert len({one[1] for one in spans}) == 2


def test_texts_of_cases_and_forms_go_when_their_time_is_over(
    house: House, by: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = closed_case(house, by)
    config = shutil.copytree(settings.read().config, tmp_path / "config")
    said = {kind: {"days": 30, "source": "a test"} for kind in ("case_texts", "forms", "read_log")}
    (config / "retention.yaml").write_text(yaml.safe_dump(said), "utf-8")
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    monkeypatch.setenv("HAILONG_LANDING", str(tmp_path / "landing"))
    place = form.keep("read/abc.xlsx", b"a form")
    digest = "a" * 64
    receipt = {"form_digest": digest, "treasury_id": 1, "form_path": place, "read_count": 1, "loaded_count": 1,
               "refused_count": 0}  # fmt: skip
    house.run("owner", f"select action.record_form('{json.dumps(receipt)}')")
    by("loader")
    now = dt.datetime.now(dt.UTC)
    assert retention.carry_out(now + dt.timedelta(days=29)) == {"case_texts": 0, "read_log": 0, "forms": 0}
    assert Path(place).exists()
    assert texts(house)
    assert retention.carry_out(now + dt.timedelta(days=31)) == {"case_texts": 1, "read_log": 0, "forms": 1}
    assert not Path(place).exists()
    assert [one for one in texts(house) if NOTE in one] == []
    assert house.run("owner", f"select count(*) from action.form where form_digest = '{digest}'") == [(1,)]
    by("anna")
    assert cases.case(number)["officer_code"] == "CB-1"  # the link stays: its time is another
    by("loader")
    assert retention.carry_out(now + dt.timedelta(days=31)) == {"case_texts": 0, "read_log": 0, "forms": 0}
