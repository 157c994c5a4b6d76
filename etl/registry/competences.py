"""Which criteria count towards an officer, and which competence each of them asks about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from pydantic import Field, model_validator

from etl.errors import Misdeclared
from etl.registry.code_forms import VersionCode
from etl.registry.declared import Dated, Declared, Misplaced, Position, no_overlap, unique
from etl.registry.network import Named
from etl.registry.questionnaire import Questionnaire


class Competence(Named):
    """Something that a person can be good at, and be trained in, with where it is named."""

    source: str = Field(min_length=1)


class AskedCompetence(Declared):
    """The competence that a criterion asks about, and who says so."""

    criterion: str
    competence: str
    source: str = Field(min_length=1)


class Competences(Dated):
    """``competences/<name>.yaml``: what counts towards persons, of one questionnaire, in force by a month's first day.

    A criterion that is not in it counts towards its office alone.
    """

    code: VersionCode
    questionnaire: str
    competences: tuple[Competence, ...] = Field(min_length=1)
    criteria: tuple[AskedCompetence, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Competences:
        unique("competence", [(c.code, ("competences", place, "code")) for place, c in enumerate(self.competences)])
        unique("criterion", [(c.criterion, ("criteria", place, "criterion")) for place, c in enumerate(self.criteria)])
        known = {competence.code for competence in self.competences}
        for place, asked in enumerate(self.criteria):
            if asked.competence not in known:
                message = f"criterion {asked.criterion}: competence '{asked.competence}' is not declared"
                raise Misplaced(message, "criteria", place, "competence")
        for place, competence in enumerate(self.competences):
            if competence.code not in {asked.competence for asked in self.criteria}:
                raise Misplaced(f"no criterion asks about competence '{competence.code}'", "competences", place, "code")
        return self

    @cached_property
    def of_criterion(self) -> dict[str, str]:
        """The competence of each criterion that counts towards persons."""
        return {asked.criterion: asked.competence for asked in self.criteria}

    @cached_property
    def digest(self) -> str:
        """The sha256 of the questionnaire, and of each criterion with its competence."""
        content = {"questionnaire": self.questionnaire, "criteria": self.of_criterion}
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def named(entries: Iterable[Competences], code: str, digest: str) -> Competences:
    """Those of a code, unchanged since their digest was kept; what is gone or was edited raises Misdeclared."""
    declared = next((entry for entry in entries if entry.code == code), None)
    if declared is None or declared.digest != digest:
        what = "are gone" if declared is None else "were edited after they were used"
        raise Misdeclared(
            f"the competences {code} {what}",
            next_action="restore their file in competences/, and put the change into a new, later dated file",
        )
    return declared


def checked(
    declared: Mapping[Path, Competences], questionnaires: Mapping[Path, Questionnaire]
) -> tuple[Competences, ...]:
    """What is declared, where it names criteria that are asked; all that it names besides is one Misdeclared."""
    no_overlap(("the competences", Position(file, ("valid_from",)), entry) for file, entry in declared.items())
    asked = {q.code: set(q.position_of_criterion) for q in questionnaires.values()}
    faults = []
    for file, entry in declared.items():
        if entry.questionnaire not in asked:
            faults.append(f"{Position(file, ('questionnaire',))}: there is no questionnaire {entry.questionnaire}")
            continue
        faults += [
            f"{Position(file, ('criteria', place, 'criterion'))}: {entry.questionnaire} does not ask '{one.criterion}'"
            for place, one in enumerate(entry.criteria)
            if one.criterion not in asked[entry.questionnaire]
        ]
    if faults:
        raise Misdeclared("\n".join(faults), next_action="name what a file in questionnaires/ declares")
    return tuple(declared.values())
