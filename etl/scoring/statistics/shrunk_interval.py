"""The interval of a rate that was drawn towards all areas, and knows how little they tell of what it is drawn to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.polynomial.legendre import leggauss
from scipy.linalg import eigh_tridiagonal
from scipy.optimize import brentq
from scipy.special import betaincinv, betaln, expit, logit

from etl.scoring.statistics.beta_binomial import MEANS, AreaCounts, beta
from etl.scoring.statistics.shrinkage import Prior, shrunk

Floats = npt.NDArray[np.float64]
SPREADS = (1e-3, 0.995)
"""Bounds of the spread of the true rates, in standard deviations over the largest that their mean leaves room for."""
DECIMALS = 5
_SPREADS, _MEANS = 16, 7
"""How many spreads, and means at each, stand for all: with more, no limit moves by more than 0.00002."""
_NEGLIGIBLE = 15.0
"""A prior that is less likely than the likeliest by e to this power is left out."""
_FAR_LOGIT = 1e-4


@dataclass(frozen=True)
class Posterior:
    """Priors that the counts of all areas leave open, and the weight of each; the weights add up to 1."""

    a: Floats
    b: Floats
    weight: Floats


def shrunk_interval(
    satisfied: npt.ArrayLike, answers: npt.ArrayLike, fitted: Prior, level: float
) -> tuple[Floats, Floats]:
    """Limits, 0 to 1, at a level such as 0.95, of the true rate of each area; NaN without answers.

    ``fitted``: the likeliest prior of the counts. The beta posterior of an area takes it for known, and is too narrow
    where few areas tell it. So the mean and the variance are those over all priors, weighted by how likely each makes
    the counts: the expected variance, and the variance of the expected rate (Morris 1983; Kass and Steffey 1989).
    Limits are quantiles of the beta distribution of that mean and variance, five decimals, rounded outwards: so many
    are true. Before the counts every mean is as likely as another, and every variance of the true rates (Morris 1983):
    with every standard deviation, areas are held to be alike too often, and the limits hold 92 %. An area's limits
    always hold its empirical-Bayes rate.
    """
    k, n = np.asarray(satisfied, dtype=np.float64), np.asarray(answers, dtype=np.float64)
    over = posterior(AreaCounts.of(k, n), fitted)
    size = np.where(n > 0, n, np.nan)[:, None] + over.a + over.b
    means = (k[:, None] + over.a) / size
    mean = means @ over.weight
    variance = (means * (1 - means) / (size + 1)) @ over.weight + (means - mean[:, None]) ** 2 @ over.weight
    precision = mean * (1 - mean) / variance - 1
    tails = (1 - level) / 2, (1 + level) / 2
    low, high = (betaincinv(mean * precision, (1 - mean) * precision, tail) for tail in tails)
    drawn, whole = shrunk(k, n, fitted), 10.0**DECIMALS
    return np.floor(whole * np.minimum(low, drawn)) / whole, np.ceil(whole * np.maximum(high, drawn)) / whole


def posterior(counts: AreaCounts, fitted: Prior) -> Posterior:
    """The priors that the counts leave open around the likeliest one.

    By Gauss's rules: over the spread ``sqrt(1/(a + b + 1))`` evenly, and at each spread over the mean with the weights
    of the beta distribution that the likelihood resembles most.
    """
    points, shares = leggauss(_SPREADS)
    at = float(logit(np.clip(fitted.a / (fitted.a + fitted.b), *MEANS)))
    low, high = _open(counts, at, fitted.a + fitted.b)
    parts = []
    for spread, share in zip(low + (high - low) * (points + 1) / 2, shares, strict=True):
        precision = _precision(spread)
        at = counts.likeliest_mean(precision, at)
        # each variance as likely as another: a spread by its own size, its square being the variance
        parts.append(_at_spread(counts, at, precision) + np.array([[0.0], [0.0], [np.log(share * spread)]]))
    a, b, likely = np.hstack(parts)
    weight = np.exp(likely - likely.max())
    return Posterior(a, b, weight / weight.sum())


def _precision(spread: float) -> float:
    """The a + b at which the true rates have a spread."""
    return float(1 / spread**2 - 1)


def _open(counts: AreaCounts, at: float, precision: float) -> tuple[float, float]:
    """The spreads between which all that are not negligible lie; the likeliest mean (its logit) and precision."""
    best = float(np.clip(1 / np.sqrt(precision + 1), *SPREADS))

    def height(spread: float) -> float:
        precision = _precision(spread)
        a, b = beta(counts.likeliest_mean(precision, at), precision)
        return float(counts.log_likelihood(np.array([a]), np.array([b]))[0])

    least = height(best) - _NEGLIGIBLE
    return _end(height, least, (best, SPREADS[0])), _end(height, least, (best, SPREADS[1]))


def _end(height: Callable[[float], float], least: float, span: tuple[float, float]) -> float:
    """Where a height falls below the least on the way from the best to a bound; the bound if it does not."""
    if span[0] == span[1] or height(span[1]) >= least:
        return span[1]
    return float(brentq(lambda spread: height(spread) - least, *span, xtol=1e-3))


def _at_spread(counts: AreaCounts, at: float, precision: float) -> Floats:
    """The priors of a precision around its likeliest mean (a logit): a, b, and the logarithm of the weight, of each."""
    mean, other = expit(at), expit(-at)
    fall = counts.slopes(at - _FAR_LOGIT, precision)[0] - counts.slopes(at + _FAR_LOGIT, precision)[0]
    size = max(fall / (2 * _FAR_LOGIT * mean * other), 0.0)
    means, shares = _beta_rule(size * mean + 1, size * other + 1)
    a, b = means * precision, (1 - means) * precision
    taken = size * (mean * np.log(means) + other * np.log1p(-means))
    constant = betaln(size * mean + 1, size * other + 1)
    return np.array([a, b, counts.log_likelihood(a, b) - taken + constant + np.log(shares)])


def _beta_rule(a: float, b: float) -> tuple[Floats, Floats]:
    """Means and shares by which Gauss's rule takes the expectation over Beta(a, b) (Golub and Welsch 1969)."""
    place = np.arange(1, _MEANS, dtype=np.float64)
    c, d = b - 1, a - 1
    turn = 2 * place + c + d
    inner = np.append((d - c) / (c + d + 2), (d**2 - c**2) / (turn * (turn + 2)))
    outer = 4 * place * (place + c) * (place + d) * (place + c + d) / (turn**2 * (turn + 1) * (turn - 1))
    points, vectors = eigh_tridiagonal(inner, np.sqrt(outer))
    return np.asarray((points + 1) / 2), np.asarray(vectors[0] ** 2)
