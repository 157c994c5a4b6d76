"""Sums of squares that standard errors tell, where everybody has answered everything."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.optimize import brentq

CLOSE = 1e-3


def told(cells: pd.DataFrame, factor_of_criterion: Mapping[str, str]) -> pd.DataFrame:
    """The cells with satisfied_squares, where standard errors tell it.

    The effective number of answers, of which the standard error is made, has it; the other sums of squares follow from
    the counts where each response has answered all that it was asked.
    """
    asked = pd.Series(factor_of_criterion).value_counts()
    most = cells["member_code"].map(asked).where(cells["breakdown"].eq("factor"), len(factor_of_criterion))
    most = most.mask(cells["breakdown"].eq("criterion"), 1)
    names = ["response_count", "answer_count", "satisfied_count", "standard_error"]
    rows = cells[names].assign(most=most).apply(pd.to_numeric).to_numpy(float)
    return cells.assign(satisfied_squares=[_squares(*row) for row in rows])


def _squares(responses: float, answers: float, satisfied: float, error: float, most: float) -> float:
    """The sum of squares of a cell; NaN where not told."""
    if np.isnan(error) or answers != responses * most or most == 1:
        return np.nan
    if satisfied in (0, answers):
        return satisfied * most
    if responses < 2:
        return satisfied**2
    share = satisfied / answers
    effective = _effective(share, error, answers)
    if effective > answers - CLOSE:  # the design effect may be below 1, and is cut off there
        return np.nan
    deviations = answers / effective * share * (1 - share) * answers * (responses - 1) / responses
    squares = deviations + 2 * share * most * satisfied - share**2 * most**2 * responses
    return round(squares) if abs(squares - round(squares)) < CLOSE else np.nan


def _effective(share: float, error: float, answers: float) -> float:
    """The effective number of answers that gives a standard error."""

    def excess(size: float) -> float:
        return (share * size + 2) * ((1 - share) * size + 2) / (size + 4) ** 3 - error**2

    if excess(answers) >= 0:
        return answers
    return float(brentq(excess, 0.1, answers, xtol=1e-12, rtol=1e-14))
