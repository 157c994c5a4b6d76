"""Read SQLite by CSV lines that the library writes.

In SQLite's usual journal a reader and a writer wait for each other; in its write-ahead log (WAL) they do not.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import itertools
import secrets
import time
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from etl.source import sqlite_file
from etl.source.blocks import BLOCK_BYTES, Parser
from etl.source.guest import Guest, connected, engine_of
from etl.source.queries import LOCK_SECONDS, Column, Limits, Query

_STEPS = 100_000  # of the library's machine, between two looks at the clock
_ROWS = 500
_PRAGMAS = ("query_only = on", "trusted_schema = off", "cell_size_check = on", "case_sensitive_like = off")
"""What a session is like, however the library was built."""
_QUOTE: sa.ColumnElement[str] = sa.literal_column("'\"'")
_QUOTES: sa.ColumnElement[str] = sa.literal_column("'\"\"'")
_COMMA: sa.ColumnElement[str] = sa.literal_column("','")
_NUL = sa.func.char(sa.literal_column("0"))


@contextlib.contextmanager
def visit(url: sa.URL, query: Query, limits: Limits) -> Iterator[Guest]:
    """Be a guest for one read: in one transaction, with timeouts."""
    sqlite_file.refuse_no_file(url, query.place)
    last = [time.monotonic()]

    def pat() -> None:
        last[0] = time.monotonic()

    with connected(engine_of(url, query), query, limits) as connection:
        raw: Any = connection.connection.driver_connection
        connection.exec_driver_sql(f"pragma busy_timeout = {min(LOCK_SECONDS, limits.seconds) * 1000:d}")
        for pragma in _PRAGMAS:
            connection.exec_driver_sql(f"pragma {pragma}")
        raw.set_progress_handler(lambda: time.monotonic() - last[0] > limits.seconds, _STEPS)
        connection.exec_driver_sql("begin")
        yield Guest(connection, query, limits, pat)


def now(guest: Guest) -> dt.datetime:
    """The moment of the snapshot."""
    moment: dt.datetime = guest.connection.execute(sa.select(sa.func.current_timestamp(type_=sa.DateTime))).scalar_one()
    return moment.replace(tzinfo=dt.UTC)


def columns(guest: Guest) -> list[Column]:
    """The columns that the query yields, without running it.

    SQLite has types of values, not of columns.
    """
    asked = f"select * from ({guest.sql}) as asked limit 0"  # noqa: S608
    cursor: Any = guest.connection.execute(sa.text(asked), guest.query.local()).cursor
    return [Column(name, "any") for name, *_ in cursor.description]


def batches(guest: Guest, yielded: list[Column]) -> Iterator[pa.RecordBatch]:
    """The rows that the query yields, in batches."""
    null = secrets.token_hex(8)  # stands for null, for printf shows none
    parser = Parser(yielded, guest.query, null)
    asked = sa.text(guest.sql).columns(*(sa.column(column.name) for column in yielded)).subquery("asked")
    statement = sa.select(_line(asked, sa.literal_column(f"'{null}'"))).limit(guest.limits.most_rows)
    result = guest.connection.execute(statement, guest.query.local())
    raw: Any = guest.connection.connection.driver_connection
    raw.text_factory = bytes
    with contextlib.closing(result):
        yield from parser.batches(_blocks(guest, result.cursor))


def _blocks(guest: Guest, cursor: Any) -> Iterator[bytearray]:
    """The lines of a cursor, gathered into blocks."""
    block, rows = bytearray(), 0
    while lines := cursor.fetchmany(min(_ROWS, guest.limits.batch_rows - rows)):
        guest.pat()
        block += b"\n".join(itertools.chain.from_iterable(lines))
        block += b"\n"
        rows += len(lines)
        if len(block) >= BLOCK_BYTES or rows >= guest.limits.batch_rows:
            yield block
            guest.pat()
            block, rows = bytearray(), 0
    if block:
        yield block


def _line(asked: sa.Subquery, null: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """A row as one CSV line with every text quoted.

    ``printf`` is many times faster than joining, but ends a text at a NUL, and would make ``5`` of what else stands
    before one: a row with a NUL is joined.
    """
    shown = [sa.func.ifnull(column, null) for column in asked.c]
    printed = sa.func.printf(",".join(['"%w"'] * len(shown)), *shown)
    quoted = [_QUOTE.concat(sa.func.replace(text, _QUOTE, _QUOTES)).concat(_QUOTE) for text in shown]
    joined = functools.reduce(lambda left, right: left.concat(_COMMA).concat(right), quoted)
    return sa.case((sa.or_(*(sa.func.instr(column, _NUL) > 0 for column in asked.c)), joined), else_=printed)
