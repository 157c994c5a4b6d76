"""# Publish ratings: somebody decides whether a month's draft becomes a revision that never changes

A run starts by itself when `monthly_ratings` or `late_answers` has made a new draft of a month; to ask for one by hand,
*Trigger* it with the month. It shows what would be published and waits for an answer: *Browse → Required Actions*, or
the task `approve`. A comment is required, and kept for those who read the revision in years.

Who ran the month by hand may not approve it. To publish a month although treasuries are missing, tick *provisional*.
A draft that says nothing new ends the run green, and nobody is asked. When approval is switched off
(`HAILONG_APPROVAL=none`), a month is published as soon as it is final. A question that nobody answers within a week is
told once more; a month that is not published by its day is told by `upkeep`.

| when this is red | it means | do this |
|---|---|---|
| `prepare` | the month was not rated, or the warehouse is away | read the message |
| `approve` | nobody answered within 30 days | clear the task |
| `decide` | it was rejected, or approved by who ran the month | mend what the comment names, run the month again; or clear `approve` |
| `publish` | the draft is not fit to be published, or is another one than was shown | its message says why and what to do next |
| `bulletin` | it is published; its bulletin could not be written | its message says why; clear the task |
| `send` | an office was not sent its page | mend the mail server or the connection `hailong_smtp`; clear the task: nobody is sent it twice |
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import places
import telling
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import (
    AsyncCallback,
    DeadlineAlert,
    DeadlineReference,
    Param,
    PartitionedAssetTimetable,
    TriggerRule,
    dag,
    task,
)
from airflow.sdk.exceptions import AirflowFailException

APPROVE, REJECT = "Approve", "Reject"
ANSWER_WITHIN = timedelta(days=7)
BY_ITSELF = "unattended"
PREPARED = "ti.xcom_pull(task_ids='prepare')"


@task(inlets=[places.MARTS], show_return_value_in_logs=False)
def prepare(*, inlet_events: Any = None) -> dict[str, Any]:
    """Say what would be published, what makes it different, and who ran the month since it was last published."""
    from etl.publishing import approval
    from etl.reports import run_note

    month = places.asked_month()
    if not month:
        raise AirflowFailException("it is not known which month to publish: trigger the DAG again, with the month")
    draft = approval.Candidate.of(month)
    loaded = inlet_events[places.MARTS]
    since = loaded.after(draft.published_at) if draft.published_at else loaded
    loaders = {event.extra.get("loaded_by") for event in since if event.partition_key == month} - {None}
    return {"draft": draft.values(), "body": run_note.of_draft(month), "loaded_by": sorted(loaders)}


@task.branch
def choose(prepared: dict[str, Any]) -> list[str]:
    """Ask somebody; or nobody, where approval is switched off or there is nothing to publish."""
    from etl import settings

    draft = prepared["draft"]
    if not draft["is_news"]:
        places.note(f"Nothing to publish: the draft of {draft['period']} says what its newest revision says.")
        return []
    if settings.is_attended():
        return ["approve"]
    if draft["month_status"] != "final":
        places.note(f"{draft['period']} is {draft['month_status']}: unattended, only a final month is published.")
        return []
    return ["decide"]


@task(trigger_rule=TriggerRule.NONE_FAILED, queue="publish")
def decide(prepared: dict[str, Any], answer: dict[str, Any] | None) -> dict[str, Any]:
    """Take the answer; a rejection is kept and makes the run red, and so does an approval by who ran the month."""
    from etl import settings
    from etl.publishing import approval

    draft = prepared["draft"]
    month = draft["period"]
    if answer is None:
        if settings.is_attended():  # somebody marked the task that asks, instead of answering
            raise AirflowFailException("nobody answered: clear the task approve, and answer")
        return {"by": BY_ITSELF, "comment": "it is final, and approval is switched off", "is_provisional": False}
    by, said = answer["responded_by_user"]["name"], answer["params_input"]
    comment = str(said.get("comment", "")).strip()
    if not comment:
        raise AirflowFailException(f"{by} gave no comment: clear the task approve, and answer with one")
    if answer["chosen_options"] != [APPROVE]:
        approval.note(month, approval.Decision(by, comment, figures_digest=draft["figures_digest"]), False)
        places.note(f"**{month} was rejected** by {by}: {comment}")
        raise AirflowFailException(f"{by} rejected {month}: {comment}")
    if by in prepared["loaded_by"]:
        places.note(f"**{month} is not published**: {by} approved it, and has run it. Somebody else must approve it.")
        raise AirflowFailException(f"{by} has run {month} and may not approve it: clear the task approve; ask another")
    return {"by": by, "comment": comment, "is_provisional": bool(said.get("provisional"))}


@task(queue="publish")
def publish(prepared: dict[str, Any], decided: dict[str, Any]) -> int:
    """Freeze the draft that was shown as the next revision, and keep the decision; the revision is the result.

    So it is when the revision is there already: this task was cut off after it had published, and is tried again, or
    another answer to the same draft came first.
    """
    from etl.publishing import approval, publish

    month, by, why = prepared["draft"]["period"], decided["by"], decided["comment"]
    digest = prepared["draft"]["figures_digest"]
    decision = approval.Decision(by, why, decided["is_provisional"], digest)
    number = publish.publish(month, decision)
    approval.note(month, decision, True)
    if number is None:
        places.note(f"Nothing to publish: the draft of {month} says what its newest revision says.")
        return int(publish.revisions(month)[-1]["revision_number"])
    places.note(f"**{month}: revision {number} is published** by {by}: {why}")
    return number


@task
def bulletin(prepared: dict[str, Any], decided: dict[str, Any], revision: int) -> str:
    """Make the bulletin of the revision, and link to it in the run's note; its path is the result."""
    from etl.publishing import places as publishing_places
    from etl.reports.bulletin import make

    month = prepared["draft"]["period"]
    page = make.make(month, make.Asked(revision=revision)).page
    seen_at = telling.address(
        f"bulletin/file/publish_ratings/{publishing_places.directory(month, revision)}/index.vi.html"
    )
    said = f"**{month}: revision {revision} is published** by {decided['by']}: {decided['comment']}"
    places.note(f"{said}\n\n[Bulletin]({seen_at or page})")
    return page


@task.short_circuit
def asked_for_letters() -> bool:
    """Whether somebody asked for letters."""
    from etl import settings

    return settings.mails_bulletins()


@task(show_return_value_in_logs=False)
def send(prepared: dict[str, Any], revision: int) -> int:
    """Send each office its own page of the revision, once; how many were sent now is the result."""
    return len(telling.send_bulletins(prepared["draft"]["period"], revision))


@dag(
    dag_display_name="Hài Lòng · công bố kết quả",
    description="Show a month's draft, ask whether to publish it, and publish it",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(assets=places.MARTS),
    catchup=False,
    max_active_runs=1000,  # a run that waits for somebody must not keep the others from asking
    deadline=DeadlineAlert(
        name="answered within a week",
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=ANSWER_WITHIN,
        callback=AsyncCallback(telling.not_in_time),
    ),
    on_failure_callback=telling.told_failure,
    default_args=places.TRIED_AGAIN,
    tags=["survey", "publication"],
    params={"month": places.month_param("nothing is published")},
)
def publish_ratings() -> None:
    """Wire the question, the answer and what follows from it."""
    prepared = prepare()
    approve = HITLOperator(
        task_id="approve",
        subject=f"Publish {{{{ {PREPARED}['draft']['period'] }}}}?",
        body=f"{{{{ {PREPARED}['body'] }}}}",
        options=[APPROVE, REJECT],
        params={
            "comment": Param("", type="string", title="Comment", description="Why; it is kept with the decision"),
            "provisional": Param(
                False, type="boolean", title="Provisional", description="Although treasuries are missing"
            ),
        },
        response_timeout=timedelta(days=30),
        retries=0,
    )
    decided = decide(prepared, approve.output)
    choose(prepared) >> [approve, decided]
    revision = publish(prepared, decided)
    bulletin(prepared, decided, revision)
    revision >> asked_for_letters() >> send(prepared, revision)


publish_ratings()
