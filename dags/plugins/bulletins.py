"""The tab "Bulletin" on the page of a run of ``monthly_ratings``, and the files of every bulletin behind it.

The files are those that the tasks have laid: the draft's under ``HAILONG_REPORTS``, the published ones under
``HAILONG_BULLETINS``; the API server needs to read both. Whoever may see the runs of a DAG may see them, nobody else.
"""

from __future__ import annotations

import mimetypes
import re

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse, Response

DAG, PUBLISHER = "monthly_ratings", "publish_ratings"
SEEN = [Depends(requires_access_dag("GET", DagAccessEntity.RUN))]
FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.(html|xlsx|pdf)")
EDITION = re.compile(r"draft|revision-[1-9][0-9]*")
HEADERS = {
    # the pages' own script sorts and searches; what it says is escaped, and nothing may be loaded or sent
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

app = FastAPI(openapi_url=None)  # pages that describe the API would be public, and load scripts from elsewhere


@app.get("/run/{dag_id}/{run_id:path}", dependencies=SEEN)
def of_run(dag_id: str, run_id: str) -> Response:
    """The bulletin of the draft that a run has made."""
    from etl.reports import run_page

    period = run_page.month_of(run_id) if dag_id == DAG else None
    if period is None:
        return _missing("This run has made no bulletin", "open this tab on a run of monthly_ratings that has ended")
    return RedirectResponse(f"../../file/{DAG}/{period}/draft/index.vi.html")


@app.get("/file/{dag_id}/{period}/{edition}/{name}", dependencies=SEEN)
def file(dag_id: str, period: str, edition: str, name: str) -> Response:
    """One file of a bulletin."""
    from etl.publishing import places

    if dag_id in (DAG, PUBLISHER) and FILE.fullmatch(name) and EDITION.fullmatch(edition) and ".." not in period:
        its = places.drafts() if edition == "draft" else places.published()
        content = its.get(f"{period}/{edition}/{name}")
        if content is not None:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            return Response(
                content, media_type=f"{kind}; charset=utf-8" if kind == "text/html" else kind, headers=HEADERS
            )
    number = edition.removeprefix("revision-") if edition != "draft" else "0"
    return _missing("There is no such bulletin", f"make it: hailong bulletin {period} --revision {number}")


def _missing(message: str, next_action: str) -> HTMLResponse:
    """A page that says what is not there."""
    from etl.reports import run_page

    return HTMLResponse(run_page.plain_page("Bulletin", message, next_action), 404, HEADERS)


class Bulletins(AirflowPlugin):
    """Airflow's way to find the tab."""

    name = "bulletins"
    fastapi_apps = [{"app": app, "url_prefix": "/bulletin", "name": "Bulletin"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "Bulletin",
            "href": "bulletin/run/{DAG_ID}/{RUN_ID}",
            "destination": "dag_run",
            "url_route": "bulletin",
        }
    ]
