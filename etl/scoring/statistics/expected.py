"""What was to be expected of a person: the rate that others have in her unit, procedures and channels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit

from etl.scoring.statistics.shrinkage import likeliest

Floats = npt.NDArray[np.float64]
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


def expectations(cells: pd.DataFrame, share: float = 1.0) -> Expectations:
    """Indirect standardisation for procedure, channel and unit, with the person herself left out.

    ``cells``: person, unit, stratum (procedure and channel), response_count above 0, bad_count (the sum of the shares
    of bad answers); each triple once. ``share``: of responses, those that are worth an independent one, as a whole.

    The share of bad answers of a stratum is that of everybody else's answers in it. A unit moves it on the logit scale
    by how far her colleagues there lie from theirs, drawn towards none by M of units: no officer answers for the seats,
    and a unit with two officers tells little. Sources: Breslow and Day 1987 (indirect standardisation), Efron and
    Morris 1975 (drawing towards the whole). What a whole unit has in common is no finding about a person.
    """
    person, unit, stratum = (pd.factorize(cells[name])[0] for name in ("person", "unit", "stratum"))
    n, bad = cells["response_count"].to_numpy(np.float64), cells["bad_count"].to_numpy(np.float64)
    rate = float(np.clip(bad.sum() / n.sum(), _ENDS, 1 - _ENDS))
    n_else, bad_else = _without_own(stratum, person, n), _without_own(stratum, person, bad)
    by_stratum = np.clip((bad_else + STRATUM_WEIGHT * rate) / (n_else + STRATUM_WEIGHT), _ENDS, 1 - _ENDS)
    n_there, bad_there, due_there = (_without_own(unit, person, values) for values in (n, bad, n * by_stratum))
    half = _half_of_units(unit, n * share, bad * share)
    due = np.where(n_there > 0, due_there / np.where(n_there > 0, n_there, 1), rate)
    own = (bad_there * share + half * due) / (n_there * share + half)
    ends = (_ENDS, 1 - _ENDS)
    moved = expit(logit(by_stratum) + logit(np.clip(own, *ends)) - logit(np.clip(due, *ends)))
    counts, known = np.bincount(person, n), np.bincount(person, n * (n_there * share + half))
    names = pd.unique(cells["person"])
    return Expectations(np.asarray(names, dtype=object), np.bincount(person, n * moved) / counts, known / counts, moved)


def _without_own(group: npt.NDArray[np.intp], person: npt.NDArray[np.intp], values: Floats) -> Floats:
    """The sum of a group's values, for each cell, without those of the cell's person."""
    pair = np.unique(group.astype(np.int64) * (person.max() + 1) + person, return_inverse=True)[1].ravel()
    return np.maximum(np.bincount(group, values)[group] - np.bincount(pair, values)[pair], 0)


def _half_of_units(unit: npt.NDArray[np.intp], n: Floats, bad: Floats) -> float:
    """How many responses tell a unit apart to one half; from fewer than 3 units on, as if none differed."""
    prior = likeliest(np.bincount(unit, n - bad), np.bincount(unit, n))
    return prior.a + prior.b if prior else 1e6
