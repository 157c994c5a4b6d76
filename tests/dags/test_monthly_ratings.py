"""The DAG: its shape, how quickly it is parsed, and a real scheduler that runs it red and then green."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl import embedded, migrate, settings
from etl.demo import airflow as own_airflow
from etl.demo import estate as demo_estate
from tests.e2e.test_month import query

MONTH, SICK, SOME = "2023-07", "48", ["19", "34", "48"]

SHAPE = """
import json, sys, time
started = time.process_time()
import airflow.sdk, airflow.dag_processing.dagbag
from airflow.providers.standard.decorators import python
airflow_seconds = time.process_time() - started
from airflow.dag_processing.dagbag import DagBag
started = time.process_time()
bag = DagBag(sys.argv[1], known_pools={"default_pool", "treasury_source"})
parse_seconds = time.process_time() - started
dag = bag.dags["monthly_ratings"]
print(json.dumps({
    "errors": bag.import_errors, "warnings": [str(w) for w in bag.captured_warnings], "parse_seconds": parse_seconds,
    "heavy": [m for m in ("great_expectations", "pandas", "pyarrow", "psycopg") if m in sys.modules],
    "tasks": {t.task_id: sorted(t.downstream_task_ids) for t in dag.tasks},
    "mapped": sorted(t.task_id for t in dag.tasks if t.is_mapped),
    "retries": {t.task_id: t.retries for t in dag.tasks}, "pools": {t.task_id: t.pool for t in dag.tasks},
    "rules": {t.task_id: t.trigger_rule.value for t in dag.tasks},
    "timetable": [type(dag.timetable).__name__, str(dag.timezone)],
    "max_active_runs": dag.max_active_runs, "catchup": dag.catchup, "doc": dag.doc_md, "owner": dag.owner,
    "params": {n: [p.schema.get("title"), p.description] for n in dag.params for p in [dag.params.get_param(n)]},
}))
"""


@pytest.fixture(scope="module")
def shape(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow's own parser makes of the DAG folder, in a process of its own."""
    home = tmp_path_factory.mktemp("airflow")
    environment = settings.environment(AIRFLOW_HOME=str(home), AIRFLOW__CORE__LOAD_EXAMPLES="False")
    done = subprocess.run(
        [sys.executable, "-c", SHAPE, str(settings.DAGS)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_it_is_parsed_without_an_error_and_without_anything_heavy(shape: dict[str, Any]) -> None:
    assert shape["errors"] == {}
    assert shape["heavy"] == []


def test_its_tasks_are_wired_as_the_steps_follow_each_other(shape: dict[str, Any]) -> None:
    assert shape["tasks"] == {
        "plan": ["admit", "land", "look_back", "report", "score", "treasuries", "verdict"],
        "treasuries": ["land"],
        "land": ["admit"],
        "admit": ["score"],
        "score": ["report", "verdict"],
        "report": [],
        "verdict": ["look_back", "missing"],
        "look_back": [],
        "missing": [],
    }
    assert shape["mapped"] == ["land", "missing"]


def test_only_extraction_is_tried_again_and_only_what_reads_sources_is_capped(shape: dict[str, Any]) -> None:
    assert {task for task, retries in shape["retries"].items() if retries} == {"land"}
    assert {task for task, pool in shape["pools"].items() if pool == "treasury_source"} == {"land", "look_back"}
    assert {task for task, rule in shape["rules"].items() if rule == "all_done"} == {"admit", "report"}


def test_it_is_scheduled_by_survey_month_one_run_at_a_time(shape: dict[str, Any]) -> None:
    assert shape["timetable"] == ["CronPartitionTimetable", "Asia/Ho_Chi_Minh"]
    assert (shape["max_active_runs"], shape["catchup"]) == (1, False)


def test_its_parameters_and_its_page_explain_themselves(shape: dict[str, Any]) -> None:
    assert set(shape["params"]) == {"month", "treasuries"}
    assert all(title and description for title, description in shape["params"].values())
    for task in ("plan", "land", "admit", "score", "missing"):
        assert f"`{task}`" in shape["doc"]


@pytest.fixture(scope="module")
def stack(estate: dict[str, str]) -> Iterator[own_airflow.Access]:
    """A real Airflow on the embedded PostgreSQL."""
    migrate.up()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HAILONG_RETRY_SECONDS", "1")
        with own_airflow.running(4) as access:
            yield access


def instances(access: own_airflow.Access, run_id: str) -> list[dict[str, Any]]:
    path = f"/api/v2/dags/{own_airflow.DAG}/dagRuns/{run_id}/taskInstances?limit=200"
    return list(own_airflow.call(access, "GET", path)["task_instances"])


def last_run(access: own_airflow.Access) -> dict[str, Any]:
    path = f"/api/v2/dags/{own_airflow.DAG}/dagRuns?order_by=-run_after&limit=1"
    return dict(own_airflow.call(access, "GET", path)["dag_runs"][0])


@pytest.mark.timeout(600)
def test_a_missing_treasury_makes_the_run_red_and_names_it_and_the_others_are_rated(
    stack: own_airflow.Access, state: Path
) -> None:
    server = embedded.url(state, "branches")
    demo_estate.block(server, SICK)
    try:
        outcome = own_airflow.run_month(stack, MONTH, lambda states: None, SOME)
    finally:
        demo_estate.unblock(server, SICK)
    assert outcome == "failed"
    run = last_run(stack)
    assert run["partition_key"] == MONTH
    found = instances(stack, run["dag_run_id"])
    by_name = {(one["task_id"], one["rendered_map_index"]): one["state"] for one in found}
    assert by_name["land", "34 KBNN Thái Bình"] == "success"
    assert by_name["land", "48 KBNN Đà Nẵng"] == "failed"
    assert by_name["missing", "48 KBNN Đà Nẵng"] == "failed"
    tries = {one["rendered_map_index"]: one["try_number"] for one in found if one["task_id"] == "land"}
    assert tries == {"19 KBNN Thái Nguyên": 1, "34 KBNN Thái Bình": 1, "48 KBNN Đà Nẵng": 3}
    rows = query("select treasury_code, rank, treasury_state from mart.treasury_ranking"
                 " where treasury_code in ('19', '34', '48')")  # fmt: skip
    assert {row["treasury_code"]: (row["rank"], row["treasury_state"]) for row in rows}["48"] == (None, "unavailable")


@pytest.mark.timeout(300)
def test_the_same_month_again_is_green_and_agrees_with_the_steps(stack: own_airflow.Access) -> None:
    states: list[Counter[str]] = []
    assert own_airflow.run_month(stack, MONTH, states.append, SOME) == "success"
    assert states[-1]["failed"] == 0
    rows = query("select treasury_code, satisfied_count, answer_count, treasury_state from mart.treasury_ranking"
                 " where treasury_code = '34'")  # fmt: skip
    assert rows == [{"treasury_code": "34", "satisfied_count": 5213, "answer_count": 5567, "treasury_state": "loaded"}]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("asked", "month"),
    [
        ({"conf": {"month": "2023-05", "treasuries": ["34"]}}, "2023-05"),
        ({"partition_key": "2023-06", "conf": {"treasuries": ["34"]}}, "2023-06"),
    ],
    ids=["by parameter", "by partition key"],
)
def test_every_way_to_ask_for_a_month_means_the_same_month(
    stack: own_airflow.Access, asked: dict[str, Any], month: str
) -> None:
    path = f"/api/v2/dags/{own_airflow.DAG}/dagRuns"
    run_id = own_airflow.call(stack, "POST", path, {"logical_date": None, **asked})["dag_run_id"]
    while (state := own_airflow.call(stack, "GET", f"{path}/{run_id}")["state"]) not in ("success", "failed"):
        time.sleep(0.5)
    assert state == "success"
    assert query(f"select to_char(survey_month, 'YYYY-MM') as month from ops.run where run_id = '{run_id}'") == [
        {"month": month}
    ]
    said = own_airflow.call(stack, "GET", f"{path}/{run_id}/taskInstances/look_back/xcomEntries/return_value")
    assert said["value"] in ([], "[]")  # of June: May was read again through Airflow's connection, without news


def test_a_scheduled_tick_means_the_month_that_has_just_ended() -> None:
    code = (
        "import pendulum, json\n"
        "from airflow.timetables.base import TimeRestriction\n"
        "from airflow.timetables.trigger import CronPartitionTimetable\n"
        "t = CronPartitionTimetable('0 0 1 * *', timezone='Asia/Ho_Chi_Minh', run_offset=-1, key_format='%Y-%m')\n"
        "start = pendulum.datetime(2023, 8, 1, tz='Asia/Ho_Chi_Minh')\n"
        "i = t.next_dagrun_info_v2(last_dagrun_info=None, restriction=TimeRestriction(start, None, True))\n"
        "print(json.dumps([str(i.run_after), i.partition_key]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == ["2023-08-01 00:00:00+07:00", "2023-07"]


@pytest.mark.timeout(300)
def test_a_month_that_is_none_is_refused_by_the_form(stack: own_airflow.Access) -> None:
    path = f"/api/v2/dags/{own_airflow.DAG}/dagRuns"
    for asked in ({"conf": {"month": "July"}}, {"partition_key": "2023-7x"}):
        with pytest.raises(own_airflow.Unavailable, match="400"):
            own_airflow.call(stack, "POST", path, {"logical_date": None, **asked})
