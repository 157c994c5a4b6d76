"""Who is at fault is found by halves, among many, in about as much work as two tries on all."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Disagreement
from etl.scoring import at_fault

EVERYONE = range(63)


@given(st.sets(st.sampled_from(EVERYONE), max_size=5))
def test_those_with_each_of_whom_alone_it_fails_are_found_unless_they_are_many(guilty: set[int]) -> None:
    tries: list[int] = []

    def fails(some: Sequence[int]) -> bool:
        tries.append(len(some))
        return bool(guilty & set(some))

    assert at_fault.search(fails, EVERYONE) == (sorted(guilty) if len(guilty) <= at_fault.MOST else [])
    assert sum(tries) <= (2 if len(guilty) == 1 else 6) * len(EVERYONE)


@pytest.mark.parametrize(
    "fails",
    [
        lambda some: True,  # on nobody at all
        lambda some: {3, 60} <= set(some),  # on two together
        lambda some: len(some) > 40,  # on many
        lambda some: len(some) > 0,  # on each
    ],
)
def test_what_fails_otherwise_is_nobodys_fault(fails: Callable[[Sequence[int]], bool]) -> None:
    assert at_fault.search(fails, EVERYONE) == []


def test_an_error_crosses_processes_with_whom_it_names() -> None:
    error = Disagreement("2023-07: no", next_action="report it", treasuries={48: "it does not come out"})
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.treasuries) == (Disagreement, str(error), {48: "it does not come out"})
