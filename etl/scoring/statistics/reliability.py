"""How far the figure of one person tells her apart from others: reliability, and how many customers it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from etl.scoring.statistics.shrinkage import likeliest

Floats = npt.NDArray[np.float64]
PUBLISHED_HALF = 16.5
"""The customers at whom a figure is half a person's own: 66 of them give 0.80 (Nelson 2004, 34,985 patients)."""


@dataclass(frozen=True)
class Spread:
    """How much persons differ: ``half`` customers give a reliability of one half; where it is known from.

    ``origin``: ``fitted`` over so many ``persons`` of the network itself, or ``published`` while these are too few.
    """

    half: float
    origin: Literal["fitted", "published"]
    persons: int


def reliability(customers: npt.ArrayLike, half: float) -> Floats:
    """The share of the spread of persons' figures that is theirs and not chance: ``n/(n + M)``, 0 to 1.

    ``customers``: effective responses of each person, never answers. ``half``: M = (1 − ICC)/ICC, of a beta-binomial
    a + b. Source: Spearman 1910 and Brown 1910; for ratings of single physicians Nelson et al. 2004.
    """
    n = np.asarray(customers, dtype=np.float64)
    return np.asarray(n / (n + half), dtype=np.float64)


def required(level: float, half: float, floor: float = 0) -> float:
    """The customers that a reliability takes, ``M·r/(1 − r)``, and never fewer than a floor."""
    return max(floor, round(half * level / (1 - level), 9))  # 16.5 · 0.8 / 0.2 is 66, and no digit more


def spread(satisfied: npt.ArrayLike, customers: npt.ArrayLike, least: tuple[int, float]) -> Spread:
    """How much the persons of a network differ, from their effective counts; the published M where they are too few.

    ``least``: how many persons there must be, and how many customers each must have, to be taken for enough. The
    likeliest beta prior over them has M = a + b (``shrinkage.likeliest``).
    """
    k, n = np.asarray(satisfied, dtype=np.float64), np.asarray(customers, dtype=np.float64)
    is_enough = n >= least[1]
    persons = int(is_enough.sum())
    fitted = likeliest(k[is_enough], n[is_enough]) if persons >= least[0] else None
    if fitted is None or not math.isfinite(fitted.a + fitted.b):
        return Spread(PUBLISHED_HALF, "published", persons)
    return Spread(fitted.a + fitted.b, "fitted", persons)
