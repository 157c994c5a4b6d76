"""Every shipped source query keeps the contract, says what it reads, and is written in the language of its engine.

Those of PostgreSQL, MySQL and SQLite also run, in ``tests/e2e/test_kinds.py``; those of SQL Server and Oracle are only
compiled and parsed here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
import sqlfluff
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite

from etl import registry, settings
from etl.errors import Misdeclared
from etl.source import action_rows, contract, queries, starter
from etl.source.starter import MANNERS, Dialect
from etl.warehouse import statements

KINDS = ("answer_rows", "answer_columns", "answer_document", "legacy")
FILES = [settings.SQL / "source" / f"{kind}.{dialect}.sql" for kind in KINDS for dialect in Dialect]
REGISTERS = [settings.SQL / "source" / f"action_rows.{dialect}.sql" for dialect in Dialect]
COMPILERS = {
    Dialect.postgresql: postgresql.dialect(),
    Dialect.mysql: mysql.dialect(),
    Dialect.sqlite: sqlite.dialect(),
    Dialect.mssql: mssql.dialect(paramstyle="named"),
    Dialect.oracle: oracle.dialect(),
}
QUESTIONNAIRE = max(registry.load(settings.read().config).questionnaires, key=lambda one: one.valid_from)


def dialect_of(path: Path) -> Dialect:
    return Dialect(path.name.split(".")[1])


def yielded(sql: str) -> list[str]:
    """The columns of the last select, each on a line of its own."""
    selected = sql.rpartition("\nselect\n")[2] if "\nselect\n" in sql else sql.partition("select\n")[2]
    lines = selected.partition("\nfrom ")[0].splitlines()
    last = [line for line in lines if re.match(r" {4}\S", line) and not line.startswith("    --")]
    return [found[1] for line in last if (found := re.search(r'(?:\bas |^ {4}\w+\.)"?(\w+)"?,?$', line))]


def parsed(sql: str, dialect: str) -> object:
    """The syntax tree; what is none of the dialect's raises."""
    literal = re.sub(r"(?<!\w):month_\w+", "'2023-07-01 00:00:00'", sql)
    return sqlfluff.parse(literal, dialect=dialect)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_shipped_query_keeps_the_contract_and_says_what_it_reads(path: Path) -> None:
    statement = statements.parse(path, path.stem)
    assert contract.faults(yielded(statement.sql)) == []
    assert statement.params == {"month_start", "month_end"}
    assert statement.reads
    assert [table for table in statement.reads if not re.search(rf"\b{table}\b", statement.sql)] == []
    read = set(re.findall(r"(?:from|join) ([a-z_]+)\b(?!\()", statement.sql)) - {"answer", "tra_loi"}
    assert read == set(statement.reads)


def test_no_other_query_is_shipped() -> None:
    assert sorted((settings.SQL / "source").iterdir()) == sorted(FILES + REGISTERS)


@pytest.mark.parametrize("path", REGISTERS, ids=lambda path: path.name)
def test_a_shipped_query_of_a_register_yields_its_whole_contract(path: Path) -> None:
    statement = statements.parse(path, path.stem)
    assert yielded(statement.sql) == list(action_rows.COLUMNS)
    assert action_rows.faults(yielded(statement.sql)) == []
    assert (statement.params, statement.reads) == (frozenset(), ("treasury", "action_register"))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (action_rows.REQUIRED[1:], "it lacks row_key"),
        ((*action_rows.REQUIRED, "mood"), "it has the unknown mood"),
        ((*action_rows.REQUIRED, "note", "note"), "it has note twice"),
    ],
)
def test_a_register_that_does_not_keep_its_contract_is_told(names: tuple[str, ...], told: str) -> None:
    assert action_rows.faults(names) == [told]


@pytest.mark.parametrize("kind", ["answer_columns"])
@pytest.mark.parametrize("dialect", list(Dialect))
def test_the_shape_with_columns_asks_every_criterion(kind: str, dialect: Dialect) -> None:
    names = yielded(statements.parse(settings.SQL / "source" / f"{kind}.{dialect}.sql", kind).sql)
    asked = [f"answer_{criterion.code}" for criterion in QUESTIONNAIRE.criteria]
    assert [name for name in names if name.startswith("answer_")] == asked


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_its_dialect_compiles_it_with_the_bounds_as_its_only_parameters(path: Path) -> None:
    statement = statements.parse(path, path.stem)
    compiled = sa.text(statement.sql).compile(dialect=COMPILERS[dialect_of(path)])
    assert set(compiled.params) == {"month_start", "month_end"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_its_dialect_parses_it(path: Path) -> None:
    parsed(statements.parse(path, path.stem).sql, MANNERS[dialect_of(path)].sqlfluff)


@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_starting_file_is_compiled_and_parsed_too(dialect: Dialect, tmp_path: Path) -> None:
    path = tmp_path / f"new.{dialect}.sql"
    path.write_text(starter.starting_file(dialect, QUESTIONNAIRE), "utf-8")
    statement = statements.parse(path, "new")
    assert statement.reads == ("your_response", "your_answer")
    assert contract.faults(yielded(statement.sql)) == []
    assert set(sa.text(statement.sql).compile(dialect=COMPILERS[dialect]).params) == {"month_start", "month_end"}
    parsed(statement.sql, MANNERS[dialect].sqlfluff)


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("select a from t where", "oracle"),
        ("select a from t limit 3", "tsql"),
        ("select listagg(a, '|') within (order by a) from t", "oracle"),
    ],
)
def test_what_is_not_of_the_dialect_is_found(sql: str, dialect: str) -> None:
    with pytest.raises(sqlfluff.api.APIParsingError):
        parsed(sql, dialect)


def header(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "own.sql"
    path.write_text("\n".join(["-- what: a", "-- grain: b", "-- params: none", *lines, "select 1"]), "utf-8")
    return path


def test_what_is_read_and_the_encoding_are_taken_from_the_header(tmp_path: Path) -> None:
    plain = statements.parse(header(tmp_path), "own")
    assert (plain.reads, plain.encoding) == ((), None)
    said = statements.parse(header(tmp_path, "-- reads: front.card ,House,", "-- encoding: vni"), "own")
    assert (said.reads, said.encoding) == (("front.card", "House"), "vni")
    assert said.sql == "select 1"


def test_an_encoding_that_nobody_knows_is_told_with_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    header(tmp_path, "-- encoding: viscii").rename(tmp_path / "source" / "own.oracle.sql")
    told = r"own\.oracle\.sql:1: .* unknown encoding 'viscii' → .*tcvn3, vni, latin1-utf8"
    with pytest.raises(Misdeclared, match=told):
        queries.statement_of(tmp_path, "own", "oracle")


def test_mariadb_takes_the_queries_of_mysql(tmp_path: Path) -> None:
    assert queries.statement_of(tmp_path, "answer_rows", "mariadb") == queries.statement_of(
        tmp_path, "answer_rows", "mysql"
    )


BYTES = {
    Dialect.mssql: r"cast\(cast\(\w+\.(?:response_id|so_phieu) as nvarchar\(4000\)\) as varbinary\(8000\)\)",
    Dialect.oracle: r"nlssort\(cast\(\w+\.(?:response_id|so_phieu) as varchar2\(1000\)\), 'NLS_SORT=BINARY'\)",
}


@pytest.mark.parametrize("dialect", BYTES)
@pytest.mark.parametrize("kind", ["answer_rows", "legacy"])
def test_keys_are_grouped_and_compared_by_their_bytes_where_no_server_shows_it(kind: str, dialect: Dialect) -> None:
    path = settings.SQL / "source" / f"{kind}.{dialect}.sql"
    sql = re.sub(BYTES[dialect], "BYTES", " ".join(statements.parse(path, path.stem).sql.split()))
    assert re.findall(r" group by (.*?) \)", sql) == ["BYTES"]
    answers, name = ("answer", "response_bytes") if kind == "answer_rows" else ("tra_loi", "so_phieu")
    assert f"with {answers} as ( select BYTES as {name}," in sql
    of_rows, of_answers = re.findall(r" on (?!overflow)(.*?) where ", sql)
    assert re.fullmatch(r"\w+\.(\w+) = \w+\.\1 and BYTES = BYTES", of_rows)
    assert of_answers == f"BYTES = {answers}.{name}"
    assert len(re.findall(r"\bjoin\b", sql)) == 2
