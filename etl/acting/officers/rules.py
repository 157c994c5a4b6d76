"""By what the evidence on officers of a month is made, and which months it looks at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from etl.acting.officers.actions_known import first_day
from etl.acting.officers.standing import month_of
from etl.registry.actions import Ladder
from etl.registry.competences import Competences
from etl.registry.effects import EffectRule
from etl.registry.ruled import Ruled


@dataclass(frozen=True)
class EvidenceRules:
    """By what the evidence of a month is made, and the last assignment and event that are known.

    ``are_persons_pinned``: whether what these say is kept with the evidence; None before there was a place for it.
    ``effects``: by what the effects of decisions are judged; None where none are measured.
    """

    ladder: Ladder
    competences: Competences
    last_assignment_number: int
    last_event_number: int
    are_persons_pinned: bool | None = True
    effects: EffectRule | None = None


def first_month(ruled: Ruled, ladder: Ladder) -> dt.date:
    """The first day of the months that a ladder looks at, of which a period's is the last."""
    last = month_of(ruled.period.first_day)
    return first_day(last - months_of(ladder) + 1)


def months_of(ladder: Ladder) -> int:
    """How many months a ladder looks at."""
    return max((way.months or 0) * (way.of or 1) for step in ladder.steps for way in step.ways)
