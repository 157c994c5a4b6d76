"""The text of the answers of a response: what is placed where, and what is counted as a fault."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import answers
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
    ("another separator",                     "a=5;b=4",           [NO, NO, NO], [0, 0, 1, 0]),
    ("a criterion twice",                     "a=5|b=4|a=1",       [1, 4, NO],   [0, 0, 0, 1]),
    ("a criterion twice, the same answer",    "a=5|a=5",           [5, NO, NO],  [0, 0, 0, 1]),
    ("a criterion three times is one",        "a=5|a=4|a=1",       [1, NO, NO],  [0, 0, 0, 1]),
    ("two criteria twice",                    "a=5|a=4|b=4|b=5",   [4, 5, NO],   [0, 0, 0, 2]),
    ("twice, but once without answer",        "a=5|a=",            [5, NO, NO],  [0, 0, 0, 0]),
    ("every fault at once",                   "a|z=5|b=9|c=1|c=5", [NO, NO, 5],  [1, 1, 1, 1]),
]
# fmt: on

PIECES = st.sampled_from(["a", "b", "z", "=", "|", "5", "9", "KB", " ", "Hài lòng", NFD, "\x00", "�"])
TEXT = st.none() | st.text() | st.lists(PIECES).map("".join)


def faults(levels: answers.Levels) -> np.ndarray:
    """The four counts of faults, one row a response."""
    counts = ("unreadable_count", "unknown_criterion_count", "off_scale_count", "repeated_criterion_count")
    return np.column_stack([getattr(levels, name) for name in counts])


@pytest.mark.parametrize(("text", "placed", "counted"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_an_answer_is_placed_or_counted(text: str | None, placed: list[int], counted: list[int]) -> None:
    found = answers.levels(pa.array([text], pa.string()), QUESTIONNAIRE)
    assert found.matrix.tolist() == [placed]
    assert faults(found).tolist() == [counted]


def test_the_responses_of_a_batch_do_not_mix() -> None:
    found = answers.levels(pa.array([row[1] for row in TEXTS], pa.string()), QUESTIONNAIRE)
    assert found.matrix.tolist() == [row[2] for row in TEXTS]
    assert faults(found).tolist() == [row[3] for row in TEXTS]


def test_a_batch_without_responses_is_an_empty_matrix() -> None:
    found = answers.levels(pa.array([], pa.string()), QUESTIONNAIRE)
    assert found.matrix.shape == (0, 3)
    assert faults(found).shape == (0, 4)


@given(st.lists(TEXT))
def test_every_text_gives_one_row_and_nothing_raises(texts: list[str | None]) -> None:
    found = answers.levels(pa.array(texts, pa.string()), QUESTIONNAIRE)
    assert found.matrix.shape == (len(texts), 3)
    assert found.matrix.dtype == np.int8
    assert set(found.matrix.ravel().tolist()) <= {NO, 0, 1, 4, 5}
    assert faults(found).shape == (len(texts), 4)
    assert (faults(found) >= 0).all()


@given(st.permutations("abc"), st.lists(st.sampled_from(["1", "4", "5", "KB"]), min_size=3, max_size=3))
def test_the_order_of_the_pairs_does_not_matter(order: list[str], given_answers: list[str]) -> None:
    answer = dict(zip("abc", given_answers, strict=True))
    straight, shuffled = ("|".join(f"{code}={answer[code]}" for code in codes) for codes in ("abc", order))
    found = answers.levels(pa.array([straight, shuffled]), QUESTIONNAIRE)
    assert found.matrix[0].tolist() == found.matrix[1].tolist()
