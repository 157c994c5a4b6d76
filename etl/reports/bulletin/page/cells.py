"""How a page writes the cells of the bulletin's tables: the text, by what it is sorted, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from etl.reports.bulletin.content import Content, Row
from etl.reports.bulletin.tables.column import Kind, TableColumn
from etl.reports.words import NOTHING, Language

_TEXTS = {Kind.TEXT, Kind.SHORT, Kind.CODE, Kind.MONTH, Kind.MOMENT, Kind.PLOT}


@dataclass(frozen=True)
class Cells:
    """What the templates ask of a column and a row."""

    content: Content
    language: Language

    def heading(self, column: TableColumn) -> str:
        """What a column is called on a page."""
        return self.language.say(*column.heading)

    def text(self, column: TableColumn, row: Row) -> str:
        """What a row has in a column."""
        return column.text(self.content, row, self.language)

    def aside(self, column: TableColumn, row: Row) -> str:
        """What stands behind it in small print; empty for nothing."""
        words = column.aside(self.content, row) if column.aside else None
        return self.language.say(*words) if words else ""

    def label(self, column: TableColumn) -> str:
        """What stands beside a cell where the table has become cards; empty where the cell speaks for itself."""
        return "" if column.is_head else self.language.say(*(column.heading if column.card is None else column.card))

    def is_unclear(self, column: TableColumn, row: Row) -> bool:
        """Whether a cell is a change that may be chance."""
        return column.kind is Kind.CHANGE and column.of(self.content, row)[1] not in ("up", "down")

    def is_empty(self, column: TableColumn, row: Row, text: str) -> bool:
        """Whether a card can do without a cell."""
        has_marks = column.has_marks and row["footnote_codes"]
        return text in ("", NOTHING) and not has_marks and column.kind is not Kind.PLOT

    def is_number(self, column: TableColumn) -> bool:
        """Whether a column stands to the right."""
        return column.kind not in _TEXTS

    def is_hidden(self, column: TableColumn, row: Row) -> bool:
        """Whether a figure is there and may not be shown."""
        if column.kind not in (Kind.COUNT, Kind.RATE) or "suppressed" not in row.get("footnote_codes", ()):
            return False
        return column.of(self.content, row) is None

    def is_strong(self, column: TableColumn, row: Row) -> bool:
        """Whether a cell stands out."""
        return column.is_strong is not None and column.is_strong(row)

    def order(self, column: TableColumn, row: Row) -> Any:
        """What a row is sorted by: a number, or empty for none.

        None where it is sorted by its text.
        """
        value = column.of(self.content, row)
        match column.kind:
            case Kind.TEXT | Kind.SHORT:
                return None
            case Kind.GRADE:
                value = row["satisfaction_rate"] if value else None
            case Kind.INTERVAL | Kind.RANKS | Kind.CHANGE:
                value = value[0]
        return "" if value is None else value
