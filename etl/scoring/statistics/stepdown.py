"""The stepdown test: which of many gaps between estimates are significant, all of them taken together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Field:
    """Estimates in ascending order, their standard errors, and the error of each in every draw (units × draws)."""

    estimates: Floats
    errors: Floats
    noise: Floats
    level: float


def told_apart(field: Field, lower: Whole, higher: Whole, *, both_directions: bool = True) -> npt.NDArray[np.bool_]:
    """Whether the gap of each pair of a family is significant; ``lower`` and ``higher`` number the units of a pair.

    Stepdown of Romano and Wolf 2005, as in Mogstad, Romano, Shaikh and Wilhelm 2023: the critical value is the
    quantile, over the draws, of the largest gap by chance, in standard errors; pairs with larger gaps are set aside,
    and the rest is tried again until nothing more is found. Both directions of a pair take part; the one against the
    estimates is never significant and so always stays. Otherwise only the one that is asked for does: whether the
    ``higher`` one is, also where it has the lower estimate.
    """
    scale = 1 / np.hypot(field.errors[lower], field.errors[higher])
    gaps = (field.estimates[higher] - field.estimates[lower]) * scale
    order = np.argsort(gaps, kind="stable")
    chance = _Chance(field.noise, (lower[order], higher[order], scale[order]), both_directions=both_directions)
    gaps, left = gaps[order], len(order)
    while left:
        # never below 0: a level is above one half, so gaps of 0 stay at every level
        critical = _upper_quantile(chance.largest(left), field.level)
        still_left = int(np.searchsorted(gaps[:left], critical, side="right"))
        if still_left == left:
            break
        left = still_left
    is_told = np.zeros(len(order), dtype=bool)
    is_told[order[left:]] = True
    return is_told


class _Chance:
    """The largest gap by chance over the pairs with the smallest gaps, for any number of them.

    The critical value falls from step to step, so the pairs left are always those with the smallest gaps. One walk up
    the gaps that keeps the maximum of each draw after every √pairs of them serves all steps.
    """

    def __init__(self, noise: Floats, pairs: tuple[Whole, Whole, Floats], *, both_directions: bool) -> None:
        self._noise, self._pairs = noise, list(zip(*(part.tolist() for part in pairs), strict=True))
        self._every = max(math.isqrt(len(self._pairs)), 1)
        self._against = np.full(noise.shape[1], -np.inf)
        peak, self._peaks = self._against.copy(), []
        for start in range(0, len(self._pairs), self._every):
            self._peaks.append(peak.copy())
            for pair in self._pairs[start : start + self._every]:
                gap = self._gap(pair)
                np.maximum(peak, gap, out=peak)
                if both_directions:
                    np.maximum(self._against, np.negative(gap, out=gap), out=self._against)

    def largest(self, count: int) -> Floats:
        """Of each draw, over the first ``count`` pairs (1 or more), and all of them against the estimates if asked."""
        kept = (count - 1) // self._every
        peak: Floats = np.maximum(self._peaks[kept], self._against)
        for pair in self._pairs[kept * self._every : count]:
            np.maximum(peak, self._gap(pair), out=peak)
        return peak

    def _gap(self, pair: tuple[int, int, float]) -> Floats:
        """The gap of one pair in every draw, in standard errors."""
        lower, higher, scale = pair
        gap: Floats = self._noise[higher] - self._noise[lower]
        gap *= scale
        return gap


def _upper_quantile(values: Floats, level: float) -> float:
    """The smallest value that leaves ``level`` of them below it, one more draw being the estimates themselves."""
    place = min(math.ceil((len(values) + 1) * level), len(values)) - 1
    return float(np.partition(values, place)[place])
