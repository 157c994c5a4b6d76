"""The decisions on persons that took effect, with the months of the answers that led to each; kept with a draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from etl import warehouse
from etl.acting.officers.standing import month_of
from etl.periods import SurveyMonth
from etl.registry.actions import Ladder

TAKEN = ["event_number", "person_id", "action_code", "took_effect_month", "selecting_from", "selecting_until"]
"""The columns of decisions as they are kept; months are their first days."""


def keep(connection: warehouse.Connection, ladder: Ladder, known: Mapping[str, Any]) -> None:
    """Keep with a draft the decisions that its events know: period_code and last_event_number.

    A decision on a recommendation was led to by the answers of all months that its step looks at, another by those of
    the month of its evidence.
    """
    months = {step.code: max((way.months or 1) * (way.of or 1) for way in step.ways) for step in ladder.steps}
    for row in warehouse.rows(connection, "acting/actions_known", last_event_number=known["last_event_number"]):
        first = min(row["first_month"], first_day(month_of(row["last_month"]) - months.get(row["step_code"], 1) + 1))
        kept = {
            "period_code": known["period_code"],
            **{name: row[name] for name in ("event_number", "person_id", "action_code")},
            "took_effect_month": row["happened_on"].replace(day=1),
            "selecting_from": first,
            "selecting_until": row["last_month"],
        }
        warehouse.run(connection, "acting/keep_officer_action", kept)


def kept(connection: warehouse.Connection, period_code: str) -> pd.DataFrame:
    """The decisions that are kept with a draft: ``TAKEN``."""
    return pd.DataFrame(warehouse.rows(connection, "acting/officer_action", period_code=period_code), columns=TAKEN)


def first_day(month: int) -> dt.date:
    """The first day of a month that is counted from year 0."""
    return SurveyMonth(month // 12, month % 12 + 1).first_day
