"""Every read of what is restricted stands in the server's log, and is collected from there: on real servers."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.errors import Misdeclared
from etl.operation import logins, migrate, read_log
from etl.operation.login_kinds import LoginKind, Scope
from etl.warehouse import embedded
from tests.lib import scoped_house
from tests.lib.command_line import hailong
from tests.lib.scoped_house import ScopedHouse
from tests.lib.slots import Slot

SETTINGS = ("log_min_messages", "log_min_error_statement", "log_error_verbosity", "log_statement", "log_duration",
            "log_min_duration_statement")  # fmt: skip
COUNT = "select relation, count(*) from access.read_log where login_name = '{}' group by 1 order by 1"


@pytest.fixture(scope="module")
def house(slot: Slot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScopedHouse]:
    """A warehouse with a login of each kind."""
    with scoped_house.made(slot, tmp_path_factory.mktemp("read")) as made:
        yield made


def collected(house: ScopedHouse, login: str) -> dict[str, int]:
    """How often a login has read each relation, by what was collected up to now."""
    read_log.collect()
    return dict(house.run("owner", COUNT.format(house.names[login])))


def test_every_restricted_relation_is_noted_for_every_login_that_reads_it(house: ScopedHouse) -> None:
    for login, room in (("director", "own"), ("central", "restricted"), ("central", "own")):
        views = [
            name for (name,) in house.run("owner", f"select viewname::text from pg_views where schemaname = '{room}'")
        ]
        assert len(views) >= 5
        before = collected(house, login)
        for view in views:
            house.run(login, f'select * from {room}."{view}" limit 1')
        after = collected(house, login)
        assert {
            view: after.get(f"{room}.{view}", 0) - before.get(f"{room}.{view}", 0) for view in views
        } == dict.fromkeys(views, 1)


def test_a_read_that_was_rolled_back_or_hidden_in_a_block_is_there_all_the_same(house: ScopedHouse) -> None:
    before = collected(house, "head").get("own.case", 0)
    with psycopg.connect(house.urls["head"]) as connection:
        connection.execute("select * from own.case").fetchall()
        connection.rollback()
        with pytest.raises(psycopg.errors.DivisionByZero):
            connection.execute("select 1 / (count(*) * 0) from own.case")
        connection.rollback()
        connection.execute(
            "do $$ begin execute 'select * from own.' || 'case'; raise exception 'x'; exception when others then null;"
            " end $$"
        )
        connection.execute("prepare p as select * from own.case")
        connection.execute("execute p")
        connection.execute("declare c cursor for select * from own.case; fetch 1 from c")
        connection.rollback()
    assert collected(house, "head")["own.case"] == before + 5


def test_what_is_kept_says_who_when_and_what_and_nothing_of_what_was_asked(house: ScopedHouse) -> None:
    mark = f"secret {secrets.token_hex(8)}"
    house.run("director", f"select * from own.comment where comment_text = '{mark}'")
    house.refused("director", f"select '{mark}'::integer from own.comment")
    house.refused("director", f"select cast(comment_text || '{mark}' as integer) from own.comment")
    with house.connection("director") as connection:
        connection.execute("select * from own.comment where comment_text = %s", (mark,))
    read_log.collect()
    (row,) = house.run(
        "owner",
        "select login_name, relation, client_name, read_at > now() - interval '1 hour' from access.read_log"
        f" where login_name = '{house.names['director']}' and relation = 'own.comment' order by read_at desc limit 1",
    )
    assert row == (house.names["director"], "own.comment", "127.0.0.1", True)
    with house.connection("owner") as owner:
        for name, size in owner.execute("select * from access.log_files()").fetchall():
            (content,) = owner.execute("select access.log_part(%s, 0, %s)", (name, size + 1_000_000)).fetchone() or (
                b"",
            )
            assert mark.encode() not in bytes(content)


@pytest.mark.parametrize("login", ["director", "nobody"])
def test_no_login_turns_its_log_off(house: ScopedHouse, login: str) -> None:
    before = collected(house, login).get("own.case", 0)
    with house.connection(login) as connection:
        shown = [connection.execute(f"show {name}".encode()).fetchone() for name in SETTINGS]
    tried = [f"set {name} to default" for name in SETTINGS]
    tried += [f"set log_min_messages = {level}" for level in ("panic", "fatal", "debug1")]
    if login == "director":  # of the other nothing was set, and nothing to take back is no fault
        tried += [f"alter role current_user set {name} to default" for name in SETTINGS]
        tried += [f"alter role current_user reset {name}" for name in SETTINGS]
    tried += [
        "alter system set log_min_messages = 'panic'",
        "select pg_reload_conf()",
        "select pg_rotate_logfile()",
        "set log_destination = 'stderr'",
        "set logging_collector = off",
        "select set_config('log_min_messages', 'panic', true)",
        "alter database postgres set log_min_messages = 'panic'",
        "create function own.x() returns integer language sql set log_min_messages = panic as 'select 1'",
    ]
    refused = [house.refused(login, statement) for statement in tried]
    assert [statement for statement, told in zip(tried, refused, strict=True) if not told] == []
    house.refused(login, "alter role current_user reset all")  # takes back what she may set, and nothing else
    for option in ("-c log_min_messages=panic", "-c log_statement=all"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(house.urls[login], options=option)
    with house.connection(login) as connection:
        assert [connection.execute(f"show {name}".encode()).fetchone() for name in SETTINGS] == shown
    house.run(login, "select * from own.case")
    assert collected(house, login)["own.case"] == before + 1


def test_a_login_writes_no_line_in_another_s_name(house: ScopedHouse) -> None:
    victim = house.names["other"]
    before, own = collected(house, "other"), collected(house, "director").get("own.case", 0)
    line = {"timestamp": "2026-01-01 00:00:00 UTC", "user": victim, "session_id": "a.b", "line_num": 1}
    line |= {
        "dbname": house.urls["owner"].rpartition("/")[2],
        "error_severity": "LOG",
        "message": "hailong.read own.case",
    }
    fake = json.dumps(line)
    with house.connection("director", application_name=f'x"\n{fake}\n') as connection:
        connection.execute("set client_min_messages = log")
        connection.execute(f"do $$ begin raise log E'hailong.read own.case\\n{fake}'; end $$".encode())
        connection.execute(f"do $$ begin raise log '%', '{fake}'; end $$".encode())
        connection.execute(
            f"do $$ begin raise log 'hailong.read own.case' using detail = E'x\\n{fake}'; end $$".encode()
        )
        connection.execute("do $$ begin raise log 'hailong.read own.case where officer = CB-1'; end $$")
    assert collected(house, "other") == before
    assert collected(house, "director")["own.case"] == own + 1  # her own name alone can she add to
    assert house.run("owner", "select count(*) from access.read_log where session_id = 'a.b'") == [(0,)]


def test_collecting_twice_after_a_rotation_and_with_a_lost_place_keeps_each_read_once(house: ScopedHouse) -> None:
    house.run("director", "select * from own.case_event")
    before = collected(house, "director")["own.case_event"]
    assert house.run("owner", "select pg_rotate_logfile()") == [(True,)]
    house.run("director", "select * from own.case_event")
    assert collected(house, "director")["own.case_event"] == before + 1
    for lost in ("read_bytes = 1000000000000", "first_bytes = 'of another file'", "read_bytes = 0"):
        house.run("owner", f"update access.log_position set {lost}")
        assert read_log.collect() == 0
    house.run("owner", "delete from access.log_position")
    assert read_log.collect() == 0
    assert collected(house, "director")["own.case_event"] == before + 1


def test_upkeep_collects_and_a_command_shows_who_read_what(house: ScopedHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house.enter("owner", monkeypatch)
    house.run("inspector", "select * from own.harassment_report")
    done = hailong("upkeep", "--revisions", "0")
    assert "reads of restricted data" in done.stdout
    shown = hailong("login", "reads", "--login", house.names["inspector"], "--format", "csv")
    assert f"{house.names['inspector']},own.harassment_report" in shown.stdout
    with warehouse.transaction() as connection:  # half past midnight in Vietnam is the evening before in UTC
        connection.exec_driver_sql(
            "insert into access.read_log (session_id, line_number, read_at, login_name, relation)"
            " values ('early', 1, '2020-01-01 17:30Z', 'early_bird', 'own.case_event')"
        )
    assert "early_bird" in hailong("login", "reads", "--since", "2020-01-02", "--format", "csv").stdout
    assert "early_bird" not in hailong("login", "reads", "--since", "2020-01-03", "--format", "csv").stdout
    house.enter("central", monkeypatch)
    assert hailong("login", "reads", "--format", "json").exit_code == 0
    house.enter("director", monkeypatch)
    assert hailong("login", "reads").exit_code != 0


def test_where_the_server_s_log_is_not_to_be_read_it_is_said_what_to_do(
    slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = secrets.token_hex(4)
    owner, loader, database = f"owner_{mark}", f"loader_{mark}", f"test_{mark}"
    slot.run(
        *(f"create role {name} login password '{mark}'" for name in (owner, loader)),
        f"create database {database} owner {owner}",
    )
    url = sa.make_url(slot.url(database=database)).set(username=owner, password=mark)
    try:
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url.render_as_string(False))
        migrate.up()
        slot.run(f"grant hailong_loader to {loader}")
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url.set(username=loader).render_as_string(False))
        with pytest.raises(Misdeclared, match="the server's log cannot be read") as caught:
            read_log.collect()
        assert "sql/guest/server_log.postgresql.sql" in caught.value.next_action
        text = (settings.SQL / "guest" / "server_log.postgresql.sql").read_text("utf-8")
        statements = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
        slot.run(*(one for one in statements.split(";") if one.strip()), database=database)
        assert read_log.collect() == 0
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url.render_as_string(False))
        assert logins.reads() == []
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url.set(username=loader).render_as_string(False))
        assert read_log.collect() >= 1  # that one just now, and nothing of other warehouses of the server
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url.render_as_string(False))
        assert {row["relation"] for row in logins.reads()} == {"restricted.read_log"}
        assert migrate.up() == []
    finally:
        slot.run(f"drop database {database} with (force)", f"drop role {loader}", f"drop role {owner}")


@pytest.fixture
def server_of_its_own(slot: Slot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, str]], None]]:
    """A migrated warehouse on an embedded server of its own; to call with how its log is to be written."""
    with tempfile.TemporaryDirectory(prefix="hailong-") as made:
        state = Path(made, "state")
        monkeypatch.setenv("HAILONG_STATE", str(state))
        monkeypatch.delenv("HAILONG_WAREHOUSE_URL", raising=False)

        def restart(logging: dict[str, str]) -> None:
            embedded.stop(state, "warehouse")
            for name, value in logging.items():
                monkeypatch.setitem(embedded._LOG, name, value)
            migrate.up()

        yield restart
        embedded.stop(state, "warehouse")


@pytest.mark.deep
def test_a_log_in_csv_is_collected_as_well_and_one_that_is_not_written_is_told(
    server_of_its_own: Callable[[dict[str, str]], None],
) -> None:
    server_of_its_own({"log_destination": "csvlog"})
    url = logins.make("analyst", LoginKind.analyst, Scope()).url
    with psycopg.connect(str(url), autocommit=True, application_name='x",\n"y') as connection:
        connection.execute("select * from own.comment")
        connection.execute('do $$ begin raise log $q$a "quoted" line,\n"hailong.read own.case"$q$; end $$')
        connection.execute('select * from own."case"')
    assert read_log.collect() == 2
    found = [(row["login_name"], row["relation"]) for row in logins.reads("analyst")]
    assert sorted(found) == [("analyst", "own.case"), ("analyst", "own.comment")]
    server_of_its_own({"logging_collector": "off"})
    shutil.rmtree(settings.read().state / "postgres" / "warehouse" / "data" / "log")
    with pytest.raises(Misdeclared, match="the server writes no log that a program can read"):
        read_log.collect()
