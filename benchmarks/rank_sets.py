"""Confidence sets for ranks against the recipe as it is written: every draw, every pair, anew at every step.

    python -m benchmarks.rank_sets

63 treasuries with 10,000 draws, and 740 units; both ways see the same random numbers and must give the same sets.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import time
from collections.abc import Callable

import numpy as np

from etl.scoring.statistics.rank import RankSets, rank_sets


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--units", type=int, default=63)
    arguments.add_argument("--draws", type=int, default=10_000)
    arguments.add_argument("--repeat", type=int, default=5)
    given = arguments.parse_args()
    draw = np.random.default_rng(7)
    rates = np.sort(0.98 - draw.gamma(1.2, 0.025, given.units))
    errors = draw.uniform(0.003, 0.012, given.units)
    ours, plain, alone = [], [], []
    for _ in range(given.repeat):
        ours.append(timed(lambda: rank_sets(rates, errors, draws=given.draws)))
        alone.append(timed(lambda: rank_sets(rates, errors, draws=given.draws, simultaneous=False)))
        plain.append(timed(lambda: by_the_book(rates, errors, given.draws)))
    found, expected = rank_sets(rates, errors, draws=given.draws), by_the_book(rates, errors, given.draws)
    assert found.low.tolist() == expected.low.tolist()
    assert found.high.tolist() == expected.high.tolist()
    middle = statistics.median(ours)
    print(
        json.dumps(
            {
                "units": given.units,
                "draws": given.draws,
                "simultaneous_seconds": round(middle, 3),
                "marginal_seconds": round(statistics.median(alone), 3),
                "by_the_book_seconds": round(statistics.median(plain), 3),
                "by_the_book_times_ours": round(statistics.median(plain) / middle, 1),
                "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            },
            indent=1,
        )
    )


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def by_the_book(rates: np.ndarray, errors: np.ndarray, draws: int, level: float = 0.95) -> RankSets:
    """The stepdown of Mogstad, Romano, Shaikh, Wilhelm 2023 (simultaneous), pair by pair and draw by draw."""
    order = np.lexsort((errors, rates))
    x, se = rates[order], errors[order]
    noise = np.random.RandomState(1).standard_normal((len(x), draws)).T * se
    i, j = np.nonzero(~np.eye(len(x), dtype=bool))
    scale = np.sqrt(se[i] ** 2 + se[j] ** 2)
    is_below = np.zeros((len(x), len(x)), dtype=bool)
    left = np.ones(len(i), dtype=bool)
    while left.any():
        most = np.full(draws, -np.inf)
        for start in range(0, draws, 500):
            block = noise[start : start + 500]
            most[start : start + 500] = ((block[:, i[left]] - block[:, j[left]]) / scale[left]).max(axis=1)
        critical = np.sort(most)[min(math.ceil((draws + 1) * level), draws) - 1]
        rejected = left & (x[i] - x[j] > scale * critical)
        if not rejected.any():
            break
        is_below[j[rejected], i[rejected]] = True
        left &= ~rejected
    low, high = 1 + is_below.sum(axis=1), len(x) - is_below.sum(axis=0)
    back = np.argsort(order)
    return RankSets(low[back], high[back], is_below[np.ix_(back, back)])


if __name__ == "__main__":
    main()
