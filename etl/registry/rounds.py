"""The rounds of the survey: which months were asked and published together."""

from __future__ import annotations

import re

from pydantic import Field, model_validator

from etl.periods import Period, SurveyMonth
from etl.registry.code_forms import FileCode
from etl.registry.declared import Declared, Misplaced, Month, unique
from etl.registry.network import Named

_LIKE_A_MONTH = re.compile(r"[0-9]{4}-[0-9]{1,2}")


class Round(Named):
    """One round of the survey, from its first month to its last, and where this is known from."""

    code: FileCode
    first_month: Month
    last_month: Month
    source: str = Field(min_length=1)

    @property
    def period(self) -> Period:
        """The round as a period."""
        return Period(self.code, self.name_vi, self.name_en, self.first_month, self.last_month)


class Rounds(Declared):
    """``rounds.yaml``."""

    rounds: tuple[Round, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Rounds:
        unique("round", [(r.code, ("rounds", index, "code")) for index, r in enumerate(self.rounds)])
        folded = [(r.code.lower(), ("rounds", index, "code")) for index, r in enumerate(self.rounds)]
        unique("in any letter case, round", folded)
        for index, survey_round in enumerate(self.rounds):
            if _LIKE_A_MONTH.fullmatch(survey_round.code):
                raise Misplaced(f"round '{survey_round.code}' is written like a month", "rounds", index, "code")
            if survey_round.last_month < survey_round.first_month:
                message = f"last_month {survey_round.last_month} is before first_month {survey_round.first_month}"
                raise Misplaced(message, "rounds", index, "last_month")
            for other in self.rounds[:index]:
                if survey_round.first_month <= other.last_month and other.first_month <= survey_round.last_month:
                    message = f"round {survey_round.code} shares a month with round {other.code}"
                    raise Misplaced(message, "rounds", index, "first_month")
        return self


def before(rounds: tuple[Round, ...], month: SurveyMonth) -> Period | None:
    """The latest round that ends before a month; None without one."""
    ended = [r for r in rounds if r.last_month < month]
    return max(ended, key=lambda r: r.last_month).period if ended else None


def of_months(rounds: tuple[Round, ...], first: SurveyMonth, last: SurveyMonth) -> Period | None:
    """The round from exactly one month to exactly another; None without one."""
    return next((r.period for r in rounds if (r.first_month, r.last_month) == (first, last)), None)
