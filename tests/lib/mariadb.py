"""A MariaDB server of the tests' own: a private data directory, a free port of 127.0.0.1, gone at their end."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pymysql
import sqlalchemy as sa

from tests.lib.needs import program

GUEST = "hailong_guest"

_OPTIONS = (
    "--bind-address=127.0.0.1", "--skip-name-resolve", "--performance-schema", "--local-infile", "--skip-log-bin",
    "--character-set-server=utf8mb4", "--innodb-flush-log-at-trx-commit=2", "--innodb-log-file-size=64M",
)  # fmt: skip


class MariaDB:
    """One server; a database is made when its URL is first asked for, and the guest may only read it.

    ``options`` go to the server beside those that all have.
    """

    def __init__(self, *options: str) -> None:
        self.options = options
        self.home = Path(tempfile.mkdtemp(prefix="hailong-mariadb-"))
        self.data, self.socket = self.home / "data", self.home / "socket"
        self.root_password, self.guest_password = secrets.token_hex(12), secrets.token_hex(12)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.server: subprocess.Popen[bytes] | None = None
        self.user: dict[str, Any] = {}
        if os.geteuid() == 0:
            shutil.chown(self.home, "mysql", "mysql")
            self.user = {"user": "mysql", "group": "mysql", "extra_groups": []}
        self._install()
        self.start()
        with self._connect("mysql", password="") as root, root.cursor() as cursor:
            for statement in (
                "delete from mysql.global_priv where not (user in ('root', 'mariadb.sys') and host = 'localhost')",
                "flush privileges",
                f"set password for root@localhost = password('{self.root_password}')",
                f"create user {GUEST}@'127.0.0.1' identified by '{self.guest_password}'",
            ):
                cursor.execute(statement)

    def url(self, database: str) -> str:
        """A database's URL for the read-only guest; makes the database when there is none."""
        self.execute("mysql", f"create database if not exists `{database}`")
        self.execute("mysql", f"grant select on `{database}`.* to {GUEST}@'127.0.0.1'")
        return sa.URL.create(
            "mysql+pymysql", GUEST, self.guest_password, "127.0.0.1", self.port, database
        ).render_as_string(hide_password=False)

    def execute(self, database: str, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement as root in a database; its rows."""
        with self._connect(database, password=self.root_password) as root, root.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    @contextlib.contextmanager
    def session(self, database: str) -> Iterator[Any]:
        """A cursor of root, for what must last over several statements."""
        with self._connect(database, password=self.root_password) as root, root.cursor() as cursor:
            yield cursor

    def load(self, database: str, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows, each with a value for every column, as root and in one transaction."""
        rows = list(rows)
        with self._connect(database, password=self.root_password) as root, root.cursor() as cursor:
            cursor.execute("begin")
            cursor.executemany(f"insert into `{table}` values ({', '.join(['%s'] * len(rows[0]))})", rows)
            cursor.execute("commit")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self.home / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                [str(program("mariadbd")), "--no-defaults", f"--datadir={self.data}", f"--socket={self.socket}",
                 f"--port={self.port}", f"--pid-file={self.home / 'pid'}", f"--tmpdir={self.home}", *_OPTIONS,
                 *self.options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True, **self.user,
            )  # fmt: skip
        for _ in range(600):
            assert self.server.poll() is None, (self.home / "server.log").read_text("utf-8", "replace")[-2000:]
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as wire:
                    if wire.recv(1) and self.socket.exists():
                        return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the MariaDB server does not answer")

    def stop(self) -> None:
        """Stop the server in good order; its databases stay."""
        self._end("terminate")

    def kill(self) -> None:
        """Kill the server as a power cut would; its databases stay."""
        self._end("kill")

    def remove(self) -> None:
        """Kill the server and remove its databases."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def _install(self) -> None:
        """Make the data directory, with temporary tables of its own: in ``/tmp`` two of these remove each other's."""
        done = subprocess.run(
            [str(program("mariadb-install-db")), "--no-defaults", f"--datadir={self.data}", f"--tmpdir={self.home}",
             "--skip-test-db", "--auth-root-authentication-method=normal"],
            capture_output=True, check=False, text=True, cwd="/", **self.user,
        )  # fmt: skip
        assert not done.returncode, f"{done.stdout[:2000]}{done.stderr[-2000:]}"

    def _end(self, how: str) -> None:
        if self.server is not None:
            getattr(self.server, how)()
            self.server.wait(60)
            self.server = None

    def _connect(self, database: str, *, password: str) -> pymysql.Connection[Any]:
        """A connection of root, by the private socket."""
        return pymysql.connect(
            unix_socket=str(self.socket), user="root", password=password, database=database,
            charset="utf8mb4", autocommit=True, local_infile=True,
        )  # fmt: skip
