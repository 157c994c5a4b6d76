"""The contract of a register of actions: what an office's own database says was done about its results.

Every value is text as the source writes it. One row is one statement; a column that the query does not yield is empty.

| column | holds |
|---|---|
| row_key | the row's key in the register: by key and content a row is taken in once |
| treasury_code | the treasury that the database says it belongs to |
| happened_on | the day, ``2023-07-14`` |
| event_kind | what happened: one of ``etl.acting.register_rows.KINDS`` |
| claimed_by | who says so |
| case_number, case_key | the case: by its number, or the key of the row of this register that opened it |
| ground_code, unit_code, officer_code | else the subject: whom a case is opened about, or whose open case it is |
| petition_number | number of the petition that is the ground |
| owner_name, root_cause, note, due_date | what is known of the case; what a conference agreed, a training was about |
| outcome, action_code, capacity, legal_basis, reason, valid_from, valid_to | of a decision or an urgent move |
| no_action_reason | of a closing: why nothing is to be done |
| period_code, revision_number, attendance_count | of a conference; the last of a training as well |
| criterion_code, target_pct, expected_count | of a plan |
| period_code, ground_code, note | of an objection: to which draft, ``landing`` or ``calculation``, and what is wrong |
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

import pyarrow as pa
import sqlalchemy as sa

from etl.errors import Misdeclared, Refused
from etl.source import blocks, rights, shape, sight, snapshot
from etl.source.queries import Column, Limits, Query
from etl.source.snapshot import Probe

REQUIRED = ("row_key", "treasury_code", "happened_on", "event_kind", "claimed_by")
"""The columns that every query of a register yields."""
COLUMNS = (
    *REQUIRED, "case_number", "case_key", "ground_code", "unit_code", "officer_code", "petition_number", "owner_name",
    "root_cause", "note", "due_date", "outcome", "action_code", "capacity", "legal_basis", "reason", "valid_from",
    "valid_to", "no_action_reason", "period_code", "revision_number", "attendance_count", "criterion_code",
    "target_pct", "expected_count",
)  # fmt: skip
"""All columns, in the order in which they are kept."""
MOST_ROWS = 50_000
MOST_BYTES = 64 << 20
"""What a register may hold: many years of an office, and far less than answers."""


@dataclasses.dataclass(frozen=True)
class RegisterRead:
    """A register as of one moment: its rows by their keys, all ``COLUMNS`` as text."""

    taken_at: dt.datetime
    rows: pa.Table


def read(url: sa.URL, query: Query, limits: Limits) -> RegisterRead:
    """Read a whole register in one snapshot; errors are Unavailable, Refused or Misdeclared.

    One of more than ``MOST_ROWS`` rows or ``MOST_BYTES`` is Refused, and not read to its end.
    """
    with snapshot.visiting(url, query, limits) as (way, guest):
        taken_at, columns = way.now(guest), way.columns(guest)
        check(columns, query.place)
        batches, size = [blocks.empty(columns)], 0
        for batch in way.batches(guest, columns):
            size += batch.nbytes
            batches.append(batch)
            if sum(one.num_rows for one in batches) > MOST_ROWS or size > MOST_BYTES:
                raise Refused(
                    f"{query.place}: it has more than {MOST_ROWS} rows, or {MOST_BYTES >> 20} MB",
                    next_action="let the query yield the register of actions alone, of the last years",
                )
    return RegisterRead(taken_at, _kept(batches))


def probe(url: sa.URL, query: Query, limits: Limits) -> Probe:
    """What a query of a register yields, right or wrong, and whether our role may write; no row is kept."""
    with snapshot.visiting(url, query, limits) as (way, guest):
        may_write, may_fill = rights.can_write(guest.connection), rights.can_write_objects(guest.connection)
        seen = sight.of(guest.connection, query.tables)
        of_tables = shape.shape_of(guest.connection, query.tables)
        columns = way.columns(guest)
        return Probe(tuple(columns), blocks.empty(columns), of_tables, may_write, seen, may_fill)


def faults(columns: Iterable[str]) -> list[str]:
    """What is wrong with the columns of a register's query, in words."""
    names = list(columns)
    told = [f"it lacks {name}" for name in REQUIRED if name not in names]
    told += [f"it has the unknown {name}" for name in sorted(set(names) - set(COLUMNS))]
    return told + [f"it has {name} twice" for name in sorted({name for name in names if names.count(name) > 1})]


def check(columns: Iterable[Column], place: str) -> None:
    """Raise Misdeclared when a query does not yield the contract's columns."""
    if told := faults(column.name for column in columns):
        raise Misdeclared(
            f"{place}: the query of the register does not keep the contract: {'; '.join(told)}",
            next_action="make the query yield the contract's columns (etl/source/action_rows.py)",
        )


def _kept(batches: list[pa.RecordBatch]) -> pa.Table:
    """The rows of batches as text in all columns of the contract, in the order of their keys and contents."""
    tables = []
    for batch in batches:
        given = {name: batch.column(name).cast(pa.string()) for name in batch.schema.names}
        nothing = pa.nulls(batch.num_rows, pa.string())
        tables.append(pa.table({name: given.get(name, nothing) for name in COLUMNS}))
    whole = pa.concat_tables(tables)
    return whole.sort_by([(name, "ascending") for name in COLUMNS])
