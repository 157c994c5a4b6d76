"""A database's own words enter a message short, on one line, without markup and without data."""

from __future__ import annotations

import pymysql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.source.said import MOST, plain, said


@given(st.text(max_size=400))
def test_whatever_a_database_says_is_one_short_line_of_harmless_letters(text: str) -> None:
    shown = plain(text)
    assert len(shown) <= MOST
    assert shown.isprintable()
    assert not set(shown) & set("<>[]{}`|\\\n\r\t\x1b\u202e\u2066\u200f\u2028\ufeff")
    assert plain(shown) == shown


def test_names_stay_as_they_are() -> None:
    assert plain('relation "phiếu_khảo_sát.don-vi" does not exist') == 'relation "phiếu_khảo_sát.don-vi" does not exist'


# fmt: off
KEPT = "what is said"
WORDS = [
    # a server's number and words                                                 | what is quoted of them
    (1146, "Table 'office.gone' doesn't exist",                                     KEPT),
    (1054, "Unknown column 'key' in 'field list'",                                  KEPT),
    (1142, "SELECT command denied to user 'g'@'h' for table 'office'.'customer'",   KEPT),
    (1292, "Truncated incorrect DOUBLE value: 'Nguyễn Văn A'",                      ""),
    (1366, "Incorrect string value: '\\xF0' for column 'a' at row 1",               ""),
    (1062, "Duplicate entry '0912345678' for key 'PRIMARY'",                        ""),
    (1644, "khách hàng 0912345678",                                                 ""),
    (1146, "khách hàng 0912345678",                                                 ""),
]
# fmt: on


@pytest.mark.parametrize(("number", "words", "quoted"), WORDS)
def test_only_words_that_name_tables_and_columns_are_quoted(number: int, words: str, quoted: str) -> None:
    assert said(pymysql.err.OperationalError(number, words)) == (words if quoted == KEPT else quoted)
