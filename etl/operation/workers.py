"""What worker processes get to do, and what becomes of it when one dies or hangs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from etl import settings
from etl.errors import HailongError, Unavailable
from etl.landing import zone
from etl.landing.treasury_month import TreasuryMonth
from etl.operation import deadlines, pool
from etl.operation.pool import Lost

if TYPE_CHECKING:
    from etl.admission.admitted import Admitted

Item = TypeVar("Item")
Result = TypeVar("Result")


def lost(name: str, why: Lost) -> Unavailable:
    """The error of work whose process died, most often without memory, or hung."""
    causes = {Lost.DIED: "a lack of memory", Lost.HUNG: "a disk, a server or a lock that does not answer"}
    return Unavailable(
        f"{name}: {why.value}",
        next_action=f"look for {causes[why]}, then run the month again: nothing is half-written",
    )


def each(
    work: Callable[[Item], Result], items: Sequence[Item], limit: dt.timedelta
) -> Iterator[tuple[Item, Result | Lost]]:
    """Work on items in parallel, each for no longer than ``limit``; each with its result when it is there.

    One whose process dies is tried again alone, when the others are done; it is lost when that dies as well.
    """
    died = []
    for item, outcome in pool.each(work, items, settings.read().workers, limit.total_seconds()):
        if outcome is Lost.DIED:
            died.append(item)
        else:
            yield item, outcome
    for item in died:
        yield from pool.each(work, [item], 1, limit.total_seconds())


def each_of_groups(
    work: Callable[[list[Item]], Sequence[Result]],
    groups: Sequence[list[Item]],
    of_lost: Callable[[Item, Lost], Result],
) -> Iterator[tuple[Item, Result]]:
    """Work on groups of treasuries' months in parallel; each item with its result.

    When a group's process dies or hangs, each of its items is tried alone, and one that is lost again gets the result
    ``of_lost``.
    """
    again, seconds = [], deadlines.ADMISSION.total_seconds()
    for group, outcome in pool.each(work, groups, settings.read().workers, seconds):
        if isinstance(outcome, Lost):
            again += group
        else:
            yield from zip(group, outcome, strict=True)
    for item in again:
        for _, outcome in pool.each(work, [[item]], 1, seconds):
            yield item, of_lost(item, outcome) if isinstance(outcome, Lost) else outcome[0]


def admit(treasury_months: Sequence[TreasuryMonth]) -> Iterator[tuple[TreasuryMonth, Admitted]]:
    """Admit what has landed, in parallel groups; months with their outcomes.

    A treasury that kills its process, or lets it hang, also when it is tried alone, is unavailable.
    """
    from etl.admission import admit as admission  # the workers inherit it

    work = groups(treasury_months)
    if min(settings.read().workers, len(work)) <= 1:
        for group in work:
            yield from zip(group, admission.admit(group), strict=True)
        return
    yield from each_of_groups(
        admission.admit,
        work,
        lambda month, why: admission.failed(month, lost(f"{month.name}, while loading", why)),
    )


def groups(treasury_months: Sequence[TreasuryMonth]) -> list[list[TreasuryMonth]]:
    """Treasuries' months in groups that one transaction loads; none is empty.

    There is at least one for each worker process, where there are as many months.
    """
    return _divided(treasury_months, settings.read().group_rows, at_least=settings.read().workers)


def shares(treasury_months: Sequence[TreasuryMonth]) -> list[list[TreasuryMonth]]:
    """Treasuries' months in shares that each keep one machine busy: as many rows as its worker processes take at once.

    A month that one machine takes at once is one share. None is empty.
    """
    return _divided(treasury_months, settings.read().group_rows * settings.read().workers, at_least=1)


def _divided(treasury_months: Sequence[TreasuryMonth], rows: int, at_least: int) -> list[list[TreasuryMonth]]:
    """Treasuries' months in parts of about as many landed rows each, the largest first into the emptiest."""
    sizes = {treasury_month.treasury.code: _landed_rows(treasury_month) for treasury_month in treasury_months}
    number = max(at_least, -(-sum(sizes.values()) // rows))
    divided: list[list[TreasuryMonth]] = [[] for _ in range(min(number, len(treasury_months)))]
    filled = [0] * len(divided)
    for treasury_month in sorted(treasury_months, key=lambda treasury_month: -sizes[treasury_month.treasury.code]):
        emptiest = filled.index(min(filled))
        divided[emptiest].append(treasury_month)
        filled[emptiest] += sizes[treasury_month.treasury.code] + 1
    return divided


def _landed_rows(treasury_month: TreasuryMonth) -> int:
    """How many rows of a month have landed; 0 when unreadable."""
    try:
        return zone.receipt(treasury_month.place).row_count
    except HailongError:
        return 0
