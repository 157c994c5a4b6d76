"""Which unknown whole numbers have one value only: by bounds, then by linear and integer programming."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csgraph

from tests.lib.attack.counts import Linear

CLOSE = 1e-6
ROUNDS = 24
FRUITLESS = 3
SMALL = 60
"""Unknowns of a component up to which it is solved in whole numbers."""


@dataclass
class Verdict:
    """For each unknown its bounds, and the way in which it was recovered: bounds, programming, or empty."""

    least: np.ndarray
    most: np.ndarray
    way: np.ndarray


@dataclass
class Component:
    """Unknowns that hang together, and the least and greatest values of them that were seen in a solution.

    A small one is solved in whole numbers. In a large one fractions pass: an unknown is then free when two whole
    numbers lie between the fractions that it can be.
    """

    part: Linear
    is_small: bool
    least_seen: np.ndarray = field(init=False)
    most_seen: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.least_seen = np.full(len(self.part.least), np.inf)
        self.most_seen = -self.least_seen

    @property
    def is_one(self) -> np.ndarray:
        """Those of which no two values have been seen."""
        return np.floor(self.most_seen + CLOSE) <= np.ceil(self.least_seen - CLOSE)

    def see(self, solution: np.ndarray) -> None:
        """Take note of a solution."""
        self.least_seen = np.minimum(self.least_seen, solution)
        self.most_seen = np.maximum(self.most_seen, solution)


def decided(linear: Linear, wanted: np.ndarray) -> Verdict:
    """Decide which of the wanted unknowns have one value only."""
    least, most = tightened(linear)
    way = np.where(least == most, "bounds", "").astype(object)
    verdict = Verdict(least, most, way)
    free = np.flatnonzero(least < most)
    part = _without_known(linear, verdict, free)
    labels = csgraph.connected_components(part.matrix.T @ part.matrix, directed=False)[1]
    order = np.argsort(labels, kind="stable")
    for numbers in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        asked = wanted[free[numbers]]
        if asked.any():
            _decide(_of(part, numbers), asked, verdict, free[numbers])
    return verdict


def tightened(linear: Linear) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of each unknown that follow row by row, rounded to integers."""
    matrix = linear.matrix.tocoo()
    row, column, factor = matrix.row, matrix.col, matrix.data
    least, most = linear.least.copy(), linear.most.copy()
    for _ in range(200):
        before = least.copy(), most.copy()
        for sign, limit in ((1, linear.high), (-1, -linear.low)):
            term = sign * factor
            smallest = np.where(term > 0, term * least[column], term * most[column])
            endless = np.isinf(smallest)
            finite = np.where(endless, 0, smallest)
            total = np.bincount(row, finite, len(limit))[row] - finite
            others = np.bincount(row, endless, len(limit))[row] - endless
            room = np.where(others == 0, limit[row] - total, np.inf) / term
            up, down = term > 0, term < 0
            np.minimum.at(most, column[up], np.floor(room[up] + CLOSE))
            np.maximum.at(least, column[down], np.ceil(room[down] - CLOSE))
        if np.array_equal(before[0], least) and np.array_equal(before[1], most):
            break
    if (least > most).any():
        raise ValueError("what is shown contradicts itself: this is no month's cells")
    return least, most


def _without_known(linear: Linear, verdict: Verdict, free: np.ndarray) -> Linear:
    """The rows over the free unknowns that their bounds do not imply."""
    fixed = np.where(verdict.least == verdict.most, verdict.least, 0)
    moved = linear.matrix @ fixed
    matrix, least, most = linear.matrix[:, free], verdict.least[free], verdict.most[free]
    rising, falling = matrix.maximum(0), matrix.minimum(0)
    low, high = linear.low - moved, linear.high - moved
    with np.errstate(invalid="ignore"):
        smallest, largest = rising @ least + falling @ most, rising @ most + falling @ least
    needed = ~((smallest >= low - CLOSE) & (largest <= high + CLOSE)) & (np.diff(matrix.indptr) > 0)
    return Linear(matrix[needed], low[needed], high[needed], least, most)


def _of(part: Linear, numbers: np.ndarray) -> Linear:
    """One component of the rows."""
    matrix = part.matrix[:, numbers]
    rows = np.diff(matrix.indptr) > 0
    return Linear(matrix[rows], part.low[rows], part.high[rows], part.least[numbers], part.most[numbers])


def _decide(part: Linear, asked: np.ndarray, verdict: Verdict, numbers: np.ndarray) -> None:
    """Decide a component, again after rounding has fixed an unknown."""
    is_moving = True
    while is_moving:
        component = Component(part, len(asked) <= SMALL)
        _look_for_others(component, asked)
        least, most, is_moving = part.least.copy(), part.most.copy(), False
        for one in np.flatnonzero(asked):
            if not component.is_one[one]:
                continue
            low, high = _span(component, one)
            if np.ceil(low - CLOSE) == np.floor(high + CLOSE):
                least[one] = most[one] = np.ceil(low - CLOSE)
                is_moving |= high - low > CLOSE
        part = replace(part, least=least, most=most)
        if is_moving:
            part = replace(part, **dict(zip(("least", "most"), tightened(part), strict=True)))
        known = part.least == part.most
        verdict.way[numbers[known]] = "programming"
        verdict.least[numbers[known]] = verdict.most[numbers[known]] = part.least[known]
        asked = asked & ~known


def _look_for_others(component: Component, asked: np.ndarray) -> None:
    """Look for solutions that move many unknowns, in random directions."""
    random, fruitless = np.random.default_rng(len(asked)), 0
    for turn in range(ROUNDS):
        left = asked & component.is_one
        if not left.any() or fruitless == FRUITLESS:
            return
        weight = np.where(left, random.uniform(0.5, 1.5, len(asked)), 0)
        direction = (1, -1)[turn] if turn < 2 else random.choice([-1, 1], len(asked))
        component.see(_solved(component, weight * direction)[0])
        fruitless = 0 if turn == 0 or (asked & component.is_one).sum() < left.sum() else fruitless + 1


def _span(component: Component, one: int) -> tuple[float, float]:
    """The least and greatest value of an unknown; infinite where it is free."""
    objective = np.eye(1, len(component.least_seen), one)[0]
    solution, low = _solved(component, objective)
    component.see(solution)
    if not component.is_one[one]:
        return low, np.inf
    solution, high = _solved(component, -objective)
    component.see(solution)
    return low, -high


def _solved(component: Component, objective: np.ndarray) -> tuple[np.ndarray, float]:
    """The solution with the least objective, and that least value."""
    part = component.part
    rows = LinearConstraint(sparse.csr_matrix(part.matrix), part.low, part.high) if part.matrix.shape[0] else ()
    found = milp(
        objective,
        integrality=np.full(len(objective), int(component.is_small)),
        bounds=Bounds(part.least, part.most),
        constraints=rows,
    )
    if found.x is None:
        raise ValueError(f"what is shown contradicts itself, or cannot be solved: {found.message}")
    return found.x, found.fun
