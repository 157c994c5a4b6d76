"""The task that asks whether to publish: it waits as long as its draft is what would be published.

It runs where the publisher's login is, shows what it reads there itself, and notes question and answer in the warehouse:
every other worker could write the result of a task in Airflow, and only the publisher writes those rows.

Airflow keeps a question open without a worker. It wakes the task when a run has ended that may have overtaken the
question (``waking``), and every ``HAILONG_QUESTION_SECONDS``, since the command line rates and publishes as well. The
task then looks whether the question still stands, and waits on or withdraws it; so it does with an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import runs
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowFailException, TaskAwaitingInput

from etl import settings

if TYPE_CHECKING:
    from airflow.sdk import Context

    from etl.publishing.approval import Answer
    from etl.publishing.questions import Question

APPROVE, REJECT = "Approve", "Reject"
WITHDRAWN = "withdrawn"
"""The key of the reason in the result of a question that was withdrawn."""


class Approval(HITLOperator):
    """Asks about the draft of the run's month."""

    def __init__(self, *, describe: Callable[[str], str], **asked: Any) -> None:
        super().__init__(**asked)
        self.describe = describe

    def execute(self, context: Context) -> None:
        """Ask; an older question about the period is withdrawn by that."""
        from etl.publishing.approval import Candidate
        from etl.publishing.questions import Question

        month = str(runs.asked_month())
        asked = Question(Candidate.of(month), context["dag_run"].run_id)
        asked.ask()
        self.subject, self.body = asked.candidate.question, self.describe(month)
        super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Take the answer, withdraw the question, or wait on."""
        from etl.publishing.approval import Candidate
        from etl.publishing.questions import Question

        question, is_answered = _question(context), not event.get("timedout")
        reason = question.withdrawn()
        if reason and is_answered:
            runs.note(runs.sentence(reason))
            raise AirflowFailException(f"{reason}: this answer counts for nothing; answer the newer question, if any")
        if reason:
            runs.note(runs.sentence(f"Withdrawn: {reason}."))
            return {WITHDRAWN: reason}
        if question.is_objected_to():
            question = Question(Candidate.of(question.candidate.period), question.run_id)
            question.ask()
            is_answered = False  # whoever answered had not seen the objection
        if is_answered:
            given = super().execute_complete(context, event)
            question.answer(_answer(given))
            return given
        if question.is_overdue():
            raise AirflowFailException("nobody answered in time: clear this task to ask again")
        self._open_again(context, question)
        raise TaskAwaitingInput(method_name="execute_complete", timeout=self.response_timeout)

    def _open_again(self, context: Context, question: Question) -> None:
        """Take back the answer by which the scheduler has closed the question while this task looks."""
        from airflow.sdk.execution_time.hitl import upsert_hitl_detail

        upsert_hitl_detail(
            ti_id=context["ti"].id,
            options=self.options,
            subject=question.candidate.question,
            body=self.describe(question.candidate.period),
            defaults=self.defaults,
            params=self.serialized_params,
        )


def question(describe: Callable[[str], str]) -> Approval:
    """The task that waits for somebody's answer, told what ``describe`` says of a month's draft."""
    comment = Param(
        "",
        type="string",
        title="Ý kiến · Comment",
        description="Lý do, được lưu cùng quyết định · Why; it is kept with the decision",
    )
    provisional = Param(
        False,
        type="boolean",
        title="Tạm tính · Provisional",
        description="Dù còn thiếu kho bạc · Although treasuries are missing",
    )
    over_objections = Param(
        "",
        type=["null", "string"],
        title="Dù có phản đối · Although treasuries object",
        description="Lý do vẫn công bố, được hiển thị · Why it is published all the same; it is shown",
    )
    return Approval(
        task_id="approve",
        task_display_name="approve · Phê duyệt công bố · Approve",
        queue=runs.PUBLISHER,
        describe=describe,
        subject="Publish?",  # until it is known which draft
        options=[APPROVE, REJECT],
        params={"comment": comment, "provisional": provisional, "over_objections": over_objections},
        defaults=[REJECT],  # with this the scheduler closes the question while the task looks: nobody else can answer
        response_timeout=timedelta(seconds=settings.question_seconds()),
        retries=0,
    )


def _question(context: Context) -> Question:
    """The question of a run."""
    from etl.publishing.questions import Question

    return Question.of_run(context["dag_run"].run_id)


def _answer(given: Any) -> Answer:
    """What a person answered, from what Airflow makes of it."""
    from etl.publishing.approval import Answer

    said = given["params_input"]
    return Answer(
        by=given["responded_by_user"]["name"],
        comment=str(said.get("comment", "")).strip(),
        is_approved=given["chosen_options"] == [APPROVE],
        is_provisional_allowed=bool(said.get("provisional")),
        over_objections=str(said.get("over_objections") or "").strip() or None,
    )
