"""What an officer may ask for: to see what is held about her, to have it corrected, to be forgotten."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from etl import settings, warehouse
from etl.acting import copies, form
from etl.acting.moment import Moment
from etl.errors import Misdeclared
from etl.registry import retention
from etl.warehouse import Row, Rows, processing

VIEWS = ("officer_month", "officer_evidence", "recommendation", "officer_effect", "officer_comment")
"""Views of ``restricted`` with what is said of an officer, each with treasury_code and officer_code.

By person_id and survey_month, where a view has them, it is told whose a row is. A view that is not there is left out.
"""


@dataclass(frozen=True)
class Officer:
    """An officer, by treasury and code or by number."""

    treasury_code: str | None = None
    officer_code: str | None = None
    person_id: int | None = None


@dataclass(frozen=True)
class OfficerData:
    """What is held about an officer, by what it is, and by when she is to be answered."""

    parts: dict[str, Rows]
    answer_by: dt.date


@dataclass(frozen=True)
class Erased:
    """What went with an officer's links and texts."""

    case_count: int
    code_count: int
    form_count: int


def show(officer: Officer) -> OfficerData:
    """What is held about an officer; that it was asked for is recorded.

    Of a code that passed on, the months that were wholly hers are shown. Nobody so called raises Misdeclared.
    """
    with warehouse.transaction() as connection:
        known = _known(connection, officer)
        assignments = warehouse.rows(connection, "acting/assignments", **dataclasses.asdict(known))
        parts = {"assignment": assignments}
        parts |= {view: _of_view(connection, view, known, assignments) for view in VIEWS}
        if known.person_id is not None:
            parts["case"] = warehouse.rows(connection, "acting/cases_of_person", person_id=known.person_id)
            events = [
                warehouse.rows(connection, "acting/events", case_number=row["case_number"]) for row in parts["case"]
            ]
            parts["case_event"] = [_told(row) for of_case in events for row in of_case]
            asked = {"treasury_code": None, "are_adopted_shown": True}
            claims = [
                warehouse.rows(connection, "acting/claims", case_number=row["case_number"], **asked)
                for row in parts["case"]
            ]
            parts["claim"] = [row for of_case in claims for row in of_case]
        if not any(parts.values()):
            raise Misdeclared(
                "nothing is held about this officer", next_action="give treasury and code as the answers have them"
            )
        request = _request(connection, known)
        count = sum(map(len, parts.values()))
        processing.record(connection, "show", "the officer asked to see what is held", count, **request)
        return OfficerData(parts, request["answer_by"])


def correct(officer: Officer, purpose: str) -> dt.date:
    """Record that an officer asked for a correction; by when she is to be answered."""
    with warehouse.transaction() as connection:
        request = _request(connection, _known(connection, officer))
        processing.record(connection, "correct", purpose, 0, **request)
        due: dt.date = request["answer_by"]
        return due


def number_of(officer: Officer) -> int:
    """The number of an officer; one whom nothing links to anything raises Misdeclared."""
    with warehouse.transaction() as connection:
        number = _known(connection, officer).person_id
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
        request = _request(connection, Officer(person_id=person))
        processing.record(connection, "forget", "proposed that the officer is forgotten", 0, **request)
        return number


def reject_erasure(number: int, why: str) -> None:
    """Reject the proposal that an officer is forgotten."""
    with warehouse.transaction() as connection:
        warehouse.rows(connection, "acting/answer_erasure", erasure_number=number, step="rejected", why=why)


def confirm_erasure(number: int) -> Erased:
    """Confirm, as a second login, that an officer is forgotten; what went.

    The same login raises Unfit. Forms in which somebody wrote about her go, with the registers of her treasuries that
    landed; where one cannot be removed now, nothing is done, and its error is raised.
    """
    with warehouse.transaction() as connection:
        said = {"erasure_number": number, "step": "confirmed", "why": "confirmed"}
        done = warehouse.rows(connection, "acting/answer_erasure", **said)[0]["done"]
        asked = {name: done[name] for name in ("form_digests", "treasury_codes")}
        read = warehouse.rows(connection, "acting/form_paths", **asked)
        request = _request(connection, Officer(person_id=done["person_id"]))
        processing.record(connection, "forget", "the officer is forgotten", done["case_count"], **request)
        removed = sum(form.remove(row["form_path"]) for row in read if row["is_given"])
        others = [row["form_path"] for row in read if not row["is_given"]]
        removed += copies.forget(done["treasury_codes"], set(done["case_numbers"]), others)
    return Erased(done["case_count"], done["code_count"], removed)


def _known(connection: warehouse.Connection, officer: Officer) -> Officer:
    """An officer with her number: the one given, else of who serves under the code now, or did last."""
    if officer.person_id is not None:
        return officer
    day = Moment.now(connection).today
    rows = warehouse.rows(connection, "acting/assignments", **dataclasses.asdict(officer))
    begun = [row["person_id"] for row in rows if row["valid_from"] <= day]
    return dataclasses.replace(officer, person_id=int(begun[-1]) if begun else None)


def _of_view(connection: warehouse.Connection, view: str, officer: Officer, assignments: Rows) -> Rows:
    """A view's rows about an officer."""
    columns = [row["column_name"] for row in warehouse.rows(connection, "acting/relation_columns", view_name=view)]
    if not columns:
        return []
    codes = {(row["treasury_code"], row["officer_code"]) for row in assignments}
    rows = [
        row
        for treasury, code in sorted(codes or {(str(officer.treasury_code), str(officer.officer_code))})
        for row in warehouse.table(
            connection, ("restricted", view), columns, {"treasury_code": treasury, "officer_code": code}
        )
    ]
    return [row for row in rows if _is_hers(row, officer.person_id, assignments)]


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


def _request(connection: warehouse.Connection, officer: Officer) -> dict[str, Any]:
    """What the log of processing says of a request of an officer, with the day by which to answer."""
    moment = Moment.now(connection)
    said = {"subject_kind": "officer", "person_id": officer.person_id, "treasury_code": officer.treasury_code}
    return {**said, "answer_by": moment.due(moment.terms.correction)}
