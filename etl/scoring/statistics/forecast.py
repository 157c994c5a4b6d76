"""What comes next without any action: the forecast after k of n, and how far the worst come back by themselves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln, ndtr

from etl.scoring.statistics.shrinkage import Prior

Floats = npt.NDArray[np.float64]


def forecast(satisfied: float, customers: float, prior: Prior) -> Prior:
    """The beta distribution of a person's rate in her next customers, after k of n: ``a + k``, ``b + n − k``.

    ``prior``: over all persons (``shrinkage.likeliest``). Whoever was chosen because of a bad figure is better next
    time without any action; only what goes beyond this is an effect.
    """
    return Prior(prior.a + satisfied, prior.b + customers - satisfied)


def expected_rate(after: Prior) -> float:
    """The rate that is forecast, 0 to 1: ``(a + k)/(a + b + n)``."""
    return after.a / (after.a + after.b)


def chance_of_at_least(satisfied: int, customers: int, after: Prior) -> float:
    """The probability of k or more satisfied of the next n: the upper tail of BetaBin(n, a, b)."""
    k = np.arange(max(satisfied, 0), customers + 1, dtype=np.float64)
    choose = gammaln(customers + 1) - gammaln(k + 1) - gammaln(customers - k + 1)
    terms = choose + betaln(k + after.a, customers - k + after.b) - betaln(after.a, after.b)
    return float(np.exp(terms).sum())


def likely_range(customers: float, after: Prior, level: float) -> tuple[float, float]:
    """Between which rates the next n lie with a probability of the level at least: of BetaBin(n, a, b), n rounded."""
    n = max(round(customers), 1)
    k = np.arange(n + 1, dtype=np.float64)
    choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    below = np.cumsum(np.exp(choose + betaln(k + after.a, n - k + after.b) - betaln(after.a, after.b)))
    low, high = np.searchsorted(below, [(1 - level) / 2, (1 + level) / 2])
    return float(low) / n, min(float(high), n) / n


def return_to_mean(mean: float, deviation: float, cut: float, correlation: float) -> float:
    """How far those measured below a cut come back at the next measure, with nothing done.

    ``σ·(1 − ρ)·C(z)``, z = (μ − cut)/σ, ``C(z) = φ(z)/Φ(−z)``: by the share of a measure's spread that is chance. For
    normal measures of mean μ and standard deviation σ, of which two of one person correlate by ρ. Source: Barnett, van
    der Pols and Dobson 2005.
    """
    return deviation * (1 - correlation) * selection((mean - cut) / deviation)


def selection(z: float) -> float:
    """How many standard deviations beyond the mean those lie, on average, who lie beyond z: ``φ(z)/Φ(−z)``."""
    return float(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) / ndtr(-z))
