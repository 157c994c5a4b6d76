"""Hiding by proof: for every hidden cell another network that shows the same, and in which the cell is different.

Such a network is made by an exchange: a response moves from one office to another, or two offices exchange the members
to which they count one. No shown cell changes, nor any sum, and all holds that must hold of counts. Cells are hidden
until each hidden one is changed by an exchange among hidden ones; what is hidden later cannot spoil an exchange, so one
pass is enough. Sources: the hypercube method of cell suppression with bounds (Repsilber 1994; Giessing and Repsilber
2002), with the moves of Diaconis and Sturmfels (1998) in the place of cubes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from etl.scoring.statistics import exchange_arcs
from etl.scoring.statistics.cell_tree import SPLIT, CellTree, Mask
from etl.scoring.statistics.exchange_graph import Free, Graph, Walk
from etl.scoring.statistics.gift import gift
from etl.scoring.statistics.suppression import SIZE, settled, sums_of

_BESIDE_SIZE = 10  # few cells rather than many: what hiding one costs beside its responses
_OF_A_FACTOR = 1_000  # criteria of large offices rather than a factor of a small one


@dataclass(frozen=True)
class Before:
    """What readers know of the cells already: those that stay hidden, and those that can hide nothing any more."""

    hidden: Mask
    shown: Mask


def hidden(
    cells: pd.DataFrame, factor_of_criterion: Mapping[str, str], least: int, before: Before | None = None
) -> Mask:
    """Whether each cell must be hidden, so that every hidden one could have other counts.

    ``cells``: as for ``suppression.hidden``, with satisfied_count, wholly_satisfied_count and complaint_count. Cells
    of 1 to ``least`` - 1 responses are hidden, all members of an area that is hidden as a whole, of totals and of
    parts the next lowest as in ``suppression``, and what exchanges need. Of an area that is hidden as a whole it may
    not be shown either which members it has. Where no exchange is found, areas are hidden as a whole. ``before``: masks
    of the cells.
    """
    nothing = np.zeros(len(cells), dtype=bool)
    before = before or Before(nothing, nothing)
    order = cells.reset_index(drop=True).sort_values(SIZE).index.to_numpy()
    order = order[cells["response_count"].to_numpy()[order] > 0]
    sized = cells.iloc[order].reset_index(drop=True)
    is_small = sized["response_count"].lt(least).to_numpy() | before.hidden[order]
    is_known = before.shown[order] & ~is_small
    first = _first(sized, factor_of_criterion, least, is_small) & ~is_known
    mask = nothing.copy()
    mask[order] = _protected(CellTree.of(sized, factor_of_criterion), first, is_known)
    return mask


def _first(cells: pd.DataFrame, factor_of_criterion: Mapping[str, str], least: int, is_small: Mask) -> Mask:
    """The small cells, and of totals and parts what each sum by itself gives away."""
    mask = is_small.copy()
    is_part = ~cells["breakdown"].isin(["criterion", "factor"]).to_numpy()
    sums = sums_of(cells[is_part].reset_index(drop=True), factor_of_criterion)
    mask[is_part] = settled(mask[is_part], sums, least)
    return mask


def _protected(cells: CellTree, mask: Mask, is_known: Mask) -> Mask:
    """The mask and what must be hidden beside it, of what is not known where that is enough."""
    while True:
        mask = mask | mask[cells.total]
        search = _Search(cells, mask, is_known & ~mask)
        search.among_areas()
        search.among_members()
        mask = search.mask[: len(mask)]
        if not (failed := search.failed()) or mask.all():
            return mask
        widened = _widened(cells, mask | is_known, failed) & ~(is_known & ~mask)
        if (widened == mask).all():
            if not is_known.any():
                return mask  # all is hidden that stands beside them
            is_known = np.zeros(len(mask), dtype=bool)
            widened = _widened(cells, mask, failed)
        mask = widened


def _widened(cells: CellTree, mask: Mask, failed: list[int]) -> Mask:
    """Besides, the areas of some cells; of an area that is hidden already, the lowest one beside it or above it."""
    mask = mask.copy()
    for area in dict.fromkeys(cells.keys[cell][0] for cell in failed if cell < len(mask)):
        for upper in cells.chain(area, None):
            beside = cells.below.get(cells.above[upper] or "", [])
            shown = [other for other in (upper, *beside) if not mask[cells.total_of(other)]]
            if shown:
                mask[cells.of_area[shown[0]]] = True
                break
    return mask


class _Search:
    """Which hidden cells are known to be changeable, and what was hidden for that."""

    def __init__(self, cells: CellTree, mask: Mask, is_known: Mask) -> None:
        self.cells, self.mask, self.is_known = cells, mask.copy(), is_known
        self.is_safe = np.zeros(len(mask), dtype=bool)
        self._gifts: dict[str, list[int]] = {}

    def failed(self) -> list[int]:
        """The hidden cells of somebody for which no exchange was found."""
        return np.flatnonzero(self.mask & ~self.is_safe & (self.cells.counts[:, 0] > 0)).tolist()

    # between areas that are hidden as a whole

    def among_areas(self) -> None:
        """Move a response between each area that is hidden as a whole and one beside it."""
        for area in self.cells.top_down:
            total = self.cells.total_of(area)
            if self.mask[total] and not self.is_safe[total]:
                self._of_area(area)

    def _of_area(self, area: str) -> None:
        parent = self.cells.above[area]
        if parent is None:  # nobody knows how many there are: each hidden office may have one more, of any member
            for office in self._offices(area):
                self._moved(self.cells.of_area[office], [office], None)
            return
        totals = {other: self.cells.total_of(other) for other in self.cells.below[parent] if other != area}
        beside = [other for other, total in totals.items() if not self.is_known[total]]
        for other in sorted(beside, key=lambda other: not self.mask[totals[other]]):
            for mine, its in ((a, b) for a in self._offices(area) for b in self._offices(other)):
                for giver in (its, mine):
                    if lacking := self._gift(giver):
                        self._moved(lacking, [mine, its], parent)
                        return

    def _offices(self, area: str) -> list[str]:
        """The hidden offices at the bottom of an area, or its lowest one."""
        below = self.cells.below.get(area)
        if not below:
            return [area]
        hidden = [lower for lower in below if self.mask[self.cells.total_of(lower)]]
        return [office for lower in hidden or below[:1] for office in self._offices(lower)]

    def _gift(self, office: str) -> list[int]:
        if office not in self._gifts:
            self._gifts[office] = gift(self.cells, office)
        return self._gifts[office]

    def _moved(self, lacking: list[int], offices: list[str], end: str | None) -> None:
        """Hide two offices up to the area that both lie in; what the response counts to is safe in all of them."""
        for area in (area for office in offices for area in self.cells.chain(office, end)):
            total = self.cells.total_of(area)
            if not self.mask[total]:
                self.mask[self.cells.of_area[area]] = True
            self.is_safe[total] = True
            for cell in lacking:
                if (same := self.cells.at.get((area, *self.cells.keys[cell][1:]))) is not None:
                    self.is_safe[same] = True

    # between members of areas

    def among_members(self) -> None:
        """Exchange the members of responses, and the answers to criteria, between areas."""
        hidden = [area for area in self.cells.top_down if self.mask[self.cells.total_of(area)]]
        known = len(self.mask)
        self.cells = self.cells.with_nobody(hidden)
        added = np.ones(len(self.cells.keys) - known, dtype=bool)
        self.mask, self.is_safe = np.append(self.mask, added), np.append(self.is_safe, ~added)
        self.is_known = np.append(self.is_known, ~added) & ~self.mask
        is_listed = ~self.mask[self.cells.total]
        anybody, kinds = ~self.is_known, list(exchange_arcs.losses(self.cells, is_listed))
        graphs = [exchange_arcs.of_members(self.cells, breakdown) for breakdown in SPLIT]
        for graph, losses in product(graphs, kinds):
            for may_lose in losses:
                self.is_safe[graph.on_round_trips(anybody, may_lose, self.mask)] = True
            self._exchange(graph, losses, anybody)
        self._answers(is_listed)

    def _answers(self, is_listed: Mask) -> None:
        """Exchange answers to criteria, and respondents of factors."""
        graphs = exchange_arcs.within_factors(self.cells), exchange_arcs.across_factors(self.cells)
        gains, satisfied, unsatisfied = exchange_arcs.of_answers(self.cells, is_listed)
        gains &= ~self.is_known
        while True:
            for graph, may_lose in product(graphs, (satisfied, unsatisfied)):
                self._exchange(graph, [may_lose], gains)
            factors = [cell for cell, key in enumerate(self.cells.keys) if key[1] == "factor" and is_listed[cell]]
            before = self.mask.sum()
            alone = [cell for cell in factors if self.mask[cell] and not self._has_peer(cell)]
            if self.mask.sum() == before:
                self.is_safe[alone] = False
                return

    def _has_peer(self, factor: int) -> bool:
        """Whether another area can have a respondent to a factor more or less instead; it is hidden then."""
        area, _, member = self.cells.keys[factor]
        beside = self.cells.below.get(self.cells.above[area] or "", [])
        peers = [self.cells.at.get((other, "factor", member), factor) for other in beside]
        peers = [peer for peer in peers if not self.is_known[peer]]
        for peer in sorted({*peers} - {factor}, key=lambda cell: (not self.mask[cell], cell)):
            if any(self._may_answer(a, 1) and self._may_answer(b, -1) for a, b in ((factor, peer), (peer, factor))):
                self.mask[peer] = True
                return True
        return False

    def _may_answer(self, factor: int, sign: int) -> bool:
        """Whether an area's factor can have a respondent more (1) or less (-1) with the answers that it has."""
        area, _, member = self.cells.keys[factor]
        counts, of = self.cells.counts, self.cells.factor_of_criterion
        own = [cell for cell in self.cells.of_area[area] if self.cells.keys[cell][1] == "criterion"]
        criteria = [cell for cell in own if of[self.cells.keys[cell][2]] == member]
        size = len([criterion for criterion, its in of.items() if its == member])
        most = min(counts[self.cells.total[factor], 0], counts[factor, 1])
        least = max(1, *(counts[cell, 1] for cell in criteria), -(-counts[factor, 1] // size))
        return bool(least <= counts[factor, 0] + sign <= most)

    def _exchange(self, graph: Graph, losses: list[Mask], gains: Mask) -> None:
        """Find a closed walk through each hidden cell of a graph; ``losses``: which may lose, by kind of response."""
        price = self._prices()
        free = [Free(gains.tolist(), (may_lose & ~self.is_known).tolist(), price) for may_lose in losses]
        for cell in sorted(graph.ends):
            if self.mask[cell] and not self.is_safe[cell] and (walk := _cheapest(graph, cell, free)):
                along = [step for step, _ in walk.steps]
                self.mask[along] = self.is_safe[along] = True
                for step in along:
                    price[step] = 0.0

    def _prices(self) -> list[float]:
        """What it costs to hide each cell."""
        is_factor = np.array([breakdown == "factor" for _, breakdown, _ in self.cells.keys])
        price = self.cells.counts[:, 0] + _BESIDE_SIZE + _OF_A_FACTOR * is_factor
        prices: list[float] = np.where(self.mask, 0.0, price).tolist()
        return prices


def _cheapest(graph: Graph, cell: int, kinds: list[Free]) -> Walk | None:
    """The cheapest closed walk through a cell that some kind of response can go."""
    best = None
    for kind in kinds:
        for sign in (1, -1):
            if (kind.gains if sign > 0 else kind.loses)[cell]:
                walk = graph.round_trip(cell, sign, kind, best.price if best else np.inf)
                best = walk or best
                if best and not best.price:
                    return best
    return best
