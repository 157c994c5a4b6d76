"""Tidy responses as rows for COPY: the columns, the levels as an array, the moments in UTC."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from etl import registry
from etl.admission import clean, core_rows
from etl.periods import SurveyMonth
from etl.registry import codebook
from etl.source import contract

REGISTRY = registry.load(Path(__file__).parents[2] / "config")
JULY = SurveyMonth(2023, 7)
BOOK = codebook.of(REGISTRY, REGISTRY.treasury("34", JULY), JULY)
FIRST, SECOND, *_, LAST = (criterion.code for criterion in BOOK.questionnaire.criteria)

# fmt: off
ARRAYS = [
    # answers                   | the first, the second and the last element of the array
    (f"{FIRST}=5|{SECOND}=1",     (5, 1, None)),
    (f"{LAST}=3",                 (None, None, 3)),
    ("",                          (None, None, None)),
]
# fmt: on


def rows(*landed: dict[str, str]) -> pa.RecordBatch:
    """What landed texts become on their way into core."""
    columns = {name: pa.array([row.get(name) for row in landed], pa.string()) for name in contract.LANDED_COLUMNS}
    tidy = clean.tidy(pa.table(columns), BOOK)
    return core_rows.rows(tidy, 22, JULY, BOOK.questionnaire)


@pytest.mark.parametrize(("answers", "ends"), ARRAYS)
def test_the_levels_are_an_array_with_null_where_nothing_was_answered(
    answers: str, ends: tuple[int | None, ...]
) -> None:
    elements = rows({"answers": answers}).column("answer_levels")[0].as_py()
    assert len(elements) == len(BOOK.questionnaire.criteria)
    assert (elements[0], elements[1], elements[-1]) == ends
    assert set(elements[2:-1]) == {None}


def test_the_levels_of_each_response_are_its_own() -> None:
    made = rows({"answers": f"{FIRST}=5"}, {}, {"answers": f"{SECOND}=1|{FIRST}=2"})
    found = made.column("answer_levels").to_pylist()
    assert [levels[:2] for levels in found] == [[5, None], [None, None], [2, 1]]


def test_every_row_carries_its_month_treasury_and_questionnaire() -> None:
    (row,) = rows({"response_key": "17"}).to_pylist()
    assert (row["survey_month"], row["treasury_id"], row["questionnaire_code"]) == (
        dt.date(2023, 7, 1),
        22,
        "sipas-2022",
    )
    assert (row["response_key"], row["unit_code"], row["comment_text"]) == ("17", "unstated", None)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-07-15 08:00:00", "2023-07-15T01:00:00+00:00"),
        ("2023-07-15T08:00:00.1234567+07:00", "2023-07-15T01:00:00.123456+00:00"),
    ],
)
def test_a_moment_is_kept_in_utc_to_the_microsecond(text: str, moment: str) -> None:
    (row,) = rows({"submitted_at": text}).to_pylist()
    assert row["submitted_at"].isoformat() == moment


@pytest.mark.parametrize(("text", "truth"), [("true", True), ("f", False), ("perhaps", None)])
def test_a_report_of_harassment_is_true_false_or_null(text: str, truth: bool | None) -> None:
    assert rows({"harassment_reported": text}).column("is_harassment_reported").to_pylist() == [truth]


def test_no_responses_are_no_rows_of_the_same_columns() -> None:
    assert rows().num_rows == 0
    assert rows().schema == rows({"response_key": "17"}).schema
