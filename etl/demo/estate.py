"""The demo's branch databases, one for each treasury, on one server.

Building replaces what is there. The guest of a treasury may connect to its own database and select, nothing else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

import pandas as pd
import psycopg
import pyarrow as pa
from psycopg.sql import SQL, Identifier, Literal
from pyarrow import csv

from etl.demo import answers, profiles, register
from etl.errors import Misdeclared, Unavailable
from etl.registry import Registry
from etl.registry.network import Treasury

_TABLES = Path(__file__).with_name("branch.sql")
_KEYS = Path(__file__).with_name("branch_keys.sql")
_REGISTER = Path(__file__).with_name("branch_register.sql")
_AT_ONCE = 2
_COPY_ROWS = 100_000

Profiles = tuple[profiles.Profile, ...]


def build(
    server_url: str,
    registry: Registry,
    size: profiles.Size,
    progress: Callable[[str], None] = lambda line: None,
) -> dict[str, str]:
    """Make the chosen treasuries' databases; each guest's URL by treasury code.

    ``server_url`` is the superuser's. Databases and guests of the same names are replaced, and the guests get new
    passwords. ``progress`` is told one line for each treasury, in their order. A server that does not answer raises
    Unavailable.
    """
    treasuries = profiles.chosen(registry, size)
    by_treasury = zip(*(profiles.of_month(registry, month, size) for month in size.months), strict=True)
    urls = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        made = pool.map(partial(_build_one, server_url, registry), treasuries, by_treasury)
        try:
            for treasury, url in zip(treasuries, made, strict=True):
                urls[treasury.code] = url
                progress(f"{treasury.code} {treasury.name_vi}: {', '.join(map(str, size.months))}")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # who stops does not wait for the sixty that are left
            raise
    return urls


def block(server_url: str, code: str) -> None:
    """Take a treasury's database down: it refuses and ends connections."""
    with _connection(server_url) as server:
        _let_in(server, code, False)
        server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [_name(code)])


def unblock(server_url: str, code: str) -> None:
    """Let a blocked treasury's database accept connections again."""
    with _connection(server_url) as server:
        _let_in(server, code, True)


def _build_one(server_url: str, registry: Registry, treasury: Treasury, months: Profiles) -> str:
    """Make one treasury's database with its rows; the guest's URL."""
    name = _name(treasury.code)
    with _connection(server_url) as server:
        url = _make_empty(server, name)
    with _connection(server_url, name) as branch, branch.transaction():
        _fill(branch, registry, treasury, months)
        _let_read(branch, name)
    return url


def _make_empty(server: psycopg.Connection, name: str) -> str:
    """Replace a database by an empty one; its new guest's URL."""
    password = secrets.token_urlsafe(24)
    verifier = server.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    for statement in (
        SQL("drop database if exists {name} with (force)"),
        SQL("drop role if exists {name}"),
        SQL("create role {name} login connection limit 8 password {verifier}"),
        SQL("alter role {name} set default_transaction_read_only = on"),
        SQL("create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"),
        SQL("revoke all on database {name} from public"),
        SQL("grant connect on database {name} to {name}"),
    ):
        server.execute(statement.format(name=Identifier(name), verifier=Literal(verifier)))
    return _guest_url(server.info, name, password)


def _fill(branch: psycopg.Connection, registry: Registry, treasury: Treasury, months: Profiles) -> None:
    """Make the tables and copy the rows, month by month."""
    branch.execute(_TABLES.read_bytes())
    branch.execute("insert into treasury (treasury_code, name) values (%s, %s)", [treasury.code, treasury.name_vi])
    for profile in months:
        month = answers.made(profile, registry.questionnaire_in(profile.month), registry.codes)
        _copy(branch, "survey_response", month.responses)
        _copy(branch, "survey_answer", month.answers)
    branch.execute(_KEYS.read_bytes())
    if treasury.action_source:
        branch.execute(_REGISTER.read_bytes())
        _write_register(branch, register.rows(treasury.code, months, month.responses))


def _write_register(branch: psycopg.Connection, said: list[register.Row]) -> None:
    """Write the rows into the register of an office's database."""
    names = list(dict.fromkeys(name for row in said for name in row))
    columns = SQL(", ").join(map(Identifier, names))
    day = SQL("coalesce(%s::date, (now() at time zone 'Asia/Ho_Chi_Minh')::date)")
    values = SQL(", ").join(day if name == "happened_on" else SQL("%s") for name in names)
    statement = SQL("insert into action_register ({}) values ({})").format(columns, values)
    with branch.cursor() as cursor:
        cursor.executemany(statement, [[row.get(name) for name in names] for row in said])


def _copy(branch: psycopg.Connection, table: str, frame: pd.DataFrame) -> None:
    """Copy a frame into a table that this transaction has made."""
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    layout = csv.WriteOptions(include_header=False, batch_size=_COPY_ROWS)
    statement = SQL("copy {} ({}) from stdin (format csv, freeze)").format(
        Identifier(table), SQL(", ").join(map(Identifier, frame.columns))
    )
    with branch.cursor().copy(statement) as copy:
        for batch in rows.to_batches(max_chunksize=_COPY_ROWS):
            text = pa.BufferOutputStream()
            csv.write_csv(batch, text, layout)
            copy.write(text.getvalue().to_pybytes())


def _let_read(branch: psycopg.Connection, guest: str) -> None:
    """Let the guest select from all tables, and nobody make any."""
    for statement in (
        SQL("revoke all on schema public from public"),
        SQL("grant usage on schema public to {guest}"),
        SQL("grant select on all tables in schema public to {guest}"),
    ):
        branch.execute(statement.format(guest=Identifier(guest)))


def _let_in(server: psycopg.Connection, code: str, is_open: bool) -> None:
    """Make a treasury's database accept or refuse connections.

    One that is not there raises Misdeclared.
    """
    statement = SQL("alter database {} with allow_connections {}").format(Identifier(_name(code)), Literal(is_open))
    try:
        server.execute(statement)
    except psycopg.errors.InvalidCatalogName as error:
        raise Misdeclared(
            f"the demo has no database of treasury {code}",
            next_action="name one of its treasuries, or build the demo first",
        ) from error


@contextmanager
def _connection(server_url: str, database: str | None = None) -> Iterator[psycopg.Connection]:
    """An autocommit connection to a database of the server."""
    plain_url = "postgresql://" + server_url.partition("://")[2]
    try:
        connection = psycopg.connect(plain_url, autocommit=True, dbname=database)
    except psycopg.OperationalError as error:
        raise Unavailable(
            "the demo's PostgreSQL server does not accept our connection",
            next_action="start the server, look at its URL and its log, and try again",
        ) from error
    with connection:
        yield connection


def _guest_url(server: psycopg.ConnectionInfo, name: str, password: str) -> str:
    """The guest's URL of its database, by TCP or socket."""
    user = f"postgresql://{quote(name)}:{quote(password)}@"
    if server.host.startswith("/"):
        return f"{user}/{quote(name)}?{urlencode({'host': server.host, 'port': server.port})}"
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{user}{host}:{server.port}/{quote(name)}"


def _name(code: str) -> str:
    """The name of a treasury's database and of its guest."""
    return f"treasury_{code}"
