"""The one way to the database: connections, transactions, named statements.

Locks stand in ``locks``, COPY in ``bulk``: who only reads imports neither.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from typing import Any

import psycopg
import sqlalchemy as sa

from etl import settings
from etl.errors import HailongError, Misdeclared, Unavailable, Unfit
from etl.warehouse import embedded, holders, statements
from etl.warehouse.addresses import ESCAPED, MOST_PORT, NOT_UNDERSTOOD, is_host, is_port
from etl.warehouse.holders import Holder

DATABASE = "hailong"
"""The database of the warehouse on the embedded server."""
PATIENCE_SECONDS = 600
"""How long a statement waits for a lock: only others of ours, or an administrator, can keep one from writing."""
_NOT_UNDERSTOOD = re.compile("|".join((*NOT_UNDERSTOOD, "does not support ssl")))
_STEP_REFUSED = "HL001"
"""The SQLSTATE of ``action.refuse``, whose words are ours and quote no row."""
Connection = sa.Connection
Row = dict[str, Any]
Rows = list[Row]


def ensure_embedded(database: str) -> str:
    """Make a database on the embedded server once; its URL."""
    state = settings.read().state
    server = sa.create_engine(embedded.url(state, "warehouse"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        known = sa.text("select count(*) from pg_database where datname = :name")
        if not connection.scalar(known, {"name": database}):
            name = connection.dialect.identifier_preparer.quote_identifier(database)
            try:
                connection.exec_driver_sql(f"create database {name}")
            except sa.exc.DBAPIError:
                if not connection.scalar(known, {"name": database}):  # else another process has just made it
                    raise
    return embedded.url(state, "warehouse", database)


def url() -> sa.URL:
    """Where the warehouse is; starts the embedded server when it is that."""
    current = settings.read()
    if current.warehouse_url is None:
        return sa.make_url(embedded.url(current.state, "warehouse", DATABASE))
    try:
        target = sa.make_url(current.warehouse_url)
        is_url = is_host(target.host or "")
    except (sa.exc.ArgumentError, ValueError):
        is_url = False
    if not is_url:
        raise Misdeclared("HAILONG_WAREHOUSE_URL is not a URL", next_action="write it as docs/setup.md shows")
    if any("@" in f"{part}" for part in (target.host, target.database, *target.query.items())):
        raise Misdeclared("HAILONG_WAREHOUSE_URL has an @ too many", next_action=ESCAPED)
    if not is_port(target.port):
        raise Misdeclared(
            f"HAILONG_WAREHOUSE_URL has the port {target.port}", next_action=f"write one from 1 to {MOST_PORT}"
        )
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
    with _explaining(), _engine(url()).connect() as connection:
        _begin(connection, be_patient)
        yield connection
        connection.commit()


def be_patient(connection: Connection, seconds: float = PATIENCE_SECONDS) -> None:
    """Let each statement until the transaction ends wait so long for a lock."""
    run(connection, "operation/patience", {"lock_timeout": f"{seconds * 1000:.0f}ms"})


@contextlib.contextmanager
def snapshot() -> Iterator[Connection]:
    """A read-only transaction that sees the warehouse at one moment."""
    with _explaining(), _engine(url()).begin() as connection:
        connection.execute(sa.text("set transaction isolation level repeatable read, read only"))  # comes first
        be_patient(connection)
        yield connection


@contextlib.contextmanager
def session() -> Iterator[Connection]:
    """A transaction that holds locks for hours and writes nothing.

    That its session ends before it does no harm.
    """
    with _explaining():
        connection = _engine(url()).connect()
        try:
            _begin(connection, lambda begun: run(begun, "operation/no_end"))
            yield connection
        finally:
            with contextlib.suppress(sa.exc.DBAPIError):
                connection.close()


def _begin(connection: Connection, first: Callable[[Connection], None]) -> None:
    """Begin a transaction with its first statement; a kept connection that has gone away since is made anew."""
    try:
        first(connection)
    except sa.exc.DBAPIError as error:
        if not (error.connection_invalidated and _ARE_KEPT.get()):
            raise
        connection.rollback()
        first(connection)


def blockers(session_pid: int) -> list[Holder]:
    """Whom a session waits for."""
    with transaction() as connection:
        return [Holder(**row) for row in rows(connection, "operation/blockers", session_pid=session_pid)]


def holders_now() -> list[Holder]:
    """Whose transactions hold more than a reader's lock; none when nobody can say."""
    with contextlib.suppress(sa.exc.DBAPIError, HailongError), _engine(url()).begin() as connection:
        return [Holder(**row) for row in rows(connection, "operation/holders")]
    return []


@contextlib.contextmanager
def _explaining() -> Iterator[None]:
    """Say what a driver's error means."""
    try:
        yield
    except (sa.exc.DBAPIError, psycopg.Error) as error:
        raise _explained(error.orig if isinstance(error, sa.exc.DBAPIError) else error, url()) from None


@contextlib.contextmanager
def attempt(connection: Connection) -> Iterator[None]:
    """A part of a transaction that is undone alone where it fails, with the errors that ``transaction`` raises."""
    with _explaining(), connection.begin_nested():
        yield


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
    return _as_dicts(connection.execute(sa.text(statements.named(name).sql), parameters))


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
    asked = sa.select(*(relation.c[column] for column in columns)).where(sa.true(), *conditions)
    return _as_dicts(connection.execute(asked))


def _as_dicts(result: sa.CursorResult[Any]) -> Rows:
    """All rows of a result; fetched at once, which costs half of one by one."""
    names = list(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result.all()]


def _explained(error: BaseException | None, target: sa.URL) -> HailongError:
    """What a driver's error means, without the data that it may quote."""
    where, name = f"{target.host}:{target.port or 5432}/{target.database}", type(error).__name__
    state = getattr(error, "sqlstate", None) or ""
    if of_url := _of_url(error, state, target, where):
        return of_url
    if state == _STEP_REFUSED and isinstance(error, psycopg.Error):
        return Unfit(error.diag.message_primary or "", next_action=error.diag.message_hint or "")
    if state in ("55P03", "40P01"):
        return holders.blocked(f"a statement in the warehouse {where}", holders_now())
    is_refusal = state.startswith(("28", "54"))  # of a role, or of a value past some limit: trying again helps nobody
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and not is_refusal:
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


def _of_url(error: BaseException | None, state: str, target: sa.URL, where: str) -> HailongError | None:
    """The error of a URL under which nobody is let in, or None."""
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
    if not state and _NOT_UNDERSTOOD.search(str(error).lower()):
        return Misdeclared(
            f"the warehouse {where} or the driver does not understand HAILONG_WAREHOUSE_URL ({type(error).__name__})",
            next_action="take out, or mend, what stands behind its ?",
        )
    return None


def keep_connections() -> None:
    """Keep connections for later transactions: for a worker process, which ends with its work.

    Elsewhere a connection ends with its transaction, so that forked workers never share one.
    """
    _ARE_KEPT.set(True)


_ARE_KEPT = ContextVar("are_kept", default=False)


def _engine(target: sa.URL) -> sa.Engine:
    """The engine of a URL."""
    return _made(target, _ARE_KEPT.get())


@cache
def _made(target: sa.URL, are_kept: bool) -> sa.Engine:
    """An engine."""
    arguments = {"application_name": "hailong", "connect_timeout": 10, "client_encoding": "utf8"}
    return sa.create_engine(
        target,
        poolclass=sa.QueuePool if are_kept else sa.NullPool,
        hide_parameters=True,
        use_native_hstore=False,  # there is none, and whoever asks for it waits
        connect_args={**arguments, "prepare_threshold": None},  # a pool of servers may give each transaction another
    )
