"""What it costs to count the whole table of a source beside reading a month of it.

    python -m benchmarks.census --rows 1000000
    python -m benchmarks.census --rows 1000000 --mariadb mysql://root@127.0.0.1:3306/an_empty_database

A table of responses over two years, with an index on its time, is read by the shipped query's bounds: once with what
its header counts and once without, turn by turn in the same run. ``doubtful`` are texts that the database cannot sort,
so that each of them is fetched.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from etl import settings
from etl.periods import SurveyMonth
from etl.source import contract
from etl.source.address import url_of
from etl.source.queries import Counted, Limits, Query
from etl.source.snapshot import Snapshot
from etl.warehouse import embedded

HANOI, MONTH = ZoneInfo("Asia/Ho_Chi_Minh"), SurveyMonth(2023, 7)
SECONDS = 2 * 365 * 86400


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--repeat", type=int, default=5)
    arguments.add_argument("--mariadb", help="the URL of an empty database, for its owner")
    given = arguments.parse_args()
    os.environ.setdefault("HAILONG_STATE", str(Path(".hailong-bench").resolve()))
    with tempfile.TemporaryDirectory() as directory:
        others = mariadb(given.rows, given.mariadb) if given.mariadb else []
        for name, uri in itertools.chain(postgresql(given.rows), sqlite(given.rows, Path(directory)), others):
            print(json.dumps({"source": name, "rows": given.rows, **measured(uri, given.repeat)}), flush=True)


def measured(uri: str, repeat: int) -> dict[str, float]:
    """The median seconds of a read without and with the count, and of their difference."""
    columns = {"response_key": "id", **dict.fromkeys(contract.COLUMNS[1:], "null"), "submitted_at": "at"}
    selected = ", ".join(f"{value} as {name}" for name, value in columns.items())
    sql = f"select {selected} from answer where at >= :month_start and at < :month_end"
    params = frozenset({"month_start", "month_end"})
    plain = Query("the benchmark", sql, params, MONTH.bounds(HANOI), HANOI)
    counted = dataclasses.replace(plain, counted=Counted("answer", "at", "id"))
    turns = [(read(uri, plain), read(uri, counted)) for _ in range(repeat)]
    alone, both = (statistics.median(column) for column in zip(*turns, strict=True))
    cost = statistics.median(after - before for before, after in turns)
    return {"read": round(alone, 3), "read and counted": round(both, 3), "count": round(cost, 3)}


def read(uri: str, query: Query) -> float:
    """The seconds of a read."""
    started = time.perf_counter()
    snapshot = Snapshot(url_of("48", uri), query, Limits(seconds=300, batch_rows=settings.read().batch_rows))
    for _ in snapshot:
        pass
    return time.perf_counter() - started


def postgresql(rows: int) -> Iterator[tuple[str, str]]:
    """A table of the embedded server, by timestamptz."""
    state = settings.read().state
    name = "census"
    server = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database if exists {name}")
        connection.exec_driver_sql(f"create database {name}")
    uri = embedded.url(state, "branches", name)
    with sa.create_engine(uri, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as owner:
        owner.exec_driver_sql("create table answer (id integer primary key, at timestamptz, words text)")
        moment = f"timestamptz '2022-07-01 00:00+07' + make_interval(secs => i * {SECONDS / rows})"
        numbers = f"generate_series(1, {rows}) as i"
        owner.exec_driver_sql(f"insert into answer select i, {moment}, repeat('x', 100) from {numbers}")
        owner.exec_driver_sql("create index on answer (at)")
        owner.exec_driver_sql("vacuum analyze answer")
    yield "PostgreSQL, timestamptz", uri


def sqlite(rows: int, directory: Path) -> Iterator[tuple[str, str]]:
    """Three files, by texts of three forms."""
    local = f"datetime('2022-07-01', '+' || (i * {SECONDS} / {rows}) || ' seconds')"
    forms = {"text": local, "text with an offset": f"{local} || '+07:00'", "doubtful text": f"' ' || {local}"}
    for name, form in forms.items():
        path = directory / f"{name}.sqlite"
        with sqlite3.connect(path) as database:
            database.execute("create table answer (id integer primary key, at text, words text)")
            numbers = f"with recursive n (i) as (select 1 union all select i + 1 from n where i < {rows})"
            database.execute(f"insert into answer {numbers} select i, {form}, printf('%.100c', 'x') from n")
            database.execute("create index at_index on answer (at)")
        database.close()
        yield f"SQLite, {name}", f"sqlite:///{path}"


def mariadb(rows: int, url: str) -> Iterator[tuple[str, str]]:
    """A table of a server, by datetime and by text."""
    with sa.create_engine(url.replace("mysql://", "mysql+pymysql://"), poolclass=sa.NullPool).begin() as owner:
        for kind in ("datetime", "varchar(30)"):
            owner.exec_driver_sql("drop table if exists answer")
            owner.exec_driver_sql(f"create table answer (id int primary key, at {kind}, words text, index (at))")
            moment = f"'2022-07-01' + interval seq * {SECONDS} / {rows} second"
            owner.exec_driver_sql(f"insert into answer select seq, {moment}, repeat('x', 100) from seq_1_to_{rows}")
            owner.exec_driver_sql("commit")
            yield f"MariaDB, {kind}", url


if __name__ == "__main__":
    main()
