"""What is asked of a source: query files, bounds, limits."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from etl import settings
from etl.errors import Misdeclared
from etl.registry.declared import stands
from etl.source import contract, legacy_text
from etl.warehouse import sql_text, statements
from etl.warehouse.statements import Statement

CONNECT_SECONDS = 10
"""How long a server may take to let us in; less when one answer may take less."""
LOCK_SECONDS = 10
"""How long we wait for a lock that somebody holds, before we give up."""
_COLON = re.compile(r"(?<![:\w\\]):(\w+)|\\?:")
NOT_SAID = "the query's header does not say which table it counts"
_OPENED = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
"""Before it nobody answered, where it is not known when an office began."""
_OFF = re.compile(r"off\b\W*(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Counted:
    """What a query counts: a table, its time, and the key of its rows.

    Each is a name as the database spells it, or an expression of its dialect: ``table`` one in brackets, a select.
    """

    table: str
    time: str
    key: str | None = None

    def __str__(self) -> str:
        return f"{'the rows counted' if self.table.startswith('(') else self.table} by {self.time}"


@dataclass(frozen=True)
class Query:
    """Whose rows to read, by which statement, between which moments.

    ``encoding`` is one of ``etl.source.legacy_text`` for a source whose texts are in none that its database declares;
    ``tables`` are those whose shape is noted, each perhaps with its schema. ``counted`` is the table that is accounted
    for, or ``uncounted_why`` says why none is; ``opened`` is when the office began.
    """

    place: str
    sql: str
    params: frozenset[str]
    bounds: tuple[dt.datetime, dt.datetime]
    zone: ZoneInfo
    encoding: str | None = None
    tables: tuple[str, ...] = ()
    counted: Counted | None = None
    uncounted_why: str = NOT_SAID
    opened: dt.datetime = _OPENED

    @classmethod
    def of(cls, place: str, statement: Statement, bounds: tuple[dt.datetime, dt.datetime], zone: ZoneInfo) -> Query:
        """What a source query asks of a place between two moments."""
        return cls(
            place=place,
            sql=statement.sql,
            params=statement.params,
            bounds=bounds,
            zone=zone,
            encoding=statement.encoding,
            tables=statement.reads,
            **_accounted(statement),
        )

    def text(self, dialect: str) -> str:
        """The statement as ``sqlalchemy.text`` takes it: only its own parameters are bound, and nothing ends it.

        A colon in a literal or a comment, of a cast, a slice or an assignment stays what it is.
        """
        sql = sql_text.bare(self.sql, dialect)
        if ";" in sql_text.code(sql, dialect):
            raise Misdeclared(
                f"{self.place}: the source query is more than one statement",
                next_action="write one select; a semicolon may only end it",
            )
        return "".join(self._bound(piece) for piece in sql_text.pieces(sql, dialect))

    def _bound(self, piece: sql_text.Piece) -> str:
        """A piece of the statement with every colon escaped that begins none of its parameters."""
        if piece.kind != "code":
            return piece.text.replace(":", "\\:")
        return _COLON.sub(lambda m: m[0] if m[1] in self.params else f"\\:{m[1] or ''}", piece.text)

    def aware(self) -> dict[str, dt.datetime]:
        """The bounds that the statement uses, as moments."""
        moments = zip(("month_start", "month_end"), self.bounds, strict=True)
        return {name: moment for name, moment in moments if name in self.params}

    def local(self) -> dict[str, str]:
        """The bounds that the statement uses, in local time, as ISO text."""
        return {name: shortest(moment, self.zone) for name, moment in self.aware().items()}


@dataclass(frozen=True)
class Limits:
    """A guest's limits: seconds, rows per batch, tries, rows in all.

    ``most_rows``: None is all of them.
    """

    seconds: int
    batch_rows: int
    tries: int = 1
    most_rows: int | None = None

    @property
    def connect_seconds(self) -> int:
        """Seconds for a connection."""
        return min(CONNECT_SECONDS, max(2, self.seconds))

    @property
    def silent_seconds(self) -> int:
        """Seconds of silence after which a server counts as gone.

        By then it should have ended the work itself.
        """
        return self.seconds + 3


class Column(NamedTuple):
    """A column of a query: its name and the driver's type."""

    name: str
    type_name: str


def shortest(moment: dt.datetime, zone: ZoneInfo) -> str:
    """A moment in local time as ISO text, without a clock at midnight.

    Such a text sorts before every longer one of the same time: days without a clock, and times with a ``T`` or a blank,
    are compared with it as they should be.
    """
    local = moment.astimezone(zone).replace(tzinfo=None)
    text = local.isoformat(sep=" ")
    return text[:10] if local.time() == dt.time() else text.removesuffix(":00")


def check(columns: Iterable[Column], place: str) -> None:
    """Raise Misdeclared when a query does not yield the contract's columns, or yields one as digits of its bytes."""
    described = list(columns)
    if faults := contract.faults(column.name for column in described):
        raise Misdeclared(
            f"{place}: the source query does not keep the contract: {'; '.join(faults)}",
            next_action="make the query yield the contract's columns (etl/source/contract.py)",
        )
    if in_digits := [column.name for column in described if column.type_name in contract.IN_DIGITS]:
        raise Misdeclared(
            f"{place}: the source query gives the digits of bytes, and no text, as {', '.join(in_digits)}",
            next_action="write convert_from(<column>, 'UTF8') in the query, with the encoding that the bytes are in",
        )


def statement_of(config: Path, kind: str, dialect: str) -> Statement:
    """The query of a kind of branch schema.

    It is the network's own, else the shipped one; MariaDB takes MySQL's. None, or one whose header declares an encoding
    that nobody knows or half of what it counts, raises Misdeclared.
    """
    file = f"{kind}.{'mysql' if dialect == 'mariadb' else dialect}.sql"
    for path in (config / "source" / file, settings.SQL / "source" / file):
        if stands(path):
            return _counting(path, _known_encoding(path, statements.parse(path, f"source/{path.stem}")))
    raise Misdeclared(
        f"there is no source query {file}",
        next_action=f"write {config / 'source' / file}, or name another kind in treasuries.yaml",
    )


def _known_encoding(path: Path, statement: Statement) -> Statement:
    """The statement; one with an unknown encoding raises Misdeclared."""
    if statement.encoding not in (None, *legacy_text.NAMES):
        raise Misdeclared(
            f"{path}:1: the header declares the unknown encoding '{statement.encoding}'",
            next_action=f"write one of {', '.join(legacy_text.NAMES)}, or leave the line out for Unicode",
        )
    return statement


def _accounted(statement: Statement) -> dict[str, Any]:
    """What of a query is about counting its table."""
    off = _OFF.fullmatch(statement.counts or "")
    if off:
        return {"uncounted_why": f"the query's header switches it off: {off[1].rstrip(')')}"}
    if statement.counts and statement.time:
        return {"counted": Counted(statement.counts, statement.time, statement.key)}
    return {}


def _counting(path: Path, statement: Statement) -> Statement:
    """The statement; one that says half of what it counts raises Misdeclared."""
    off = _OFF.fullmatch(statement.counts or "")
    if off and not off[1]:
        raise Misdeclared(
            f"{path}:1: the header says -- counts: off, and not why", next_action="write why behind it, in a few words"
        )
    if not off and bool(statement.counts) != bool(statement.time):
        raise Misdeclared(
            f"{path}:1: the header says {'counts' if statement.counts else 'time'} without the other",
            next_action="write both -- counts: <table> and -- time: <column>, or -- counts: off and why",
        )
    return statement
