"""# Monthly ratings: the satisfaction rate, grade and rank of every treasury

One run rates one **survey month**. On the 1st of each month at 00:00 local time the month that has just ended is
run. To run another month: *Trigger*, and give the month (or, under *Advanced*, the partition key) as `YYYY-MM`.
A month that has not ended is refused, unless *Before its end* is ticked: it is then never final. When the run ends, its
note says who is in, who is missing and why; the result of `summary` says more.

| when this is red | it means | do this |
|---|---|---|
| `plan` | the configuration is wrong, the month has not ended, or the warehouse is away | read the message: it names file, line and next action |
| an instance of `land` | that treasury's database could not be read, after retries | open the instance; mend; clear it *with downstream* |
| `divide` | the landing zone is away | mend it; clear the task *with downstream* |
| an instance of `admit` | the warehouse went away, or memory ran out, at one share of the treasuries; the others are loaded | clear it *with downstream*: nothing is half-written |
| `score` | the figures contradict each other; the earlier ones stand | do not publish; report a defect |
| `cases` | reports of harassment did not become cases, or there is no evidence on officers, or no effects; the rates stand | its message says why; then rate the month again, and look at the reports within a working day |
| an instance of `missing` | that treasury is not in this month: unavailable or refused | its message says why and what to do next |
| `bulletin` | the bulletin of the draft could not be written | its message says where and why; the figures stand |
| `previews` | a treasury's preview of the draft could not be written to its shelf | its message says where and why; the days to object go on |
| `tell` | neither the mail server nor the web hook took what is to be told | mend it; the next run tells it |
| any of them, with "since the run … was planned" | the configuration or the program was changed meanwhile | trigger the month again |

The others are rated all the same; until everyone is in, the month is *provisional* and every mart says so. Running
a month again is always safe: it replaces, it never doubles. Its figures are a draft: `publish_ratings` asks somebody,
other than who ran the month, whether to publish it. `late_answers` reads earlier months once more, each week.
"""

from __future__ import annotations

from typing import Any

import runs
import telling
from airflow.sdk import CronPartitionTimetable, Param, dag, task_group
from monthly_tasks import (
    admit,
    bulletin,
    cases,
    divide,
    land,
    missing,
    plan,
    previews,
    report,
    score,
    summary,
    tell,
    treasuries,
    verdict,
)

TREASURIES = Param(
    [],
    type=["null", "array"],
    items={"type": "string"},
    title="Only these treasuries",
    description="Codes, one a line; empty: every treasury open in the month",
)

EARLY = Param(
    False,
    type="boolean",
    title="Before its end",
    description="Although the month has not ended, or the data are of before its end; it is never final",
)


@task_group(group_display_name="1 · Đọc từng kho bạc · Read every treasury", prefix_group_id=False)
def read(planned: Any) -> Any:
    """Each treasury by itself, several at once."""
    return land.partial(planned=planned).expand(code=treasuries(planned))


@task_group(group_display_name="2 · Kiểm tra, tính và xếp hạng · Judge, count, rate and rank", prefix_group_id=False)
def rate(planned: Any, landed: Any) -> Any:
    """Whatever has landed; the result is a draft."""
    admitted, scored = admit.partial(planned=planned).expand(codes=divide(planned, landed)), score(planned)
    admitted >> scored
    return scored


@task_group(group_display_name="3 · Ai đã có, ai còn thiếu · Say who is in and who is missing", prefix_group_id=False)
def close(planned: Any, scored: Any) -> None:
    """To the people who watch, decide, and must act."""
    closed, page = verdict(planned), report(planned)
    scored >> [closed, page]
    [closed, page] >> summary(planned, scored)
    cases(scored)
    bulletin(planned, scored)
    previews(planned, scored)
    closed >> tell(planned)
    missing.expand(treasury=closed)


@dag(
    dag_display_name="Hài Lòng · xếp hạng hằng tháng",
    description="From every treasury's database to a trusted ranking of one month",
    doc_md=__doc__,
    schedule=CronPartitionTimetable("0 0 1 * *", timezone=runs.ZONE, run_offset=-1, key_format="%Y-%m"),
    start_date=runs.START,
    end_date=runs.END,
    catchup=False,
    max_active_runs=1,
    on_failure_callback=telling.told_failure,
    default_args=runs.RETRIED,
    tags=["survey", "ratings"],
    params={"month": runs.month_param("the month before the run"), "treasuries": TREASURIES, "early": EARLY},
)
def monthly_ratings() -> None:
    """Plan the month, read every treasury, rate, and close."""
    planned = plan()
    close(planned, rate(planned, read(planned)))


monthly_ratings()
