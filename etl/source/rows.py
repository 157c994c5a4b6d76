"""Read any other database by the streamed rows of SQLAlchemy.

SQL Server and Oracle were not tried on a server of theirs. A guest there has what the driver offers: in Oracle a
read-only transaction, which is a snapshot; in SQL Server a limit to its waiting for locks, and the isolation that the
server's owner has set (``read_committed_snapshot`` spares the writers).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from etl.source import contract, legacy_text
from etl.source.blocks import as_contract, in_order, key_of
from etl.source.guest import Guest, connected, engine_of
from etl.source.queries import LOCK_SECONDS, Column, Limits, Query

_MANNERS = {
    "oracle": (
        "alter session set nls_date_format = 'YYYY-MM-DD HH24:MI:SS' nls_timestamp_format = 'YYYY-MM-DD HH24:MI:SS.FF6'"
        " nls_timestamp_tz_format = 'YYYY-MM-DD HH24:MI:SS.FF6TZH:TZM' nls_numeric_characters = '.,'"
        " nls_comp = 'BINARY' nls_sort = 'BINARY'",
        "set transaction read only",
    ),
    "mssql": (
        f"set lock_timeout {LOCK_SECONDS * 1000}",
        "set rowcount 0",
        "set textsize 2147483647",
        "set ansi_nulls, ansi_padding, ansi_warnings, quoted_identifier on",
        "set concat_null_yields_null on",
        "set dateformat ymd",
    ),
}
"""What a session is like, whatever the server says of it."""
_BYTES = (bytes, bytearray, memoryview)
_NOW = {"oracle": "select sys_extract_utc(systimestamp) from dual", "mssql": "select sysutcdatetime()"}


@contextlib.contextmanager
def visit(url: sa.URL, query: Query, limits: Limits) -> Iterator[Guest]:
    """Be a guest for one read, as far as the dialect can."""
    backend = url.get_backend_name()
    own: dict[str, Any] = {
        "oracle": {"tcp_connect_timeout": limits.connect_seconds},
        "mssql": {"timeout": limits.connect_seconds},
    }.get(backend, {})
    with connected(engine_of(url, query, connect_args=own), query, limits) as connection:
        raw: Any = connection.connection.driver_connection
        if backend == "oracle":
            raw.call_timeout, raw.module = limits.seconds * 1000, "hailong"
        elif backend == "mssql":
            raw.timeout = limits.seconds
        for statement in _MANNERS.get(backend, ()):
            connection.exec_driver_sql(statement)
        yield Guest(connection, query, limits)


def now(guest: Guest) -> dt.datetime:
    """The moment of the snapshot, by the server's clock."""
    asked = _NOW.get(guest.connection.dialect.name, "select current_timestamp")
    moment: dt.datetime = guest.connection.execute(sa.text(asked)).scalar_one()
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def columns(guest: Guest) -> list[Column]:
    """The columns that the query yields; it begins to run."""
    streamed = guest.connection.execution_options(stream_results=True, yield_per=guest.limits.batch_rows)
    guest.result = streamed.execute(sa.text(guest.sql), guest.query.local())
    described = guest.result.cursor.description
    return [Column(name, getattr(code, "__name__", None) or str(code)) for name, code, *_ in described]


def batches(guest: Guest, yielded: list[Column]) -> Iterator[pa.RecordBatch]:
    """The rows of the query that has begun, in batches."""
    left = guest.limits.most_rows
    while rows := guest.result.fetchmany(min(guest.limits.batch_rows, left or guest.limits.batch_rows)):
        yield of_rows(yielded, rows, guest.query.encoding)
        if left is not None and (left := left - len(rows)) <= 0:
            return


def of_rows(yielded: Sequence[Column], rows: Sequence[Sequence[Any]], encoding: str | None) -> pa.RecordBatch:
    """A driver's rows as texts in the contract's order."""
    names = [column.name for column in yielded]
    values = dict(zip(names, zip(*rows, strict=True), strict=True))
    decode = legacy_text.decoder(encoding) if encoding else None
    kept = in_order(names)
    if decode is None and (key := contract.FIXED[0]) in values:
        values[key] = tuple(key_of(bytes(one)) if isinstance(one, _BYTES) else one for one in values[key])
    texts = [pa.array([text(value, decode) for value in values[name]], pa.string()) for name in kept]
    return pa.record_batch([as_contract(name, each) for name, each in zip(kept, texts, strict=True)], names=kept)


def text(value: Any, decode: legacy_text.Decoder | None = None) -> str | None:
    """A value of any driver as text; moments as ISO 8601."""
    if value is None:
        return None
    if isinstance(value, _BYTES):
        return decode(bytes(value)) if decode else bytes(value).decode("utf-8", errors="replace")
    match value:
        case bool():
            shown = "true" if value else "false"
        case dt.datetime():
            shown = value.isoformat(sep=" ")
        case Decimal():
            shown = format(value, "f")
        case dict() | list():  # a document, where the driver has taken it apart
            shown = json.dumps(value, ensure_ascii=False, default=text)
        case _:
            shown = str(value)
    return decode(shown.encode("utf-8", errors="replace")) if decode else shown
