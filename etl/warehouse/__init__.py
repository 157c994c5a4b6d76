"""The warehouse: its engine, a transaction, a lock, a named statement, a bulk load."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pgpq
import psycopg
import pyarrow as pa
import pyarrow.csv
import sqlalchemy as sa
import tenacity

from etl import settings
from etl.errors import HailongError, Misdeclared, Unavailable
from etl.warehouse import embedded, statements

DATABASE = "hailong"
"""The database of the warehouse on the embedded server."""
Connection = sa.Connection
_FIRST_TREASURY_LOCK = 1000  # first keys of advisory locks: 1 a run, 2 scoring, 3 migration, then the treasuries
_BULK_OPTIONS = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")


def ensure_embedded(database: str) -> str:
    """Make a database on the embedded server unless it is there; its URL."""
    state = settings.read().state
    server = sa.create_engine(embedded.url(state, "warehouse"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(3, 0)))
        known = sa.text("select count(*) from pg_database where datname = :name")
        if not connection.scalar(known, {"name": database}):
            name = connection.dialect.identifier_preparer.quote_identifier(database)
            connection.exec_driver_sql(f"create database {name}")
    return embedded.url(state, "warehouse", database)


def url() -> sa.URL:
    """Where the warehouse is; starts the embedded server when it is that."""
    now = settings.read()
    if now.warehouse_url is None:
        return sa.make_url(embedded.url(now.state, "warehouse", DATABASE))
    try:
        found = sa.make_url(now.warehouse_url)
    except (sa.exc.ArgumentError, ValueError):
        raise Misdeclared("HAILONG_WAREHOUSE_URL is not a URL", next_action="write it as the README shows") from None
    if "@" in (found.host or ""):
        raise Misdeclared("HAILONG_WAREHOUSE_URL has an @ too many", next_action="write an @ in the password as %40")
    if found.get_backend_name() != "postgresql":
        raise Misdeclared(
            f"HAILONG_WAREHOUSE_URL names {found.get_backend_name()}", next_action="the warehouse is PostgreSQL"
        )
    return found.set(drivername="postgresql+psycopg")


@contextlib.contextmanager
def transaction() -> Iterator[sa.Connection]:
    """One transaction on the warehouse.

    A warehouse that is away, or goes away, raises Unavailable; one that refuses a statement raises Misdeclared.
    The driver's own message is not passed on: it may quote the row.
    """
    with _told(), _engine(url()).begin() as connection:
        yield connection


@contextlib.contextmanager
def snapshot() -> Iterator[sa.Connection]:
    """A transaction whose statements all see the warehouse as it was at the first one, and that changes nothing."""
    with transaction() as connection:
        connection.execute(sa.text("set transaction isolation level repeatable read, read only"))
        yield connection


@contextlib.contextmanager
def session() -> Iterator[sa.Connection]:
    """A connection outside of transactions, to hold a lock for hours: it keeps no old row from being cleaned away."""
    with _told(), _engine(url()).connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Say what a driver's error means."""
    try:
        yield
    except (sa.exc.DBAPIError, psycopg.Error) as error:
        raise _explained(error.orig if isinstance(error, sa.exc.DBAPIError) else error, url()) from None


@contextlib.contextmanager
def rehearsal() -> Iterator[sa.Connection]:
    """A transaction whose work is undone at its end, however it ends."""
    with transaction() as connection, contextlib.closing(connection.begin_nested()):
        yield connection


@contextlib.contextmanager
def month_to_ourselves(month: dt.date, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a survey month for one run; calls ``waiting`` and then waits when another run holds it."""
    with session() as connection:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(1, _key(month)))):
            waiting()
            connection.execute(sa.select(sa.func.pg_advisory_lock(1, _key(month))))
        yield


@contextlib.contextmanager
def turn(server: str, cap: int) -> Iterator[None]:
    """Hold one of the ``cap`` places that all workers everywhere share at a source's server; waits until one is free.

    A place is held by a session of its own and is free again when the process that holds it dies.
    """
    digests = [hashlib.sha256(f"{server} {number}".encode()).digest() for number in range(cap)]
    places = [int.from_bytes(digest[:8], signed=True) for digest in digests]
    with session() as connection:

        def is_taken() -> bool:
            take = sa.func.pg_try_advisory_lock
            return any(connection.scalar(sa.select(take(place))) for place in random.sample(places, cap))

        wait = tenacity.wait_random_exponential(multiplier=0.1, max=5)
        tenacity.Retrying(retry=tenacity.retry_if_result(lambda taken: not taken), wait=wait)(is_taken)
        yield


def lock_treasury(connection: sa.Connection, month: dt.date, treasury_id: int) -> None:
    """Until the transaction ends, nobody else loads this treasury's month, and nobody scores the month."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(2, _key(month))))
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_FIRST_TREASURY_LOCK + treasury_id, _key(month))))


def lock_month(connection: sa.Connection, month: dt.date) -> None:
    """Until the transaction ends, nobody else loads or scores the month."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(2, _key(month))))


def now(connection: sa.Connection) -> dt.datetime:
    """What the warehouse's clock says, not that of this machine."""
    moment: dt.datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return moment


def run(
    connection: sa.Connection, name: str, parameters: dict[str, Any] | Sequence[dict[str, Any]] | None = None
) -> None:
    """Run the statement ``sql/<name>.sql`` once, or once for each of a list of parameters."""
    if parameters is None or parameters:
        connection.execute(sa.text(statements.named(name).sql), parameters)


def rows(connection: sa.Connection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of the statement ``sql/<name>.sql``."""
    found = connection.execute(sa.text(statements.named(name).sql), parameters)
    return [dict(row) for row in found.mappings()]


def table(
    connection: sa.Connection, name: tuple[str, str], columns: Sequence[str], where: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Some columns of those rows of a table or view (schema, name) in which other columns have just these values."""
    whole = sa.table(name[1], *(sa.column(one) for one in {*columns, *where}), schema=name[0])
    asked = sa.select(*(whole.c[one] for one in columns))
    found = connection.execute(asked.where(sa.true(), *(whole.c[one] == value for one, value in where.items())))
    return [dict(row) for row in found.mappings()]


def bulk(connection: sa.Connection, table: tuple[str, str], batch: pa.Table) -> None:
    """COPY a batch into a table (schema, name) inside the connection's transaction, column by column name.

    As text: each value may be written in any way that the column's type reads.
    """
    text = pa.BufferOutputStream()
    pyarrow.csv.write_csv(batch, text, _BULK_OPTIONS)
    with _copying(connection, table, batch.schema.names, "csv") as copy:
        copy.write(text.getvalue().to_pybytes())


def pour(connection: sa.Connection, table: tuple[str, str], batch: pa.RecordBatch) -> None:
    """COPY a batch whose columns have just the table's types, in binary form: the fast way, for responses."""
    encoder = pgpq.ArrowToPostgresBinaryEncoder(batch.schema)
    with _copying(connection, table, batch.schema.names, "binary") as copy:
        copy.write(encoder.write_header() + encoder.write_batch(batch) + encoder.finish())


def _copying(connection: sa.Connection, table: tuple[str, str], columns: list[str], form: str) -> Any:
    """A COPY into some columns of a table, inside the connection's transaction."""
    guest = connection.connection.driver_connection
    assert isinstance(guest, psycopg.Connection)
    command = psycopg.sql.SQL("copy {} ({}) from stdin (format {})").format(
        psycopg.sql.Identifier(*table),
        psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, columns)),
        psycopg.sql.SQL(form),
    )
    return guest.cursor().copy(command)


def _explained(error: BaseException | None, target: sa.URL) -> HailongError:
    """What a driver's error means, without the data that it may quote."""
    where, name = f"{target.host}:{target.port or 5432}/{target.database}", type(error).__name__
    state = getattr(error, "sqlstate", None) or ""
    if "password authentication failed" in str(error) or "no password supplied" in str(error):
        return Misdeclared(
            f"the warehouse {where} refuses the role '{target.username}' or its password",
            next_action="check HAILONG_WAREHOUSE_URL",
        )
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and not state.startswith("28"):
        return Unavailable(
            f"the warehouse {where} is away or broke off ({name})",
            next_action="see that it runs, then run the month again: nothing is half-written",
        )
    if state in ("3F000", "42P01"):
        return Misdeclared(f"the warehouse {where} lacks a schema or a table", next_action="run 'hailong migrate'")
    at = getattr(getattr(error, "diag", None), "constraint_name", None) or getattr(error, "sqlstate", None)
    return Misdeclared(
        f"the warehouse {where} refuses a statement ({name}, {at})",
        next_action="check HAILONG_WAREHOUSE_URL and its role, run 'hailong migrate'; else report a defect",
    )


@cache
def _engine(target: sa.URL) -> sa.Engine:
    """The engine of a URL; without a pool, so that forked workers never share a connection."""
    return sa.create_engine(
        target,
        poolclass=sa.NullPool,
        hide_parameters=True,
        connect_args={"application_name": "hailong", "connect_timeout": 10},
    )


def _key(month: dt.date) -> int:
    """A month's number as an advisory lock key."""
    return month.year * 100 + month.month
