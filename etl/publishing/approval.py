"""Who may publish a draft, and the decisions that were made."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from etl import vietnamese, warehouse
from etl.errors import Misdeclared
from etl.publishing import preview
from etl.registry import Registry
from etl.scoring import drafts

UNATTENDED = "unattended"
"""Who publishes where approval is switched off."""


@dataclass(frozen=True)
class Decision:
    """Who publishes which figures, and why; whether also where only names, codes or bands are new.

    ``over_objections``: why it is published although treasuries object; it is kept, and shown with the revision.
    ``seen_objections``: the numbers of those that were open then; a later one is decided on again.
    """

    published_by: str
    reason: str
    is_provisional_allowed: bool = False
    figures_digest: str | None = None
    are_names_news: bool = False
    over_objections: str | None = None
    seen_objections: list[int] | None = None

    def __post_init__(self) -> None:
        if not (self.published_by.strip() and self.reason.strip()):
            raise Misdeclared(
                "a revision needs somebody who publishes it, and a reason",
                next_action="say why with --why, for those who read it in years",
            )

    def values(self) -> dict[str, Any]:
        """The decision as plain values: it travels between tasks."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Candidate:
    """A draft that somebody is asked about.

    ``is_news``: whether it says anything that the newest revision does not say. ``rated_at`` is local time;
    ``objections`` are the numbers of those that are open.
    """

    period: str
    month_status: str
    figures_digest: str
    is_news: bool
    published_at: str | None
    rated_at: str
    loaded_count: int
    open_count: int
    objections: list[int] = dataclasses.field(default_factory=list)

    @classmethod
    def of(cls, code: str) -> Candidate:
        """The draft of a period now; without one Misdeclared is raised."""
        period = Registry.configured().period(code)
        with warehouse.transaction() as connection:
            draft = drafts.draft(connection, period)
            digest = drafts.digest(connection, period)
        objections = [row["objection_number"] for row in preview.open_objections(period.code)]
        is_published = bool(draft["last_number"])
        return cls(
            period=period.code,
            month_status=draft["month_status"],
            figures_digest=digest,
            is_news=not is_published or draft["last_figures_digest"] != digest,
            published_at=draft["last_published_at"].isoformat() if is_published else None,
            rated_at=drafts.made_at(draft),
            loaded_count=draft["loaded_count"],
            open_count=draft["open_count"],
            objections=objections,
        )

    @property
    def question(self) -> str:
        """What somebody is asked, in one line of Vietnamese and English: which draft it is of several of a period."""
        status = vietnamese.word(self.month_status, "vi")
        return (
            f"Công bố {self.period}? (bản nháp lập lúc {self.rated_at}, {self.loaded_count}/{self.open_count} kho bạc, "
            f"số liệu {status}) · Publish {self.period}?"
            f" (draft of {self.rated_at}, {self.loaded_count} of {self.open_count} in, {self.month_status})"
        )

    @property
    def nothing_new(self) -> str:
        """What is told of a draft without news."""
        return f"Nothing to publish: the draft of {self.period} says what its newest revision says."

    def values(self) -> dict[str, Any]:
        """The candidate as plain values: it travels between tasks."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Answer:
    """What a person said to the question whether to publish a draft."""

    by: str
    comment: str
    is_approved: bool
    is_provisional_allowed: bool = False
    over_objections: str | None = None


def reason_not_to_ask(candidate: Candidate, *, is_attended: bool) -> str | None:
    """Why a draft cannot be published now; None when it can."""
    if not candidate.is_news:
        return candidate.nothing_new
    if not is_attended and candidate.month_status != "final":
        return f"{candidate.period} is {candidate.month_status}: unattended, only a final month is published."
    return None


def unattended(candidate: Candidate) -> Decision:
    """The decision to publish a final draft where approval is switched off."""
    return Decision(UNATTENDED, "it is final, and approval is switched off", figures_digest=candidate.figures_digest)


def decide(candidate: Candidate, answer: Answer, loaded_by: Collection[str]) -> Decision:
    """Turn an answer into a decision, by the rule of four eyes.

    Whoever ran the month (``loaded_by``) may not approve it.

    An answer without a comment, a rejection (which is kept) and an approval of one's own run raise Misdeclared.
    """
    if not answer.comment:
        raise Misdeclared(
            f"{candidate.period} is not published: {answer.by} gave no comment",
            next_action="clear the task approve, and answer with a comment",
        )
    if not answer.is_approved:
        record(candidate.period, Decision(answer.by, answer.comment, figures_digest=candidate.figures_digest), False)
        raise Misdeclared(
            f"{candidate.period} was rejected by {answer.by}: {answer.comment}",
            next_action="mend what the comment names and run the month again, or clear the task approve",
        )
    if answer.by in loaded_by:
        raise Misdeclared(
            f"{candidate.period} is not published: {answer.by} approved it, and has run it",
            next_action="clear the task approve, and let somebody else answer",
        )
    return Decision(
        answer.by,
        answer.comment,
        answer.is_provisional_allowed,
        candidate.figures_digest,
        over_objections=answer.over_objections,
        seen_objections=candidate.objections,
    )


def digest(code: str) -> str:
    """The sha256 over the figures of a period's draft as it stands.

    Show the draft, ask, and publish with ``Decision(…, figures_digest=…)``: a draft that was rated anew meanwhile is
    then refused. A period without a draft raises Misdeclared.
    """
    with warehouse.transaction() as connection:
        return drafts.digest(connection, Registry.configured().period(code))


def record(code: str, decision: Decision, is_approved: bool) -> None:
    """Keep a decision on the draft of a period.

    Record an approval once it is published: it then names the revision.

    A decision that names no figures is on those of the draft as it stands. A period without a draft raises Misdeclared.
    """
    period = Registry.configured().period(code)
    with warehouse.transaction() as connection:
        standing = drafts.digest(connection, period)
        row = {
            "period_code": period.code,
            "figures_digest": decision.figures_digest or standing,
            "decided_by": decision.published_by,
            "comment": decision.reason,
            "is_approved": is_approved,
        }
        warehouse.run(connection, "publishing/decision", row)
