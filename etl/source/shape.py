"""The shape of a source: columns and types that a query reads."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.reflection import ObjectKind

from etl.registry.terms import LONGEST_CODE
from etl.source.contract import shortened


@dataclass(frozen=True)
class Shape:
    """Table, column and type, sorted; empty where nothing is declared."""

    columns: tuple[tuple[str, str, str], ...] = ()

    @property
    def digest(self) -> str:
        """The sha256 of the shape, in hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.columns, ensure_ascii=False).encode()).hexdigest()

    def lacking(self, tables: Iterable[str]) -> list[str]:
        """Of some tables those that have no column here: they are not there, or not for our role to see."""
        seen = {table for table, _, _ in self.columns}
        return [table for table in tables if table not in seen]


def shape_of(connection: sa.Connection, tables: Iterable[str]) -> Shape | None:
    """The shape of the tables that a connection sees.

    None when the database would not tell, of a lock that lasted for example: that is no drift.
    """
    by_schema: dict[str, list[str]] = {}
    for table in tables:
        schema, _, name = table.rpartition(".")
        by_schema.setdefault(schema, []).append(name)
    entries = (entry for schema, names in by_schema.items() for entry in _columns(connection, schema, names))
    try:
        return Shape(tuple(sorted(entries)))
    except sa.exc.SQLAlchemyError:
        return None


def _columns(connection: sa.Connection, schema: str, names: list[str]) -> Iterator[tuple[str, str, str]]:
    """The columns of some tables and views of one schema.

    Without a name it is the connection's own one.
    """
    with contextlib.ExitStack() as stack:
        if connection.dialect.name == "postgresql":
            stack.enter_context(connection.begin_nested())  # there an error would end the whole transaction
        inspector = sa.inspect(connection)
        if schema and schema not in inspector.get_schema_names():
            return
        for name, column, kind in _reflected(inspector, schema, names):
            table = f"{schema}.{name}" if schema else name
            # SQLite takes names of any length, an index of ours does not
            yield table, shortened(column, LONGEST_CODE), kind


def _reflected(inspector: sa.Inspector, schema: str, names: list[str]) -> list[tuple[str, str, str]]:
    """Table, column and type of some tables and views; on MySQL each by itself where not all can be reflected."""
    try:
        found = inspector.get_multi_columns(schema or None, names, kind=ObjectKind.ANY)
    except sa.exc.SQLAlchemyError:
        if inspector.dialect.name not in ("mysql", "mariadb"):
            raise
        if len(names) == 1:
            return _listed(inspector, schema, names[0])
        return [entry for name in names for entry in _reflected(inspector, schema, [name])]
    return [
        (name, column["name"], _type(column["type"], inspector.dialect))
        for (_, name), columns in found.items()
        for column in columns
    ]


def _listed(inspector: sa.Inspector, schema: str, name: str) -> list[tuple[str, str, str]]:
    """The same of one, as MySQL lists it to who may read a view and not see how it is made."""
    columns = sa.table(
        "columns",
        *(sa.column(each, sa.String) for each in ("table_schema", "table_name", "column_name", "column_type")),
        schema="information_schema",
    )
    is_here = columns.c.table_schema == (schema or sa.func.database())
    query = sa.select(columns.c.column_name, columns.c.column_type).where(is_here, columns.c.table_name == name)
    assert isinstance(inspector.bind, sa.Connection)
    return [(name, column, kind) for column, kind in inspector.bind.execute(query)]


def _type(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> str:
    """A column's type as the database writes it."""
    try:
        return kind.compile(dialect=dialect).lower()
    except sa.exc.CompileError:
        return "unknown"
