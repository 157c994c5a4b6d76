"""What a bulletin is made of: the rows of the marts for one revision of one period, found by what they are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from etl.registry.maps import TileMap

Row = dict[str, Any]
"""One row of a mart under the names of its columns; rates are Decimal from 0 to 1, counts int, and hidden ones None."""
Rows = list[Row]

SYSTEM = ("system", "all")
"""The level and the code of the whole network."""


@dataclass(frozen=True)
class Drawing:
    """A tile grid with the rows to draw on it: the ranking, or the ranking summed up to the offices of a later day.

    ``as_of`` is that day, and None where the treasuries are those of the period itself.
    """

    map: TileMap
    rows: Rows
    as_of: dt.date | None = None


@dataclass(frozen=True)
class Content:
    """One revision of one period, or its draft, whose ``period["revision_number"]`` is None.

    ``period``: sql/bulletin/period. ``figures``: every rating of every area, sql/bulletin/figures. ``ranking``: a row
    for each treasury, the ranked ones first, the missing ones last. ``trend``: the periods before, oldest first.
    ``rules``: the rule set as plain values. ``drawings``: the tile grids on which the period can be drawn.
    """

    period: Row
    ranking: Rows
    figures: Rows
    units: Rows
    weaknesses: Rows
    trend: Rows
    quality: Rows
    signals: Rows
    footnotes: Rows
    revisions: Rows
    rules: Row
    drawings: tuple[Drawing, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Whether it is not published."""
        return self.period["revision_number"] is None

    @cached_property
    def _by_area(self) -> dict[tuple[str, str, str], Rows]:
        found: dict[tuple[str, str, str], Rows] = {}
        for row in self.figures:
            found.setdefault((row["area_level"], row["area_code"], row["breakdown"]), []).append(row)
        return found

    def of_area(self, area: tuple[str, str], breakdown: str) -> Rows:
        """The figures of an area (its level and code) in a breakdown, in the order of the questionnaire; maybe none."""
        return self._by_area.get((*area, breakdown), [])

    def total(self, area: tuple[str, str] = SYSTEM) -> Row | None:
        """The total of an area, or None where nobody answered."""
        return next(iter(self.of_area(area, "total")), None)

    def treasury(self, code: str) -> Row | None:
        """A treasury's row of the ranking."""
        return next((row for row in self.ranking if row["treasury_code"] == code), None)

    def units_of(self, code: str) -> Rows:
        """The units of a treasury, the ranked ones first."""
        return [row for row in self.units if row["treasury_code"] == code]

    def weaknesses_of(self, level: str, code: str) -> Rows:
        """The gaps of an area to the rest of the network, the largest downwards first."""
        return [row for row in self.weaknesses if (row["area_level"], row["area_code"]) == (level, code)]

    def trend_of(self, code: str | None) -> Rows:
        """The earlier periods of a treasury, or of the whole network, oldest first."""
        return [row for row in self.trend if row["treasury_code"] == code]

    def used_footnotes(self, rows: Iterable[Row]) -> Rows:
        """The footnotes that some rows carry."""
        used = {code for row in rows for code in row["footnote_codes"]}
        return [note for note in self.footnotes if note["footnote_code"] in used]
