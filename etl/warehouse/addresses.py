"""What the URL of a database can say, be it the warehouse's or an office's."""

from __future__ import annotations

MOST_PORT = 65_535
ESCAPED = "write an @ in the password as %40, a / as %2F, a ? as %3F and a # as %23"
"""What to do where a password is taken for something else."""
NOT_UNDERSTOOD = (
    "invalid connection option", "invalid uri", r"invalid \w+ value", r"invalid .* for connection option",
    r"invalid value for .*parameter", "unrecognized configuration parameter", "not compiled in",
    r"invalid .*protocol version", "missing \"=\"", "invalid command-line argument", "definition of service",
    "invalid port number", "bad value", r'invalid "\w+" value', "requires a value", "gssapi",
    "could not parse network address", "replication connection", r'role ".*" does not exist',
    "permission denied to set",
)  # fmt: skip
"""Patterns of what PostgreSQL's client or server says, in lower case, of an option that no second try can mend.

There is no code for it: it is said before there is a session.
"""


def is_host(text: str) -> bool:
    """Whether a URL's host can be one: names with commas between them, or the directory of a socket."""
    try:
        for name in text.split(","):
            name.encode("idna")
    except UnicodeError:
        return text.startswith("/")
    return True


def is_port(number: int | None) -> bool:
    """Whether a server can listen on a port; one that is not said is the usual one."""
    return number is None or 1 <= number <= MOST_PORT
