"""The covariance of two periods' rates that comes from the respondents who answered in both."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
SUMS = (
    "respondent_count",
    "now_response_count",
    "before_response_count",
    "satisfied_products",
    "satisfied_answer_products",
    "answer_satisfied_products",
    "answer_products",
)
"""What is counted of those who answered in both periods, in whole numbers.

With k of n answers satisfied now, and K of N before, summed over the respondents: ΣkK, ΣkN, ΣnK, ΣnN.
"""


def covariance(table: pd.DataFrame, least: int) -> Floats:
    """The covariance of each area's rates of now and before, by respondents of both periods; 0 where there are few.

    ``table``: ``SUMS`` (missing: nobody came back), the rate and its denominator, standard_error and response_count of
    now, and the same with ``before_`` of the other period. The linearised rate of a period is a sum of what each
    respondent adds, ``(k − p·n)/Σn``; the covariance of two such sums is that of the terms that one respondent adds to
    both: ``Σ(k − p·n)(K − P·N)`` over those who came back, over both denominators (Kish 1965, overlapping samples).
    What fewer than ``least`` respondents answered is not looked at, as it would tell of them.

    At most what it would be if everybody who came back had answered alike: ``now_error·before_error·sqrt(their share
    of the responses of now · that of before)``. So what is left of the change's variance never comes near zero by
    chance.
    """
    sums = table[list(SUMS)].astype(float).fillna(0.0)
    people, now_back, before_back, both, by_satisfied, by_answers, answers = (sums[name].to_numpy() for name in SUMS)
    now, before = (table[name].to_numpy(float) for name in ("rate", "before_rate"))
    size = table["denominator"].to_numpy(float) * table["before_denominator"].to_numpy(float)
    shared = (both - before * by_satisfied - now * by_answers + now * before * answers) / np.where(size > 0, size, np.nan)
    shares = now_back * before_back / np.prod(table[["response_count", "before_response_count"]].to_numpy(float), axis=1)
    errors = table["standard_error"].to_numpy(float) * table["before_standard_error"].to_numpy(float)
    most = errors * np.sqrt(np.clip(shares, 0, 1))
    is_known = (people >= least) & np.isfinite(shared) & np.isfinite(most)
    return np.where(is_known, np.clip(shared, -most, most), 0.0)
