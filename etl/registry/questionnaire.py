"""What is asked: the dated questionnaire, and the lists of codes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator

from etl.registry.code_forms import VersionCode
from etl.registry.declared import Dated, Declared, Misplaced, unique
from etl.registry.network import Member, Named
from etl.registry.terms import LONGEST_LABEL

DONT_KNOW = 0
"""The level that stands for "don't know": an answer, but not a place on the scale."""


class Level(Declared):
    """One level of the answer scale, and the texts that name it.

    1 is the worst, 0 is "don't know".
    """

    level: int = Field(ge=DONT_KNOW, le=100)
    name_vi: str
    name_en: str
    labels: tuple[str, ...] = Field(min_length=1)


class Factor(Named):
    """A group of criteria."""


class Criterion(Named):
    """One thing that the customer is asked about."""

    factor: str


class Questionnaire(Dated):
    """``questionnaires/<name>.yaml``: criteria in printed order, and their scale."""

    code: VersionCode
    scale: tuple[Level, ...] = Field(min_length=2)
    factors: tuple[Factor, ...] = Field(min_length=1)
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Questionnaire:
        scale = list(enumerate(self.scale))
        unique("factor", [(f.code, ("factors", index, "code")) for index, f in enumerate(self.factors)])
        unique("criterion", [(c.code, ("criteria", index, "code")) for index, c in enumerate(self.criteria)])
        unique("level", [(str(level.level), ("scale", index, "level")) for index, level in scale])
        unique("label", [(label, ("scale", index, "labels")) for index, level in scale for label in level.labels])
        known = {f.code for f in self.factors}
        for index, c in enumerate(self.criteria):
            if c.factor not in known:
                raise Misplaced(f"criterion {c.code}: factor '{c.factor}' is not declared", "criteria", index, "factor")
        return self

    @cached_property
    def level_of_label(self) -> dict[str, int]:
        """The level of each text that a source may write."""
        return {label: level.level for level in self.scale for label in level.labels}

    @cached_property
    def position_of_criterion(self) -> dict[str, int]:
        """Each criterion's position in the answers of a response, from 0."""
        return {criterion.code: position for position, criterion in enumerate(self.criteria)}

    @cached_property
    def digest(self) -> str:
        """The sha256 of the criteria in order, and of the scale."""
        meaning = self.model_dump(mode="json", include={"criteria", "scale"})
        return hashlib.sha256(json.dumps(meaning, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


Label = Annotated[str, Field(max_length=LONGEST_LABEL)]


class Coded(Member):
    """An entry of a code list, and the texts that name it beside its code and its names."""

    labels: tuple[Label, ...] = ()


class HarassmentLabels(Declared):
    """Texts by which offices say that harassment was reported or was not, beside the usual ones; case is ignored."""

    reported: tuple[Label, ...] = ()
    not_reported: tuple[Label, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> HarassmentLabels:
        for name in ("reported", "not_reported"):
            for place, label in enumerate(getattr(self, name)):
                if not label.strip():
                    raise Misplaced("an empty text says nothing", name, place)
        texts = [(label.strip().casefold(), ("reported",)) for label in self.reported]
        texts += [(label.strip().casefold(), ("not_reported",)) for label in self.not_reported]
        unique("text", texts)
        return self

    @property
    def meanings(self) -> dict[str, bool]:
        """What each text says, whether harassment was reported."""
        return dict.fromkeys(self.reported, True) | dict.fromkeys(self.not_reported, False)


class Codes(Declared):
    """``codes.yaml``: the administrative procedures, the channels, the types of respondent; words about harassment."""

    procedures: tuple[Coded, ...] = Field(min_length=1)
    channels: tuple[Coded, ...] = Field(min_length=1)
    respondent_types: tuple[Coded, ...] = Field(min_length=1)
    harassment: HarassmentLabels = HarassmentLabels()

    @model_validator(mode="after")
    def _consistent(self) -> Codes:
        for name in ("procedures", "channels", "respondent_types"):
            entries: list[tuple[int, Coded]] = list(enumerate(getattr(self, name)))
            texts = [(text, (name, index)) for index, entry in entries for text in {entry.code, *entry.labels}]
            unique("code or label", texts)
        return self


def code_of_label(entries: tuple[Coded, ...]) -> dict[str, str]:
    """The code that each code, label and name of a list stands for; a name of two entries stands for none."""
    declared = {text: entry.code for entry in entries for text in (entry.code, *entry.labels)}
    names = [(name, entry.code) for entry in entries for name in {entry.name_vi, entry.name_en}]
    bearers = Counter(name for name, _ in names)
    return {name: code for name, code in names if bearers[name] == 1} | declared
