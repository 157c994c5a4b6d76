"""Until when the data of a PostgreSQL standby is whole.

A standby answers with what it has replayed of its primary, which may be hours old: the moment of a read is that of the
data, never later than now, and rather too early than too late.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from etl.errors import Refused
from etl.source.queries import Query

_IS_STANDBY = "select pg_is_in_recovery()"
_REPLAYED = """
select
    least(now(), greatest(
        pg_last_xact_replay_timestamp(),
        (select checkpoint_time from pg_control_checkpoint()),
        (
            select r.last_msg_send_time from pg_stat_wal_receiver as r
            where r.status = 'streaming' and pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
        )
    ))
"""
"""The last of: the last transaction that was replayed; the checkpoint from which it started; and, where all that has
arrived is replayed, when the primary last said that there is no more. Only who may see statistics is told the last."""


def replayed_until(connection: sa.Connection, query: Query) -> dt.datetime | None:
    """Until when a PostgreSQL standby has replayed its primary; None on a primary.

    It is asked before the snapshot that is read: what is replayed in between would else be promised and not be there.
    A standby that does not say it raises Refused.
    """
    with connection.begin():
        if not connection.scalar(sa.text(_IS_STANDBY)):
            return None
    with connection.begin():
        moment: dt.datetime | None = connection.scalar(sa.text(_REPLAYED))
    if moment is None:
        raise Refused(
            f"{query.place}: the database is a standby that does not say how far it has followed its primary",
            next_action="ask the treasury for the connection of the primary, or to let the role run"
            " pg_control_checkpoint()",
        )
    return moment
