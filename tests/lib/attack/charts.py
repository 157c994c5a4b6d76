"""Hidden months of an office by its run chart, and hidden offices by the reliability of shown ones.

Both are made again from what is shown. A figure that comes out otherwise is made of something hidden, and is one
equation in it: with one hidden month it is solved.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tests.lib.attack.counts import GRAIN
from tests.lib.attack.pairs import NONE
from tests.lib.attack.seen import Marts

REACH = 2.66
CLOSE = 1e-8
_AREA = ["area_level", "area_code"]
_LIMITS = ["centre_rate", "low_rate", "high_rate"]


def recovered(marts: Marts, period_code: str, earlier: Sequence[str]) -> pd.DataFrame:
    """Rates of hidden months, by charts that are not made of the shown months alone."""
    chart = marts.relations.get("run_chart")
    if chart is None:
        return NONE
    points = chart.pivot_table("satisfaction_rate", _AREA, "period_code", dropna=False)
    points = points.reindex(columns=[*earlier, period_code])
    drawn = chart[chart["period_code"].eq(period_code) & chart["centre_rate"].notna()].set_index(_AREA)
    found = []
    for area, said in drawn.iterrows():
        shown = points.loc[area].dropna().to_numpy(float)
        reach = REACH * np.abs(np.diff(shown)).mean() if len(shown) > 1 else np.nan
        again = [shown.mean(), shown.mean() - reach, shown.mean() + reach]
        if said["point_count"] == len(shown) and np.allclose(
            again, said[_LIMITS].to_numpy(float), rtol=0, atol=CLOSE, equal_nan=True
        ):
            continue
        months = [month for month in earlier if np.isnan(points.loc[area, month])]
        rate = said["centre_rate"] * said["point_count"] - shown.sum()
        keys = dict(zip(GRAIN, (months[-1] if months else period_code, *area, "total", "all"), strict=True))
        found.append({**keys, "measure": "satisfaction_rate", "value": rate, "way": "run_chart"})
    return pd.DataFrame(found, columns=NONE.columns)


def reliable(marts: Marts, period_code: str) -> pd.DataFrame:
    """Areas whose reliability does not follow from their own row, and from what shown areas say together.

    The one number behind all of a level is M; what a response is worth is the same for all, and is the shown answers
    that count as independent over the shown responses.
    """
    found: list[dict[str, object]] = []
    for level, name in (("treasury", "treasury_ranking"), ("unit", "unit_rating")):
        rows = marts.of(name, period_code)
        if "reliability" not in rows:
            continue
        rows = rows[rows["reliability"].notna()]
        if rows.empty:
            continue
        if level == "unit":
            rows = rows.assign(effective_count=_effective(rows))
        worth = max(rows["effective_count"].sum() / rows["response_count"].sum(), 1.0)
        size = rows["effective_count"] / worth
        is_off = (rows["effective_responses"] - size).abs().gt(1e-3)
        is_off |= (rows["reliability"] - size / (size + rows["reliability_half"])).abs().gt(1e-4)
        for row in rows[is_off].to_dict("records"):
            code = row["treasury_code"] if level == "treasury" else f"{row['treasury_code']}/{row['unit_code']}"
            keys = dict(zip(GRAIN, (period_code, level, code, "total", "all"), strict=True))
            found.append(
                {**keys, "measure": "response_count", "value": row["effective_responses"], "way": "reliability"}
            )
    return pd.DataFrame(found, columns=NONE.columns)


def _effective(rows: pd.DataFrame) -> pd.Series:
    """The whole effective number behind the standard error of each row: ``p̃(1 − p̃)/(n + 4)``, p̃ = (k + 2)/(n + 4)."""
    sizes = np.arange(1.0, 1 + rows["answer_count"].max())
    rates, errors = rows["satisfaction_rate"].to_numpy(float), rows["standard_error"].to_numpy(float)
    middle = (rates[:, None] * sizes + 2) / (sizes + 4)
    said = np.sqrt(middle * (1 - middle) / (sizes + 4))
    return pd.Series(sizes[np.abs(said - errors[:, None]).argmin(axis=1)], rows.index)
