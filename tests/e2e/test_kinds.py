"""Kinds of sources: four shapes on three engines say the same, and a network whose schema nobody knew is rated.

The servers are real: an embedded PostgreSQL, a MariaDB, SQLite files. The answers are made, and counted here by hand.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pyarrow as pa
import pytest

from etl import registry, settings
from etl.admission import clean
from etl.periods import SurveyMonth
from etl.registry import codebook
from etl.registry.questionnaire import Level
from etl.source import legacy_text, pseudonym, queries
from etl.source.address import url_of
from etl.source.queries import Limits, Query
from etl.source.snapshot import Snapshot
from etl.warehouse import embedded
from tests.lib.letters import LETTERS
from tests.lib.libraries import DIRECTORY, connect
from tests.lib.mariadb import MariaDB

JULY = SurveyMonth(2023, 7)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
KEY = b"a key for tests, long enough to pass"
COMMENTS = (None, "Cán bộ rất nhiệt tình; thủ tục nhanh", "Đợi lâu quá…", "plain", "", "một | hai = ba, \"bốn\"\n'năm'")
DIALECTS = ("postgresql", "mysql", "sqlite")


@dataclass(frozen=True)
class Response:
    """One made response; ``levels`` are in the order of the questionnaire, None where nothing was answered."""

    key: int
    at: dt.datetime
    codes: tuple[str | None, ...]
    ref: str | None
    is_harassed: bool
    comment: str | None
    levels: tuple[int | None, ...]


def made() -> list[Response]:
    """Responses of July 2023, at both its edges as well, and some of the months beside it."""
    draw = random.Random(7)
    here = registry.load(settings.read().config)
    units = [unit.code for unit in here.units_of(here.treasury("34", JULY))]
    edges = [(2023, 6, 30, 23, 59, 59), (2023, 7, 1, 0, 0, 0), (2023, 7, 31, 23, 59, 59), (2023, 8, 1, 0, 0, 0)]
    moments = [dt.datetime(*edge) for edge in edges]
    moments += [dt.datetime(2023, 7, 1) + dt.timedelta(seconds=draw.randrange(31 * 86400)) for _ in range(60)]
    return [
        Response(
            key=number,
            at=moment,
            codes=(
                draw.choice([None, *units]),
                draw.choice([None, "CB-07", "CB-12"]),
                draw.choice([None, *(entry.code for entry in here.codes.procedures)]),
                draw.choice([entry.code for entry in here.codes.channels]),
                draw.choice([entry.code for entry in here.codes.respondent_types]),
            ),
            ref=draw.choice([None, f"khách {number % 9}"]),
            is_harassed=draw.random() < 0.1,
            comment=draw.choice(COMMENTS),
            levels=tuple(draw.choice([None, 1, 3, 5] if number % 2 else [None, 1, 2, 3, 4, 5]) for _ in criteria()),
        )
        for number, moment in enumerate(moments, start=1)
    ]


def criteria() -> list[str]:
    return [criterion.code for criterion in questionnaire().criteria]


def questionnaire() -> Any:
    return registry.load(settings.read().config).questionnaire_in(JULY)


# --- the shapes: tables by dialect, and rows of each -----------------------------------------------------------------

TYPES = {
    # dialect     | of a time        | of yes or no | of a document | of text
    "postgresql": ("timestamptz",      "boolean",     "jsonb",        "text"),
    "mysql":      ("datetime(6)",      "boolean",     "json",         "varchar(500)"),
    "sqlite":     ("text",             "integer",     "text",         "text"),
}  # fmt: skip


def response_table(dialect: str, *more: str) -> str:
    """The table of responses of the shapes but the legacy one."""
    time, truth, _, text = TYPES[dialect]
    codes = ", ".join(f"{name}_code {text}" for name in ("unit", "officer", "procedure", "channel", "respondent_type"))
    columns = [f"response_id integer primary key, submitted_at {time}, {codes}, respondent_ref {text}"]
    return (
        f"create table survey_response ({', '.join([*columns, f'harassment_reported {truth}, comment {text}', *more])})"
    )


def response_row(dialect: str, one: Response, *more: Any) -> tuple[Any, ...]:
    """A row of that table."""
    return (one.key, moment(dialect, one.at), *one.codes, one.ref, one.is_harassed, one.comment, *more)


def moment(dialect: str, at: dt.datetime) -> Any:
    return at.replace(tzinfo=HANOI) if dialect == "postgresql" else at.isoformat(sep=" ")


Tables = dict[str, tuple[str, list[tuple[Any, ...]]]]


def as_rows(dialect: str, responses: list[Response]) -> Tables:
    text = TYPES[dialect][3]
    pairs = [
        (one.key, code, level)
        for one in responses
        for code, level in zip(criteria(), one.levels, strict=True)
        if level or one.key % 3 == 0  # some keep a row for what was not answered
    ]
    answers = f"create table survey_answer (response_id integer, criterion_code {text}, score integer)"
    return {
        "survey_response": (response_table(dialect), [response_row(dialect, one) for one in responses]),
        "survey_answer": (answers, pairs),
    }


def as_columns(dialect: str, responses: list[Response]) -> Tables:
    table = response_table(dialect, *(f"{code} integer" for code in criteria()))
    return {"survey_response": (table, [response_row(dialect, one, *one.levels) for one in responses])}


def as_document(dialect: str, responses: list[Response]) -> Tables:
    def document(one: Response) -> str:
        answered = dict(zip(criteria(), one.levels, strict=True))
        return json.dumps({code: level for code, level in answered.items() if level or one.key % 3 == 0})

    table = response_table(dialect, f"answers {TYPES[dialect][2]}")
    return {"survey_response": (table, [response_row(dialect, one, document(one)) for one in responses])}


def as_legacy(dialect: str, responses: list[Response], encode: Callable[[str], bytes]) -> Tables:
    """Old tables; odd responses have a scale of three, even ones of ten, and the texts are bytes of an encoding."""
    time = {"postgresql": "timestamp"}.get(dialect, TYPES[dialect][0])
    text = {"mysql": "varchar(500) character set latin1"}.get(dialect, "text")
    words = ", ".join(f"{name} {text}" for name in ("ma_phong", "ma_can_bo", "ma_thu_tuc", "kenh", "doi_tuong"))
    rest = ", ".join(f"{name} {text}" for name in ("ma_khach", "nhung_nhieu", "y_kien"))
    slips = f"create table phieu (so_phieu integer, ngay_gio {time}, {words}, {rest})"
    marks = f"create table cau_tra_loi (so_phieu integer, ma_tieu_chi {text}, diem integer, thang_diem integer)"
    stored = as_stored(dialect, encode)
    return {
        "phieu": (
            slips,
            [
                (
                    one.key,
                    one.at.isoformat(sep=" "),
                    *one.codes,
                    stored(one.ref),
                    "C" if one.is_harassed else "K",
                    stored(one.comment),
                )
                for one in responses
            ],
        ),
        "cau_tra_loi": (
            marks,
            [
                (one.key, code, {1: 1, 3: 2, 5: 3}[level] if one.key % 2 else 2 * level, 3 if one.key % 2 else 10)
                for one in responses
                for code, level in zip(criteria(), one.levels, strict=True)
                if level
            ],
        ),
    }


def as_stored(dialect: str, encode: Callable[[str], bytes]) -> Callable[[str | None], Any]:
    """How a text of an old encoding gets into a column: as Latin-1 letters of its bytes, or as the bytes themselves."""
    if dialect == "sqlite":
        return lambda text: None if text is None else Bytes(encode(text))
    by_byte = [bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256)]
    if dialect == "postgresql":
        by_byte = [chr(byte) for byte in range(256)]
    return lambda text: None if text is None else "".join(by_byte[byte] for byte in encode(text))


class Bytes(bytes):
    """Bytes that SQLite keeps in a column as if they were text."""


ENCODERS: dict[str, Callable[[str], bytes]] = {
    "tcvn3": lambda text: b"".join(LETTERS["tcvn3"].get(letter) or letter.encode("cp1252") for letter in text),
    "vni": lambda text: b"".join(LETTERS["vni"].get(letter) or letter.encode("cp1252") for letter in text),
    "latin1-utf8": str.encode,
}
SHAPES: dict[str, Callable[[str, list[Response]], Tables]] = {
    "answer_rows": as_rows,
    "answer_columns": as_columns,
    "answer_document": as_document,
}


# --- the offices' databases ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Engines:
    """Where offices' databases are made: each call makes one with tables and rows, and gives its URL."""

    state: Path
    files: Path
    mariadb: MariaDB

    def database(self, dialect: str, name: str, tables: Tables) -> str:
        return {"postgresql": self._postgresql, "mysql": self._mysql, "sqlite": self._sqlite}[dialect](name, tables)

    def _postgresql(self, name: str, tables: Tables) -> str:
        server = embedded.url(self.state, "branches").replace("+psycopg", "")
        encoding = "LATIN1" if "phieu" in tables else "UTF8"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"drop database if exists {name} with (force)")
            connection.execute(
                f"create database {name} template template0 encoding '{encoding}' lc_collate 'C' lc_ctype 'C'"
            )
        url = server.rpartition("/")[0] + f"/{name}"
        with psycopg.connect(url) as connection:
            for table, (definition, rows) in tables.items():
                connection.execute(definition)
                marks = ", ".join(["%s"] * len(rows[0]))
                connection.cursor().executemany(f"insert into {table} values ({marks})", rows)
        return url

    def _mysql(self, name: str, tables: Tables) -> str:
        url = self.mariadb.url(name)
        for table, (definition, rows) in tables.items():
            self.mariadb.execute(name, f"drop table if exists {table}")
            self.mariadb.execute(name, definition)
            self.mariadb.load(name, table, rows)
        return url

    def _sqlite(self, name: str, tables: Tables) -> str:
        path = self.files / f"{name}.sqlite"
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as database:
            for table, (definition, rows) in tables.items():
                database.execute(definition)
                for row in rows:
                    marks = ["cast(? as text)" if isinstance(value, Bytes) else "?" for value in row]
                    database.execute(f"insert into {table} values ({', '.join(marks)})", row)
        database.close()
        return f"sqlite:///{path}"


@pytest.fixture
def engines(state: Path, tmp_path: Path, mariadb_server: MariaDB) -> Engines:
    return Engines(state, tmp_path, mariadb_server)


# --- four shapes on three engines ------------------------------------------------------------------------------------


@pytest.fixture
def book() -> codebook.CodeBook:
    """The code book of Thái Bình, whose questionnaire knows the labels of scales of ten and of three as well."""
    here = registry.load(settings.read().config)
    book = codebook.of(here, here.treasury("34", JULY), JULY)
    more = {1: "1/3", 3: "2/3", 5: "3/3"}
    scale = tuple(
        Level(
            **{
                **level.model_dump(),
                "labels": (
                    *level.labels,
                    f"{2 * level.level - 1}/10",
                    f"{2 * level.level}/10",
                    *([more[level.level]] if level.level in more else []),
                ),
            }
        )
        for level in book.questionnaire.scale
    )
    asked = book.questionnaire.model_copy(update={"scale": scale})
    return codebook.kept({**vars(book), "zone": book.zone.key}, type(asked).model_validate(asked.model_dump()))


def read(url: str, config: Path, kind: str, book: codebook.CodeBook) -> clean.Tidy:
    """What a source's batches mean."""
    address = url_of("34", url)
    statement = queries.statement_of(config, kind, address.get_backend_name())
    query = Query(
        f"34 Thái Bình, {JULY}", statement.sql, statement.params, JULY.bounds(HANOI), book.zone, statement.encoding
    )
    batches = Snapshot(address, query, Limits(seconds=20, batch_rows=17))
    landed = pa.Table.from_batches([pseudonym.hide(batch, KEY) for batch in batches])
    return clean.tidy(landed, book)


def as_plain(tidy: clean.Tidy) -> list[tuple[Any, ...]]:
    """Tidy responses with their levels, by key."""
    rows = tidy.responses.to_pylist()
    return sorted(
        (
            (int(row["response_key"]), *(value for name, value in row.items() if name != "response_key"), *levels)
            for row, levels in zip(rows, tidy.levels.tolist(), strict=True)
        ),
        key=lambda row: row[0],
    )


def counted(responses: Iterable[Response]) -> dict[int, tuple[Any, ...]]:
    """What must come out, by key: time, codes, harassment, comment, levels; counted without the product."""
    unstated = "unstated"
    return {
        one.key: (
            one.at.replace(tzinfo=HANOI),
            *(code or unstated for code in one.codes),
            one.is_harassed,
            one.comment or None,
            tuple(-1 if level is None else level for level in one.levels),
        )
        for one in responses
        if (one.at.year, one.at.month) == (2023, 7)
    }


def found(tidy: clean.Tidy) -> dict[int, tuple[Any, ...]]:
    codes = ("unit_code", "officer_code", "procedure_code", "channel_code", "respondent_type_code")
    names = ("submitted_at", *codes, "is_harassment_reported", "comment_text")
    rows = zip(tidy.responses.to_pylist(), tidy.levels.tolist(), strict=True)
    return {int(row["response_key"]): (*(row[name] for name in names), tuple(levels)) for row, levels in rows}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_answers_in_every_shape_mean_the_same(dialect: str, engines: Engines, book: codebook.CodeBook) -> None:
    responses = made()
    owner = f"create table treasury (treasury_code {TYPES[dialect][3]})"
    seen = []
    for kind, shape in SHAPES.items():
        tables = {"treasury": (owner, [("34",)]), **shape(dialect, responses)}
        tidy = read(engines.database(dialect, f"kinds_{kind}", tables), settings.read().config, kind, book)
        assert found(tidy) == counted(responses), kind
        seen.append(as_plain(tidy))
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 62


@pytest.mark.parametrize("encoding", legacy_text.NAMES)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_old_branch_says_the_same_in_each_encoding(
    dialect: str, encoding: str, engines: Engines, book: codebook.CodeBook, tmp_path: Path
) -> None:
    responses = made()
    owner = {"mysql": "create table kho_bac (ma_kho_bac varchar(9))"}.get(
        dialect, "create table kho_bac (ma_kho_bac text)"
    )
    tables = {"kho_bac": (owner, [("34",)]), **as_legacy(dialect, responses, ENCODERS[encoding])}
    url = engines.database(dialect, f"kinds_{encoding.replace('-', '_')}", tables)
    own = tmp_path / "source" / f"legacy.{dialect}.sql"
    own.parent.mkdir()
    shipped = (settings.SQL / "source" / own.name).read_text("utf-8")
    assert shipped.count("-- encoding: tcvn3") == 1
    own.write_text(shipped.replace("-- encoding: tcvn3", f"-- encoding: {encoding}"), "utf-8")

    tidy = read(url, tmp_path, "legacy", book)

    assert found(tidy) == counted(responses)
    rows = as_rows(dialect, responses)
    plain = {"treasury": (f"create table treasury (treasury_code {TYPES[dialect][3]})", [("34",)]), **rows}
    other = read(engines.database(dialect, "kinds_rows", plain), settings.read().config, "answer_rows", book)
    assert as_plain(tidy) == as_plain(other)  # the pseudonyms of the customers as well


# --- a network whose schema nobody knew ------------------------------------------------------------------------------

MAY = SurveyMonth(2023, 5)
SATISFIED = {"7/10", "8/10", "9/10", "10/10", "3/3", "good"}  # levels 4 and 5, by the questionnaire in words


@dataclass(frozen=True)
class Visit:
    """A reader's marks by criterion, as the library writes them."""

    at: dt.datetime
    way: str
    marks: dict[str, str]


def visits(marks: Sequence[str], seed: int) -> list[Visit]:
    """Made visits of May 2023, and one on each side of it."""
    draw = random.Random(seed)
    moments = [dt.datetime(2023, 4, 30, 23, 59, 59), dt.datetime(2023, 6, 1), dt.datetime(2023, 5, 1)]
    moments += [dt.datetime(2023, 5, 1) + dt.timedelta(seconds=draw.randrange(31 * 86400)) for _ in range(40 + seed)]
    return [
        Visit(moment, draw.choice("DA"), {name: draw.choice(marks) for name in ("staff", "stock", "hours")})
        for moment in moments
    ]


def of_library(visited: list[Visit]) -> tuple[int, int, int]:
    """Responses, answers and satisfied answers of May, counted by hand."""
    inside = [visit for visit in visited if (visit.at.year, visit.at.month) == (2023, 5)]
    marks = [mark for visit in inside for mark in visit.marks.values()]
    return len(inside), len(marks), sum(mark in SATISFIED for mark in marks)


NORTH = visits([f"{mark}/10" for mark in range(1, 11)], 1)
SOUTH = visits(["good", "fair", "poor"], 2)
EAST = visits(["1/3", "2/3", "3/3", "3/3"], 3)


@pytest.fixture
def libraries(engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Three libraries, each on an engine of its own and with tables that have nothing in common; their connections."""
    urls = {"north": north(engines), "south": south(engines), "east": east(engines)}
    connect(tmp_path, urls)
    monkeypatch.setenv("HAILONG_CONNECTIONS", str(tmp_path / "connections.yaml"))
    monkeypatch.setenv("HAILONG_CONFIG", str(DIRECTORY))  # and so put back after the test
    monkeypatch.setenv("HAILONG_WORKERS", "1")
    return urls


def north(engines: Engines) -> str:
    url = engines.database("postgresql", "north_library", {})
    with psycopg.connect(url) as connection:
        connection.execute('create schema front; create table front."House" ("Sign" text)')
        connection.execute("insert into front.\"House\" values ('north')")
        connection.execute(
            "create table front.card (no int, series char(1), seen_on date, seen_at time, way text, reader int, "
            "said text, m_staff int, m_books int, m_hours int)"
        )
        connection.cursor().executemany(
            "insert into front.card values (%s, 'K', %s, %s, %s, %s, null, %s, %s, %s)",
            [
                (number, visit.at.date(), visit.at.time(), visit.way, number % 11, *marks_of_ten(visit))
                for number, visit in enumerate(NORTH)
            ],
        )
    return guest_of(url, "north_library")


def marks_of_ten(visit: Visit) -> list[int]:
    return [int(mark.removesuffix("/10")) for mark in visit.marks.values()]


def south(engines: Engines) -> str:
    words = {"D": "Quầy", "A": "Ứng dụng"}
    lines = [(0, visit.at, "sale", "3 postcards") for visit in SOUTH]
    for number, visit in enumerate(SOUTH, start=1):
        lines += [(number, visit.at, "house", "south"), (number, visit.at, "way", words[visit.way])]
        lines += [(number, visit.at, f"mark.{name}", mark.capitalize()) for name, mark in visit.marks.items()]
    journal = "create table journal (bon int, rung_at datetime, what varchar(20), value varchar(50))"
    engines.database("mysql", "south_library", {"journal": (journal, lines)})
    guest = "south_guest"  # the tests' server has a hailong_guest already
    engines.mariadb.execute("mysql", f"drop user if exists {guest}@'127.0.0.1'")
    for statement in guest_statements("mysql", "south_library"):
        engines.mariadb.execute("mysql", statement.replace("hailong_guest", guest))
    return f"mysql://{guest}:a-long-password@127.0.0.1:{engines.mariadb.port}/south_library"


def east(engines: Engines) -> str:
    slips = [
        (
            "east",
            int(visit.at.replace(tzinfo=HANOI).timestamp()),
            visit.way,
            None,
            "hay",
            ";".join(f"{name}:{mark.removesuffix('/3')}" for name, mark in visit.marks.items()),
        )
        for visit in EAST
    ]
    slip = "create table slip (house text, t integer, way text, reader text, said text, marks text)"
    return engines.database("sqlite", "east_library", {"slip": (slip, slips)})


def guest_of(url: str, database: str) -> str:
    """The URL of a PostgreSQL role that may only read, made as sql/guest says."""
    with psycopg.connect(url, autocommit=True) as connection:
        if _has_guest(connection):
            connection.execute("drop owned by hailong_guest")
            connection.execute("drop role hailong_guest")
        for statement in guest_statements("postgresql", database):
            connection.execute(statement.replace("office_schema", "front"))
    return f"postgresql://hailong_guest:a-long-password@{url.rpartition('@')[2]}"


def guest_statements(dialect: str, database: str) -> list[str]:
    """The statements of ``sql/guest`` that make a guest on an engine; it may read all its tables."""
    text = (settings.SQL / "guest" / f"guest.{dialect}.sql").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    statements = "\n".join(lines).replace("office_database", database).split(";")
    whole = {
        "postgresql": "grant select on all tables in schema office_schema to hailong_guest",
        "mysql": f"grant select on {database}.* to hailong_guest@'127.0.0.1'",
    }
    made = [one.strip() for one in statements if one.strip() and not one.strip().startswith("grant select")]
    return [*made, whole[dialect]]


def _has_guest(connection: psycopg.Connection[Any]) -> bool:
    return connection.execute("select 1 from pg_roles where rolname = 'hailong_guest'").fetchone() is not None


def hailong(*words: str) -> None:
    from etl.cli.app import app

    app(list(words), standalone_mode=False)


@pytest.mark.usefixtures("fresh_warehouse", "libraries")
def test_a_directory_with_a_query_per_engine_a_registry_and_a_rule_file_rates_an_unknown_network(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hailong("--config", str(DIRECTORY), "run", str(MAY))
    capsys.readouterr()
    hailong("--config", str(DIRECTORY), "ranking", str(MAY), "--format", "csv")
    rows = {row["treasury_code"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}

    expected = {"north": of_library(NORTH), "south": of_library(SOUTH), "east": of_library(EAST)}
    rates = {code: satisfied / answered for code, (_, answered, satisfied) in expected.items()}
    assert len(set(rates.values())) == 3
    for code, (responses, answered, satisfied) in expected.items():
        row = rows[code]
        assert (int(row["response_count"]), int(row["answer_count"])) == (responses, answered), code
        assert int(row["satisfied_count"]) == satisfied
        assert float(row["satisfaction_rate"]) == pytest.approx(rates[code])
        assert int(row["rank"]) == 1 + sum(other > rates[code] for other in rates.values())
    assert [expected[code][0] for code in ("north", "south", "east")] == [42, 43, 44]
