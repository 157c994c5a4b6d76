"""Questions whether to publish a draft: one stands per period, and one that does not says why."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from etl import warehouse
from etl.errors import Misdeclared
from etl.publishing import approval, preview, revisions
from etl.publishing.approval import Answer, Candidate, Decision
from etl.registry import Registry
from etl.warehouse import Row

DAYS = 30
"""How long somebody is waited for."""


def asked_by(candidate: Candidate) -> str | None:
    """The run of the newest question about a period, where it is about the same figures."""
    newest = _newest(candidate.period)
    return str(newest["run_id"]) if newest and newest["figures_digest"] == candidate.figures_digest else None


def decision(run_id: str, loaded_by: Collection[str]) -> Decision:
    """The decision on the question of a run, by the rule of four eyes: see ``approval.decide``.

    Without an answer Misdeclared is raised.
    """
    row = _of_run(run_id)
    if row["answered_by"] is None:
        raise Misdeclared("nobody answered", next_action="clear the task approve, and answer")
    answer = Answer(
        row["answered_by"], row["comment"], row["is_approved"], row["is_provisional_allowed"], row["over_objections"]
    )
    return approval.decide(Candidate(**row["shown"]), answer, loaded_by)


def has_asked(run_id: str) -> bool:
    """Whether a run has asked somebody."""
    with warehouse.transaction() as connection:
        return bool(warehouse.rows(connection, "publishing/question_of_run", run_id=run_id))


@dataclass(frozen=True)
class Question:
    """What a run asks about: the draft as it was shown."""

    candidate: Candidate
    run_id: str

    @classmethod
    def of_run(cls, run_id: str) -> Question:
        """What a run has asked; one that has asked nothing raises Misdeclared."""
        return cls(Candidate(**_of_run(run_id)["shown"]), run_id)

    def ask(self) -> None:
        """Note that it is asked: every older question about the period is withdrawn by that.

        One whose draft is not the one that stands raises Misdeclared.
        """
        stale = self.stale()
        if stale:
            raise Misdeclared(stale, next_action=f"trigger the DAG again with the month {self.candidate.period}")
        asked = {
            "period_code": self.candidate.period,
            "figures_digest": self.candidate.figures_digest,
            "run_id": self.run_id,
            "candidate": json.dumps(self.candidate.values()),
        }
        with warehouse.transaction() as connection:
            warehouse.run(connection, "publishing/ask", asked)

    def answer(self, answer: Answer) -> None:
        """Note what a person answered."""
        said = {
            "run_id": self.run_id,
            "is_approved": answer.is_approved,
            "is_provisional_allowed": answer.is_provisional_allowed,
            "answered_by": answer.by,
            "comment": answer.comment,
            "over_objections": answer.over_objections,
        }
        with warehouse.transaction() as connection:
            warehouse.run(connection, "publishing/answer", said)

    def stale(self) -> str | None:
        """Why its draft cannot be published any more; None when it still can."""
        shown, period = self.candidate, Registry.configured().period(self.candidate.period)
        published = [row for row in revisions.of_period(period) if row["revision_number"]]
        if published and published[-1]["published_at"].isoformat() != shown.published_at:
            number, by = published[-1]["revision_number"], published[-1]["published_by"]
            return f"{period}: revision {number} was published by {by} after this was asked"
        try:
            now = Candidate.of(period.code)
        except Misdeclared:
            return f"{period}: the draft of {shown.rated_at} was discarded after this was asked"
        if now.figures_digest != shown.figures_digest:
            return f"{period}: a newer draft was made at {now.rated_at} after this was asked"
        return None

    def withdrawn(self) -> str | None:
        """Why it does not stand any more; None while it does."""
        newest = _newest(self.candidate.period)
        others = [] if newest is None or newest["run_id"] == self.run_id else [newest["run_id"]]
        return self.stale() or next((f"{self.candidate.period}: the run {run} asks anew" for run in others), None)

    def is_objected_to(self) -> bool:
        """Whether a treasury has objected since it was asked."""
        now = preview.open_objections(self.candidate.period)
        return not {row["objection_number"] for row in now} <= set(self.candidate.objections)

    def is_overdue(self) -> bool:
        """Whether nobody has answered for too long."""
        newest = _newest(self.candidate.period)
        return bool(newest and newest["is_overdue"])


def _newest(period: str) -> Row | None:
    """The newest question about a period; None without one."""
    with warehouse.transaction() as connection:
        rows = warehouse.rows(connection, "publishing/question", period_code=period, day_count=DAYS)
    return rows[0] if rows else None


def _of_run(run_id: str) -> Row:
    """The newest question of a run and its answer; a run that has not asked raises Misdeclared."""
    with warehouse.transaction() as connection:
        rows = warehouse.rows(connection, "publishing/question_of_run", run_id=run_id)
    if not rows or rows[0]["shown"] is None:
        raise Misdeclared(f"the run {run_id} has asked nobody", next_action="clear the task approve, and answer")
    return rows[0]
