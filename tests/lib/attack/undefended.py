"""Marts that hide counts and nothing else: every figure is made of all cells, to ten digits, as if none was hidden.

What the attacker must be able to open, whatever is defended by now; answers count as independent ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from etl.scoring.statistics.false_discovery import adjusted
from etl.scoring.statistics.interval import standard_error
from etl.scoring.statistics.movement import difference_test
from etl.scoring.statistics.shrinkage import prior, shrunk
from etl.scoring.statistics.standardisation import standardised
from etl.scoring.statistics.weakness import gaps
from tests.lib.attack import made
from tests.lib.attack.counts import GRAIN, MEASURES
from tests.lib.attack.made import Shape
from tests.lib.attack.seen import Marts

Hidden = Callable[[pd.DataFrame], pd.Series]
Months = Mapping[str, pd.DataFrame]
"""Responses by month, the earliest first."""


def marts(shape: Shape, months: Months, hidden: Hidden) -> Marts:
    """What a reader would see; ``hidden`` says which cells are hidden."""
    factor_of = made.factors(shape)
    true = {month: _figures(made.counted(people, factor_of), month) for month, people in months.items()}
    views = [_standing(true, month) for month in months]
    relations = {"dim_criterion": pd.DataFrame({"criterion_code": list(factor_of)})}
    ranking = pd.concat(views).assign(definition_code="share_of_answers")
    shown = pd.concat([_shown(table, hidden(table)) for table in true.values()])
    of = {level: _of_level(shown, ranking, level) for level in ("treasury", "unit")}
    mix = pd.concat([_mix(months, month) for month in months])
    relations["treasury_ranking"] = of["treasury"].merge(mix, on=["period_code", "treasury_code"], how="left")
    relations["treasury_trend"] = relations["treasury_ranking"]
    relations["unit_rating"] = of["unit"]
    relations["breakdown_rating"] = shown
    relations["weakness"] = pd.concat([_weaknesses(true[month], shown, month) for month in months])
    signals = pd.concat([_signals(true, months, month) for month in months])
    totals = pd.concat([of["treasury"].assign(unit_code="all"), of["unit"]])
    on = ["period_code", "area_level", "treasury_code", "unit_code"]
    is_shown = totals["response_count"].notna()
    relations["answer_signal"] = signals.merge(totals.loc[is_shown, on], on=on, validate="many_to_one")
    return Marts(relations)


def _figures(cells: pd.DataFrame, month: str) -> pd.DataFrame:
    """Cells with rate and standard error."""
    k, n = cells["satisfied_count"], cells["answer_count"]
    rates = {"satisfaction_rate": (k / n).round(10), "standard_error": standard_error(k, n).round(12)}
    return cells.drop(columns="treasury_id").assign(period_code=month, rank=np.nan, ranked_count=np.nan, **rates)


def _shown(cells: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    """The cells without the figures of the hidden ones."""
    names = [*MEASURES, "satisfaction_rate", "standard_error"]
    return cells.assign(**{name: cells[name].astype(float).mask(hidden) for name in names})


def _of_level(shown: pd.DataFrame, standing: pd.DataFrame, level: str) -> pd.DataFrame:
    """The totals of treasuries or units with their standing, hidden ones without."""
    some = shown[shown["area_level"].eq(level) & shown["breakdown"].eq("total")]
    some = some.merge(standing, on=[*GRAIN[:3]], how="left", validate="one_to_one")
    code = some["area_code"].str.split("/", expand=True).reindex(columns=[0, 1])
    some = some.assign(treasury_code=code[0], unit_code=code[1])
    made_of_all = list(standing.columns[3:-1])
    is_hidden = some["response_count"].isna()
    return some.assign(**{name: some[name].mask(is_hidden) for name in made_of_all})


def _standing(true: Mapping[str, pd.DataFrame], month: str) -> pd.DataFrame:
    """Empirical-Bayes rates and p values, made of all areas."""
    before = max((other for other in true if other < month), default=None)
    found = []
    for level in ("treasury", "unit"):
        areas = _totals(true[month], level)
        k, n = areas["satisfied_count"].to_numpy(float), areas["answer_count"].to_numpy(float)
        fitted = prior(k, n)
        rates = shrunk(k, n, fitted).round(10) if fitted else np.full(len(k), np.nan)
        p_values = np.full(len(k), np.nan)
        if before:
            then = _totals(true[before], level).reindex(areas.index)
            error = then["standard_error"].to_numpy(float)
            tested = difference_test(k / n, standard_error(k, n), then["satisfaction_rate"].to_numpy(float), error)
            p_values = adjusted(tested).round(10)
        keys = areas.reset_index()[["period_code", "area_level", "area_code"]]
        found.append(keys.assign(empirical_bayes_rate=rates, change_p_value=p_values))
    return pd.concat(found)


def _totals(cells: pd.DataFrame, level: str) -> pd.DataFrame:
    """The totals of a level by area."""
    return cells[cells["area_level"].eq(level) & cells["breakdown"].eq("total")].set_index("area_code")


def _weaknesses(cells: pd.DataFrame, shown: pd.DataFrame, month: str) -> pd.DataFrame:
    """Gaps of shown treasuries to the network by criterion, in points."""
    criteria = cells[cells["breakdown"].eq("criterion")]
    level = criteria["area_level"]
    found = gaps(criteria[level.eq("treasury")], criteria[level.eq("system")], 0.95)
    points = {f"{name}_points": 100 * found[name].round(10) for name in ("gap", "gap_low", "gap_high")}
    on = [*GRAIN[1:3], "member_code"]
    now = shown[shown["period_code"].eq(month) & shown["breakdown"].eq("criterion") & shown["answer_count"].notna()]
    joined = now.merge(found[on].assign(**points), on=on, validate="one_to_one")
    return joined.assign(criterion_code=joined["member_code"])


def _mix(months: Months, month: str) -> pd.DataFrame:
    """Standardised rate and distance of the mix of each treasury."""
    counts = {name: _strata(people) for name, people in months.items()}
    now, before = counts[month], counts.get(max((other for other in months if other < month), default=""))
    table = now.rename(columns={"treasury": "area", "kind": "stratum"})
    found = standardised(table).round(10).rename_axis("treasury_code").reset_index()
    if before is not None:
        distance = _distance(now.set_index("kind"), before.set_index("kind"), "treasury").round(10)
        found = found.merge(distance.rename("mix_distance"), left_on="treasury_code", right_index=True, how="left")
    return found.assign(period_code=month)


def _strata(people: pd.DataFrame) -> pd.DataFrame:
    """Counts by treasury and kind of customer."""
    level = people.drop(columns=made.KINDS).to_numpy()
    scored = people.assign(
        kind=people["respondent_type"] + "|" + people["channel"],
        response_count=1,
        answer_count=(level > 0).sum(axis=1),
        satisfied_count=(level >= 4).sum(axis=1),
    )
    scored = scored[scored["answer_count"].gt(0)]
    return scored.groupby(["treasury", "kind"])[MEASURES[:3]].sum().reset_index()


def _distance(now: pd.DataFrame, before: pd.DataFrame, area: str) -> pd.Series:
    """Half the sum of the differences of shares, by area."""
    both = [table.set_index(area, append=True)["response_count"].groupby(level=[0, 1]).sum() for table in (now, before)]
    counts = pd.concat(both, axis="columns", keys=["now", "then"]).fillna(0)
    shares = counts / counts.groupby(level=1).transform("sum")
    return ((shares["now"] - shares["then"]).abs().groupby(level=1).sum() / 2).dropna()


def _signals(true: Mapping[str, pd.DataFrame], months: Months, month: str) -> pd.DataFrame:
    """Signals that look at earlier months, and the share of missing answers."""
    earlier = [true[other] for other in months if other < month]
    now, asked = true[month], true[month]["member_code"].loc[true[month]["breakdown"].eq("criterion")].nunique()
    rows = []
    for level in ("treasury", "unit"):
        totals = _totals(now, level)
        missing = 1 - totals["answer_count"] / totals["response_count"] / asked
        rows += [(level, code, "item_non_response", value) for code, value in missing.items()]
        if len(earlier) > 1:
            counts = pd.concat([_totals(table, level)["response_count"] for table in earlier], axis="columns")
            collapse = totals["response_count"] / counts.median(axis="columns")
            rows += [(level, code, "response_collapse", value) for code, value in collapse.dropna().items()]
        if earlier:
            channels = [
                table[table["area_level"].eq(level) & table["breakdown"].eq("channel")].set_index("member_code")
                for table in (now, pd.concat(earlier))
            ]
            rows += [(level, code, "channel_shift", value) for code, value in _distance(*channels, "area_code").items()]
    found = pd.DataFrame(rows, columns=["area_level", "area_code", "signal_code", "signal_value"])
    code = found["area_code"].str.split("/", expand=True).reindex(columns=[0, 1])
    return found.assign(period_code=month, treasury_code=code[0], unit_code=code[1].fillna("all"))
