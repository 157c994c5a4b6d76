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

from etl.errors import Unavailable
from etl.source import blocks, documents, reasons, rights, sight
from etl.source.census import Census, SortedTable, count_table
from etl.source.guest import Guest
from etl.source.queries import Column, Limits, Query, check
from etl.source.shape import Shape, shape_of
from etl.source.sight import NOTHING_HIDDEN, Sight
from etl.source.time_columns import Window

_WAYS = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}
"""The modules that read a kind of database; ``rows`` reads all others."""


@dataclass(frozen=True)
class Probe:
    """A query's columns, right or wrong, some rows, and its shape.

    ``can_write`` is whether our role there may write, which it should not, ``can_write_objects`` whether it may write
    large objects, as everybody may at first; ``sight`` is what it may not see.
    """

    columns: tuple[Column, ...]
    rows: pa.RecordBatch
    shape: Shape | None
    can_write: bool = False
    sight: Sight = NOTHING_HIDDEN
    can_write_objects: bool = False


class Snapshot:
    """One read of a source: iterate over it for the batches.

    From the first batch on, ``taken_at`` is the snapshot's time by the source's clock and ``shape`` that of its tables;
    it is also known when the query then fails, and None when the database did not tell it, or where it is not asked for
    (``is_shaped``; then ``look_at_shape`` asks for it alone). After the last batch
    ``census`` is what the whole table holds; None where the query does not say what it counts.
    """

    taken_at: dt.datetime
    shape: Shape | None = None
    census: Census | None = None

    def __init__(self, url: sa.URL, query: Query, limits: Limits, *, is_shaped: bool = True) -> None:
        self.url, self.query, self.limits, self.is_shaped = url, query, limits, is_shaped

    def look_at_shape(self) -> None:
        """Visit the source for nothing but its shape, as it is now."""
        visiting = _way(self.url).visit(self.url, self.query, self.limits)
        with _explaining(self.url, self.query, self.limits), visiting as guest:
            self.shape = shape_of(guest.connection, self.query.tables)

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """The batches; errors are Unavailable, Refused or Misdeclared."""
        way = _way(self.url)
        with _explaining(self.url, self.query, self.limits), way.visit(self.url, self.query, self.limits) as guest:
            self.taken_at = way.now(guest)
            self.shape = shape_of(guest.connection, self.query.tables) if self.is_shaped else None
            counting = self._counting(way, guest)
            columns = way.columns(guest)
            check(columns, self.query.place)
            row_count = 0
            for batch in map(documents.taken_apart, way.batches(guest, columns)):
                row_count += batch.num_rows
                if counting:
                    counting.meet(batch)
                yield batch
            self.census = counting.census(row_count) if counting else None

    def _counting(self, way: ModuleType, guest: Guest) -> SortedTable | None:
        """The table of the query, sorted by its times; None where none is counted."""
        query = self.query
        if query.counted is None:
            return None
        window = Window(*query.bounds, query.opened, self.taken_at, query.zone, query.params)
        counting = dataclasses.replace(query, place=f"{query.place}, counting {query.counted}")
        try:
            with _explaining(self.url, counting, self.limits):
                return count_table(way, guest, window)
        except Unavailable as error:
            if "did not answer within" not in error.message:
                raise
            next_action = f"{error.next_action}; or switch the count off in the query's header: -- counts: off, and why"
            raise Unavailable(error.message, next_action=next_action) from None


def probe(url: sa.URL, query: Query, limits: Limits, most_rows: int) -> Probe:
    """What a query yields, whether or not it keeps the contract."""
    way, few = _way(url), dataclasses.replace(limits, most_rows=most_rows, batch_rows=max(most_rows, 1))
    is_copy = sight.is_copy_in_doubt(url)
    with _explaining(url, query, few), way.visit(url, query, few) as guest:
        may_write, may_fill = rights.can_write(guest.connection), rights.can_write_objects(guest.connection)
        shape = shape_of(guest.connection, query.tables)
        seen = dataclasses.replace(sight.of(guest.connection, _named(query)), is_copy_in_doubt=is_copy)
        columns = way.columns(guest)
        batches = list(way.batches(guest, columns)) if most_rows else []
        shown = documents.taken_apart(batches[0] if batches else blocks.empty(columns))
        return Probe(tuple(columns), shown, shape, may_write, seen, may_fill)


@contextlib.contextmanager
def visiting(url: sa.URL, query: Query, limits: Limits) -> Iterator[tuple[ModuleType, Guest]]:
    """A visit on one snapshot, with the module that reads this kind of database."""
    way = _way(url)
    with _explaining(url, query, limits), way.visit(url, query, limits) as guest:
        yield way, guest


def _named(query: Query) -> list[str]:
    """The tables that a query's header names, to be read or to be counted."""
    counted = [query.counted.table] if query.counted and not query.counted.table.startswith("(") else []
    return list(dict.fromkeys([*query.tables, *counted]))


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
