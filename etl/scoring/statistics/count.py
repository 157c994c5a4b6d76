"""Count the answers of one treasury's responses: whole numbers that add up, from which every rate is made.

The same counts as ``sql/scoring/count_again.sql`` makes of core, made here while the answers are at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from etl.registry.counting import Counting
from etl.registry.questionnaire import Questionnaire

COUNTS = (
    "response_count",
    "answer_count",
    "satisfied_count",
    "wholly_satisfied_count",
    "complaint_count",
    "satisfied_squares",
    "answer_squares",
    "satisfied_answer_products",
)
"""The whole numbers of a cell: each is a sum over its responses, so that areas add up."""

CELL = ["unit_code", "breakdown", "member_code"]
"""What names a cell of a treasury's counts."""

_BREAKDOWNS = {
    "total": (),
    "procedure": ("procedure_code",),
    "officer": ("officer_code",),
    "channel": ("channel_code",),
    "respondent_type": ("respondent_type_code",),
    "mix": ("respondent_type_code", "channel_code"),
}

Whole = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
"""Which answers are of a kind, (criteria, n): sums over criteria are then sums of whole rows, which is fast."""
Cells = tuple[npt.NDArray[np.object_], Whole]
"""The names of some cells, (cells, 3), and their counts, (cells, 8)."""


@dataclass(frozen=True)
class Criteria:
    """The criteria of a questionnaire in the order of the answers, and the factor of each."""

    criteria: tuple[str, ...]
    factors: tuple[str, ...]

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> Criteria:
        """What a questionnaire asks."""
        return cls(tuple(c.code for c in questionnaire.criteria), tuple(c.factor for c in questionnaire.criteria))


def count(responses: pa.Table, levels: npt.NDArray[np.int8], asked: Criteria, counting: Counting) -> pd.DataFrame:
    """Count tidy responses (n rows) with their levels, int8 (n, criteria).

    Returns a row per cell, ``CELL`` and ``COUNTS``: of each unit in total, by procedure, officer, channel, type of
    respondent, both of these (mix: ``type|channel``), factor and criterion. Cells without a counted answer are left
    out.
    """
    marks = _marks(np.ascontiguousarray(levels.T), counting)
    factors = np.array(asked.factors)
    in_all = _Sums.of(marks)
    units = _Places.of([responses.column("unit_code")])
    parts = [
        _cells(breakdown, units, _Places.of([responses.column(name) for name in names]), in_all)
        for breakdown, names in _BREAKDOWNS.items()
    ]
    for factor in dict.fromkeys(asked.factors):
        of_factor = _Sums.of([mark[factors == factor] for mark in marks])
        parts.append(_cells("factor", units, _Places.one(factor, len(levels)), of_factor))
    parts.append(_criteria(units, marks, asked.criteria))
    names, counts = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return pd.DataFrame({**dict(zip(CELL, names.T, strict=True)), **dict(zip(COUNTS, counts.T, strict=True))})


def _marks(levels: npt.NDArray[np.int8], counting: Counting) -> tuple[Marks, ...]:
    """Three masks of the shape of the levels, of which -1 is not answered: counted, satisfied, complaint."""
    every = np.arange(-1, 128)
    is_counted = every >= counting.lowest_level
    is_satisfied, is_complaint = (
        np.isin(every, chosen) & is_counted for chosen in (counting.satisfied_levels, counting.complaint_levels)
    )
    return tuple(mark[levels + np.int16(1)] for mark in (is_counted, is_satisfied, is_complaint))


def together(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The counts of several batches of the same treasury, added up."""
    frames = list(parts)
    if not frames:
        return pd.DataFrame(columns=[*CELL, *COUNTS])
    if len(frames) == 1:
        return frames[0]
    return pd.concat(frames, ignore_index=True).groupby(CELL, sort=False, as_index=False)[list(COUNTS)].sum()


@dataclass(frozen=True)
class _Sums:
    """Of every response, how many of its answers are counted, satisfied and complaints."""

    answers: Whole
    satisfied: Whole
    complaints: Whole

    @classmethod
    def of(cls, marks: Iterable[Marks]) -> _Sums:
        """The sums of three masks of some criteria, (criteria, n)."""
        return cls(*(np.add.reduce(mark.view(np.int8), axis=0, dtype=np.int16).astype(np.int64) for mark in marks))


@dataclass(frozen=True)
class _Places:
    """Of every response, the number of its member of some dimension, and the members' codes."""

    places: Whole
    codes: list[str]

    @classmethod
    def of(cls, columns: Sequence[pa.ChunkedArray]) -> _Places:
        """The members of one dimension, or of several together, joined by a bar; of none: all."""
        found = [column.combine_chunks() for column in columns]
        if not found:
            return cls(np.zeros(0, dtype=np.int64), ["all"])
        places, codes = found[0].indices.to_numpy().astype(np.int64), found[0].dictionary.to_pylist()
        for other in found[1:]:
            more = other.dictionary.to_pylist()
            places = places * len(more) + other.indices.to_numpy()
            codes = [f"{code}|{another}" for code in codes for another in more]
        return cls(places, codes)

    @classmethod
    def one(cls, code: str, count: int) -> _Places:
        """The same member for every response."""
        return cls(np.zeros(count, dtype=np.int64), [code])


def _cells(breakdown: str, units: _Places, members: _Places, sums: _Sums) -> Cells:
    """The counts by unit and member of the responses that have a counted answer."""
    width = len(members.codes)
    places = units.places * width + (members.places if len(members.places) else 0)
    has_answer = sums.answers > 0
    places = places[has_answer]
    a, s, c = sums.answers[has_answer], sums.satisfied[has_answer], sums.complaints[has_answer]
    size = len(units.codes) * width
    weights = (None, a, s, s == a, c > 0, s * s, a * a, s * a)
    counts = np.stack([np.bincount(places, weight, size) for weight in weights], axis=1).astype(np.int64)
    return _named(breakdown, units.codes, members.codes, counts)


def _criteria(units: _Places, marks: tuple[Marks, ...], criteria: tuple[str, ...]) -> Cells:
    """The counts by unit and criterion; of one criterion a response has one answer, so that all are alike."""
    size = len(units.codes)
    a, s, c = (
        np.stack([np.bincount(units.places[one], minlength=size) for one in mark], axis=1).ravel() for mark in marks
    )
    return _named("criterion", units.codes, list(criteria), np.stack([a, a, s, s, c, s, a, s], axis=1))


def _named(breakdown: str, units: list[str], members: list[str], counts: Whole) -> Cells:
    """The names of ``CELL`` for counts of shape (units × members, 8); those of nobody are left out."""
    (kept,) = np.nonzero(counts[:, 1])
    names = np.empty((len(kept), len(CELL)), dtype=object)
    names[:, 0] = np.array(units, dtype=object)[kept // len(members)]
    names[:, 1] = breakdown
    names[:, 2] = np.array(members, dtype=object)[kept % len(members)]
    return names, counts[kept]
