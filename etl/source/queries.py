"""What is asked of a source: query files, bounds, limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from etl import settings
from etl.errors import Misdeclared
from etl.source import contract, legacy_text
from etl.warehouse import statements
from etl.warehouse.statements import Statement

CONNECT_SECONDS = 10
"""How long a server may take to let us in; less when one answer may take less."""
LOCK_SECONDS = 10
"""How long we wait for a lock that somebody holds, before we give up."""


@dataclass(frozen=True)
class Query:
    """Whose rows to read, by which statement, between which moments.

    ``encoding`` is one of ``etl.source.legacy_text`` for a source whose texts are in none that its database declares;
    ``tables`` are those whose shape is noted, each perhaps with its schema.
    """

    place: str
    sql: str
    params: frozenset[str]
    bounds: tuple[dt.datetime, dt.datetime]
    zone: ZoneInfo
    encoding: str | None = None
    tables: tuple[str, ...] = ()

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
        )

    def aware(self) -> dict[str, dt.datetime]:
        """The bounds that the statement uses, as moments."""
        moments = zip(("month_start", "month_end"), self.bounds, strict=True)
        return {name: moment for name, moment in moments if name in self.params}

    def local(self) -> dict[str, str]:
        """The bounds that the statement uses, in local time, as ISO text."""
        return {
            name: moment.astimezone(self.zone).replace(tzinfo=None).isoformat(sep=" ")
            for name, moment in self.aware().items()
        }


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


def check(columns: Iterable[Column], place: str) -> None:
    """Raise Misdeclared when a query does not yield the contract's columns."""
    if faults := contract.faults(column.name for column in columns):
        raise Misdeclared(
            f"{place}: the source query does not keep the contract: {'; '.join(faults)}",
            next_action="make the query yield the contract's columns (etl/source/contract.py)",
        )


def statement_of(config: Path, kind: str, dialect: str) -> Statement:
    """The query of a kind of branch schema.

    It is the network's own, else the shipped one; MariaDB takes MySQL's. None, or one that declares an encoding that
    nobody knows, raises Misdeclared.
    """
    file = f"{kind}.{'mysql' if dialect == 'mariadb' else dialect}.sql"
    for path in (config / "source" / file, settings.SQL / "source" / file):
        if path.exists():
            return _known_encoding(path, statements.parse(path, f"source/{path.stem}"))
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
