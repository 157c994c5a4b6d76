"""Turn the landed text of the answers into a matrix of levels, and count what cannot be placed.

The text of one response is ``criterion=answer|criterion=answer|…`` (see ``etl.contract``). Over a month only a
few hundred different pairs occur, so each is understood once and the rest is array work.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl.registry.questionnaire import Questionnaire

NOT_ANSWERED = -1
_SILENT, _UNREADABLE, _UNKNOWN_CRITERION, _OFF_SCALE, _PLACED = range(5)


@dataclass(frozen=True)
class Levels:
    """Answers of n responses to c criteria.

    ``matrix`` is int8 of shape (n, c): the level, 0 for "don't know", -1 when not answered. The counts, each of
    shape (n,), say how many pairs of a response could not be placed, and why.
    """

    matrix: npt.NDArray[np.int8]
    unreadable_count: npt.NDArray[np.int64]
    unknown_criterion_count: npt.NDArray[np.int64]
    off_scale_count: npt.NDArray[np.int64]
    repeated_criterion_count: npt.NDArray[np.int64]


def levels(texts: pa.Array, questionnaire: Questionnaire) -> Levels:
    """Place every answer; null text is a response without answers. Nothing raises: faults are counted."""
    pairs = pc.split_pattern(pc.fill_null(texts, ""), "|")
    parents = pc.list_parent_indices(pairs).to_numpy()
    distinct = pc.list_flatten(pairs).dictionary_encode()
    understood = np.array(
        [_understood(pair, questionnaire) for pair in distinct.dictionary.to_pylist()], dtype=np.int64
    ).reshape(-1, 3)
    kind, position, level = understood[distinct.indices.to_numpy()].T
    count, width = len(texts), len(questionnaire.criteria)

    def per_response(which: int) -> npt.NDArray[np.int64]:
        return np.bincount(parents[kind == which], minlength=count)

    placed = kind == _PLACED
    cells = parents[placed] * width + position[placed]
    matrix = np.full(count * width, NOT_ANSWERED, dtype=np.int8)
    matrix[cells] = level[placed]
    again = np.bincount(cells, minlength=count * width).reshape(count, width) > 1
    return Levels(
        matrix=matrix.reshape(count, width),
        unreadable_count=per_response(_UNREADABLE),
        unknown_criterion_count=per_response(_UNKNOWN_CRITERION),
        off_scale_count=per_response(_OFF_SCALE),
        repeated_criterion_count=again.sum(axis=1),
    )


def _understood(pair: str, questionnaire: Questionnaire) -> tuple[int, int, int]:
    """What one ``criterion=answer`` means: its kind, the criterion's position, the level."""
    criterion, equals, answer = (part.strip() for part in unicodedata.normalize("NFC", pair).partition("="))
    position = questionnaire.position_of_criterion.get(criterion, -1)
    level = questionnaire.level_of_label.get(answer, NOT_ANSWERED)
    if not pair or (equals and criterion and not answer):
        kind = _SILENT
    elif not equals:
        kind = _UNREADABLE
    elif position < 0:
        kind = _UNKNOWN_CRITERION
    else:
        kind = _OFF_SCALE if level == NOT_ANSWERED else _PLACED
    return kind, position, level
