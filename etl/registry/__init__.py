"""The registry: which network, which treasuries, which questionnaire, which codes, valid from when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from etl.errors import Misdeclared
from etl.month import SurveyMonth
from etl.registry.declared import Place, Stamp, no_overlap, read, stamp
from etl.registry.network import Network, Region, Treasuries, Treasury, Unit, Units
from etl.registry.questionnaire import Codes, Questionnaire


@dataclass(frozen=True)
class Registry:
    """Everything declared in a configuration directory except the rules."""

    path: Path
    network: Network
    regions: tuple[Region, ...]
    treasuries: tuple[Treasury, ...]
    units: dict[str, tuple[Unit, ...]]
    codes: Codes
    questionnaires: tuple[Questionnaire, ...]

    def zone(self, treasury: Treasury | None = None) -> ZoneInfo:
        """The local time of the network, or of one treasury's timestamps."""
        return ZoneInfo((treasury and treasury.time_zone) or self.network.time_zone)

    def treasuries_in(self, month: SurveyMonth) -> tuple[Treasury, ...]:
        """The treasuries open in a month, by code; none raises Misdeclared."""
        found = sorted((t for t in self.treasuries if t.is_open_in(month)), key=lambda t: t.code)
        if not found:
            days = [t.valid_to for t in self.treasuries if t.valid_to]
            until = f"; the last one declared closed on {max(days)}" if days else ""
            raise Misdeclared(
                f"no treasury is open in {month}{until}",
                next_action=f"name another month, or declare its treasuries in {self.path / 'treasuries.yaml'}",
            )
        return tuple(found)

    def treasury(self, code: str, month: SurveyMonth) -> Treasury:
        """The treasury that has the code in a month; an unknown code raises Misdeclared."""
        found = next((t for t in self.treasuries_in(month) if t.code == code), None)
        if found is None:
            raise Misdeclared(
                f"no treasury with the code {code} is open in {month}",
                next_action=f"look the code up in {self.path / 'treasuries.yaml'}",
            )
        return found

    def questionnaire_in(self, month: SurveyMonth) -> Questionnaire:
        """The questionnaire in force on the first day of a month; none raises Misdeclared."""
        found = [q for q in self.questionnaires if q.valid_from <= month.first_day and q.is_open_in(month)]
        if not found:
            raise Misdeclared(
                f"no questionnaire is in force in {month}",
                next_action=f"declare one in {self.path / 'questionnaires'}",
            )
        return found[0]


def load(path: Path) -> Registry:
    """Read and check a configuration directory; anything wrong raises Misdeclared with file and line.

    A directory that has not changed since it was last read is not read again.
    """
    return _loaded(path, stamp(path))


@lru_cache(maxsize=4)
def _loaded(path: Path, _: Stamp) -> Registry:
    """Read and check a configuration directory in the state that its stamp tells."""
    network = read(path / "network.yaml", Network)
    offices = read(path / "treasuries.yaml", Treasuries)
    units_file = path / "units.yaml"
    questionnaires = {file: read(file, Questionnaire) for file in sorted((path / "questionnaires").glob("*.yaml"))}
    no_overlap(("the questionnaire", Place(file, ("valid_from",)), q) for file, q in questionnaires.items())
    registry = Registry(
        path=path,
        network=network,
        regions=offices.regions,
        treasuries=offices.treasuries,
        units=read(units_file, Units).units if units_file.exists() else {},
        codes=read(path / "codes.yaml", Codes),
        questionnaires=tuple(questionnaires.values()),
    )
    _check(registry)
    return registry


def _check(registry: Registry) -> None:
    """Check what no single file, and no single entry, can know."""
    offices = registry.path / "treasuries.yaml"
    no_overlap(
        (f"treasury {treasury.code}", Place(offices, ("treasuries", index)), treasury)
        for index, treasury in enumerate(registry.treasuries)
    )
    for index, treasury in enumerate(registry.treasuries):
        for other in registry.treasuries:
            ends = other.code == treasury.code and other.valid_to
            if ends and ends < treasury.valid_from and (ends.year, ends.month) == treasury.valid_from.timetuple()[:2]:
                raise Misdeclared(
                    f"{Place(offices, ('treasuries', index))}: treasury {treasury.code} begins in the month in which "
                    "another treasury of its code ends: their answers of that month could not be told apart",
                    next_action="let the new one begin, or the old one end, with the month",
                )
    for code in registry.units.keys() - {treasury.code for treasury in registry.treasuries}:
        raise Misdeclared(
            f"{Place(registry.path / 'units.yaml', ('units', code))}: units of an unknown treasury '{code}'",
            next_action=f"declare the treasury in {offices}, or mend the code",
        )
