"""Direct standardisation: the rate that an area would have with the mix of customers of all areas together."""

from __future__ import annotations

import pandas as pd


def standardised(counts: pd.DataFrame) -> pd.DataFrame:
    """The standardised rate of each area that has answers, and how much of the whole mix it has answers for.

    ``counts``: area, stratum (a kind of customer, such as respondent type and channel), satisfied_count,
    answer_count. The weight of a stratum is its share of the answers of all areas. Returns, by area: standardised_rate
    ``Σ w·k/n / Σ w`` over the strata in which the area has answers, and standardised_coverage, that ``Σ w``; both from
    0 to 1. Strata that an area lacks are not guessed, so rates of a low coverage are not comparable.
    """
    cells = counts.groupby(["area", "stratum"], sort=False, dropna=False)[["satisfied_count", "answer_count"]].sum()
    cells = cells[cells["answer_count"].gt(0)]
    weight = cells.groupby("stratum", dropna=False)["answer_count"].transform("sum")
    weighted = weight * cells["satisfied_count"] / cells["answer_count"]
    sums = pd.DataFrame({"weight": weight, "weighted": weighted}).groupby("area", sort=False, dropna=False).sum()
    total = cells["answer_count"].sum()
    return pd.DataFrame(
        {
            "standardised_rate": sums["weighted"] / sums["weight"],
            "standardised_coverage": sums["weight"] / total,
        }
    ).astype(float)
