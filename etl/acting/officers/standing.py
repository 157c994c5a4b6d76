"""What stands of each person by the events of her cases: training, a review, an effect, a violation, decisions."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from etl.acting.words import NOTHING
from etl.registry.actions import Ladder

DECIDED = ["officer", "step", "month", "is_carried_out"]
"""The columns of ``Standings.decided``: see ``etl.acting.evidence.Answers``."""


@dataclass
class Standing:
    """What stands of one person."""

    is_review_upheld: bool = False
    is_trained: bool = False
    effect: str | None = None
    is_violation_concluded: bool = False


@dataclass(frozen=True)
class Standings:
    """By person_id what stands of each, and the steps that were decided (``DECIDED``, officer being person_id)."""

    of_person: Mapping[int, Standing]
    decided: pd.DataFrame


@dataclass
class _Case:
    """What is known of a case so far: the step that was recommended, and the action decided on."""

    step: str | None = None
    action: str | None = None


@dataclass
class _Told:
    """What the events told so far."""

    of_person: dict[int, Standing] = field(default_factory=dict)
    decided: list[tuple[int, str, int, bool]] = field(default_factory=list)


def of(events: Iterable[Mapping[str, Any]], ladder: Ladder) -> Standings:
    """What the events of cases about persons come to, in order of the cases and of the events in each.

    ``events``: case_number, person_id, event_kind, happened_on, step_code, finding, action_code, outcome. The
    answers of a month are dealt with by what was decided, carried out or closed in it; a step counts as carried out
    from the day on which a decision takes effect. What was found of it is what was last measured. A case in which a
    step was decided or that was closed asks for no more of the same answers.
    """
    temporary = {way.after for step in ladder.steps if "effect_worse_or_none" in step.needs for way in step.ways}
    told, cases = _Told(), dict[int, _Case]()
    for event in events:
        case = cases.setdefault(event["case_number"], _Case())
        standing = told.of_person.setdefault(event["person_id"], Standing())
        kind, month = event["event_kind"], month_of(event["happened_on"])
        if kind in ("opened", "evidence"):
            case.step = event["step_code"] or case.step
        elif kind == "decided":
            case.action = (
                None if event["outcome"] == "rejected" or event["action_code"] == NOTHING else event["action_code"]
            )
        elif kind == "acting" and case.action:
            told.decided.append((event["person_id"], case.action, month, True))
            standing.is_trained |= case.action == "training"
            if case.action in temporary:
                standing.effect = None
        elif kind == "measured":
            _find(standing, event["finding"])
        if kind in ("decided", "closed") and case.step:
            told.decided.append((event["person_id"], case.step, month, False))
    return Standings(told.of_person, pd.DataFrame(told.decided, columns=DECIDED))


def kept(standings: Standings) -> list[dict[str, Any]]:
    """What stands of each person as it is kept: the columns of ``score.officer_standing``, ``decided`` as JSON."""
    steps = dict(list(standings.decided.groupby("officer")))
    nothing = standings.decided.iloc[:0]
    return [
        {
            "person_id": person,
            **vars(stands),
            "decided": json.dumps(steps.get(person, nothing)[DECIDED[1:]].to_dict("records")),
        }
        for person, stands in standings.of_person.items()
    ]


def of_kept(rows: Iterable[Mapping[str, Any]]) -> Standings:
    """What stands of each person by what is kept: see ``kept``."""
    of_person, decided = {}, []
    for row in rows:
        of_person[row["person_id"]] = Standing(**{name: row[name] for name in vars(Standing())})
        decided += [{"officer": row["person_id"], **one} for one in row["decided"]]
    return Standings(of_person, pd.DataFrame(decided, columns=DECIDED))


def month_of(day: dt.date) -> int:
    """The number of a day's month, as responses have it."""
    return day.year * 12 + day.month - 1


def _find(standing: Standing, finding: str | None) -> None:
    """Take in what was found of what was done."""
    if finding in ("upheld", "not_upheld"):
        standing.is_review_upheld = finding == "upheld"
    elif finding == "violation_concluded":
        standing.is_violation_concluded = True
    elif finding is not None:
        standing.effect = finding
