"""The draft of a period: revision 0, until it is rated again."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from etl import settings, warehouse
from etl.errors import Misdeclared
from etl.periods import Period
from etl.registry import Registry
from etl.warehouse import locks

NUMBER = 0
"""The revision number under which a draft is kept."""


def draft(connection: warehouse.Connection, period: Period) -> dict[str, Any]:
    """A period's draft, with its newest revision's number; none raises Misdeclared."""
    for row in warehouse.rows(connection, "scoring/draft", period_code=period.code):
        return row
    raise Misdeclared(f"{period} has no draft", next_action=_to_rate(period))


def discard(code: str) -> dict[str, Any]:
    """Discard a period's draft; its row as it was (``draft``).

    Its figures, signals and verdict go. The loaded answers and every published revision stay, and the verdict is that
    of the newest revision. A period without a draft raises Misdeclared.
    """
    period = Registry.configured().period(code)
    key = {"period_code": period.code}
    with warehouse.transaction() as connection:
        lock(connection, period)
        for row in warehouse.rows(connection, "scoring/draft", **key):
            for name in ("clear_draft", "clear_signal", "discard_draft", "take_back_verdict"):
                warehouse.run(connection, f"scoring/{name}", key)
            return row
    raise Misdeclared(
        f"{period} has no draft: nothing is discarded", next_action=f"see what there is: hailong revisions {period}"
    )


def made_at(draft: dict[str, Any]) -> str:
    """When a draft was made, in the network's local time."""
    return f"{draft['scored_at'].astimezone(ZoneInfo(settings.time_zone())):%Y-%m-%d %H:%M}"


def not_rated(period: Period) -> Misdeclared:
    """The error of a period without a draft or revision."""
    return Misdeclared(f"{period} was not rated yet", next_action=_to_rate(period))


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


def _to_rate(period: Period) -> str:
    """What makes a draft of a period."""
    return f"rate it: hailong {'rate' if period.is_round else 'run'} {period}"
