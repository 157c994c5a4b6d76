"""What every kind of source must bring as it is: odd texts, nulls, numbers, long rows; in batches of one schema."""

from __future__ import annotations

import random
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from etl.errors import Refused
from etl.source import contract
from etl.source.address import url_of
from etl.source.blocks import BLOCK_BYTES
from etl.source.queries import Limits
from etl.source.shape import Shape
from etl.source.snapshot import probe
from etl.warehouse import embedded
from tests.lib.asking import query, read, select, snapshot
from tests.lib.mariadb import MariaDB

Fill = Callable[[Sequence[tuple[int, str | None]]], str]
MARIADB = pytest.param("mariadb", marks=pytest.mark.needs("mariadb"))
ENGINES = ("postgresql", MARIADB, "sqlite")

TEXTS = [
    None, "", " ", "null", "NULL", "\\N", "\\.", "(NULL)", '"', '""', '","', "'", ",", ",,", "a,b", 'say "a", or b',
    "\n", "\r", "\r\n", "two\nlines", "a\\", "\\", "\\n", "\\\\", "tab\there", "|", "=", "%s", "%", ":month_start",
    "Hài lòng", "Ha\u0300i lo\u0300ng", "😀", "\ufeff", "\u2028", "\x1a", "\x7f", "x" * 70_000, "é" * 300, "'; drop",
]  # fmt: skip
ALPHABET = "ab\"\\',\n\r\t |=%:;é😀"


@pytest.fixture(params=ENGINES)
def fill(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fill]:
    """Puts rows of (id, text) into the table ``said`` of a new database of a kind; the connection of its guest."""
    name = f"texts_{secrets.token_hex(4)}"
    if request.param == "sqlite":
        yield lambda rows: _in_sqlite(tmp_path / "texts.sqlite", rows)
    elif request.param == "mariadb":
        server: MariaDB = request.getfixturevalue("mariadb_server")
        yield lambda rows: _in_mariadb(server, name, rows)
        server.execute("mysql", f"drop database if exists {name}")
    else:
        state: Path = request.getfixturevalue("state")
        root = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with root.connect() as connection:
            connection.exec_driver_sql(f"create database {name}")
            yield lambda rows: _in_postgresql(embedded.url(state, "branches", name), rows)
            connection.exec_driver_sql(f"drop database {name} with (force)")


def _in_sqlite(path: Path, rows: Sequence[tuple[int, str | None]]) -> str:
    with sqlite3.connect(path) as database:
        database.execute("create table said (id integer primary key, content text)")
        database.executemany("insert into said values (?, ?)", rows)
    database.close()
    return f"sqlite:///{path}"


def _in_mariadb(server: MariaDB, name: str, rows: Sequence[tuple[int, str | None]]) -> str:
    uri = server.url(name)
    server.execute(name, "create table said (id int primary key, content longtext) charset utf8mb4")
    server.load(name, "said", rows)
    return uri


def _in_postgresql(url: str, rows: Sequence[tuple[int, str | None]]) -> str:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table said (id integer primary key, content text)")
        connection.exec_driver_sql("insert into said values (%s, %s)", list(rows))
    return url


def test_texts_come_as_they_are(fill: Fill) -> None:
    rows = list(enumerate(TEXTS, start=1))
    found = read(fill(rows), query(select("said", comment="content", unit_code="content", answers="content")))
    for (key, text), row in zip(rows, found, strict=True):
        assert (row["response_key"], row["comment"], row["unit_code"], row["answers"]) == (str(key), text, text, text)


def test_made_up_texts_come_as_they_are_in_the_columns_of_single_answers(fill: Fill) -> None:
    chance = random.Random(7)
    rows = [(key, "".join(chance.choices(ALPHABET, k=chance.randrange(12)))) for key in range(1, 3001)]
    sql = select("said", comment="content", answer_one="content", answer_two="id").replace("null as answers, ", "")
    found = read(fill(rows), query(sql), batch_rows=700)
    assert [(row["comment"], row["answer_one"], row["answer_two"]) for row in found] == [
        (text, text, str(key)) for key, text in rows
    ]


def test_all_batches_of_a_read_have_the_schema_of_the_contract(fill: Fill) -> None:
    uri = fill([(key, str(key % 3)) for key in range(1, 26)])
    asked = query(select("said", answer_b="content", answer_a="content").replace("null as answers, ", ""))
    batches = list(snapshot(uri, asked, batch_rows=10))
    assert [batch.num_rows for batch in batches] == [10, 10, 5]
    expected = [(name, contract.arrow_type(name)) for name in (*contract.FIXED, "answer_b", "answer_a")]
    assert {batch.schema for batch in batches} == {pa.schema(expected)}


def test_a_block_is_bounded_by_its_bytes(fill: Fill) -> None:
    size = BLOCK_BYTES // 8
    uri = fill([(key, "x" * size) for key in range(1, 21)])
    batches = list(snapshot(uri, query(select("said", comment="content")), batch_rows=500))
    assert sum(batch.num_rows for batch in batches) == 20
    if not uri.startswith("sqlite"):  # it gives rows by the hundred
        assert max(batch.nbytes for batch in batches) < BLOCK_BYTES + 2 * size


def test_no_row_is_no_batch_and_yet_a_time(fill: Fill) -> None:
    taken = snapshot(fill([(1, "a")]), query(select("said where id < 0")))
    assert list(taken) == []
    assert taken.taken_at.tzinfo


def test_a_probe_shows_the_columns_and_a_few_rows_of_any_query(fill: Fill) -> None:
    uri = fill([(key, f"text {key}") for key in range(1, 30)])
    asked = query("select id as response_key, content as words from said", tables=("said", "gone", "a.b"))
    found = probe(url_of("48", uri), asked, Limits(10, 100), 10)
    assert [column.name for column in found.columns] == ["response_key", "words"]
    assert all(column.type_name for column in found.columns)
    assert found.rows.num_rows == 10
    assert {row["words"] for row in found.rows.to_pylist()} <= {f"text {key}" for key in range(1, 30)}
    assert [entry[:2] for entry in found.shape.columns] == [("said", "content"), ("said", "id")]
    assert probe(url_of("48", uri), asked, Limits(10, 100), 0).rows.num_rows == 0


def test_the_shape_changes_with_a_column_or_its_type_and_with_nothing_else(fill: Fill) -> None:
    uri = fill([(1, "a")])
    taken = snapshot(uri, query(select("said"), tables=("said",)))
    list(taken)
    again = snapshot(uri, query(select("said", comment="content"), tables=("said",)))
    list(again)
    assert taken.shape == again.shape
    assert len(taken.shape.digest) == 64
    other = Shape((*taken.shape.columns[:1], ("said", "id", "text")))
    assert len({taken.shape.digest, other.digest, Shape(taken.shape.columns[:1]).digest, Shape().digest}) == 4


def test_the_shape_is_known_when_the_query_no_longer_fits(fill: Fill) -> None:
    taken = snapshot(fill([(1, "a")]), query(select("said", comment="gone"), tables=("said",)))
    with pytest.raises(Refused, match="does not fit the database"):
        list(taken)
    assert [column for _, column, _ in taken.shape.columns] == ["content", "id"]


@pytest.mark.parametrize("engine", [MARIADB, "sqlite"])  # PostgreSQL has no NUL
def test_a_nul_costs_nothing_else(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    rows = [(1, "before\x00after"), (2, '"a"\x00,\n'), (3, "plain")]
    if engine == "sqlite":
        uri = _in_sqlite(tmp_path / "nul.sqlite", rows)
    else:
        server: MariaDB = request.getfixturevalue("mariadb_server")
        uri = _in_mariadb(server, f"nul_{secrets.token_hex(4)}", rows)
    found = read(uri, query(select("said", comment="content", channel_code="content")))
    assert [(row["comment"], row["channel_code"]) for row in found] == [(text, text) for _, text in rows]
    sql = select("said").replace("null as answers", "content as answer_a, 5 as answer_b")
    answers = [(row["answer_a"], row["answer_b"]) for row in read(uri, query(sql))]
    assert answers == [(text, "5") for _, text in rows]


@pytest.mark.parametrize("bound", ["", " and :month_start < :month_end"])
def test_a_percent_sign_of_a_query_is_its_own(fill: Fill, bound: str) -> None:
    uri = fill([(key, f"text {key}") for key in range(1, 21)])
    sql = select(f"said where content like '%1%' and id % 2 = 0{bound}", comment="'100%'")
    found = read(uri, query(sql))
    assert [(row["response_key"], row["comment"]) for row in found] == [(str(n), "100%") for n in (10, 12, 14, 16, 18)]
