"""Read a treasury's month from its own database into the landing zone."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterator
from functools import partial

import pyarrow as pa

from etl import settings, warehouse
from etl.errors import HailongError
from etl.landing import drift, forgotten, month_end, no_month, zone
from etl.landing.receipt import Receipt, Taken
from etl.landing.treasury_month import TreasuryMonth, keep_hours
from etl.source import pseudonym, queries
from etl.source.address import server_of, url_of
from etl.source.queries import Limits, Query
from etl.source.snapshot import Snapshot
from etl.warehouse import locks, processing


def land_month(treasury_month: TreasuryMonth, uri: str | None, moment: dt.datetime) -> Receipt:
    """Read, pseudonymise and keep one treasury's month; its receipt.

    It is read in one snapshot, within its reading hours (``moment`` is now), and over one of the connections that its
    server allows us. ``uri`` is the treasury's connection where the caller knows it. Data of a moment before the month
    was over raise NotOver, where they are not allowed.
    """
    local = moment.astimezone(treasury_month.book.zone)
    keep_hours(treasury_month.treasury, treasury_month.name, local)
    current = settings.read()
    url = url_of(treasury_month.treasury.connection_name, uri)
    statement = queries.statement_of(current.config, treasury_month.treasury.source, url.get_backend_name())
    query = Query.of(treasury_month.name, statement, treasury_month.bounds, treasury_month.book.zone)
    query = dataclasses.replace(query, opened=treasury_month.opened or query.opened)
    limits = Limits(current.source_timeout, current.batch_rows, current.source_tries)
    snapshot = Snapshot(url, query, limits, is_shaped=not treasury_month.is_look_back)
    key = settings.pseudonym_key()
    hidden = map(partial(pseudonym.hide, key=key), _when_over(treasury_month, snapshot))
    batches = forgotten.replaced(hidden, treasury_month.place, key)
    server = server_of(url)
    try:
        with locks.hold_turn(server, current.source_connections) if server else contextlib.nullcontext():
            receipt = zone.keep(treasury_month.place, batches, statement.name, lambda: _taken(treasury_month, snapshot))
    except HailongError as error:
        raise drift.explained(error, _drifts_of_failed(treasury_month, snapshot, error)) from None
    with warehouse.transaction() as connection:
        _record_drift(connection, treasury_month, snapshot)
        no_month.record(connection, treasury_month, snapshot)
        _log(connection, treasury_month, receipt)
    return dataclasses.replace(receipt, shape_digest=snapshot.shape.digest if snapshot.shape else None)


def _log(connection: warehouse.Connection, treasury_month: TreasuryMonth, receipt: Receipt) -> None:
    """Write into the log of processing that customers' answers were read."""
    purpose = "read again for late and corrected answers" if treasury_month.is_look_back else "rate the month"
    said = {"survey_month": treasury_month.survey_month.first_day, "treasury_code": treasury_month.treasury.code}
    processing.record(connection, "land", purpose, receipt.row_count, **said)


def _when_over(treasury_month: TreasuryMonth, snapshot: Snapshot) -> Iterator[pa.RecordBatch]:
    """The batches; those of a month that was not over are not read to the end."""
    for batch in snapshot:
        month_end.refuse_early(treasury_month, snapshot.taken_at)
        yield batch


def _taken(treasury_month: TreasuryMonth, snapshot: Snapshot) -> Taken:
    """What a receipt says of a read beside its rows."""
    month_end.refuse_early(treasury_month, snapshot.taken_at)  # where there was no batch, it is asked only here
    if snapshot.census is None:
        return Taken(snapshot.taken_at, uncounted_why=snapshot.query.uncounted_why)
    return Taken(snapshot.taken_at, census=snapshot.census.counts)


def _record_drift(
    connection: warehouse.Connection, treasury_month: TreasuryMonth, snapshot: Snapshot
) -> list[drift.Drift]:
    """How the source's shape changed since the last landing, where known."""
    tables = snapshot.query.tables
    return drift.record(connection, treasury_month, snapshot.shape, tables) if snapshot.shape and tables else []


def _drifts_of_failed(treasury_month: TreasuryMonth, snapshot: Snapshot, error: HailongError) -> list[drift.Drift]:
    """How the shape of a source changed of which a read failed; a look-back asks for it only then."""
    if treasury_month.is_look_back and isinstance(error, drift.EXPLAINED):
        with contextlib.suppress(HailongError):
            snapshot.look_at_shape()
    with warehouse.transaction() as connection:
        return _record_drift(connection, treasury_month, snapshot)
