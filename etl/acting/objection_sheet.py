"""The sheet of a form in which an office objects to its figures in a draft."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

SHEET = "Ý kiến · Objection"
COLUMNS = {
    # column      | heading beside it
    "period_code": "kỳ",
    "about":       "về việc",
    "note":        "nội dung",
    "claimed_by":  "người khai",
}  # fmt: skip
ABOUT = ("landing", "calculation")
"""What was read of the office is wrong, or what was made of it."""
ROWS = 20
"""The rows with lists to choose from."""


def fill(page: Worksheet, drafts: Sequence[str], bold: Format, text: Format) -> None:
    """Fill an empty sheet: the headings, and lists of the drafts and of what an objection may be about."""
    page.freeze_panes(1, 0)
    for number, (name, heading) in enumerate(COLUMNS.items()):
        page.set_column(number, number, 60 if name == "note" else 18, text)  # a period stays a text when it is typed
        page.write_string(0, number, f"{name} – {heading}", bold)
    page.data_validation(1, 1, ROWS, 1, {"validate": "list", "source": list(ABOUT)})
    if drafts:
        page.data_validation(1, 0, ROWS, 0, {"validate": "list", "source": list(drafts)})
