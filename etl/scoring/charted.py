"""The earlier points of each office's run chart: its rates in the published months before."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd

from etl import warehouse
from etl.registry import area_rules
from etl.registry.ruled import Ruled


def earlier_points(connection: warehouse.Connection, ruled: Ruled, areas: pd.DataFrame) -> pd.Series:
    """By area (area_level, treasury_id, unit_code), the rate by month code as JSON.

    None for rounds, and without rules of areas. A month that hides the area, or has no answers of it, is not there.
    """
    rules, period = area_rules.in_force(ruled.registry.area_rules, ruled.period), ruled.period
    if rules is None or period.is_round:
        return pd.Series([None] * len(areas), areas.index, dtype=object)
    first = period.first_day
    months = first.year * 12 + first.month - rules.run_chart.months
    bounds = {"first_month": dt.date(months // 12, months % 12 + 1, 1), "last_month": first - dt.timedelta(1)}
    asked = {"definition_digest": ruled.rule_set.definition_digest, "questionnaire_code": ruled.questionnaire.code}
    past: dict[tuple[str, int, str], dict[str, float]] = {}
    for row in warehouse.rows(connection, "scoring/charted", **bounds, **asked):
        key = row["area_level"], row["treasury_id"], row["unit_code"] or ""
        past.setdefault(key, {})[row["period_code"]] = row["satisfaction_rate"]
    keys = zip(areas["area_level"], areas["treasury_id"], areas["unit_code"].fillna(""), strict=True)
    return pd.Series([json.dumps(past.get(key, {})) for key in keys], areas.index, dtype=object)
