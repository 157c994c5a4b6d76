"""The form about cases: what comes back is kept untouched, judged cell by cell, and nothing in it is run."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from etl.acting import cases, form_cells
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.command_line import Result, hailong
from tests.lib.slots import Slot

UNITS = itertools.count(1)
PETITION = {"evidence_kind": "petition", "petition_number": "12/ĐT"}
HEADINGS = dict(
    zip("FGHIJK", ("event_kind", "happened_on", "owner_name", "root_cause", "note", "claimed_by"), strict=True)
)
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
    (file,) = (tmp_path / "forms").glob("*.xlsx")
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
        ({}, {"claimed_by": " "}, "K{line}: somebody_says_so"),
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
        ({"xl/workbook.xml": b"<nothing"}, "is no workbook"),
    ],
    ids=["macro", "macro type", "object", "bomb", "many parts", "entities", "no xml"],
)
def test_a_file_that_is_dangerous_is_not_opened(fill: Fill, tmp_path: Path, parts: dict[str, bytes], told: str) -> None:
    result = read(packed(fill(), dict(parts)))
    assert (result.exit_code, told in result.stderr, "Traceback" in result.stderr) == (4, True, False)
    assert not (tmp_path / "forms" / "read").exists()


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 cut", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_what_is_no_workbook_is_refused(number: int, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.xlsx").write_bytes(content)
    result = read(tmp_path / "x.xlsx")
    assert (result.exit_code, "is no workbook" in result.stderr) == (4, True)


def test_a_file_that_is_too_large_or_not_there_is_refused(number: int, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"0" * (form_cells.MOST_BYTES + 1))
    assert "is larger than" in read(tmp_path / "x.xlsx").stderr
    assert read(tmp_path / "none.xlsx").exit_code == 5
