"""The whole network's criterion, where it is hidden, by the gap of a shown area to it."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from etl.scoring.statistics.interval import standard_error
from tests.lib.attack.counts import GRAIN
from tests.lib.attack.pairs import NONE
from tests.lib.attack.seen import Marts, cells

LEVEL = 0.95
"""Of the limits, by the rule set."""
MOST = 1_000_000
"""Responses of the whole network, where even those are hidden."""


def recovered(marts: Marts, period_code: str) -> pd.DataFrame:
    """Hidden criteria of the whole network, by the gaps of shown areas."""
    table, gaps = cells(marts, period_code), marts.relations.get("weakness")
    system = table[table["area_level"].eq("system")]
    hidden = system[system["breakdown"].eq("criterion") & system["answer_count"].isna()]
    if gaps is None or hidden.empty:
        return NONE
    most = system.loc[system["breakdown"].eq("total"), "response_count"].fillna(MOST).max()
    gaps = gaps[gaps["period_code"].eq(period_code) & gaps["criterion_code"].isin(hidden["member_code"])]
    found = []
    for criterion, rows in gaps.groupby("criterion_code"):
        fits = set.intersection(*(_fitting(row, int(most)) for row in rows.to_dict("records")))
        if len(fits) == 1:
            keys = dict(zip(GRAIN, (period_code, "system", "all", "criterion", criterion), strict=True))
            values = zip(("satisfied_count", "answer_count"), fits.pop(), strict=True)
            found += [{**keys, "measure": measure, "value": value, "way": "gap_points"} for measure, value in values]
    return pd.DataFrame(found, columns=NONE.columns)


def _fitting(row: dict[str, float], most: int) -> set[tuple[int, int]]:
    """The network's counts that give an area its gap and limits."""
    k, n = row["satisfied_count"], row["answer_count"]
    answers = np.arange(int(n) + 1, most + 1)
    rate = k / n - row["gap_points"] / 100
    satisfied = np.round(rate * answers)
    possible = (satisfied >= k) & (satisfied - k <= answers - n) & (abs(satisfied / answers - rate) < 1e-10)
    answers, satisfied = answers[possible], satisfied[possible]
    error = (1 - n / answers) * np.hypot(standard_error(k, n), standard_error(satisfied - k, answers - n))
    half = NormalDist().inv_cdf((1 + LEVEL) / 2) * error
    said = (row["gap_high_points"] - row["gap_low_points"]) / 200
    fits = abs(half - said) < 1e-9
    return set(zip(satisfied[fits].astype(int).tolist(), answers[fits].tolist(), strict=True))
