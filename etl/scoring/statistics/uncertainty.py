"""How sure a rate is: effective number of answers, standard error and interval of every cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.registry.rule_set import RuleSet
from etl.scoring.statistics.clusters import effective_answers
from etl.scoring.statistics.definition import counted, weighted_rates
from etl.scoring.statistics.effective import Pool
from etl.scoring.statistics.interval import limits, standard_error

Floats = npt.NDArray[np.float64]
_OF_TREASURIES = ("region", "system")


def uncertainty(counts: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """The columns effective_count, standard_error, rate_low and rate_high of the official rate of each cell.

    Answers are worth fewer independent ones where the rule set says that those of one customer cluster. The weighted
    mean of factors gets the weighted mean of their standard errors, which is the largest that it can be: customers who
    are content with one factor are so with the others. ``counts`` has is_suppressed where the rule set hides against
    bounds: how alike answers are is then learnt from shown cells.
    """
    numerator, denominator = counted(counts, rules.rate.definition)
    pool = _pool(counts, rules) if rules.rate.design_effect == "pooled" else None
    size = effective_answers(counts, rules.rate, rules.rate.definition, pool)
    if rules.hides_against_bounds:  # its digits would tell how answers spread over responses, also over hidden ones
        size = np.where(size > 0, np.maximum(np.rint(size), 1), 0)
    share = np.divide(numerator, denominator, out=np.full(len(counts), np.nan), where=denominator > 0)
    error = standard_error(share * size, size)
    if rules.rate.factor_weights:
        share, size, error = _of_weighted(counts, rules.rate.factor_weights, (share, size, error))
    low, high = limits(share * size, size, rules)
    found = {"effective_count": size, "standard_error": error, "rate_low": low, "rate_high": high}
    return pd.DataFrame(found, index=counts.index)


def _pool(counts: pd.DataFrame, rules: RuleSet) -> Pool:
    """From which cells is learnt how alike answers are: those of a level and breakdown.

    A member alone where it is asked one part of the questions, since answers are the more alike the more there are.
    Regions and the network, of which there are few, learn from their treasuries.
    """
    level = counts["area_level"].mask(counts["area_level"].isin(_OF_TREASURIES), "treasury")
    part = counts["member_code"].where(counts["breakdown"].isin(["factor", "criterion"]), "all")
    group = counts.groupby([level, counts["breakdown"], part], sort=False).ngroup().to_numpy().astype(np.int64)
    is_learnt_from = ~counts["area_level"].isin(_OF_TREASURIES).to_numpy()
    if rules.hides_against_bounds:
        is_learnt_from &= ~counts["is_suppressed"].to_numpy(bool)
    return Pool(group, is_learnt_from)


def _of_weighted(
    counts: pd.DataFrame, weights: dict[str, int], pooled: tuple[Floats, Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """Share, effective count and standard error, those of areas as a whole from their factors'."""
    share, size, error = (values.copy() for values in pooled)
    rates = weighted_rates(counts, weights)
    factors = counts.assign(weight=counts["member_code"].map(weights), error=error)
    factors = factors[factors["breakdown"].eq("factor") & factors["answer_count"].gt(0) & factors["weight"].gt(0)]
    factors = factors.assign(weighted=factors["weight"] * factors["error"])
    sums = factors.groupby(["area_level", "area_code"])[["weight", "weighted"]].sum()
    errors = dict(zip(sums.index, sums["weighted"] / sums["weight"], strict=True))
    areas = list(zip(counts["area_level"], counts["area_code"], strict=True))
    for place in np.flatnonzero(counts["breakdown"].eq("total")):
        if areas[place] not in rates:
            share[place], size[place], error[place] = np.nan, 0.0, np.nan
        else:
            share[place], error[place] = float(rates[areas[place]]), errors[areas[place]]
            varied = share[place] * (1 - share[place])
            size[place] = min(size[place], varied / error[place] ** 2) if varied else size[place]
    return share, size, error
