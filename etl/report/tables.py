"""Rows of a report as a table for people, as CSV, or as JSON for other programs."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

Rows = list[dict[str, Any]]


class Format(StrEnum):
    """How rows are written."""

    table = "table"
    csv = "csv"
    json = "json"


def write(console: Console, rows: Rows, form: Format, columns: dict[str, str]) -> None:
    """Write rows to standard output; ``columns`` names those of the table for people, with their headings."""
    if form is Format.json:
        json.dump(rows, sys.stdout, ensure_ascii=False, indent=1, default=_plain)
        sys.stdout.write("\n")
    elif form is Format.csv:
        names = list(rows[0]) if rows else list(columns)
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_cell(row[name]) for name in names] for row in rows)
    else:
        console.print(table(rows, columns))


def table(rows: Rows, columns: dict[str, str], title: str | None = None) -> Table:
    """Rows as a table for people; numbers stand to the right."""
    drawn = Table(title=title, header_style="bold", title_justify="left", box=None, pad_edge=False)
    for name, heading in columns.items():
        is_number = any(isinstance(row[name], int | float | Decimal) for row in rows)
        drawn.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(_shown(row[name]) for name in columns))
    return drawn


def progress_bar(console: Console) -> Progress:
    """A progress bar in the style of all commands."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def ranking_columns() -> dict[str, str]:
    """The columns of the ranking that fit a terminal."""
    return {
        "rank": "rank",
        "ranked_count": "of",
        "treasury_code": "code",
        "treasury_name_vi": "treasury",
        "response_count": "responses",
        "satisfaction_pct": "rate %",
        "interval": "interval %",
        "grade_name_vi": "grade",
        "previous_rank": "before",
        "treasury_state": "state",
        "notes": "notes",
    }


def ranking(rows: Rows) -> Rows:
    """The ranking's rows with what only people need: the interval and the footnotes as text."""
    return [
        {
            **row,
            "interval": ""
            if row["rate_low"] is None
            else f"{_vietnamese(100 * row['rate_low'])} – {_vietnamese(100 * row['rate_high'])}",
            "satisfaction_pct": row["satisfaction_pct"] and _vietnamese(row["satisfaction_pct"]),
            "notes": ", ".join(row["footnote_codes"]),
        }
        for row in rows
    ]


def _vietnamese(number: Decimal) -> str:
    """A number as Vietnamese reports write it: two decimals behind a comma."""
    return f"{number:.2f}".replace(".", ",")


def _shown(value: Any) -> str:
    """A value as a table's cell."""
    return "" if value is None else str(value)


def _cell(value: Any) -> Any:
    """A value as a CSV cell: lists are joined by a space."""
    return " ".join(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """A value that JSON does not know: numbers as numbers, times as ISO 8601."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
