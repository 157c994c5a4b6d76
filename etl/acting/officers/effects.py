"""Whether decisions on persons helped: on each of them, and of a move at the unit left and the unit that gained her.

Only the months that the evidence is made from are looked at, and only decisions of the last months that a window after
one can have: later, what came before them is no longer among these.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from etl.acting import detectable
from etl.acting.effect import CELLS, EFFECTS, WINDOWS, effects
from etl.acting.effect_windows import MOVES, EffectWindows, MeasuredSubject, TakenAction, measured, windows
from etl.acting.figures import OfficerAnswers, adjusted, window_of
from etl.acting.officers.actions_known import first_day
from etl.acting.officers.standing import month_of
from etl.registry.effects import EffectLevel, EffectRule

COLUMNS = [
    "event_number", "officer", "action_code", "took_effect_month", "part", "unit", "before_months", "after_months",
    "before_count", "after_count", "smallest_change",
    *(name for name in EFFECTS if name not in ("area", "control_change")),
]  # fmt: skip
"""One row a decision and whom it is measured on; ``unit``: the key of a unit, None for the person."""


@dataclass(frozen=True)
class LevelAnswers:
    """All persons, or all units, by their answers.

    ``answers``: numbered, under the key of each. ``questionnaires``: area, month and questionnaire, a row for each.
    """

    answers: OfficerAnswers
    questionnaires: pd.DataFrame

    @cached_property
    def counts(self) -> dict[tuple[int, ...], pd.DataFrame]:
        """Satisfied ones and all of each area, by the months that were asked for so far."""
        return {}

    @classmethod
    def of(cls, responses: pd.DataFrame, criteria: list[str]) -> LevelAnswers:
        """The areas of responses: their key is ``officer``."""
        asked = responses[["officer", "month", "questionnaire_code"]].drop_duplicates()
        return cls(OfficerAnswers.of(responses, criteria), asked)

    def over(self, months: tuple[int, ...]) -> pd.DataFrame:
        """Satisfied ones and all of each area in some months."""
        if months not in self.counts:
            self.counts[months] = adjusted(window_of(self.answers, months))
        return self.counts[months]

    def cells(self, at: EffectWindows, area: int, without: Collection[int]) -> pd.DataFrame:
        """The rows ``CELLS`` of one area on which somebody acted, and of all others but some."""
        months = {name: getattr(at, name) for name in WINDOWS}
        table = pd.concat([self.over(months[name]).add_prefix(f"{name}_") for name in WINDOWS], axis="columns").reindex(
            [*self.answers.officers]
        )
        table = table.fillna(0.0)[~table.index.isin([one for one in without if one != area])]
        asked = self.questionnaires
        asked = asked[asked["month"].isin([month for name in WINDOWS for month in months[name]])]
        of_area = asked.groupby("officer")["questionnaire_code"].agg(["nunique", "first"]).reindex(table.index)
        same = of_area["first"].where(of_area["nunique"].eq(1), None).astype(object)
        named = table.assign(area=table.index, is_treated=table.index == area, questionnaire=same.to_numpy())
        return named.reset_index(drop=True)[CELLS]


@dataclass(frozen=True)
class _Measured:
    """A decision and one whom it is measured on, as whole numbers of months."""

    decision: int
    month: int
    selecting: tuple[int, int]
    subject: MeasuredSubject


def of(
    responses: pd.DataFrame, criteria: list[str], taken: pd.DataFrame, known: tuple[EffectRule, int]
) -> pd.DataFrame:
    """The effects ``COLUMNS`` of decisions, as they are kept.

    ``responses``: see ``etl.acting.figures``, with questionnaire_code. ``taken``: ``actions_known.TAKEN`` with officer,
    the number of each person, as responses have it. ``known``: the rule, and the last month.
    """
    rule, last = known
    levels = {"officer": LevelAnswers.of(responses, criteria), "unit": LevelAnswers.of(_by_unit(responses), criteria)}
    subjects = [one for place in range(len(taken)) for one in _measured(taken.iloc[place], responses)]
    months, rows = set(responses["month"].unique().tolist()), []
    for one in subjects:
        level: EffectLevel = one.subject.level
        if last - one.month > rule.months.officer:
            continue
        others = [
            other
            for other in subjects
            if other.subject.level == level and other.decision != one.decision and other.month <= last
        ]
        same = {other.month for other in others if other.subject.key == one.subject.key}
        at = _with_answers(windows(one.month, one.selecting, (rule, level), (last, same)), months)
        if at is None or len(at.after) < rule.months.least:
            continue
        spoilt = {int(other.subject.key) for other in others if at.selecting[0] <= other.month <= at.after[-1]}
        spoilt |= {int(other.subject.key) for other in subjects if other.decision == one.decision}
        rows.append(_row(one, levels[level].cells(at, int(one.subject.key), spoilt), at, rule))
    table = pd.DataFrame(rows)
    if table.empty:
        return pd.DataFrame(columns=COLUMNS)
    return table.merge(taken, left_on="decision", right_on="event_number", validate="m:1")[COLUMNS]


def _with_answers(at: EffectWindows | None, months: Collection[int]) -> EffectWindows | None:
    """Windows without the months of which there are no answers; None where nothing is left before."""
    if at is None:
        return None
    before, after = (tuple(month for month in side if month in months) for side in (at.before, at.after))
    return EffectWindows(at.selecting, before, after) if before else None


def _by_unit(responses: pd.DataFrame) -> pd.DataFrame:
    """The answers of units: what is expected of one is what those of its procedures and channels say in all others."""
    return responses.assign(officer=responses["unit"], unit=0)


def _measured(decision: pd.Series, responses: pd.DataFrame) -> list[_Measured]:
    """Whom a decision is measured on: a unit is the one of most of her answers before, or after, it took effect."""
    month = month_of(decision["took_effect_month"])
    hers = responses[responses["officer"] == decision["officer"]]
    if hers.empty:
        return []
    before, after = (_most(hers[is_side]) for is_side in (hers["month"] < month, hers["month"] > month))
    code, treasury = str(decision["action_code"]), str(hers["treasury_id"].iloc[-1])
    acted = TakenAction(code, treasury, before, after, str(decision["officer"]))
    if code in MOVES and None in (before, after):
        acted = TakenAction(code, treasury, officer=acted.officer)
    selecting = (month_of(decision["selecting_from"]), month_of(decision["selecting_until"]))
    return [_Measured(int(decision["event_number"]), month, selecting, subject) for subject in measured(acted)]


def _most(rows: pd.DataFrame) -> str | None:
    """The unit of most responses, of several the smallest key; None without responses."""
    return str(int(rows["unit"].mode().iloc[0])) if len(rows) else None


def _row(one: _Measured, cells: pd.DataFrame, at: EffectWindows, rule: EffectRule) -> dict[str, object]:
    """The row of one decision and one whom it is measured on."""
    (effect,) = effects(cells, rule).replace({np.nan: None}).to_dict("records")
    (cell,) = cells[cells["is_treated"]].to_dict("records")
    satisfied, before, after = (cell[name] for name in ("before_satisfied", "before_count", "after_count"))
    smallest = detectable.change(round(satisfied), max(round(before), round(satisfied)), round(min(before, after)))
    rounded: dict[str, object] = {
        str(name): round(float(value), 8) if isinstance(value, float) else value
        for name, value in {**effect, "smallest_change": smallest}.items()
        if name not in ("area", "control_change")
    }
    return {
        "decision": one.decision,
        "part": one.subject.part,
        "unit": None if one.subject.level == "officer" else int(one.subject.key),
        "before_months": [first_day(month) for month in at.before],
        "after_months": [first_day(month) for month in at.after],
        "before_count": round(float(before), 6),
        "after_count": round(float(after), 6),
        **rounded,
    }
