"""The month's work, one function per step, in this order.

    plan → land (each treasury) → admit → score → report → verdict, and then ``etl.operation.look_back``

The score is a draft; ``etl.publishing.publish`` makes revisions of it.

A step takes the plan and leaves its results in the landing zone and the warehouse, so that it can be run again
after anything, in another process, with the same result. Nothing heavy passes between steps, and a step imports
what only it needs when it runs: sixty tasks that only read a database must not each load the validation library.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl import settings, warehouse
from etl.errors import HailongError, Misdeclared, Unavailable
from etl.landing import zone
from etl.landing.receipt import Receipt
from etl.landing.treasury_month import Outcome, TreasuryMonth, of_codes, record, shielded
from etl.operation import beside_rating, clocks, deadlines, declare, workers
from etl.operation.plan import Plan, intend
from etl.operation.pool import Lost
from etl.periods import SurveyMonth
from etl.registry import Registry
from etl.registry.ruled import Ruled
from etl.registry.terms import PRESENT
from etl.warehouse import locks

if TYPE_CHECKING:
    from etl.landing.changes import Change


def plan(
    month: str | None = None,
    only: Sequence[str] = (),
    run_id: str | None = None,
    moment: dt.datetime | None = None,
    *,
    is_early_allowed: bool = False,
) -> Plan:
    """Decide what a run is about, and begin it: see ``intend``.

    The registry is declared to the warehouse. A month that ends in this very moment is waited for.

    A rule set or questionnaire that was edited after use raises Misdeclared.
    """
    clocks.until_over(month, moment)
    planned = intend(month, only, run_id, moment, is_early_allowed=is_early_allowed)
    declare.make_month(planned.survey_month)
    with warehouse.transaction() as connection:
        declare.open_run(connection, planned.ruled(), planned.run_id, is_early=not planned.has_ended)
    return planned


def land(planned: Plan, code: str, uri: str | None = None) -> dict[str, Any]:
    """Read and keep one treasury's month; its receipt as plain values.

    ``uri`` is the treasury's connection where the caller (Airflow) knows it. What goes wrong is recorded as the
    treasury's outcome and raised: Unavailable may be tried again, Refused and Misdeclared not.
    """
    return _land(_treasury_months(planned, [code])[0], uri)


def _land(treasury_month: TreasuryMonth, uri: str | None) -> dict[str, Any]:
    """Land one treasury's month, as ``land``."""
    try:
        with shielded(treasury_month.name):
            receipt = clocks.land_when_over(treasury_month, uri)
            difference = _changes(treasury_month, receipt)
    except HailongError as error:
        record(treasury_month, Outcome(error=error))
        raise
    values = dataclasses.asdict(receipt)
    with warehouse.transaction() as connection:
        noted = {"run_id": treasury_month.run_id, **treasury_month.key, **receipt.row()}
        warehouse.run(connection, "landing/receipt", noted)
        if difference:
            from etl.landing import changes

            changes.record(connection, treasury_month, receipt, difference)
        outdated = warehouse.rows(
            connection, "landing/outdated_landings", **treasury_month.key, newest_path=receipt.landing_path
        )
    zone.forget(treasury_month.place, [row["landing_path"] for row in outdated])
    return values


def land_all(planned: Plan) -> Generator[tuple[str, bool], None, None]:
    """Land every treasury of a plan; each code, and whether it landed.

    Why one did not is its recorded outcome.
    """
    treasury_months = _treasury_months(planned, planned.treasury_codes)
    for treasury_month, outcome in workers.each(_has_landed, treasury_months, deadlines.landing()):
        if isinstance(outcome, Lost):
            record(treasury_month, Outcome(error=workers.lost(f"{treasury_month.name}, being read", outcome)))
        yield treasury_month.treasury.code, outcome is True


def divide(planned: Plan, codes: Iterable[str]) -> list[list[str]]:
    """The treasuries that have landed, by code, in shares of which each machine admits one: see ``workers.shares``."""
    shares = workers.shares(of_codes(planned.ruled(), codes, planned.run_id))
    return [[treasury_month.treasury.code for treasury_month in share] for share in shares]


def admit(planned: Plan, codes: Iterable[str]) -> list[dict[str, Any]]:
    """Clean, validate and load what has landed; outcomes as plain values."""
    treasury_months = of_codes(planned.ruled(), codes, planned.run_id)
    return [admitted.row(treasury_month) for treasury_month, admitted in workers.admit(treasury_months)]


def score(planned: Plan) -> dict[str, Any]:
    """Count, rate, grade, rank and check the month.

    The result is the month's draft. Returns the month's status and how many treasuries are open, in and early. One that
    alone cannot be rated is left out (see ``verdict``). Figures that contradict each other otherwise raise
    Disagreement, and the month's earlier draft stays. Reports of harassment in what was loaded become cases first;
    where they cannot, ``cases_error`` says why (message, next_action, exit_code), and the next scoring makes them. So
    does ``officers_error`` of the evidence on officers, which is made last.
    """
    from etl.scoring import attempts

    ruled = planned.ruled()
    failure = beside_rating.open_cases(ruled)
    with beside_rating.naming(ruled), warehouse.transaction() as connection:
        locks.lock_month(connection, planned.survey_month.first_day)
        _settle(connection, planned, ruled)
        summary = attempts.make(connection, ruled, planned.run_id).summary
        unweighed = beside_rating.weigh_officers(connection, ruled)
        unmeasured = beside_rating.measure_effects(connection, ruled)
        beside_rating.offer_previews(connection, ruled)
    beside = {"cases_error": failure, "officers_error": unweighed, "effects_error": unmeasured}
    return {**summary, **{name: beside_rating.as_values(error) for name, error in beside.items()}}


def rate(code: str) -> dict[str, Any]:
    """Rate a month or round anew from what is loaded.

    Returns its status, how many treasuries are open, in and early, and under ``left_out`` an error for each one that
    was loaded and cannot be rated; under ``cases_error``, ``officers_error`` and ``effects_error`` the error for which
    reports did not become cases and there is no evidence on officers or no effect, or None.

    The rules are those in force at the time. A period of which nothing was run raises Misdeclared.
    """
    from etl.scoring import attempts

    registry = Registry.configured()
    ruled = Ruled.in_force(registry, registry.period(code))
    run_id = f"{ruled.period}-rate-{dt.datetime.now(registry.zone()):%Y%m%dT%H%M%S%f}"
    with beside_rating.naming(ruled), warehouse.transaction() as connection:
        for month in ruled.period.months:
            locks.lock_month(connection, month.first_day)
            if not warehouse.rows(connection, "reports/runs", survey_month=month.first_day):
                raise Misdeclared(f"{month} was not run yet", next_action=f"run it: hailong run {month}")
        declare.open_run(connection, ruled, run_id)
        made = attempts.make(connection, ruled, run_id)
        warehouse.run(connection, "operation/finish_run", {"run_id": run_id})
        unweighed = beside_rating.weigh_officers(connection, ruled)
        unmeasured = beside_rating.measure_effects(connection, ruled)
        beside_rating.offer_previews(connection, ruled)
    failure = beside_rating.open_cases(ruled)
    beside = {"cases_error": failure, "officers_error": unweighed, "effects_error": unmeasured}
    return {**made.summary, "left_out": made.left_out, **beside}


def check(code: str) -> list[str]:
    """Count a period again a second way; the checks that agreed.

    Others raise Disagreement.
    """
    from etl.scoring import recount

    registry = Registry.configured()
    ruled = Ruled.in_force(registry, registry.period(code))
    with warehouse.transaction() as connection:
        for draft in warehouse.rows(connection, "scoring/draft", period_code=ruled.period.code):
            if draft["rule_set_code"] != ruled.rule_set.code:
                raise Unavailable(
                    f"{ruled.period}: the draft was made under {draft['rule_set_code']}, {ruled.rule_set.code} is in"
                    " force now",
                    next_action=f"rate it again: hailong rate {ruled.period}",
                )
        return recount.check(connection, ruled)


def report(planned: Plan) -> Path:
    """Write the run's validation page; where it is.

    A run that the warehouse does not know raises Misdeclared.
    """
    from etl.reports import run_page

    run = run_page.of_run(planned.run_id)
    if run is None:
        raise Misdeclared(
            f"the warehouse does not know the run {planned.run_id}",
            next_action=f"run the month again: hailong run {planned.month}",
        )
    return run_page.write(settings.read().reports / planned.month, run)


def verdict(planned: Plan) -> list[dict[str, Any]]:
    """Close the run; its missing treasuries, each with error and next action.

    Those that its scoring left out are among them, also where the run was not about them.
    """
    with warehouse.transaction() as connection:
        warehouse.run(connection, "operation/finish_run", {"run_id": planned.run_id})
        states = treasury_states(connection, planned.survey_month)
    shown = ("treasury_code", "treasury_name_vi", "treasury_state", "error_message", "next_action")
    return [
        {name: state[name] for name in shown}
        for state in states
        if state["treasury_state"] not in PRESENT
        and (state["treasury_code"] in planned.treasury_codes or state["left_out_by"] == planned.run_id)
    ]


def connection_name(planned: Plan, code: str) -> str:
    """The name of a treasury's connection.

    It has the treasury's code, unless an older office had that before.
    """
    return f"treasury_{planned.ruled().registry.treasury(code, planned.survey_month).connection_name}"


def label(planned: Plan, code: str) -> str:
    """A treasury's code and name in the plan's month."""
    treasury = planned.ruled().registry.treasury(code, planned.survey_month)
    return f"{treasury.code} {treasury.name_vi}"


def treasury_states(connection: warehouse.Connection, month: SurveyMonth) -> list[dict[str, Any]]:
    """Every treasury open in a month with its last outcome."""
    first = month.first_day
    states = warehouse.rows(connection, "scoring/treasury_states", first_month=first, last_month=first)
    return [state for state in states if not state["is_withdrawn"]]


def _changes(treasury_month: TreasuryMonth, receipt: Receipt) -> list[Change]:
    """How what landed differs from the landings before."""
    with warehouse.transaction() as connection:
        earlier = warehouse.rows(connection, "landing/earlier_landings", **treasury_month.key)
    if not earlier:
        return []
    from etl.landing import changes

    return changes.since(treasury_month, receipt, earlier)


def _treasury_months(planned: Plan, codes: Iterable[str]) -> list[TreasuryMonth]:
    """Treasuries' months of a plan, to be landed."""
    treasury_months = of_codes(planned.ruled(), codes, planned.run_id)
    return [dataclasses.replace(each, is_early_allowed=planned.is_early_allowed) for each in treasury_months]


def _has_landed(treasury_month: TreasuryMonth) -> bool:
    """Land one treasury, in a worker process; whether it did."""
    warehouse.keep_connections()
    try:
        _land(treasury_month, None)
    except HailongError:
        return False
    return True


def _settle(connection: warehouse.Connection, planned: Plan, ruled: Ruled) -> None:
    """Give treasuries whose work was cut off an outcome that says so."""
    cut_off = Unavailable(
        f"{planned.month}: the work on this treasury was cut off before it had a result",
        next_action="read the log of its task, then run the month again",
    )
    treasury_months = {
        treasury_month.treasury_id: treasury_month
        for treasury_month in of_codes(ruled, planned.treasury_codes, planned.run_id)
    }
    key = {"run_id": planned.run_id, "survey_month": planned.survey_month.first_day}
    for row in warehouse.rows(connection, "scoring/unfinished", treasury_ids=list(treasury_months), **key):
        warehouse.run(connection, "landing/outcome", Outcome(error=cut_off).row(treasury_months[row["treasury_id"]]))
