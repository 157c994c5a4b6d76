"""Queries of the tests' own sources: the contract's columns, most of them null, from a table with an id."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from etl.periods import SurveyMonth
from etl.source import contract
from etl.source.address import url_of
from etl.source.queries import Limits, Query
from etl.source.snapshot import Snapshot

PLACE = "48 KBNN Đà Nẵng, 2023-07"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
JULY = SurveyMonth(2023, 7)


def select(table: str, null: str = "null", **given: str) -> str:
    """A query that yields the contract's columns: those given, the id as the key, and null."""
    columns = {"response_key": "id", **dict.fromkeys(contract.COLUMNS[1:], null), **given}
    return f"select {', '.join(f'{value} as {name}' for name, value in columns.items())} from {table}"


def query(sql: str, *, tables: tuple[str, ...] = (), encoding: str | None = None) -> Query:
    """A query of July 2023 in Hà Nội."""
    params = frozenset(name for name in ("month_start", "month_end") if f":{name}" in sql)
    return Query(PLACE, sql, params, JULY.bounds(HANOI), HANOI, encoding, tables)


def snapshot(uri: str, asked: Query, **limits: int) -> Snapshot:
    """A read of a source by its connection."""
    return Snapshot(url_of("48", uri), asked, Limits(**{"seconds": 30, "batch_rows": 1000, **limits}))


def read(uri: str, asked: Query, **limits: int) -> list[dict[str, str | None]]:
    """All rows of a read, in the order of their keys where these are numbers."""
    rows = [row for batch in snapshot(uri, asked, **limits) for row in batch.to_pylist()]
    return sorted(rows, key=lambda row: int(row["response_key"] or 0))
