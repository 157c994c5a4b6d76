"""How sure a rate is: effective number of answers, standard error and interval of every cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.registry.rule_set import RuleSet
from etl.scoring.statistics.definition import counted, weighted_rates
from etl.scoring.statistics.effective import effective_count
from etl.scoring.statistics.interval import standard_error, wilson


def uncertainty(counts: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """The columns effective_count, standard_error, rate_low and rate_high of the official rate of each cell.

    Answers are worth fewer independent ones where the rule set says that those of one customer cluster; persons are
    independent. The weighted mean of factors gets the weighted mean of their standard errors, which is the largest
    that it can be: customers who are content with one factor are so with the others.
    """
    numerator, denominator = counted(counts, rules.rate.definition)
    is_clustered = rules.rate.clustering != "answers" and rules.rate.definition == "share_of_answers"
    size = effective_count(counts) if is_clustered else denominator.astype(float)
    if rules.hides_against_bounds:  # its digits would tell how answers spread over responses, also over hidden ones
        size = np.where(size > 0, np.maximum(np.rint(size), 1), 0)
    share = np.divide(numerator, denominator, out=np.full(len(counts), np.nan), where=denominator > 0)
    error = standard_error(share * size, size)
    if rules.rate.factor_weights:
        share, size, error = _of_weighted(counts, rules.rate.factor_weights, (share, size, error))
    low, high = wilson(share * size, size, rules.interval_level)
    found = {"effective_count": size, "standard_error": error, "rate_low": low, "rate_high": high}
    return pd.DataFrame(found, index=counts.index)


Floats = npt.NDArray[np.float64]


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
