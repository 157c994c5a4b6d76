"""Who makes a piece of work on many treasuries fail, found by halves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

MOST = 3
"""More treasuries than these are not at fault: the work is."""


def search(fails: Callable[[Sequence[int]], bool], treasury_ids: Sequence[int]) -> list[int]:
    """The treasuries (treasury_id) with each of which alone the work fails; none where it cannot be told.

    ``fails`` tries the work on some of them, which is known to fail on all. It cannot be told where the work fails on
    nobody at all, where it fails on some together and on none of them alone, or where more than ``MOST`` are found.
    One among sixty-three costs about as much as two tries on all.
    """
    if fails([]):
        return []
    found: list[int] = []
    failing = [list(treasury_ids)]
    while failing and len(found) <= MOST:
        together = failing.pop()
        if len(together) == 1:
            found += together
            continue
        middle = len(together) // 2
        halves = [half for half in (together[:middle], together[middle:]) if half and fails(half)]
        if not halves:
            return []
        failing += halves
    return sorted(found) if len(found) <= MOST else []
