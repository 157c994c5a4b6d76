"""The branch's table for measuring, and the servers at both ends.

One treasury's month as one wide table, ``survey_response``: a row per response, a column for each of the 22 criteria.
All engines hold the same rows. Each size has a PostgreSQL database of its own, made from the largest.
"""

from __future__ import annotations

import contextlib
import csv
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa

from benchmarks import wide
from benchmarks.month import MONTH, psql_program
from etl import registry, settings, warehouse
from etl.demo import profiles
from etl.warehouse import embedded
from tests.lib import mariadb, needs

TREASURY = "34"
PEERS_DATABASE = "peers"

# how PostgreSQL's types are written in the other engines, and in the target's table for what these yield
_TYPES = {
    "mariadb": {"timestamp with time zone": "datetime(6)", "text": "varchar(2000)"},
    "sqlite": {"timestamp with time zone": "text", "bigint": "integer", "smallint": "integer", "boolean": "integer"},
}
_TARGET_TYPES = {"postgresql": {}, "mariadb": {"timestamp with time zone": "timestamp"}}
_TARGET_TYPES["sqlite"] = _TARGET_TYPES["mariadb"]


@dataclass(frozen=True)
class Branch:
    """Where the rows are and where they go."""

    home: Path
    target: str
    mariadb: mariadb.MariaDB | None

    def source(self, engine: str, rows: int) -> sa.URL:
        """The database of an engine that holds a number of rows."""
        if engine == "postgresql":
            return sa.make_url(_server("branches", f"wide_{rows}"))
        if engine == "sqlite":
            return sa.URL.create("sqlite", database=str(self.home / f"wide_{rows}.sqlite"))
        assert self.mariadb
        return sa.make_url(self.mariadb.url(f"wide_{rows}")).set(drivername="mysql")

    def clear(self, engine: str, *, with_table: bool) -> None:
        """Give the next one an empty schema, with a table where it needs one, and the servers nothing left to write."""
        with psycopg.connect(self.target, autocommit=True) as connection:
            connection.execute("drop schema if exists peer cascade")
            connection.execute("create schema peer")
            if with_table:
                connection.execute(f"create table peer.survey_response ({_columns(_TARGET_TYPES[engine])})")
            connection.execute("checkpoint")
        with psycopg.connect(_server("branches", "postgres"), autocommit=True) as connection:
            connection.execute("checkpoint")


@contextlib.contextmanager
def standing(home: Path, sizes: list[int], engines: set[str]) -> Iterator[Branch]:
    """Start the servers and fill the databases; stop all at the end."""
    home.mkdir(parents=True, exist_ok=True)
    server = mariadb.MariaDB() if "mariadb" in engines and needs.path("mariadb") else None
    try:
        target = sa.make_url(warehouse.ensure_embedded(PEERS_DATABASE)).set(drivername="postgresql")
        branch = Branch(home, target.render_as_string(hide_password=False), server)
        _fill_postgresql(sizes)
        if server:
            _fill_mariadb(branch, max(sizes))
        if "sqlite" in engines:
            _fill_sqlite(branch, max(sizes))
        yield branch
    finally:
        if server:
            server.remove()
        for name in embedded.SERVERS:
            embedded.stop(settings.read().state, name)


def _server(name: str, database: str) -> str:
    """The superuser's URL of a database on an embedded server, as libpq takes it."""
    return embedded.url(settings.read().state, name, database).replace("+psycopg", "")


def _fill_postgresql(sizes: list[int]) -> None:
    """Make the largest database as the benchmark of the month does, and the others from its first rows."""
    now = settings.read()
    size = profiles.Size(responses=max(sizes), treasuries=1, months=(MONTH,))
    made = wide.build(embedded.url(now.state, "branches"), registry.load(now.config), size)
    assert set(made) == {TREASURY}
    for rows in sizes:
        with psycopg.connect(_server("branches", "postgres"), autocommit=True) as server:
            server.execute(f"drop database if exists wide_{rows} with (force)")
            server.execute(f"create database wide_{rows} template wide_{TREASURY}")
        with psycopg.connect(_server("branches", f"wide_{rows}"), autocommit=True) as branch:
            last = "select response_id from survey_response order by response_id offset %s limit 1"
            branch.execute(f"delete from survey_response where response_id >= ({last})", [rows])
            branch.execute("vacuum (full, freeze, analyze)")
            branch.execute("checkpoint")


def _columns(types: dict[str, str]) -> str:
    """The table's columns, in the types of an engine."""
    with psycopg.connect(_server("branches", f"wide_{TREASURY}")) as connection:
        found = connection.execute(
            "select column_name::text, data_type::text from information_schema.columns"
            " where table_name = 'survey_response' order by ordinal_position"
        ).fetchall()
    return ", ".join(f"{name} {types.get(kind, kind)}" for name, kind in found)


def _export(path: Path, options: str = "") -> None:
    """Write the largest table as text with local times, and 0 and 1 for no and yes."""
    with psycopg.connect(_server("branches", f"wide_{TREASURY}")) as connection:
        connection.execute("set time zone 'Asia/Ho_Chi_Minh'")
        names = [one.name for one in connection.execute("select * from survey_response limit 0").description or ()]
        written = {
            "submitted_at": "to_char(submitted_at, 'YYYY-MM-DD HH24:MI:SS.US')",
            "harassment_reported": "harassment_reported::int",
        }
        columns = ", ".join(written.get(name, name) for name in names)
        query = f"copy (select {columns} from survey_response order by response_id) to stdout {options}"
        with connection.cursor().copy(query) as copy, path.open("wb") as file:
            file.writelines(copy)


def _fill_mariadb(branch: Branch, rows: int) -> None:
    """Make the same table in MariaDB."""
    assert branch.mariadb
    name, file = f"wide_{rows}", branch.home / "rows"
    branch.mariadb.url(name)
    _export(file)
    with branch.mariadb.session(name) as cursor:
        cursor.execute("create table treasury (treasury_code varchar(10) primary key, name varchar(200))")
        cursor.execute("insert into treasury values (%s, %s)", [TREASURY, TREASURY])
        columns = _columns(_TYPES["mariadb"])
        cursor.execute(f"create table survey_response ({columns}, primary key (response_id), key (submitted_at))")
        cursor.execute(f"load data local infile '{file}' into table survey_response character set utf8mb4")
        cursor.execute("analyze table survey_response")
    file.unlink()


def _fill_sqlite(branch: Branch, rows: int) -> None:
    """Make the same table in a SQLite file."""
    path, file = branch.home / f"wide_{rows}.sqlite", branch.home / "rows"
    path.unlink(missing_ok=True)
    _export(file, r"(format csv, null '\N')")
    columns = _columns(_TYPES["sqlite"])
    marks = ", ".join("?" * (columns.count(",") + 1))
    with contextlib.closing(sqlite3.connect(path)) as database, file.open(encoding="utf-8", newline="") as lines:
        database.execute("create table treasury (treasury_code text primary key, name text)")
        database.execute("insert into treasury values (?, ?)", [TREASURY, TREASURY])
        database.execute(f"create table survey_response ({columns}, primary key (response_id))")
        values = ([None if value == "\\N" else value for value in row] for row in csv.reader(lines))
        database.executemany(f"insert into survey_response values ({marks})", values)
        database.execute("create index survey_response_submitted_at on survey_response (submitted_at)")
        database.commit()
        database.execute("analyze")
    file.unlink()


def variables(url: sa.URL, engine: str, target: str) -> dict[str, str]:
    """What a way is told: where the rows are and where they go."""
    return {
        "ENGINE": engine,
        "SOURCE": url.render_as_string(hide_password=False),
        "SOURCE_HOST": url.host or "",
        "SOURCE_PORT": str(url.port or ""),
        "SOURCE_USER": url.username or "",
        "SOURCE_PASSWORD": str(url.password or ""),
        "SOURCE_DATABASE": url.database or "",
        "TARGET": target,
    }


def programs() -> str:
    """The search path with PostgreSQL's client first."""
    return f"{Path(psql_program()).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def version_of(command: list[str]) -> str:
    """The first line that a program says about its version."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().splitlines()[0]
