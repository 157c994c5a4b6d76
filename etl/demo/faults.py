"""The faults of the demo's bad rows, at most one each."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class Fault:
    """One way in which a response is bad, and how often."""

    name: str
    share: float
    sentence: str


FAULTS = (
    Fault("score_outside_scale", 0.0040, "One answer's score is 0, 6 or 9 where the scale has 1 to 5."),
    Fault("unit_unknown", 0.0020, "The unit's code is declared nowhere in the network."),
    Fault("procedure_unknown", 0.0020, "The procedure's code is not in the code list."),
    Fault("channel_unknown", 0.0015, "The channel is neither a code nor a label of the code list."),
    Fault("respondent_type_unknown", 0.0015, "The respondent's type is not in the code list."),
    Fault("criterion_unknown", 0.0015, "One answer is to a criterion that the questionnaire does not have."),
    Fault("answers_missing", 0.0015, "The response has no answer rows at all."),
    Fault("answers_empty", 0.0010, "The response has answer rows, and the score of every one is NULL."),
)

FEWEST_GOOD = 40
"""A treasury with as many responses keeps as many good ones, so that all treasuries can be graded and ranked."""

_UNKNOWN_CODES = MappingProxyType(
    {
        "unit_unknown": ("unit_code", "99.99"),
        "procedure_unknown": ("procedure_code", "pension_payment"),
        "channel_unknown": ("channel_code", "telegraph"),
        "respondent_type_unknown": ("respondent_type_code", "visitor"),
    }
)
_UNKNOWN_CRITERION = "access_parking"
_OUTSIDE = np.array([0, 6, 9])


def drawn(rng: np.random.Generator, responses: int) -> NDArray[np.str_]:
    """The fault's name of each response, empty for a good one.

    The first and the last response are spared: they stand on the edges of the month and have to be counted.
    """
    share = sum(fault.share for fault in FAULTS)
    most = responses - (FEWEST_GOOD if responses >= FEWEST_GOOD else 2)
    number = max(min(int(responses * share + rng.random()), most), 0)
    names = np.array([fault.name for fault in FAULTS])
    faulty = np.full(responses, "", dtype=names.dtype)
    rows = rng.choice(np.arange(1, responses - 1), number, replace=False)
    faulty[rows] = rng.choice(names, number, p=[fault.share / share for fault in FAULTS])
    return faulty


def in_responses(responses: pd.DataFrame, fault: pd.Series) -> pd.DataFrame:
    """The responses with unknown codes where ``fault`` says so.

    ``fault`` is by response_id and holds bad rows only.
    """
    name = responses["response_id"].map(fault)
    return responses.assign(
        **{column: responses[column].mask(name == kind, code) for kind, (column, code) in _UNKNOWN_CODES.items()}
    )


def in_answers(answers: pd.DataFrame, fault: pd.Series) -> pd.DataFrame:
    """The answers, spoiled where ``fault`` (by response_id) says so."""
    name = answers["response_id"].map(fault)
    first = _first_scored(answers, name)
    ids = answers["response_id"].to_numpy()
    return answers.assign(
        score=answers["score"]
        .mask(name == "answers_empty")
        .mask(first & (name == "score_outside_scale"), pd.Series(_OUTSIDE[ids % 3], answers.index, dtype="Int16")),
        criterion_code=answers["criterion_code"]
        .cat.add_categories(_UNKNOWN_CRITERION)
        .mask(first & (name == "criterion_unknown"), _UNKNOWN_CRITERION),
    ).loc[name != "answers_missing"]


def _first_scored(answers: pd.DataFrame, name: pd.Series) -> pd.Series:
    """Whether an answer is a faulty response's first with a score."""
    scored = answers.loc[name.notna() & answers["score"].notna(), "response_id"]
    return pd.Series(answers.index.isin(scored.index[~scored.duplicated()]), answers.index)
