"""What commands print: what is said about the work, its result, and rows as a table, as CSV or as JSON.

Any terminal and any pipe is survived: what an encoding does not have is written in plain letters. What is said may
quote what came from outside: nothing of it is markup, and nothing steers the terminal (``etl.escape``).
"""

from __future__ import annotations

import codecs
import io
import shutil
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import IO, TYPE_CHECKING, Any

from etl import escape
from etl.cli.language import said, word
from etl.cli.options import Format
from etl.errors import HailongError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from etl.reports.tables import Rows

_PIPE_WIDTH = 160
_PLAIN = {"✓": "+", "✗": "x", "→": "->", "–": "-", "−": "-", "…": "...", "▲": "^", "▼": "v", "·": "-", "━": "-"}
_AS_IT_STANDS: dict[str, Any] = {"markup": False, "emoji": False, "highlight": False}
"""How Rich writes a text: as it is."""
_MESSAGES = {"error_message", "next_action"}
"""Columns whose cells are messages."""
_STATES = {"treasury_state", "month_status"}
"""Columns whose cells are words of ours."""
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

    return Console(stderr=not sys.stdout.isatty(), soft_wrap=True, **_AS_IT_STANDS)


@cache
def paper() -> Console:
    """Where the result goes: standard output."""
    from rich.console import Console

    return Console(width=shutil.get_terminal_size((_PIPE_WIDTH, 50)).columns, **_AS_IT_STANDS)


def at_work(text: str) -> Status:
    """Say what is being done while it is done."""
    from rich.text import Text

    return console().status(Text(escape.lines(said(text))), spinner="line")


def say(text: str) -> None:
    """Say something about the work, as it stands."""
    console().print(escape.lines(said(text)))


def write_line(text: str) -> None:
    """Write a line of the result, as it stands and unbroken."""
    paper().print(escape.lines(said(text)), soft_wrap=True)


def write_paragraph(text: str) -> None:
    """Write a sentence of the result, broken where the terminal ends."""
    paper().print(escape.lines(said(text)))


def say_error(error: HailongError) -> None:
    """Say what went wrong, and what to do next."""
    console().print(f"{said(type(error).__name__)}: ", style="bold red", end="")
    say(error.message)
    say(f"→ {error.next_action}")


def say_wrong_usage(show: Callable[[IO[str]], None]) -> None:
    """Say what Typer shows of words that it does not take; it repeats them."""
    shown = io.StringIO()
    show(shown)
    sys.stderr.write(escape.visible(said(shown.getvalue())))


def write_rows(rows: Rows, form: Format, columns: dict[str, str], *, essential: tuple[str, ...] = ()) -> None:
    """Write rows to standard output.

    ``columns`` names those of the table for people, with their headings. Where a table is wider than the terminal,
    columns other than the ``essential`` ones are left out from the right.
    """
    if form is Format.json:
        write_document(_json(rows))
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

    return escape.json_text(json.dumps(rows, ensure_ascii=False, indent=1, default=_plain_value)) + "\n"


def _write_csv(rows: Rows, names: list[str]) -> None:
    """Write all columns of rows as CSV; without rows the names alone."""
    names = list(rows[0]) if rows else names
    text = escape.csv_text([names, *([_cell(row[name]) for name in names] for row in rows)])
    write_document(escape.visible(text) if sys.stdout.isatty() else text)  # a terminal obeys, a program does not


def _write_table(rows: Rows, columns: dict[str, str], essential: tuple[str, ...]) -> None:
    """Write rows as a table, without the columns for which there is no room."""
    from etl.reports import tables

    columns = {name: said(heading) for name, heading in columns.items()}
    rows = [{name: _spoken(name, value) for name, value in row.items()} for row in rows]
    shown = tables.fitting(paper(), rows, columns, essential or columns)
    left_out = [heading for name, heading in columns.items() if name not in shown]
    paper().print(tables.table(rows, shown))
    if left_out:
        say(f"left out for want of room: {', '.join(left_out)} (widen the terminal, or --format csv)")


def _spoken(name: str, value: Any) -> Any:
    """A cell for people: what is a message of ours in their language."""
    if isinstance(value, str):
        return said(value) if name in _MESSAGES else word(value) if name in _STATES else value
    return value


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
