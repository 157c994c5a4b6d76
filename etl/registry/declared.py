"""Read a declared YAML file into a model; an error names the file, the line and what is wrong."""

from __future__ import annotations

import contextlib
import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from etl import settings
from etl.errors import Misdeclared
from etl.periods import Days, SurveyMonth
from etl.registry import document


def _month(value: object) -> SurveyMonth:
    """YAML text ``2023-07`` as a SurveyMonth; anything else raises ValueError, which gets its file and line."""
    if isinstance(value, SurveyMonth):
        return value
    try:
        return SurveyMonth.parse(str(value))
    except Misdeclared as error:
        raise ValueError(f"{error.message}: {error.next_action}") from error


Month = Annotated[SurveyMonth, BeforeValidator(_month)]


Location = tuple[int | str, ...]
"""The keys and positions that lead from the root of a file, or of a model, to one of its parts."""


class Misplaced(ValueError):
    """What a model finds wrong in one of its parts, with the location of the part."""

    def __init__(self, message: str, *location: int | str) -> None:
        super().__init__(message)
        self.location = location


@dataclass(frozen=True)
class Position:
    """A part of a declared file, written ``file:line``; the line is only looked up when it is written."""

    path: Path
    location: Location

    def __str__(self) -> str:
        return f"{self.path}:{_line(yaml.compose(document.text_of(self.path.read_bytes())), self.location)}"


class Declared(BaseModel):
    """Base of everything that a configuration directory declares: frozen, and no unknown key passes."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Dated(Declared):
    """Something in force on the days ``valid_from`` to ``valid_to``, both included; open-ended without."""

    valid_from: dt.date
    valid_to: dt.date | None = None

    @model_validator(mode="after")
    def _forwards(self) -> Dated:
        if self.valid_to and self.valid_to < self.valid_from:
            raise Misplaced(f"valid_to {self.valid_to} is before valid_from {self.valid_from}", "valid_to")
        return self

    def has_days_in(self, days: Days) -> bool:
        """Whether at least one day of a month, or of a period, falls into the dates."""
        return self.valid_from <= days.last_day and (self.valid_to is None or self.valid_to >= days.first_day)

    def is_open_in(self, days: Days) -> bool:
        """Whether it is in force on at least one day of a month, or of a period."""
        return self.has_days_in(days)

    def is_open_on(self, day: dt.date) -> bool:
        """Whether a day falls into the dates."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)

    def overlaps(self, other: Dated) -> bool:
        """Whether the two share a day."""
        far = dt.date.max
        return self.valid_from <= (other.valid_to or far) and other.valid_from <= (self.valid_to or far)


Stamp = tuple[tuple[str, int, int], ...]


def stamp(directory: Path) -> Stamp:
    """The YAML files under a directory with their times of change and sizes: alike means unchanged."""
    found = []
    for file in sorted(directory.rglob("*.yaml")):
        with contextlib.suppress(OSError):  # a link to nowhere: whoever reads it says so
            found.append((str(file), file.stat().st_mtime_ns, file.stat().st_size))
    return tuple(found)


def stands(file: Path) -> bool:
    """Whether something has a file's name; a link to nowhere is no file that was left out, and is told when read."""
    return file.exists() or file.is_symlink()


def files_in(directory: Path) -> list[Path]:
    """The YAML files of a directory, without what editors put beside them while they are at work."""
    return [file for file in sorted(directory.glob("*.yaml")) if not file.name.startswith(".")]


_TAKEN_FOR = {
    kind: f"; YAML takes it for {name}: put it in quotation marks"
    for kind, name in ((bool, "yes or no"), (int, "a number"), (float, "a number"), (type(None), "nothing"))
}
"""Why a text is none, by what stands in its place."""

Model = TypeVar("Model", bound=Declared)
Entry = TypeVar("Entry", bound=Dated)


def read(path: Path, model: type[Model]) -> Model:
    """Parse one YAML file into its model, in NFC; a missing file, bad YAML or a bad value raises Misdeclared."""
    try:
        settings.refuse_no_file(path)
        text = unicodedata.normalize("NFC", document.text_of(path.read_bytes()))
        return model.model_validate(document.values(text))
    except FileNotFoundError as error:
        raise Misdeclared(
            f"{path} is missing",
            next_action=f"add the file, or point HAILONG_CONFIG to a directory that has {path.name}",
        ) from error
    except OSError as error:
        raise Misdeclared(
            f"{path} cannot be read: {error.strerror}",
            next_action="make the file readable, or point HAILONG_CONFIG to another directory",
        ) from error
    except document.Unparsable as error:
        line = f":{error.line}" if error.line else ""
        raise Misdeclared(f"{path}{line}: not valid YAML: {error.problem}", next_action="mend the file") from error
    except ValidationError as error:
        raise Misdeclared(_explained(path, text, error), next_action="mend the named lines") from error


def no_overlap(entries: Iterable[tuple[str, Position, Entry]]) -> None:
    """Raise Misdeclared when two entries of the same key are in force on the same day."""
    seen: dict[str, list[tuple[Position, Entry]]] = {}
    for key, place, entry in entries:
        for earlier, other in seen.setdefault(key, []):
            if entry.overlaps(other):
                raise Misdeclared(
                    f"{place}: {key} is declared twice for the same days "
                    f"(from {entry.valid_from}, and from {other.valid_from} in {earlier})",
                    next_action="give the earlier entry a valid_to before the later one's valid_from",
                )
        seen[key].append((place, entry))


def unique(what: str, entries: Iterable[tuple[str, Location]]) -> None:
    """Raise Misplaced at the second of two entries with the same text."""
    seen: set[str] = set()
    for text, location in entries:
        if text in seen:
            raise Misplaced(f"{what} '{text}' is declared twice", *location)
        seen.add(text)


def _explained(path: Path, text: str, error: ValidationError) -> str:
    """One line for each fault: file, line, key, and what was expected."""
    root = yaml.compose(text)
    faults = []
    for fault in error.errors():
        location = fault["loc"] + getattr(fault.get("ctx", {}).get("error"), "location", ())
        keys = ".".join(str(part) for part in location) or "file"
        hint = _TAKEN_FOR.get(type(fault["input"]), "") if fault["type"] == "string_type" else ""
        said = fault["msg"].removeprefix("Value error, ") + hint
        faults.append(f"{path}:{_line(root, location)}: {keys}: {said}")
    return "\n".join(faults)


def _line(node: yaml.Node | None, location: Location) -> int:
    """The line on which the innermost node of a location that exists begins; 1 for an empty file."""
    line = node.start_mark.line + 1 if node else 1
    for part in location:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        elif isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
            continue
        else:
            return line
        line = node.start_mark.line + 1
    return line
