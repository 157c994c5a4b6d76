"""The covariance of two periods' rates, from the respondents who answered in both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from etl.scoring.statistics.covariance import bounded, covariance
from etl.scoring.statistics.interval import standard_error
from etl.scoring.statistics.movement import change_test, difference_test

Floats = np.ndarray


def areas(k: Floats, before: Floats, answers: int, back: int) -> pd.DataFrame:
    """Areas (rows) whose respondents (columns) gave so many satisfied answers in two periods; the first came back."""
    m = k.shape[1]
    both = {
        "respondent_count": back,
        "now_returning_count": back,
        "before_returning_count": back,
        "satisfied_products": (k[:, :back] * before[:, :back]).sum(axis=1),
        "satisfied_answer_products": answers * k[:, :back].sum(axis=1),
        "answer_satisfied_products": answers * before[:, :back].sum(axis=1),
        "answer_products": answers**2 * back,
    }
    rates = {"rate": k.sum(axis=1) / (answers * m), "before_rate": before.sum(axis=1) / (answers * m)}
    sizes = {f"{prefix}{name}": count for prefix in ("", "before_")
             for name, count in (("denominator", answers * m), ("response_count", m))}  # fmt: skip
    return pd.DataFrame({**both, **rates, **sizes})


def test_it_is_the_sum_of_what_each_adds_to_both_rates() -> None:
    random = np.random.default_rng(1)
    k, before = random.binomial(22, 0.9, (2, 3, 40))
    shared, share = covariance(areas(k, before, 22, 30), least=5)
    adds, added = (part - part.mean(axis=1, keepdims=True) for part in (k / 880, before / 880))
    assert shared == pytest.approx((adds[:, :30] * added[:, :30]).sum(axis=1))
    assert share.tolist() == [0.75] * 3


# fmt: off
NONE = [
    # case                          | what is changed
    ("nobody came back",              {"respondent_count": np.nan, "satisfied_products": np.nan}),
    ("four came back: too few",       {"respondent_count": 4}),
    ("it was not there before",       {"before_rate": np.nan}),
    ("nobody answered before",        {"before_denominator": 0}),
]
# fmt: on


@pytest.mark.parametrize(("case", "changed"), NONE)
def test_without_enough_who_came_back_there_is_none(case: str, changed: dict[str, Any]) -> None:
    random = np.random.default_rng(1)
    k, before = random.binomial(22, 0.9, (2, 1, 40))
    table = areas(k, before, 22, 30)
    assert covariance(table, least=5)[0][0] != 0
    assert [part.tolist() for part in covariance(table.assign(**changed), least=5)] == [[0], [0]], case


def test_a_covariance_is_no_more_than_that_of_all_who_came_back_answering_alike() -> None:
    assert bounded(np.array([1.0, -1.0, 0.1]), np.array([0.5] * 3), np.array([0.4] * 3)).tolist() == [0.2, -0.2, 0.1]


def test_a_change_of_those_who_came_back_is_tested_at_its_level() -> None:
    """Half of 200 come back, as content as they were: who takes them for others calls almost no change clear."""
    random = np.random.default_rng(7)
    count, m, back, rho, p = 800, 200, 100, 0.27, 0.9364
    moods, moods_before = random.beta(p * (1 / rho - 1), (1 - p) * (1 / rho - 1), (2, count, m))
    moods_before[:, :back] = moods[:, :back]
    k, before = random.binomial(22, moods), random.binomial(22, moods_before)
    table = areas(k, before, 22, back)
    size = np.full(count, 22 * m / (1 + 21 * rho))
    now, then = ((rate, standard_error(rate * size, size)) for rate in (table["rate"], table["before_rate"]))
    shared = bounded(*covariance(table, least=5), now[1] * then[1])
    counted, independent = change_test(now, then, shared) <= 0.05, difference_test(*now, *then) <= 0.05
    assert abs(counted.mean() - 0.05) < 3 * np.sqrt(0.05 * 0.95 / count)
    assert independent.mean() < 0.02


def test_without_a_covariance_it_is_the_test_of_two_independent_rates() -> None:
    now, before = ([0.90, 0.8], [0.02, 0.03]), ([0.85, 0.9], [0.015, 0.01])
    assert change_test(now, before, [0.0, 0.0]).tolist() == difference_test(*now, *before).tolist()
