"""Any bytes, from the CSV lines of a source to rows for core: nothing raises, and one row in is one row out."""

from __future__ import annotations

import datetime as dt
import unicodedata
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.admission import clean, core_rows
from etl.periods import SurveyMonth
from etl.source import contract, legacy_text, pseudonym
from etl.source.blocks import Parser
from etl.source.queries import Column, Query
from tests.lib.books import BOOK
from tests.lib.cases import slow

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
JULY = SurveyMonth(2023, 7)
IN_COLUMNS = (*contract.FIXED, contract.ANSWER_PREFIX + "a", contract.ANSWER_PREFIX + "z")
BYTES = st.one_of(
    st.none(),
    st.binary(max_size=12),
    st.text(max_size=8).map(str.encode),
    st.text('\x00",\r\n=|a5\ufffdé\u0301', max_size=12).map(str.encode),
    st.lists(st.sampled_from([b"\xe1", b"\xba", b"\xff", b'"', b"\n", b"\r", b",", b"To\xa8t", b"null"])).map(b"".join),
)


def parser(columns: tuple[str, ...], null: str = "", encoding: str | None = None) -> Parser:
    """What parses the lines of a query that yields some columns."""
    query = Query("here", "", frozenset(), JULY.bounds(HANOI), HANOI, encoding)
    return Parser([Column(name, "text") for name in columns], query, null)


def lines(rows: list[list[bytes | None]], null: bytes = b"") -> bytes:
    """Rows as the ways of the sources write them; ``null`` is quoted where it is anything."""
    nothing = b'"%s"' % null if null else b""
    cells = ([nothing if cell is None else b'"%s"' % cell.replace(b'"', b'""') for cell in row] for row in rows)
    return b"".join(b",".join(row) + b"\n" for row in cells)


Made = tuple[tuple[str, ...], list[list[bytes | None]]]


@st.composite
def rows_of(draw: st.DrawFn) -> Made:
    """The columns of a query, their answers in one text or a column each, and rows of any bytes."""
    columns = draw(st.sampled_from([contract.COLUMNS, IN_COLUMNS]))
    row = st.lists(BYTES, min_size=len(columns), max_size=len(columns))
    return columns, draw(st.lists(row, min_size=1, max_size=4))


@pytest.mark.parametrize("null", ["", "d41d8cd98f00b204"])
@settings(slow(40), derandomize=True)
@given(made=rows_of())
def test_any_bytes_cross_a_csv_line_whole(made: Made, null: str) -> None:
    columns, rows = made
    batch = parser(columns, null).batch(lines(rows, null.encode()))
    read = [[row[name] for name in columns] for row in batch.to_pylist()]
    assert read == [[shown(name, cell) for name, cell in zip(columns, row, strict=True)] for row in rows]


def shown(name: str, cell: bytes | None) -> str | None:
    """A cell as text: bytes that are no UTF-8 are lost, but for a key, which they still tell from others."""
    if cell is None:
        return None
    text = cell.decode("utf-8", "replace")
    return f"0x{cell.hex().upper()}" if name == "response_key" and text.encode() != cell else text


@pytest.mark.parametrize("encoding", legacy_text.NAMES)
@settings(slow(40), derandomize=True)
@given(made=rows_of())
def test_any_bytes_in_an_old_encoding_are_text(made: Made, encoding: str) -> None:
    columns, rows = made
    decode = legacy_text.decoder(encoding)
    batch = parser(columns, encoding=encoding).batch(lines(rows))
    read = [[row[name] for name in columns] for row in batch.to_pylist()]
    assert read == [[cell if cell is None else decode(cell) for cell in row] for row in rows]
    for text in (cell for row in read for cell in row if cell):
        assert unicodedata.is_normalized("NFC", text)


@settings(slow(40), derandomize=True)
@given(rows_of())
def test_any_bytes_become_rows_for_core(made: Made) -> None:
    columns, rows = made
    landed = pseudonym.hide(parser(columns).batch(lines(rows)), b"a key for tests")
    tidy = clean.tidy(pa.Table.from_batches([landed]), BOOK)
    made_rows = core_rows.rows(tidy, 1, JULY, BOOK.questionnaire)
    assert made_rows.num_rows == len(tidy.levels) == len(rows)
    for name in ("response_key", "officer_code", "comment_text", "respondent_hash"):
        for text in made_rows.column(name).drop_null().to_pylist():
            assert "\x00" not in text
            assert text.strip() == text
            assert name == "response_key" or unicodedata.is_normalized("NFC", text)
    days = tidy.responses.column("submitted_on").drop_null().to_pylist()
    assert all(isinstance(day, dt.datetime) for day in days)
