"""What commands print: what is said about the work, its result, and rows as a table, as CSV or as JSON.

Any terminal and any pipe is survived: what an encoding does not have is written in plain letters.
"""

from __future__ import annotations

import codecs
import io
import shutil
import sys
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

from etl.cli.options import Format
from etl.errors import HailongError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from etl.reports.tables import Rows

_PIPE_WIDTH = 160
_PLAIN = {"✓": "+", "✗": "x", "→": "->", "–": "-", "−": "-", "…": "...", "▲": "^", "▼": "v", "·": "-", "━": "-"}
_PLAIN |= {"đ": "d", "Đ": "D", "\N{NO-BREAK SPACE}": " "}


def begin() -> None:
    """Let standard output and error write every text.

    A letter that their encoding lacks is written as a plain one.
    """
    console.cache_clear()
    paper.cache_clear()
    codecs.register_error("plain letters", _in_plain_letters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain letters")


@cache
def console() -> Console:
    """Where the work is talked about: the terminal, or else standard error."""
    from rich.console import Console

    return Console(stderr=not sys.stdout.isatty(), highlight=False, soft_wrap=True)


@cache
def paper() -> Console:
    """Where the result goes: standard output."""
    from rich.console import Console

    return Console(highlight=False, width=shutil.get_terminal_size((_PIPE_WIDTH, 50)).columns)


def at_work(text: str) -> Status:
    """Say what is being done while it is done."""
    return console().status(text, spinner="line")


def say(text: str) -> None:
    """Say something about the work, as it stands."""
    console().print(text, markup=False)


def write_line(text: str) -> None:
    """Write a line of the result, as it stands and unbroken."""
    paper().print(text, markup=False, soft_wrap=True)


def say_error(error: HailongError) -> None:
    """Say what went wrong, and what to do next."""
    console().print(f"[bold red]{type(error).__name__}:[/] ", end="")
    say(error.message)
    say(f"→ {error.next_action}")


def write_rows(rows: Rows, form: Format, columns: dict[str, str], *, essential: tuple[str, ...] = ()) -> None:
    """Write rows to standard output.

    ``columns`` names those of the table for people, with their headings. Where a table is wider than the terminal,
    columns other than the ``essential`` ones are left out from the right.
    """
    if form is Format.json:
        _for_programs().write(_json(rows))
    elif form is Format.csv:
        _write_csv(rows, list(columns))
    else:
        _write_table(rows, columns, essential)


def write_document(text: str) -> None:
    """Write a text for a file or for another program."""
    _for_programs().write(text)


def _for_programs() -> Any:
    """Standard output, in UTF-8 when it is no terminal."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


def _json(rows: Rows) -> str:
    """Rows as a JSON list of objects."""
    import json

    return json.dumps(rows, ensure_ascii=False, indent=1, default=_plain_value) + "\n"


def _write_csv(rows: Rows, names: list[str]) -> None:
    """Write all columns of rows as CSV; without rows the names alone."""
    import csv

    names = list(rows[0]) if rows else names
    writer = csv.writer(_for_programs(), lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)


def _write_table(rows: Rows, columns: dict[str, str], essential: tuple[str, ...]) -> None:
    """Write rows as a table, without the columns for which there is no room."""
    from etl.reports import tables

    shown = tables.fitting(paper(), rows, columns, essential or columns)
    left_out = [heading for name, heading in columns.items() if name not in shown]
    paper().print(tables.table(rows, shown))
    if left_out:
        say(f"left out for want of room: {', '.join(left_out)} (widen the terminal, or --format csv)")


def _cell(value: Any) -> Any:
    """A value as a CSV cell: lists are joined by a space."""
    return " ".join(value) if isinstance(value, list) else value


def _plain_value(value: Any) -> Any:
    """A decimal as a number, a time as ISO 8601."""
    import datetime as dt
    from decimal import Decimal

    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    """What an encoding lacks, in ASCII: a handler of encoding errors."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(map(_plain_letter, lacking)), error.end


def _plain_letter(character: str) -> str:
    """A character in ASCII: without its marks, a similar sign, or ``?``."""
    if character in _PLAIN:
        return _PLAIN[character]
    base = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return base or "?"
