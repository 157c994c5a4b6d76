"""The cells of a workbook that came back: read as data, within limits, and nothing in it is run."""

from __future__ import annotations

import io
import lzma
import re
import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from etl.acting import objection_sheet
from etl.acting.form import ABOUT, COLUMNS, SHEET
from etl.errors import Refused

MOST_BYTES = 2_000_000
MOST_UNPACKED = 20_000_000
MOST_PARTS = 60
MOST_ROWS = 2_000
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError)
"""What is raised where a file is cut, or some of its bytes are others."""
_DECLARES = tuple(text.encode(encoding) for text in ("<!DOCTYPE", "<!ENTITY") for encoding in _ENCODINGS)
_WIDE = re.compile(
    rb"<(?:\w+:)?(?:mergeCell|hyperlink)\b[^>]*\bref\s*=\s*[\"'][^\"']*:(?:[a-z]{3,}\d+|[a-z]+\d{4,})", re.I
)
"""A range of many columns, or of many rows."""
_NEXT = "fill in the form that 'hailong case form' writes, and save it as .xlsx"


@dataclass(frozen=True)
class FormCell:
    """A cell: its value, its kind (text, number, date, formula, merged, empty, other), and where it stands."""

    value: Any
    kind: str
    address: str


@dataclass(frozen=True)
class FilledForm:
    """A form that came back: the cell in which it names its treasury, None in an older one, its rows and objections."""

    treasury: FormCell | None
    rows: list[dict[str, FormCell]]
    objections: list[dict[str, FormCell]]


def read(content: bytes) -> FilledForm:
    """A form, each cell by its column; rows in which nothing was filled in are left out.

    A file that is no such form, is too large or holds a program raises Refused.
    """
    _refuse_dangerous(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles that the library does not know
            book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
    except (InvalidFileException, *_DAMAGED, LookupError, ValueError, TypeError, AttributeError, SyntaxError) as error:
        raise Refused(f"the file is no workbook ({type(error).__name__})", next_action=_NEXT) from None
    if SHEET not in book.sheetnames:
        raise Refused(f"the workbook has no sheet '{SHEET}'", next_action=_NEXT)
    rows = _rows(book[SHEET], list(COLUMNS), ("event_kind", "happened_on", "owner_name", "root_cause", "note"))
    objections = []
    if objection_sheet.SHEET in book.sheetnames:  # an older form has none
        columns = list(objection_sheet.COLUMNS)
        objections = _rows(book[objection_sheet.SHEET], columns, ("about", "note", "claimed_by"))
    about = book[ABOUT]["B1"] if ABOUT in book.sheetnames else None
    return FilledForm(None if about is None else _cell(about, is_merged=False), rows, objections)


def _rows(page: Any, columns: list[str], telling: Sequence[str]) -> list[dict[str, FormCell]]:
    """The rows of a sheet, each cell by its column; those in which no telling cell is filled in are left out."""
    if page.max_row > MOST_ROWS or page.max_column > len(columns) + 20:
        raise Refused(f"the sheet has more than {MOST_ROWS} rows, or too many columns", next_action=_NEXT)
    headings = [str(cell.value or "").partition(" – ")[0] for cell in page[1]][: len(columns)]
    if headings != columns:
        raise Refused("the headings of the first row are not those of the form", next_action=_NEXT)
    merged = {cell for area in page.merged_cells.ranges for line in area.rows for cell in line}
    rows = []
    for line in page.iter_rows(min_row=2, max_col=len(columns)):
        row = {name: _cell(cell, (cell.row, cell.column) in merged) for name, cell in zip(columns, line, strict=True)}
        rows += [row] if any(row[name].kind != "empty" for name in telling) else []
    return rows


def filled(content: bytes, said: Mapping[int, Mapping[str, Any]]) -> bytes:
    """A form in which rows are filled in: of cases by their numbers, values by column."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    places = {name: place for place, name in enumerate(COLUMNS, start=1)}
    for line in book[SHEET].iter_rows(min_row=2, max_col=len(COLUMNS)):
        for column, value in said.get(line[0].value, {}).items():
            line[places[column] - 1].value = value
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(cell: Any, is_merged: bool) -> FormCell:
    """What a cell holds."""
    kinds = {"n": "number", "s": "text", "d": "date", "f": "formula"}
    kind = "empty" if cell.value is None else kinds.get(getattr(cell, "data_type", ""), "other")
    if is_merged:
        kind = "merged"
    return FormCell(cell.value, kind, cell.coordinate)


def _refuse_dangerous(content: bytes) -> None:
    """Raise Refused for what may not even be unpacked: too much, a program, or a document that defines entities."""
    if len(content) > MOST_BYTES:
        raise Refused(f"the file is larger than {MOST_BYTES} bytes", next_action=_NEXT)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            found = parts.infolist()
            if len(found) > MOST_PARTS or sum(part.file_size for part in found) > MOST_UNPACKED:
                raise Refused(f"the file unpacks to more than {MOST_UNPACKED} bytes", next_action=_NEXT)
            if any(_is_program(part.filename) for part in found):
                raise Refused("the file holds a program (macro) or an embedded object", next_action=_NEXT)
            for part in found:  # nothing of Office declares entities
                text = parts.read(part)
                if any(declares in text for declares in _DECLARES):
                    raise Refused("a part of the file declares entities", next_action=_NEXT)
                if _WIDE.search(text):  # the reader would make a cell of each
                    raise Refused("a merged range or a link spans more cells than a form has", next_action=_NEXT)
                if part.filename == "[Content_Types].xml" and b"macroEnabled" in text:
                    raise Refused("the file holds a program (macro)", next_action=_NEXT)
    except (*_DAMAGED, NotImplementedError, RuntimeError, ValueError) as error:
        raise Refused(f"the file is no workbook ({type(error).__name__})", next_action=_NEXT) from None


def _is_program(name: str) -> bool:
    """Whether a part of a workbook is a macro or an embedded object."""
    return name.lower().endswith(".bin") or "/embeddings/" in name.lower() or "/activex/" in name.lower()
