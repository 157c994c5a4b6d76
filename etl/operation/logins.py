"""Logins that see what is theirs: made with what the server logs of them, and recorded with whose they are.

What a login sees the database says by its name (``sql/operation/functions``); here is only written for whom it is.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from etl import warehouse
from etl.acting.moment import Moment
from etl.errors import HailongError, Misdeclared
from etl.operation.login_kinds import LoginKind, Scope
from etl.registry import Registry
from etl.warehouse import Row, Rows

_ROUNDS = 4096
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_BY_HAND = "let the server's superuser make the login with sql/guest/scoped.postgresql.sql, and run this again"

_FAULTS = {
    "missing": "the server has no such login",
    "unscoped": "it is not in hailong_scoped, or cannot log in",
    "mighty": "it may do everything",
    "grouped": "it is in a group that sees all treasuries",
    "unlogged": "the server may not log what it reads",
}


@dataclass(frozen=True)
class NewLogin:
    """What was made: the name of its treasury, and the URL with the password of a login that is new."""

    treasury_name: str | None
    url: str | None


def make(login_name: str, kind: LoginKind, scope: Scope) -> NewLogin:
    """Make a login of a kind, where there is none, and record its scope.

    A login of another kind, or one that may see more, raises Misdeclared.
    """
    if not _NAME.fullmatch(login_name):
        raise Misdeclared(
            f"a login cannot be called '{login_name}'",
            next_action="take up to 63 small letters, digits and _, beginning with a letter",
        )
    _refuse_scope(kind, scope)
    with warehouse.transaction() as connection:
        known = warehouse.rows(connection, "operation/login_role", login_name=login_name)
        if known:
            _refuse_unfit(login_name, kind, known[0])
        password = None if known else _make_role(connection, login_name)
        warehouse.run(connection, "operation/keep_login", {"login_name": login_name, "login_kind": kind.value})
        name = None if kind.is_of_network else _keep_scope(connection, login_name, kind, scope)
    if password is None:
        return NewLogin(name, None)
    own = warehouse.url().set(drivername="postgresql", username=login_name, password=password)
    return NewLogin(name, own.render_as_string(hide_password=False))


def end(login_name: str) -> None:
    """Let a login see nothing from today on; one that saw nothing raises Misdeclared."""
    with warehouse.transaction() as connection:
        asked = {"login_name": login_name, "today": Moment.now(connection).today}
        (outcome,) = warehouse.rows(connection, "operation/end_scopes", **asked)
    if not outcome["ended_count"]:
        raise Misdeclared(f"the login '{login_name}' is for nothing", next_action="see hailong login list")


def listed() -> Rows:
    """Each login with its treasuries or units; ``error_message`` says what is wrong with it."""
    with warehouse.transaction() as connection:
        rows = warehouse.rows(connection, "operation/logins")
    return [row | {"error_message": _FAULTS.get(row["fault_code"])} for row in rows]


def reads(login_name: str | None = None, since: dt.date | None = None) -> Rows:
    """Who read what that is restricted, by minute, newest first; ``since`` begins at the network's midnight."""
    start = since and dt.datetime.combine(since, dt.time(), Registry.configured().zone())
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "operation/reads", login_name=login_name, since=start)


def _refuse_scope(kind: LoginKind, scope: Scope) -> None:
    """Raise Misdeclared for a treasury or unit too many, or too few."""
    is_right = {
        LoginKind.unit: scope.treasury_code is not None and scope.unit_code is not None,
        LoginKind.treasury: scope.treasury_code is not None and scope.unit_code is None,
        LoginKind.worker: scope.treasury_code is not None and scope.unit_code is None,
    }.get(kind, scope == Scope())
    if not is_right:
        raise Misdeclared(
            f"a login of the kind {kind.value} is not for this",
            next_action="give --treasury to treasury and worker, --treasury and --unit to unit, and none to the others",
        )


def _refuse_unfit(login_name: str, kind: LoginKind, role: Row) -> None:
    """Raise Misdeclared for a login that there is and that is another's, or sees more than its own."""
    if role["login_kind"] not in (None, kind.value):
        raise Misdeclared(
            f"the login '{login_name}' is of the kind {role['login_kind']}", next_action="make another one"
        )
    if role["is_mighty"] or role["other_groups"]:
        raise Misdeclared(
            f"the login '{login_name}' may see more than its own", next_action="make another one for this alone"
        )
    if not role["is_scoped"] or not role["is_logged"]:
        raise Misdeclared(
            f"of the login '{login_name}' the server does not log who read what, or it is not in hailong_scoped",
            next_action=_BY_HAND,
        )


def _make_role(connection: warehouse.Connection, login_name: str) -> str:
    """Make a role that can log in; its password, of which the server is told the verifier alone."""
    password = secrets.token_urlsafe(24)
    asked = {"login_name": login_name, "login_password": _verifier(password)}
    try:
        with warehouse.attempt(connection):
            for row in warehouse.rows(connection, "operation/scoped_login", **asked):
                connection.exec_driver_sql(row["command"], execution_options={"no_parameters": True})
    except HailongError as error:
        raise Misdeclared(f"the login '{login_name}' is not made: {error.message}", next_action=_BY_HAND) from None
    return password


def _keep_scope(connection: warehouse.Connection, login_name: str, kind: LoginKind, scope: Scope) -> str:
    """Record for which treasury or unit a login is; the treasury's name. None of that code raises Misdeclared."""
    first = scope.valid_from or Moment.now(connection).today
    asked = {"treasury_code": scope.treasury_code, "on_day": first}
    offices = warehouse.rows(connection, "operation/scoped_treasury", **asked)
    if not offices:
        raise Misdeclared(
            f"no treasury has the code '{scope.treasury_code}' on {first}, or several had it before",
            next_action="see the codes in treasuries.yaml, and give --from a day on which it had the code",
        )
    said = {"login_name": login_name, "login_kind": kind.value, "treasury_id": offices[0]["treasury_id"]}
    said |= {"unit_code": scope.unit_code, "valid_from": first, "valid_to": scope.valid_to}
    try:
        with warehouse.attempt(connection):
            warehouse.run(connection, "operation/keep_scope", said)
    except Misdeclared:
        raise Misdeclared(
            f"treasury {scope.treasury_code} has no unit '{scope.unit_code}', or the days are in the wrong order",
            next_action="see its units in units.yaml",
        ) from None
    return str(offices[0]["treasury_name_vi"])


def _verifier(password: str) -> str:
    """What the server keeps of a password (SCRAM-SHA-256, RFC 5803): no log can tell it."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt_64, stored_64, server_64 = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${_ROUNDS}:{salt_64}${stored_64}:{server_64}"
