"""Months before, by Airflow's own backfill: a small network's, with the same rows as ``hailong run`` month by month."""

from __future__ import annotations

import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl import settings, warehouse
from etl.demo import airflow as own_airflow
from etl.operation import migrate
from etl.warehouse import embedded
from tests.lib.airflow import SLOTS, drafts, ended, until
from tests.lib.command_line import hailong

pytestmark = pytest.mark.thorough

EXAMPLE = Path(__file__).parents[2] / "examples" / "gp_practices"
FIRST, LAST = "2024-02", "2024-03"
MONTHS = [FIRST, LAST]
FIGURES = (
    "select period_code, figure_kind, place, said - array['run_id', 'scored_at'] as said from score.figure"
    " where revision_number = 0 and period_code between '2024-02' and '2024-03' order by 1, 2, 3"
)


@pytest.fixture(scope="module")
def practices() -> Iterator[own_airflow.Access]:
    """An Airflow of the eleven practices of the example, in which nobody needs to approve a month."""
    with pytest.MonkeyPatch.context() as environment, tempfile.TemporaryDirectory(prefix="hailong-") as made:
        state = Path(made)
        script = [sys.executable, str(EXAMPLE / "make_databases.py"), str(state / "practices")]
        subprocess.run(script, check=True, capture_output=True)
        for name, value in {
            "HAILONG_STATE": made,
            "HAILONG_CONFIG": str(EXAMPLE / "config"),
            "HAILONG_CONNECTIONS": str(state / "practices" / "connections.yaml"),
            "HAILONG_PSEUDONYM_KEY": secrets.token_hex(32),
            "HAILONG_APPROVAL": "none",
            "HAILONG_DRAFT_BULLETINS": "on",
        }.items():
            environment.setenv(name, value)
        migrate.up()
        with own_airflow.running(SLOTS, port=0) as access:
            yield access
        embedded.stop(state, "warehouse")


def runs(access: own_airflow.Access, dag: str) -> list[dict[str, Any]]:
    """The runs of a DAG."""
    return list(own_airflow.call(access, "GET", f"/api/v2/dags/{dag}/dagRuns?limit=100")["dag_runs"])


@pytest.mark.timeout(1200)
def test_a_backfill_of_months_has_the_rows_of_runs_by_hand(practices: own_airflow.Access) -> None:
    asked_for = {
        "dag_id": own_airflow.DAG,
        "from_date": f"{FIRST}-01T00:00:00Z",
        "to_date": f"{LAST}-01T00:00:00Z",
        "max_active_runs": 1,
    }
    own_airflow.call(practices, "POST", "/api/v2/backfills", asked_for)
    made = until(lambda: found if len(found := runs(practices, own_airflow.DAG)) == len(MONTHS) else None)
    over = [ended(practices, own_airflow.DAG, run["dag_run_id"], 600) for run in made]
    assert {run["partition_key"]: (run["run_type"], run["state"]) for run in over} == dict.fromkeys(
        MONTHS, ("backfill", "success")
    )
    by_airflow = drafts(FIGURES)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HAILONG_WAREHOUSE_URL", warehouse.ensure_embedded("by_hand"))
        migrate.up()
        for month in MONTHS:
            assert hailong("run", month).exit_code == 0
        assert drafts(FIGURES) == by_airflow
    assert {row["period_code"] for row in by_airflow} == set(MONTHS)
    for month in MONTHS:
        page = (settings.read().reports / month / "draft" / "index.en.html").read_text("utf-8")
        assert "DRAFT" in page
        assert "Earls Court Surgery" in page


@pytest.mark.timeout(600)
def test_without_an_approver_a_final_month_publishes_itself(practices: own_airflow.Access) -> None:
    def first() -> dict[str, Any] | None:
        return next((run for run in runs(practices, "publish_ratings") if run["partition_key"] == FIRST), None)

    over = ended(practices, "publish_ratings", until(first)["dag_run_id"])
    assert over["state"] == "success"
    assert "revision 1 is published** by unattended" in over["note"]
    assert (settings.read().state / "bulletins" / FIRST / "revision-1" / "bulletin.en.pdf").is_file()
    rows = drafts(f"select published_by from score.revision where period_code = '{FIRST}' and revision_number = 1")
    assert rows == [{"published_by": "unattended"}]
