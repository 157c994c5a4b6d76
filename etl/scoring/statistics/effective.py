"""The effective number of answers: how many independent ones the answers of a cell are worth."""

from __future__ import annotations

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


def effective_count(counts: pd.DataFrame) -> Floats:
    """Answers of each cell over their design effect, between 0 and ``answer_count``; 0 without answers.

    ``counts`` has, summed over the responses of a cell with k of n answers satisfied: response_count, answer_count
    Σn, satisfied_count Σk, satisfied_squares Σk², answer_squares Σn², satisfied_answer_products Σkn. The answers of
    one customer resemble each other, so ten of hers tell less than one each of ten. Design effect (Kish 1965): the
    Taylor-linearised variance of p = Σk/Σn between responses, ``m/(m − 1)·Σ(k − pn)²/(Σn)²``, over that of independent
    answers, ``p(1 − p)/Σn``; never below 1. Where every answer is alike, or there is one response only, no variation
    was seen and every response counts once.
    """
    # as floats: the squares of large cells go beyond int64
    sums = counts[list(_SUMS)].to_numpy(np.float64).T
    responses, answers, satisfied, _, answer_squares, _ = sums
    has_spread = (responses >= 2) & (satisfied > 0) & (satisfied < answers)
    # with one answer each, responses are the answers: the m/(m − 1) alone would take some away
    is_clustered = has_spread & (answer_squares > answers)
    effect = np.ones(len(counts))
    effect[is_clustered] = np.maximum(_design_effect(sums[:, is_clustered]), 1)
    return np.where(has_spread, answers / effect, np.minimum(responses, answers))


def _design_effect(sums: Floats) -> Floats:
    """Variance of the share between responses over that of as many independent answers."""
    responses, answers, satisfied, squares, answer_squares, products = sums
    share = satisfied / answers
    # where every response has the same share, round-off leaves a sum just below 0
    deviations = np.maximum(squares - 2 * share * products + share**2 * answer_squares, 0)
    effect: Floats = responses / (responses - 1) * deviations / (answers * share * (1 - share))
    return effect
