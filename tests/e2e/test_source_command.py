"""``source check`` names whatever is wrong with a source and quotes no person; ``source new`` begins one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import typer

from etl import registry, settings
from etl.cli.app import app
from etl.errors import HailongError, Misdeclared, Refused, Unavailable
from etl.periods import SurveyMonth
from etl.source import queries, starter
from etl.source.contract import FIXED
from etl.warehouse import embedded
from tests.lib import libraries
from tests.lib.mariadb import MariaDB

PRIVATE = ("giữ kín", "reader-007", "zzz-answer")

QUERY = """\
-- what: a library for the tests of the check
-- grain: response
-- params: month_start, month_end
-- reads: slip
select
    s.no as response_key,
    s.house as treasury_code,
    s.at as submitted_at,
    null as unit_code,
    null as officer_code,
    null as procedure_code,
    s.way as channel_code,
    'reader' as respondent_type_code,
    s.reader as respondent_ref,
    'false' as harassment_reported,
    s.said as comment,
    'staff=' || s.staff || '|stock=2/3|hours=3/3' as answers
from slip as s
where s.at >= :month_start and s.at < :month_end
"""
ANSWERS = "'staff=' || s.staff || '|stock=2/3|hours=3/3' as answers"

IN_THE_QUERY = [
    # what is wrong, the part of the query that becomes another part, what is told (all: 10 of 10 rows)
    ("a missing column", "    s.said as comment,\n", "", "it lacks comment"),
    ("an unknown column", "null as unit_code,", "null as unit_code, 1 as mood,", "it has the unknown mood"),
    ("both forms of answers", ANSWERS, f"s.staff as answer_staff, {ANSWERS}", "the answers twice"),
    ("no answers", f",\n    {ANSWERS}", "", "it gives no answers"),
    ("a criterion not known", ANSWERS, "s.staff as answer_staff, 1 as answer_mood", "has no criterion 'mood'"),
    ("a criterion not given", ANSWERS, "s.staff as answer_staff, 1 as answer_stock", "answer_hours is missing"),
    ("a time that is none", "s.at as sub", "'yesterday' as sub", "all have no time that can be read"),
    ("a time outside", "s.at as sub", "'2023-06-01' as sub", "all have a time outside of the month"),
    (
        "another zone's bounds",
        "s.at as sub",
        "s.at || '+23:00' as sub",
        "1 of 10 rows has a time outside of the month, read in Asia",
    ),
    ("a code not known", "s.way as", "'web' as", "all have a code that codes.yaml does not know: 'web'"),
    ("a unit not declared", "null as unit", "'34.01' as unit", "units.yaml does not know: '34.01'"),
    ("another's rows", "s.house as", "'west' as", "all have 'west' instead of 'east'"),
    ("nobody's rows", "s.house as", "null as", "treasury_code: 10 of 10 rows have none"),
    ("no key", "s.no as", "null as", "all have no key"),
    ("one key for all", "s.no as", "'1' as", "all have a key that another row has"),
    ("a key that is too long", "s.no as", "s.no || hex(zeroblob(300)) as", "all have a key of more than 500"),
    ("an unclear report", "'false' as", "'perhaps' as", "all have neither true nor false"),
    ("answers without =", ANSWERS, "'staff' as answers", "not of the form criterion=answer"),
    ("another's criterion", "'staff='", "'mood='", "does not have: 'mood'"),
    ("an answer off the scale", "s.staff ||", "'zzz-answer' ||", "all have an answer that is no label"),
    ("a criterion twice", "|stock", "|staff", "a criterion that is answered twice"),
    ("no answer at all", ANSWERS, "'staff=' as answers", "answers: all have none"),
    ("bytes of nothing", "s.said as", "cast(x'67FF' as text) as", "all have bytes that mean nothing in UTF-8"),
    ("UTF-8 in Latin-1", "s.said as", "'giá»¯ kÃ\xadn' as", "text that looks like latin1-utf8"),
    ("TCVN3", "s.said as", "'kho b¹c gi÷ kÝn' as", "text that looks like tcvn3"),
    ("VNI", "s.said as", "'giöõ kín nöôùc' as", "text that looks like vni"),
    ("no rows", "where ", "where s.no < 0 and ", "there is no row from 2023-05-01"),
]


@pytest.fixture
def office(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration directory whose library in the east has a database of 12 visits that fits; no warehouse."""
    config = libraries.enter(monkeypatch, tmp_path, QUERY)
    database = sqlite3.connect(tmp_path / "east.sqlite")
    with database:
        database.execute(
            "create table slip (no integer, house text, at text, way text, reader text, staff text, said text)"
        )
        database.executemany(
            "insert into slip values (?, 'east', ?, 'D', 'reader-007', ?, 'giữ kín')",
            [(number, f"2023-05-{number:02} 09:30:00", f"{number % 3 + 1}/3") for number in range(1, 13)],
        )
    database.close()
    libraries.connect(tmp_path, {"east": f"sqlite:///{tmp_path / 'east.sqlite'}"})
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")
    return config


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[str, int]]:
    """Run the check; what it says, and its exit code. Whatever it says, it quotes no person."""

    def run(month: str = "2023-05") -> tuple[str, int]:
        code, said = 0, ""
        try:
            app(["source", "check", "east", "--month", month], standalone_mode=False)
        except HailongError as error:
            code, said = error.exit_code, str(error)
        told = capsys.readouterr().out + said
        assert not [text for text in PRIVATE if text in told]
        return told, code

    return run


def test_a_source_that_fits_is_told_so_and_in_which_zone_it_is_read(
    office: Path, check: Callable[..., tuple[str, int]]
) -> None:
    told, code = check()
    assert code == 0
    assert "rows read: 10" in told
    assert "! submitted_at: 10 of 10 rows have no offset, and will be read as local time of Asia/Ho_Chi_Minh" in told
    assert "✗" not in told
    assert "hailong run 2023-05 --only east" in told


@pytest.mark.parametrize(("old", "new", "is_told"), [row[1:] for row in IN_THE_QUERY], ids=[r[0] for r in IN_THE_QUERY])
def test_what_is_wrong_is_named_with_what_to_do(
    office: Path, check: Callable[..., tuple[str, int]], old: str, new: str, is_told: str
) -> None:
    libraries.rewrite(office, old, new)
    told, code = check()
    assert code == 5
    assert is_told.replace("all have", "10 of 10 rows have") in told.split("✗", 1)[1]
    assert told.count("→") == told.count("✗") + told.count("!") + 1


def test_a_form_with_a_column_per_criterion_fits_as_well(office: Path, check: Callable[..., tuple[str, int]]) -> None:
    libraries.rewrite(office, ANSWERS, "s.staff as answer_staff, '2/3' as answer_stock, null as answer_hours")
    assert check()[1] == 0
    libraries.rewrite(office, "'2/3' as answer_stock", "'zzz-answer' as answer_stock")
    told, code = check()
    assert (code, "10 of 10 rows have an answer that is no label" in told) == (5, True)


def test_only_the_rows_at_fault_are_counted(office: Path, check: Callable[..., tuple[str, int]]) -> None:
    libraries.rewrite(
        office, "s.way as", "case when s.no in (2, 5) then 'web' when s.no = 7 then 'tab' else 'D' end as"
    )
    told, _ = check()
    assert "channel_code: 3 of 10 rows have a code that codes.yaml does not know: 'web', 'tab'" in told


def test_a_row_beyond_the_first_ten_is_judged_as_a_run_would(
    office: Path, check: Callable[..., tuple[str, int]]
) -> None:
    """Where a run would go on without the row, it is only a hint; else it says so."""
    libraries.rewrite(
        office, "'staff=' || s.staff", "'staff=' || case when s.no = 11 then 'zzz-answer' else s.staff end"
    )
    told, code = check()
    assert code == 0
    assert "! answers: 1 of all 12 rows of the month has an answer that is no label of the questionnaire" in told
    libraries.rewrite(office, "s.no = 11", "s.no > 10")
    told, code = check()
    assert code == 5
    assert "✗ a run would refuse the month: few_turned_away: turned_away_share is 16.7% of 12 rows" in told


def test_what_a_run_would_tell_is_told_too(office: Path, check: Callable[..., tuple[str, int]], tmp_path: Path) -> None:
    libraries.rewrite(office, "from slip", "from slips")
    told, code = check()
    assert (code, "no such table: slips" in told) == (Refused.exit_code, True)
    libraries.connect(tmp_path, {"east": f"sqlite:///{tmp_path / 'gone.sqlite'}"})
    told, code = check()
    assert (code, "gone.sqlite" in told) == (Unavailable.exit_code, True)
    (tmp_path / "connections.yaml").unlink()
    told, code = check()
    assert (code, "has no connection" in told) == (Misdeclared.exit_code, True)
    with pytest.raises(typer.BadParameter, match="no treasury is called 'west' in 2023-05"):
        app(["source", "check", "west", "--month", "2023-05"], standalone_mode=False)


def test_a_query_that_does_not_say_what_it_reads_is_hinted_at(
    office: Path, check: Callable[..., tuple[str, int]]
) -> None:
    libraries.rewrite(office, "-- reads: slip\n", "")
    told, code = check()
    assert (code, "! the query's header does not say which tables it reads" in told) == (0, True)


def test_a_query_that_does_not_say_what_it_counts_is_asked_for_it(
    office: Path, check: Callable[..., tuple[str, int]]
) -> None:
    told, code = check()
    assert (code, f"! the whole table is not accounted for: {queries.NOT_SAID}\n" in told) == (0, True)
    assert "→ add the header -- counts: with the table that has a row for each response, -- time: and -- key:" in told
    libraries.rewrite(office, "-- reads: slip\n", "-- reads: slip\n-- counts: slip\n-- time: at\n-- key: no\n")
    told, code = check()
    assert (code, "accounted for" in told, "-- counts:" in told) == (0, False, False)


def test_what_may_hide_rows_is_hinted_at(office: Path, check: Callable[..., tuple[str, int]], tmp_path: Path) -> None:
    told, code = check()
    assert (code, "is a view" in told, "-wal" in told, "not there" in told) == (0, False, False, False)
    libraries.rewrite(office, "-- reads: slip", "-- reads: slip, Slip2")
    database = sqlite3.connect(tmp_path / "east.sqlite")
    database.execute("pragma journal_mode = wal")
    database.execute("create view few as select * from slip where no > 1")
    database.close()
    told, code = check()
    assert (code, "! the query's header says that it reads Slip2, which is not there" in told) == (0, True)
    assert "! the file is in SQLite's write-ahead mode and no -wal stands beside it" in told
    assert "is a view" not in told
    libraries.rewrite(office, "-- reads: slip, Slip2", "-- reads: few")
    libraries.rewrite(office, "from slip", "from few")
    told, code = check()
    assert (code, "! few is a view: rows that it leaves out are seen by nobody here" in told) == (0, True)


def test_the_tables_beneath_a_view_of_postgresql_are_named(
    office: Path, check: Callable[..., tuple[str, int]], state: Path, tmp_path: Path
) -> None:
    own = QUERY.replace("-- reads: slip", "-- reads: few").replace("from slip", "from few")
    libraries.write_query(office, own, "postgresql")
    columns = "no text, house text, at timestamp, way text, reader text, staff text, said text"
    row = "insert into slip values ('1', 'east', '2023-05-03 09:30:00', 'D', 'reader-007', '3/3', 'giữ kín')"
    view = "create view few as select * from slip where house = 'east'"
    _, may_read = postgresql(state, [f"create table slip ({columns})", row, view, "grant select on few to public"])
    libraries.connect(tmp_path, {"east": may_read})
    told, code = check()
    assert (code, "! few is a view of public.slip: rows that it leaves out" in told) == (0, True), told


def test_a_view_and_a_table_in_vain_are_hinted_at_on_mariadb(
    office: Path, check: Callable[..., tuple[str, int]], mariadb_server: MariaDB, tmp_path: Path
) -> None:
    own = QUERY.replace("-- reads: slip", "-- reads: few, slip, gone").replace("from slip", "from few")
    own = own.replace(ANSWERS, "concat('staff=', s.staff) as answers")
    libraries.write_query(office, own, "mysql")
    columns = (
        "no varchar(9), house varchar(9), at timestamp, way varchar(9), reader varchar(12), staff varchar(9), said text"
    )
    row = "insert into slip values ('1', 'east', '2023-05-03 09:30:00', 'D', 'reader-007', '3/3', 'giữ kín')"
    view = "create or replace view few as select * from slip where house = 'east'"
    _, may_read = mariadb(mariadb_server, [f"create table slip ({columns})", row, view])
    libraries.connect(tmp_path, {"east": may_read})
    told, code = check()
    assert (code, "! few is a view" in told) == (0, True), told
    assert "! the query's header says that it reads gone, which is not there" in told
    assert "reads slip, which is not there" not in told


@pytest.mark.parametrize("dialect", ["postgresql", pytest.param("mysql", marks=pytest.mark.needs("mariadb"))])
def test_a_role_that_can_write_is_hinted_at_and_bytes_are_told(
    office: Path,
    check: Callable[..., tuple[str, int]],
    dialect: str,
    state: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    other = QUERY.replace(ANSWERS, "concat('staff=', s.staff) as answers")
    libraries.write_query(office, other.replace("s.no as", "cast(s.no as char(9)) as"), dialect)
    text = "varchar(50)"
    table = (
        f"create table slip (no int, house {text}, at timestamp, way {text}, reader {text}, staff {text}, said {text})"
    )
    row = "insert into slip values (1, 'east', '2023-05-03 09:30:00', 'D', 'reader-007', '3/3', 'giữ kín')"
    if dialect == "postgresql":
        may_write, may_read = postgresql(state, [table, row])
    else:
        may_write, may_read = mariadb(request.getfixturevalue("mariadb_server"), [table, row])

    for url, is_told in ((may_write, True), (may_read, False)):
        libraries.connect(tmp_path, {"east": url})
        told, code = check()
        assert code == 0, told
        assert ("! the role may write to the database" in told) == is_told
        assert ("! the role may write large objects into the database" in told) == (dialect == "postgresql")
    if dialect == "postgresql":
        text = (settings.SQL / "guest" / "guest.postgresql.sql").read_text("utf-8")
        with psycopg.connect(may_write, autocommit=True) as connection:
            connection.execute(text[text.index("revoke execute") : text.index("from public;")] + "from public")
        libraries.connect(tmp_path, {"east": may_read})
        assert "large objects" not in check()[0]

    if dialect == "postgresql":
        libraries.rewrite(office, "s.said as", "cast('x' as bytea) as", "postgresql")
        told, code = check()
        assert (code, "✗ comment is of the type bytea" in told) == (5, True)


def postgresql(state: Path, statements: list[str]) -> tuple[str, str]:
    """A database: the URLs of its superuser and of its guest."""
    server = embedded.url(state, "branches").replace("+psycopg", "")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("drop database if exists checked with (force)")
        connection.execute("drop role if exists checked_guest")
        connection.execute("create database checked template template0 encoding 'UTF8'")
        connection.execute("create role checked_guest login password 'guest'")
    owner = f"{server.rpartition('/')[0]}/checked"
    with psycopg.connect(owner, autocommit=True) as connection:
        for statement in (*statements, "grant select on slip to checked_guest"):
            connection.execute(statement)
    return owner, f"postgresql://checked_guest:guest@{owner.rpartition('@')[2]}"


def mariadb(server: MariaDB, statements: list[str]) -> tuple[str, str]:
    """The same on MariaDB."""
    guest = server.url("checked")
    for statement in ("drop table if exists slip", *statements):
        server.execute("checked", statement)
    server.execute("checked", "create or replace user writer@'127.0.0.1' identified by 'writer'")
    server.execute("checked", "grant select, insert on checked.* to writer@'127.0.0.1'")
    return f"mysql://writer:writer@{guest.rpartition('@')[2]}", guest


# --- source new ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", list(starter.Dialect))
def test_a_starting_file_has_every_column_and_every_criterion(
    office: Path, dialect: starter.Dialect, capsys: pytest.CaptureFixture[str]
) -> None:
    app(["source", "new", "till_roll", "--dialect", dialect], standalone_mode=False)
    path = office / "source" / f"till_roll.{dialect}.sql"
    text = path.read_text("utf-8")
    assert [column for column in FIXED if f" as {column}," not in text.replace('"', "")] == []
    asked = registry.load(office).questionnaire_in(SurveyMonth(2023, 5)).criteria
    assert [one.code for one in asked if f" as answer_{one.code}" not in text] == []
    told = capsys.readouterr().out
    assert str(path) in told
    assert "hailong source check" in told

    path.write_text("mine", "utf-8")
    with pytest.raises(Misdeclared, match="is there already → edit it"):
        app(["source", "new", "till_roll", "--dialect", dialect], standalone_mode=False)
    assert path.read_text("utf-8") == "mine"


@pytest.mark.parametrize("kind", ["../till", "till roll", "", "a/b"])
def test_a_name_that_is_none_is_refused(office: Path, kind: str) -> None:
    with pytest.raises(Misdeclared, match="cannot be the name of a kind"):
        app(["source", "new", kind], standalone_mode=False)


@pytest.mark.parametrize("form", ["a", "b"])
def test_a_starting_file_filled_in_as_told_fits(
    office: Path, check: Callable[..., tuple[str, int]], tmp_path: Path, form: str
) -> None:
    app(["source", "new", "till_roll", "--dialect", "sqlite"], standalone_mode=False)
    path = office / "source" / "till_roll.sqlite.sql"
    office.joinpath("treasuries.yaml").write_text(
        (office / "treasuries.yaml").read_text("utf-8").replace("source: visitor_cards", "source: till_roll"), "utf-8"
    )
    database = sqlite3.connect(tmp_path / "east.sqlite")
    with database:
        database.execute("create table mark (no integer, what text, value text)")
        for name in ("staff", "stock", "hours"):
            database.execute(f"alter table slip add column m_{name} text")
            database.execute(f"update slip set m_{name} = '3/3'")
            database.execute("insert into mark select no, ?, '2/3' from slip", [name])
    database.close()
    text = path.read_text("utf-8")
    told, code = check()
    assert code == 5
    assert "begins with your_: your_answer, your_code, your_criterion, your_key, your_response, your_time" in told

    if form == "b":
        before, rest = text.split("    -- the answers, as", 1)
        columns = rest.split("is not asked has null\n", 1)[1]
        text = before + columns.replace("    -- ", "    ", 3)
    names = {"your_response": "slip", "your_answer": "mark"} if form == "a" else {"your_response": "slip"}
    names |= {"your_time": "at", "your_key": "no", "your_code": "east", "a.your_criterion": "a.what"}
    text = text.replace("a.your_answer", "a.value")
    for name, own in {**names, "your_staff": "m_staff", "your_stock": "m_stock", "your_hours": "m_hours"}.items():
        text = text.replace(name, own)
    path.write_text(text, "utf-8")

    told, code = check()
    assert code == 0, told
    assert "rows read: 10" in told
