"""Tell people what ``etl.reports.notices`` composes, by Airflow's own notifiers: mail and a webhook.

| channel | is there when Airflow has the connection | goes to |
|---|---|---|
| mail | ``hailong_smtp``; its extra says ``from_email`` | the notice's addresses: ``HAILONG_NOTICE_TO``, and an office's ``contact`` |
| | | an office's own pages of a bulletin: its ``contact`` alone, and by mail alone |
| webhook | ``hailong_webhook`` | its URL, as JSON: subject, text, month, cause, treasuries |

A notice counts as told when a channel took it. When none of those that are there does, the task is red, and the next
run tells it.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.providers.common.compat.sdk import conf
from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowException, AirflowNotFoundException
from asgiref.sync import sync_to_async

from etl import escape
from etl.log import log

if TYPE_CHECKING:
    from etl.reports.notices import Notice

MAIL, WEBHOOK = "hailong_smtp", "hailong_webhook"
_SECONDS = 30
Channels = dict[str, Callable[["Notice"], None]]
"""What sends a notice, by the connection that it needs."""


def tell_run(run_id: str, dag: str = "monthly_ratings") -> list[str]:
    """Tell what a run leaves to be told; the subjects of what was told now."""
    from etl.reports import notices

    return tell(notices.of_run(run_id, link(dag, run_id)))


def tell_standing() -> list[str]:
    """Tell what is to be told without a run: months and cases overdue, treasuries missing for days; the subjects."""
    from etl.reports import case_notices, notices

    return tell([*notices.overdue(), *notices.lasting(), *case_notices.overdue()])


def send_bulletins(month: str, revision: int) -> list[str]:
    """Send each office its own pages of a published revision, by mail; the subjects of what was sent now.

    Without the mail connection AirflowException is raised: whoever asked for letters must be told that there are none.
    """
    from etl.reports import letters

    if not _is_there(MAIL):
        raise AirflowException(f"HAILONG_BULLETIN_MAIL asks for letters, and there is no connection {MAIL}")
    return tell(letters.of_revision(month, revision), {MAIL: _mail})


def told_failure(context: Any) -> None:
    """Tell that a run ended red without an outcome that explains it: ``on_failure_callback`` of a DAG."""
    from etl.reports import notices

    run = context["dag_run"]
    notice = notices.of_failure(run.dag_id, run.run_id, link(run.dag_id, run.run_id))
    if notice:
        _send(notice, _channels())


async def not_in_time(context: Any) -> None:
    """Tell that a run is not over by its deadline: the ``AsyncCallback`` of a ``DeadlineAlert``."""
    from etl.reports import notices

    if context["dag_run"]["state"] in ("success", "failed"):
        return
    run, due = context["dag_run"], dt.datetime.fromisoformat(str(context["deadline"]["deadline_time"]))
    notice = notices.of_deadline(run["dag_id"], run["dag_run_id"], due)
    await sync_to_async(lambda: _send(notice, _channels()))()


def link(dag: str, run_id: str) -> str | None:
    """The address of a run's page; None where Airflow does not know its own."""
    return address(f"dags/{dag}/runs/{quote(run_id, safe='')}")


def address(path: str) -> str | None:
    """The address of one of Airflow's pages; None where Airflow does not know its own."""
    base = conf.get("api", "base_url", fallback="").rstrip("/")
    return f"{base}/{path}" if base else None


def tell(found: Iterable[Notice], channels: Channels | None = None) -> list[str]:
    """Tell notices that were not told before; the subjects of those that a channel took.

    Without any channel they stay untold. One that no channel takes raises, after the others.
    """
    from etl.reports import notices

    channels, told, lost = channels or _channels(), [], []
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
        raise AirflowException(f"no channel took: {'; '.join(lost)}; they are told when it is tried again")
    return told


def _channels() -> Channels:
    """The channels that have a connection."""
    known = {MAIL: _mail, WEBHOOK: _webhook}
    there = {connection: make for connection, make in known.items() if _is_there(connection)}
    for connection in known.keys() - there.keys():
        log.info("there is no connection %s: that channel is left out", connection)
    return there


def _is_there(connection: str) -> bool:
    """Whether Airflow has a connection."""
    try:
        BaseHook.get_connection(connection)
    except AirflowNotFoundException:
        return False
    return True


def _send(notice: Notice, channels: Channels) -> None:
    """Send a notice over every channel; where there are some, and none takes it, AirflowException is raised."""
    took = 0
    for connection, send in channels.items():
        try:
            send(notice)
            took += 1
        except Exception as error:  # noqa: BLE001 - each channel raises its own; the other one must get its turn
            log.error("%s did not take '%s': %s", connection, notice.subject, type(error).__name__)
    if channels and not took:
        raise AirflowException(f"no channel took '{notice.subject}'")


def _mail(notice: Notice) -> None:
    """Send a notice as a mail, with its files; nobody to write to raises ValueError."""
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    if not notice.to:
        raise ValueError("HAILONG_NOTICE_TO names nobody")
    html = f'<div style="white-space: pre-wrap">{escape.html(notice.text)}</div>'
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder, name)) for name, _ in notice.attached]
        for path, (_, content) in zip(files, notice.attached, strict=True):
            Path(path).write_bytes(content)
        SmtpNotifier(
            to=list(notice.to), subject=notice.subject, html_content=html, files=files, smtp_conn_id=MAIL
        ).notify({})


def _webhook(notice: Notice) -> None:
    """Send a notice as a JSON document."""
    from airflow.providers.http.notifications import HttpNotifier

    said = {name: getattr(notice, name) for name in ("subject", "text", "month", "cause")}
    body = {**said, "treasuries": list(notice.treasuries)}
    HttpNotifier(http_conn_id=WEBHOOK, json=body, extra_options={"timeout": _SECONDS}).notify({})
