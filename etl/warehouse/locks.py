"""Advisory locks on months, treasuries and the servers of sources."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import random
from collections.abc import Callable, Iterator

import sqlalchemy as sa
import tenacity

from etl.warehouse import Connection, session

_RUN, _SCORING, _SCHEMA, _FIRST_TREASURY = 1, 2, 3, 1000
"""First keys of the locks; a treasury's is the last one and its identifier. The second key is the month."""


@contextlib.contextmanager
def hold_run(month: dt.date, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a survey month for one run.

    When another run holds it, ``waiting`` is called before it waits.
    """
    with session() as connection:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_RUN, _key(month)))):
            waiting()
            connection.execute(sa.select(sa.func.pg_advisory_lock(_RUN, _key(month))))
        yield


@contextlib.contextmanager
def hold_turn(server: str, cap: int) -> Iterator[None]:
    """Hold one of ``cap`` connections to a source's server; may wait.

    All workers everywhere share them. A place is held by a session of its own and is free again when the process that
    holds it dies.
    """
    digests = [hashlib.sha256(f"{server} {number}".encode()).digest() for number in range(cap)]
    keys = [int.from_bytes(digest[:8], signed=True) for digest in digests]
    with session() as connection:

        def is_taken() -> bool:
            take = sa.func.pg_try_advisory_lock
            return any(connection.scalar(sa.select(take(key))) for key in random.sample(keys, cap))

        wait = tenacity.wait_random_exponential(multiplier=0.1, max=5)
        tenacity.Retrying(retry=tenacity.retry_if_result(lambda taken: not taken), wait=wait)(is_taken)
        yield


def lock_treasury(connection: Connection, month: dt.date, treasury_id: int) -> None:
    """Lock a treasury's month against loading and scoring, until commit."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_SCORING, _key(month))))
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_FIRST_TREASURY + treasury_id, _key(month))))


def lock_month(connection: Connection, month: dt.date) -> None:
    """Until the transaction ends, nobody else loads or scores the month."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SCORING, _key(month))))


def lock_schema(connection: Connection) -> None:
    """Until the transaction ends, nobody else changes the schema."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SCHEMA, 0)))


def _key(month: dt.date) -> int:
    """A month's number as an advisory lock key."""
    return month.year * 100 + month.month
