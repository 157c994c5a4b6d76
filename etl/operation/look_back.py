"""Read earlier months again, and take in what came late or changed.

What is read lands aside. Only where it differs from what was last judged is the treasury's month judged and replaced in
core, with its receipt and its trace in ``ops.change`` in the same transaction. Whatever fails on the way leaves the
month as it was: that an old month cannot be read again does not make it wrong.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from etl import warehouse
from etl.admission import admit
from etl.errors import Disagreement, HailongError, Misdeclared, Unavailable
from etl.landing import changes, zone
from etl.landing.land import land_month
from etl.landing.treasury_month import TreasuryMonth, of_codes, shielded
from etl.log import log
from etl.operation import deadlines, declare, steps, workers
from etl.operation.plan import Plan
from etl.operation.pool import Lost
from etl.periods import Period, SurveyMonth
from etl.registry.ruled import Ruled
from etl.warehouse import locks

_NO_NEWS = "Nothing came late, and nothing was corrected."

UriOf = Callable[[str], str | None]
"""Gives a treasury's connection by its name, where the caller (Airflow) knows it."""


@dataclass(frozen=True)
class Again:
    """A treasury's month that was read again.

    Its month has its receipt pinned where it is to be taken in; else nothing of it was kept.
    """

    treasury_month: TreasuryMonth
    changes: tuple[changes.Change, ...] = ()
    error: HailongError | None = None

    @property
    def is_changed(self) -> bool:
        """Whether it differs from what was last judged, or is new."""
        return self.treasury_month.pinned is not None and self.error is None


@dataclass(frozen=True)
class LookBack:
    """What came of reading a month again.

    ``is_rated``: it has a new draft.
    """

    month: str
    treasury_count: int = 0
    counts: changes.Counts = field(default_factory=changes.Counts)
    is_rated: bool = False
    errors: tuple[HailongError, ...] = ()

    @classmethod
    def of(cls, month: str, read: Iterable[Again]) -> LookBack:
        """What came of the treasuries of a month."""
        outcomes = list(read)
        changed = [outcome for outcome in outcomes if outcome.is_changed]
        counts = [change.counts for outcome in changed for change in outcome.changes if change.is_from_core]
        errors = tuple(outcome.error for outcome in outcomes if outcome.error)
        return cls(month, len(changed), sum(counts, changes.Counts()), errors=errors)

    @property
    def lines(self) -> list[str]:
        """What people are told: what changed, and what went wrong."""
        treasuries = f"{self.treasury_count} {'treasury' if self.treasury_count == 1 else 'treasuries'}"
        draft = "new draft" if self.is_rated else "its draft could not be made anew"
        changed = [f"{self.month}: {treasuries} changed ({self.counts}): {draft}"] if self.treasury_count else []
        return changed + [f"✗ looking back at {self.month}: {error}" for error in self.errors]


def run(planned: Plan, uri_of: UriOf = lambda name: None) -> list[LookBack]:
    """Read the months before the plan's again; those with news.

    They are as many as the rule set says; those that changed are rated anew.

    Only months and treasuries that a run has tried before are read. A month that is compared with a changed one is
    rated anew as well. What goes wrong is logged and comes back with its month; it harms nothing. Months without news
    do not come back.
    """
    ruled = planned.ruled()
    late = ruled.rule_set.late_answers
    if not late:
        return []
    months = [planned.survey_month]
    for _ in range(late.look_back_months):
        months.insert(0, months[0].previous())
    news, is_moved = [], False
    now = dt.datetime.now(dt.UTC)
    for month in months:
        is_read = month != months[-1] and month.bounds(ruled.registry.zone())[1] <= now
        outcome = _read_month(planned, ruled, month, uri_of) if is_read else LookBack(str(month))
        outcome = _rate_anew(outcome, is_moved=is_moved)
        is_moved = is_moved or outcome.is_rated
        for error in outcome.errors:
            log.warning("looking back at %s: %s", month, error)
        news += [outcome] if outcome.treasury_count or outcome.errors else []
    return news


def told(news: Iterable[LookBack]) -> dict[str, list[str]]:
    """The months rated anew, what people are told, what we must mend."""
    months = list(news)
    wrong = [error for month in months for error in month.errors if isinstance(error, Misdeclared | Disagreement)]
    return {
        "rated": [month.month for month in months if month.is_rated],
        "lines": [line for month in months for line in month.lines] or [_NO_NEWS],
        "wrong": [str(error) for error in wrong],
    }


def read(treasury_month: TreasuryMonth, uri: str | None) -> Again:
    """Land a treasury's month aside and compare it.

    What says the same is dropped again.
    """
    try:
        with shielded(treasury_month.name):
            settle(treasury_month)
            kept = land_month(treasury_month, uri, dt.datetime.now(dt.UTC))
            with warehouse.transaction() as connection:
                earlier = warehouse.rows(connection, "landing/earlier_landings", **treasury_month.key)
            differences = changes.since(treasury_month, kept, earlier)
            is_whole = kept.is_whole(treasury_month.admission.max_turned_away_share)
            if is_whole and any(change.is_from_core and not change.counts for change in differences):
                zone.drop(treasury_month.place)
                return Again(treasury_month)
            return Again(dataclasses.replace(treasury_month, pinned=kept), tuple(differences))
    except HailongError as error:
        return Again(treasury_month, error=error)


def take_in(group: Sequence[Again]) -> list[Again]:
    """Replace what core holds of some months by what was read.

    When one cannot be taken in, each is tried alone.
    """
    try:
        with (
            shielded(f"{len(group)} treasuries, {group[0].treasury_month.survey_month}"),
            warehouse.transaction() as connection,
        ):
            _take_in(connection, group)
    except HailongError as error:
        if len(group) > 1:
            return [outcome for again in group for outcome in take_in([again])]
        with contextlib.suppress(HailongError):
            settle(group[0].treasury_month)
        return [dataclasses.replace(group[0], error=error)]
    for again in group:
        with contextlib.suppress(HailongError):  # it is in core; the next look-back lets its landing stand
            settle(again.treasury_month)
    return list(group)


def settle(treasury_month: TreasuryMonth) -> None:
    """Keep what landed aside if core was made from it, else drop.

    It may be called after a kill at any point.
    """
    zone.clear(treasury_month.place)
    try:
        left = zone.receipt(treasury_month.place)
    except Unavailable:
        return
    with warehouse.transaction() as connection:
        landings = warehouse.rows(connection, "landing/earlier_landings", **treasury_month.key)
        if not any(row["is_from_core"] and row["landing_path"] == left.landing_path for row in landings):
            noted = warehouse.rows(connection, "landing/noted_landing", landing_path=left.landing_path)
            zone.drop(treasury_month.place, is_noted=bool(noted))
            return
        outdated = warehouse.rows(
            connection, "landing/outdated_landings", **treasury_month.key, newest_path=left.landing_path
        )
    zone.stand(treasury_month.place)
    zone.forget(treasury_month.place, [row["landing_path"] for row in outdated])


def _read_month(planned: Plan, of_plan: Ruled, month: SurveyMonth, uri_of: UriOf) -> LookBack:
    """Read an earlier month again; what came of it."""
    is_whole = len(planned.treasury_codes) == len(of_plan.registry.treasuries_in(planned.survey_month))
    with warehouse.transaction() as connection:
        tried = [state["treasury_code"] for state in steps.treasury_states(connection, month) if state["updated_at"]]
    codes = [code for code in tried if is_whole or code in planned.treasury_codes]
    if not codes:
        return LookBack(str(month))
    try:
        ruled = Ruled.in_force(of_plan.registry, Period.of_month(month))
        treasury_months = [
            dataclasses.replace(treasury_month, is_look_back=True)
            for treasury_month in of_codes(ruled, codes, f"{planned.run_id}-look-back-{month}")
        ]
        with locks.hold_run(month.first_day, lambda holder: log.info("%s: waiting for %s", month, holder)):
            outcomes = _read_all(ruled, treasury_months, uri_of)
    except HailongError as error:
        return LookBack(str(month), errors=(error,))
    return LookBack.of(str(month), outcomes)


def _read_all(ruled: Ruled, treasury_months: Sequence[TreasuryMonth], uri_of: UriOf) -> list[Again]:
    """Read treasuries' months again in parallel, and take in those that changed."""
    uris = {month.treasury.code: uri_of(f"treasury_{month.treasury.connection_name}") for month in treasury_months}

    def read_one(treasury_month: TreasuryMonth) -> Again:
        warehouse.keep_connections()
        return read(treasury_month, uris[treasury_month.treasury.code])

    outcomes = [
        _lost(treasury_month, outcome) if isinstance(outcome, Lost) else outcome
        for treasury_month, outcome in workers.each(read_one, treasury_months, deadlines.landing())
    ]
    changed = {again.treasury_month.treasury.code: again for again in outcomes if again.is_changed}
    if not changed:
        return outcomes
    run_id = treasury_months[0].run_id
    with warehouse.transaction() as connection:
        declare.open_run(connection, ruled, run_id)
    groups = workers.groups([again.treasury_month for again in changed.values()])
    by_group = [[changed[each.treasury.code] for each in group] for group in groups]
    taken = workers.each_of_groups(take_in, by_group, lambda again, why: _lost(again.treasury_month, why))
    outcomes = [again for again in outcomes if not again.is_changed] + [again for _, again in taken]
    with warehouse.transaction() as connection:
        warehouse.run(connection, "operation/finish_run", {"run_id": run_id})
    return outcomes


def _lost(treasury_month: TreasuryMonth, why: Lost) -> Again:
    """A month whose process died or hung while it was read again; the next look-back settles what it left."""
    return Again(treasury_month, error=workers.lost(f"{treasury_month.name}, read again", why))


def _rate_anew(outcome: LookBack, *, is_moved: bool) -> LookBack:
    """Rate a month anew whose draft is outdated.

    So it is where outcomes are newer, and where a month that it is compared with was rated anew. One that was discarded
    is made again for newer outcomes only.
    """
    with warehouse.transaction() as connection:
        first_day = SurveyMonth.parse(outcome.month).first_day
        (age,) = warehouse.rows(connection, "scoring/draft_age", survey_month=first_day)
    if not age["newer_count"] and not (is_moved and age["rated_count"]):
        return outcome
    try:
        rated = steps.rate(outcome.month)
    except HailongError as error:
        return dataclasses.replace(outcome, errors=(*outcome.errors, error))
    failed = [error for error in (rated[name] for name in ("cases_error", "officers_error", "effects_error")) if error]
    return dataclasses.replace(outcome, is_rated=True, errors=(*outcome.errors, *rated["left_out"], *failed))


def _take_in(connection: warehouse.Connection, group: Sequence[Again]) -> None:
    """Judge and load what was read; a refused month raises its error."""
    for again in group:
        month, kept = again.treasury_month, again.treasury_month.pinned
        assert kept is not None
        warehouse.run(connection, "landing/receipt", {"run_id": month.run_id, **month.key, **kept.row()})
        changes.record(connection, month, kept, list(again.changes))
    for admitted in admit.admit_within(connection, [again.treasury_month for again in group]):
        if admitted.error:
            raise admitted.error
