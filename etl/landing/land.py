"""Read a treasury's month from its own database into the landing zone."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from functools import partial

from etl import settings
from etl.errors import HailongError, Unavailable
from etl.landing import drift, zone
from etl.landing.treasury_month import TreasuryMonth
from etl.source import pseudonym, queries
from etl.source.address import server_of, url_of
from etl.source.queries import Limits, Query
from etl.source.snapshot import Snapshot
from etl.warehouse import locks


def land_month(treasury_month: TreasuryMonth, uri: str | None, moment: dt.datetime) -> zone.Receipt:
    """Read, pseudonymise and keep one treasury's month; its receipt.

    It is read in one snapshot, within its reading hours (``moment`` is now), and over one of the connections that its
    server allows us. ``uri`` is the treasury's connection where the caller knows it.
    """
    _keep_hours(treasury_month, moment)
    current = settings.read()
    url = url_of(treasury_month.treasury.connection_name, uri)
    statement = queries.statement_of(current.config, treasury_month.treasury.source, url.get_backend_name())
    query = Query.of(treasury_month.name, statement, treasury_month.bounds, treasury_month.book.zone)
    limits = Limits(current.source_timeout, current.batch_rows, current.source_tries)
    snapshot = Snapshot(url, query, limits)
    batches = map(partial(pseudonym.hide, key=settings.pseudonym_key()), snapshot)
    server = server_of(url)
    try:
        with locks.hold_turn(server, current.source_connections) if server else contextlib.nullcontext():
            receipt = zone.keep(treasury_month.place, batches, statement.name, lambda: snapshot.taken_at)
    except HailongError as error:
        raise drift.explained(error, _record_drift(treasury_month, snapshot)) from None
    _record_drift(treasury_month, snapshot)
    shape = None if treasury_month.is_look_back else snapshot.shape
    return dataclasses.replace(receipt, shape_digest=shape.digest if shape else None)


def _record_drift(treasury_month: TreasuryMonth, snapshot: Snapshot) -> list[drift.Drift]:
    """How the source's shape changed since the last landing, where known."""
    return drift.record(treasury_month, snapshot.shape) if snapshot.shape and snapshot.query.tables else []


def _keep_hours(treasury_month: TreasuryMonth, moment: dt.datetime) -> None:
    """Raise Unavailable outside of the treasury's reading hours."""
    hours, local = treasury_month.treasury.reading_hours, moment.astimezone(treasury_month.book.zone)
    if hours and local.time() not in hours:
        raise Unavailable(
            f"{treasury_month.name}: its database may be read from {hours} in local time, and there it is"
            f" {local:%H:%M}",
            next_action=f"run the month again after {hours.start:%H:%M}, or change reading_hours in treasuries.yaml",
        )
