"""The Wilson score interval of a share, and its standard error."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


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


def standard_error(satisfied: npt.ArrayLike, answers: npt.ArrayLike) -> Floats:
    """Standard error of a share, 0 to 1, after two more answers of either kind; NaN without answers.

    ``sqrt(p̃(1 − p̃)/(n + 4))`` with ``p̃ = (k + 2)/(n + 4)``. Source: Agresti and Coull 1998. By the plain formula a
    share of 0 % or 100 % would be certain, however few had answered. Counts need not be whole.
    """
    k, n = _counts(satisfied, answers)
    share = (k + 2) / (n + 4)
    return np.sqrt(share * (1 - share) / (n + 4))


def _counts(satisfied: npt.ArrayLike, answers: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Both counts as floats; the answers NaN where there are none, so that whatever is made of them is NaN."""
    n = np.asarray(answers, dtype=np.float64)
    return np.asarray(satisfied, dtype=np.float64), np.where(n > 0, n, np.nan)
