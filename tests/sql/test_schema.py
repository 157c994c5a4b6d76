"""The migrated warehouse as its readers find it: everything is explained, keyed, and open only to whom it should be."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from etl import settings
from tests.lib.privileges import refused

ROOMS = ("core", "score", "ops", "shown", "action", "access", "guarded", "mart", "restricted", "own", "migration")
READERS = ("hailong_reader", "hailong_draft_reader", "hailong_restricted")
GROUPS = (*READERS, "hailong_loader", "hailong_publisher", "hailong_pages", "hailong_case_worker", "hailong_scoped")
CLOSED_TO_READERS = ("core", "score", "ops", "shown", "action", "access", "guarded", "restricted", "own", "migration")

# fmt: off
RATING_KEYS = [
    # columns of score.rating       | lead to
    ("survey_month",                  "core.dim_month"),
    ("period_code",                   "core.dim_period"),
    ("period_code, revision_number",  "score.revision"),
    ("region_code",                   "core.dim_region"),
    ("treasury_id",                   "core.dim_treasury"),
    ("treasury_id, unit_code",        "core.dim_unit"),
    ("questionnaire_code",            "core.dim_questionnaire"),
    ("rule_set_code",                 "score.rule_set"),
    ("rule_set_code, grade_code",     "score.grade_band"),
]

RESPONSE_KEYS = [
    # columns of core.fact_response | lead to
    ("survey_month",                  "core.dim_month"),
    ("treasury_id, unit_code",        "core.dim_unit"),
    ("treasury_id, officer_code",     "core.dim_officer"),
    ("procedure_code",                "core.dim_procedure"),
    ("channel_code",                  "core.dim_channel"),
    ("respondent_type_code",          "core.dim_respondent_type"),
    ("questionnaire_code",            "core.dim_questionnaire"),
]

COMMENTS = [
    # view column                             | says, because
    ("mart.treasury_ranking.satisfaction_pct", "tỷ lệ hài lòng"),      # its own file says so
    ("mart.treasury_ranking.satisfied_count",  "the numerator"),       # score.rating says so
    ("mart.treasury_ranking.grade_code",       "Grade"),               # score.rating before score.grade_band
    ("mart.treasury_ranking.region_name_vi",   "Name of the region"),  # a dimension says so
    ("mart.treasury_trend.previous_rank",      "thứ hạng kỳ trước"),   # over shown.standing from score.standing
    ("mart.month_quality.run_id",              "Run of the outcome"),  # ops.treasury_month before ops.receipt
    ("restricted.comment.comment_text",        "Free text"),
]

FORBIDDEN = [
    # what a reader may not do
    "insert into score.rule_set values ('mine', '', '', '2023-01-01', null)",
    "update score.rating set rank = 1",
    "delete from core.fact_response",
    "truncate ops.turned_away",
    "drop view mart.treasury_trend",
    "create table mart.mine (a integer)",
    "create table restricted.mine (a integer)",
    "create table public.mine (a integer)",
    "create schema mine",
    "select core.ensure_month('2023-07-01')",
    "alter role hailong_reader superuser",
]
# fmt: on

RELATIONS = """
    select n.nspname || '.' || c.relname
    from pg_class as c join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname = any(%(rooms)s) and c.relkind = any(%(kinds)s) and not c.relispartition
"""
UNEXPLAINED_COLUMNS = """
    select n.nspname || '.' || c.relname || '.' || a.attname
    from pg_class as c join pg_namespace as n on c.relnamespace = n.oid join pg_attribute as a on a.attrelid = c.oid
    where n.nspname = any(%(rooms)s) and c.relkind = any(%(kinds)s) and not c.relispartition
        and a.attnum > 0 and not a.attisdropped and coalesce(col_description(c.oid, a.attnum), '') = ''
"""
FOREIGN_KEYS = """
    select
        (select string_agg(a.attname, ', ' order by k.place)
         from unnest(f.conkey) with ordinality as k (number, place)
         join pg_attribute as a on a.attrelid = f.conrelid and a.attnum = k.number) || ' -> ' || n.nspname || '.' || c.relname
    from pg_constraint as f join pg_class as c on c.oid = f.confrelid join pg_namespace as n on n.oid = c.relnamespace
    where f.contype = 'f' and f.conrelid = cast(%(table)s as regclass) and f.conenforced = %(is_enforced)s
"""  # noqa: E501


def found(connection: sa.Connection, query: str, **parameters: object) -> list[str]:
    """The values of a query's only column, sorted."""
    return sorted(connection.exec_driver_sql(query, parameters).scalars())


def relations(connection: sa.Connection, *rooms: str, kinds: str = "rpv", also: str = "") -> list[str]:
    """Tables (r, p) and views (v) of some schemas."""
    return found(connection, RELATIONS + also, rooms=list(rooms), kinds=list(kinds))


def test_every_room_table_and_view_is_explained(connection: sa.Connection) -> None:
    schemas = "select nspname from pg_namespace where nspname = any(%(rooms)s)"
    assert found(connection, schemas, rooms=list(ROOMS)) == sorted(ROOMS)
    unexplained = " and coalesce(obj_description(c.oid), '') = ''"
    assert relations(connection, *ROOMS, also=unexplained) == []
    assert found(connection, schemas + " and obj_description(oid) is null", rooms=list(ROOMS)) == []


def test_every_column_is_explained(connection: sa.Connection) -> None:
    assert found(connection, UNEXPLAINED_COLUMNS, rooms=list(ROOMS), kinds=list("rpv")) == []


def test_a_column_that_nobody_explained_is_found(connection: sa.Connection) -> None:
    connection.exec_driver_sql("create view mart.bare as select treasury_code as code from core.dim_treasury")
    assert found(connection, UNEXPLAINED_COLUMNS, rooms=["mart"], kinds=["v"]) == ["mart.bare.code"]


@pytest.mark.parametrize(("column", "says"), COMMENTS)
def test_a_view_column_says_what_it_means(connection: sa.Connection, column: str, says: str) -> None:
    view, name = column.rsplit(".", maxsplit=1)
    (comment,) = found(
        connection,
        "select col_description(attrelid, attnum) from pg_attribute"
        " where attrelid = cast(%(view)s as regclass) and attname = %(name)s",
        view=view,
        name=name,
    )
    assert says in comment


@pytest.mark.parametrize("room", ["shown", "action", "mart", "restricted"])
def test_every_view_has_the_file_of_its_name(connection: sa.Connection, room: str) -> None:
    assert relations(connection, room, kinds="v") == sorted(
        f"{room}.{file.stem}" for file in (settings.SQL / "marts" / {"mart": "views"}.get(room, room)).iterdir()
    )


def test_every_table_has_a_primary_key(connection: sa.Connection) -> None:
    keyless = " and not exists (select from pg_index as i where i.indrelid = c.oid and i.indisprimary)"
    assert relations(connection, "core", "score", "ops", "action", kinds="rp", also=keyless) == []
    assert relations(connection, "core", "score", "ops", "action", kinds="rp")


@pytest.mark.parametrize(
    ("table", "is_enforced", "keys"),
    [("score.rating", True, RATING_KEYS), ("core.fact_response", False, RESPONSE_KEYS)],
    ids=["score.rating", "core.fact_response"],
)
def test_facts_lead_to_their_dimensions(
    connection: sa.Connection, table: str, is_enforced: bool, keys: list[tuple[str, str]]
) -> None:
    expected = sorted(f"{columns} -> {dimension}" for columns, dimension in keys)
    assert found(connection, FOREIGN_KEYS, table=table, is_enforced=is_enforced) == expected
    assert found(connection, FOREIGN_KEYS, table=table, is_enforced=not is_enforced) == []


@pytest.mark.parametrize(
    ("role", "open_rooms"),
    [
        ("hailong_reader", ("mart",)),
        ("hailong_draft_reader", ("mart",)),
        ("hailong_restricted", ("mart", "restricted", "own")),
    ],
)
def test_a_role_reads_its_rooms_and_no_other(connection: sa.Connection, role: str, open_rooms: tuple[str, ...]) -> None:
    shown = relations(connection, *open_rooms)
    hidden = relations(connection, *(room for room in ROOMS if room not in open_rooms))
    assert len(shown) >= len(open_rooms)
    assert {name.split(".")[0] for name in hidden} == set(ROOMS) - set(open_rooms)
    connection.exec_driver_sql(f"set local role {role}")
    for name in shown:
        connection.exec_driver_sql(f"select * from {name} limit 1").all()
    assert [name for name in hidden if not refused(connection, f"select * from {name} limit 1")] == []


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_no_role_of_readers_may_write(connection: sa.Connection, role: str, statement: str) -> None:
    connection.exec_driver_sql(f"set local role {role}")
    assert refused(connection, statement)


@pytest.mark.parametrize("role", READERS)
def test_no_role_of_readers_has_a_privilege_to_write_on_anything(connection: sa.Connection, role: str) -> None:
    writable = f" and has_table_privilege('{role}', c.oid, 'insert, update, delete, truncate, references, trigger')"
    assert relations(connection, *ROOMS, also=writable) == []


@pytest.mark.parametrize("role", GROUPS)
def test_a_group_is_no_more_than_that(connection: sa.Connection, role: str) -> None:
    attributes = connection.exec_driver_sql(
        "select rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolbypassrls, rolreplication from pg_roles"
        " where rolname = %(role)s",
        {"role": role},
    ).one()
    assert tuple(attributes) == (False,) * 6
