"""Locks on runs, months, treasuries and the servers of sources: rows of ``ops.lockable``.

Readers have no right on them, as they have on advisory locks. A row is locked by a transaction and is free again when
that ends, or the process that holds it. Months are locked before treasuries, and these in the order of their
identifiers.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

import tenacity

from etl import warehouse
from etl.warehouse import Connection, waits

RUN_SECONDS = 6 * 3600
"""How long a run waits for another one of its month: as long as the longest task of the DAGs may take."""
MONTH_SECONDS = 3600
"""How long loading, scoring, publishing, discarding and verifying a month wait for each other."""
TURN_SECONDS = 3600
"""How long a read waits for its turn at a server."""
_ASK_SECONDS = 1.0
SCHEMA_SECONDS = 600
"""How long a migration waits for another."""


@contextlib.contextmanager
def hold_run(month: dt.date, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold a survey month for one run.

    When another run holds it, ``waiting`` is told who, from another thread.
    """
    with warehouse.session() as connection:
        what = f"the run of {month:%Y-%m}"
        _lock(connection, "alone", f"run {month:%Y-%m}", lambda: waits.bounded(connection, what, RUN_SECONDS, waiting))
        yield


@contextlib.contextmanager
def hold_redaction(months: Iterable[dt.date], waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold the runs of some months, and the months against loading, scoring, publishing and verifying.

    One redacts at a time. When somebody else is at work, ``waiting`` is told who, from another thread.
    """
    with contextlib.ExitStack() as held:
        connection = held.enter_context(warehouse.session())
        what = "the redaction of landed files"
        _lock(connection, "alone", "redaction", lambda: waits.bounded(connection, what, RUN_SECONDS, waiting))
        for month in sorted(months):
            held.enter_context(hold_run(month, waiting))
            lock_month(connection, month)
        yield


@contextlib.contextmanager
def hold_turn(server: str, cap: int) -> Iterator[None]:
    """Hold one of ``cap`` connections to a source's server; may wait.

    All workers everywhere share them. A place is held by a session of its own and is free again when the process that
    holds it dies.
    """
    names = [f"server {server} {number}" for number in range(cap)]
    with warehouse.session() as connection:
        if not _is_one_taken(connection, names):
            make(names)
            _take_one(connection, names, server)
        yield


def lock_treasury(connection: Connection, month: dt.date, treasury_id: int) -> None:
    """Lock a treasury's month against loading and scoring, until commit."""
    what = f"{month:%Y-%m}, treasury {treasury_id}: loading it"
    _lock_month(connection, month, "shared", what)
    name = treasury_name(month, treasury_id)
    _lock(connection, "alone", name, lambda: waits.bounded(connection, what, MONTH_SECONDS))


def lock_month(connection: Connection, month: dt.date) -> None:
    """Until the transaction ends, nobody else loads or scores the month."""
    _lock_month(connection, month, "alone", f"{month:%Y-%m}: scoring, publishing, discarding or verifying it")


def lock_schema(connection: Connection) -> None:
    """Until the transaction ends, nobody else changes the schema."""
    with waits.bounded(connection, "the migration", SCHEMA_SECONDS):
        warehouse.run(connection, "operation/lock_schema")


def treasury_name(month: dt.date, treasury_id: int) -> str:
    """What is locked of a treasury's month."""
    return f"treasury {month:%Y-%m} {treasury_id}"


def make(names: Iterable[str]) -> None:
    """Make names that can be locked, for everybody at once."""
    with warehouse.transaction() as connection:
        warehouse.run(connection, "operation/lockables", {"lockable_names": list(names)})


def _lock_month(connection: Connection, month: dt.date, kind: str, what: str) -> None:
    """Lock a month, alone or shared with who loads other treasuries."""
    _lock(connection, kind, f"month {month:%Y-%m}", lambda: waits.bounded(connection, what, MONTH_SECONDS))


def _lock(
    connection: Connection, kind: str, name: str, waiting: Callable[[], contextlib.AbstractContextManager[None]]
) -> None:
    """Lock a name, alone or shared; where somebody holds it, wait within a context."""
    names = {"lockable_names": [name]}
    if warehouse.rows(connection, f"operation/lock_free_{kind}", **names):
        return
    make([name])
    with waiting():
        warehouse.run(connection, f"operation/lock_{kind}", names)


def _is_one_taken(connection: Connection, names: Sequence[str]) -> bool:
    """Whether one of some names was free, and is ours now."""
    return bool(warehouse.rows(connection, "operation/lock_free_alone", lockable_names=names))


def _take_one(connection: Connection, names: Sequence[str], server: str) -> None:
    """Take one of some names; where all are held for too long, Unavailable says by whom."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda is_taken: not is_taken),
        wait=tenacity.wait_random_exponential(multiplier=0.1, max=5),
        stop=tenacity.stop_after_delay(TURN_SECONDS),
    )
    try:
        retrying(_is_one_taken, connection, names)
    except tenacity.RetryError:
        with waits.bounded(connection, f"a read at the server {server}", _ASK_SECONDS):  # who has the first of them
            warehouse.run(connection, "operation/lock_alone", {"lockable_names": names[:1]})
