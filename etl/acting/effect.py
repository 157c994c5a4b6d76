"""Whether an action helped: against others that were left alone, and against what was due to come by itself.

It is pure. One row an area of one level, all by the windows of one action or of several of the same months; the counts
are effective ones. An officer's are ``figures.adjusted_counts``: a move changes what is to be expected of her.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.registry.effects import EffectRule
from etl.scoring.statistics.controls import Candidates, nearest, with_like_room
from etl.scoring.statistics.difference import Changes, changes, difference_in_differences, own_movement
from etl.scoring.statistics.forecast import expected_rate, forecast, likely_range
from etl.scoring.statistics.shrinkage import Prior, shrunk

Floats = npt.NDArray[np.float64]
Verdict = Literal["helped", "no_effect", "worse", "cannot_tell"]
Reason = Literal[
    "too_few_months", "too_few_responses", "too_few_controls", "other_questionnaire", "too_wide", "forecast_differs"
]
"""Why it cannot be told; ``too_few_months`` says who finds no windows (``effect_windows``)."""

WINDOWS = ("selecting", "before", "after")
CELLS = ["area", "questionnaire", "is_treated", *(f"{w}_{name}" for w in WINDOWS for name in ("satisfied", "count"))]
"""What is handed in; ``questionnaire`` is empty where the windows were not asked by one and the same."""
EFFECTS = [
    "area", "verdict", "reason", "effect", "effect_low", "effect_high", "control_count", "before_rate", "after_rate",
    "control_change", "forecast_rate", "forecast_low", "forecast_high", "expected_rate",
]  # fmt: skip
"""What comes out, a row a treated area: shares from -1 to 1.

``forecast_*``: what the answers that selected it let expect of the answers after, with no action and nothing else
changed; ``expected_rate``: that, and what its controls did beyond their own.
"""


def effects(cells: pd.DataFrame, rule: EffectRule) -> pd.DataFrame:
    """The effect on each treated area of ``CELLS``: the columns ``EFFECTS``."""
    table = cells.reset_index(drop=True)
    known = _Known.of(table, rule)
    rows = [
        {"area": table.at[place, "area"], **known.effect(place, rule)}
        for place in np.flatnonzero(table["is_treated"].to_numpy(bool)).tolist()
    ]
    return pd.DataFrame(rows, columns=EFFECTS)


def verdict(interval: tuple[float, float], rule: EffectRule) -> Verdict:
    """What an interval says: whether it leaves out every effect that matters, then on which side of none it is."""
    smallest, (low, high) = rule.smallest_points / 100, interval
    if -smallest < low and high < smallest:
        return "no_effect"
    if low > 0:
        return "helped"
    return "worse" if high < 0 else "cannot_tell"


@dataclass(frozen=True)
class _Known:
    """All areas of a level: their counts by window, and how far they moved."""

    windows: dict[str, tuple[Floats, Floats]]
    candidates: Candidates
    has_answers: npt.NDArray[np.bool_]
    prior: Prior | None
    moved: Changes

    @classmethod
    def of(cls, table: pd.DataFrame, rule: EffectRule) -> _Known:
        """What a table of ``CELLS`` tells."""
        windows = {
            name: (table[f"{name}_satisfied"].to_numpy(np.float64), table[f"{name}_count"].to_numpy(np.float64))
            for name in WINDOWS
        }
        has_answers = np.min([windows[name][1] for name in WINDOWS], axis=0) >= rule.least_responses
        kind = pd.factorize(table["questionnaire"])[0].astype(np.intp)
        may = ~table["is_treated"].to_numpy(bool) & has_answers & (kind >= 0)
        candidates = Candidates(*windows["selecting"], kind, may)
        moved = changes(windows["before"], windows["after"])
        return cls(windows, candidates, has_answers, candidates.prior(), moved)

    def effect(self, area: int, rule: EffectRule) -> dict[str, object]:
        """The row of one area, but its name; without a verdict only what was seen."""
        before, after = (self._rate(name)[area] for name in ("before", "after"))
        row: dict[str, object] = {"verdict": "cannot_tell", "before_rate": before, "after_rate": after}
        if self.candidates.kind[area] < 0:
            return row | {"reason": "other_questionnaire"}
        if not self.has_answers[area]:
            return row | {"reason": "too_few_responses"}
        if self.prior is None:
            return row | {"reason": "too_few_controls", "control_count": 0}
        near = nearest(area, self.candidates, self.prior, (rule.controls.standard_errors, rule.controls.size_factor))
        row |= {"control_count": int(near.sum())}
        if near.sum() < rule.controls.least:
            return row | {"reason": "too_few_controls"}
        return row | self._against(area, near, rule)

    def _against(self, area: int, near: npt.NDArray[np.bool_], rule: EffectRule) -> dict[str, object]:
        """The effect against the controls, and whether the forecast says the same."""
        assert self.prior is not None
        controls = self.moved.of(near)
        own = self.moved.of(np.array([area]))
        forecasts = shrunk(*self.windows["selecting"], self.prior)
        movement = own_movement(self.moved.of(self.candidates.may & with_like_room(area, forecasts)))
        effect, low, high = difference_in_differences(own, controls, rule.level, movement)
        selected, count = (counts[area] for counts in self.windows["selecting"])
        due = forecast(selected, count, self.prior)
        due_low, due_high = likely_range(self.windows["after"][1][area], due, rule.level)
        surprise = float((self._rate("after")[near] - forecasts[near]).mean())
        expected, seen = expected_rate(due) + surprise, self._rate("after")[area]
        said, reason = verdict((low, high), rule), None
        if (said == "helped" and seen <= expected) or (said == "worse" and seen >= expected):
            said, reason = "cannot_tell", "forecast_differs"
        elif said == "cannot_tell":
            reason = "too_wide"
        return {
            "verdict": said,
            "reason": reason,
            "effect": effect,
            "effect_low": low,
            "effect_high": high,
            "control_change": float(controls.change.mean()),
            "forecast_rate": expected_rate(due),
            "forecast_low": due_low,
            "forecast_high": due_high,
            "expected_rate": expected,
        }

    def _rate(self, name: str) -> Floats:
        """The rate of each area in a window; NaN without answers."""
        satisfied, count = self.windows[name]
        return np.asarray(satisfied / np.where(count > 0, count, np.nan), dtype=np.float64)
