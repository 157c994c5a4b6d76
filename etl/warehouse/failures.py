"""What an exception tells: whether it may come of what was worked on, and what it is called in messages."""

from __future__ import annotations

import psycopg
import sqlalchemy as sa

from etl.errors import HailongError

_NOT_OF_WORK = ("08", "25", "28", "40", "53", "55", "57", "58")
"""Classes of SQLSTATE: a connection or transaction that is lost, a wait or a want, somebody's intervention."""


def is_of_work(error: BaseException) -> bool:
    """Whether an exception may come of the data that were worked on.

    Not so where the warehouse is away, busy or full, nor of our own errors, which say whose they are.
    """
    driver = _of_driver(error)
    if isinstance(driver, psycopg.Error):
        return bool(driver.sqlstate) and not str(driver.sqlstate).startswith(_NOT_OF_WORK)
    return isinstance(error, Exception) and not isinstance(error, HailongError | MemoryError | OSError)


def name_of(error: BaseException) -> str:
    """An exception's kind for messages, without the data that its own message may quote."""
    driver = _of_driver(error)
    where = ""
    if isinstance(driver, psycopg.Error):
        where = driver.diag.constraint_name or driver.sqlstate or ""
    return type(driver).__name__ + (f" ({where})" if where else "")


def _of_driver(error: BaseException) -> BaseException:
    """What the driver raised, where SQLAlchemy wrapped it."""
    return error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig is not None else error
