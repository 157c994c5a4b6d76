"""What a driver's error means, without quoting data or passwords."""

from __future__ import annotations

import re
import socket
import sqlite3
from typing import NamedTuple

import psycopg
import sqlalchemy as sa

from etl.errors import HailongError, Misdeclared, Refused, Unavailable
from etl.source import sqlite_file
from etl.source.address import where
from etl.source.codes import Reason, reason_of, state_of
from etl.source.queries import Limits, Query
from etl.source.said import plain, said

ERRORS = (psycopg.Error, sqlite3.Error, sa.exc.DBAPIError)
"""What the drivers raise."""
BY_OPTIONS = (TypeError, ValueError, LookupError, AttributeError, RuntimeError, OSError)
"""What the drivers raise beside that while they connect: by options or packages that they lack."""


class Meaning(NamedTuple):
    """Who acts next, what is told, and what to do."""

    kind: type[HailongError]
    message: str
    next_action: str


_AGAIN = "then run the month again"
_MEANINGS = {
    Reason.STRANGER: Meaning(
        Misdeclared,
        "the database refuses the role '{username}' or its password",
        "check the treasury's connection and its role in the database",
    ),
    Reason.NOWHERE: Meaning(
        Misdeclared,
        "the server does not know the database '{database}', or shows it to others only",
        "check the treasury's connection and its role in the database",
    ),
    Reason.WAY_IN: Meaning(
        Misdeclared,
        "the server wants the role '{username}' to prove itself in a way that the driver does not know{plugin}",
        "{package}",
    ),
    Reason.OPTION: Meaning(
        Misdeclared,
        "the driver does not understand an option of the connection{option}",
        "take it out of the connection or mend its value: docs/sources.md names the options",
    ),
    Reason.POOLER: Meaning(
        Misdeclared,
        "the pooler in front of the database {where} refuses how we connect{said}",
        "take 'options' out of the connection; a pool_mode must be session or transaction, or connect past the pooler",
    ),
    Reason.HOST: Meaning(
        Unavailable,
        "the host name of the connection ({where}) leads to no address here",
        f"check the name in the connection, and that names are resolved here; {_AGAIN}",
    ),
    Reason.OTHER_SERVER: Meaning(
        Unavailable,
        "the server {where} is another than the connection asks for (target_session_attrs)",
        f"name the right one in the connection, or take target_session_attrs out of it; {_AGAIN}",
    ),
    Reason.SHAPE: Meaning(
        Refused,
        "the source query does not fit the database{said}",
        "ask the treasury what changed, then adapt its schema or the source query",
    ),
    Reason.RIGHT: Meaning(
        Refused,
        "the role '{username}' may not read all that the source query reads{said}",
        "ask the treasury to let the role select from it (sql/guest), or what changed there",
    ),
    Reason.POLICY: Meaning(
        Refused,
        "row-level security would hide rows from the role '{username}'{said}",
        "ask the treasury for 'alter role {username} bypassrls', or for a view of the table's owner to read instead",
    ),
    Reason.QUERY: Meaning(
        Refused,
        "the source query fails in the database ({name}{state})",
        "run the source query by hand in the treasury's database, and mend the row or the query",
    ),
    Reason.WRITES: Meaning(
        Refused,
        "the source query, or a view or function that it reads, writes to the database ({name}{state}); we only read",
        "let the query read the tables themselves, or ask the treasury for a view that does not write",
    ),
    Reason.SLOW: Meaning(
        Unavailable,
        "the database did not answer within {seconds} s ({name})",
        "try again at a quieter hour, or raise HAILONG_SOURCE_TIMEOUT",
    ),
    Reason.CONFLICT: Meaning(
        Unavailable,
        "the standby {where} broke the read off to follow its primary (conflict with recovery, {code})",
        "run the month again at a quieter hour; if it comes again, ask the treasury to raise"
        " max_standby_streaming_delay or to set hot_standby_feedback = on",
    ),
    Reason.CHANGED: Meaning(
        Unavailable,
        "a table of the database {where} was changed while we read it ({name}{state})",
        "run the month again when the treasury's work on its tables is done",
    ),
    Reason.CROWDED: Meaning(
        Unavailable,
        "the database {where} broke off: it takes no more connections now ({name}{state})",
        "run the month again later; if it comes again, ask the treasury for more connections of the role, or lower"
        " HAILONG_SOURCE_CONNECTIONS",
    ),
    Reason.CLOSED: Meaning(
        Unavailable,
        "the treasury has closed the database {where} to connections",
        f"ask the treasury until when, {_AGAIN}",
    ),
    Reason.STOPPING: Meaning(
        Unavailable,
        "the server of the database {where} stops, starts, or broke off our session ({name}{state})",
        f"wait until it is up, {_AGAIN}",
    ),
    Reason.DISK: Meaning(
        Unavailable,
        "a disk of the server of the database {where} is full ({name}{state})",
        f"ask the treasury to free disk space there, {_AGAIN}",
    ),
    Reason.MEMORY: Meaning(
        Unavailable,
        "the server of the database {where} has no memory left for the query ({name}{state})",
        f"ask the treasury to look at its server's memory, {_AGAIN}",
    ),
    Reason.DAMAGED: Meaning(
        Refused,
        "the database {where} is damaged ({name}{state})",
        "ask the treasury to check it, and to mend it or restore a backup; SQLite copies a file whole by its command"
        " .backup",
    ),
    Reason.LOCKED: Meaning(
        Unavailable,
        "the database {where} broke off: somebody who writes holds a lock ({name}{state})",
        "run the month again at a quieter hour",
    ),
    Reason.AWAY: Meaning(
        Unavailable,
        "the database {where} is away or broke off ({name})",
        "see that the server runs and can be reached, then run the month again",
    ),
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
        ("private key file", "could not open certificate file", "could not read certificate file"),
        "the file with our own certificate or its key cannot be used",
        "put both where the connection's sslcert and sslkey say, the key readable to our user only (chmod 600)",
    ),
    (
        ("valid client certificate", "certificate required", "certificate authentication failed"),
        "the server asks for a certificate of ours",
        "ask the treasury for one, and name its files in the connection: sslcert and sslkey, or ssl_cert and ssl_key",
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
_PACKAGES = {
    "ed25519": "pip install 'pymysql[ed25519]' (PyNaCl), which this way of proving needs",
    "sha2": "pip install 'pymysql[rsa]' (cryptography), which this way of proving needs",
    "sha256": "pip install 'pymysql[rsa]' (cryptography), which this way of proving needs",
}


def explained(error: BaseException, url: sa.URL, query: Query, limits: Limits) -> HailongError:
    """The error that a driver's error means."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig else error
    of_file = sqlite_file.explained(cause, url, query.place) if isinstance(cause, sqlite3.Error) else None
    return of_file or _unproven(cause, url, query.place) or _by_code(cause, url, query, limits)


def not_understood(error: Exception, url: sa.URL, place: str) -> HailongError:
    """The error of a driver that is not able to connect as the connection says."""
    fields = _words(error, url)
    reason = Reason.WAY_IN if isinstance(error, RuntimeError) and fields["plugin"] else Reason.OPTION
    kind, message, next_action = _MEANINGS[Reason.HOST if isinstance(error, socket.gaierror) else reason]
    return kind(f"{place}: {message.format(**fields)}", next_action=next_action.format(**fields))


def _by_code(cause: BaseException, url: sa.URL, query: Query, limits: Limits) -> HailongError:
    """The error that the code of a driver's error means."""
    reason = reason_of(cause, url.get_backend_name())
    kind, message, next_action = _MEANINGS[reason]
    fields = _words(cause, url) | {"seconds": str(limits.seconds)}
    return kind(f"{query.place}: {message.format(**fields)}", next_action=next_action.format(**fields))


def _words(cause: BaseException, url: sa.URL) -> dict[str, str]:
    """What a message may say of an error and of the connection."""
    state, words, name = state_of(cause), said(cause), type(cause).__name__
    plugin, text = _plugin(cause), str(cause)
    options = [name for name, value in sorted(url.query.items()) if _tells_of(text, name, str(value))]
    return {
        "username": plain(url.username or "", 63),
        "database": plain(url.database or "", 63),
        "where": where(url),
        "name": name,
        "state": f", {state}" if state else "",
        "code": state or name,
        "said": f": {words}" if words else "",
        "plugin": f" ('{plugin}')" if plugin else "",
        "option": f" ('{plain(options[0], 40)}')" if options else f" ({name})",
        "package": _package(plugin),
    }


def _tells_of(text: str, option: str, value: str) -> bool:
    """Whether a driver's error names an option, or quotes its value."""
    return bool(re.search(rf"(?<!\w){re.escape(option)}(?!\w)", text)) or f"'{value}'" in text or f'"{value}"' in text


def _unproven(cause: BaseException, url: sa.URL, place: str) -> Misdeclared | None:
    """The error of a connection that is not trusted, or None.

    Others have codes.
    """
    if isinstance(cause, sqlite3.Error) or state_of(cause) not in _BEFORE_A_SESSION:
        return None
    text = str(cause).lower()
    for marks, means, next_action in _PROOF:
        if any(mark in text for mark in marks):
            why = means.format(host=plain(url.host or "", 63), username=plain(url.username or "", 63))
            return Misdeclared(f"{place}: {why} ({where(url)})", next_action=next_action)
    return None


def _plugin(cause: BaseException) -> str:
    """The way of proving oneself that a driver does not know, by its name."""
    named = re.search(r"\b(?:for (\w+) auth|plugin '?b?'?(\w+))", str(cause))
    return (named[1] or named[2])[:40] if named else ""


def _package(plugin: str) -> str:
    """What to do about a way of proving oneself."""
    for name, package in _PACKAGES.items():
        if name in plugin:
            return package
    return (
        "ask the treasury for a role that proves itself by a password (scram-sha-256, mysql_native_password, ed25519)"
    )
