"""Confidence sets for ranks: against the published example and a plain computation, and what they must never do."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.scoring.statistics.rank import ConfidenceSets, Sides, rank, rank_sets, tie_groups
from etl.scoring.statistics.stepdown import Field, told_apart

SEEDS = (1, 2, 3, 2023, 12345)
EXAMPLE = np.linspace(1, 3, 10), np.full(10, 0.2)
"""The documented example of the authors of the paper, at 95 %, all ranks together."""
EXAMPLE_LOW = [7, 6, 5, 4, 3, 2, 1, 1, 1, 1]
EXAMPLE_HIGH = [10, 10, 10, 10, 9, 8, 7, 6, 5, 4]
PISA = pd.read_csv(Path(__file__).with_name("pisa_2018_mathematics.csv"), comment="#")
UNITED_KINGDOM_ALONE = 8, 23
"""What the same package documents of one country by itself."""

# fmt: off
SETS = [
    # case                                      | estimates, their errors                     | low      | high
    ("nobody",                                    [],              [],                          [],        []),
    ("one alone",                                 [0.9],           [0.1],                       [1],       [1]),
    ("two far apart",                             [0.5, 0.9],      [0.01, 0.01],                [2, 1],    [2, 1]),
    ("two that cannot be told apart",             [0.8, 0.9],      [0.1, 0.1],                  [1, 1],    [2, 2]),
    ("all equal",                                 [0.9, 0.9, 0.9], [1e-6, 1e-6, 1e-6],          [1, 1, 1], [3, 3, 3]),
    ("one that is unsure beside two that are not", [0.5, 0.9, 0.7], [0.001, 0.001, 0.5],        [2, 1, 1], [3, 2, 3]),
]

NO_NUMBERS = [
    # estimates       | errors            | is told
    ([0.9, np.nan],     [0.1, 0.1],         "position 1: estimate nan"),
    ([0.9, 0.8, np.inf], [0.1, 0.1, 0.1],   "position 2: estimate inf"),
    ([0.9, 0.8],        [0.0, 0.1],         "position 0: estimate 0.9 with standard error 0.0"),
    ([0.9, 0.8],        [0.1, -0.1],        "position 1: estimate 0.8 with standard error -0.1"),
    ([0.9, 0.8],        [0.1, np.nan],      "position 1: estimate 0.8 with standard error nan"),
    ([0.9, 0.8],        [0.1],              "no two equally long rows"),
]

GROUPS = [
    # case                                   | estimates            | who is below whom                | groups
    ("nobody",                                 [],                    [],                                []),
    ("nobody can be told apart",               [0.7, 0.9, 0.8],       [],                                [1, 1, 1]),
    ("everybody can",                          [0.7, 0.9, 0.8],       [(0, 1), (0, 2), (2, 1)],          [3, 1, 2]),
    ("the last is below the best",             [0.7, 0.9, 0.8],       [(0, 1)],                          [2, 1, 1]),
    ("the last is below the second only",      [0.7, 0.9, 0.8],       [(0, 2)],                          [1, 1, 1]),
    ("the rest follows who began it",          [0.9, 0.8, 0.7, 0.6],  [(1, 0), (3, 0)],                  [1, 2, 2, 2]),
    ("a group counts from its own best",       [0.9, 0.8, 0.7, 0.6],  [(2, 0), (3, 0), (3, 1)],          [1, 1, 2, 2]),
    ("equals stay together when one is below", [0.8, 0.9, 0.8],       [(0, 1)],                          [2, 1, 2]),
    ("below either of two equal bests",        [0.8, 0.9, 0.9],       [(0, 2)],                          [2, 1, 1]),
]
# fmt: on

UNIT = st.tuples(st.integers(80, 99).map(lambda pct: pct / 100), st.sampled_from([0.01, 0.02, 0.05]))
UNITS = st.lists(UNIT, min_size=1, max_size=8)
WAYS = pytest.mark.parametrize("simultaneous", [True, False])


def sets(units: list[tuple[float, float]], *, simultaneous: bool = True, scale: float = 1) -> ConfidenceSets:
    """The sets of a few units from few draws."""
    estimates, errors = np.array(units).reshape(-1, 2).T
    return rank_sets(estimates, errors * scale, draws=200, simultaneous=simultaneous)


def plainly(estimates: np.ndarray, errors: np.ndarray, *, draws: int = 10_000, steps: int = 1_000) -> ConfidenceSets:
    """The simultaneous sets of units in ascending order, by the recipe of the paper as it stands."""
    count = len(estimates)
    noise = np.random.RandomState(1).standard_normal((count, draws)) * errors[:, None]
    left = [(one, other) for one in range(count) for other in range(count) if one != other]
    spread = {(one, other): math.hypot(errors[one], errors[other]) for one, other in left}
    is_below = np.zeros((count, count), dtype=bool)
    for _ in range(steps):
        largest = np.max([(noise[one] - noise[other]) / spread[one, other] for one, other in left], axis=0)
        critical = np.sort(largest)[math.ceil((draws + 1) * 0.95) - 1]
        found = [pair for pair in left if estimates[pair[0]] - estimates[pair[1]] > spread[pair] * critical]
        if not found:
            break
        for above, below in found:
            is_below[below, above] = True
        left = [pair for pair in left if pair not in found]
    return ConfidenceSets(1 + is_below.sum(axis=1), count - is_below.sum(axis=0), is_below)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_example_of_the_paper_comes_out_whatever_the_seed(seed: int) -> None:
    found = rank_sets(*EXAMPLE, seed=seed)
    assert found.low.tolist() == EXAMPLE_LOW
    assert found.high.tolist() == EXAMPLE_HIGH


def test_a_single_step_would_miss_the_example() -> None:
    single, stepdown = plainly(*EXAMPLE, steps=1), plainly(*EXAMPLE)
    assert (stepdown.low.tolist(), stepdown.high.tolist()) == (EXAMPLE_LOW, EXAMPLE_HIGH)
    assert (single.low.tolist(), single.high.tolist()) != (EXAMPLE_LOW, EXAMPLE_HIGH)


@pytest.mark.parametrize("draws", range(20, 60))
def test_the_walk_finds_what_the_plain_recipe_finds(draws: int) -> None:
    # from few draws every one of them matters
    chance = np.random.default_rng(draws)
    estimates, errors = np.sort(chance.normal(0.9, 0.08, 12)), chance.uniform(0.005, 0.03, 12)
    found, plain = rank_sets(estimates, errors, draws=draws), plainly(estimates, errors, draws=draws)
    assert found.is_below.any()
    assert (found.is_below == plain.is_below).all()
    assert (found.low == plain.low).all()
    assert (found.high == plain.high).all()


def test_the_walk_finds_what_the_plain_recipe_finds_down_to_the_last_pair() -> None:
    # the third is far off, so that one pair is left in the second step
    told = []
    for gap in np.arange(2, 5, 0.02):
        estimates, errors = np.array([0, gap, 100]), np.ones(3)
        found, plain = rank_sets(estimates, errors, draws=200), plainly(estimates, errors, draws=200)
        assert (found.is_below == plain.is_below).all()
        told.append(bool(found.is_below[0, 1]))
    assert told == sorted(told)
    assert set(told) == {False, True}


@WAYS
@pytest.mark.parametrize(
    ("estimates", "errors", "low", "high"), [row[1:] for row in SETS], ids=[row[0] for row in SETS]
)
def test_the_sets_of_a_few_units(
    estimates: list[float], errors: list[float], low: list[int], high: list[int], *, simultaneous: bool
) -> None:
    found = rank_sets(estimates, errors, simultaneous=simultaneous)
    assert (found.low.tolist(), found.high.tolist()) == (low, high)
    assert found.is_below.shape == (len(low), len(low))


@pytest.mark.parametrize(("estimates", "errors", "told"), NO_NUMBERS)
def test_what_cannot_be_ranked_is_told_with_its_position(
    estimates: list[float], errors: list[float], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        rank_sets(estimates, errors)


def test_numbers_may_be_python_s_own() -> None:
    estimates, errors = (values.astype(object) for values in EXAMPLE)
    assert rank_sets(estimates, errors).low.tolist() == EXAMPLE_LOW


def test_countries_of_pisa_have_the_ranks_that_the_authors_find() -> None:
    how = {"level": 0.95, "draws": 10_000, "seed": 20230731}
    together = rank_sets(PISA["score"], PISA["standard_error"], **how)
    # theirs are other random numbers
    assert np.abs(together.low - PISA["rank_low"]).max() <= 1
    assert np.abs(together.high - PISA["rank_high"]).max() <= 1
    alone = rank_sets(PISA["score"], PISA["standard_error"], **how, simultaneous=False)
    place = PISA["country"].tolist().index("United Kingdom")
    assert (alone.low[place], alone.high[place]) == pytest.approx(UNITED_KINGDOM_ALONE, abs=2)


def test_a_lower_level_gives_smaller_sets() -> None:
    wide, narrow = rank_sets(*EXAMPLE, 0.99), rank_sets(*EXAMPLE, 0.5)
    assert ((wide.low <= narrow.low) & (narrow.high <= wide.high)).all()
    assert (wide.high - wide.low).sum() > (narrow.high - narrow.low).sum()


def test_the_estimates_count_as_one_more_draw() -> None:
    noise = np.random.RandomState(1).standard_normal((2, 20))
    *_, second, largest = np.sort(np.abs(noise[0] - noise[1]))
    # 95 % of 21 are 20: all draws must lie below
    assert not rank_sets([0, (second + largest) / 2], [1, 1], draws=20).is_below.any()
    assert rank_sets([0, largest * 1.001], [1, 1], draws=20).is_below[0, 1]


@pytest.mark.parametrize(("gap", "is_told"), [(1.0, False), (np.nextafter(1, 2), True)])
def test_a_gap_must_be_larger_than_the_largest_by_chance(gap: float, is_told: bool) -> None:
    # one draw, in which the two lie one standard error apart
    field = Field(np.array([0, gap]), np.array([0.6, 0.8]), np.array([[0.0], [1.0]]), 0.95)
    assert told_apart(field, np.array([0]), np.array([1])).tolist() == [is_told]


def test_even_at_a_level_of_nothing_nobody_is_above_an_equal() -> None:
    found = rank_sets([0.9, 0.8, 0.9, 0.7], [0.1, 0.1, 0.2, 0.1], 0.01)
    assert not (found.is_below & found.is_below.T).any()
    assert not found.is_below[0, 2]
    assert not found.is_below[2, 0]


@WAYS
@given(UNITS)
def test_a_set_holds_the_rank_of_the_estimate(simultaneous: bool, units: list[tuple[float, float]]) -> None:
    found = sets(units, simultaneous=simultaneous)
    percents = np.array([round(100 * estimate) for estimate, _ in units])
    shown = rank(percents, np.full(len(units), 100))
    assert ((found.low >= 1) & (found.low <= shown) & (shown <= found.high) & (found.high <= len(units))).all()
    assert not (found.is_below & found.is_below.T).any()


@WAYS
@given(st.data())
def test_the_order_of_the_units_does_not_matter(simultaneous: bool, data: st.DataObject) -> None:
    units = data.draw(UNITS)
    order = data.draw(st.permutations(range(len(units))))
    straight = sets(units, simultaneous=simultaneous)
    shuffled = sets([units[place] for place in order], simultaneous=simultaneous)
    assert shuffled.low.tolist() == straight.low[order].tolist()
    assert shuffled.high.tolist() == straight.high[order].tolist()
    assert (shuffled.is_below == straight.is_below[np.ix_(order, order)]).all()


@WAYS
@given(UNITS, st.data())
def test_equals_get_equal_sets(simultaneous: bool, units: list[tuple[float, float]], data: st.DataObject) -> None:
    twin = data.draw(st.integers(0, len(units) - 1))
    found = sets([*units, units[twin]], simultaneous=simultaneous)
    assert (found.low[twin], found.high[twin]) == (found.low[-1], found.high[-1])
    assert (found.is_below[twin] == found.is_below[-1]).all()
    assert (found.is_below[:, twin] == found.is_below[:, -1]).all()


@WAYS
@given(UNITS)
def test_half_the_errors_never_give_larger_sets(simultaneous: bool, units: list[tuple[float, float]]) -> None:
    wide, narrow = sets(units, simultaneous=simultaneous), sets(units, simultaneous=simultaneous, scale=0.5)
    assert ((wide.low <= narrow.low) & (narrow.high <= wide.high)).all()
    assert (narrow.is_below | ~wide.is_below).all()


@given(UNITS)
def test_a_set_by_itself_lies_within_the_one_with_all_others(units: list[tuple[float, float]]) -> None:
    together, alone = sets(units), sets(units, simultaneous=False)
    assert ((together.low <= alone.low) & (alone.high <= together.high)).all()


def test_the_true_ranks_lie_in_the_sets_as_often_as_is_said() -> None:
    chance = np.random.default_rng(7)
    truth = np.array([0.95, 0.94, 0.935, 0.93, 0.90, 0.88, 0.85, 0.70])
    errors = np.array([0.01, 0.02, 0.005, 0.03, 0.01, 0.02, 0.01, 0.02])
    places = np.arange(1, 9)
    together, alone = [], []
    for _ in range(300):
        estimates = chance.normal(truth, errors)
        for held, way in (together, True), (alone, False):
            found = rank_sets(estimates, errors, draws=1_000, simultaneous=way)
            held.append((found.low <= places) & (places <= found.high))
    assert np.all(together, axis=1).mean() >= 0.93
    assert np.mean(alone, axis=0).min() >= 0.93
    assert np.all(alone, axis=1).mean() < np.all(together, axis=1).mean()


def test_truly_equal_units_are_told_apart_in_one_world_of_twenty_at_most() -> None:
    chance = np.random.default_rng(8)
    worlds = [rank_sets(chance.normal(0.9, 0.02, 8), np.full(8, 0.02), draws=1_000) for _ in range(400)]
    assert np.mean([found.is_below.any() for found in worlds]) == pytest.approx(0.05, abs=0.025)


@pytest.mark.parametrize(
    ("estimates", "below", "expected"), [row[1:] for row in GROUPS], ids=[row[0] for row in GROUPS]
)
def test_a_group_ends_before_the_first_that_is_below_its_best(
    estimates: list[float], below: list[tuple[int, int]], expected: list[int]
) -> None:
    is_below = np.zeros((len(estimates), len(estimates)), dtype=bool)
    for unit, other in below:
        is_below[unit, other] = True
    assert tie_groups(estimates, is_below).tolist() == expected


@given(st.data())
def test_groups_run_from_1_down_the_estimates_in_any_order(data: st.DataObject) -> None:
    units = data.draw(UNITS)
    order = data.draw(st.permutations(range(len(units))))
    estimates, found = np.array([estimate for estimate, _ in units]), sets(units)
    groups = tie_groups(estimates, found.is_below)
    falling = groups[np.argsort(-estimates, kind="stable")]
    assert falling[0] == 1
    assert set(np.diff(falling)) <= {0, 1}
    assert tie_groups(estimates[order], found.is_below[np.ix_(order, order)]).tolist() == groups[order].tolist()


@given(st.lists(st.fractions(0, 1, max_denominator=50), min_size=1, max_size=12), st.integers(1, 10**60))
def test_fractions_of_any_size_are_ranked_exactly(shares: list[Fraction], factor: int) -> None:
    # every other share with huge terms: the value is the same
    factors = [factor if place % 2 else 1 for place in range(len(shares))]
    satisfied = np.array([share.numerator * by for share, by in zip(shares, factors, strict=True)], dtype=object)
    answers = np.array([share.denominator * by for share, by in zip(shares, factors, strict=True)], dtype=object)
    assert rank(satisfied, answers).tolist() == [1 + sum(other > share for other in shares) for share in shares]


def test_neighbours_beyond_every_float_are_told_apart() -> None:
    n = 10**30
    satisfied, answers = np.array([n - 2, n - 1, n - 2], dtype=object), np.array([n - 1, n, n - 1], dtype=object)
    assert rank(satisfied, answers).tolist() == [2, 1, 2]


@pytest.mark.parametrize("sides", ["low", "high"])
def test_together_one_side_is_that_of_both_and_alone_it_is_narrower(sides: Sides) -> None:
    both = rank_sets(*EXAMPLE)
    one, alone = rank_sets(*EXAMPLE, sides=sides), rank_sets(*EXAMPLE, sides=sides, simultaneous=False)
    limit, other = (sides, "high" if sides == "low" else "low")
    assert getattr(one, limit).tolist() == getattr(both, limit).tolist()
    assert getattr(alone, other).tolist() == [10 if sides == "low" else 1] * 10
    narrower = getattr(alone, limit) - getattr(both, limit)
    assert (narrower if sides == "low" else -narrower).min() == 0
    assert (narrower if sides == "low" else -narrower).max() == 1


def test_a_limit_of_one_side_is_wrong_as_often_as_it_says() -> None:
    """Nobody differs: the best rank of each is 1, and a limit above it is wrong; 95 % of 600 draws are right."""
    random = np.random.default_rng(5)
    right = [
        rank_sets(random.normal(size=5), np.ones(5), draws=1_000, simultaneous=False, sides="low").low == 1
        for _ in range(600)
    ]
    assert abs(np.mean(right) - 0.95) < 3 * math.sqrt(0.95 * 0.05 / 600)


def test_a_side_mirrors_the_other() -> None:
    random = np.random.default_rng(6)
    x, errors = random.normal(size=8), np.full(8, 0.5)
    best = rank_sets(x, errors, simultaneous=False, sides="low")
    worst = rank_sets(-x, errors, simultaneous=False, sides="high")
    assert np.abs(best.low - (9 - worst.high)).max() <= 1  # other draws: a gap on the edge may fall to either side
