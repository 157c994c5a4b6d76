"""The satisfaction rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Integers = Counts | npt.NDArray[np.object_]
"""Whole numbers, those beyond 64 bits as Python's own."""


def rate(satisfied: Counts, answers: Counts) -> npt.NDArray[np.float64]:
    """Share of satisfied answers, 0 to 1; NaN where nothing was answered.

    Source: SIPAS, Decision 2640/QD-BNV 2017: answers at the top two levels over all answers.
    """
    shares: npt.NDArray[np.float64] = np.full(len(answers), np.nan)
    np.divide(satisfied, answers, out=shares, where=answers > 0)
    return shares


def percent(satisfied: int, answers: int) -> str:
    """The rate in per cent with two decimals, rounded half up on integers, for example ``93.64``."""
    hundredths = (20_000 * satisfied + answers) // (2 * answers)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
