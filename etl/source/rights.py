"""Whether our role at a source could write.

A guest has no need of it.
"""

from __future__ import annotations

import re

import sqlalchemy as sa

_POSTGRESQL = """
select count(*)
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
where
    c.relkind in ('r', 'p')
    and n.nspname not in ('pg_catalog', 'information_schema')
    and has_table_privilege(c.oid, 'insert, update, delete, truncate')
"""
_WRITES = re.compile(r"^grant .*\b(all privileges|insert|update|delete|drop|alter|create)\b.* on ", re.IGNORECASE)


_OBJECTS = """
select bool_or(has_function_privilege(p.oid, 'execute'))
from pg_proc as p
where
    p.pronamespace = 'pg_catalog'::regnamespace
    and p.proname in ('lo_creat', 'lo_create', 'lo_from_bytea')
"""


def can_write_objects(connection: sa.Connection) -> bool:
    """Whether a connection's role may fill a PostgreSQL database with large objects."""
    return connection.dialect.name == "postgresql" and bool(connection.execute(sa.text(_OBJECTS)).scalar_one())


def can_write(connection: sa.Connection) -> bool:
    """Whether a connection's role may write; False where unknown."""
    match connection.dialect.name:
        case "postgresql":
            return bool(connection.execute(sa.text(_POSTGRESQL)).scalar_one())
        case "mysql" | "mariadb":
            grants = connection.execute(sa.text("show grants")).scalars()
            return any(_WRITES.match(str(grant)) for grant in grants)
    return False
