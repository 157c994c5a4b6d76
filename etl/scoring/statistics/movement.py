"""The movement of a rate from one period to another: whether it is more than chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

Floats = npt.NDArray[np.float64]


def difference_test(
    now: npt.ArrayLike, now_error: npt.ArrayLike, before: npt.ArrayLike, before_error: npt.ArrayLike
) -> Floats:
    """The same as ``change_test`` of two independent estimates."""
    return change_test((now, now_error), (before, before_error), 0.0)


def change_test(
    now: tuple[npt.ArrayLike, npt.ArrayLike], before: tuple[npt.ArrayLike, npt.ArrayLike], covariance: npt.ArrayLike
) -> Floats:
    """Two-sided p value of the change of each rate, by the z test of two estimates that may move together.

    ``now`` and ``before`` are rates with their standard errors, from 0 to 1:
    ``2·Φ(−|rate − rate before| / sqrt(error² + error before² − 2·covariance))``. NaN where one of the four is, and
    where there is no error: what has none cannot be tested. ``covariance``: of the two rates, 0 where nobody answered
    in both periods (``etl.scoring.statistics.covariance``).
    """
    change = np.asarray(now[0], dtype=np.float64) - np.asarray(before[0], dtype=np.float64)
    error = np.hypot(np.asarray(now[1], dtype=np.float64), np.asarray(before[1], dtype=np.float64))
    shared = np.asarray(covariance, dtype=np.float64)
    error = np.where(shared == 0, error, np.sqrt(np.maximum(error**2 - 2 * shared, 0)))
    tested: Floats = 2 * ndtr(-np.abs(change) / np.where(error > 0, error, np.nan))
    return tested
