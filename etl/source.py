"""Read one treasury's responses of one month from its own database, as a guest.

PostgreSQL is read over ``COPY … TO STDOUT`` as CSV, parsed block by block, in one read-only snapshot with timeouts
and a watchdog. SQLite is opened read-only and read in one transaction, through SQLAlchemy's streamed rows; other
dialects would take that way too, but none has been tried and no query for one is shipped. All yield Arrow batches of
text in the contract's columns (``etl.contract``).
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import psycopg
import pyarrow as pa
import pyarrow.csv
import sqlalchemy as sa
import yaml

from etl import contract, settings
from etl.errors import HailongError, Misdeclared, Refused, Unavailable

_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
_CONNECT_SECONDS = 10
_LOCK_SECONDS = 10
_AWAY = ("08", "25", "40", "53", "55", "57", "58", "XX")  # classes of SQLSTATE after which another try may help
_BLOCK_BYTES = 4 << 20
_SCHEMA = pa.schema([(name, pa.string()) for name in contract.COLUMNS])


@dataclass(frozen=True)
class Query:
    """What to read: whose rows, by which statement, between which moments, in which local time."""

    place: str
    sql: str
    params: frozenset[str]
    bounds: tuple[dt.datetime, dt.datetime]
    zone: ZoneInfo


@dataclass(frozen=True)
class Limits:
    """How a guest behaves: seconds per answer of the source, rows per batch."""

    seconds: int
    batch_rows: int


class Snapshot:
    """One read of a source: iterate over it for the batches; then ``taken_at`` is known, by the source's clock."""

    taken_at: dt.datetime

    def __init__(self, url: sa.URL, query: Query, limits: Limits) -> None:
        self.url, self.query, self.limits = url, query, limits

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield the batches; what goes wrong is raised as Unavailable, Refused or Misdeclared."""
        read = _read_postgresql if self.url.get_backend_name() == "postgresql" else _read_rows
        try:
            yield from read(self)
        except (psycopg.Error, sa.exc.DBAPIError) as error:
            raise _explained(error, self) from None


def url_of(code: str, uri: str | None = None) -> sa.URL:
    """A treasury's database URL: the one given (by Airflow), else the environment's, else the connections file's."""
    file = settings.read().connections
    uri = uri or settings.connection_uri(code) or _connections(file).get(f"treasury_{code}")
    if not uri:
        raise Misdeclared(
            f"treasury {code} has no connection",
            next_action=f"declare treasury_{code} in Airflow, as AIRFLOW_CONN_TREASURY_{code}, or in {file}",
        )
    try:
        url = sa.make_url(uri)
    except sa.exc.ArgumentError:
        raise Misdeclared(
            f"the connection treasury_{code} is not a URL",
            next_action="write it as dialect://user:password@host:port/database",
        ) from None
    if "@" in (url.host or ""):
        raise Misdeclared(
            f"the connection treasury_{code} has an @ too many", next_action="write an @ in the password as %40"
        )
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or unquote(url.host or "")).resolve()  # Airflow keeps the path as the host
        return sa.URL.create("sqlite", database=path.as_uri(), query={"mode": "ro", "uri": "true"})
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def _connections(file: Path) -> dict[str, str]:
    """The connections file, empty when there is none."""
    if not file.exists():
        return {}
    found = yaml.safe_load(file.read_text("utf-8"))
    if not isinstance(found, dict):
        raise Misdeclared(f"{file} is not a list of 'treasury_<code>: URL'", next_action="mend the file")
    return found


def _read_postgresql(snapshot: Snapshot) -> Iterator[pa.RecordBatch]:
    """Read over COPY in one read-only, repeatable-read transaction with timeouts."""
    watchdog = _Watchdog(snapshot.limits.seconds)
    with contextlib.closing(watchdog), _guest_engine(snapshot.url, watchdog).connect() as connection:
        guest = connection.connection.driver_connection
        assert isinstance(guest, psycopg.Connection)
        snapshot.taken_at = connection.execute(sa.text("select now()")).scalar_one()
        for name, value in _guest_settings(snapshot).items():
            connection.execute(sa.select(sa.func.set_config(name, value, True)))
        query = sa.text(snapshot.query.sql).compile(dialect=connection.dialect)
        bounds = _bound(snapshot.query, aware=True)
        command = f"copy ({query}) to stdout (format csv, header, encoding '{_encoding(guest)}')"
        with guest.cursor().copy(command, bounds) as copy:
            yield from _parsed(copy, snapshot, watchdog)


def _guest_engine(url: sa.URL, watchdog: _Watchdog) -> sa.Engine:
    """An engine whose connections only read, from one snapshot, under the eyes of the watchdog from the first byte."""
    engine = sa.create_engine(
        url,
        poolclass=sa.NullPool,
        hide_parameters=True,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
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


def _encoding(guest: psycopg.Connection[Any]) -> str:
    """UTF-8; but bytes as they are from a database that knows no encoding, which would refuse to send bad ones."""
    return "sql_ascii" if guest.info.parameter_status("server_encoding") == "SQL_ASCII" else "utf8"


def _guest_settings(snapshot: Snapshot) -> dict[str, str]:
    """Session settings of a guest: timeouts, and timestamps in the treasury's local time, stored with a zone or not."""
    return {
        "statement_timeout": f"{snapshot.limits.seconds}s",
        "lock_timeout": f"{_LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{snapshot.limits.seconds}s",
        "timezone": snapshot.query.zone.key,
        "datestyle": "ISO",
    }


def _parsed(copy: psycopg.Copy, snapshot: Snapshot, watchdog: _Watchdog) -> Iterator[pa.RecordBatch]:
    """Parse the CSV rows of a COPY, gathered into blocks; a block never splits a row."""
    rows = iter(copy)
    header = next(csv.reader([bytes(next(rows)).decode()]))
    _check_columns(header, snapshot)
    block: list[bytes] = []
    size = 0
    for row in rows:
        block.append(bytes(row))
        size += len(row)
        if size >= _BLOCK_BYTES or len(block) >= snapshot.limits.batch_rows:
            yield _batch(b"".join(block), header)
            watchdog.pat()
            block, size = [], 0
    if block:
        yield _batch(b"".join(block), header)


def _batch(block: bytes, header: list[str]) -> pa.RecordBatch:
    """One block of CSV rows as a batch of text columns; bytes that are no UTF-8 become U+FFFD."""
    table = pyarrow.csv.read_csv(
        pa.py_buffer(block.decode("utf-8", errors="replace").encode() if not _is_utf8(block) else block),
        pyarrow.csv.ReadOptions(column_names=header, use_threads=False, block_size=max(len(block), 1)),
        pyarrow.csv.ParseOptions(newlines_in_values=True),
        pyarrow.csv.ConvertOptions(
            column_types={name: pa.string() for name in header},
            strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""], check_utf8=False,
        ),
    )  # fmt: skip
    return table.select(contract.COLUMNS).combine_chunks().to_batches()[0]


def _is_utf8(block: bytes) -> bool:
    """Whether bytes are valid UTF-8."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_rows(snapshot: Snapshot) -> Iterator[pa.RecordBatch]:
    """Read streamed rows through SQLAlchemy: the way of every dialect that has no COPY."""
    engine = sa.create_engine(snapshot.url, poolclass=sa.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("begin")
        now = connection.execute(sa.select(sa.func.current_timestamp(type_=sa.DateTime))).scalar_one()
        snapshot.taken_at = now.replace(tzinfo=dt.UTC)
        raw: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            raw.text_factory = bytes
        result = connection.execution_options(stream_results=True).execute(
            sa.text(snapshot.query.sql), _bound(snapshot.query, aware=False)
        )
        _check_columns(list(result.keys()), snapshot)
        for rows in result.mappings().partitions(snapshot.limits.batch_rows):
            columns = [[_text(row[name]) for row in rows] for name in contract.COLUMNS]
            yield pa.record_batch(columns, schema=_SCHEMA)


def _text(value: Any) -> str | None:
    """A value of any driver as text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return None if value is None else str(value)


def _bound(query: Query, *, aware: bool) -> dict[str, Any]:
    """The month's bounds for the parameters that the statement uses: aware, or local time as ISO text."""
    moments = dict(zip(("month_start", "month_end"), query.bounds, strict=True))
    if aware:
        return {name: moment for name, moment in moments.items() if name in query.params}
    return {
        name: moment.astimezone(query.zone).replace(tzinfo=None).isoformat(sep=" ")
        for name, moment in moments.items()
        if name in query.params
    }


def _check_columns(columns: list[str], snapshot: Snapshot) -> None:
    """Raise Misdeclared when the query does not yield the contract's columns."""
    missing, unknown = set(contract.COLUMNS) - set(columns), set(columns) - set(contract.COLUMNS)
    if missing or unknown:
        raise Misdeclared(
            f"{snapshot.query.place}: the source query lacks {sorted(missing)} and has the unknown {sorted(unknown)}",
            next_action="make the query yield the contract's columns (etl/contract.py)",
        )


class _Watchdog:
    """Breaks a connection whose server says nothing for too long, hung servers and lost networks included."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.timer: threading.Timer | None = None
        self.handle: socket.socket | None = None

    def guard(self, descriptor: int) -> None:
        """Begin to watch a connection's socket."""
        self.handle = socket.socket(fileno=os.dup(descriptor))
        self.pat()

    def pat(self) -> None:
        """Start counting anew: the server has just answered."""
        if self.timer:
            self.timer.cancel()
        self.timer = threading.Timer(self.seconds + 1, self._bite)
        self.timer.daemon = True
        self.timer.start()

    def _bite(self) -> None:
        """Shut the socket; the reading thread then sees a lost connection."""
        if self.handle:
            with contextlib.suppress(OSError):
                self.handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop watching."""
        if self.timer:
            self.timer.cancel()
        if self.handle:
            self.handle.close()


def _explained(error: psycopg.Error | sa.exc.DBAPIError, snapshot: Snapshot) -> HailongError:
    """Say what a driver's error means and who acts next, without quoting data or passwords."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or ""
    name, place = type(cause).__name__, snapshot.query.place
    text = str(cause).lower()
    if state.startswith("28") or "password authentication failed" in text or "no password supplied" in text:
        return Misdeclared(
            f"{place}: the database refuses the role '{snapshot.url.username}' or its password",
            next_action="check the treasury's connection and its role in the database",
        )
    if state.startswith("42") or "no such table" in text or "no such column" in text:
        reason = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
        return Refused(
            f"{place}: the source query does not fit the database: {reason}",
            next_action="ask the treasury what changed, then adapt its schema or the source query",
        )
    if state in ("57014", "55P03"):
        return Unavailable(
            f"{place}: the database did not answer within {snapshot.limits.seconds} s ({name})",
            next_action="try again at a quieter hour, or raise HAILONG_SOURCE_TIMEOUT",
        )
    if state and state[:2] not in _AWAY:
        return Refused(
            f"{place}: the source query fails in the database ({name}, {state})",
            next_action="run the source query by hand in the treasury's database, and mend the row or the query",
        )
    return Unavailable(
        f"{place}: the database {_where(snapshot.url)} is away or broke off ({name})",
        next_action="see that the server runs and can be reached, then run the month again",
    )


def _where(url: sa.URL) -> str:
    """Where a database is, for a message: host, port and name, never the password."""
    return f"{url.host}:{url.port or 5432}/{url.database}" if url.host else str(url.database)
