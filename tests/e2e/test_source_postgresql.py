"""A PostgreSQL source: read as a guest, whatever its owner does meanwhile, from servers of every encoding."""

from __future__ import annotations

import logging
import multiprocessing
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from etl.errors import Misdeclared, Refused, Unavailable
from etl.registry.terms import LOST
from etl.source import guest, postgresql
from etl.source.address import url_of
from etl.source.queries import Limits
from etl.source.snapshot import Snapshot
from etl.warehouse import embedded
from tests.lib.asking import query, read, select, snapshot
from tests.lib.wire import Wire


@dataclass(frozen=True)
class Branch:
    """A treasury's database of its own on the server, and its owner's engine."""

    name: str
    uri: str
    owner: sa.Engine

    def run(self, *statements: str) -> list[Any]:
        with self.owner.connect() as connection:
            results = [connection.exec_driver_sql(statement) for statement in statements]
            return list(results[-1]) if results[-1].returns_rows else []

    def guests(self) -> list[Any]:
        return self.run(
            "select query, state from pg_stat_activity"
            f" where datname = '{self.name}' and application_name = 'hailong' and backend_type = 'client backend'"
        )


@pytest.fixture
def make(state: Path) -> Iterator[Callable[[str], Branch]]:
    """Makes databases of given encodings with the table ``answer``, one row in July 2023."""
    server = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    made = []

    def one(encoding: str) -> Branch:
        name = f"guest_{secrets.token_hex(4)}"
        with server.connect() as connection:
            connection.exec_driver_sql(f"create database {name} template template0 encoding '{encoding}'")
        made.append(name)
        uri = embedded.url(state, "branches", name)
        own = {"poolclass": sa.NullPool, "connect_args": {"application_name": "owner", "client_encoding": "utf8"}}
        branch = Branch(name, uri, sa.create_engine(uri, isolation_level="AUTOCOMMIT", **own))
        branch.run(
            "create table answer (id integer primary key, at timestamptz, words text)",
            "insert into answer values (1, '2023-07-01 00:00+07', 'cảm ơn')"
            if encoding == "UTF8"
            else "insert into answer values (1, '2023-07-01 00:00+07', 'thanks')",
        )
        return branch

    yield one
    with server.connect() as connection:
        for name in made:
            connection.exec_driver_sql(f"drop database {name} with (force)")


@pytest.fixture
def branch(make: Callable[[str], Branch]) -> Branch:
    return make("UTF8")


def many(branch: Branch, rows: int) -> None:
    """Fill the table with rows of a kilobyte."""
    row = "select n, '2023-07-05', repeat('x', 1000)"
    branch.run("truncate answer", f"insert into answer {row} from generate_series(1, {rows}) as n")


def wait_for(is_so: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


ALL = query(select("answer", comment="words", submitted_at="at"))


def test_the_guest_shows_who_it_is_and_how_long_it_will_stay(branch: Branch) -> None:
    names = (
        "application_name", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone",
        "client_connection_check_interval", "transaction_isolation", "transaction_read_only",
    )  # fmt: skip
    shown = " || ' ' || ".join(f"current_setting('{name}')" for name in names)
    (row,) = read(branch.uri, query(select("answer", comment=shown)), seconds=77)
    assert row["comment"] == "hailong 77s 10s 77s Asia/Ho_Chi_Minh 5s repeatable read on"


@pytest.mark.parametrize("work", ["pg_sleep(120)::text", "words"], ids=["thinking", "sending"])
@pytest.mark.deep
def test_what_a_killed_worker_has_asked_for_ends(branch: Branch, work: str) -> None:
    many(branch, 50_000)

    def dawdle() -> None:
        for _ in snapshot(branch.uri, query(select("answer", comment=work)), batch_rows=10, seconds=300):
            time.sleep(120)

    child = multiprocessing.get_context("fork").Process(target=dawdle)
    child.start()
    wait_for(lambda: any(text.startswith("copy") for text, _ in branch.guests()), 10)
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    wait_for(lambda: branch.guests() == [], 15)


def test_a_read_that_is_given_up_leaves_at_once(branch: Branch) -> None:
    many(branch, 50_000)
    reading = iter(snapshot(branch.uri, ALL, batch_rows=10))
    next(reading)
    assert len(branch.guests()) == 1
    started = time.monotonic()
    reading.close()
    assert time.monotonic() - started < 2
    wait_for(lambda: branch.guests() == [], 5)


def test_writers_never_wait_for_the_reader_and_it_sees_nothing_of_them(branch: Branch) -> None:
    many(branch, 20_000)
    reading = iter(snapshot(branch.uri, ALL, batch_rows=100))
    count = next(reading).num_rows
    failed: list[BaseException] = []

    def load(offset: int) -> None:
        try:
            for number in range(30):
                branch.run(
                    "set lock_timeout = '500ms'",
                    f"insert into answer values ({100_000 + offset * 1000 + number}, now(), 'new')",
                    f"update answer set words = 'changed' where id = {20_000 - offset * 1000 - number}",
                    f"delete from answer where id = {10_000 - offset * 1000 - number}",
                )
        except sa.exc.DBAPIError as error:
            failed.append(error)

    writers = [threading.Thread(target=load, args=(offset,)) for offset in range(3)]
    for writer in writers:
        writer.start()
    rest = []
    for batch in reading:
        rest += batch.column("comment").to_pylist()
        if len(rest) < 2_000:
            time.sleep(0.02)
    for writer in writers:
        writer.join()
    assert failed == []
    assert (count + len(rest), set(rest)) == (20_000, {"x" * 1000})


@pytest.mark.deep
def test_a_change_of_the_table_gives_up_by_its_own_timeout_and_goes_through_after_the_read(branch: Branch) -> None:
    many(branch, 50_000)
    reading = iter(snapshot(branch.uri, ALL, batch_rows=10))
    next(reading)
    change = ("set lock_timeout = '300ms'", "alter table answer add column more integer")
    with pytest.raises(sa.exc.DBAPIError) as caught:
        branch.run(*change)
    assert isinstance(caught.value.orig, psycopg.errors.LockNotAvailable)
    branch.run("set lock_timeout = '300ms'", "insert into answer values (0, now(), 'nobody queues')")
    assert sum(batch.num_rows for batch in reading) == 49_990
    branch.run(*change)


def test_a_reader_gives_up_waiting_for_a_lock(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "LOCK_SECONDS", 1)
    with branch.owner.connect().execution_options(isolation_level="READ COMMITTED") as owner:
        owner.exec_driver_sql("lock table answer in access exclusive mode")
        started = time.monotonic()
        with pytest.raises(Unavailable, match="did not answer") as caught:
            read(branch.uri, ALL)
        assert time.monotonic() - started < 6
    assert "quieter hour" in caught.value.next_action
    assert len(read(branch.uri, ALL)) == 1


def test_a_query_that_takes_too_long_is_ended_by_the_server(branch: Branch) -> None:
    started = time.monotonic()
    with pytest.raises(Unavailable, match="did not answer within 1 s"):
        read(branch.uri, query(select("answer", comment="pg_sleep(20)::text")), seconds=1)
    assert time.monotonic() - started < 6
    wait_for(lambda: branch.guests() == [], 5)


def test_an_error_in_the_middle_of_the_rows_is_told(branch: Branch) -> None:
    many(branch, 5_000)
    asked = query(select("answer", comment="(1 / (4900 - id))::text"))
    with pytest.raises(Refused, match=r"fails in the database \(DivisionByZero, 22012\)"):
        read(branch.uri, asked)
    (one,) = read(branch.uri, query(select("answer where id = 4899", comment="(1 / (4900 - id))::text")))
    assert one["comment"] == "1"


def test_the_digits_of_bytes_are_never_taken_for_a_text(branch: Branch) -> None:
    asked = query(select("answer", comment="convert_to(words, 'UTF8')", officer_code="words"))
    with pytest.raises(Misdeclared, match="2023-07: the source query gives the digits of bytes, .* as comment"):
        read(branch.uri, asked)
    (one,) = read(branch.uri, query(select("answer", comment="convert_from(convert_to(words, 'UTF8'), 'UTF8')")))
    assert one["comment"] == "cảm ơn"


def test_the_shape_is_that_of_the_tables_and_views_that_are_named(branch: Branch) -> None:
    branch.run(
        "create schema phong", "create table phong.answer (a varchar(20), b numeric(5, 2)[])",
        "create view seen as select id, words from answer", 'create table "Odd.Name" (id integer)',
    )  # fmt: skip
    taken = snapshot(branch.uri, query(ALL.sql, tables=("phong.answer", "seen", "answer", "nowhere", "no.where")))
    assert sum(batch.num_rows for batch in taken) == 1
    assert taken.shape.columns == (
        ("answer", "at", "timestamp with time zone"),
        ("answer", "id", "integer"),
        ("answer", "words", "text"),
        ("phong.answer", "a", "varchar(20)"),
        ("phong.answer", "b", "numeric(5, 2)[]"),
        ("seen", "id", "integer"),
        ("seen", "words", "text"),
    )


KEPT = [
    # encoding    | stored bytes | declared      | is read as
    ("UTF8",        "4361CC80",    None,           "Cà"),
    ("LATIN1",      "436166E9",    None,           "Café"),
    ("WIN1252",     "93A994",      None,           "“©”"),
    ("SQL_ASCII",   "436166E9",    None,           f"Caf{LOST}"),
    ("SQL_ASCII",   "43C3A0",      None,           "Cà"),
    ("SQL_ASCII",   "48B569",      "tcvn3",        "Hài"),
    ("LATIN1",      "48B569",      "tcvn3",        "Hài"),
    ("WIN1252",     "48B569",      "tcvn3",        "Hài"),
    ("UTF8",        "48C2B569",    "tcvn3",        "Hài"),  # taken for Latin-1 when it was stored
    ("LATIN1",      "4861F869",    "vni",          "Hài"),
    ("LATIN1",      "48C3A069",    "latin1-utf8",  "Hài"),
    ("UTF8",        "48C383C2A069", "latin1-utf8", "Hài"),
]  # fmt: skip


@pytest.mark.parametrize(("encoding", "stored", "declared", "shown"), KEPT)
def test_text_is_read_from_every_encoding(
    make: Callable[[str], Branch], encoding: str, stored: str, declared: str | None, shown: str
) -> None:
    import unicodedata

    branch = make(encoding)
    branch.run(f"update answer set words = convert_from('\\x{stored}', '{encoding}')")
    asked = query(select("answer", comment="words", unit_code="words", harassment_reported="true"), encoding=declared)
    (row,) = read(branch.uri, asked)
    texts = {unicodedata.normalize("NFC", row[name] or "") for name in ("comment", "unit_code")}
    assert (texts, row["response_key"], row["officer_code"]) == ({shown}, "1", None)


class Moody(Wire):
    """A wire that hangs up on the first callers."""

    def __init__(self, port: int, refusals: int) -> None:
        super().__init__(port, 10**9)
        self.refusals = refusals

    def _accept(self) -> None:
        for _ in range(self.refusals):
            near, _ = self.listener.accept()
            near.shutdown(socket.SHUT_RDWR)
            near.close()
        super()._accept()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between tries of hundredths of a second."""
    monkeypatch.setattr(guest, "PAUSE_SECONDS", 0.01)


def test_connecting_is_tried_again_and_says_so_without_a_secret(
    branch: Branch, hurried: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "hailong")
    url = sa.make_url(branch.uri)
    assert url.port
    assert url.password
    with Moody(url.port, 2) as wire:
        through = url.set(port=wire.port).render_as_string(hide_password=False)
        assert len(read(through, ALL, tries=3)) == 1
    assert [record.levelname for record in caplog.records] == ["INFO", "INFO"]
    assert "try 1 of 3" in caplog.text
    assert url.password not in caplog.text


def test_tries_come_to_an_end(branch: Branch, hurried: None) -> None:
    url = sa.make_url(branch.uri)
    assert url.port
    with Moody(url.port, 2) as wire, pytest.raises(Unavailable, match=f"127.0.0.1:{wire.port}"):
        read(url.set(port=wire.port).render_as_string(hide_password=False), ALL, tries=2)


def test_a_wrong_password_is_not_tried_again(branch: Branch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "hailong")
    wrong = sa.make_url(branch.uri).set(password="geheim-und-falsch").render_as_string(hide_password=False)
    with pytest.raises(Misdeclared, match="refuses the role") as caught:
        read(wrong, ALL, tries=3)
    assert caplog.records == []
    assert "geheim" not in str(caught.value)


def test_a_driver_that_is_not_here_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyodbc", None)
    url = url_of("48", "mssql://u:p@127.0.0.1/db")
    with pytest.raises(Misdeclared, match="no driver for mssql") as caught:
        list(Snapshot(url, ALL, Limits(5, 10)))
    assert caught.value.next_action == "pip install 'hailong[mssql]'"


@pytest.mark.parametrize("uri", ["postgresql://u:p@h/d?sslmode=verify-full&sslrootcert=/ca.pem",
                                 "mysql://u:p@h/d?ssl_ca=/ca.pem&ssl_check_hostname=true"])  # fmt: skip
def test_what_a_url_says_of_encryption_reaches_the_driver_as_it_is(uri: str) -> None:
    url = url_of("48", uri)
    assert dict(url.query) == dict(sa.make_url(uri).query)
    _, options = sa.create_engine(url).dialect.create_connect_args(url)
    assert {"sslmode", "ssl"} & options.keys()
