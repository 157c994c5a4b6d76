"""Difference in differences: how far one area changed beyond what others did at the same time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import chdtri, ndtri

Floats = npt.NDArray[np.float64]
CAUTION = 0.9
"""The chance with which areas' own movement is no larger than it is taken for."""


@dataclass(frozen=True)
class Changes:
    """How far the rates of areas changed, from -1 to 1, and how sure that is.

    ``variance``: by chance alone. ``room``: ``p(1 − p)`` of before and after together, how far a rate can move: near
    100 % it hardly can. ``most_room``: the larger of both.
    """

    change: Floats
    variance: Floats
    room: Floats
    most_room: Floats

    def of(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Changes:
        """The changes of some areas."""
        return Changes(*(values[chosen] for values in (self.change, self.variance, self.room, self.most_room)))


def changes(before: tuple[npt.ArrayLike, npt.ArrayLike], after: tuple[npt.ArrayLike, npt.ArrayLike]) -> Changes:
    """The change of each area's rate between two windows, given the satisfied and all, in effective counts.

    ``p̃ = (k + 1)/(n + 2)`` in either window, the variance of each ``p̃(1 − p̃)/(n + 2)``. Source: Agresti and Caffo
    2000: by the plain formula a rate of 100 % would be certain, however few had answered. Counts need not be whole.
    """
    (p, p_variance), (q, q_variance) = _share(*before), _share(*after)
    satisfied, count = (
        np.asarray(one, dtype=np.float64) + np.asarray(other, dtype=np.float64)
        for one, other in zip(before, after, strict=True)
    )
    middle, _ = _share(satisfied, count)
    most = np.maximum(p * (1 - p), q * (1 - q))
    return Changes(q - p, p_variance + q_variance, middle * (1 - middle), most)


def own_movement(untreated: Changes) -> float:
    """How much areas on which nobody acted may move beyond chance and beyond what all have in common: a variance.

    On the logit scale, ``change / room``, so that areas near 100 % tell of others: the largest that agrees with ``Q``,
    their squared distances from the common change over their variances, at ``CAUTION`` (the Q profile, Viechtbauer
    2007). Of fewer than 3 areas, which say nothing, it is infinite. A likeliest value would too often be none where
    chance is large, and an interval too narrow just there where areas can move most.
    """
    count = len(untreated.change)
    if count < 3:
        return float("inf")
    moved, chance = untreated.change / untreated.room, untreated.variance / untreated.room**2
    least = float(chdtri(count - 1, CAUTION))

    def beyond(movement: float) -> float:
        weight = 1 / (chance + movement)
        common = (weight * moved).sum() / weight.sum()
        return float((weight * (moved - common) ** 2).sum()) - least

    if beyond(0.0) <= 0:
        return 0.0
    high = float(np.var(moved)) + 1e-9
    while beyond(high) > 0:
        high *= 2
    return float(brentq(beyond, 0.0, high, xtol=1e-9))


def difference_in_differences(
    treated: Changes, controls: Changes, level: float, movement: float = 0.0
) -> tuple[float, float, float]:
    """The effect on one area, and the limits of its interval, from -1 to 1.

    Its change without the mean change of its m controls, within ``z·sqrt(V + ΣV_j/m² + movement·(R² + ΣR_j²/m²))``:
    chance, and by how much each moves on its own. R is the ``most_room``, for the area itself no less than the mean of
    its controls: an action moves a rate away from where it would be.
    """
    count = len(controls.change)
    effect = float(treated.change[0] - controls.change.mean())
    chance = treated.variance[0] + controls.variance.sum() / count**2
    room = max(treated.most_room[0], controls.most_room.mean())
    own = movement * (room**2 + (controls.most_room**2).sum() / count**2)
    half = float(ndtri((1 + level) / 2) * np.sqrt(chance + own))
    return effect, effect - half, effect + half


def _share(satisfied: npt.ArrayLike, count: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The share with one more answer of either kind, and its variance."""
    n = np.asarray(count, dtype=np.float64) + 2
    share = (np.asarray(satisfied, dtype=np.float64) + 1) / n
    return share, share * (1 - share) / n
