"""Make a period's draft; whoever alone cannot be rated is left out, and the others are rated once more.

An attempt counts, rates, judges, notes signals and runs every check, in a savepoint. Where it fails and what failed
names one to three treasuries, these are left out, by name, and the second attempt is the last. Nothing that is left
out is lost: its answers stay in core, and the next rating tries it again.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from etl import warehouse
from etl.errors import Disagreement
from etl.log import log
from etl.registry import area_rules
from etl.registry.ruled import Ruled
from etl.registry.terms import PRESENT
from etl.scoring import at_fault, earlier, rate_period, recount, signals
from etl.scoring.rate_period import Job
from etl.scoring.recount import DEFECT
from etl.warehouse import failures


@dataclass(frozen=True)
class DraftMade:
    """A draft: its month_status, open_count and loaded_count, and an error for each treasury that it leaves out."""

    summary: dict[str, Any]
    left_out: tuple[Disagreement, ...] = ()


def make(connection: warehouse.Connection, ruled: Ruled, run_id: str) -> DraftMade:
    """Replace a period's draft, and check it.

    Figures that contradict each other and name nobody, or more than three, or that still do without those named, raise
    Disagreement. Whatever else fails is raised as it is, unless it fails because of one to three. The earlier draft
    stays then.
    """
    period = ruled.period
    for month in period.months:
        warehouse.run(connection, "scoring/analyze_month", {"survey_month": month.first_day})
    if not period.is_round:
        warehouse.run(connection, "scoring/take_back", period.bounds)
    of_areas = area_rules.in_force(ruled.registry.area_rules, period)
    job = Job(ruled, run_id=run_id, scored_at=warehouse.now(connection), area_rules=of_areas)
    try:
        with connection.begin_nested():
            return DraftMade(_attempt(connection, job))
    except Disagreement as error:
        reasons = error.treasuries if len(error.treasuries) <= at_fault.MOST else {}
        if not reasons:
            raise
    except Exception as error:
        reasons = _reasons(connection, job, error)
        if not reasons:
            raise
    errors = _errors(connection, job, reasons)
    return DraftMade(_attempt(connection, _without(connection, job, errors)), tuple(errors.values()))


def _attempt(connection: warehouse.Connection, job: Job) -> dict[str, Any]:
    """Make and check a draft with signals and verdict; its summary."""
    ruled = job.ruled
    rated = rate_period.rate_period(connection, job, partial(earlier.of_period, connection, ruled))
    states = rate_period.treasury_states(connection, job)
    loaded = states[states["treasury_state"].eq("loaded")]
    codes = dict(zip(loaded["treasury_id"].tolist(), loaded["treasury_code"].tolist(), strict=True))
    signals.replace(connection, job, codes)
    if not ruled.period.is_round:
        verdict = {"survey_month": ruled.period.first_day, "run_id": job.run_id, **rated}
        warehouse.run(connection, "scoring/verdict", verdict)
    recount.check(connection, ruled)
    return rated


def _reasons(connection: warehouse.Connection, job: Job, error: Exception) -> dict[int, str]:
    """Why treasuries are at fault for an exception; none where that cannot be told.

    Logged is where it happened, not what it said: a library's message may quote an answer.
    """
    if not failures.is_of_work(error):
        return {}
    name, period = failures.name_of(error), job.ruled.period
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s: unexpected %s while it was rated; looking for whose answers make it\n%s", period, name, where)
    states = rate_period.treasury_states(connection, job)
    present = states.loc[states["treasury_state"].isin(PRESENT), "treasury_id"].tolist()
    others = {treasury_id: Disagreement("left out for a try", next_action=DEFECT) for treasury_id in present}

    def fails(kept: Sequence[int]) -> bool:
        return _fails(connection, job, {key: other for key, other in others.items() if key not in kept})

    return dict.fromkeys(at_fault.search(fails, present), f"rating it ends in an unexpected {name}")


def _fails(connection: warehouse.Connection, job: Job, errors: Mapping[int, Disagreement]) -> bool:
    """Whether an attempt without some treasuries fails; nothing of it is kept."""
    with contextlib.closing(connection.begin_nested()):
        try:
            _attempt(connection, _without(connection, job, errors))
        except Exception as error:
            if isinstance(error, Disagreement) or failures.is_of_work(error):
                return True
            raise
    return False


def _errors(connection: warehouse.Connection, job: Job, reasons: Mapping[int, str]) -> dict[int, Disagreement]:
    """The error of each treasury that is left out, by treasury_id."""
    period = job.ruled.period
    states = rate_period.treasury_states(connection, job).set_index("treasury_id")
    action = f"report this as a defect of the pipeline; when it is mended, rate again: hailong rate {period}"
    return {
        treasury_id: Disagreement(
            f"{states['treasury_code'].get(treasury_id)} {states['treasury_name_vi'].get(treasury_id)}, {period}:"
            f" {reason}; it is left out, and the others are rated",
            next_action=action,
        )
        for treasury_id, reason in reasons.items()
    }


def _without(connection: warehouse.Connection, job: Job, errors: Mapping[int, Disagreement]) -> Job:
    """The job without some treasuries; of a month it is noted that they are left out, and why.

    Of a round it is not: its months may be right. There the draft alone says so.
    """
    if not job.ruled.period.is_round:
        given = {**job.ruled.period.bounds, "run_id": job.run_id}
        rows = [
            {**given, "treasury_id": key, "error_message": error.message, "next_action": error.next_action}
            for key, error in errors.items()
        ]
        warehouse.run(connection, "scoring/leave_out", rows)
    return replace(job, left_out=frozenset(errors), scored_at=warehouse.now(connection))
