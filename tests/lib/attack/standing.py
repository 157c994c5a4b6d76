"""Two hidden areas of one parent, by figures that shown areas owe to all areas of their level.

Where answers count as independent, such a figure depends on whole numbers only: each way to divide what the two have
together is tried, with the published formulas, and what the shown areas then would have is held against what they have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import digamma

from etl.scoring.statistics.false_discovery import adjusted
from etl.scoring.statistics.funnel import funnel
from etl.scoring.statistics.interval import standard_error
from etl.scoring.statistics.movement import difference_test
from etl.scoring.statistics.shrinkage import prior, shrunk
from tests.lib.attack.pairs import NONE, TENTH_DIGIT, counted
from tests.lib.attack.seen import Marts, cells

CLOSE = 2e-9
LIKELIEST = 50
"""How many ways to divide are fitted exactly, of those that the shown prior makes likely."""
MOST = 5000
Way = tuple[int, int]
"""The k and n of the first of two hidden areas."""


@dataclass(frozen=True)
class Level:
    """The areas of a level: the figures of the shown ones, two hidden ones, and what these have together."""

    table: pd.DataFrame
    """The totals of all areas, by code, with numerator k and denominator n."""
    names: tuple[str, str]
    hidden: list[str]
    together: tuple[int, int]
    target: float
    """The rate of the whole network."""

    @property
    def shown(self) -> pd.DataFrame:
        """The totals of the shown areas."""
        return self.table[self.table["n"].notna()]

    def ways(self) -> tuple[np.ndarray, np.ndarray]:
        """Every k and n that the first hidden area could have."""
        k, n = self.together
        first, of = (part.ravel() for part in np.meshgrid(np.arange(1, n), np.arange(k + 1), indexing="ij"))
        possible = (of <= first) & (k - of <= n - first)
        return of[possible], first[possible]

    def is_mirrored(self, one: Way, other: Way) -> bool:
        """Whether one way to divide is the other with both areas exchanged."""
        return all(a + b == whole for a, b, whole in zip(one, other, self.together, strict=True))

    def with_hidden(self, of: int, first: int) -> pd.DataFrame:
        """The table in which the hidden areas have these counts."""
        k, n = self.together
        one, two = self.hidden
        filled = self.table[["k", "n"]].copy()
        filled.loc[one], filled.loc[two] = (of, first), (k - of, n - first)
        return filled


def recovered(marts: Marts, period_code: str, before: str = "") -> pd.DataFrame:
    """Counts of two hidden areas that figures of shown ones name.

    The prior does not know which of the two is which: where nothing else tells, they come back in either order.
    """
    found = [NONE]
    for level in _levels(marts, period_code):
        # a figure that fits no way is made otherwise, and says nothing
        ways = list(zip(*level.ways(), strict=True))
        ways = _by_prior(level, ways) or ways
        if before and len(ways) <= MOST:
            ways = _by_change(level, cells(marts, before), ways) or ways
        if len(ways) <= MOST:
            ways = _by_funnel(level, ways) or ways
        if len(ways) == 1:
            found.append(_named(level, ways[0], period_code).assign(way="standing"))
        elif len(ways) == 2 and level.is_mirrored(*ways):
            found.append(_named(level, ways[0], period_code).assign(way="standing, in either order"))
    return pd.concat(found, ignore_index=True)


def _levels(marts: Marts, period_code: str) -> Iterator[Level]:
    """Treasuries and units, where exactly two of one parent are hidden."""
    table, ranking = cells(marts, period_code), marts.of("treasury_ranking", period_code)
    names = counted(ranking)
    if names is None:
        return
    totals = table[table["breakdown"].eq("total") & ~table["response_count"].eq(0)]
    treasuries = totals[totals["area_level"].eq("treasury")].assign(parent=lambda frame: frame["region_code"])
    units = totals[totals["area_level"].eq("unit")].assign(
        parent=lambda frame: frame["area_code"].str.split("/").str[0]
    )
    places = totals.set_index(["area_level", "area_code"])
    for areas, above, view in (
        (treasuries, "region", ranking.assign(area_code=ranking["treasury_code"])),
        (units, "treasury", marts.of("unit_rating", period_code).assign(area_code=_unit_codes)),
    ):
        hidden = areas[areas["response_count"].isna()]
        if len(hidden) != 2 or hidden["parent"].nunique() != 1:
            continue
        of_parent = areas[areas["parent"].eq(hidden["parent"].iloc[0])]
        whole = places.loc[(above, hidden["parent"].iloc[0])]
        together = tuple(int(whole[name] - of_parent[name].sum()) for name in names)
        extra = view.set_index("area_code").drop(columns=[*totals.columns, "treasury_code"], errors="ignore")
        joined = areas.set_index("area_code").join(extra)
        system = places.loc[("system", "all")]
        full = joined.assign(k=joined[names[0]], n=joined[names[1]])
        yield Level(full, names, hidden["area_code"].tolist(), together, system[names[0]] / system[names[1]])


def _unit_codes(frame: pd.DataFrame) -> pd.Series:
    """The area codes of units."""
    return frame["treasury_code"] + "/" + frame["unit_code"]


def _by_prior(level: Level, ways: list[Way]) -> list[Way]:
    """Ways to divide after which shown areas have their empirical-Bayes rates."""
    shown = level.shown[level.shown["empirical_bayes_rate"].notna()]
    if len(shown) < 3:
        return ways
    rate, k, n = (shown[name].to_numpy() for name in ("empirical_bayes_rate", "k", "n"))
    size, a = np.linalg.lstsq(np.column_stack([rate, -np.ones(len(rate))]), k - rate * n)[0]
    if not 0 < a < size:
        return ways
    nearest = np.argsort(_slope(level, *np.array(ways).T, (a, size - a)))[:LIKELIEST]
    fits = []
    for way in (ways[place] for place in nearest):
        filled = level.with_hidden(*way)
        made = prior(filled["k"], filled["n"])
        if made and (abs(shrunk(k, n, made) - rate) < TENTH_DIGIT).all():
            fits.append(way)
    return fits


def _slope(level: Level, of: np.ndarray, first: np.ndarray, beta: tuple[float, float]) -> np.ndarray:
    """How steep the likelihood is at a prior, for each way."""
    (a, b), (k, n) = beta, level.together
    shown = level.shown
    by_a, by_b = (pull.sum() for pull in _pulls(shown["k"].to_numpy(), shown["n"].to_numpy(), beta))
    for hidden in ((of, first), (k - of, n - first)):
        pulls = _pulls(*hidden, beta)
        by_a, by_b = by_a + pulls[0], by_b + pulls[1]
    return np.hypot((by_a - by_b) * a * b / (a + b), by_a * a + by_b * b)


def _pulls(k: np.ndarray, n: np.ndarray, beta: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """What each area adds to the likelihood's slope in a and b."""
    a, b = beta
    common = digamma(n + a + b) - digamma(a + b)
    return common - digamma(k + a) + digamma(a), common - digamma(n - k + b) + digamma(b)


def _by_funnel(level: Level, ways: list[Way]) -> list[Way]:
    """Ways to divide after which shown areas have their funnel limits."""
    ranked = level.shown[level.shown["rank"].notna()]
    if "funnel_warning_low" not in ranked or ranked.empty:
        return ways
    missing = int(ranked["ranked_count"].iloc[0]) - len(ranked)
    with_rank = {0: [[]], 1: [[0], [1]], 2: [[0, 1]]}[missing]
    fits = []
    for way in ways:
        filled = level.with_hidden(*way)
        for places in with_rank:
            table = filled.loc[[*ranked.index, *(level.hidden[place] for place in places)]]
            low = funnel(table["k"] / table["n"], table["n"], level.target).low[: len(ranked), 0]
            if (abs(low - ranked["funnel_warning_low"]) < TENTH_DIGIT).all():
                fits.append(way)
    return list(dict.fromkeys(fits))


def _by_change(level: Level, before: pd.DataFrame, ways: list[Way]) -> list[Way]:
    """Ways to divide after which shown areas have their p values."""
    areas = level.table["area_level"].iloc[0]
    then = before[before["area_level"].eq(areas) & before["breakdown"].eq("total")].set_index("area_code")
    then = then.reindex(level.table.index)[["satisfaction_rate", "standard_error"]].to_numpy(float).T
    said = level.table["change_p_value"].to_numpy(float)
    is_tested = level.table["n"].notna().to_numpy() & ~np.isnan(said)
    fits = []
    for way in ways:
        k, n = level.with_hidden(*way)[["k", "n"]].to_numpy(float).T
        made = adjusted(difference_test(k / n, standard_error(k, n), *then))
        if (abs(made - said)[is_tested] < CLOSE).all():
            fits.append(way)
    return fits


def _named(level: Level, way: Way, period_code: str) -> pd.DataFrame:
    """The counts of both hidden areas, as what was recovered."""
    filled = level.with_hidden(*way).loc[level.hidden]
    found = filled.rename(columns=dict(zip("kn", level.names, strict=True))).reset_index()
    found = found.melt("area_code", list(level.names), "measure", "value")
    areas = level.table["area_level"].iloc[0]
    keys = {"period_code": period_code, "area_level": areas, "breakdown": "total", "member_code": "all"}
    return found.assign(**keys, way="")[NONE.columns]
