"""Bring the warehouse to the current schema: migrations, then views.

Migrations are append-only: ``migration.applied`` keeps the digest of each, and a file that was edited after
it ran raises Misdeclared. The views of ``sql/marts`` and the functions of ``sql/publishing/functions`` and
``sql/acting/functions``, by which alone something is published or written to a case, hold no data and are made again.
A column that a view shows under its own name takes its comment along. No reader's condition is asked before those of
a view that he may read. Restricted views note who reads them, and in ``own`` each login has what is its own of them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from etl import settings, warehouse
from etl.errors import HailongError, Misdeclared
from etl.publishing import later_hiding, star
from etl.warehouse import locks, waits
from etl.warehouse.scripts import run_script

_VIEWS = {"shown": "shown", "action": "action", "mart": "views", "restricted": "restricted"}
"""The schemas of views and their folders in ``sql/marts``, in the order in which they are made of each other."""
_ROOMS = ("operation", "publishing", "acting")
"""The rooms that have functions in the warehouse."""
_MADE_OF = ("drop_own", "view_comments", "view_barriers", "guarded_views", "own_views")
"""Statements that make commands of the catalogue."""
_SECONDS = 20
"""How long readers who are in the way are waited for: each try keeps others from reading for less than a second."""

_BOOK = """
create schema if not exists migration;
create table if not exists migration.applied (
    migration_name text primary key,
    digest text not null,
    applied_at timestamptz not null default now()
);
comment on schema migration is 'What brought the warehouse to its schema.';
comment on table migration.applied is 'Migrations that ran, one row each.';
comment on column migration.applied.migration_name is 'File under sql/migrations';
comment on column migration.applied.digest is 'sha256 of the file as it ran';
comment on column migration.applied.applied_at is 'When it ran';
"""


def up() -> list[str]:
    """Apply what is missing, in one transaction; the names of it.

    Readers who are in the way are waited for a short while, and named in Unavailable.
    """
    if settings.read().is_embedded:
        warehouse.ensure_embedded(warehouse.DATABASE)
    _open_book()
    return waits.patiently(_up, _SECONDS)


def _open_book() -> None:
    """Make the table of what was applied, where there is none."""
    if _has_book():
        return
    try:
        with warehouse.transaction() as connection:
            run_script(connection, _BOOK, "migration.applied")
    except HailongError:
        if not _has_book():  # else another process has just made it
            raise


def _has_book() -> bool:
    """Whether there is a table of what was applied."""
    with warehouse.transaction() as connection:
        return bool(warehouse.rows(connection, "operation/book")[0]["is_there"])


def _up() -> list[str]:
    """Apply what is missing, unless somebody is in the way."""
    with warehouse.transaction() as connection:
        locks.lock_schema(connection)
        with waits.bounded(connection, "the migration", waits.STATEMENT_SECONDS):
            return _apply_all(connection)


def _apply_all(connection: warehouse.Connection) -> list[str]:
    """Apply what is missing; the names of it."""
    digests = {row["migration_name"]: row["digest"] for row in warehouse.rows(connection, "operation/applied")}
    applied = [file.name for file in _migrations() if _apply(connection, file, digests.get(file.name))]
    applied += _make_views(connection, digests.get("views"))
    return applied + _bring_up(connection, are_views_new="views" in applied)


def _migrations() -> list[Path]:
    """The files of the migrations, in their order."""
    return sorted((settings.SQL / "migrations").glob("*.sql"))


def _apply(connection: warehouse.Connection, file: Path, applied_digest: str | None) -> bool:
    """Run one migration unless it ran before; whether it ran now."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if applied_digest is None:
        run_script(connection, file.read_text("utf-8"), str(file))
        warehouse.run(connection, "operation/keep_applied", {"migration_name": file.name, "digest": digest})
        return True
    if applied_digest != digest:
        raise Misdeclared(
            f"{file} was edited after it was applied", next_action="restore it, and put the change into a new file"
        )
    return False


def _make_views(connection: warehouse.Connection, applied_digest: str | None) -> list[str]:
    """Make views and functions again when their files or tables changed."""
    files = {schema: _views_of(folder) for schema, folder in _VIEWS.items()}
    functions = [file for room in _ROOMS for file in sorted((settings.SQL / room / "functions").glob("*.sql"))]
    made_of = [settings.SQL / "operation" / f"{name}.sql" for name in _MADE_OF]
    groups = (_migrations(), *files.values(), functions, made_of)
    text = "".join(file.read_text("utf-8") for group in groups for file in group)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if applied_digest == digest:
        return []
    _run_commands(connection, "operation/drop_own")
    for schema in _VIEWS:
        _run_commands(connection, "operation/drop_views", schema_name=schema)
        for file in files[schema]:
            run_script(connection, file.read_text("utf-8"), str(file))
    for file in functions:
        run_script(connection, file.read_text("utf-8"), str(file))
    for schema in ("shown", *_VIEWS):  # twice the first: its views are made of each other
        _run_commands(connection, "operation/view_comments", schema_name=schema)
    for schema in ("mart", "restricted"):  # those for readers
        _run_commands(connection, "operation/view_barriers", schema_name=schema)
    for name in ("operation/guarded_views", "operation/own_views"):
        _run_commands(connection, name)
    warehouse.run(connection, "operation/keep_applied", {"migration_name": "views", "digest": digest})
    return ["views"]


def _views_of(folder: str) -> list[Path]:
    """The files of a schema's views; those that the star is made of come last, as they are made of the others."""
    files = (settings.SQL / "marts" / folder).glob("*.sql")
    return sorted(files, key=lambda file: (file.stem.startswith(("dim_", "fact_")), file.stem))


def _run_commands(connection: warehouse.Connection, name: str, **parameters: str) -> None:
    """Run the commands that a statement makes of the catalogue."""
    for row in warehouse.rows(connection, name, **parameters):
        run_script(connection, row["command"], name)


def _bring_up(connection: warehouse.Connection, *, are_views_new: bool) -> list[str]:
    """Hide what must be hidden of what is published, and bring the star up to it; what was done."""
    if not warehouse.rows(connection, "operation/star")[0]["is_there"]:
        return []
    done = ["later hiding"] if later_hiding.tighten(connection) else []
    return [*done, "star"] if star.catch_up(connection, is_anew=are_views_new or bool(done)) else done
