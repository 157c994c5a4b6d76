"""Decisions on drafts: who approved or rejected which figures, and why; in ``ops.decision``, and never changed."""

from __future__ import annotations

from etl import warehouse
from etl.publishing import publish


def digest(code: str) -> str:
    """The sha256 over the figures of a period's draft as it stands: what somebody decides on.

    Show the draft, ask, and publish with ``publication.Decision(…, figures_digest=…)``: a draft that was rated anew
    meanwhile is then refused. A period without a draft raises Misdeclared.
    """
    with warehouse.transaction() as connection:
        return publish.draft_digest(connection, code)


def note(code: str, decided_by: str, comment: str, is_approved: bool, *, figures_digest: str | None = None) -> None:
    """Keep a decision on the draft of a period. Note an approval after its publication: it then names the revision.

    ``figures_digest`` are the figures that were decided on, where that is known; else those of the draft as it stands.
    Nobody, or no comment, raises Misdeclared, and so does a period without a draft.
    """
    decision = publish.Decision(decided_by, comment)
    with warehouse.transaction() as connection:
        standing = publish.draft_digest(connection, code)
        said = {"decided_by": decision.published_by, "comment": decision.reason, "is_approved": is_approved}
        known = {"period_code": code, "figures_digest": figures_digest or standing}
        warehouse.run(connection, "publishing/decision", {**known, **said})
