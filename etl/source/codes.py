"""Why a database did not give us what we asked for, by the codes of each engine."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from enum import Enum, auto

from etl.warehouse import addresses


class Reason(Enum):
    """Why; ``etl.source.reasons`` says to whom and in which words."""

    STRANGER = auto()
    NOWHERE = auto()
    WAY_IN = auto()
    OPTION = auto()
    POOLER = auto()
    HOST = auto()
    OTHER_SERVER = auto()
    SHAPE = auto()
    RIGHT = auto()
    POLICY = auto()
    QUERY = auto()
    WRITES = auto()
    SLOW = auto()
    CONFLICT = auto()
    CHANGED = auto()
    CROWDED = auto()
    CLOSED = auto()
    STOPPING = auto()
    DISK = auto()
    MEMORY = auto()
    DAMAGED = auto()
    LOCKED = auto()
    AWAY = auto()


_POSTGRESQL = {
    Reason.STRANGER: ("28",),
    Reason.NOWHERE: ("3D", "57P04"),
    Reason.RIGHT: ("42501",),
    Reason.WRITES: ("25006",),
    Reason.SLOW: ("57014", "55P03", "25P03", "25P04", "57P05"),
    Reason.CONFLICT: ("40",),
    Reason.LOCKED: ("40P01",),
    Reason.CROWDED: ("53300",),
    Reason.STOPPING: ("57P01", "57P02", "57P03"),
    Reason.DISK: ("53100",),
    Reason.MEMORY: ("53200", "53400"),
    Reason.DAMAGED: ("XX001", "XX002"),
    Reason.SHAPE: ("42", "3F"),
    Reason.AWAY: ("08", "25", "53", "55", "57", "58", "XX"),
}
"""SQLSTATE, whole before its class."""
_POSTGRESQL_SAYS = {
    # before there is a session, the client has no code but only the server's words
    Reason.POOLER: (
        "unsupported startup parameter", "transaction blocks not allowed", "statement pooling mode",
    ),
    Reason.NOWHERE: (
        r'database ".*" does not exist', "no such database", "bouncer config error", "permission denied for database",
    ),
    Reason.STRANGER: (
        "authentication failed", "no password supplied", r'role ".*" does not exist', "not permitted to log in",
        "no such user", "auth failed",
    ),
    Reason.WAY_IN: (r"authentication method \w+ not supported", "authentication method requirement", "channel binding"),
    Reason.CROWDED: (
        "too many connections", "too many clients", "remaining connection slots", "no more connections allowed",
    ),
    Reason.CLOSED: ("not currently accepting connections",),
    Reason.STOPPING: (
        "is starting up", "is shutting down", "in recovery mode", "not yet accepting connections",
        "due to administrator command",
    ),
    Reason.CONFLICT: ("conflict with recovery",),
    Reason.OPTION: addresses.NOT_UNDERSTOOD,
    Reason.OTHER_SERVER: ("session is (not )?read-only", "server is (not )?in hot standby mode"),
    Reason.HOST: (
        "could not translate host name", "name or service not known", "failure in name resolution",
        "nodename nor servname", "no address associated", "failed to resolve host",
    ),
}  # fmt: skip
_MYSQL = {
    Reason.STRANGER: {1045, 1130, 1698, 1820, 1862, 3118, 3159, 4151},
    Reason.NOWHERE: {1044, 1049},
    Reason.WAY_IN: {1251, 1275, 1524, 2049, 2054, 2059, 2061},
    Reason.OPTION: {2019},
    Reason.SHAPE: {1051, 1052, 1054, 1055, 1060, 1064, 1109, 1115, 1146, 1222, 1253, 1273, 1305, 1356},
    Reason.RIGHT: {1142, 1143, 1227, 1370, 1345},
    Reason.WRITES: {1290, 1792, 1836},
    Reason.SLOW: {1205, 1317, 1907, 1969, 3024},
    Reason.LOCKED: {1213},
    Reason.CHANGED: {1412, 1615},
    Reason.CROWDED: {1040, 1129, 1203, 1226},
    Reason.STOPPING: {1053, 1077, 1079, 1927, 4031},
    Reason.DISK: {3, 28, 1021, 1114, 1874},
    Reason.MEMORY: {1037, 1038, 1041, 1135},
    Reason.DAMAGED: {126, 127, 134, 144, 145, 1033, 1034, 1035, 1194, 1195, 1712, 1877, 1932},
    Reason.AWAY: {1152, 1158, 1159, 1160, 1161, 3168},
}
_NOT_CONNECTED = 2003
_MYSQL_SAYS = {
    # of the one number that stands for every way in which connecting fails
    Reason.HOST: ("getaddrinfo", "name or service not known", "failure in name resolution", "no address associated"),
    Reason.OPTION: ("cannot assign requested address",),
}
_SQLITE = {
    Reason.SLOW: ("SQLITE_INTERRUPT",),
    Reason.LOCKED: ("SQLITE_BUSY", "SQLITE_LOCKED"),
    Reason.DAMAGED: ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_SHORT_READ"),
    Reason.CHANGED: ("SQLITE_SCHEMA",),
    Reason.DISK: ("SQLITE_FULL",),
    Reason.MEMORY: ("SQLITE_NOMEM",),
    Reason.WRITES: ("SQLITE_READONLY",),
    Reason.QUERY: ("SQLITE_ERROR", "SQLITE_MISMATCH", "SQLITE_TOOBIG", "SQLITE_AUTH", "SQLITE_RANGE"),
}
"""The library's names of errors, of which the longer ones begin with these."""
_SQLITE_SHAPE = ("no such ", "ambiguous column", "wrong number of arguments", "near ", "incomplete input", "misuse of")
_OTHERS = {
    Reason.STRANGER: ("ora-01017", "ora-28000", "ora-28001", "login failed", "password authentication failed"),
    Reason.NOWHERE: ("cannot open database", "ora-12514", "ora-12505", "dpy-6001", "dpy-6003"),
    Reason.OPTION: ("data source name not found", "can't open lib", "invalid connection string attribute"),
    Reason.RIGHT: ("ora-01031", "permission was denied"),
    Reason.SHAPE: ("ora-00942", "ora-00904", "invalid object name", "invalid column name", "no such table"),
    Reason.SLOW: ("ora-01013", "ora-30006", "ora-00054", "lock request time out", "query timeout", "dpy-4024"),
    Reason.CHANGED: ("ora-01555", "ora-08103"),
    Reason.CROWDED: ("ora-00018", "ora-00020", "ora-02391", "ora-12516", "ora-12519", "ora-12520"),
    Reason.STOPPING: ("ora-01033", "ora-01034", "ora-01089", "ora-01090", "shutdown is in progress"),
    Reason.DISK: ("ora-01652", "ora-01653", "filegroup is full", "transaction log for database"),
    Reason.MEMORY: ("ora-04030", "ora-04031", "insufficient system memory"),
    Reason.WRITES: ("ora-01456", "ora-16000"),
}


def reason_of(cause: BaseException, backend: str) -> Reason:
    """Sort a driver's error by its own code."""
    match backend:
        case "postgresql":
            return _of_postgresql(cause)
        case "mysql" | "mariadb":
            return _of_mysql(cause)
        case "sqlite":
            return _of_sqlite(cause)
    known = _first(_OTHERS, str(cause).lower())
    bases = {kind.__name__ for kind in type(cause).__mro__}  # every driver has the classes of PEP 249
    is_of_query = bases & {"ProgrammingError", "DataError", "NotSupportedError"}
    return known or (Reason.QUERY if is_of_query else Reason.AWAY)


def state_of(cause: BaseException) -> str:
    """An error's code: SQLSTATE, server's number, or library's name."""
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", None) or ""
    return str(_number(cause) or getattr(cause, "sqlstate", None) or "")


def _of_postgresql(cause: BaseException) -> Reason:
    """By SQLSTATE, or by text before there is a session."""
    state = state_of(cause)
    if not state or state == "08P01":
        return _first(_POSTGRESQL_SAYS, str(cause).lower()) or Reason.AWAY
    if state == "42501" and getattr(getattr(cause, "diag", None), "source_function", None) == "check_enable_rls":
        return Reason.POLICY
    states = [(code, reason) for reason, codes in _POSTGRESQL.items() for code in codes if state.startswith(code)]
    return max(states, key=lambda known: len(known[0]), default=("", Reason.QUERY))[1]


def _of_mysql(cause: BaseException) -> Reason:
    """By the server's error number.

    Those of the client, from 2000 to 2999, mean that the server is away.
    """
    if isinstance(cause, RuntimeError):  # as PyMySQL says that a package is missing
        return Reason.WAY_IN
    number = _number(cause)
    known = next((reason for reason, numbers in _MYSQL.items() if number in numbers), None)
    if number == _NOT_CONNECTED:
        known = _first(_MYSQL_SAYS, str(cause.args[1:]).lower())
    return known or (Reason.AWAY if number < 1000 or 2000 <= number < 3000 else Reason.QUERY)


def _of_sqlite(cause: BaseException) -> Reason:
    """By the library's own name of the error."""
    if str(cause).startswith(_SQLITE_SHAPE):
        return Reason.SHAPE
    name = state_of(cause)
    if not name and isinstance(cause, sqlite3.ProgrammingError | sqlite3.DataError | sqlite3.InterfaceError):
        return Reason.QUERY  # Python's own module does not hand the statement on: a NUL in it, a parameter too many
    return next((reason for reason, names in _SQLITE.items() if name.startswith(names)), Reason.AWAY)


def _first(marks: Mapping[Reason, Iterable[str]], text: str) -> Reason | None:
    """The first reason of which a text has a mark."""
    return next((reason for reason, each in marks.items() if any(re.search(mark, text) for mark in each)), None)


def _number(cause: BaseException) -> int:
    """A server's number of an error; 0 where it has none."""
    return cause.args[0] if cause.args and isinstance(cause.args[0], int) else 0
