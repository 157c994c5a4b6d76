"""The marts of an export, as CSV and Parquet.

Nothing outside of schema mart is read, so that a reader's login is enough, and what is hidden there stays hidden. What
says how things stand now, and not what was published, is left out. So is who published and why: names of persons, and
what a person wrote freely, have no place in files that are passed on.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from etl import escape, warehouse

KEYS = {
    "treasury_ranking": ("treasury_code",),
    "treasury_trend": ("treasury_code",),
    "unit_rating": ("treasury_code", "unit_code"),
    "criterion_rating": ("treasury_code", "criterion_code"),
    "procedure_rating": ("treasury_code", "procedure_code"),
    "channel_rating": ("treasury_code", "channel_code"),
    "breakdown_rating": ("area_level", "area_code", "breakdown", "member_code"),
    "weakness": ("area_level", "area_code", "criterion_code"),
    "footnote": ("footnote_code",),
    "revision": ("period_code", "revision_number"),
}
"""The marts that are exported, with what tells the rows of a period apart."""
_LEFT_OUT = {
    ("treasury_trend", "previous_month_status"),
    ("revision", "is_current"),
    ("revision", "published_by"),
    ("revision", "reason"),
}
"""Columns that say how another revision stands today, who published, and what that person wrote."""


DOUBLE = "_double"
"""What the name of a decimal's double ends with, in Parquet."""


class Type(NamedTuple):
    """A type of PostgreSQL in a Data Package and in Arrow."""

    of_package: str
    of_arrow: pa.DataType


_NUMERIC = pa.decimal128(38, 12)  # no figure of the marts is finer than a standard error, and a finer one is refused
TYPES = {
    "text": Type("string", pa.string()),
    "boolean": Type("boolean", pa.bool_()),
    "smallint": Type("integer", pa.int16()),
    "integer": Type("integer", pa.int32()),
    "bigint": Type("integer", pa.int64()),
    "numeric": Type("number", _NUMERIC),
    "double precision": Type("number", pa.float64()),
    "date": Type("date", pa.date32()),
    "timestamp with time zone": Type("datetime", pa.timestamp("us", "UTC")),
    "text[]": Type("array", pa.list_(pa.string())),
    "integer[]": Type("array", pa.list_(pa.int32())),
}

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Resource:
    """One mart's rows of a revision, in the order of its key.

    ``columns`` are rows of ``publishing/mart_columns``.
    """

    name: str
    columns: Rows
    rows: Rows

    @property
    def has_key(self) -> bool:
        """Whether its key tells the rows apart.

        Not so where a code passes to another office within the period.
        """
        return len({self._key(row) for row in self.rows}) == len(self.rows)

    @property
    def column_names(self) -> list[str]:
        """The names of its columns."""
        return [column["column_name"] for column in self.columns]

    @property
    def meaning(self) -> str:
        """The warehouse's comment on the mart."""
        return str(self.columns[0]["relation_meaning"])

    def _key(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(str(row[name]) for name in KEYS[self.name])

    def in_order(self) -> Resource:
        """The same, with its rows in an order that no server decides."""
        if self.has_key:
            ordered = sorted(self.rows, key=self._key)
        else:
            ordered = sorted(self.rows, key=lambda row: (self._key(row), [str(value) for value in row.values()]))
        return Resource(self.name, self.columns, ordered)

    def values(self) -> dict[str, tuple[Any, ...]]:
        """The values of each column: what is made of them costs less by columns than by cells."""
        return {name: tuple(row[name] for row in self.rows) for name in self.column_names}

    def csv(self) -> bytes:
        """As CSV (RFC 4180, with LF) in UTF-8.

        It has a decimal point, ISO dates in UTC, and arrays as JSON. A text that a spreadsheet would take for a formula
        is guarded (``etl.escape.csv_cell``).
        """
        values = self.values()
        texts = (_as_texts(column["column_type"], values[column["column_name"]]) for column in self.columns)
        return escape.csv_text([self.column_names, *zip(*texts, strict=True)]).encode()

    def parquet(self) -> bytes:
        """As Parquet, with the warehouse's types and comments.

        Beside each exact decimal stands the same as a double, which most programs count with.
        """
        fields = [field for column in self.columns for field in _fields(column)]
        values = self.values()
        values |= {
            f"{name}{DOUBLE}": tuple(None if value is None else float(value) for value in values[name])
            for name in (column["column_name"] for column in self.columns if column["column_type"] == "numeric")
        }
        arrays = [pa.array(values[field.name], field.type) for field in fields]
        file = io.BytesIO()
        pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), file, compression="zstd")
        return file.getvalue()


def read(connection: warehouse.Connection, period_code: str, revision_number: int) -> list[Resource]:
    """Every exported mart, as a period's revision has it."""
    warehouse.show(connection, str(revision_number))
    columns = warehouse.rows(connection, "publishing/mart_columns")
    key = {"period_code": period_code, "revision_number": revision_number}
    return [
        _read_mart(connection, name, [column for column in columns if column["relation"] == f"mart.{name}"], key)
        for name in KEYS
    ]


def _fields(column: Mapping[str, Any]) -> list[pa.Field]:
    """The columns of Parquet for one of a mart: a decimal has its double beside it."""
    name, kind, meaning = column["column_name"], column["column_type"], meaning_of(column)
    fields = [pa.field(name, TYPES[kind].of_arrow, metadata={"description": meaning})]
    if kind == "numeric":
        of_double = {"description": f"{meaning}; {name} as a double"}
        fields.append(pa.field(f"{name}{DOUBLE}", pa.float64(), metadata=of_double))
    return fields


def meaning_of(column: Mapping[str, Any]) -> str:
    """The warehouse's comment on a column."""
    return column["column_meaning"] or str(column["column_name"]).replace("_", " ")


def as_text(value: Any) -> str:
    """A value as it stands in CSV; empty where there is none."""
    write = _WRITTEN.get(type(value))
    return write(value) if write else str(value)


def _as_texts(kind: str, values: Sequence[Any]) -> list[str]:
    """The values of a column as they stand in CSV: of a type whose equal values look the same, each is written once."""
    if kind in _NOT_ALIKE or kind.endswith("[]"):
        return list(map(as_text, values))
    written = {value: as_text(value) for value in set(values)}
    return [written[value] for value in values]


def _plain(value: Decimal) -> str:
    """A decimal without an exponent; to format each would cost three times as much."""
    text = str(value)
    return f"{value:f}" if "E" in text else text


def _moment(value: dt.datetime) -> str:
    """A moment in UTC."""
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


_NOT_ALIKE = {"numeric", "double precision"}
"""Types of which equal values may be written otherwise: 0.5 and 0.50, 0 and -0."""
_as_json = partial(json.dumps, ensure_ascii=False)
_WRITTEN: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda value: "",
    bool: _as_json,
    list: _as_json,
    Decimal: _plain,
    dt.datetime: _moment,
}
"""How a value of a type is written, where ``str`` is not how."""


def _read_mart(connection: warehouse.Connection, name: str, columns: Rows, key: Mapping[str, Any]) -> Resource:
    """One mart's rows: those of the key's columns that it has."""
    kept = [column for column in columns if (name, column["column_name"]) not in _LEFT_OUT]
    known = {column["column_name"] for column in columns}
    where = {column: value for column, value in key.items() if column in known}
    names = [column["column_name"] for column in kept]
    return Resource(name, kept, warehouse.table(connection, ("mart", name), names, where)).in_order()
