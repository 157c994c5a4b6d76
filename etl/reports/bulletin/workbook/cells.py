"""How the workbook writes the cells of the bulletin's tables: as values that can be sorted and recalculated."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from etl.reports.bulletin import method
from etl.reports.bulletin.content import Content, Row
from etl.reports.bulletin.tables.column import Kind, TableColumn
from etl.reports.words import Pair


@dataclass(frozen=True)
class Share:
    """A rate that is the plain share of two counts beside it."""

    satisfied: int
    answers: int


WrittenCell = str | float | dt.date | Share | None
"""What is written: a text, a number, a day or moment, a rate with its counts, or nothing."""

FORMATS = {
    **dict.fromkeys((Kind.RANK, Kind.COUNT), "count"),
    **dict.fromkeys((Kind.RATE, Kind.PERCENT), "rate"),
    **dict.fromkeys((Kind.SHORT, Kind.GRADE), "text"),
    Kind.TEXT: "long",
    Kind.POINTS: "points",
    Kind.NUMBER: "number",
    Kind.MONTH: "month",
    Kind.MOMENT: "moment",
}
"""The look of a column by its kind; those that are not here stand in no sheet."""


def both(words: Pair) -> str:
    """The same in both languages, in one line; nothing for nothing."""
    return " / ".join(filter(None, words))


def cell(column: TableColumn, content: Content, row: Row) -> WrittenCell:
    """What a sheet has of a row in a column."""
    value = column.of(content, row)
    if value is None or value == "":
        return None
    match column.kind:
        case Kind.RATE:
            return _rate(content, row)
        case Kind.PERCENT | Kind.POINTS | Kind.NUMBER:
            return float(value)
        case Kind.MOMENT:
            return method.local(content, value).replace(microsecond=0)
        case Kind.SHORT | Kind.TEXT | Kind.GRADE:
            return value if isinstance(value, str) else both(value)
        case _:
            written: WrittenCell = value
            return written


def _rate(content: Content, row: Row) -> WrittenCell:
    """The rate, as a formula where it is a plain share."""
    breakdown = row.get("breakdown", "criterion" if "criterion_code" in row else "total")
    satisfied, answers = row["satisfied_count"], row["answer_count"]
    is_share = content.period["definition_code"] == "share_of_answers"
    is_weighted = bool(content.rules["rate"]["factor_weights"]) and breakdown == "total"
    if satisfied is None or not answers or not is_share or is_weighted:
        return float(row["satisfaction_rate"])
    return Share(satisfied, answers)
