"""Cells as arcs: along a closed walk one cell gains what the next one loses, and no sum changes."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Node = Hashable
Mask = NDArray[np.bool_]
Cells = NDArray[np.int64]


class Free(NamedTuple):
    """By cell: whether it may gain, whether it may lose, and what it costs to hide it (0: it is hidden)."""

    gains: Sequence[bool]
    loses: Sequence[bool]
    price: Sequence[float]


class Walk(NamedTuple):
    """What must be hidden for it, as a price, and the cells along it with +1 (gains) or -1 (loses)."""

    price: float
    steps: list[tuple[int, int]]


class Graph:
    """A directed graph whose arcs are cells; what flows into a node flows out of it."""

    def __init__(self) -> None:
        self.ends: dict[int, tuple[Node, Node]] = {}
        self._arcs: dict[Node, list[tuple[int, int, Node]]] = defaultdict(list)

    def add(self, cell: int, tail: Node, head: Node) -> None:
        """Add a cell as an arc from tail to head."""
        self.ends[cell] = tail, head
        self._arcs[tail].append((cell, 1, head))
        self._arcs[head].append((cell, -1, tail))

    def round_trip(self, cell: int, sign: int, free: Free, below: float) -> Walk | None:
        """The cheapest closed walk, cheaper than ``below``, on which the cell gains (sign 1) or loses (-1)."""
        goal, start = self.ends[cell][::sign]
        before: dict[Node, tuple[int, int, Node]] = {}
        cheapest, waiting, done = {start: 0.0}, [(0.0, 0, start)], set()
        while waiting:
            price, _, node = heapq.heappop(waiting)
            if node == goal:
                return Walk(price, [(cell, sign), *_steps(before, start, goal)])
            if node in done:
                continue
            done.add(node)
            for arc, way, other in self._arcs[node]:
                if arc == cell or not (free.gains if way > 0 else free.loses)[arc]:
                    continue
                to_pay = price + free.price[arc]
                if to_pay < below and to_pay < cheapest.get(other, np.inf):
                    cheapest[other], before[other] = to_pay, (arc, way, node)
                    heapq.heappush(waiting, (to_pay, len(before), other))
        return None

    def on_round_trips(self, gains: Mask, loses: Mask, is_hidden: Mask) -> Cells:
        """The hidden cells that may not lose and gain on some closed walk of hidden cells; masks by cell."""
        cells, tails, heads, node_count = self._numbered
        up, down = is_hidden[cells] & gains[cells], is_hidden[cells] & loses[cells]
        if not up.any():
            return cells[:0]
        places = np.append(tails[up], heads[down]), np.append(heads[up], tails[down])
        arcs = csr_array((np.ones(len(places[0]), dtype=np.int8), places), shape=(node_count, node_count))
        part = connected_components(arcs, connection="strong")[1]
        is_closed: Mask = part[tails] == part[heads]
        return cells[up & ~loses[cells] & is_closed]

    @cached_property
    def _numbered(self) -> tuple[Cells, Cells, Cells, int]:
        """The cells, the numbers of their tails and heads, and how many nodes there are; of a graph that is whole."""
        nodes: dict[Node, int] = {}
        ends = [[nodes.setdefault(end, len(nodes)) for end in pair] for pair in self.ends.values()]
        tails, heads = np.array(ends, dtype=np.int64).reshape(-1, 2).T
        return np.array(list(self.ends), dtype=np.int64), tails, heads, len(nodes)


def _steps(before: dict[Node, tuple[int, int, Node]], start: Node, goal: Node) -> list[tuple[int, int]]:
    """The cells on the way from start to goal."""
    steps, node = [], goal
    while node != start:
        cell, way, node = before[node]
        steps.append((cell, way))
    return steps
