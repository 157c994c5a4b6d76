"""The task that asks whether to publish: it waits as long as its draft is what would be published.

Airflow keeps a question open without a worker. It wakes the task when a run has ended that may have overtaken the
question (``waking``), and every ``HAILONG_QUESTION_SECONDS``, since the command line rates and publishes as well. The
task then looks whether the question still stands, and waits on or withdraws it; so it does with an answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import runs
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowFailException, TaskAwaitingInput

from etl import escape, settings

if TYPE_CHECKING:
    from airflow.sdk import Context

    from etl.publishing.questions import Question

APPROVE, REJECT = "Approve", "Reject"
WITHDRAWN = "withdrawn"
"""The key of the reason in the result of a question that was withdrawn."""
PREPARED = "ti.xcom_pull(task_ids='prepare')"


class Approval(HITLOperator):
    """Asks about the draft that ``prepare`` has shown."""

    def execute(self, context: Context) -> None:
        """Ask; an older question about the period is withdrawn by that."""
        _question(context).ask()
        super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Take the answer, withdraw the question, or wait on."""
        question, is_answered = _question(context), not event.get("timedout")
        reason = question.withdrawn()
        if reason and is_answered:
            runs.note(escape.markdown(reason))
            raise AirflowFailException(f"{reason}: this answer counts for nothing; answer the newer question, if any")
        if reason:
            runs.note(escape.markdown(f"Withdrawn: {reason}."))
            return {WITHDRAWN: reason}
        if is_answered:
            return super().execute_complete(context, event)
        if question.is_overdue():
            raise AirflowFailException("nobody answered in time: clear this task to ask again")
        self._open_again(context)
        raise TaskAwaitingInput(method_name="execute_complete", timeout=self.response_timeout)

    def _open_again(self, context: Context) -> None:
        """Take back the answer by which the scheduler has closed the question while this task looks."""
        from airflow.sdk.execution_time.hitl import upsert_hitl_detail

        upsert_hitl_detail(
            ti_id=context["ti"].id,
            options=self.options,
            subject=self.subject,
            body=self.body,
            defaults=self.defaults,
            params=self.serialized_params,
        )


def question() -> Approval:
    """The task that waits for somebody's answer."""
    comment = Param("", type="string", title="Ý kiến · Comment", description="Why; it is kept with the decision")
    provisional = Param(
        False, type="boolean", title="Tạm tính · Provisional", description="Although treasuries are missing"
    )
    return Approval(
        task_id="approve",
        subject=f"{{{{ {PREPARED}['subject'] }}}}",
        body=f"{{{{ {PREPARED}['body'] }}}}",
        options=[APPROVE, REJECT],
        params={"comment": comment, "provisional": provisional},
        defaults=[REJECT],  # with this the scheduler closes the question while the task looks: nobody else can answer
        response_timeout=timedelta(seconds=settings.question_seconds()),
        retries=0,
    )


def _question(context: Context) -> Question:
    """The question of a run."""
    from etl.publishing.approval import Candidate
    from etl.publishing.questions import Question

    prepared: dict[str, Any] = context["ti"].xcom_pull(task_ids="prepare")
    return Question(Candidate(**prepared["draft"]), context["dag_run"].run_id)
