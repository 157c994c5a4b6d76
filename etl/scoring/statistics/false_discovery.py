"""Many tests at once: of what is called clear, how much may be chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def adjusted(p_values: npt.ArrayLike) -> Floats:
    """P values after which a threshold of 0.05 means: of those called clear, 5 % are chance.

    63 treasuries tested each at 5 % would cry wolf three times a month with nothing going on. Source: Benjamini and
    Hochberg 1995. NaN stays NaN and counts as no test.
    """
    found = np.array(p_values, dtype=np.float64)
    is_tested = ~np.isnan(found)
    if is_tested.any():
        from scipy.stats import false_discovery_control  # noqa: PLC0415  a ranking of another day tests nothing

        found[is_tested] = false_discovery_control(found[is_tested], method="bh")
    return found
