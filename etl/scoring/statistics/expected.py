"""What was to be expected of a person: the rate that others have in her unit, procedures and channels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit

from etl.scoring.statistics.shrinkage import likeliest

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]
STRATUM_WEIGHT = 30.0
"""So many responses at the network's rate stand beside those of a procedure and channel."""
_ENDS = 1e-4
"""An expected share is never nearer to 0 or 1: nobody is sure of anything."""


@dataclass(frozen=True)
class Expectations:
    """Of each person, in the order of ``person``: the share of bad answers to be expected, and how well it is known.

    ``weight``: the responses that the expectation is worth. ``by_cell``: the share of each cell that was given.
    """

    person: npt.NDArray[np.object_]
    bad: Floats
    weight: Floats
    by_cell: Floats


def expectations(cells: pd.DataFrame, share: float | None = None) -> Expectations:
    """Indirect standardisation for procedure, channel and unit, with the person herself left out.

    ``cells``: person, unit, stratum (procedure and channel), response_count above 0, bad_count (the sum of the shares
    of bad answers); each triple once. ``share``: of responses, those that are worth an independent one, as a whole;
    without it units are not looked at.

    The share of bad answers of a stratum is that of everybody else's answers in it. A unit moves it on the logit scale
    by how far her colleagues there lie from theirs, drawn towards none by M of units: no officer answers for the seats,
    and a unit with two officers tells little. Sources: Breslow and Day 1987 (indirect standardisation), Efron and
    Morris 1975 (drawing towards the whole). What a whole unit has in common is no finding about a person.
    """
    person, unit, stratum = (pd.factorize(cells[name])[0] for name in ("person", "unit", "stratum"))
    n, bad = cells["response_count"].to_numpy(np.float64), cells["bad_count"].to_numpy(np.float64)
    rate = float(np.clip(bad.sum() / n.sum(), _ENDS, 1 - _ENDS))
    by_stratum = _drawn(_without_own(stratum, person, bad), _without_own(stratum, person, n), rate)
    moved, known = by_stratum, np.full(len(n), n.sum())
    if share is not None:
        everybody = _drawn(_of_group(stratum, bad), _of_group(stratum, n), rate)
        n_there, bad_there = _without_own(unit, person, n), _without_own(unit, person, bad)
        due_there = _without_own(unit, person, n * everybody)
        # her colleagues too are expected to do what others than she herself do
        due_there += _of_own(
            unit, person, _without_own(numbered_pairs(unit, stratum)[0], person, n) * (by_stratum - everybody)
        )
        half = _half_of_units(unit, n * share, bad * share)
        due = np.clip(np.divide(due_there, n_there, out=np.full(len(n), rate), where=n_there > 0), _ENDS, 1 - _ENDS)
        own = np.clip((bad_there * share + half * due) / (n_there * share + half), _ENDS, 1 - _ENDS)
        moved, known = expit(logit(by_stratum) + logit(own) - logit(due)), n_there * share + half
    counts = np.bincount(person, n)
    names = np.asarray(pd.unique(cells["person"]), dtype=object)
    return Expectations(names, np.bincount(person, n * moved) / counts, np.bincount(person, n * known) / counts, moved)


def _drawn(bad: Floats, n: Floats, rate: float) -> Floats:
    """The share of bad answers, drawn a little towards the network's."""
    share = (bad + STRATUM_WEIGHT * rate) / (n + STRATUM_WEIGHT)
    return np.asarray(np.clip(share, _ENDS, 1 - _ENDS), dtype=np.float64)


def numbered_pairs(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """A number for each different pair of whole numbers, and where each of them is first."""
    one, other = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    _, place, number = np.unique(one * (other.max(initial=0) + 1) + other, return_index=True, return_inverse=True)
    return number.ravel().astype(np.intp), place.astype(np.intp)


def _of_group(group: Numbers, values: Floats) -> Floats:
    """The sum of the values of a cell's group, for each cell."""
    return np.asarray(np.bincount(group, values)[group], dtype=np.float64)


def _of_own(group: Numbers, person: Numbers, values: Floats) -> Floats:
    """The sum of the values of a cell's person in its group, for each cell."""
    return _of_group(numbered_pairs(group, person)[0], values)


def _without_own(group: Numbers, person: Numbers, values: Floats) -> Floats:
    """The sum of a group's values, for each cell, without those of the cell's person."""
    return np.asarray(np.maximum(_of_group(group, values) - _of_own(group, person, values), 0))


def _half_of_units(unit: Numbers, n: Floats, bad: Floats) -> float:
    """How many responses tell a unit apart to one half; from fewer than 3 units on, as if none differed."""
    prior = likeliest(np.bincount(unit, n - bad), np.bincount(unit, n))
    return prior.a + prior.b if prior else 1e6
