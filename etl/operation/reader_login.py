"""The login of the embedded server that only reads: what the demo's dashboards are shown through."""

from __future__ import annotations

import hmac

from etl import settings, warehouse
from etl.errors import Misdeclared

_LOGIN = "hailong_bi"


def refuse_own_warehouse() -> None:
    """Raise Misdeclared where the warehouse is not the embedded one.

    The administrator of another makes its logins.
    """
    if not settings.read().is_embedded:
        raise Misdeclared(
            "HAILONG_WAREHOUSE_URL is set: only on the embedded server a login is made here",
            next_action="have its administrator make one with sql/guest/reader.postgresql.sql (docs/connect.md)",
        )


def url() -> str:
    """The URL of the login, which is made or made again.

    It is the same each time, so that who reads at this moment goes on.
    """
    owner = warehouse.url().set(drivername="postgresql")
    # it tells nothing of what it is made from
    password = hmac.digest(str(owner.password).encode(), _LOGIN.encode(), "sha256").hex()
    with warehouse.transaction() as connection:
        for row in warehouse.rows(connection, "operation/reader_login", login_name=_LOGIN, login_password=password):
            connection.exec_driver_sql(row["command"])
    return owner.set(username=_LOGIN, password=password).render_as_string(hide_password=False)
