"""Every hidden count that the shown ones determine."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from tests.lib.attack import solve
from tests.lib.attack.counts import GRAIN, MEASURES, linear

ASKED = MEASURES[:3]
"""Responses, answers, satisfied: a hidden cell has fallen when one of them has one value only."""


def recovered(
    cells: pd.DataFrame,
    factor_of_criterion: Mapping[str, str],
    least: int,
    sums: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """Hidden counts with one value only: keys, measure, value and way.

    ``cells`` has, for each area, breakdown and member that anybody answered for, area_level, area_code, region_code,
    treasury_id, breakdown, member_code and the counts, empty where they are hidden; a cell that is not there is zero.
    ``least`` is the rule set's least number of responses that is shown: a smaller one that is shown comes back as well,
    its way being "shown". The other ways are "bounds", by adding up and rounding, and "programming".

    ``cells`` may hold several periods by a column period_code; ``sums`` then says which period is the sum of which.
    """
    every = attacked(cells, factor_of_criterion, least, sums)
    return every[every["way"].ne("")].reset_index(drop=True)


def attacked(
    cells: pd.DataFrame,
    factor_of_criterion: Mapping[str, str],
    least: int,
    sums: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """Every hidden count with value and way, both empty where safe."""
    unknowns, rows = linear(cells, factor_of_criterion, sums)
    number = unknowns.number[:, : len(ASKED)]
    wanted = np.zeros(unknowns.count, bool)
    wanted[number[number >= 0]] = True
    verdict = solve.decided(rows, wanted)
    cell, measure = np.nonzero(number >= 0)
    of = number[cell, measure]
    found = unknowns.cells.iloc[cell][GRAIN].assign(
        measure=np.array(ASKED)[measure],
        value=np.where(verdict.way[of] != "", verdict.least[of], np.nan),
        way=verdict.way[of],
    )
    is_nobody = unknowns.cells["may_be_none"].to_numpy(bool)[cell] & found["value"].eq(0).to_numpy()
    found.loc[is_nobody, ["value", "way"]] = [np.nan, ""]  # that nobody was there tells of nobody
    return pd.concat([found, _small(unknowns.cells, least)], ignore_index=True)


def with_late(first: pd.DataFrame, second: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Two revisions and what came late between them, as three periods.

    Holds where answers came late and none was changed or deleted. A cell of the late answers may hold nobody.
    """
    late = second.assign(**dict.fromkeys(MEASURES, np.nan), period_code="late", may_be_none=True)
    both = [
        first.assign(period_code="first", may_be_none=False),
        second.assign(period_code="second", may_be_none=False),
    ]
    return pd.concat([*both, late], ignore_index=True), {"second": ["first", "late"]}


def _small(cells: pd.DataFrame, least: int) -> pd.DataFrame:
    """Cells that are shown with fewer responses than may be."""
    small = cells[pd.to_numeric(cells["response_count"]).between(1, least - 1)]
    return small[GRAIN].assign(measure="response_count", value=small["response_count"], way="shown")
