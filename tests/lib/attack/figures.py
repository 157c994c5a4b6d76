"""Every attack on figures that are made of hidden counts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tests.lib.attack import charts, gaps, history, needs, pairs, standing
from tests.lib.attack.seen import Marts


def recovered(marts: Marts, months: Sequence[str]) -> pd.DataFrame:
    """Hidden counts that one figure tells, of months in their order."""
    found = []
    for place, month in enumerate(months):
        earlier = list(months[:place])
        before = earlier[-1] if earlier else ""
        found += [pairs.standardised(marts, month), pairs.covered(marts, month), gaps.recovered(marts, month)]
        found.append(standing.recovered(marts, month, before))
        found += [
            charts.recovered(marts, month, earlier),
            charts.reliable(marts, month),
            needs.recovered(marts, month, needs.declared()),
        ]
        if earlier:
            found += [pairs.shifted(marts, month, earlier), pairs.mixed(marts, month, before)]
            found.append(history.collapsed(marts, month, earlier))
    return pd.concat(found, ignore_index=True)
