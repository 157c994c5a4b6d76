"""The smallest change of a rate that an expected number of responses can show.

Two samples of n responses each, two-sided test at 5 %, power 80 %, normal approximation with the variance of the first
rate in both (Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 2003, section 4.2):
``(z.975 + z.80) * sqrt(2 * p * (1 - p) / n)``. The rate is adjusted as everywhere here, ``(k + 2) / (n + 4)``: at
100 % the variance would be zero.
"""

from __future__ import annotations

import math

_Z = 1.959963984540054 + 0.8416212335729143
"""Quantiles .975 and .80 of the normal distribution."""


def change(satisfied_count: int, response_count: int, expected_count: int) -> float | None:
    """The smallest change that is detected with a probability of 80 %, as a share.

    ``satisfied_count`` of ``response_count`` is the rate before; ``expected_count`` is expected of either side. None
    without responses, or where only a change beyond 0 to 1 could be detected.
    """
    if expected_count <= 0 or response_count < 0 or not 0 <= satisfied_count <= response_count:
        return None
    rate = (satisfied_count + 2) / (response_count + 4)
    smallest = _Z * math.sqrt(2 * rate * (1 - rate) / expected_count)
    return smallest if smallest <= max(rate, 1 - rate) else None
