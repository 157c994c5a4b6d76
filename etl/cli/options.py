"""The arguments and options that several commands take, each declared once.

They are checked while the command line is read: a mistake that can be seen without reading anything is wrong usage,
and is told before anything is loaded or started.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated

import typer

from etl import settings
from etl.errors import Misdeclared
from etl.periods import SurveyMonth

_LIKE_A_MONTH = re.compile(r"[0-9]{4}-[0-9]{1,2}")


class Format(StrEnum):
    """How rows are written."""

    table = "table"
    csv = "csv"
    json = "json"


def survey_month(text: str) -> SurveyMonth:
    """A survey month as it is written on the command line."""
    try:
        return SurveyMonth.parse(text)
    except Misdeclared as error:
        raise typer.BadParameter(f"{error.message}; {error.next_action}") from None


def period_code(text: str) -> str:
    """The code of a month or of a round.

    Whether there is such a round only the configuration knows.
    """
    if not text.strip() or _LIKE_A_MONTH.fullmatch(text.strip()):  # no round may be called like a month
        survey_month(text)
    return text.strip()


def day(text: str) -> dt.date:
    """A day as it is written on the command line."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day; write it as YYYY-MM-DD") from None


def words(text: str) -> str:
    """A text that says something."""
    if not text.strip():
        raise typer.BadParameter("it says nothing; write it for those who read it in years")
    return text


def known_months(incomplete: str) -> list[str]:
    """The months that were run here, for the shell's completion.

    By the pages that their runs left: no database is asked.
    """
    reports = settings.read().reports
    return sorted(path.name for path in reports.glob(f"{incomplete}*") if _LIKE_A_MONTH.fullmatch(path.name))


MonthArgument = Annotated[
    SurveyMonth,
    typer.Argument(metavar="MONTH", help="Survey month, YYYY-MM.", parser=survey_month, autocompletion=known_months),
]
PeriodArgument = Annotated[
    str,
    typer.Argument(
        metavar="PERIOD",
        help="Survey month, YYYY-MM, or code of a round.",
        parser=period_code,
        autocompletion=known_months,
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How rows are written.")]
ToOption = Annotated[str | None, typer.Option("--to", metavar="PLACE", help="A directory, or a URL of fsspec.")]
