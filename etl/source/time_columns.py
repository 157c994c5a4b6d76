"""How a database sorts the rows of a table by their time, as conditions of its own dialect.

A column of dates is compared as it is. A text is compared where it has one of the usual forms of ISO 8601, day by day
of the calendar; what has another form, or an offset that may move it over a bound, is not sorted here: it is looked at
one by one (``etl.source.census``).
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql

from etl.source.queries import shortest

Condition = sa.ColumnElement[bool]
Expression = sa.ColumnElement[Any]

_DATES = {
    "date", "datetime", "timestamp", "timestamptz",
    "db_type_date", "db_type_timestamp", "db_type_timestamp_tz", "db_type_timestamp_ltz",
}  # fmt: skip
"""The names that the drivers have for columns of dates."""
_DAY = "[0-9]{4}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
_CLOCK = "[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?"
_PLAIN = f"^{_DAY}({_CLOCK})?$"
_ZONED = f"^{_DAY}{_CLOCK} ?(Z|[+-](0[0-9]|1[0-3])(:?[0-5][0-9])?)$"
_DIGITS, _HOUR, _SIXTY = "[0-9]" * 4 + "-[0-9][0-9]" * 2, "[T ][0-2][0-9]", ":[0-5][0-9]"
"""The same in patterns, for dialects without regular expressions."""
_LONGEST = 4000
_EDGES = ("01", "02", "27", "28", "29", "30", "31")
"""The days from which an offset may lead into another month."""


@dataclass(frozen=True)
class Window:
    """The moments between which a table's rows are sorted.

    ``start`` and ``end`` are those of the month, ``params`` the bounds that the query uses.
    """

    start: dt.datetime
    end: dt.datetime
    opened: dt.datetime
    taken_at: dt.datetime
    zone: ZoneInfo
    params: frozenset[str]

    def selected(self, since: Condition, before: Condition) -> Condition:
        """What a query selects by the bounds that it uses."""
        used = {"month_start": since, "month_end": before}
        return sa.and_(sa.true(), *(condition for name, condition in used.items() if name in self.params))

    @property
    def is_by_days(self) -> bool:
        """Whether the query uses both bounds, and both are local midnights."""
        texts = (shortest(moment, self.zone) for moment in (self.start, self.end))
        return self.params >= {"month_start", "month_end"} and all(len(text) == len("2023-07-01") for text in texts)

    def day(self, moment: dt.datetime, days: int) -> str:
        """The local day some days after a moment."""
        return f"{moment.astimezone(self.zone) + dt.timedelta(days):%Y-%m-%d}"


@dataclass(frozen=True)
class TimeColumn:
    """A column of times, as its database sorts it.

    ``is_clear``: it is certain where the row belongs. Then ``is_inside`` and ``is_before`` say where. ``is_selected``:
    the query's bounds take it; None where only the query itself knows. ``text`` is how it is read; ``is_text``: it is
    also compared so.
    """

    is_clear: Condition
    is_inside: Condition
    is_before: Condition
    is_selected: Condition | None
    text: Expression
    is_text: bool = False


def of(dialect: str, time: Expression, type_name: str, window: Window) -> TimeColumn:
    """A column of a type, as a dialect sorts it."""
    if type_name.lower() in _DATES:
        return _of_dates(dialect, time, window)
    return _of_texts(dialect, time, window)


def _of_dates(dialect: str, time: Expression, window: Window) -> TimeColumn:
    """A column of dates: what is a day that there is, between the first and now, is certain."""
    start, end, opened, taken_at = (
        _moment(dialect, moment, window.zone) for moment in (window.start, window.end, window.opened, window.taken_at)
    )
    is_clear = sa.and_(time >= opened, time <= taken_at)
    if dialect in ("mysql", "mariadb"):  # they keep days and months that are zero
        is_clear = sa.and_(is_clear, sa.func.month(time) > sa.literal(0), sa.func.dayofmonth(time) > sa.literal(0))
    selected = window.selected(time >= start, time < end)
    return TimeColumn(is_clear, selected, time < start, selected, _shown(dialect, time))


def _of_texts(dialect: str, time: Expression, window: Window) -> TimeColumn:
    """A column of texts: certain is what sorts as it is read.

    With an offset it is where it is days away from the bounds. PostgreSQL compares no text with a moment: there only
    the query knows what it selects.
    """
    text = _text(dialect, time)
    start, end, opened, taken_at = (
        shortest(moment, window.zone) for moment in (window.start, window.end, window.opened, window.taken_at)
    )
    compared: Expression = text if dialect == "postgresql" else time
    selected = None if dialect == "postgresql" else window.selected(time >= start, time < end)
    sorts: Condition = sa.true()
    if not window.is_by_days:  # a T and a blank differ within the day of a bound
        compared = sa.func.replace(text, "T", " ")
        inside = sa.and_(compared >= start, compared < end)
        taken = inside if selected is None else selected
        sorts = sa.or_(sa.and_(taken, inside), sa.and_(sa.not_(taken), sa.not_(inside)))
    day = _piece(dialect, text, 1, 10)
    is_far = sa.or_(
        sa.and_(day > window.day(window.start, 1), day < window.day(window.end, -2)),
        day < window.day(window.start, -2),
        day > window.day(window.end, 1),
    )
    plain, zoned = _forms(dialect, text)
    is_clear = sa.or_(
        sa.and_(plain, compared >= opened, compared <= taken_at, sorts),
        sa.and_(
            zoned,
            *(day > window.day(window.opened, 1), day < window.day(window.taken_at, -1), is_far, sorts),
            sa.not_(_may_stray(dialect, text, window)),
        ),
    )
    inside = sa.and_(compared >= start, compared < end)
    return TimeColumn(is_clear, inside, compared < start, selected, text, is_text=True)


def _may_stray(dialect: str, text: sa.ColumnElement[str], window: Window) -> Condition:
    """Whether a text's offset may move it into another month than that by which it sorts, whichever month is read."""
    offsets = {moment.astimezone(window.zone).utcoffset() for moment in (window.start, window.end, window.opened)}
    day, hour = _piece(dialect, text, 9, 2), _piece(dialect, text, 12, 2)
    is_own: list[Condition] = []
    in_utc: Condition = sa.true()
    if len(offsets) == 1:  # the clocks are never changed
        ahead = (offsets.pop() or dt.timedelta()) / dt.timedelta(hours=1)
        hours, minutes = divmod(round(abs(ahead) * 60), 60)
        own = f"{'-' if ahead < 0 else '+'}{hours:02}"
        ends = [f"{own}:{minutes:02}", f"{own}{minutes:02}", *([own] if not minutes else [])]
        is_own = [text.like(f"%{end}") for end in ends]
        late, early = f"{24 - math.ceil(ahead):02}", f"{math.ceil(-ahead):02}"
        in_utc = sa.and_(day >= "28", hour >= late) if ahead > 0 else sa.and_(day == "01", hour < early)
    return sa.case((sa.or_(sa.false(), *is_own), sa.false()), (text.like("%Z"), in_utc), else_=day.in_(_EDGES))


def _moment(dialect: str, moment: dt.datetime, zone: ZoneInfo) -> Expression:
    """A moment as a dialect compares it: with its offset in PostgreSQL, in local time elsewhere."""
    if dialect == "postgresql":  # as a constant: the cast of a text would be made for each row
        return sa.literal(moment, sa.TIMESTAMP(timezone=True))
    local = sa.literal(moment.astimezone(zone).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds"))
    if dialect == "oracle":
        return sa.func.to_timestamp(local, sa.literal("YYYY-MM-DD HH24:MI:SS.FF6"))
    precise = {"mysql": mysql.DATETIME(fsp=6), "mariadb": mysql.DATETIME(fsp=6), "mssql": mssql.DATETIME2()}  # type: ignore[no-untyped-call]
    return sa.cast(local, precise.get(dialect, sa.DateTime()))


def _shown(dialect: str, time: Expression) -> Expression:
    """A date as text, as the shipped queries write it."""
    match dialect:
        case "oracle":
            form = sa.literal('YYYY-MM-DD"T"HH24:MI:SS.FF6')
            return sa.func.to_char(sa.cast(time, sa.TIMESTAMP()), form)
        case "mssql":
            return sa.func.convert(sa.literal_column("nvarchar(33)"), time, sa.literal_column("126"))
    return as_text(dialect, time)


def as_text(dialect: str, value: Expression) -> sa.ColumnElement[str]:
    """A value as text, letter for letter."""
    match dialect:
        case "postgresql":
            return sa.cast(value, sa.Text())
        case "oracle":
            return sa.cast(value, sa.String(_LONGEST))
    return sa.cast(value, sa.String())


def _text(dialect: str, time: Expression) -> sa.ColumnElement[str]:
    """A time as text that is compared byte by byte."""
    match dialect:
        case "postgresql":
            return sa.collate(as_text(dialect, time), "C")
        case "mysql" | "mariadb":
            return sa.collate(sa.cast(time, mysql.CHAR(charset="utf8mb4")), "utf8mb4_bin")
        case "mssql":
            return sa.collate(as_text(dialect, time), "Latin1_General_BIN2")
    return as_text(dialect, time)


def _piece(dialect: str, text: Expression, first: int | Expression, length: int | Expression = _LONGEST) -> Expression:
    """A part of a text; all that follows when no length is given."""
    return (sa.func.substring if dialect == "mssql" else sa.func.substr)(text, first, length)


def _forms(dialect: str, text: sa.ColumnElement[str]) -> tuple[Condition, Condition]:
    """Whether a text is a day, with a clock or without; and whether it is one with a clock and an offset."""
    match dialect:
        case "sqlite":
            return _sqlite_forms(text)
        case "mssql":  # those with an offset are looked at one by one
            day, clock = _piece(dialect, text, 1, 10), _piece(dialect, text, 11)
            is_clock = sa.or_(clock == "", clock.like(_HOUR + _SIXTY), clock.like(_HOUR + _SIXTY * 2))
            is_day = sa.and_(day.like(_DIGITS), sa.func.isdate(day) == 1, _piece(dialect, text, 12, 2) < "24")
            return sa.and_(is_day, is_clock), sa.false()
        case "oracle":
            return text.regexp_match(sa.literal(_PLAIN)), text.regexp_match(sa.literal(_ZONED))
    plain, zoned = (form.replace("(", "(?:") for form in (_PLAIN, _ZONED))  # to capture nothing is faster
    return text.regexp_match(sa.literal(plain)), text.regexp_match(sa.literal(zoned))


def _sqlite_forms(text: sa.ColumnElement[str]) -> tuple[Condition, Condition]:
    """The same by SQLite's own dates, which come out as they went in where they are written in full and exist."""

    def date(part: Expression) -> Expression:
        return sa.func.date(part, "+0 days")  # without a modifier it lets the 30th of February pass

    def is_moment(part: Expression, more: str = "") -> Condition:
        return sa.func.datetime(part, "+0 days") == sa.func.replace(part, "T", " ").concat(more)

    def like(pattern: str) -> Condition:
        return text.op("glob", is_comparison=True)(pattern)

    second = f"{_DIGITS}{_HOUR}{_SIXTY * 2}"
    in_parts = sa.and_(
        like(f"{second}.[0-9]*"),
        sa.not_(sa.func.substr(text, 21).op("glob", is_comparison=True)("*[^0-9]*")),
        is_moment(sa.func.substr(text, 1, 19)),
    )
    by_minutes = sa.and_(like(f"{_DIGITS}{_HOUR}{_SIXTY}"), is_moment(text, ":00"))
    size = sa.func.length(text)
    plain = sa.case((size == 19, is_moment(text)), (size == 10, date(text) == text), else_=sa.or_(by_minutes, in_parts))
    day = sa.func.substr(text, 1, 10)
    zoned = sa.and_(
        size.in_((20, 25)),
        sa.or_(like(f"{second}[+-][01][0-9]{_SIXTY}"), like(f"{second}Z")),
        sa.func.datetime(text).is_not(sa.null()),
        date(day) == day,
        sa.func.substr(text, 12, 2) < "24",
    )
    return plain, zoned
