"""The steps of a ladder of actions: the evidence that each takes, and what is asked of who decides."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from etl.registry.declared import Declared, Misplaced
from etl.registry.network import Named

WayCode = Literal["funnel", "cusum", "windows", "criterion", "new_answers", "violation"]
Need = Literal["review_upheld", "trained", "effect_worse_or_none"]
BarEffect = Literal["none", "warns", "blocks"]

URGENT_DAYS = 30
"""How long an urgent decision lasts at most; the database holds the same."""

_TAKES = {
    "funnel": {"level", "months"},
    "cusum": {"odds_ratio", "months"},
    "windows": {"level", "months", "of", "least"},
    "criterion": {"max_q", "months"},
    "new_answers": {"level", "months", "after"},
    "violation": set(),
}
"""What each way must say; ``max_q`` may stand beside a funnel's level as well."""


class Way(Declared):
    """One kind of evidence that is enough for a step.

    ``funnel``: below the lower limit of a two-sided ``level``, over the last ``months``; with ``max_q`` also after
    Benjamini and Hochberg over all who have enough responses. ``windows``: so in ``least`` of ``of`` windows of
    ``months`` that do not overlap. ``criterion``: the gap of one criterion, by ``max_q``. ``cusum``: odds of
    ``odds_ratio`` as bad. ``new_answers``: as funnel, in answers after a step was carried out. ``violation``: concluded
    elsewhere, by people.
    """

    code: WayCode
    level: float | None = Field(default=None, gt=0.5, lt=1)
    max_q: float | None = Field(default=None, gt=0, lt=0.5)
    months: int | None = Field(default=None, ge=1, le=60)
    of: int | None = Field(default=None, ge=2, le=10)
    least: int | None = Field(default=None, ge=1)
    odds_ratio: float | None = Field(default=None, gt=1, le=10)
    after: str | None = None

    @model_validator(mode="after")
    def _says_what_it_takes(self) -> Way:
        said = {name for name in type(self).model_fields if name != "code" and getattr(self, name) is not None}
        may = _TAKES[self.code] | ({"max_q"} if self.code == "funnel" else set())
        for name in sorted(_TAKES[self.code] - said):
            raise Misplaced(f"evidence '{self.code}' needs {name}", "code")
        for name in sorted(said - may):
            raise Misplaced(f"evidence '{self.code}' has no {name}", name)
        if self.of and self.least and self.least > self.of:
            raise Misplaced(f"{self.least} of {self.of} windows cannot be", "least")
        return self

    @property
    def tail(self) -> float:
        """The one-sided p value at which it is beyond its limit; 1 where only ``max_q`` limits it."""
        return (1 - self.level) / 2 if self.level else 1.0

    @property
    def is_by_chance(self) -> bool:
        """Whether chance alone may bring it about, so that it takes part of the cap."""
        return self.code != "violation"


class LadderStep(Named):
    """A step: what is due to be looked at, on which evidence, until when, and what the law asks.

    ``reliability`` and ``least_responses`` (effective ones, the floor): see ``etl.acting.ladder.required_responses``.
    ``false_a_month``: the cap, how many recommendations a month are expected in the whole network where nobody differs.
    ``bar``: what a present or unknown bar of the law does.
    """

    subject_vi: str = Field(min_length=1)
    subject_en: str = Field(min_length=1)
    reliability: float = Field(gt=0, lt=1)
    least_responses: int = Field(ge=1)
    needs: tuple[Need, ...] = ()
    ways: tuple[Way, ...] = Field(min_length=1)
    due_working_days: int = Field(ge=1)
    measured_after_days: int | None = Field(default=None, ge=1)
    false_a_month: float = Field(gt=0)
    bar: BarEffect
    legal_question_vi: str = Field(min_length=1)
    legal_question_en: str = Field(min_length=1)
    source: str = Field(min_length=1)

    @property
    def cap_of_a_way(self) -> float:
        """The cap of each way that chance may take: an even part of the step's."""
        ways = [way for way in self.ways if way.is_by_chance]
        return self.false_a_month / max(len(ways), 1)


class LegalBar(Declared):
    """The question whether the law bars a move: one answer for all bars together."""

    question_vi: str = Field(min_length=1)
    question_en: str = Field(min_length=1)
    answers: tuple[Literal["present"], Literal["none"], Literal["unknown"]]
    source: str = Field(min_length=1)


class HarassmentLine(Declared):
    """Reports of harassment: how soon they are acknowledged and assessed; the two refusals cannot be lifted."""

    acknowledged_within_working_days: int = Field(ge=1)
    assessed_within_working_days: int = Field(ge=1)
    counts_in_rates: Literal[False]
    moves_anyone: Literal[False]
    source: str = Field(min_length=1)


class UrgentJudgement(Declared):
    """A director's own judgement at any number of answers: its label, what it needs, when it expires."""

    name_vi: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    needs: tuple[Literal["reason"], Literal["second_person"]]
    expires_after_days: int = Field(ge=1, le=URGENT_DAYS)
    source: str = Field(min_length=1)


class SpreadRule(Declared):
    """From how many officers, of how many effective responses, their own spread is fitted."""

    least_officers: int = Field(ge=3)
    least_responses: int = Field(ge=1)
    source: str = Field(min_length=1)
