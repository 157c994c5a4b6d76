"""Read a month that was run before once more: what came late or was corrected is taken in, the rest stays as it is.

What is read lands aside. Only where it differs from what was last judged is the treasury's month judged and replaced in
core, with its receipt and its trace in ``ops.change`` in the same transaction. Whatever fails on the way leaves the
month as it was: that an old month cannot be read again does not make it wrong.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from etl import warehouse
from etl.admission import admit
from etl.errors import HailongError, Unavailable
from etl.landing import changes, zone
from etl.landing.treasury_month import TreasuryMonth, shielded


@dataclass(frozen=True)
class Again:
    """A treasury's month that was read again: how it differs, or what went wrong.

    The case has its receipt pinned where it is to be taken in; else nothing of it was kept.
    """

    treasury_month: TreasuryMonth
    found: tuple[changes.Change, ...] = ()
    error: HailongError | None = None

    @property
    def is_changed(self) -> bool:
        """Whether it differs from what was last judged, or is there for the first time."""
        return self.treasury_month.pinned is not None and self.error is None


@dataclass(frozen=True)
class LookBack:
    """What came of reading a month again; ``is_rated``: whether it has a new draft."""

    month: str
    treasury_count: int = 0
    counts: changes.Counts = field(default_factory=changes.Counts)
    is_rated: bool = False
    errors: tuple[HailongError, ...] = ()

    @classmethod
    def of(cls, month: str, read: Iterable[Again]) -> LookBack:
        """What came of the treasuries of a month."""
        ones = list(read)
        changed = [one for one in ones if one.is_changed]
        counts = [change.counts for one in changed for change in one.found if change.is_from_core]
        errors = tuple(one.error for one in ones if one.error)
        return cls(month, len(changed), sum(counts, changes.Counts()), errors=errors)

    @property
    def lines(self) -> list[str]:
        """What people are told of it: what changed, and what could not be read or taken in."""
        treasuries = "1 treasury" if self.treasury_count == 1 else f"{self.treasury_count} treasuries"
        draft = "new draft" if self.is_rated else "its draft could not be made anew"
        changed = [f"{self.month}: {treasuries} changed ({self.counts}): {draft}"] if self.treasury_count else []
        return changed + [f"✗ looking back at {self.month}: {error}" for error in self.errors]


def read(treasury_month: TreasuryMonth, land: Callable[[TreasuryMonth], zone.Receipt]) -> Again:
    """Land a treasury's month aside and compare it; what says the same is dropped again."""
    try:
        with shielded(treasury_month.name):
            settle(treasury_month)
            kept = land(treasury_month)
            with warehouse.transaction() as connection:
                earlier = warehouse.rows(connection, "landing/earlier_landings", **treasury_month.key)
            found = changes.since(treasury_month, kept, earlier)
            if any(change.is_from_core and not change.counts for change in found):
                settle(treasury_month)
                return Again(treasury_month)
            return Again(dataclasses.replace(treasury_month, pinned=kept), tuple(found))
    except HailongError as error:
        return Again(treasury_month, error=error)


def take_in(group: Sequence[Again]) -> list[Again]:
    """Replace what core holds of some months by what was read; when one cannot be taken in, each is tried alone."""
    try:
        with (
            shielded(f"{len(group)} treasuries, {group[0].treasury_month.month}"),
            warehouse.transaction() as connection,
        ):
            _take_in(connection, group)
    except HailongError as error:
        if len(group) > 1:
            return [one for alone in group for one in take_in([alone])]
        with contextlib.suppress(HailongError):
            settle(group[0].treasury_month)
        return [dataclasses.replace(group[0], error=error)]
    for one in group:
        with contextlib.suppress(HailongError):  # it is in core; the next look-back lets its landing stand
            settle(one.treasury_month)
    return list(group)


def settle(treasury_month: TreasuryMonth) -> None:
    """Let what landed aside stand when core was made from it, else drop it; also after a kill at any point."""
    try:
        left = zone.receipt(treasury_month.place)
    except Unavailable:
        return
    with warehouse.transaction() as connection:
        known = warehouse.rows(connection, "landing/earlier_landings", **treasury_month.key)
        if not any(row["is_from_core"] and row["landing_path"] == left.landing_path for row in known):
            noted = warehouse.rows(connection, "landing/noted_landing", landing_path=left.landing_path)
            zone.drop(treasury_month.place, is_noted=bool(noted))
            return
        outdated = warehouse.rows(
            connection, "landing/outdated_landings", **treasury_month.key, newest_path=left.landing_path
        )
    zone.stand(treasury_month.place)
    zone.forget(treasury_month.place, [row["landing_path"] for row in outdated])


def _take_in(connection: warehouse.Connection, group: Sequence[Again]) -> None:
    """Note the receipts, judge and load, and leave the trace; a month that is not accepted raises its error."""
    for one in group:
        kept = one.treasury_month.pinned
        assert kept is not None
        warehouse.run(
            connection,
            "landing/receipt",
            {"run_id": one.treasury_month.run_id, **one.treasury_month.key, **dataclasses.asdict(kept)},
        )
        changes.note(connection, one.treasury_month, kept, list(one.found))
    for outcome in admit.admit_within(connection, [one.treasury_month for one in group]):
        if outcome.error:
            raise outcome.error
