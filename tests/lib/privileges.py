"""Asking a warehouse for privileges."""

from __future__ import annotations

import psycopg
import sqlalchemy as sa


def refused(connection: sa.Connection, statement: str) -> bool:
    """Whether a statement fails for want of a privilege; the transaction goes on."""
    try:
        with connection.begin_nested() as savepoint:
            connection.exec_driver_sql(statement)
            savepoint.rollback()
    except sa.exc.ProgrammingError as error:
        return isinstance(error.orig, psycopg.errors.InsufficientPrivilege)
    return False
