"""The run chart of a series of months (XmR): which of its points are more than its own unrest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
REACH = 2.66
"""Three standard deviations, 3/1.128, of single values whose moving ranges have a mean of one."""
LEAST_POINTS = 12
"""Limits of fewer points are called trial limits."""
RUN, NEAR = 7, 2 / 3


@dataclass(frozen=True)
class RunChart:
    """Mean, limits, whether they are trial limits, and the rules that each point breaks, (points,) each.

    ``outside``: beyond a limit. ``one_side``: the last of seven or more on one side of the mean. ``trend``: the last of
    seven or more that rise, or fall. ``near_limit``: in the outer third, and so are two of three, on the same side.
    """

    mean: float
    low: float
    high: float
    is_trial: bool
    outside: Marks
    one_side: Marks
    trend: Marks
    near_limit: Marks

    @property
    def is_special(self) -> Marks:
        """Whether a point breaks any rule."""
        return self.outside | self.one_side | self.trend | self.near_limit


def run_chart(values: npt.ArrayLike) -> RunChart:
    """Mean ± 2.66 · mean moving range, and the four rules. Source: Wheeler 2000; NHS England, Making Data Count.

    ``values``: one for each month that has one, in their order; a month without answers is no point. No value and one
    value have no moving range: the limits are NaN, and nothing is special. The limits know nothing of how many
    answered: they are for treasuries and units, whose months have many answers, and never for a person.
    """
    x = np.asarray(values, dtype=np.float64)
    mean = float(x.mean()) if len(x) else float("nan")
    reach = REACH * float(np.abs(np.diff(x)).mean()) if len(x) > 1 else float("nan")
    low, high = mean - reach, mean + reach
    if np.isnan(reach):
        none = np.zeros(len(x), dtype=bool)
        return RunChart(mean, low, high, True, none, none, none, none)
    side = np.sign(np.round(x - mean, 12))
    step = np.sign(np.diff(x, prepend=x[:1]))
    far = np.where(np.round(np.abs(x - mean) - NEAR * reach, 12) > 0, side, 0.0)
    outside = np.round(np.abs(x - mean) - reach, 12) > 0  # months that are all alike are not beyond their own mean
    near = np.zeros(len(x), dtype=bool)
    for sign in (-1.0, 1.0):
        of_three = np.convolve(far == sign, np.ones(3))[: len(x)]
        near |= (far == sign) & (of_three >= 2)
    return RunChart(mean, low, high, len(x) < LEAST_POINTS, outside, _runs(side, RUN), _runs(step, RUN - 1), near)


def _runs(signs: Floats, length: int) -> Marks:
    """Whether a point is the last of so many in a row with one sign; a sign of 0 ends a run."""
    found, count = np.zeros(len(signs), dtype=bool), 0
    for place, sign in enumerate(signs):
        is_on = sign != 0 and place > 0 and sign == signs[place - 1]
        count = count + 1 if is_on else int(sign != 0)
        found[place] = count >= length
    return found
