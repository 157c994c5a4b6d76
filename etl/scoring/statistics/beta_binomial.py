"""The beta-binomial likelihood of the counts of many areas, to the last digits of a float."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import betaln, digamma, expit, logit

Floats = npt.NDArray[np.float64]
MEANS = (1e-6, 1 - 1e-6)
"""Bounds of the mean of the areas' true rates."""

_FAR = 30.0
"""From here on the difference of two digamma functions is taken from their series, which cancels no digits."""
_SERIES = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132)
_EXACT = {"xtol": 1e-15, "rtol": 1e-15}


@dataclass(frozen=True)
class AreaCounts:
    """Satisfied k of n answers of each area, effective ones, n above 0.

    They stand in the order of their size, so that sums over them do not depend on the order in which they came.
    """

    k: Floats
    n: Floats

    @classmethod
    def of(cls, satisfied: npt.ArrayLike, answers: npt.ArrayLike) -> AreaCounts:
        """The counts of the areas that have answers."""
        k, n = np.asarray(satisfied, dtype=np.float64), np.asarray(answers, dtype=np.float64)
        k, n = k[n > 0], n[n > 0]
        order = np.lexsort((k, n))
        return cls(k[order], n[order])

    def log_likelihood(self, a: Floats, b: Floats) -> Floats:
        """The logarithm of how likely they are if the true rates are Beta(a, b), for each a and b; less a constant."""
        a, b = a[:, None], b[:, None]
        return np.asarray(np.sum(betaln(self.k + a, self.n - self.k + b) - betaln(a, b), axis=1), dtype=np.float64)

    def slopes(self, at: float, precision: float) -> tuple[float, float]:
        """Its derivatives by the logit of the mean and by the logarithm of the precision a + b."""
        a, b = beta(at, precision)
        by_a, by_b, by_both = rise(a, self.k), rise(b, self.n - self.k), rise(precision, self.n)
        by_mean = float(np.sum(by_a - by_b)) * a * b / precision
        return by_mean, float(np.sum(a * by_a + b * by_b - precision * by_both))

    def likeliest_mean(self, precision: float, near: float) -> float:
        """The logit of the mean that is the likeliest at a precision; ``near`` one where to look first.

        There is one only: the likelihood is concave in the mean.
        """
        low, high = (float(end) for end in logit(MEANS))
        if self.slopes(low, precision)[0] <= 0:
            return low
        if self.slopes(high, precision)[0] >= 0:
            return high
        reach = 0.01
        while self.slopes(max(near - reach, low), precision)[0] < 0:
            reach *= 4
        start = max(near - reach, low)
        reach = 0.01
        while self.slopes(min(near + reach, high), precision)[0] > 0:
            reach *= 4
        return float(
            brentq(lambda at: self.slopes(at, precision)[0], start, min(near + reach, high), **_EXACT)  # type: ignore[call-overload]
        )


def beta(at: float, precision: float) -> tuple[float, float]:
    """The a and b of the beta distribution of a mean, given by its logit, and a precision."""
    return float(expit(at) * precision), float(expit(-at) * precision)


def rise(start: float, length: Floats) -> Floats:
    """How much the digamma function rises from a number above 0 over a length: ``Σ 1/(start + i)`` of whole ones."""
    end = start + length
    if start < _FAR:
        return np.asarray(digamma(end) - digamma(start), dtype=np.float64)
    return np.log1p(length / start) + length / (2 * start * end) + (_tail(np.asarray(start)) - _tail(end))


def _tail(x: Floats) -> Floats:
    """``ln x − 1/(2x) − ψ(x)`` by its series."""
    square, tail = x**-2.0, np.zeros_like(x)
    for coefficient in reversed(_SERIES):
        tail = (tail + coefficient) * square
    return tail
