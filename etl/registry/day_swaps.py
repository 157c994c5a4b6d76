"""``working_days.yaml``: days on which offices are closed, or open, other than the public holidays say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import Field, model_validator

from etl.registry.declared import Declared, read, stands, unique


class DaySwap(Declared):
    """One day that is swapped, and the decision that says so."""

    day: dt.date
    is_worked: bool
    source: str = Field(min_length=1)


class DaySwaps(Declared):
    """The days that are swapped; none where the file is not there.

    ``country``: whose public holidays these are, by ISO 3166; perhaps with a subdivision (``GB-ENG``).
    """

    country: str = Field(default="VN", pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")
    days: tuple[DaySwap, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> DaySwaps:
        unique("day", [(str(swap.day), ("days", place, "day")) for place, swap in enumerate(self.days)])
        return self


def declared(config: Path) -> DaySwaps:
    """The swapped days of a configuration directory."""
    file = config / "working_days.yaml"
    return read(file, DaySwaps) if stands(file) else DaySwaps()
