"""How sure each area's place is, against whom and since when: one row per rated area over all its answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.registry.rule_set import RankSets, RuleSet
from etl.registry.terms import UNSTATED
from etl.scoring.statistics.covariance import bounded
from etl.scoring.statistics.definition import counted
from etl.scoring.statistics.drawn import DRAWN, drawn
from etl.scoring.statistics.false_discovery import adjusted
from etl.scoring.statistics.funnel import flags, funnel
from etl.scoring.statistics.interval import angle
from etl.scoring.statistics.movement import change_test
from etl.scoring.statistics.rank import rank_sets, tie_groups
from etl.scoring.statistics.ratings import peers
from etl.scoring.statistics.standardisation import standardised

KEY = ["area_level", "area_code"]
PAST = (
    "previous_period_code",
    "previous_rate",
    "previous_standard_error",
    "previous_rank",
    "previous_covariance",
    "previous_returning_share",
    "year_before_period_code",
    "year_before_rate",
    "year_before_standard_error",
    "year_before_covariance",
    "year_before_returning_share",
    "is_comparable",
    "mix_distance",
    "chart_past",
)
"""What a standing takes from earlier periods; it is kept with it, so that it can be made again."""
STANDARDISED = ("standardised_rate", "standardised_coverage", "standardised_standard_error")
ONE_SIDED = ("rank_low_one_sided", "rank_high_one_sided")


@dataclass(frozen=True)
class Around:
    """What a period's ratings are seen against.

    ``past``: one row per area (area_level, area_code) with the columns ``PAST``. ``mix``: the counts (``*_count``) by
    treasury_id and member_code (respondent type and channel). ``handled``: files handled by treasury_id, where known.
    """

    past: pd.DataFrame
    mix: pd.DataFrame
    handled: dict[int, int]


def standings(table: pd.DataFrame, around: Around, rules: RuleSet) -> pd.DataFrame:
    """The columns of ``score.standing`` for each area of the ratings that has answers.

    ``table``: what ``etl.scoring.statistics.ratings`` made, with is_suppressed. What the rule set does not speak of
    stays empty.
    """
    areas = table[table["breakdown"].eq("total") & table["answer_count"].gt(0)].reset_index(drop=True)
    found = areas.merge(around.past, on=KEY, how="left", validate="1:1")
    found["is_estimated"] = ~found["is_suppressed"] if rules.hides_against_bounds else True
    for part in (_rank_sets, _movement, _funnels, _shrunk):
        found = found.join(part(found, rules))
    found = found.merge(_standardised(found, around.mix, rules), on="treasury_id", how="left", validate="m:1")
    if rules.hides_against_bounds:
        names = [*STANDARDISED, "mix_distance"]
        found.loc[found["treasury_id"].isin(with_hidden_mix(table, around.mix, rules.least_shown)), names] = np.nan
    is_treasury = found["area_level"].eq("treasury")
    for name in STANDARDISED:
        found[name] = found[name].where(is_treasury)
    handled = found["treasury_id"].where(is_treasury).map(around.handled).astype("Int64")
    found = found.drop(columns="is_estimated")
    return found.assign(handled_count=handled, response_rate=found["response_count"] / handled.where(handled > 0))


def with_hidden_mix(table: pd.DataFrame, mix: pd.DataFrame, least: int) -> set[int]:
    """The treasuries (treasury_id) of which a figure of their mix of customers would tell a small or hidden part.

    All of them where a part of the network's mix is hidden, against which they are standardised.
    """
    is_part = table["breakdown"].isin(["channel", "respondent_type"])
    if (is_part & table["area_level"].eq("system") & table["is_suppressed"]).any():
        return {*table["treasury_id"].dropna()}
    is_part &= table["area_level"].eq("treasury")
    is_small = mix["response_count"].between(1, least - 1)
    return {*table.loc[is_part & table["is_suppressed"], "treasury_id"], *mix.loc[is_small, "treasury_id"]}


def _rank_sets(areas: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Confidence sets of the ranks, and groups that cannot be told apart, among peers."""
    names = ("rank_low", "rank_high", "rank_low_marginal", "rank_high_marginal", "tie_group", *ONE_SIDED)
    found = pd.DataFrame(index=areas.index, columns=list(names), dtype="Int64")
    asked, ranked = rules.rank_sets, areas[areas["rank"].notna()]
    if asked is None:
        return found
    sets = partial(rank_sets, level=asked.level, draws=asked.draws, seed=asked.seed)
    for _, group in ranked.groupby(peers(ranked)):
        found_at = estimates(group, asked)
        together, alone = sets(*found_at), sets(*found_at, simultaneous=False)
        groups = tie_groups(group["satisfaction_rate"].to_numpy(float), together.is_below)
        limits = [together.low, together.high, alone.low, alone.high, groups]
        if asked.one_sided:
            alone_of = partial(sets, *found_at, simultaneous=False)
            limits += [alone_of(sides="low").low, alone_of(sides="high").high]
        for name, values in zip(names, limits, strict=False):
            found.loc[group.index, name] = values
    return found


def estimates(areas: pd.DataFrame, asked: RankSets) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """What areas are compared by, on the scale that the rule set has, and its standard errors.

    ``areas`` has satisfaction_rate, effective_count and standard_error.
    """
    rates, errors, sizes = (
        areas[name].to_numpy(float) for name in ("satisfaction_rate", "standard_error", "effective_count")
    )
    return angle(rates * sizes, sizes) if asked.scale == "angle" else (rates, errors)


def _movement(areas: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """The tests of the change against the period before, and against the year before, level by level."""
    found = pd.DataFrame(index=areas.index)
    for name, before, is_open in (
        ("change", "previous", areas["is_comparable"].eq(True).to_numpy()),
        ("year_change", "year_before", np.full(len(areas), True)),
    ):
        now = areas["satisfaction_rate"].to_numpy(float), areas["standard_error"].to_numpy(float)
        then = areas[f"{before}_rate"].to_numpy(float), areas[f"{before}_standard_error"].to_numpy(float)
        tested = change_test(now, then, _shared(areas, before))
        p_values = pd.Series(np.where(is_open & areas["is_estimated"], tested, np.nan), areas.index)
        by_level = p_values.groupby(areas["area_level"]).transform(lambda p: adjusted(p.to_numpy()))
        if rules.movement is None:
            by_level = by_level * np.nan
        found[f"{name}_p_value"] = by_level
        is_clear = by_level <= rules.movement.false_discovery_rate if rules.movement else by_level.notna()
        found[f"is_{name}_clear"] = is_clear.astype("boolean").where(by_level.notna())
    return found


def _shared(areas: pd.DataFrame, before: str) -> npt.NDArray[np.float64]:
    """The covariance of the rates of now and before, bounded; 0 where nobody came back."""
    names = [f"{before}_covariance", f"{before}_returning_share", "standard_error", f"{before}_standard_error"]
    shared, share, now, then = areas[names].astype(float).fillna(0.0).to_numpy().T
    return bounded(shared, share, now * then)


def _funnels(areas: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Where each treasury, and each unit, lies in the funnel around the system's rate."""
    limits = ("funnel_warning_low", "funnel_warning_high", "funnel_action_low", "funnel_action_high")
    found = pd.DataFrame(np.nan, index=areas.index, columns=list(limits)).assign(funnel_flag=None)
    system = areas.loc[areas["area_level"].eq("system"), "satisfaction_rate"]
    if rules.funnel is None or system.empty:
        return found
    levels = (rules.funnel.warning_level, rules.funnel.action_level)
    for level in ("treasury", "unit"):
        group = areas[areas["area_level"].eq(level) & areas["rank"].notna() & areas["is_estimated"]]
        rates = group["satisfaction_rate"].to_numpy(float)
        sizes = group["effective_count"].to_numpy(float)
        drawn = funnel(rates, sizes, float(system.iloc[0]), levels, is_exact=rules.funnel.limits == "exact")
        for place, edge in enumerate(("warning", "action")):
            found.loc[group.index, f"funnel_{edge}_low"] = drawn.low[:, place]
            found.loc[group.index, f"funnel_{edge}_high"] = drawn.high[:, place]
        found.loc[group.index, "funnel_flag"] = flags(drawn, rates)
    return found


def _shrunk(areas: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """The empirical-Bayes rate of each treasury and unit, drawn towards all areas of its level, or all shown ones."""
    found = pd.DataFrame(np.nan, index=areas.index, columns=list(DRAWN))
    if rules.hides_against_bounds and rules.empirical_bayes is None:
        return found
    for level in ("treasury", "unit"):
        group = areas[areas["area_level"].eq(level) & areas["unit_code"].ne(UNSTATED) & areas["is_estimated"]]
        size = group["effective_count"].to_numpy(float)
        satisfied = group["satisfaction_rate"].to_numpy(float) * size
        found.loc[group.index] = np.column_stack(drawn(satisfied, size, rules))
    return found


def _standardised(areas: pd.DataFrame, mix: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """The standardised rate of each treasury, how sure it is, and how much of the system's mix it has answers for.

    By the official definition, factors unweighted: they are not counted in the mix.
    """
    if rules.standardisation == "none":
        return pd.DataFrame(columns=["treasury_id", *STANDARDISED], dtype=float).astype({"treasury_id": "Int64"})
    numerator, denominator = counted(mix, rules.rate.definition)
    counts = mix[["treasury_id", "member_code"]].set_axis(["area", "stratum"], axis="columns")
    counts = counts.assign(satisfied_count=numerator, answer_count=denominator)
    if rules.standardisation == "with_standard_error":
        own = areas[areas["area_level"].eq("treasury")].set_index("treasury_id")
        share = own["effective_count"].astype(float) / counted(own, rules.rate.definition)[1]
        counts["effective_share"] = counts["area"].map(share).astype(float)
    found = standardised(counts).reindex(columns=list(STANDARDISED))
    return found.rename_axis("treasury_id").reset_index().astype({"treasury_id": "Int64"})
