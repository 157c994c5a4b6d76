"""What can go wrong, sorted by who acts next.

    HailongError
    ├── Unavailable    exit 3   nobody yet: the source, the warehouse or the disk was away; try again
    ├── Refused        exit 4   the treasury: its month was read and cannot be accepted as it is
    ├── Misdeclared    exit 5   us: the registry, a rule set, a suite, a query or a setting is wrong
    ├── Disagreement   exit 6   us: a check on the finished figures failed; do not publish
    └── Unfit          exit 7   whoever decides: a draft or a case does not allow it as it stands; decide again

Every message names the place (treasury, month, file and line, column) and the next action. No message
holds a password, an answer's text or anything else about a person.

What a driver raises is told as one of these in the room that uses it: ``files`` for disks and stores, ``warehouse`` for
our database, ``source.reasons`` for an office's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from etl import escape


class HailongError(Exception):
    """Base of all errors that a user of the pipeline is meant to read.

    ``exit_code`` is what the command line returns; ``state`` is what a treasury's month is in after the error.
    A message may quote what came from outside, a key for example: what steers in it is written as its code.
    """

    exit_code = 1
    state = "unavailable"

    def __init__(self, message: str, *, next_action: str) -> None:
        super().__init__(escape.visible(message))
        self.message = escape.visible(message)
        self.next_action = escape.visible(next_action)

    def __str__(self) -> str:
        return f"{self.message} → {self.next_action}"

    def at(self, place: str) -> HailongError:
        """The same error with a treasury and its month before it, unless it names the month already."""
        if place.rpartition(", ")[2] in self.message:
            return self
        return type(self)(f"{place}: {self.message}", next_action=self.next_action)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.next_action))


class Unavailable(HailongError):
    """Something that we depend on is away; the same run tried again may succeed.

    ``is_blocked``: it is there, and somebody held a lock on it for longer than we wait.
    """

    exit_code = 3
    is_blocked = False


class Refused(HailongError):
    """A treasury's month was read but breaks the contract; the treasury must act."""

    exit_code = 4
    state = "refused"


class Misdeclared(HailongError):
    """Our own registry, rules, suites, queries or settings are wrong; we must act."""

    exit_code = 5


class Disagreement(HailongError):
    """The finished figures contradict each other; nothing may be published.

    ``treasuries`` (treasury_id): why, of each that the wrong figures name; none where they name nobody.
    """

    exit_code = 6
    state = "refused"

    def __init__(self, message: str, *, next_action: str, treasuries: Mapping[int, str] | None = None) -> None:
        super().__init__(message, next_action=next_action)
        self.treasuries = dict(treasuries or {})

    def __reduce__(self) -> tuple[object, ...]:
        return (partial(type(self), next_action=self.next_action, treasuries=self.treasuries), (self.message,))


class Unfit(HailongError):
    """A draft cannot be published, or a case not be taken further, as it stands; another decision helps."""

    exit_code = 7


def _rebuild(kind: type[HailongError], message: str, next_action: str) -> HailongError:
    """Undo ``HailongError.__reduce__``: errors cross process boundaries whole."""
    return kind(message, next_action=next_action)
