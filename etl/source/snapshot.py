"""Read a source as of one moment, all or a sample."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import pyarrow as pa
import sqlalchemy as sa

from etl.source import blocks, reasons, rights
from etl.source.queries import Column, Limits, Query, check
from etl.source.shape import Shape, shape_of

_WAYS = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}
"""The modules that read a kind of database; ``rows`` reads all others."""


@dataclass(frozen=True)
class Probe:
    """A query's columns, right or wrong, some rows, and its shape.

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
        """The batches; errors are Unavailable, Refused or Misdeclared."""
        way = _way(self.url)
        with _explaining(self.url, self.query, self.limits), way.visit(self.url, self.query, self.limits) as guest:
            self.taken_at = way.now(guest)
            self.shape = shape_of(guest.connection, self.query.tables)
            columns = way.columns(guest)
            check(columns, self.query.place)
            yield from way.batches(guest, columns)


def probe(url: sa.URL, query: Query, limits: Limits, most_rows: int) -> Probe:
    """What a query yields, whether or not it keeps the contract."""
    way, few = _way(url), dataclasses.replace(limits, most_rows=most_rows, batch_rows=max(most_rows, 1))
    with _explaining(url, query, few), way.visit(url, query, few) as guest:
        may_write = rights.can_write(guest.connection)
        shape = shape_of(guest.connection, query.tables)
        columns = way.columns(guest)
        batches = list(way.batches(guest, columns)) if most_rows else []
        return Probe(tuple(columns), batches[0] if batches else blocks.empty(columns), shape, may_write)


def _way(url: sa.URL) -> ModuleType:
    """The module that reads a kind of database."""
    return importlib.import_module(f"etl.source.{_WAYS.get(url.get_backend_name(), 'rows')}")


@contextlib.contextmanager
def _explaining(url: sa.URL, query: Query, limits: Limits) -> Iterator[None]:
    """Raise what a driver's error means in its place."""
    try:
        yield
    except reasons.ERRORS as error:
        raise reasons.explained(error, url, query, limits) from None
