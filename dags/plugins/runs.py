"""What the runs of all our DAGs share: local time, retries, the month that is asked for, connections, their notes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import measuring
import pendulum
import structlog
from airflow.sdk import BaseHook, ExceptionRetryPolicy, Param, RetryAction, RetryRule, get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException, AirflowRuntimeError

from etl import escape, settings
from etl.errors import HailongError
from etl.log import log
from etl.operation import deadlines

if TYPE_CHECKING:
    from airflow.sdk import Context

SHORT = deadlines.SHORT
"""How long a task may take that reads a few rows, or writes a page."""
ZONE = settings.time_zone()
PUBLISHER = "publish"
"""The queue of the worker that has the publisher's login: nobody else writes to it."""
TASK_NOTE = "task_note"
"""The key under which a task leaves the note on its own page."""
START = pendulum.datetime(2022, 2, 1, tz=ZONE)
END = None if settings.is_scheduled() else START
"""When a DAG with a clock stops; where the schedule is off, before it has begun."""


def last_word(context: Context) -> None:
    """End the log of a failed task with why, in both languages; ``run_note`` makes it the task's note as well."""
    error = context.get("exception")
    if isinstance(error, HailongError | AirflowFailException):
        from etl.reports.words import both

        why = both(str(error), " · ")
        with measuring.bound():
            # else it lies in the folded lines of what Airflow does after a task
            structlog.get_logger("task").info("::endgroup::")
            log.error("%s", why)
        context["ti"].xcom_push(TASK_NOTE, why)


RETRIED = {
    "owner": "data engineering",
    "on_failure_callback": last_word,
    "on_retry_callback": last_word,
    "retries": 3,
    "retry_delay": timedelta(seconds=settings.retry_seconds()),
    "retry_exponential_backoff": 2.0,
    "retry_policy": ExceptionRetryPolicy(
        rules=[
            RetryRule(exception="etl.errors.Unavailable", action=RetryAction.RETRY, reason="it may come back"),
            RetryRule(exception="etl.errors.HailongError", action=RetryAction.FAIL, reason="somebody must act first"),
        ]
    ),
}
"""What a task does after a failure: what was away, or was killed, is retried; every step may run twice."""


def month_param(when_empty: str) -> Param:
    """The form's field for a survey month."""
    return Param(
        None,
        type=["null", "string"],
        pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
        title="Survey month",
        description=f"YYYY-MM; empty: the partition key, else {when_empty}",
    )


def asked_month() -> str | None:
    """The month that this run was asked for, by its parameter or its partition key; None when it was for none."""
    context = get_current_context()
    asked, key = context["params"]["month"], context.get("partition_key")
    if asked and key and asked != key:
        raise AirflowFailException(f"the run is of {key} but its parameter says {asked}: give only one of them")
    return asked or key


def asked_by() -> str | None:
    """Who started this run by hand; None when it started by itself."""
    return get_current_context()["dag_run"].triggering_user_name


def is_under_way(dag: str, run_id: str) -> bool:
    """Whether a run has not ended; one that Airflow does not know any more has."""
    try:
        return get_current_context()["ti"].get_dagrun_state(dag, run_id) in ("queued", "running")
    except AirflowRuntimeError:
        return False


def uri_of(connection: str) -> str | None:
    """A connection of Airflow's by its name; None where there is none, and other places are searched."""
    try:
        return str(BaseHook.get_connection(connection).get_uri())
    except AirflowNotFoundException:
        return None


def sentence(text: str) -> str:
    """A sentence of ours for a note, in both languages."""
    from etl.reports.words import both

    return escape.markdown(both(text, " · "))


def note(text: str) -> None:
    """Leave the note of this run; ``run_note`` puts it on the run's page when it ends."""
    get_current_context()["ti"].xcom_push("note", text)
