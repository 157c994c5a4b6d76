"""# Monthly ratings: the satisfaction rate, grade and rank of every treasury

One run rates one **survey month**. On the 1st of each month at 00:00 local time the month that has just ended is
run. To run another month: *Trigger*, and give the month (or, under *Advanced*, the partition key) as `YYYY-MM`.
When the run ends, its note says who is in, who is missing and why; the result of `summary` says more.

| when this is red | it means | do this |
|---|---|---|
| `plan` | the configuration is wrong, or the warehouse is away | read the message: it names file, line and next action |
| an instance of `land` | that treasury's database could not be read, after retries | open the instance; mend; clear it *with downstream* |
| `admit` | the warehouse went away, or memory ran out | clear the task: nothing is half-written |
| `score` | the figures contradict each other; the earlier ones stand | do not publish; report a defect |
| an instance of `missing` | that treasury is not in this month: unavailable or refused | its message says why and what to do next |
| `bulletin` | the bulletin of the draft could not be written | its message says where and why; the figures stand |
| `tell` | neither the mail server nor the web hook took what is to be told | mend it; the next run tells it |

The others are rated all the same; until everyone is in, the month is *provisional* and every mart says so. Running
a month again is always safe: it replaces, it never doubles. Its figures are a draft: `publish_ratings` asks somebody,
other than who ran the month, whether to publish it. `late_answers` reads earlier months once more, each week.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import measuring
import pendulum
import places
import telling
from airflow.sdk import (
    CronPartitionTimetable,
    Param,
    TriggerRule,
    dag,
    get_current_context,
    task,
    task_group,
)
from airflow.sdk.exceptions import AirflowFailException

from etl import settings

START = pendulum.datetime(2022, 2, 1, tz=places.ZONE)
LAND_DOC = """
Reads one treasury's month in one snapshot, under a login that can only read, and keeps it untouched with a receipt.

| what | where |
|---|---|
| its database | the connection `treasury_<code>`: of Airflow, `AIRFLOW_CONN_TREASURY_<CODE>`, or the connections file |
| its query | the one that its entry in `treasuries.yaml` names as `source`, in `sql/source/` or the network's own `source/` |
| how many at once | the pool `treasury_source`; at one server at most `HAILONG_SOURCE_CONNECTIONS` |
| how it came in | `mart.month_quality`, or `hailong status <month>` |
"""
SCORE_DOC = """
Makes the month's draft, which the marts show: `mart.treasury_ranking`, `mart.unit_rating`, `mart.criterion_rating` and
the others; or `hailong ranking <month>`. Nothing is visible before every check of `sql/checks/` agrees.
"""


@task
def plan() -> dict[str, Any]:
    """Decide which month and which treasuries; note the run."""
    from etl.operation import steps

    context = get_current_context()
    only, run = context["params"]["treasuries"] or (), context["dag_run"]
    return steps.plan(places.asked_month(), only, run.run_id, run.run_after).values()


@task
def treasuries(planned: dict[str, Any]) -> list[str]:
    """The codes that the next task is mapped over."""
    return planned["treasury_codes"]


@task(
    map_index_template="{{ treasury }}",
    pool="treasury_source",
    execution_timeout=timedelta(hours=2),
    show_return_value_in_logs=False,
    doc_md=LAND_DOC,
)
def land(planned: dict[str, Any], code: str) -> str:
    """Read one treasury's month from its own database and keep it with its receipt."""
    from etl.operation import steps
    from etl.operation.plan import Plan

    plan = Plan.of(planned)
    get_current_context()["treasury"] = steps.label(plan, code)
    measuring.bind(month=plan.month, treasury=code)
    uri = places.uri_of(steps.connection_name(plan, code))
    measuring.landed(planned, code, uri, steps.land(plan, code, uri))
    return code


@task(trigger_rule=TriggerRule.ALL_DONE, outlets=[places.CORE])
def admit(planned: dict[str, Any], landed: list[str], *, outlet_events: Any = None) -> None:
    """Clean, validate and load what has landed."""
    from etl.operation import steps
    from etl.operation.plan import Plan

    if not planned:
        raise AirflowFailException("there is no plan: see the log of the task plan")
    measuring.bind(month=planned["month"])
    admitted = steps.admit(Plan.of(planned), landed)
    measuring.admitted(planned, admitted)
    loaded = [one for one in admitted if one["treasury_state"] == "loaded"]
    places.say(outlet_events[places.CORE], planned["month"], loaded_count=len(loaded))


@task(outlets=[places.MARTS], doc_md=SCORE_DOC)
def score(planned: dict[str, Any], *, outlet_events: Any = None) -> dict[str, Any]:
    """Count, rate, grade and rank, and count again a second way: nothing is visible before the checks agree."""
    from etl.operation import steps
    from etl.operation.plan import Plan
    from etl.reports import run_note

    measuring.bind(month=planned["month"])
    scored = steps.score(Plan.of(planned))
    measuring.rated(planned, scored)
    missing = [one["treasury_code"] for one in run_note.missing(planned["month"])]
    places.say(outlet_events[places.MARTS], planned["month"], **scored, missing=missing)
    return scored


@task(trigger_rule=TriggerRule.ALL_DONE)
def report(planned: dict[str, Any]) -> str:
    """Write the validation page; its path is the result."""
    from etl.operation import steps
    from etl.operation.plan import Plan

    if not planned:
        raise AirflowFailException("there is no plan: see the log of the task plan")
    measuring.bind(month=planned["month"])
    return str(steps.report(Plan.of(planned)))


@task
def bulletin(planned: dict[str, Any], scored: dict[str, Any]) -> str | None:
    """Make the bulletin of the month's draft, for those who are to decide on it; its path is the result."""
    if not settings.makes_draft_bulletins():
        return None
    from etl.reports.bulletin import make

    measuring.bind(month=planned["month"])
    return make.make(planned["month"], make.Asked(revision=0)).page


@task
def verdict(planned: dict[str, Any]) -> list[dict[str, Any]]:
    """Close the run; the treasuries that are missing are the result."""
    from etl.operation import steps
    from etl.operation.plan import Plan

    measuring.bind(month=planned["month"])
    return steps.verdict(Plan.of(planned))


@task(trigger_rule=TriggerRule.ALL_DONE)
def summary(planned: dict[str, Any]) -> str:
    """Say in Markdown what came of the run; in short it becomes the note on the run's page."""
    from etl.reports import run_note

    if not planned:
        raise AirflowFailException("there is no plan: see the log of the task plan")
    places.note(run_note.note_of_run(planned["run_id"]))
    return run_note.of_run(planned["run_id"])


@task(trigger_rule=TriggerRule.ALL_DONE)
def tell(planned: dict[str, Any]) -> list[str]:
    """Tell who is missing, by mail or web hook where there is one; the subjects of what was told are the result."""
    if not planned:
        raise AirflowFailException("there is no plan: see the log of the task plan")
    return telling.tell_run(planned["run_id"])


@task(map_index_template="{{ treasury }}", retries=0)
def missing(treasury: dict[str, Any]) -> None:
    """Stand for one missing treasury: red, with its reason and the next action."""
    get_current_context()["treasury"] = f"{treasury['treasury_code']} {treasury['treasury_name_vi']}"
    raise AirflowFailException(f"{treasury['error_message']} → {treasury['next_action']}")


@dag(
    dag_display_name="Hài Lòng · xếp hạng hằng tháng",
    description="From every treasury's database to a trusted ranking of one month",
    doc_md=__doc__,
    schedule=CronPartitionTimetable("0 0 1 * *", timezone=places.ZONE, run_offset=-1, key_format="%Y-%m"),
    start_date=START,
    end_date=None if settings.is_scheduled() else START,
    catchup=False,
    max_active_runs=1,
    on_failure_callback=telling.told_failure,
    default_args=places.TRIED_AGAIN,
    tags=["survey", "ratings"],
    params={
        "month": places.month_param("the month before the run"),
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
    """Wire the steps of ``etl.operation.steps``; each is imported when its task runs, so that parsing stays light."""

    @task_group(group_display_name="1 · Read every treasury", prefix_group_id=False)
    def read(planned: Any) -> Any:
        return land.partial(planned=planned).expand(code=treasuries(planned))

    @task_group(group_display_name="2 · Judge, count, rate and rank", prefix_group_id=False)
    def rate(planned: Any, landed: Any) -> Any:
        admitted, scored = admit(planned, landed), score(planned)
        admitted >> scored
        return scored

    @task_group(group_display_name="3 · Say who is in and who is missing", prefix_group_id=False)
    def close(planned: Any, scored: Any) -> None:
        closed, page = verdict(planned), report(planned)
        scored >> [closed, page]
        [closed, page] >> summary(planned)
        bulletin(planned, scored)
        closed >> tell(planned)
        missing.expand(treasury=closed)

    planned = plan()
    close(planned, rate(planned, read(planned)))


monthly_ratings()
