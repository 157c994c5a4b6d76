"""Rule sets: what counts as satisfied, how it is graded, how few answers are too few; dated, never edited once used."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from etl.errors import Misdeclared
from etl.month import SurveyMonth
from etl.registry.declared import Dated, Declared, Misplaced, Place, no_overlap, read, unique
from etl.registry.network import Named
from etl.registry.questionnaire import DONT_KNOW


class Rate(Declared):
    """How the satisfaction rate is counted."""

    definition: Literal["share_of_answers"]
    satisfied_levels: tuple[int, ...] = Field(min_length=1)
    dont_know: Literal["counts_as_not_satisfied", "is_left_out"]


class Minimum(Declared):
    """The fewest responses from which a grade, and a rank, is given."""

    grade: int = Field(ge=1)
    rank: int = Field(ge=1)


class Grade(Named):
    """A half-open band of the rate in per cent, ``from_pct`` ≤ rate < ``to_pct``; the best one includes 100."""

    from_pct: int = Field(ge=0, le=100)
    to_pct: int = Field(ge=0, le=100)
    source: str


class Admission(Declared):
    """When a treasury's month is refused as a whole."""

    answers_due: bool
    max_turned_away_share: float = Field(ge=0, le=1)
    max_unknown_code_share: float = Field(ge=0, le=1)


class RuleSet(Dated):
    """``rules/<month>.yaml``: one rule set, in force for the survey months whose first day falls into its dates."""

    code: str
    source: str
    rate: Rate
    minimum_responses: Minimum
    interval_level: float = Field(gt=0.5, lt=1)
    grades: tuple[Grade, ...] = Field(min_length=1)
    admission: Admission
    digest: str = ""

    @model_validator(mode="after")
    def _bands_meet(self) -> RuleSet:
        unique("grade", [(band.code, ("grades", place, "code")) for place, band in enumerate(self.grades)])
        edge, place = 0, 0
        for place, band in sorted(enumerate(self.grades), key=lambda entry: entry[1].from_pct):
            if band.from_pct != edge:
                kind = "gap" if band.from_pct > edge else "overlap"
                message = f"{kind} between {edge} and {band.from_pct} per cent, before '{band.code}'"
                raise Misplaced(message, "grades", place, "from_pct")
            edge = band.to_pct
        if edge != 100:
            raise Misplaced(f"gap between {edge} and 100 per cent", "grades", place, "to_pct")
        return self

    def counting(self, month: SurveyMonth) -> dict[str, Any]:
        """What a count of a month's answers depends on, as the parameters of the counting statements."""
        counts_dont_know = self.rate.dont_know == "counts_as_not_satisfied"
        return {
            "survey_month": month.first_day,
            "satisfied_levels": list(self.rate.satisfied_levels),
            "lowest_level": DONT_KNOW if counts_dont_know else DONT_KNOW + 1,
        }


def load(path: Path) -> tuple[RuleSet, ...]:
    """Read every rule set of a configuration directory; overlapping dates raise Misdeclared."""
    files = sorted((path / "rules").glob("*.yaml"))
    found = {file: _digested(read(file, RuleSet)) for file in files}
    no_overlap(("the rule set", Place(file, ("valid_from",)), rule_set) for file, rule_set in found.items())
    return tuple(found.values())


def in_force(path: Path, month: SurveyMonth) -> RuleSet:
    """The rule set of a survey month; none raises Misdeclared."""
    for rule_set in load(path):
        if rule_set.valid_from <= month.first_day and rule_set.is_open_in(month):
            return rule_set
    raise Misdeclared(f"no rule set is in force in {month}", next_action=f"add one to {path / 'rules'}")


def _digested(rule_set: RuleSet) -> RuleSet:
    """The rule set with the sha256 of all that it says but its end: a successor gives it one after it was used."""
    said = rule_set.model_dump(mode="json", exclude={"valid_to", "digest"})
    digest = hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return rule_set.model_copy(update={"digest": digest})
