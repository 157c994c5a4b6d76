"""What is code in an SQL text, what is a literal and what a comment; only a query's own parameters are bound."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Misdeclared
from etl.source.starter import Dialect
from etl.warehouse import sql_text, statements
from tests.lib.asking import PLACE, query

# fmt: off
CODE = [
    # dialect      | text                                                 | its code
    ("postgresql",   "a -- b\nc",                                           "a  \nc"),
    ("postgresql",   "a 'it''s -- b' c",                                    "a   c"),
    ("postgresql",   r"a 'b\' c",                                           "a   c"),
    ("postgresql",   r"a E'b\' c' d",                                       "a   d"),
    ("postgresql",   "a $$ -- 'b $$ c $x$ $$ $x$ d",                        "a   c   d"),
    ("postgresql",   "a /* b /* c */ d */ e",                               "a   e"),
    ("postgresql",   'a "b--c" d #> e',                                     "a   d #> e"),
    ("postgresql",   "a[1:2] 'never ends",                                  "a[1:2] 'never ends"),
    ("mysql",        r"a 'b\' -- c' d",                                     "a   d"),
    ("mysql",        "a # b 'c\nd",                                         "a  \nd"),
    ("mysql",        "1--1 -- b",                                           "1--1  "),
    ("mysql",        "/*+ hint */ a /*! b */ c /* d /* e */ f",             "/*+ hint */ a /*! b */ c   f"),
    ("mysql",        'a "b:c" `d:e` f',                                     "a     f"),
    ("mariadb",      "a # b",                                               "a  "),
    ("sqlite",       "a [b'c] `d--e` f",                                    "a     f"),
    ("mssql",        "a [b--c] #temp /* d /* e */ f */ g",                  "a   #temp   g"),
    ("oracle",       "a q'[it's]' b q'!it's!' c /*+ hint */",               "a   b   c /*+ hint */"),
]
# fmt: on


@pytest.mark.parametrize(("dialect", "text", "code"), CODE)
def test_code_is_told_from_literals_and_comments(dialect: str, text: str, code: str) -> None:
    assert sql_text.code(text, dialect) == code
    assert "".join(piece.text for piece in sql_text.pieces(text, dialect)) == text


@given(st.text("a'\"`$[]-/*#\\\n:;eq ", max_size=40), st.sampled_from([*Dialect, "mariadb", "strange"]))
def test_the_pieces_are_the_text(text: str, dialect: str) -> None:
    assert "".join(piece.text for piece in sql_text.pieces(text, dialect)) == text


ENDS = ["{};", "{} ;\n;\n", "{} -- end", "{}\n-- it's the end", "/* a; b */ {} /* c */;", "-- first;\n{}", "\ufeff{}"]


@pytest.mark.parametrize("form", ENDS)
@pytest.mark.parametrize("dialect", list(Dialect))
def test_what_stands_around_a_statement_is_left_out(form: str, dialect: str) -> None:
    assert sql_text.bare(form.format("select ';' as a"), dialect) == "select ';' as a"


COLONS = [
    """select '{{"done":true}}' as a where b >= {start}""",
    "select cast(1 as int) as a where b >= {start}",
    "select b::text, c[1:2], c[:2], '10:30' where b >= {start}",
    "select @n := @n + 1 where b >= {start}",
    "select 'a:b:c', ':month_start', '\\\\:x' where b >= {start}",
    "select ':a' || {start}",
    """select "q:r", 'a::b' where {start} <= b""",
    "select {start}::timestamptz",
    "select 'ü:é' where b >= {start}",
]


@pytest.mark.parametrize("form", COLONS)
def test_only_the_parameters_of_a_query_are_bound(form: str) -> None:
    asked = query(form.format(start=":month_start"))
    statement = sa.text(asked.text("postgresql"))
    compiled = statement.compile(dialect=sa.dialects.registry.load("postgresql.psycopg")())
    assert set(compiled.params) == {"month_start"}
    assert str(compiled).replace("%%", "%") == form.format(start="%(month_start)s")


def test_a_colon_that_was_escaped_in_code_stays_one() -> None:
    compiled = sa.text(query(r"select a\:\:text, '\:' where :month_start < b").text("postgresql")).compile()
    assert str(compiled) == r"select a::text, '\:' where :month_start < b"


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.sqlite.sql"
    path.write_bytes("-- what: a".encode("utf-16"))
    with pytest.raises(Misdeclared, match=r"own\.sqlite\.sql:1: .*UTF-8"):
        statements.parse(path, "own")
    with pytest.raises(Misdeclared, match="cannot be read"):
        statements.parse(tmp_path, "own")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "1: there is no statement below the header"),
        (" -- only\n/* a comment */ ;", "1: there is no statement below the header"),
        ("select 1\n\0", "5: a NUL stands in the statement"),
    ],
)
def test_a_file_without_a_statement_is_named(body: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "own.sqlite.sql"
    path.write_text(f"-- what: x\n-- grain: response\n-- params: none\n{body}", "utf-8")
    with pytest.raises(Misdeclared, match=rf"own\.sqlite\.sql:{told}"):
        statements.parse(path, "own")


def test_a_query_is_one_statement() -> None:
    with pytest.raises(Misdeclared, match=f"{PLACE}: the source query is more than one statement"):
        query("select 1; drop table a").text("postgresql")
    assert query("select ';' as a").text("postgresql") == "select ';' as a"


@pytest.mark.parametrize(
    "body",
    ["select '{\"done\":true}' where :month_start < :month_end;", "/* :x */\nselect '\n-- kept' -- :y\n"
     "where :month_start < :month_end\n-- the end: now"],
)  # fmt: skip
def test_the_header_and_the_statement_agree_about_parameters(body: str, tmp_path: Path) -> None:
    path = tmp_path / "own.sqlite.sql"
    path.write_text(f"\ufeff-- what: a\n-- grain: b\n-- params: month_start, month_end\n{body}\n", "utf-8")
    statement = statements.parse(path, "own")
    assert statement.sql.startswith("select")
    assert statement.sql.endswith("month_end")
    assert ("-- kept" in statement.sql) == ("-- kept" in body)
    assert dataclasses.replace(query(statement.sql)).text("sqlite").count(":month_") == 2
