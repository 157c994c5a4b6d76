"""Migrations run once, in order, one process at a time, and are never edited; views follow their files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.errors import Misdeclared
from etl.operation import migrate

PROJECT = Path(__file__).resolve().parents[2]
FILES = sorted(file.name for file in (settings.SQL / "migrations").iterdir())
UP = "import json; from etl.operation import migrate; print(json.dumps(migrate.up()))"


@pytest.fixture
def sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the SQL files that a test may edit, in the place of the shipped ones."""
    copy = tmp_path / "sql"
    shutil.copytree(settings.SQL, copy)
    monkeypatch.setattr(settings, "SQL", copy)
    return copy


def rows(statement: str) -> list[tuple[object, ...]]:
    """What a query finds in the warehouse now."""
    with warehouse.transaction() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def test_the_second_time_nothing_is_applied(empty_warehouse: str) -> None:
    assert migrate.up() == [*FILES, "views"]
    before = rows("select * from migration.applied order by migration_name")
    assert migrate.up() == []
    assert rows("select * from migration.applied order by migration_name") == before


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [name[:5] for name in FILES] == [f"{number:04}_" for number in range(1, len(FILES) + 1)]


def test_an_edited_migration_is_refused_by_name(fresh_warehouse: str, sql: Path) -> None:
    edited = sql / "migrations" / FILES[1]
    edited.write_text(edited.read_text("utf-8") + "create table score.sneaked_in (a integer primary key);\n", "utf-8")
    with pytest.raises(Misdeclared, match=f"{FILES[1]} was edited after it was applied") as caught:
        migrate.up()
    assert caught.value.next_action == "restore it, and put the change into a new file"
    assert rows("select to_regclass('score.sneaked_in')") == [(None,)]


def test_a_new_migration_is_applied_alone_and_the_views_are_made_anew(fresh_warehouse: str, sql: Path) -> None:
    comment = "comment on column score.revision_region.region_name_vi is 'A better word';\n"
    (sql / "migrations" / "0999_word.sql").write_text(comment, "utf-8")
    assert migrate.up() == ["0999_word.sql", "views"]
    view = "to_regclass('mart.treasury_ranking')"
    found = rows(f"select col_description(attrelid, attnum) from pg_attribute where attrelid = {view}"
                 " and attname = 'region_name_vi'")  # fmt: skip
    assert found == [("A better word",)]


def test_a_migration_that_fails_leaves_nothing_behind(fresh_warehouse: str, sql: Path) -> None:
    (sql / "migrations" / "0999_half.sql").write_text("create table core.half (a integer); select 1 / 0;\n", "utf-8")
    with pytest.raises(Misdeclared, match="refuses a statement"):
        migrate.up()
    assert rows("select to_regclass('core.half')") == [(None,)]
    assert rows("select migration_name from migration.applied where migration_name like '0999%'") == []


def test_a_changed_a_new_and_a_removed_view_follow_their_files(fresh_warehouse: str, sql: Path) -> None:
    views = sql / "marts" / "views"
    (views / "treasury_trend.sql").unlink()
    (views / "answer.sql").write_text("create view mart.answer as select 42 as answer_count;\n", "utf-8")
    assert migrate.up() == ["views"]
    found = {name for (name,) in rows("select viewname from pg_views where schemaname = 'mart'")}
    assert found == {file.stem for file in (sql / "marts" / "views").iterdir()}


def test_a_warehouse_from_before_revisions_keeps_its_ratings_as_a_draft(empty_warehouse: str, sql: Path) -> None:
    for file in [
        *(sql / "migrations").iterdir(),
        *(sql / "marts" / "shown").iterdir(),
        *(sql / "marts" / "action").iterdir(),
        *(sql / "marts" / "views").iterdir(),
    ]:
        if file.parent.name != "migrations" or file.name > "0005":
            file.unlink()
    shutil.rmtree(sql / "marts" / "restricted")
    shutil.rmtree(sql / "publishing" / "functions")
    shutil.rmtree(sql / "acting" / "functions")
    shutil.rmtree(sql / "operation" / "functions")
    migrate.up()
    old = (Path(__file__).parent / "month_before_periods.sql").read_text("utf-8")
    with warehouse.transaction() as connection:
        connection.exec_driver_sql(old, execution_options={"no_parameters": True})
        connection.exec_driver_sql(
            "update core.fact_response set is_harassment_reported = true"
            " where response_key = (select min(response_key) from core.fact_response)"
        )
    reported = rows("select response_key from core.fact_response where is_harassment_reported order by 1")
    kept = "survey_month, area_code, breakdown, member_code, answer_count, satisfied_count, rank, grade_code"
    before = rows(f"select {kept} from score.rating order by {kept}")
    shutil.rmtree(sql)
    shutil.copytree(PROJECT / "sql", sql)
    migrate.up()
    assert rows("select row_number, response_key, rule_code from ops.turned_away order by rule_code") == [
        (-1, "#3", "key_present"), (-1, "#3", "unit_known")
    ]  # fmt: skip
    assert rows("select response_key from action.earlier_report order by 1") == reported != []
    assert len(before) > 10
    assert rows(f"select {kept} from score.rating order by {kept}") == before
    assert rows("select period_code, revision_number, month_status, rule_set_code from score.revision") == [
        ("2023-07", 0, "provisional", "rules")
    ]
    assert rows("select count(*) from mart.treasury_ranking") == [(0,)]
    with warehouse.transaction() as connection:
        warehouse.show(connection, "latest")
        assert connection.scalar(sa.text("select count(*) from mart.treasury_ranking")) == 4


def test_a_percent_sign_in_a_file_stays_one(fresh_warehouse: str, sql: Path) -> None:
    text = "create view mart.percent as select 1 as a;\ncomment on view mart.percent is '5 % %s %%';\n"
    (sql / "marts" / "views" / "percent.sql").write_text(text, "utf-8")
    migrate.up()
    assert rows("select obj_description(to_regclass('mart.percent'))") == [("5 % %s %%",)]


def test_two_processes_at_once_both_succeed(empty_warehouse: str) -> None:
    with sa.create_engine(empty_warehouse, poolclass=sa.NullPool).connect() as connection:
        connection.exec_driver_sql("create schema migration")  # both stand before the door
        both = [_another_process() for _ in range(2)]
        _wait_for_lock(connection, len(both))
        connection.rollback()
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    applied = sorted((json.loads(out) for out, _ in said), key=len)
    assert applied == [[], [*FILES, "views"]]


def _another_process() -> subprocess.Popen[str]:
    """A process that migrates the warehouse of the environment."""
    return subprocess.Popen([sys.executable, "-c", UP], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _wait_for_lock(connection: sa.Connection, number: int) -> None:
    """Wait until so many sessions wait for the end of a transaction."""
    waiting = sa.text("select count(*) from pg_locks where locktype = 'transactionid' and not granted")
    deadline = time.monotonic() + 60
    while connection.scalar(waiting) != number:
        assert time.monotonic() < deadline, "the processes did not come as far as the lock"
        time.sleep(0.05)
