"""Empirical Bayes: the rate of a small area, drawn towards all areas as far as its few answers leave it in doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize
from scipy.special import betaln, digamma, expit, logit

from etl.scoring.statistics.beta_binomial import MEANS, AreaCounts, beta

Floats = npt.NDArray[np.float64]
LEAST_AREAS = 3
PRECISIONS = (1e-2, 1e6)
"""Bounds of the prior: areas that differ no more than by chance would send its precision to infinity."""


@dataclass(frozen=True)
class Prior:
    """The beta distribution of the areas' true rates: as if each had a satisfied and b other answers beforehand."""

    a: float
    b: float


def prior(satisfied: npt.ArrayLike, answers: npt.ArrayLike) -> Prior | None:
    """The prior under which the counts of all areas are the most likely; None from fewer than 3 with answers.

    k ~ Binomial(n, θ), θ ~ Beta(a, b): the marginal likelihood of the beta-binomial, maximised over the logit of the
    mean a/(a + b) and the logarithm of the precision a + b. Counts need not be whole. Always the same for the same
    counts: the search starts from the moments. It ends some digits early, and the last ones depend on the order of the
    areas: revisions of rule sets before ``kbnn-2022-01.5`` are made so. ``likeliest`` is exact.
    """
    n = np.asarray(answers, dtype=np.float64)
    has_answers = n > 0
    if has_answers.sum() < LEAST_AREAS:
        return None
    k, n = np.asarray(satisfied, dtype=np.float64)[has_answers], n[has_answers]
    bounds = [tuple(logit(MEANS)), tuple(np.log(PRECISIONS))]
    found = minimize(_doubt, _moments(k, n), args=(k, n), jac=True, method="L-BFGS-B", bounds=bounds)
    mean, precision = expit(found.x[0]), np.exp(found.x[1])
    return Prior(float(mean * precision), float((1 - mean) * precision))


def likeliest(satisfied: npt.ArrayLike, answers: npt.ArrayLike) -> Prior | None:
    """The same as ``prior``, to the last digits, whatever the order of the areas.

    From where ``prior`` ends, up the likelihood to where its slope is zero, or the precision at its bound. At each
    precision the mean is the likeliest one.
    """
    counts = AreaCounts.of(satisfied, answers)
    if len(counts.n) < LEAST_AREAS:
        return None
    near = prior(counts.k, counts.n) or Prior(1.0, 1.0)
    at, start = float(np.clip(logit(near.a / (near.a + near.b)), *logit(MEANS))), float(np.log(near.a + near.b))

    def slope(log_precision: float) -> float:
        precision = float(np.exp(log_precision))
        return counts.slopes(counts.likeliest_mean(precision, at), precision)[1]

    is_flat = abs(slope(start)) <= np.finfo(float).eps * counts.n.sum()  # one answer each says nothing of the spread
    found = float(np.exp(start if is_flat else _summit(slope, start)))
    return Prior(*beta(counts.likeliest_mean(found, at), found))


def shrunk(satisfied: npt.ArrayLike, answers: npt.ArrayLike, prior: Prior) -> Floats:
    """The posterior mean ``(k + a)/(n + a + b)`` of each area, 0 to 1; NaN without answers."""
    n = np.asarray(answers, dtype=np.float64)
    k = np.asarray(satisfied, dtype=np.float64)
    return (k + prior.a) / (np.where(n > 0, n, np.nan) + prior.a + prior.b)


def _summit(slope: Callable[[float], float], start: float) -> float:
    """The logarithm of the precision at which a slope ends that goes up from a start; a bound where it does not end."""
    low, high = (float(bound) for bound in np.log(PRECISIONS))
    up, step, last = 1 if slope(start) > 0 else -1, 1e-3, start
    while True:
        reached = min(max(last + up * step, low), high)
        if slope(reached) * up <= 0:
            return float(brentq(slope, last, reached, xtol=1e-15, rtol=1e-15))
        if reached in (low, high):
            return reached
        last, step = reached, 4 * step


def _moments(k: Floats, n: Floats) -> Floats:
    """Logit of the mean and logarithm of the precision that the areas' spread beyond chance suggests."""
    mean = np.clip(k.sum() / n.sum(), *MEANS)
    chance = mean * (1 - mean)
    spread = np.sum(n * (k / n - mean) ** 2) - (len(n) - 1) * chance
    room = chance * (n.sum() - np.sum(n**2) / n.sum() - (len(n) - 1))
    # the correlation of two answers of one area, 1/(precision + 1)
    correlation = spread / room if room > 0 else 0.5
    precision = np.clip(1 / max(correlation, 1e-9) - 1, *PRECISIONS)
    return np.array([logit(mean), np.log(precision)])


def _doubt(at: Floats, k: Floats, n: Floats) -> tuple[float, Floats]:
    """Minus the logarithm of the marginal likelihood, and its gradient."""
    mean, precision = expit(at[0]), np.exp(at[1])
    a, b = mean * precision, (1 - mean) * precision
    doubt = -np.sum(betaln(k + a, n - k + b) - betaln(a, b))
    common = digamma(n + precision) - digamma(precision)
    by_a = np.sum(common - digamma(k + a) + digamma(a))
    by_b = np.sum(common - digamma(n - k + b) + digamma(b))
    return float(doubt), np.array([(by_a - by_b) * mean * (1 - mean) * precision, by_a * a + by_b * b])
