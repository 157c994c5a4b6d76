"""Who holds a lock that somebody waits for, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from etl.errors import Unavailable


@dataclass(frozen=True)
class Holder:
    """A session of the warehouse; since when its transaction lasts, only who may see it knows."""

    session_pid: int
    login_name: str | None
    application_name: str | None
    since: dt.datetime | None

    def __str__(self) -> str:
        since = f", since {self.since:%Y-%m-%d %H:%M:%S %Z}" if self.since else ""
        return f"{self.login_name or 'somebody'} ({self.application_name or 'unnamed'}, pid {self.session_pid}{since})"


def blocked(what: str, holders: Iterable[Holder]) -> Unavailable:
    """The error of something that waited too long for some sessions; who they are may be unknown."""
    known = list(holders)
    whom = ", ".join(map(str, known)) or "a lock that somebody held"
    ends = "; ".join(f"select pg_terminate_backend({holder.session_pid})" for holder in known)
    error = Unavailable(
        f"{what} waited too long for {whom}",
        next_action=f"let them end, or end them as the warehouse's administrator ({ends}), and run it again"
        if known
        else "run it again; if it waits again, ask pg_stat_activity who has been at work for long",
    )
    error.is_blocked = True
    return error
