"""What is due to be looked at: at most one step an officer, with its reasons, and what is missing for the next.

It decides nothing: a person does. It is pure: what comes out depends on what is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from etl.acting.ladder import required_responses
from etl.acting.step_evidence import LIMITS, weigh
from etl.registry.actions import Ladder
from etl.scoring.statistics.reliability import Spread, reliability

STANDING = ["officer", "is_assigned", "is_review_upheld", "is_trained", "effect", "is_violation_concluded"]
"""What a caller hands in of each officer: see ``recommend``."""

RECOMMENDED = [
    "officer",
    "step",
    "reasons",
    "effective_responses",
    "required_responses",
    "reliability",
    "next_step",
    "next_required_responses",
    "missing",
]
"""What comes out of each: the step that is due to be looked at, if any, and why; what the next one lacks."""


@dataclass(frozen=True)
class Recommended:
    """The rows ``RECOMMENDED``, and by step and way (``LIMITS``) how many the cap held back; how officers differ."""

    officers: pd.DataFrame
    limits: pd.DataFrame
    spread: Spread


def recommend(evidence: pd.DataFrame, standing: pd.DataFrame, ladder: Ladder, spread: Spread) -> Recommended:
    """At most one step of each officer: the strongest for which all is there that it takes.

    ``evidence``: the rows of ``etl.acting.evidence``. ``standing``: ``STANDING``, a row an officer: is_assigned,
    whether it is known throughout the months looked at where she was assigned; is_review_upheld, by a person;
    is_trained; effect of the last temporary step (a verdict, ``etl.acting.effect``; None before one);
    is_violation_concluded, elsewhere, by those whose office it is. Officers without a row are not recommended.

    A step beyond which a person has already decided is not recommended again before new answers alone are enough for
    it: that is in the evidence. With a ladder that was not simulated nobody is recommended.
    """
    by_officer = standing.set_index("officer").sort_index()
    if ladder.persons != "shown":
        nobody = [{"officer": officer, "reasons": (), "missing": ("not_simulated",)} for officer in by_officer.index]
        officers = pd.DataFrame(nobody, columns=RECOMMENDED).assign(step=None, next_step=None)
        return Recommended(officers, pd.DataFrame(columns=LIMITS), spread)
    found = {step.code: weigh(evidence, by_officer, step, required_responses(step, spread)) for step in ladder.steps}
    limits = pd.concat([step.limits for step in found.values()], ignore_index=True)
    by_step = {code: step.officers.to_dict("index") for code, step in found.items()}
    rows = [_of_officer(officer, by_step, spread) for officer in by_officer.index]
    return Recommended(pd.DataFrame(rows, columns=RECOMMENDED), limits, spread)


def _of_officer(officer: object, by_step: dict[str, dict[Any, Any]], spread: Spread) -> dict[str, object]:
    """One officer's row: the strongest step that is due, and the one after it, or the first where none is."""
    codes = list(by_step)
    due = [code for code in codes if by_step[code][officer]["is_due"]]
    place = codes.index(due[-1]) if due else -1
    at = by_step[codes[max(place, 0)]][officer]
    after = codes[place + 1] if place + 1 < len(codes) else None
    beyond = by_step[after][officer] if after else None
    return {
        "officer": officer,
        "step": due[-1] if due else None,
        "reasons": at["reasons"],
        "effective_responses": at["effective_responses"],
        "required_responses": at["required_responses"],
        "reliability": float(reliability(at["effective_responses"], spread.half)),
        "next_step": after,
        "next_required_responses": None if beyond is None else beyond["required_responses"],
        "missing": () if beyond is None else beyond["missing"],
    }
