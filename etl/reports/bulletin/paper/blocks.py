"""What a chapter of the printed bulletin consists of: paragraphs, charts, tables, as plain data that a layout sets."""

from __future__ import annotations

from typing import Any

from etl.reports.bulletin import method
from etl.reports.bulletin.content import Content, Row, Rows
from etl.reports.bulletin.tables.column import Kind, TableColumn, applying
from etl.reports.words import NOTHING, Language

Block = dict[str, Any]
"""A paragraph, a table, a chart or a list of named things: ``kind`` says which."""
PrintedCell = str | dict[str, Any]
"""A text, or one that stands out, or one with the marks of its footnotes."""

_LEFT = {Kind.SHORT, Kind.GRADE, Kind.RANKS, Kind.CODE, Kind.MOMENT}
_HIDEABLE = {Kind.RANK, Kind.COUNT, Kind.RATE}


def paragraph(text: str) -> Block:
    """A paragraph."""
    return {"kind": "text", "text": text}


def chart(name: str) -> Block:
    """A chart by its name."""
    return {"kind": "chart", "name": name}


def named(lines: method.Lines) -> list[Block]:
    """Headings with what is said under each, or nothing."""
    return [{"kind": "named", "lines": [list(line) for line in lines]}] if lines else []


def table(content: Content, language: Language, columns: tuple[TableColumn, ...], rows: Rows) -> Block:
    """Rows as a table: where each column stands, headings, cells.

    ``wide``: in the room that is left.
    """
    shown = applying(columns, content)
    return {
        "kind": "table",
        "stands": [_stand(column) for column in shown],
        "header": [language.say(*(column.paper or column.heading)) for column in shown],
        "rows": [[_cell(content, language, column, row) for column in shown] for row in rows],
    }


def _stand(column: TableColumn) -> str:
    """Where a column stands."""
    if column.kind is Kind.TEXT:
        return "wide"
    return "left" if column.kind in _LEFT else "right"


def _cell(content: Content, language: Language, column: TableColumn, row: Row) -> PrintedCell:
    """What a row has in a column."""
    text = column.text(content, row, language)
    if text == NOTHING and column.kind in _HIDEABLE and "suppressed" in row.get("footnote_codes", ()):
        text = language.hidden
    marks = _marks(content, row) if column.has_marks else ""
    if column.is_strong is not None and column.is_strong(row):
        return {"text": text, "marks": marks, "is_strong": True}
    return {"text": text, "marks": marks} if marks else text


def _marks(content: Content, row: Row) -> str:
    """The letters of a row's footnotes."""
    return ",".join(mark for code, (mark, _) in content.bulletin_notes.items() if code in row["footnote_codes"])
