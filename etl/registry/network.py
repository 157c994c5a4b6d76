"""The network and its offices: treasuries (dated), regions and units."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from etl.registry.declared import Dated, Declared, Misplaced, unique


def _exists(zone: str) -> str:
    """Raise ValueError when the time zone does not exist; a directory of zones is none."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"time zone '{zone}' does not exist; use a name of the IANA database, for example Asia/Ho_Chi_Minh"
        ) from error
    return zone


TimeZone = Annotated[str, AfterValidator(_exists)]


class Named(Declared):
    """A stable code with its Vietnamese and English names."""

    code: str = Field(min_length=1, pattern=r"^[A-Za-z0-9_.-]+$")
    name_vi: str = Field(min_length=1)
    name_en: str = Field(min_length=1)


class Network(Named):
    """``network.yaml``: whose ratings these are, and the local time that bounds a month."""

    time_zone: TimeZone


class Region(Named):
    """A group of treasuries that is rated as a whole."""


class Treasury(Named, Dated):
    """One rated office with a database of its own.

    ``source`` is the kind of its schema: the query is ``<source>.<dialect>.sql``. ``time_zone`` says how to
    read timestamps without an offset; the network's is the default.
    """

    region: str
    source: str
    time_zone: TimeZone | None = None


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


class Unit(Named):
    """A department of a treasury or a district treasury under it."""

    kind: str


class Units(Declared):
    """``units.yaml``: the units of each treasury, by the treasury's code."""

    units: dict[str, tuple[Unit, ...]]

    @model_validator(mode="after")
    def _consistent(self) -> Units:
        for code, units in self.units.items():
            unique("unit", [(unit.code, ("units", code, place, "code")) for place, unit in enumerate(units)])
        return self
