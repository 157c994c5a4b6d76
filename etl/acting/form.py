"""The form of a treasury: a workbook of its open cases and of objections, for people without a login."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import itertools
from pathlib import Path

import xlsxwriter

from etl import escape, settings, warehouse
from etl.acting import cases, objection_sheet, office_said
from etl.acting.moment import Moment
from etl.files import Folder, shown

SHEET = "cases"
ABOUT = "form"
"""The sheet that says whose form it is: the code of its treasury stands in B1."""
FIRST_DAY = dt.date(2000, 1, 1)
EVENTS = ("acknowledged", "review_begun", "noted", "measured", "replied")
"""What a workbook may say: no decision, no closing."""
COLUMNS = {
    # column       | heading beside it
    "case_number":  "số vụ việc",
    "treasury_code": "mã kho bạc",
    "ground_code":  "căn cứ",
    "case_state":   "tình trạng",
    "due_date":     "thời hạn",
    "event_kind":   "diễn biến",
    "happened_on":  "ngày xảy ra",
    "owner_name":   "người phụ trách",
    "root_cause":   "nguyên nhân",
    "note":         "ghi chú",
    "claimed_by":   "người khai",
}  # fmt: skip
GIVEN = ("case_number", "treasury_code", "ground_code", "case_state", "due_date")
"""The columns that are filled in, and not for people to change."""


def folder() -> Folder:
    """Where forms are kept: nobody but its owner is let into one on a local disk."""
    return Folder(settings.read().forms, "the forms", "HAILONG_FORMS", "read the form again", is_private=True)


def keep(name: str, content: bytes) -> str:
    """Keep a form, readable for its owner alone; where it is."""
    place = folder().put(name, content)
    files, path = folder().open()
    if shown(files, path) == path:  # on this machine's disk
        Path(path, name).chmod(0o600)
        with contextlib.suppress(PermissionError):  # somebody else's directory: its owner decides
            Path(path, name).parent.chmod(0o700)
    return place


def remove(place: str) -> bool:
    """Remove a form that was read; whether it was there."""
    return take_away(folder(), "/".join(place.split("/")[-2:]))


def take_away(place: Folder, name: str) -> bool:
    """Remove a file from where it is kept; whether it was there."""
    files, root = place.open()
    with place.explaining("tidied"):
        try:
            files.rm(f"{root}/{name}")
        except FileNotFoundError:
            return False
    return True


def answer_of(name: str) -> str:
    """The name of the answer beside a form."""
    return f"{name.removesuffix('.xlsx')}-answer.txt"


def shelf(treasury_code: str) -> Folder:
    """A treasury's own shelf: where its form is written, and is put when it is filled in."""
    return folder().below(treasury_code)


def write(treasury_code: str) -> str:
    """Write the form of a treasury with its open cases on its shelf; where it is. What lies there stays."""
    with warehouse.transaction() as connection:
        today = Moment.now(connection).today
        office_said.treasury(connection, treasury_code, today)
        drafts = [row["period_code"] for row in warehouse.rows(connection, "acting/drafts")]
    taken = set(shelf(treasury_code).names("*.xlsx"))
    names = (f"{treasury_code}-{today}{f'-{number}' if number > 1 else ''}.xlsx" for number in itertools.count(1))
    name = next(name for name in names if name not in taken)
    return keep(f"{treasury_code}/{name}", _workbook(treasury_code, today, cases.listed(treasury_code), drafts))


def _workbook(treasury_code: str, today: dt.date, rows: warehouse.Rows, drafts: list[str]) -> bytes:
    """The workbook of some cases of a treasury, and of objections to some drafts."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(SHEET)
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    page.set_column(0, len(COLUMNS) - 1, 18)
    page.freeze_panes(1, 0)
    place = {name: number for number, name in enumerate(COLUMNS)}
    for name, number in place.items():
        page.write_string(0, number, f"{name} – {COLUMNS[name]}", bold)
    for line, row in enumerate(rows, start=1):
        for name in GIVEN:
            if name == "due_date" and row[name]:
                page.write_datetime(line, place[name], row[name], day)
            elif name == "case_number":
                page.write_number(line, place[name], row[name])
            else:
                page.write_string(line, place[name], escape.visible(str(row[name] or "")))
    last = max(len(rows), 1)
    page.set_column(place["happened_on"], place["happened_on"], 18, day)
    kinds, days = place["event_kind"], place["happened_on"]
    page.data_validation(1, kinds, last, kinds, {"validate": "list", "source": list(EVENTS)})
    page.data_validation(1, days, last, days, {"validate": "date", "criteria": ">=", "value": FIRST_DAY})
    objections = book.add_worksheet(objection_sheet.SHEET)
    objection_sheet.fill(objections, drafts, bold, book.add_format({"num_format": "@"}))
    about = book.add_worksheet(ABOUT)
    about.set_column(0, 0, 30)
    about.write_string(0, 0, "treasury_code – mã kho bạc", bold)
    about.write_string(0, 1, treasury_code)
    about.write_string(1, 0, "written_on – ngày lập", bold)
    about.write_datetime(1, 1, today, day)
    book.close()
    return content.getvalue()
