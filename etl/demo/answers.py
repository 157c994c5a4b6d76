"""Made answers of one treasury in one month: believable, repeatable, and exact in their satisfaction rate.

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
    """How many answers to keep, and how many of them are satisfied, so that the rate rounds to the target.

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
    """The latent value of every answer, response × criterion: mood, the criterion's own ease, and chance."""
    everywhere = randomness(profile.seed, "criteria").normal(0, 0.3, len(criteria))
    here = randomness(profile.seed, profile.code, "criteria").normal(0, 0.15, len(criteria))
    return np.asarray(mood[:, None] + everywhere + here + rng.normal(0, 0.9, (len(mood), len(criteria))))


def _items(shape: tuple[int, ...], rng: np.random.Generator) -> Items:
    """Which answers are absent, empty or given, response × criterion; one of each response is kept."""
    draw = rng.random(shape)
    items = np.full(shape, _GIVEN, dtype=np.int8)
    items[draw < ABSENT_SHARE + EMPTY_SHARE] = _EMPTY
    items[draw < ABSENT_SHARE] = _ABSENT
    items[np.arange(shape[0]), rng.integers(shape[1], size=shape[0])] = _KEPT
    return items


def _exact(items: Items, is_good: NDArray[np.bool_], target: int, rng: np.random.Generator) -> tuple[Items, int]:
    """The items with as few taken away as the target needs, and how many of the good rows' are satisfied."""
    good = items[is_good]
    spare = np.flatnonzero(good == _GIVEN)
    given = int((good >= _GIVEN).sum())
    kept, satisfied = counts(given, spare.size, target)
    good.flat[rng.choice(spare, given - kept, replace=False)] = _ABSENT
    exact = items.copy()
    exact[is_good] = good
    return exact, satisfied


def _levels(value: Floats, is_counted: NDArray[np.bool_], satisfied: int) -> NDArray[np.int64]:
    """Levels 1 to 5 of all values, cut so that exactly ``satisfied`` of the counted ones are at 4 or 5.

    Of the others 8 % are at 1 and 25 % at 2, of the satisfied 42 % at 4: few people go to the bottom of a scale.
    """
    counted = value[is_counted]
    below = counted.size - satisfied
    places = [int(0.08 * below), int(0.33 * below), below, below + int(0.42 * satisfied)]
    cuts = np.partition(np.append(counted, np.inf), places)[places]
    return np.asarray(np.searchsorted(cuts, value, side="right") + 1)


def _rows(ids: NDArray[np.int64], items: Items, level: NDArray[np.int64], criteria: list[str]) -> pd.DataFrame:
    """The answers that have a row, one row each: response_id, criterion_code, score (NULL when empty)."""
    response, criterion = np.nonzero(items != _ABSENT)
    score = pd.Series(level[response, criterion], dtype="Int16").mask(items[response, criterion] == _EMPTY)
    return pd.DataFrame(
        {
            "response_id": ids[response],
            "criterion_code": pd.Categorical.from_codes(criterion, categories=pd.Index(criteria)),
            "score": score,
        }
    )
