"""How many customers of each treasury answer, and how satisfied."""

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
    """How much to make, and from which seed.

    ``responses`` are those of a month over all treasuries.
    """

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
    """One treasury's month: how many responses, and the rate to reach.

    ``target`` is the rate of the good rows in hundredths of a per cent.
    """

    seed: int
    code: str
    month: SurveyMonth
    zone: ZoneInfo
    units: tuple[Unit, ...]
    responses: int
    target: int


def randomness(seed: int, *parts: str) -> np.random.Generator:
    """A random generator for each seed and list of names."""
    return np.random.default_rng([seed, *"|".join(parts).encode()])


def chosen(registry: Registry, size: Size) -> tuple[Treasury, ...]:
    """The treasuries to make, those with a published rate first."""
    need = {code: number for number, code in enumerate(_ALWAYS)}
    by_need = sorted(registry.treasuries_in(max(size.months)), key=lambda t: (need.get(t.code, len(need)), t.code))
    return tuple(sorted(by_need[: size.treasuries], key=lambda treasury: treasury.code))


def of_month(registry: Registry, month: SurveyMonth, size: Size) -> tuple[Profile, ...]:
    """The profile of each chosen treasury in a month.

    A treasury without declared units raises Misdeclared. The rates are drawn over all open treasuries, so that leaving
    some out does not change the others'.
    """
    treasuries = chosen(registry, size)
    positions = _positions([treasury.code for treasury in registry.treasuries_in(max(size.months))], size.seed)
    weights = np.array([_weight(registry, treasury, month, size.seed) for treasury in treasuries])
    return tuple(
        Profile(
            seed=size.seed,
            code=treasury.code,
            month=month,
            zone=registry.zone(treasury),
            units=registry.units_of(treasury),
            responses=responses,
            target=target(treasury.code, month, positions.get(treasury.code, 1.0), size.seed),
        )
        for treasury, responses in zip(treasuries, shared_out(size.responses, weights), strict=True)
    )


def shared_out(total: int, weights: NDArray[np.float64]) -> list[int]:
    """A total in whole parts, by weight above a minimum.

    The minimum is enough to be ranked, or equal parts of a total that is too small for it.
    """
    floor = min(FEWEST_GOOD, total // len(weights))
    rest = total - floor * len(weights)
    exact = rest * weights / weights.sum()
    whole = np.floor(exact).astype(int)
    largest_remainders = np.argsort(whole - exact, kind="stable")[: rest - whole.sum()]
    whole[largest_remainders] += 1
    return [int(part) + floor for part in whole]


def target(code: str, month: SurveyMonth, position: float, seed: int) -> int:
    """A treasury's satisfaction rate in hundredths of a per cent.

    A published one, or else near the treasury's level: the published level, or one on a hyperbola by its position
    (0 the worst, 1 the best: most are good, few are bad), swinging with the seasons. It is a fraction of one or
    two hundred, because a rate such as 90.01 % needs more answers than a small treasury gets.
    """
    if (code, month) in PUBLISHED:
        return PUBLISHED[code, month]
    lasting, monthly = randomness(seed, code, "level"), randomness(seed, code, str(month), "level")
    known = [rate / 100 for (published, _), rate in PUBLISHED.items() if published == code]
    season = math.sin(2 * math.pi * (month.month / 12 + lasting.random()))
    level = (known[0] if known else 98.2 - 1.3 / (position + 0.055)) + 0.7 * season + monthly.normal(0, 0.2)
    denominator = int(monthly.integers(110, 220))
    satisfied = int(min(max(level, 20), 99.5 if known else _HIGHEST) / 100 * denominator)
    return (20_000 * satisfied + denominator) // (2 * denominator)


def _positions(codes: Sequence[str], seed: int) -> dict[str, float]:
    """Positions between 0 and 1 of treasuries without a published rate.

    They are evenly spread, in random order.
    """
    others = [code for code in codes if code not in _ALWAYS]
    order = randomness(seed, "places").permutation(len(others))
    return {code: (int(position) + 0.5) / len(others) for code, position in zip(others, order, strict=True)}


def _weight(registry: Registry, treasury: Treasury, month: SurveyMonth, seed: int) -> float:
    """How much a treasury is visited, by its units and chance."""
    units = len(registry.units_of(treasury))
    if not units:
        raise Misdeclared(
            f"treasury {treasury.code} has no units, and the demo's customers visit units",
            next_action=f"declare its units in {registry.path / 'units.yaml'}",
        )
    lasting = randomness(seed, treasury.code, "weight").lognormal(0, 0.25)
    return float(units**2.5 * lasting * randomness(seed, treasury.code, str(month), "weight").lognormal(0, 0.08))
