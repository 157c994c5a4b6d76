"""The draft of a period: revision 0, until it is rated again."""

from __future__ import annotations

from typing import Any

from etl import warehouse
from etl.errors import Misdeclared
from etl.periods import Period
from etl.warehouse import locks

NUMBER = 0
"""The revision number under which a draft is kept."""


def draft(connection: warehouse.Connection, period: Period) -> dict[str, Any]:
    """A period's draft, with its newest revision's number; none raises Misdeclared."""
    for row in warehouse.rows(connection, "scoring/draft", period_code=period.code):
        return row
    raise not_rated(period)


def not_rated(period: Period) -> Misdeclared:
    """The error of a period without a draft."""
    command = "rate" if period.is_round else "run"
    return Misdeclared(f"{period} was not rated yet", next_action=f"rate it: hailong {command} {period}")


def digest(connection: warehouse.Connection, period: Period) -> str:
    """The sha256 over all figures of a period's draft; none raises Misdeclared."""
    draft(connection, period)
    return figures_digest(connection, {"period_code": period.code, "revision_number": NUMBER})


def figures_digest(connection: warehouse.Connection, key: dict[str, Any]) -> str:
    """The sha256 over all figures of a draft or revision (period_code, revision_number)."""
    return str(warehouse.rows(connection, "scoring/figures_digest", **key)[0]["figures_digest"])


def lock(connection: warehouse.Connection, period: Period) -> None:
    """Lock a period's months against loading, rating and publishing.

    Until the transaction ends.
    """
    for month in period.months:
        locks.lock_month(connection, month.first_day)


def refuse_edited(connection: warehouse.Connection, period: Period) -> None:
    """Raise Misdeclared where a round's months changed after it was rated."""
    for row in warehouse.rows(connection, "scoring/rated_months", period_code=period.code):
        if row != period.bounds:
            raise Misdeclared(
                f"the round {period} was edited after it was rated",
                next_action="restore its months in rounds.yaml, and give other months a code of their own",
            )
