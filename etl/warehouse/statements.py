"""Read ``sql/*.sql`` by name, and the header that every statement carries.

A statement file begins with comment lines ``-- key: value``: ``what`` it is (a sentence), its ``grain``, its
``params`` and, where that is not obvious, ``why``. The rest is one SQL statement with ``:bound`` parameters.
A source query also says which tables it ``reads``, and in which ``encoding`` its texts are when they are neither
Unicode nor in an encoding that the database declares (``etl.source.queries``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from etl import settings
from etl.errors import Misdeclared

_HEADER = re.compile(r"^-- (what|grain|params|why|reads|encoding): (.+)$")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_COMMENT_OR_TEXT = re.compile(r"--[^\n]*|'(?:[^']|'')*'")


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


def named(name: str) -> Statement:
    """The shipped statement ``sql/<name>.sql``, for example ``landing/receipt``."""
    return parse(settings.SQL / f"{name}.sql", name)


def in_room(room: str) -> list[Statement]:
    """All shipped statements of one directory under ``sql/``, by name."""
    return [parse(path, f"{room}/{path.stem}") for path in sorted((settings.SQL / room).glob("*.sql"))]


def parse(path: Path, name: str) -> Statement:
    """The statement of a file; a wrong header raises Misdeclared."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise Misdeclared(f"there is no statement {path}", next_action="add the file") from error
    header = {match[1]: match[2] for line in text.splitlines() if (match := _HEADER.match(line))}
    if not {"what", "grain", "params"} <= header.keys():
        raise Misdeclared(f"{path}:1: the header lacks what, grain or params", next_action="write the header")
    params = frozenset(param.strip() for param in header["params"].split(",")) - {"none"}
    used = frozenset(_PARAMETER.findall(_COMMENT_OR_TEXT.sub("", text)))
    if params != used:
        raise Misdeclared(
            f"{path}:1: the header declares the parameters {sorted(params)}, the statement uses {sorted(used)}",
            next_action="make them agree",
        )
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip()
    reads = tuple(table.strip() for table in header.get("reads", "").split(",") if table.strip())
    return Statement(
        name=name,
        sql=body,
        what=header["what"],
        grain=header["grain"],
        params=params,
        why=header.get("why", ""),
        reads=reads,
        encoding=header.get("encoding"),
    )
