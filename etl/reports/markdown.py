"""Markdown of texts that came from outside, of which nothing marks up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from etl import escape
from etl.reports.words import NOTHING

_OF_ADDRESSES = ":/?#@!$&'*+,;=%~"
"""What an address may have as it is: the brackets around it end with none of them."""


def listed(lines: Iterable[str]) -> str:
    """Lines as a list."""
    return "\n".join(f"- {escape.markdown(line)}" for line in lines)


def link(text: str, address: str) -> str:
    """A link to an address, or to a file."""
    return f"[{escape.markdown(text)}]({quote(address, safe=_OF_ADDRESSES)})"


def table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as a table; what has no value is a dash."""
    return "\n".join([_row(names), "| " + " | ".join("---" for _ in names) + " |", *map(_row, rows)])


def _row(values: Sequence[Any]) -> str:
    """A row of a table."""
    return f"| {' | '.join(map(_cell, values))} |"


def _cell(value: Any) -> str:
    """A value as a cell."""
    return NOTHING if value is None else escape.markdown(str(value))
