"""Read an office's register of actions, and keep it untouched with a receipt.

``<landing>/registers/<treasury>/register-<digest>.parquet`` holds the rows, and the ``.json`` of the same name, which
is written last, is its receipt. A register that did not change is the same file. It names officers and holds free
text, as answers do, and has the same protection: nobody else is let into the landing zone, and nothing is logged.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import json
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from etl import files, settings
from etl.errors import HailongError, Misdeclared
from etl.landing.treasury_month import keep_hours
from etl.registry.network import Treasury
from etl.source import action_rows, queries
from etl.source.address import server_of, url_of
from etl.source.queries import Limits, Query
from etl.warehouse import locks

FOLDER = "registers"
NAME = "register"
"""What a register is called where a form has the name of its file."""
_NO_BOUNDS = (dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC))


@dataclass(frozen=True)
class LandedRegister:
    """A register that has landed: its rows as text (``action_rows.COLUMNS``), and its receipt.

    On ``on_day`` its treasury has its code: today, or the last day of one that was closed and keeps its register.
    """

    treasury_code: str
    on_day: dt.date
    rows: pa.Table
    digest: str
    path: str
    source_name: str
    snapshot_at: dt.datetime


def name_of(treasury: Treasury) -> str:
    """The register of a treasury, for messages."""
    return f"{treasury.code} {treasury.name_vi}, register of actions"


def folder(treasury_code: str | None = None) -> files.Folder:
    """Where the registers of a treasury, or those of all, are kept."""
    return _zone(treasury_code).below(f"{FOLDER}/{treasury_code}" if treasury_code else FOLDER)


def query_of(treasury: Treasury, dialect: str, zone: ZoneInfo) -> Query:
    """The query of a treasury's register; a kind that no file has, or that takes bounds, raises Misdeclared."""
    statement = queries.statement_of(settings.read().config, str(treasury.action_source), dialect)
    if statement.params:
        raise Misdeclared(
            f"{statement.name}: the query of a register takes no {', '.join(sorted(statement.params))}",
            next_action="let it yield the whole register: it is small, and what was said before is not said again",
        )
    return Query.of(name_of(treasury), statement, _NO_BOUNDS, zone)


def land(treasury: Treasury, zone: ZoneInfo, moment: dt.datetime, uri: str | None = None) -> LandedRegister:
    """Read and keep the register of a treasury, within its reading hours.

    ``uri`` is its connection where the caller knows it.
    """
    try:
        keep_hours(treasury, name_of(treasury), moment.astimezone(zone))
        current, url = settings.read(), url_of(treasury.connection_name, uri)
        query = query_of(treasury, url.get_backend_name(), zone)
        limits = Limits(current.source_timeout, current.batch_rows, current.source_tries)
        server = server_of(url)
        with locks.hold_turn(server, current.source_connections) if server else contextlib.nullcontext():
            found = action_rows.read(url, query, limits)
    except HailongError as error:
        raise _of_register(treasury, error) from None
    on_day = min(moment.astimezone(zone).date(), treasury.valid_to or dt.date.max)
    return _kept(treasury, on_day, found, f"source/{treasury.action_source}.{url.get_backend_name()}")


def _kept(treasury: Treasury, on_day: dt.date, found: action_rows.RegisterRead, source_name: str) -> LandedRegister:
    """Keep what was read, and its receipt, unless the same is there."""
    content = io.BytesIO()
    pq.write_table(found.rows, content, compression="zstd")
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    zone = _zone(treasury.code)
    name = f"{FOLDER}/{treasury.code}/{NAME}-{digest}"
    path = zone.put(f"{name}.parquet", content.getvalue())
    receipt = {"row_count": found.rows.num_rows, "byte_count": content.tell(), "sha256": digest}
    receipt |= {"source_name": source_name, "snapshot_at": found.taken_at.isoformat(), "landing_path": path}
    zone.put(f"{name}.json", json.dumps(receipt, indent=1).encode())
    return LandedRegister(treasury.code, on_day, found.rows, digest, path, source_name, found.taken_at)


def _zone(treasury_code: str | None) -> files.Folder:
    """The landing zone, into which nobody else is let."""
    return files.Folder(settings.read().landing, "the landing zone", "HAILONG_LANDING", _again(treasury_code), True)


def _again(treasury_code: str | None) -> str:
    """How a register is read again."""
    return f"read it again: hailong case register {treasury_code or ''}".rstrip()


def _of_register(treasury: Treasury, error: HailongError) -> HailongError:
    """An error of a source as one of a register: no month is to be run again."""
    told = error.at(name_of(treasury))
    if "run the month again" in told.next_action:
        action = told.next_action.replace("run the month again", _again(treasury.code))
        return type(told)(told.message, next_action=action)
    return told
