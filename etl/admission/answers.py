"""Landed answers as a matrix of levels, and counts of the rest.

They have landed in one of two forms (``etl.source.contract``): as one text ``criterion=answer|criterion=answer|…``, or
as one column per criterion. Over a month only a few hundred different pairs, or answers, occur, so each is understood
once and the rest is array work.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl.admission.texts import long_count
from etl.registry.questionnaire import Questionnaire
from etl.source.contract import ANSWER_PREFIX, ANSWERS, UNREADABLE

NOT_ANSWERED = -1
_SILENT, _UNREADABLE, _UNKNOWN_CRITERION, _OFF_SCALE, _PLACED = range(5)
_ODD = -2
"""Stands for an answer that is no place on the scale, while columns are read."""


@dataclass(frozen=True)
class Levels:
    """Answers of n responses to c criteria.

    ``matrix`` is int8 of shape (n, c): the level, 0 for "don't know", -1 when not answered. The counts, each of
    shape (n,), say how many answers of a response could not be placed, and why.
    """

    matrix: npt.NDArray[np.int8]
    unreadable_count: npt.NDArray[np.int64]
    unknown_criterion_count: npt.NDArray[np.int64]
    off_scale_count: npt.NDArray[np.int64]
    repeated_criterion_count: npt.NDArray[np.int64]


def levels(column: Mapping[str, pa.Array], questionnaire: Questionnaire) -> Levels:
    """The level of every answer of the landed columns.

    Null is not answered. Nothing raises: faults are counted.
    """
    if ANSWERS in column:
        return of_texts(column[ANSWERS], questionnaire)
    by_criterion = {
        name.removeprefix(ANSWER_PREFIX): texts for name, texts in column.items() if name.startswith(ANSWER_PREFIX)
    }
    return of_columns(by_criterion, questionnaire)


def of_columns(by_criterion: Mapping[str, pa.Array], questionnaire: Questionnaire) -> Levels:
    """Place answers that have a column per criterion, by the criterion's code.

    Of two columns of one criterion, whose names differ in spaces or normal form only, the first that is answered holds.
    """
    count, width = len(next(iter(by_criterion.values()))), len(questionnaire.criteria)
    matrix = np.full((count, width), NOT_ANSWERED, dtype=np.int8)
    unknown, off_scale, repeated = (np.zeros(count, dtype=np.int64) for _ in range(3))
    for criterion, texts in by_criterion.items():
        given = _levels_of(texts, questionnaire.level_of_label)
        position = questionnaire.position_of_criterion.get(unicodedata.normalize("NFC", criterion).strip())
        if position is None:
            unknown += given != NOT_ANSWERED
        else:
            off_scale += given == _ODD
            placed = matrix[:, position]
            repeated += (placed != NOT_ANSWERED) & (given > NOT_ANSWERED)
            matrix[:, position] = np.where(placed == NOT_ANSWERED, np.maximum(given, NOT_ANSWERED), placed)
    return Levels(matrix, np.zeros(count, dtype=np.int64), unknown, off_scale, repeated)


def of_texts(texts: pa.Array, questionnaire: Questionnaire) -> Levels:
    """Place answers that are joined into one text per response."""
    plain = texts.dictionary_decode() if pa.types.is_dictionary(texts.type) else texts
    pairs = pc.split_pattern(_short(pc.fill_null(plain, "")), "|")
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


def _short(texts: pa.Array) -> pa.Array:
    """The texts; one that is longer than answers can be is unreadable."""
    is_long = pc.equal(long_count(texts, ANSWERS), 1)
    return pc.if_else(is_long, UNREADABLE, texts) if pc.any(is_long, min_count=0).as_py() else texts


def _levels_of(texts: pa.Array, level_of_label: Mapping[str, int]) -> npt.NDArray[np.int8]:
    """The level of each answer of a column: -1 for none.

    ``_ODD`` is one that the scale does not have.
    """
    encoded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    labels = [unicodedata.normalize("NFC", text).strip() for text in encoded.dictionary.to_pylist()]
    known = [level_of_label.get(label, _ODD) if label else NOT_ANSWERED for label in labels]
    meaning = np.array([*known, NOT_ANSWERED], dtype=np.int8)
    placed: npt.NDArray[np.int8] = meaning[encoded.indices.fill_null(len(known)).to_numpy()]
    return placed


def _understood(pair: str, questionnaire: Questionnaire) -> tuple[int, int, int]:
    """What one ``criterion=answer`` means: its kind, the criterion's position, the level."""
    criterion, equals, answer = (unicodedata.normalize("NFC", part).strip() for part in pair.partition("="))
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
