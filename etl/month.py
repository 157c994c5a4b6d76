"""The survey month: parse it, walk along it, and know its bounds in local time."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from etl.errors import Misdeclared

_FORM = re.compile(r"(?P<year>[12][0-9]{3})-(?P<month>0[1-9]|1[0-2])")


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
