"""Where made-up databases are made, fast: SQLite files, schemas in PostgreSQL, databases of a MariaDB server."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa

from tests.lib.made_up_databases.dressing import ROLES
from tests.lib.made_up_databases.made import Made
from tests.lib.made_up_databases.shapes import Table
from tests.lib.made_up_databases.texts import Bytes
from tests.lib.mariadb import MariaDB

_ESCAPED = {ord("\\"): b"\\\\", ord("\t"): b"\\t", ord("\n"): b"\\n", ord("\r"): b"\\r"}

_ANYHOW = "create collation public.anyhow (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"


class Server(Protocol):
    """Makes databases; ``enter`` sets what an office has set for its sessions, ``clear`` forgets what was made."""

    engine: str

    def build(self, made: Made) -> str:
        """The URL of the database, made now."""

    def enter(self, made: Made) -> None:
        """Let sessions be as this database's office has them."""

    def clear(self) -> None:
        """Drop what was made."""

    def close(self) -> None:
        """Drop what was made, and what it was made in."""


class SqliteFiles:
    """Databases as files of a directory."""

    engine = "sqlite"

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def build(self, made: Made) -> str:
        path = self.directory / f"office-{made.truth.code}.sqlite"
        database = sqlite3.connect(path)
        database.execute(f"pragma encoding = '{made.truth.traits['texts'].split()[1]}'")
        database.execute("pragma synchronous = off")
        if made.session.get("wal"):
            database.execute("pragma journal_mode = wal")
        with database:
            for table in made.tables.tables:
                database.execute(_created(table))
                for row in table.rows:
                    marks = ", ".join("cast(? as text)" if isinstance(value, Bytes) else "?" for value in row)
                    names = ", ".join(table.columns)
                    database.execute(f"insert into {table.name} ({names}) values ({marks})", row)
            for statement in made.tables.after:
                database.execute(statement)
        database.close()
        return f"sqlite:///{path}"

    def enter(self, made: Made) -> None:
        """Nothing: a file has no sessions."""

    def clear(self) -> None:
        for file in self.directory.glob("office-*.sqlite*"):
            file.unlink()

    close = clear


class Postgres:
    """Databases as schemas of one database for each encoding, read by a guest who may only select."""

    engine = "postgresql"

    def __init__(self, url: str) -> None:
        self.url, self.name = sa.make_url(url).set(drivername="postgresql"), f"made_up_{secrets.token_hex(4)}"
        self.password, self.databases = secrets.token_hex(8), dict[str, str]()
        for role in ROLES:
            self._run(self.url, [f"create role {self.name}_{role} login password '{self.password}'"])

    def build(self, made: Made) -> str:
        encoding = made.truth.traits["texts"].split()[1]
        owner, schema = self.url.set(database=self._database(encoding)), f"office_{made.truth.code}"
        source = "SQL_ASCII" if encoding == "SQL_ASCII" else "UTF8"
        with psycopg.connect(owner.render_as_string(hide_password=False), client_encoding=source) as connection:
            connection.execute(f"create schema {schema}; set search_path = {schema}, public")
            for statement in (*made.tables.before, *map(_created, made.tables.tables), *made.tables.before_rows):
                connection.execute(statement)
            for table in made.tables.tables:
                command = f"copy {table.name} ({', '.join(table.columns)}) from stdin (encoding '{source}')"
                with connection.cursor().copy(command) as copy:
                    copy.write(b"".join(map(_line, table.rows)))
            for statement in made.tables.after:
                connection.execute(statement)
            connection.execute(f"grant usage on schema {schema} to public")
            connection.execute(f"grant select on all tables in schema {schema} to public")
        role = f"{self.name}_{made.session['role']}"
        guest = owner.set(username=role, password=self.password, query={"options": f"-csearch_path={schema}"})
        return guest.render_as_string(hide_password=False)

    def enter(self, made: Made) -> None:
        """Nothing: a role's settings are those of its database."""

    def clear(self) -> None:
        for database in self.databases.values():
            self._run(self.url, [f"drop database {database} with (force)"])
        self.databases.clear()

    def close(self) -> None:
        self.clear()
        for role in ROLES:
            self._run(self.url, [f"drop role {self.name}_{role}"])

    def _database(self, encoding: str) -> str:
        if encoding in self.databases:
            return self.databases[encoding]
        name = self.databases[encoding] = f"{self.name}_{encoding.lower()}"
        locale = "lc_collate 'C' lc_ctype 'C'"
        self._run(self.url, [f"create database {name} template template0 encoding '{encoding}' {locale}"])
        set_up = [f"alter role {self.name}_{role} in database {name} set {one}"
                  for role, settings in ROLES.items() for one in settings.split("; ") if one]  # fmt: skip
        self._run(self.url.set(database=name), set_up)
        if encoding == "UTF8":
            try:
                self._run(self.url.set(database=name), [_ANYHOW])
            except psycopg.errors.FeatureNotSupported:  # the embedded server was built without ICU
                self._run(self.url.set(database=name), ['create collation public.anyhow from "C"'])
        return name

    @staticmethod
    def _run(url: sa.URL, statements: Iterable[str]) -> None:
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


class Maria:
    """Databases of a MariaDB server."""

    engine = "mariadb"

    def __init__(self, server: MariaDB) -> None:
        self.server, self.databases = server, list[str]()

    def build(self, made: Made) -> str:
        name = f"office_{made.truth.code}"
        url = self.server.url(name)
        self.databases.append(name)
        with self.server.session(name) as cursor:
            cursor.execute("set sql_mode = 'STRICT_ALL_TABLES', time_zone = '+07:00', names utf8mb4")
            for statement in map(_created, made.tables.tables):
                cursor.execute(statement)
            cursor.execute("begin")
            for table in made.tables.tables:
                marks = ", ".join(["%s"] * len(table.columns))
                if table.rows:
                    names = ", ".join(table.columns)
                    cursor.executemany(f"insert into {table.name} ({names}) values ({marks})", table.rows)
            cursor.execute("commit")
            for statement in made.tables.after:
                cursor.execute(statement)
        return url

    def enter(self, made: Made) -> None:
        self.server.execute("mysql", f"set global sql_mode = '{made.session['sql_mode']}'")

    def clear(self) -> None:
        for name in self.databases:
            self.server.execute("mysql", f"drop database if exists {name}")
        self.databases.clear()

    close = clear


def _created(table: Table) -> str:
    """The statement that makes a table."""
    columns = ", ".join(f"{name} {sql}" for name, sql in table.columns.items())
    return f"create table {table.name} ({columns}{table.more}){table.after}"


def _line(row: Iterable[Any]) -> bytes:
    """A row as COPY reads it."""
    return b"\t".join(map(_copied, row)) + b"\n"


def _copied(value: Any) -> bytes:
    match value:
        case None:
            return b"\\N"
        case Bytes():
            text = bytes(value)
        case bytes():
            return b"\\\\x" + value.hex().encode()
        case _:
            text = str(value).encode()
    return b"".join(_ESCAPED.get(byte, bytes((byte,))) for byte in text)
