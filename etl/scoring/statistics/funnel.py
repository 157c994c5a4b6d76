"""The funnel: how far a rate of its size may lie from the target by chance, and who lies beyond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.optimize.elementwise import find_root
from scipy.special import betainc

Floats = npt.NDArray[np.float64]
WINSORISED = 0.10
"""The share of areas at either end whose z scores are pulled in before the dispersion is measured."""


@dataclass(frozen=True)
class FunnelLimits:
    """The dispersion φ, the z score of each area, and its limits, 0 to 1, of shape (areas, levels)."""

    dispersion: float
    z: Floats
    low: Floats
    high: Floats


def funnel(
    rates: npt.ArrayLike,
    sizes: npt.ArrayLike,
    target: float,
    levels: Sequence[float] = (0.95, 0.998),
    *,
    is_exact: bool = False,
) -> FunnelLimits:
    """Limits around the target θ for each area's number of (effective) answers, widened by over-dispersion.

    ``θ ∓ z·sqrt(max(φ, 1)·θ(1 − θ)/size)``; φ is the mean square of the areas' z scores, winsorised at 10 % in either
    tail, so that those who are to be found do not hide behind a wider funnel. Source: Spiegelhalter 2005. Areas
    without a rate or answers have NaN and no part in φ; so have all where the target is 0 or 1, and φ is NaN then.

    Near 0 and 100 % chance reaches farther to one side than to the other. Exact limits are the binomial's quantiles
    around θ of ``size/max(φ, 1)`` answers: beyond them as few, or as many, satisfied answers are unlikelier than half
    of what the level leaves.
    """
    p, size = np.asarray(rates, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    spread = target * (1 - target)
    is_placed = ~np.isnan(p) & (size > 0) & (spread > 0)
    error = np.sqrt(spread / np.where(is_placed, size, np.nan))
    z = (p - target) / error
    dispersion = _dispersion(z[is_placed])
    reach = np.array([NormalDist().inv_cdf((1 + level) / 2) for level in levels])
    if is_exact:
        answers = np.where(is_placed, size, np.nan) / max(dispersion, 1.0)
        return FunnelLimits(dispersion, z, *_quantiles(answers[:, None], target, np.asarray(levels)))
    half = reach * (np.sqrt(max(dispersion, 1.0)) * error)[:, None]
    return FunnelLimits(dispersion, z, np.clip(target - half, 0, 1), np.clip(target + half, 0, 1))


def flags(drawn: FunnelLimits, rates: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """Where each area lies: ``within``, or ``above_`` or ``below_`` the ``warning`` or the ``action`` limits.

    The outermost limits (99.8 %) call for action, the innermost (95 %) warn; on a limit is within it. None where
    there is no rate or no limit.
    """
    p = np.asarray(rates, dtype=np.float64)
    found = np.full(len(p), None, dtype=object)
    found[~(np.isnan(p) | np.isnan(drawn.z))] = "within"
    found[p > drawn.high.min(axis=1)] = "above_warning"
    found[p > drawn.high.max(axis=1)] = "above_action"
    found[p < drawn.low.max(axis=1)] = "below_warning"
    found[p < drawn.low.min(axis=1)] = "below_action"
    return found


def _quantiles(answers: Floats, target: float, levels: Floats) -> tuple[Floats, Floats]:
    """The shares below and above which a binomial count around the target is unlikely; NaN without answers.

    The number k of satisfied answers is read between whole numbers: ``P(X ≤ k) = I(1 − θ; n − k, k + 1)``.
    """
    n, tail = np.broadcast_arrays(answers, (1 - levels) / 2)

    def as_few(k: Floats, n: Floats, tail: Floats) -> Floats:
        return np.asarray(betainc(n - k, k + 1, 1 - target) - tail)

    def as_many(k: Floats, n: Floats, tail: Floats) -> Floats:
        return np.asarray(betainc(k, n - k + 1, target) - tail)

    near = n * 1e-12  # the beta function is not defined at its ends
    fewer = find_root(as_few, (np.zeros_like(n), n - near), args=(n, tail))
    more = find_root(as_many, (near, n), args=(n, tail))
    # where even none, or all, are likely enough there is no such number
    low = np.where((1 - target) ** n < tail, fewer.x / n, 0)
    high = np.where(target**n < tail, more.x / n, 1)
    return np.where(np.isnan(n), np.nan, low), np.where(np.isnan(n), np.nan, high)


def _dispersion(z: Floats) -> float:
    """The mean square of z scores whose tails are pulled in; NaN of none."""
    if not len(z):
        return float("nan")
    lowest, highest = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    return float(np.mean(np.clip(z, lowest, highest) ** 2))
