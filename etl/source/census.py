"""Account for the whole table of a source, in the snapshot of the read.

One statement sorts the rows of the table that the query's header names: before the month, in it, after it. What the
database cannot sort with certainty is fetched, key and time only, and read as answers are read
(``etl.source.doubtful``): such a row belongs to a month all the same, or to none. A row of no month has no time that
can be read, or one later than the snapshot or before the office began, or one that does not sort as the bounds do; no
read of any month would ever yield it. Of these a row is *missed* where its time seems to lie in the month: a few cost
themselves, many the month, as does one that an offset moves over an end of the month.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from etl.source import time_columns
from etl.source.doubtful import MOST_ROWS, UNKNOWN, Look, RowOfNoMonth
from etl.source.guest import Guest
from etl.source.queries import Counted
from etl.source.time_columns import TimeColumn, Window

_DOUBTFUL, _INSIDE, _BEFORE, _AFTER = range(4)
_SORTED = {_INSIDE: "in_month", _BEFORE: "before", _AFTER: "after"}
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class TableCounts:
    """How many rows of a table are before a month, in it, after it, and of no month.

    Of those of no month ``missed_count`` seem to be of this one, and ``unread_count`` of some month, in a form of time
    that is not known here. ``misplaced_count`` are selected by the query's bounds and belong to another month.
    Of both, ``strayed_count`` have an offset that leads over an end of the month. ``example`` is the time of one of
    these.
    """

    counted: str
    table_count: int
    before_count: int
    in_month_count: int
    after_count: int
    no_month_count: int
    missed_count: int = 0
    misplaced_count: int = 0
    example: str | None = None
    unread_count: int = 0
    strayed_count: int = 0

    @property
    def unbounded_share(self) -> float:
        """Which share of the month's rows the bounds miss or take wrongly; or of all rows has no known form of time.

        It is all of them where an offset leads over an end of the month: nearly all times with one sort as they should,
        so that a few rows astray are what a whole column of them looks like, and good answers of every month.
        """
        if self.strayed_count:
            return 1.0
        astray = self.missed_count + self.misplaced_count
        of_month = astray / max(self.in_month_count + self.missed_count, 1)
        return max(of_month, self.unread_count / max(self.table_count, 1))


@dataclass(frozen=True)
class Discord:
    """A rule of the first door that a read breaks: what is wrong, and what to do."""

    rule_code: str
    what: str
    next_action: str


@dataclass(frozen=True)
class Census:
    """A table's counts, and its rows of no month, the first of them.

    ``unsettled`` are keys of rows of which another month's read may say that they are of none.
    """

    counts: TableCounts
    rows: tuple[RowOfNoMonth, ...] = ()
    unsettled: tuple[str | None, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every row of no month is among those that were kept."""
        return max(len(self.rows), len(self.unsettled)) < MOST_ROWS

    @property
    def reasons(self) -> str:
        """How many of the rows of no month that were kept break which rule."""
        broken = Counter(row.rule_code for row in self.rows)
        return ", ".join(f"{rule} {count}" for rule, count in sorted(broken.items()))


@dataclass(frozen=True)
class SortedTable:
    """A table that was sorted by its database, and what remains to be looked at while its rows are read."""

    counted: str
    by_number: dict[int, int]
    look: Look

    def meet(self, batch: pa.RecordBatch) -> None:
        """See some rows of the query pass by."""
        self.look.meet(batch)

    def census(self, row_count: int) -> Census:
        """What the table holds, after a read of so many rows."""
        places = self.look.settled(self.by_number.get(_INSIDE, 0), row_count)
        totals = places.totals + Counter({name: self.by_number.get(number, 0) for number, name in _SORTED.items()})
        names = ("before", "in_month", "after", "no_month", "missed", "misplaced", "unread", "strayed")
        counts = {f"{name}_count": totals[name] for name in names}
        table_count = sum(totals[name] for name in names[:4])
        table = TableCounts(self.counted, table_count, **counts, example=places.example)
        return Census(table, tuple(places.rows), tuple(places.unsettled))


def discords(counts: TableCounts, row_count: int, most_share: float) -> list[Discord]:
    """Where a read of so many rows and the table's counts disagree; empty when all is accounted for.

    ``most_share`` is the share of rows whose times may not sort as the bounds do.
    """
    found = []
    if counts.in_month_count != row_count:
        found.append(
            Discord(
                "table_read_whole",
                f"the query yields {row_count} rows, and {counts.counted} has {counts.in_month_count} in the month",
                "let the query yield each row of the month once (a join may drop or double some), or let its header say"
                " what it reads: -- counts: and -- time:; then run the month again",
            )
        )
    if counts.unbounded_share > most_share:
        found.append(
            Discord(
                "times_bounded",
                f"{counts.counted}: the query's bounds do not find {counts.missed_count} rows of the month and take"
                f" {counts.misplaced_count} of others{_unread(counts)}, for example {counts.example}",
                "let the query and the -- time: of its header compare the time as YYYY-MM-DD HH:MM:SS, whatever form it"
                " is kept in (docs/sources.md), or ask the treasury to mend the times; then run the month again",
            )
        )
    return found


def count_table(way: ModuleType, guest: Guest, window: Window) -> SortedTable:
    """Count the table of a guest's query, as of his snapshot."""
    counted, dialect = guest.query.counted, guest.connection.dialect.name
    assert counted is not None
    table, time = _table(counted), _expression(counted.time)
    (kind,) = _columns(way, _asking(guest, sa.select(time.label("submitted_at")).select_from(table).where(sa.false())))
    column = time_columns.of(dialect, time, kind, window)
    bucket = _bucket(column)
    sorted_rows = sa.select(bucket.label("bucket")).select_from(table).subquery("sorted_rows")
    guest.pat()
    counting = sa.select(sorted_rows.c.bucket, sa.func.count()).group_by(sorted_rows.c.bucket)
    by_number = {int(bucket): int(number) for bucket, number in guest.connection.execute(counting)}
    guest.pat()
    look = Look(window, is_text=column.is_text)
    if _DOUBTFUL in by_number:
        shown = _shown(dialect, counted, column)
        doubtful = _asking(guest, sa.select(*shown).select_from(table).where(bucket == _DOUBTFUL))
        for batch in way.batches(doubtful, way.columns(doubtful)):
            look.at(batch)
    return SortedTable(str(counted), by_number, look)


def _unread(counts: TableCounts) -> str:
    """How many rows have a time of a form that is not known, where some have."""
    return f", and {counts.unread_count} of all have no known form of time" if counts.unread_count else ""


def _bucket(column: TimeColumn) -> sa.ColumnElement[int]:
    """Where a row belongs: before, in or after the month, or doubtful."""
    place = sa.case((column.is_inside, _INSIDE), (column.is_before, _BEFORE), else_=_AFTER)
    return sa.case((column.is_clear, place), else_=_DOUBTFUL)


def _shown(dialect: str, counted: Counted, column: TimeColumn) -> Iterator[Any]:
    """What is fetched of a doubtful row: its key, its time, whether it is selected."""
    key = sa.cast(sa.null(), sa.String(1)) if counted.key is None else _expression(counted.key)
    yield time_columns.as_text(dialect, key).label("response_key")
    yield column.text.label("submitted_at")
    is_selected = column.is_selected
    known: sa.ColumnElement[str] = sa.literal(UNKNOWN)
    if is_selected is not None:
        known = sa.case((is_selected, sa.literal("1")), else_=sa.literal("0"))
    yield time_columns.as_text(dialect, known).label("is_selected")


def _asking(guest: Guest, statement: sa.Select[Any]) -> Guest:
    """The guest who asks a statement of ours instead of the office's query.

    So its rows come as those of the query do, in whatever encoding they are.
    """
    kind: Any = type(guest.connection.dialect)
    dialect = kind(paramstyle="named")  # a % of an expression stays single
    sql = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    query = dataclasses.replace(guest.query, sql=sql, params=frozenset())
    return dataclasses.replace(guest, query=query, result=None)


def _columns(way: ModuleType, guest: Guest) -> list[str]:
    """The types of what a guest asks for, without its rows."""
    types = [column.type_name for column in way.columns(guest)]
    if guest.result is not None:
        guest.result.close()
    return types


def _table(counted: Counted) -> sa.FromClause:
    """The table that is counted, or the select that stands for one."""
    if counted.table.startswith("("):
        names = {name for name in (counted.time, counted.key) if name and _NAME.fullmatch(name)}
        text = counted.table.strip().removeprefix("(").removesuffix(")").replace(":", "\\:")
        return sa.text(text).columns(*map(sa.column, sorted(names))).subquery("counted")
    schema, _, name = counted.table.rpartition(".")
    return sa.table(name, schema=schema or None)


def _expression(text: str) -> sa.ColumnElement[str]:
    """A column by its name, or an expression as it is written."""
    return sa.column(text) if _NAME.fullmatch(text) else sa.literal_column(text)
