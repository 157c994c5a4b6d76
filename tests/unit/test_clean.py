"""Landed text becomes meaning: one row out for every row in, whatever the text says, and nothing raises."""

from __future__ import annotations

import dataclasses
import datetime as dt
import unicodedata
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pgpq
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_series_equal

from etl import registry
from etl.admission import clean, core_rows
from etl.periods import SurveyMonth
from etl.source import times
from etl.source.contract import LANDED_COLUMNS, arrow_type
from tests.lib.books import BOOK, HANOI, LONDON
from tests.lib.cases import slow

GOOD = {
    "response_key": "17",
    "submitted_at": "2023-07-15 08:00:00",
    "unit_code": "34.01",
    "officer_code": "CB-7",
    "procedure_code": "account_open",
    "channel_code": "online",
    "respondent_type_code": "individual",
    "respondent_hash": "0" * 32,
    "harassment_reported": "false",
    "comment": "Cảm ơn",
    "answers": "a=5|b=3",
}


def nfd(text: str) -> str:
    """A text in the other normal form, in which accents are letters of their own."""
    return unicodedata.normalize("NFD", text)


# fmt: off
FIELDS = [
    # landed column        | its text           | tidy column            | its value
    ("response_key",         " 17 ",              "response_key",          "17"),
    ("response_key",         "KB-Đà Nẵng/1",      "response_key",          "KB-Đà Nẵng/1"),
    ("response_key",         "",                  "response_key",          None),
    ("response_key",         "  ",                "response_key",          None),
    ("response_key",         None,                "response_key",          None),
    ("response_key",         "1\ufffd7",          "response_key",          None),  # its bytes were lost: another's key?
    ("response_key",         "1\x007",            "response_key",          None),
    ("response_key",         "k" * 500,           "long_key_count",        0),
    ("response_key",         "k" * 501,           "long_key_count",        1),
    ("response_key",         "\U0001f600" * 500,  "long_key_count",        0),  # four bytes each
    ("response_key",         "\U0001f600" * 501,  "long_key_count",        1),
    ("response_key",         " " * 501 + "k",     "long_key_count",        0),
    ("unit_code",            " 34.01\n",          "unit_code",             "34.01"),
    ("unit_code",            "34.01\x00\x00",     "unit_code",             "34.01"),  # a field of a fixed length
    ("unit_code",            "\xa034.01\u3000",   "unit_code",             "34.01"),
    ("unit_code",            "34\x00.01",         "unit_code",             None),
    ("unit_code",            "34.01\u200b",       "unit_code",             None),
    ("unit_code",            "\u200b",            "unit_code",             None),
    ("unit_code",            "３４.01",           "unit_code",             None),
    ("unit_code",            "unstated",          "unit_code",             None),
    ("unit_code",            "34.99",             "unit_code",             None),
    ("unit_code",            "",                  "unit_code",             "unstated"),
    ("unit_code",            " ",                 "unit_code",             "unstated"),
    ("unit_code",            None,                "unit_code",             "unstated"),
    ("officer_code",         " CB-7 ",            "officer_code",          "CB-7"),
    ("officer_code",         nfd("Tổ một cửa"),   "officer_code",          "Tổ một cửa"),
    ("officer_code",         "CB\x00-7",          "officer_code",          "CB-7"),
    ("officer_code",         "CB\x00-7",          "doubtful_officer_count", 1),
    ("officer_code",         "CB-\ufffd",         "doubtful_officer_count", 1),
    ("officer_code",         " unstated ",        "doubtful_officer_count", 1),
    ("officer_code",         "CB-7\x00",          "doubtful_officer_count", 0),
    ("officer_code",         "o" * 200,           "long_officer_count",    0),
    ("officer_code",         "o" * 201,           "long_officer_count",    1),
    ("officer_code",         "",                  "officer_code",          "unstated"),
    ("officer_code",         "\x00",              "officer_code",          "unstated"),
    ("officer_code",         None,                "officer_code",          "unstated"),
    ("procedure_code",       "account_open",      "procedure_code",        "account_open"),
    ("procedure_code",       "Mở tài khoản",      "procedure_code",        "account_open"),
    ("procedure_code",       nfd("Mở tài khoản"), "procedure_code",        "account_open"),
    ("procedure_code",       "ACCOUNT_OPEN",      "procedure_code",        None),
    ("procedure_code",       "unknown",           "procedure_code",        None),
    ("procedure_code",       None,                "procedure_code",        "unstated"),
    ("channel_code",         "web",               "channel_code",          "online"),
    ("channel_code",         nfd("Tại quầy"),     "channel_code",          "counter"),
    ("channel_code",         "fax",               "channel_code",          None),
    ("channel_code",         None,                "channel_code",          "unstated"),
    ("respondent_type_code", "Cá nhân",           "respondent_type_code",  "individual"),
    ("respondent_type_code", "robot",             "respondent_type_code",  None),
    ("respondent_type_code", None,                "respondent_type_code",  "unstated"),
    ("respondent_hash",      "ab" * 16,           "respondent_hash",       "ab" * 16),
    ("respondent_hash",      None,                "respondent_hash",       None),
    ("respondent_hash",      "\ufffd",            "respondent_hash",       None),
    ("respondent_hash",      "\ufffd",            "lost_in_reference_count", 1),
    ("harassment_reported",  "true",              "is_harassment_reported", True),
    ("harassment_reported",  " T ",               "is_harassment_reported", True),
    ("harassment_reported",  "1",                 "is_harassment_reported", True),
    ("harassment_reported",  "yes",               "is_harassment_reported", True),
    ("harassment_reported",  "FALSE",             "is_harassment_reported", False),
    ("harassment_reported",  "f",                 "is_harassment_reported", False),
    ("harassment_reported",  "0",                 "is_harassment_reported", False),
    ("harassment_reported",  "no",                "is_harassment_reported", False),
    ("harassment_reported",  "Có",                "is_harassment_reported", True),
    ("harassment_reported",  nfd("KHÔNG"),        "is_harassment_reported", False),
    ("harassment_reported",  "\x01",              "is_harassment_reported", True),  # bit(1) of MariaDB
    ("harassment_reported",  "\x00",              "is_harassment_reported", False),
    ("harassment_reported",  "perhaps",           "is_harassment_reported", None),
    ("harassment_reported",  "perhaps",           "unclear_harassment_count", 1),
    ("harassment_reported",  "\x00\x00",          "unclear_harassment_count", 1),
    ("harassment_reported",  " ",                 "unclear_harassment_count", 0),
    ("harassment_reported",  "",                  "is_harassment_reported", None),
    ("harassment_reported",  None,                "is_harassment_reported", None),
    ("comment",              "  Cảm ơn\n",        "comment_text",          "Cảm ơn"),
    ("comment",              nfd("Cảm ơn"),       "comment_text",          "Cảm ơn"),
    ("comment",              "Cảm\x00 ơn",        "comment_text",          "Cảm ơn"),
    ("comment",              "Cảm\ufffd ơn",      "comment_text",          "Cảm\ufffd ơn"),
    ("comment",              "",                  "comment_text",          None),
    ("comment",              None,                "comment_text",          None),
    ("comment",              "Cảm\ufffd \ufffdn", "lost_in_comment_count", 2),
    ("comment",              "Cảm\x00 \ufffdn",   "lost_in_comment_count", 2),
    ("comment",              "Cảm ơn\x00 \x00",   "lost_in_comment_count", 0),
    ("comment",              "Cảm ơn",            "lost_in_comment_count", 0),
    ("comment",              None,                "lost_in_comment_count", 0),
    ("submitted_at",         "2023-06-30 16:59:59Z", "submitted_on",       dt.datetime(2023, 6, 30)),
    ("submitted_at",         "2023-06-30 17:00:00Z", "submitted_on",       dt.datetime(2023, 7, 1)),
    ("submitted_at",         "yesterday",         "submitted_on",          None),
    ("submitted_at",         "0000-12-31 00:00Z", "submitted_on",          dt.datetime(1, 1, 1)),
    ("submitted_at",         "9999-12-31 20:00Z", "submitted_on",          dt.datetime(9999, 12, 31)),
    ("answers",              "a=5|b=3",           "answer_count",          2),
    ("answers",              None,                "answer_count",          0),
    ("answers",              "a|b=5",             "unreadable_count",      1),
    ("answers",              "z=5|y=5",           "unknown_criterion_count", 2),
    ("answers",              "a=6",               "off_scale_count",       1),
    ("answers",              "a=5|a=4",           "repeated_criterion_count", 1),
]

MOMENTS = [
    # local time of | text                             | in UTC
    (HANOI,           "2023-07-15 08:00:00",             "2023-07-15 01:00:00"),
    (HANOI,           "2023-07-15T08:00:00",             "2023-07-15 01:00:00"),
    (HANOI,           " 2023-07-15 08:00 ",              "2023-07-15 01:00:00"),
    (HANOI,           "2023-07-15",                      "2023-07-14 17:00:00"),  # a day begins at midnight
    (HANOI,           "20230715T080000",                 "2023-07-15 01:00:00"),
    (HANOI,           "2023-07-15 08:00:00.25",          "2023-07-15 01:00:00.250000"),
    (HANOI,           "2023-07-15 08:00:00.1234567",     "2023-07-15 01:00:00.123456"),
    (HANOI,           "2023-07-15 08:00:00+07",          "2023-07-15 01:00:00"),
    (HANOI,           "2023-07-15 08:00:00.5+07:00",     "2023-07-15 01:00:00.500000"),
    (HANOI,           "2023-07-15T08:00:00Z",            "2023-07-15 08:00:00"),
    (HANOI,           "2023-07-15T08:00:00-0300",        "2023-07-15 11:00:00"),
    (HANOI,           "2023-07-15T08+07:00",             "2023-07-15 01:00:00"),
    (HANOI,           "20230715T080000+0700",            "2023-07-15 01:00:00"),
    (LONDON,          "2023-01-15 12:00:00",             "2023-01-15 12:00:00"),  # winter
    (LONDON,          "2023-07-15 12:00:00",             "2023-07-15 11:00:00"),  # summer
    (LONDON,          "2023-03-26 00:59:59",             "2023-03-26 00:59:59"),
    (LONDON,          "2023-03-26 01:30:00",             "2023-03-26 01:00:00"),  # an hour that there was not
    (LONDON,          "2023-03-26 02:00:00",             "2023-03-26 01:00:00"),
    (LONDON,          "2023-10-29 01:30:00",             "2023-10-29 00:30:00"),  # an hour that came twice: the first
    (LONDON,          "2023-10-29T01:30:00+00:00",       "2023-10-29 01:30:00"),  # its offset says: the second
    (LONDON,          "2023-10-29 02:00:00",             "2023-10-29 02:00:00"),
]
# fmt: on

UNREADABLE = [
    None, "", "  ", "yesterday", "now", "today", "NaT", "null", "0000-00-00 00:00:00", "2023", "2023-07", "202307",
    "15/07/2023", "2023-02-30 10:00:00", "2023-07-15 25:00:00", "2023-07-15 08:00:60", "08:00:00", "1689382800",
    "2023-07-15T08:00:00+070", "2023-07-15T08:00:00+25:00", "2023-07-15 08:00 AM", "2023-07-15T08:00:00 ICT",
    "2023-07-15T08:00:00+07:00[Asia/Ho_Chi_Minh]", "-2023-07-15T08:00:00Z", "２０２３-07-15", "2023-07-15\ufffd",
]  # fmt: skip

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
TIME_LIKE = st.from_regex(
    r"[0-9]{1,5}-?[0-9]{1,2}-?[0-9]{1,2}([T ][0-9:.]{1,20})?( ?[-+Z][0-9:]{0,6})?", fullmatch=True
)
FAMILIAR = st.sampled_from(sorted({*GOOD.values(), "Tại quầy", nfd("Tại quầy"), "a=6", "\x00", "\ufffd", "2023-07"}))
TEXT = st.none() | st.text() | TIME_LIKE | FAMILIAR
USUAL = st.one_of(  # what PostgreSQL writes, and what only looks so
    st.datetimes(timezones=OFFSETS).map(lambda moment: moment.isoformat(" ")),
    st.builds(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}{}{}".format,
        st.sampled_from([0, 1, 2, 1582, 1677, 1900, 2023, 2024, 2262, 2263, 9999]),
        st.integers(0, 13),
        st.integers(0, 32),
        st.integers(0, 24),
        st.sampled_from([0, 30, 59, 60]),
        st.sampled_from([0, 59, 60]),
        st.from_regex(r"(\.[0-9]{1,6})?", fullmatch=True),
        st.sampled_from(["+07", "+07:00", "+0530", "-03", "+00", "-00:00", "-12:00", "+23:59", "+24", "-99", "+07:60"]),
    ),
)
KEYS = ("ab", "", "cde")
ROWS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(LANDED_COLUMNS, TEXT)), max_size=6)


def landed(*rows: dict[str, str | None]) -> pa.Table:
    """Landed rows; what is not stated is null."""
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in LANDED_COLUMNS})


def by_dictionary(*rows: dict[str, str | None]) -> pa.Table:
    """The same rows as a source hands them over: texts of which few are different go by dictionary."""
    plain = landed(*rows)
    return plain.cast(pa.schema([(name, arrow_type(name)) for name in plain.column_names]))


def cells(responses: pa.Table) -> list[dict[str, Any]]:
    """The rows of tidy responses; moments in microseconds since 1970, for Python's end with the year 9999."""
    moments = responses.column("submitted_at").cast(pa.int64())
    return responses.set_column(responses.column_names.index("submitted_at"), "submitted_at", moments).to_pylist()


def moments(*texts: str | None, zone: ZoneInfo = HANOI) -> list[str | None]:
    """Texts as moments in UTC, written out; null where a text is none."""
    found = times.moments(pa.array(texts, pa.string()), zone)
    assert found.dtype == "datetime64[us, UTC]"
    return [None if pd.isna(moment) else str(moment).removesuffix("+00:00") for moment in found]


@pytest.mark.parametrize(("column", "text", "tidy_column", "value"), FIELDS)
def test_a_text_is_given_its_meaning(column: str, text: str | None, tidy_column: str, value: object) -> None:
    before, row, after = cells(clean.tidy(landed(GOOD, GOOD | {column: text}, GOOD), BOOK).responses)
    assert row[tidy_column] == value
    assert [before, after] == cells(clean.tidy(landed(GOOD, GOOD), BOOK).responses)  # as if it were not there


def test_a_good_row_has_every_meaning() -> None:
    (row,) = clean.tidy(landed(GOOD), BOOK).responses.to_pylist()
    assert row == {
        "response_key": "17",
        "submitted_at": dt.datetime(2023, 7, 15, 1, tzinfo=dt.UTC),
        "submitted_on": dt.datetime(2023, 7, 15),
        "unit_code": "34.01",
        "officer_code": "CB-7",
        "procedure_code": "account_open",
        "channel_code": "online",
        "respondent_type_code": "individual",
        "respondent_hash": "0" * 32,
        "is_harassment_reported": False,
        "comment_text": "Cảm ơn",
        "answer_count": 2,
        "unreadable_count": 0,
        "unknown_criterion_count": 0,
        "off_scale_count": 0,
        "repeated_criterion_count": 0,
        "lost_in_comment_count": 0,
        "long_comment_count": 0,
        "long_key_count": 0,
        "repeated_key_count": 0,
        "long_officer_count": 0,
        "doubtful_officer_count": 0,
        "lost_in_reference_count": 0,
        "unclear_harassment_count": 0,
    }


@pytest.mark.parametrize(("calendar", "day"), [(None, 1), (HANOI, 1), (LONDON, 30)], ids=str)
def test_the_day_is_that_of_the_calendar_that_bounds_the_month(calendar: ZoneInfo | None, day: int) -> None:
    (row,) = clean.tidy(landed(GOOD | {"submitted_at": "2023-07-01 05:59:59"}), BOOK, calendar).responses.to_pylist()
    assert row["submitted_on"].day == day


@pytest.mark.parametrize(("zone", "text", "in_utc"), MOMENTS)
def test_a_text_is_a_moment_in_local_time_or_by_its_offset(zone: ZoneInfo, text: str, in_utc: str) -> None:
    assert moments(text, zone=zone) == [in_utc]


@pytest.mark.parametrize("zone", [HANOI, LONDON], ids=str)
def test_moments_of_every_form_stand_beside_each_other(zone: ZoneInfo) -> None:
    of_zone = [row for row in MOMENTS if row[0] is zone]
    texts = [text for _, text, _ in of_zone] + UNREADABLE
    assert moments(*texts, zone=zone) == [in_utc for *_, in_utc in of_zone] + [None] * len(UNREADABLE)


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_text_that_is_no_moment_is_null(text: str | None) -> None:
    assert moments(text) == [None]


@given(st.lists(st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=OFFSETS)), st.sampled_from("T "))
def test_a_moment_with_an_offset_is_read_back_as_it_was(whens: list[dt.datetime], between: str) -> None:
    texts = [when.isoformat(between) for when in whens]
    assert times.moments(pa.array(texts, pa.string()), HANOI).tolist() == whens


@given(st.lists(USUAL, min_size=1), st.sampled_from([*UNREADABLE, "2023-07-15T08:00:00Z", "2023-07-15"]))
def test_a_moment_does_not_depend_on_those_beside_it(texts: list[str], odd: str | None) -> None:
    """What PostgreSQL writes is read quickly, and as soon as one text is another, otherwise: to the same moments."""
    alone = [times.moments(pa.array([text]), HANOI) for text in texts]
    together, mixed = (times.moments(pa.array([*texts, *more], pa.string()), HANOI) for more in ([], [odd]))
    assert_series_equal(together, mixed[:-1])
    assert_series_equal(together, pd.concat(alone, ignore_index=True))


@pytest.mark.parametrize("time", ["24:00:00", "23:60:00", "23:59:60", "23:59:61"])
@pytest.mark.parametrize("beside", ["2023-07-15 08:00:00+07", "15/07/2023"])
def test_an_hour_that_no_clock_shows_is_null_whatever_is_beside_it(time: str, beside: str) -> None:
    assert moments(beside, f"2023-07-15 {time}+07", None)[1:] == [None, None]


def test_a_configuration_that_was_written_in_nfd_means_the_same(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "config"
    for file in shipped.rglob("*.yaml"):
        copy = tmp_path / file.relative_to(shipped)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(nfd(file.read_text("utf-8")), "utf-8")
    written, meant = (
        {field.name: getattr(registry.load(path), field.name) for field in dataclasses.fields(registry.Registry)}
        for path in (tmp_path, shipped)
    )
    assert {**written, "path": shipped} == meant


def test_no_rows_are_an_empty_table_of_the_same_columns() -> None:
    none, one = clean.tidy(landed(), BOOK), clean.tidy(landed(GOOD), BOOK)
    assert none.levels.shape == (0, 2)
    assert none.responses.schema == one.responses.schema


def test_pieces_are_put_together_and_rows_picked_out_in_order() -> None:
    """Each piece has a dictionary of its own, as those of a landed file may have."""
    pieces = [by_dictionary(*(GOOD | {"response_key": key, "officer_code": key} for key in keys)) for keys in KEYS]
    together = clean.tidy(pa.concat_tables(pieces), BOOK)
    assert cells(together.responses) == [row for piece in pieces for row in cells(clean.tidy(piece, BOOK).responses)]
    picked = together.only(np.array([False, True, False, True, True]))
    assert cells(picked.responses) == [cells(together.responses)[place] for place in (1, 3, 4)]
    assert picked.levels.shape == (3, 2)
    assert together.only(np.ones(5, dtype=bool)) is together


@slow(20)
@given(ROWS)
def test_every_row_comes_out_as_one_row_and_as_if_it_were_alone(rows: list[dict[str, str | None]]) -> None:
    tidy = clean.tidy(landed(*rows), BOOK)
    alone = [clean.tidy(landed(row), BOOK) for row in rows]
    assert tidy.levels.tolist() == [one.levels[0].tolist() for one in alone]
    assert cells(tidy.responses) == [row for one in alone for row in cells(one.responses)]


@slow(20)
@given(ROWS)
def test_a_text_by_dictionary_means_what_the_plain_text_means(rows: list[dict[str, str | None]]) -> None:
    tidy, other = clean.tidy(landed(*rows), BOOK), clean.tidy(by_dictionary(*rows), BOOK)
    assert tidy.responses.schema == other.responses.schema
    assert cells(tidy.responses) == cells(other.responses)
    assert tidy.levels.tolist() == other.levels.tolist()


@slow(20)
@given(ROWS)
def test_whatever_was_cleaned_can_be_made_into_rows_for_core(rows: list[dict[str, str | None]]) -> None:
    made = core_rows.rows(clean.tidy(landed(*rows), BOOK), 34, SurveyMonth(2023, 7), BOOK.questionnaire)
    assert made.num_rows == len(rows)
    encoder = pgpq.ArrowToPostgresBinaryEncoder(made.schema)
    assert encoder.write_header() + encoder.write_batch(made) + encoder.finish()
    held = made.select(["response_key", "officer_code", "comment_text"]).to_pylist()
    assert not [text for row in held for text in row.values() if text and "\x00" in text]
