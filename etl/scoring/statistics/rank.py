"""The rank: standard competition ranking (1, 1, 3) on exact shares, and how far chance alone could move it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.scoring.statistics.stepdown import Field, told_apart

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
WholeOfAnySize = npt.NDArray[np.object_]
Truths = npt.NDArray[np.bool_]
Sides = Literal["both", "low", "high"]


def rank(satisfied: Whole | WholeOfAnySize, answers: Whole | WholeOfAnySize, peers: Whole | None = None) -> Whole:
    """One more than the number of peers with a higher rate; equal rates share a rank. All answers > 0.

    ``peers`` numbers the group in which each area is ranked; without it they are one group. Rates are compared as
    fractions of integers of any size, so that rounding can neither make nor break a tie.
    """
    group = np.zeros(len(answers), dtype=np.int64) if peers is None else peers
    places = pd.Series(_places(satisfied, answers)).groupby(group).rank(method="min", ascending=False)
    return places.to_numpy(np.int64)


def _places(satisfied: Whole | WholeOfAnySize, answers: Whole | WholeOfAnySize) -> Whole:
    """A whole number for each rate: the same for equal rates, a higher one for a higher rate."""
    if not len(answers):
        return np.array([], dtype=np.int64)
    # unequal fractions with denominators below 2^b are at least 1/2^2b apart: so many binary digits tell them apart
    digits = 2 * max(answers.tolist()).bit_length()
    keys = [(int(k) << digits) // int(n) for k, n in zip(satisfied, answers, strict=True)]
    return np.unique(np.array(keys, dtype=object), return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class ConfidenceSets:
    """The ranks from ``low`` (best) to ``high`` that each of p units may truly have; both of shape (p,).

    ``is_below``, of shape (p, p): whether the unit of the row is significantly below that of the column.
    """

    low: Whole
    high: Whole
    is_below: Truths

    def of(self, sides: Sides) -> ConfidenceSets:
        """The sets without the limit that is not asked for."""
        if sides == "low":
            return replace(self, high=np.full_like(self.high, len(self.high)))
        return replace(self, low=np.ones_like(self.low)) if sides == "high" else self


def rank_sets(  # noqa: PLR0913 - two are given, the others say how
    estimates: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    level: float = 0.95,
    *,
    draws: int = 10_000,
    seed: int = 1,
    simultaneous: bool = True,
    sides: Sides = "both",
) -> ConfidenceSets:
    """Stepdown confidence sets for the ranks of independent estimates; rank 1 is the highest.

    Source: Mogstad, Romano, Shaikh and Wilhelm 2023, "Inference for Ranks", Review of Economic Studies. All ranks lie
    in their sets together with probability ``level`` or more; with ``simultaneous=False`` each does by itself, and a
    row of ``is_below`` comes from the comparisons of its own unit.

    ``sides``: ``both`` limits; only ``low``, the best rank that is left ("no better than"), ``high`` being the last
    one; or only ``high``, the worst that is left ("no worse than"), ``low`` being 1. For all units together one side
    is as wide as both, since each comparison is one of some unit in either direction; for each by itself it is
    narrower. The same arguments give the same sets for ever:
    NumPy has promised not to change the stream of ``RandomState``. The order of the units does not matter, and units
    with equal estimates and errors get equal sets. Raises ValueError where an estimate or an error is no number, or
    an error is not positive.
    """
    x, errors = _checked(estimates, standard_errors)
    order = np.lexsort((errors, x))
    noise = np.random.RandomState(seed).standard_normal((len(x), draws))
    field = Field(x[order], errors[order], noise * errors[order][:, None], level)
    found = _together(field) if simultaneous else _one_by_one(field, sides)
    found = found.of(sides)
    back = np.argsort(order)
    return ConfidenceSets(found.low[back], found.high[back], found.is_below[np.ix_(back, back)])


def tie_groups(estimates: npt.ArrayLike, is_below: Truths) -> Whole:
    """The group of each unit, from 1: neighbours of whom none is significantly below one of the best of the group.

    From the highest estimate down, a group ends before the first unit that is significantly below its best; equal
    estimates stay together. ``is_below`` is that of ``ConfidenceSets``. A description, not a test.
    """
    x = np.asarray(estimates, dtype=np.float64)
    groups = np.zeros(len(x), dtype=np.int64)
    group, best = 0, np.array([], dtype=np.int64)
    for estimate in np.unique(x)[::-1]:
        equals = np.flatnonzero(x == estimate)
        if not group or is_below[np.ix_(equals, best)].any():
            group, best = group + 1, equals
        groups[equals] = group
    return groups


def _checked(estimates: npt.ArrayLike, standard_errors: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Both as arrays of floats; ValueError with the position of the first that is of no use."""
    x, errors = np.asarray(estimates, dtype=np.float64), np.asarray(standard_errors, dtype=np.float64)
    if x.ndim != 1 or x.shape != errors.shape:
        raise ValueError(f"estimates and standard errors are no two equally long rows: {x.shape} and {errors.shape}")
    wrong = np.flatnonzero(~(np.isfinite(x) & np.isfinite(errors) & (errors > 0)))
    if len(wrong):
        place = wrong[0]
        raise ValueError(f"position {place}: estimate {x[place]} with standard error {errors[place]} cannot be ranked")
    return x, errors


def _together(field: Field) -> ConfidenceSets:
    """Sets from one family of comparisons: all pairs."""
    count = len(field.estimates)
    lower, higher = np.triu_indices(count, k=1)
    is_below = np.zeros((count, count), dtype=bool)
    is_below[lower, higher] = told_apart(field, lower, higher)
    return ConfidenceSets(1 + is_below.sum(axis=1), count - is_below.sum(axis=0), is_below)


def _one_by_one(field: Field, sides: Sides) -> ConfidenceSets:
    """Sets from a family of comparisons for each unit: the pairs that it is part of, in the directions asked for."""
    count = len(field.estimates)
    units = np.column_stack([field.estimates, field.errors])
    is_below, is_above = np.zeros((2, count, count), dtype=bool)
    for unit in range(count):
        if unit and (units[unit] == units[unit - 1]).all():
            is_below[unit], is_above[unit] = is_below[unit - 1], is_above[unit - 1]
            continue
        others = np.delete(np.arange(count), unit)
        itself = np.full(count - 1, unit)
        if sides == "low":
            is_below[unit, others] = told_apart(field, itself, others, both_directions=False)
        elif sides == "high":
            is_above[unit, others] = told_apart(field, others, itself, both_directions=False)
        else:
            is_told = told_apart(field, np.minimum(others, unit), np.maximum(others, unit))
            is_below[unit, others] = is_told & (others > unit)
            is_above[unit, others] = is_told & (others < unit)
    return ConfidenceSets(1 + is_below.sum(axis=1), count - is_above.sum(axis=1), is_below)
