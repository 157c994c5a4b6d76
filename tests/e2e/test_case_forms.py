"""The form about cases: what comes back is kept untouched, judged cell by cell, and nothing in it is run."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import itertools
import random
import secrets
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from etl.acting import cases, form_cells, form_reading
from etl.errors import HailongError, Refused
from etl.operation import logins
from etl.operation.login_kinds import LoginKind, Scope
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.command_line import Result, hailong
from tests.lib.slots import Slot

UNITS = itertools.count(1)
PETITION = {"evidence_kind": "petition", "petition_number": "12/ĐT"}
HEADINGS = dict(
    zip("FGHIJK", ("event_kind", "happened_on", "owner_name", "root_cause", "note", "claimed_by"), strict=True)
)
ENTITIES = '<!DOCTYPE a [<!ENTITY b "b">]><sst/>'
Fill = Callable[..., Path]


@pytest.fixture(scope="module")
def house(slot: Slot, migrated: str) -> Iterator[House]:
    with case_house.made(slot, migrated) as made:
        yield made


@pytest.fixture
def number(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """A new case of treasury 34; anna works, and the forms lie in a directory of the test's own."""
    house.enter("anna", monkeypatch)
    monkeypatch.setenv("HAILONG_FORMS", str(tmp_path / "forms"))
    return cases.open_case("petition", {"treasury_code": "34", "unit_code": f"u{next(UNITS)}"}, PETITION)


@pytest.fixture
def fill(number: int, tmp_path: Path) -> Fill:
    """Fill in the row of the case in a new form of its treasury, and perhaps other cells; the file."""

    def filled(cells: dict[str, Any] | None = None, edit: Callable[[Any], None] | None = None, **said: Any) -> Path:
        written = hailong("case", "form", "34")
        assert written.exit_code == 0, written.stderr
        book = openpyxl.load_workbook(written.stdout.strip().removeprefix("✓ "))
        page = book["cases"]
        line = next(row[0].row for row in page.iter_rows(min_row=2) if row[0].value == number)
        stated = {"event_kind": "acknowledged", "happened_on": today(), "claimed_by": "Lan", **said}
        for column, name in HEADINGS.items():
            if stated.get(name) is not None:
                page[f"{column}{line}"] = stated[name]
        for column, value in (cells or {}).items():
            page[f"{column}{line}"] = value
        if edit:
            edit(page)
        book.save(tmp_path / "back.xlsx")
        return tmp_path / "back.xlsx"

    return filled


def read(file: Path) -> Result:
    return hailong("case", "read", str(file))


def test_a_form_has_the_open_cases_lists_and_is_for_its_owner_alone(number: int, tmp_path: Path) -> None:
    assert hailong("case", "form", "34").exit_code == 0
    (file,) = (tmp_path / "forms" / "34").glob("*.xlsx")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    page = openpyxl.load_workbook(file)["cases"]
    assert number in [row[0].value for row in page.iter_rows(min_row=2)]
    assert {one.type for one in page.data_validations.dataValidation} == {"list", "date"}


def test_what_came_back_is_kept_loaded_as_claimed_and_read_once(fill: Fill, number: int, tmp_path: Path) -> None:
    file = fill(owner_name="Phòng Tổ chức", note="đã gọi lại")
    first, again = read(file), read(file)
    assert (first.exit_code, first.stdout) == (0, "1 of 1 rows are in\n")
    assert (again.exit_code, again.stdout) == (0, "this file was read before: nothing was changed\n")
    (kept,) = (tmp_path / "forms" / "read").glob("*.xlsx")
    assert (kept.read_bytes(), kept.stat().st_mode & 0o777) == (file.read_bytes(), 0o600)
    event = cases.events(number)[-1]
    assert (event["event_kind"], event["identity"], event["claimed_by"]) == ("acknowledged", "claimed", "Lan")
    assert event["recorded_by"].startswith("anna_")
    assert cases.case(number)["owner_name"] == "Phòng Tổ chức"


@pytest.mark.parametrize(
    ("cells", "said", "rule"),
    [
        ({"A": 999_999}, {}, "A{line}: case_known"),
        ({"F": "closed"}, {}, "F{line}: event_allowed"),
        ({"G": "2023-07-01"}, {}, "G{line}: day_is_a_date"),
        ({"G": dt.time(14, 0)}, {}, "G{line}: day_is_a_date"),
        ({"G": dt.timedelta(days=3)}, {}, "G{line}: day_is_a_date"),
        ({}, {"claimed_by": " "}, "K{line}: somebody_says_so"),
        ({"K": 17}, {}, "K{line}: text_is_text"),
        ({"H": 3, "I": True, "J": dt.date(2023, 7, 1)}, {}, "H{line}, I{line}, J{line}: text_is_text"),
        ({"J": "x" * 2001}, {}, "J{line}: text_length"),
        ({"J": "=1+1"}, {}, "J{line}: no_formula"),
        ({"F": "measured"}, {}, "measured follows on acting"),
    ],
)
def test_a_cell_that_is_wrong_is_told_by_its_address_and_loads_nothing(
    fill: Fill, number: int, cells: dict[str, Any], said: dict[str, Any], rule: str
) -> None:
    before = cases.events(number)
    file = fill(cells, **said)
    line = next(
        row[0].row for row in openpyxl.load_workbook(file)["cases"].iter_rows(min_row=2) if row[5].value is not None
    )
    told = read(file)
    assert (told.exit_code, told.stdout.splitlines()[0]) == (4, "0 of 1 rows are in")
    assert rule.format(line=line) in told.stdout
    assert cases.events(number) == before


def test_the_good_rows_are_in_and_the_others_told(fill: Fill, number: int) -> None:
    def foreign(page: Any) -> None:
        page.append([number, "19", "petition", "new", None, "noted", today(), None, None, "x", "Lan"])

    told = read(fill(edit=foreign))
    assert (told.exit_code, told.stdout.splitlines()[0]) == (4, "1 of 2 rows are in")
    assert "own_treasury" in told.stdout
    assert cases.case(number)["case_state"] == "acknowledged"


def test_merged_cells_are_refused(fill: Fill, number: int) -> None:
    def merge(page: Any) -> None:
        page.merge_cells(f"I{page.max_row}:J{page.max_row}")

    told = read(fill(edit=merge))
    assert (told.exit_code, "nothing_merged" in told.stdout) == (4, True)
    assert cases.case(number)["case_state"] == "new"


def test_blanks_say_nothing_and_cost_nothing(fill: Fill, number: int) -> None:
    told = read(fill(note="  ", owner_name="\u00a0", root_cause="x"))
    assert (told.exit_code, told.stdout.splitlines()[0]) == (0, "1 of 1 rows are in")
    event = cases.events(number)[-1]
    assert (event["note"], event["owner_name"], event["root_cause"]) == (None, None, "x")


def test_a_row_that_the_database_refuses_costs_that_row_alone(fill: Fill, house: House, number: int) -> None:
    other = cases.open_case("petition", {"treasury_code": "34", "unit_code": f"u{next(UNITS)}"}, PETITION)

    def second(page: Any) -> None:
        page.append([other, "34", "petition", "new", None, "noted", today(), None, None, "refuse me", "Lan"])

    house.run("owner", "alter table action.case_event add constraint odd check (note != 'refuse me') not valid")
    try:
        told = read(fill(edit=second))
    finally:
        house.run("owner", "alter table action.case_event drop constraint odd")
    assert (told.exit_code, told.stdout.splitlines()[0]) == (4, "1 of 2 rows are in")
    assert "odd" in told.stdout
    assert cases.case(number)["case_state"] == "acknowledged"


def test_the_row_of_the_sheet_stands_beside_the_event(fill: Fill, house: House, number: int) -> None:
    file = fill()
    page = openpyxl.load_workbook(file)["cases"]
    line = next(row[0].row for row in page.iter_rows(min_row=2) if row[5].value is not None)
    assert read(file).exit_code == 0
    newest = "select form_row from action.case_event order by event_number desc limit 1"
    assert house.run("owner", newest) == [(line,)]


def test_a_form_that_says_nothing_or_names_no_treasury_is_told_so(fill: Fill, tmp_path: Path) -> None:
    nothing = read(Path(hailong("case", "form", "34").stdout.strip().removeprefix("✓ ")))
    assert (nothing.exit_code, "nothing is filled in" in nothing.stderr) == (4, True)

    def unnamed(page: Any) -> None:
        del page.parent["form"]  # an older form names its treasury in its rows alone
        page.delete_rows(2, page.max_row)
        page.append([1, None, "petition", "new", None, "noted", today(), None, None, "x", "Lan"])

    empty = read(fill(edit=unnamed))
    assert (empty.exit_code, "B2 is empty" in empty.stderr) == (4, True)
    assert not (tmp_path / "forms" / "read").exists()


def test_the_same_form_read_twice_at_once_says_so(fill: Fill, house: House, number: int) -> None:
    file = fill()

    def taken() -> str:
        try:
            outcome = form_reading.read(file)
            return "read before" if outcome.is_known else f"{outcome.loaded_count} in"
        except HailongError as error:
            return error.message

    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%action.%'"
    with ThreadPoolExecutor(2) as both:
        with house.connection("owner") as holder:
            holder.exec_driver_sql(f"select from action.case_file where case_number = {number} for update")
            read_by = [both.submit(taken) for _ in range(2)]
            deadline = time.monotonic() + 20
            while house.run("owner", waiting) != [(2,)] and time.monotonic() < deadline:
                time.sleep(0.02)
        told = sorted(one.result() for one in read_by)
    assert told == ["1 in", "read before"]
    assert [event["event_kind"] for event in cases.events(number)] == ["opened", "acknowledged"]


def packed(file: Path, parts: dict[str, bytes]) -> Path:
    """The file with other parts in it."""
    content = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, old.read(name)))
        for name, part in parts.items():
            new.writestr(name, part)
    file.write_bytes(content.getvalue())
    return file


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"xl/vbaProject.bin": b"x"}, "holds a program"),
        ({"[Content_Types].xml": b"<x>application/vnd.ms-excel.sheet.macroEnabled.main+xml</x>"}, "holds a program"),
        ({"xl/embeddings/oleObject1.xml": b"x"}, "embedded object"),
        ({"xl/bomb.xml": b"0" * (form_cells.MOST_UNPACKED + 1)}, "unpacks to more than"),
        ({f"xl/part{n}.xml": b"x" for n in range(form_cells.MOST_PARTS + 1)}, "unpacks to more than"),
        ({"xl/sharedStrings.xml": b'<!DOCTYPE a [<!ENTITY b "b">]><sst/>'}, "declares entities"),
        ({"xl/sharedStrings.xml": ENTITIES.encode("utf-16")}, "declares entities"),
        ({"xl/sharedStrings.xml": b"\xfe\xff" + ENTITIES.encode("utf-16-be")}, "declares entities"),
        ({"xl/worksheets/sheet9.xml": b'<mergeCell ref="A2:XFD1048576"/>'}, "spans more cells"),
        ({"xl/worksheets/sheet9.xml": b"<x:hyperlink display='' ref='a2:b99999'/>"}, "spans more cells"),
        ({"xl/workbook.xml": b"<nothing"}, "is no workbook"),
    ],
    ids=[
        "macro",
        "macro type",
        "object",
        "bomb",
        "many parts",
        "entities",
        "utf-16",
        "utf-16-be",
        "merged",
        "linked",
        "no xml",
    ],
)
def test_a_file_that_is_dangerous_is_not_opened(fill: Fill, tmp_path: Path, parts: dict[str, bytes], told: str) -> None:
    result = read(packed(fill(), dict(parts)))
    assert (result.exit_code, told in result.stderr, "Traceback" in result.stderr) == (4, True, False)
    assert not (tmp_path / "forms" / "read").exists()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_of_which_bytes_are_others_is_no_workbook(fill: Fill, tmp_path: Path, method: int) -> None:
    """However its parts are packed, and whichever byte it is."""
    content = io.BytesIO()
    with zipfile.ZipFile(fill()) as old, zipfile.ZipFile(content, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    whole, chosen = content.getvalue(), random.Random(38)
    for _ in range(60):
        damaged = bytearray(whole)
        for place in chosen.sample(range(30, len(whole)), 8):
            damaged[place] ^= chosen.randrange(1, 256)
        with contextlib.suppress(Refused):
            form_cells.read(bytes(damaged))
    damaged = bytearray(whole)
    damaged[60:400] = b"\xff" * 340
    (tmp_path / "x.xlsx").write_bytes(damaged)
    result = read(tmp_path / "x.xlsx")
    assert (result.exit_code, "is no workbook" in result.stderr) == (4, True)


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 cut", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_what_is_no_workbook_is_refused(number: int, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.xlsx").write_bytes(content)
    result = read(tmp_path / "x.xlsx")
    assert (result.exit_code, "is no workbook" in result.stderr) == (4, True)


def test_a_file_that_is_too_large_or_not_there_is_refused(number: int, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"0" * (form_cells.MOST_BYTES + 1))
    assert "is larger than" in read(tmp_path / "x.xlsx").stderr
    assert read(tmp_path / "none.xlsx").exit_code == 5


def test_a_login_of_one_treasury_fills_in_and_reads_its_own_forms_alone(
    house: House, fill: Fill, slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = fill(note="của 34")
    house.enter("owner", monkeypatch)
    names = {code: f"worker_{code}_{secrets.token_hex(4)}" for code in ("34", "19")}
    try:
        urls = {code: str(logins.make(name, LoginKind.worker, Scope(code)).url) for code, name in names.items()}
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", urls["19"])
        written = hailong("case", "form", "19")
        assert written.exit_code == 0, written.stderr
        assert "the login is not for this treasury" in read(own).stderr
        assert openpyxl.load_workbook(written.stdout.strip().removeprefix("✓ "))["cases"]["A2"].value is None
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", urls["34"])
        assert read(own).stdout.startswith("1 of 1 rows are in\n")
        assert hailong("case", "plan", "34", "--text", "x", "--owner", "x", "--due", "2030-01-04").exit_code == 0
        refused = hailong("case", "plan", "19", "--text", "x", "--owner", "x", "--due", "2030-01-04")
        assert "the login is not for this treasury" in refused.stderr
    finally:
        slot.run(
            *(f"drop owned by {name}" for name in names.values()), database=str(house.urls["owner"]).rpartition("/")[2]
        )
        slot.run(*(f"drop role {name}" for name in names.values()))
