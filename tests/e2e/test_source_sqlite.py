"""A SQLite source: read as a guest, whatever its file is called, within the month's local bounds, and never written."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from etl.errors import HailongError, Misdeclared, Refused, Unavailable
from etl.periods import SurveyMonth
from etl.registry.terms import LOST
from etl.source import contract, sqlite
from etl.source.address import url_of
from etl.source.queries import Limits, Query
from etl.source.snapshot import Snapshot

LONDON, HANOI = ZoneInfo("Europe/London"), ZoneInfo("Asia/Ho_Chi_Minh")
JULY = SurveyMonth(2023, 7)
PLACE = "abingdon The Abingdon Health Centre, 2023-07"
PARAMS = frozenset({"month_start", "month_end"})

QUERY = """
select
    id as response_key, 'abingdon' as treasury_code, answered_at as submitted_at, null as unit_code,
    null as officer_code, null as procedure_code, null as channel_code, null as respondent_type_code,
    null as respondent_ref, 0 as harassment_reported, comment, 'recommend=' || rating as answers
from feedback
where answered_at >= :month_start and answered_at < :month_end
order by id
"""

# fmt: off
EDGES = [
    # network | office | month               | answered at, local time   | is read
    (LONDON,    LONDON,  JULY,                 "2023-06-30 23:59:59",      False),
    (LONDON,    LONDON,  JULY,                 "2023-07-01 00:00:00",      True),
    (LONDON,    LONDON,  JULY,                 "2023-07-01T00:00:00",      True),
    (LONDON,    LONDON,  JULY,                 "2023-07-31 23:59:59",      True),
    (LONDON,    LONDON,  JULY,                 "2023-07-31 23:59:59.999",  True),
    (LONDON,    LONDON,  JULY,                 "2023-08-01 00:00:00",      False),
    (LONDON,    LONDON,  JULY,                 "2023-08-01T00:00:00",      False),
    (LONDON,    LONDON,  SurveyMonth(2023, 10), "2023-10-29 01:30:00",     True),   # the hour that comes twice
    (LONDON,    LONDON,  SurveyMonth(2023, 10), "2023-10-31 23:59:59",     True),   # summer time at one end only
    (LONDON,    LONDON,  SurveyMonth(2023, 10), "2023-11-01 00:00:00",     False),
    (LONDON,    LONDON,  SurveyMonth(2024, 2), "2024-02-29 23:59:59",      True),
    (LONDON,    LONDON,  SurveyMonth(2023, 12), "2023-12-31 23:59:59",     True),
    (LONDON,    LONDON,  SurveyMonth(2023, 12), "2024-01-01 00:00:00",     False),
    (HANOI,     LONDON,  JULY,                 "2023-06-30 17:59:59",      False),  # midnight in Hanoi is 18:00 there
    (HANOI,     LONDON,  JULY,                 "2023-06-30 18:00:00",      True),
    (HANOI,     LONDON,  JULY,                 "2023-07-31 17:59:59",      True),
    (HANOI,     LONDON,  JULY,                 "2023-07-31 18:00:00",      False),
    (HANOI,     HANOI,   JULY,                 "2023-07-31 23:59:59",      True),
]

NAMES = ["practice.sqlite", "a practice.db", "Thái Bình.db", "100%.db", "%41.db", "a#b.db", "a?mode=rwc.db", "a&b;c.db"]

FORMS: dict[str, Callable[[Path], str]] = {
    "as its documentation writes it": lambda path: f"sqlite:///{quote(str(path))}",
    "with a driver":                  lambda path: f"sqlite+pysqlite:///{quote(str(path))}",
    "Airflow, declared as a URI":     lambda path: f"sqlite:///{quote(str(path), safe='')}",
    "Airflow, the path as its host":  lambda path: f"sqlite://{quote(str(path), safe='')}",
    "Airflow, with an extra":         lambda path: f"sqlite://{quote(str(path), safe='')}/?timeout=5",
}
# fmt: on


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office's database: one answer in July 2023."""
    return make(tmp_path / "practice.sqlite", "2023-07-13 15:28:00")


def make(path: Path, *moments: str) -> Path:
    """A database with an answer at each of some moments."""
    with sqlite3.connect(path) as database:
        database.execute("create table feedback (id integer primary key, answered_at text, rating text, comment text)")
        rows = [(moment, "Likely", f"said at {moment}") for moment in moments]
        database.executemany("insert into feedback (answered_at, rating, comment) values (?, ?, ?)", rows)
    database.close()
    return path


def snapshot(
    uri: str | Path,
    sql: str = QUERY,
    *,
    month: SurveyMonth = JULY,
    zones: tuple[ZoneInfo, ZoneInfo] = (LONDON, LONDON),
    batch_rows: int = 100,
) -> Snapshot:
    """A read of an office's database; ``zones`` are the network's and the office's."""
    url = url_of("abingdon", uri if isinstance(uri, str) else f"sqlite:///{uri}")
    query = Query(PLACE, sql, PARAMS, month.bounds(zones[0]), zones[1])
    return Snapshot(url, query, Limits(seconds=10, batch_rows=batch_rows))


def read(snapshot: Snapshot) -> list[dict[str, str | None]]:
    return [row for batch in snapshot for row in batch.to_pylist()]


def test_the_rows_come_as_text_in_the_columns_of_the_contract(office: Path) -> None:
    taken = snapshot(office)
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    assert read(taken) == [
        {
            **dict.fromkeys(contract.COLUMNS),
            "response_key": "1",
            "treasury_code": "abingdon",
            "submitted_at": "2023-07-13 15:28:00",
            "harassment_reported": "0",
            "comment": "said at 2023-07-13 15:28:00",
            "answers": "recommend=Likely",
        }
    ]
    assert before <= taken.taken_at <= dt.datetime.now(dt.UTC)


def test_a_month_without_answers_has_no_rows_and_yet_a_time(office: Path) -> None:
    taken = snapshot(office, month=SurveyMonth(2023, 8))
    assert read(taken) == []
    assert taken.taken_at.tzinfo is dt.UTC


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: " ".join(map(str, edge)))
def test_naive_timestamps_are_bounded_by_the_month_in_local_time(
    tmp_path: Path, edge: tuple[ZoneInfo, ZoneInfo, SurveyMonth, str, bool]
) -> None:
    network, local, month, moment, is_read = edge
    database = make(tmp_path / "practice.sqlite", moment)
    rows = read(snapshot(database, month=month, zones=(network, local)))
    assert [row["submitted_at"] for row in rows] == ([moment] if is_read else [])


def test_no_answer_falls_between_two_months(tmp_path: Path) -> None:
    moments = ["2023-07-31 23:59:59", "2023-07-31 23:59:59.999999", "2023-08-01", "2023-08-01 00:00:00"]
    database = make(tmp_path / "practice.sqlite", *moments)
    august = JULY.next()
    rows = [row["submitted_at"] for month in (JULY, august) for row in read(snapshot(database, month=month))]
    assert rows == moments


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_found_whatever_it_is_called_and_however_its_connection_is_written(
    tmp_path: Path, form: str, name: str
) -> None:
    database = make(tmp_path / name, "2023-07-13 15:28:00")
    assert len(read(snapshot(FORMS[form](database)))) == 1
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", NAMES)
def test_a_connection_of_ours_cannot_write(tmp_path: Path, name: str) -> None:
    database = make(tmp_path / name, "2023-07-13 15:28:00")
    before = database.read_bytes()
    engine = sa.create_engine(url_of("abingdon", f"sqlite:///{quote(str(database))}"))
    for statement in ("delete from feedback", "drop table feedback", "create table ours (id integer)"):
        with engine.connect() as connection, pytest.raises(sa.exc.OperationalError, match="readonly database"):
            connection.exec_driver_sql(statement)
    assert database.read_bytes() == before


def test_a_source_query_that_writes_fails_and_changes_nothing(office: Path) -> None:
    before = office.read_bytes()
    delete = "delete from feedback where answered_at >= :month_start and answered_at < :month_end returning *"
    with pytest.raises(HailongError, match="abingdon"):
        read(snapshot(office, delete))
    assert office.read_bytes() == before


def test_a_missing_file_is_away_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"abingdon The Abingdon Health Centre, 2023-07: .*gone\.sqlite"):
        read(snapshot(tmp_path / "gone.sqlite"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", [("from feedback", "from answer"), ("comment,", "remark as comment,")])
def test_a_missing_table_or_column_is_for_the_office_to_explain(office: Path, what: tuple[str, str]) -> None:
    with pytest.raises(Refused, match=r"no such (table: answer|column: remark)") as caught:
        read(snapshot(office, QUERY.replace(*what)))
    assert caught.value.message.startswith(f"{PLACE}: the source query does not fit the database")
    assert "ask the treasury" in caught.value.next_action


@pytest.mark.parametrize("what", [("comment,", ""), ("comment,", "comment, rating,")])
def test_a_query_that_does_not_keep_the_contract_is_ours_to_mend(office: Path, what: tuple[str, str]) -> None:
    with pytest.raises(Misdeclared, match=r"lacks comment|unknown rating"):
        read(snapshot(office, QUERY.replace(*what)))


def test_bytes_that_are_no_utf8_are_marked_and_cost_nothing_else(office: Path) -> None:
    with sqlite3.connect(office) as database:
        database.execute(
            "insert into feedback values (2, '2023-07-14 09:00:00', 'Likely', cast(x'436166E92E' as text))"
        )
        database.execute("insert into feedback values (3, '2023-07-15 09:00:00', 'Likely', 'Cảm ơn')")
    database.close()
    rows = read(snapshot(office))
    assert [row["comment"] for row in rows] == ["said at 2023-07-13 15:28:00", f"Caf{LOST}.", "Cảm ơn"]
    assert {row["answers"] for row in rows} == {"recommend=Likely"}


@pytest.mark.deep
def test_a_locked_database_is_away_until_it_is_free(office: Path) -> None:
    writer = sqlite3.connect(office, isolation_level=None)
    writer.execute("begin exclusive")
    with pytest.raises(Unavailable, match="abingdon"):
        read(snapshot(office))
    writer.execute("rollback")
    writer.close()
    assert len(read(snapshot(office))) == 1


def test_what_is_written_during_a_read_belongs_to_the_next(office: Path) -> None:
    writer = sqlite3.connect(office, isolation_level=None)
    writer.execute("pragma journal_mode = wal")
    insert = "insert into feedback values (?, '2023-07-14 09:00:00', 'Unlikely', null)"
    writer.execute(insert, (2,))
    keys = []
    for batch in snapshot(office, batch_rows=1):
        keys += batch.column("response_key").to_pylist()
        writer.execute(insert, (len(keys) + 100,))
    assert keys == ["1", "2"]
    assert len(read(snapshot(office))) == 4
    writer.close()


def test_a_query_that_takes_too_long_is_ended(office: Path) -> None:
    forever = "(with recursive n as (select 1 as i union all select i + 1 from n) select max(i) from n)"
    slow = snapshot(office, QUERY.replace("comment,", f"{forever} as comment,"))
    slow.limits = Limits(seconds=1, batch_rows=10)
    started = time.monotonic()
    with pytest.raises(Unavailable, match="did not answer within 1 s"):
        read(slow)
    assert time.monotonic() - started < 10


def test_a_slow_reader_of_ours_is_no_slow_answer_of_theirs(tmp_path: Path) -> None:
    patient = snapshot(make(tmp_path / "practice.sqlite", *["2023-07-13 15:28:00"] * 3), batch_rows=1)
    patient.limits = Limits(seconds=1, batch_rows=1)
    for batch in patient:
        assert batch.num_rows == 1
        time.sleep(1.2)


@pytest.mark.parametrize(
    ("stored", "encoding", "shown"),
    [
        ("48B569", "tcvn3", "Hài"),
        ("48C2B569", "tcvn3", "Hài"),  # a program had taken it for Latin-1
        ("4861F869", "vni", "Hài"),
        ("48C383C2A069", "latin1-utf8", "Hài"),
    ],
)
def test_text_in_an_old_encoding_is_decoded(office: Path, stored: str, encoding: str, shown: str) -> None:
    with sqlite3.connect(office) as database:
        database.execute(f"update feedback set comment = cast(x'{stored}' as text)")
    database.close()
    old = snapshot(office)
    old.query = dataclasses.replace(old.query, encoding=encoding)
    assert [row["comment"] for row in read(old)] == [shown]


def test_a_file_that_is_no_whole_database_is_told_by_what_is_the_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusal(path: Path) -> HailongError:
        with pytest.raises(HailongError) as caught:
            read(snapshot(path))
        assert caught.value.message.startswith(f"{PLACE}: ")
        assert path.name in caught.value.message
        return caught.value

    whole = make(tmp_path / "whole.sqlite", *["2023-07-13 15:28:00"] * 2000)
    content = whole.read_bytes()
    kinds: dict[str, tuple[bytes, type[HailongError], str]] = {
        "empty": (b"", Refused, "is empty (0 bytes)"),
        "half": (content[: len(content) // 2], Refused, "is damaged (DatabaseError, SQLITE_CORRUPT)"),
        "spoilt": (content[:4096] + b"\xff" * 4096 + content[8192:], Refused, "is damaged"),
        "other": (b"PK\x03\x04" * 2000, Refused, "is damaged (DatabaseError, SQLITE_NOTADB)"),
    }
    for name, (stored, kind, told) in kinds.items():
        path = tmp_path / f"{name}.sqlite"
        path.write_bytes(stored)
        error = refusal(path)
        assert (type(error), told in error.message) == (kind, True), error.message
        assert ".backup" in error.next_action
    assert isinstance(refusal(tmp_path), Misdeclared)
    assert isinstance(refusal(tmp_path / "gone.sqlite"), Unavailable)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "we may not read the file" in refusal(tmp_path / "half.sqlite").message


def test_a_journal_that_somebody_left_is_told(office: Path) -> None:
    writer = sqlite3.connect(office, isolation_level=None)
    writer.execute("pragma cache_size = 1")
    writer.execute("begin immediate")
    for number in range(2000):
        writer.execute("insert into feedback values (?, '2023-07-14 09:00:00', 'Likely', 'x')", (number + 10,))
    copy = office.with_name("copy.sqlite")
    copy.write_bytes(office.read_bytes())
    copy.with_name("copy.sqlite-journal").write_bytes(office.with_name(f"{office.name}-journal").read_bytes())
    writer.execute("rollback")
    writer.close()
    with pytest.raises(Refused, match="somebody's writing broke off") as caught:
        read(snapshot(copy))
    assert "own program" in caught.value.next_action


def test_the_session_cannot_write(office: Path) -> None:
    with sqlite.visit(url_of("abingdon", f"sqlite:///{office}"), snapshot(office).query, Limits(10, 10)) as guest:
        names = ("query_only", "trusted_schema", "cell_size_check")
        assert [guest.connection.exec_driver_sql(f"pragma {name}").scalar() for name in names] == [1, 0, 1]


@pytest.mark.parametrize("end", [";", " -- the end: now", "\n/* end */ ;"])
def test_colons_and_comments_of_a_query_are_its_own(office: Path, end: str) -> None:
    literal = """'{"done":true}'"""
    rows = read(snapshot(office, "/* first; */" + QUERY.replace("comment,", f"{literal} as comment,") + end))
    assert [row["comment"] for row in rows] == [literal[1:-1]]
