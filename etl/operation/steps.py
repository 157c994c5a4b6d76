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
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl import settings, warehouse
from etl.errors import HailongError, Misdeclared, Unavailable
from etl.landing import zone
from etl.landing.land import land_month
from etl.landing.treasury_month import Outcome, TreasuryMonth, of_codes, record, shielded
from etl.operation import declare, workers
from etl.operation.plan import Plan, intend
from etl.periods import SurveyMonth
from etl.registry import Registry
from etl.registry.ruled import Ruled
from etl.registry.terms import PRESENT
from etl.warehouse import locks

if TYPE_CHECKING:
    from etl.landing.changes import Change


def plan(
    month: str | None = None, only: Sequence[str] = (), run_id: str | None = None, moment: dt.datetime | None = None
) -> Plan:
    """Decide what a run is about, and begin it: see ``intend``.

    The registry is declared to the warehouse.

    A rule set or questionnaire that was edited after use raises Misdeclared.
    """
    planned = intend(month, only, run_id, moment)
    with warehouse.transaction() as connection:
        declare.open_run(connection, planned.ruled(), planned.run_id)
    return planned


def land(planned: Plan, code: str, uri: str | None = None) -> dict[str, Any]:
    """Read and keep one treasury's month; its receipt as plain values.

    ``uri`` is the treasury's connection where the caller (Airflow) knows it. What goes wrong is recorded as the
    treasury's outcome and raised: Unavailable may be tried again, Refused and Misdeclared not.
    """
    (treasury_month,) = of_codes(planned.ruled(), [code], planned.run_id)
    try:
        with shielded(treasury_month.name):
            receipt = land_month(treasury_month, uri, dt.datetime.now(dt.UTC))
            difference = _changes(treasury_month, receipt)
    except HailongError as error:
        record(treasury_month, Outcome(error=error))
        raise
    values = dataclasses.asdict(receipt)
    with warehouse.transaction() as connection:
        warehouse.run(connection, "landing/receipt", {"run_id": treasury_month.run_id, **treasury_month.key, **values})
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

    Why one did not is its recorded outcome; one whose process died twice has none, and scoring says that it was cut
    off.
    """
    for code, has_landed in workers.each(partial(_has_landed, planned), planned.treasury_codes):
        yield code, bool(has_landed)


def admit(planned: Plan, codes: Iterable[str]) -> list[dict[str, Any]]:
    """Clean, validate and load what has landed; outcomes as plain values."""
    treasury_months = of_codes(planned.ruled(), codes, planned.run_id)
    return [admitted.row(treasury_month) for treasury_month, admitted in workers.admit(treasury_months)]


def score(planned: Plan) -> dict[str, Any]:
    """Count, rate, grade, rank and check the month.

    The result is the month's draft. Returns the month's status and how many treasuries are open and in. Figures that
    contradict each other raise Disagreement, and the month's earlier draft stays.
    """
    ruled = planned.ruled()
    with warehouse.transaction() as connection:
        locks.lock_month(connection, planned.survey_month.first_day)
        _settle(connection, planned, ruled)
        return _rate(connection, ruled, planned.run_id)


def rate(code: str) -> dict[str, Any]:
    """Rate a month or round anew from what is loaded.

    Returns its status, and how many treasuries are open and in.

    The rules are those in force at the time. A period of which nothing was run raises Misdeclared.
    """
    registry = Registry.configured()
    ruled = Ruled.in_force(registry, registry.period(code))
    run_id = f"{ruled.period}-rate-{dt.datetime.now(registry.zone()):%Y%m%dT%H%M%S%f}"
    with warehouse.transaction() as connection:
        for month in ruled.period.months:
            locks.lock_month(connection, month.first_day)
            if not warehouse.rows(connection, "reports/runs", survey_month=month.first_day):
                raise Misdeclared(f"{month} was not run yet", next_action=f"run it: hailong run {month}")
        declare.open_run(connection, ruled, run_id)
        rated = _rate(connection, ruled, run_id)
        warehouse.run(connection, "operation/finish_run", {"run_id": run_id})
    return rated


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
    """Close the run; its missing treasuries, each with error and next action."""
    with warehouse.transaction() as connection:
        warehouse.run(connection, "operation/finish_run", {"run_id": planned.run_id})
        states = treasury_states(connection, planned.survey_month)
    shown = ("treasury_code", "treasury_name_vi", "treasury_state", "error_message", "next_action")
    return [
        {name: state[name] for name in shown}
        for state in states
        if state["treasury_code"] in planned.treasury_codes and state["treasury_state"] not in PRESENT
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
    return warehouse.rows(connection, "scoring/treasury_states", first_month=first, last_month=first)


def _changes(treasury_month: TreasuryMonth, receipt: zone.Receipt) -> list[Change]:
    """How what landed differs from the landings before."""
    with warehouse.transaction() as connection:
        earlier = warehouse.rows(connection, "landing/earlier_landings", **treasury_month.key)
    if not earlier:
        return []
    from etl.landing import changes

    return changes.since(treasury_month, receipt, earlier)


def _has_landed(planned: Plan, code: str) -> bool:
    """Land one treasury; whether it did."""
    try:
        land(planned, code)
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


def _rate(connection: warehouse.Connection, ruled: Ruled, run_id: str) -> dict[str, Any]:
    """Make and check the draft of a period, with signals and verdict."""
    from etl.scoring import earlier, rate_period, recount, signals

    for month in ruled.period.months:
        warehouse.run(connection, "scoring/analyze_month", {"survey_month": month.first_day})
    job = rate_period.Job(ruled, run_id=run_id, scored_at=warehouse.now(connection))
    rated = rate_period.rate_period(connection, job, partial(earlier.of_period, connection, ruled))
    signals.replace(connection, ruled)
    if not ruled.period.is_round:
        verdict = {"survey_month": ruled.period.first_day, "run_id": run_id, **rated}
        warehouse.run(connection, "scoring/verdict", verdict)
    recount.check(connection, ruled)
    return rated
