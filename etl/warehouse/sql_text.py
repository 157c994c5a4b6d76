"""Tell the code of an SQL text from its literals and its comments, in each dialect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

Kind = Literal["code", "text", "comment"]
_QUOTED = r"'(?:[^']|'')*'"
_NAMED = r'"(?:[^"]|"")*"'
_BRACKETED = r"\[[^\]]*\]"
_TICKED = r"`(?:[^`]|``)*`"
_BY_DOLLARS = r"(?<![\w$])\$(?P<tag>[^\W\d]\w*|)\$.*?\$(?P=tag)\$"
_FENCED = r"(?<!\w)[nN]?[qQ]'(?:\[.*?\]|\{.*?\}|\(.*?\)|<.*?>|(?P<fence>[^\s\[{(<]).*?(?P=fence))'"
_LINE = r"--[^\n]*"
_TEXTS = {
    "postgresql": (r"(?<!\w)[eE]'(?:[^'\\]|\\.|'')*'", _QUOTED, _NAMED, _BY_DOLLARS),
    "mysql": (r"'(?:[^'\\]|\\.|'')*'", r'"(?:[^"\\]|\\.|"")*"', _TICKED),
    "sqlite": (_QUOTED, _NAMED, _BRACKETED, _TICKED),
    "mssql": (_QUOTED, _NAMED, _BRACKETED),
    "oracle": (_FENCED, _QUOTED, _NAMED),
}  # fmt: skip
_LINES = {"mysql": (r"--(?=\s|\Z)[^\n]*", r"#[^\n]*")}
_NESTING = ("postgresql", "mssql")
"""Dialects in which a comment may stand inside a comment."""
_EDGE = re.compile(r"/\*|\*/")


class Piece(NamedTuple):
    """A part of an SQL text: code, a literal or quoted name, or a comment."""

    kind: Kind
    text: str


def pieces(sql: str, dialect: str) -> Iterator[Piece]:
    """The parts of an SQL text in their order; together they are the text.

    What ``/*!`` and ``/*+`` begin is code: a server runs the one, and takes the other as a hint. A literal or comment
    that does not end is code as well, and the server says so.
    """
    dialect = "mysql" if dialect == "mariadb" else dialect
    begun, at, pattern = 0, 0, _pattern(dialect)
    while match := pattern.search(sql, at):
        end = _end_of_block(sql, match.start(), dialect) if match.lastgroup == "block" else match.end()
        if end is None or (match.lastgroup == "block" and sql[match.start() + 2 : match.start() + 3] in ("!", "+")):
            at = match.end() if end is None else end
            continue
        if match.start() > begun:
            yield Piece("code", sql[begun : match.start()])
        yield Piece("text" if match.group("text") else "comment", sql[match.start() : end])
        begun = at = end
    if begun < len(sql):
        yield Piece("code", sql[begun:])


def bare(sql: str, dialect: str) -> str:
    """The text without comments and without what ends a statement."""
    kept = "".join(piece.text if piece.kind != "comment" else " " for piece in pieces(sql, dialect))
    return kept.strip("; \t\r\n\f\v\ufeff")


def code(sql: str, dialect: str) -> str:
    """The code alone: a space stands for each literal and comment."""
    return "".join(piece.text if piece.kind == "code" else " " for piece in pieces(sql, dialect))


@cache
def _pattern(dialect: str) -> re.Pattern[str]:
    """What may begin a literal or a comment in a dialect."""
    texts = "|".join(_TEXTS.get(dialect, (_QUOTED, _NAMED)))
    lines = "|".join(_LINES.get(dialect, (_LINE,)))
    return re.compile(rf"(?P<text>{texts})|(?P<line>{lines})|(?P<block>/\*)", re.DOTALL)


def _end_of_block(sql: str, begin: int, dialect: str) -> int | None:
    """Where a comment that begins at a place ends; None when it does not."""
    depth = 0
    for edge in _EDGE.finditer(sql, begin):
        if edge[0] == "*/":
            depth -= 1
        elif depth == 0 or dialect in _NESTING:
            depth += 1
        if depth == 0:
            return edge.end()
    return None
