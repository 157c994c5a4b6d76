"""What a driver's error is taken for, and who acts next; no password, no value and no answer text is ever quoted."""

from __future__ import annotations

import sqlite3

import psycopg
import pymysql
import pytest
import sqlalchemy as sa

from etl.errors import HailongError, Misdeclared, Refused, Unavailable
from etl.source import reasons
from etl.source.queries import Limits
from tests.lib.asking import PLACE, query

ASKED = query("select 1")


class DatabaseError(Exception):
    """As a driver of PEP 249 has it."""


class ProgrammingError(DatabaseError):
    """As a driver of PEP 249 has it."""


class OperationalError(DatabaseError):
    """As a driver of PEP 249 has it."""


def of_sqlite(message: str, name: str) -> sqlite3.Error:
    error = sqlite3.OperationalError(message)
    error.sqlite_errorname = name
    return error


# fmt: off
ERRORS = [
    # backend       | error                                                          | is for whom  | and says
    ("postgresql",    psycopg.errors.UndefinedColumn("column x does not exist"),       Refused,      "does not fit"),
    ("postgresql",    psycopg.errors.QueryCanceled("geheim"),                           Unavailable,  "within 7 s"),
    ("postgresql",    psycopg.errors.LockNotAvailable("geheim"),                        Unavailable,  "within 7 s"),
    ("postgresql",    psycopg.errors.InvalidTextRepresentation("geheim"),               Refused,      "22P02"),
    ("postgresql",    psycopg.errors.AdminShutdown("geheim"),                           Unavailable,  "broke off"),
    ("postgresql",    psycopg.errors.TooManyConnections("geheim"),                      Unavailable,  "broke off"),
    ("postgresql",    psycopg.errors.InvalidPassword("geheim"),                         Misdeclared,  "role 'guest'"),
    ("postgresql",    psycopg.OperationalError("connection refused geheim"),            Unavailable,  "h:5/db"),
    ("postgresql",    psycopg.OperationalError('FATAL:  database "db" does not exist'), Misdeclared,  "database 'db'"),
    ("postgresql",    psycopg.OperationalError("FATAL:  no such user: geheim"),         Misdeclared,  "role 'guest'"),
    ("postgresql",    psycopg.errors.SerializationFailure("geheim"),                    Unavailable,  "ery, 40001"),
    ("postgresql",    psycopg.errors.DeadlockDetected("geheim"),                        Unavailable,  "holds a lock"),
    ("postgresql",    psycopg.errors.ReadOnlySqlTransaction("geheim"),                  Refused,      "writes to the"),
    ("postgresql",    psycopg.errors.DiskFull("geheim"),                                Unavailable,  "is full"),
    ("postgresql",    psycopg.errors.OutOfMemory("geheim"),                             Unavailable,  "no memory left"),
    ("postgresql",    psycopg.errors.CannotConnectNow("geheim"),                        Unavailable,  "stops, starts"),
    ("postgresql",    psycopg.errors.DataCorrupted("geheim"),                           Refused,      "is damaged"),
    ("postgresql",    psycopg.errors.RaiseException("geheim"),                          Refused,      "P0001"),
    ("postgresql",    psycopg.OperationalError("FATAL: unsupported startup parameter: options"), Misdeclared, "pooler"),
    ("postgresql",    psycopg.OperationalError("failed to resolve host 'geheim'"),      Unavailable,  "to no address"),
    ("postgresql",    psycopg.OperationalError("FATAL:  -c geheim requires a value"),   Misdeclared,  "an option"),
    ("postgresql",    psycopg.OperationalError("GSSAPI encryption required but no"),    Misdeclared,  "an option"),
    ("postgresql",    psycopg.OperationalError('invalid "ssl_min" value: "geheim"'),    Misdeclared,  "an option"),
    ("postgresql",    psycopg.OperationalError("could not parse network address: Name or service not known"),
     Misdeclared, "an option"),
    ("postgresql",    psycopg.OperationalError("server is not in hot standby mode"),    Unavailable,  "is another"),
    ("postgresql",    psycopg.OperationalError("session is read-only"),                 Unavailable,  "is another"),
    ("mysql",         pymysql.err.OperationalError(2003, "([Errno -2] Name or service not known)"),
     Unavailable, "to no address"),
    ("mysql",         pymysql.err.OperationalError(2003, "([Errno 99] Cannot assign requested address)"),
     Misdeclared, "an option"),
    ("mysql",         pymysql.err.OperationalError(1213, "geheim"),                     Unavailable,  "holds a lock"),
    ("mysql",         pymysql.err.OperationalError(1412, "geheim"),                     Unavailable,  "was changed"),
    ("mysql",         pymysql.err.OperationalError(1792, "geheim"),                     Refused,      "writes to the"),
    ("mysql",         pymysql.err.OperationalError(1021, "geheim"),                     Unavailable,  "is full"),
    ("mysql",         pymysql.err.OperationalError(1038, "geheim"),                     Unavailable,  "no memory left"),
    ("mysql",         pymysql.err.OperationalError(1053, "geheim"),                     Unavailable,  "stops, starts"),
    ("mysql",         pymysql.err.OperationalError(1194, "geheim"),                     Refused,      "is damaged"),
    ("mysql",         pymysql.err.OperationalError(2059, "Authentication plugin 'dialog' not configured"),
     Misdeclared, "does not know ('dialog')"),
    ("mysql",         pymysql.err.DataError(1292, "Truncated incorrect value: 'geheim'"), Refused,    "1292"),
    ("mysql",         pymysql.err.DataError(1062, "Duplicate entry 'geheim'"),          Refused,      "1062"),
    ("mysql",         pymysql.err.OperationalError(1045, "geheim"),                     Misdeclared,  "role 'guest'"),
    ("mysql",         pymysql.err.OperationalError(1049, "geheim"),                     Misdeclared,  "database 'db'"),
    ("mysql",         pymysql.err.ProgrammingError(1146, "Table 'b.a' doesn't exist"),  Refused,      "Table 'b.a'"),
    ("mysql",         pymysql.err.OperationalError(1054, "Unknown column 'x'"),         Refused,      "column 'x'"),
    ("mysql",         pymysql.err.OperationalError(1142, "SELECT command denied"),      Refused,      "denied"),
    ("mysql",         pymysql.err.OperationalError(1205, "geheim"),                     Unavailable,  "within 7 s"),
    ("mysql",         pymysql.err.OperationalError(3024, "geheim"),                     Unavailable,  "within 7 s"),
    ("mariadb",       pymysql.err.OperationalError(1969, "geheim"),                     Unavailable,  "within 7 s"),
    ("mysql",         pymysql.err.OperationalError(2003, "geheim"),                     Unavailable,  "h:5/db"),
    ("mysql",         pymysql.err.OperationalError(2006, "geheim"),                     Unavailable,  "broke off"),
    ("mysql",         pymysql.err.OperationalError(2013, "geheim"),                     Unavailable,  "broke off"),
    ("mysql",         pymysql.err.OperationalError(1040, "geheim"),                     Unavailable,  "broke off"),
    ("mysql",         pymysql.err.InterfaceError(0, ""),                                Unavailable,  "broke off"),
    ("mysql",         pymysql.err.DataError(1365, "geheim"),                            Refused,      "1365"),
    ("sqlite",        of_sqlite("no such table: a", "SQLITE_ERROR"),                    Refused,      "table: a"),
    ("sqlite",        of_sqlite("no such column: x", "SQLITE_ERROR"),                   Refused,      "column: x"),
    ("sqlite",        of_sqlite("geheim", "SQLITE_ERROR"),                              Refused,      "SQLITE_ERROR"),
    ("sqlite",        sqlite3.ProgrammingError("Incorrect number of bindings supplied"), Refused,     "fails in the"),
    ("sqlite",        sqlite3.DataError("query string is too large"),                   Refused,      "fails in the"),
    ("sqlite",        of_sqlite("database is locked", "SQLITE_BUSY"),                   Unavailable,  "broke off"),
    ("sqlite",        of_sqlite("unable to open", "SQLITE_CANTOPEN"),                   Unavailable,  "broke off"),
    ("sqlite",        of_sqlite("geheim", "SQLITE_CORRUPT"),                            Refused,      "is damaged"),
    ("sqlite",        of_sqlite("geheim", "SQLITE_NOTADB"),                             Refused,      "is damaged"),
    ("sqlite",        of_sqlite("geheim", "SQLITE_FULL"),                               Unavailable,  "is full"),
    ("sqlite",        of_sqlite("geheim", "SQLITE_NOMEM"),                              Unavailable,  "no memory left"),
    ("sqlite",        of_sqlite("interrupted", "SQLITE_INTERRUPT"),                     Unavailable,  "within 7 s"),
    ("oracle",        DatabaseError("ORA-01017: invalid username/password"),            Misdeclared,  "role 'guest'"),
    ("oracle",        DatabaseError("ORA-00942: table or view does not exist"),         Refused,      "ORA-00942"),
    ("oracle",        DatabaseError("DPY-4024: call timeout of 7000 ms exceeded"),      Unavailable,  "within 7 s"),
    ("mssql",         ProgrammingError("42S02", "Invalid object name 'answer'"),        Refused,      "answer"),
    ("mssql",         OperationalError("28000", "Login failed for user 'geheim'"),      Misdeclared,  "role 'guest'"),
    ("mssql",         ProgrammingError("22018", "geheim"),                              Refused,      "fails in the"),
    ("mssql",         OperationalError("08S01", "geheim"),                              Unavailable,  "broke off"),
]
# fmt: on


@pytest.mark.parametrize("is_wrapped", [False, True])
@pytest.mark.parametrize(("backend", "error", "kind", "says"), ERRORS)
def test_an_error_is_sorted_by_who_acts_next(
    backend: str, error: Exception, kind: type[HailongError], says: str, is_wrapped: bool
) -> None:
    url = sa.make_url(f"{backend}://guest:geheim@h:5/db")
    raised = sa.exc.DBAPIError("select geheim", None, error) if is_wrapped else error
    told = reasons.explained(raised, url, ASKED, Limits(7, 10))
    assert type(told) is kind
    assert told.message.startswith(f"{PLACE}: ")
    assert says in told.message
    assert "geheim" not in str(told)
    assert told.next_action
