"""The month's work, one function per step; the DAG and the command line call the same ones, in this order.

    plan → land (each treasury) → admit → score → report → verdict → look back

The score is a draft; ``etl.publishing.publish`` makes revisions of it.

A step takes the plan and leaves its results in the landing zone and the warehouse, so that it can be run again
after anything, in another process, with the same result. Nothing heavy passes between steps, and a step imports
what only it needs when it runs: sixty tasks that only read a database must not each load the validation library.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import datetime as dt
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl import registry, settings, source, warehouse
from etl.errors import HailongError, Misdeclared, Unavailable
from etl.landing import drift, zone
from etl.landing.treasury_month import Outcome, TreasuryMonth, record, shielded
from etl.operation import declare
from etl.periods import Period, SurveyMonth
from etl.registry import codebook, rule_sets
from etl.registry.rule_set import RuleSet
from etl.registry.terms import PRESENT
from etl.source import pseudonym, queries
from etl.warehouse import locks

if TYPE_CHECKING:
    from etl.landing.changes import Change
    from etl.operation.look_back import Again, LookBack


_log = logging.getLogger("hailong")


_GROUP_ROWS = 500_000


@dataclass(frozen=True)
class Plan:
    """What one run is about. Plain values only: it travels between processes."""

    run_id: str
    month: str
    treasury_codes: tuple[str, ...]
    rule_set_code: str
    questionnaire_code: str

    @classmethod
    def of(cls, values: dict[str, Any]) -> Plan:
        """The plan from its plain values."""
        return cls(**{**values, "treasury_codes": tuple(values["treasury_codes"])})

    @property
    def survey_month(self) -> SurveyMonth:
        """The month."""
        return SurveyMonth.parse(self.month)

    def values(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {**dataclasses.asdict(self), "treasury_codes": list(self.treasury_codes)}


def plan(
    month: str | None = None, only: Sequence[str] = (), run_id: str | None = None, moment: dt.datetime | None = None
) -> Plan:
    """Decide what a run is about, declare the registry to the warehouse, and note the run's beginning: see ``intend``.

    A rule set or questionnaire that was edited after use raises Misdeclared.
    """
    planned = intend(month, only, run_id, moment)
    here = registry.load(settings.read().config)
    with warehouse.transaction() as connection:
        period = Period.of_month(planned.survey_month)
        declare.open_run(connection, (here, _rule_set(planned)), period, planned.run_id)
    return planned


def intend(
    month: str | None = None, only: Sequence[str] = (), run_id: str | None = None, moment: dt.datetime | None = None
) -> Plan:
    """Decide what a run is about, and leave no trace of it.

    Without a month it is the last whole one, in the network's local time, before the moment (now). An unknown month
    or treasury, or a mistake in the configuration raises Misdeclared.
    """
    settings.pseudonym_key()
    here = registry.load(settings.read().config)
    now = dt.datetime.now(here.zone())
    survey_month = SurveyMonth.parse(month) if month else SurveyMonth.before(moment or now, here.zone())
    codes = [here.treasury(code, survey_month).code for code in only]
    rule_set = rule_sets.in_force(here.path, survey_month)
    return Plan(
        run_id=run_id or f"{survey_month}-{now:%Y%m%dT%H%M%S%f}",
        month=str(survey_month),
        treasury_codes=tuple(sorted(set(codes)) or [t.code for t in here.treasuries_in(survey_month)]),
        rule_set_code=rule_set.code,
        questionnaire_code=here.questionnaire_in(survey_month).code,
    )


def land(planned: Plan, code: str, uri: str | None = None) -> dict[str, Any]:
    """Read one treasury's month and keep it, with its receipt; returns the receipt as plain values.

    ``uri`` is the treasury's connection where the caller (Airflow) knows it. What goes wrong is recorded as the
    treasury's outcome and raised: Unavailable may be tried again, Refused and Misdeclared not.
    """
    (treasury_month,) = _treasury_months(planned, [code])
    try:
        with shielded(treasury_month.name):
            receipt = _land(treasury_month, uri)
            found = _changes(treasury_month, receipt)
    except HailongError as error:
        record(treasury_month, Outcome(error=error))
        raise
    values = dataclasses.asdict(receipt)
    with warehouse.transaction() as connection:
        warehouse.run(connection, "landing/receipt", {"run_id": treasury_month.run_id, **treasury_month.key, **values})
        if found:
            from etl.landing import changes

            changes.note(connection, treasury_month, receipt, found)
        outdated = warehouse.rows(
            connection, "landing/outdated_landings", **treasury_month.key, newest_path=receipt.landing_path
        )
    zone.forget(treasury_month.place, [row["landing_path"] for row in outdated])
    return values


def _changes(treasury_month: TreasuryMonth, receipt: zone.Receipt) -> list[Change]:
    """How what landed differs from the landings before."""
    with warehouse.transaction() as connection:
        earlier = warehouse.rows(connection, "landing/earlier_landings", **treasury_month.key)
    if not earlier:
        return []
    from etl.landing import changes

    return changes.since(treasury_month, receipt, earlier)


def land_all(planned: Plan) -> Iterator[tuple[str, bool]]:
    """Land every treasury of a plan in parallel processes; each code when it is done, and whether it landed.

    Why one did not is its recorded outcome. When a process dies, what was not done yet is tried again, each in a
    process of its own; one that dies again has no outcome, and scoring says that it was cut off.
    """
    left = list(planned.treasury_codes)
    with _pool(settings.read().workers) as pool:
        waiting = {}
        with contextlib.suppress(BrokenProcessPool):  # one may die while the others are still being handed out
            for code in left:
                waiting[pool.submit(_has_landed, planned, code)] = code
        for done in as_completed(waiting):
            if not isinstance(done.exception(), BrokenProcessPool):
                left.remove(waiting[done])
                yield waiting[done], done.result()
    for code in left:
        with _pool(1) as alone:
            done = alone.submit(_has_landed, planned, code)
            yield code, not isinstance(done.exception(), BrokenProcessPool) and done.result()


def _has_landed(planned: Plan, code: str) -> bool:
    """Land one treasury; whether it did."""
    try:
        land(planned, code)
    except HailongError:
        return False
    return True


def admit(planned: Plan, codes: Iterable[str]) -> list[dict[str, Any]]:
    """Clean, validate and load what has landed of the given treasuries; their outcomes as plain values.

    Groups of treasuries are worked on in parallel processes that inherit the heavy imports. When one of them dies,
    each treasury is tried again alone, and the one that kills its process again is unavailable.
    """
    from etl.admission import admit

    groups = _groups(_treasury_months(planned, codes))
    workers = min(settings.read().workers, len(groups))
    if workers <= 1:
        admitted = list(map(admit.admit, groups))
    else:
        with _pool(workers) as pool:
            try:
                admitted = list(pool.map(admit.admit, groups))
            except BrokenProcessPool:
                admitted = [[_admit_alone(treasury_month) for treasury_month in group] for group in groups]
    return [
        one.row(treasury_month)
        for group, ones in zip(groups, admitted, strict=True)
        for treasury_month, one in zip(group, ones, strict=True)
    ]


def _pool(workers: int) -> ProcessPoolExecutor:
    """Worker processes that inherit what is imported, and that end when this process does, however it ends."""
    return ProcessPoolExecutor(
        workers, multiprocessing.get_context("fork"), initializer=_end_with, initargs=(os.getpid(),)
    )


def _end_with(parent: int) -> None:
    """Ask Linux to kill this process with its parent: an orphan would go on holding the parent's locks."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _admit_alone(treasury_month: TreasuryMonth) -> Any:
    """Admit one treasury in a process of its own; one that dies makes the treasury unavailable."""
    from etl.admission import admit

    with _pool(1) as pool:
        try:
            return pool.submit(admit.admit, [treasury_month]).result()[0]
        except BrokenProcessPool:
            died = Unavailable(
                f"{treasury_month.name}: its worker process died while loading",
                next_action="look for a lack of memory, then run the month again: nothing is half-written",
            )
            return admit.failed(treasury_month, died)


def score(planned: Plan) -> dict[str, Any]:
    """Count, rate, grade and rank the month, and check the figures before anyone can read them.

    The result is the month's draft. Returns the month's status and how many treasuries are open and in. Figures that
    contradict each other raise Disagreement, and the month's earlier draft stays.
    """
    with warehouse.transaction() as connection:
        locks.lock_month(connection, planned.survey_month.first_day)
        _settle(connection, planned)
        return _rate(connection, Period.of_month(planned.survey_month), planned.run_id)


def rate(code: str) -> dict[str, Any]:
    """Rate a month or a round anew from what is loaded, asking no treasury; its status and counts.

    The rules are those in force at the time. A period of which nothing was run raises Misdeclared.
    """
    here = registry.load(settings.read().config)
    period, now = here.period(code), dt.datetime.now(here.zone())
    run_id = f"{period}-rate-{now:%Y%m%dT%H%M%S%f}"
    with warehouse.transaction() as connection:
        for month in period.months:
            locks.lock_month(connection, month.first_day)
            if not warehouse.rows(connection, "reports/runs", survey_month=month.first_day):
                raise Misdeclared(f"{month} was not run yet", next_action=f"run it: hailong run {month}")
        declare.open_run(connection, (here, rule_sets.in_force(here.path, period)), period, run_id)
        rated = _rate(connection, period, run_id)
        warehouse.run(connection, "operation/finish_run", {"run_id": run_id})
    return rated


def check(code: str) -> list[str]:
    """Count a period again a second way; the names of the checks that agreed. Others raise Disagreement."""
    from etl.scoring import recount

    here = registry.load(settings.read().config)
    period = here.period(code)
    rule_set = rule_sets.in_force(here.path, period)
    with warehouse.transaction() as connection:
        for draft in warehouse.rows(connection, "publishing/draft", period_code=period.code):
            if draft["rule_set_code"] != rule_set.code:
                raise Unavailable(
                    f"{period}: the draft was made under {draft['rule_set_code']}, {rule_set.code} is in force now",
                    next_action=f"rate it again: hailong rate {period}",
                )
        return recount.check(connection, period, rule_set)


def report(planned: Plan) -> Path:
    """Write the run's validation page; where it is."""
    from etl.reports import run_page

    run = run_page.of_run(planned.run_id)
    if run is None:
        raise Unavailable(
            f"the warehouse does not know the run {planned.run_id}", next_action=f"run {planned.month} again"
        )
    return run_page.write(settings.read().reports / planned.month, run)


def verdict(planned: Plan) -> list[dict[str, Any]]:
    """Close the run: the treasuries of its plan that are missing, each with its state, error and next action."""
    with warehouse.transaction() as connection:
        warehouse.run(connection, "operation/finish_run", {"run_id": planned.run_id})
        states = _treasury_states(connection, planned.survey_month)
    shown = ("treasury_code", "treasury_name_vi", "treasury_state", "error_message", "next_action")
    return [
        {name: state[name] for name in shown}
        for state in states
        if state["treasury_code"] in planned.treasury_codes and state["treasury_state"] not in PRESENT
    ]


def look_back(planned: Plan, uri_of: Callable[[str], str | None] = lambda name: None) -> list[LookBack]:
    """Read the months before the plan's once more, as many as its rule set says, and rate those anew that changed.

    Only months and treasuries that a run has tried before are read. ``uri_of`` gives a treasury's connection by its
    name where the caller (Airflow) knows it. A month that is compared with a changed one is rated anew as well. What
    goes wrong is logged and comes back with its month; it harms nothing. Months without news do not come back.
    """
    late = _rule_set(planned).late_answers
    if not late:
        return []
    months = [planned.survey_month]
    for _ in range(late.look_back_months):
        months.insert(0, months[0].previous())
    done, is_moved = [], False
    for month in months:
        one = _rate_anew(_read_again(planned, month, uri_of), is_moved=is_moved)
        is_moved = is_moved or one.is_rated
        for error in one.errors:
            _log.warning("looking back at %s: %s", month, error)
        done += [one] if one.treasury_count or one.errors else []
    return done


def connection_name(planned: Plan, code: str) -> str:
    """The name of a treasury's connection: with its code, unless an older office had that before."""
    treasury = registry.load(settings.read().config).treasury(code, planned.survey_month)
    return f"treasury_{treasury.connection_name}"


def label(planned: Plan, code: str) -> str:
    """A treasury's code and name, as people know it in the plan's month."""
    treasury = registry.load(settings.read().config).treasury(code, planned.survey_month)
    return f"{treasury.code} {treasury.name_vi}"


def _read_again(planned: Plan, month: SurveyMonth, uri_of: Callable[[str], str | None]) -> LookBack:
    """Read an earlier month again in parallel processes, and take in the treasuries whose answers changed."""
    from etl.operation import look_back

    here = registry.load(settings.read().config)
    is_whole = len(planned.treasury_codes) == len(here.treasuries_in(planned.survey_month))
    with warehouse.transaction() as connection:
        tried = [one["treasury_code"] for one in _treasury_states(connection, month) if one["updated_at"]]
    codes = tuple(code for code in tried if is_whole or code in planned.treasury_codes)
    if month == planned.survey_month or not codes:
        return look_back.LookBack(str(month))
    run_id = f"{planned.run_id}-look-back-{month}"
    try:
        rule_set, questionnaire = rule_sets.in_force(here.path, month), here.questionnaire_in(month)
        treasury_months = _treasury_months(Plan(run_id, str(month), codes, rule_set.code, questionnaire.code), codes)
        treasury_months = [dataclasses.replace(treasury_month, is_look_back=True) for treasury_month in treasury_months]
        uris = [uri_of(f"treasury_{treasury_month.treasury.connection_name}") for treasury_month in treasury_months]
        with locks.hold_run(month.first_day, lambda: None), _pool(settings.read().workers) as pool:
            read = list(pool.map(_read_case_again, treasury_months, uris))
            changed = {one.treasury_month.treasury.code: one for one in read if one.is_changed}
            if changed:
                with warehouse.transaction() as connection:
                    declare.open_run(connection, (here, rule_set), Period.of_month(month), run_id)
                groups = _groups([one.treasury_month for one in changed.values()])
                taken = pool.map(
                    look_back.take_in,
                    [[changed[treasury_month.treasury.code] for treasury_month in group] for group in groups],
                )
                read = [one for one in read if not one.is_changed] + [one for group in taken for one in group]
                with warehouse.transaction() as connection:
                    warehouse.run(connection, "operation/finish_run", {"run_id": run_id})
    except HailongError as error:
        return look_back.LookBack(str(month), errors=(error,))
    except BrokenProcessPool:
        died = Unavailable(
            f"{month}: a worker process died while the month was read again",
            next_action="look for a lack of memory, then run the month again: nothing is half-written",
        )
        return look_back.LookBack(str(month), errors=(died,))
    return look_back.LookBack.of(str(month), read)


def _read_case_again(treasury_month: TreasuryMonth, uri: str | None) -> Again:
    """Read one treasury's month again."""
    from etl.operation import look_back

    return look_back.read(treasury_month, partial(_land, uri=uri))


def _rate_anew(one: LookBack, *, is_moved: bool) -> LookBack:
    """Rate a month whose draft does not hold the last outcomes, or that is compared with one that was rated anew."""
    with warehouse.transaction() as connection:
        first_day = SurveyMonth.parse(one.month).first_day
        (age,) = warehouse.rows(connection, "scoring/draft_age", survey_month=first_day)
    if not age["newer_count"] and not (is_moved and age["outcome_count"]):
        return one
    try:
        rate(one.month)
    except HailongError as error:
        return dataclasses.replace(one, errors=(*one.errors, error))
    return dataclasses.replace(one, is_rated=True)


def _rate(connection: warehouse.Connection, period: Period, run_id: str) -> dict[str, Any]:
    """Make the draft of a period, note its signals and its verdict, and check it."""
    from etl.scoring import earlier as scoring_earlier
    from etl.scoring import rate_period, recount, signals

    here = registry.load(settings.read().config)
    rule_set, questionnaire = rule_sets.in_force(here.path, period), here.questionnaire_in(period)
    job = rate_period.Job(period, rule_set, questionnaire, run_id, warehouse.now(connection))
    earlier = scoring_earlier.Earlier(here.previous(period), here.year_before(period))
    now = scoring_earlier.Now(period, rule_set, questionnaire.code)
    for month in period.months:
        warehouse.run(connection, "scoring/analyze_month", {"survey_month": month.first_day})
    rated = rate_period.rate_period(
        connection, job, lambda found: scoring_earlier.of_periods(connection, found, earlier, now)
    )
    signals.note(connection, period, rule_set)
    if not period.is_round:
        warehouse.run(connection, "scoring/verdict", {"survey_month": period.first_day, "run_id": run_id, **rated})
    recount.check(connection, period, rule_set)
    return rated


def _treasury_months(planned: Plan, codes: Iterable[str]) -> list[TreasuryMonth]:
    """Treasuries of a plan, each with all that is declared about it."""
    here, month = registry.load(settings.read().config), planned.survey_month
    rule_set = _rule_set(planned)
    admission = rule_set.admission
    if not here.has_round(month):  # nobody was asked: no answers are no fault
        admission = admission.model_copy(update={"answers_due": False})
    with warehouse.transaction() as connection:
        ids = declare.treasury_ids(connection, month)
    return [
        TreasuryMonth(
            treasury=treasury,
            treasury_id=ids[treasury.code],
            month=month,
            bounds=here.days_of(treasury, month),
            book=codebook.of(here, treasury, month),
            admission=admission,
            counting=rule_set.counting,
            run_id=planned.run_id,
        )
        for treasury in (here.treasury(code, month) for code in codes)
    ]


def _groups(treasury_months: Sequence[TreasuryMonth]) -> list[list[TreasuryMonth]]:
    """Cases in groups of what one transaction loads, and at least one group for each worker; none is empty."""
    sizes = {treasury_month.treasury.code: _landed_rows(treasury_month) for treasury_month in treasury_months}
    number = max(settings.read().workers, -(-sum(sizes.values()) // _GROUP_ROWS))
    groups: list[list[TreasuryMonth]] = [[] for _ in range(min(number, len(treasury_months)))]
    filled = [0] * len(groups)
    for treasury_month in sorted(treasury_months, key=lambda treasury_month: -sizes[treasury_month.treasury.code]):
        emptiest = filled.index(min(filled))
        groups[emptiest].append(treasury_month)
        filled[emptiest] += sizes[treasury_month.treasury.code] + 1
    return groups


def _landed_rows(treasury_month: TreasuryMonth) -> int:
    """How many rows have landed of a case; none when its landing cannot be read, which admission will report."""
    try:
        return zone.receipt(treasury_month.place).row_count
    except HailongError:
        return 0


def _land(treasury_month: TreasuryMonth, uri: str | None) -> zone.Receipt:
    """Read, pseudonymise and keep one treasury's month, within its hours and in our turn at its server."""
    now = settings.read()
    _keep_hours(treasury_month)
    url = source.url_of(treasury_month.treasury.connection_name, uri)
    statement = queries.statement_of(now.config, treasury_month.treasury.source, url.get_backend_name())
    whose = (treasury_month.name, statement.sql, statement.params, treasury_month.bounds, treasury_month.book.zone)
    query = source.Query(*whose, statement.encoding, statement.reads)
    snapshot = source.Snapshot(url, query, source.Limits(now.source_timeout, now.batch_rows, now.source_tries))
    batches = map(partial(pseudonym.hide, key=settings.pseudonym_key()), snapshot)
    server = source.server_of(url)
    try:
        with locks.hold_turn(server, now.source_connections) if server else contextlib.nullcontext():
            receipt = zone.keep(treasury_month.place, batches, statement.name, lambda: snapshot.taken_at)
    except HailongError as error:
        raise drift.explained(error, _drift(treasury_month, snapshot)) from None
    _drift(treasury_month, snapshot)
    shape = None if treasury_month.is_look_back else snapshot.shape
    return dataclasses.replace(receipt, shape_digest=shape.digest if shape else None)


def _drift(treasury_month: TreasuryMonth, snapshot: source.Snapshot) -> list[drift.Drift]:
    """How the source's shape changed since the last landing, where the query says what it reads, and it was seen."""
    return drift.note(treasury_month, snapshot.shape) if snapshot.shape and snapshot.query.tables else []


def _keep_hours(treasury_month: TreasuryMonth) -> None:
    """Raise Unavailable outside of the hours in which the treasury's database may be read."""
    hours, now = treasury_month.treasury.reading_hours, dt.datetime.now(treasury_month.book.zone)
    if hours and now.time() not in hours:
        raise Unavailable(
            f"{treasury_month.name}: its database may be read from {hours} in local time, and there it is {now:%H:%M}",
            next_action=f"run the month again after {hours.start:%H:%M}, or change reading_hours in treasuries.yaml",
        )


def _settle(connection: warehouse.Connection, planned: Plan) -> None:
    """Give an outcome to the treasuries of the plan whose work was cut off before it had one."""
    cut_off = Unavailable(
        f"{planned.month}: the work on this treasury was cut off before it had a result",
        next_action="read the log of its task, then run the month again",
    )
    treasury_months = {
        treasury_month.treasury_id: treasury_month
        for treasury_month in _treasury_months(planned, planned.treasury_codes)
    }
    key = {"run_id": planned.run_id, "survey_month": planned.survey_month.first_day}
    for row in warehouse.rows(connection, "scoring/unfinished", treasury_ids=list(treasury_months), **key):
        warehouse.run(connection, "landing/outcome", Outcome(error=cut_off).row(treasury_months[row["treasury_id"]]))


def _treasury_states(connection: warehouse.Connection, month: SurveyMonth) -> list[dict[str, Any]]:
    """Every open treasury with its last outcome."""
    first = month.first_day
    return warehouse.rows(connection, "scoring/treasury_states", first_month=first, last_month=first)


def _rule_set(planned: Plan) -> RuleSet:
    """The rule set in force in the plan's month."""
    return rule_sets.in_force(settings.read().config, planned.survey_month)
