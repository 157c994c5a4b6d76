"""What is said to be sure is so: intervals, sets of ranks and limits, on made-up answers whose truth is known.

A small sample here, a larger one in ``make deep``, and all of ``python -m benchmarks.coverage`` in ``make thorough``.
A promise counts as broken where so few were kept with a chance below 1 in 1,000 over all that is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from benchmarks.coverage import grid, observed
from benchmarks.coverage.grid import Case
from benchmarks.coverage.made_up import SIZES, Law, Network
from benchmarks.coverage.observed import Tally, broken
from benchmarks.coverage.rules import after, before
from etl.registry.rule_set import RuleSet

NEAR_100 = [
    Case("", f"{rate}, {size} responses", Network.alike(rate, size)) for rate in (0.98, 0.99) for size in (30, 60)
]
UNEQUAL = [Case("", "98 %", Network.alike(0.98, SIZES))]
"""Offices that are equal but for the number of their responses."""

# fmt: off
DRAWN = [
    # rate | answers | design effect | law
    (0.80,   4,        2,              "beta_binomial"),
    (0.98,   22,       6.3,            "beta_binomial"),
    (0.995,  22,       15,             "beta_binomial"),
    (0.98,   22,       6.3,            "moods"),
]
TALLIES = [
    # held in each network                     | share | how alike | is 95 % kept, where 1 in 1,000 is doubt
    (np.tile([True] * 19 + [False], (50, 1)),    0.95,   1.0,        True),
    (np.tile([True] * 9 + [False], (50, 1)),     0.90,   1.0,        False),
    (np.repeat([True, False], [45, 5])[:, None], 0.90,   1.0,        True),    # of 50 tries it may be chance
    (np.repeat([[True], [False]], [45, 5], axis=0) & np.full(20, True), 0.90, 20.4, True),  # so may it of 50 networks
]
# fmt: on


def of_intervals(cases: Sequence[Case], rules: RuleSet, draws: int) -> Iterator[tuple[str, Tally]]:
    """The tally of each case's intervals."""
    for seed, case in enumerate(cases):
        yield case.name, observed.intervals(case.network, rules, draws, seed)[0]


def of_places(cases: Sequence[Case], rules: RuleSet, draws: int) -> Iterator[tuple[str, Tally]]:
    """The tallies of each case's sets of ranks, tie groups, funnel and movement."""
    for seed, case in enumerate(cases):
        for promise, tally in observed.places(case.network, rules, draws, seed).items():
            yield f"{case.name}: {promise}", tally


@pytest.mark.parametrize(("held", "share", "alike", "is_kept"), TALLIES)
def test_a_tally_counts_networks_and_not_only_tries(
    held: np.ndarray, share: float, alike: float, is_kept: bool
) -> None:
    tally = Tally.of(held, 0.95)
    assert (tally.share, tally.alike) == pytest.approx((share, alike), abs=0.05)
    assert tally.is_kept(1e-3) == is_kept


@pytest.mark.parametrize(("rate", "answers", "effect", "law"), DRAWN)
def test_made_up_answers_have_the_rate_and_the_design_effect(
    rate: float, answers: int, effect: float, law: Law
) -> None:
    network = Network.alike(rate, 3_000).of(answers, effect, law)
    counts = network.drawn(np.random.default_rng(1), 20)
    k, n, kk = (counts[name].sum() for name in ("satisfied_count", "answer_count", "satisfied_squares"))
    assert k / n == pytest.approx(rate, abs=0.003)
    variance = kk / (n / answers) - (k / (n / answers)) ** 2
    assert variance / (answers * rate * (1 - rate)) == pytest.approx(effect, rel=0.05)


def test_intervals_near_100_percent_hold_what_they_say() -> None:
    assert broken(of_intervals(NEAR_100, after(), 20)) == []


def test_sets_of_ranks_and_the_funnel_hold_what_they_say() -> None:
    assert broken(of_places(UNEQUAL, after(), 10)) == []


def test_the_rule_set_before_did_not() -> None:
    assert len(broken(of_intervals(NEAR_100, before(), 20))) == len(NEAR_100)
    found = broken(of_places(UNEQUAL, before(), 10))
    assert [text.split(":")[1] for text in found] == [" simultaneous sets", " tie groups"]


@pytest.mark.deep
def test_a_sample_of_the_grid_holds_what_it_says() -> None:
    cases = [case for case in grid.intervals()[::11] if case.is_held]
    assert broken(of_intervals(cases, after(), 40)) == []
    assert broken(of_places(grid.places()[::4], after(), 8)) == []


@pytest.mark.deep
@pytest.mark.thorough
def test_everything_holds_what_it_says_but_where_the_page_says_not() -> None:
    cases = [*grid.intervals(), *grid.levels(), *grid.uneven(), *grid.small_units()]
    assert broken(of_intervals([case for case in cases if case.is_held], after(), 160)) == []
    assert broken(of_places(grid.places(), after(), 200)) == []
    officers = [(case.name, observed.of_officers(case.network, after(), 100, 1)) for case in grid.officers()]
    assert broken(officers) == []


@pytest.mark.deep
@pytest.mark.thorough
def test_63_offices_of_30_responses_hold_as_a_whole() -> None:
    tally = observed.as_a_whole(Network.alike(0.98, 30), after(), 1_000, 1)
    assert tally.share >= 0.99
