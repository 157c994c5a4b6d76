"""The tasks of the DAG ``publish_ratings``: who may publish what is decided in ``etl.publishing.approval``.

What a task needs is imported when it runs, so that the DAG is parsed lightly.

All up to the revision runs where the publisher's login is. The results of tasks lie in Airflow, where every worker can
write them: nothing is published by what they say, but by the rows of ``ops.question`` and ``ops.answer``, which only the
publisher writes, and by the draft as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import assets
import runs
import telling
from airflow.sdk import PokeReturnValue, TriggerRule, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from waiting import WITHDRAWN

from etl import settings
from etl.log import log
from etl.operation import deadlines

if TYPE_CHECKING:
    from etl.publishing.approval import Candidate, Decision

Values = dict[str, Any]
"""A draft, a decision, or what is shown of them, as plain values."""


@task.sensor(
    task_display_name="prepare · Chuẩn bị dự thảo · Prepare the draft",
    queue=runs.PUBLISHER,
    execution_timeout=runs.SHORT,
    mode="reschedule",
    poke_interval=settings.question_seconds(),
    timeout=deadlines.PREVIEW,
)
def prepare() -> PokeReturnValue:
    """Wait while treasuries may object to the draft, without a worker; then say which draft would be published."""
    from etl.publishing import approval, preview

    if not (month := runs.asked_month()):
        raise AirflowFailException("it is not known which month to publish: trigger the DAG again, with the month")
    draft = approval.Candidate.of(month)
    if draft.is_news and (until := preview.awaited(preview.offered(month))):
        log.info("treasuries may object to %s until %s", month, until)
        return PokeReturnValue(is_done=False)
    return PokeReturnValue(is_done=True, xcom_value={"draft": draft.values()})


def described(month: str) -> str:
    """What is told of a month's draft to whoever is asked."""
    from etl.reports import run_note

    return run_note.of_draft(month, _draft_bulletin(month))


@task.branch(
    task_display_name="choose · Có cần hỏi không · Whether to ask", queue=runs.PUBLISHER, execution_timeout=runs.SHORT
)
def choose(prepared: Values) -> list[str]:
    """Ask somebody; or nobody, where approval is switched off, there is nothing to publish, or it is asked already.

    Where treasuries object somebody is asked all the same.
    """
    from etl.publishing import approval

    is_attended = settings.is_attended() or bool(_draft(prepared).objections)
    reason = approval.reason_not_to_ask(_draft(prepared), is_attended=is_attended)
    reason = reason or (_asked_already(prepared) if is_attended else None)
    if reason:
        runs.note(runs.sentence(reason))
        return []
    return ["approve" if is_attended else "decide"]


@task(
    task_display_name="decide · Ghi nhận quyết định · Take the decision",
    inlets=[assets.MARTS],
    trigger_rule=TriggerRule.NONE_FAILED,
    queue=runs.PUBLISHER,
    execution_timeout=runs.SHORT,
)
def decide(answer: Values | None, *, inlet_events: Any = None) -> Values:
    """Take the answer; a rejection is kept and makes the run red, and so does an approval by who ran the month.

    A question that was withdrawn decides nothing: the run ends here, and is not red.
    """
    from etl.errors import Misdeclared

    if answer and WITHDRAWN in answer:
        raise AirflowSkipException(answer[WITHDRAWN])
    try:
        return _decided(inlet_events).values()
    except Misdeclared as error:
        runs.note(runs.sentence(error.message))
        raise


@task(
    task_display_name="publish · Công bố · Publish",
    inlets=[assets.MARTS],
    queue=runs.PUBLISHER,
    execution_timeout=deadlines.SCORING,
)
def publish(decided: Values, *, inlet_events: Any = None) -> int:
    """Freeze the draft that was shown as the next revision, and keep the decision; the revision is the result.

    So it is when the revision is there already: this task was cut off after it had published, and is tried again, or
    another answer to the same draft came first. The decision is made again from what is noted of it, and has to be the
    one that came here.
    """
    from etl.errors import HailongError, Unfit
    from etl.publishing import approval, publish
    from etl.reports import run_note

    month, decision = str(runs.asked_month()), _decided(inlet_events)
    if decision != _decision(decided):
        raise AirflowFailException("the decision that came here is not the one that is noted: nothing is published")
    draft = approval.Candidate.of(month)
    unopened: list[HailongError] = []
    try:
        number = publish.publish(month, decision, unopened.append)
    except Unfit as error:
        runs.note(runs.sentence(str(error)))
        raise
    approval.record(month, decision, True)
    if number is None:
        runs.note(run_note.of_nothing_new(draft.nothing_new, unopened))
        return publish.newest(month)
    runs.note(run_note.of_publication(month, number, decision, unopened))
    return number


@task(task_display_name="bulletin · Bản tin · Bulletin", execution_timeout=runs.SHORT)
def bulletin(prepared: Values, decided: Values, revision: int) -> str:
    """Make the bulletin of the revision, and link to it in the run's note; its path is the result."""
    from etl.publishing import places
    from etl.reports import markdown, run_note
    from etl.reports.bulletin import make

    period = _draft(prepared).period
    page = make.make(period, make.Asked(revision=revision)).page
    address = telling.address(f"bulletin/file/publish_ratings/{places.directory(period, revision)}/index.vi.html")
    said = run_note.of_publication(period, revision, _decision(decided))
    runs.note(f"{said}\n\n{markdown.link('Bulletin', address or page)}")
    return page


@task.short_circuit(task_display_name="asked_for_letters · Có gửi thư không · Whether letters are asked for")
def asked_for_letters() -> bool:
    """Whether somebody asked for letters."""

    return settings.mails_bulletins()


@task(
    task_display_name="send · Gửi thư cho từng kho bạc · Send letters",
    show_return_value_in_logs=False,
    execution_timeout=runs.SHORT,
)
def send(prepared: Values, revision: int) -> int:
    """Send each office its own page of the revision, once; how many were sent now is the result."""
    return len(telling.send_bulletins(_draft(prepared).period, revision))


def _asked_already(prepared: Values) -> str | None:
    """Which other run asks about the same figures and is not over; None when there is none."""
    from etl.publishing import questions

    context, draft = get_current_context(), _draft(prepared)
    asking = questions.asked_by(draft)
    if asking in (None, context["dag_run"].run_id) or not runs.is_under_way("publish_ratings", str(asking)):
        return None
    return f"{draft.period} is asked about already, with the same figures: answer the question of the run {asking}."


def _draft_bulletin(month: str) -> str | None:
    """The address of the bulletin of a month's draft; None where none is made, or Airflow does not know its own."""
    from etl.publishing import places

    if not settings.makes_draft_bulletins():
        return None
    return telling.address(f"bulletin/file/monthly_ratings/{places.directory(month, 0)}/index.vi.html")


def _draft(prepared: Values) -> Candidate:
    """The draft that was shown."""
    from etl.publishing.approval import Candidate

    return Candidate(**prepared["draft"])


def _decided(inlet_events: Any) -> Decision:
    """The decision on the draft of this run, from what is noted in the warehouse; what refuses it raises Misdeclared."""
    from etl.publishing import approval, questions

    month, run_id = str(runs.asked_month()), get_current_context()["dag_run"].run_id
    draft = approval.Candidate.of(month)
    if not settings.is_attended() and not questions.has_asked(run_id):
        return approval.unattended(draft)
    loaded_by = assets.loaders(inlet_events[assets.MARTS], month, draft.published_at)
    return questions.decision(run_id, loaded_by)


def _decision(decided: Values) -> Decision:
    """The decision on it."""
    from etl.publishing.approval import Decision

    return Decision(**decided)
