"""Read a form that came back: keep it untouched, judge it cell by cell, and load what holds as claimed events."""

from __future__ import annotations

import datetime as dt
import hashlib
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from etl import doors, settings, warehouse
from etl.acting import cases, form_cells
from etl.acting.form import COLUMNS, EVENTS, FIRST_DAY, keep
from etl.acting.form_cells import FormCell
from etl.acting.moment import Moment
from etl.errors import Misdeclared, Refused, Unfit

Row = dict[str, FormCell]
_TEXTS = ("owner_name", "root_cause", "note", "claimed_by")
LONGEST_TEXT = 2_000
"""The characters that a text of a form may have."""


@dataclass
class TakenIn:
    """What came of a form: rows read and loaded, and of each refusal the cell and why."""

    read_count: int = 0
    loaded_count: int = 0
    refusals: list[str] = field(default_factory=list)
    is_known: bool = False


def read(path: Path, treasury_code: str | None = None) -> TakenIn:
    """Take in a form; the same file a second time is told, and nothing more.

    The treasury is the one that its first row names, unless it is given. A file that is none raises Refused.
    """
    try:
        settings.refuse_no_file(path)
        if path.stat().st_size > form_cells.MOST_BYTES:
            raise Refused(f"{path.name} is larger than {form_cells.MOST_BYTES} bytes", next_action="send the form")
        content = path.read_bytes()
    except OSError as error:
        raise Misdeclared(
            f"{path.name} cannot be read ({type(error).__name__})", next_action="check the path"
        ) from None
    digest = hashlib.sha256(content).hexdigest()
    rows = form_cells.read(content)
    code = treasury_code or _treasury(rows)
    place = keep(f"read/{digest}.xlsx", content)
    with warehouse.transaction() as connection:
        moment = Moment.now(connection)
        office = cases.treasury(connection, code, moment.today)
        if warehouse.rows(connection, "acting/form", form_digest=digest):
            return TakenIn(is_known=True)
        numbers = [row["case_number"] for row in warehouse.rows(connection, "acting/case_numbers", treasury_code=code)]
        frame = _frame(rows)
        refused = _refused(frame, rows, {"case_numbers": numbers, "treasury_codes": [code], "last_day": moment.today})
        outcome = TakenIn(len(rows), 0, [line for lines in refused.values() for line in lines])
        for number, row in enumerate(rows):
            if number not in refused:
                _load(connection, row, digest, outcome)
        receipt = {"form_digest": digest, "treasury_id": office["treasury_id"], "form_path": place}
        receipt |= {"read_count": outcome.read_count, "loaded_count": outcome.loaded_count}
        receipt |= {"refused_count": outcome.read_count - outcome.loaded_count}
        (noted,) = warehouse.rows(connection, "acting/record_form", said=cases.as_json(receipt))
        if not noted["is_new"]:
            raise Misdeclared("the same form is being read by another", next_action="see hailong case list")
        return outcome


def findings(frame: pd.DataFrame, limits: dict[str, Any]) -> list[doors.Finding]:
    """What the rules of the door say of the rows of a form."""
    known = {"event_kinds": list(EVENTS), "longest_text": LONGEST_TEXT, **limits}
    return doors.findings(frame, "actions", ("row",), known)


def _frame(rows: list[Row]) -> pd.DataFrame:
    """The rows of a form as the door judges them: values, kinds, and what is wrong with the form itself."""
    return pd.DataFrame(
        [
            {
                "case_number": row["case_number"].value if row["case_number"].kind == "number" else -1,
                "treasury_code": str(row["treasury_code"].value),
                "event_kind": str(row["event_kind"].value),
                "happened_on_kind": _day_kind(row["happened_on"]),
                "happened_on": _day(row["happened_on"]) or dt.date.min,
                "claimed_by": str(row["claimed_by"].value or "").strip(),
                "no_text_count": sum(_is_no_text(row[name]) for name in _TEXTS),
                "text_length": max(len(str(row[name].value or "")) for name in _TEXTS),
                "formula_count": sum(cell.kind == "formula" for cell in row.values()),
                "merged_count": sum(cell.kind == "merged" for cell in row.values()),
            }
            for row in rows
        ]
    )


def _refused(frame: pd.DataFrame, rows: list[Row], limits: dict[str, Any]) -> dict[int, list[str]]:
    """Of each row that breaks a rule what is told: the cell and why."""
    told: dict[int, list[str]] = {}
    for finding in findings(frame, limits) if rows else []:
        for number in finding.rows.tolist():
            column = finding.column.removesuffix("_kind") if finding.column not in COLUMNS else finding.column
            cell = rows[number].get(column) or rows[number]["case_number"]
            odd = [one.address for one in _ODD.get(finding.column, _none)(rows[number])]
            address = ", ".join(odd) or cell.address
            told.setdefault(number, []).append(f"{address}: {finding.rule_code}: {finding.why}")
    return told


def _none(_: Row) -> list[FormCell]:
    """No cell: the rule looks at the one of its column."""
    return []


def _is_no_text(cell: FormCell) -> bool:
    """Whether a number, a day or a truth value stands where a text belongs."""
    return cell.kind not in ("text", "empty", "formula", "merged")


_ODD: dict[str, Callable[[Row], list[FormCell]]] = {
    "formula_count": lambda row: [cell for cell in row.values() if cell.kind == "formula"],
    "merged_count": lambda row: [cell for cell in row.values() if cell.kind == "merged"],
    "no_text_count": lambda row: [row[name] for name in _TEXTS if _is_no_text(row[name])],
    "text_length": lambda row: [row[name] for name in _TEXTS if len(str(row[name].value or "")) > LONGEST_TEXT],
}
"""The cells that a rule about several columns of a row is told with."""


def _load(connection: warehouse.Connection, row: Row, digest: str, outcome: TakenIn) -> None:
    """Add a row as an event that is claimed; what the case or the database does not allow costs this row alone."""
    texts = {name: str(row[name].value).strip() for name in _TEXTS if row[name].kind == "text"}
    said: dict[str, Any] = {name: text for name, text in texts.items() if text}
    line = int(row["case_number"].address.lstrip(string.ascii_uppercase))
    said |= {"happened_on": _day(row["happened_on"]), "form_digest": digest, "form_row": line}
    try:
        with warehouse.attempt(connection):
            cases.put(connection, int(row["case_number"].value), str(row["event_kind"].value), said)
        outcome.loaded_count += 1
    except (Unfit, Misdeclared) as error:
        outcome.refusals.append(f"{row['event_kind'].address}: {error}")


def _treasury(rows: list[Row]) -> str:
    """The treasury that the first row of a form names; a form that names none, or says nothing, raises Refused."""
    if not rows:
        raise Refused("nothing is filled in", next_action="choose what happened, and the day, in the rows of the form")
    cell = rows[0]["treasury_code"]
    if cell.value is None or not str(cell.value).strip():
        raise Refused(
            f"{cell.address} is empty: the form names no treasury",
            next_action="name the treasury, there or as --treasury",
        )
    return str(cell.value)


def _day(cell: FormCell) -> dt.date | None:
    """The day in a cell; None where it holds none."""
    value = cell.value
    return value.date() if isinstance(value, dt.datetime) else value if isinstance(value, dt.date) else None


def _day_kind(cell: FormCell) -> str:
    """The kind of a cell for a day.

    A time of day, a duration and a small number are stored as dates too, and are none.
    """
    if cell.kind != "date":
        return cell.kind
    day = _day(cell)
    return "date" if day is not None and day >= FIRST_DAY else "number"
