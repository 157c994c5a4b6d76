"""The one way to the database: connections, transactions, named statements.

Locks stand in ``locks``, COPY in ``bulk``: who only reads imports neither.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import psycopg
import sqlalchemy as sa

from etl import settings
from etl.errors import HailongError, Misdeclared, Unavailable
from etl.warehouse import embedded, statements

DATABASE = "hailong"
"""The database of the warehouse on the embedded server."""
Connection = sa.Connection
Row = dict[str, Any]
Rows = list[Row]


def ensure_embedded(database: str) -> str:
    """Make a database on the embedded server once; its URL."""
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
    current = settings.read()
    if current.warehouse_url is None:
        return sa.make_url(embedded.url(current.state, "warehouse", DATABASE))
    try:
        target = sa.make_url(current.warehouse_url)
    except (sa.exc.ArgumentError, ValueError):
        raise Misdeclared("HAILONG_WAREHOUSE_URL is not a URL", next_action="write it as the README shows") from None
    if "@" in (target.host or ""):
        raise Misdeclared("HAILONG_WAREHOUSE_URL has an @ too many", next_action="write an @ in the password as %40")
    if target.get_backend_name() != "postgresql":
        raise Misdeclared(
            f"HAILONG_WAREHOUSE_URL names {target.get_backend_name()}", next_action="the warehouse is PostgreSQL"
        )
    return target.set(drivername="postgresql+psycopg")


@contextlib.contextmanager
def transaction() -> Iterator[Connection]:
    """One transaction on the warehouse.

    A warehouse that is away, or goes away, raises Unavailable; one that refuses a statement raises Misdeclared.
    The driver's own message is not passed on: it may quote the row.
    """
    with _explaining(), _engine(url()).begin() as connection:
        yield connection


@contextlib.contextmanager
def snapshot() -> Iterator[Connection]:
    """A read-only transaction that sees the warehouse at one moment."""
    with transaction() as connection:
        connection.execute(sa.text("set transaction isolation level repeatable read, read only"))
        yield connection


@contextlib.contextmanager
def session() -> Iterator[Connection]:
    """A connection outside of transactions, to hold a lock for hours.

    It keeps no old row from being cleaned away.
    """
    with _explaining(), _engine(url()).connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


@contextlib.contextmanager
def _explaining() -> Iterator[None]:
    """Say what a driver's error means."""
    try:
        yield
    except (sa.exc.DBAPIError, psycopg.Error) as error:
        raise _explained(error.orig if isinstance(error, sa.exc.DBAPIError) else error, url()) from None


@contextlib.contextmanager
def rehearsal() -> Iterator[Connection]:
    """A transaction whose work is undone at its end, however it ends."""
    with transaction() as connection, contextlib.closing(connection.begin_nested()):
        yield connection


def now(connection: Connection) -> dt.datetime:
    """What the warehouse's clock says, not that of this machine."""
    moment: dt.datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return moment


def run(connection: Connection, name: str, parameters: dict[str, Any] | Sequence[dict[str, Any]] | None = None) -> None:
    """Run ``sql/<name>.sql``, once for each of a list of parameters."""
    if parameters is None or parameters:
        connection.execute(sa.text(statements.named(name).sql), parameters)


def rows(connection: Connection, name: str, **parameters: Any) -> Rows:
    """The rows of the statement ``sql/<name>.sql``."""
    result = connection.execute(sa.text(statements.named(name).sql), parameters)
    return [dict(row) for row in result.mappings()]


def show(connection: Connection, which: str) -> None:
    """Let the marts show a revision until the transaction ends.

    ``which``: its number, ``latest``, ``draft``, or nothing for what they show by themselves.
    """
    run(connection, "marts/show", {"shown": which})


def table(connection: Connection, name: tuple[str, str], columns: Sequence[str], where: Mapping[str, Any]) -> Rows:
    """Some columns of a table's or view's rows with given values.

    ``name`` is its schema and name, ``where`` gives the values by column.
    """
    relation = sa.table(name[1], *(sa.column(column) for column in {*columns, *where}), schema=name[0])
    conditions = [relation.c[column] == value for column, value in where.items()]
    result = connection.execute(sa.select(*(relation.c[column] for column in columns)).where(sa.true(), *conditions))
    return [dict(row) for row in result.mappings()]


def _explained(error: BaseException | None, target: sa.URL) -> HailongError:
    """What a driver's error means, without the data that it may quote."""
    where, name = f"{target.host}:{target.port or 5432}/{target.database}", type(error).__name__
    state = getattr(error, "sqlstate", None) or ""
    if "password authentication failed" in str(error) or "no password supplied" in str(error):
        return Misdeclared(
            f"the warehouse {where} refuses the role '{target.username}' or its password",
            next_action="check HAILONG_WAREHOUSE_URL",
        )
    if f'database "{target.database}" does not exist' in str(error):
        return Misdeclared(
            f"there is no database {where}",
            next_action="run 'hailong migrate' (it makes that of the embedded server), or check HAILONG_WAREHOUSE_URL",
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
    """The engine of a URL, without a pool.

    So forked workers never share a connection.
    """
    return sa.create_engine(
        target,
        poolclass=sa.NullPool,
        hide_parameters=True,
        connect_args={"application_name": "hailong", "connect_timeout": 10},
    )
