"""What the demo's treasuries are like in a month: how many customers answer, and how satisfied they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from etl.demo.faults import FEWEST_GOOD
from etl.errors import Misdeclared
from etl.periods import SurveyMonth
from etl.registry import Registry
from etl.registry.network import Treasury, Unit

PUBLISHED = MappingProxyType({("34", SurveyMonth(2023, 7)): 9364, ("19", SurveyMonth(2023, 7)): 9819})
"""Rates that were published, in hundredths of a per cent: Thái Bình's, and Thái Nguyên's, first of the 63."""

_ALWAYS = tuple(code for code, _ in PUBLISHED)
_HIGHEST = 97.6


@dataclass(frozen=True)
class Size:
    """How much to make: responses a month over all treasuries, how many treasuries, which months, from which seed."""

    responses: int = 20_000
    treasuries: int = 63
    months: tuple[SurveyMonth, ...] = (SurveyMonth(2023, 5), SurveyMonth(2023, 6), SurveyMonth(2023, 7))
    seed: int = 2023

    def __post_init__(self) -> None:
        if not (1 <= self.treasuries <= self.responses and self.months):
            raise Misdeclared(
                f"a demo of {self.treasuries} treasuries with {self.responses} responses in "
                f"{len(self.months)} months is none",
                next_action="ask for one treasury and one month or more, and one response or more for each treasury",
            )


@dataclass(frozen=True)
class Profile:
    """One treasury in one month: its size, and the rate of its good rows in hundredths of a per cent."""

    seed: int
    code: str
    month: SurveyMonth
    zone: ZoneInfo
    units: tuple[Unit, ...]
    responses: int
    target: int


def randomness(seed: int, *parts: str) -> np.random.Generator:
    """A generator of random numbers of its own for each seed and list of names."""
    return np.random.default_rng([seed, *"|".join(parts).encode()])


def chosen(registry: Registry, size: Size) -> tuple[Treasury, ...]:
    """The treasuries to make, by code: those with a published rate, and then the first ones."""
    need = {code: place for place, code in enumerate(_ALWAYS)}
    by_need = sorted(registry.treasuries_in(max(size.months)), key=lambda t: (need.get(t.code, len(need)), t.code))
    return tuple(sorted(by_need[: size.treasuries], key=lambda treasury: treasury.code))


def of_month(registry: Registry, month: SurveyMonth, size: Size) -> tuple[Profile, ...]:
    """The profile of each chosen treasury in a month; a treasury without declared units raises Misdeclared.

    The rates are drawn over all open treasuries, so that leaving some out does not change the others'.
    """
    treasuries = chosen(registry, size)
    places = _places([treasury.code for treasury in registry.treasuries_in(max(size.months))], size.seed)
    weights = np.array([_weight(registry, treasury, month, size.seed) for treasury in treasuries])
    return tuple(
        Profile(
            seed=size.seed,
            code=treasury.code,
            month=month,
            zone=registry.zone(treasury),
            units=registry.units_of(treasury),
            responses=responses,
            target=target(treasury.code, month, places.get(treasury.code, 1.0), size.seed),
        )
        for treasury, responses in zip(treasuries, shared_out(size.responses, weights), strict=True)
    )


def shared_out(total: int, weights: NDArray[np.float64]) -> list[int]:
    """A total in whole numbers: enough to be ranked for each, or equal parts of too little; the rest by weight."""
    floor = min(FEWEST_GOOD, total // len(weights))
    rest = total - floor * len(weights)
    exact = rest * weights / weights.sum()
    whole = np.floor(exact).astype(int)
    largest_remainders = np.argsort(whole - exact, kind="stable")[: rest - whole.sum()]
    whole[largest_remainders] += 1
    return [int(part) + floor for part in whole]


def target(code: str, month: SurveyMonth, place: float, seed: int) -> int:
    """The satisfaction rate that a treasury's month has, in hundredths of a per cent.

    A published one, or else near the treasury's level: the published level, or one on a hyperbola by its place
    (0 the worst, 1 the best: most are good, few are bad), swinging with the seasons. It is a fraction of one or
    two hundred, because a rate such as 90.01 % needs more answers than a small treasury gets.
    """
    if (code, month) in PUBLISHED:
        return PUBLISHED[code, month]
    lasting, monthly = randomness(seed, code, "level"), randomness(seed, code, str(month), "level")
    known = [rate / 100 for (published, _), rate in PUBLISHED.items() if published == code]
    season = math.sin(2 * math.pi * (month.month / 12 + lasting.random()))
    level = (known[0] if known else 98.2 - 1.3 / (place + 0.055)) + 0.7 * season + monthly.normal(0, 0.2)
    denominator = int(monthly.integers(110, 220))
    satisfied = int(min(max(level, 20), 99.5 if known else _HIGHEST) / 100 * denominator)
    return (20_000 * satisfied + denominator) // (2 * denominator)


def _places(codes: Sequence[str], seed: int) -> dict[str, float]:
    """A random place between 0 and 1, evenly spread, for each treasury without a published rate."""
    others = [code for code in codes if code not in _ALWAYS]
    order = randomness(seed, "places").permutation(len(others))
    return {code: (int(place) + 0.5) / len(others) for code, place in zip(others, order, strict=True)}


def _weight(registry: Registry, treasury: Treasury, month: SurveyMonth, seed: int) -> float:
    """How much a treasury is visited compared with others: steeply by its units, and by chance."""
    units = len(registry.units_of(treasury))
    if not units:
        raise Misdeclared(
            f"treasury {treasury.code} has no units, and the demo's customers visit units",
            next_action=f"declare its units in {registry.path / 'units.yaml'}",
        )
    lasting = randomness(seed, treasury.code, "weight").lognormal(0, 0.25)
    return float(units**2.5 * lasting * randomness(seed, treasury.code, str(month), "weight").lognormal(0, 0.08))
