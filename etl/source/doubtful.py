"""Look one by one at rows that a database does not sort into months with certainty, by the reading of answers.

Where such a row belongs is what its time says; whether the query yields it is what its bounds say, or, where the two
disagree in number, whether its key comes with the rows that are read. A row that no month's bounds find is of no month:
its time cannot be read, is one that no answer can have, or does not sort as the bounds do.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl.periods import SurveyMonth
from etl.registry.terms import LOST
from etl.source import times
from etl.source.contract import LONGEST
from etl.source.queries import shortest
from etl.source.time_columns import Window

MOST_ROWS = 100_000
"""How many rows are kept one by one; all are counted."""
READABLE, NOT_LATER, NOT_EARLIER = "time_readable", "time_not_after_reading", "time_not_before_office"
"""What a row of no month breaks: it has no time that can be read and found, or one that no answer can have."""
UNKNOWN = "?"
"""Stands for whether the bounds select a row where only the query knows."""
_TIME_LIKE = re.compile(r"[0-9TZ:+./, -]{1,40}")
_OFFSET = r"^\s*\S.{9}.*[Zz+-]"
"""What a time with an offset has after its day."""
_SOME_TIME = "[1-9]"
"""What a text of any form of time has; one of zeros, words or nothing says that there is none."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class RowOfNoMonth:
    """A row that no month selects; ``response_key`` is None where it has none that can be kept."""

    response_key: str | None
    rule_code: str


@dataclass
class Places:
    """Where rows belong, counted, with those of no month.

    ``unsettled`` are keys of rows of which another month's read may say that they are of none: those whose own month
    alone can tell whether its bounds find them, and those that this month's bounds find though no time can be read.
    """

    window: Window
    is_text: bool
    totals: Counter[str] = field(default_factory=Counter)
    rows: list[RowOfNoMonth] = field(default_factory=list)
    unsettled: list[str | None] = field(default_factory=list)
    example: str | None = None

    def add(self, batch: pa.RecordBatch, selected: Mask | None = None) -> None:
        """Add rows by their times; ``selected`` are those that the query yields, else what its bounds say."""
        texts = batch.column("submitted_at").cast(pa.string())
        read = _Read.of(texts, self.window)
        flags = _array(batch.column("is_selected"))
        if selected is None:
            selected = np.where(flags == UNKNOWN, read.inside, flags == "1").astype(bool)
        astray = read.readable & (flags != UNKNOWN) & self._astray(texts, read.moments)
        missed, misplaced = read.inside & ~selected, selected & read.readable & ~read.inside
        none = ~selected & (~read.readable | read.later | read.earlier | astray | missed)
        dated = ~selected & ~none
        unread = none & ~read.readable & ~read.guessed & _have(texts, _SOME_TIME) if self.is_text else _no(texts)
        strayed = (missed | misplaced) & read.readable & _have(texts, _OFFSET)
        masks = {
            "in_month": selected,
            "missed": missed,
            "misplaced": misplaced,
            "strayed": strayed,
            "unread": unread,
            "no_month": none,
            "before": dated & read.before,
            "after": dated & ~read.before,
        }
        self.totals.update({name: int(mask.sum()) for name, mask in masks.items()})
        told = np.flatnonzero(missed | misplaced)
        told = told if len(told) or self.example else np.flatnonzero(unread)
        if len(told) and self.example is None:
            self.example = _example(texts[int(told[0])].as_py())
        reasons = np.select([~read.readable, read.later, read.earlier], [READABLE, NOT_LATER, NOT_EARLIER], READABLE)
        keys = batch.column("response_key")
        for row in np.flatnonzero(none)[: MOST_ROWS - len(self.rows)].tolist():
            self.rows.append(RowOfNoMonth(_key(keys[row].as_py()), str(reasons[row])))
        elsewhere = dated | misplaced | selected & ~read.readable  # the last are turned away where they are read
        for row in np.flatnonzero(elsewhere)[: MOST_ROWS - len(self.unsettled)].tolist():
            self.unsettled.append(_key(keys[row].as_py()))

    def _astray(self, texts: pa.Array, moments: pd.Series) -> Mask:
        """Which times the bounds of their own month do not find, compared as texts."""
        if not self.is_text or not self.window.params >= {"month_start", "month_end"}:
            return _no(texts)
        local = moments.dt.tz_convert(self.window.start.tzinfo)
        months = (local.dt.year * 12 + local.dt.month).fillna(0).astype(int)
        bounds = {number: _bounds(number, self.window) for number in months.unique().tolist()}
        written = _array(texts).astype(object)
        found = [
            text is not None and bounds[number][0] <= text < bounds[number][1]
            for text, number in zip(written, months.tolist(), strict=True)
        ]
        return ~np.array(found, dtype=bool)


class Look:
    """What a closer look at doubtful rows gives, while the rows of the query pass by."""

    def __init__(self, window: Window, *, is_text: bool) -> None:
        self.window, self.is_text = window, is_text
        self.by_bounds = Places(window, is_text)
        self.held: list[pa.RecordBatch] = []
        self.held_count = 0
        self.read = Counter[str]()
        self.sought: pa.Array | None = None

    def at(self, batch: pa.RecordBatch) -> None:
        """Look at some rows: their keys, times, and whether the bounds select them."""
        self.by_bounds.add(batch)
        self.held_count += batch.num_rows
        self.held = [*self.held, batch] if self.held_count <= MOST_ROWS else []

    def meet(self, batch: pa.RecordBatch) -> None:
        """Note which of the rows come with what the query yields."""
        if not self.held:
            return
        if self.sought is None:
            self.sought = pa.concat_arrays([_texts(each, "response_key") for each in self.held]).drop_null()
        keys = _texts(batch, "response_key")
        self.read.update(keys.filter(pc.is_in(keys, value_set=self.sought)).to_pylist())

    def settled(self, clear_count: int, row_count: int) -> Places:
        """Where the rows belong, of a read of so many rows, of which so many are clearly in the month.

        By their keys where that agrees with what was read: the query itself knows best what it selects. Else by its
        bounds; and where only the query knows, and its rows are as many without them, it yields none of them.
        """
        for places in (self._by_keys, lambda: self.by_bounds, self._by_absence):
            found = places()
            if clear_count + found.totals["in_month"] == row_count:
                return found
        return self.by_bounds

    def _by_keys(self) -> Places:
        """Where the rows belong if those with the keys of what was read were read."""
        found, left = Places(self.window, self.is_text), Counter(self.read)
        for batch in self.held:
            keys = _texts(batch, "response_key").to_pylist()
            selected = np.zeros(len(keys), dtype=bool)
            for row, key in enumerate(keys):
                if key is not None and left[key]:
                    selected[row], left[key] = True, left[key] - 1
            found.add(batch, selected)
        return found if self.held else self.by_bounds

    def _by_absence(self) -> Places:
        """Where the rows belong if the query yields none of which only it knows."""
        found = Places(self.window, self.is_text)
        for batch in self.held:
            found.add(batch, _array(batch.column("is_selected")) == "1")
        return found if self.held else self.by_bounds


@dataclass(frozen=True)
class _Read:
    """Times as they are read, and where they are: ``inside`` also by a guess, the others only as read."""

    moments: pd.Series
    readable: Mask
    guessed: Mask
    inside: Mask
    before: Mask
    later: Mask
    earlier: Mask

    @classmethod
    def of(cls, texts: pa.Array, window: Window) -> _Read:
        """Texts as they are read."""
        start, end, opened, taken_at = (
            pd.Timestamp(moment) for moment in (window.start, window.end, window.opened, window.taken_at)
        )
        moments = times.moments(texts, window.zone)
        readable, inside, guessed = _mask(moments.notna()), _mask((moments >= start) & (moments < end)), _no(texts)
        if not readable.all():
            guesses = times.guessed(texts, window.zone)
            guessed = ~readable & _mask(guesses.notna())
            inside = inside | ~readable & _mask((guesses >= start) & (guesses < end))
        before, later, earlier = _mask(moments < start), _mask(moments > taken_at), _mask(moments < opened)
        return cls(moments, readable, guessed, inside, before, later, earlier)


def _bounds(number: int, window: Window) -> tuple[str, str]:
    """The bounds of a month, counted from the year 0, as a source's query has them; of none where it is no month."""
    year, month = divmod(number - 1, 12)
    if not 1 <= year < dt.MAXYEAR:
        return "", ""
    start, end = SurveyMonth(year, month + 1).bounds(_zone(window))
    return shortest(start, window.zone), shortest(end, window.zone)


def _zone(window: Window) -> ZoneInfo:
    """The local time that bounds the months."""
    return ZoneInfo(str(window.start.tzinfo))


def _no(texts: pa.Array) -> Mask:
    """None of some rows."""
    return np.zeros(len(texts), dtype=bool)


def _texts(batch: pa.RecordBatch, name: str) -> pa.Array:
    """A column of a batch as texts."""
    return batch.column(name).cast(pa.string())


def _array(column: pa.Array) -> npt.NDArray[np.object_]:
    """Texts as an array."""
    values: npt.NDArray[np.object_] = column.cast(pa.string()).to_numpy(zero_copy_only=False)
    return values


def _have(texts: pa.Array, pattern: str) -> Mask:
    """Whether texts have what a pattern says; null has nothing."""
    return _mask(pd.Series(texts.to_pandas(), dtype="str").str.contains(pattern, na=False))


def _mask(series: pd.Series) -> Mask:
    """A column of truth values as an array; null is False."""
    mask: Mask = series.fillna(value=False).to_numpy(dtype=bool)
    return mask


def _key(text: str | None) -> str | None:
    """A key that can be kept, letter for letter; else None."""
    is_kept = text and text.strip() and len(text) <= LONGEST["response_key"] and "\x00" not in text and LOST not in text
    return text if is_kept else None


def _example(text: str | None) -> str:
    """A time as it may be shown: what may be anything else only by its length."""
    text = text or ""
    return f"'{text}'" if _TIME_LIKE.fullmatch(text) else f"a text of {len(text)} characters"
