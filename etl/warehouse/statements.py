"""Read ``sql/*.sql`` by name, and the header that every statement carries.

A statement file begins with comment lines ``-- key: value``: ``what`` it is (a sentence), its ``grain``, its
``params`` and, where that is not obvious, ``why``. The rest is one SQL statement with ``:bound`` parameters.
A source query also says which tables it ``reads``, which one it ``counts`` by which ``time`` and ``key``, and in which
``encoding`` its texts are when they are neither Unicode nor in an encoding that the database declares
(``etl.source.queries``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from etl import settings
from etl.errors import Misdeclared
from etl.warehouse import sql_text

_HEADER = re.compile(r"^-- (what|grain|params|why|reads|encoding|counts|time|key): (.+)$")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)")


@dataclass(frozen=True)
class Statement:
    """One named SQL statement and what its header says."""

    name: str
    sql: str
    what: str
    grain: str
    params: frozenset[str]
    why: str = ""
    reads: tuple[str, ...] = ()
    encoding: str | None = None
    counts: str | None = None
    time: str | None = None
    key: str | None = None


def named(name: str) -> Statement:
    """The shipped statement ``sql/<name>.sql``, for example ``landing/receipt``."""
    return _shipped(settings.SQL / f"{name}.sql", name)


def in_room(room: str) -> list[Statement]:
    """All shipped statements of one directory under ``sql/``, by name."""
    return [parse(path, f"{room}/{path.stem}") for path in sorted((settings.SQL / room).glob("*.sql"))]


@cache
def _shipped(path: Path, name: str) -> Statement:
    """The statement of a file of ours, read once: every transaction asks for some."""
    return parse(path, name)


def parse(path: Path, name: str) -> Statement:
    """The statement of a file; a wrong header raises Misdeclared."""
    try:
        settings.refuse_no_file(path)
        text = path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise Misdeclared(f"there is no statement {path}", next_action="add the file") from error
    except (OSError, ValueError) as error:
        raise Misdeclared(
            f"{path}:1: the file cannot be read as text in UTF-8 ({type(error).__name__})",
            next_action="save it in UTF-8, readable to the user under which we run",
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Misdeclared(f"{path}:{line}: a NUL stands in the statement", next_action="take it out")
    header = {match[1]: match[2] for line in text.splitlines() if (match := _HEADER.match(line))}
    if not {"what", "grain", "params"} <= header.keys():
        raise Misdeclared(f"{path}:1: the header lacks what, grain or params", next_action="write the header")
    params = frozenset(param.strip() for param in header["params"].split(",")) - {"none"}
    dialect = path.suffixes[-2][1:] if len(path.suffixes) > 1 else "postgresql"
    used = frozenset(_PARAMETER.findall(sql_text.code(text, dialect)))
    if params != used:
        raise Misdeclared(
            f"{path}:1: the header declares the parameters {sorted(params)}, the statement uses {sorted(used)}",
            next_action="make them agree",
        )
    if not sql_text.bare(text, dialect):
        raise Misdeclared(f"{path}:1: there is no statement below the header", next_action="write the select")
    reads = tuple(table.strip() for table in header.get("reads", "").split(",") if table.strip())
    return Statement(
        name=name,
        sql=sql_text.bare(text, dialect),
        what=header["what"],
        grain=header["grain"],
        params=params,
        why=header.get("why", ""),
        reads=reads,
        **{name: header[name].strip() for name in ("encoding", "counts", "time", "key") if name in header},
    )
