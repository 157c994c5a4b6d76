"""# Publish ratings: somebody decides whether a month's draft becomes a revision that never changes

A run starts by itself when `monthly_ratings` or `late_answers` has made a new draft of a month; to ask for one by hand,
*Trigger* it with the month. While treasuries may object to the draft (the rule set's `preview`), `prepare` waits, without
a worker. Then the run shows what would be published and waits for an answer: *Browse → Required Actions*, or the task
`approve`. A comment is required, and kept for those who read the revision in years. The question names every objection
that is open, and not what it says (`hailong preview objections`); to publish over them, give the reason in the field of its
own. An objection that comes in later has the question asked anew.

Who ran the month by hand may not approve it. To publish a month although treasuries are missing, tick *provisional*.
A draft that says nothing new ends the run green, and nobody is asked. One question per month stands: a newer draft, a
publication or a newer question withdraws an older one, whose run ends green with the reason; an answer that comes first
fails at once. When approval is switched off
(`HAILONG_APPROVAL=none`), a month is published as soon as it is final and nobody may object any more; where a treasury
objects, somebody is asked all the same. A run that waits for longer than a week, for days to
object or for an answer, is told once more; a month that is not published by its day is told by `upkeep`.

| when this is red | it means | do this |
|---|---|---|
| `prepare` | the month was not rated, or the warehouse is away | read the message |
| `approve` | nobody answered within 30 days | clear the task |
| `approve`, at once after an answer | the question did not stand any more: a newer draft, or a publication | answer the newer question |
| `decide` | it was rejected, or approved by who ran the month | mend what the comment names, run the month again; or clear `approve` |
| `publish` | the draft is not fit to be published, or is another one than was shown | its message says why and what to do next |
| `bulletin` | it is published; its bulletin could not be written | its message says why; clear the task |
| `send` | an office was not sent its page | mend the mail server or the connection `hailong_smtp`; clear the task: nobody is sent it twice |
"""

from __future__ import annotations

from datetime import timedelta

import assets
import runs
import telling
from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference, PartitionedAssetTimetable, dag
from publish_tasks import asked_for_letters, bulletin, choose, decide, described, prepare, publish, send
from waiting import question

ANSWERED_IN_TIME = DeadlineAlert(
    name="answered within a week",
    reference=DeadlineReference.DAGRUN_QUEUED_AT,
    interval=timedelta(days=7),
    callback=AsyncCallback(telling.not_in_time),
)


@dag(
    dag_display_name="Hài Lòng · công bố kết quả",
    description="Show a month's draft, ask whether to publish it, and publish it",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(assets=assets.MARTS),
    catchup=False,
    max_active_runs=1000,  # a run that waits for somebody must not keep the others from asking
    deadline=ANSWERED_IN_TIME,
    on_failure_callback=telling.told_failure,
    default_args=runs.RETRIED,
    tags=["survey", "publication"],
    params={"month": runs.month_param("nothing is published")},
)
def publish_ratings() -> None:
    """Show what would be published, ask, decide, and publish."""
    prepared, approve = prepare(), question(described)
    decided = decide(approve.output)
    choose(prepared) >> [approve, decided]
    revision = publish(decided)
    bulletin(prepared, decided, revision)
    revision >> asked_for_letters() >> send(prepared, revision)


publish_ratings()
