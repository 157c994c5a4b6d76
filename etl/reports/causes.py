"""What keeps treasuries out of a month, without what only says whose error it is: so that each cause is told once.

What only says whose it is: the treasury's name and code, its database on a server that it shares, and counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from etl import escape
from etl.periods import SurveyMonth

_DATABASE = re.compile(r"(\S:\d+)/\S+")
_COUNT = re.compile(r"(?<![\w.:/-])\d+(?:[.,:]\d+)?%?(?![\w.:/-])")


def month_of(row: dict[str, Any]) -> SurveyMonth:
    """The month of a row."""
    first_day = row["survey_month"]
    return SurveyMonth(first_day.year, first_day.month)


def reason(row: dict[str, Any]) -> str:
    """A missing treasury's error without whose it is."""
    code, month = row["treasury_code"], month_of(row)
    text = str(row["error_message"])
    for address in (
        f"{code} {escape.visible(row['treasury_name_vi'])}, {month}: ",
        f"treasury {code}, {month}: ",
        f"{month}: ",
    ):
        text = text.removeprefix(address)
    text = re.sub(rf"(?i)(?<=_){re.escape(code)}\b|(?<=treasury ){re.escape(code)}\b", "…", text)
    return _DATABASE.sub(r"\1", text)


def cause(row: dict[str, Any]) -> str:
    """A missing treasury's error without whose it is and its counts."""
    return _COUNT.sub("…", reason(row))


def by_cause(rows: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Missing treasuries of one month, those with the same cause together."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(cause(row), []).append(row)
    return list(groups.values())
