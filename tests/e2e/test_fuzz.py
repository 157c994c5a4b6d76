"""Whatever bytes a source holds: every response lands and is taken in or turned away with a reason, or the month is
refused with one; and what was taken in is what was written.

Hypothesis makes up the responses; they go through the doors together, because each run has a fixed cost.
"""

from __future__ import annotations

import datetime as dt
import secrets
import sqlite3
import string
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from etl import settings
from etl.landing import zone
from etl.landing.receipt import Taken
from etl.operation import steps
from etl.registry.terms import LOST
from etl.source import contract, pseudonym
from etl.warehouse import embedded
from tests.lib.mariadb import MariaDB
from tests.lib.months import query

pytestmark = pytest.mark.deep

Fill = Callable[[list[dict[str, bytes | None]]], None]

MONTH, CODE = "2023-07", "34"
EXAMPLES = 300
GOOD: dict[str, str | None] = {
    "treasury_code": CODE, "submitted_at": "2023-07-15 08:00:00+07", "unit_code": "34.01", "officer_code": "CB-7",
    "procedure_code": "account_open", "channel_code": "online", "respondent_type_code": "individual",
    "respondent_ref": "079 123", "harassment_reported": "false", "comment": "Cảm ơn",
    "answers": "access_seats=5|officers_polite=4",
}  # fmt: skip

NFD = unicodedata.normalize("NFD", "Rất hài lòng")
ODD = [
    "\x00", "a\x00b", "\ufffd", "\ufeff", "\u202eabc\u202c", "\u200b", "\u2028", "\x1a", "\x85", "\xa0", NFD,
    "\u0338", "=\u0338", "ﬁ", "\u212b", "\U0001f468\u200d\U0001f469", "\U0010ffff", '"', '""', "'", "\\", "\\N", "\\.",
    ",", ";", "\t", "\n", "\r", "\r\n", 'a,"b"\n{c}\\N\r\n\\.', "{", "}", "{NULL}", "NULL", "null", "nan", "None",
    "-0", "1e9", "True", "t", "0x10", "٣", "５", " ", "  x  ", "x" * 70_000, "=", "|", "a=|=b", "=5|=5", "x=5|" * 50,
    "access_seats=5|access_seats=1", "access_seats=5=5", "access_seats=٥", "now", "infinity", "2023-07-15",
    "2023-07-15T24:00:00", "2023-07-15T23:59:60Z", "2023-02-30 08:00:00", "0000-00-00 00:00:00", "20230715T08+0700",
    "9999-12-31 23:59:59-14:00", "0001-01-01 00:00:00+14:00", "2023-07-15 08:00:00.123456789012345678901+07:00",
    "2023-07-15 08:00:00+99:99", "-2023-07-15 08:00:00", "2023-07-15 08:00:00 ", "2023-07-15\t08:00:00",
    "２０２３-07-15 08:00:00", "2023-07-15 08:00:00Asia/Tokyo",
]  # fmt: skip
NO_UTF8 = [
    b"To\xa8t",
    b"\xff",
    b"\xe1\xba",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\xf4\x90\x80\x80",
    b'\xe1"',
    b"\xe1,",
    b"\xe1\n",
]
TEXTS = st.one_of(
    st.none(),
    st.sampled_from(ODD),
    st.text(max_size=30),
    st.text(string.printable + "\x00\ufffd|=", max_size=30),
    st.lists(st.sampled_from(ODD), max_size=4).map("".join),
)
FUZZED = [name for name in GOOD if name != "treasury_code"]
BYTES = st.one_of(
    st.none(),
    st.binary(max_size=30),
    TEXTS.map(lambda text: (text or "").encode()),
    st.text(max_size=10).map(lambda text: text.encode("utf-16")),
    st.sampled_from(NO_UTF8),
)
HELD = [
    *("unit_code", "officer_code", "procedure_code", "channel_code", "respondent_type_code", "respondent_ref"),
    "comment",
]
"""The columns of a branch's table that hold texts, as they stand in it."""
ANSWER = "insert into survey_answer select response_id, 'access_seats', 5 from survey_response"
INSERT = f"insert into survey_response (response_id, submitted_at, {', '.join(HELD)})"


@st.composite
def responses(draw: st.DrawFn) -> dict[str, str | None]:
    """A response of which one column, or some, or even the key says anything."""
    names = draw(st.one_of(st.sampled_from(FUZZED).map(lambda name: [name]), st.lists(st.sampled_from(FUZZED))))
    return {**GOOD, **{name: draw(TEXTS) for name in names}, "response_key": draw(TEXTS)}


def made_up(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Examples of a strategy, the same at every run."""
    found: list[Any] = []

    @hypothesis(max_examples=count, derandomize=True, deadline=None, database=None,
                suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(strategy)
    def collect(one: Any) -> None:
        found.append(one)

    collect()
    return found


def keyed(rows: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    """The same rows; a key that holds anything is made its own, for a repeated one refuses the month."""
    return [
        {**row, "response_key": f"{number}{key}" if (key := row["response_key"]) and key.strip() else key}
        for number, row in enumerate(rows)
    ]


def in_columns(rows: list[dict[str, str | None]]) -> pa.RecordBatch:
    """Rows as a source yields them, their answers in one column each."""
    parts = [
        {
            contract.ANSWER_PREFIX + "access_seats": "5" if row["answers"] == GOOD["answers"] else row["answers"],
            contract.ANSWER_PREFIX + "officers_polite": "4",
        }
        for row in rows
    ]
    return batch([{**row, **part} for row, part in zip(rows, parts, strict=True)], [*contract.FIXED, *parts[0]])


def batch(rows: list[dict[str, str | None]], columns: Any = contract.COLUMNS) -> pa.RecordBatch:
    """Rows as a source yields them, their answers in one text."""
    return pa.RecordBatch.from_pydict(
        {name: pa.array([row.get(name) for row in rows], pa.string()).cast(contract.arrow_type(name))
         for name in columns}
    )  # fmt: skip


def admitted(rows: pa.RecordBatch) -> dict[str, Any]:
    """Land rows of the treasury and let them through the doors; the outcome."""
    planned = steps.plan(MONTH, [CODE])
    hidden = pseudonym.hide(rows, settings.pseudonym_key())
    place = zone.Place(settings.read().landing, MONTH, CODE)
    zone.keep(place, [hidden.slice(start, 1000) for start in range(0, len(hidden), 1000)], "source/fuzz",
                 lambda: Taken(dt.datetime(2023, 8, 1, tzinfo=dt.UTC)))  # fmt: skip
    (outcome,) = steps.admit(planned, [CODE])
    return outcome


def cleaned(text: str | None) -> str | None:
    """What of a text is kept."""
    return unicodedata.normalize("NFC", (text or "").replace("\x00", "")).strip() or None  # PostgreSQL has no NUL


def assert_every_row_has_an_end(rows: list[dict[str, str | None]], outcome: dict[str, Any]) -> None:
    """Each row is in core as it was written or turned away with a reason, and the counts say so."""
    core = {row["response_key"]: row for row in query("select * from core.fact_response")}
    noted = query("select * from ops.turned_away where rule_code <> ''")
    away = {row["row_number"]: row["response_key"] or f"#{row['row_number']}" for row in noted}
    assert outcome["read_count"] == len(rows)
    assert (outcome["loaded_count"], outcome["turned_away_count"]) == (len(core), len(away))
    assert len(rows) == len(core) + len(away)
    for number, row in enumerate(rows, start=1):
        key = row["response_key"] or ""
        is_key = key.strip() and LOST not in key and "\x00" not in key
        shown = key.strip() if is_key else f"#{number}"
        assert (shown in core) != (shown in away.values()), (number, shown)
        if shown in core:
            assert core[shown]["comment_text"] == cleaned(row["comment"])
            assert core[shown]["officer_code"] == (cleaned(row["officer_code"]) or "unstated")


@pytest.mark.parametrize("as_batch", [batch, in_columns], ids=["one text", "a column each"])
@pytest.mark.thorough
def test_every_landed_response_is_taken_in_or_turned_away_with_a_reason(
    fresh_warehouse: str, as_batch: Callable[[list[dict[str, str | None]]], pa.RecordBatch]
) -> None:
    fuzzed = made_up(responses(), EXAMPLES)
    rows = keyed(fuzzed + [{**GOOD, "response_key": "good"}] * (EXAMPLES * 20))
    outcome = admitted(as_batch(rows))
    assert outcome["treasury_state"] == "loaded", outcome["error_message"]
    assert 50 < outcome["turned_away_count"] < len(fuzzed)
    assert_every_row_has_an_end(rows, outcome)


def test_a_month_of_nothing_but_odd_texts_is_refused_with_reasons(fresh_warehouse: str) -> None:
    outcome = admitted(batch(keyed(made_up(responses(), 100))))
    assert outcome["treasury_state"] == "refused"
    assert "few_turned_away" in outcome["error_message"]
    assert outcome["next_action"]
    assert query("select * from core.fact_response") == []
    assert query("select * from ops.turned_away") != []


@pytest.mark.parametrize("code", ["", " 34", "34\x00", LOST, "３４", None])
def test_a_treasury_that_calls_itself_anything_else_is_refused(fresh_warehouse: str, code: str | None) -> None:
    outcome = admitted(batch(keyed([{**GOOD, "response_key": "1", "treasury_code": code}] * 3)))
    assert outcome["treasury_state"] == "refused"
    assert query("select * from core.fact_response") == []


@st.composite
def held(draw: st.DrawFn) -> dict[str, bytes | None]:
    """A response in a branch's table of which a column, or some, hold any bytes."""
    names = draw(st.one_of(st.sampled_from(HELD).map(lambda name: [name]), st.lists(st.sampled_from(HELD))))
    good = {name: (GOOD[name] or "").encode() for name in HELD}
    return {**good, **{name: draw(BYTES) for name in names}}


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def branch(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Fill]]:
    """A branch whose columns take any bytes: its URL, and how it is filled."""
    engines = {"sqlite": on_sqlite, "postgresql": on_postgresql, "mariadb": on_mariadb}
    yield from engines[request.param](request, tmp_path)


def on_sqlite(request: pytest.FixtureRequest, directory: Path) -> Iterator[tuple[str, Fill]]:
    """A SQLite file, in which a text is what somebody says is one: blobs and texts by turns."""
    path = directory / "branch.sqlite"

    def fill(rows: list[dict[str, bytes | None]]) -> None:
        with sqlite3.connect(path) as database:
            database.executescript(
                f"create table treasury (treasury_code); insert into treasury values ('{CODE}');"
                f"create table survey_response (response_id, submitted_at, harassment_reported, {', '.join(HELD)});"
                "create table survey_answer (response_id, criterion_code, score)"
            )
            for number, row in enumerate(rows, start=1):
                value = "cast(? as text)" if number % 2 else "?"
                values = ", ".join([value] * len(HELD))
                database.execute(f"{INSERT} values ({number}, '2023-07-15 08:00:00', {values})", list(row.values()))
            database.execute(ANSWER)
        database.close()

    yield f"sqlite:///{path}", fill


def on_postgresql(request: pytest.FixtureRequest, directory: Path) -> Iterator[tuple[str, Fill]]:
    """A PostgreSQL database that knows no encoding and takes every byte but NUL."""
    state: Path = request.getfixturevalue("state")
    name = f"branch_{secrets.token_hex(4)}"
    server = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template template0 encoding 'SQL_ASCII'")
    url = sa.make_url(embedded.url(state, "branches", name))

    def fill(rows: list[dict[str, bytes | None]]) -> None:
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"client_encoding": "utf8"})
        with engine.begin() as connection:
            tables = (settings.PACKAGE / "demo" / "branch.sql").read_text("utf-8")
            connection.execution_options(no_parameters=True).exec_driver_sql(tables)
            connection.exec_driver_sql(f"insert into treasury values ('{CODE}', 'x')")
            values = ", ".join(["convert_from(%s, 'SQL_ASCII')"] * len(HELD))
            connection.exec_driver_sql(
                f"{INSERT} values (%s, '2023-07-15 08:00:00+07', {values})",
                [
                    (number, *(value and value.replace(b"\x00", b"") for value in row.values()))
                    for number, row in enumerate(rows, start=1)
                ],
            )
            connection.exec_driver_sql(ANSWER)

    yield url.render_as_string(hide_password=False), fill
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")


def on_mariadb(request: pytest.FixtureRequest, directory: Path) -> Iterator[tuple[str, Fill]]:
    """A MariaDB database whose columns hold bytes."""
    server: MariaDB = request.getfixturevalue("mariadb_server")
    name = f"branch_{secrets.token_hex(4)}"

    def fill(rows: list[dict[str, bytes | None]]) -> None:
        server.execute(name, "create table treasury (treasury_code varchar(9))")
        server.execute(name, f"insert into treasury values ('{CODE}')")
        columns = ", ".join(f"{column} longblob" for column in HELD)
        fixed = "response_id int primary key, submitted_at timestamp"
        server.execute(name, f"create table survey_response ({fixed}, {columns}, harassment_reported boolean)")
        server.execute(name, "create table survey_answer (response_id int, criterion_code varchar(60), score int)")
        server.load(
            name,
            "survey_response",
            [(number, "2023-07-15 08:00:00", *row.values(), None) for number, row in enumerate(rows, start=1)],
        )
        server.execute(name, ANSWER)

    yield server.url(name), fill
    server.execute("mysql", f"drop database {name}")


def test_whatever_bytes_a_database_holds_are_read_and_every_response_has_an_end(
    fresh_warehouse: str, branch: tuple[str, Fill], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, fill = branch
    made = made_up(held(), EXAMPLES)
    good = {name: (GOOD[name] or "").encode() for name in HELD}
    rows = made + [good] * (EXAMPLES * 10)
    fill(rows)
    monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{CODE}", url)
    planned = steps.plan(MONTH, [CODE])
    assert steps.land(planned, CODE)["row_count"] == len(rows)
    place = zone.Place(settings.read().landing, MONTH, CODE)
    tables = pa.concat_tables(zone.read(place, zone.receipt(place), 1000), promote_options="permissive")
    read = {row["response_key"]: row for row in tables.to_pylist()}
    is_postgresql = url.startswith("postgresql")
    said = [{name: value and as_read(value, is_postgresql) for name, value in row.items()} for row in rows]
    for number, row in enumerate(said, start=1):
        for name in set(HELD) - {"respondent_ref"}:
            assert (read[str(number)][name] or "") == (row[name] or ""), (number, name)
    (outcome,) = steps.admit(planned, [CODE])
    assert outcome["treasury_state"] == "loaded", outcome["error_message"]
    in_order = [{**row, "response_key": str(number)} for number, row in enumerate(said, start=1)]
    assert_every_row_has_an_end(in_order, outcome)


def as_read(value: bytes, is_postgresql: bool) -> str:
    """What bytes are read as: UTF-8, with a mark where they are none; PostgreSQL does not take NUL."""
    return (value.replace(b"\x00", b"") if is_postgresql else value).decode("utf-8", errors="replace")
