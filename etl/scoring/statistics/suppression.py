"""Hiding small cells against who adds up: the rule of the rule sets that say nothing of bounds (see ``exchange``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, diags_array, hstack
from scipy.sparse.linalg import lsmr

from etl.errors import Disagreement
from etl.scoring.statistics.cell_tree import areas

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

_WHOLE = dict.fromkeys(["procedure", "channel", "respondent_type", "factor"], "|total|all") | {"criterion": "|factor|"}
SIZE = ["response_count", "area_level", "area_code", "treasury_id", "breakdown", "member_code"]

# between them lie the zeros of the solver, near 1e-12, and what is free, from 1e-5
_EXACT, _FREE = 1e-9, 1e-7


class Sums(NamedTuple):
    """What a reader can add up: the cell ``parent[i]`` equals all cells ``child`` whose ``of`` is i, lowest first.

    Cells are numbered in the order of their size; those without responses take no part. ``total`` is the total of each
    cell's area. ``matrix`` is the same, a row per sum and a column per cell: 1 for a child, -1 for the parent.
    ``answers`` add up so; ``responses`` only by ``split``, some of its rows: one response answers many criteria.
    """

    responses: NDArray[np.int64]
    answers: NDArray[np.int64]
    total: Places
    parent: Places
    of: Places
    child: Places
    matrix: csr_array
    split: csr_array


def hidden(cells: pd.DataFrame, factor_of_criterion: Mapping[str, str], least: int, also: Mask | None = None) -> Mask:
    """Whether each cell must be hidden, with all its figures, so that those left give no hidden one away.

    ``cells``: one row per area_level, area_code (of one treasury_id), breakdown and member_code, with region_code,
    response_count and answer_count: all of one period, as units add up to treasuries, regions and the system, members
    of a breakdown to their area, criteria to their factor. Zero responses and absent rows stand for nobody and are
    never hidden. 1 to ``least`` - 1 are, and all members of an area that is hidden as a whole; then the lowest cells
    beside these (``_one_more``), until every hidden cell could have another value (``_determined``). ``also``: cells
    to be hidden besides, such as those of a round that one of its months hides. The order of the rows does not matter.
    Raises ``ValueError`` where it is not known what a cell adds up to.
    Source: NHS England, Friends and Family Test (1 to 4, the next lowest, the two lowest of a hidden parent).
    """
    order = cells.reset_index(drop=True).sort_values(SIZE).index.to_numpy()
    sums = sums_of(cells.iloc[order].reset_index(drop=True), factor_of_criterion)
    besides = np.zeros(len(cells), dtype=bool) if also is None else also[order]
    mask = settled((sums.responses > 0) & ((sums.responses < least) | besides), sums, least)
    while (more := _beside(_determined(mask, sums), mask, sums)).any():
        mask = settled(mask | more, sums, least)
    aligned = np.empty_like(mask)
    aligned[order] = mask
    return aligned


def sums_of(cells: pd.DataFrame, factor_of_criterion: Mapping[str, str]) -> Sums:
    """The sums among cells that stand in the order of their size."""
    count = cells["response_count"].to_numpy(np.int64)
    parents = _parents(cells, factor_of_criterion)
    kind, child = np.nonzero((parents >= 0) & (count > 0))
    links = pd.DataFrame({"kind": kind, "by": cells["breakdown"].to_numpy()[child], "parent": parents[kind, child]})
    of = np.asarray(links.groupby(["kind", "by", "parent"]).ngroup(), dtype=np.intp)
    lowest_first = np.argsort(of, kind="stable")
    of, child = of[lowest_first], child[lowest_first]
    links = links.iloc[lowest_first].assign(of=of).drop_duplicates("of")
    parent = np.asarray(links["parent"], dtype=np.intp)
    signs = np.concatenate([np.ones(len(child)), -np.ones(len(parent))])
    entries = np.concatenate([of, np.arange(len(parent))]), np.concatenate([child, parent])
    matrix = csr_array((signs, entries), shape=(len(parent), len(cells)))
    whole = np.where(parents[1] < 0, np.arange(len(cells)), parents[1]).astype(np.intp)
    split = csr_array(matrix[np.flatnonzero(links["kind"].eq(0) | ~links["by"].isin(["criterion", "factor"]))])
    return Sums(count, cells["answer_count"].to_numpy(np.int64), whole[whole], parent, of, child, matrix, split)


def _parents(cells: pd.DataFrame, factor_of_criterion: Mapping[str, str]) -> Places:
    """Two rows: each cell's parent in the area above, and in its own area a criterion's factor or the total; -1: none.

    That a total is the sum of its criteria as well follows from these.
    """
    area, above = areas(cells)
    breakdown, member = cells["breakdown"], cells["member_code"]
    names = pd.Index(area + "|" + breakdown + "|" + member)
    factor = member.map(factor_of_criterion).where(breakdown.eq("criterion"), "")
    wanted = [
        (above + "|" + breakdown + "|" + member).where(cells["area_level"].ne("system"), ""),
        (area + breakdown.map(_WHOLE) + factor).where(breakdown.ne("total"), ""),
    ]
    found = np.array([names.get_indexer(pd.Index(parents)) for parents in wanted])
    lost = (found < 0) & np.array([parents.ne("") for parents in wanted]) & cells["response_count"].gt(0).to_numpy()
    if lost.any():
        raise ValueError(f"it is not known what {names[lost.any(axis=0)][0]} adds up to")
    return found


def settled(mask: Mask, sums: Sums, least: int) -> Mask:
    """The mask with all that must follow while each sum is looked at for itself."""
    while True:
        of_hidden_areas = mask[sums.total] & (sums.responses > 0)
        more = (of_hidden_areas | _one_more(mask | of_hidden_areas, sums, least)) & ~mask
        if not more.any():
            return mask
        mask = mask | more


def _one_more(mask: Mask, sums: Sums, least: int) -> Mask:
    """The lowest shown child of each sum that gives something away; where all its children are hidden, the parent.

    Given away are a single hidden child, hidden children that hold fewer than ``least`` responses together or one
    each (nobody hides zero), and a hidden parent beside fewer than two hidden children.
    """
    is_hidden = mask[sums.child]
    size = np.bincount(sums.of, is_hidden)
    held = np.bincount(sums.of, is_hidden * sums.responses[sums.child])
    is_pinned = (size == 1) | ((size > 0) & (held < np.maximum(least, size + 1)))
    is_open = np.where(mask[sums.parent], size < 2, is_pinned)
    shown = np.flatnonzero(is_open[sums.of] & ~is_hidden)
    closed, lowest = np.unique(sums.of[shown], return_index=True)
    more = np.zeros_like(mask)
    more[sums.child[shown[lowest]]] = True
    is_open[closed] = False
    more[sums.parent[is_open]] = True
    return more


def _determined(mask: Mask, sums: Sums) -> Mask:
    """The hidden cells that have one value only, if the sums hold, the shown cells are known and nobody hides zero."""
    found = _is_fixed(_told(sums.matrix, mask))
    for matrix, counts in ((sums.split, sums.responses), (sums.matrix, sums.answers)):
        if not found.any():
            told = _told(matrix, mask)
            found = _is_always_one(told, counts[mask])
            if found.any():
                found[~found] = _is_fixed(_told(told, ~found))
    determined = np.zeros_like(mask)
    determined[mask] = found
    return determined


def _told(matrix: csr_array, mask: Mask) -> csr_array:
    """The columns of the cells hidden, and the sums in which there are some."""
    columns = csr_array(matrix[:, np.flatnonzero(mask)])
    return csr_array(columns[np.flatnonzero(np.diff(columns.indptr))])


def _is_fixed(matrix: csr_array) -> Mask:
    """Whether a column has one value in all solutions of the sums.

    The difference of two solutions is then zero there; a difference drawn at random is zero nowhere else. It is what
    least squares on the sums leave of random numbers. A column without a sum is not fixed.
    """
    drawn = np.random.default_rng(0).standard_normal(matrix.shape[1])
    if not matrix.nnz:
        return np.zeros(matrix.shape[1], dtype=bool)
    even = csr_array(diags_array(1 / np.sqrt(np.diff(matrix.indptr))) @ matrix)
    free = drawn - even.T @ lsmr(even.T, drawn, atol=1e-13, btol=1e-13, conlim=0, maxiter=10_000)[0]
    if not np.abs(even @ free).max() < _EXACT:
        raise Disagreement("it cannot be told whether hidden figures are safe", next_action="do not publish them")
    return np.asarray(np.abs(free) < _FREE)


def _is_always_one(matrix: csr_array, counts: NDArray[np.int64]) -> Mask:
    """Whether a column is 1 in all solutions of the sums in which no column is below 1; ``counts`` is a solution.

    A solution times a scale is scale + rest + excess, with an excess of 0 to 1 where the count is 1. Linear programming
    makes the excesses as large as they can be together: 1, under a scale large enough, wherever one is possible.
    """
    found, ones = np.zeros(len(counts), dtype=bool), np.flatnonzero(counts == 1)
    if not len(ones):
        return found
    per_scale = csr_array((matrix @ (1.0 - counts))[:, np.newaxis])
    sums: Any = hstack([per_scale, matrix, matrix[:, ones]], format="csr")
    bounds = [(1, None)] + [(0, None)] * len(counts) + [(0, 1)] * len(ones)
    is_excess = np.arange(len(bounds)) > len(counts)
    best = linprog(-1.0 * is_excess, A_eq=sums, b_eq=np.zeros(sums.shape[0]), bounds=bounds, method="highs-ds")
    if best.status or best.x is None:
        raise Disagreement("it cannot be told whether hidden figures are safe", next_action="do not publish them")
    found[ones] = best.x[is_excess] < 0.5
    return found


def _beside(determined: Mask, mask: Mask, sums: Sums) -> Mask:
    """For each determined cell the lowest shown one of its sums, or where these are hidden throughout, of theirs."""
    member = abs(sums.matrix)
    more = np.zeros_like(mask)
    for place in np.flatnonzero(determined):
        reached, size = np.arange(len(mask)) == place, 0
        while mask[reached].all() and reached.sum() > size:
            size = reached.sum()
            reached = (member.T @ (member @ reached.astype(float))) > 0
        more[np.flatnonzero(reached & ~mask)[:1]] = True
    return more
