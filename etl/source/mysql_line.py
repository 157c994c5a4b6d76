"""A row of MySQL or MariaDB as one CSV line that the server writes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from etl.source import contract, documents
from etl.source.queries import Column

Fields = dict[str, sa.ColumnElement[Any]]

_BARE = {
    "decimal", "tinyint", "smallint", "int", "float", "double", "timestamp", "bigint", "mediumint", "date", "time",
    "datetime", "year",
}  # fmt: skip
"""Types whose texts never need quotation marks."""
_QUOTE: sa.ColumnElement[str] = sa.literal_column("'\"'")
_QUOTES: sa.ColumnElement[str] = sa.literal_column("'\"\"'")
_COMMA: sa.ColumnElement[str] = sa.literal_column("','")
_UNREADABLE: sa.ColumnElement[str] = sa.literal_column(f"'\"{documents.UNREADABLE}\"'")
_SPARED = ("response_key", "treasury_code", "submitted_at")
"""What is still said of a row that is longer than the server sends."""


def of_row(
    asked: sa.Subquery, yielded: Sequence[Column], charsets: Mapping[str, str], null: str
) -> sa.ColumnElement[Any]:
    """The line of a row; ``null`` stands for null.

    Texts come as UTF-8, and those of which no character set is given as they are stored.
    """
    marked: sa.ColumnElement[str] = sa.literal_column(f"'{null}'")
    fields = {c.name: _field(asked.c[c.name], c, marked, charsets.get(c.name, "binary")) for c in yielded}
    return sa.cast(sa.func.coalesce(_joined(fields), _joined(_spared(fields, marked))), sa.LargeBinary)


def _field(
    value: sa.ColumnElement[Any], column: Column, null: sa.ColumnElement[str], charset: str
) -> sa.ColumnElement[Any]:
    """A field of the line: text quoted, once what stands for null is in its place.

    A character set that is none, or a kind of UTF-8, is not changed.
    """
    if column.type_name in _BARE:
        return sa.func.ifnull(value, null)
    if column.type_name == "bit":  # as text it is a byte, not a digit
        return sa.func.ifnull(value.op("+")(sa.literal_column("0")), null)
    if not charset.startswith(("binary", "utf8")):
        value = sa.cast(value, mysql.CHAR(charset="utf8mb4"))
    stored = sa.func.ifnull(sa.cast(value, sa.LargeBinary), null)
    return sa.func.concat(_QUOTE, sa.func.replace(stored, _QUOTE, _QUOTES), _QUOTE)


def _joined(fields: Fields) -> sa.ColumnElement[Any]:
    """A row as one CSV line; null when it is longer than the server sends."""
    first, *others = fields.values()
    return sa.func.concat(first, *itertools.chain.from_iterable((_COMMA, field) for field in others))


def _spared(fields: Fields, null: sa.ColumnElement[str]) -> Fields:
    """A row whose answers cannot be read, with nothing but its key, owner and time.

    So a text that is longer than the server sends costs its row, and not the month.
    """
    answers = next(filter(contract.holds_answers, fields), contract.ANSWERS)
    told = {name: fields[name] if name in _SPARED else null for name in fields}
    return told | ({answers: _UNREADABLE} if answers in fields else {})
