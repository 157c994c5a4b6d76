"""Invented answers of a treasury's month, with an exact satisfaction rate.

Customers have a mood that colours all their answers; officers, units, criteria and channels differ. From these
each possible answer gets a latent value. The good rows' answers above a cut count as satisfied, and the cut is
placed so that their share is the wanted rate to its last decimal. The same seed, treasury and month always give
the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.demo import faults, visits
from etl.demo.profiles import Profile, randomness
from etl.registry.questionnaire import Codes, Questionnaire

ABSENT_SHARE, EMPTY_SHARE = 0.032, 0.008

_ABSENT, _EMPTY, _GIVEN, _KEPT = range(4)
"""An answer has no row, a row without a score, a score, or a score that may not be taken away."""

Floats = NDArray[np.float64]
Items = NDArray[np.int8]


@dataclass(frozen=True)
class Month:
    """One treasury's month, in the columns of the branch's tables.

    ``responses`` has one row per response, in order of time; ``answers`` one row per response and criterion
    answered; ``fault`` names what is wrong with each bad response, by response_id.
    """

    responses: pd.DataFrame
    answers: pd.DataFrame
    fault: pd.Series


def made(profile: Profile, questionnaire: Questionnaire, codes: Codes) -> Month:
    """Make one treasury's month; the questionnaire's scale must be 1 to 5.

    The good rows' rate is the profile's target, rounded half up to two decimals, if any number of answers
    that its responses can have gives it; otherwise the nearest to it.
    """
    rng = randomness(profile.seed, profile.code, str(profile.month))
    name = faults.drawn(rng, profile.responses)
    coming = visits.made(profile, codes, rng)
    criteria = [criterion.code for criterion in questionnaire.criteria]
    value = _values(profile, coming["mood"].to_numpy(), criteria, rng)
    items, satisfied = _exact(_items(value.shape, rng), name == "", profile.target, rng)
    level = _levels(value, (items >= _GIVEN) & (name == "")[:, None], satisfied)
    ids = np.arange(1, profile.responses + 1) + (profile.month.year * 100 + profile.month.month) * 10_000_000
    fault = pd.Series(name, ids, name="fault").loc[name != ""]
    return Month(
        responses=faults.in_responses(visits.responses(coming.assign(response_id=ids), codes, rng), fault),
        answers=faults.in_answers(_rows(ids, items, level, criteria), fault).reset_index(drop=True),
        fault=fault,
    )


def counts(answers: int, spare: int, target: int) -> tuple[int, int]:
    """How many answers, and how many satisfied, give the target.

    At most ``spare`` answers are taken away, and as few as possible. If no such number gives the target, all are
    kept and the rate is the nearest to it.
    """
    kept = np.arange(answers, max(answers - spare, 1) - 1, -1)
    fewest = -(-(2 * target - 1) * kept // 20_000)
    reached = fewest * 20_000 < (2 * target + 1) * kept
    if not reached.any():
        return answers, (target * answers + 5_000) // 10_000
    best = int(reached.argmax())
    return int(kept[best]), int(fewest[best])


def _values(profile: Profile, mood: Floats, criteria: list[str], rng: np.random.Generator) -> Floats:
    """The latent value of every answer, response × criterion.

    It is the sum of mood, the criterion's own ease, and chance.
    """
    everywhere = randomness(profile.seed, "criteria").normal(0, 0.3, len(criteria))
    at_treasury = randomness(profile.seed, profile.code, "criteria").normal(0, 0.15, len(criteria))
    return np.asarray(mood[:, None] + everywhere + at_treasury + rng.normal(0, 0.9, (len(mood), len(criteria))))


def _items(shape: tuple[int, ...], rng: np.random.Generator) -> Items:
    """Which answers are absent, empty or given, response × criterion.

    One of each response is kept.
    """
    draw = rng.random(shape)
    items = np.full(shape, _GIVEN, dtype=np.int8)
    items[draw < ABSENT_SHARE + EMPTY_SHARE] = _EMPTY
    items[draw < ABSENT_SHARE] = _ABSENT
    items[np.arange(shape[0]), rng.integers(shape[1], size=shape[0])] = _KEPT
    return items


def _exact(items: Items, is_good: NDArray[np.bool_], target: int, rng: np.random.Generator) -> tuple[Items, int]:
    """The items that give the target, and how many are satisfied.

    As few as possible are taken away. Only good rows' answers are counted.
    """
    good = items[is_good]
    spare = np.flatnonzero(good == _GIVEN)
    given = int((good >= _GIVEN).sum())
    kept, satisfied = counts(given, spare.size, target)
    good.flat[rng.choice(spare, given - kept, replace=False)] = _ABSENT
    exact = items.copy()
    exact[is_good] = good
    return exact, satisfied


def _levels(value: Floats, is_counted: NDArray[np.bool_], satisfied: int) -> NDArray[np.int64]:
    """Levels 1 to 5, with ``satisfied`` counted values at 4 or 5.

    Of the others 8 % are at 1 and 25 % at 2, of the satisfied 42 % at 4: few people go to the bottom of a scale.
    """
    counted = value[is_counted]
    below = counted.size - satisfied
    ranks = [int(0.08 * below), int(0.33 * below), below, below + int(0.42 * satisfied)]
    cuts = np.partition(np.append(counted, np.inf), ranks)[ranks]
    return np.asarray(np.searchsorted(cuts, value, side="right") + 1)


def _rows(ids: NDArray[np.int64], items: Items, level: NDArray[np.int64], criteria: list[str]) -> pd.DataFrame:
    """One row per answer: response_id, criterion_code, score (NULL when empty)."""
    response, criterion = np.nonzero(items != _ABSENT)
    score = pd.Series(level[response, criterion], dtype="Int16").mask(items[response, criterion] == _EMPTY)
    return pd.DataFrame(
        {
            "response_id": ids[response],
            "criterion_code": pd.Categorical.from_codes(criterion, categories=pd.Index(criteria)),
            "score": score,
        }
    )
