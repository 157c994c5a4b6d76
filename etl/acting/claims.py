"""What workbooks and registers claim: what became of their rows, and the one way by which they get in.

A claim proves nobody's identity. It says what happened; what it says of a decision, a closing or an urgent move is
noted in the case and takes no effect, until a login adopts it as a proposal of its own and a second login confirms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from etl import warehouse
from etl.acting import cases, office_said
from etl.acting.moment import Moment
from etl.acting.words import BarAnswer
from etl.errors import Misdeclared, Unfit


@dataclass(frozen=True)
class Refusal:
    """A row that was turned away: the cell or key, and why."""

    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


@dataclass
class TakenIn:
    """What came of a form or register: rows by what became of them, refusals, and what else there is to tell."""

    read_count: int = 0
    loaded_count: int = 0
    known_count: int = 0
    changed_count: int = 0
    refused_count: int = 0
    vanished_count: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_known: bool = False
    is_blank: bool = False

    def refuse(self, *refusals: Refusal) -> None:
        """Count a row as turned away, for one reason or several."""
        self.refused_count += 1
        self.refusals += refusals

    def add(self, other: TakenIn) -> None:
        """Count what came of further rows."""
        for name in ("read_count", "loaded_count", "known_count", "changed_count", "refused_count"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.refusals += other.refusals

    def lines(self) -> list[str]:
        """What is told of it: the counts, the refusals and the notes."""
        told = [f"{self.loaded_count} of {self.read_count} rows are in"]
        if self.known_count:
            told.append(f"{self.known_count} rows had been said before")
        if self.changed_count:
            told.append(f"{self.changed_count} rows were changed since they were read: each is a new statement")
        if self.vanished_count:
            told.append(f"{self.vanished_count} rows that were read before are gone: what they said stays")
        return [*told, *self.notes, *(f"✗ {refusal}" for refusal in self.refusals)]


def take_in(connection: warehouse.Connection, said: Mapping[str, Any], where: str, outcome: TakenIn) -> None:
    """Take in a row; what the case or the database does not allow costs this row alone."""
    try:
        with warehouse.attempt(connection):
            (taken,) = warehouse.rows(connection, "acting/take_in", said=office_said.as_json(said))
    except (Unfit, Misdeclared) as error:
        outcome.refuse(Refusal(where, str(error)))
        return
    outcome.known_count += taken["state"] == "known"
    outcome.loaded_count += taken["state"] != "known"
    outcome.changed_count += taken["state"] == "changed"


def case_numbers(connection: warehouse.Connection, treasury_id: int) -> list[int]:
    """The numbers of a treasury's cases."""
    return [row["case_number"] for row in warehouse.rows(connection, "acting/case_numbers", treasury_id=treasury_id)]


def waiting(number: int | None = None, treasury_code: str | None = None) -> warehouse.Rows:
    """The claims that wait for a login to adopt them, of a case, a treasury, or all."""
    asked = {"case_number": number, "treasury_code": treasury_code, "are_adopted_shown": False}
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "acting/claims", **asked)


def adopt(number: int, event: int, bars: BarAnswer | None) -> int:
    """Propose with one's own login what a claim says; the proposal's event. A second login still confirms it."""
    claim = next((row for row in waiting(number) if row["event_number"] == event), None)
    if claim is None:
        raise Misdeclared(
            f"case {number}: event {event} is no claim that waits", next_action=f"see hailong case show {number}"
        )
    said = {"about_event": event, "note": claim["note"], "root_cause": claim["root_cause"]}
    if claim["proposal_kind"] == "closing_proposed":
        return cases.add(number, "closing_proposed", said | {"no_action_reason": claim["no_action_reason"]})
    if bars is None:
        raise Misdeclared(f"case {number}: legal bars are asked when a decision is proposed", next_action="give --bars")
    names = ("outcome", "action_code", "capacity", "legal_basis", "reason", "valid_from", "valid_to")
    with warehouse.transaction() as connection:
        today = Moment.now(connection).today
    decision = {name: claim[name] for name in names}
    decision["valid_from"] = max(claim["valid_from"], today)  # it holds from when logins decide, not before
    is_urgent = claim["proposal_kind"] == "urgent_proposed"
    return cases.decide(number, decision, said | {"legal_bars": bars}, is_urgent=is_urgent)
