"""The month's work, one function per step; the DAG and the command line call the same ones, in this order.

    plan → land (each treasury) → admit → score → check → report → verdict

The score is a draft; ``etl.publication`` makes revisions of it.

A step takes the plan and leaves its results in the landing zone and the warehouse, so that it can be run again
after anything, in another process, with the same result. Nothing heavy passes between steps, and a step imports
what only it needs when it runs: sixty tasks that only read a database must not each load the validation library.
"""

from __future__ import annotations

import ctypes
import dataclasses
import datetime as dt
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from etl import declaration, landing, pseudonym, registry, rules, settings, source, statements, warehouse
from etl.case import Case, Outcome, record, shielded
from etl.contract import PRESENT
from etl.errors import HailongError, Misdeclared, Unavailable
from etl.month import SurveyMonth
from etl.period import Period
from etl.registry import codebook
from etl.rules import RuleSet


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
    """Decide what a run is about, declare the registry to the warehouse, and note the run's beginning.

    Without a month it is the last whole one, in the network's local time, before the moment (now). An unknown month
    or treasury, a mistake in the configuration, or a rule set or questionnaire that was edited after use raises
    Misdeclared.
    """
    settings.pseudonym_key()
    here = registry.load(settings.read().config)
    now = dt.datetime.now(here.zone())
    survey_month = SurveyMonth.parse(month) if month else SurveyMonth.before(moment or now, here.zone())
    codes = [here.treasury(code, survey_month).code for code in only]
    rule_set = rules.in_force(here.path, survey_month)
    planned = Plan(
        run_id=run_id or f"{survey_month}-{now:%Y%m%dT%H%M%S%f}",
        month=str(survey_month),
        treasury_codes=tuple(sorted(set(codes)) or [t.code for t in here.treasuries_in(survey_month)]),
        rule_set_code=rule_set.code,
        questionnaire_code=here.questionnaire_in(survey_month).code,
    )
    with warehouse.transaction() as connection:
        declaration.open_run(connection, (here, rule_set), Period.of_month(survey_month), planned.run_id)
    return planned


def land(planned: Plan, code: str, uri: str | None = None) -> dict[str, Any]:
    """Read one treasury's month and keep it, with its receipt; returns the receipt as plain values.

    ``uri`` is the treasury's connection where the caller (Airflow) knows it. What goes wrong is recorded as the
    treasury's outcome and raised: Unavailable may be tried again, Refused and Misdeclared not.
    """
    (case,) = _cases(planned, [code])
    try:
        with shielded(case.name):
            receipt = _land(case, uri)
    except HailongError as error:
        record(case, Outcome(error=error))
        raise
    values = dataclasses.asdict(receipt)
    with warehouse.transaction() as connection:
        warehouse.run(connection, "load/receipt", {"run_id": case.run_id, **case.key, **values})
        outdated = warehouse.rows(connection, "load/outdated_landings", **case.key, newest_path=receipt.landing_path)
    landing.forget(case.place, [row["landing_path"] for row in outdated])
    return values


def admit(planned: Plan, codes: Iterable[str]) -> list[dict[str, Any]]:
    """Clean, validate and load what has landed of the given treasuries; their outcomes as plain values.

    Groups of treasuries are worked on in parallel processes that inherit the heavy imports. When one of them dies,
    each treasury is tried again alone, and the one that kills its process again is unavailable.
    """
    from etl import admission

    groups = _groups(_cases(planned, codes))
    workers = min(settings.read().workers, len(groups))
    if workers <= 1:
        admitted = list(map(admission.admit, groups))
    else:
        with _pool(workers) as pool:
            try:
                admitted = list(pool.map(admission.admit, groups))
            except BrokenProcessPool:
                admitted = [[_admit_alone(case) for case in group] for group in groups]
    return [
        one.row(case)
        for group, ones in zip(groups, admitted, strict=True)
        for case, one in zip(group, ones, strict=True)
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


def _admit_alone(case: Case) -> Any:
    """Admit one treasury in a process of its own; one that dies makes the treasury unavailable."""
    from etl import admission

    with _pool(1) as pool:
        try:
            return pool.submit(admission.admit, [case]).result()[0]
        except BrokenProcessPool:
            died = Unavailable(
                f"{case.name}: its worker process died while loading",
                next_action="look for a lack of memory, then run the month again: nothing is half-written",
            )
            return admission.failed(case, died)


def score(planned: Plan) -> dict[str, Any]:
    """Count, rate, grade and rank the month, and check the figures before anyone can read them.

    The result is the month's draft. Returns the month's status and how many treasuries are open and in. Figures that
    contradict each other raise Disagreement, and the month's earlier draft stays.
    """
    with warehouse.transaction() as connection:
        warehouse.lock_month(connection, planned.survey_month.first_day)
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
            warehouse.lock_month(connection, month.first_day)
            if not warehouse.rows(connection, "report/runs", survey_month=month.first_day):
                raise Misdeclared(f"{month} was not run yet", next_action=f"run it: hailong run {month}")
        declaration.open_run(connection, (here, rules.in_force(here.path, period)), period, run_id)
        rated = _rate(connection, period, run_id)
        warehouse.run(connection, "load/finish_run", {"run_id": run_id})
    return rated


def check(code: str) -> list[str]:
    """Count a period again a second way; the names of the checks that agreed. Others raise Disagreement."""
    from etl import checking

    here = registry.load(settings.read().config)
    period = here.period(code)
    rule_set = rules.in_force(here.path, period)
    with warehouse.transaction() as connection:
        for draft in warehouse.rows(connection, "publish/draft", period_code=period.code):
            if draft["rule_set_code"] != rule_set.code:
                raise Unavailable(
                    f"{period}: the draft was made under {draft['rule_set_code']}, {rule_set.code} is in force now",
                    next_action=f"rate it again: hailong rate {period}",
                )
        return checking.check(connection, period, rule_set)


def report(planned: Plan) -> Path:
    """Write the run's validation page; where it is."""
    from etl.report import validation_page

    with warehouse.transaction() as connection:
        run = warehouse.rows(connection, "report/run", run_id=planned.run_id)[0]
        findings = warehouse.rows(connection, "report/findings", run_id=planned.run_id)
        states = _treasury_states(connection, planned.survey_month)
    directory = settings.read().reports / planned.month
    return validation_page.write(directory, validation_page.Run(run, findings, states))


def verdict(planned: Plan) -> list[dict[str, Any]]:
    """Close the run: the treasuries of its plan that are missing, each with its state, error and next action."""
    with warehouse.transaction() as connection:
        warehouse.run(connection, "load/finish_run", {"run_id": planned.run_id})
        states = _treasury_states(connection, planned.survey_month)
    shown = ("treasury_code", "treasury_name_vi", "treasury_state", "error_message", "next_action")
    return [
        {name: state[name] for name in shown}
        for state in states
        if state["treasury_code"] in planned.treasury_codes and state["treasury_state"] not in PRESENT
    ]


def connection_name(planned: Plan, code: str) -> str:
    """The name of a treasury's connection: with its code, unless an older office had that before."""
    treasury = registry.load(settings.read().config).treasury(code, planned.survey_month)
    return f"treasury_{treasury.connection_name}"


def label(planned: Plan, code: str) -> str:
    """A treasury's code and name, as people know it in the plan's month."""
    treasury = registry.load(settings.read().config).treasury(code, planned.survey_month)
    return f"{treasury.code} {treasury.name_vi}"


def _rate(connection: warehouse.Connection, period: Period, run_id: str) -> dict[str, Any]:
    """Make the draft of a period, note its signals and its verdict, and check it."""
    from etl import checking, past, scoring, signals

    here = registry.load(settings.read().config)
    rule_set, questionnaire = rules.in_force(here.path, period), here.questionnaire_in(period)
    job = scoring.Job(period, rule_set, questionnaire, run_id, warehouse.now(connection))
    earlier = past.Earlier(here.previous(period), here.year_before(period))
    now = past.Now(period, rule_set, questionnaire.code)
    rated = scoring.rate_period(connection, job, lambda found: past.of_periods(connection, found, earlier, now))
    signals.note(connection, period, rule_set)
    if not period.is_round:
        warehouse.run(connection, "score/verdict", {"survey_month": period.first_day, "run_id": run_id, **rated})
    checking.check(connection, period, rule_set)
    return rated


def _cases(planned: Plan, codes: Iterable[str]) -> list[Case]:
    """Treasuries of a plan, each with all that is declared about it."""
    here, month = registry.load(settings.read().config), planned.survey_month
    admission = _rule_set(planned).admission
    if not here.has_round(month):  # nobody was asked: no answers are no fault
        admission = admission.model_copy(update={"answers_due": False})
    with warehouse.transaction() as connection:
        ids = declaration.treasury_ids(connection, month)
    return [
        Case(
            treasury=treasury,
            treasury_id=ids[treasury.code],
            month=month,
            bounds=here.days_of(treasury, month),
            book=codebook.of(here, treasury, month),
            admission=admission,
            run_id=planned.run_id,
        )
        for treasury in (here.treasury(code, month) for code in codes)
    ]


def _groups(cases: Sequence[Case]) -> list[list[Case]]:
    """Cases in groups that fill a batch each, and at least one group for each worker; none is empty."""
    now = settings.read()
    sizes = {case.treasury.code: _landed_rows(case) for case in cases}
    number = max(now.workers, -(-sum(sizes.values()) // now.batch_rows))
    groups: list[list[Case]] = [[] for _ in range(min(number, len(cases)))]
    filled = [0] * len(groups)
    for case in sorted(cases, key=lambda case: -sizes[case.treasury.code]):
        emptiest = filled.index(min(filled))
        groups[emptiest].append(case)
        filled[emptiest] += sizes[case.treasury.code] + 1
    return groups


def _landed_rows(case: Case) -> int:
    """How many rows have landed of a case; none when its landing cannot be read, which admission will report."""
    try:
        return landing.receipt(case.place).row_count
    except HailongError:
        return 0


def _land(case: Case, uri: str | None) -> landing.Receipt:
    """Read, pseudonymise and keep one treasury's month."""
    now = settings.read()
    url = source.url_of(case.treasury.connection_name, uri)
    statement = statements.source(now.config, case.treasury.source, url.get_backend_name())
    query = source.Query(case.name, statement.sql, statement.params, case.bounds, case.book.zone)
    snapshot = source.Snapshot(url, query, source.Limits(now.source_timeout, now.batch_rows))
    batches = map(partial(pseudonym.hide, key=settings.pseudonym_key()), snapshot)
    return landing.keep(case.place, batches, statement.name, lambda: snapshot.taken_at)


def _settle(connection: warehouse.Connection, planned: Plan) -> None:
    """Give an outcome to the treasuries of the plan whose work was cut off before it had one."""
    cut_off = Unavailable(
        f"{planned.month}: the work on this treasury was cut off before it had a result",
        next_action="read the log of its task, then run the month again",
    )
    cases = {case.treasury_id: case for case in _cases(planned, planned.treasury_codes)}
    key = {"run_id": planned.run_id, "survey_month": planned.survey_month.first_day}
    for row in warehouse.rows(connection, "score/unfinished", treasury_ids=list(cases), **key):
        warehouse.run(connection, "load/outcome", Outcome(error=cut_off).row(cases[row["treasury_id"]]))


def _treasury_states(connection: warehouse.Connection, month: SurveyMonth) -> list[dict[str, Any]]:
    """Every open treasury with its last outcome."""
    first = month.first_day
    return warehouse.rows(connection, "score/treasury_states", first_month=first, last_month=first)


def _rule_set(planned: Plan) -> RuleSet:
    """The rule set in force in the plan's month."""
    return rules.in_force(settings.read().config, planned.survey_month)
