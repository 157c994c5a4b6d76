"""Counts of answers: what is counted by hand comes out, batches add up, and areas could be added up from them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.admission.answers import NOT_ANSWERED
from etl.registry.counting import Counting
from etl.scoring.statistics.count import CELL, COUNTS, Criteria, count, together
from tests.lib.cases import slow

NO = NOT_ANSWERED
ASKED = Criteria(("a", "b", "c"), ("f", "g", "f"))
PLAIN = Counting(satisfied_levels=(4, 5), complaint_levels=(1,), lowest_level=1)
CODES = ("unit_code", "procedure_code", "officer_code", "channel_code", "respondent_type_code")

# fmt: off
RESPONSES = [
    # unit, procedure, officer, channel, type | a,  b,  c
    (("u", "open", "o1", "web",  "person"),     (5,  4,  1)),
    (("u", "open", "o2", "desk", "person"),     (5, NO,  0)),
    (("v", "pay",  "o1", "web",  "firm"),       (5,  5,  5)),
    (("v", "pay",  "o1", "web",  "firm"),       (NO, 2, NO)),
    (("v", "pay",  "o1", "web",  "firm"),       (NO, NO, NO)),
]

BY_HAND = [
    # unit, breakdown, member                | responses, answers, satisfied, wholly, complaints, ss, aa, sa
    (("u", "total", "all"),                    (2, 4, 3, 1, 1, 5, 10, 7)),      # 2 of 3, and 1 of 1
    (("v", "total", "all"),                    (2, 4, 3, 1, 0, 9, 10, 9)),      # 3 of 3, and 0 of 1
    (("u", "procedure", "open"),               (2, 4, 3, 1, 1, 5, 10, 7)),
    (("v", "procedure", "pay"),                (2, 4, 3, 1, 0, 9, 10, 9)),
    (("u", "officer", "o1"),                   (1, 3, 2, 0, 1, 4, 9, 6)),
    (("u", "officer", "o2"),                   (1, 1, 1, 1, 0, 1, 1, 1)),
    (("v", "officer", "o1"),                   (2, 4, 3, 1, 0, 9, 10, 9)),
    (("u", "channel", "web"),                  (1, 3, 2, 0, 1, 4, 9, 6)),
    (("u", "channel", "desk"),                 (1, 1, 1, 1, 0, 1, 1, 1)),
    (("v", "channel", "web"),                  (2, 4, 3, 1, 0, 9, 10, 9)),
    (("u", "respondent_type", "person"),       (2, 4, 3, 1, 1, 5, 10, 7)),
    (("v", "respondent_type", "firm"),         (2, 4, 3, 1, 0, 9, 10, 9)),
    (("u", "mix", "person|web"),               (1, 3, 2, 0, 1, 4, 9, 6)),
    (("u", "mix", "person|desk"),              (1, 1, 1, 1, 0, 1, 1, 1)),
    (("v", "mix", "firm|web"),                 (2, 4, 3, 1, 0, 9, 10, 9)),
    (("u", "factor", "f"),                     (2, 3, 2, 1, 1, 2, 5, 3)),       # 1 of 2, and 1 of 1
    (("v", "factor", "f"),                     (1, 2, 2, 1, 0, 4, 4, 4)),
    (("u", "factor", "g"),                     (1, 1, 1, 1, 0, 1, 1, 1)),
    (("v", "factor", "g"),                     (2, 2, 1, 1, 0, 1, 2, 1)),
    (("u", "criterion", "a"),                  (2, 2, 2, 2, 0, 2, 2, 2)),
    (("u", "criterion", "b"),                  (1, 1, 1, 1, 0, 1, 1, 1)),
    (("u", "criterion", "c"),                  (1, 1, 0, 0, 1, 0, 1, 0)),
    (("v", "criterion", "a"),                  (1, 1, 1, 1, 0, 1, 1, 1)),
    (("v", "criterion", "b"),                  (2, 2, 1, 1, 0, 1, 2, 1)),
    (("v", "criterion", "c"),                  (1, 1, 1, 1, 0, 1, 1, 1)),
]

LOWEST = [
    # from level | u in total                   | v in total
    (1,            (2, 4, 3, 1, 1, 5, 10, 7),     (2, 4, 3, 1, 0, 9, 10, 9)),
    (0,            (2, 5, 3, 0, 1, 5, 13, 8),     (2, 4, 3, 1, 0, 9, 10, 9)),   # "do not know" is not satisfied
    (-1,           (2, 6, 3, 0, 1, 5, 18, 9),     (3, 9, 3, 1, 0, 9, 27, 9)),   # neither is silence
]

OTHERWISE = [
    # case                                    | satisfied | complaints | u in total
    ("only the best is satisfied",              (5,),       (1,),        (2, 4, 2, 1, 1, 2, 10, 4)),
    ("nothing is a complaint",                  (4, 5),     (),          (2, 4, 3, 1, 0, 5, 10, 7)),
    ("two levels are, and a response once",     (5,),       (1, 4),      (2, 4, 2, 1, 1, 2, 10, 4)),
    ("a level that is both",                    (4, 5),     (5,),        (2, 4, 3, 1, 2, 5, 10, 7)),
]
# fmt: on

LEVEL = st.sampled_from([NO, 0, 1, 2, 3, 4, 5])
RESPONSE = st.tuples(st.tuples(*(st.sampled_from(["x", "y", "unstated"]) for _ in CODES)), st.tuples(*[LEVEL] * 3))
RULES = st.builds(
    Counting,
    satisfied_levels=st.sampled_from([(4, 5), (5,), (1, 3)]),
    complaint_levels=st.sampled_from([(), (1,), (1, 2)]),
    lowest_level=st.sampled_from([-1, 0, 1]),
)
Response = tuple[tuple[str, ...], tuple[int, ...]]


def tidy(responses: list[Response]) -> tuple[pa.Table, np.ndarray]:
    """Responses as ``clean`` makes them: their codes by dictionary, and their levels."""
    columns = zip(*(codes for codes, _ in responses), strict=True) if responses else [()] * len(CODES)
    table = pa.table({n: pa.array(c, pa.string()).dictionary_encode() for n, c in zip(CODES, columns, strict=True)})
    return table, np.array([levels for _, levels in responses], dtype=np.int8).reshape(-1, 3)


def counted(responses: list[Response], counting: Counting = PLAIN) -> dict[tuple[str, ...], tuple[int, ...]]:
    """The counts of responses by cell."""
    return by_cell(count(*tidy(responses), ASKED, counting))


def by_cell(counts: pd.DataFrame) -> dict[tuple[str, ...], tuple[int, ...]]:
    """The rows of counts by their cell, of which there is one row each."""
    assert not counts.duplicated(CELL).any()
    cells, numbers = counts[CELL].itertuples(index=False), counts[list(COUNTS)].itertuples(index=False)
    return {tuple(cell): tuple(map(int, row)) for cell, row in zip(cells, numbers, strict=True)}


def test_the_counts_are_those_made_by_hand() -> None:
    assert counted(RESPONSES) == dict(BY_HAND)


@pytest.mark.parametrize(("lowest", "in_u", "in_v"), LOWEST)
def test_what_counts_as_an_answer(lowest: int, in_u: tuple[int, ...], in_v: tuple[int, ...]) -> None:
    found = counted(RESPONSES, Counting((4, 5), (1,), lowest))
    assert (found["u", "total", "all"], found["v", "total", "all"]) == (in_u, in_v)
    of_criteria = [row for (unit, breakdown, _), row in found.items() if (unit, breakdown) == ("u", "criterion")]
    assert sum(row[1] for row in of_criteria) == in_u[1]


@pytest.mark.parametrize(
    ("satisfied", "complaints", "in_u"), [row[1:] for row in OTHERWISE], ids=[row[0] for row in OTHERWISE]
)
def test_which_levels_are_satisfied_and_which_complain(
    satisfied: tuple[int, ...], complaints: tuple[int, ...], in_u: tuple[int, ...]
) -> None:
    assert counted(RESPONSES, Counting(satisfied, complaints, 1))["u", "total", "all"] == in_u


def test_who_answered_nothing_is_in_no_cell() -> None:
    assert counted(RESPONSES[-1:]) == {}
    assert counted([]) == {}
    nobody, levels = tidy(RESPONSES)
    none = count(nobody.slice(0, 0), levels[:0], ASKED, PLAIN)  # all turned away: only the dictionaries are left
    assert list(none.columns) == [*CELL, *COUNTS]
    assert none.empty


def test_nobody_was_ever_named() -> None:
    """Every code of a batch may be unknown, so that all of it is turned away and the dictionaries are empty."""
    empty = pa.table({name: pa.array([], pa.string()).dictionary_encode() for name in CODES})
    assert count(empty, np.empty((0, 3), dtype=np.int8), ASKED, PLAIN).empty


def test_the_highest_level_of_a_scale_can_be_counted() -> None:
    one = [(RESPONSES[0][0], (100, 99, NO))]
    assert counted(one, Counting((100,), (99,), 1))["u", "total", "all"] == (1, 2, 1, 0, 1, 1, 4, 2)


@slow(40)
@given(st.lists(RESPONSE, max_size=12), st.integers(0, 12), RULES)
def test_batches_add_up(responses: list[Response], cut: int, counting: Counting) -> None:
    parts = [count(*tidy(some), ASKED, counting) for some in (responses[:cut], responses[cut:])]
    assert by_cell(together(parts)) == counted(responses, counting)


def test_no_batches_are_no_counts() -> None:
    none = together([])
    assert (list(none.columns), len(none)) == ([*CELL, *COUNTS], 0)
    assert (together([none.astype(dict.fromkeys(COUNTS, int)), count(*tidy([]), ASKED, PLAIN)])).empty


@slow(40)
@given(st.lists(RESPONSE, max_size=12), RULES)
def test_the_members_of_a_breakdown_add_up_to_the_total(responses: list[Response], counting: Counting) -> None:
    found = counted(responses, counting)
    for unit in {unit for unit, *_ in found}:
        total = np.array(found[unit, "total", "all"])
        for breakdown in ("procedure", "officer", "channel", "respondent_type", "mix"):
            rows = [row for (of, by, _), row in found.items() if (of, by) == (unit, breakdown)]
            assert np.array_equal(np.sum(rows, axis=0), total)
        for breakdown in ("factor", "criterion"):  # of these a response has several
            rows = [row for (of, by, _), row in found.items() if (of, by) == (unit, breakdown)]
            assert np.array_equal(np.sum(rows, axis=0)[1:3], total[1:3])


@pytest.mark.parametrize(
    ("counting", "text"),
    [
        (PLAIN, "satisfied 4,5; complaint 1; from 1"),
        (Counting((5, 4), (), -1), "satisfied 4,5; complaint none; from -1"),
    ],
)
def test_counts_are_kept_by_what_was_counted(counting: Counting, text: str) -> None:
    assert str(counting) == text
