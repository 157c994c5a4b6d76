"""How unlikely a person's figure is by chance alone, where what was to be expected is itself only estimated."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import betainc, expit, logit

Floats = npt.NDArray[np.float64]
_POINTS, _WEIGHTS = hermegauss(15)


def shortfall(bad: npt.ArrayLike, customers: npt.ArrayLike, expected: npt.ArrayLike, known: npt.ArrayLike) -> Floats:
    """The one-sided p value of so many bad ones or more among the customers; 1 of no customers.

    ``bad``, ``customers``: effective numbers, which need not be whole; ``expected``: the share of bad ones that was to
    be expected, and ``known``: how many customers that is worth. ``P(X ≥ d) = I(θ; d, n − d + 1)``, the exact tail
    (Clopper and Pearson 1934) read between whole numbers as in Korn and Graubard 1998, over θ around what was expected:
    its logit is normal with the variance ``1/(known·θ(1 − θ))``, by Gauss and Hermite's rule.
    """
    d, n, mean, weight = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (bad, customers, expected, known)))
    error = 1 / np.sqrt(np.maximum(weight, 1) * mean * (1 - mean))
    rates = expit(logit(mean)[..., None] + error[..., None] * _POINTS)
    count, size = np.clip(d, 0, n)[..., None], n[..., None]
    is_any = count > 0
    tails = np.where(is_any, betainc(np.where(is_any, count, 1), size - np.where(is_any, count, 1) + 1, rates), 1.0)
    return np.asarray(np.clip(tails @ (_WEIGHTS / _WEIGHTS.sum()), 0, 1), dtype=np.float64)


def in_windows(p_values: npt.ArrayLike, least: int) -> Floats:
    """One p value of several independent ones, of which so many must be small: of the ``least``-th smallest.

    ``p_values``: (persons, windows). P(at least l of w are ≤ a) = ``I(a; l, w − l + 1)``: two of three windows that do
    not overlap have 3a² − 2a³. A window without answers has 1.
    """
    windows = np.sort(np.asarray(p_values, dtype=np.float64), axis=1)
    return np.asarray(betainc(least, windows.shape[1] - least + 1, windows[:, least - 1]), dtype=np.float64)
