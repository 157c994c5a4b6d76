"""Bring the warehouse to the current schema: numbered migrations once, then the readers' views anew.

Migrations are append-only: ``migration.applied`` keeps the digest of each, and a file that was edited after
it ran raises Misdeclared. The views of ``sql/marts`` hold no data and are made again.
A column that a view shows under its own name takes its comment along. No reader's condition is asked before those of
a view that he may read.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import sqlalchemy as sa

from etl import settings, warehouse
from etl.errors import Misdeclared
from etl.publishing import star

_VIEWS = {"shown": "shown", "mart": "views", "restricted": "restricted"}
"""The schemas of views and their folders in ``sql/marts``, in the order in which they are made of each other."""

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
    """Apply what is missing in one transaction, one process at a time; the names of what was applied."""
    if settings.read().is_embedded:
        warehouse.ensure_embedded(warehouse.DATABASE)
    with warehouse.transaction() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(3, 0)))
        _script(connection, _BOOK)
        applied = connection.execute(sa.text("select migration_name, digest from migration.applied"))
        known: dict[str, str] = {row.migration_name: row.digest for row in applied}
        files = sorted((settings.SQL / "migrations").glob("*.sql"))
        done = [file.name for file in files if _apply(connection, file, known)] + _make_views(connection, known)
        return done + _make_star(connection, done)


def _apply(connection: sa.Connection, file: Path, known: dict[str, str]) -> bool:
    """Run one migration unless it ran before; whether it ran now."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if file.name in known:
        if known[file.name] != digest:
            raise Misdeclared(
                f"{file} was edited after it was applied", next_action="restore it, and put the change into a new file"
            )
        return False
    try:
        _script(connection, file.read_text("utf-8"))
    except sa.exc.ProgrammingError as error:
        reason = getattr(getattr(error.orig, "diag", None), "message_primary", None) or type(error.orig).__name__
        raise Misdeclared(
            f"{file}: the warehouse refuses it: {reason}",
            next_action="give the warehouse's role what is lacking (docs/runbook.md), or report a defect",
        ) from None
    _note(connection, file.name, digest)
    return True


def _make_views(connection: sa.Connection, known: dict[str, str]) -> list[str]:
    """Make the readers' views again, with their comments, when their files or the tables below them changed."""
    files = {schema: sorted((settings.SQL / "marts" / folder).glob("*.sql")) for schema, folder in _VIEWS.items()}
    below = sorted((settings.SQL / "migrations").glob("*.sql"))
    made_of = [settings.SQL / "operation" / f"{name}.sql" for name in ("view_comments", "view_barriers")]
    text = "".join(file.read_text("utf-8") for group in (below, *files.values(), made_of) for file in group)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if known.get("views") == digest:
        return []
    for schema in _VIEWS:
        found = connection.execute(
            sa.text(
                "select format('drop view if exists %I.%I cascade', schemaname, viewname)"
                " from pg_views where schemaname = :s"
            ),
            {"s": schema},
        )
        for command in found.scalars().all():
            _script(connection, command)
        for file in files[schema]:
            _script(connection, file.read_text("utf-8"))
    for schema in ("shown", *_VIEWS):  # twice the first: its views are made of each other
        for row in warehouse.rows(connection, "operation/view_comments", schema_name=schema):
            _script(connection, row["command"])
    for schema in ("mart", "restricted"):  # those for readers
        for row in warehouse.rows(connection, "operation/view_barriers", schema_name=schema):
            _script(connection, row["command"])
    _note(connection, "views", digest)
    return ["views"]


def _make_star(connection: sa.Connection, done: list[str]) -> list[str]:
    """Bring the star up to what is published: all of it when the views that it is made of are new."""
    if not connection.scalar(sa.select(sa.func.to_regclass("mart.fact_treasury"))):
        return []
    return ["star"] if star.catch_up(connection, is_anew="views" in done) else []


def _script(connection: sa.Connection, text: str) -> None:
    """Run SQL as it stands: several statements, and no parameters."""
    connection.exec_driver_sql(text, execution_options={"no_parameters": True})


def _note(connection: sa.Connection, name: str, digest: str) -> None:
    """Remember that something was applied."""
    connection.execute(
        sa.text(
            "insert into migration.applied (migration_name, digest) values (:name, :digest)"
            " on conflict (migration_name) do update set digest = excluded.digest, applied_at = now()"
        ),
        {"name": name, "digest": digest},
    )
