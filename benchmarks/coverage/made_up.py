"""Made-up answers of which the truth is known: how many of a response's answers are satisfied, by two laws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import betabinom, binom

from etl.registry.rule_set import RuleSet
from etl.scoring.statistics.clusters import clustered, looks_beyond_responses
from etl.scoring.statistics.count import COUNTS

Law = Literal["beta_binomial", "moods"]
SIZES = (30, 40, 60, 80, 100, 135, 150, 200, 263, 300, 420, 700)
"""Responses of offices as the demo's have them; a network repeats them."""
_MOODS = np.linspace(-8, 8, 801)
_EASE = np.random.RandomState(1).normal(0, 0.33, 22)


@dataclass(frozen=True)
class Network:
    """Offices with true rates; ``effect`` is the design effect of ``answers`` a response, by a ``law``.

    ``beta_binomial``: each customer has a chance of her own to be satisfied. ``moods``: each has a mood, and answers
    are satisfied where mood, the criterion's ease and chance together pass a mark, as in the demo.
    """

    rates: tuple[float, ...]
    sizes: tuple[int, ...]
    answers: int = 22
    effect: float = 6.3
    law: Law = "beta_binomial"
    effects: tuple[float, ...] = ()

    @classmethod
    def alike(cls, rate: float, sizes: int | Sequence[int], offices: int = 63) -> Network:
        """Offices that do not differ but in the number of responses: one, or several in turn."""
        turn = (sizes,) if isinstance(sizes, int) else tuple(sizes)
        return cls((rate,) * offices, tuple(turn[place % len(turn)] for place in range(offices)))

    def of(self, answers: int, effect: float, law: Law = "beta_binomial") -> Network:
        """The same with other answers."""
        return replace(self, answers=answers, effect=effect, law=law)

    @property
    def is_possible(self) -> bool:
        """Whether the law can give the design effect at every rate."""
        return all(_chances(self.law, rate, self.answers, effect) is not None for rate, effect in self._kinds())

    def drawn(self, chance: np.random.Generator, draws: int) -> pd.DataFrame:
        """The counts (``COUNTS``) of each office in so many draws, one after the other."""
        chances = np.array([_chances(self.law, rate, self.answers, effect) for rate, effect in self._kinds()])
        histograms = np.concatenate([chance.multinomial(self.sizes, chances) for _ in range(draws)])
        satisfied, n, responses = np.arange(self.answers + 1), self.answers, np.tile(self.sizes, draws)
        sums = {
            "response_count": responses,
            "answer_count": n * responses,
            "satisfied_count": histograms @ satisfied,
            "wholly_satisfied_count": histograms[:, n],
            "complaint_count": histograms[:, 0],
            "satisfied_squares": histograms @ satisfied**2,
            "answer_squares": n * n * responses,
            "satisfied_answer_products": n * (histograms @ satisfied),
        }
        return pd.DataFrame(sums)[list(COUNTS)]

    def responses(self, chance: np.random.Generator) -> list[np.ndarray]:
        """How many answers of each response are satisfied, by office, in one draw."""
        return [
            chance.choice(self.answers + 1, size, p=_chances(self.law, rate, self.answers, effect))
            for (rate, effect), size in zip(self._kinds(), self.sizes, strict=True)
        ]

    def _kinds(self) -> list[tuple[float, float]]:
        effects = self.effects or (self.effect,) * len(self.rates)
        return list(zip(self.rates, effects, strict=True))


def cells(network: Network, rules: RuleSet, chance: np.random.Generator, draws: int) -> pd.DataFrame:
    """The offices of so many draws as cells: each draw is a level by itself, as treasuries are, or units.

    Every response is somebody else's, and nothing is hidden.
    """
    number, offices = np.divmod(np.arange(draws * len(network.rates)), len(network.rates))
    table = network.drawn(chance, draws).assign(
        area_level=pd.Series(number).map("draw {}".format),
        area_code=pd.Series(offices).map("{:04d}".format),
        breakdown="total",
        member_code="all",
        is_suppressed=False,
    )
    return clustered(table, [], rules.rate.definition) if looks_beyond_responses(rules.rate) else table


@cache
def _chances(law: Law, rate: float, answers: int, effect: float) -> np.ndarray | None:
    """The chance of 0 to n satisfied answers of a response; None where the law does not reach the design effect."""
    satisfied = np.arange(answers + 1)
    if effect <= 1 and law == "beta_binomial":
        return binom.pmf(satisfied, answers, rate)
    if law == "moods":
        return _by_mood(rate, answers, effect)
    if effect >= answers:
        return None
    precision = (answers - 1) / (effect - 1) - 1
    chances = betabinom.pmf(satisfied, answers, rate * precision, (1 - rate) * precision)
    return chances / chances.sum()


def _by_mood(rate: float, answers: int, effect: float) -> np.ndarray | None:
    """The same where a customer's mood and the ease of each criterion move her answers."""
    weights = np.exp(-(_MOODS**2) / 2) / np.exp(-(_MOODS**2) / 2).sum()
    satisfied = np.arange(answers + 1)

    def at(spread: float) -> np.ndarray:
        def shares(mark: float) -> np.ndarray:
            return ndtr(mark + spread * _MOODS[:, None] + _EASE[:answers])

        by_mood = shares(brentq(lambda mark: weights @ shares(mark).mean(axis=1) - rate, -50, 1000))
        chances = np.zeros((len(_MOODS), answers + 1))
        chances[:, 0] = 1
        for share in by_mood.T[:, :, None]:
            chances[:, 1:] = chances[:, 1:] * (1 - share) + chances[:, :-1] * share
            chances[:, :1] *= 1 - share
        found = weights @ chances
        return found / found.sum()

    def reached(spread: float) -> float:
        chances = at(spread)
        mean = chances @ satisfied
        return float(chances @ (satisfied - mean) ** 2 / (answers * rate * (1 - rate)))

    if reached(100) < effect:
        return None
    return at(brentq(lambda spread: reached(spread) - effect, 0, 100, xtol=1e-4)) if effect > reached(0) else at(0)
