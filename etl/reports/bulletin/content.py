"""What a bulletin is made of: the rows of the marts for one revision of one period, found by what they are about."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from string import ascii_lowercase
from typing import Any

from etl.registry.maps import TileMap

Row = dict[str, Any]
"""One row of a mart under the names of its columns; rates are Decimal from 0 to 1, counts int, and hidden ones None."""
Rows = list[Row]

SYSTEM = ("system", "all")
"""The level and the code of the whole network."""
BREAKDOWNS = ("factor", "criterion", "channel", "respondent_type", "procedure")
"""What the figures of an area are told apart by."""


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

    ``period``: sql/reports/bulletin/period. ``figures``: every rating of every area, sql/reports/bulletin/figures.
    ``ranking``: a row for each treasury, the ranked ones first, the missing ones last. ``trend``: the periods before,
    oldest first.
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

    def share(self, row: Row) -> float | None:
        """The share that a row's member has of its area's responses; None where the count of any member is hidden."""
        peers = self.of_area((row["area_level"], row["area_code"]), row["breakdown"])
        counts = [peer["response_count"] for peer in peers]
        total = 0 if None in counts else sum(counts)
        return row["response_count"] / total if total else None

    @cached_property
    def _by_unit(self) -> dict[tuple[str, str], Row]:
        return {(row["treasury_code"], row["unit_code"]): row for row in self.units}

    def unit(self, treasury: str, code: str | None) -> Row | None:
        """A treasury's unit; None where it has no rating, or where the row is about the treasury as a whole."""
        return self._by_unit.get((treasury, code or ""))

    def units_of(self, code: str) -> Rows:
        """The units of a treasury, the ranked ones first."""
        return [row for row in self.units if row["treasury_code"] == code]

    def weaknesses_of(self, level: str, code: str) -> Rows:
        """The gaps of an area to the rest of the network, the largest downwards first."""
        return [row for row in self.weaknesses if (row["area_level"], row["area_code"]) == (level, code)]

    def trend_of(self, treasury_id: int | None) -> Rows:
        """The earlier periods of a treasury by its key, or of the whole network for None, oldest first."""
        return [row for row in self.trend if row["treasury_id"] == treasury_id]

    def notes(self, rows: Iterable[Row]) -> dict[str, tuple[str, Row]]:
        """The footnotes that some rows carry by code, each with its mark: a, b, c."""
        used = {code for row in rows for code in row["footnote_codes"]}
        found = (note for note in self.footnotes if note["footnote_code"] in used)
        return {note["footnote_code"]: (mark, note) for mark, note in zip(ascii_lowercase, found, strict=False)}

    def figures_of(self, area: tuple[str, str]) -> Rows:
        """The figures of an area in every breakdown but its total."""
        return [row for breakdown in BREAKDOWNS for row in self.of_area(area, breakdown)]

    @cached_property
    def bulletin_notes(self) -> dict[str, tuple[str, Row]]:
        """The footnotes of the bulletin of the network, which have the same marks in each of its forms."""
        return self.notes([*self.ranking, *self.figures_of(SYSTEM)])


def turned_away(quality: Rows) -> list[tuple[str, int]]:
    """How many responses each rule turned away, the most first; one that broke two counts under both."""
    counts: Counter[str] = Counter()
    for row in quality:
        counts.update(row["turned_away_by_rule"] or {})
    return counts.most_common()
