"""The cells of a period as a tree of areas, and what can be true of the counts of one cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ABOVE = {"region": "system", "treasury": "region", "unit": "treasury"}
"""The level above each level."""

SPLIT = ("procedure", "channel", "respondent_type")
"""The breakdowns of which a response counts in one member."""

COUNTED = ["response_count", "answer_count", "satisfied_count", "wholly_satisfied_count", "complaint_count"]
"""The columns of ``CellTree.counts``."""

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]
Key = tuple[str, str, str]
"""What names a cell: area, breakdown, member."""


class ResponseKind(NamedTuple):
    """What one response adds to the counts of its cells."""

    answers: int
    satisfied: int
    is_wholly: bool
    is_complaint: bool

    @property
    def counts(self) -> Whole:
        """The same as ``COUNTED``."""
        return np.array([1, *self], dtype=np.int64)


def areas(cells: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Names of each cell's area and of the area above; a treasury goes by its id, as a later one may have its code."""
    level, code = cells["area_level"], cells["area_code"]
    treasury = cells["treasury_id"].astype("string").fillna("")
    own = code.mask(level.eq("treasury"), treasury).mask(level.eq("unit"), treasury + " " + code)
    over = treasury.mask(level.eq("region"), "all").mask(level.eq("treasury"), cells["region_code"])
    return level + " " + own, level.map(ABOVE) + " " + over


@dataclass(frozen=True)
class CellTree:
    """Cells in the order of their size: a key and the counts ``COUNTED`` (n, 5) of each; ``above``: area by area."""

    keys: list[Key]
    counts: Whole
    above: dict[str, str | None]
    factor_of_criterion: Mapping[str, str]

    @classmethod
    def of(cls, frame: pd.DataFrame, factor_of_criterion: Mapping[str, str]) -> CellTree:
        """The cells of a frame of which each has a response (see ``suppression.hidden``)."""
        own, over = (names.tolist() for names in areas(frame))
        above = {area: parent if isinstance(parent, str) else None for area, parent in zip(own, over, strict=True)}
        keys = list(zip(own, frame["breakdown"].tolist(), frame["member_code"].tolist(), strict=True))
        return cls(keys, frame[COUNTED].to_numpy(np.int64), above, factor_of_criterion)

    @cached_property
    def at(self) -> dict[Key, int]:
        """The place of each cell."""
        return {key: cell for cell, key in enumerate(self.keys)}

    @cached_property
    def of_area(self) -> dict[str, list[int]]:
        """The cells of each area."""
        cells: dict[str, list[int]] = {}
        for cell, (area, _, _) in enumerate(self.keys):
            cells.setdefault(area, []).append(cell)
        return cells

    @cached_property
    def below(self) -> dict[str, list[str]]:
        """The areas below each area that has some, lowest first."""
        below: dict[str, list[str]] = {}
        for area, breakdown, _ in self.keys:
            parent = self.above[area]
            if breakdown == "total" and parent is not None:
                below.setdefault(parent, []).append(area)
        return below

    @cached_property
    def top_down(self) -> list[str]:
        """All areas, each after the one above it."""
        tops = [area for area, breakdown, _ in self.keys if breakdown == "total" and self.above[area] is None]
        return [area for top in tops for area in self._down_from(top)]

    def _down_from(self, area: str) -> Iterator[str]:
        yield area
        for lower in self.below.get(area, ()):
            yield from self._down_from(lower)

    def total_of(self, area: str) -> int:
        """The total of an area."""
        return self.at[area, "total", "all"]

    @cached_property
    def total(self) -> Sequence[int]:
        """The total of each cell's area."""
        return [self.total_of(area) for area, _, _ in self.keys]

    def chain(self, area: str, end: str | None) -> Iterator[str]:
        """The area and those above it, up to before ``end``."""
        while area is not None and area != end:
            yield area
            area = self.above[area]  # type: ignore[assignment]

    def with_nobody(self, hidden: Iterable[str]) -> CellTree:
        """Besides, cells of zero where a hidden area (upper ones first) has none and the area above has one."""
        added: dict[Key, None] = {}
        by_parent = {area: [self.keys[cell][1:] for cell in cells] for area, cells in self.of_area.items()}
        for area in hidden:
            for breakdown, member in by_parent.get(self.above[area] or "", ()):
                if breakdown in SPLIT and (area, breakdown, member) not in self.at:
                    added[area, breakdown, member] = None
                    by_parent[area].append((breakdown, member))
        nobody = np.zeros((len(added), len(COUNTED)), dtype=np.int64)
        return CellTree([*self.keys, *added], np.vstack([self.counts, nobody]), self.above, self.factor_of_criterion)

    def may_be(self, counts: Whole) -> Mask:
        """Whether counts (n, 5) can be those of so many responses to the questionnaire, each with an answer or more."""
        criteria = len(self.factor_of_criterion)
        responses, answers, satisfied, wholly, complaints = counts.T
        others, unsatisfied = responses - wholly, answers - satisfied
        return np.asarray(
            (wholly >= 0) & (others >= 0) & (complaints >= 0) & (complaints <= others)
            & (answers >= responses) & (answers <= criteria * responses)
            & (satisfied >= wholly) & (satisfied <= criteria * wholly + (criteria - 1) * others)
            & (unsatisfied >= others) & (unsatisfied <= criteria * others)
        )  # fmt: skip

    def may_lose(self, kind: ResponseKind) -> Mask:
        """Whether each cell can do without a response of a kind, and still have one or nobody left."""
        return self.may_be(self.counts - kind.counts)
