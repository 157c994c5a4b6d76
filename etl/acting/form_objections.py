"""Take in what the sheet of objections in a form says: each row is judged, and what holds counts as claimed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd

from etl import warehouse
from etl.acting import claims
from etl.acting.claims import Refusal, TakenIn
from etl.acting.claims_door import LONGEST_TEXT, NO_FAULTS, findings
from etl.acting.form_cells import FormCell
from etl.acting.objection_sheet import SHEET

Row = dict[str, FormCell]
_KIND = "objection"
_NEEDED = ("period_code", "about", "note")
_ODD: dict[str, Callable[[str, FormCell], bool]] = {
    # what the door looks at | whether a cell is told with it
    "formula_count": lambda name, cell: cell.kind == "formula",
    "merged_count": lambda name, cell: cell.kind == "merged",
    "no_text_count": lambda name, cell: _is_no_text(cell),
    "text_length": lambda name, cell: len(_text(cell)) > LONGEST_TEXT,
    "lacking_count": lambda name, cell: name in _NEEDED and not _text(cell),
}


def take_in(connection: warehouse.Connection, rows: list[Row], source: dict[str, Any], today: dt.date) -> TakenIn:
    """Take in the objections of a treasury's form; what came of them."""
    outcome = TakenIn(read_count=len(rows))
    refused = _refused(rows, today) if rows else {}
    for number, row in enumerate(rows):
        if number in refused:
            outcome.refuse(*refused[number])
            continue
        said = {"ground_code": _text(row["about"]), "event_kind": _KIND, "happened_on": today, **source}
        said |= {name: _text(row[name]) for name in ("period_code", "note", "claimed_by")}
        claims.take_in(connection, said, _where([row["period_code"]]), outcome)
    return outcome


def _refused(rows: list[Row], today: dt.date) -> dict[int, list[Refusal]]:
    """Of each row that breaks a rule what is told: the cells and why."""
    limits = {"case_numbers": [0], "treasury_codes": [""], "event_kinds": [_KIND], "last_day": today}
    told: dict[int, list[Refusal]] = {}
    for finding in findings(pd.DataFrame([_judged(row, today) for row in rows]), limits):
        for number in finding.rows.tolist():
            cells = [cell for name, cell in rows[number].items() if _is_told(finding.column, name, cell)]
            told.setdefault(number, []).append(Refusal(_where(cells), f"{finding.rule_code}: {finding.why}"))
    return told


def _is_told(looked_at: str, name: str, cell: FormCell) -> bool:
    """Whether a cell is told with what the door found wrong."""
    return _ODD[looked_at](name, cell) if looked_at in _ODD else name == looked_at


def _judged(row: Row, today: dt.date) -> dict[str, Any]:
    """A row as the door judges it; it is about no case and of no day."""
    counts = {
        name: sum(is_odd(column, cell) for column, cell in row.items())
        for name, is_odd in _ODD.items()
        if name != "text_length"
    }
    given = {"case_number": 0, "treasury_code": "", "event_kind": _KIND, "happened_on_kind": "date"}
    given |= {"happened_on": today, "claimed_by": _text(row["claimed_by"]), "about": _text(row["about"])}
    return NO_FAULTS | given | counts | {"text_length": max(len(_text(cell)) for cell in row.values())}


def _text(cell: FormCell) -> str:
    """The text in a cell, without spaces around it."""
    return str(cell.value or "").strip()


def _is_no_text(cell: FormCell) -> bool:
    """Whether a number, a day or a truth value stands where a text belongs."""
    return cell.kind not in ("text", "empty", "formula", "merged")


def _where(cells: list[FormCell]) -> str:
    """The addresses of cells, with the sheet."""
    return f"{SHEET}!{', '.join(cell.address for cell in cells)}"
