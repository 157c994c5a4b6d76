"""Where a treasury's database is: the URL of its connection."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import unquote

import sqlalchemy as sa

from etl import settings
from etl.errors import Misdeclared
from etl.registry import document
from etl.source import options
from etl.source.said import plain
from etl.warehouse.addresses import ESCAPED, MOST_PORT, is_host, is_port

_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "oracle": "oracle+oracledb",
    "mssql": "mssql+pyodbc",
}
_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "oracle": 1521, "mssql": 1433}
_LOG_IN = ("postgresql", "mysql", "mariadb")


def url_of(code: str, uri: str | None = None) -> sa.URL:
    """A treasury's database URL.

    It is the one given (by Airflow), else the environment's, else the connections file's. What stands after the ``?``,
    encryption included, goes to the driver as it is, and an option that the driver does not have raises Misdeclared; a
    SQLite file is opened to read only. No error shows more of a connection than the names of its options.
    """
    file = settings.read().connections
    uri = uri or settings.connection_uri(code) or _connections(file).get(f"treasury_{code}")
    if not uri:
        raise Misdeclared(
            f"treasury {code} has no connection",
            next_action=f"declare treasury_{code} in Airflow, as AIRFLOW_CONN_TREASURY_{code}, or in {file}",
        )
    url = options.taken_apart(code, _parsed(code, str(uri)))
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or url.host or "").absolute()  # Airflow keeps the path as the host
        return sa.URL.create("sqlite", database=path.as_uri(), query={"mode": "ro", "uri": "true"})
    _refuse_a_split_password(code, str(uri), url)
    _refuse_no_address(code, url)
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    options.check(code, url)
    return url


def where(url: sa.URL) -> str:
    """Where a database is, for messages: host, port and name."""
    port = f":{url.port}" if url.port else ""
    return plain(f"{url.host}{port}/{url.database}" if url.host else str(url.database))


def server_of(url: sa.URL) -> str | None:
    """The server of a URL, as ``host:port``; None for a file."""
    port = url.port or _PORTS.get(url.get_backend_name(), 0)
    return f"{url.host.lower()}:{port}" if url.host else None


def _parsed(code: str, uri: str) -> sa.URL:
    """A connection as a URL, also one that Airflow keeps as JSON."""
    try:
        url = options.of_json(uri) if uri.lstrip().startswith("{") else sa.make_url(uri.strip())
        url = url.set(host=unquote(url.host)) if url.host else url  # Airflow escapes it as well
        if any("\0" in str(part) for part in (url.username, url.password, url.host, url.database)):
            raise ValueError
    except (sa.exc.ArgumentError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise Misdeclared(
            f"the connection treasury_{code} is not a URL",
            next_action="write it as dialect://user:password@host:port/database, and in the password an @ as %40, a"
            " / as %2F, a : as %3A, a ? as %3F, a # as %23, a % as %25",
        ) from None
    return url


def _refuse_a_split_password(code: str, uri: str, url: sa.URL) -> None:
    """Raise Misdeclared where the rest of a password was taken for something else.

    So it is where an @ comes after the user's, and where nobody is left to log in.
    """
    written = "" if uri.lstrip().startswith("{") else uri
    shown = (url.host, url.database, *url.query)
    if any("@" in (part or "") for part in shown) or written.count("@") > 1 + (url.username or "").count("@"):
        raise Misdeclared(
            f"the connection treasury_{code} has an @ too many",
            next_action=ESCAPED,
        )
    if url.get_backend_name() in _LOG_IN and url.host and not (url.username or "user" in url.query):
        raise Misdeclared(
            f"the connection treasury_{code} names no user",
            next_action="write it as dialect://user:password@host:port/database, and in the password a / as %2F, a # as"
            " %23, a ? as %3F and an @ as %40",
        )


def _refuse_no_address(code: str, url: sa.URL) -> None:
    """Raise Misdeclared for a host or a port that none can be."""
    if not is_host(url.host or ""):
        raise Misdeclared(
            f"the host of the connection treasury_{code} can be no host's name",
            next_action="write the name of the server: words of 1 to 63 letters with dots between them",
        )
    if not is_port(url.port):
        raise Misdeclared(
            f"the connection treasury_{code} has the port {url.port}",
            next_action=f"write the port on which the server listens, from 1 to {MOST_PORT}",
        )


def _connections(file: Path) -> dict[str, str]:
    """The connections file, empty when there is none."""
    if not file.exists():
        return {}
    return _read_connections(file, file.stat().st_mtime_ns)


@cache
def _read_connections(file: Path, _: int) -> dict[str, str]:
    """The connections file as it was at a time of change.

    Sixty treasuries do not read it sixty times.
    """
    try:
        settings.refuse_no_file(file)
        connections = document.values(document.text_of(file.read_bytes()))
    except OSError as error:
        raise Misdeclared(f"{file} cannot be read: {error.strerror}", next_action="mend the file") from None
    except document.Unparsable as error:  # what it says may quote a line with its password
        line = f":{error.line}" if error.line else ""
        raise Misdeclared(f"{file}{line} is no list of 'treasury_<code>: URL'", next_action="mend the file") from None
    if not isinstance(connections, dict):
        raise Misdeclared(f"{file} is no list of 'treasury_<code>: URL'", next_action="mend the file")
    for name, uri in connections.items():
        if not isinstance(uri, str):
            raise Misdeclared(f"{file}: {name} is no URL", next_action="mend the file")
    return connections
