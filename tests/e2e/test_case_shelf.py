"""Forms on the shelves: all that lie there are read, each for itself, and the office finds its answer beside it."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from etl.acting import cases, form, form_cells
from etl.acting.form_shelf import Heard
from etl.operation import office_claims
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.command_line import hailong
from tests.lib.slots import Slot

UNITS = itertools.count(1)
PETITION = {"evidence_kind": "petition", "petition_number": "12/ĐT"}


@pytest.fixture(scope="module")
def house(slot: Slot, migrated: str) -> Iterator[House]:
    with case_house.made(slot, migrated) as made:
        yield made


@pytest.fixture
def number(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """A new case of treasury 34; what is read, the loader reads."""
    monkeypatch.setenv("HAILONG_FORMS", str(tmp_path / "forms"))
    house.enter("anna", monkeypatch)
    return cases.open_case("petition", {"treasury_code": "34", "unit_code": f"u{next(UNITS)}"}, PETITION)


def put(number: int, name: str, code: str = "34", **said: Any) -> bytes:
    """A form of treasury 34, in which the row of a case is filled in, lies on a shelf; its content."""
    written = form.write("34").rpartition("/")[2]
    row = {"event_kind": "noted", "happened_on": today(), "claimed_by": "Lan", "note": uuid.uuid4().hex, **said}
    content = form_cells.filled(form.shelf("34").get(written) or b"", {number: row})
    form.keep(f"{code}/{name}", content)
    return content


def heard(*only: str) -> dict[str, Heard]:
    """What comes of the shelves, by the names of the forms; blank ones are left out."""
    return {one.name: one for one in office_claims.forms(only) if not one.outcome.is_blank}


def kinds(number: int) -> list[str]:
    return [event["event_kind"] for event in cases.events(number)]


def test_each_form_is_read_for_itself_once_and_answered(
    house: House, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = tmp_path / "forms" / "34"
    put(number, "b-good.xlsx")
    put(number, "c-text.xlsx", happened_on="03/04/2023")
    put(number, "foreign.xlsx", code="19")
    (shelf / "a-garbage.xlsx").write_bytes(b"not a workbook")
    (shelf / "d-large.xlsx").write_bytes(b"0" * (form_cells.MOST_BYTES + 1))
    (shelf / "e-link.xlsx").symlink_to("/etc/hostname")
    (shelf / "~$b-good.xlsx").write_bytes(b"the lock of an office program")
    house.enter("loader", monkeypatch)
    told = heard("34", "19")
    assert {name: str(one.error) if one.error else one.outcome.loaded_count for name, one in told.items()} == {
        "a-garbage.xlsx": told["a-garbage.xlsx"].error and str(told["a-garbage.xlsx"].error),
        "b-good.xlsx": 1,
        "c-text.xlsx": 0,
        "d-large.xlsx": str(told["d-large.xlsx"].error),
        "e-link.xlsx": str(told["e-link.xlsx"].error),
        "foreign.xlsx": str(told["foreign.xlsx"].error),
    }
    assert "is no workbook" in str(told["a-garbage.xlsx"].error)
    assert "is larger than" in str(told["d-large.xlsx"].error)
    assert "is a link" in str(told["e-link.xlsx"].error)
    assert "the form is that of treasury 34, and not of 19" in str(told["foreign.xlsx"].error)
    answers = {path.name: path.read_text("utf-8") for path in (tmp_path / "forms").glob("*/*-answer.txt")}
    assert sorted(answers) == [f"{name.removesuffix('.xlsx')}-answer.txt" for name in sorted(told)]
    assert "1 of 1 rows are in" in answers["b-good-answer.txt"]
    assert "đã tiếp nhận 1 trong 1 dòng" in answers["b-good-answer.txt"]
    assert "day_is_a_date" in answers["c-text-answer.txt"]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in shelf.glob("*-answer.txt"))
    again = heard("34")
    assert [one.outcome.is_known for name, one in again.items() if name in ("b-good.xlsx", "c-text.xlsx")] == [
        True,
        True,
    ]
    house.enter("anna", monkeypatch)
    assert kinds(number) == ["opened", "noted"]


def test_a_corrected_form_repeats_no_row_and_several_of_a_month_are_told(house: House, number: int) -> None:
    other = cases.open_case("petition", {"treasury_code": "34", "unit_code": f"u{next(UNITS)}"}, PETITION)
    content = put(number, "first.xlsx", note="called back")
    row = {"event_kind": "noted", "claimed_by": "Lan", "note": "written to"}
    form.keep("34/first.xlsx", form_cells.filled(content, {other: row | {"happened_on": "14.07.2023"}}))
    first = heard("34")["first.xlsx"]
    assert (first.outcome.loaded_count, first.outcome.refused_count) == (1, 1)
    form.keep("34/second.xlsx", form_cells.filled(content, {other: row | {"happened_on": today()}}))
    second = heard("34")["second.xlsx"]
    assert (second.outcome.loaded_count, second.outcome.known_count, second.outcome.refused_count) == (1, 1, 0)
    assert any("this is form number" in note for note in second.outcome.notes)
    assert (kinds(number), kinds(other)) == (["opened", "noted"], ["opened", "noted"])
    told = "select read_count, loaded_count, refused_count from action.form order by recorded_at desc limit 2"
    assert house.run("owner", told) == [(2, 2, 0), (2, 1, 1)]


def test_two_who_read_the_shelves_at_once_double_nothing(house: House, number: int) -> None:
    put(number, "at-once.xlsx")
    with ThreadPoolExecutor(2) as both:
        outcomes = [one.result()["at-once.xlsx"] for one in [both.submit(heard, "34") for _ in range(2)]]
    assert sorted(one.outcome.is_known for one in outcomes) == [False, True]
    assert kinds(number) == ["opened", "noted"]


def test_a_form_of_another_treasury_is_refused_as_a_whole(number: int, tmp_path: Path) -> None:
    (tmp_path / "back.xlsx").write_bytes(put(number, "mine.xlsx"))
    told = hailong("case", "read", str(tmp_path / "back.xlsx"), "--treasury", "19")
    assert (told.exit_code, "is that of treasury 34, and not of 19" in told.stderr) == (4, True)
    assert kinds(number) == ["opened"]


def test_the_command_reads_all_shelves_and_says_what_came(number: int) -> None:
    put(number, "good.xlsx")
    put(number, "bad.xlsx", claimed_by=" ")
    told = hailong("case", "read")
    assert told.exit_code == 4
    assert "34: good.xlsx" in told.stdout
    assert "somebody_says_so" in told.stdout
    assert "1 rows were refused" in told.stderr
    assert hailong("case", "read").exit_code == 0


def test_what_lies_on_a_shelf_is_not_written_over_and_a_name_is_enough(number: int, tmp_path: Path) -> None:
    first, second = (hailong("case", "form", "34").stdout for _ in range(2))
    assert first != second
    assert len(list((tmp_path / "forms" / "34").glob("*.xlsx"))) == 2
    assert all(one.outcome.is_blank for one in office_claims.forms(["34"]))
    assert not list((tmp_path / "forms" / "34").glob("*-answer.txt"))


def test_shelves_may_lie_in_a_store(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_FORMS", f"memory://forms-{uuid.uuid4().hex}")
    put(number, "good.xlsx")
    assert heard("34")["good.xlsx"].outcome.loaded_count == 1
    assert "1 of 1 rows are in" in (form.shelf("34").get("good-answer.txt") or b"").decode()


def test_a_store_that_is_away_is_told_once_for_each_shelf(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_FORMS", "nowhere://forms")
    (one,) = heard("34").values()
    assert one.error is not None
    assert "HAILONG_FORMS" in str(one.error)


def test_a_form_read_by_the_loader_is_a_claim_and_never_a_decision(
    house: House, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(number, "closed.xlsx", event_kind="closed")
    put(number, "decision.xlsx", event_kind="decision_proposed")
    house.enter("loader", monkeypatch)
    told = [one.outcome for one in heard("34").values()]
    assert [outcome.refused_count for outcome in told] == [1, 1]
    assert all("event_allowed" in outcome.refusals[0].why for outcome in told)
