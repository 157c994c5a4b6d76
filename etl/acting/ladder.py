"""What a declared ladder means for one step: the responses it takes, and what an answer about the law does."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy.typing as npt

from etl.acting.words import BarAnswer
from etl.registry.actions import Ladder
from etl.registry.ladder_steps import LadderStep
from etl.scoring.statistics.reliability import Spread, required, spread

BarOutcome = Literal["free", "warned", "blocked"]


def required_responses(step: LadderStep, known: Spread) -> float:
    """The effective responses that a step takes: the floor, or those that its reliability takes, if more."""
    return required(step.reliability, known.half, step.least_responses)


def spread_of(ladder: Ladder, satisfied: npt.ArrayLike, trials: npt.ArrayLike, worth: float) -> Spread:
    """How much the officers of the network differ, by the ladder's least numbers; M in effective responses.

    ``satisfied`` of ``trials``: independent answers of yes or no, of which a response is ``worth`` so many.
    """
    found = spread(satisfied, trials, (ladder.spread.least_officers, ladder.spread.least_responses * worth))
    return replace(found, half=found.half / worth) if found.origin == "fitted" else found


def bar_outcome(step: LadderStep, answer: BarAnswer) -> BarOutcome:
    """What the one answer about all bars of the law does to a step, when it is decided and when it takes effect.

    Unknown is no "none": it warns and blocks as a bar that is present does.
    """
    if step.bar == "none" or answer == "none":
        return "free"
    return "blocked" if step.bar == "blocks" else "warned"
