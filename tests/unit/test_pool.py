"""Worker processes that die or hang: what becomes of their items, and that nobody waits for them without an end."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.errors import Refused
from etl.operation import pool
from etl.operation.pool import Lost

LONG, SHORT = 60.0, 0.5


def all_of(work: Callable[[int], object], count: int, workers: int = 2, seconds: float = LONG) -> dict[int, object]:
    """What came of working on so many numbers."""
    return dict(pool.each(work, range(count), workers, seconds))


def doubled(number: int) -> int:
    return 2 * number


def nap(number: int) -> int:
    time.sleep(0.1)
    return os.getpid()


def die(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def hang(number: int) -> int:
    if number == 1:
        time.sleep(600)
    return number


def stop(number: int) -> int:
    """Stand still as a process does whose disk is away: no signal of Python's own reaches it."""
    if number == 1:
        os.kill(os.getpid(), signal.SIGSTOP)
    return number


def test_every_item_comes_back_with_its_result_once() -> None:
    assert all_of(doubled, 50, workers=3) == {number: 2 * number for number in range(50)}
    assert all_of(doubled, 0) == {}
    assert all_of(doubled, 1, workers=8) == {0: 0}


def test_a_few_processes_do_all_of_it_at_once() -> None:
    started = time.monotonic()
    processes = set(all_of(nap, 8, workers=4).values())
    assert len(processes) == 4
    assert os.getpid() not in processes
    assert time.monotonic() - started < 0.8


@pytest.mark.parametrize("moment", [0.0, 0.05, 0.1, 0.15, 0.2])
def test_a_worker_that_is_killed_at_any_moment_hangs_nobody(moment: float) -> None:
    for _ in range(5):  # twenty-five in all
        started = time.monotonic()
        outcomes = pool.each(nap, range(2), 2, LONG)
        first = threading.Timer(moment, kill_one)
        first.start()
        found = dict(outcomes)
        first.join()
        assert set(found) == {0, 1}
        assert all(one is Lost.DIED or isinstance(one, int) for one in found.values())
        assert time.monotonic() - started < 5


def kill_one() -> None:
    """Kill one of this process' workers, where there is one."""
    for process in pool._FORK.active_children()[:1]:
        process.kill()


def test_a_worker_that_is_killed_when_it_has_nothing_left_to_do_hangs_nobody() -> None:
    for _ in range(20):
        started = time.monotonic()
        outcomes = pool.each(nap, range(2), 2, LONG)
        for _ in range(2):
            next(outcomes)
        kill_one()
        assert list(outcomes) == []
        assert time.monotonic() - started < 3


@pytest.mark.parametrize(("work", "why"), [(die, Lost.DIED), (hang, Lost.HUNG), (stop, Lost.HUNG)])
def test_what_a_process_costs_that_dies_or_hangs_is_its_item(work: Callable[[int], int], why: Lost) -> None:
    started = time.monotonic()
    assert all_of(work, 6, seconds=SHORT) == {0: 0, 1: why, 2: 2, 3: 3, 4: 4, 5: 5}
    assert time.monotonic() - started < 10


def test_a_large_result_is_whole_also_when_it_is_fetched_late() -> None:
    outcomes = pool.each(lambda number: bytes([number]) * 5_000_000, range(3), 2, SHORT)
    found = {}
    for number, outcome in outcomes:
        time.sleep(2 * SHORT)  # the others have said what they had to say, and their time is over
        found[number] = outcome
    assert found == {number: bytes([number]) * 5_000_000 for number in range(3)}


def test_what_the_work_raises_is_raised_and_the_others_are_ended(tmp_path: Path) -> None:
    def fail(number: int) -> None:
        if number == 0:
            raise Refused("34 is wrong", next_action="mend it")
        time.sleep(3)
        (tmp_path / str(number)).touch()

    with pytest.raises(Refused, match="34 is wrong → mend it"):
        all_of(fail, 2)  # type: ignore[arg-type]
    time.sleep(3.2)
    assert list(tmp_path.iterdir()) == []


class Unsendable(Exception):
    """It holds what no other process can have."""

    def __init__(self) -> None:
        super().__init__("no")
        self.lock = threading.Lock()


def test_an_exception_that_cannot_be_carried_over_is_named() -> None:
    def fail(number: int) -> None:
        raise Unsendable

    with pytest.raises(RuntimeError, match="Unsendable in a worker process"):
        all_of(fail, 1)  # type: ignore[arg-type]


def test_who_stops_on_the_way_ends_the_workers() -> None:
    outcomes = pool.each(hang, range(2), 2, LONG)
    assert next(outcomes) == (0, 0)
    workers = pool._FORK.active_children()
    assert len(workers) == 2
    started = time.monotonic()
    outcomes.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 3
    assert not any(worker.is_alive() for worker in workers)
