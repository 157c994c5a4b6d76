"""Connect to somebody's database as a guest: read only, with timeouts."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import tenacity

from etl.errors import Misdeclared, Unavailable
from etl.source import reasons
from etl.source.queries import Limits, Query

PAUSE_SECONDS = 1.0
"""The pause after the first try to connect; each further one is twice as long, and all are spread by chance."""
_LOG = logging.getLogger(__name__)
_EXTRAS = {"mysql": "mysql", "mariadb": "mysql", "oracle": "oracle", "mssql": "mssql"}


@dataclass
class Guest:
    """A read-only connection on one snapshot, and what is asked.

    ``pat`` says that the server has just answered; ``result`` is for a dialect that must ask to learn the columns.
    """

    connection: sa.Connection
    query: Query
    limits: Limits
    pat: Callable[[], None] = lambda: None
    result: Any = field(default=None)


def engine_of(url: sa.URL, **options: Any) -> sa.Engine:
    """An engine without a pool; a missing driver raises Misdeclared."""
    try:
        return sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True, **options)
    except (ImportError, sa.exc.NoSuchModuleError) as error:
        name = _EXTRAS.get(url.get_backend_name())
        raise Misdeclared(
            f"there is no driver for {url.drivername}:// here",
            next_action=f"pip install 'hailong[{name}]'" if name else "install SQLAlchemy's dialect and its driver",
        ) from error


@contextlib.contextmanager
def connected(engine: sa.Engine, query: Query, limits: Limits) -> Iterator[sa.Connection]:
    """A connection, retried with a growing random pause.

    Only connecting is: of what was read nothing has been kept yet, and the caller may begin again as a whole.
    """

    def log_retry(state: tenacity.RetryCallState) -> None:
        _LOG.info(
            "%s: the database does not let us in, try %d of %d; next in %.1f s",
            *(query.place, state.attempt_number, limits.tries, state.upcoming_sleep),
        )

    tries = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(limits.tries),
        wait=tenacity.wait_exponential_jitter(multiplier=PAUSE_SECONDS, max=30, jitter=PAUSE_SECONDS),
        retry=tenacity.retry_if_exception(lambda error: _may_pass(error, engine.url, query, limits)),
        before_sleep=log_retry,
        reraise=True,
    )
    connection = tries(engine.connect)
    try:
        yield connection
    except BaseException:
        connection.invalidate()  # an orderly end would first read what is still to come
        raise
    finally:
        connection.close()


def _may_pass(error: BaseException, url: sa.URL, query: Query, limits: Limits) -> bool:
    """Whether what went wrong may be over at the next try."""
    if not isinstance(error, reasons.ERRORS):
        return False
    return isinstance(reasons.explained(error, url, query, limits), Unavailable)


class Watchdog:
    """Breaks a connection whose server is silent for too long.

    Hung servers and lost networks are included.
    """

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.timer: threading.Timer | None = None
        self.handle: socket.socket | None = None

    def guard(self, descriptor: int) -> None:
        """Begin to watch a connection's socket."""
        if self.handle:
            self.handle.close()
        self.handle = socket.socket(fileno=os.dup(descriptor))
        self.pat()

    def pat(self) -> None:
        """Start counting anew: the server has just answered."""
        if self.timer:
            self.timer.cancel()
        self.timer = threading.Timer(self.seconds, self._bite)
        self.timer.daemon = True
        self.timer.start()

    def _bite(self) -> None:
        """Shut the socket; the reading thread then sees a lost connection."""
        if self.handle:
            with contextlib.suppress(OSError):
                self.handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop watching."""
        if self.timer:
            self.timer.cancel()
        if self.handle:
            self.handle.close()
