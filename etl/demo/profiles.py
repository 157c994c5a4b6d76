"""How many customers of each treasury answer, and how satisfied."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
class Course:
    """How many of a treasury's customers answer and how satisfied they are, where it is told and not drawn.

    ``level``: how likely an answer is satisfied, in per cent; ``changes``: points added from a month to a month.
    """

    level: float
    responses: int
    changes: tuple[tuple[SurveyMonth, SurveyMonth, float], ...] = ()

    def target(self, month: SurveyMonth, rng: np.random.Generator) -> int:
        """The rate of a month in hundredths of a per cent: near what is true, as near as so many responses are."""
        level = self.level + sum(points for first, last, points in self.changes if first <= month <= last)
        return round(10_000 * int(rng.binomial(self.responses, level / 100)) / self.responses)


@dataclass(frozen=True)
class Size:
    """How much to make, and from which seed.

    ``responses`` are those of a month over all treasuries. ``courses`` tell of some treasuries, by code.
    """

    responses: int = 20_000
    treasuries: int = 63
    months: tuple[SurveyMonth, ...] = (SurveyMonth(2023, 5), SurveyMonth(2023, 6), SurveyMonth(2023, 7))
    seed: int = 2023
    courses: Mapping[str, Course] = field(default_factory=dict)

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
    """The treasuries to make, those with a published rate and those that are told of first."""
    need = {code: number for number, code in enumerate(dict.fromkeys((*_ALWAYS, *size.courses)))}
    by_need = sorted(registry.treasuries_in(max(size.months)), key=lambda t: (need.get(t.code, len(need)), t.code))
    return tuple(sorted(by_need[: size.treasuries], key=lambda treasury: treasury.code))


def of_month(registry: Registry, month: SurveyMonth, size: Size) -> tuple[Profile, ...]:
    """The profile of each chosen treasury in a month.

    A treasury without declared units raises Misdeclared. The rates are drawn over all open treasuries, so that leaving
    some out does not change the others'.
    """
    treasuries = chosen(registry, size)
    positions = _positions([treasury.code for treasury in registry.treasuries_in(max(size.months))], size.seed)
    responses = _responses(registry, treasuries, month, size)
    return tuple(
        Profile(
            seed=size.seed,
            code=treasury.code,
            month=month,
            zone=registry.zone(treasury),
            units=registry.units_of(treasury),
            responses=responses[treasury.code],
            target=_target(treasury.code, month, positions.get(treasury.code, 1.0), size),
        )
        for treasury in treasuries
    )


def _responses(registry: Registry, treasuries: Sequence[Treasury], month: SurveyMonth, size: Size) -> dict[str, int]:
    """How many answer, by treasury: what is told of it, or else a share of what is left."""
    told = {one.code: size.courses[one.code].responses for one in treasuries if one.code in size.courses}
    others = [treasury for treasury in treasuries if treasury.code not in told]
    if not others:
        return told
    weights = np.array([_weight(registry, treasury, month, size.seed) for treasury in others])
    shares = shared_out(size.responses - sum(told.values()), weights)
    return told | {treasury.code: share for treasury, share in zip(others, shares, strict=True)}


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


def _target(code: str, month: SurveyMonth, position: float, size: Size) -> int:
    """A treasury's rate in hundredths of a per cent: what was published, what is told of it, or what is drawn."""
    if code not in size.courses or (code, month) in PUBLISHED:
        return target(code, month, position, size.seed)
    return size.courses[code].target(month, randomness(size.seed, code, str(month), "level"))


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
