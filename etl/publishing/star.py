"""The star: the newest published figures of every month as tables.

The views of ``sql/marts/views`` show any revision; the star always shows the newest published one, small cells hidden,
and is made of the same schema ``shown``. Months only: a round is the sum of its months, and would be counted twice.
Only the warehouse's owner writes it: whoever publishes has it written by ``score.publish_draft``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from etl import warehouse

DIMENSIONS = (
    "region", "treasury", "unit", "criterion", "procedure", "channel", "respondent_type", "grade", "month",
)  # fmt: skip
FACTS = ("treasury", "unit", "criterion", "procedure", "channel", "respondent_type")


def refresh(connection: warehouse.Connection, months: Iterable[dt.date]) -> None:
    """Update the dimensions, and replace the facts of some months.

    Twice is as good as once. A month of which nothing is published loses its facts.
    """
    warehouse.run(connection, "marts/star/refresh", {"survey_months": list(months)})


def differences(connection: warehouse.Connection, key: dict[str, Any]) -> list[str]:
    """Where the star does not say what a revision says, in words.

    ``key``: period_code, revision_number. Of a revision that is not the newest of a month nothing is said.
    """
    rows = warehouse.rows(connection, "marts/star/differences", **key)
    return [f"{row['row_count']} rows of {row['relation_name']}" for row in rows]


def catch_up(connection: warehouse.Connection, is_anew: bool) -> bool:
    """Replace the facts of outdated months, or of all; whether any were."""
    behind = warehouse.rows(connection, "marts/star/published" if is_anew else "marts/star/outdated")
    if behind:
        refresh(connection, [row["survey_month"] for row in behind])
    return bool(behind)
