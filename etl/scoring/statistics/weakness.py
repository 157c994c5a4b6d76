"""The weaknesses of an area: the criteria in which it falls short of the whole network."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from etl.scoring.statistics.false_discovery import adjusted
from etl.scoring.statistics.interval import standard_error

KEY = ["area_level", "area_code", "member_code"]
_OF_AREA = ["satisfied_count", "answer_count"]
_OF_SYSTEM = ["system_satisfied_count", "system_answer_count"]


def gaps(areas: pd.DataFrame, system: pd.DataFrame, level: float, adjustment: str | None = None) -> pd.DataFrame:
    """How far each area lies from the network in each criterion, with limits at a level such as 0.95.

    ``areas``: area_level, area_code, member_code (the criterion), satisfied_count, answer_count; ``system``: the last
    three of the whole network, once for each criterion. Returns the rows with answers, in their order: the three keys,
    gap ``k/n − K/N``, gap_low, gap_high, is_weak and gap_position within the area: 1 for the largest gap downwards,
    equal gaps by member_code.

    A gap is weak where even gap_high is below 0, each judged by itself. With an ``adjustment`` there is gap_p_value as
    well: the probability of a gap as far below 0 by chance (one-sided), adjusted for all gaps of its area_level
    (Benjamini and Hochberg 1995). By ``benjamini_hochberg`` a gap is weak where that is 1 - ``level`` or less.

    The network contains the area, so the area is tested against the rest of it: with w = n/N the gap is
    ``(1 − w)·(p − rest)`` and its standard error ``(1 − w)·sqrt(v + v_rest)``. An area that is the whole network has a
    gap of 0 and NaN limits, and is not weak. Within a criterion a customer answers once: no design effect is needed.
    From one or two answers the limits are too narrow (one dissatisfied customer makes an area weak), so leave out the
    areas with few.
    """
    table = areas[areas["answer_count"].gt(0)].merge(
        system.set_index("member_code")[_OF_AREA].set_axis(_OF_SYSTEM, axis=1),
        on="member_code",
        how="left",
        validate="m:1",
    )
    k, n, all_k, all_n = (table[name].to_numpy(np.float64) for name in (*_OF_AREA, *_OF_SYSTEM))
    gap = k / n - all_k / all_n
    error = (1 - n / all_n) * np.hypot(standard_error(k, n), standard_error(all_k - k, all_n - n))
    half = NormalDist().inv_cdf((1 + level) / 2) * error
    found = table[KEY].assign(gap=gap, gap_low=gap - half, gap_high=gap + half, is_weak=gap + half < 0)
    found["gap_position"] = _positions(found)
    if adjustment:
        found["gap_p_value"] = _p_values(found["area_level"], gap / error)
    if adjustment == "benjamini_hochberg":
        # the level of a rule set is a decimal number: 1 - 0.95 is no more than 0.05
        found["is_weak"] = found["gap_p_value"] <= round(1 - level, 12)
    return found


def _p_values(levels: pd.Series, distances: npt.NDArray[np.float64]) -> pd.Series:
    """One-sided p values of distances from 0 in standard errors, adjusted level by level."""
    one_sided = pd.Series(ndtr(distances), levels.index)
    return one_sided.groupby(levels).transform(lambda p_values: adjusted(p_values.to_numpy()))


def _positions(found: pd.DataFrame) -> pd.Series:
    """The place of each criterion within its area, from the largest gap downwards."""
    # equal gaps of unequal counts differ in the last digits
    ordered = found.assign(gap=found["gap"].round(12)).sort_values(["gap", "member_code"])
    return ordered.groupby(["area_level", "area_code"], dropna=False).cumcount() + 1
