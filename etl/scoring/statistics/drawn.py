"""Rates drawn towards those of all areas, with an interval where the rule set asks for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl.registry.rule_set import RuleSet
from etl.scoring.statistics.shrinkage import likeliest, prior, shrunk
from etl.scoring.statistics.shrunk_interval import shrunk_interval

Floats = npt.NDArray[np.float64]
DRAWN = ("empirical_bayes_rate", "empirical_bayes_low", "empirical_bayes_high")
"""The columns of what ``drawn`` gives."""


def drawn(satisfied: Floats, answers: Floats, rules: RuleSet) -> tuple[Floats, Floats, Floats]:
    """The empirical-Bayes rate of each area of a level, and its limits; NaN from fewer than 3 areas with answers.

    By ``none`` all of it is NaN. Rule sets of before there was an interval have their rates as they were made then,
    some digits short.
    """
    none = np.full(len(answers), np.nan)
    if rules.empirical_bayes == "none":
        return none, none, none
    has_interval = rules.empirical_bayes == "with_interval"
    fitted = likeliest(satisfied, answers) if has_interval else prior(satisfied, answers)
    if fitted is None:
        return none, none, none
    rates = shrunk(satisfied, answers, fitted)
    low, high = shrunk_interval(satisfied, answers, fitted, rules.interval_level) if has_interval else (none, none)
    return rates, low, high
