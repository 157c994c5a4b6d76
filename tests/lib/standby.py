"""A PostgreSQL primary and a standby that follows it, both of the tests' own."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from etl.warehouse import embedded

_PRIMARY = "wal_level = replica\nmax_wal_senders = 4\nfsync = off\nwal_receiver_status_interval = 1\n"
_REPLICATION = "host replication all 127.0.0.1/32 scram-sha-256\n"


class Pair:
    """Both servers; ``guest`` may read the table ``answer`` of their database ``postgres`` and nothing else."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="hailong-standby-"))
        self.home.chmod(0o755)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(embedded, "_CONFIGURATION", embedded._CONFIGURATION + _PRIMARY)
            patch.setattr(embedded, "_ACCESS", embedded._ACCESS + _REPLICATION)
            self.primary = sa.make_url(embedded.url(self.home, "primary"))
        self.on_primary(
            "create table answer (id integer, at timestamptz default now(), words text)",
            "insert into answer (id, words) select n, repeat('x', 1000) from generate_series(1, 5000) as n",
            "create role guest login password 'guest'",
            "grant select on answer to guest",
        )
        self.standby = self._made()

    @property
    def guest(self) -> str:
        """The guest's connection to the standby."""
        return self.standby.set(username="guest", password="guest").render_as_string(hide_password=False)

    def on_primary(self, *statements: str) -> Any:
        """Run statements on the primary; the last one's first row."""
        return _run(self.primary, statements)

    def on_standby(self, *statements: str) -> Any:
        """Run statements on the standby; the last one's first row."""
        return _run(self.standby, statements)

    def remove(self) -> None:
        """Stop both servers and remove them."""
        for name in ("standby", "primary"):
            embedded.stop(self.home, name)
        shutil.rmtree(self.home, ignore_errors=True)

    def _made(self) -> sa.URL:
        home = self.home / "postgres" / "standby"
        home.mkdir()
        embedded._own(home / "data")
        address = f"host=127.0.0.1 port={self.primary.port} user=postgres password={self.primary.password}"
        embedded._run("pg_basebackup", "-D", str(home / "data"), "-R", "-c", "fast", "-X", "stream", "-d", address)
        embedded._keep_access(home, {"password": self.primary.password, "port": embedded._free_port()})
        return sa.make_url(embedded.url(self.home, "standby"))


def _run(url: sa.URL, statements: tuple[str, ...]) -> Any:
    row = None
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True, application_name=secrets.token_hex(4)) as connection:
        for statement in statements:
            done = connection.execute(statement.encode())
            row = done.fetchone() if done.description else None
    return row
