"""Read a form that came back: keep it untouched, judge it cell by cell, and load what holds as claimed events."""

from __future__ import annotations

import datetime as dt
import hashlib
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from etl import escape, settings, warehouse
from etl.acting import claims, form_cells, form_objections, office_said
from etl.acting.claims import Refusal, TakenIn
from etl.acting.claims_door import LONGEST_TEXT, NO_FAULTS, findings
from etl.acting.form import ABOUT, COLUMNS, EVENTS, FIRST_DAY, keep
from etl.acting.form_cells import FilledForm, FormCell
from etl.acting.moment import Moment
from etl.errors import Misdeclared, Refused

Row = dict[str, FormCell]
_TEXTS = ("owner_name", "root_cause", "note", "claimed_by")


def read(path: Path, treasury_code: str | None = None) -> TakenIn:
    """Take in a form from a file; one in which nothing is filled in raises Refused."""
    name = escape.line(path.name)
    try:
        settings.refuse_no_file(path)
        if path.stat().st_size > form_cells.MOST_BYTES:
            raise Refused(f"{name} is larger than {form_cells.MOST_BYTES} bytes", next_action="send the form")
        content = path.read_bytes()
    except OSError as error:
        raise Misdeclared(f"{name} cannot be read ({type(error).__name__})", next_action="check the path") from None
    outcome = take_in(content, treasury_code)
    if outcome.is_blank:
        raise Refused("nothing is filled in", next_action="choose what happened, and the day, in the rows of the form")
    return outcome


def take_in(content: bytes, treasury_code: str | None = None) -> TakenIn:
    """Take in a form; the same file a second time is told, and nothing more. A file that is none raises Refused.

    The form names its treasury, and one of another treasury than is given is refused as a whole.
    """
    digest = hashlib.sha256(content).hexdigest()
    filled = form_cells.read(content)
    if not (filled.rows or filled.objections):
        return TakenIn(is_blank=True)
    code = _treasury(filled)
    if treasury_code not in (None, code):
        raise Refused(
            f"the form is that of treasury {code}, and not of {treasury_code}: nothing of it is taken in",
            next_action=f"put it on the shelf of treasury {code}, or name that one as --treasury",
        )
    with warehouse.transaction() as connection:
        moment = Moment.now(connection)
        if warehouse.rows(connection, "acting/form", form_digest=digest):
            return TakenIn(is_known=True)
        office = office_said.treasury(connection, code, moment.today)
        warehouse.rows(connection, "acting/hold_claims", treasury_id=office["treasury_id"])
        if warehouse.rows(connection, "acting/form", form_digest=digest):
            return TakenIn(is_known=True)
        place = keep(f"read/{digest}.xlsx", content)  # what was read before may have been removed since, and stays so
        source = {"treasury_id": office["treasury_id"], "form_digest": digest}
        outcome = _taken(connection, filled.rows, source, code)
        outcome.add(form_objections.take_in(connection, filled.objections, source, moment.today))
        outcome.notes += _forms_before(connection, office["treasury_id"], moment)
        receipt = {"form_digest": digest, "treasury_id": office["treasury_id"], "form_path": place}
        receipt |= {"read_count": outcome.read_count, "loaded_count": outcome.loaded_count + outcome.known_count}
        warehouse.rows(
            connection,
            "acting/record_form",
            said=office_said.as_json(receipt | {"refused_count": outcome.refused_count}),
        )
        return outcome


def _taken(connection: warehouse.Connection, rows: list[Row], source: dict[str, Any], code: str) -> TakenIn:
    """Judge the rows of a form, and take in those that hold."""
    numbers = claims.case_numbers(connection, source["treasury_id"])
    today = Moment.now(connection).today
    limits = {"case_numbers": numbers, "treasury_codes": [code], "last_day": today}
    refused = _refused(_frame(rows), rows, limits) if rows else {}
    outcome = TakenIn(read_count=len(rows))
    for refusals in refused.values():
        outcome.refuse(*refusals)
    for number, row in enumerate(rows):
        if number not in refused:
            claims.take_in(connection, {**_said(row), **source}, row["event_kind"].address, outcome)
    return outcome


def _forms_before(connection: warehouse.Connection, treasury_id: int, moment: Moment) -> list[str]:
    """That other forms of the treasury were read in this month, if any were."""
    first = dt.datetime.combine(moment.today.replace(day=1), dt.time(), moment.calendar.zone)
    (row,) = warehouse.rows(connection, "acting/forms_since", treasury_id=treasury_id, since=first)
    earlier = row["form_count"]
    if not earlier:
        return []
    return [f"this is form number {earlier + 1} of the treasury in {moment.today:%Y-%m}: each counts for itself"]


def _frame(rows: list[Row]) -> pd.DataFrame:
    """The rows of a form as the door judges them: values, kinds, and what is wrong with the form itself."""
    return pd.DataFrame(
        [
            NO_FAULTS
            | {
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


def _refused(frame: pd.DataFrame, rows: list[Row], limits: dict[str, Any]) -> dict[int, list[Refusal]]:
    """Of each row that breaks a rule what is told: the cell and why."""
    told: dict[int, list[Refusal]] = {}
    for finding in findings(frame, limits | {"event_kinds": list(EVENTS)}):
        for number in finding.rows.tolist():
            column = finding.column.removesuffix("_kind") if finding.column not in COLUMNS else finding.column
            cell = rows[number].get(column) or rows[number]["case_number"]
            odd = [one.address for one in _ODD.get(finding.column, _none)(rows[number])]
            address = ", ".join(odd) or cell.address
            told.setdefault(number, []).append(Refusal(address, f"{finding.rule_code}: {finding.why}"))
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


def _said(row: Row) -> dict[str, Any]:
    """What a row says, as the warehouse takes it."""
    texts = {name: str(row[name].value).strip() for name in _TEXTS if row[name].kind == "text"}
    said: dict[str, Any] = {name: text for name, text in texts.items() if text}
    line = int(row["case_number"].address.lstrip(string.ascii_uppercase))
    said |= {"case_number": int(row["case_number"].value), "event_kind": str(row["event_kind"].value)}
    return said | {"happened_on": _day(row["happened_on"]), "form_row": line}


def _treasury(filled: FilledForm) -> str:
    """The treasury that a form names, an older one in its rows; none, or several, raise Refused."""
    cells = [filled.treasury] if filled.treasury else [row["treasury_code"] for row in filled.rows]
    for cell in cells:
        if cell.value is None or not str(cell.value).strip():
            raise Refused(
                f"{cell.address} is empty: the form names no treasury",
                next_action="fill in the form that 'hailong case form' writes: it names its treasury",
            )
    codes = list(dict.fromkeys(str(cell.value).strip() for cell in cells))
    if not codes:
        raise Refused(
            f"the workbook has no sheet '{ABOUT}': the form names no treasury",
            next_action="fill in the form that 'hailong case form' writes: it names its treasury",
        )
    if len(codes) > 1:
        raise Refused(
            f"the form names {len(codes)} treasuries: {', '.join(map(escape.line, codes[:5]))}",
            next_action="fill in a form for each treasury",
        )
    return codes[0]


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
