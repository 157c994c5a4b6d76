"""The smallest change that can be shown: the formula against draws, and where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from etl.acting import detectable


@pytest.mark.parametrize(
    ("satisfied", "responses", "expected", "smallest"),
    [(398, 496, 400, 0.0792), (398, 496, 100, 0.1585), (103, 110, 110, 0.1019), (50, 100, 1000, 0.0626)],
)
def test_the_smallest_change_follows_the_formula(
    satisfied: int, responses: int, expected: int, smallest: float
) -> None:
    assert detectable.change(satisfied, responses, expected) == pytest.approx(smallest, abs=5e-5)


def test_a_change_of_that_size_is_found_four_times_of_five() -> None:
    generator, n = np.random.default_rng(20230701), 400
    smallest = detectable.change(298, 496, n)
    assert smallest is not None
    before, after = generator.binomial(n, 0.6, 20_000) / n, generator.binomial(n, 0.6 - smallest, 20_000) / n
    pooled = (before + after) / 2
    is_found = np.abs(before - after) > 1.96 * np.sqrt(2 * pooled * (1 - pooled) / n)
    assert is_found.mean() == pytest.approx(0.80, abs=0.02)


@pytest.mark.parametrize("counts", [(0, 0, 0), (3, 2, 10), (-1, 2, 10), (5, 10, 2)])
def test_where_nothing_can_be_shown_nothing_is_said(counts: tuple[int, int, int]) -> None:
    assert detectable.change(*counts) is None
