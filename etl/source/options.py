"""The options of a connection: those of a driver, and what Airflow makes of its "extra"."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import psycopg
import sqlalchemy as sa

from etl.errors import Misdeclared

_EXTRA = "__extra__"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_. -]{0,39}")
_PYMYSQL = {
    "bind_address", "charset", "collation", "connect_timeout", "max_allowed_packet", "program_name", "read_timeout",
    "server_public_key", "ssl_ca", "ssl_capath", "ssl_cert", "ssl_check_hostname", "ssl_cipher", "ssl_key",
    "unix_socket", "use_unicode", "write_timeout",
}  # fmt: skip
_OF_SSL = {"ca": "ssl_ca", "capath": "ssl_capath", "cert": "ssl_cert", "key": "ssl_key", "cipher": "ssl_cipher",
           "check_hostname": "ssl_check_hostname"}  # fmt: skip


def of_json(text: str) -> sa.URL:
    """The URL of a connection in Airflow's JSON; another text raises LookupError or ValueError."""
    said: Mapping[str, Any] = json.loads(text)
    extra = said.get("extra") or {}
    url = sa.URL.create(
        str(said["conn_type"]),
        username=said.get("login") or None,
        password=said.get("password") or None,
        host=said.get("host") or None,
        port=int(said["port"]) if said.get("port") else None,
        database=said.get("schema") or None,
    )
    return url.set(query={_EXTRA: extra if isinstance(extra, str) else json.dumps(extra)})


def taken_apart(code: str, url: sa.URL) -> sa.URL:
    """A URL whose options stand on their own, instead of in Airflow's one ``__extra__``.

    What is no object of texts, numbers and truth values raises Misdeclared.
    """
    if _EXTRA not in url.query:
        return url
    text = url.query[_EXTRA]
    try:
        extra = json.loads(text if isinstance(text, str) else text[-1]) or {}
    except (ValueError, RecursionError):
        extra = None
    if not isinstance(extra, dict):
        raise Misdeclared(
            f"the extra of the connection treasury_{code} is no JSON object",
            next_action='write it as {"option": "value"}, or leave it empty',
        )
    options = {**{name: value for name, value in url.query.items() if name != _EXTRA}, **_flat(code, extra)}
    return url.set(query=options)


def check(code: str, url: sa.URL) -> None:
    """Raise Misdeclared for an option that the driver of a URL does not have, or that would mislead it.

    Other drivers than those that we ship say so themselves, when we connect.
    """
    given = {"host": url.host, "port": url.port, "dbname": url.database, "user": url.username, "password": url.password}
    twice = sorted(name for name in url.query if given.get(name))
    if twice and url.get_backend_name() == "postgresql":
        raise Misdeclared(
            f"the connection treasury_{code} says twice: {', '.join(twice)}",
            next_action="write each once, before the ? or behind it; in the password write a ? as %3F and an & as %26",
        )
    known = _known(url)
    unknown = sorted(name for name in url.query if known is not None and name not in known)
    if not unknown:
        return
    misleading = [name for name in unknown if name in ("ssl", "ssl_mode", "ssl_disabled", "tls")]
    shown = ", ".join(f"'{name}'" for name in unknown if _NAME.fullmatch(name)) or "one that is no name"
    if misleading and url.get_backend_name() in ("mysql", "mariadb"):
        raise Misdeclared(
            f"the connection treasury_{code} says {shown}, which does not say whom to trust",
            next_action="write ssl_ca=<file with the CA's certificate>: it encrypts, and verifies certificate and name",
        )
    raise Misdeclared(
        f"the connection treasury_{code} has an option that {url.drivername} does not know: {shown}",
        next_action="take it out, or mend its name: docs/sources.md; in the password write a ? as %3F and an & as %26",
    )


def _known(url: sa.URL) -> set[str] | None:
    """The options that a driver has; None where only the driver knows."""
    match url.drivername.partition("+")[2]:
        case "psycopg":
            return {default.keyword.decode() for default in psycopg.pq.Conninfo.get_defaults()}
        case "pymysql":
            return _PYMYSQL | {name for name in url.query if name.startswith("ssl_verify_")}  # refused by name
    return None


def _flat(code: str, extra: Mapping[str, Any]) -> dict[str, str]:
    """The options of an extra as texts; MySQL's ``ssl`` may be an object of them."""
    flat: dict[str, str] = {}
    for name, value in extra.items():
        if name == "ssl" and isinstance(value, dict):
            flat |= _flat(code, {_OF_SSL.get(part, f"ssl.{part}"): each for part, each in value.items()})
        elif isinstance(value, bool):
            flat[name] = str(value).lower()
        elif isinstance(value, str | int | float):
            flat[name] = str(value)
        elif value is not None:
            shown = f"'{name}'" if _NAME.fullmatch(name) else "an option"
            raise Misdeclared(
                f"the extra of the connection treasury_{code} gives {shown} a list or an object",
                next_action="give each option one text, number or truth value: docs/sources.md names the options",
            )
    return flat
