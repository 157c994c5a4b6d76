"""The ladder of actions: declared, dated, pinned by its digest, and used on persons only once it was simulated."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field, model_validator

from etl.errors import Misdeclared
from etl.registry.code_forms import VersionCode
from etl.registry.declared import Dated, Declared, Misplaced, Position, Stamp, files_in, no_overlap, read, stamp, unique
from etl.registry.ladder_steps import HarassmentLine, LadderStep, LegalBar, SpreadRule, UrgentJudgement
from etl.registry.network import Named

ReasonCode = Literal[
    "beyond_funnel",
    "cusum_alarm",
    "beyond_in_windows",
    "criterion_gap",
    "persists",
    "violation_concluded",
    "too_few_responses",
    "within_limits",
    "held_back",
    "review_not_upheld",
    "not_trained",
    "effect_not_worse_or_none",
    "assignment_gap",
    "not_simulated",
]
"""Why a step is recommended, or what is missing for the next one; the ladder has the words."""


class SimulatedStep(Declared):
    """What a simulation of officers who are all alike recommended of a step: a month, in the whole network.

    ``spread``: whether M was the published one or fitted. ``returning``: whether customers came back.
    """

    step: str
    spread: Literal["published", "fitted"]
    returning: bool
    cap: float = Field(gt=0)
    false_a_month: float = Field(ge=0)


class Simulated(Declared):
    """``actions/simulated/<name>.yaml``, written by ``python -m benchmarks.actions``: what a ladder does by chance."""

    ladder: str
    ladder_digest: str
    officers: int = Field(ge=1000)
    months: int = Field(ge=12)
    networks: int = Field(ge=1)
    seed: int
    alike: tuple[SimulatedStep, ...] = Field(min_length=1)

    @property
    def digest(self) -> str:
        """The sha256 of the table."""
        return _sha256(self.model_dump(mode="json"))


class Ladder(Dated):
    """``actions/<name>.yaml``: a ladder of actions, in force by the day on which recommendations are made.

    The steps stand from the mildest to the strongest. ``persons``: whether its recommendations on persons are shown;
    they are only with the ``simulation``, the digest of the table that was simulated of exactly this ladder.
    """

    code: VersionCode
    source: str = Field(min_length=1)
    spread: SpreadRule
    steps: tuple[LadderStep, ...] = Field(min_length=1)
    bar: LegalBar
    harassment: HarassmentLine
    urgent: UrgentJudgement
    words: tuple[Named, ...]
    persons: Literal["shown", "not_shown"]
    simulation: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Ladder:
        unique("step", [(step.code, ("steps", place, "code")) for place, step in enumerate(self.steps)])
        unique("word", [(word.code, ("words", place, "code")) for place, word in enumerate(self.words)])
        codes = [step.code for step in self.steps]
        for place, step in enumerate(self.steps):
            for number, way in enumerate(step.ways):
                if way.after is not None and way.after not in codes[:place]:
                    message = f"step {step.code}: '{way.after}' is no milder step"
                    raise Misplaced(message, "steps", place, "ways", number, "after")
            if place and step.reliability < self.steps[place - 1].reliability:
                raise Misplaced(f"step {step.code} asks for less than the milder one", "steps", place, "reliability")
        for code in get_args(ReasonCode):
            if code not in {word.code for word in self.words}:
                raise Misplaced(f"there are no words for '{code}'", "words")
        if (self.persons == "shown") != (self.simulation is not None):
            raise Misplaced("persons are shown with a simulation, and not without", "persons")
        return self

    @property
    def digest(self) -> str:
        """The sha256 of all that the file says, but its end: what a recommendation pins."""
        return _sha256(self.model_dump(mode="json", exclude={"valid_to"}, exclude_unset=True))

    @property
    def digest_of_evidence(self) -> str:
        """The sha256 of what decides who is recommended for what: what a simulation is made of."""
        return _sha256(self.model_dump(mode="json", include={"spread": True, "steps": {"__all__": _DECIDING}}))


_DECIDING: set[str] = {"code", "reliability", "least_responses", "needs", "ways", "false_a_month"}


def load(path: Path) -> tuple[Ladder, ...]:
    """Read every ladder of a configuration directory, and the simulation of each that is used on persons."""
    return _loaded(path, stamp(path / "actions"))


def in_force(path: Path, day: dt.date) -> Ladder | None:
    """The ladder on a day; None where none is declared."""
    return next((ladder for ladder in load(path) if ladder.is_open_on(day)), None)


def named(path: Path, code: str, digest: str) -> Ladder:
    """The ladder of a code, unchanged since its digest was kept; one that is gone or was edited raises Misdeclared."""
    declared = next((ladder for ladder in load(path) if ladder.code == code), None)
    if declared is None or declared.digest != digest:
        what = "is gone from" if declared is None else "was edited after it was used, in"
        raise Misdeclared(
            f"the ladder {code} {what} {path / 'actions'}",
            next_action="restore its file, and put the change into a new, later dated file",
        )
    return declared


def simulation_of(path: Path, ladder: Ladder) -> Simulated:
    """The table that was simulated of a ladder; none raises Misdeclared."""
    return read(path / "actions" / "simulated" / f"{ladder.code}.yaml", Simulated)


@cache
def _loaded(path: Path, _: Stamp) -> tuple[Ladder, ...]:
    """Read and check the ladders in the state of a stamp."""
    declared = {file: read(file, Ladder) for file in files_in(path / "actions")}
    no_overlap(("the ladder", Position(file, ("valid_from",)), ladder) for file, ladder in declared.items())
    for file, ladder in declared.items():
        if ladder.persons == "shown":
            fault = _unlike(ladder, simulation_of(path, ladder))
            if fault:
                raise Misdeclared(
                    f"{Position(file, ('simulation',))}: {fault}",
                    next_action="run python -m benchmarks.actions, read the table, and name its digest; "
                    "or say persons: not_shown",
                )
    return tuple(declared.values())


def _unlike(ladder: Ladder, table: Simulated) -> str | None:
    """What keeps a table from being the simulation that a ladder names, and from keeping its caps; None if nothing."""
    if table.digest != ladder.simulation:
        return f"the simulated table has the digest {table.digest}"
    if table.ladder_digest != ladder.digest_of_evidence:
        return "the table was simulated with other steps"
    for step in ladder.steps:
        rows = [row for row in table.alike if row.step == step.code]
        if {(row.spread, row.returning) for row in rows} != _WORLDS:
            return f"step {step.code} was not simulated in every world"
        worst = max(row.false_a_month for row in rows)
        if worst > step.false_a_month:
            return f"step {step.code} was recommended {worst:g} times a month by chance, more than its cap"
    return None


_WORLDS = {(spread, returning) for spread in ("published", "fitted") for returning in (True, False)}


def _sha256(content: Any) -> str:
    """The digest of plain values, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
