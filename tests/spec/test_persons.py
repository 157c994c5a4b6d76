"""The statistics of single persons, against published figures and figures that were worked out another way.

Each table is one method; the sources stand with the methods in ``etl/scoring/statistics``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import betabinom

from etl.scoring.statistics.cusum import path, run_length, threshold, weight
from etl.scoring.statistics.false_discovery import adjusted
from etl.scoring.statistics.forecast import chance_of_at_least, expected_rate, forecast, return_to_mean, selection
from etl.scoring.statistics.reliability import PUBLISHED_HALF, reliability, required, spread
from etl.scoring.statistics.run_chart import run_chart
from etl.scoring.statistics.shrinkage import Prior, shrunk

BEFORE = Prior(15.464, 1.036)

# fmt: off
RELIABILITY = [
    # customers | reliability, M 16.5 (Nelson 2004: 66 patients for 0.80)
    (0,           0.0),
    (30,          0.645),
    (38.5,        0.700),
    (66,          0.800),
    (148.5,       0.900),
]

REQUIRED = [
    # reliability | floor | M    | customers
    (0.65,          30,     16.5,  30.64),
    (0.70,          39,     16.5,  39),
    (0.80,          66,     16.5,  66),
    (0.90,          149,    16.5,  149),
    (0.90,          149,    30.0,  270),    # officers who differ less take more customers
]

WEIGHTS = [
    # risk score | bad | odds ratio | weight (Steiner 2000, logit −3.68 + 0.077 s)
    (0,            0,    2.0,         -0.024),
    (0,            1,    2.0,         0.669),
    (50,           0,    2.0,         -0.433),
    (50,           1,    2.0,         0.260),
    (0,            0,    0.5,         0.012),
    (0,            1,    0.5,         -0.681),
    (50,           0,    0.5,         0.316),
    (50,           1,    0.5,         -0.377),
]

RUN_LENGTHS = [
    # threshold | true risk, 0.06 expected | customers until the alarm
    (3.0,         0.06,                      1_300),
    (3.0,         0.1132,                    114),
    (4.5,         0.06,                      6_582),
    (4.5,         0.1132,                    187),
]

FORECAST = [
    # of the next 30 at least | probability after 24 of 30
    (28,                        0.2181),
    (29,                        0.0947),
    (30,                        0.0232),
    (0,                         1.0),
]

RETURNS = [
    # correlation | points that those below 40 come back, mean 60, deviation 15 (Barnett 2005)
    (0.0,           26.97),
    (0.2,           21.58),
    (0.5,           13.49),
    (0.8,           5.39),
]

WORST_TENTH = [
    # customers | points that the worst tenth gains with no action
    (10,          13.1),
    (30,          5.9),
    (39,          4.7),
    (66,          2.9),
    (149,         1.4),
]

BENJAMINI = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1]

DRAWN = [
    # satisfied | of     | drawn towards Beta(78.661, 224.875)
    (3771,        12364,   0.3039),
    (216,         944,     0.2362),
    (2,           21,      0.2485),
]

CHARTS = [
    # series                                            | rule        | points that break it
    ([10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 30],    "outside",    [11]),
    ([9, 9, 9, 9, 9, 9, 9, 15, 15, 15, 15, 15, 15],       "one_side",   [6]),
    ([5, 4, 5, 4, 5, 1, 2, 3, 4, 5, 6, 7, 8],             "trend",      [11, 12]),
    ([10, 11, 10, 11, 10, 11, 10, 11, 10, 13.5, 13.5, 10], "near_limit", [10]),
    ([10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 11],    "is_special", []),
    ([7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7],                "is_special", []),
]
# fmt: on


@pytest.mark.parametrize(("customers", "expected"), RELIABILITY)
def test_how_reliable_a_figure_is(customers: float, expected: float) -> None:
    assert float(reliability(customers, PUBLISHED_HALF)) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("level", "floor", "half", "customers"), REQUIRED)
def test_how_many_customers_a_step_takes(level: float, floor: float, half: float, customers: float) -> None:
    assert required(level, half, floor) == pytest.approx(customers, abs=0.01)


def test_how_officers_differ_is_fitted_when_they_are_enough_and_is_said_to_be_published_before() -> None:
    chance = np.random.default_rng(1)
    n = chance.integers(30, 200, 3_000)
    k = chance.binomial(n, chance.beta(BEFORE.a, BEFORE.b, 3_000))
    fitted = spread(k, n, (200, 30))
    assert (fitted.origin, fitted.persons) == ("fitted", 3_000)
    assert fitted.half == pytest.approx(16.5, rel=0.1)
    few = spread(k[:199], n[:199], (200, 30))
    assert (few.half, few.origin, few.persons) == (16.5, "published", 199)
    assert spread(k, n, (200, 500)).origin == "published"


@pytest.mark.parametrize(("score", "bad", "odds_ratio", "expected"), WEIGHTS)
def test_the_weight_of_a_customer_in_the_cusum(score: float, bad: int, odds_ratio: float, expected: float) -> None:
    assert float(weight(bad, 1, expit(-3.68 + 0.077 * score), odds_ratio)) == pytest.approx(expected, abs=5e-4)


def test_the_path_of_the_cusum_never_falls_below_zero_and_begins_again_after_an_alarm() -> None:
    assert path([-1.0, 2.0, -0.5, 2.0]).tolist() == [0.0, 2.0, 1.5, 3.5]
    assert path([-1.0, 2.0, -0.5, 2.0], 1.8).tolist() == [0.0, 2.0, 0.0, 2.0]


@pytest.mark.parametrize(("at", "true_risk", "customers"), RUN_LENGTHS)
def test_the_run_length_of_the_cusum(at: float, true_risk: float, customers: float) -> None:
    assert run_length(at, 0.06, 2.0, true_risk) == pytest.approx(customers, rel=0.005)


def test_the_threshold_follows_from_the_false_alarms_that_a_network_bears() -> None:
    assert threshold(1_300, 0.06, 2.0) == pytest.approx(3.0, abs=0.01)
    assert threshold(6_582, 0.06, 2.0) == pytest.approx(4.5, abs=0.01)
    assert threshold(20_000 / 5, 0.06, 2.0) < threshold(20_000 / 1, 0.06, 2.0)


def test_the_run_length_is_that_of_drawn_customers() -> None:
    bad = np.random.default_rng(2).random((2_000, 12_000)) < 0.06
    is_beyond = path(weight(bad, 1, 0.06, 2.0)) > 3.0
    first = np.where(is_beyond.any(axis=1), is_beyond.argmax(axis=1) + 1, np.nan)
    assert np.isnan(first).mean() < 1e-3
    assert np.nanmean(first) == pytest.approx(1_300, rel=0.08)  # standard error 2.2 %


@pytest.mark.parametrize(("least", "expected"), FORECAST)
def test_what_comes_next_without_any_action(least: int, expected: float) -> None:
    after = forecast(24, 30, BEFORE)
    assert expected_rate(after) == pytest.approx(0.8487, abs=5e-5)
    assert chance_of_at_least(least, 30, after) == pytest.approx(expected, abs=5e-5)
    assert chance_of_at_least(least, 30, after) == pytest.approx(betabinom.sf(least - 1, 30, after.a, after.b))


@pytest.mark.parametrize(("correlation", "points"), RETURNS)
def test_how_far_the_worst_come_back_by_themselves(correlation: float, points: float) -> None:
    assert selection((60 - 40) / 15) == pytest.approx(1.7981, abs=5e-5)
    assert return_to_mean(60, 15, 40, correlation) == pytest.approx(points, abs=0.005)


@pytest.mark.parametrize(("customers", "points"), WORST_TENTH)
def test_the_worst_tenth_gains_as_much_as_is_forecast(customers: int, points: float) -> None:
    chance = np.random.default_rng(3)
    rates = chance.beta(BEFORE.a, BEFORE.b, 200_000)
    first, then = (chance.binomial(customers, rates) for _ in range(2))
    worst = np.argsort(first + chance.random(len(rates)))[: len(rates) // 10]  # ties at random
    gained = 100 * (then[worst] - first[worst]).mean() / customers
    assert gained == pytest.approx(points, abs=0.2)
    due = [100 * (expected_rate(forecast(k, customers, BEFORE)) - k / customers) for k in first[worst]]
    assert gained == pytest.approx(np.mean(due), abs=0.2)


def test_of_many_officers_those_are_called_clear_whose_number_bears_it() -> None:
    assert (adjusted(BENJAMINI) <= 0.05).sum() == 4
    assert (np.array(BENJAMINI) <= 0.05 / len(BENJAMINI)).sum() == 3  # Bonferroni


@pytest.mark.parametrize(("satisfied", "of", "expected"), DRAWN)
def test_a_rate_is_drawn_towards_all(satisfied: int, of: int, expected: float) -> None:
    assert float(shrunk(satisfied, of, Prior(78.661, 224.875))) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(("series", "rule", "points"), CHARTS)
def test_a_run_chart_marks_what_is_more_than_unrest(series: list[float], rule: str, points: list[int]) -> None:
    assert np.flatnonzero(getattr(run_chart(series), rule)).tolist() == points


LIMITS: list[tuple[str, Callable[[int], bool]]] = [
    ("limits of 11 points are on trial", lambda n: run_chart(range(n)).is_trial is (n < 12)),
    ("limits are 2.66 moving ranges away", lambda n: run_chart([0, 3] * n).high == pytest.approx(1.5 + 2.66 * 3)),
]


@pytest.mark.parametrize(("promise", "is_kept"), LIMITS)
@pytest.mark.parametrize("points", [11, 12, 13])
def test_the_limits_of_a_run_chart(promise: str, is_kept: Callable[[int], bool], points: int) -> None:
    assert is_kept(points), promise


def test_no_point_and_one_point_have_no_limits() -> None:
    for series in ([], [0.9]):
        assert np.isnan(run_chart(series).low)
        assert not run_chart(series).is_special.any()
