"""The answers of a response, in one text or a column each: what is placed where, and what is counted as a fault."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.admission import answers
from etl.registry.questionnaire import Questionnaire

QUESTIONNAIRE = Questionnaire.model_validate(
    {
        "code": "three",
        "valid_from": "2022-01-01",
        "scale": [
            {"level": 0, "name_vi": "Không biết", "name_en": "Do not know", "labels": ["KB"]},
            {"level": 1, "name_vi": "Kém", "name_en": "Bad", "labels": ["1"]},
            {"level": 4, "name_vi": "Hài lòng", "name_en": "Satisfied", "labels": ["4", "Hài lòng"]},
            {"level": 5, "name_vi": "Rất hài lòng", "name_en": "Very satisfied", "labels": ["5"]},
        ],
        "factors": [{"code": "f", "name_vi": "Yếu tố", "name_en": "Factor"}],
        "criteria": [{"code": code, "factor": "f", "name_vi": code, "name_en": code} for code in "abc"],
    }
)
NO = answers.NOT_ANSWERED
NFD = unicodedata.normalize("NFD", "Hài lòng")

# fmt: off
TEXTS = [
    # case                                  | text               | a, b, c     | unreadable, unknown, off, repeated
    ("every criterion",                       "a=5|b=4|c=1",       [5, 4, 1],    [0, 0, 0, 0]),
    ("in any order",                          "c=1|a=5|b=4",       [5, 4, 1],    [0, 0, 0, 0]),
    ("one left out",                          "a=5|c=1",           [5, NO, 1],   [0, 0, 0, 0]),
    ("one left empty",                        "a=5|b=|c=1",        [5, NO, 1],   [0, 0, 0, 0]),
    ("a gap, and a bar at the end",           "a=5||c=1|",         [5, NO, 1],   [0, 0, 0, 0]),
    ("nothing",                               "",                  [NO, NO, NO], [0, 0, 0, 0]),
    ("null",                                  None,                [NO, NO, NO], [0, 0, 0, 0]),
    ("spaces around",                         " a = 5 | b=4 ",     [5, 4, NO],   [0, 0, 0, 0]),
    ("a label in NFC",                        "a=Hài lòng",        [4, NO, NO],  [0, 0, 0, 0]),
    ("a label in NFD",                        f"a={NFD}",          [4, NO, NO],  [0, 0, 0, 0]),
    ("do not know is an answer",              "a=KB|b=5",          [0, 5, NO],   [0, 0, 0, 0]),
    ("an unknown criterion",                  "a=5|z=5",           [5, NO, NO],  [0, 1, 0, 0]),
    ("an unknown criterion without answer",   "a=5|z=",            [5, NO, NO],  [0, 0, 0, 0]),
    ("no criterion at all",                   "=5",                [NO, NO, NO], [0, 1, 0, 0]),
    ("another case is another criterion",     "A=5",               [NO, NO, NO], [0, 1, 0, 0]),
    ("off the scale",                         "a=6|b=5",           [NO, 5, NO],  [0, 0, 1, 0]),
    ("between two places of the scale",       "a=4.5",             [NO, NO, NO], [0, 0, 1, 0]),
    ("a second equals sign",                  "a==5",              [NO, NO, NO], [0, 0, 1, 0]),
    ("no equals sign",                        "a5|b=5",            [NO, 5, NO],  [1, 0, 0, 0]),
    ("a mark that would merge with the equals sign", "a=\u0338", [NO, NO, NO], [0, 0, 1, 0]),
    ("another separator",                     "a=5;b=4",           [NO, NO, NO], [0, 0, 1, 0]),
    ("a criterion twice",                     "a=5|b=4|a=1",       [1, 4, NO],   [0, 0, 0, 1]),
    ("a criterion twice, the same answer",    "a=5|a=5",           [5, NO, NO],  [0, 0, 0, 1]),
    ("a criterion three times is one",        "a=5|a=4|a=1",       [1, NO, NO],  [0, 0, 0, 1]),
    ("two criteria twice",                    "a=5|a=4|b=4|b=5",   [4, 5, NO],   [0, 0, 0, 2]),
    ("twice, but once without answer",        "a=5|a=",            [5, NO, NO],  [0, 0, 0, 0]),
    ("a bar in an answer",                    "a=5|b",             [5, NO, NO],  [1, 0, 0, 0]),
    ("an equals sign in an answer",           "a=5=b",             [NO, NO, NO], [0, 0, 1, 0]),
    ("what a query refuses to join",          "?",                 [NO, NO, NO], [1, 0, 0, 0]),
    ("longer than answers can be",            "a=5|" * 25_001,     [NO, NO, NO], [1, 0, 0, 0]),
    ("a truth is no level",                   "a=true|b=false",    [NO, NO, NO], [0, 0, 2, 0]),
    ("a number in another form",              "a=5.0|b=5e0|c=05",  [NO, NO, NO], [0, 0, 3, 0]),
    ("digits of other scripts",               "a=٥|b=５",          [NO, NO, NO], [0, 0, 2, 0]),
    ("spaces of another kind around",         "a=\xa05\u3000",     [5, NO, NO],  [0, 0, 0, 0]),
    ("an invisible letter beside",            "a=5\u200b|b=5\x00", [NO, NO, NO], [0, 0, 2, 0]),
    ("every fault at once",                   "a|z=5|b=9|c=1|c=5", [NO, NO, 5],  [1, 1, 1, 1]),
]
COLUMNS = [
    # case                                  | column of a criterion       | a, b, c     | faults, as above
    ("every criterion",                       {"a": "5", "b": "4", "c": "1"}, [5, 4, 1],  [0, 0, 0, 0]),
    ("in any order",                          {"c": "1", "a": "5", "b": "4"}, [5, 4, 1],  [0, 0, 0, 0]),
    ("one without a column",                  {"a": "5", "c": "1"},         [5, NO, 1],   [0, 0, 0, 0]),
    ("null and empty",                        {"a": None, "b": "", "c": "  "}, [NO, NO, NO], [0, 0, 0, 0]),
    ("spaces around",                         {" a ": " 5 "},               [5, NO, NO],  [0, 0, 0, 0]),
    ("a label in NFC",                        {"b": "Hài lòng"},            [NO, 4, NO],  [0, 0, 0, 0]),
    ("a label in NFD",                        {"b": NFD},                   [NO, 4, NO],  [0, 0, 0, 0]),
    ("do not know is an answer",              {"a": "KB"},                  [0, NO, NO],  [0, 0, 0, 0]),
    ("an unknown criterion",                  {"a": "5", "z": "5"},         [5, NO, NO],  [0, 1, 0, 0]),
    ("an unknown criterion, off the scale",   {"a": "5", "z": "9"},         [5, NO, NO],  [0, 1, 0, 0]),
    ("an unknown criterion without answer",   {"a": "5", "z": None},        [5, NO, NO],  [0, 0, 0, 0]),
    ("an unknown criterion, left empty",      {"a": "5", "z": " "},         [5, NO, NO],  [0, 0, 0, 0]),
    ("two unknown criteria",                  {"z": "5", "y": "1"},         [NO, NO, NO], [0, 2, 0, 0]),
    ("another case is another criterion",     {"A": "5"},                   [NO, NO, NO], [0, 1, 0, 0]),
    ("off the scale",                         {"a": "6", "b": "5"},         [NO, 5, NO],  [0, 0, 1, 0]),
    ("off the scale twice",                   {"a": "6", "b": "4.5"},       [NO, NO, NO], [0, 0, 2, 0]),
    ("an answer that holds a bar",            {"a": "5|b=5"},              [NO, NO, NO], [0, 0, 1, 0]),
    ("a truth is no level",                   {"a": "true"},               [NO, NO, NO], [0, 0, 1, 0]),
    ("a number in another form",              {"a": "5.0", "b": "５"},     [NO, NO, NO], [0, 0, 2, 0]),
    ("an answer that looks like a pair",      {"a": "b=5"},                 [NO, NO, NO], [0, 0, 1, 0]),
]
TWO_COLUMNS = [
    ("two columns of one criterion",          {"a": "5", "a ": "4"},       [5, NO, NO],  [0, 0, 0, 1]),
    ("two, but one without answer",           {"a": "", "a ": "4"},        [4, NO, NO],  [0, 0, 0, 0]),
    ("two, of which the first is off",        {"a": "9", "a ": "4"},       [4, NO, NO],  [0, 0, 1, 0]),
]
# fmt: on

PIECES = st.sampled_from(["a", "b", "z", "=", "|", "5", "9", "KB", " ", "Hài lòng", NFD, "\x00", "�"])
TEXT = st.none() | st.text() | st.lists(PIECES).map("".join)
ANSWER = st.none() | st.text() | st.sampled_from(["1", "4", " 5", "KB", "Hài lòng", NFD, "9", "", " ", "a=5", "\u0338"])
ANSWERS = st.lists(st.fixed_dictionaries(dict.fromkeys("abcz", ANSWER)), max_size=6)
TYPES = st.sampled_from([pa.string(), pa.dictionary(pa.int32(), pa.string())])


def faults(levels: answers.Levels) -> np.ndarray:
    """The four counts of faults, one row a response."""
    counts = ("unreadable_count", "unknown_criterion_count", "off_scale_count", "repeated_criterion_count")
    return np.column_stack([getattr(levels, name) for name in counts])


@pytest.mark.parametrize(("text", "placed", "counted"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_an_answer_is_placed_or_counted(text: str | None, placed: list[int], counted: list[int]) -> None:
    found = answers.of_texts(pa.array([text], pa.string()), QUESTIONNAIRE)
    assert found.matrix.tolist() == [placed]
    assert faults(found).tolist() == [counted]


def test_the_responses_of_a_batch_do_not_mix() -> None:
    found = answers.of_texts(pa.array([row[1] for row in TEXTS], pa.string()), QUESTIONNAIRE)
    assert found.matrix.tolist() == [row[2] for row in TEXTS]
    assert faults(found).tolist() == [row[3] for row in TEXTS]


def test_a_batch_without_responses_is_an_empty_matrix() -> None:
    found = answers.of_texts(pa.array([], pa.string()), QUESTIONNAIRE)
    assert found.matrix.shape == (0, 3)
    assert faults(found).shape == (0, 4)


@given(st.lists(TEXT))
def test_every_text_gives_one_row_and_nothing_raises(texts: list[str | None]) -> None:
    found = answers.of_texts(pa.array(texts, pa.string()), QUESTIONNAIRE)
    assert found.matrix.shape == (len(texts), 3)
    assert found.matrix.dtype == np.int8
    assert set(found.matrix.ravel().tolist()) <= {NO, 0, 1, 4, 5}
    assert faults(found).shape == (len(texts), 4)
    assert (faults(found) >= 0).all()


@given(st.permutations("abc"), st.lists(st.sampled_from(["1", "4", "5", "KB"]), min_size=3, max_size=3))
def test_the_order_of_the_pairs_does_not_matter(order: list[str], given_answers: list[str]) -> None:
    answer = dict(zip("abc", given_answers, strict=True))
    straight, shuffled = ("|".join(f"{code}={answer[code]}" for code in codes) for codes in ("abc", order))
    found = answers.of_texts(pa.array([straight, shuffled]), QUESTIONNAIRE)
    assert found.matrix[0].tolist() == found.matrix[1].tolist()


def in_columns(*responses: dict[str, str | None], kind: pa.DataType | None = None) -> dict[str, pa.Array]:
    """Answers as landed columns, one per criterion; what is not stated is null."""
    codes = dict.fromkeys(code for response in responses for code in response)
    texts = {code: pa.array([response.get(code) for response in responses], pa.string()) for code in codes}
    return {f"answer_{code}": column.cast(kind or pa.string()) for code, column in texts.items()}


@pytest.mark.parametrize("kind", [pa.string(), pa.dictionary(pa.int32(), pa.string())], ids=str)
@pytest.mark.parametrize(
    ("columns", "placed", "counted"),
    [row[1:] for row in COLUMNS + TWO_COLUMNS],
    ids=[row[0] for row in COLUMNS + TWO_COLUMNS],
)
def test_an_answer_in_a_column_of_its_own_is_placed_or_counted(
    columns: dict[str, str | None], placed: list[int], counted: list[int], kind: pa.DataType
) -> None:
    found = answers.levels(in_columns(columns, kind=kind), QUESTIONNAIRE)
    assert found.matrix.tolist() == [placed]
    assert faults(found).tolist() == [counted]


def test_responses_in_columns_do_not_mix() -> None:
    rows = [({name.strip(): text for name, text in row[1].items()}, *row[2:]) for row in COLUMNS]
    found = answers.levels(in_columns(*(columns for columns, *_ in rows)), QUESTIONNAIRE)
    assert found.matrix.tolist() == [placed for _, placed, _ in rows]
    assert faults(found).tolist() == [counted for *_, counted in rows]


def test_a_batch_of_columns_without_responses_is_an_empty_matrix() -> None:
    columns = {f"answer_{code}": pa.array([], pa.string()) for code in "abz"}
    found = answers.levels(columns, QUESTIONNAIRE)
    assert found.matrix.shape == (0, 3)
    assert faults(found).shape == (0, 4)


@given(ANSWERS, TYPES)
def test_the_same_answers_mean_the_same_in_either_form(
    responses: list[dict[str, str | None]], kind: pa.DataType
) -> None:
    """But for a bar, which parts the answers of a text."""
    responses = [{code: text and text.replace("|", "/") for code, text in response.items()} for response in responses]
    texts = ["|".join(f"{code}={text or ''}" for code, text in response.items()) for response in responses]
    joined = answers.levels({"answers": pa.array(texts, pa.string()).cast(kind)}, QUESTIONNAIRE)
    if responses:
        single = answers.levels(in_columns(*responses, kind=kind), QUESTIONNAIRE)
        assert single.matrix.tolist() == joined.matrix.tolist()
        assert single.matrix.dtype == joined.matrix.dtype
        assert faults(single).tolist() == faults(joined).tolist()
        assert faults(single).dtype == faults(joined).dtype
