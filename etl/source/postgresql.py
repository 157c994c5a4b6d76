"""Read PostgreSQL: ``COPY … TO STDOUT`` as CSV, out of one read-only snapshot.

The guest holds no lock but that of a reader (``access share``): who writes rows never waits for it. A change of a
table's columns does, for as long as the read takes; it should have a ``lock_timeout`` of its own.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pyarrow as pa
import sqlalchemy as sa
from psycopg.generators import fetch_many

from etl.source import standby
from etl.source.blocks import BLOCK_BYTES, Parser
from etl.source.guest import Guest, Watchdog, connected, engine_of
from etl.source.queries import LOCK_SECONDS, Column, Limits, Query

_SINGLE_BYTES = ("SQL_ASCII", "LATIN", "ISO_8859", "WIN", "KOI8")
_SESSION = {
    "row_security": "off",  # a policy that would hide rows is an error, and no silence
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "xmlbinary": "base64",
    "xmloption": "content",
    "standard_conforming_strings": "on",
    "backslash_quote": "safe_encoding",
    "array_nulls": "on",
    "transform_null_equals": "off",
    "timezone_abbreviations": "Default",
    "lc_monetary": "C",
    "lc_numeric": "C",
    "lc_time": "C",
    "jit": "off",  # it costs seconds, and saves none in a query that runs once
    "gin_fuzzy_search_limit": "0",  # else an index may leave rows out
    "restrict_nonsystem_relation_kind": "",
    "transaction_timeout": "0",
    "client_connection_check_interval": "5s",
}
"""What a session is like, whatever the role, the database or the connection say; servers that do not know a setting do
without. The order of day and month in texts stays the database's own."""
_SET = """
select set_config(s.name, wanted.value, true)
from jsonb_each_text(cast(:wanted as jsonb)) as wanted (name, value)
inner join pg_settings as s on wanted.name = lower(s.name)
where s.context = 'user'
"""
_PATH = """
select set_config('search_path', string_agg(quote_ident(name), ', ' order by place), true)
from (
    select name, min(place) as place
    from unnest(array_append(current_schemas(false), 'public')) with ordinality as path (name, place)
    where name <> 'pg_catalog'
    group by name
) as path
"""
"""The role's own schemas and then ``public``; what is built in comes before both."""


@contextlib.contextmanager
def visit(url: sa.URL, query: Query, limits: Limits) -> Iterator[Guest]:
    """Be a guest for one read: read-only, one snapshot, a watchdog.

    Where the server can (14 or later), it looks every few seconds whether we are still there: what a killed worker
    has asked for ends with it.
    """
    with contextlib.closing(Watchdog(limits.silent_seconds)) as watchdog:
        engine = _engine(url, query, watchdog, limits)
        with connected(engine, query, limits) as connection:
            moment = standby.replayed_until(connection, query)
            connection.execute(sa.text(_SET), {"wanted": json.dumps(_settings(query, limits))})
            connection.execute(sa.text(_PATH))
            yield Guest(connection, query, limits, watchdog.pat, data_at=moment)


def now(guest: Guest) -> dt.datetime:
    """The moment of the data: of the snapshot by the server's clock; on a standby, until when it has replayed."""
    moment: dt.datetime = guest.data_at or guest.connection.execute(sa.text("select now()")).scalar_one()
    return moment


def columns(guest: Guest) -> list[Column]:
    """The columns that the query yields, without running it."""
    asked = f"select * from ({guest.sql}) as asked where false"  # noqa: S608
    cursor: Any = guest.connection.execute(sa.text(asked), guest.query.aware()).cursor
    known = psycopg.adapters.types
    kinds = [(column.name, known.get(column.type_code)) for column in cursor.description]
    return [Column(name, kind.name if kind else "unknown") for name, kind in kinds]


def batches(guest: Guest, yielded: list[Column]) -> Iterator[pa.RecordBatch]:
    """The rows that the query yields, in batches."""
    raw = guest.connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    encoding, codec = _encodings(raw, guest.query)
    parser = Parser(yielded, guest.query, codec=codec)
    statement = guest.sql
    if guest.limits.most_rows is not None:
        statement = f"select * from ({statement}) as asked limit {guest.limits.most_rows:d}"  # noqa: S608
    text = sa.text(statement).compile(dialect=guest.connection.dialect)
    command = f"copy ({text}) to stdout (format csv, encoding '{encoding}')"
    bounds: dict[str, Any] = {**guest.query.aware()} or {
        "none": None
    }  # without any, the driver would leave a % of the query doubled
    with raw.cursor().copy(command, bounds) as copy:
        yield from parser.batches(_blocks(raw, copy, guest))


def _engine(url: sa.URL, query: Query, watchdog: Watchdog, limits: Limits) -> sa.Engine:
    """An engine of read-only connections that the watchdog guards."""
    engine = engine_of(
        url,
        query,
        connect_args={
            "connect_timeout": limits.connect_seconds,
            "application_name": "hailong",
            "client_encoding": "utf8",
            "prepare_threshold": None,  # a pooler may give each transaction another session
        },
        use_native_hstore=False,  # what comes is text
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
    """Session settings of a guest: timeouts, local time, and our own manners."""
    return {
        **_SESSION,
        "statement_timeout": f"{limits.seconds}s",
        "lock_timeout": f"{LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{limits.seconds}s",
        "timezone": query.zone.key,
    }


def _encodings(raw: psycopg.Connection[Any], query: Query) -> tuple[str, str]:
    """The encoding of what the server sends, and Python's name for it.

    Bytes come as they are from a database without encoding, and from one of single bytes: some of these have no letter
    for every byte, and the server would end the whole read at the first one. For a query that says its own encoding
    they are not decoded either.
    """
    stored = raw.info.parameter_status("server_encoding") or ""
    if not stored.startswith(_SINGLE_BYTES):
        return "utf8", "utf-8"
    codec = stored.lower().replace("win", "cp").replace("koi8", "koi8-")
    return stored.lower(), "utf-8" if query.encoding or stored.startswith(_SINGLE_BYTES[:1]) else codec


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
