"""Working days of a network's offices, by which everything here is due; those of Vietnam's unless it says otherwise.

Saturdays, Sundays and public holidays are days off: those of the library ``holidays``, which knows Tết by the lunar
calendar, days in lieu and the swaps of its time. What ``working_days.yaml`` declares comes before it: its country too.
The day of the event does not count, and a term ends with its last day (Civil Code 2015, articles 147 and 148).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays

from etl.errors import Misdeclared
from etl.registry import day_swaps

_SATURDAY = 5


@dataclass(frozen=True)
class WorkingDays:
    """The working days of a network: its time zone, the days that are swapped, and whose holidays it has."""

    zone: ZoneInfo
    closed: frozenset[dt.date] = frozenset()
    worked: frozenset[dt.date] = frozenset()
    country: str = "VN"

    @classmethod
    def of(cls, config: Path, zone: ZoneInfo | str) -> WorkingDays:
        """The working days that a configuration directory declares."""
        declared = day_swaps.declared(config)
        if not _is_known(declared.country):
            raise Misdeclared(
                f"{config / 'working_days.yaml'}: the public holidays of '{declared.country}' are not known",
                next_action="take a country that the package holidays has, for example VN",
            )
        swaps = declared.days
        return cls(
            ZoneInfo(str(zone)),
            frozenset(swap.day for swap in swaps if not swap.is_worked),
            frozenset(swap.day for swap in swaps if swap.is_worked),
            declared.country,
        )

    def has(self, day: dt.date) -> bool:
        """Whether offices are open; a year that the calendar lacks raises Misdeclared."""
        public, made_up = _calendar(day.year, self.country)
        if day in self.worked or day in self.closed:
            return day in self.worked
        return day not in public and (day.weekday() < _SATURDAY or day in made_up)

    def due(self, moment: dt.datetime, count: int) -> dt.date:
        """The last day of a term of so many working days after a moment."""
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone has no local day")
        day = moment.astimezone(self.zone).date()
        for _ in range(count):
            day += dt.timedelta(1)
            while not self.has(day):
                day += dt.timedelta(1)
        return day


def _is_known(country: str) -> bool:
    """Whether the library has the public holidays of a country, or of a part of one."""
    code, _, part = country.partition("-")
    known = holidays.list_supported_countries()
    return code in known and (not part or part in known[code])


@lru_cache(maxsize=16)
def _calendar(year: int, country: str) -> tuple[frozenset[dt.date], frozenset[dt.date]]:
    """The public holidays of a year, and its weekend days that are worked."""
    code, _, part = country.partition("-")
    known = holidays.country_holidays(code, part or None)
    if not known.start_year <= year <= known.end_year:
        raise Misdeclared(
            f"the calendar of public holidays does not know {year}, only {known.start_year} to {known.end_year}",
            next_action="correct the date; else install a newer release of the package holidays",
        )
    of_year = holidays.country_holidays(code, part or None, years=year, expand=False)
    return frozenset(of_year), frozenset(day for day in of_year.weekend_workdays if day.year == year)
