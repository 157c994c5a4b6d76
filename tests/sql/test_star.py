"""The star declares its keys; what readers have is promised, explained in both languages, and in the dictionary."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import settings
from etl.publishing import star
from etl.warehouse import dictionary, statements
from tests.lib.privileges import refused

PROJECT = Path(__file__).resolve().parents[2]
CONTRACT = settings.SQL / "contract.csv"

# fmt: off
KEYS = [
    # fact | primary key | leads to, besides dim_month, dim_treasury and dim_grade
    ("fact_treasury",         "survey_month treasury_id",                         "dim_month dim_month"),
    ("fact_unit",             "survey_month unit_key",                            "dim_unit"),
    ("fact_criterion",        "criterion_key survey_month treasury_id",           "dim_criterion"),
    ("fact_procedure",        "procedure_code survey_month treasury_id",          "dim_procedure"),
    ("fact_channel",          "channel_code survey_month treasury_id",            "dim_channel"),
    ("fact_respondent_type",  "respondent_type_code survey_month treasury_id",    "dim_respondent_type"),
]
# fmt: on

PRIMARY_KEY = """
    select k.column_name from information_schema.table_constraints as c
    join information_schema.key_column_usage as k using (constraint_schema, constraint_name)
    where c.constraint_type = 'PRIMARY KEY' and c.table_schema = 'mart' and c.table_name = :fact
"""
LEADS_TO = """
    select t.table_name from information_schema.table_constraints as c
    join information_schema.referential_constraints as r using (constraint_schema, constraint_name)
    join information_schema.table_constraints as t
        on t.constraint_schema = r.unique_constraint_schema and t.constraint_name = r.unique_constraint_name
    where c.constraint_type = 'FOREIGN KEY' and c.table_schema = 'mart' and c.table_name = :fact
"""
IN_VIETNAMESE = re.compile(r"\([^()]*[à-ỹăđơưÀ-ỸĂĐƠƯ][^()]*\)")
"""A bracket in which at least one letter is only Vietnamese: how every comment gives the reader's own word."""


def columns(connection: sa.Connection) -> list[dict[str, str]]:
    """Every column that readers have, as the dictionary knows it."""
    return [
        dict(row) for row in connection.execute(sa.text(statements.named("publishing/mart_columns").sql)).mappings()
    ]


def in_one_language(found: list[dict[str, str]]) -> list[str]:
    """The columns and tables whose meaning lacks the Vietnamese word."""
    meanings = {f"{one['relation']}.{one['column_name']}": one["column_meaning"] for one in found}
    meanings |= {one["relation"]: one["relation_meaning"] for one in found}
    return sorted(name for name, meaning in meanings.items() if not IN_VIETNAMESE.search(meaning or ""))


def broken_promises(found: list[dict[str, str]], promised: list[dict[str, str]]) -> dict[str, list[str]]:
    """What the warehouse has otherwise than the contract says."""
    has = {(one["relation"], one["column_name"]): one["column_type"].split("(")[0] for one in found}
    said = {(one["relation"], one["column"]): one["type"] for one in promised}
    return {
        "gone: keep it, and make <mart>_v2 beside it": sorted(".".join(key) for key in said.keys() - has.keys()),
        "of another type: keep it, and make <mart>_v2 beside it": sorted(
            ".".join(key) for key in said.keys() & has.keys() if said[key] != has[key]
        ),
        "new: add it to sql/contract.csv": sorted(f"{','.join(key)},{has[key]}" for key in has.keys() - said.keys()),
    }


def contract() -> list[dict[str, str]]:
    """The lines of the contract."""
    with CONTRACT.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("fact", "primary", "leads_to"), KEYS, ids=[row[0] for row in KEYS])
def test_a_fact_declares_its_keys(connection: sa.Connection, fact: str, primary: str, leads_to: str) -> None:
    found = connection.execute(sa.text(PRIMARY_KEY), {"fact": fact}).scalars()
    assert sorted(found) == primary.split()
    found = connection.execute(sa.text(LEADS_TO), {"fact": fact}).scalars()
    assert sorted(found) == sorted(["dim_month", "dim_treasury", "dim_grade", *leads_to.split()])


def test_every_fact_is_among_them_and_every_table_of_the_star_has_a_key(connection: sa.Connection) -> None:
    assert sorted(name for name, *_ in KEYS) == sorted(f"fact_{name}" for name in star.FACTS)
    tables = {one["relation"] for one in columns(connection) if one["relation_kind"] == "table"}
    assert tables == {f"mart.fact_{name}" for name in star.FACTS} | {f"mart.dim_{name}" for name in star.DIMENSIONS}
    assert {one["relation"] for one in columns(connection) if one["is_primary"]} == tables


def test_a_fact_without_its_dimension_is_refused(connection: sa.Connection) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql(
            "insert into mart.fact_channel (survey_month, treasury_id, channel_code, is_hidden, footnote_codes,"
            " revision_number) values ('2023-07-01', 1, 'web', false, '{}', 1)"
        )


@pytest.mark.parametrize(
    "role", ["hailong_reader", "hailong_restricted", "hailong_loader", "hailong_pages", "hailong_publisher"]
)
@pytest.mark.parametrize(
    "statement",
    [
        "insert into mart.dim_region values ('mine', '', '')",
        "update mart.fact_treasury set rank = 1",
        "delete from mart.fact_unit",
        "truncate mart.dim_month cascade",
        "drop table mart.fact_channel",
    ],
)
def test_nobody_but_the_owner_writes_the_star(connection: sa.Connection, role: str, statement: str) -> None:
    connection.exec_driver_sql(f"set local role {role}")
    assert refused(connection, statement)
    connection.exec_driver_sql("select * from mart.fact_treasury limit 1").all()


def test_every_comment_has_the_vietnamese_word(connection: sa.Connection) -> None:
    assert in_one_language(columns(connection)) == []


def test_a_comment_in_one_language_is_found(connection: sa.Connection) -> None:
    for meaning in ("The grade", "The grade (xep loai)", "xếp loại"):
        connection.exec_driver_sql(f"comment on column mart.dim_grade.grade_code is '{meaning}'")
        assert in_one_language(columns(connection)) == ["mart.dim_grade.grade_code"]


def test_the_warehouse_keeps_its_contract_with_the_readers(connection: sa.Connection) -> None:
    assert broken_promises(columns(connection), contract()) == {fault: [] for fault in broken_promises([], [])}
    lines = [(one["relation"], one["column"]) for one in contract()]
    assert lines == sorted(set(lines))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", one["since_version"]) for one in contract())


def test_a_broken_promise_is_found(connection: sa.Connection) -> None:
    connection.exec_driver_sql("alter table mart.dim_month drop column round_name_en")
    connection.exec_driver_sql("alter table mart.fact_unit alter column rank type bigint")
    connection.exec_driver_sql("alter table mart.dim_unit add column floor_number smallint")
    assert list(broken_promises(columns(connection), contract()).values()) == [
        ["mart.dim_month.round_name_en"],
        ["mart.fact_unit.rank"],
        ["mart.dim_unit,floor_number,smallint"],
    ]


def test_the_page_of_the_dictionary_is_what_the_warehouse_says(
    shared_warehouse: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", shared_warehouse.url.render_as_string(hide_password=False))
    page = dictionary.page()
    assert page == (PROJECT / "docs" / "dictionary.md").read_text("utf-8"), "run: hailong dictionary"
    assert '    dim_treasury ||--o{ fact_unit : "treasury_id"' in page.splitlines()
    assert (
        "| `treasury_id` | integer | primary, → dim_treasury | The treasury (khóa của kho bạc) |" in page.splitlines()
    )
