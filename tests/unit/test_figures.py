"""The figures one by one: rate, per cent, interval, grade and rank, each as a table on integers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from etl.periods import SurveyMonth
from etl.registry import rule_sets
from etl.scoring.statistics.grade import grade
from etl.scoring.statistics.interval import standard_error, wilson
from etl.scoring.statistics.rank import rank
from etl.scoring.statistics.rate import percent, rate
from tests.lib.cases import slow

BANDS = rule_sets.in_force(Path(__file__).parents[2] / "config", SurveyMonth(2023, 7)).grades

# fmt: off
RATES = [
    # satisfied | answers | rate
    (103,         110,      103 / 110),
    (0,           7,        0.0),
    (7,           7,        1.0),
    (0,           0,        np.nan),
    (3,           0,        np.nan),
]

PERCENTS = [
    # satisfied | answers | in per cent
    (103,         110,      "93.64"),   # KBNN Thái Bình, July 2023
    (17_999,      20_000,   "90.00"),   # 89.995: half a hundredth goes up
    (899_949,     1_000_000, "89.99"),  # 89.9949
    (1,           3,        "33.33"),
    (2,           3,        "66.67"),
    (1,           20_000,   "0.01"),    # 0.005
    (1,           20_001,   "0.00"),
    (19_999,      20_000,   "100.00"),  # 99.995
    (0,           5,        "0.00"),
    (5,           5,        "100.00"),
]

GRADES = [
    # satisfied   | answers | grade
    (1,             1,        "excellent"),  # the best band includes 100 %
    (9,             10,       "excellent"),  # exactly 90 %
    (90_000,        100_000,  "excellent"),
    (89_999,        100_000,  "good"),
    (17_999,        20_000,   "good"),       # 8999.5 of 10000: shown as 90.00, and not excellent
    (899_999_999_999, 10**12, "good"),
    (8,             10,       "good"),
    (7_999,         10_000,   "fair"),
    (7,             10,       "fair"),
    (6_999,         10_000,   "average"),
    (1,             2,        "average"),
    (4_999,         10_000,   "weak"),
    (0,             1,        "weak"),
    (0,             0,        None),
]

RANKS = [
    # case                                  | satisfied of answers                      | ranks
    ("the best is the first",                 [(7, 10), (9, 10), (8, 10)],                [3, 1, 2]),
    ("equals share, the next place is free",  [(9, 10), (9, 10), (8, 10)],                [1, 1, 3]),
    ("two pairs of equals",                   [(1, 2), (3, 4), (1, 2), (3, 4), (0, 1)],   [3, 1, 3, 1, 5]),
    ("all are equal",                         [(1, 2), (2, 4), (50, 100)],                [1, 1, 1]),
    ("equal shares of unequal numbers",       [(103, 110), (1, 2), (206, 220)],           [1, 3, 1]),
    ("closer than a float can tell",          [(333_333_333_333_333_333, 10**18), (1, 3)], [2, 1]),
    ("one alone",                             [(0, 1)],                                   [1]),
    ("nobody",                                [],                                         []),
]
# fmt: on

SIZES = (1, 2, 3, 10, 30, 110, 5_000, 1_000_000)
LEVELS = (0.8, 0.95, 0.99)

SHARE = st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
SHARES = st.lists(SHARE, min_size=1, max_size=20)


def counts(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Satisfied and answers as the arrays that every figure is made of."""
    return np.array([k for k, _ in pairs], dtype=np.int64), np.array([n for _, n in pairs], dtype=np.int64)


@pytest.mark.parametrize(("satisfied", "answers", "expected"), RATES)
def test_the_rate_is_the_share_of_satisfied_answers(satisfied: int, answers: int, expected: float) -> None:
    assert rate(*counts([(satisfied, answers)])) == pytest.approx([expected], abs=0, nan_ok=True)


@pytest.mark.parametrize(("satisfied", "answers", "expected"), PERCENTS)
def test_per_cent_is_rounded_half_up_on_integers(satisfied: int, answers: int, expected: str) -> None:
    assert percent(satisfied, answers) == expected


@given(SHARE)
def test_per_cent_is_the_exact_share_rounded_half_up(share: tuple[int, int]) -> None:
    with localcontext(prec=50):
        exact = 100 * Decimal(share[0]) / Decimal(share[1])
        assert percent(*share) == str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("answers", SIZES)
def test_the_interval_is_that_of_scipy(answers: int, level: float) -> None:
    satisfied = sorted({0, 1, answers // 3, answers // 2, answers - 1, answers})
    low, high = wilson(*counts([(k, answers) for k in satisfied]), level)
    peers = [binomtest(k, answers).proportion_ci(level, method="wilson") for k in satisfied]
    assert low == pytest.approx([peer.low for peer in peers], rel=0, abs=1e-12)
    assert high == pytest.approx([peer.high for peer in peers], rel=0, abs=1e-12)


def test_the_interval_of_thai_binh() -> None:
    (low,), (high,) = wilson(*counts([(103, 110)]), 0.95)
    assert (f"{low:.2%}", f"{high:.2%}") == ("87.44%", "96.88%")


def test_without_answers_there_is_no_interval() -> None:
    low, high = wilson(*counts([(0, 0), (1, 2)]), 0.95)
    assert np.isnan([low[0], high[0]]).all()
    assert not np.isnan([low[1], high[1]]).any()


def test_an_interval_of_next_to_nothing_does_not_go_below_nothing() -> None:
    # rounding alone would take the lower limit to -1.6e-17
    (low,), _ = wilson(np.array([1e-16]), np.array([10]), 0.95)
    assert low == 0


def test_counts_beyond_64_bits_have_an_interval_an_error_and_a_grade() -> None:
    satisfied, answers = np.array([9 * 10**29, 1], dtype=object), np.array([10**30, 2], dtype=object)
    low, high = wilson(satisfied, answers, 0.95)
    errors = standard_error(satisfied, answers)
    assert [values.dtype for values in (low, high, errors)] == [np.float64] * 3
    assert (low[0], high[0]) == pytest.approx((0.9, 0.9), abs=1e-12)
    assert (low[1], high[1]) == tuple(np.ravel(wilson([1], [2], 0.95)))
    assert errors.tolist() == pytest.approx([3e-16, *standard_error([1], [2])])
    assert grade(satisfied, answers, BANDS).tolist() == ["excellent", "average"]


@given(SHARES, st.sampled_from(LEVELS))
def test_the_interval_holds_the_rate_and_stays_between_0_and_1(shares: list[tuple[int, int]], level: float) -> None:
    low, high = wilson(*counts(shares), level)
    shown = rate(*counts(shares))
    assert ((low >= 0) & (low <= shown) & (shown <= high) & (high <= 1)).all()


@pytest.mark.parametrize(("satisfied", "answers", "expected"), GRADES)
def test_the_grade_is_the_half_open_band_of_the_counts(satisfied: int, answers: int, expected: str | None) -> None:
    assert grade(*counts([(satisfied, answers)]), BANDS).tolist() == [expected]


def test_the_order_in_which_bands_are_declared_does_not_matter() -> None:
    areas = counts([(k, n) for k, n, _ in GRADES])
    assert grade(*areas, BANDS[::-1]).tolist() == grade(*areas, BANDS).tolist()


@pytest.mark.parametrize(("shares", "expected"), [row[1:] for row in RANKS], ids=[row[0] for row in RANKS])
def test_the_rank_is_a_competition_rank_on_exact_shares(shares: list[tuple[int, int]], expected: list[int]) -> None:
    assert rank(*counts(shares)).tolist() == expected


def test_each_area_is_ranked_among_its_peers() -> None:
    shares, groups = counts([(1, 2), (9, 10), (1, 3), (5, 10), (8, 10)]), np.array([7, 3, 7, 7, 3])
    assert rank(*shares, groups).tolist() == [1, 1, 3, 1, 2]


def test_the_closest_rates_of_the_table_are_equal_as_floats() -> None:
    (close,) = [shares for case, shares, _ in RANKS if case == "closer than a float can tell"]
    assert len(set(rate(*counts(close)).tolist())) == 1


@given(SHARES)
def test_ranks_are_a_permutation_with_ties(shares: list[tuple[int, int]]) -> None:
    ordered = sorted(rank(*counts(shares)).tolist())
    assert ordered[0] == 1
    assert all(this in (before, place) for place, (before, this) in enumerate(pairwise(ordered), start=2))


@given(st.data())
def test_the_order_of_the_areas_does_not_matter(data: st.DataObject) -> None:
    shares = data.draw(SHARES)
    order = data.draw(st.permutations(range(len(shares))))
    shuffled = rank(*counts([shares[place] for place in order]))
    assert shuffled.tolist() == rank(*counts(shares))[order].tolist()


@slow(50)
@given(SHARES, st.data())
def test_one_more_dissatisfied_answer_never_raises_a_rate_or_betters_a_rank(
    shares: list[tuple[int, int]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(shares) - 1))
    worse = list(shares)
    worse[place] = (shares[place][0], shares[place][1] + 1)
    assert rate(*counts(worse))[place] <= rate(*counts(shares))[place]
    assert rank(*counts(worse))[place] >= rank(*counts(shares))[place]
    assert wilson(*counts(worse), 0.95)[1][place] <= wilson(*counts(shares), 0.95)[1][place] + 1e-12
