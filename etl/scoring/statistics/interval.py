"""The interval of a share, by Wilson or exact, and its standard error."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from etl.registry.rule_set import RuleSet

Floats = npt.NDArray[np.float64]


def limits(satisfied: npt.ArrayLike, answers: npt.ArrayLike, rules: RuleSet) -> tuple[Floats, Floats]:
    """Lower and upper limits as the rule set has them."""
    by = {"wilson": wilson, "exact": exact}[rules.interval_limits]
    return by(satisfied, answers, rules.interval_level)


def wilson(satisfied: npt.ArrayLike, answers: npt.ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Lower and upper limits, 0 to 1, of the two-sided interval at a level such as 0.95; NaN without answers.

    ``(2k + z² ∓ z·sqrt(z² + 4k(1 − k/n))) / (2(n + z²))``. Source: Wilson 1927, as used by OHID (England).
    Counts need not be whole: answers of one customer are not independent, so give the number of independent answers
    that they are worth (``effective_count``), or the interval is narrower than the truth.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    k, n = _counts(satisfied, answers)
    half = z * np.sqrt(z**2 + 4 * k * (1 - k / n))
    low, high = (2 * k + z**2 - half) / (2 * (n + z**2)), (2 * k + z**2 + half) / (2 * (n + z**2))
    return np.minimum(np.clip(low, 0, 1), k / n), np.maximum(np.clip(high, 0, 1), k / n)


def exact(satisfied: npt.ArrayLike, answers: npt.ArrayLike, level: float) -> tuple[Floats, Floats]:
    """The same, with a chance of at most half of what is left to miss on either side, whatever the true share is.

    The lower limit is the share under which k or more satisfied of n are that unlikely, the upper one that under which
    k or fewer are: quantiles of Beta(k, n − k + 1) and Beta(k + 1, n − k). Source: Clopper and Pearson 1934, with an
    effective number of answers Korn and Graubard 1998; the binomial is read between whole numbers as they do.
    """
    k, n = _counts(satisfied, answers)
    k = np.clip(k, 0, n)
    tail = (1 - level) / 2
    low = np.where(k > 0, betaincinv(np.where(k > 0, k, 1), n - k + 1, tail), 0)
    high = np.where(k < n, betaincinv(k + 1, np.where(k < n, n - k, 1), 1 - tail), 1)
    is_known = n > 0
    return np.where(is_known, np.minimum(low, k / n), np.nan), np.where(is_known, np.maximum(high, k / n), np.nan)


def standard_error(satisfied: npt.ArrayLike, answers: npt.ArrayLike) -> Floats:
    """Standard error of a share, 0 to 1, after two more answers of either kind; NaN without answers.

    ``sqrt(p̃(1 − p̃)/(n + 4))`` with ``p̃ = (k + 2)/(n + 4)``. Source: Agresti and Coull 1998. By the plain formula a
    share of 0 % or 100 % would be certain, however few had answered. Counts need not be whole.
    """
    k, n = _counts(satisfied, answers)
    share = (k + 2) / (n + 4)
    return np.sqrt(share * (1 - share) / (n + 4))


def angle(satisfied: npt.ArrayLike, answers: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The angle of a share, and its standard error, which does not depend on the share; NaN without answers.

    ``arcsin(sqrt((k + 1/2)/(n + 1)))`` with the error ``1/sqrt(4n + 2)``. Source: Anscombe 1948, with 1/2 for his 3/8.
    Of two shares the larger has the larger angle, but for less than 1.42 standard errors where there are few answers.
    On the scale of shares whoever was lucky has a small error as well, and passes for truly better. Counts need not be
    whole.
    """
    k, n = _counts(satisfied, answers)
    return np.arcsin(np.sqrt((k + 0.5) / (n + 1))), 1 / np.sqrt(4 * n + 2)


def _counts(satisfied: npt.ArrayLike, answers: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Both counts as floats; the answers NaN where there are none, so that whatever is made of them is NaN."""
    n = np.asarray(answers, dtype=np.float64)
    return np.asarray(satisfied, dtype=np.float64), np.where(n > 0, n, np.nan)
