"""Who came after whom: the bearers of a code in the course of time, and the offices into which a treasury went.

A code is no stable key: it can be given to another office later. A code among the successors of a treasury therefore
means its first bearer after the treasury's end, and nobody else. A withdrawn entry is nobody's successor.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from etl.registry.network import Treasury


def bearers(treasuries: Iterable[Treasury], code: str) -> list[Treasury]:
    """The treasuries that have or had a code, by the day on which they began."""
    return sorted((t for t in treasuries if t.code == code), key=lambda t: t.valid_from)


def next_bearer(treasuries: Iterable[Treasury], code: str, end: dt.date) -> Treasury | None:
    """The first bearer of a code that is open on some day after another treasury's last day; None without one."""
    offices = [t for t in bearers(treasuries, code) if t.withdrawn is None]
    return next((t for t in offices if t.valid_to is None or t.valid_to > end), None)


def heirs(treasuries: Sequence[Treasury], codes: Iterable[str], end: dt.date, on: dt.date) -> tuple[Treasury, ...]:
    """The treasuries, open on a day, into which one that ended on ``end`` and named ``codes`` went.

    The nearest generation with one that is open counts: who named the province does not get all the provinces of
    the region between them. Every generation lasts longer than the one before, so that the search comes to an end.
    """
    direct = [found for code in codes if (found := next_bearer(treasuries, code, end))]
    is_open = {(t.code, t.valid_from): t for t in direct if t.is_open_on(on)}
    if not is_open:
        gone = [t for t in direct if t.valid_to and t.valid_to < on]
        further = [heir for t in gone if t.valid_to for heir in heirs(treasuries, t.succeeded_by, t.valid_to, on)]
        is_open = {(t.code, t.valid_from): t for t in further}
    return tuple(is_open[key] for key in sorted(is_open))


def pairs(treasuries: Sequence[Treasury]) -> Iterator[tuple[Treasury, Treasury]]:
    """Every treasury that ended with each treasury that is among its heirs on some day."""
    turns = {t.valid_from for t in treasuries} | {t.valid_to + dt.timedelta(1) for t in treasuries if t.valid_to}
    for treasury in treasuries:
        if treasury.valid_to is None:
            continue
        found: dict[tuple[str, dt.date], Treasury] = {}
        for day in sorted(day for day in turns if day > treasury.valid_to):
            for heir in heirs(treasuries, treasury.succeeded_by, treasury.valid_to, day):
                found.setdefault((heir.code, heir.valid_from), heir)
        yield from ((treasury, heir) for heir in found.values())
