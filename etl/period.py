"""The period that figures are about: one survey month, or a round of the survey that spans one or more months."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, Protocol

from etl.month import SurveyMonth

_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


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
