"""Work in a process of its own that may be killed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable


def in_a_child(work: Callable[[], None]) -> int:
    """Run something in a forked child process; its exit code, negative when a signal ended it."""
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join(120)
    assert child.exitcode is not None
    return child.exitcode
