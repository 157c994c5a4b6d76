"""# Monthly ratings: the satisfaction rate, grade and rank of every treasury

One run rates one **survey month**. On the 1st of each month at 00:00 local time the month that has just ended is
run. To run another month: *Trigger*, and give the month (or, under *Advanced*, the partition key) as `YYYY-MM`.

| when this is red | it means | do this |
|---|---|---|
| `plan` | the configuration is wrong, or the warehouse is away | read the message: it names file, line and next action |
| an instance of `land` | that treasury's database could not be read, after retries | open the instance; mend; clear it *with downstream* |
| `admit` | the warehouse went away, or memory ran out | clear the task: nothing is half-written |
| `score` | the figures contradict each other; the earlier ones stand | do not publish; report a defect |
| an instance of `missing` | that treasury is not in this month: unavailable or refused | its message says why and what to do next |
| `look_back` | the warehouse went away after the month was rated: earlier months wait for their late answers | clear the task |

The others are rated all the same; until everyone is in, the month is *provisional* and every mart says so. Running
a month again is always safe: it replaces, it never doubles. Its figures are a draft; `hailong publish` freezes them.
`look_back` reads the months before once more, and makes new drafts of those in which answers came late or were
corrected. The run's validation page is named in the log of `report`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import (
    BaseHook,
    CronPartitionTimetable,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    TriggerRule,
    dag,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException

from etl import settings

ZONE = settings.time_zone()
START = pendulum.datetime(2022, 2, 1, tz=ZONE)
RETRY = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception="etl.errors.Unavailable", action=RetryAction.RETRY, reason="the source may come back"),
        RetryRule(exception="etl.errors.HailongError", action=RetryAction.FAIL, reason="somebody must act first"),
    ]
)


def uri_of(connection: str) -> str | None:
    """A connection of Airflow's by its name; None where there is none, and other places are searched."""
    try:
        return str(BaseHook.get_connection(connection).get_uri())
    except AirflowNotFoundException:
        return None


@task
def plan() -> dict[str, Any]:
    """Decide which month and which treasuries; note the run."""
    from etl import steps

    context = get_current_context()
    params, run = context["params"], context["dag_run"]
    asked, key = params["month"], context.get("partition_key")
    if asked and key and asked != key:
        raise AirflowFailException(f"the run is of {key} but its parameter says {asked}: give only one of them")
    month = asked or key
    return steps.plan(month, params["treasuries"] or (), run.run_id, run.run_after).values()


@task
def treasuries(planned: dict[str, Any]) -> list[str]:
    """The codes that the next task is mapped over."""
    return planned["treasury_codes"]


@task(
    map_index_template="{{ treasury }}",
    pool="treasury_source",
    retries=2,
    retry_delay=timedelta(seconds=settings.retry_seconds()),
    retry_exponential_backoff=2.0,
    retry_policy=RETRY,
    execution_timeout=timedelta(hours=2),
    show_return_value_in_logs=False,
)
def land(planned: dict[str, Any], code: str) -> str:
    """Read one treasury's month from its own database and keep it with its receipt."""
    from etl import steps

    get_current_context()["treasury"] = steps.label(steps.Plan.of(planned), code)
    steps.land(steps.Plan.of(planned), code, uri_of(steps.connection_name(steps.Plan.of(planned), code)))
    return code


@task(trigger_rule=TriggerRule.ALL_DONE)
def admit(planned: dict[str, Any], landed: list[str]) -> None:
    """Clean, validate and load what has landed."""
    from etl import steps

    if not planned:
        raise AirflowFailException("there is no plan: see the log of the task plan")
    steps.admit(steps.Plan.of(planned), landed)


@task
def score(planned: dict[str, Any]) -> dict[str, Any]:
    """Count, rate, grade and rank, and count again a second way: nothing is visible before the checks agree."""
    from etl import steps

    return steps.score(steps.Plan.of(planned))


@task(trigger_rule=TriggerRule.ALL_DONE)
def report(planned: dict[str, Any]) -> str:
    """Write the validation page; its path is the result."""
    from etl import steps

    return str(steps.report(steps.Plan.of(planned)))


@task
def verdict(planned: dict[str, Any]) -> list[dict[str, Any]]:
    """Close the run; the treasuries that are missing are the result."""
    from etl import steps

    return steps.verdict(steps.Plan.of(planned))


@task(pool="treasury_source", execution_timeout=timedelta(hours=6))
def look_back(planned: dict[str, Any]) -> list[str]:
    """Read the months before once more; the result says in which answers came late or were corrected."""
    from etl import steps

    return [line for month in steps.look_back(steps.Plan.of(planned), uri_of) for line in month.lines]


@task(map_index_template="{{ treasury }}")
def missing(treasury: dict[str, Any]) -> None:
    """Stand for one missing treasury: red, with its reason and the next action."""
    get_current_context()["treasury"] = f"{treasury['treasury_code']} {treasury['treasury_name_vi']}"
    raise AirflowFailException(f"{treasury['error_message']} → {treasury['next_action']}")


@dag(
    dag_display_name="Hài Lòng · xếp hạng hằng tháng",
    description="From every treasury's database to a trusted ranking of one month",
    doc_md=__doc__,
    schedule=CronPartitionTimetable("0 0 1 * *", timezone=ZONE, run_offset=-1, key_format="%Y-%m"),
    start_date=START,
    end_date=None if settings.is_scheduled() else START,
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "data engineering", "retries": 0},
    tags=["survey", "ratings"],
    params={
        "month": Param(
            None,
            type=["null", "string"],
            pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
            title="Survey month",
            description="YYYY-MM; empty: the partition key, else the month before the run",
        ),
        "treasuries": Param(
            [],
            type=["null", "array"],
            items={"type": "string"},
            title="Only these treasuries",
            description="Codes, one a line; empty: every treasury open in the month",
        ),
    },
)
def monthly_ratings() -> None:
    """Wire the steps of ``etl.steps``; each is imported when its task runs, so that parsing stays light."""
    planned = plan()
    admitted = admit(planned, land.partial(planned=planned).expand(code=treasuries(planned)))
    scored, closed = score(planned), verdict(planned)
    admitted >> scored >> closed >> look_back(planned)
    scored >> report(planned)
    missing.expand(treasury=closed)


monthly_ratings()
