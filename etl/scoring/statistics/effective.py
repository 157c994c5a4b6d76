"""The effective number of answers: how many independent ones the answers of a cell are worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
_SUMS = (
    "response_count",
    "answer_count",
    "satisfied_count",
    "satisfied_squares",
    "answer_squares",
    "satisfied_answer_products",
)


@dataclass(frozen=True)
class Pool:
    """The cells from which is learnt how alike answers are: those of one ``group`` that are ``is_estimated``."""

    group: npt.NDArray[np.int64]
    is_estimated: npt.NDArray[np.bool_]


def effective_count(counts: pd.DataFrame, pool: Pool | None = None) -> Floats:
    """Answers of each cell over their design effect, between 0 and ``answer_count``; 0 without answers.

    ``counts`` has, summed over the responses of a cell with k of n answers satisfied: response_count, answer_count
    Σn, satisfied_count Σk, satisfied_squares Σk², answer_squares Σn², satisfied_answer_products Σkn. Where several
    responses come from one customer, hers are summed first, and response_count is the number of customers. The answers
    of one customer resemble each other, so ten of hers tell less than one each of ten. Design effect (Kish 1965): the
    Taylor-linearised variance of p = Σk/Σn between responses, ``m/(m − 1)·Σ(k − pn)²/(Σn)²``, over that of independent
    answers, ``p(1 − p)/Σn``; never below 1. Where every answer is alike, or there is one response only, no variation
    was seen and every response counts once.

    With a ``pool`` a cell is worth no more than by the design effect of its group, ``Σ m/(m − 1)·Σ(k − pn)² /
    Σ n·p(1 − p)`` over the cells that are estimated and have spread, where there are two: a cell that saw few
    dissatisfied customers also sees them too little alike, and would be too sure just where its rate is too high.
    """
    # as floats: the squares of large cells go beyond int64
    sums = counts[list(_SUMS)].to_numpy(np.float64).T
    responses, answers, satisfied, _, answer_squares, _ = sums
    has_spread = (responses >= 2) & (satisfied > 0) & (satisfied < answers)
    # with one answer each, responses are the answers: the m/(m − 1) alone would take some away
    is_clustered = answer_squares > answers
    tells = has_spread & is_clustered
    between, within = np.zeros((2, len(counts)))
    between[tells], within[tells] = _variances(sums[:, tells])
    effect = np.ones(len(counts))
    effect[tells] = np.maximum(between[tells] / within[tells], 1)
    own = np.where(has_spread, answers / effect, np.minimum(responses, answers))
    if pool is None:
        return own
    shared = _pooled(between, within, np.where(pool.is_estimated & tells, pool.group, -1))
    effects = np.array([shared.get(group, 1.0) for group in pool.group.tolist()])
    return np.where(is_clustered, np.minimum(own, answers / effects), own)


def _pooled(between: Floats, within: Floats, group: npt.NDArray[np.int64]) -> dict[int, float]:
    """The design effect of each group of two cells or more; cells of group -1 tell nothing."""
    cells: dict[int, list[int]] = {}
    for cell in np.flatnonzero(group >= 0).tolist():
        cells.setdefault(int(group[cell]), []).append(cell)
    # summed exactly: no digit may depend on the order of the cells
    return {
        one: max(math.fsum(between[own].tolist()) / math.fsum(within[own].tolist()), 1)
        for one, own in cells.items()
        if len(own) > 1
    }


def _variances(sums: Floats) -> tuple[Floats, Floats]:
    """The variance of the share between responses, and that of independent answers, both times (Σn)²."""
    responses, answers, satisfied, squares, answer_squares, products = sums
    share = satisfied / answers
    # where every response has the same share, round-off leaves a sum just below 0
    deviations = np.maximum(squares - 2 * share * products + share**2 * answer_squares, 0)
    return responses / (responses - 1) * deviations, answers * share * (1 - share)
