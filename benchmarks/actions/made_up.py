"""Made-up officers of which the truth is known, and what customers say of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from etl.acting.figures import OfficerAnswers

CRITERIA = ("officers_polite", "officers_listen", "officers_answer", "officers_guide", "officers_rules")
RATE = 0.94
SPREAD = {"unit": 0.3, "stratum": 0.3, "criterion": 0.2, "response": 1.2, "customer": 1.2}
"""Standard deviations, on the logit scale, of what moves the answers about officers who are all alike."""


@dataclass(frozen=True)
class World:
    """A network: ``bad_share`` of its officers have ``bad_odds`` times the odds of a bad answer.

    ``half``: instead, officers whose true rates are Beta of this a + b. ``returning``: of the responses 6 in 10 come
    from one of 20 regular customers of an officer, each with a mood of her own.
    """

    name: str
    officers: int = 5_000
    responses: int = 20_000
    months: int = 36
    returning: bool = False
    bad_share: float = 0.0
    bad_odds: float = 1.0
    half: float | None = None


@dataclass(frozen=True)
class Drawn:
    """The responses of a world, and by the number of each officer whether she is truly bad, and her true rate."""

    responses: OfficerAnswers
    is_bad: np.ndarray
    rates: np.ndarray


def drawn(world: World, seed: int) -> Drawn:
    """All answers of all months of a world."""
    chance = np.random.default_rng([20261130, seed])
    count, size = world.officers, world.responses * world.months
    busy = np.exp(chance.normal(0, 0.8, count))
    officer = chance.choice(count, size, p=busy / busy.sum())
    unit, stratum = officer // 8, chance.integers(6, size=size)
    customer = count * 20 + np.arange(size)
    if world.returning:
        regular = chance.random(size) < 0.6
        customer = np.where(regular, officer * 20 + chance.integers(20, size=size), customer)
    moods = chance.normal(0, SPREAD["customer"], count * 20 + size)[customer]
    own = _own(world, chance)
    mark = _mark()
    at = mark + own[officer] + moods + chance.normal(0, SPREAD["response"], size)
    at += chance.normal(0, SPREAD["unit"], unit.max() + 1)[unit] + chance.normal(0, SPREAD["stratum"], 6)[stratum]
    ease = chance.normal(0, SPREAD["criterion"], len(CRITERIA))
    bad = chance.random((size, len(CRITERIA))) < expit(at[:, None] + ease)
    month = np.repeat(np.arange(world.months), world.responses)
    table = pd.DataFrame({"officer": officer, "unit": unit, "stratum": stratum, "customer": customer, "month": month})
    table = table.assign(**{name: bad[:, place].astype(float) for place, name in enumerate(CRITERIA)})
    coded = OfficerAnswers.of(table, CRITERIA)
    rates = 1 - np.array([_bad_rate(mark + effect) for effect in np.unique(own.round(3))])
    by_officer = rates[np.searchsorted(np.unique(own.round(3)), own.round(3))]
    is_bad = by_officer < np.quantile(by_officer, 0.02) if world.half else own > 0
    order = coded.officers.to_numpy()
    return Drawn(coded, is_bad[order], by_officer[order])


def _own(world: World, chance: np.random.Generator) -> np.ndarray:
    """What each officer adds to the logit of a bad answer."""
    if world.half:
        rates = np.clip(chance.beta(RATE * world.half, (1 - RATE) * world.half, world.officers), 1e-3, 1 - 1e-3)
        return np.asarray(logit(1 - rates) - logit(1 - RATE))
    return np.where(chance.random(world.officers) < world.bad_share, np.log(world.bad_odds), 0.0)


_POINTS, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)


def _bad_rate(mark: float) -> float:
    """The share of bad answers over all that moves them but the officer."""
    spread = np.sqrt(sum(part**2 for part in SPREAD.values()))
    return float(expit(mark + spread * _POINTS) @ _WEIGHTS / _WEIGHTS.sum())


def _mark() -> float:
    """The logit at which the share of bad answers is that of the network."""
    low, high = -12.0, 0.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (low, middle) if _bad_rate(middle) > 1 - RATE else (middle, high)
    return low
