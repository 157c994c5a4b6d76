"""What is asked of a source, and how a guest behaves there: plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from etl import contract
from etl.errors import Misdeclared

CONNECT_SECONDS = 10
"""How long a server may take to let us in; less when one answer may take less."""
LOCK_SECONDS = 10
"""How long we wait for a lock that somebody holds, before we give up."""


@dataclass(frozen=True)
class Query:
    """What to read: whose rows, by which statement, between which moments, in which local time.

    ``encoding`` is one of ``etl.legacy_text`` for a source whose texts are in none that its database declares;
    ``tables`` are those whose shape is noted, each perhaps with its schema.
    """

    place: str
    sql: str
    params: frozenset[str]
    bounds: tuple[dt.datetime, dt.datetime]
    zone: ZoneInfo
    encoding: str | None = None
    tables: tuple[str, ...] = ()

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
    """How a guest behaves: seconds for one answer, rows per batch, tries to connect, and rows in all (all of them)."""

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
        """Seconds without a word after which a server counts as gone: by then it should have ended the work itself."""
        return self.seconds + 3


class Column(NamedTuple):
    """A column that a query yields: its name, and the type by which the driver knows it."""

    name: str
    type_name: str


def check(columns: Iterable[Column], place: str) -> None:
    """Raise Misdeclared when a query does not yield the contract's columns."""
    if faults := contract.faults(column.name for column in columns):
        raise Misdeclared(
            f"{place}: the source query does not keep the contract: {'; '.join(faults)}",
            next_action="make the query yield the contract's columns (etl/contract.py)",
        )
