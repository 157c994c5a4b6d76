"""Whether what offices did helped: each action on the treasury or unit that it was for. It is pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from etl.acting.effect import WINDOWS, effects
from etl.acting.effect_windows import EffectWindows, windows
from etl.registry.effects import EffectLevel, EffectRule

COUNTS = ["level", "area", "criterion", "month", "satisfied", "count", "asked_as"]
"""The columns of counts: effective ones of an area in a month; ``asked_as`` by which questionnaire and definition."""
_ROUTINE = "conference"
"""What every office does with every result: it is measured, and keeps no other action from being so."""


@dataclass(frozen=True)
class OfficeAction:
    """What an office did in a month, counted as a whole number, with the first and last month of what led to it.

    ``area``: ``treasury`` or ``treasury/unit``. ``criterion`` is empty where the rate as a whole is measured.
    """

    kind: str
    area: str
    criterion: str
    month: int
    selecting: tuple[int, int]

    @property
    def level(self) -> EffectLevel:
        """What kind of area it is."""
        return "unit" if "/" in self.area else "treasury"

    @property
    def rate(self) -> tuple[EffectLevel, str]:
        """What it is measured by: a level, and a criterion of it."""
        return self.level, self.criterion

    def moves(self, other: OfficeAction) -> bool:
        """Whether it could have moved what another action is measured by, on the same area."""
        is_about = not self.criterion or not other.criterion or self.criterion == other.criterion
        return is_about and (self.kind != _ROUTINE or other.kind == _ROUTINE)


@dataclass(frozen=True)
class MeasuredEffect:
    """The effect of an action: the columns ``effect.EFFECTS`` but area, with both counts; None: too few months."""

    values: Mapping[str, Any]
    windows: EffectWindows | None


_TOO_FEW = MeasuredEffect({"verdict": "cannot_tell", "reason": "too_few_months"}, None)


def measure(actions: Sequence[OfficeAction], counts: pd.DataFrame, rule: EffectRule) -> list[MeasuredEffect]:
    """The effect of each action by ``COUNTS``, in their order.

    No window reaches beyond another action that could have moved the same rate, and whoever acted so within the windows
    is no control. Actions of one month share their windows: their effect is that of all of them.
    """
    by_rate = {(str(level), str(name)): rows for (level, name), rows in counts.groupby(["level", "criterion"])}
    nothing = counts.iloc[:0]
    groups: dict[tuple[tuple[EffectLevel, str], bool, EffectWindows], list[int]] = {}
    found: dict[int, MeasuredEffect] = {}
    for place, action in enumerate(actions):
        months = _windows(action, actions, by_rate.get(action.rate, nothing), rule)
        if months is None:
            found[place] = _TOO_FEW
        else:
            groups.setdefault((action.rate, action.kind == _ROUTINE, months), []).append(place)
    for (rate, _, months), places in groups.items():
        first = actions[places[0]]
        treated = {actions[place].area for place in places}
        cells = _cells(by_rate[rate], months, (treated, _acted(first, actions, months)))
        of_area = effects(cells.reset_index(), rule).join(cells[["before_count", "after_count"]], on="area")
        values = {row["area"]: {str(name): value for name, value in row.items()} for _, row in of_area.iterrows()}
        found |= {place: MeasuredEffect(values[actions[place].area], months) for place in places}
    return [found[place] for place in range(len(actions))]


def _windows(
    action: OfficeAction, actions: Sequence[OfficeAction], counts: pd.DataFrame, rule: EffectRule
) -> EffectWindows | None:
    """The windows of an action: months with counts of its area, cut by others on it or on its whole office."""
    areas = {action.area, _treasury(action.area)}
    others = {other.month for other in actions if other.area in areas and other.moves(action)}
    own = set(counts.loc[counts["area"].eq(action.area), "month"])
    found = windows(action.month, action.selecting, (rule, action.level), (max(own, default=action.month), others))
    if found is None:
        return None
    before, after = (tuple(month for month in months if month in own) for months in (found.before, found.after))
    is_enough = before and len(after) >= rule.months.least
    return EffectWindows(found.selecting, before, after) if is_enough else None


def _acted(first: OfficeAction, actions: Sequence[OfficeAction], months: EffectWindows) -> set[str]:
    """The areas on which somebody acted within windows: a whole office also bars its units, and a unit its office."""
    span = range(min(months.before), max(months.after) + 1)
    areas = {other.area for other in actions if other.month in span and other.moves(first)}
    return areas if first.level == "unit" else {_treasury(area) for area in areas}


def _cells(counts: pd.DataFrame, months: EffectWindows, acted: tuple[set[str], Collection[str]]) -> pd.DataFrame:
    """The columns ``effect.CELLS`` by area, of the treated ones and of those that nobody acted on.

    ``acted``: the areas that are measured, and all on which somebody acted. ``counts``: of one level and criterion.
    """
    treated, barred = acted
    is_left = ~counts["area"].isin(barred) & ~counts["area"].map(_treasury).isin(barred)
    known = counts[is_left | counts["area"].isin(treated)]
    of_window = {name: known["month"].isin(getattr(months, name)) for name in WINDOWS}
    inside = known[of_window["selecting"] | of_window["before"] | of_window["after"]]
    asked = inside.groupby("area")["asked_as"].agg(["nunique", "first"])
    cells = pd.DataFrame(index=pd.Index(sorted({*inside["area"], *treated}), name="area"))
    cells["questionnaire"] = asked["first"].where(asked["nunique"].eq(1))
    cells["is_treated"] = cells.index.isin(treated)
    for name, is_in in of_window.items():
        sums = known[is_in].groupby("area")[["satisfied", "count"]].sum().reindex(cells.index, fill_value=0.0)
        cells[[f"{name}_satisfied", f"{name}_count"]] = sums
    return cells


def _treasury(area: str) -> str:
    """The treasury of an area."""
    return area.partition("/")[0]
