"""Until when the data of a replica of MySQL or MariaDB is whole.

A server tells whether it is a replica only to a role with the right to ask (``replica monitor`` in MariaDB,
``replication client`` in MySQL); to others it is a server like any.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from etl.errors import Unavailable
from etl.source.queries import Query

_ASKED = ("show all slaves status", "show replica status", "show slave status")
"""MariaDB, MySQL from 8.0.22, and older ones."""
_DENIED, _NOT_UNDERSTOOD = (1227, 1142), 1064


def applied_until(connection: sa.Connection, query: Query) -> dt.datetime | None:
    """Until when a replica has followed its source; None on another server, or where our role may not ask.

    A replica that has stopped raises Unavailable: what it lacks cannot be known.
    """
    statuses = _statuses(connection)
    if not statuses:
        return None
    now: dt.datetime = connection.scalar(sa.text("select utc_timestamp(6)"))
    behind = [_seconds_behind(status) for status in statuses]
    if None in behind:
        raise Unavailable(
            f"{query.place}: the database is a replica that does not follow its source now",
            next_action="ask the treasury to start its replication, then run the month again; or for the connection of"
            " the source",
        )
    return now - dt.timedelta(seconds=max(seconds or 0 for seconds in behind))


def _statuses(connection: sa.Connection) -> list[dict[str, Any]] | None:
    """What the server says of its replication, a mapping for each source; None where our role may not ask."""
    for statement in _ASKED:
        try:
            rows = connection.exec_driver_sql(statement).mappings()
            return [{str(name).lower(): value for name, value in row.items()} for row in rows]
        except sa.exc.DBAPIError as error:
            number = error.orig.args[0] if error.orig and error.orig.args else None
            if number in _DENIED:
                return None
            if number != _NOT_UNDERSTOOD:
                raise
    return []


def _seconds_behind(status: Mapping[str, Any]) -> int | None:
    """How long a replica is behind a source; None when it does not follow it."""
    threads = [str(value) for name, value in status.items() if name.endswith(("_io_running", "_sql_running"))]
    seconds = next((value for name, value in status.items() if name.startswith("seconds_behind_")), None)
    return None if seconds is None or any(running != "Yes" for running in threads) else int(seconds)


def is_in_doubt(connection: sa.Connection) -> bool:
    """Whether a server may be a replica and does not tell us: it only reads, and our role may not ask."""
    reads_only = connection.scalar(sa.text("select @@global.read_only"))
    return str(reads_only) not in ("0", "OFF") and _statuses(connection) is None
