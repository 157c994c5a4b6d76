"""Rates against others: earlier ones, a target, all areas, the same mix, and the network criterion by criterion."""

from __future__ import annotations

import itertools
import math
from statistics import NormalDist
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.special import expit
from scipy.stats import betabinom, binom

from etl.scoring.statistics import shrinkage
from etl.scoring.statistics.false_discovery import adjusted
from etl.scoring.statistics.funnel import flags, funnel
from etl.scoring.statistics.movement import difference_test
from etl.scoring.statistics.shrinkage import Prior, prior, shrunk
from etl.scoring.statistics.standardisation import standardised
from etl.scoring.statistics.weakness import gaps
from tests.lib.cases import first, slow

# fmt: off
CHANGES = [
    # now, its error | before, its error | p value
    ((0.90, 0.020),    (0.85, 0.015),      0.045500263896358),  # two standard errors
    ((0.85, 0.015),    (0.90, 0.020),      0.045500263896358),
    ((0.90, 0.020),    (0.90, 0.020),      1.0),
    ((1.00, 0.010),    (0.00, 0.010),      0.0),
    ((0.90, 0.020),    (np.nan, np.nan),   np.nan),
    ((np.nan, 0.020),  (0.90, 0.020),      np.nan),
    ((0.90, 0.000),    (0.80, 0.000),      np.nan),
]

ADJUSTED = [
    # p values                     | adjusted
    ([],                             []),
    ([np.nan],                       [np.nan]),
    ([0.04],                         [0.04]),
    ([0.04, np.nan],                 [0.04, np.nan]),
    ([0.01, 0.04, 0.03],             [0.03, 0.04, 0.04]),
    ([0.03, np.nan, 0.01, 0.04],     [0.04, np.nan, 0.03, 0.04]),
    ([0.02, 0.02],                   [0.02, 0.02]),
    ([0.9, 0.001],                   [0.9, 0.002]),
]

PLACES = [
    # rate | size  | where, for a target of 0.9 and no over-dispersion
    (0.900,  100,    "within"),
    (0.845,  100,    "within"),          # 1.83 standard errors
    (0.840,  100,    "below_warning"),   # 2.00
    (0.810,  100,    "below_warning"),   # 3.00
    (0.800,  100,    "below_action"),    # 3.33
    (0.960,  100,    "above_warning"),
    (0.994,  100,    "above_action"),
    (1.000,  10,     "within"),          # the limit is cut off at 1, and nobody is beyond it
    (0.500,  1,      "within"),
    (0.840,  400,    "below_action"),    # the same rate from more answers
    (np.nan, 100,    None),
    (0.900,  0,      None),
]

EXACT = [
    # target | answers | fewest and most satisfied that 95 % calls likely (scipy.stats.binom)
    (0.9,      30,       (23, 30)),
    (0.98,     30,       (28, 30)),
    (0.99,     400,      (392, 399)),
    (0.5,      40,       (14, 26)),
]

NO_PRIOR = [
    # satisfied     | answers
    ([],              []),
    ([9, 8],          [10, 10]),
    ([9, 8, 0, 0],    [10, 10, 0, 0]),
]

EDGES = [
    # satisfied         | answers                | mean of the prior is near
    ([10, 20, 30],        [10, 20, 30],            1.0),
    ([0, 0, 0],           [10, 20, 30],            0.0),
    ([50, 50, 50],        [100, 100, 100],         0.5),   # less apart than by chance
    ([0, 100, 0, 100],    [100, 100, 100, 100],    0.5),   # as far apart as can be
    ([1, 0, 1],           [1, 1, 1],               2 / 3),  # one answer each says nothing of the spread
    ([4.5, 8.1, 2.7],     [5.5, 9.9, 3.3],         9 / 11),
]

STARTS = [
    # case                            | satisfied          | answers           | mean, precision by the moments
    ("further apart than by chance",    [18, 10, 2],         [20, 20, 20],       (1 / 2, 36 / 59)),
    ("of unequal sizes",                [9, 20, 6],          [10, 50, 15],       (7 / 15, 9619 / 2253)),
    ("a little room",                   [3, 1, 1],           [3, 2, 2],          (5 / 7, 173 / 7)),
    ("less apart than by chance",       [50, 50, 50],        [100, 100, 100],    (1 / 2, 1e6)),
    ("as far apart as can be",          [0, 100, 0, 100],    [100] * 4,          (1 / 2, 0.01)),
    ("one answer each: no room",        [1, 0, 1],           [1, 1, 1],          (2 / 3, 1.0)),
    ("everybody is content",            [10, 20, 30],        [10, 20, 30],       (1 - 1e-6, 1e6)),
    ("nobody is",                       [0, 0, 0],           [10, 20, 30],       (1e-6, 1e6)),
]

SIMPSON = [
    # area | stratum | satisfied | answers
    ("A",    "desk",   90,         100),   # better in both, and worse over all: it has the hard customers
    ("A",    "web",    600,        900),
    ("B",    "desk",   765,        900),
    ("B",    "web",    60,         100),
]

GAPS = [
    # area | criterion | satisfied | answers | gap, weak, position
    ("01",   "C1",       60,         100,      (0.60 - 0.80, True, 1)),
    ("01",   "C2",       80,         100,      (0.80 - 0.90, True, 2)),
    ("01",   "C3",       90,         100,      (0.90 - 0.90, False, 3)),
    ("19",   "C1",       6,          10,       (0.60 - 0.80, False, 1)),  # as far below as 01, from few answers
    ("19",   "C3",       100,        100,      (1.00 - 0.90, False, 3)),
    ("19",   "C2",       10,         10,       (1.00 - 0.90, False, 2)),  # as far above as C3: by its code
    ("34",   "C4",       700,        1000,     (0.00, False, 1)),         # nobody else was asked
]
NETWORK = {"C1": (800, 1000), "C2": (900, 1000), "C3": (900, 1000), "C4": (700, 1000)}
# fmt: on

SHARE = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
SHARES = st.lists(SHARE, min_size=3, max_size=20)


# --- movement


@pytest.mark.parametrize(("now", "before", "expected"), CHANGES)
def test_a_change_is_tested_in_standard_errors(
    now: tuple[float, float], before: tuple[float, float], expected: float
) -> None:
    found = difference_test([now[0]], [now[1]], [before[0]], [before[1]])
    assert found == pytest.approx([expected], rel=1e-9, abs=1e-15, nan_ok=True)


@pytest.mark.parametrize(("p_values", "expected"), ADJUSTED)
def test_p_values_are_adjusted_for_the_number_of_tests(p_values: list[float], expected: list[float]) -> None:
    assert adjusted(p_values) == pytest.approx(expected, nan_ok=True)


def test_to_adjust_leaves_the_given_p_values_alone() -> None:
    given_values = np.array([0.01, 0.04, np.nan])
    adjusted(given_values)
    assert given_values[:2].tolist() == [0.01, 0.04]


def test_without_adjustment_63_treasuries_cry_wolf_three_times_a_month() -> None:
    chance = np.random.default_rng(5)
    months = chance.normal(0.9, 0.01, (2, 1_000, 63))
    p_values = difference_test(months[0], 0.01, months[1], 0.01)
    alarms = np.array([adjusted(month) <= 0.05 for month in p_values])
    assert (p_values <= 0.05).sum(axis=1).mean() == pytest.approx(3.15, abs=0.2)
    assert alarms.any(axis=1).mean() == pytest.approx(0.05, abs=0.02)


# --- funnel


def test_the_places_in_a_funnel() -> None:
    rates, sizes = np.array([row[0] for row in PLACES]), np.array([row[1] for row in PLACES])
    # among a hundred on target, those of the table lie in the tails and widen nothing
    drawn = funnel(np.append(rates, np.full(100, 0.9)), np.append(sizes, np.full(100, 100)), 0.9)
    assert drawn.dispersion == 0
    assert flags(drawn, np.append(rates, np.full(100, 0.9))).tolist() == [row[2] for row in PLACES] + ["within"] * 100


def test_the_limits_are_those_of_the_normal_approximation() -> None:
    drawn = funnel([0.89, 0.91], [100, 400], 0.9)
    assert drawn.z == pytest.approx([-1 / 3, 2 / 3])
    assert drawn.low == pytest.approx(np.array([[0.8412011, 0.8072930], [0.8706005, 0.8536465]]), abs=1e-7)
    assert drawn.high == pytest.approx(np.array([[0.9587989, 0.9927070], [0.9293995, 0.9463535]]), abs=1e-7)


@pytest.mark.parametrize(("target", "answers", "likely"), first(2, EXACT))
def test_exact_limits_are_those_of_the_binomial(target: float, answers: int, likely: tuple[int, int]) -> None:
    rates = np.arange(answers + 1) / answers
    # the network on target, so that nothing widens it
    on_target = np.full(1_000 * answers, target)
    drawn = funnel(
        [*rates, *on_target], np.full(len(rates) + len(on_target), answers), target, (0.95, 0.998), is_exact=True
    )
    assert drawn.dispersion < 1
    where = flags(drawn, [*rates, *on_target])[: answers + 1]
    for place, level in (("warning", 0.95), ("action", 0.998)):
        tail = (1 - level) / 2
        count, every = binom(answers, target), np.arange(answers + 1)
        few, many = count.cdf(every), count.sf(every - 1)
        assert [flag in (f"below_{place}", "below_action") for flag in where] == (few < tail).tolist()
        assert [flag in (f"above_{place}", "above_action") for flag in where] == (many < tail).tolist()
    (within,) = np.nonzero(where == "within")
    assert (within.min(), within.max()) == likely


def test_exact_limits_are_those_of_fewer_answers_where_areas_differ_by_more_than_chance() -> None:
    rates = [0.7, 0.8, 0.9, 0.96, 0.97]
    wide = funnel(rates, [200] * 5, 0.9, is_exact=True)
    alike = funnel([0.9] * 5, [200 / wide.dispersion] * 5, 0.9, is_exact=True)
    assert wide.dispersion > 1
    assert wide.low == pytest.approx(alike.low)
    assert wide.high == pytest.approx(alike.high)


def test_where_even_none_or_all_are_likely_enough_there_is_no_exact_limit() -> None:
    drawn = funnel([0.5, np.nan, 0.5], [2, 10, 0], 0.5, is_exact=True)
    assert [drawn.low[0].tolist(), drawn.high[0].tolist()] == [[0, 0], [1, 1]]
    assert np.isnan(drawn.low[1:]).all()
    assert np.isnan(drawn.high[1:]).all()


def test_areas_that_differ_by_more_than_chance_widen_the_funnel() -> None:
    rates = 0.9 + 0.03 * np.array([-2.0, -2.0, 2.0, 2.0])
    plain, wide = funnel([0.9] * 4, [100] * 4, 0.9), funnel(rates, [100] * 4, 0.9)
    assert wide.dispersion == pytest.approx(4)
    assert wide.low - 0.9 == pytest.approx(2 * (plain.low - 0.9))
    assert flags(wide, rates).tolist() == ["within"] * 4
    assert flags(plain, rates).tolist() == ["below_warning"] * 2 + ["above_warning"] * 2


def test_the_tails_are_pulled_in_before_the_dispersion_is_measured() -> None:
    steady = [0.9 + 0.03 * sign for sign in (-1, 1)] * 10
    assert funnel([*steady, 0.1], [100] * 21, 0.9).dispersion == pytest.approx(1)


@pytest.mark.parametrize("target", [0.0, 1.0, np.nan])
def test_a_target_that_leaves_no_room_for_chance_has_no_funnel(target: float) -> None:
    drawn = funnel([0.9, 0.8], [10, 10], target)
    assert np.isnan([drawn.dispersion, *drawn.z, *drawn.low.ravel(), *drawn.high.ravel()]).all()
    assert flags(drawn, [0.9, 0.8]).tolist() == [None, None]


def test_on_a_limit_is_within_it() -> None:
    drawn = funnel([0.9] * 3, [100, 200, 400], 0.9)
    for place, beyond in enumerate(("warning", "action")):
        inner = "within" if beyond == "warning" else "{}_warning"
        for side, limit, outwards in (("below", drawn.low, 0), ("above", drawn.high, 1)):
            on, off = limit[:, place], np.nextafter(limit[:, place], outwards)
            assert flags(drawn, on).tolist() == [inner.format(side)] * 3
            assert flags(drawn, off).tolist() == [f"{side}_{beyond}"] * 3


def test_a_funnel_of_nobody_is_empty() -> None:
    drawn = funnel([], [], 0.9)
    assert (drawn.low.shape, flags(drawn, []).tolist()) == ((0, 2), [])


@given(SHARES)
def test_limits_hold_the_target_and_the_outer_ones_hold_the_inner(shares: list[tuple[int, int]]) -> None:
    k, n = np.array(shares).T
    drawn = funnel(k / n, n, 0.9)
    assert (drawn.low[:, 1] <= drawn.low[:, 0]).all()
    assert (drawn.high[:, 1] >= drawn.high[:, 0]).all()
    assert ((drawn.low >= 0) & (drawn.low <= 0.9) & (drawn.high >= 0.9) & (drawn.high <= 1)).all()


# --- shrinkage


@pytest.mark.parametrize(("satisfied", "answers"), NO_PRIOR)
def test_two_areas_make_no_prior(satisfied: list[int], answers: list[int]) -> None:
    assert prior(satisfied, answers) is None


@pytest.mark.parametrize(("satisfied", "answers", "mean"), EDGES)
def test_the_prior_stays_within_bounds(satisfied: list[float], answers: list[float], mean: float) -> None:
    found = prior(satisfied, answers)
    assert found is not None
    assert found.a / (found.a + found.b) == pytest.approx(mean, abs=0.01)
    assert 0.0099 <= found.a + found.b <= 1.0001e6
    assert found == prior(satisfied, answers)


@pytest.mark.parametrize("truth", [Prior(45, 5), Prior(8, 2), Prior(150, 100), Prior(0.5, 0.5)])
def test_a_known_prior_is_found_again(truth: Prior) -> None:
    chance = np.random.default_rng(11)
    n = chance.integers(5, 300, 5_000)
    found = prior(chance.binomial(n, chance.beta(truth.a, truth.b, len(n))), n)
    assert found is not None
    assert found.a / (found.a + found.b) == pytest.approx(truth.a / (truth.a + truth.b), rel=0.03)
    assert found.a + found.b == pytest.approx(truth.a + truth.b, rel=0.1)


@slow(25)
@given(SHARES)
def test_no_prior_nearby_is_more_likely(shares: list[tuple[int, int]]) -> None:
    k, n = np.array(shares).T
    found = prior(k, n)
    assert found is not None
    best = _likelihood(k, n, found)
    for by_a, by_b in itertools.product((0.9, 1, 1.1), repeat=2):
        other = Prior(found.a * by_a, found.b * by_b)
        if 0.01 <= other.a + other.b <= 1e6 and 1e-6 <= other.a / (other.a + other.b) <= 1 - 1e-6:
            assert _likelihood(k, n, other) <= best + 1e-3


def _likelihood(k: np.ndarray, n: np.ndarray, of: Prior) -> float:
    """The logarithm of the marginal likelihood, from the density of the beta-binomial itself."""
    return float(betabinom.logpmf(k, n, of.a, of.b).sum())


@pytest.mark.parametrize(
    ("satisfied", "answers", "expected"), [row[1:] for row in STARTS], ids=[row[0] for row in STARTS]
)
def test_the_search_starts_from_the_moments(
    satisfied: list[int], answers: list[int], expected: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shrinkage, "minimize", lambda _, start, **__: _at(start))
    found = prior(satisfied, answers)
    assert found is not None
    assert (found.a / (found.a + found.b), found.a + found.b) == pytest.approx(expected, rel=1e-9)
    assert found.a > 0
    assert found.b > 0


@pytest.mark.parametrize("at", [(0.5, 2.0), (-2.0, 0.0), (3.0, 7.0)])
def test_the_search_is_told_the_slope_as_it_is(at: tuple[float, float], monkeypatch: pytest.MonkeyPatch) -> None:
    k, n = np.array([9.0, 20.0, 6.0]), np.array([10.0, 50.0, 15.0])
    seen: list[Any] = []
    monkeypatch.setattr(shrinkage, "minimize", lambda doubt, start, **how: seen.append((doubt, how)) or _at(start))
    prior(k, n)
    doubt, how = seen[0]
    value, slope = doubt(np.array(at), *how["args"])
    assert slope == pytest.approx(approx_fprime(at, lambda point: doubt(point, *how["args"])[0], 1e-7), rel=1e-4)
    # but for what does not depend on the prior, the doubt is minus the logarithm of the likelihood
    other, _ = doubt(np.array([0.0, 0.0]), *how["args"])
    mean, precision = expit(at[0]), np.exp(at[1])
    of = Prior(mean * precision, (1 - mean) * precision)
    assert value - other == pytest.approx(_likelihood(k, n, Prior(0.5, 0.5)) - _likelihood(k, n, of))


def _at(start: np.ndarray) -> SimpleNamespace:
    """What a search that does not move has found."""
    return SimpleNamespace(x=start)


@given(SHARES)
def test_a_shrunk_rate_lies_between_the_rate_and_the_mean(shares: list[tuple[int, int]]) -> None:
    k, n = np.array(shares).T
    of = Prior(45, 5)
    found, raw = shrunk(k, n, of), k / n
    assert ((np.minimum(raw, 0.9) - 1e-12 <= found) & (found <= np.maximum(raw, 0.9) + 1e-12)).all()
    assert (np.abs(shrunk(10 * k, 10 * n, of) - raw) <= np.abs(found - raw) + 1e-12).all()


def test_without_answers_nothing_is_shrunk() -> None:
    assert shrunk([0, 5, np.nan], [0, 5, 0], Prior(45, 5)) == pytest.approx([np.nan, 50 / 55, np.nan], nan_ok=True)


# --- standardisation


def mix(rows: list[tuple[object, str, int, int]]) -> pd.DataFrame:
    """Counts by area and stratum."""
    return pd.DataFrame(rows, columns=["area", "stratum", "satisfied_count", "answer_count"])


def test_with_the_mix_of_all_the_better_in_every_stratum_is_better() -> None:
    found = standardised(mix(SIMPSON))
    assert found["standardised_rate"].to_dict() == pytest.approx(
        {"A": 0.5 * 90 / 100 + 0.5 * 600 / 900, "B": 0.5 * 765 / 900 + 0.5 * 60 / 100}
    )
    assert found.loc["A", "standardised_rate"] > found.loc["B", "standardised_rate"]
    assert (90 + 600) / 1000 < (765 + 60) / 1000
    assert found["standardised_coverage"].tolist() == [1, 1]


def test_what_an_area_lacks_is_told_and_not_guessed() -> None:
    rows = [(1, "desk", 8, 10), (1, "web", 9, 30), (2, "desk", 5, 10), (2, "web", 0, 0), (3, "web", 0, 0)]
    found = standardised(mix(rows))
    assert found.index.tolist() == [1, 2]
    assert found["standardised_rate"].tolist() == pytest.approx([0.4 * 0.8 + 0.6 * 0.3, 0.5])
    assert found["standardised_coverage"].tolist() == pytest.approx([1, 0.4])


def test_areas_stay_in_the_order_in_which_they_come() -> None:
    rows = [(3, "web", 1, 2), (1, "web", 1, 2), (3, "desk", 1, 2), (2, "desk", 1, 2)]
    assert standardised(mix(rows)).index.tolist() == [3, 1, 2]


def test_what_is_not_known_of_an_area_or_a_customer_is_a_kind_of_its_own() -> None:
    rows = [("A", None, 8, 10), ("A", "web", 9, 30), (None, None, 5, 10), (None, "web", 15, 30)]
    found = standardised(mix(rows))
    assert found["standardised_rate"].tolist() == pytest.approx([0.25 * 0.8 + 0.75 * 0.3, 0.5])
    assert found["standardised_coverage"].tolist() == [1, 1]


def test_of_nobody_there_is_nothing_to_standardise() -> None:
    assert standardised(mix([])).columns.tolist() == ["standardised_rate", "standardised_coverage"]
    assert standardised(mix([("A", "web", 0, 0)])).empty


@slow(25)
@given(st.lists(SHARE, min_size=2, max_size=2), st.lists(st.integers(1, 50), min_size=1, max_size=5))
def test_with_the_same_mix_everywhere_the_rate_is_the_raw_one(strata: list[tuple[int, int]], sizes: list[int]) -> None:
    rows = [
        (area, str(stratum), k * size * (area % 2), n * size)
        for area, size in enumerate(sizes)
        for stratum, (k, n) in enumerate(strata)
    ]
    found = standardised(mix(rows))
    raw = mix(rows).groupby("area")[["satisfied_count", "answer_count"]].sum()
    assert found["standardised_rate"].tolist() == pytest.approx(
        (raw["satisfied_count"] / raw["answer_count"]).tolist(), abs=1e-12
    )
    assert found["standardised_coverage"].tolist() == [1] * len(sizes)


@slow(25)
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz"), SHARE), min_size=1, max_size=20))
def test_all_areas_as_one_have_the_pooled_rate(rows: list[tuple[str, str, tuple[int, int]]]) -> None:
    flat = mix([(area, stratum, k, n) for area, stratum, (k, n) in rows])
    pooled = flat["satisfied_count"].sum() / flat["answer_count"].sum()
    assert standardised(flat.assign(area="all")).loc["all"].tolist() == pytest.approx([pooled, 1])
    assert standardised(flat)["standardised_coverage"].between(0, 1).all()


def test_the_standard_error_is_that_of_the_weighted_sum() -> None:
    """Two strata, weights .6 and .4, half of the answers effective: each leans on the rate of its whole area."""
    rows = mix([("A", "desk", 70, 80), ("A", "web", 20, 20), ("B", "desk", 40, 100), ("B", "web", 50, 100)])
    found = standardised(rows.assign(effective_share=[0.5, 0.5, 1.0, 1.0])).loc["A"]
    whole = (45 + 2) / (50 + 4)
    shares = (35 + 4 * whole) / 44, (10 + 4 * whole) / 14
    variance = 0.6**2 * shares[0] * (1 - shares[0]) / 40 + 0.4**2 * shares[1] * (1 - shares[1]) / 10
    assert found["standardised_standard_error"] == pytest.approx(math.sqrt(variance))
    assert found["standardised_rate"] == pytest.approx(0.6 * 70 / 80 + 0.4)


def test_a_standard_error_is_about_what_the_rate_strays_by() -> None:
    """60 draws of 263 customers in six kinds, who answer 22 questions of one mood (design effect 6.67)."""
    random = np.random.default_rng(3)
    weights, sizes = np.array([40, 20, 15, 10, 8, 7]), np.array([79, 79, 26, 53, 13, 13])
    rates = 0.9364 + np.array([0.02, -0.03, 0.0, 0.01, -0.02, 0.015])
    drawn, errors = [], []
    for _ in range(60):
        moods = [random.beta(rate * 2.7, (1 - rate) * 2.7, size) for rate, size in zip(rates, sizes, strict=True)]
        satisfied = [int(random.binomial(22, mood).sum()) for mood in moods]
        own = [("A", str(kind), satisfied[kind], 22 * int(sizes[kind])) for kind in range(6)]
        network = [("B", str(kind), 9 * 10**6 * int(weights[kind]), 10**7 * int(weights[kind])) for kind in range(6)]
        found = standardised(mix(own + network).assign(effective_share=1 / 6.67)).loc["A"]
        drawn.append(found["standardised_rate"])
        errors.append(found["standardised_standard_error"])
    assert np.mean(errors) == pytest.approx(np.std(drawn), rel=0.25)  # 3/sqrt(2·60)


# --- weakness


def areas(rows: list[tuple[str, str, int, int]]) -> pd.DataFrame:
    """Counts of treasuries by criterion."""
    frame = pd.DataFrame(rows, columns=["area_code", "member_code", "satisfied_count", "answer_count"])
    return frame.assign(area_level="treasury")


def network(criteria: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Counts of the whole network by criterion."""
    rows = [(code, k, n) for code, (k, n) in criteria.items()]
    return pd.DataFrame(rows, columns=["member_code", "satisfied_count", "answer_count"])


def test_the_gaps_of_a_table() -> None:
    found = gaps(areas([row[:4] for row in GAPS]), network(NETWORK), 0.95)
    assert found["gap"].tolist() == pytest.approx([row[4][0] for row in GAPS])
    assert found[["is_weak", "gap_position"]].to_numpy().tolist() == [list(row[4][1:]) for row in GAPS]
    assert found.columns.tolist() == [
        "area_level", "area_code", "member_code", "gap", "gap_low", "gap_high", "is_weak", "gap_position"
    ]  # fmt: skip


def test_many_gaps_are_judged_together() -> None:
    """Benjamini and Hochberg's own example (1995), as gaps of 15 areas: four are weak, and none above them is."""
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528]
    p_values += [0.7590, 1 - 1e-9]
    answers, all_answers, all_satisfied = 10**8, 10**14, 9 * 10**13
    rows = [(f"{place:02}", "C1", _satisfied(p, answers), answers) for place, p in enumerate(p_values)]
    system = network({"C1": (all_satisfied, all_answers)})
    alone, beside, together = (gaps(areas(rows), system, 0.95, how) for how in (None, "none", "benjamini_hochberg"))
    assert alone["is_weak"].sum() == 5  # of two sides at 95 %: one-sided below .025
    assert beside["is_weak"].tolist() == alone["is_weak"].tolist()
    assert together["is_weak"].tolist() == [True] * 4 + [False] * 11
    assert "gap_p_value" not in alone
    ranked = pd.Series(p_values) * 15 / np.arange(1, 16)
    assert together["gap_p_value"].tolist() == pytest.approx(
        ranked[::-1].cummin()[::-1].clip(upper=1).tolist(), abs=2e-3
    )
    assert beside["gap_p_value"].tolist() == together["gap_p_value"].tolist()


def _satisfied(p_value: float, answers: int) -> int:
    """So many satisfied answers, where 90 % is usual, that a gap as far below has about this p value."""
    error = math.sqrt(0.09 / answers)
    return round(answers * (0.9 + NormalDist().inv_cdf(p_value) * error))


def test_levels_are_judged_each_for_itself() -> None:
    rows = areas([("01", "C1", 60, 100), ("19", "C1", 80, 100)])
    units = rows.assign(area_level="unit", area_code=rows["area_code"] + "/a")
    both = gaps(pd.concat([rows, units]), network(NETWORK), 0.95, "benjamini_hochberg")
    alone = gaps(rows, network(NETWORK), 0.95, "benjamini_hochberg")
    assert both["gap_p_value"].tolist() == 2 * alone["gap_p_value"].tolist()


def test_the_area_is_tested_against_the_rest_of_the_network() -> None:
    (row,) = gaps(areas([("01", "C1", 50, 100)]), network(NETWORK), 0.95).itertuples()
    of_area, of_rest = 52 / 104 * (52 / 104) / 104, 752 / 904 * (152 / 904) / 904
    assert row.gap == pytest.approx(0.9 * (50 / 100 - 750 / 900))
    assert row.gap_high - row.gap == pytest.approx(1.959963985 * 0.9 * math.sqrt(of_area + of_rest))
    assert row.gap - row.gap_low == pytest.approx(row.gap_high - row.gap)


def test_an_area_that_is_the_network_has_no_gap_and_no_limits() -> None:
    (row,) = gaps(areas([("34", "C4", 700, 1000)]), network(NETWORK), 0.95).itertuples()
    assert (row.gap, row.is_weak) == (0, False)
    assert np.isnan([row.gap_low, row.gap_high]).all()


def test_criteria_without_answers_are_left_out_and_the_order_is_kept() -> None:
    found = gaps(areas([("01", "C2", 5, 10), ("01", "C1", 0, 0), ("01", "C3", 1, 10)]), network(NETWORK), 0.95)
    assert found[["member_code", "gap_position"]].to_numpy().tolist() == [["C2", 2], ["C3", 1]]
    assert gaps(areas([]), network(NETWORK), 0.95).empty


def test_gaps_that_are_equal_but_for_the_last_digit_go_by_their_code() -> None:
    rows, criteria = [("01", "A", 1, 10), ("01", "B", 3, 10)], {"A": (30, 100), "B": (50, 100)}
    found = gaps(areas(rows), network(criteria), 0.95)
    assert found["gap"][0] > found["gap"][1]
    assert found["gap_position"].tolist() == [1, 2]


def test_a_criterion_that_the_network_lacks_has_no_gap_and_one_that_it_has_twice_is_refused() -> None:
    found = gaps(areas([("01", "C9", 5, 10), ("01", "C1", 5, 10)]), network(NETWORK), 0.95)
    assert found["member_code"].tolist() == ["C9", "C1"]
    assert np.isnan(found.loc[0, ["gap", "gap_low", "gap_high"]].astype(float)).all()
    assert found["is_weak"].tolist() == [False, True]
    with pytest.raises(pd.errors.MergeError):
        gaps(areas([("01", "C1", 5, 10)]), pd.concat([network(NETWORK), network(NETWORK)]), 0.95)


def test_an_area_without_a_code_has_positions_as_well() -> None:
    nameless = areas([("01", "C1", 5, 10), ("01", "C2", 1, 10)]).assign(area_code=None)
    assert gaps(nameless, network(NETWORK), 0.95)["gap_position"].tolist() == [2, 1]


def test_one_dissatisfied_customer_is_enough_so_ask_for_a_minimum_of_answers() -> None:
    assert gaps(areas([("01", "C1", 0, 1)]), network(NETWORK), 0.95)["is_weak"].tolist() == [True]


def test_of_areas_like_the_others_one_in_forty_at_most_is_called_weak() -> None:
    satisfied = np.random.default_rng(17).binomial(200, 0.85, (300, 20))
    rows = [(str(area), str(world), k, 200) for (world, area), k in np.ndenumerate(satisfied)]
    worlds = network({str(world): (k, 4_000) for world, k in enumerate(satisfied.sum(axis=1))})
    assert 0.005 < gaps(areas(rows), worlds, 0.95)["is_weak"].mean() < 0.03


# --- all of them


@pytest.mark.parametrize(
    "figure",
    [
        lambda k, n: funnel(k / n, n, 0.9).z,
        lambda k, n: funnel(k / n, n, 0.9).low,
        lambda k, n: difference_test(k / n, 1 / n, k / n, 2 / n),
        lambda k, n: difference_test(k / n, 0.1, 0.7, 1 / n),
        lambda k, n: adjusted(k / n),
        lambda k, n: shrunk(k, n, Prior(3, 1)),
        lambda k, n: np.array([prior(k, n).a]),
    ],
)
def test_numbers_may_be_python_s_own(figure: Any) -> None:
    k, n = np.array([5, 6, 9]), np.array([10, 20, 10])
    plain, own = figure(k, n), figure(k.astype(object), n.astype(object))
    assert own.dtype == plain.dtype == np.float64
    assert own.tolist() == plain.tolist()


def test_flags_and_gaps_of_python_s_own_numbers() -> None:
    rates = np.array([0.1, 0.9, None], dtype=object)
    assert flags(funnel(rates, [100] * 3, 0.9), rates).tolist()[1:] == ["within", None]
    table = areas([("01", "C1", 5, 10)])
    own = gaps(table.astype({"satisfied_count": object, "answer_count": object}), network(NETWORK), 0.95)
    pd.testing.assert_frame_equal(own, gaps(table, network(NETWORK), 0.95))
