"""Hidden months of an area, by what later months say of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tests.lib.attack.counts import GRAIN
from tests.lib.attack.pairs import NONE
from tests.lib.attack.seen import Marts, cells


def collapsed(marts: Marts, period_code: str, earlier: Sequence[str]) -> pd.DataFrame:
    """Responses of a hidden month by the signal ``response_collapse``."""
    signals = marts.of("answer_signal", period_code)
    units = signals["treasury_code"] + "/" + signals["unit_code"]
    code = signals["treasury_code"].where(signals["area_level"].eq("treasury"), units)
    values = signals.assign(area_code=code).pivot_table("signal_value", GRAIN[1:3], "signal_code")
    now, past = _totals(marts, period_code), {month: _totals(marts, month) for month in earlier}
    asked = marts.relations["dim_criterion"]["criterion_code"].nunique()
    found = []
    for area, said in values.iterrows():
        months = {month: totals[area] for month, totals in past.items() if area in totals.index and totals[area] != 0}
        hidden = [month for month, count in months.items() if pd.isna(count)]
        if len(hidden) != 1 or area not in now.index or not said.get("response_collapse", 0) > 0:
            continue
        # of the responses without any answer only the signal of missing answers knows
        answers = _totals(marts, period_code, "answer_count")[area]
        median = round(answers / asked / (1 - said["item_non_response"])) / said["response_collapse"]
        known = [count for count in months.values() if pd.notna(count)]
        if (count := _only(known, median)) is not None:
            keys = dict(zip(GRAIN, (hidden[0], *area, "total", "all"), strict=True))
            found.append({**keys, "measure": "response_count", "value": count, "way": "response_collapse"})
    return pd.DataFrame(found, columns=NONE.columns)


def _only(known: list[float], median: float) -> int | None:
    """The only whole number that gives a median; None if several do."""

    def fits(count: int) -> bool:
        return count > 0 and abs(np.median([*known, count]) - median) < 1e-6

    # the median grows with the count: whatever fits has no gaps
    for count in {round(median), *(round(2 * median - one) for one in known)}:
        if fits(count) and not fits(count - 1) and not fits(count + 1):
            return count
    return None


def _totals(marts: Marts, period_code: str, measure: str = "response_count") -> pd.Series:
    """A count of each area as a whole."""
    table = cells(marts, period_code)
    return table[table["breakdown"].eq("total")].set_index(GRAIN[1:3])[measure]
