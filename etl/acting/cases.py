"""Cases: open them, add what happens to them, and read where they stand.

What may follow on what, and that two logins confirm, the database holds (``sql/acting/functions``); its refusals come
as Unfit. Days are the network's; a due date that is not given is that of the ground's terms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from etl import settings, warehouse
from etl.acting.ladder import bar_outcome
from etl.acting.moment import Moment
from etl.acting.office_said import as_json, treasury
from etl.acting.words import NOTHING, BarAnswer
from etl.errors import Misdeclared
from etl.registry import actions
from etl.registry.ladder_steps import URGENT_DAYS, LadderStep
from etl.warehouse import Row, Rows


def listed(treasury_code: str | None = None, *, is_closed_shown: bool = False) -> Rows:
    """Cases of a treasury, or of all; overdue ones first, and of these the newest due first."""
    asked = {"treasury_code": treasury_code, "is_closed_shown": is_closed_shown}
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "acting/cases", **asked)


def case(number: int) -> Row:
    """A case as it stands; none of that number raises Misdeclared."""
    with warehouse.transaction() as connection:
        return _case(connection, number)


def events(number: int) -> Rows:
    """What happened to a case, in order."""
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "acting/events", case_number=number)


def open_case(ground_code: str, subject: Mapping[str, Any], said: Mapping[str, Any]) -> int:
    """Open a case, or add evidence to the one that is open; its number.

    ``subject``: ``treasury_code``, and ``unit_code`` or ``officer_code``; ``said``: the evidence and what is known.
    """
    with warehouse.transaction() as connection:
        moment = Moment.now(connection)
        stated = {"happened_on": moment.today, **moment.due_of(ground_code), **_given(said), "ground_code": ground_code}
        office = treasury(connection, str(subject["treasury_code"]), moment.today)
        stated |= {**_given(subject), "treasury_id": office["treasury_id"]}
        return int(warehouse.rows(connection, "acting/open_case", said=as_json(stated))[0]["case_number"])


def add(number: int, kind: str, said: Mapping[str, Any] | None = None) -> int:
    """Add an event to a case, of today where nothing else is said; its number."""
    with warehouse.transaction() as connection:
        return add_within(connection, number, kind, said or {})


def add_within(connection: warehouse.Connection, number: int, kind: str, said: Mapping[str, Any]) -> int:
    """Add an event to a case in a transaction; its number."""
    moment = Moment.now(connection)
    stated = {"happened_on": moment.today, **_given(said)}
    if kind == "correction_requested":
        stated.setdefault("due_date", moment.due(moment.terms.correction))
    if kind == "reopened":
        stated.setdefault("due_date", moment.due_of(_case(connection, number)["ground_code"])["due_date"])
    return put(connection, number, kind, stated)


def put(connection: warehouse.Connection, number: int, kind: str, stated: Mapping[str, Any]) -> int:
    """Add an event of which all is said, its day as well, in a transaction; its number."""
    asked = {"case_number": number, "event_kind": kind, "said": as_json(stated)}
    return int(warehouse.rows(connection, "acting/add_event", **asked)[0]["event_number"])


def decide(number: int, decision: Mapping[str, Any], said: Mapping[str, Any], *, is_urgent: bool) -> int:
    """Propose a decision, which takes effect only when a second login confirms it; the event's number.

    It holds from today where nothing else is said, an urgent one for 30 days. An action that no ladder has raises
    Misdeclared.
    """
    _step(str(decision["action_code"]))
    with warehouse.transaction() as connection:
        first = decision.get("valid_from") or Moment.now(connection).today
        last = decision.get("valid_to") or (first + dt.timedelta(URGENT_DAYS) if is_urgent else None)
        stated = {**said, "decision": _given({**decision, "valid_from": first, "valid_to": last})}
        return add_within(connection, number, "urgent_proposed" if is_urgent else "decision_proposed", stated)


def is_warned_of(action_code: str | None, answer: BarAnswer) -> bool:
    """Whether the law's bars, as they were answered, are only warned of in an action: the ladder says so."""
    step = _step(action_code or NOTHING)
    return step is not None and bar_outcome(step, answer) == "warned"


def confirm(number: int, *, rejected_because: str | None = None) -> str:
    """Confirm, or reject, what waits for a second login in a case; what it came to."""
    with warehouse.transaction() as connection:
        waiting = _case(connection, number)
        if waiting["proposal_event"] is None:
            raise Misdeclared(
                f"case {number}: nothing waits for a second person", next_action=f"see hailong case show {number}"
            )
        is_closing = waiting["proposal_kind"] == "closing_proposed"
        kind = "proposal_rejected" if rejected_because else "closed" if is_closing else "decided"
        said = {"about_event": waiting["proposal_event"], "note": rejected_because}
        add_within(connection, number, kind, said)
        return kind


def _case(connection: warehouse.Connection, number: int) -> Row:
    """A case as it stands."""
    rows = warehouse.rows(connection, "acting/case", case_number=number)
    if not rows:
        raise Misdeclared(f"there is no case {number}", next_action="see hailong case list")
    return rows[0]


def _given(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, without what is left open."""
    return {name: value for name, value in said.items() if value is not None}


def _step(code: str) -> LadderStep | None:
    """The step of the newest ladder that has it; None for no action, and where no ladder is declared."""
    ladders = sorted(actions.load(settings.read().config), key=lambda ladder: ladder.valid_from)
    steps = {step.code: step for ladder in ladders for step in ladder.steps}
    if steps and code not in (NOTHING, *steps):
        raise Misdeclared(
            f"no ladder has the action '{code}'", next_action=f"take one of {', '.join(steps)}, or {NOTHING}"
        )
    return steps.get(code)
