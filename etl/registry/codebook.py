"""What one treasury's texts mean in a month."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from etl.month import SurveyMonth
from etl.registry import Registry
from etl.registry.network import Treasury
from etl.registry.questionnaire import Questionnaire, code_of_label


@dataclass(frozen=True)
class CodeBook:
    """Each code or label with the code it stands for, the questionnaire, and the local time."""

    units: dict[str, str]
    procedures: dict[str, str]
    channels: dict[str, str]
    respondent_types: dict[str, str]
    questionnaire: Questionnaire
    zone: ZoneInfo


def of(registry: Registry, treasury: Treasury, month: SurveyMonth) -> CodeBook:
    """The code book of a treasury in a month."""
    return CodeBook(
        units={unit.code: unit.code for unit in registry.units.get(treasury.code, ())},
        procedures=code_of_label(registry.codes.procedures),
        channels=code_of_label(registry.codes.channels),
        respondent_types=code_of_label(registry.codes.respondent_types),
        questionnaire=registry.questionnaire_in(month),
        zone=registry.zone(treasury),
    )
