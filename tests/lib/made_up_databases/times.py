"""When customers answered, in the types and forms that offices have for it: in July 2023, around it, and never."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.lib.made_up_databases.truth import LOADED, NONE, OTHER, Cell, End

HANOI = dt.timezone(dt.timedelta(hours=7))
FIRST, END = dt.datetime(2023, 7, 1, tzinfo=HANOI), dt.datetime(2023, 8, 1, tzinfo=HANOI)
SECOND, MICROSECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(microseconds=1), dt.timedelta(days=1)
OTHER_FORM = "15/07/2023"
"""A day in a form that no bound can be compared with: few of them cost their rows, many the month."""
NO_TIME = (
    "",
    "hôm qua",
    "2023-02-30 08:00:00",
    OTHER_FORM,
    "0000-00-00 00:00:00",
    "2023-07",
    "20230799",
    "now",
    "infinity",
)


@dataclass(frozen=True)
class TimeType:
    """A type of a time, and how it writes a moment.

    ``unit`` is the least difference that it keeps. ``is_bounded``: the shipped queries can bound it in the office's own
    database; of another it may be said that it cannot be read, and never half of it be lost. ``never``: values that are
    no time of any month. ``expression`` is how a query of one's own turns the column ``{}`` into a time.
    """

    name: str
    sql: str
    write: Callable[[dt.datetime], Any]
    unit: dt.timedelta = MICROSECOND
    is_bounded: bool = True
    never: tuple[Any, ...] = ()
    expression: str = "{}"

    def cell(self, moment: dt.datetime, what: str = "") -> Cell:
        """A moment as this type keeps it, with the month in which it then lies."""
        kept = _floor(moment, self.unit)
        return Cell(self.write(kept), (kept,), _ends(kept), what)

    def odd(self, draw: random.Random) -> list[Cell]:
        """The edges of the month and of days, other months, and what is no time."""
        edges = [FIRST, FIRST - self.unit, END - self.unit, END, END - DAY, FIRST + DAY, FIRST + 7 * SECOND * 3600]
        edges += [dt.datetime(year, month, 15, 8, tzinfo=HANOI) for year, month in ((2023, 6), (2023, 8), (2022, 7))]
        cells = [self.cell(edge, f"{edge:%Y-%m-%d %H:%M:%S.%f}") for edge in edges]
        return cells + [Cell(value, (), NONE, f"{str(value)[:30]!r} as time") for value in self.never]

    def usual(self, draw: random.Random) -> Cell:
        """A moment of July."""
        return self.cell(FIRST + dt.timedelta(microseconds=draw.randrange(31 * 86_400 * 10**6)))


def _ends(moment: dt.datetime) -> frozenset[End]:
    return LOADED if FIRST <= moment < END else OTHER


def _floor(moment: dt.datetime, unit: dt.timedelta) -> dt.datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // unit * unit


def _space(moment: dt.datetime) -> str:
    return moment.astimezone(HANOI).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def _micro(moment: dt.datetime) -> str:
    return moment.astimezone(HANOI).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def _letter(moment: dt.datetime) -> str:
    return _space(moment).replace(" ", "T")


def _offset(moment: dt.datetime) -> str:
    return moment.astimezone(HANOI).isoformat(sep=" ")


def _zulu(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(moment: dt.datetime) -> str:
    return moment.astimezone(HANOI).date().isoformat()


def _unix(moment: dt.datetime) -> int:
    return int(moment.timestamp())


def _mixed(moment: dt.datetime) -> str:
    """One form or another by the moment itself; days stand for their midnight."""
    if moment.astimezone(HANOI).time() == dt.time():
        return _day(moment)
    return (_space, _letter, _zulu)[_unix(moment) % 3](moment)


_FAR = ("9999-12-31 23:00:00", "2033-01-01 00:00:00", "1999-12-31 08:00:00")
_PG = (None, "infinity", "-infinity", "0044-03-15 08:00:00 BC", *_FAR)
_MARIA = (None, "0000-00-00 00:00:00", "2023-07-00 00:00:00", "2023-00-15 08:00:00", *_FAR)
_UNIX_NEVER = (None, -(10**10), 32_503_680_000)
_TEXTS = (None, *NO_TIME, *_FAR)


def _texts(sql: str, never: tuple[Any, ...], *, is_bounded: bool) -> tuple[TimeType, ...]:
    """Times as texts: the form of the bounds themselves, and others, which do not sort as they do."""
    return (
        TimeType("text", sql, _space, SECOND, is_bounded, never),
        TimeType("text in days", sql, _day, DAY, False, never),
        TimeType("text with T", sql, _letter, SECOND, False, never),
        TimeType("text in UTC", sql, _zulu, SECOND, False, never),
        TimeType("text with offset", sql, _offset, MICROSECOND, False, never),
        TimeType("text in many forms", sql, _mixed, SECOND, False, never),
    )


TIME_TYPES = {
    "postgresql": (
        TimeType("timestamptz", "timestamptz", _offset, never=_PG),
        TimeType("timestamptz", "timestamptz", _offset, never=_PG),
        TimeType("timestamp", "timestamp", _micro, never=_PG),
        TimeType("timestamp(0)", "timestamp(0)", _space, SECOND, never=_PG),
        TimeType("date", "date", _day, DAY, never=(None, "infinity", "-infinity", "0044-03-15 BC", "2033-01-01")),
        TimeType("unix seconds", "bigint", _unix, SECOND, False, _UNIX_NEVER, "to_timestamp({})"),
        *_texts("text", _TEXTS, is_bounded=False),
    ),
    "mariadb": (
        TimeType("datetime(6)", "datetime(6)", _micro, never=_MARIA),
        TimeType("datetime(6)", "datetime(6)", _micro, never=_MARIA),
        TimeType("datetime", "datetime", _space, SECOND, never=_MARIA),
        TimeType("timestamp(6)", "timestamp(6) null", _micro, never=(None, "0000-00-00 00:00:00")),
        TimeType("date", "date", _day, DAY, never=(None, "0000-00-00", "2023-07-00", "9999-12-31", "1999-12-31")),
        TimeType("unix seconds", "bigint", _unix, SECOND, False, (None, -(10**10)), "from_unixtime({})"),
        *_texts("varchar(60)", _TEXTS, is_bounded=True),
    ),
    "sqlite": (
        TimeType("text", "text", _space, SECOND, never=_TEXTS),
        TimeType("datetime", "datetime", _micro, never=(None, *NO_TIME)),
        TimeType(
            "unix seconds", "integer", _unix, SECOND, False, (None, "", 4_000_000_000, -(10**10)),
            "datetime({}, 'unixepoch', '+7 hours')",
        ),
        *_texts("text", _TEXTS, is_bounded=True),
    ),
}  # fmt: skip
