"""What a driver's error means, without quoting data or passwords."""

from __future__ import annotations

import sqlite3
from enum import Enum

import psycopg
import sqlalchemy as sa

from etl.errors import HailongError, Misdeclared, Refused, Unavailable
from etl.source.address import where
from etl.source.queries import Limits, Query

ERRORS = (psycopg.Error, sqlite3.Error, sa.exc.DBAPIError)
"""What the drivers raise."""


class Reason(Enum):
    """Why a database did not give us what we asked for."""

    STRANGER = "it does not know us"
    NOWHERE = "it has no such database"
    SHAPE = "its tables are not those of the query"
    SLOW = "it took too long, or somebody held a lock for too long"
    QUERY = "the query fails on its data"
    AWAY = "it is away"


# classes of SQLSTATE after which another try may help
_POSTGRESQL_AWAY = ("08", "25", "40", "53", "55", "57", "58", "XX")
_MYSQL = {
    Reason.STRANGER: {1044, 1045, 1130, 1251, 1698, 1862, 2059, 4151},
    Reason.NOWHERE: {1049},
    Reason.SHAPE: {1051, 1054, 1064, 1109, 1142, 1143, 1146, 1305, 1356},
    Reason.SLOW: {1205, 1317, 1907, 1969, 3024},
    Reason.AWAY: {1040, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1203, 1213, 1226, 1412, 1927, 3168, 4031},
}
_SQLITE = {
    "SQLITE_INTERRUPT": Reason.SLOW,
    "SQLITE_READONLY": Reason.QUERY,
    "SQLITE_MISMATCH": Reason.QUERY,
    "SQLITE_ERROR": Reason.QUERY,
}
_PROOF = (
    # what the client says | what it means | who does what next
    (
        ("does not match host name", "certificate is not valid for"),
        "the server's certificate is of another name than '{host}'",
        "write the name on the certificate as the host of the connection, or ask the treasury for one of this name",
    ),
    (("certificate has expired",), "the server's certificate has expired", "ask the treasury to renew it"),
    (
        ("certificate verify failed",),
        "the server's certificate has expired, or is not from the CA that the connection names",
        "ask the treasury until when it is valid, and for its CA's certificate, which sslrootcert or ssl_ca names",
    ),
    (
        ("root certificate file",),
        "the file with the CA's certificate is not there or cannot be read",
        "put it where the connection's sslrootcert says, readable to the user under which we run",
    ),
    (
        ("server does not support ssl", "ssl is required"),
        "the server does not encrypt, and the connection asks for it",
        "ask the treasury to turn TLS on: without it answers would cross the network open",
    ),
    (
        ("no pg_hba.conf entry",),
        "the server lets the role '{username}' in neither from this address nor in this way",
        "ask the treasury for a line of pg_hba.conf; where it lets in only who encrypts, sslmode must not be disable",
    ),
)
"""Why a connection is refused before the database is asked anything: clients have no codes for it, only words."""
_BEFORE_A_SESSION = ("", "2003", "2026")
_OTHERS = {
    Reason.STRANGER: ("ora-01017", "ora-28000", "ora-28001", "login failed", "password authentication failed"),
    Reason.NOWHERE: ("cannot open database",),
    Reason.SHAPE: ("ora-00942", "ora-00904", "invalid object name", "invalid column name", "no such table"),
    Reason.SLOW: ("ora-01013", "ora-30006", "ora-00054", "lock request time out", "query timeout", "dpy-4024"),
}


def explained(error: BaseException, url: sa.URL, query: Query, limits: Limits) -> HailongError:
    """The error that a driver's error means."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig else error
    return _unproven(cause, url, query.place) or _by_code(cause, url, query, limits)


def _by_code(cause: BaseException, url: sa.URL, query: Query, limits: Limits) -> HailongError:
    """The error that the code of a driver's error means."""
    place, name, state = query.place, type(cause).__name__, _state(cause)
    match _reason(cause, url.get_backend_name()):
        case Reason.STRANGER:
            return Misdeclared(
                f"{place}: the database refuses the role '{url.username}' or its password",
                next_action="check the treasury's connection and its role in the database",
            )
        case Reason.NOWHERE:
            return Misdeclared(
                f"{place}: the server does not know the database '{url.database}', or shows it to others only",
                next_action="check the treasury's connection and its role in the database",
            )
        case Reason.SHAPE:
            return Refused(
                f"{place}: the source query does not fit the database: {_said(cause)}",
                next_action="ask the treasury what changed, then adapt its schema or the source query",
            )
        case Reason.SLOW:
            return Unavailable(
                f"{place}: the database did not answer within {limits.seconds} s ({name})",
                next_action="try again at a quieter hour, or raise HAILONG_SOURCE_TIMEOUT",
            )
        case Reason.QUERY:
            return Refused(
                f"{place}: the source query fails in the database ({name}{f', {state}' if state else ''})",
                next_action="run the source query by hand in the treasury's database, and mend the row or the query",
            )
    return Unavailable(
        f"{place}: the database {where(url)} is away or broke off ({name})",
        next_action="see that the server runs and can be reached, then run the month again",
    )


def _unproven(cause: BaseException, url: sa.URL, place: str) -> Misdeclared | None:
    """The error of a connection that is not trusted, or None.

    Others have codes.
    """
    if isinstance(cause, sqlite3.Error) or _state(cause) not in _BEFORE_A_SESSION:
        return None
    text = str(cause).lower()
    for marks, means, next_action in _PROOF:
        if any(mark in text for mark in marks):
            why = means.format(host=url.host, username=url.username)
            return Misdeclared(f"{place}: {why} ({where(url)})", next_action=next_action)
    return None


def _reason(cause: BaseException, backend: str) -> Reason:
    """Sort a driver's error by its own code."""
    if backend == "postgresql":
        return _of_postgresql(cause)
    if backend in ("mysql", "mariadb"):
        return _of_mysql(cause)
    if backend == "sqlite":
        return _of_sqlite(cause)
    text = str(cause).lower()
    known = (reason for reason, marks in _OTHERS.items() if any(mark in text for mark in marks))
    bases = {kind.__name__ for kind in type(cause).__mro__}  # every driver has the classes of PEP 249
    return next(known, Reason.QUERY if bases & {"ProgrammingError", "DataError", "NotSupportedError"} else Reason.AWAY)


def _of_postgresql(cause: BaseException) -> Reason:
    """By SQLSTATE, or by text before there is a session."""
    state, text = _state(cause), str(cause).lower()
    if state.startswith("28") or "password authentication failed" in text or "no password supplied" in text:
        return Reason.STRANGER
    if state.startswith("42"):
        return Reason.SHAPE
    if state in ("57014", "55P03"):
        return Reason.SLOW
    return Reason.QUERY if state and state[:2] not in _POSTGRESQL_AWAY else Reason.AWAY


def _of_mysql(cause: BaseException) -> Reason:
    """By the server's error number.

    Those of the client, from 2000 to 2999, mean that the server is away.
    """
    number = cause.args[0] if cause.args and isinstance(cause.args[0], int) else 0
    known = next((reason for reason, numbers in _MYSQL.items() if number in numbers), None)
    return known or (Reason.AWAY if number < 1000 or 2000 <= number < 3000 else Reason.QUERY)


def _of_sqlite(cause: BaseException) -> Reason:
    """By the library's own name of the error."""
    if str(cause).startswith(("no such table", "no such column", "no such function")):
        return Reason.SHAPE
    return _SQLITE.get(_state(cause), Reason.AWAY)


def _state(cause: BaseException) -> str:
    """An error's code: SQLSTATE, server's number, or library's name."""
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", None) or ""
    number = cause.args[0] if cause.args and isinstance(cause.args[0], int) else ""
    return getattr(cause, "sqlstate", None) or str(number)


def _said(cause: BaseException) -> str:
    """What the server says of a query that does not fit.

    It names tables and columns, and no data.
    """
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    number_and_text = len(cause.args) == 2 and isinstance(cause.args[0], int)  # as PyMySQL has it
    return str(primary or (cause.args[1] if number_and_text else cause))
