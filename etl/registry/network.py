"""The network and its offices: treasuries (dated), regions and units."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from etl.periods import Days
from etl.registry.code_forms import CODE, FileCode
from etl.registry.declared import Dated, Declared, Misplaced, unique
from etl.registry.terms import LONGEST_CODE, UNSTATED


def _exists(zone: str) -> str:
    """Raise ValueError when the time zone does not exist; a directory of zones is none."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"time zone '{zone}' does not exist; use a name of the IANA database, for example Asia/Ho_Chi_Minh"
        ) from error
    return zone


_ADDRESS = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"

TimeZone = Annotated[str, AfterValidator(_exists)]


def _clock_time(value: object) -> dt.time:
    """A text such as 18:00; without quotation marks YAML takes it for a number."""
    if isinstance(value, dt.time):
        return value
    try:
        return dt.datetime.strptime(str(value) if isinstance(value, str) else "", "%H:%M").time()
    except ValueError as error:
        raise ValueError('a time of day is written as "18:00", with the quotation marks') from error


ClockTime = Annotated[dt.time, BeforeValidator(_clock_time)]


class Named(Declared):
    """A stable code with its Vietnamese and English names."""

    code: str = Field(min_length=1, max_length=LONGEST_CODE, pattern=CODE)
    name_vi: str = Field(min_length=1)
    name_en: str = Field(min_length=1)


class Network(Named):
    """``network.yaml``: whose ratings these are, and the local time that bounds a month.

    ``publish_by_day``: the day of the following month by which a month is to be published; without it none is late.
    ``escalate_after_days``: a treasury that was told missing and still is after so many days is told again, to its
    office too. ``contact``: where to ask about the figures, as it stands in the bulletin.
    """

    time_zone: TimeZone
    publish_by_day: int | None = Field(default=None, ge=1, le=28)
    escalate_after_days: int = Field(default=2, ge=1)
    contact: str | None = Field(default=None, min_length=1)


class Member(Named):
    """An entry of a dimension, in which ``unstated`` is our own: "the answer does not say"."""

    @model_validator(mode="after")
    def _is_not_ours(self) -> Member:
        if self.code == UNSTATED:
            raise Misplaced(f"the code '{UNSTATED}' stands for answers that do not say; take another", "code")
        return self


class Region(Named):
    """A group of treasuries that is rated as a whole."""


class ReadingHours(Declared):
    """When a database may be read, in the treasury's local time: from, included, to, excluded; also over midnight."""

    start: ClockTime = Field(alias="from")
    end: ClockTime = Field(alias="to")

    @model_validator(mode="after")
    def _some(self) -> ReadingHours:
        if self.start == self.end:
            raise Misplaced(f"reading_hours from {self.start:%H:%M} to {self.end:%H:%M} are none, or all", "to")
        return self

    def __contains__(self, moment: dt.time) -> bool:
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M} to {self.end:%H:%M}"


class Known(Declared):
    """A province of which something is known about its regional treasury, and who says so.

    ``mark``: found in a source, or inferred. ``is_seat``: no more is known than that the seat is there.
    """

    province: str
    mark: Literal["found", "inferred"]
    is_seat: bool = False
    source: str = Field(min_length=1)

    @property
    def is_told(self) -> bool:
        """Whether a source says that the province belongs to the treasury."""
        return self.mark == "found" and not self.is_seat


class Treasury(Named, Dated):
    """One rated office with a database of its own.

    ``source`` is the kind of its schema: the query is ``<source>.<dialect>.sql``. ``action_source`` is that of its
    register of actions; None where it keeps none. ``time_zone`` says how to
    read timestamps without an offset; the network's is the default. ``connection`` names its connection where
    the code would name another office's. ``reading_hours`` bound when it may be read. ``contact`` is the mailbox of
    the office, not of a person, that is told when it is missing for days. ``succeeded_by`` lists the codes of the
    treasuries into which it went. ``known``: what is known of its provinces while their list is not; None where
    nothing is missing. ``withdrawn``: why the entry was never an office. It is open in no days; what was published
    under it can be read and verified.
    """

    code: FileCode
    region: str
    source: FileCode
    action_source: FileCode | None = None
    time_zone: TimeZone | None = None
    connection: FileCode | None = None
    reading_hours: ReadingHours | None = None
    contact: str | None = Field(default=None, pattern=_ADDRESS)
    succeeded_by: tuple[str, ...] = ()
    known: tuple[Known, ...] | None = None
    withdrawn: str | None = Field(default=None, pattern=r"\S")

    @model_validator(mode="after")
    def _ended(self) -> Treasury:
        if self.succeeded_by and self.valid_to is None:
            raise Misplaced(f"treasury {self.code} has a succeeded_by, but no valid_to", "succeeded_by")
        return self

    @property
    def connection_name(self) -> str:
        """What follows ``treasury_`` in the name of its connection."""
        return self.connection or self.code

    def is_open_in(self, days: Days) -> bool:
        """Whether it exists on at least one day of a month, or of a period; a withdrawn entry never did."""
        return self.withdrawn is None and super().is_open_in(days)

    def is_open_on(self, day: dt.date) -> bool:
        """Whether it exists on a day; a withdrawn entry never did."""
        return self.withdrawn is None and super().is_open_on(day)


class Treasuries(Declared):
    """``treasuries.yaml``."""

    regions: tuple[Region, ...]
    treasuries: tuple[Treasury, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Treasuries:
        unique("region", [(r.code, ("regions", place, "code")) for place, r in enumerate(self.regions)])
        known = {region.code for region in self.regions}
        for place, treasury in enumerate(self.treasuries):
            if treasury.region not in known:
                raise Misplaced(
                    f"treasury {treasury.code}: region '{treasury.region}' is not declared",
                    *("treasuries", place, "region"),
                )
        return self


class Unit(Member):
    """A department of a treasury or an office under it.

    ``succeeded_by`` is the code of the treasury to which it went where its treasury was divided.
    """

    kind: str
    succeeded_by: str | None = None


class Units(Declared):
    """``units.yaml``: the units of each treasury, by the treasury's code: that of its first bearer.

    A later bearer of a code is named with the day on which it began: ``15@2025-07-01``.
    """

    units: dict[str, tuple[Unit, ...]]

    @model_validator(mode="after")
    def _consistent(self) -> Units:
        for code, units in self.units.items():
            unique("unit", [(unit.code, ("units", code, place, "code")) for place, unit in enumerate(units)])
        return self
