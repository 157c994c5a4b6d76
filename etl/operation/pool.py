"""Worker processes of which none is waited for without an end.

Each worker has a socket of its own and shares no lock and no queue with another: one that is killed, wherever it was,
is seen by its closed socket; one that hangs is killed when its item's time is over. Work, items and whatever is
imported reach a worker by fork; through the socket goes an item's number, and back comes its pickled result.
"""

from __future__ import annotations

import contextlib
import ctypes
import enum
import multiprocessing
import os
import pickle
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

_FORK = multiprocessing.get_context("fork")
_NUMBER, _LENGTH = struct.Struct("!I"), struct.Struct("!Q")
_CHUNK_BYTES = 1 << 20
_END_SECONDS = 5
"""How long a process that was killed is waited for; the kernel needs milliseconds, unless a disk hangs."""
_SAY_SECONDS = 60
"""How long a worker may need to say the rest of a result that it has begun to say."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class Lost(enum.Enum):
    """Why an item has no result."""

    DIED = "its worker process died"
    HUNG = "its worker process did not end in time and was stopped"


def each(
    work: Callable[[Item], Result], items: Sequence[Item], count: int, seconds: float
) -> Iterator[tuple[Item, Result | Lost]]:
    """Work on items in ``count`` processes; each with its result, or why it has none, when it is there.

    ``seconds`` is how long each item may take. What the work raises is raised. Whoever stops on the way, or is
    interrupted, ends the workers: their transactions are undone.
    """
    left, workers = list(range(len(items)))[::-1], list[_Worker]()
    try:
        for _ in range(min(count, len(items))):
            workers.append(_Worker(work, items))
            workers[-1].take(left.pop(), seconds)
        while busy := [worker for worker in workers if worker.number is not None]:
            for worker in _ready(busy):
                outcome = worker.outcome()
                if outcome is None:
                    continue
                number, worker.number = worker.number, None
                assert number is not None
                if isinstance(outcome, Lost):
                    workers.remove(worker)
                    _end([worker])
                    if left:
                        workers.append(worker := _Worker(work, items))
                if left:
                    worker.take(left.pop(), seconds)
                yield items[number], outcome if isinstance(outcome, Lost) else _result(*outcome)
    finally:
        _end(workers)


def _ready(busy: Sequence[_Worker]) -> list[_Worker]:
    """The workers that have something to say, have died, or have no time left."""
    first = min(worker.deadline for worker in busy)
    heard = connection.wait([worker.socket for worker in busy], max(first - time.monotonic(), 0))
    return [worker for worker in busy if worker.socket in heard or worker.is_late]


class _Worker:
    """One process, and the end of the socket that it talks to."""

    def __init__(self, work: Callable[[Any], Any], items: Sequence[Any]) -> None:
        self.socket, theirs = socket.socketpair()
        self.number: int | None = None
        self.deadline = 0.0
        self.said = bytearray()
        # its parent's end stays open in it, and in workers that are forked later; theirs, only in the one it is for
        self.process: BaseProcess = _FORK.Process(target=_work, args=(theirs, os.getpid(), work, items), daemon=True)
        self.process.start()
        theirs.close()
        self.socket.setblocking(False)

    @property
    def is_late(self) -> bool:
        """Whether the item's time is over."""
        return time.monotonic() >= self.deadline

    def take(self, number: int, seconds: float) -> None:
        """Work on the item with this number; a dead worker says so when it is asked for the outcome."""
        self.number, self.deadline = number, time.monotonic() + seconds
        with contextlib.suppress(OSError):
            self.socket.sendall(_NUMBER.pack(number))

    def outcome(self) -> tuple[bool, Any] | Lost | None:
        """Whether the item succeeded and what came of it; None while it is not all there."""
        try:
            chunk = self.socket.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return Lost.HUNG if self.is_late else None
        except OSError:
            chunk = b""
        if not chunk:
            return Lost.DIED
        self.said += chunk
        self.deadline = max(self.deadline, time.monotonic() + _SAY_SECONDS)
        if len(self.said) < _LENGTH.size or len(self.said) < _LENGTH.size + _LENGTH.unpack_from(self.said)[0]:
            return None
        whole, self.said = bytes(self.said[_LENGTH.size :]), bytearray()
        has_succeeded, value = pickle.loads(whole)
        return has_succeeded, value


def _end(workers: Sequence[_Worker]) -> None:
    """Kill processes, whatever they do; one that the kernel cannot end is left to it."""
    for worker in workers:
        worker.process.kill()
    for worker in workers:
        worker.process.join(_END_SECONDS)
        worker.socket.close()


def _result(has_succeeded: bool, value: Any) -> Any:
    """What work returned; what it raised is raised."""
    if not has_succeeded:
        raise value
    return value


def _work(own: socket.socket, parent: int, work: Callable[[Any], Any], items: Sequence[Any]) -> None:
    """In the worker: the result of each item that is asked for, until somebody kills it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole terminal: the parent ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with(parent)
    while number := own.recv(_NUMBER.size, socket.MSG_WAITALL):
        told = _pickled(work, items[_NUMBER.unpack(number)[0]])
        own.sendall(_LENGTH.pack(len(told)) + told)


def _pickled(work: Callable[[Any], Any], item: Any) -> bytes:
    """What came of an item: whether it succeeded, and its result or its exception."""
    try:
        return pickle.dumps((True, work(item)))
    except Exception as error:  # noqa: BLE001  it is raised where the result is awaited
        error.add_note(traceback.format_exc())
        try:
            told = pickle.dumps((False, error))
            pickle.loads(told)  # some exceptions are written and cannot be read
        except Exception:  # noqa: BLE001
            told = pickle.dumps((False, RuntimeError(f"{type(error).__name__} in a worker process")))
        return told


def _end_with(parent: int) -> None:
    """Let Linux kill this process with its parent, whose locks it holds."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
