"""The covariance of two periods' rates that comes from the respondents who answered in both."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
SUMS = (
    "respondent_count",
    "now_returning_count",
    "before_returning_count",
    "satisfied_products",
    "satisfied_answer_products",
    "answer_satisfied_products",
    "answer_products",
)
"""What is counted of those who answered in both periods, in whole numbers.

With k of n answers satisfied now, and K of N before, summed over the respondents: ΣkK, ΣkN, ΣnK, ΣnN. By a definition
that counts persons, each response is one of one.
"""


def covariance(table: pd.DataFrame, least: int) -> tuple[Floats, Floats]:
    """The covariance of each area's rates of now and before, and the share of answers that it comes from.

    ``table``: ``SUMS`` (missing: nobody came back), rate, denominator and response_count of now, and the same with
    ``before_`` of the other period. The linearised rate of a period is a sum of what each respondent adds,
    ``(k − p·n)/Σn``; the covariance of two such sums is that of what one respondent adds to both:
    ``Σ(k − p·n)(K − P·N)`` over those who came back, over both denominators (Kish 1965, overlapping samples). The share
    is that of the responses, the geometric mean of those of both periods. Both are 0 where fewer than ``least``
    respondents came back: a figure that so few make would tell of them.
    """
    sums = table[list(SUMS)].astype(float).fillna(0.0)
    people, now_back, before_back, both, by_satisfied, by_answers, answers = (sums[name].to_numpy() for name in SUMS)
    now, before = (table[name].to_numpy(float) for name in ("rate", "before_rate"))
    size, responses = (_product(table, name) for name in ("denominator", "response_count"))
    shared = (both - before * by_satisfied - now * by_answers + now * before * answers) / size
    share = np.sqrt(now_back * before_back / responses)
    is_known = (people >= least) & np.isfinite(shared) & np.isfinite(share)
    return np.where(is_known, shared, 0.0), np.where(is_known, np.minimum(share, 1.0), 0.0)


def bounded(shared: Floats, share: Floats, errors: Floats) -> Floats:
    """A covariance that is no more than what it would be if all who came back had answered alike.

    ``errors``: the product of both standard errors. So the variance of a change never comes near zero by chance.
    """
    most = share * errors
    return np.clip(shared, -most, most)


def _product(table: pd.DataFrame, name: str) -> Floats:
    """A count of now times that of before; NaN where one is none."""
    product = table[name].to_numpy(float) * table[f"before_{name}"].to_numpy(float)
    return np.where(product > 0, product, np.nan)
