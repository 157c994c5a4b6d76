"""Read PostgreSQL: ``COPY … TO STDOUT`` as CSV, out of one read-only snapshot.

The guest holds no lock but that of a reader (``access share``): who writes rows never waits for it. A change of a
table's columns does, for as long as the read takes; it should have a ``lock_timeout`` of its own.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any

import psycopg
import pyarrow as pa
import sqlalchemy as sa
from psycopg.generators import fetch_many

from etl.source.blocks import BLOCK_BYTES, Parser
from etl.source.guest import Guest, Watchdog, connected, engine_of
from etl.source.queries import LOCK_SECONDS, Column, Limits, Query

_SINGLE_BYTES = ("SQL_ASCII", "LATIN", "ISO_8859", "WIN", "KOI8")
_CHECK = "client_connection_check_interval"


@contextlib.contextmanager
def visit(url: sa.URL, query: Query, limits: Limits) -> Iterator[Guest]:
    """Be a guest for one read: read-only, one snapshot, a watchdog.

    Where the server can (14 or later), it looks every few seconds whether we are still there: what a killed worker
    has asked for ends with it.
    """
    with contextlib.closing(Watchdog(limits.silent_seconds)) as watchdog:
        engine = _engine(url, watchdog, limits)
        with connected(engine, query, limits) as connection:
            for name, value in _settings(query, limits).items():
                connection.execute(sa.select(sa.func.set_config(name, value, True)))
            with contextlib.suppress(sa.exc.DBAPIError), connection.begin_nested():
                known = sa.text("select set_config(name, '5s', true) from pg_settings where name = :name")
                connection.execute(known, {"name": _CHECK})
            yield Guest(connection, query, limits, watchdog.pat)


def now(guest: Guest) -> dt.datetime:
    """The moment of the snapshot, by the server's clock."""
    moment: dt.datetime = guest.connection.execute(sa.text("select now()")).scalar_one()
    return moment


def columns(guest: Guest) -> list[Column]:
    """The columns that the query yields, without running it."""
    asked = f"select * from ({guest.query.sql}) as asked where false"  # noqa: S608
    cursor: Any = guest.connection.execute(sa.text(asked), guest.query.aware()).cursor
    known = psycopg.adapters.types
    kinds = [(column.name, known.get(column.type_code)) for column in cursor.description]
    return [Column(name, kind.name if kind else "unknown") for name, kind in kinds]


def batches(guest: Guest, yielded: list[Column]) -> Iterator[pa.RecordBatch]:
    """The rows that the query yields, in batches."""
    raw = guest.connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    parser = Parser(yielded, guest.query)
    statement = guest.query.sql
    if guest.limits.most_rows is not None:
        statement = f"select * from ({statement}) as asked limit {guest.limits.most_rows:d}"  # noqa: S608
    text = sa.text(statement).compile(dialect=guest.connection.dialect)
    command = f"copy ({text}) to stdout (format csv, encoding '{_encoding(raw, guest.query)}')"
    bounds: dict[str, Any] = {**guest.query.aware()} or {
        "none": None
    }  # without any, the driver would leave a % of the query doubled
    with raw.cursor().copy(command, bounds) as copy:
        yield from parser.batches(_blocks(raw, copy, guest))


def _engine(url: sa.URL, watchdog: Watchdog, limits: Limits) -> sa.Engine:
    """An engine of read-only connections that the watchdog guards."""
    engine = engine_of(
        url,
        connect_args={
            "connect_timeout": limits.connect_seconds,
            "application_name": "hailong",
            "client_encoding": "utf8",
        },
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
    )

    @sa.event.listens_for(engine, "do_connect")
    def guarded(dialect: Any, _: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        connection = dialect.connect(*arguments, **options)
        watchdog.guard(connection.fileno())
        return connection

    return engine


def _settings(query: Query, limits: Limits) -> dict[str, str]:
    """Session settings of a guest: timeouts, and local time."""
    return {
        "statement_timeout": f"{limits.seconds}s",
        "lock_timeout": f"{LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{limits.seconds}s",
        "timezone": query.zone.key,
        "datestyle": "ISO",
    }


def _encoding(raw: psycopg.Connection[Any], query: Query) -> str:
    """UTF-8, or bytes as they are from a database without encoding.

    For a query that says its own encoding, they come as they are from every database of single bytes.
    """
    stored = raw.info.parameter_status("server_encoding") or ""
    as_stored = _SINGLE_BYTES if query.encoding else _SINGLE_BYTES[:1]
    return stored.lower() if stored.startswith(as_stored) else "utf8"


def _blocks(raw: psycopg.Connection[Any], copy: psycopg.Copy, guest: Guest) -> Iterator[bytearray]:
    """The lines of a COPY, gathered into blocks.

    Rows that have arrived are taken from libpq itself, which spares the driver's work for each; the driver waits for
    those that have not.
    """
    take, ended = raw.pgconn.get_copy_data, False
    while not ended and (row := copy.read()):
        block, rows = bytearray(row), 1
        while len(block) < BLOCK_BYTES and rows < guest.limits.batch_rows:
            size, data = take(1)
            if size > 0:
                block += data
                rows += 1
            elif size == 0:
                if not (row := copy.read()):
                    ended = True
                    break
                block += row
                rows += 1
            else:
                ended = True
                for result in raw.wait(fetch_many(raw.pgconn)):
                    if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
                        raise psycopg.errors.error_from_result(result, encoding="utf-8")
                break
        guest.pat()
        yield block
        guest.pat()
