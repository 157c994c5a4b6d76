"""What a guest may not see of a source, as far as its database says."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from etl.source import replica, sqlite_file

_BENEATH = """
select distinct format('%I.%I', n.nspname, c.relname) as name
from pg_rewrite as r
inner join pg_depend as d on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
inner join pg_class as c on d.refobjid = c.oid and d.refclassid = 'pg_class'::regclass
inner join pg_namespace as n on c.relnamespace = n.oid
where r.ev_class = to_regclass(:view) and c.oid != r.ev_class
order by name
"""


@dataclass(frozen=True)
class View:
    """A view of which a query reads; ``beneath`` are the tables that it shows, where the database tells."""

    name: str
    beneath: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sight:
    """What may hide rows from us.

    ``is_replica_in_doubt``: the server only reads, and does not tell our role whether it follows another one.
    ``is_copy_in_doubt``: a SQLite file whose newest rows should stand beside it, and nothing stands there.
    """

    views: tuple[View, ...] = ()
    is_replica_in_doubt: bool = False
    is_copy_in_doubt: bool = False


NOTHING_HIDDEN = Sight()
"""The sight of a role from which nothing is known to be hidden."""


def of(connection: sa.Connection, tables: Iterable[str]) -> Sight:
    """What may hide rows of some tables from a connection's role; nothing where the database does not say."""
    views: list[View] = []
    in_doubt = False
    with contextlib.suppress(sa.exc.SQLAlchemyError), _apart(connection):
        views = [View(table, _beneath(connection, table)) for table in tables if _is_view(connection, table)]
    if connection.dialect.name in ("mysql", "mariadb"):
        in_doubt = replica.is_in_doubt(connection)
    return Sight(tuple(views), in_doubt)


def is_copy_in_doubt(url: sa.URL) -> bool:
    """Whether a SQLite file may be a copy without its newest rows; asked before it is opened."""
    if url.get_backend_name() != "sqlite":
        return False
    path = sqlite_file.path_of(url)
    return sqlite_file.is_write_ahead(path) and not path.with_name(f"{path.name}-wal").exists()


def _is_view(connection: sa.Connection, table: str) -> bool:
    """Whether a table is a view, stored or not."""
    schema, _, name = table.rpartition(".")
    inspector = sa.inspect(connection)
    names = list(inspector.get_view_names(schema or None))
    with contextlib.suppress(NotImplementedError):
        names += inspector.get_materialized_view_names(schema or None)
    return name in names


def _beneath(connection: sa.Connection, view: str) -> tuple[str, ...]:
    """The tables that a view shows; PostgreSQL tells them to everybody."""
    if connection.dialect.name != "postgresql":
        return ()
    return tuple(connection.execute(sa.text(_BENEATH), {"view": view}).scalars())


@contextlib.contextmanager
def _apart(connection: sa.Connection) -> Iterator[None]:
    """Let an error of PostgreSQL not end the whole transaction."""
    with connection.begin_nested() if connection.dialect.name == "postgresql" else contextlib.nullcontext():
        yield
