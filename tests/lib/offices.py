"""An office's database of a test's own, on any engine: what stands in it, and what a shipped query reads of it."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from etl import settings
from etl.source import queries
from etl.source.address import url_of
from etl.source.queries import Limits, Query
from etl.source.snapshot import Snapshot
from etl.warehouse import embedded
from tests.lib.asking import HANOI, JULY, PLACE
from tests.lib.mariadb import MariaDB

MARIADB = pytest.param("mysql", marks=pytest.mark.needs("mariadb"))
ENGINES = ("postgresql", MARIADB, "sqlite")


@dataclass(frozen=True)
class Office:
    """A database: ``dialect`` is that of the shipped queries."""

    dialect: str
    uri: str
    server: MariaDB | None = None

    def run(self, statement: str, rows: Sequence[Sequence[Any]] = ()) -> None:
        """Run a statement as the database's owner, once or for each of some rows, with ``?`` for their values."""
        if self.dialect == "sqlite":
            with closing(sqlite3.connect(self.uri.removeprefix("sqlite:///"))) as database, database:
                database.executemany(statement, rows) if rows else database.execute(statement)
        elif self.server:
            with self.server.session(self.uri.rpartition("/")[2]) as cursor:
                marked = statement.replace("?", "%s")
                cursor.executemany(marked, rows) if rows else cursor.execute(statement)
        else:
            with psycopg.connect(self.uri.replace("+psycopg", "")) as database:
                marked = statement.replace("?", "%s")
                database.cursor().executemany(marked, rows) if rows else database.execute(statement)

    def read(self, kind: str) -> list[dict[str, str | None]]:
        """What the shipped query of a kind reads of July 2023, in the order of the keys."""
        statement = queries.statement_of(settings.read().config, kind, self.dialect)
        asked = Query.of(PLACE, statement, JULY.bounds(HANOI), HANOI)
        rows = [row for batch in Snapshot(url_of("48", self.uri), asked, Limits(30, 1000)) for row in batch.to_pylist()]
        return sorted(rows, key=lambda row: row["response_key"] or "")


@contextmanager
def office(
    request: pytest.FixtureRequest, dialect: str, encoding: str = "UTF8", server: str | None = None
) -> Iterator[Office]:
    """An empty database on an engine; the encoding and the server are for PostgreSQL."""
    name = f"office_{secrets.token_hex(4)}"
    if dialect == "sqlite":
        directory: Path = request.getfixturevalue("tmp_path")
        yield Office(dialect, f"sqlite:///{directory / name}.sqlite")
    elif dialect == "mysql":
        mariadb: MariaDB = request.getfixturevalue("mariadb_server")
        yield Office(dialect, mariadb.url(name), mariadb)
        mariadb.execute("mysql", f"drop database {name}")
    else:
        server = server or embedded.url(request.getfixturevalue("state"), "branches")
        root = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with root.connect() as connection:
            made = f"create database {name} template template0 encoding '{encoding}' lc_collate 'C' lc_ctype 'C'"
            connection.exec_driver_sql(made)
            yield Office(dialect, sa.make_url(server).set(database=name).render_as_string(hide_password=False))
            connection.exec_driver_sql(f"drop database {name} with (force)")
