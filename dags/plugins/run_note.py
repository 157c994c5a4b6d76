"""The notes on the pages of a run and of its red tasks: what its tasks left, put there when the run ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import runs
from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from airflow.models.xcom import XComModel
    from sqlalchemy import Select

PARTITIONED = ("monthly_ratings", "publish_ratings")
"""The DAGs whose runs are of one survey month each."""
LONGEST = 1000
"""The characters that Airflow keeps of a note."""


class RunNote:
    """Listens to the starts and ends of runs.

    It is called in the midst of the scheduler's own transaction, which holds the run's row: whatever it reads and
    writes goes through that very session, and is committed, or not, together with the run's new state.
    """

    @hookimpl
    def on_dag_run_running(self, dag_run: DagRun, msg: str) -> None:
        """Show the month of a run that was asked for by the form's field as its partition key, as of every other."""
        month = (dag_run.conf or {}).get("month")
        if month and not dag_run.partition_key and dag_run.dag_id in PARTITIONED:
            dag_run.partition_key = month

    @hookimpl
    def on_dag_run_success(self, dag_run: DagRun, msg: str) -> None:
        """Put the note on a run that ended well."""
        put(dag_run)

    @hookimpl
    def on_dag_run_failed(self, dag_run: DagRun, msg: str) -> None:
        """Put the note on a run that ended badly."""
        put(dag_run)


def put(dag_run: DagRun) -> None:
    """Put the notes of a run and of its tasks on their pages, unless a person has written one there."""
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    if session is None:
        return
    left = list(session.scalars(_left(dag_run, "note").limit(1)))
    if left and not (dag_run.dag_run_note and dag_run.dag_run_note.user_id):
        dag_run.note = _text(left[0])
    for note in session.scalars(_left(dag_run, runs.TASK_NOTE)):
        task = dag_run.get_task_instance(note.task_id, session=session, map_index=note.map_index)
        if task and task.state == "failed" and not (task.task_instance_note and task.task_instance_note.user_id):
            task.note = _text(note)


def _left(dag_run: DagRun, key: str) -> Select[XComModel]:
    """What the tasks of a run left under a key, the newest first."""
    from airflow.models.xcom import XComModel

    left = XComModel.get_many(run_id=dag_run.run_id, dag_ids=dag_run.dag_id, key=key)
    return left.order_by(XComModel.timestamp.desc())


def _text(note: XComModel) -> str:
    """A note, as long as Airflow keeps it."""
    from airflow.models.xcom import XComModel

    return str(XComModel.deserialize_value(note))[:LONGEST]


class RunNotePlugin(AirflowPlugin):
    """Airflow's way to find the listener."""

    name = "run_note"
    listeners = [RunNote()]  # noqa: RUF012
