"""The Wilson score interval of a share."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from etl.score.rate import Counts


def wilson(satisfied: Counts, answers: Counts, level: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Lower and upper limits, 0 to 1, of the two-sided interval at a level such as 0.95; NaN without answers.

    ``(2k + z² ∓ z·sqrt(z² + 4k(1 − k/n))) / (2(n + z²))``. Source: Wilson 1927, as used by OHID (England).
    Answers of one customer are not independent, so the interval of pooled answers is narrower than the truth.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    k, n = satisfied.astype(float), np.where(answers > 0, answers, np.nan)
    half = z * np.sqrt(z**2 + 4 * k * (1 - k / n))
    low, high = (2 * k + z**2 - half) / (2 * (n + z**2)), (2 * k + z**2 + half) / (2 * (n + z**2))
    return np.minimum(np.clip(low, 0, 1), k / n), np.maximum(np.clip(high, 0, 1), k / n)
