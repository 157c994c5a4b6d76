"""``areas/<name>.yaml``: how reliability and run charts of treasuries and units are made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field

from etl.errors import Misdeclared
from etl.periods import Days
from etl.registry.code_forms import VersionCode
from etl.registry.declared import Dated, Declared, Position, no_overlap


class AreaReliability(Declared):
    """From how many offices M is fitted, of how many effective responses each; ``half``: M before that."""

    least_areas: int = Field(ge=3)
    least_responses: int = Field(ge=1)
    half: float = Field(gt=0)


class ChartedMonths(Declared):
    """Over how many months a run chart looks back, the one that is rated included."""

    months: int = Field(ge=2, le=120)


class AreaRules(Dated):
    """How much the figure of an office tells, in force by a month's first day. No rate, grade or rank moves by it."""

    code: VersionCode
    source: str = Field(min_length=1)
    reliability: AreaReliability
    run_chart: ChartedMonths

    @cached_property
    def digest(self) -> str:
        """The sha256 of the file but for its dates, and who proposed it."""
        content = self.model_dump(mode="json", exclude={"valid_from", "valid_to", "source"}, exclude_unset=True)
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def checked(declared: Mapping[Path, AreaRules]) -> tuple[AreaRules, ...]:
    """What is declared; two in force on the same day raise Misdeclared."""
    no_overlap(("the rules of areas", Position(file, ("valid_from",)), entry) for file, entry in declared.items())
    return tuple(declared.values())


def in_force(declared: Iterable[AreaRules], days: Days) -> AreaRules | None:
    """The rules in force on the first day of a month or period; None where nothing is declared."""
    return next((rules for rules in declared if rules.is_open_on(days.first_day)), None)


def pinned(declared: Iterable[AreaRules], revision: Mapping[str, Any]) -> AreaRules | None:
    """The rules that a revision names, None where it names none; gone or edited ones raise Misdeclared."""
    code, digest = revision["area_rules_code"], revision["area_rules_digest"]
    if code is None:
        return None
    for rules in declared:
        if (rules.code, rules.digest) == (code, digest):
            return rules
    raise Misdeclared(
        f"the rules {code} of reliability and run charts are gone, or were edited after they were used",
        next_action="restore the file in areas/, and put the change into a new, later dated file",
    )
