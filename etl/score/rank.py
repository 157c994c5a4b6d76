"""The rank: standard competition ranking (1, 1, 3) on exact shares."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from etl.score.rate import Counts


def rank(satisfied: Counts, answers: Counts) -> npt.NDArray[np.int64]:
    """One more than the number of areas with a higher rate; equal rates share a rank. All answers > 0.

    Rates are compared as fractions of integers, so that rounding can neither make nor break a tie.
    """
    shares = [Fraction(int(k), int(n)) for k, n in zip(satisfied, answers, strict=True)]
    ordered = sorted(shares)
    return np.array([1 + len(ordered) - bisect_right(ordered, share) for share in shares], dtype=np.int64)
