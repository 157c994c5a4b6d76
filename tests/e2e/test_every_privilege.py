"""Every privilege of every role on every relation is used, and nothing that is published changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.errors import HailongError
from etl.publishing import verify
from etl.registry import Registry
from etl.scoring import drafts
from tests.lib.kept import Copy, Kept
from tests.lib.readers import MONTH, OF_RUNS, PUBLISHED

ROLES = """
    select rolname from pg_roles
    where rolname like 'hailong\\_%%' and not rolcanlogin
    order by rolname
"""
RELATIONS = """
    select n.nspname, c.relname, c.oid
    from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname !~ '^(pg_|information_schema)' and c.relkind in ('r', 'p', 'v', 'm', 'f')
    order by n.nspname, c.relname
"""
COLUMNS = """
    select a.attname, format_type(a.atttypid, a.atttypmod) as type, t.typcategory, a.attidentity != '' as is_identity
    from pg_attribute as a inner join pg_type as t on a.atttypid = t.oid
    where a.attrelid = %(oid)s and a.attnum > 0 and not a.attisdropped
    order by a.attnum
"""
FUNCTIONS = """
    select format('%%I.%%I', n.nspname, p.proname) as name, p.oid, p.pronargs,
        array(select format_type(t, null) from unnest(p.proargtypes) as t) as types
    from pg_proc as p inner join pg_namespace as n on p.pronamespace = n.oid
    where n.nspname !~ '^(pg_|information_schema)' and p.prorettype != 'trigger'::regtype
    order by 1
"""
LARGE_OBJECTS = (
    "select lo_create(0)", "select lo_creat(-1)", "select lo_from_bytea(0, 'x')", "select lo_put(1, 0, 'x')",
    "select lo_unlink(1)", "select lowrite(0, 'x')", "select lo_truncate(0, 0)", "select lo_truncate64(0, 0)",
)  # fmt: skip
OTHER = {  # by category of type: a value that is not the one that stands there
    "S": "{0} || 'x'", "N": "{0} + 1", "B": "not {0}", "D": "{0} + interval '31 days'", "A": "null", "U": "null",
}  # fmt: skip
OF_ANSWERS = ("comment", "harassment_report", "case", "case_event", "assignment", "officer_comment", "processing")
"""Restricted views of answers, of cases and of what is done with them, and not of a publication."""
GIVEN = {
    "text": [f"'{MONTH}'", "'x'"], "integer": ["0", "1", "2", "77"], "date": ["date '2001-01-01'"],
    "date[]": [f"array[date '{MONTH}-01']"], "regclass": ["'score.rating'::regclass"],
    "bigint": ["1"], "jsonb": ["'{}'::jsonb"],
    "timestamp with time zone": ["now()"],
}  # fmt: skip


@pytest.fixture
def connection(copy_of: Callable[[Kept], Copy]) -> Iterator[sa.Connection]:
    """A transaction on a published month, rolled back at the end."""
    copy = copy_of(PUBLISHED)
    with sa.create_engine(copy.url, poolclass=sa.NullPool).connect() as connection:
        yield connection


def published(connection: sa.Connection) -> str:
    """A digest of every answer about what is published, to each group that reads, and of all that is frozen."""
    said = hashlib.sha256()
    for role, schemas in (("hailong_reader", "mart"), ("hailong_restricted", "restricted")):
        connection.exec_driver_sql(f"set local role {role}")
        marts = connection.exec_driver_sql(
            f"select relname from pg_class where relnamespace = '{schemas}'::regnamespace and relkind in ('r', 'v')"
            " order by 1"
        ).scalars()
        for mart in marts:
            if mart in OF_RUNS or mart in OF_ANSWERS:
                continue
            column = "to_jsonb(m) - 'harassment_report_count'"
            rows = connection.exec_driver_sql(
                f"select md5(string_agg(({column})::text, '|' order by ({column})::text)) from {schemas}.{mart} as m"
            ).scalar_one()
            said.update(f"{mart} {rows}".encode())
        connection.exec_driver_sql("reset role")
    frozen = connection.exec_driver_sql(
        "select r.period_code, r.revision_number, r.figures_digest = score.figures_digest(r.period_code,"
        " r.revision_number), r.words_digest = score.words_digest(r.period_code, r.revision_number)"
        " from score.revision as r where r.revision_number > 0 order by 1, 2"
    ).all()
    said.update(repr(frozen).encode())
    return said.hexdigest()


def verified(connection: sa.Connection) -> str | None:
    """What verification says of the revision as things stand; None when it passes."""
    period = Registry.configured().period(MONTH)
    with connection.begin_nested() as savepoint:
        rows = warehouse.rows(connection, "publishing/revisions", period_code=MONTH)
        try:
            drafts.refuse_edited(connection, period)
            verify._verify(connection, Registry.configured(), period, rows[-1])
        except (HailongError, sa.exc.DBAPIError) as error:
            return f"{type(error).__name__}: {error}"
        finally:
            savepoint.rollback()
    return None


def attempts(connection: sa.Connection, role: str, relation: Any) -> Iterator[str]:
    """Every kind of writing that a role may do to a relation, as statements."""
    schema, name, oid = relation
    table = f'{schema}."{name}"'
    columns = connection.exec_driver_sql(COLUMNS, {"oid": oid}).mappings().all()

    def may(privilege: str, column: str | None = None) -> bool:
        if column is None:
            return bool(connection.scalar(sa.text(f"select has_table_privilege('{role}', {oid}, '{privilege}')")))
        asked = f"select has_column_privilege('{role}', {oid}, '{column}', '{privilege}')"
        return bool(connection.scalar(sa.text(asked)))

    changed = {c["attname"]: OTHER.get(c["typcategory"], "null").format(f't."{c["attname"]}"') for c in columns}
    for column in columns:
        if may("update", column["attname"]):
            yield f'update {table} as t set "{column["attname"]}" = {changed[column["attname"]]}'
    if any(may("insert", column["attname"]) for column in columns):
        kept = [column["attname"] for column in columns if not column["is_identity"]]
        named = ", ".join(f'"{column}"' for column in kept)
        for column in kept:  # a copy of each row that differs in one column, also as another revision
            differs = "77" if column == "revision_number" else f"cast({changed[column]} as {_type(columns, column)})"
            values = ", ".join(differs if one == column else f't."{one}"' for one in kept)
            yield f"insert into {table} ({named}) select {values} from {table} as t on conflict do nothing"
    for privilege, statement in (("delete", f"delete from {table}"), ("truncate", f"truncate {table} cascade")):
        if may(privilege):
            yield statement


def _type(columns: Any, name: str) -> str:
    """The type of a column."""
    return next(str(column["type"]) for column in columns if column["attname"] == name)


def calls(connection: sa.Connection, role: str) -> Iterator[str]:
    """Every function that a role may call, with a few values of each argument."""
    for function in connection.exec_driver_sql(FUNCTIONS).mappings().all():
        asked = sa.text(f"select has_function_privilege('{role}', {function['oid']}, 'execute')")
        if not connection.scalar(asked):
            continue
        for place in range(max((len(GIVEN[one]) for one in function["types"]), default=1)):
            values = [GIVEN[one][min(place, len(GIVEN[one]) - 1)] for one in function["types"]]
            yield f"select {function['name']}({', '.join(values)})"


def done(connection: sa.Connection, role: str, statement: str) -> bool:
    """Whether a statement changed something, or was refused; it stays done."""
    savepoint = connection.begin_nested()
    try:
        connection.exec_driver_sql(f"set local role {role}")
        rows = connection.exec_driver_sql(statement.replace("%", "%%")).rowcount
        connection.exec_driver_sql("set constraints all immediate")
        connection.exec_driver_sql("reset role")
    except sa.exc.DBAPIError:
        savepoint.rollback()
        return False
    savepoint.commit()
    return rows != 0


def altered(connection: sa.Connection, role: str, kinds: tuple[str, ...]) -> list[str]:
    """What is published otherwise after a role has written all that it may, relation by relation, in some ways.

    What it wrote in one relation is kept for the next ones, unless it changed something. Verification is asked once for
    all of them. Undone at the end.
    """
    before = published(connection)
    changed: list[str] = []
    with connection.begin_nested() as all_of_them:
        for relation in connection.exec_driver_sql(RELATIONS).all():
            with connection.begin_nested() as savepoint:
                statements = [one for one in attempts(connection, role, relation) if one.startswith(kinds)]
                is_done = [done(connection, role, statement) for statement in statements]
                is_changed = any(is_done) and published(connection) != before
                if is_changed:
                    changed.append(f"{role}, {kinds} of {relation[0]}.{relation[1]}: an answer to readers")
                if is_changed or relation[1] == "lockable":  # verification would wait for what we have not committed
                    savepoint.rollback()
        if error := verified(connection):
            changed.append(f"{role}, {kinds} of all: {error}")
        all_of_them.rollback()
    return changed


@pytest.mark.deep
@pytest.mark.parametrize("kinds", [("update", "insert"), ("delete", "truncate")], ids=" and ".join)
def test_no_privilege_of_any_role_changes_what_is_published(connection: sa.Connection, kinds: tuple[str, ...]) -> None:
    assert verified(connection) is None
    roles = list(connection.exec_driver_sql(ROLES).scalars())
    assert len(roles) >= 6
    assert [fault for role in roles for fault in altered(connection, role, kinds)] == []


@pytest.mark.deep
def test_no_function_that_a_role_may_call_changes_what_is_published(connection: sa.Connection) -> None:
    before, called, changed = published(connection), 0, []
    for role in connection.exec_driver_sql(ROLES).scalars().all():
        for statement in calls(connection, role):
            with connection.begin_nested() as savepoint:
                called += 1
                if done(connection, role, statement) and published(connection) != before:
                    changed.append(f"{role}: {statement}")
                savepoint.rollback()
    assert changed == []
    assert called > 10


@pytest.mark.deep
def test_a_privilege_too_many_is_found(connection: sa.Connection) -> None:
    before = published(connection)
    connection.exec_driver_sql("grant update on mart.fact_treasury to hailong_publisher")
    fact = next(one for one in connection.exec_driver_sql(RELATIONS).all() if one[1] == "fact_treasury")
    found = [
        one for one in attempts(connection, "hailong_publisher", fact) if done(connection, "hailong_publisher", one)
    ]
    assert len(found) > 3
    assert published(connection) != before
    assert "mart.fact_treasury" in str(verified(connection))


def test_no_group_writes_large_objects_or_locks_what_is_written(connection: sa.Connection) -> None:
    writable = []
    for role in connection.exec_driver_sql(ROLES).scalars().all():
        for statement in LARGE_OBJECTS:
            writable += [(role, statement)] if _is_let(connection, role, statement) else []
    assert writable == []
    locks = [
        (role, f"{schema}.{name}", mode)
        for role in ("hailong_reader", "hailong_draft_reader", "hailong_restricted", "hailong_pages")
        for schema, name, _ in connection.exec_driver_sql(RELATIONS).all()
        for mode in ("share row exclusive", "row share")
        if _is_let(connection, role, f'lock table {schema}."{name}" in {mode} mode nowait')
    ]
    assert [one for one in locks if one[2] != "row share"] == []
    assert [one for one in locks if one[2] == "row share"] == []


def _is_let(connection: sa.Connection, role: str, statement: str) -> bool:
    """Whether a role is not refused a statement for want of a privilege."""
    with connection.begin_nested() as savepoint:
        try:
            connection.exec_driver_sql(f"set local role {role}")
            connection.exec_driver_sql(statement)
        except sa.exc.DBAPIError as error:
            return getattr(error.orig, "sqlstate", "") != "42501"
        finally:
            savepoint.rollback()
    return True
