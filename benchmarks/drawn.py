"""How often the intervals of drawn rates hold, and a change is called clear by chance where respondents come back.

    python -m benchmarks.drawn --draws 100

Two tables: of made-up levels of areas, how many true rates lie in their intervals, beside those that take the prior for
known; and of areas that nothing changed in, how many changes are below a p value of 5 %, taken for others or counted.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from etl.registry import rule_sets
from etl.scoring.statistics.covariance import bounded, covariance
from etl.scoring.statistics.drawn import drawn
from etl.scoring.statistics.interval import standard_error
from etl.scoring.statistics.movement import change_test, difference_test
from etl.scoring.statistics.shrinkage import likeliest

LEVELS = [(areas, mean, precision) for areas in (5, 14, 63) for mean in (0.93, 0.98) for precision in (30, 300, 1e5)]
CHANGES = [(p, m, share) for p in (0.9364, 0.98) for m in (60, 263, 700) for share in (0.0, 0.2, 0.5, 0.9)]
SHIPPED = next(one for one in rule_sets.load(Path("config")) if one.code == "kbnn-2022-01.5")
LEVEL, ANSWERS, ALIKE = 0.95, 22, 0.27
Seen = tuple[float, float]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--draws", type=int, default=100, help="levels of areas drawn; changes are 20 times as many")
    draws = parser.parse_args().draws
    print("| areas | mean | a + b | holds | ± | prior taken for known |\n|--:|--:|--:|--:|--:|--:|")
    for areas, mean, precision in LEVELS:
        held = np.array([interval_held(seed, areas, mean, precision) for seed in range(draws)])
        holds, alone = held.mean(axis=0)
        error = held[:, 0].std() / np.sqrt(draws)
        print(f"| {areas} | {mean} | {precision:g} | {holds:.3f} | {error:.3f} | {alone:.3f} |", flush=True)
    print("\n| rate | responses | come back | taken for others | counted | ± |\n|--:|--:|--:|--:|--:|--:|")
    for p, m, share in CHANGES:
        others, counted = called_clear((p, m, share), 20 * draws)
        error = np.sqrt(0.05 * 0.95 / (20 * draws))
        print(f"| {p} | {m} | {share:.0%} | {others:.3f} | {counted:.3f} | {error:.3f} |", flush=True)


def interval_held(seed: int, areas: int, mean: float, precision: float) -> Seen:
    """The share of true rates in their intervals, and in those that take the prior for known, of one level."""
    random = np.random.default_rng(seed)
    n = random.integers(20, 300, areas).astype(float)
    rates = random.beta(mean * precision, (1 - mean) * precision, areas)
    k = random.binomial(n.astype(int), rates).astype(float)
    _, low, high = drawn(k, n, SHIPPED)
    fitted = likeliest(k, n)
    assert fitted is not None
    alone = betaincinv(k + fitted.a, n - k + fitted.b, [[(1 - LEVEL) / 2], [(1 + LEVEL) / 2]])
    return float(((low <= rates) & (rates <= high)).mean()), float(((alone[0] <= rates) & (rates <= alone[1])).mean())


def called_clear(case: tuple[float, int, float], count: int) -> Seen:
    """The share of areas whose change has a p value of 5 % or less, though no true rate changed."""
    p, m, share = case
    random, back = np.random.default_rng(1), int(share * m)
    moods, before = random.beta(p * (1 / ALIKE - 1), (1 - p) * (1 / ALIKE - 1), (2, count, m))
    before[:, :back] = moods[:, :back]
    k, then = random.binomial(ANSWERS, moods), random.binomial(ANSWERS, before)
    size = np.full(count, ANSWERS * m / (1 + (ANSWERS - 1) * ALIKE))
    rates = [satisfied.sum(axis=1) / (ANSWERS * m) for satisfied in (k, then)]
    errors = [standard_error(rate * size, size) for rate in rates]
    table = pd.DataFrame(
        {
            **dict.fromkeys(("respondent_count", "now_returning_count", "before_returning_count"), back),
            "satisfied_products": (k[:, :back] * then[:, :back]).sum(axis=1),
            "satisfied_answer_products": ANSWERS * k[:, :back].sum(axis=1),
            "answer_satisfied_products": ANSWERS * then[:, :back].sum(axis=1),
            "answer_products": ANSWERS**2 * back,
            **{"rate": rates[0], "denominator": ANSWERS * m, "response_count": m},
            **{"before_rate": rates[1], "before_denominator": ANSWERS * m, "before_response_count": m},
        }
    )
    shared = bounded(*covariance(table, SHIPPED.least_shown), errors[0] * errors[1])
    counted = change_test((rates[0], errors[0]), (rates[1], errors[1]), shared)
    independent = difference_test(rates[0], errors[0], rates[1], errors[1])
    return float((independent <= 0.05).mean()), float((counted <= 0.05).mean())


if __name__ == "__main__":
    main()
