"""Wait for locks with an end, and say for whom."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TypeVar

import sqlalchemy as sa
import tenacity

from etl import warehouse
from etl.errors import HailongError, Unavailable
from etl.log import log
from etl.warehouse import holders
from etl.warehouse.holders import Holder

STATEMENT_SECONDS = 0.8
"""How long a statement that changes tables or views waits for its lock.

Readers wait behind it meanwhile, and a deadlock with one is found after a second: it gives way before.
"""
_FIRST_LOOK_SECONDS, _LOOK_SECONDS = 0.25, 2.0
_BLOCKED = ("55P03", "40P01")
"""SQLSTATEs of a lock that was not to be had in time, and of a deadlock."""

Result = TypeVar("Result")


@contextlib.contextmanager
def bounded(
    connection: warehouse.Connection, what: str, seconds: float, told: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Let each lock that is asked for in the block be waited for no longer than some seconds.

    Then Unavailable is raised, and says for whom; the transaction is lost. ``told`` is told for whom while it waits,
    from another thread; without it the log is.
    """
    warehouse.be_patient(connection, seconds)
    with _Watch(connection, told or functools.partial(_log_once, what)) as watch:
        try:
            yield
        except sa.exc.DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _BLOCKED:
                raise
            raise holders.blocked(what, watch.seen or warehouse.holders_now()) from None
    warehouse.be_patient(connection)


def patiently(attempt: Callable[[], Result], seconds: float) -> Result:
    """Try something that may be blocked, with pauses in which others go on; after some seconds its error is raised."""
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, Unavailable) and error.is_blocked),
        stop=tenacity.stop_after_delay(seconds),
        wait=tenacity.wait_random(0.2, 0.6),
        reraise=True,
    )(attempt)


@functools.lru_cache(maxsize=256)
def _log_once(what: str, whom: str) -> None:
    """Log that something waits for somebody, however often it is tried."""
    log.warning("%s waits for %s", what, whom)


class _Watch:
    """Looks who keeps a session waiting, from a session of its own."""

    def __init__(self, connection: warehouse.Connection, told: Callable[[str], None]) -> None:
        self.seen: list[Holder] = []
        self._pid: int = connection.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
        self._told = told
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._ended.set()
        self._thread.join(_LOOK_SECONDS)

    def _look(self) -> None:
        """Note whom the session waits for until it ends to, and tell it when it changes."""
        pause = _FIRST_LOOK_SECONDS
        while not self._ended.wait(pause):
            pause = _LOOK_SECONDS
            with contextlib.suppress(HailongError):  # it can wait although nobody can look
                found = warehouse.blockers(self._pid)
                if found and found != self.seen:
                    self.seen = found
                    self._told(", ".join(map(str, found)))
