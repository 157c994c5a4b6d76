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


@dataclass(frozen=True)
class Shape:
    """Table, column and type, sorted; empty where nothing is declared."""

    columns: tuple[tuple[str, str, str], ...] = ()

    @property
    def digest(self) -> str:
        """The sha256 of the shape, in hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.columns, ensure_ascii=False).encode()).hexdigest()


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
        by_table = inspector.get_multi_columns(schema or None, names, kind=ObjectKind.ANY)
        for (_, name), columns in by_table.items():
            table = f"{schema}.{name}" if schema else name
            yield from ((table, column["name"], _type(column["type"], connection.dialect)) for column in columns)


def _type(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> str:
    """A column's type as the database writes it."""
    try:
        return kind.compile(dialect=dialect).lower()
    except sa.exc.CompileError:
        return "unknown"
