"""What an officer may ask for: to see what is held about her, to have it corrected, to be forgotten."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from etl import settings, warehouse
from etl.acting import form
from etl.acting.moment import Moment
from etl.errors import Misdeclared
from etl.registry import retention
from etl.warehouse import Row, Rows, processing

VIEWS = ("officer_month", "officer_evidence", "recommendation", "officer_comment")
"""Views of ``restricted`` with what is said of an officer: each with treasury_code and officer_code, and those that have
them with person_id, survey_month or period_code. One that is not there is left out."""


@dataclass(frozen=True)
class Held:
    """What is held about an officer, by what it is, and by when she is to be answered."""

    parts: dict[str, Rows]
    answer_by: dt.date


@dataclass(frozen=True)
class Erased:
    """What went with an officer's links and texts."""

    case_count: int
    code_count: int
    form_count: int


def show(treasury_code: str | None, officer_code: str | None, person: int | None = None) -> Held:
    """What is held about an officer, by treasury and code or by number; that it was asked for is recorded.

    Of a code that passed on, the months that were wholly hers are shown. Nobody so called raises Misdeclared.
    """
    with warehouse.transaction() as connection:
        number = _number(connection, treasury_code, officer_code, person)
        asked = {"treasury_code": treasury_code, "officer_code": officer_code, "person_id": number}
        assignments = warehouse.rows(connection, "acting/assignments", **asked)
        codes = {(row["treasury_code"], row["officer_code"]) for row in assignments} or {(treasury_code, officer_code)}
        parts: dict[str, Rows] = {"assignment": assignments}
        for view in VIEWS:
            columns = [
                row["column_name"] for row in warehouse.rows(connection, "acting/relation_columns", view_name=view)
            ]
            parts[view] = [
                row
                for treasury, code in sorted(codes)
                for row in (_of_code(connection, view, columns, treasury, code) if columns else [])
                if _is_hers(row, number, assignments)
            ]
        if number is not None:
            parts["case"] = warehouse.rows(connection, "acting/cases_of_person", person_id=number)
            numbers = [row["case_number"] for row in parts["case"]]
            parts["case_event"] = [
                _told(row) for case in numbers for row in warehouse.rows(connection, "acting/events", case_number=case)
            ]
        if not any(parts.values()):
            raise Misdeclared(
                "nothing is held about this officer", next_action="give treasury and code as the answers have"
            )
        count = sum(map(len, parts.values()))
        return Held(parts, _asked(connection, "show", number, treasury_code, "the officer asked to see it", count))


def correct(treasury_code: str | None, officer_code: str | None, person: int | None, purpose: str) -> dt.date:
    """Record that an officer asked for a correction; by when she is to be answered."""
    with warehouse.transaction() as connection:
        number = _number(connection, treasury_code, officer_code, person)
        return _asked(connection, "correct", number, treasury_code, purpose, 0)


def number_of(treasury_code: str | None, officer_code: str | None, person: int | None) -> int:
    """The number of an officer; one whom nothing links to anything raises Misdeclared."""
    with warehouse.transaction() as connection:
        number = _number(connection, treasury_code, officer_code, person)
    if number is None:
        raise Misdeclared(
            "no case and no assignment is about this code: there is nothing to forget but the code in the answers",
            next_action="see docs/data-protection.md: the code in published figures stays",
        )
    return number


def propose_erasure(person: int, why: str, early_why: str | None = None) -> int:
    """Propose that an officer's links and case texts go; the number of the proposal.

    Before her data's time is over it raises Unfit unless it is said why.
    """
    kept_days = retention.declared(settings.read().config).officer_links.days
    asked = {"person_id": person, "why": why, "early_why": early_why, "kept_days": kept_days}
    with warehouse.transaction() as connection:
        number = int(warehouse.rows(connection, "acting/propose_erasure", **asked)[0]["erasure_number"])
        _asked(connection, "forget", person, None, "proposed that the officer is forgotten", 0)
        return number


def reject_erasure(number: int, why: str) -> None:
    """Reject the proposal that an officer is forgotten."""
    with warehouse.transaction() as connection:
        warehouse.rows(connection, "acting/answer_erasure", erasure_number=number, step="rejected", why=why)


def confirm_erasure(number: int) -> Erased:
    """Confirm, as a second login, that an officer is forgotten; what went.

    The same login raises Unfit. Forms in which somebody wrote about her go from their shelf; where one cannot be
    removed now, nothing is done, and its error is raised.
    """
    with warehouse.transaction() as connection:
        asked = {"erasure_number": number, "step": "confirmed", "why": "confirmed"}
        done = warehouse.rows(connection, "acting/answer_erasure", **asked)[0]["done"]
        digests = done["form_digests"]
        paths = [row["form_path"] for row in warehouse.rows(connection, "acting/form_paths", form_digests=digests)]
        _asked(connection, "forget", done["person_id"], None, "the officer is forgotten", done["case_count"])
        removed = sum(map(form.remove, paths))
    return Erased(done["case_count"], done["code_count"], removed)


def _number(
    connection: warehouse.Connection, treasury_code: str | None, officer_code: str | None, person: int | None
) -> int | None:
    """The number of an officer: the one given, else who serves under the code now, or did last."""
    if person is not None:
        return person
    day = Moment.now(connection).today
    asked = {"treasury_code": treasury_code, "officer_code": officer_code, "person_id": None}
    begun = [row for row in warehouse.rows(connection, "acting/assignments", **asked) if row["valid_from"] <= day]
    return int(begun[-1]["person_id"]) if begun else None


def _of_code(
    connection: warehouse.Connection, view: str, columns: list[str], treasury: str | None, code: str | None
) -> Rows:
    """A view's rows about a code."""
    where = {"treasury_code": treasury, "officer_code": code}
    return warehouse.table(connection, ("restricted", view), columns, where)


def _is_hers(row: Row, number: int | None, assignments: Rows) -> bool:
    """Whether a row about a code is about the person."""
    if row.get("person_id") is not None:
        return bool(row["person_id"] == number)
    first = row.get("survey_month")
    if first is None or not assignments:
        return not assignments
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    spans = [one for one in assignments if one["officer_code"] == row["officer_code"]]
    spans = [one for one in spans if one["treasury_code"] == row["treasury_code"]]
    return any(one["valid_from"] <= first and (one["valid_to"] is None or one["valid_to"] >= last) for one in spans)


def _told(row: Row) -> Row:
    """An event as it is handed over: the key of a customer's response is not hers."""
    return {name: value for name, value in row.items() if name != "response_key" and value is not None}


def _asked(
    connection: warehouse.Connection,
    activity: processing.Activity,
    number: int | None,
    treasury_code: str | None,
    purpose: str,
    count: int,
) -> dt.date:
    """Record a request of an officer; by when it is to be answered."""
    moment = Moment.now(connection)
    due = moment.due(moment.terms.correction)
    said = {"subject_kind": "officer", "person_id": number, "treasury_code": treasury_code, "answer_by": due}
    processing.record(connection, activity, purpose, count, **said)
    return due
