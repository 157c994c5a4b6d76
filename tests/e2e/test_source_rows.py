"""The way of every other dialect, streamed rows, here on SQLite: no server of the kinds that need it runs here."""

from __future__ import annotations

import datetime as dt
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from etl.errors import Misdeclared, Refused
from etl.registry.terms import LOST
from etl.source import contract, rows
from etl.source.address import url_of
from etl.source.queries import Column, Limits, Query
from etl.source.snapshot import probe
from tests.lib.asking import query, read, select, snapshot


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An office's file of 25 rows, read as an unknown kind of database would be."""
    monkeypatch.setattr("etl.source.snapshot._WAYS", {})
    monkeypatch.setitem(rows._NOW, "sqlite", "select strftime('%s') as now")
    monkeypatch.setattr(rows, "now", lambda guest: dt.datetime(2023, 8, 1, tzinfo=dt.UTC))
    with sqlite3.connect(tmp_path / "office.db") as database:
        database.execute("create table said (id integer primary key, at text, content text)")
        made = [(key, f"2023-07-{key:02d} 10:00:00", f"text {key % 3}") for key in range(1, 26)]
        database.executemany("insert into said values (?, ?, ?)", made)
    database.close()
    return f"sqlite:///{tmp_path / 'office.db'}"


def test_rows_come_in_batches_of_the_contract_within_the_month(uri: str) -> None:
    where = "said where at >= :month_start and at < :month_end and id <> 7"
    asked = query(select(where, comment="content", answer_one="id", harassment_reported="1"), tables=("said",))
    asked = Query(asked.place, asked.sql.replace("null as answers, ", ""), *_rest(asked))
    taken = snapshot(uri, asked, batch_rows=10)
    batches = list(taken)
    assert [batch.num_rows for batch in batches] == [10, 10, 4]
    expected = [(name, contract.arrow_type(name)) for name in (*contract.FIXED, "answer_one")]
    assert {batch.schema for batch in batches} == {pa.schema(expected)}
    first = batches[0].to_pylist()[0]
    assert (first["response_key"], first["comment"], first["answer_one"]) == ("1", "text 1", "1")
    assert [column for _, column, _ in taken.shape.columns] == ["at", "content", "id"]


def _rest(asked: Query) -> tuple[Any, ...]:
    return asked.params, asked.bounds, asked.zone, asked.encoding, asked.tables


def test_a_probe_stops_after_its_rows(uri: str) -> None:
    found = probe(url_of("48", uri), query("select content as words from said"), Limits(5, 10), 4)
    assert (found.rows.num_rows, [column.name for column in found.columns]) == (4, ["words"])


def test_what_does_not_fit_is_told(uri: str) -> None:
    with pytest.raises(Refused, match="no such column: gone"):
        read(uri, query(select("said", comment="gone")))
    with pytest.raises(Misdeclared, match="it lacks comment"):
        read(uri, query(select("said").replace("null as comment, ", "")))


# fmt: off
VALUES = [
    # a driver's value                                  | as text
    (None,                                                None),
    ("Hài lòng",                                          "Hài lòng"),
    (b"Caf\xe9",                                          f"Caf{LOST}"),
    (memoryview(b"abc"),                                  "abc"),
    (True,                                                "true"),
    (False,                                               "false"),
    (5,                                                   "5"),
    (Decimal("1E+3"),                                     "1000"),
    (Decimal("0.50"),                                     "0.50"),
    (1.5,                                                 "1.5"),
    (dt.date(2023, 7, 1),                                 "2023-07-01"),
    (dt.datetime(2023, 7, 1, 8, 5),                       "2023-07-01 08:05:00"),
    (dt.datetime(2023, 7, 1, 8, 5, 0, 1, tzinfo=dt.UTC),  "2023-07-01 08:05:00.000001+00:00"),
]
# fmt: on


@pytest.mark.parametrize(("value", "shown"), VALUES)
def test_a_value_of_any_driver_is_text(value: Any, shown: str | None) -> None:
    assert rows.text(value) == shown


def test_bytes_and_letters_of_an_old_encoding_are_decoded() -> None:
    columns = [Column("response_key", "int"), Column("comment", "varchar")]
    found = rows.of_rows(columns, [(1, b"H\xb5i"), (2, "H\xb5i"), (3, None)], "tcvn3")
    assert found.to_pylist() == [
        {"response_key": "1", "comment": "Hài"},
        {"response_key": "2", "comment": "Hài"},
        {"response_key": "3", "comment": None},
    ]
