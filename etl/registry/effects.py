"""When an action is said to have helped: declared, dated, pinned by its digest."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from etl.errors import Misdeclared
from etl.registry.code_forms import VersionCode
from etl.registry.declared import Dated, Declared, Misplaced, Position, Stamp, files_in, no_overlap, read, stamp

EffectLevel = Literal["treasury", "unit", "officer"]


class EffectMonths(Declared):
    """How many months before and after an action are looked at, by level; how many there must be after it."""

    treasury: int = Field(ge=1, le=36)
    unit: int = Field(ge=1, le=36)
    officer: int = Field(ge=1, le=36)
    least: int = Field(ge=1)

    @model_validator(mode="after")
    def _enough(self) -> EffectMonths:
        for level in ("treasury", "unit", "officer"):
            if getattr(self, level) < self.least:
                raise Misplaced(f"{level}: fewer months than the least, {self.least}", level)
        return self


class ControlRule(Declared):
    """How near those must be with whom an area is compared, and how many there must be."""

    least: int = Field(ge=3)
    standard_errors: float = Field(gt=0, le=3)
    size_factor: float = Field(gt=1, le=10)


class EffectRule(Dated):
    """``effects/<name>.yaml``: how an effect is judged, in force by the day on which it is measured.

    ``smallest_points``: the smallest effect that matters, in points of a rate. ``least_responses``: effective ones.
    """

    code: VersionCode
    source: str = Field(min_length=1)
    level: float = Field(ge=0.8, lt=1)
    smallest_points: float = Field(gt=0, le=50)
    months: EffectMonths
    least_responses: int = Field(ge=1)
    controls: ControlRule

    @property
    def digest(self) -> str:
        """The sha256 of all that the file says, but its end: what a measured effect pins."""
        content = self.model_dump(mode="json", exclude={"valid_to"}, exclude_unset=True)
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def load(path: Path) -> tuple[EffectRule, ...]:
    """Read every rule of a configuration directory."""
    return _loaded(path, stamp(path / "effects"))


def in_force(path: Path, day: dt.date) -> EffectRule | None:
    """The rule on a day; None where none is declared."""
    return next((rule for rule in load(path) if rule.is_open_on(day)), None)


def named(path: Path, code: str, digest: str) -> EffectRule:
    """The rule of a code, unchanged since its digest was kept; one that is gone or was edited raises Misdeclared."""
    declared = next((rule for rule in load(path) if rule.code == code), None)
    if declared is None or declared.digest != digest:
        what = "is gone from" if declared is None else "was edited after it was used, in"
        raise Misdeclared(
            f"the rule of effects {code} {what} {path / 'effects'}",
            next_action="restore its file, and put the change into a new, later dated file",
        )
    return declared


@cache
def _loaded(path: Path, _: Stamp) -> tuple[EffectRule, ...]:
    """Read and check the rules in the state of a stamp."""
    declared = {file: read(file, EffectRule) for file in files_in(path / "effects")}
    no_overlap(("the rule of effects", Position(file, ("valid_from",)), rule) for file, rule in declared.items())
    return tuple(declared.values())
