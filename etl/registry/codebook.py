"""What one treasury's texts mean in a month."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from etl.periods import SurveyMonth
from etl.registry import Registry
from etl.registry.network import Treasury
from etl.registry.questionnaire import Questionnaire, code_of_label


@dataclass(frozen=True)
class CodeBook:
    """Each code or label with the code it stands for, the questionnaire, and the local time.

    ``harassment``: whether a declared text says that harassment was reported.
    """

    units: dict[str, str]
    procedures: dict[str, str]
    channels: dict[str, str]
    respondent_types: dict[str, str]
    questionnaire: Questionnaire
    zone: ZoneInfo
    harassment: dict[str, bool] = field(default_factory=dict)

    def text(self) -> str:
        """The book but for the questionnaire, which is kept by its own digest, as JSON.

        A list that came later is left out while it is empty: the digest of older books stays the same.
        """
        lists = {name: getattr(self, name) for name in _LISTS}
        lists |= {name: getattr(self, name) for name in _LATER_LISTS if getattr(self, name)}
        return json.dumps({**lists, "zone": self.zone.key}, ensure_ascii=False, sort_keys=True)

    @property
    def digest(self) -> str:
        """The sha256 of the book's text."""
        return hashlib.sha256(self.text().encode()).hexdigest()


_LISTS = ("units", "procedures", "channels", "respondent_types")
_LATER_LISTS = ("harassment",)


def kept(book: dict[str, Any], questionnaire: Questionnaire) -> CodeBook:
    """A book from what its text said, with the questionnaire."""
    lists = {name: book[name] for name in _LISTS} | {name: book.get(name, {}) for name in _LATER_LISTS}
    return CodeBook(**lists, questionnaire=questionnaire, zone=ZoneInfo(book["zone"]))


def of(registry: Registry, treasury: Treasury, month: SurveyMonth) -> CodeBook:
    """The code book of a treasury in a month."""
    return CodeBook(
        units={unit.code: unit.code for unit in registry.units_of(treasury)},
        procedures=code_of_label(registry.codes.procedures),
        channels=code_of_label(registry.codes.channels),
        respondent_types=code_of_label(registry.codes.respondent_types),
        questionnaire=registry.questionnaire_in(month),
        zone=registry.zone(treasury),
        harassment=registry.codes.harassment.meanings,
    )
