"""How one sheet of the workbook is laid out: lines above the table, header, rows, filters, and how it prints."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from etl import escape
from etl.reports.bulletin import method
from etl.reports.bulletin.content import Content
from etl.reports.bulletin.tables.column import TableColumn
from etl.reports.bulletin.tables.columns import ANSWERS, NOTES, SATISFIED
from etl.reports.bulletin.workbook.cells import FORMATS, Share, WrittenCell, both, cell
from etl.reports.bulletin.workbook.sheets import Sheet
from etl.reports.words import ENGLISH, VIETNAMESE

HEADER_ROW = 3
"""Where every table's header stands, counted from 0: above are the title, the version and what the sheet holds."""
_A4 = 9
_LINE = 15
_LONGEST_TEXT = 32_767
"""The characters that a cell can hold."""
_LONGEST_ON_MARGIN = 60
"""The characters of one text there; with all their codes, head and foot can hold 255 each."""


@dataclass(frozen=True)
class SheetWriter:
    """Writes a sheet of a content with the columns that apply.

    ``formats`` by their names.
    """

    page: Worksheet
    content: Content
    sheet: Sheet
    columns: Sequence[TableColumn]
    formats: Mapping[str, Format]

    def write(self, table_name: str) -> None:
        """Write all of the sheet; the name is that of its table."""
        self._above()
        self._header()
        if self.sheet.rows:
            self._rows()
            self._filter(table_name)
        else:
            self._text(HEADER_ROW + 1, 0, both(self.sheet.empty), self.formats["note"])
        self._print()

    @property
    def _last_row(self) -> int:
        return HEADER_ROW + max(1, len(self.sheet.rows))

    def _above(self) -> None:
        """The lines above a table: whose, which version, what it holds."""
        period, is_draft = self.content.period, self.content.is_draft
        standing = both((method.standing(self.content, VIETNAMESE), method.standing(self.content, ENGLISH)))
        whose = f"{period['network_name_vi']}, {both((period['period_name_vi'], period['period_name_en']))}"
        self._text(0, 0, f"{both(self.sheet.title)} – {whose}", self.formats["title"])
        self._text(1, 0, standing, self.formats["draft" if is_draft else "text"])
        if note := both(self.sheet.note):
            self._text(2, 0, note, self.formats["note"])

    def _header(self) -> None:
        """The headings, which stay where they are when the rows are scrolled."""
        self.page.freeze_panes(HEADER_ROW + 1, self.sheet.frozen)
        heights = (_lines(heading(column), column.width - 2) for column in self.columns)
        self.page.set_row(HEADER_ROW, _LINE * max(heights))
        for number, column in enumerate(self.columns):
            self.page.set_column(number, number, column.width)
            self._text(HEADER_ROW, number, heading(column), self.formats["header"])

    def _rows(self) -> None:
        """The rows, as high as their longest text."""
        for line, row in enumerate(self.sheet.rows, start=HEADER_ROW + 1):
            cells = [cell(column, self.content, row) for column in self.columns]
            texts = zip(self.columns, cells, strict=True)
            wrapped = [
                _lines(str(text or ""), column.width) for column, text in texts if FORMATS[column.kind] == "long"
            ]
            self.page.set_row(line, _LINE * max(wrapped, default=1))
            for number, value in enumerate(cells):
                self._cell(line, number, value)

    def _cell(self, line: int, number: int, value: WrittenCell) -> None:
        """One cell; nothing where there is no value."""
        look = self.formats[FORMATS[self.columns[number].kind]]
        if isinstance(value, Share):
            counts = (self.columns.index(column) for column in (SATISFIED, ANSWERS))
            formula = "/".join(xl_rowcol_to_cell(line, count) for count in counts)
            self.page.write_formula(line, number, f"={formula}", look, value.satisfied / value.answers)
        elif isinstance(value, str):
            self._text(line, number, value, self.formats["guarded"] if escape.is_like_formula(value) else look)
        elif isinstance(value, dt.date):
            self.page.write_datetime(line, number, value, look)
        elif value is not None:
            self.page.write_number(line, number, value, look)

    def _text(self, line: int, number: int, text: str, look: Format) -> None:
        """A text as it stands; what is more than a cell can hold is left out behind an ellipsis."""
        said = escape.visible(text)
        fits = said if len(said) <= _LONGEST_TEXT else f"{said[: _LONGEST_TEXT - 1]}…"
        self.page.write_string(line, number, fits, look)

    def _filter(self, table_name: str) -> None:
        """Make the rows a table with filters, and mark what is clear."""
        headings = [{"header": heading(column), "header_format": self.formats["header"]} for column in self.columns]
        look = {"name": table_name, "columns": headings, "style": "Table Style Light 1"}
        self.page.add_table(HEADER_ROW, 0, self._last_row, len(self.columns) - 1, look)
        for number, column in enumerate(self.columns):
            for words in column.marked:
                rule = {"type": "cell", "criteria": "==", "value": f'"{both(words)}"', "format": self.formats["marked"]}
                self.page.conditional_format(HEADER_ROW + 1, number, self._last_row, number, rule)

    def _print(self) -> None:
        """A4 across up to the notes, with the header on every page.

        At the foot: what it is, which version, and the page.
        """
        printed = self.columns.index(NOTES) + 1 if NOTES in self.columns else len(self.columns)
        self.page.set_landscape()
        self.page.set_paper(_A4)
        self.page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
        self.page.fit_to_pages(1, 0)
        self.page.repeat_rows(HEADER_ROW)
        self.page.print_area(0, 0, self._last_row, printed - 1)
        standing = _on_margin(method.standing(self.content, VIETNAMESE))
        period = _on_margin(self.content.period["period_name_vi"])
        self.page.set_header(f"&R{standing}" if self.content.is_draft else "")
        self.page.set_footer(f"&L{period} · {standing}&C{self.sheet.name}&RTrang &P/&N")


def heading(column: TableColumn) -> str:
    """A column's headings in a sheet, English below Vietnamese."""
    return "\n".join(column.sheet or column.heading)


def _on_margin(text: str) -> str:
    """A text for the head or foot of a sheet, where & begins a code."""
    said = escape.line(text)
    return (said if len(said) <= _LONGEST_ON_MARGIN else f"{said[:_LONGEST_ON_MARGIN]}…").replace("&", "&&")


def _lines(text: str, width: float) -> int:
    """About how many lines a text takes in a column.

    A sheet does not measure texts when it is opened.
    """
    return sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))
