"""Read what a bulletin says of one revision of a period from the marts, as it stands at one moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from etl import warehouse
from etl.errors import Misdeclared
from etl.periods import Period
from etl.registry import Registry, rule_sets, suggestions
from etl.reports.bulletin import drawings
from etl.reports.bulletin.content import Content
from etl.scoring import drafts


def content(code: str, revision: int | None = None) -> Content:
    """What the bulletin of a period says.

    Of a published revision, of the draft (0), or of the newest one (None).
    Without a published revision, the newest one is the draft. A revision that there is not raises Misdeclared.
    """
    registry = Registry.configured()
    period = registry.period(code)
    shown = "latest" if revision is None else "draft" if revision == 0 else str(revision)
    key = {"period_code": period.code}
    with warehouse.snapshot() as connection:
        trend = warehouse.rows(connection, "reports/bulletin/trend", **key)
        warehouse.show(connection, shown)
        periods = warehouse.rows(connection, "reports/bulletin/period", **key)
        if not periods:
            raise _not_there(period, revision)
        of_period = ("ranking", "figures", "units", "weaknesses", "signals", "revisions", "report", "effects", "cases")
        read: dict[str, Any] = {
            name: warehouse.rows(connection, f"reports/bulletin/{name}", **key) for name in of_period
        }
        read["quality"] = warehouse.rows(connection, "reports/bulletin/quality", **period.bounds)
        for name in ("done", "footnotes"):
            read[name] = warehouse.rows(connection, f"reports/bulletin/{name}")
        provinces = warehouse.rows(connection, "reports/provinces", **key)
    about = {**periods[0], "contact": registry.network.contact, "next_due": _next_due(registry, period)}
    rule_set = rule_sets.named(registry.path, about["rule_set_code"], about["rule_set_digest"])
    drawn = tuple(drawings.of_period(registry, period, read["ranking"], provinces))
    if about["stored_number"]:
        read["signals"] = []  # they are of the last rating, and not of a revision
    tried = suggestions.in_force(registry.path, registry.questionnaires, period)
    rules = rule_set.model_dump(mode="json")
    return Content(period=about, trend=trend, rules=rules, drawings=drawn, suggestions=tried, **read)


def _next_due(registry: Registry, period: Period) -> dt.date | None:
    """When the month after a month is to be published; None for a round, or where no day is declared."""
    day = registry.network.publish_by_day
    if day is None or period.is_round:
        return None
    return period.last.next().next().first_day.replace(day=day)


def _not_there(period: Period, revision: int | None) -> Misdeclared:
    """What is wrong with a revision that there is not."""
    if not revision:
        return drafts.not_rated(period)
    return Misdeclared(f"{period} has no revision {revision}", next_action=f"see hailong revisions {period}")
