"""What must become of every row of a made-up database, worked out here and by none of the product's code.

A cell says what is written, what it means, and what may become of the row because of it. A row's end is one of:

| end | where it is found afterwards |
|---|---|
| loaded | in core, with the meaning of each of its cells |
| away | among the rows turned away, or in a month that was refused because of it |
| other | in another month: not here |
| none | among the rows of no month, or turned away: told in either case |

Where an engine's text of a value is open (a float as a key), a cell allows more than one end, and never a loss.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class End(StrEnum):
    """What becomes of a row."""

    LOADED = "loaded"
    AWAY = "away"
    OTHER = "other"
    NONE = "none"


LOADED, AWAY, OTHER, NONE = (frozenset({end}) for end in End)
OPEN = LOADED | AWAY
"""Loaded with its meaning, or turned away: both are right."""


@dataclass(frozen=True)
class Cell:
    """A value of a column: as it is written, what it may mean in core, and what may become of its row.

    ``meant``: the values that are right when it was loaded, none of them is any value. ``what`` names what is tried.
    """

    written: Any
    meant: tuple[Any, ...]
    ends: frozenset[End] = LOADED
    what: str = ""


def good(written: Any, meant: Any) -> Cell:
    """A cell with nothing odd about it."""
    return Cell(written, (meant,))


COLUMNS = (
    "response_key", "submitted_at", "unit_code", "officer_code", "procedure_code", "channel_code",
    "respondent_type_code", "respondent_ref", "harassment_reported", "comment", "answers",
)  # fmt: skip
LISTED = ("unit_code", "procedure_code", "channel_code", "respondent_type_code", "harassment_reported")
"""The columns of which only a small share may be unknown."""


@dataclass
class Row:
    """A response in a made-up table; ``number`` is its own, and stands in its comment."""

    number: int
    cells: dict[str, Cell]

    @property
    def ends(self) -> frozenset[End]:
        """What may become of it, all its cells together."""
        time = self.cells["submitted_at"].ends
        if time == OTHER:
            return time
        if time == NONE:
            return NONE | AWAY
        others = [cell.ends for name, cell in self.cells.items() if name != "submitted_at"]
        if AWAY in others:
            return AWAY | (time - LOADED)
        return frozenset[End]().union(time, *others)

    @property
    def key(self) -> Cell:
        """Its key."""
        return self.cells["response_key"]

    @property
    def tried(self) -> set[str]:
        """What is tried with it, by column."""
        return {f"{name}: {cell.what}" for name, cell in self.cells.items() if cell.what}


@dataclass
class Database:
    """A whole database of one office, with the truth about it.

    ``refusal``: whether the month ``must`` be refused as a whole, ``may`` be, or may be only where too many of its rows
    are turned away (``no``). ``secrets`` are texts that no message may quote.
    """

    engine: str
    seed: int
    code: str
    rows: list[Row]
    kind: str
    traits: dict[str, str] = field(default_factory=dict)
    refusal: str = "no"
    secrets: list[str] = field(default_factory=list)

    def ending(self, *ends: End) -> list[Row]:
        """The rows that may end in nothing but one of some ends."""
        return [row for row in self.rows if row.ends <= set(ends)]

    def reaching(self, end: End) -> list[Row]:
        """The rows that may end so."""
        return [row for row in self.rows if end in row.ends]

    def may_be_refused(self) -> bool:
        """Whether so many rows may be turned away that the month must not be loaded."""
        away, due = self.reaching(End.AWAY), self.ending(End.LOADED, End.AWAY)
        unknown = max((self._unknown(name, away) for name in (*LISTED, "answers")), default=0)
        timeless = [row for row in self.rows if row.ends == NONE | AWAY]
        few = len(timeless) <= 0.1 * len(due) and len(away) <= 0.1 * len(due) and unknown <= 0.05 * len(due)
        return not few or not self.ending(End.LOADED)

    def must_be_refused(self) -> bool:
        """Whether too many rows are turned away in any case."""
        away, read = self.ending(End.AWAY), [row for row in self.rows if row.ends != OTHER]
        return self.refusal == "must" or len(away) > 0.1 * len(read)

    def describe(self) -> str:
        """The engine, the seed, and what is in it."""
        traits = ", ".join(f"{name} {value}" for name, value in self.traits.items())
        tried = sorted({what for row in self.rows for what in row.tried})
        return f"{self.engine} {self.seed}: {self.kind}, {len(self.rows)} rows, {traits}; tried: {'; '.join(tried)}"

    @staticmethod
    def _unknown(name: str, rows: Iterable[Row]) -> int:
        """How many rows may be turned away for a column."""
        return sum(End.AWAY in row.cells[name].ends for row in rows)


def plain(text: str) -> str | None:
    """What of a free text must be kept: composed, without the blanks around it; nothing is null."""
    return unicodedata.normalize("NFC", text).strip() or None
