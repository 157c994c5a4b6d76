"""The revisions of a period as they are listed: what reading them needs, and nothing that publishing needs."""

from __future__ import annotations

from typing import Any

from etl import warehouse
from etl.periods import Period
from etl.scoring import drafts


def of_period(period: Period) -> list[dict[str, Any]]:
    """The draft and the published revisions of a period, oldest first.

    A period without a draft raises Misdeclared.
    """
    with warehouse.transaction() as connection:
        rows = warehouse.rows(connection, "publishing/revisions", period_code=period.code)
    if not rows:
        raise drafts.not_rated(period)
    return rows


def is_draft_newer(period: Period) -> bool:
    """Whether a period's draft was made after its newest revision and has other figures.

    False where nothing is published, or no draft is kept.
    """
    with warehouse.transaction() as connection:
        for row in warehouse.rows(connection, "scoring/draft", period_code=period.code):
            if row["last_number"] and row["scored_at"] > row["last_published_at"]:  # else it is what was published
                return drafts.digest(connection, period) != str(row["last_figures_digest"])
    return False
