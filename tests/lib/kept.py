"""Months that are run once and copied: a test of what a month gives does not run it.

A kept month is a database and a directory (landing zone, reports, configuration). It is keyed by all that a month is
made of, kept below ``.hailong/tests/months``, and shared by the processes of a session under a lock; each has a
template of it on its own server. A copy is a database made from the template and a copied directory, and the settings
point to them.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import pickle
import re
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl.operation import migrate
from etl.warehouse import embedded
from tests.lib import slots
from tests.lib.slots import Slot

KEY = "a key for tests, long enough to pass"
SCHEMA = ("sql", "etl/operation/migrate.py", "etl/warehouse", "etl/publishing/star.py")
CODE = ("etl", "sql", "config", "expectations", "tests/lib")
_KEPT_CODES = 3
_MOVED = """
do $$
declare
    wanted record;
begin
    set local session_replication_role = replica;
    for wanted in
        select c.table_schema, c.table_name, c.column_name
        from information_schema.columns as c
        inner join information_schema.tables as t using (table_schema, table_name)
        where t.table_type = 'BASE TABLE' and c.column_name like '%landing_path'
    loop
        execute format(
            'update %I.%I set %I = replace(%I, %L, %L)',
            wanted.table_schema, wanted.table_name, wanted.column_name, wanted.column_name, '{old}', '{new}'
        );
    end loop;
end $$
"""


@dataclass(frozen=True)
class Kept:
    """A month, or several, as ``build`` makes it; ``network`` first makes a configuration in the directory."""

    name: str
    build: Callable[[], object]
    network: Callable[[Path], object] | None = None

    @property
    def digest(self) -> str:
        """What it is keyed by besides the code: the files that say how it is built."""
        files = {inspect.getsourcefile(part) for part in (self.build, self.network) if part}
        return slots.digest(*(os.path.relpath(str(file), slots.PROJECT) for file in files))[:6]

    @property
    def template(self) -> str:
        """The name of its database on a server."""
        return f"kept_{slots.digest(*CODE)}_{re.sub(r'[^a-z0-9]+', '_', self.name.lower())}_{self.digest}"


@dataclass(frozen=True)
class Copy:
    """A copy of a kept month: its database's URL, its directory, and what building it gave."""

    url: str
    home: Path
    result: Any


def enter(environment: pytest.MonkeyPatch, url: str, home: Path) -> None:
    """Work from now on in a warehouse and a directory."""
    environment.setenv("HAILONG_WAREHOUSE_URL", url)
    environment.setenv("HAILONG_PSEUDONYM_KEY", KEY)
    for name in ("landing", "reports", "bulletins"):
        environment.setenv(f"HAILONG_{name.upper()}", str(home / name))
    if (home / "config").is_dir():
        environment.setenv("HAILONG_CONFIG", str(home / "config"))


def migrated(slot: Slot) -> str:
    """The database of a migrated warehouse that nobody uses but as a template."""
    template = f"migrated_{slots.digest(*SCHEMA)}"
    if template not in slot.templates():
        with new_database(slot, "template0") as database, pytest.MonkeyPatch.context() as environment:
            environment.setenv("HAILONG_WAREHOUSE_URL", slot.url(database=database))
            migrate.up()
            slot.keep(database, template)
        slot.forget("migrated_", template)
    return template


@contextlib.contextmanager
def lent(slot: Slot, kept: Kept, home: Path) -> Iterator[Copy]:
    """A copy of a kept month in a directory that is not there yet; its database is dropped at the end."""
    folder = _ensure(slot, kept)
    with new_database(slot, kept.template) as database:
        yield copied(slot, kept, database, shutil.copytree(folder / "home", home, dirs_exist_ok=True))


def copied(slot: Slot, kept: Kept, database: str, home: Path) -> Copy:
    """The copy of a month in a database and a directory: what names landed files names its own."""
    folder = _ensure(slot, kept)
    old = json.loads((folder / "about.json").read_text("utf-8"))["landing"]
    new = str(home / "landing")
    slot.run(_MOVED.format(old=old, new=new), database=database)
    for receipt in (home / "landing").rglob("*.json"):
        receipt.write_text(receipt.read_text("utf-8").replace(old, new), "utf-8")
    return Copy(slot.url(database=database), home, pickle.loads((folder / "result").read_bytes()))


def database_of(slot: Slot, kept: Kept, name: str) -> Path:
    """Make a database of some name from a kept month; the directory that belongs to it, to be copied."""
    folder = _ensure(slot, kept)
    slot.run(f"drop database if exists {name} with (force)", f"create database {name} template {kept.template}")
    return folder / "home"


@contextlib.contextmanager
def new_database(slot: Slot, template: str, name: str = "") -> Iterator[str]:
    """A database from a template, dropped at the end unless it has become something else."""
    name = name or f"test_{secrets.token_hex(6)}"
    slot.run(f"create database {name} template {template}")
    yield name
    slot.run(f"drop database if exists {name} with (force)")


def _ensure(slot: Slot, kept: Kept) -> Path:
    """The folder of a kept month, whose template is on the server from now on; builds it when nobody has."""
    code = slots.ROOT / "months" / slots.digest(*CODE)
    folder = code / kept.template
    if folder.exists() and kept.template in slot.templates():
        return folder
    base = migrated(slot)
    slot.forget("kept_", f"kept_{slots.digest(*CODE)}")
    with slots.locked(code / f"{kept.template}.lock"):
        if not folder.exists():
            _prune(code)
            _build(slot, kept, base, folder)
    if kept.template not in slot.templates():
        with new_database(slot, "template0") as database:
            program("pg_restore", slot.url(database=database), "--exit-on-error", str(folder / "dump"))
            slot.run("analyze", database=database)  # a dump brings no statistics; without them some views take minutes
            slot.keep(database, kept.template)
    return folder


def _build(slot: Slot, kept: Kept, base: str, folder: Path) -> None:
    """Run the month in a new database and directory, and keep both."""
    draft = folder.with_name(f"{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "home").mkdir(parents=True)
    slot.estate()
    if kept.network:
        kept.network(draft / "home")
    with new_database(slot, base) as database:
        with pytest.MonkeyPatch.context() as environment:
            enter(environment, slot.url(database=database), draft / "home")
            result = kept.build()
        program("pg_dump", slot.url(database=database), "--format=custom", "--compress=1", f"--file={draft / 'dump'}")
        (draft / "about.json").write_text(json.dumps({"landing": str(draft / "home" / "landing")}), "utf-8")
        (draft / "result").write_bytes(pickle.dumps(result))
        slot.keep(database, kept.template)
    os.sync()
    draft.replace(folder)


def program(name: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database."""
    at = sa.make_url(url)
    target = [f"--host={at.host}", f"--port={at.port}", f"--username={at.username}", f"--dbname={at.database}"]
    environment = {"PGPASSWORD": str(at.password), "PATH": os.environ["PATH"]}
    subprocess.run([str(embedded._programs() / name), *target, *arguments], check=True, env=environment)


def _prune(code: Path) -> None:
    """Remove the months of older code, and the drafts of killed processes are left to who builds them anew."""
    folders = sorted(code.parent.glob("*/"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in folders[_KEPT_CODES:]:
        if folder != code:
            shutil.rmtree(folder, ignore_errors=True)
