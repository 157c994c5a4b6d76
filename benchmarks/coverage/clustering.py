"""Who clusters: what intervals hold when others are drawn anew than those who pass for independent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr

from benchmarks.coverage.observed import Tally
from benchmarks.coverage.rules import after
from etl.registry.rule_set import RuleSet
from etl.scoring.statistics.clusters import SUMS
from etl.scoring.statistics.uncertainty import uncertainty

WHO = ("responses", "respondents", "officers", "units")
OFFICES, RESPONSES, CRITERIA = 63, 300, 22
UNITS, OFFICERS, RESPONDENTS = 6, 24, 240
SPREAD = {"criterion": 0.33, "unit": 0.3, "officer": 0.35, "respondent": 0.5, "response": 0.87}
"""Standard deviations of what adds to a mood, as the demo's units and officers; a respondent's own is half the rest."""


def measured(rate: float = 0.95, draws: int = 16) -> list[dict[str, Any]]:
    """For each who is drawn anew, and each who is taken for independent: how many intervals hold the truth.

    Who is not drawn anew stays as she is: drawn officers come with other respondents, but drawn responses are those
    that the same respondents give another time to the same officers. The truth is the rate over all such draws.
    """
    rows = []
    for anew in WHO:
        mark = _mark(rate)
        frames = [
            _office_cells(np.random.default_rng([number, WHO.index(anew)]), anew, mark) for number in range(draws)
        ]
        table, truth = (
            pd.concat([frame for frame, _ in frames], ignore_index=True),
            np.concatenate([t for _, t in frames]),
        )
        for taken in WHO:
            rules = _with(taken)
            found = uncertainty(table.assign(**_sums(table, taken)), rules)
            held = found["rate_low"].le(truth) & found["rate_high"].ge(truth)
            tally = Tally(int(held.sum()), len(held), rules.interval_level)
            effect = float((table["answer_count"] / found["effective_count"]).mean())
            rows.append({"anew": anew, "taken": taken, "kept": tally.kept, "tried": tally.tried, "effect": effect})
    return rows


def _with(clustering: str) -> RuleSet:
    rules = after()
    return rules.model_copy(update={"rate": rules.rate.model_copy(update={"clustering": clustering})})


def _mark(rate: float) -> float:
    """The mark below which moods are satisfied, for a rate."""
    spread = np.sqrt(sum(part**2 for name, part in SPREAD.items() if name != "criterion") + SPREAD["criterion"] ** 2)
    return float(brentq(lambda mark: ndtr(mark / np.hypot(1, spread)) - rate, -10, 10))


def _office_cells(chance: np.random.Generator, anew: str, mark: float) -> tuple[pd.DataFrame, np.ndarray]:
    """The offices of one network with their sums over everybody, and the true rate of each."""
    ease = chance.normal(0, SPREAD["criterion"], CRITERIA)
    found, truth = [], []
    for office in range(OFFICES):
        officer = chance.integers(OFFICERS, size=RESPONSES)
        people = {
            "response": np.arange(RESPONSES),
            "respondent": chance.integers(RESPONDENTS, size=RESPONSES),
            "officer": officer,
            "unit": officer % UNITS,
        }
        moods = {name: chance.normal(0, SPREAD[name], RESPONSES)[who] for name, who in people.items()}
        kept = _kept(anew)
        fixed = sum((moods[name] for name in kept), np.zeros(RESPONSES))
        free = np.sqrt(1 + sum(SPREAD[name] ** 2 for name in SPREAD if name not in (*kept, "criterion")))
        truth.append(ndtr((mark + fixed[:, None] + ease) / free).mean())
        satisfied = chance.random((RESPONSES, CRITERIA)) < ndtr(mark + sum(moods.values())[:, None] + ease)
        found.append({"area_code": f"{office:04d}", **_counts(satisfied.sum(axis=1), people)})
    # a network is a level by itself
    level = f"network {chance.integers(2**60)}"
    cell = {"area_level": level, "breakdown": "total", "member_code": "all", "is_suppressed": False}
    return pd.DataFrame(found).assign(**cell), np.array(truth)


def _kept(anew: str) -> tuple[str, ...]:
    """Whose moods stay when others are drawn anew: of responses, everybody else's."""
    order = ("response", "respondent", "officer", "unit")
    return order[order.index(anew.removesuffix("s")) + 1 :]


def _counts(satisfied: np.ndarray, people: dict[str, np.ndarray]) -> dict[str, int]:
    """The sums of an office, over responses and over everybody else."""
    sums = {
        "response_count": RESPONSES,
        "answer_count": RESPONSES * CRITERIA,
        "satisfied_count": int(satisfied.sum()),
        "wholly_satisfied_count": int((satisfied == CRITERIA).sum()),
        "complaint_count": 0,
    }
    for name, who in people.items():
        k = np.bincount(who, satisfied)
        n = np.bincount(who) * CRITERIA
        sums |= {
            f"{name}s number": int((n > 0).sum()),
            f"{name}s kk": int((k * k).sum()),
            f"{name}s nn": int((n * n).sum()),
            f"{name}s kn": int((k * n).sum()),
        }
    return sums


def _sums(table: pd.DataFrame, taken: str) -> dict[str, pd.Series]:
    """The sums over responses, and over who is taken for independent, under the names that the statistics know."""
    parts = [table[f"{taken} {part}"] for part in ("number", "kk", "nn", "kn")]
    of_responses = [table[f"responses {part}"] for part in ("number", "kk", "nn", "kn")]
    return {**dict(zip(SUMS.values(), of_responses, strict=True)), **dict(zip(SUMS, parts, strict=True))}
