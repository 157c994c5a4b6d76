"""Read a form that came back: keep it untouched, judge it cell by cell, and load what holds as claimed events."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from etl import doors, settings, warehouse
from etl.acting import cases, form_cells
from etl.acting.form import COLUMNS, EVENTS, keep
from etl.acting.form_cells import FormCell
from etl.acting.moment import Moment
from etl.errors import Misdeclared, Refused, Unfit

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
    place = keep(f"read/{digest}.xlsx", content)
    named = [str(row["treasury_code"].value) for row in rows]
    code = treasury_code or next(iter(named), "")
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
                _load(connection, row, (digest, number + 2), outcome)
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


def _frame(rows: list[dict[str, FormCell]]) -> pd.DataFrame:
    """The rows of a form as the door judges them: values, kinds, and what is wrong with the form itself."""
    return pd.DataFrame(
        [
            {
                "case_number": row["case_number"].value if row["case_number"].kind == "number" else -1,
                "treasury_code": str(row["treasury_code"].value),
                "event_kind": str(row["event_kind"].value),
                "happened_on_kind": row["happened_on"].kind,
                "happened_on": _day(row["happened_on"]) or dt.date.min,
                "claimed_by": str(row["claimed_by"].value or "").strip(),
                "text_length": max(len(str(row[name].value or "")) for name in _TEXTS),
                "formula_count": sum(cell.kind == "formula" for cell in row.values()),
                "merged_count": sum(cell.kind == "merged" for cell in row.values()),
            }
            for row in rows
        ]
    )


def _refused(frame: pd.DataFrame, rows: list[dict[str, FormCell]], limits: dict[str, Any]) -> dict[int, list[str]]:
    """Of each row that breaks a rule what is told: the cell and why."""
    told: dict[int, list[str]] = {}
    for finding in findings(frame, limits) if rows else []:
        for number in finding.rows.tolist():
            column = finding.column.removesuffix("_kind") if finding.column not in COLUMNS else finding.column
            cell = rows[number].get(column) or rows[number]["case_number"]
            odd = [one.address for one in rows[number].values() if one.kind in ("formula", "merged")]
            address = ", ".join(odd) if finding.column in ("formula_count", "merged_count") else cell.address
            told.setdefault(number, []).append(f"{address}: {finding.rule_code}: {finding.why}")
    return told


def _load(connection: warehouse.Connection, row: dict[str, FormCell], place: tuple[str, int], outcome: TakenIn) -> None:
    """Add a row as an event that is claimed; what the case does not allow is refused by itself."""
    said: dict[str, Any] = {name: str(row[name].value).strip() for name in _TEXTS if row[name].kind == "text"}
    said |= {"happened_on": _day(row["happened_on"]), "form_digest": place[0], "form_row": place[1]}
    try:
        with warehouse.attempt(connection):
            cases.add_within(connection, int(row["case_number"].value), str(row["event_kind"].value), said)
        outcome.loaded_count += 1
    except Unfit as error:
        outcome.refusals.append(f"{row['event_kind'].address}: {error}")


def _day(cell: FormCell) -> dt.date | None:
    """The day in a cell; None where it holds none."""
    value = cell.value
    return value.date() if isinstance(value, dt.datetime) else value if isinstance(value, dt.date) else None
