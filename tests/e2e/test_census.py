"""Every read accounts for the whole table of a source: no row is lost in silence, whatever its time is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import mssql, oracle

from etl.errors import Misdeclared, Refused
from etl.source import census, doubtful, queries, time_columns, times
from etl.source import snapshot as snapshots
from etl.source.census import TableCounts
from etl.source.doubtful import NOT_EARLIER, NOT_LATER, READABLE
from etl.source.queries import Counted, Query
from etl.source.snapshot import Snapshot
from etl.warehouse import embedded
from tests.lib.asking import HANOI, JULY, query, select, snapshot
from tests.lib.cases import slow
from tests.lib.mariadb import MariaDB

LIMIT = 0.1
BOUNDED = "answer where at >= :month_start and at < :month_end"
OPENED = dt.datetime(2008, 8, 1, tzinfo=HANOI)
LATER = f"{dt.datetime.now(dt.UTC).year + 3}-01-01 00:00:00"

# fmt: off
OF_DATES = [
    # time                       | where it belongs
    ("2023-06-30 23:59:59",        "before"),
    ("2023-07-01 00:00:00",        "in"),
    ("2023-07-31 23:59:59",        "in"),
    ("2023-08-01 00:00:00",        "after"),
    ("2023-09-15 10:00:00",        "after"),
    ("2008-08-01 00:00:00",        "before"),
    ("2008-07-31 10:00:00",        NOT_EARLIER),
    ("1900-01-01 00:00:00",        NOT_EARLIER),
    (LATER,                        NOT_LATER),
    ("9999-12-30 23:00:00",        NOT_LATER),
    (None,                         READABLE),
]
OF_POSTGRESQL = [*OF_DATES, ("infinity", READABLE), ("-infinity", READABLE), ("0044-03-15 00:00:00 BC", READABLE),
                 ("20000-01-01 00:00:00", READABLE)]
OF_MARIADB = [*OF_DATES, ("0000-00-00 00:00:00", READABLE), ("2023-07-00 00:00:00", READABLE),
              ("2023-00-15 00:00:00", READABLE)]
OF_TEXTS = [
    *OF_DATES,
    ("2023-06-30",                 "before"),
    ("2023-07-01",                 "in"),
    ("2023-07-31",                 "in"),
    ("2023-08-01",                 "after"),
    ("2023-07-01T00:00:00",        "in"),
    ("2023-07-31T23:59:59.999",    "in"),
    ("2023-08-01T00:00",           "after"),
    ("2023-07-13 15:28",           "in"),
    ("2023-07-13 15:28:00+07:00",  "in"),
    ("2023-07-13T08:28:00Z",       "in"),
    ("2023-06-13T08:28:00Z",       "before"),
    ("2023-07-01 00:00:00+07:00",  "in"),
    ("2020-02-29 10:00:00",        "before"),
    ("",                           READABLE),
    ("no time",                    READABLE),
    ("2022-02-30 10:00:00",        READABLE),
    ("2022-13-01",                 READABLE),
    ("2022-07-13 25:00:00",        READABLE),
    ("now",                        READABLE),
]
ASTRAY = [
    # a time that does not sort as the bounds do | where the bounds take it | where we read it
    ("2023-06-30T20:00:00Z",       False, True),
    ("2023-07-01 00:00:00+09:00",  True,  False),
    ("2023-07-31T18:00:00Z",       True,  False),
    ("20230713",                   False, True),
    (" 2023-07-13 10:00:00",       False, True),
    ("1689237120",                 False, True),
    ("1689237120000",              False, True),
    ("13/07/2023 15:28",           False, True),
    ("2023/07/13",                 False, True),
]
# fmt: on


def counting(sql: str = BOUNDED, at: str = "at", **header: str) -> Query:
    """A query of July that counts its table."""
    counted = Counted(**{"table": "answer", "time": "at", "key": "id", **header})
    return dataclasses.replace(query(select(sql, submitted_at=at)), counted=counted, opened=OPENED)


def taken(uri: str, asked: Query) -> tuple[TableCounts, list[str], dict[str | None, str], int]:
    """What a read says: counts, the keys of its rows, the rows of no month by key, and the table's count."""
    read = snapshot(uri, asked)
    keys = [row["response_key"] for batch in read for row in batch.to_pylist()]
    assert read.census is not None
    return read.census.counts, keys, {row.response_key: row.rule_code for row in read.census.rows}, len(keys)


def expected(cases: list[tuple[Any, str]]) -> tuple[dict[str, int], list[str], dict[str, str]]:
    """The counts, the keys that are read, and those of no month."""
    where = [place for _, place in cases]
    none = {str(number): place for number, (_, place) in enumerate(cases) if place.startswith("time_")}
    counts = {"before_count": where.count("before"), "in_month_count": where.count("in")}
    counts |= {"after_count": where.count("after"), "no_month_count": len(none), "table_count": len(cases)}
    return counts, [str(number) for number, (_, place) in enumerate(cases) if place == "in"], none


def agrees(uri: str, asked: Query, cases: list[tuple[Any, str]]) -> None:
    """A read accounts for each case, and for nothing else."""
    counts, keys, none, row_count = taken(uri, asked)
    wanted, wanted_keys, wanted_none = expected(cases)
    assert {name: getattr(counts, name) for name in wanted} == wanted
    assert counts.table_count == (
        counts.before_count + counts.in_month_count + counts.after_count + counts.no_month_count
    )
    assert (sorted(keys), none) == (sorted(wanted_keys), wanted_none)
    assert census.discords(counts, row_count, LIMIT) == []


def sqlite(path: Path, moments: list[Any], kind: str = "text") -> str:
    """A SQLite source with a row at each time, numbered; its connection."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.execute(f"create table answer (id integer primary key, at {kind}, words text)")
        database.executemany("insert into answer (id, at) values (?, ?)", enumerate(moments))
    database.close()
    return f"sqlite:///{path}"


@pytest.fixture
def branch(state: Path) -> Iterator[sa.Engine]:
    """The owner of an empty PostgreSQL database."""
    server = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    name = f"census_{secrets.token_hex(4)}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    uri = embedded.url(state, "branches", name)
    yield sa.create_engine(uri, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")


def postgresql(branch: sa.Engine, moments: list[Any], kind: str) -> str:
    """A PostgreSQL source with a row at each time, numbered; its connection."""
    with branch.connect() as owner:
        owner.exec_driver_sql("set timezone = 'Asia/Ho_Chi_Minh'")
        owner.exec_driver_sql(f"create table answer (id integer primary key, at {kind}, words text)")
        for row in enumerate(moments):
            owner.exec_driver_sql("insert into answer (id, at) values (%s, %s)", row)
    return branch.url.render_as_string(hide_password=False)


@pytest.mark.parametrize("kind", ["timestamptz", "timestamp", "timestamp(0)"])
def test_postgresql_accounts_for_every_date(branch: sa.Engine, kind: str) -> None:
    cases = [case for case in OF_POSTGRESQL if kind != "timestamptz" or not str(case[0]).startswith(("9999", "1900"))]
    agrees(postgresql(branch, [time for time, _ in cases], kind), counting(at="cast(at as text)"), cases)


def test_postgresql_accounts_for_texts_that_the_query_casts(branch: sa.Engine) -> None:
    cases = [case for case in OF_TEXTS if case[1] != READABLE or case[0] is None]
    bounds = "answer where cast(at as timestamptz) >= :month_start and cast(at as timestamptz) < :month_end"
    agrees(postgresql(branch, [time for time, _ in cases], "text"), counting(bounds), cases)


@pytest.mark.parametrize("kind", ["text", "timestamp", "datetime", "", "varchar(30)"])
def test_sqlite_accounts_for_every_text(tmp_path: Path, kind: str) -> None:
    agrees(sqlite(tmp_path / "a.sqlite", [time for time, _ in OF_TEXTS], kind), counting(), OF_TEXTS)


@pytest.mark.needs("mariadb")
@pytest.mark.parametrize("kind", ["datetime", "datetime(6)", "varchar(40)", "varchar(40) charset latin1", "text"])
def test_mariadb_accounts_for_every_date_and_text(mariadb_server: MariaDB, kind: str) -> None:
    cases = OF_MARIADB if kind.startswith("datetime") else OF_TEXTS
    name = f"census_{secrets.token_hex(4)}"
    uri = mariadb_server.url(name)
    mariadb_server.execute(name, f"create table answer (id int primary key, at {kind}, words text)")
    with mariadb_server.session(name) as owner:
        owner.execute("set sql_mode = ''")
        owner.executemany("insert into answer (id, at) values (%s, %s)", [(n, t) for n, (t, _) in enumerate(cases)])
    try:
        agrees(uri, counting(at="cast(at as char)"), cases)
    finally:
        mariadb_server.execute("mysql", f"drop database {name}")


@pytest.mark.parametrize(("time", "is_taken", "is_ours"), ASTRAY, ids=[case[0] for case in ASTRAY])
def test_a_time_that_does_not_sort_as_the_bounds_do_costs_its_row_and_many_the_month(
    tmp_path: Path, time: str, is_taken: bool, is_ours: bool
) -> None:
    good = [f"2023-07-13 10:00:{second:02}" for second in range(10)]
    counts, keys, none, row_count = taken(sqlite(tmp_path / "a.sqlite", [*good, time]), counting())
    assert ("10" in keys) is is_taken
    assert (counts.missed_count, counts.misplaced_count) == (int(is_ours), int(is_taken))
    assert none == ({} if is_taken else {"10": READABLE})
    assert (counts.in_month_count, counts.no_month_count, counts.table_count) == (10 + is_taken, int(is_ours), 11)
    is_offset = time.endswith(("Z", "+09:00"))
    assert [discord.rule_code for discord in census.discords(counts, row_count, LIMIT)] == ["times_bounded"] * is_offset
    counts, _, _, row_count = taken(sqlite(tmp_path / "a.sqlite", [*good, time, time]), counting())
    (discord,) = census.discords(counts, row_count, LIMIT)
    assert discord.rule_code == "times_bounded"
    assert f"answer by at: the query's bounds do not find {2 * is_ours} rows" in discord.what
    assert f"'{time}'" in discord.what


@pytest.mark.parametrize(("time", "is_taken"), [("2023-06-30T21:13:59Z", False), ("2023-07-31T17:00:00Z", True)])
def test_a_column_in_utc_refuses_the_month_however_few_of_its_times_are_astray(
    tmp_path: Path, time: str, is_taken: bool
) -> None:
    """They are good answers: one of the first hours of a month would be missing in each month."""
    good = [f"2023-07-{day:02}T{hour:02}:00:00Z" for day in range(2, 31) for hour in (1, 9)]
    counts, _, _, row_count = taken(sqlite(tmp_path / "a.sqlite", good), counting())
    assert census.discords(counts, row_count, LIMIT) == []
    counts, keys, _, row_count = taken(sqlite(tmp_path / "a.sqlite", [*good, time]), counting())
    assert (str(len(good)) in keys, counts.strayed_count) == (is_taken, 1)
    (discord,) = census.discords(counts, row_count, LIMIT)
    assert discord.rule_code == "times_bounded"
    assert f"for example '{time}'" in discord.what


@pytest.mark.parametrize(("time", "is_taken"), [case[:2] for case in ASTRAY], ids=[case[0] for case in ASTRAY])
def test_a_read_of_any_other_month_tells_of_the_same_row(tmp_path: Path, time: str, is_taken: bool) -> None:
    """So what its month has noted is not taken for mended; and what comes late is told all the same."""
    uri = sqlite(tmp_path / "a.sqlite", ["2023-03-13 10:00:00", time])
    asked = dataclasses.replace(counting(), bounds=JULY.next().next().bounds(HANOI))
    counts, _, none, row_count = taken(uri, asked)
    assert none == {"1": READABLE}
    assert (row_count, counts.missed_count, counts.no_month_count, counts.before_count) == (0, 0, 1, 1)
    assert census.discords(counts, row_count, LIMIT) == []


def test_a_form_of_time_that_nobody_knows_refuses_the_month_where_it_is_that_of_many(tmp_path: Path) -> None:
    good = [f"2023-07-13 10:00:{second:02}" for second in range(9)]
    counts, _, none, row_count = taken(sqlite(tmp_path / "a.sqlite", [*good, "13.7.23"]), counting())
    assert (none, counts.unread_count) == ({"9": READABLE}, 1)
    assert census.discords(counts, row_count, LIMIT) == []
    silent = [None, "", " ", "0000-00-00 00:00:00", "không rõ"]
    counts, *_, row_count = taken(sqlite(tmp_path / "a.sqlite", [*good, *silent]), counting())
    assert census.discords(counts, row_count, LIMIT) == []
    counts, *_, row_count = taken(sqlite(tmp_path / "a.sqlite", [*good, "13.7.23", "13 Jul 2023"]), counting())
    (discord,) = census.discords(counts, row_count, LIMIT)
    assert "and 2 of all have no known form of time, for example '13.7.23'" in discord.what


STILL = [f"2023-07-13 10:00:{second:02}" for second in range(10)]
FOREIGN = ["15/07/2023", "1689237120", "20230713"]


@pytest.mark.parametrize("time", FOREIGN)
@pytest.mark.parametrize("key", ["id", None])
def test_a_foreign_form_in_a_text_of_postgresql_costs_its_row(branch: sa.Engine, time: str, key: str | None) -> None:
    good = [f"2023-07-13 10:00:{second:02}" for second in range(10)]
    compared = "at collate \"C\" >= '2023-07-01' and at collate \"C\" < '2023-08-01'"
    asked = dataclasses.replace(counting(f"answer where {compared}"), counted=Counted("answer", "at", key))
    counts, keys, none, row_count = taken(postgresql(branch, [*good, time], "text"), asked)
    assert (len(keys), row_count, counts.table_count) == (10, 10, 11)
    if key:
        assert none == {"10": READABLE}
    assert (counts.in_month_count, counts.missed_count, counts.no_month_count) == (10, 1, 1)
    assert census.discords(counts, row_count, LIMIT) == []


MANY = [*STILL, *FOREIGN]


def refused_for_many(uri: str, compared: str) -> None:
    """The rule that a run and a check refuse the month for, with the column and an example."""
    counts, keys, _, row_count = taken(uri, counting(f"answer where {compared}"))
    assert (len(keys), counts.missed_count, counts.no_month_count) == (10, 3, 3)
    (discord,) = census.discords(counts, row_count, LIMIT)
    assert discord.rule_code == "times_bounded"
    assert discord.what.startswith("answer by at: the query's bounds do not find 3 rows of the month and take 0 of")
    assert discord.what.endswith(tuple(f", for example '{time}'" for time in FOREIGN))


def test_many_foreign_forms_in_a_text_of_postgresql_refuse_the_month(branch: sa.Engine) -> None:
    compared = "at collate \"C\" >= '2023-07-01' and at collate \"C\" < '2023-08-01'"
    refused_for_many(postgresql(branch, MANY, "text"), compared)


@pytest.mark.needs("mariadb")
def test_many_foreign_forms_in_a_text_of_mariadb_refuse_the_month(mariadb_server: MariaDB) -> None:
    name = f"census_{secrets.token_hex(4)}"
    uri = mariadb_server.url(name)
    mariadb_server.execute(name, "create table answer (id int primary key, at varchar(40), words text)")
    mariadb_server.load(name, "answer", [(*row, None) for row in enumerate(MANY)])
    try:
        refused_for_many(uri, "at >= :month_start and at < :month_end")
    finally:
        mariadb_server.execute("mysql", f"drop database {name}")


def test_a_form_that_only_the_query_understands_is_read(branch: sa.Engine) -> None:
    """The server takes 07/08/2023 for the 8th of July, we for the 7th of August: the query knows what it reads."""
    good = [f"2023-07-13 10:00:{second:02}" for second in range(10)]
    bounds = "answer where cast(at as timestamptz) >= :month_start and cast(at as timestamptz) < :month_end"
    uri = postgresql(branch, [*good, "07/08/2023", "08/07/2023"], "text")
    counts, keys, *_, row_count = taken(uri, counting(bounds))
    assert ("10" in keys, "11" in keys) == (True, False)
    assert (counts.in_month_count, counts.missed_count) == (11, 1)
    assert census.discords(counts, row_count, LIMIT) == []


@pytest.mark.needs("mariadb")
@pytest.mark.parametrize("time", FOREIGN)
def test_a_foreign_form_in_a_text_of_mariadb_costs_its_row(mariadb_server: MariaDB, time: str) -> None:
    name = f"census_{secrets.token_hex(4)}"
    uri = mariadb_server.url(name)
    mariadb_server.execute(name, "create table answer (id int primary key, at varchar(40), words text)")
    good = [f"2023-07-13 10:00:{second:02}" for second in range(10)]
    with mariadb_server.session(name) as owner:
        owner.executemany("insert into answer (id, at) values (%s, %s)", list(enumerate([*good, time])))
    try:
        counts, keys, none, row_count = taken(uri, counting())
        assert (len(keys), none, counts.missed_count) == (10, {"10": READABLE}, 1)
        assert census.discords(counts, row_count, LIMIT) == []
    finally:
        mariadb_server.execute("mysql", f"drop database {name}")


def test_a_text_that_may_be_anything_is_not_quoted(tmp_path: Path) -> None:
    uri = sqlite(tmp_path / "a.sqlite", [b"2023-07-13 10:00:00"], "blob")
    counts, *_ = taken(uri, counting())
    assert counts.missed_count == 1
    assert doubtful._example("Bà Nguyễn Thị A") == "a text of 15 characters"


def test_rows_of_a_join_that_drops_or_doubles_some_are_counted(tmp_path: Path) -> None:
    uri = sqlite(tmp_path / "a.sqlite", [f"2023-07-{day:02} 10:00:00" for day in range(1, 11)])
    with sqlite3.connect(tmp_path / "a.sqlite") as database:
        database.execute("create table mark (answer_id integer)")
        database.executemany("insert into mark values (?)", [(1,), (2,), (3,), (3,)])
    database.close()
    joined = "answer inner join mark on id = answer_id where at >= :month_start and at < :month_end"
    counts, _, _, row_count = taken(uri, counting(joined))
    (discord,) = census.discords(counts, row_count, LIMIT)
    assert (discord.rule_code, discord.what) == (
        "table_read_whole",
        "the query yields 4 rows, and answer by at has 10 in the month",
    )


def holds_still(uri: str, write: Callable[[], Any], environment: pytest.MonkeyPatch) -> None:
    """A read that others write beside, after its count and between its batches, tells of one moment."""
    count_table = census.count_table

    def counted(*asked: Any) -> Any:
        found = count_table(*asked)
        write()
        return found

    with environment.context() as patch:
        patch.setattr(snapshots, "count_table", counted)
        read = snapshot(uri, counting(), batch_rows=1)
        keys = []
        for batch in read:
            keys += batch.column("response_key").to_pylist()
            if len(keys) == 1:
                write()
    assert read.census is not None
    counts = read.census.counts
    assert (sorted(keys, key=int), counts.in_month_count, counts.table_count) == ([*map(str, range(10))], 10, 10)
    assert census.discords(counts, len(keys), LIMIT) == []
    counts, keys, _, row_count = taken(uri, counting())  # what was written is read the next time
    assert (len(keys), counts.in_month_count) == (12, 12)
    assert census.discords(counts, row_count, LIMIT) == []


NEW = "insert into answer (id, at) select max(id) + 1, '2023-07-20 10:00:00' from answer"


def test_postgresql_counts_and_reads_as_of_one_moment(branch: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = postgresql(branch, STILL, "timestamp")
    with branch.connect() as owner:
        holds_still(uri, lambda: owner.exec_driver_sql(NEW), monkeypatch)


def test_sqlite_counts_and_reads_as_of_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = sqlite(tmp_path / "a.sqlite", STILL)
    owner = sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)
    owner.execute("pragma journal_mode = wal")
    holds_still(uri, lambda: owner.execute(NEW), monkeypatch)
    owner.close()


@pytest.mark.needs("mariadb")
def test_mariadb_counts_and_reads_as_of_one_moment(mariadb_server: MariaDB, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"census_{secrets.token_hex(4)}"
    uri = mariadb_server.url(name)
    mariadb_server.execute(name, "create table answer (id int primary key, at datetime, words text) engine = innodb")
    mariadb_server.load(name, "answer", [(*row, None) for row in enumerate(STILL)])
    try:
        holds_still(uri, lambda: mariadb_server.execute(name, NEW), monkeypatch)
    finally:
        mariadb_server.execute("mysql", f"drop database {name}")


def test_what_is_meant_may_be_a_select_and_an_expression(tmp_path: Path) -> None:
    uri = sqlite(tmp_path / "a.sqlite", [1688144400, 1690822799, 1690822800, 1688144399, 0], "integer")
    local = "datetime(at, 'unixepoch', '+7 hours')"
    bounds = f"answer where id > 0 and {local} >= :month_start and {local} < :month_end"
    asked = counting(bounds, at=local, table="(select id, at from answer where id > 0)", time=local)
    counts, keys, none, row_count = taken(uri, asked)
    assert (counts.table_count, counts.before_count, counts.in_month_count, counts.after_count) == (4, 1, 1, 1)
    assert (keys, none, row_count) == (["1"], {"4": NOT_EARLIER}, 1)
    assert counts.counted == f"the rows counted by {local}"


def test_a_table_that_is_not_there_is_told_as_what_the_header_counts(tmp_path: Path) -> None:
    uri = sqlite(tmp_path / "a.sqlite", [])
    with pytest.raises(Refused, match="counting answers by at: the source query does not fit the database: no such"):
        list(snapshot(uri, counting(table="answers")))


def test_rows_without_a_key_are_counted_without_a_name(tmp_path: Path) -> None:
    uri = sqlite(tmp_path / "a.sqlite", [None, ""])
    read = snapshot(uri, dataclasses.replace(counting(), counted=Counted("answer", "at")))
    assert list(read) == []
    assert read.census is not None
    assert [(row.response_key, row.rule_code) for row in read.census.rows] == [(None, READABLE)] * 2


TIME_TEXTS = st.one_of(
    st.datetimes(dt.datetime(2023, 6, 28), dt.datetime(2023, 8, 3)).map(lambda moment: moment.isoformat(sep=" ")),
    st.datetimes(dt.datetime(2023, 6, 28), dt.datetime(2023, 8, 3)).map(lambda moment: moment.isoformat()),
    st.dates(dt.date(2023, 6, 28), dt.date(2023, 8, 3)).map(str),
    st.builds(
        lambda moment, offset: f"{moment:%Y-%m-%d %H:%M:%S}{offset}",
        st.datetimes(dt.datetime(2023, 6, 26), dt.datetime(2023, 8, 5)),
        st.sampled_from(["Z", "+07", "+0700", "+14:00", "-11:30", " +07:00", "+13:59", "+99:00", "+07:60"]),
    ),
    st.from_regex(times._MOMENT, fullmatch=True),
    st.text("0123456789-:TZ+. /", max_size=26),
    st.text(max_size=6),
    st.integers(-(2**40), 2**40),
    st.none(),
)


@slow(40)
@given(moments=st.lists(TIME_TEXTS, max_size=30))
def test_what_is_counted_is_what_the_reader_of_answers_says(
    tmp_path_factory: pytest.TempPathFactory, moments: list[str | int | None]
) -> None:
    """The sum is the table's count, what is read is what is due, and nothing is placed but by the one reading."""
    path = tmp_path_factory.mktemp("made") / "a.sqlite"
    texts = [None if moment is None else str(moment).replace("\x00", "") for moment in moments]
    counts, keys, none, row_count = taken(sqlite(path, texts), counting())
    assert counts.table_count == len(moments)
    assert counts.in_month_count == row_count
    column = pa.array(texts, pa.string())
    start, end = JULY.bounds(HANOI)
    read = [None if pd.isna(each) else each for each in times.moments(column, HANOI)]
    inside = {str(number) for number, moment in enumerate(read) if moment is not None and start <= moment < end}
    unread = {str(number) for number, moment in enumerate(read) if moment is None}
    assert counts.misplaced_count == len(set(keys) - inside - unread)
    assert counts.missed_count >= len(inside - set(keys))
    assert {key for key, rule in none.items() if rule == READABLE} >= (unread | inside) - set(keys)
    assert not set(none) & set(keys)


@pytest.mark.parametrize("kind", ["datetime", "varchar"])
@pytest.mark.parametrize("dialect", [mssql.dialect(), oracle.dialect()], ids=["mssql", "oracle"])
def test_dialects_without_a_server_here_compile_the_count(dialect: Any, kind: str) -> None:
    window = time_columns.Window(*JULY.bounds(HANOI), OPENED, JULY.bounds(HANOI)[1], HANOI, frozenset({"month_start"}))
    column = time_columns.of(dialect.name, sa.column("at"), kind, window)
    statement = sa.select(census._bucket(column)).select_from(sa.table("answer"))
    assert "case when" in str(statement.compile(dialect=dialect)).lower()


HEADERS = [
    # lines of the header                          | what is counted, or why nothing, or what is wrong
    (["-- counts: a", "-- time: b"],                 Counted("a", "b")),
    (["-- counts: s.a", "-- time: b", "-- key: c"],  Counted("s.a", "b", "c")),
    ([],                                             queries.NOT_SAID),
    (["-- counts: off, too large"],                  "the query's header switches it off: too large"),
    (["-- counts: off (too large)"],                 "the query's header switches it off: too large"),
    (["-- counts: off"],                             Misdeclared),
    (["-- counts: a"],                               Misdeclared),
    (["-- time: a"],                                 Misdeclared),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "is_said"), HEADERS)
def test_the_header_says_what_is_counted(tmp_path: Path, lines: list[str], is_said: Any) -> None:
    (tmp_path / "source").mkdir()
    text = "\n".join(["-- what: a", "-- grain: b", "-- params: none", *lines, "select 1"])
    (tmp_path / "source" / "own.sqlite.sql").write_text(text, "utf-8")
    if is_said is Misdeclared:
        with pytest.raises(Misdeclared, match="own.sqlite.sql:1: the header says"):
            queries.statement_of(tmp_path, "own", "sqlite")
        return
    asked = Query.of("here", queries.statement_of(tmp_path, "own", "sqlite"), JULY.bounds(HANOI), HANOI)
    assert (asked.counted or asked.uncounted_why) == is_said


def test_a_query_that_says_nothing_is_read_and_not_counted(tmp_path: Path) -> None:
    read: Snapshot = snapshot(sqlite(tmp_path / "a.sqlite", ["2023-07-13"]), query(select(BOUNDED, submitted_at="at")))
    assert sum(batch.num_rows for batch in read) == 1
    assert (read.census, read.query.uncounted_why) == (None, queries.NOT_SAID)
