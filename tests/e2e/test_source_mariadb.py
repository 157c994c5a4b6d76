"""A MariaDB source: read as a guest, whatever its owner does meanwhile and whatever character set it keeps texts in."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from etl.errors import Misdeclared, Refused, Unavailable
from etl.periods import SurveyMonth
from etl.registry.terms import LOST
from etl.source import mysql
from etl.source.address import url_of
from etl.source.queries import Limits, Query
from etl.source.snapshot import probe
from tests.lib.asking import PLACE, query, read, select, snapshot
from tests.lib.mariadb import GUEST, MariaDB


@dataclass(frozen=True)
class Branch:
    """A treasury's database of its own on the server."""

    server: MariaDB
    name: str
    uri: str

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        return [self.server.execute(self.name, statement) for statement in statements][-1]

    def guests(self) -> list[tuple[Any, ...]]:
        asked = f"select info from information_schema.processlist where user = '{GUEST}' and db = '{self.name}'"
        return self.server.execute("mysql", asked)


@pytest.fixture
def branch(mariadb_server: MariaDB) -> Iterator[Branch]:
    """A database with the table ``answer``: one row in July 2023, at its first moment in Hà Nội."""
    name = f"branch_{secrets.token_hex(4)}"
    made = Branch(mariadb_server, name, mariadb_server.url(name))
    made.run(
        "create table answer (id int primary key, at datetime(6), words text) engine=innodb charset utf8mb4",
        "insert into answer values (1, '2023-07-01 00:00:00', 'Hài lòng')",
    )
    yield made
    mariadb_server.execute("mysql", f"drop database {name}")


def many(branch: Branch, rows: int) -> None:
    """Fill the table with rows of a kilobyte."""
    row = "seq, '2023-07-05', repeat('x', 1000)"
    branch.run("delete from answer", f"insert into answer select {row} from seq_1_to_{rows}")


ALL = query(select("answer", comment="words", submitted_at="at"))
MONTH = query(select("answer where at >= :month_start and at < :month_end", submitted_at="at"))


@pytest.mark.parametrize(
    ("expression", "type_name"),
    [
        ("words", "text"),
        ("cast(words as char)", "mediumtext"),
        ("cast(words as binary)", "mediumblob"),
        ("unhex('c3a9')", "varchar"),
    ],
)
def test_a_text_and_the_bytes_of_its_length_are_told_apart(branch: Branch, expression: str, type_name: str) -> None:
    described = probe(url_of("48", branch.uri), query(select("answer", comment=expression)), Limits(30, 10), 0).columns
    assert {column.name: column.type_name for column in described}["comment"] == type_name


@pytest.mark.parametrize(
    ("moment", "is_read"),
    [
        ("2023-06-30 23:59:59.999999", False),
        ("2023-07-01 00:00:00", True),
        ("2023-07-31 23:59:59.999999", True),
        ("2023-08-01 00:00:00", False),
    ],
)
@pytest.mark.parametrize("kind", ["datetime(6)", "timestamp(6)"])
def test_the_month_is_bounded_in_local_time_whatever_the_servers_zone(
    branch: Branch, kind: str, moment: str, is_read: bool
) -> None:
    branch.run(f"alter table answer modify at {kind}", "set global time_zone = '-05:00'")
    kept = "convert_tz('%s', '+07:00', '-05:00')" if kind.startswith("timestamp") else "'%s'"
    try:
        branch.run(f"update answer set at = {kept % moment}")
        rows = read(branch.uri, MONTH)
    finally:
        branch.run("set global time_zone = 'SYSTEM'")
    assert [(row["submitted_at"] or "")[:19] for row in rows] == ([moment[:19]] if is_read else [])


def test_a_month_in_which_the_clocks_change_needs_the_servers_zones(branch: Branch) -> None:
    zone = ZoneInfo("Europe/London")
    asked = Query(PLACE, MONTH.sql, MONTH.params, SurveyMonth(2023, 10).bounds(zone), zone)
    with pytest.raises(Refused, match="does not know Europe/London") as caught:
        read(branch.uri, asked)
    assert "mysql_tzinfo_to_sql" in caught.value.next_action


def test_a_view_that_the_guest_may_only_read_hides_no_shape(branch: Branch) -> None:
    """SHOW CREATE TABLE needs a right more for a view than reading it does, and an error there hid all tables."""
    branch.run("create view few as select id, words from answer")
    taken = snapshot(branch.uri, query(ALL.sql, tables=("few", "answer", "gone", "no.where")))
    assert sum(batch.num_rows for batch in taken) == 1
    assert [(table, column) for table, column, _ in taken.shape.columns] == [
        ("answer", "at"), ("answer", "id"), ("answer", "words"), ("few", "id"), ("few", "words")
    ]  # fmt: skip
    assert taken.shape.lacking(("few", "answer", "gone")) == ["gone"]


def test_the_guest_shows_who_it_is_and_how_long_it_will_stay(branch: Branch) -> None:
    many(branch, 20_000)
    reading = iter(snapshot(branch.uri, ALL, seconds=77, batch_rows=10))
    next(reading)
    (name,) = branch.run(
        "select attr_value from performance_schema.session_connect_attrs join information_schema.processlist as p"
        f" on p.id = processlist_id where attr_name = 'program_name' and p.user = '{GUEST}' and p.db = '{branch.name}'"
    )
    assert name == ("hailong",)
    reading.close()
    names = ("max_statement_time", "lock_wait_timeout", "net_write_timeout", "wait_timeout", "tx_isolation")
    shown = f"concat_ws(' ', {', '.join(f'@@{name}' for name in names)})"
    (row,) = read(branch.uri, query(select("answer where id = 1", comment=shown)), seconds=77)
    assert row["comment"] == "77.000000 10 77 77 REPEATABLE-READ"


def test_the_transaction_cannot_write_even_where_the_role_could(branch: Branch) -> None:
    address = f"localhost/{branch.name}?unix_socket={branch.server.socket}"
    root = f"mysql+pymysql://root:{branch.server.root_password}@{address}"
    asked = query(select("answer"))
    limits = Limits(10, 10)
    with mysql.visit(url_of("48", root), asked, limits) as guest, pytest.raises(sa.exc.DBAPIError) as caught:
        guest.connection.exec_driver_sql("delete from answer")
    assert "READ ONLY" in str(caught.value)
    assert branch.run("select count(*) from answer") == [(1,)]


def test_what_is_written_during_a_read_belongs_to_the_next_and_nobody_waits(branch: Branch) -> None:
    many(branch, 5_000)
    reading = iter(snapshot(branch.uri, ALL, batch_rows=100))
    count = next(reading).num_rows
    started = time.monotonic()
    branch.run(
        "set session innodb_lock_wait_timeout = 1",
        "insert into answer values (0, '2023-07-01', 'new')",
        "update answer set words = 'changed' where id = 5000",
        "delete from answer where id = 4999",
    )
    assert time.monotonic() - started < 5
    rest = [row for batch in reading for row in batch.to_pylist()]
    assert count + len(rest) == 5_000
    assert {row["comment"] for row in rest} == {"x" * 1000}


def test_a_change_of_the_table_gives_up_by_its_own_timeout_and_goes_through_after_the_read(branch: Branch) -> None:
    many(branch, 20_000)
    reading = iter(snapshot(branch.uri, ALL, batch_rows=10))
    next(reading)
    with pytest.raises(Exception, match="1205|Lock wait timeout"):
        branch.run("alter table answer wait 1 add column more int")
    assert sum(batch.num_rows for batch in reading) == 19_990
    branch.run("alter table answer wait 1 add column more int")


def test_a_reader_gives_up_waiting_for_a_lock(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mysql, "LOCK_SECONDS", 1)
    with branch.server.session(branch.name) as owner:
        owner.execute("lock tables answer write")
        started = time.monotonic()
        with pytest.raises(Unavailable, match="did not answer") as caught:
            read(branch.uri, ALL)
        assert time.monotonic() - started < 8
    assert "quieter hour" in caught.value.next_action
    assert len(read(branch.uri, ALL)) == 1


def test_a_query_that_takes_too_long_is_ended_by_the_server(branch: Branch) -> None:
    started = time.monotonic()
    with pytest.raises(Unavailable, match="did not answer within 1 s"):
        read(branch.uri, query(select("answer", comment="sleep(20)")), seconds=1)
    assert time.monotonic() - started < 8
    wait_for(lambda: branch.guests() == [], 5)


def test_a_read_that_is_given_up_leaves_at_once(branch: Branch) -> None:
    many(branch, 50_000)
    reading = iter(snapshot(branch.uri, ALL, batch_rows=10))
    next(reading)
    assert len(branch.guests()) == 1
    started = time.monotonic()
    reading.close()
    assert time.monotonic() - started < 1
    wait_for(lambda: branch.guests() == [], 5)


def wait_for(is_so: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("comment", ["words", "sleep(30)"], ids=["sending", "thinking"])
def test_what_a_killed_worker_has_asked_for_ends(branch: Branch, comment: str) -> None:
    many(branch, 50_000)

    def dawdle() -> None:
        for _ in snapshot(branch.uri, query(select("answer", comment=comment)), batch_rows=10, seconds=6):
            time.sleep(60)

    child = multiprocessing.get_context("fork").Process(target=dawdle)
    child.start()
    wait_for(lambda: any("coalesce(concat" in (info or "") for (info,) in branch.guests()), 10)
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    wait_for(lambda: branch.guests() == [], 15)


def test_a_server_that_dies_in_mid_read_is_away_until_it_is_back(branch: Branch) -> None:
    many(branch, 50_000)
    reading = iter(snapshot(branch.uri, ALL, batch_rows=10))
    next(reading)
    branch.server.kill()
    try:
        with pytest.raises(Unavailable, match="is away or broke off"):
            list(reading)
        with pytest.raises(Unavailable, match=rf"127\.0\.0\.1:{branch.server.port}/{branch.name}"):
            read(branch.uri, ALL)
    finally:
        branch.server.start()
    assert len(read(branch.uri, ALL)) == 50_000


def test_a_wrong_password_is_ours_to_mend_and_never_shown(branch: Branch) -> None:
    wrong = branch.uri.replace(branch.server.guest_password, "geheim-und-falsch")
    with pytest.raises(Misdeclared, match=f"refuses the role '{GUEST}' or its password") as caught:
        read(wrong, ALL, tries=3)
    assert "geheim" not in str(caught.value)
    with pytest.raises(Misdeclared, match="nowhere|refuses the role"):
        read(branch.uri.replace(branch.name, "nowhere"), ALL)


@pytest.mark.parametrize(("sql", "named"), [("words as", "gone"), ("from answer", "gone")])
def test_a_missing_table_or_column_is_for_the_treasury_to_explain(branch: Branch, sql: str, named: str) -> None:
    changed = ALL.sql.replace(sql, f"{sql.split(maxsplit=1)[0]} gone" if sql.startswith("from") else "gone as")
    with pytest.raises(Refused, match=f"does not fit the database: .*{named}") as caught:
        read(branch.uri, query(changed))
    assert "ask the treasury" in caught.value.next_action


def test_a_row_that_the_server_will_not_send_makes_its_answers_unreadable(branch: Branch) -> None:
    branch.run("insert into answer values (2, '2023-07-02', 'a')")
    branch.run("set global max_allowed_packet = 1048576", "update answer set words = repeat('x', 60000) where id = 1")
    try:
        wide = select("answer", comment="repeat(words, 10)", answers="repeat(words, 10)")
        one, other = read(branch.uri, query(wide))
    finally:
        branch.run("set global max_allowed_packet = 16777216")
    assert (one["comment"], one["answers"], other["answers"]) == (None, "?", "a" * 10)


def test_answers_kept_as_rows_are_never_cut_off(branch: Branch) -> None:
    branch.run("set global group_concat_max_len = 16")
    many(branch, 100)
    try:
        (row,) = read(branch.uri, query(select("answer", answers="group_concat(id separator '|')")))
    finally:
        branch.run("set global group_concat_max_len = 1048576")
    assert row["answers"] is not None
    assert len(row["answers"].split("|")) == 100


KEPT = [
    # column                                            | stored bytes  | declared      | is read as
    ("varchar(50) character set latin1",                  "48E06920",     None,           "Hài "),
    ("varchar(50) character set latin1",                  "93A994",       None,           "“©”"),
    ("varchar(50) character set utf8mb3",                 "48C3A069",     None,           "Hài"),
    ("varchar(50) character set utf8mb4",                 "F09F9880",     None,           "😀"),
    ("varchar(50) character set ucs2",                    "1EA3",         None,           "ả"),
    ("varbinary(50)",                                     "48C3A069",     None,           "Hài"),
    ("varbinary(50)",                                     "48E869",       None,           f"H{LOST}i"),
    ("blob",                                              "22FF22",       None,           f'"{LOST}"'),
    ("varchar(50) character set latin1",                  "48B569",       "tcvn3",        "Hài"),
    ("varchar(50) character set latin1",                  "4861F869",     "vni",          "Hài"),
    ("varchar(50) character set latin1",                  "48C3A069",     "latin1-utf8",  "Hài"),
    ("varchar(50) character set utf8mb4",                 "48C2B569",     "tcvn3",        "Hài"),
    ("varbinary(50)",                                     "48B569",       "tcvn3",        "Hài"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "stored", "declared", "shown"), KEPT)
def test_text_is_read_from_every_character_set(
    branch: Branch, column: str, stored: str, declared: str | None, shown: str
) -> None:
    as_kept = (
        f"x'{stored}'" if "binary" in column or column == "blob" else f"_{column.rsplit(maxsplit=1)[-1]} x'{stored}'"
    )
    branch.run(f"alter table answer add column kept {column}", f"update answer set kept = {as_kept}")
    asked = query(select("answer", comment="kept", unit_code="kept", officer_code="words"), encoding=declared)
    (row,) = read(branch.uri, asked)
    assert (row["comment"], row["unit_code"]) == (shown, shown)
    if declared is None:
        assert row["officer_code"] == "Hài lòng"


def test_a_url_may_name_mariadb_itself(branch: Branch) -> None:
    assert len(read(branch.uri.replace("mysql+pymysql", "mariadb"), ALL)) == 1
