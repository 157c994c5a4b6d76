"""Survey months, and the periods that figures are about: one survey month, or a round of several."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from etl.errors import Misdeclared

_FORM = re.compile(r"(?P<year>[12][0-9]{3})-(?P<month>0[1-9]|1[0-2])")
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class SurveyMonth:
    """One calendar month of answers, for example ``SurveyMonth(2023, 7)``, written ``2023-07``."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> SurveyMonth:
        """Read ``YYYY-MM``; anything else raises Misdeclared."""
        match = _FORM.fullmatch(text.strip())
        if not match:
            raise Misdeclared(
                f"'{text}' is not a survey month",
                next_action="write the month as YYYY-MM, for example 2023-07",
            )
        return cls(int(match["year"]), int(match["month"]))

    @classmethod
    def before(cls, moment: dt.datetime, zone: ZoneInfo) -> SurveyMonth:
        """The last whole month before a moment, as seen in the given time zone."""
        local = moment.astimezone(zone)
        return cls(local.year, local.month).previous()

    @classmethod
    def asked_for(cls, text: str | None, moment: dt.datetime, zone: ZoneInfo) -> SurveyMonth:
        """The month that a text names; without one, the last whole month before a moment."""
        return cls.parse(text) if text else cls.before(moment, zone)

    @property
    def first_day(self) -> dt.date:
        """The 1st of the month: the value of every ``survey_month`` column."""
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        """The last calendar day of the month."""
        return self.next().first_day - dt.timedelta(days=1)

    def next(self) -> SurveyMonth:
        """The month after this one."""
        return SurveyMonth(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> SurveyMonth:
        """The month before this one."""
        return SurveyMonth(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def bounds(self, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
        """Half-open bounds ``[start, end)`` of the month in local time, both time-zone aware."""
        midnight = dt.time(tzinfo=zone)
        return (
            dt.datetime.combine(self.first_day, midnight),
            dt.datetime.combine(self.next().first_day, midnight),
        )

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


class Days(Protocol):
    """Anything that has a first and a last day: a survey month, a period."""

    @property
    def first_day(self) -> dt.date:
        """The first of the days."""
        ...

    @property
    def last_day(self) -> dt.date:
        """The last of the days, included."""
        ...


@dataclass(frozen=True)
class Period:
    """Whole months from ``first`` to ``last``, both included: a survey month, or a declared round.

    The code of a month is the month as it is written, ``2023-07``; no round may have such a code.
    """

    code: str
    name_vi: str
    name_en: str
    first: SurveyMonth
    last: SurveyMonth

    @classmethod
    def of_month(cls, month: SurveyMonth) -> Period:
        """The period of one survey month."""
        return cls(
            code=str(month),
            name_vi=f"Tháng {month.month}/{month.year}",
            name_en=f"{_MONTHS_EN[month.month - 1]} {month.year}",
            first=month,
            last=month,
        )

    @property
    def first_day(self) -> dt.date:
        """The 1st of the first month."""
        return self.first.first_day

    @property
    def last_day(self) -> dt.date:
        """The last day of the last month."""
        return self.last.last_day

    @property
    def bounds(self) -> dict[str, dt.date]:
        """The first days of its first and last month, as the parameters of statements about a period."""
        return {"first_month": self.first.first_day, "last_month": self.last.first_day}

    @property
    def months(self) -> tuple[SurveyMonth, ...]:
        """The survey months in it, in their order."""
        return months_in(self)

    @property
    def kind(self) -> Literal["month", "round"]:
        """A month, or a round: one of a single month is a round all the same."""
        return "month" if self.code == str(self.first) else "round"

    @property
    def is_round(self) -> bool:
        """Whether it is a round."""
        return self.kind == "round"

    def __str__(self) -> str:
        return self.code


def months_in(days: Days) -> tuple[SurveyMonth, ...]:
    """The survey months that have at least one of the days, in their order."""
    months = []
    month = SurveyMonth(days.first_day.year, days.first_day.month)
    while month.first_day <= days.last_day:
        months.append(month)
        month = month.next()
    return tuple(months)
