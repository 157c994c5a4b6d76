"""Read one treasury's responses of one month from its own database, as a guest.

| a database of | is read by | module |
|---|---|---|
| PostgreSQL | ``COPY … TO STDOUT`` as CSV | ``postgresql`` |
| MySQL, MariaDB | CSV lines that the server makes, unbuffered | ``mysql`` |
| SQLite | CSV lines that the library makes | ``sqlite`` |
| any other kind that SQLAlchemy knows | its streamed rows | ``rows`` |

All read from one snapshot that they cannot write, with timeouts, and yield Arrow batches of text in the contract's
columns (``etl.source.contract``). A module of a kind has four functions: ``visit`` opens the snapshot, ``now`` tells
its time, ``columns`` what the query yields, and ``batches`` yields it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import pyarrow as pa
import sqlalchemy as sa

from etl.source import blocks, mysql, postgresql, reasons, rights, rows, sqlite
from etl.source.address import url_of
from etl.source.queries import Column, Limits, Query, check
from etl.source.shape import Shape, shape_of

__all__ = ["Column", "Limits", "Probe", "Query", "Shape", "Snapshot", "probe", "server_of", "url_of"]

_WAYS = {"postgresql": postgresql, "mysql": mysql, "mariadb": mysql, "sqlite": sqlite}
_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "oracle": 1521, "mssql": 1433}


@dataclass(frozen=True)
class Probe:
    """What a query yields: its columns, right or wrong, rows as a read brings them, and the shape of its tables.

    ``can_write`` is whether our role there may write, which it should not.
    """

    columns: tuple[Column, ...]
    rows: pa.RecordBatch
    shape: Shape | None
    can_write: bool = False


class Snapshot:
    """One read of a source: iterate over it for the batches.

    From the first batch on, ``taken_at`` is the snapshot's time by the source's clock and ``shape`` that of its tables;
    the shape is also known when the query then fails, and None when the database did not tell it.
    """

    taken_at: dt.datetime
    shape: Shape | None = None

    def __init__(self, url: sa.URL, query: Query, limits: Limits) -> None:
        self.url, self.query, self.limits = url, query, limits

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield the batches; what goes wrong is raised as Unavailable, Refused or Misdeclared."""
        way = _way(self.url)
        with _explaining(self.url, self.query, self.limits), way.visit(self.url, self.query, self.limits) as guest:
            self.taken_at = way.now(guest)
            self.shape = shape_of(guest.connection, self.query.tables)
            columns = way.columns(guest)
            check(columns, self.query.place)
            yield from way.batches(guest, columns)


def probe(url: sa.URL, query: Query, limits: Limits, most_rows: int) -> Probe:
    """Run a query for no row and then for a few; the contract is not asked for."""
    way, few = _way(url), dataclasses.replace(limits, most_rows=most_rows, batch_rows=max(most_rows, 1))
    with _explaining(url, query, few), way.visit(url, query, few) as guest:
        may_write = rights.can_write(guest.connection)
        shape = shape_of(guest.connection, query.tables)
        columns = way.columns(guest)
        found = list(way.batches(guest, columns)) if most_rows else []
        return Probe(tuple(columns), found[0] if found else blocks.empty(columns), shape, may_write)


def server_of(url: sa.URL) -> str | None:
    """The server of a URL, as ``host:port``, for those who share it; None where the database is a file."""
    port = url.port or _PORTS.get(url.get_backend_name(), 0)
    return f"{url.host.lower()}:{port}" if url.host else None


def _way(url: sa.URL) -> ModuleType:
    """The module that reads a kind of database."""
    return _WAYS.get(url.get_backend_name(), rows)


@contextlib.contextmanager
def _explaining(url: sa.URL, query: Query, limits: Limits) -> Iterator[None]:
    """Raise what a driver's error means in its place."""
    try:
        yield
    except reasons.ERRORS as error:
        raise reasons.explained(error, url, query, limits) from None
