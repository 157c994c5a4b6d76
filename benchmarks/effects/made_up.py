"""Made-up areas of which the truth is known: some are acted on, by a true effect or by none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaincinv, expit, logit

from etl.acting.effect import WINDOWS
from etl.scoring.statistics.effective import Pool, effective_count

PRIOR = (15.464, 1.036)
"""How much areas differ: the beta distribution of docs' published spread, mean 93.7 %."""
OFTEN, SHARE = 4.5, 0.6
"""Of the responses so many come from customers who come back, so often each in a window."""
ALIKE = 0.2
"""How alike two answers of one customer are."""
WORST, ACTED = 0.2, 0.5
"""Of the worst fifth one half is acted on, by chance: the others were as bad, and left alone."""


@dataclass(frozen=True)
class Trial:
    """Areas of about ``size`` responses in each window, of which some are acted on.

    ``because_bad``: half of the worst fifth by the answers of the selecting window; else as many, by chance.
    ``returning``: customers come back, in all windows. ``drift``: how far the whole network moves on the logit scale
    from before to after; ``movement``: the standard deviation by which each area moves besides. ``effect``: what the
    action truly adds to a rate.
    """

    areas: int
    size: int
    because_bad: bool = False
    returning: bool = False
    drift: float = 0.0
    movement: float = 0.0
    effect: float = 0.0


def drawn(trial: Trial, chance: np.random.Generator) -> pd.DataFrame:
    """The cells of a trial (``etl.acting.effect.CELLS``) with the ``true`` effect of each area."""
    count = trial.areas
    sizes = np.maximum(chance.lognormal(np.log(trial.size), 0.3, count).round(), 4).astype(int)
    own = np.clip(chance.beta(*PRIOR, count), 0.02, 0.995)
    left_alone = expit(logit(own) + trial.drift + chance.normal(0, trial.movement, count))
    people = _People(trial, sizes, chance)
    selecting = people.answers(own)
    is_treated = _treated(trial, selecting, chance)
    truth = np.where(is_treated, np.clip(left_alone + trial.effect, 0.02, 0.995), left_alone)
    table = pd.DataFrame({"area": np.arange(count), "questionnaire": "q", "is_treated": is_treated})
    for name, counts in zip(WINDOWS, (selecting, people.answers(own), people.answers(truth)), strict=True):
        effective = effective_count(counts, Pool(np.zeros(count, np.int64), np.ones(count, bool)))
        rate = counts["satisfied_count"] / counts["answer_count"]
        table = table.assign(**{f"{name}_satisfied": rate * effective, f"{name}_count": effective})
    return table.assign(true=truth - left_alone)


def _treated(trial: Trial, selecting: pd.DataFrame, chance: np.random.Generator) -> np.ndarray:
    """Which areas are acted on; of equals by chance."""
    order = chance.permutation(trial.areas)
    if trial.because_bad:
        rate = (selecting["satisfied_count"] / selecting["answer_count"]).to_numpy()[order]
        order = order[np.argsort(rate, kind="stable")]
    some = chance.permutation(order[: max(round(WORST * trial.areas), 6)])
    return np.isin(np.arange(trial.areas), some[: max(round(ACTED * len(some)), 3)])


class _People:
    """The customers of all areas: those who come back have a mood that lasts over all windows."""

    def __init__(self, trial: Trial, sizes: np.ndarray, chance: np.random.Generator) -> None:
        self.chance = chance
        regular = np.round(sizes * SHARE / OFTEN).astype(int) if trial.returning else np.zeros(len(sizes), int)
        self.area = np.repeat(np.arange(len(sizes)), regular)
        self.mood = chance.random(len(self.area))
        self.often = np.maximum(1, chance.poisson(OFTEN, len(self.area)))
        back = np.bincount(self.area, self.often, len(sizes)).astype(int)
        self.once = np.maximum(sizes - back, 1)

    def answers(self, rates: np.ndarray) -> pd.DataFrame:
        """The sums over the customers of each area in a window (``etl.scoring.statistics.effective``)."""
        satisfied = self.chance.binomial(self.once, rates)
        spread = 1 / ALIKE - 1
        own = rates[self.area]
        k = self.chance.binomial(self.often, betaincinv(own * spread, (1 - own) * spread, self.mood))
        sums = {
            "response_count": np.ones(len(k)),
            "answer_count": self.often,
            "satisfied_count": k,
            "satisfied_squares": k**2,
            "answer_squares": self.often**2,
            "satisfied_answer_products": k * self.often,
        }
        single = {
            name: satisfied if name.startswith("satisfied") else self.once for name in sums
        }  # one answer each: squares and products are the numbers themselves
        return pd.DataFrame(
            {name: single[name] + np.bincount(self.area, values, len(rates)) for name, values in sums.items()}
        )
