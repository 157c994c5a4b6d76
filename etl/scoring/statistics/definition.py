"""The definitions of the satisfaction rate: which counts are its numerator and its denominator, exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.registry.rule_set import Definition, Rate
from etl.scoring.statistics.rate import Integers

DEFINITIONS: tuple[Definition, ...] = ("share_of_answers", "share_of_persons", "all_minus_complaints")


def counted(counts: pd.DataFrame, definition: Definition) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Numerator and denominator of each cell under a definition.

    ``counts`` has response_count, answer_count, satisfied_count, wholly_satisfied_count and complaint_count. Sources:
    SIPAS, Decision 2640/QD-BNV 2017 (answers); Ministry of Health, complete satisfaction (persons); Decision
    766/QD-TTg (all minus complaints: who is silent counts as content).
    """
    if definition == "share_of_answers":
        return _whole(counts["satisfied_count"]), _whole(counts["answer_count"])
    responses = _whole(counts["response_count"])
    if definition == "share_of_persons":
        return _whole(counts["wholly_satisfied_count"]), responses
    return responses - _whole(counts["complaint_count"]), responses


def _whole(column: pd.Series) -> npt.NDArray[np.int64]:
    """A column of counts."""
    return column.to_numpy(np.int64)


def official(counts: pd.DataFrame, rate: Rate) -> tuple[Integers, Integers]:
    """Numerator and denominator of the official rate of each cell, as whole numbers of any size.

    With factor weights the rate over all answers of an area is ``Σ w·k/n / Σ w`` over the factors that were answered
    there, kept as an exact fraction, 0/0 where none of them has a weight; every other breakdown is pooled.
    """
    numerator, denominator = counted(counts, rate.definition)
    if not rate.factor_weights:
        return numerator, denominator
    exact = numerator.astype(object), denominator.astype(object)
    weighted = weighted_rates(counts, rate.factor_weights)
    rows = zip(counts["area_level"], counts["area_code"], counts["breakdown"], strict=True)
    for place, (level, code, breakdown) in enumerate(rows):
        if breakdown == "total":
            share = weighted.get((level, code))
            exact[0][place], exact[1][place] = share.as_integer_ratio() if share is not None else (0, 0)
    return exact


def weighted_rates(counts: pd.DataFrame, weights: dict[str, int]) -> dict[tuple[str, str], Fraction]:
    """The weighted mean of the factors' rates of each area (level and code) that has an answer with a weight."""
    factors = counts[counts["breakdown"].eq("factor") & counts["answer_count"].gt(0)]
    columns = ("area_level", "area_code", "member_code", "satisfied_count", "answer_count")
    sums: dict[tuple[str, str], tuple[Fraction, int]] = {}
    for level, area, factor, satisfied, answers in zip(*(factors[name].tolist() for name in columns), strict=True):
        total, over = sums.get((level, area), (Fraction(0), 0))
        weight = weights.get(factor, 0)
        sums[level, area] = total + weight * Fraction(satisfied, answers), over + weight
    return {key: total / over for key, (total, over) in sums.items() if over}
