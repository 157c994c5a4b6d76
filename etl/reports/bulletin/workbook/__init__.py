"""The bulletin as a workbook in both languages: every table with its counts, to be sorted, filtered, recalculated."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import xlsxwriter

from etl import escape
from etl.reports.bulletin import method
from etl.reports.bulletin.content import Content
from etl.reports.bulletin.tables.column import applying
from etl.reports.bulletin.workbook.sheets import sheets
from etl.reports.bulletin.workbook.writer import SheetWriter
from etl.reports.words import ENGLISH, VIETNAMESE

_MARKED = {"bold": True, "font_color": "#9C2A00"}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "draft": {"bold": True, "font_color": "#B00020"},
    "note": {"italic": True, "font_color": "#444444"},
    "header": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#1F4E79", "font_color": "#FFFFFF"},
    "text": {"valign": "top", "align": "left", "indent": 1},
    "guarded": {"valign": "top", "align": "left", "indent": 1, "text_wrap": True, "quote_prefix": True},
    "long": {"valign": "top", "align": "left", "indent": 1, "text_wrap": True},
    "count": {"valign": "top", "num_format": "#,##0"},
    "rate": {"valign": "top", "num_format": "0.00%"},
    "points": {"valign": "top", "num_format": "+0.00;-0.00;0.00"},
    "number": {"valign": "top", "num_format": "0.00"},
    "month": {"valign": "top", "num_format": "mm/yyyy", "align": "left"},
    "moment": {"valign": "top", "num_format": "dd/mm/yyyy hh:mm", "align": "left"},
}


def workbook(content: Content) -> bytes:
    """The workbook's file. The same content gives the same bytes."""
    memory = io.BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(memory, {"in_memory": True, **as_text})
    formats = {name: book.add_format(look) for name, look in _FORMATS.items()} | {"marked": book.add_format(_MARKED)}
    book.set_properties(_properties(content))
    for number, sheet in enumerate(sheets(content), start=1):
        page = book.add_worksheet(sheet.name)
        columns = applying(sheet.columns, content)
        SheetWriter(page, content, sheet, columns, formats).write(f"table_{number}")
    book.close()
    return memory.getvalue()


def _properties(content: Content) -> dict[str, Any]:
    """The document's properties.

    Its only time is that of the publication, or of the draft's rating.
    """
    period = content.period
    made = (period["published_at"] or period["scored_at"]).astimezone(dt.UTC)
    texts = {
        "title": f"{period['network_name_vi']}: mức độ hài lòng, {period['period_name_vi']}",
        "subject": f"{period['network_name_en']}: satisfaction, {period['period_name_en']}",
        "author": period["network_name_vi"],
        "keywords": f"{period['period_code']}; {period['rule_set_code']}",
        "status": method.standing(content, VIETNAMESE),
        "comments": method.standing(content, ENGLISH),
    }
    visible = {name: escape.line(text) for name, text in texts.items()}
    return {**visible, "created": made.replace(microsecond=0, tzinfo=None)}
