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

from typing import Any

import assets
import runs
import telling
from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from etl.operation import deadlines

ONCE = 0  # a second try would not know what the first rated


@task(
    task_display_name="look_back · Đọc lại các tháng trước · Look back",
    pool="treasury_source",
    execution_timeout=deadlines.LOOKING_BACK,
    retries=ONCE,
)
def look_back() -> dict[str, list[str]]:
    """Read the months before the last whole one once more; which have a new draft, and what people are told."""
    from etl.operation import look_back, plan

    run = get_current_context()["dag_run"]
    planned = plan.intend(runs.asked_month(), (), run.run_id, run.run_after)
    return look_back.told(look_back.run(planned, runs.uri_of))


@task(task_display_name="summary · Tóm tắt · Summary")
def summary(news: dict[str, list[str]]) -> str:
    """Say in Markdown what came late; it becomes the note on the run's page."""
    from etl.reports import markdown
    from etl.reports.words import both

    text = markdown.listed(both(line, " · ") for line in news["lines"])
    runs.note(text)
    return text


@task(task_display_name="offer · Đề nghị công bố lại · Offer the new drafts", outlets=[assets.MARTS])
def offer(news: dict[str, list[str]], *, outlet_events: Any = None) -> None:
    """Offer the months with a new draft to ``publish_ratings``; skipped when there are none."""
    if not news["rated"]:
        raise AirflowSkipException("no month has a new draft")
    assets.announce(outlet_events[assets.MARTS], *news["rated"])


@task(task_display_name="judge · Có gì sai không · Whether anything is wrong")
def judge(news: dict[str, list[str]]) -> None:
    """Red when something is wrong that no treasury can mend: the configuration, or figures that disagree."""
    if news["wrong"]:
        raise AirflowFailException("; ".join(news["wrong"]))


@dag(
    dag_display_name="Hài Lòng · phiếu đến muộn",
    description="Read the months before once more, and make new drafts of those that changed",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("0 3 * * 1", timezone=runs.ZONE),
    start_date=runs.START,
    end_date=runs.END,
    catchup=False,
    max_active_runs=1,
    on_failure_callback=telling.told_failure,
    default_args=runs.RETRIED,
    tags=["survey", "late answers"],
    params={"month": runs.month_param("the month before the run; the months before it are read")},
)
def late_answers() -> None:
    """Look back, and say, offer and judge what came of it."""
    news = look_back()
    summary(news)
    offer(news)
    judge(news)


late_answers()
