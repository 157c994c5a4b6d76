"""Tell people what ``etl.notices`` composes, by Airflow's own notifiers: mail and a webhook.

| channel | is there when Airflow has the connection | goes to |
|---|---|---|
| mail | ``hailong_smtp``; its extra says ``from_email`` | the notice's addresses: ``HAILONG_NOTICE_TO``, and an office's ``contact`` |
| webhook | ``hailong_webhook`` | its URL, as JSON: subject, text, month, cause, treasuries |

A notice counts as told when a channel took it. When none of those that are there does, the task is red, and the next
run tells it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.providers.common.compat.sdk import conf
from airflow.sdk import BaseHook, BaseNotifier
from airflow.sdk.exceptions import AirflowException, AirflowNotFoundException
from asgiref.sync import sync_to_async

if TYPE_CHECKING:
    from etl.notices import Notice

MAIL, WEBHOOK = "hailong_smtp", "hailong_webhook"
_SECONDS = 30
_log = logging.getLogger("hailong")


def tell_run(run_id: str, dag: str = "monthly_ratings") -> list[str]:
    """Tell what a run leaves to be told; the subjects of what was told now."""
    from etl import notices

    return tell(notices.of_run(run_id, link(dag, run_id)))


def tell_standing() -> list[str]:
    """Tell what is to be told without a run: months overdue, treasuries missing for days; the subjects."""
    from etl import notices

    return tell([*notices.overdue(), *notices.lasting()])


def told_failure(context: Any) -> None:
    """Tell that a run ended red without an outcome that explains it: ``on_failure_callback`` of a DAG."""
    from etl import notices

    run = context["dag_run"]
    notice = notices.of_failure(run.dag_id, run.run_id, link(run.dag_id, run.run_id))
    if notice:
        _send(notice, _channels())


async def not_in_time(context: Any) -> None:
    """Tell that a run is not over by its deadline: the ``AsyncCallback`` of a ``DeadlineAlert``."""
    from etl import notices

    if context["dag_run"]["state"] in ("success", "failed"):
        return
    run, due = context["dag_run"], dt.datetime.fromisoformat(str(context["deadline"]["deadline_time"]))
    notice = notices.of_deadline(run["dag_id"], run["dag_run_id"], due)
    await sync_to_async(lambda: _send(notice, _channels()))()


def link(dag: str, run_id: str) -> str | None:
    """The address of a run's page; None where Airflow does not know its own."""
    base = conf.get("api", "base_url", fallback="").rstrip("/")
    return f"{base}/dags/{dag}/runs/{quote(run_id, safe='')}" if base else None


def tell(found: Iterable[Notice]) -> list[str]:
    """Tell notices that were not told before; the subjects of those that a channel took.

    Without any channel they stay untold. One that no channel takes raises, after the others.
    """
    from etl import notices

    channels, told, lost = _channels(), [], []
    if not channels:
        return []
    for notice in found:
        try:
            with notices.claimed(notice) as is_new:
                if is_new:
                    _send(notice, channels)
                    told.append(notice.subject)
        except AirflowException:
            lost.append(notice.subject)
    if lost:
        raise AirflowException(f"no channel took: {'; '.join(lost)}; they will be told by the next run")
    return told


def _channels() -> dict[str, Callable[[Notice], BaseNotifier]]:
    """The channels that have a connection."""
    known = {MAIL: _mail, WEBHOOK: _webhook}
    there = {connection: make for connection, make in known.items() if _is_there(connection)}
    for connection in known.keys() - there.keys():
        _log.info("there is no connection %s: that channel is left out", connection)
    return there


def _is_there(connection: str) -> bool:
    """Whether Airflow has a connection."""
    try:
        BaseHook.get_connection(connection)
    except AirflowNotFoundException:
        return False
    return True


def _send(notice: Notice, channels: dict[str, Callable[[Notice], BaseNotifier]]) -> None:
    """Send a notice over every channel; where there are some, and none takes it, AirflowException is raised."""
    took = 0
    for connection, make in channels.items():
        try:
            make(notice).notify({})
            took += 1
        except Exception as error:  # noqa: BLE001 - each channel raises its own; the other one must get its turn
            _log.error("%s did not take '%s': %s", connection, notice.subject, type(error).__name__)
    if channels and not took:
        raise AirflowException(f"no channel took '{notice.subject}'")


def _mail(notice: Notice) -> BaseNotifier:
    """The notice as a mail; nobody to write to raises ValueError."""
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    if not notice.to:
        raise ValueError("HAILONG_NOTICE_TO names nobody")
    html = f'<div style="white-space: pre-wrap">{escape(notice.text)}</div>'
    return SmtpNotifier(to=list(notice.to), subject=notice.subject, html_content=html, smtp_conn_id=MAIL)


def _webhook(notice: Notice) -> BaseNotifier:
    """The notice as a JSON document."""
    from airflow.providers.http.notifications import HttpNotifier

    said = {name: getattr(notice, name) for name in ("subject", "text", "month", "cause")}
    body = {**said, "treasuries": list(notice.treasuries)}
    return HttpNotifier(http_conn_id=WEBHOOK, json=body, extra_options={"timeout": _SECONDS})
