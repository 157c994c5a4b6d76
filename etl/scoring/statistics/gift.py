"""A response that an office could lack: as nobody knows whose it was, it may have been given to another office."""

from __future__ import annotations

from collections.abc import Iterator

from etl.scoring.statistics.cell_tree import SPLIT, CellTree, ResponseKind


def gift(cells: CellTree, office: str) -> list[int]:
    """The office's cells, beside its total, that could have counted one response less together; empty: none could.

    One response is left at least. Of a breakdown all members are given of which the response can have been.
    """
    total = cells.at[office, "total", "all"]
    if cells.counts[total, 0] < 2:
        return []
    own = cells.of_area[office]
    splits = [split for name in SPLIT if (split := [cell for cell in own if cells.keys[cell][1] == name])]
    for kind in _kinds(cells, own, total):
        can_lose = cells.may_lose(kind)
        members = [[cell for cell in split if can_lose[cell]] for split in splits]
        criteria = _criteria(cells, own, kind)
        if can_lose[total] and all(members) and criteria:
            factors = {cells.factor_of_criterion[cells.keys[cell][2]] for cell in criteria}
            named = [cell for cell in own if cells.keys[cell][1] == "factor" and cells.keys[cell][2] in factors]
            return [*(cell for split in members for cell in split), *criteria, *named]
    return []


def _kinds(cells: CellTree, own: list[int], total: int) -> Iterator[ResponseKind]:
    """Kinds of responses to try: complete ones first, and those that are alone in a cell."""
    complete = len([cell for cell in own if cells.keys[cell][1] == "criterion"])
    for answers in range(complete, 0, -1):
        for satisfied in (answers, answers - 1, answers - 2):
            if satisfied >= 0:
                yield ResponseKind(answers, satisfied, satisfied == answers, False)
            if 0 <= satisfied < answers:
                yield ResponseKind(answers, satisfied, False, True)
    for cell in own:
        if cells.counts[cell, 0] == 1 and cells.keys[cell][1] in SPLIT:
            _, answers, satisfied, wholly, complaints = cells.counts[cell].tolist()
            yield ResponseKind(answers, satisfied, bool(wholly), bool(complaints))


def _criteria(cells: CellTree, own: list[int], kind: ResponseKind) -> list[int]:
    """The criteria that it answered, as many as its answers and satisfied as said; empty: it cannot be."""
    counts = cells.counts
    respondents = {cells.keys[cell][2]: counts[cell, 0] for cell in own if cells.keys[cell][1] == "factor"}
    criteria = [cell for cell in own if cells.keys[cell][1] == "criterion"]
    factor = {cell: cells.factor_of_criterion[cells.keys[cell][2]] for cell in criteria}
    left_out = {cell: int(respondents.get(factor[cell], 0) - counts[cell, 1]) for cell in criteria}
    criteria.sort(key=lambda cell: (left_out[cell] > 0, -counts[cell, 1]))
    answered = criteria[: kind.answers]
    if len(answered) < kind.answers or any(not left_out[cell] for cell in criteria[kind.answers :]):
        return []
    must_be = sum(counts[cell, 1] == counts[cell, 2] for cell in answered)
    may_be = sum(counts[cell, 2] > 0 for cell in answered)
    return answered if must_be <= kind.satisfied <= may_be else []
