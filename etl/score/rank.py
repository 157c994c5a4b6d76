"""The rank: standard competition ranking (1, 1, 3) on exact shares."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.score.rate import Counts


def rank(satisfied: Counts, answers: Counts, peers: Counts | None = None) -> npt.NDArray[np.int64]:
    """One more than the number of peers with a higher rate; equal rates share a rank. All answers > 0.

    ``peers`` numbers the group in which each area is ranked; without it they are one group. Rates are compared as
    fractions of integers, so that rounding can neither make nor break a tie.
    """
    group = np.zeros(len(answers), dtype=np.int64) if peers is None else peers
    places = pd.Series(_places(satisfied, answers)).groupby(group).rank(method="min", ascending=False)
    return places.to_numpy(np.int64)


def _places(satisfied: Counts, answers: Counts) -> npt.NDArray[np.int64]:
    """A whole number for each rate: the same for equal rates, a higher one for a higher rate."""
    if not len(answers):
        return np.array([], dtype=np.int64)
    common = np.gcd(satisfied, answers)
    lowest_terms = np.column_stack([satisfied // common, answers // common])
    distinct, position = np.unique(lowest_terms, axis=0, return_inverse=True)
    shares = [Fraction(int(k), int(n)) for k, n in distinct]
    place = np.empty(len(shares), dtype=np.int64)
    place[sorted(range(len(shares)), key=shares.__getitem__)] = np.arange(len(shares))
    return place[position.ravel()]
