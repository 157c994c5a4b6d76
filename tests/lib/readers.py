"""What readers stand before: the login that is made for them, and a warehouse with a published month."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from etl import settings
from etl.publishing import publish
from etl.publishing.publish import Decision
from tests.lib.kept import Kept
from tests.lib.months import run_month
from tests.lib.networks import small_network

MONTH = "2023-07"
OF_RUNS = (
    *("month_quality", "freshness", "answer_signal", "action_summary", "treasury_action", "treasury_case"),
    *("quality_report", "release_calendar"),
)
"""Marts that say how the last run went, what is done about it, or what is declared now, not only what was published."""


@dataclass(frozen=True)
class Published:
    """A warehouse in which July 2023 of two treasuries is published, as its owner and as a reader enter it."""

    owner: sa.URL
    reader: sa.URL


def july() -> None:
    """July 2023 of two treasuries, published."""
    run_month(MONTH)
    assert publish.publish(MONTH, Decision("anna", "complete", is_provisional_allowed=True)) == 1


PUBLISHED = Kept("two in July, published", july, small_network)


def reader_script(login: str, password: str, database: str) -> list[str]:
    """The statements of the file that makes a reader's login, with one's own names."""
    text = (settings.SQL / "guest" / "reader.postgresql.sql").read_text("utf-8")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    for example, own in {
        "bi_tool": login,
        "a-long-password": password,
        "database warehouse": f"database {database}",
    }.items():
        assert example in text
        text = text.replace(example, own)
    return [one.strip() for one in text.split(";") if one.strip()]
