"""Worker processes: what each gets to do, and when one dies."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, TypeVar

from etl import settings
from etl.errors import HailongError, Unavailable
from etl.landing import zone
from etl.landing.treasury_month import TreasuryMonth

if TYPE_CHECKING:
    from etl.admission.admitted import Admitted

_GROUP_ROWS = 500_000

Item = TypeVar("Item")
Result = TypeVar("Result")


@contextlib.contextmanager
def pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that inherit what is imported, and end with this one.

    Whoever stops on the way, or is interrupted, does not wait for them: their transactions are undone.
    """
    with ProcessPoolExecutor(
        workers, multiprocessing.get_context("fork"), initializer=_end_with, initargs=(os.getpid(),)
    ) as executor:
        try:
            yield executor
        except (KeyboardInterrupt, GeneratorExit):
            for worker in multiprocessing.active_children():
                worker.kill()
            raise


def died(message: str) -> Unavailable:
    """The error of work whose process died, most often without memory."""
    return Unavailable(
        message, next_action="look for a lack of memory, then run the month again: nothing is half-written"
    )


def each(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[Item, Result | None]]:
    """Work on items in parallel; each with its result when done.

    The result is None when the item's process died twice.

    When a process dies, what was not done yet is tried again, each item in a process of its own.
    """
    left = list(items)
    with pool(settings.read().workers) as workers:
        waiting = {}
        with contextlib.suppress(BrokenProcessPool):  # one may die while the others are still being handed out
            for item in left:
                waiting[workers.submit(work, item)] = item
        for done in as_completed(waiting):
            if not isinstance(done.exception(), BrokenProcessPool):
                left.remove(waiting[done])
                yield waiting[done], done.result()
    for item in left:
        yield item, alone(work, item)


def alone(work: Callable[[Item], Result], item: Item) -> Result | None:
    """The result of work in its own process; None if it dies."""
    with pool(1) as worker:
        try:
            return worker.submit(work, item).result()
        except BrokenProcessPool:
            return None


def admit(treasury_months: Sequence[TreasuryMonth]) -> Iterator[tuple[TreasuryMonth, Admitted]]:
    """Admit what has landed, in parallel groups; months with their outcomes.

    When a process dies, each treasury is tried again alone, and the one that kills its process again is unavailable.
    """
    from etl.admission import admit as admission  # the workers inherit it

    work = groups(treasury_months)
    count = min(settings.read().workers, len(work))
    if count <= 1:
        admitted = [admission.admit(group) for group in work]
    else:
        with pool(count) as workers:
            try:
                admitted = list(workers.map(admission.admit, work))
            except BrokenProcessPool:
                admitted = [[_admit_alone(treasury_month) for treasury_month in group] for group in work]
    for group, outcomes in zip(work, admitted, strict=True):
        yield from zip(group, outcomes, strict=True)


def groups(treasury_months: Sequence[TreasuryMonth]) -> list[list[TreasuryMonth]]:
    """Treasuries' months in groups that one transaction loads; none is empty.

    There is at least one for each worker, where there are as many months.
    """
    sizes = {treasury_month.treasury.code: _landed_rows(treasury_month) for treasury_month in treasury_months}
    number = max(settings.read().workers, -(-sum(sizes.values()) // _GROUP_ROWS))
    divided: list[list[TreasuryMonth]] = [[] for _ in range(min(number, len(treasury_months)))]
    filled = [0] * len(divided)
    for treasury_month in sorted(treasury_months, key=lambda treasury_month: -sizes[treasury_month.treasury.code]):
        emptiest = filled.index(min(filled))
        divided[emptiest].append(treasury_month)
        filled[emptiest] += sizes[treasury_month.treasury.code] + 1
    return divided


def _admit_alone(treasury_month: TreasuryMonth) -> Admitted:
    """Admit one treasury in its own process; unavailable if that dies."""
    from etl.admission import admit as admission

    admitted = alone(admission.admit, [treasury_month])
    if admitted:
        return admitted[0]
    return admission.failed(treasury_month, died(f"{treasury_month.name}: its worker process died while loading"))


def _landed_rows(treasury_month: TreasuryMonth) -> int:
    """How many rows of a month have landed; 0 when unreadable."""
    try:
        return zone.receipt(treasury_month.place).row_count
    except HailongError:
        return 0


def _end_with(parent: int) -> None:
    """Let Linux kill this process with its parent, whose locks it holds."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
