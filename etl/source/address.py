"""Where a treasury's database is: the URL of its connection."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import unquote

import sqlalchemy as sa
import yaml

from etl import settings
from etl.errors import Misdeclared

_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "oracle": "oracle+oracledb",
    "mssql": "mssql+pyodbc",
}
_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "oracle": 1521, "mssql": 1433}


def url_of(code: str, uri: str | None = None) -> sa.URL:
    """A treasury's database URL.

    It is the one given (by Airflow), else the environment's, else the connections file's. Everything after the ``?``,
    encryption included, goes to the driver as it is; a SQLite file is opened to read only.
    """
    file = settings.read().connections
    uri = uri or settings.connection_uri(code) or _connections(file).get(f"treasury_{code}")
    if not uri:
        raise Misdeclared(
            f"treasury {code} has no connection",
            next_action=f"declare treasury_{code} in Airflow, as AIRFLOW_CONN_TREASURY_{code}, or in {file}",
        )
    try:
        url = sa.make_url(uri)
    except (sa.exc.ArgumentError, ValueError):
        raise Misdeclared(
            f"the connection treasury_{code} is not a URL",
            next_action="write it as dialect://user:password@host:port/database",
        ) from None
    if "@" in (url.host or ""):
        raise Misdeclared(
            f"the connection treasury_{code} has an @ too many", next_action="write an @ in the password as %40"
        )
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or unquote(url.host or "")).resolve()  # Airflow keeps the path as the host
        return sa.URL.create("sqlite", database=path.as_uri(), query={"mode": "ro", "uri": "true"})
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def where(url: sa.URL) -> str:
    """Where a database is, for messages: host, port and name."""
    port = f":{url.port}" if url.port else ""
    return f"{url.host}{port}/{url.database}" if url.host else str(url.database)


def server_of(url: sa.URL) -> str | None:
    """The server of a URL, as ``host:port``; None for a file."""
    port = url.port or _PORTS.get(url.get_backend_name(), 0)
    return f"{url.host.lower()}:{port}" if url.host else None


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
        connections = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError):  # the library's message may quote a line with its password
        connections = None
    if not isinstance(connections, dict):
        raise Misdeclared(f"{file} is not a list of 'treasury_<code>: URL'", next_action="mend the file")
    return connections
