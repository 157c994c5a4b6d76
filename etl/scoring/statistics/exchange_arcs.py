"""The arcs of exchanges: breakdowns and criteria as graphs, and what each cell may gain or lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from etl.scoring.statistics.cell_tree import CellTree, Mask, ResponseKind
from etl.scoring.statistics.exchange_graph import Graph


def of_members(cells: CellTree, breakdown: str) -> Graph:
    """A breakdown as a graph: from an office by a member up to the network."""
    graph = Graph()
    for cell, (area, by, member) in enumerate(cells.keys):
        if by == breakdown:
            tail = (area, member) if area in cells.below else (area,)
            graph.add(cell, tail, (cells.above[area], member) if cells.above[area] else ())
    return graph


def within_factors(cells: CellTree) -> Graph:
    """The answers to each factor as a graph of its own: from an office by a criterion up to the network."""
    graph = Graph()
    for cell, (area, by, member) in enumerate(cells.keys):
        if by == "criterion":
            factor = cells.factor_of_criterion[member]
            tail = (area, member) if area in cells.below else (area, "factor", factor)
            graph.add(cell, tail, (cells.above[area], member) if cells.above[area] else ("all", "factor", factor))
    return graph


def across_factors(cells: CellTree) -> Graph:
    """Answers as a graph from an office by a factor and a criterion to the area above, whose criteria do not change."""
    graph = Graph()
    for cell, (area, by, member) in enumerate(cells.keys):
        if area not in cells.below and by == "criterion":
            graph.add(cell, (area, "factor", cells.factor_of_criterion[member]), (cells.above[area], member))
        elif area not in cells.below and by == "factor":
            graph.add(cell, (area,), (area, "factor", member))
    return graph


def losses(cells: CellTree, is_listed: Mask) -> Iterator[list[Mask]]:
    """Which cells may lose a response, by its kind, those with a satisfied answer first; a listed cell keeps one."""
    complete = len(cells.factor_of_criterion)
    usual = {
        ResponseKind(answers, answers - less, not less, False)
        for answers in (complete, complete - 1)
        for less in (0, 1)
    }
    usual |= {ResponseKind(complete, complete - 2, False, True), ResponseKind(complete, complete - 1, False, True)}
    alone = cells.counts[(cells.counts[:, 0] == 1) & ~is_listed]
    rare = {ResponseKind(int(a), int(s), bool(w), bool(c)) for _, a, s, w, c in alone}
    usual = {kind for kind in usual if kind.answers > 0 and kind.satisfied >= 0}
    kinds = [*sorted(usual, reverse=True), *sorted(rare - usual, reverse=True)]
    keeps_one = ~is_listed | (cells.counts[:, 0] > 1)
    for is_satisfied in (True, False):
        asked = [kind for kind in kinds if (kind.satisfied > 0) == is_satisfied]
        yield [cells.may_lose(kind) & keeps_one for kind in asked]


def of_answers(cells: CellTree, is_listed: Mask) -> tuple[Mask, Mask, Mask]:
    """Which criteria and factors may have an answer more, and a satisfied or an unsatisfied one less."""
    responses, answers, satisfied = cells.counts[:, :3].T
    size = Counter(cells.factor_of_criterion.values())
    most, least = np.zeros(len(answers), dtype=np.int64), is_listed.astype(np.int64)
    for cell, (area, breakdown, member) in enumerate(cells.keys):
        if breakdown == "criterion":
            most[cell] = responses[cells.at[area, "factor", cells.factor_of_criterion[member]]]
        elif breakdown == "factor":
            most[cell], least[cell] = size[member] * responses[cell], responses[cell]
    is_more = answers > least
    return answers < most, is_more & (satisfied > 0), is_more & (satisfied < answers)
