"""The risk-adjusted CUSUM: when the answers about a person have turned worse than was to be expected."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_banded
from scipy.optimize import brentq

Floats = npt.NDArray[np.float64]
STATES = 600
"""Into how many states the Markov chain divides the way from 0 to the threshold; with four times as many, a run length
moves by less than 0.3 %."""


def weight(bad: npt.ArrayLike, customers: npt.ArrayLike, risk: npt.ArrayLike, odds_ratio: float) -> Floats:
    """What the bad ones of some customers add to the sum: ``y·ln R − n·ln(1 − p + R·p)``.

    It is the log likelihood of odds R times as bad. ``risk``: the expected share p of bad ones. With one customer, y
    being 0 or 1, it is the weight of Steiner, Cook, Farewell and Treasure 2000. Effective numbers give the
    quasi-likelihood: fewer customers, less weight.
    """
    y, n, p = (np.asarray(values, dtype=np.float64) for values in (bad, customers, risk))
    return np.asarray(y * np.log(odds_ratio) - n * np.log1p((odds_ratio - 1) * p), dtype=np.float64)


def path(weights: npt.ArrayLike, threshold: float = np.inf) -> Floats:
    """The sums ``S = max(0, S + W)`` along the last axis, from 0 on, and again from 0 after one beyond a threshold."""
    w = np.asarray(weights, dtype=np.float64)
    sums, last = np.empty_like(w), np.zeros(w.shape[:-1])
    for place in range(w.shape[-1]):
        last = np.maximum(np.where(last > threshold, 0, last) + w[..., place], 0)
        sums[..., place] = last
    return sums


def run_length(threshold: float, risk: float, odds_ratio: float, true_risk: float | None = None) -> float:
    """After how many customers, on average, the sum first goes beyond a threshold, from 0 on.

    By the Markov chain of Brook and Evans 1972, customer by customer, for one expected risk. With ``true_risk`` the
    risk is another one than was expected: the run until it is detected.
    """
    bad = float(weight(1, 1, risk, odds_ratio)) * STATES / threshold
    good = float(weight(0, 1, risk, odds_ratio)) * STATES / threshold
    actual = risk if true_risk is None else true_risk
    places = np.arange(STATES + 1)
    chances: dict[tuple[int, int], float] = {}
    for step, chance in ((bad, actual), (good, 1 - actual)):
        # a step between two states leads to both, so that its mean is kept
        whole, rest = int(np.floor(step)), step - np.floor(step)
        for reached, share in ((whole, 1 - rest), (whole + 1, rest)):
            for place, end in zip(places.tolist(), np.maximum(places + reached, 0).tolist(), strict=True):
                if end <= STATES:
                    chances[place, end] = chances.get((place, end), 0.0) + chance * share
    return _mean_time(chances, STATES + 1)


@lru_cache(maxsize=256)
def threshold(customers_per_alarm: float, risk: float, odds_ratio: float) -> float:
    """The threshold at which a false alarm comes once in so many customers, on average.

    A network of C customers a month that can bear A false alarms a month has C/A customers an alarm. Found from the
    Markov chain to three digits.
    """
    target = np.log(max(customers_per_alarm, 2.0))

    def excess(at: float) -> float:
        return float(np.log(run_length(at, risk, odds_ratio)) - target)

    low, high = 0.05, 1.0
    if excess(low) >= 0:
        return low
    while excess(high) < 0 and high < 64:
        high *= 1.5
    return float(brentq(excess, low, high, xtol=1e-3))


def _mean_time(chances: dict[tuple[int, int], float], size: int) -> float:
    """The mean number of steps from state 0 until the chain leaves its states."""
    rows, columns = (np.array([key[axis] for key in chances]) for axis in (0, 1))
    below, above = int(max((rows - columns).max(), 0)), int(max((columns - rows).max(), 0))
    banded = np.zeros((below + above + 1, size))
    np.add.at(banded, (above + rows - columns, columns), -np.fromiter(chances.values(), float))
    banded[above] += 1
    return float(solve_banded((below, above), banded, np.ones(size))[0])
