"""The form of a treasury: a workbook of its open cases, in which people say what happened, without a login."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import xlsxwriter

from etl import escape, settings, warehouse
from etl.acting import cases
from etl.acting.moment import Moment
from etl.files import Folder, shown

SHEET = "cases"
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
    return place


def remove(place: str) -> bool:
    """Remove a form that was read; whether it was there."""
    files, root = folder().open()
    with folder().explaining("tidied"):
        try:
            files.rm(f"{root}/{'/'.join(place.split('/')[-2:])}")
        except FileNotFoundError:
            return False
    return True


def write(treasury_code: str) -> str:
    """Write the form of a treasury with its open cases; where it is."""
    with warehouse.transaction() as connection:
        today = Moment.now(connection).today
        cases.treasury(connection, treasury_code, today)
    return keep(f"{treasury_code}-{today}.xlsx", _workbook(cases.listed(treasury_code)))


def _workbook(rows: warehouse.Rows) -> bytes:
    """The workbook of some cases."""
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
    book.close()
    return content.getvalue()
