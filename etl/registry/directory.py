"""A configuration directory: what each of its files declares by itself, and all that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from etl.errors import Misdeclared
from etl.registry import actions, case_terms, day_swaps, effects, rule_sets, suggestions
from etl.registry.area_rules import AreaRules
from etl.registry.competences import Competences
from etl.registry.declared import files_in, read, stands
from etl.registry.network import Network, Treasuries, Unit, Units
from etl.registry.questionnaire import Codes, Questionnaire
from etl.registry.rounds import Round, Rounds

Read = TypeVar("Read")


@dataclass(frozen=True)
class Files:
    """What the files of a configuration directory declare, each by itself."""

    network: Network
    offices: Treasuries
    codes: Codes
    units: dict[str, tuple[Unit, ...]]
    rounds: tuple[Round, ...]
    questionnaires: dict[Path, Questionnaire]
    competences: dict[Path, Competences]
    area_rules: dict[Path, AreaRules]


def read_all(path: Path) -> Files:
    """Read the files of a configuration directory; all that is missing or wrong is one Misdeclared."""
    faults = _Faults()
    units_file, rounds_file = path / "units.yaml", path / "rounds.yaml"
    network = faults.of(lambda: read(path / "network.yaml", Network))
    offices = faults.of(lambda: read(path / "treasuries.yaml", Treasuries))
    codes = faults.of(lambda: read(path / "codes.yaml", Codes))
    units = faults.of(lambda: read(units_file, Units).units if stands(units_file) else {})
    known_rounds = faults.of(lambda: read(rounds_file, Rounds).rounds if stands(rounds_file) else ())
    questionnaires = {file: faults.of(partial(read, file, Questionnaire)) for file in files_in(path / "questionnaires")}
    competences = {file: faults.of(partial(read, file, Competences)) for file in files_in(path / "competences")}
    area_rules = {file: faults.of(partial(read, file, AreaRules)) for file in files_in(path / "areas")}
    faults.of(lambda: case_terms.declared(path))
    faults.of(lambda: day_swaps.declared(path))
    faults.of(lambda: effects.load(path))
    if None not in questionnaires.values():  # what a broken one asks is not known
        faults.of(lambda: suggestions.load(path, [one for one in questionnaires.values() if one]))
    if faults:  # the rules are read when a period is rated; who mends the directory wants to know now
        faults.of(lambda: rule_sets.load(path))
        faults.of(lambda: actions.load(path))
    faults.tell()
    assert network is not None
    assert offices is not None
    assert codes is not None
    assert units is not None
    assert known_rounds is not None
    asked = {file: questionnaire for file, questionnaire in questionnaires.items() if questionnaire}
    tagged = {file: entry for file, entry in competences.items() if entry}
    of_areas = {file: entry for file, entry in area_rules.items() if entry}
    return Files(network, offices, codes, units, known_rounds, asked, tagged, of_areas)


class _Faults:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self._errors: list[Misdeclared] = []

    def __bool__(self) -> bool:
        return bool(self._errors)

    def of(self, read: Callable[[], Read]) -> Read | None:
        """What a reading returns; None, and one fault more, where it raises Misdeclared."""
        try:
            return read()
        except Misdeclared as error:
            self._errors.append(error)
            return None

    def tell(self) -> None:
        """Raise one Misdeclared of all faults, each on lines of its own; do nothing without any."""
        if not self._errors:
            return
        if len(self._errors) == 1:
            raise self._errors[0]
        actions = dict.fromkeys(error.next_action for error in self._errors)
        raise Misdeclared("\n".join(error.message for error in self._errors), next_action="; ".join(actions))
