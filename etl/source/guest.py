"""Connect to somebody's database as a guest: read only, with timeouts."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import tenacity

from etl.errors import Misdeclared, Unavailable
from etl.log import log
from etl.source import reasons
from etl.source.queries import Limits, Query

PAUSE_SECONDS = 1.0
"""The pause after the first try to connect; each further one is twice as long, and all are spread by chance."""
_EXTRAS = {"mysql": "mysql", "mariadb": "mysql", "oracle": "oracle", "mssql": "mssql"}


@dataclass
class Guest:
    """A read-only connection on one snapshot, and what is asked.

    ``pat`` says that the server has just answered; ``result`` is for a dialect that must ask to learn the columns;
    ``data_at`` is until when the data of a replica is whole, None where it is no replica.
    """

    connection: sa.Connection
    query: Query
    limits: Limits
    pat: Callable[[], None] = lambda: None
    result: Any = field(default=None)
    data_at: dt.datetime | None = None

    @property
    def sql(self) -> str:
        """The query's statement, as ``sqlalchemy.text`` takes it."""
        return self.query.text(self.connection.dialect.name)


def engine_of(url: sa.URL, query: Query, **options: Any) -> sa.Engine:
    """An engine without a pool; a missing driver or a strange option raises Misdeclared."""
    try:
        engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True, **options)
        engine.dialect.create_connect_args(url)
        return engine
    except (ImportError, sa.exc.NoSuchModuleError) as error:
        name = _EXTRAS.get(url.get_backend_name())
        raise Misdeclared(
            f"{query.place}: there is no driver for {url.drivername}:// here",
            next_action=f"pip install 'hailong[{name}]'" if name else "install SQLAlchemy's dialect and its driver",
        ) from error
    except (*reasons.BY_OPTIONS, sa.exc.SQLAlchemyError) as error:
        raise reasons.not_understood(error, url, query.place) from None


@contextlib.contextmanager
def connected(engine: sa.Engine, query: Query, limits: Limits) -> Iterator[sa.Connection]:
    """A connection, retried with a growing random pause.

    Only connecting is: of what was read nothing has been kept yet, and the caller may begin again as a whole.
    """

    def log_retry(state: tenacity.RetryCallState) -> None:
        log.info(
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
    try:
        connection = tries(engine.connect)
    except sa.exc.DBAPIError:
        raise
    except (*reasons.BY_OPTIONS, sa.exc.SQLAlchemyError) as error:
        raise reasons.not_understood(error, engine.url, query.place) from None
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

    Hung servers and lost networks are included. One thread looks after it, however often the server answers.
    """

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.deadline = 0.0
        self.handle: socket.socket | None = None
        self.is_closed = threading.Event()
        self.thread: threading.Thread | None = None

    def guard(self, descriptor: int) -> None:
        """Begin to watch a connection's socket."""
        self.pat()
        if self.handle:
            self.handle.close()
        self.handle = socket.socket(fileno=os.dup(descriptor))
        if self.thread is None:
            self.thread = threading.Thread(target=self._watch, daemon=True)
            self.thread.start()

    def pat(self) -> None:
        """Start counting anew: the server has just answered."""
        self.deadline = time.monotonic() + self.seconds

    def _watch(self) -> None:
        """Bite whenever the time is over, until it is closed."""
        while not self.is_closed.wait(max(self.deadline - time.monotonic(), 0)):
            if time.monotonic() >= self.deadline:
                self._bite()
                self.pat()

    def _bite(self) -> None:
        """Shut the socket; the reading thread then sees a lost connection."""
        if self.handle:
            with contextlib.suppress(OSError):
                self.handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop watching."""
        self.is_closed.set()
        if self.handle:
            self.handle.close()
