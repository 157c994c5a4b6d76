"""# Late answers: what came in, or was corrected, after a month was rated

Each Monday at 03:00 local time the months before the last whole one are read once more, as many as the rule set says
(`late_answers.look_back_months`). Where answers came late, were corrected or taken back, the month is rated anew. Its
published revision stands; `publish_ratings` asks whether to publish the new draft.

| when this is red | it means | do this |
|---|---|---|
| `judge` | our configuration is wrong, or figures disagree: the months named kept their earlier drafts | read the message; where figures disagree, report a defect |
| `look_back` | the configuration is wrong, or the warehouse is away | read the message, mend, clear the task |

That an old month of a treasury cannot be read again makes nothing red: it does not make the month wrong. The result of
`summary` and the note on the run's page name it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
import places
import telling
from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from etl import settings
from etl.errors import Disagreement, Misdeclared

START = pendulum.datetime(2022, 2, 1, tz=places.ZONE)


@task(
    pool="treasury_source", execution_timeout=timedelta(hours=6), retries=0
)  # the next try would not know what the first rated
def look_back() -> dict[str, list[str]]:
    """Read the months before the last whole one once more; which have a new draft, and what people are told."""
    from etl.operation import look_back as looking
    from etl.operation import plan

    run = get_current_context()["dag_run"]
    found = looking.run(plan.intend(places.asked_month(), (), run.run_id, run.run_after), places.uri_of)
    lines = [line for month in found for line in month.lines] or ["Nothing came late, and nothing was corrected."]
    wrong = [str(error) for month in found for error in month.errors if isinstance(error, Misdeclared | Disagreement)]
    return {"rated": [month.month for month in found if month.is_rated], "lines": lines, "wrong": wrong}


@task
def summary(found: dict[str, list[str]]) -> str:
    """Say in Markdown what came late; it becomes the note on the run's page."""
    text = "\n".join(f"- {line}" for line in found["lines"])
    places.note(text)
    return text


@task(outlets=[places.MARTS])
def offer(found: dict[str, list[str]], *, outlet_events: Any = None) -> None:
    """Offer the months with a new draft to ``publish_ratings``; skipped when there are none."""
    if not found["rated"]:
        raise AirflowSkipException("no month has a new draft")
    places.say(outlet_events[places.MARTS], *found["rated"])


@task
def judge(found: dict[str, list[str]]) -> None:
    """Red when something is wrong that no treasury can mend: the configuration, or figures that disagree."""
    if found["wrong"]:
        raise AirflowFailException("; ".join(found["wrong"]))


@dag(
    dag_display_name="Hài Lòng · phiếu đến muộn",
    description="Read the months before once more, and make new drafts of those that changed",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 3 * * 1", timezone=places.ZONE),
    start_date=START,
    end_date=None if settings.is_scheduled() else START,
    catchup=False,
    max_active_runs=1,
    on_failure_callback=telling.told_failure,
    default_args=places.TRIED_AGAIN,
    tags=["survey", "late answers"],
    params={"month": places.month_param("the month before the run; the months before it are read")},
)
def late_answers() -> None:
    """Wire the look back and what follows from it."""
    found = look_back()
    summary(found)
    offer(found)
    judge(found)


late_answers()
