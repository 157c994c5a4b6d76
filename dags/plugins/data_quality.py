"""The tab "Data quality" on the page of a run of ``monthly_ratings``: who is missing, why, and what each rule found.

It shows what the warehouse holds, under the API server's own login, which can only read. Whoever may see the run
in Airflow may see the tab, nobody else.
"""

from __future__ import annotations

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse

DAG = "monthly_ratings"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

app = FastAPI(openapi_url=None)  # pages that describe the API would be public, and load scripts from elsewhere


@app.get("/run/{dag_id}/{run_id:path}", dependencies=[Depends(requires_access_dag("GET", DagAccessEntity.RUN))])
def run(dag_id: str, run_id: str) -> HTMLResponse:
    """The page of a run as the warehouse knows it now."""
    from etl.reports import run_page

    # the permission was asked for the DAG of the path alone: another one must not open the runs of ours
    status, html = run_page.tab(run_id) if dag_id == DAG else run_page.tab_of_another(dag_id)
    return HTMLResponse(html, status, HEADERS)


class DataQuality(AirflowPlugin):
    """Airflow's way to find the tab."""

    name = "data_quality"
    fastapi_apps = [{"app": app, "url_prefix": "/data-quality", "name": "Data quality"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "Data quality",
            "href": "data-quality/run/{DAG_ID}/{RUN_ID}",
            "destination": "dag_run",
            "url_route": "data_quality",
        }
    ]
