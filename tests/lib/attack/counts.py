"""The unknown counts of a month's hidden cells, numbered, and the linear rows that bind them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

KEYS = ["area_level", "area_code", "breakdown", "member_code"]
AREA = ["area_level", "area_code", "region_code", "treasury_id"]
GRAIN = ["period_code", *KEYS]
MEASURES = ["response_count", "answer_count", "satisfied_count", "wholly_satisfied_count", "complaint_count"]
RESPONSES, ANSWERS, SATISFIED, WHOLLY, COMPLAINTS, SQUARES = range(6)
PARENT = {"unit": "treasury", "treasury": "region", "region": "system"}
MOST = 100_000
"""Nobody takes a cell for larger."""
ADDED_UP = ["procedure", "channel", "respondent_type"]
"""Breakdowns of which each response has one member: all five counts add up to the total."""


@dataclass(frozen=True)
class Linear:
    """Rows ``low <= matrix @ x <= high`` over unknown whole numbers ``x`` between ``least`` and ``most``."""

    matrix: sparse.csr_array
    low: np.ndarray
    high: np.ndarray
    least: np.ndarray
    most: np.ndarray


Part = tuple[np.ndarray, np.ndarray, int, float]
"""Terms of rows: the row of each, its cell, the measure and the coefficient."""


@dataclass
class Rows:
    """Rows that are being written: their terms and limits."""

    terms: list[np.ndarray] = field(default_factory=list)
    low: list[np.ndarray] = field(default_factory=list)
    high: list[np.ndarray] = field(default_factory=list)
    count: int = 0

    def add(self, parts: list[Part], limits: tuple[float, float]) -> None:
        """Add rows with the same limits; their numbers begin with 0."""
        for row, cell, measure, factor in parts:
            columns = [row + self.count, cell, np.full(len(cell), measure), np.full(len(cell), factor)]
            self.terms.append(np.column_stack(columns).astype(float))
        size = max(int(row.max(initial=-1)) for row, *_ in parts) + 1
        self.low.append(np.full(size, limits[0], float))
        self.high.append(np.full(size, limits[1], float))
        self.count += size


@dataclass(frozen=True)
class Unknowns:
    """Which number of ``x`` each count of each cell is, and -1 where it is known; ``known`` has those."""

    cells: pd.DataFrame
    number: np.ndarray
    known: np.ndarray

    @property
    def count(self) -> int:
        """How many unknown counts there are."""
        return int(self.number.max(initial=-1)) + 1


def numbered(cells: pd.DataFrame) -> Unknowns:
    """Number the hidden counts; one answer to a criterion is one response."""
    given = {"satisfied_squares": np.nan, "least_responses": 0, "most_responses": np.inf}
    frame = cells.assign(**{name: cells.get(name, value) for name, value in given.items()}).reset_index(drop=True)
    known = frame[[*MEASURES, "satisfied_squares"]].apply(pd.to_numeric).to_numpy(float)
    alike = np.tile(np.arange(6), (len(frame), 1))
    of_criterion = [RESPONSES, RESPONSES, SATISFIED, SATISFIED, COMPLAINTS, SATISFIED]
    alike[frame["breakdown"].eq("criterion").to_numpy()] = of_criterion
    known = np.where(np.isnan(known), np.take_along_axis(known, alike, axis=1), known)
    place = np.arange(len(frame))[:, None] * 6 + alike
    number = np.full(known.shape, -1)
    hidden = np.isnan(known)
    hidden[:, SQUARES] &= "satisfied_squares" in cells
    number[hidden] = np.unique(place[hidden], return_inverse=True)[1]
    return Unknowns(frame, number, known)


def with_unlisted(cells: pd.DataFrame) -> pd.DataFrame:
    """Besides, cells of nobody or somebody: an area hidden as a whole may have every member that the one above has."""
    given = {"period_code": "", "may_be_none": False}
    frame = cells.assign(**{name: cells.get(name, value) for name, value in given.items()}).reset_index(drop=True)
    for level, above in reversed(PARENT.items()):
        areas = frame[frame["area_level"].eq(level) & frame["breakdown"].eq("total") & frame["response_count"].isna()]
        if level == "unit":
            parent = areas["area_code"].str.split("/").str[0]
        else:
            parent = areas["region_code"] if level == "treasury" else pd.Series("all", areas.index)
        own = areas.assign(parent=parent)[["period_code", "parent", *(name for name in AREA if name in frame)]]
        members = frame.loc[frame["area_level"].eq(above) & frame["breakdown"].ne("total"), ["period_code", *KEYS[1:]]]
        added = own.merge(members.rename(columns={"area_code": "parent"}), on=["period_code", "parent"])
        key = ["period_code", *KEYS]
        is_there = pd.MultiIndex.from_frame(added[key]).isin(pd.MultiIndex.from_frame(frame[key]))
        added = added[~is_there].drop(columns="parent").assign(may_be_none=True)
        frame = pd.concat([frame, added], ignore_index=True) if len(added) else frame
    return frame


def linear(
    cells: pd.DataFrame, factor_of_criterion: Mapping[str, str], sums: Mapping[str, Collection[str]] | None = None
) -> tuple[Unknowns, Linear]:
    """The unknown counts, with every row and bound that binds them.

    ``cells`` may hold several periods, by their period_code; ``sums`` names those that others add up to. A cell of a
    period that may hold nobody at all has ``may_be_none``; satisfied_squares, least_responses and most_responses say
    what else is known of a cell.
    """
    unknowns, rows = numbered(with_unlisted(cells)), Rows()
    frame = unknowns.cells
    asked = pd.Series(factor_of_criterion).value_counts()
    most = np.full(len(frame), len(factor_of_criterion))
    most[frame["breakdown"].eq("criterion").to_numpy()] = 1
    is_factor = frame["breakdown"].eq("factor")
    most[is_factor.to_numpy()] = frame.loc[is_factor, "member_code"].map(asked).fillna(len(factor_of_criterion))
    hidden = np.flatnonzero((unknowns.number[:, :SQUARES] >= 0).any(axis=1))
    _within(rows, hidden, most)
    whole = [*_areas(frame), *(_members(frame, breakdown, "total", None) for breakdown in ADDED_UP)]
    whole += [_periods(frame, period, parts) for period, parts in (sums or {}).items()]
    for child, parent in whole:
        _added_up(rows, child, parent, range(5))
    if "satisfied_squares" in cells:
        _squared(rows, unknowns, whole)
        _within_squares(rows, hidden, most)
    for pair in (
        _members(frame, "criterion", "factor", factor_of_criterion),
        _members(frame, "factor", "total", None),
    ):
        _added_up(rows, *pair, [ANSWERS, SATISFIED])
        _shared(rows, *pair)
    return unknowns, _solved_for(rows, unknowns)


def _within(rows: Rows, cells: np.ndarray, most: np.ndarray) -> None:
    """What holds within each cell; a response has at most ``most`` answers."""
    for size in np.unique(most[cells]):
        cell = cells[most[cells] == size]
        row = np.arange(len(cell))
        for terms in (
            {ANSWERS: 1, RESPONSES: -1},
            {SATISFIED: 1, WHOLLY: -1},
            {RESPONSES: 1, WHOLLY: -1, COMPLAINTS: -1},
            {ANSWERS: 1, SATISFIED: -1, RESPONSES: -1, WHOLLY: 1},
            {RESPONSES: size, ANSWERS: -1},
            {RESPONSES: size, WHOLLY: -size, ANSWERS: -1, SATISFIED: 1},
        ):
            rows.add([(row, cell, measure, factor) for measure, factor in terms.items()], (0, np.inf))


def _added_up(rows: Rows, child: np.ndarray, parent: np.ndarray, measures: Iterable[int]) -> None:
    """Children add up to their parents in some measures."""
    whole, row = np.unique(parent, return_inverse=True)
    for measure in measures:
        rows.add([(row, child, measure, 1), (np.arange(len(whole)), whole, measure, -1)], (0, 0))


def _squared(rows: Rows, unknowns: Unknowns, whole: Iterable[tuple[np.ndarray, np.ndarray]]) -> None:
    """Squares of satisfied answers add up, where all shown ones are known."""
    untold = (unknowns.number[:, SQUARES] >= 0) & (unknowns.number[:, RESPONSES] < 0)
    for child, parent in whole:
        without = np.isin(parent, parent[untold[child]]) | untold[parent]
        _added_up(rows, child[~without], parent[~without], [SQUARES])


def _within_squares(rows: Rows, cells: np.ndarray, most: np.ndarray) -> None:
    """Squares of whole numbers lie above each chord of the parabola."""
    for size in np.unique(most[cells]):
        cell = cells[most[cells] == size]
        row = np.arange(len(cell))
        bounds = [{SATISFIED: size, SQUARES: -1}]
        bounds += [{SQUARES: 1, SATISFIED: -2 * at - 1, RESPONSES: at * (at + 1)} for at in range(size)]
        for terms in bounds if size > 1 else []:
            rows.add([(row, cell, measure, factor) for measure, factor in terms.items()], (0, np.inf))


def _shared(rows: Rows, child: np.ndarray, parent: np.ndarray) -> None:
    """Children share responses: each at most, all at least the parent's."""
    whole, row = np.unique(parent, return_inverse=True)
    each, once = np.arange(len(child)), np.arange(len(whole))
    for terms in ({RESPONSES: 1}, {RESPONSES: 1, WHOLLY: -1}, {COMPLAINTS: 1}):
        below = [(each, parent, measure, factor) for measure, factor in terms.items()]
        rows.add([*below, *((each, child, measure, -factor) for measure, factor in terms.items())], (0, np.inf))
        above = [(row, child, measure, factor) for measure, factor in terms.items()]
        rows.add([*above, *((once, whole, measure, -factor) for measure, factor in terms.items())], (0, np.inf))
    rows.add([(row, child, WHOLLY, 1), (once, whole, WHOLLY, -1)], (0, np.inf))


def _areas(frame: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray]]:
    """Cells with the cell of the area above them, level by level."""
    places = pd.Series(np.arange(len(frame)), pd.MultiIndex.from_frame(frame[GRAIN]))
    pairs = []
    for level, above in PARENT.items():
        some = frame[frame["area_level"].eq(level)]
        if level == "unit":
            code = some["area_code"].str.split("/").str[0]
        else:
            code = some["region_code"] if level == "treasury" else pd.Series("all", some.index)
        wanted = some.assign(area_level=above, area_code=code)[GRAIN]
        pairs.append(_found(some.index.to_numpy(), wanted, places))
    return pairs


def _members(
    frame: pd.DataFrame, breakdown: str, whole: str, of: Mapping[str, str] | None
) -> tuple[np.ndarray, np.ndarray]:
    """The members of a breakdown, with the cells that hold them."""
    places = pd.Series(np.arange(len(frame)), pd.MultiIndex.from_frame(frame[GRAIN]))
    some = frame[frame["breakdown"].eq(breakdown)]
    code = some["member_code"].map(of) if of else pd.Series("all", some.index)
    return _found(some.index.to_numpy(), some.assign(breakdown=whole, member_code=code)[GRAIN], places)


def _periods(frame: pd.DataFrame, whole: str, parts: Collection[str]) -> tuple[np.ndarray, np.ndarray]:
    """The cells of some periods, with those of their sum."""
    places = pd.Series(np.arange(len(frame)), pd.MultiIndex.from_frame(frame[GRAIN]))
    some = frame[frame["period_code"].isin(list(parts))]
    return _found(some.index.to_numpy(), some.assign(period_code=whole)[GRAIN], places)


def _found(child: np.ndarray, wanted: pd.DataFrame, places: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Children and the places of their parents, where there are any."""
    parent = places.reindex(pd.MultiIndex.from_frame(wanted)).to_numpy()
    there = ~np.isnan(parent)
    return child[there], parent[there].astype(int)


def _solved_for(rows: Rows, unknowns: Unknowns) -> Linear:
    """The rows over unknown counts alone; known ones join the limits."""
    row, cell, measure, factor = np.concatenate(rows.terms).T
    row, cell, measure = row.astype(int), cell.astype(int), measure.astype(int)
    number, value = unknowns.number[cell, measure], unknowns.known[cell, measure]
    known = number < 0
    moved = np.bincount(row[known], factor[known] * value[known], rows.count)
    shape = (rows.count, unknowns.count)
    matrix = sparse.coo_array((factor[~known], (row[~known], number[~known])), shape).tocsr()
    matrix.eliminate_zeros()
    low, high = np.concatenate(rows.low) - moved, np.concatenate(rows.high) - moved
    some = np.diff(matrix.indptr) > 0
    if (low[~some] > 0).any() or (high[~some] < 0).any():
        raise ValueError("what is shown does not add up: this is no month's cells")
    frame, responses = unknowns.cells, unknowns.number[:, RESPONSES]
    somebody = unknowns.number[~frame["may_be_none"].to_numpy(bool)][:, [RESPONSES, ANSWERS]]
    least, most = np.zeros(unknowns.count), np.full(unknowns.count, float(MOST))
    least[somebody[somebody >= 0]] = 1
    hidden = np.flatnonzero(responses >= 0)
    bounds = frame[["least_responses", "most_responses"]].to_numpy(float)[hidden].T
    least[responses[hidden]] = np.maximum(least[responses[hidden]], bounds[0])
    most[responses[hidden]] = np.minimum(bounds[1], MOST)
    return Linear(matrix[some], low[some], high[some], least, most)
