"""Wakes the open questions whether to publish when a run has ended that may have made a newer draft, or published.

A question waits without a worker until its response timeout; this moves the timeout to now, and the scheduler's next
look (15 seconds at most) lets the task ``approve`` say whether it still stands: see ``waiting``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

PUBLISHER = "publish_ratings"
MAKES_IT = {"monthly_ratings": "score", "late_answers": "look_back", PUBLISHER: "publish"}
"""The task of each DAG after which a question may not stand any more."""


class EndsOfRuns:
    """Listens to the ends of runs, in the midst of the scheduler's own transaction: see ``run_note``."""

    @hookimpl
    def on_dag_run_success(self, dag_run: DagRun, msg: str) -> None:
        """Wake the questions after a run that ended well."""
        wake(dag_run)

    @hookimpl
    def on_dag_run_failed(self, dag_run: DagRun, msg: str) -> None:
        """Wake the questions after a run that ended badly: it may have made a draft all the same."""
        wake(dag_run)


def wake(dag_run: DagRun) -> None:
    """Let every open question look whether it stands; one that somebody is answering at this moment is left alone."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.state import TaskInstanceState
    from sqlalchemy import func, select
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    maker = MAKES_IT.get(dag_run.dag_id)
    if session is None or maker is None:
        return
    of_run = (TaskInstance.dag_id == dag_run.dag_id, TaskInstance.run_id == dag_run.run_id)
    states = session.scalars(select(TaskInstance.state).where(*of_run, TaskInstance.task_id == maker)).all()
    if TaskInstanceState.SUCCESS not in states:
        return
    waiting = select(TaskInstance).where(
        TaskInstance.dag_id == PUBLISHER,
        TaskInstance.task_id == "approve",
        TaskInstance.state == TaskInstanceState.AWAITING_INPUT,
        TaskInstance.run_id != dag_run.run_id,
    )
    for question in session.scalars(waiting.with_for_update(of=TaskInstance, skip_locked=True)):
        question.trigger_timeout = func.now()


class WakingPlugin(AirflowPlugin):
    """Airflow's way to find the listener."""

    name = "waking"
    listeners = [EndsOfRuns()]  # noqa: RUF012
