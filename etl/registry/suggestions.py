"""What an office may try where a criterion is weak: words of both languages, which move no figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from pydantic import Field, model_validator

from etl.errors import Misdeclared
from etl.periods import Days
from etl.registry.code_forms import VersionCode
from etl.registry.declared import Dated, Declared, Misplaced, Position, files_in, no_overlap, read, unique
from etl.registry.questionnaire import Questionnaire

LONGEST = 200
"""A suggestion stands in one line of what to do."""


class Suggestion(Declared):
    """What may be tried where a criterion is weak; ``source`` where it is another than the file's."""

    criterion: str
    text_vi: str = Field(min_length=1, max_length=LONGEST, pattern=r"\S")
    text_en: str = Field(min_length=1, max_length=LONGEST, pattern=r"\S")
    source: str | None = Field(default=None, min_length=1)


class Suggestions(Dated):
    """``suggestions/<name>.yaml``: of one questionnaire, in force by a period's first day.

    A criterion may have none.
    """

    code: VersionCode
    questionnaire: str
    source: str = Field(min_length=1)
    suggestions: tuple[Suggestion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Suggestions:
        named = [(one.criterion, ("suggestions", place, "criterion")) for place, one in enumerate(self.suggestions)]
        unique("criterion", named)
        for place, one in enumerate(self.suggestions):
            for name in ("text_vi", "text_en"):
                if "\n" in getattr(one, name).strip():
                    raise Misplaced(f"criterion {one.criterion}: more than one line", "suggestions", place, name)
        return self

    @cached_property
    def of_criterion(self) -> dict[str, tuple[str, str]]:
        """The words of each criterion that has some, Vietnamese first."""
        return {one.criterion: (one.text_vi.strip(), one.text_en.strip()) for one in self.suggestions}


def load(path: Path, questionnaires: Iterable[Questionnaire]) -> tuple[Suggestions, ...]:
    """Read the files of a configuration directory; all that names what is not asked is one Misdeclared."""
    declared = {file: read(file, Suggestions) for file in files_in(path / "suggestions")}
    no_overlap(("the suggestions", Position(file, ("valid_from",)), entry) for file, entry in declared.items())
    asked = {q.code: set(q.position_of_criterion) for q in questionnaires}
    faults = [fault for file, entry in declared.items() for fault in _unasked(file, entry, asked)]
    if faults:
        raise Misdeclared("\n".join(faults), next_action="name what a file in questionnaires/ declares")
    return tuple(declared.values())


def in_force(path: Path, questionnaires: Iterable[Questionnaire], days: Days) -> dict[str, tuple[str, str]]:
    """What offices may try in a month or period, by criterion, Vietnamese first; empty where nothing is declared."""
    declared = load(path, questionnaires)
    return next((entry.of_criterion for entry in declared if entry.is_open_on(days.first_day)), {})


def _unasked(file: Path, entry: Suggestions, asked: Mapping[str, set[str]]) -> Iterator[str]:
    """What a file names that nobody is asked, with its line."""
    if entry.questionnaire not in asked:
        yield f"{Position(file, ('questionnaire',))}: there is no questionnaire {entry.questionnaire}"
        return
    for place, one in enumerate(entry.suggestions):
        if one.criterion not in asked[entry.questionnaire]:
            position = Position(file, ("suggestions", place, "criterion"))
            yield f"{position}: {entry.questionnaire} does not ask '{one.criterion}'"
