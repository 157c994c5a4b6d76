"""Rates drawn towards all areas: to the last digit, and with an interval that knows how little it knows."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest
from scipy.special import betaincinv
from scipy.stats import betabinom

from etl.registry import rule_sets
from etl.scoring.statistics.beta_binomial import AreaCounts, rise
from etl.scoring.statistics.drawn import drawn
from etl.scoring.statistics.shrinkage import PRECISIONS, Prior, likeliest, prior, shrunk
from etl.scoring.statistics.shrunk_interval import posterior, shrunk_interval

RULES = {one.code: one for one in rule_sets.load(Path(__file__).parents[2] / "config")}
BEFORE, SHIPPED = RULES["kbnn-2022-01.4"], RULES["kbnn-2022-01.5"]
Floats = np.ndarray

# fmt: off
LEVELS = [
    # case                       | areas, mean, precision | answers from, to
    ("treasuries of a month",      63,    0.93, 30,         20, 900),
    ("that hardly differ",         63,    0.93, 400,        20, 900),
    ("units of a few answers",     600,   0.95, 80,         5,  60),
    ("far apart",                  63,    0.90, 0.5,        50, 500),
    ("three",                      3,     0.60, 4,          9,  30),
    ("near all content",           40,    0.99, 60,         10, 300),
    ("a small network",            8,     0.80, 20,         20, 60),
]

EDGES = [
    # satisfied           | answers               | the interval of the first holds
    ([10, 20, 30],          [10, 20, 30],           (0.94, 0.999)),   # all content: the prior's mean is at its bound
    ([0, 0, 0],             [10, 20, 30],           (0.001, 0.06)),
    ([50, 50, 50],          [100, 100, 100],        (0.43, 0.57)),    # less apart than by chance
    ([0, 100, 0, 100],      [100, 100, 100, 100],   (0.001, 0.004)),  # as far apart as can be
    ([1, 0, 1],             [1, 1, 1],              (0.2, 0.99)),     # one answer each
    ([4.5, 8.1, 2.7],       [5.5, 9.9, 3.3],        (0.55, 0.95)),    # effective counts are no whole ones
]
# fmt: on


def level(areas: int, mean: float, precision: float, *answers: int, seed: int = 1) -> tuple[Floats, Floats, Floats]:
    """True rates, and what was answered, of made-up areas."""
    random = np.random.default_rng(seed)
    n = random.integers(*answers, areas)
    rates = random.beta(mean * precision, (1 - mean) * precision, areas)
    return rates, random.binomial(n, rates).astype(float), n.astype(float)


def summit(k: Floats, n: Floats, near: Prior) -> tuple[Decimal, Decimal]:
    """The likeliest a and b of whole counts, by Newton's method with forty digits on sums of fractions."""
    parts = [Counter(int(count) for count in counts) for counts in (k, n - k, n)]
    a, b = Decimal(near.a), Decimal(near.b)
    for _ in range(8):
        (by_a, aa), (by_b, bb), (by_both, both) = (
            fractions(start, part) for start, part in zip((a, b, a + b), parts, strict=True)
        )
        first, second, aa, bb, ab = by_a - by_both, by_b - by_both, aa - both, bb - both, -both
        fall = aa * bb - ab * ab
        a, b = a - (first * bb - second * ab) / fall, b - (aa * second - ab * first) / fall
    return a, b


def fractions(start: Decimal, lengths: Counter[int]) -> tuple[Decimal, Decimal]:
    """``Σ 1/(start + i)`` over i below each length, and its derivative."""
    left, sums, squares = sum(lengths.values()), Decimal(0), Decimal(0)
    for i in range(max(lengths)):
        left -= lengths[i]
        sums, squares = sums + left / (start + i), squares - left / (start + i) ** 2
    return sums, squares


# --- the likeliest prior


@pytest.mark.parametrize("case", LEVELS, ids=[case[0] for case in LEVELS])
def test_drawn_rates_are_true_to_twelve_digits(case: tuple[str, int, float, float, int, int]) -> None:
    _, k, n = level(*case[1:])
    found = likeliest(k, n)
    assert found is not None
    assert found.a + found.b < PRECISIONS[1]
    with localcontext() as context:
        context.prec = 40
        a, b = summit(k, n, found)
        true = [(Decimal(one) + a) / (Decimal(of) + a + b) for one, of in zip(k, n, strict=True)]
        off = [abs(Decimal(rate) - other) for rate, other in zip(shrunk(k, n, found).tolist(), true, strict=True)]
    assert max(off) < Decimal("1e-12")


def test_the_order_of_the_areas_moves_no_digit() -> None:
    _, k, n = level(*LEVELS[0][1:])
    orders = [np.random.default_rng(seed).permutation(len(n)) for seed in range(5)]
    assert {likeliest(k[order], n[order]) for order in orders} == {likeliest(k, n)}
    early = {prior(k[order], n[order]) for order in orders}
    assert len(early) > 1  # which is why rule sets of before keep their own


def test_the_rise_of_the_digamma_function_is_a_sum_of_fractions() -> None:
    for start in (0.01, 1.5, 29.9, 30.0, 1e3, 1e6, 1e9):
        exact = sum(1 / (Decimal(start) + i) for i in range(250))
        assert rise(start, np.array([250.0]))[0] == pytest.approx(float(exact), rel=1e-14)


@pytest.mark.parametrize(("satisfied", "answers", "held"), EDGES)
def test_edges_have_a_prior_and_an_interval(
    satisfied: list[float], answers: list[float], held: tuple[float, float]
) -> None:
    found = likeliest(satisfied, answers)
    assert found is not None
    rates = shrunk(satisfied, answers, found)
    low, high = shrunk_interval(satisfied, answers, found, 0.95)
    assert ((low >= 0) & (low <= rates) & (rates <= high) & (high <= 1) & (low < high)).all()
    assert low[0] < held[0] < held[1] < high[0]


# --- its interval


@pytest.mark.parametrize("case", [LEVELS[4], LEVELS[6]], ids=lambda case: case[0])
def test_the_interval_is_that_of_a_dense_grid(case: tuple[str, int, float, float, int, int]) -> None:
    """Mean and variance of every rate over 250 × 250 priors, each as likely as SciPy's beta-binomial has it."""
    _, k, n = level(*case[1:])
    spreads, means = (np.linspace(0.001, 0.995, 250), np.linspace(0.0005, 0.9995, 250))
    precision, mean = (part.ravel() for part in np.meshgrid(1 / spreads**2 - 1, means))
    a, b = mean * precision, (1 - mean) * precision
    likely = sum(betabinom.logpmf(one, of, a, b) for one, of in zip(k, n, strict=True))
    weight = np.exp(likely - likely.max()) / np.sqrt(precision + 1)  # every variance as likely as another
    weight /= weight.sum()
    fitted = likeliest(k, n)
    assert fitted is not None
    low, high = shrunk_interval(k, n, fitted, 0.95)
    for one, of, lower, upper in list(zip(k, n, low, high, strict=True))[:5]:
        rates = (one + a) / (of + a + b)
        expected = rates @ weight
        variance = (rates * (1 - rates) / (of + a + b + 1)) @ weight + (rates - expected) ** 2 @ weight
        size = expected * (1 - expected) / variance - 1
        limits = betaincinv(expected * size, (1 - expected) * size, [0.025, 0.975])
        assert [lower, upper] == pytest.approx(limits, abs=3e-4)  # of the grid's own width


def test_more_points_move_no_limit_by_more_than_its_last_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    for case in LEVELS[:2]:
        _, k, n = level(*case[1:])
        fitted = likeliest(k, n)
        assert fitted is not None
        few = shrunk_interval(k, n, fitted, 0.95)
        with monkeypatch.context() as patched:
            for name, value in (("_SPREADS", 50), ("_MEANS", 20), ("_NEGLIGIBLE", 30.0)):
                patched.setattr(f"etl.scoring.statistics.shrunk_interval.{name}", value)
            assert np.abs(np.subtract(shrunk_interval(k, n, fitted, 0.95), few)).max() < 2e-5


def test_the_interval_holds_the_rates_of_areas_that_hardly_differ_where_the_prior_alone_does_not() -> None:
    held, held_alone, count = 0, 0, 0
    for seed in range(5):
        rates, k, n = level(20, 0.93, 50_000, 20, 300, seed=seed)
        fitted = likeliest(k, n)
        assert fitted is not None
        low, high = shrunk_interval(k, n, fitted, 0.95)
        alone = betaincinv(k + fitted.a, n - k + fitted.b, [[0.025], [0.975]])
        held += int(((low <= rates) & (rates <= high)).sum())
        held_alone += int(((alone[0] <= rates) & (rates <= alone[1])).sum())
        count += len(rates)
    assert held / count > 0.95 - 2 * np.sqrt(0.95 * 0.05 / count)
    assert held_alone / count < 0.80


def test_the_weights_of_the_priors_add_up_to_one() -> None:
    _, k, n = level(*LEVELS[0][1:])
    fitted = likeliest(k, n)
    assert fitted is not None
    over = posterior(AreaCounts.of(k, n), fitted)
    assert over.weight.sum() == pytest.approx(1)
    assert ((over.a > 0) & (over.b > 0)).all()


# --- as a rule set asks


def test_rule_sets_of_before_keep_every_digit() -> None:
    _, k, n = level(*LEVELS[0][1:])
    fitted = prior(k, n)
    assert fitted is not None
    rates, low, high = drawn(k, n, BEFORE)
    assert rates.tolist() == shrunk(k, n, fitted).tolist()
    assert np.isnan([low, high]).all()


def test_only_rule_sets_of_before_depend_on_the_order_of_a_warehouse() -> None:
    assert {code: rules.is_free_of_order for code, rules in RULES.items() if code.startswith("kbnn-2022-01")} == {
        **dict.fromkeys(("kbnn-2022-01", "kbnn-2022-01.2", "kbnn-2022-01.3", "kbnn-2022-01.4"), False),
        "kbnn-2022-01.5": True,
    }


def test_a_rule_set_may_draw_nobody() -> None:
    _, k, n = level(*LEVELS[0][1:])
    assert not np.isnan(drawn(k, n, SHIPPED)).any()
    assert np.isnan(drawn(k, n, SHIPPED.model_copy(update={"empirical_bayes": "none"}))).all()


def test_two_areas_are_drawn_nowhere_and_an_empty_one_has_no_figure() -> None:
    assert np.isnan(drawn(np.array([5.0, 9.0]), np.array([10.0, 10.0]), SHIPPED)).all()
    found = drawn(np.array([5.0, 9.0, 8.0, 0.0]), np.array([10.0, 10.0, 10.0, 0.0]), SHIPPED)
    assert np.isnan(found)[:, 3].all()
    assert not np.isnan(found)[:, :3].any()
