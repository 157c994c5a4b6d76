"""The note on a run's page: what a task of the run left for it, put there by the scheduler when the run ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

LONGEST = 1000
"""The characters that Airflow keeps of a note."""


class RunNote:
    """Listens to the ends of runs.

    It is called in the midst of the scheduler's own transaction, which holds the run's row: whatever it reads and
    writes goes through that very session, and is committed, or not, together with the run's new state.
    """

    @hookimpl
    def on_dag_run_success(self, dag_run: DagRun, msg: str) -> None:
        """Put the note on a run that ended well."""
        put(dag_run)

    @hookimpl
    def on_dag_run_failed(self, dag_run: DagRun, msg: str) -> None:
        """Put the note on a run that ended badly."""
        put(dag_run)


def put(dag_run: DagRun) -> None:
    """Put the note of a run on its page, unless a person has written one there, or there is nothing to say."""
    from airflow.models.xcom import XComModel
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    if session is None or (dag_run.dag_run_note and dag_run.dag_run_note.user_id):
        return
    left = XComModel.get_many(run_id=dag_run.run_id, dag_ids=dag_run.dag_id, key="note")
    note = session.scalars(left.order_by(XComModel.timestamp.desc()).limit(1)).first()
    if note is not None:
        dag_run.note = XComModel.deserialize_value(note)[:LONGEST]


class RunNotePlugin(AirflowPlugin):
    """Airflow's way to find the listener."""

    name = "run_note"
    listeners = [RunNote()]  # noqa: RUF012
