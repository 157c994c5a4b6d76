"""One turn of one peer: a clean start, the run, and a look at whether all rows came."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg.sql import SQL, Identifier

from benchmarks.month import forget_month
from benchmarks.peers import branch, measure
from benchmarks.peers.branch import TREASURY, Branch
from benchmarks.peers.catalogue import Peer
from benchmarks.peers.measure import Turn
from etl import warehouse
from etl.operation import migrate

PROJECT = Path(__file__).resolve().parents[2]
_QUIET = {
    "DO_NOT_TRACK": "1",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "INGESTR_DISABLE_TELEMETRY": "true",
    "SLING_DISABLE_TELEMETRY": "true",
}
"""Nobody is to be told of a benchmark; without a network the attempt would also cost time."""
_PASSED_ON = ("LANG", "LC_ALL", "TZ", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "LD_LIBRARY_PATH")
_DRIVERS = {"mariadb": "mysql+pymysql"}


@dataclass(frozen=True)
class Course:
    """The servers, the environments and the limits of a run."""

    branch: Branch
    environments: Path
    scratch: Path
    given: argparse.Namespace

    @classmethod
    @contextlib.contextmanager
    def standing(cls, home: Path, environments: Path, given: argparse.Namespace) -> Iterator[Self]:
        """Make the rows and the warehouse; stop the servers at the end."""
        print(f"making {max(given.rows):,} responses", flush=True)
        with branch.standing(home / "sources", given.rows, set(given.engines)) as made:
            migrate.up()
            yield cls(made, environments, home / "scratch", given)

    def lacks(self, engine: str) -> str | None:
        """Why nothing can be read from an engine, if so."""
        if engine == "mariadb" and not self.branch.mariadb:
            return "did not run: there is no MariaDB server here (Debian: mariadb-server)"
        return None

    def servers(self) -> dict[str, str]:
        """The versions of the servers and clients."""
        with psycopg.connect(self.branch.target) as connection:
            found = {"PostgreSQL": str(connection.info.parameter_status("server_version"))}
        if self.branch.mariadb:
            found["MariaDB"] = self.branch.mariadb.execute("mysql", "select version()")[0][0].partition("-")[0]
        for name, command in {"sqlite3": ["sqlite3", "--version"], "pgloader": ["pgloader", "--version"]}.items():
            if shutil.which(name):
                words = branch.version_of(command).replace('"', " ").split()
                found[name] = next(word for word in words if word[0].isdigit())
        return found

    def turn(self, peer: Peer, engine: str, rows: int) -> Turn:
        """Run a peer once from a clean start, and look at what it has loaded."""
        self._clean(peer, engine)
        environment = self._environment(peer, engine, rows)
        if peer.script.suffix == ".sh":
            command = ["bash", str(peer.script), *peer.words]
        else:
            # -P: the scripts are named after the packages that they import
            command = [self._python(peer), "-P", str(peer.script), *peer.words]
        turn = measure.run(command, environment, self.scratch, self.given.timeout)
        if not turn.problem:
            turn.problem = self._ours(rows, peer.words, turn) if peer.role == "ours" else self._theirs(engine, rows)
        return turn

    def _clean(self, peer: Peer, engine: str) -> None:
        """Leave nothing of the turn before."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        self.branch.clear(engine, with_table=peer.is_given_table)
        if peer.role == "ours":
            forget_month()
            with warehouse.transaction() as connection:
                connection.exec_driver_sql("truncate ops.turned_away")

    def _python(self, peer: Peer) -> str:
        """The interpreter of a peer's environment, or the project's."""
        return str(self.environments / peer.environments[0] / "bin" / "python") if peer.environments else sys.executable

    def _environment(self, peer: Peer, engine: str, rows: int) -> dict[str, str]:
        """The variables that a way sees; its home is the turn's own directory."""
        url = self.branch.source(engine, rows)
        path = [str(self.environments / name / "bin") for name in peer.environments]
        variables = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        variables |= {"HOME": str(self.scratch), "AIRFLOW_HOME": str(self.scratch), **_QUIET}
        variables |= branch.variables(url, engine, self.branch.target)
        variables["PATH"] = os.pathsep.join([*path, branch.programs()])
        if peer.role == "ours":
            address = url.set(drivername=_DRIVERS.get(engine, url.drivername)).render_as_string(hide_password=False)
            variables |= {name: value for name, value in os.environ.items() if name.startswith("HAILONG_")}
            variables |= {"PYTHONPATH": str(PROJECT), f"AIRFLOW_CONN_TREASURY_{TREASURY}": address}
        return variables

    def _theirs(self, engine: str, rows: int) -> str | None:
        """What a peer's table lacks of the source's, if anything."""
        with psycopg.connect(self.branch.target) as connection:
            found = connection.execute(
                "select table_name::text from information_schema.tables"
                " where table_schema = 'peer' and table_name like '%survey_response'"
            ).fetchone()
            if not found:
                return "did not run: it made no table"
            try:
                loaded = _digest(connection, "peer", found[0])
            except psycopg.Error as error:
                return f"loaded something else: {str(error).splitlines()[0]}"
        with psycopg.connect(_plain(self.branch.source("postgresql", rows))) as connection:
            wanted = _digest(connection, "public", "survey_response")
        differing = [f"{name} {loaded[name]}, not {value}" for name, value in wanted.items() if loaded[name] != value]
        return f"loaded something else: {'; '.join(differing)}" if differing else None

    def _ours(self, rows: int, words: list[str], turn: Turn) -> str | None:
        """Whether every row was landed, and loaded or turned away."""
        with warehouse.transaction() as connection:
            landed = connection.exec_driver_sql("select sum(row_count) from ops.receipt").scalar_one()
            counted = connection.exec_driver_sql(
                "select coalesce(sum(loaded_count), 0), coalesce(sum(turned_away_count), 0) from ops.treasury_month"
            ).one()
        turn.said |= {"landed": int(landed or 0), "loaded": int(counted[0]), "turned_away": int(counted[1])}
        if turn.said["landed"] != rows:
            return f"landed {landed} rows"
        if words == ["load"] and sum(counted) != rows:
            return f"loaded {counted[0]} rows and turned {counted[1]} away"
        return None


def _plain(url: Any) -> str:
    return str(url.render_as_string(hide_password=False))


def _digest(connection: psycopg.Connection, schema: str, table: str) -> dict[str, str]:
    """Counts and sums by which a lost or changed row would be noticed."""
    query = SQL("""
        select
            count(*)::text as rows,
            sum(response_id::numeric)::bigint::text as response_ids,
            sum(access_seats::numeric)::bigint::text as first_answers,
            sum(feedback_notified::numeric)::bigint::text as last_answers,
            count(unit_code)::text as units,
            count(comment)::text as comments,
            sum(length(comment))::text as letters
        from {}.{}
    """).format(Identifier(schema), Identifier(table))
    cursor = connection.execute(query)
    names = [one.name for one in cursor.description or ()]
    (values,) = cursor.fetchall()
    return dict(zip(names, values, strict=True))
