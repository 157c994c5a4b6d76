"""How many independent customers the responses about a person are worth, when customers come back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]


def correlation(pair: Numbers, bad: Floats, expected: Floats) -> float:
    """How alike two responses of one customer about one person are, 0 to 1, learnt from all persons together.

    Of each response: the number of its person and customer as a ``pair``, the share of its answers that is ``bad``, and
    what was ``expected`` of it. ``Σ over pairs of ((Σd)² − Σd²) / (v·Σ m(m − 1))`` with d = bad − expected, v the mean
    d² and m the responses of a pair: analysis of variance around what was expected (Donner and Koval 1980). That
    persons differ as well makes it a little too large, and customers too few: the safe side. 0 where nobody comes back.
    """
    if not len(pair):
        return 0.0
    off = bad - expected
    size, sums = np.bincount(pair), np.bincount(pair, off)
    pairs, variance = float((size * (size - 1.0)).sum()), float(np.mean(off**2))
    if pairs == 0 or variance == 0:
        return 0.0
    return float(np.clip(((sums**2).sum() - (off**2).sum()) / (variance * pairs), 0, 1))


def answers_worth(bad: Floats, expected: Floats) -> float:
    """How many independent answers of yes or no one response is worth as to chance: ``Σ e(1 − e) / Σ (bad − e)²``.

    A share of several answers varies less than a single yes or no of the same mean; one answer each is worth 1, and
    nothing is worth less. It says how unlikely a figure is; how many customers a figure needs is counted in responses.
    """
    seen = float(((bad - expected) ** 2).sum())
    return max(float((expected * (1 - expected)).sum()) / seen, 1.0) if seen > 0 else 1.0


def effective_responses(responses: npt.ArrayLike, squares: npt.ArrayLike, alike: float) -> Floats:
    """The effective responses of each person: ``n / (1 + (m − 1)·ρ)``, no more than n; 0 of none.

    ``responses``: n of each person; ``squares``: the sum of the squares of the responses of each of her customers, so
    that m = Σm²/n is how many the customer of a response has; ``alike``: ρ. Source: Kish 1965. One customer who comes
    thirty times is worth little more than one.
    """
    n, square = np.asarray(responses, dtype=np.float64), np.asarray(squares, dtype=np.float64)
    often = np.divide(square, n, out=np.ones_like(n), where=n > 0)
    return np.asarray(n / (1 + (often - 1) * alike), dtype=np.float64)
