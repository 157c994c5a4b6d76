"""The registry: which network, which treasuries, which questionnaire, which codes and rounds, valid from when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from etl import settings
from etl.errors import Misdeclared
from etl.periods import Days, Period, SurveyMonth, months_in
from etl.registry import area_rules, competences, consistency, directory, handled, provinces, rounds, succession
from etl.registry.area_rules import AreaRules
from etl.registry.competences import Competences
from etl.registry.declared import Position, Stamp, no_overlap, stamp
from etl.registry.network import Network, Region, Treasury, Unit
from etl.registry.provinces import Province
from etl.registry.questionnaire import Codes, Questionnaire
from etl.registry.rounds import Round


@dataclass(frozen=True, eq=False)
class Registry:
    """Everything declared in a configuration directory except the rules; equal only to itself.

    ``units`` has the keys of ``units.yaml``; ask ``units_of``, because a bare code there means its first bearer.
    """

    path: Path
    network: Network
    regions: tuple[Region, ...]
    treasuries: tuple[Treasury, ...]
    units: dict[str, tuple[Unit, ...]]
    codes: Codes
    questionnaires: tuple[Questionnaire, ...]
    rounds: tuple[Round, ...] = ()
    handled: Mapping[SurveyMonth, handled.HandledFiles] = field(default_factory=dict)
    provinces: tuple[Province, ...] = ()
    competences: tuple[Competences, ...] = ()
    area_rules: tuple[AreaRules, ...] = ()

    @cached_property
    def _first_days(self) -> dict[str, dt.date]:
        """The day from which the first bearer of each treasury code has it."""
        first: dict[str, dt.date] = {}
        for treasury in self.treasuries:
            first[treasury.code] = min(treasury.valid_from, first.get(treasury.code, treasury.valid_from))
        return first

    @classmethod
    def configured(cls) -> Registry:
        """The registry of the configuration directory that the settings name: see ``load``."""
        return load(settings.read().config)

    def zone(self, treasury: Treasury | None = None) -> ZoneInfo:
        """The local time of the network, or of one treasury's timestamps."""
        return ZoneInfo((treasury and treasury.time_zone) or self.network.time_zone)

    def treasuries_in(self, days: Days) -> tuple[Treasury, ...]:
        """The treasuries open in a month or a period, by code; none raises Misdeclared."""
        open_in_days = sorted((t for t in self.treasuries if t.is_open_in(days)), key=lambda t: t.code)
        if not open_in_days:
            offices = [t for t in self.treasuries if t.withdrawn is None] or self.treasuries
            opens = min(t.valid_from for t in offices)
            closes = max(t.valid_to or dt.date.max for t in offices)
            until = f"; the first one declared opens on {opens}" if days.last_day < opens else ""
            until = f"; the last one declared closed on {closes}" if days.first_day > closes else until
            raise Misdeclared(
                f"no treasury is open in {days}{until}",
                next_action=f"name another month, or declare its treasuries in {self.path / 'treasuries.yaml'}",
            )
        return tuple(open_in_days)

    def treasury(self, code: str, days: Days) -> Treasury:
        """The treasury that has the code in a month or a period; an unknown code raises Misdeclared."""
        for treasury in self.treasuries_in(days):
            if treasury.code == code:
                return treasury
        look_up = f"look the code up in {self.path / 'treasuries.yaml'}"
        for entry in (t for t in self.treasuries if t.code == code and t.withdrawn and t.has_days_in(days)):
            raise Misdeclared(
                f"{self._declared_at(entry)}: treasury {code} {entry.name_vi} from {entry.valid_from} is withdrawn:"
                f" {entry.withdrawn}",
                next_action=f"name an office that is open in {days}: {look_up}",
            )
        raise Misdeclared(f"no treasury with the code {code} is open in {days}", next_action=look_up)

    def entry(self, code: str, days: Days) -> Treasury:
        """The treasury that has the code, or else the withdrawn entry that had it: for figures that are published.

        An unknown code raises Misdeclared.
        """
        withdrawn = [t for t in self.treasuries if t.code == code and t.withdrawn and t.has_days_in(days)]
        is_open = any(t.code == code and t.is_open_in(days) for t in self.treasuries)
        return withdrawn[0] if withdrawn and not is_open else self.treasury(code, days)

    def days_of(self, treasury: Treasury, days: Days) -> tuple[dt.datetime, dt.datetime]:
        """Half-open bounds ``[start, end)`` of a treasury's days in a month or a period, in the network's local time.

        They are those of the month, cut to the days on which the treasury exists; no such day raises Misdeclared.
        """
        if not treasury.has_days_in(days):
            raise Misdeclared(
                f"{self._declared_at(treasury)}: treasury {treasury.code} {treasury.name_vi} is not open in {days}",
                next_action="name another month, or mend its dates",
            )
        midnight = dt.time(tzinfo=self.zone())
        last_day = min(days.last_day, treasury.valid_to or days.last_day)
        return (
            dt.datetime.combine(max(days.first_day, treasury.valid_from), midnight),
            dt.datetime.combine(last_day + dt.timedelta(days=1), midnight),
        )

    def opened(self, treasury: Treasury) -> dt.datetime:
        """The first moment from which a treasury's database may have answers, in the network's local time.

        It is that of the treasury, or of the first of those that it carries on: their databases go on as well.
        """
        carried, before = {treasury}, set[Treasury]()
        while carried != before:
            before, codes = carried, {(t.code, t.connection_name) for t in carried}
            carried = carried | {
                t
                for t in self.treasuries
                for code, connection in codes
                if code in (t.code, *t.succeeded_by) or connection == t.connection_name
            }
        first_day = min(t.valid_from for t in carried if t.valid_from <= treasury.valid_from)
        return dt.datetime.combine(first_day, dt.time(tzinfo=self.zone()))

    def units_of(self, treasury: Treasury) -> tuple[Unit, ...]:
        """The declared units of a treasury: never those of another that had its code before."""
        is_first = treasury.valid_from <= self._first_days.get(treasury.code, treasury.valid_from)
        keys = consistency.unit_keys(treasury, is_first=is_first)
        return next((self.units[key] for key in keys if key in self.units), ())

    def successors(self, treasury: Treasury, on: dt.date) -> tuple[Treasury, ...]:
        """The treasuries open on a day that carry a treasury on: itself while open, else its nearest heirs.

        A day before it began raises Misdeclared: what merged later cannot be told apart earlier.
        """
        return self._heirs(treasury, treasury.succeeded_by, on)

    def successor(self, treasury: Treasury, on: dt.date) -> Treasury:
        """The one treasury that carries a treasury on, on a day; none, or more than one, raises Misdeclared."""
        return self._only(treasury, self.successors(treasury, on), on)

    def successors_of_unit(self, treasury: Treasury, unit_code: str, on: dt.date) -> tuple[Treasury, ...]:
        """The treasuries that may carry a unit on, on a day: its own successor, else all of its treasury's."""
        own = next((u.succeeded_by for u in self.units_of(treasury) if u.code == unit_code), None)
        return self._heirs(treasury, (own,) if own else treasury.succeeded_by, on)

    def successor_of_unit(self, treasury: Treasury, unit_code: str, on: dt.date) -> Treasury:
        """The one treasury that carries a unit on, on a day: by the unit's own successor, else by its treasury's."""
        return self._only(treasury, self.successors_of_unit(treasury, unit_code, on), on)

    def questionnaire_in(self, days: Days) -> Questionnaire:
        """The questionnaire in force on the first day of a month, or of every month of a round.

        None in force, or several in one round, raises Misdeclared: answers to different questions cannot be pooled.
        """
        questionnaires = [self._questionnaire_on(month) for month in months_in(days)]
        codes = list(dict.fromkeys(questionnaire.code for questionnaire in questionnaires))
        if len(codes) > 1:
            raise Misdeclared(
                f"{days} has the questionnaires {' and '.join(codes)}, whose answers cannot be pooled",
                next_action=f"divide the round in {self.path / 'rounds.yaml'} where the questionnaire changes",
            )
        return questionnaires[0]

    def competences_in(self, days: Days) -> Competences | None:
        """Which criteria count towards officers on a month's first day; None where nothing is declared."""
        return next((entry for entry in self.competences if entry.is_open_on(days.first_day)), None)

    def period(self, code: str) -> Period:
        """The month or the declared round that has a code; an unknown one raises Misdeclared."""
        for declared_round in self.rounds:
            if declared_round.code == code.strip():
                return declared_round.period
        try:
            return Period.of_month(SurveyMonth.parse(code))
        except Misdeclared:
            known = ", ".join(r.code for r in self.rounds)
            raise Misdeclared(
                f"'{code}' is neither a month nor a declared round" + (f"; the rounds are {known}" if known else ""),
                next_action=f"write a month as YYYY-MM, or declare the round in {self.path / 'rounds.yaml'}",
            ) from None

    def previous(self, period: Period) -> Period | None:
        """The month before a month; the latest round that ends before a round begins, None without one."""
        if period.is_round:
            return rounds.before(self.rounds, period.first)
        return Period.of_month(period.first.previous())

    def year_before(self, period: Period) -> Period | None:
        """The same month of the year before; the round of the same months a year before, None without one."""
        first, last = (SurveyMonth(month.year - 1, month.month) for month in (period.first, period.last))
        return rounds.of_months(self.rounds, first, last) if period.is_round else Period.of_month(first)

    def has_round(self, month: SurveyMonth) -> bool:
        """Whether answers are due in a month: it lies in a round, or nothing is known about rounds in it.

        Nothing is known before the first and after the last declared round, or when none is declared. A month between
        rounds legally has no answers; where it has some, they count all the same.
        """
        months = [(r.first_month, r.last_month) for r in self.rounds]
        is_known = bool(months) and min(months)[0] <= month <= max(last for _, last in months)
        return not is_known or any(first <= month <= last for first, last in months)

    def handled_files(self, month: SurveyMonth) -> dict[str, int]:
        """The number of files that each treasury handled in a month, by code; empty where it is not known."""
        return dict(self.handled[month].handled_files) if month in self.handled else {}

    def _heirs(self, treasury: Treasury, codes: tuple[str, ...], on: dt.date) -> tuple[Treasury, ...]:
        """The treasury itself while it is open, else its heirs by the given codes; a day too early raises."""
        if on < treasury.valid_from:
            raise Misdeclared(
                f"{self._declared_at(treasury)}: treasury {treasury.code} {treasury.name_vi} begins on "
                f"{treasury.valid_from} and cannot be re-based to {on}: the answers of a merged office cannot be told "
                "apart",
                next_action="re-base to a day on which it exists, or to a later one",
            )
        if treasury.valid_to is None or on <= treasury.valid_to:
            return (treasury,)
        return succession.heirs(self.treasuries, codes, treasury.valid_to, on)

    def _only(self, treasury: Treasury, successors: tuple[Treasury, ...], on: dt.date) -> Treasury:
        """The only one of a treasury's successors; none, or more than one, raises Misdeclared."""
        if len(successors) == 1:
            return successors[0]
        who = f"{self._declared_at(treasury)}: treasury {treasury.code} {treasury.name_vi}"
        unlisted = [t for t in self.treasuries if t.known is not None and t.is_open_on(on)]
        if not successors and unlisted:
            raise Misdeclared(
                f"{who} cannot be re-based to {on}: which of the {len(unlisted)} offices {unlisted[0].code} to "
                f"{unlisted[-1].code} carries it on is in no source: the list is not known",
                next_action=f"supply the list as succeeded_by in {self.path / 'treasuries.yaml'}; the answers of "
                "before, by province of today: hailong provinces",
            )
        if not successors:
            raise Misdeclared(
                f"{who} has no successor that is open on {on}",
                next_action="name the one that is in its succeeded_by, or ask for another day",
            )
        names = " and ".join(f"{t.code} {t.name_vi}" for t in successors)
        raise Misdeclared(
            f"{who} was divided: on {on} its successors are {names}",
            next_action=f"re-base its units, each with a succeeded_by in {self.path / 'units.yaml'}",
        )

    def _declared_at(self, treasury: Treasury) -> Position:
        """Where a treasury is declared."""
        named = (treasury.code, treasury.valid_from)
        index = [(t.code, t.valid_from) for t in self.treasuries].index(named)
        return Position(self.path / "treasuries.yaml", ("treasuries", index))

    def _questionnaire_on(self, month: SurveyMonth) -> Questionnaire:
        """The questionnaire in force on the first day of a month; none raises Misdeclared."""
        for questionnaire in self.questionnaires:
            if questionnaire.is_open_on(month.first_day):
                return questionnaire
        raise Misdeclared(
            f"no questionnaire is in force in {month}", next_action=f"declare one in {self.path / 'questionnaires'}"
        )


def load(path: Path) -> Registry:
    """Read and check a configuration directory; anything wrong raises Misdeclared with file and line.

    A directory that has not changed since it was last read is not read again.
    """
    return _loaded(path, stamp(path))


@lru_cache(maxsize=4)
def _loaded(path: Path, _: Stamp) -> Registry:
    """Read and check a configuration directory in the state that its stamp tells."""
    files = directory.read_all(path)
    offices, questionnaires = files.offices, files.questionnaires
    no_overlap(("the questionnaire", Position(file, ("valid_from",)), q) for file, q in questionnaires.items())
    consistency.check_treasuries(path / "treasuries.yaml", offices.treasuries)
    consistency.check_units(path / "units.yaml", files.units, offices.treasuries)
    consistency.check_rounds(path / "rounds.yaml", files.rounds, offices.treasuries)
    return Registry(
        path=path,
        network=files.network,
        regions=offices.regions,
        treasuries=offices.treasuries,
        units=files.units,
        codes=files.codes,
        questionnaires=tuple(questionnaires.values()),
        rounds=files.rounds,
        handled=handled.load(path, offices.treasuries),
        provinces=provinces.load(path, offices.treasuries),
        competences=competences.checked(files.competences, questionnaires),
        area_rules=area_rules.checked(files.area_rules),
    )
