"""What a login that sees its own is for: its kind, and its treasury or unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class LoginKind(StrEnum):
    """What a login is for."""

    treasury = "treasury"
    unit = "unit"
    worker = "worker"
    inspectorate = "inspectorate"
    analyst = "analyst"

    @property
    def is_of_network(self) -> bool:
        """Whether it is for no single treasury."""
        return self in (LoginKind.inspectorate, LoginKind.analyst)


@dataclass(frozen=True)
class Scope:
    """For which treasury or unit a login is, by their codes, and from when to when."""

    treasury_code: str | None = None
    unit_code: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
