"""What a bulletin is made of: the rows of the marts for one revision of one period, found by what they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import ascii_lowercase
from typing import Any, Literal

from etl.registry.maps import TileMap
from etl.registry.terms import PRESENT
from etl.reports.words import Pair

Row = dict[str, Any]
"""One row of a mart under the names of its columns; rates are Decimal from 0 to 1, counts int, and hidden ones None."""
Rows = list[Row]

SYSTEM = ("system", "all")
"""The level and the code of the whole network."""
BREAKDOWNS = ("factor", "criterion", "channel", "respondent_type", "procedure")
"""What the figures of an area are told apart by."""


@dataclass(frozen=True)
class Drawing:
    """A tile grid with the rows to draw on it.

    ``kind``: the treasuries of the period itself; provinces with the sums of the ``former`` provincial treasuries that
    lay in them; provinces with the ``regional`` treasury to which each is known to belong.
    """

    map: TileMap
    rows: Rows
    kind: Literal["treasuries", "former", "regional"] = "treasuries"


@dataclass(frozen=True)
class Content:
    """One revision of one period, or its draft, whose ``period["revision_number"]`` is None.

    ``period``: sql/reports/bulletin/period. ``figures``: every rating of every area, sql/reports/bulletin/figures.
    ``ranking``: a row for each treasury, the ranked ones first, the missing ones last. ``trend``: the periods before,
    oldest first.
    ``rules``: the rule set as plain values. ``report``: the items of the quality report. ``drawings``: the tile grids
    on which the period can be drawn.
    ``suggestions``: what may be tried where a criterion is weak, by its code. ``done``: what each treasury
    did with its results, sql/reports/bulletin/done. ``effects``: whether that helped, sql/reports/bulletin/effects.
    ``cases`` of each treasury, in fives: sql/reports/bulletin/cases.
    ``files``: what is made beside a page, to which alone it may lead; None for a whole bulletin without its data.
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
    report: Rows = field(default_factory=list)
    drawings: tuple[Drawing, ...] = ()
    suggestions: Mapping[str, Pair] = field(default_factory=dict)
    done: Rows = field(default_factory=list)
    effects: Rows = field(default_factory=list)
    cases: Rows = field(default_factory=list)
    files: frozenset[str] | None = None

    @property
    def is_draft(self) -> bool:
        """Whether it is not published."""
        return self.period["revision_number"] is None

    def leads_to(self, name: str) -> bool:
        """Whether a page may lead to a file beside it."""
        return not name.startswith("data/") if self.files is None else name in self.files

    @cached_property
    def _by_area(self) -> dict[tuple[str, str, str], Rows]:
        areas: dict[tuple[str, str, str], Rows] = {}
        for row in self.figures:
            areas.setdefault((row["area_level"], row["area_code"], row["breakdown"]), []).append(row)
        return areas

    def of_area(self, area: tuple[str, str], breakdown: str) -> Rows:
        """The figures of an area (its level and code) in a breakdown.

        In the order of the questionnaire; an empty list where there are none.
        """
        return self._by_area.get((*area, breakdown), [])

    def total(self, area: tuple[str, str] = SYSTEM) -> Row | None:
        """The total of an area, or None where nobody answered."""
        return next(iter(self.of_area(area, "total")), None)

    def member(self, area: tuple[str, str], breakdown: str, code: str) -> Row | None:
        """The figures of an area for one member of a breakdown."""
        return next((row for row in self.of_area(area, breakdown) if row["member_code"] == code), None)

    def by_factor(self) -> Rows:
        """The figures of the network by factor, each before its criteria."""
        factors, criteria = (self.of_area(SYSTEM, breakdown) for breakdown in ("factor", "criterion"))
        known = {factor["member_code"] for factor in factors}
        ordered = [
            row
            for factor in factors
            for row in (factor, *(row for row in criteria if row["factor_code"] == factor["member_code"]))
        ]
        return ordered + [row for row in criteria if row["factor_code"] not in known]

    def treasury(self, code: str) -> Row | None:
        """A treasury's row of the ranking."""
        return next((row for row in self.ranking if row["treasury_code"] == code), None)

    @property
    def missing(self) -> Rows:
        """The treasuries that are not in."""
        return [row for row in self.ranking if row["treasury_state"] not in PRESENT]

    def share(self, row: Row) -> float | None:
        """The share that a row's member has of its area's responses.

        None where the count of any member is hidden.
        """
        peers = self.of_area((row["area_level"], row["area_code"]), row["breakdown"])
        counts = [peer["response_count"] for peer in peers]
        total = 0 if None in counts else sum(counts)
        return row["response_count"] / total if total else None

    @cached_property
    def _by_unit(self) -> dict[tuple[str, str], Row]:
        return {(row["treasury_code"], row["unit_code"]): row for row in self.units}

    def unit(self, treasury: str, code: str | None) -> Row | None:
        """A treasury's unit; None where it has no rating.

        Also None where the row is about the treasury as a whole.
        """
        return self._by_unit.get((treasury, code or ""))

    def units_of(self, code: str) -> Rows:
        """The units of a treasury, the ranked ones first."""
        return [row for row in self.units if row["treasury_code"] == code]

    def weaknesses_of(self, level: str, code: str) -> Rows:
        """The gaps of an area to the network, the lowest first."""
        return [row for row in self.weaknesses if (row["area_level"], row["area_code"]) == (level, code)]

    @cached_property
    def weak_counts(self) -> Counter[str]:
        """How many treasuries are weak in each criterion."""
        return Counter(row["criterion_code"] for row in self.weaknesses if _is_weak_treasury(row))

    @cached_property
    def clearly_above(self) -> dict[str, Rows]:
        """By criterion, the gaps of treasuries and units that lie wholly above the network."""
        above: dict[str, Rows] = {}
        for row in self.weaknesses:
            if row["gap_low_points"] is not None and row["gap_low_points"] > 0:
                above.setdefault(row["criterion_code"], []).append(row)
        return above

    def lasting(self) -> Rows:
        """The weaknesses of treasuries that have lasted for two periods or more."""
        return [row for row in self.weaknesses if _is_weak_treasury(row) and (row["lasting_count"] or 0) > 1]

    def series(self, code: str | None) -> Rows:
        """A treasury's periods, or the network's, that have a rate.

        The oldest first, and this one last.
        """
        current = self.treasury(code) if code else self.total()
        treasury_id = current["treasury_id"] if code and current else None
        rows = [row for row in self.trend if row["treasury_id"] == treasury_id]
        rows += [{**self.period, **current}] if current else []
        return [row for row in rows if row["satisfaction_rate"] is not None]

    @cached_property
    def area_names(self) -> dict[tuple[str, str], Pair]:
        """The names of the network, the regions and the treasuries by code."""
        by_code = sorted(self.ranking, key=lambda row: row["treasury_code"])
        regions = {row["region_code"]: (row["region_name_vi"], row["region_name_en"]) for row in by_code}
        return {
            SYSTEM: (self.period["network_name_vi"], self.period["network_name_en"]),
            **{("region", code): regions[code] for code in sorted(regions)},
            **{
                ("treasury", row["treasury_code"]): (row["treasury_name_vi"], row["treasury_name_en"])
                for row in by_code
            },
        }

    @cached_property
    def factor_names(self) -> dict[str, Pair]:
        """The names of the factors by code."""
        factors = self.of_area(SYSTEM, "factor")
        return {row["member_code"]: (row["member_name_vi"], row["member_name_en"]) for row in factors}

    @cached_property
    def footnote_texts(self) -> dict[str, str]:
        """What each footnote says in both languages."""
        return {
            note["footnote_code"]: f"{note['footnote_text_vi']} / {note['footnote_text_en']}" for note in self.footnotes
        }

    def notes(self, rows: Iterable[Row]) -> dict[str, tuple[str, Row]]:
        """The footnotes of some rows by code, each with its mark."""
        used = {code for row in rows for code in row["footnote_codes"]}
        notes = (note for note in self.footnotes if note["footnote_code"] in used)
        return {note["footnote_code"]: (mark, note) for mark, note in zip(ascii_lowercase, notes, strict=False)}

    def figures_of(self, area: tuple[str, str]) -> Rows:
        """The figures of an area in every breakdown but its total."""
        return [row for breakdown in BREAKDOWNS for row in self.of_area(area, breakdown)]

    @cached_property
    def bulletin_notes(self) -> dict[str, tuple[str, Row]]:
        """The footnotes of the bulletin, with the same marks in each form."""
        return self.notes([*self.ranking, *self.figures_of(SYSTEM)])


def turned_away(quality: Rows) -> Rows:
    """How many responses each rule turned away, the most first.

    One that broke two rules counts under both.
    """
    counts: Counter[str] = Counter()
    for row in quality:
        counts.update(row["turned_away_by_rule"] or {})
    return [{"rule_code": code, "response_count": count} for code, count in counts.most_common()]


def _is_weak_treasury(row: Row) -> bool:
    """Whether a row says that a whole treasury is weak."""
    return row["area_level"] == "treasury" and bool(row["is_weak"])
