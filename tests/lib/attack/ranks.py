"""What the number of ranked peers tells of the hidden ones: whether they have enough responses for a rank."""

from __future__ import annotations

import numpy as np
import pandas as pd


def bounded(cells: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """The cells with the bounds of responses that ranks tell.

    They are told where all hidden peers have a rank, or none has. ``cells`` has rank and ranked_count; peers are the
    areas of a level, and the units of one treasury, in one member.
    From ``minimum`` responses an area has a rank, but for answers that name no unit.
    """
    parent = cells["area_code"].str.split("/").str[0].where(cells["area_level"].eq("unit"), "")
    period = cells["period_code"] if "period_code" in cells else pd.Series("", cells.index)
    peers = cells.groupby([period, cells["area_level"], parent, cells["breakdown"], cells["member_code"]], sort=False)
    is_hidden = cells["response_count"].isna() & cells["answer_count"].isna()
    can_rank = is_hidden & ~cells["area_code"].str.endswith("/unstated")
    number = peers.ngroup()
    missing = peers["ranked_count"].transform("max") - peers["rank"].transform("count")
    hidden = can_rank.groupby(number).transform("sum")
    return cells.assign(
        least_responses=np.where(can_rank & missing.eq(hidden), minimum, 0),
        most_responses=np.where(can_rank & missing.eq(0), minimum - 1, np.inf),
    )
