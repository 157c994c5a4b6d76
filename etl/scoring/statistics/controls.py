"""Whom an area on which somebody acted is compared with: those that were as good, of the same size, and left alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from etl.scoring.statistics.shrinkage import Prior, likeliest, shrunk

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Candidates:
    """Areas of one level, by the answers that selected the one on which somebody acted.

    ``satisfied`` of ``count``: effective ones. ``kind``: their questionnaire, numbered. ``may``: nobody acted on them.
    """

    satisfied: Floats
    count: Floats
    kind: npt.NDArray[np.intp]
    may: Marks

    def prior(self) -> Prior | None:
        """How much the areas differ; None of fewer than 3 with answers."""
        return likeliest(self.satisfied, self.count)


def nearest(area: int, candidates: Candidates, prior: Prior, near: tuple[float, float]) -> Marks:
    """Which areas an area is compared with, by its place among the candidates.

    ``near``: their empirical-Bayes rates are so many standard errors of their difference apart at most, by the variance
    ``r(1 − r)/(n + a + b + 1)`` of each posterior, and their effective counts by such a factor. All of it is of the
    answers that selected: were others chosen by the answers that measure, they would come back to their own mean, and
    the area would not.
    """
    errors, factor = near
    rate = shrunk(candidates.satisfied, candidates.count, prior)
    n = candidates.count + prior.a + prior.b
    variance = rate * (1 - rate) / (n + 1)
    error = np.sqrt(variance + variance[area])
    size = candidates.count / candidates.count[area] if candidates.count[area] > 0 else np.zeros(len(n))
    is_near = np.abs(rate - rate[area]) <= errors * error
    is_alike = (size <= factor) & (size * factor >= 1) & (candidates.kind == candidates.kind[area])
    found: Marks = np.asarray(is_near & is_alike & candidates.may, dtype=bool)
    found[area] = False
    return found


def with_like_room(area: int, rates: Floats) -> Marks:
    """Which areas can move about as far as one: ``r(1 − r)`` within a factor of two of its own."""
    room = rates * (1 - rates)
    return np.asarray((room <= 2 * room[area]) & (2 * room >= room[area]), dtype=bool)
