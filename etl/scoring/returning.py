"""The respondents who answered in two periods, and how far they make its rates move together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from etl import warehouse
from etl.periods import Period
from etl.registry.ruled import Ruled
from etl.scoring.statistics.covariance import SUMS, covariance
from etl.scoring.statistics.standings import KEY

_COUNTED = {"rate": "satisfaction_rate", "denominator": "rate_denominator", "response_count": "response_count"}


@dataclass(frozen=True)
class EarlierPeriod:
    """An earlier period, and the prefix that its figures have beside those of now."""

    period: Period | None
    prefix: str


def overlap(connection: warehouse.Connection, ruled: Ruled, areas: pd.DataFrame, before: EarlierPeriod) -> pd.DataFrame:
    """The columns ``covariance`` and ``returning_share``, with a period's prefix, of areas that it has figures of.

    ``areas``: area_level, area_code, treasury_id, and satisfaction_rate, rate_denominator and response_count of now
    and, with the prefix, of before. Both are empty where nobody came back, or the rule set takes who did for others.
    They are as they are kept: a revision that is made again has them from there.
    """
    movement, prefix = ruled.rule_set.movement, before.prefix
    names = [f"{prefix}_covariance", f"{prefix}_returning_share"]
    is_counted = movement is not None and movement.returning == "counted"
    known = areas.loc[areas[f"{prefix}_satisfaction_rate"].notna(), "treasury_id"].dropna().unique().tolist()
    if before.period is None or not is_counted or not known:
        return pd.DataFrame(np.nan, index=areas.index, columns=names)
    rows = warehouse.rows(connection, "scoring/returning", **_asked(ruled, before.period), treasury_ids=known)
    counted = areas[KEY].merge(pd.DataFrame(rows, columns=[*KEY, *SUMS]), on=KEY, how="left", validate="1:1")
    for name, column in _COUNTED.items():
        counted[name] = areas[column].to_numpy(float)
        counted[f"before_{name}"] = areas[f"{prefix}_{column}"].to_numpy(float)
    shared, share = covariance(counted, ruled.rule_set.least_shown)
    found = np.where((share > 0)[:, None], np.column_stack([shared.round(16), share.round(10)]), np.nan)
    return pd.DataFrame(found, index=areas.index, columns=names)


def _asked(ruled: Ruled, before: Period) -> dict[str, object]:
    """The months of both periods, and what is counted of their answers."""
    now, then = ruled.period.bounds, before.bounds
    return {
        **now,
        "before_first_month": then["first_month"],
        "before_last_month": then["last_month"],
        "definition_code": ruled.rule_set.rate.definition,
        **ruled.rule_set.counting.params(),
    }
