"""Every hidden count that the shown ones determine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tests.lib.attack import solve
from tests.lib.attack.counts import KEYS, MEASURES, linear

ASKED = MEASURES[:3]
"""Responses, answers, satisfied: a hidden cell has fallen when one of them has one value only."""


def recovered(cells: pd.DataFrame, factor_of_criterion: Mapping[str, str], least: int) -> pd.DataFrame:
    """Hidden counts that have one value only: the cell's keys, measure, value and way.

    ``cells`` has, for each area, breakdown and member that anybody answered for, area_level, area_code, region_code,
    treasury_id, breakdown, member_code and the counts, empty where they are hidden; a cell that is not there is zero.
    ``least`` is the rule set's least number of responses that is shown: a smaller one that is shown comes back as well,
    its way being "shown". The other ways are "bounds", by adding up and rounding, and "programming".
    """
    return attacked(cells, factor_of_criterion, least).query("way != ''").reset_index(drop=True)


def attacked(cells: pd.DataFrame, factor_of_criterion: Mapping[str, str], least: int) -> pd.DataFrame:
    """Every hidden count with its value and the way to it, both empty where it is safe."""
    unknowns, rows = linear(cells, factor_of_criterion)
    number = unknowns.number[:, : len(ASKED)]
    wanted = np.zeros(unknowns.count, bool)
    wanted[number[number >= 0]] = True
    verdict = solve.decided(rows, wanted)
    cell, measure = np.nonzero(number >= 0)
    of = number[cell, measure]
    found = unknowns.cells.iloc[cell][KEYS].assign(
        measure=np.array(ASKED)[measure],
        value=np.where(verdict.way[of] != "", verdict.least[of], np.nan),
        way=verdict.way[of],
    )
    return pd.concat([found, _small(unknowns.cells, least)], ignore_index=True)


def _small(cells: pd.DataFrame, least: int) -> pd.DataFrame:
    """Cells with fewer responses than the least that may be shown, and that are shown."""
    small = cells[pd.to_numeric(cells["response_count"]).between(1, least - 1)]
    return small[KEYS].assign(measure="response_count", value=small["response_count"], way="shown")
