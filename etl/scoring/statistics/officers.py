"""Figures on officers: a rate with interval, and one drawn towards all officers, only from a minimum of responses."""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.registry.rule_set import RuleSet
from etl.registry.terms import UNSTATED
from etl.scoring.statistics.clusters import effective_answers
from etl.scoring.statistics.drawn import DRAWN, drawn
from etl.scoring.statistics.effective import Pool
from etl.scoring.statistics.interval import limits
from etl.scoring.statistics.rate import rate

RATES = ["satisfaction_rate", "rate_low", "rate_high", *DRAWN]


def officers(counts: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """The columns of ``score.officer`` for each officer counted; rates are empty below the minimum of responses.

    ``counts``: the rows of breakdown officer of ``sql/scoring/count.sql``. Always by answers, pooled: an officer has
    too few customers for anything finer. Those who were not named are left out.
    """
    named = counts[counts["member_code"].ne(UNSTATED)].rename(columns={"member_code": "officer_code"})
    satisfied, answers = named["satisfied_count"].to_numpy(), named["answer_count"].to_numpy()
    rates = rate(satisfied, answers)
    everybody = Pool(np.zeros(len(named), np.int64), np.full(len(named), True))
    pool = everybody if rules.rate.design_effect == "pooled" else None
    size = effective_answers(named, rules.rate, "share_of_answers", pool)
    low, high = limits(rates * size, size, rules)
    towards, drawn_low, drawn_high = drawn(rates * size, size, rules)
    if rules.empirical_bayes != "none":  # too few officers to be drawn anywhere have their own rate
        towards = np.where(np.isnan(towards), rates, towards)
    found = named.assign(satisfaction_rate=rates, rate_low=low, rate_high=high, empirical_bayes_rate=towards)
    found = found.assign(empirical_bayes_low=drawn_low, empirical_bayes_high=drawn_high)
    least = rules.minimum_responses.officer
    is_shown = found["response_count"].ge(least) if least else pd.Series(False, found.index)
    return found.assign(**{name: found[name].where(is_shown) for name in RATES})
