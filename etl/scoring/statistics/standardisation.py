"""Direct standardisation: the rate that an area would have with the mix of customers of all areas together."""

from __future__ import annotations

import numpy as np
import pandas as pd


def standardised(counts: pd.DataFrame) -> pd.DataFrame:
    """The standardised rate of each area that has answers, and how much of the whole mix it has answers for.

    ``counts``: area, stratum (a kind of customer, such as respondent type and channel), satisfied_count,
    answer_count. The weight of a stratum is its share of the answers of all areas. Returns, by area: standardised_rate
    ``Σ w·k/n / Σ w`` over the strata in which the area has answers, and standardised_coverage, that ``Σ w``; both from
    0 to 1. Strata that an area lacks are not guessed, so rates of a low coverage are not comparable.

    With effective_share (of its answers, those that count as independent; the same in all rows of an area) there is
    standardised_standard_error as well: ``sqrt(Σ w²·p̃(1 − p̃)/n) / Σ w`` with the stratum's effective n and
    ``p̃ = (k + 4·P)/(n + 4)``, P being ``(k + 2)/(n + 4)`` of the whole area: a stratum of few answers leans on its
    area's rate, as one of Agresti and Coull (1998) does on one half, and is never certain. The weights are taken for
    known, as in Breslow and Day 1987.
    """
    cells = counts.groupby(["area", "stratum"], sort=False, dropna=False)[["satisfied_count", "answer_count"]].sum()
    cells = cells[cells["answer_count"].gt(0)]
    weight = cells.groupby("stratum", dropna=False)["answer_count"].transform("sum")
    weighted = weight * cells["satisfied_count"] / cells["answer_count"]
    sums = pd.DataFrame({"weight": weight, "weighted": weighted}).groupby("area", sort=False, dropna=False).sum()
    total = cells["answer_count"].sum()
    found = pd.DataFrame(
        {
            "standardised_rate": sums["weighted"] / sums["weight"],
            "standardised_coverage": sums["weight"] / total,
        }
    ).astype(float)
    if "effective_share" not in counts:
        return found
    share = counts.groupby("area", sort=False, dropna=False)["effective_share"].first()
    variance = (_variances(cells, share) * weight.astype(float) ** 2).groupby("area", sort=False, dropna=False).sum()
    return found.assign(standardised_standard_error=np.sqrt(variance.reindex(found.index)) / sums["weight"])


def _variances(cells: pd.DataFrame, effective_share: pd.Series) -> pd.Series:
    """The variance of the rate of each area's stratum."""
    areas = cells.groupby("area", dropna=False)[["satisfied_count", "answer_count"]].transform("sum")
    share = pd.Series(effective_share.reindex(cells.index.get_level_values("area")).to_numpy(float), cells.index)
    whole = (areas["satisfied_count"] * share + 2) / (areas["answer_count"] * share + 4)
    size = cells["answer_count"] * share
    own = (cells["satisfied_count"] * share + 4 * whole) / (size + 4)
    return own * (1 - own) / size
