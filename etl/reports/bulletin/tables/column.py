"""What a column of the bulletin's tables is: what it holds, what it is called, and how a row's value is got."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from etl.reports.bulletin import method
from etl.reports.bulletin.content import Content, Row
from etl.reports.words import NOTHING, Language, Pair

Value = Callable[[Content, Row], Any]
"""What a row has in a column; the forms write it by the column's kind."""
Text = str | Pair | None
"""A text that is the same in both languages, or one in each, or none."""


class Kind(StrEnum):
    """What a column holds, by which each form writes it."""

    RANK = "rank"
    COUNT = "count"
    RATE = "rate"
    """The satisfaction rate, from 0 to 1; it may be hidden."""
    PERCENT = "percent"
    """Any other share, from 0 to 1."""
    POINTS = "points"
    NUMBER = "number"
    INTERVAL = "interval"
    """The lower and the upper limit of a rate."""
    RANKS = "ranks"
    """The best and the worst of the possible ranks."""
    CHANGE = "change"
    """The change in points, and whether it is more than chance."""
    GRADE = "grade"
    TEXT = "text"
    SHORT = "short"
    """A text that needs one line."""
    CODE = "code"
    """A digest."""
    MONTH = "month"
    MOMENT = "moment"
    PLOT = "plot"
    """The rate and its interval on a scale."""


@dataclass(frozen=True)
class TableColumn:
    """A column: its kind, its headings, and a row's value.

    ``value``: a field of the row, two fields, or a function of the content and the row.
    ``paper``, ``sheet``: its headings there, where they are not those of the page. ``decimals`` of a percentage.
    ``width``: characters in the workbook. ``marked``: texts that stand out in the workbook.
    ``needs``: the section of the rule set without which the column is left out.
    ``is_head``: names the row. ``has_marks``: carries the marks of the row's footnotes. ``is_strong``: which rows stand
    out. ``aside``: what stands behind it in small print on the page. ``link``: the part of the treasury's page to which
    it leads. ``lang``: the language of its texts where that is not the page's. ``card``: what stands beside it on a
    telephone, where that is not its heading.
    """

    kind: Kind
    heading: Pair
    value: str | tuple[str, str] | Value
    paper: Pair | None = None
    sheet: Pair | None = None
    decimals: int = 2
    width: float = 10
    marked: tuple[Pair, ...] = ()
    needs: str | None = None
    is_head: bool = False
    has_marks: bool = False
    is_strong: Callable[[Row], bool] | None = None
    aside: Value | None = None
    link: str | None = None
    lang: str | None = None
    card: Pair | None = None

    def of(self, content: Content, row: Row) -> Any:
        """What a row has in this column, as the kind says."""
        if callable(self.value):
            return self.value(content, row)
        return row[self.value] if isinstance(self.value, str) else tuple(row[name] for name in self.value)

    def text(self, content: Content, row: Row, language: Language) -> str:
        """What a reader sees of a row; a dash for nothing."""
        value = self.of(content, row)
        if isinstance(value, str):
            return value
        if isinstance(value, tuple) and isinstance(value[0], str):
            return language.say(*value)
        match self.kind:
            case Kind.RANK | Kind.COUNT:
                text = language.number(value)
            case Kind.RATE | Kind.PERCENT:
                text = language.percent(value, self.decimals)
            case Kind.POINTS:
                text = language.points(value)
            case Kind.NUMBER:
                text = language.number(value, 2)
            case Kind.INTERVAL:
                text = language.interval(*value)
            case Kind.RANKS:
                text = language.ranks(*value)
            case Kind.CHANGE:
                text = language.change(*value)
            case Kind.MOMENT:
                text = method.moment(content, value, language)
            case _:
                text = NOTHING if value is None else str(value)
        return text


@dataclass(frozen=True)
class BulletinTable:
    """A table: its columns in the order of each form.

    None where a form has no such table.
    """

    page: tuple[TableColumn, ...] = ()
    paper: tuple[TableColumn, ...] = ()
    sheet: tuple[TableColumn, ...] = ()


def applying(columns: tuple[TableColumn, ...], content: Content) -> list[TableColumn]:
    """The columns for which the rule set computes something."""
    return [column for column in columns if column.needs is None or content.rules.get(column.needs)]


def term(words: Mapping[str, Pair], name: str) -> Value:
    """What the code in a field means, or the code itself."""

    def meaning(_: Content, row: Row) -> Text:
        code = row[name]
        return None if code is None else words.get(code, code)

    return meaning


def named(what: str) -> Value:
    """A row's name of something in both languages."""
    return lambda _, row: (row[f"{what}_name_vi"], row[f"{what}_name_en"])
