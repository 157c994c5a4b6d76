"""The DAGs' shape and how quickly they are parsed; and a real scheduler that runs months red and then green."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from etl import settings
from etl.demo import airflow as own_airflow
from etl.demo import estate as demo_estate
from etl.warehouse import embedded
from tests.lib.airflow import asked, drafts, ended, result, start, tasks
from tests.lib.watched import AWAY, MONTH, Healed, Run

DAG = own_airflow.DAG
TEN = ["02", "04", "06", "08", "10", "11", "12", "14", "15", "17"]
SICK = ("19 KBNN Thái Nguyên", "48 KBNN Đà Nẵng")

SHAPE = """
import json, sys, time
import airflow.sdk, airflow.dag_processing.dagbag
from airflow.dag_processing.dagbag import DagBag
import telling, measuring, runs  # as a component that has loaded its plugins
from etl import errors
pools = {"default_pool", "treasury_source"}
parse_seconds = {}
for file in sys.argv[1:]:
    started = time.process_time()
    bag = DagBag(file, known_pools=pools)
    parse_seconds[file] = time.process_time() - started
    assert not bag.import_errors, bag.import_errors
bag = DagBag(json.loads(sys.stdin.read()), known_pools=pools)
print(json.dumps({
    "after": {kind.__name__: runs.RETRIED["retry_policy"].evaluate(kind("", next_action=""), 1, 3).action.value
              for kind in (errors.Unavailable, errors.Unfit, errors.Refused, errors.Misdeclared, errors.Disagreement)},
    "errors": bag.import_errors, "warnings": [str(w) for w in bag.captured_warnings], "parse_seconds": parse_seconds,
    "heavy": [m for m in ("great_expectations", "pandas", "pyarrow", "psycopg") if m in sys.modules],
    "dags": {dag.dag_id: {
        "tasks": {t.task_id: sorted(t.downstream_task_ids) for t in dag.tasks},
        "mapped": sorted(t.task_id for t in dag.tasks if t.is_mapped),
        "groups": [g.label for g in dag.task_group.get_task_group_dict().values() if g.group_id],
        "retries": [t.task_id for t in dag.tasks if t.retries],
        "labels": {t.task_id: t.task_display_name for t in dag.tasks},
        "capped": [t.task_id for t in dag.tasks if t.pool == "treasury_source"],
        "unlimited": sorted(t.task_id for t in dag.tasks if not t.execution_timeout),
        "queued": [t.task_id for t in dag.tasks if t.queue == "publish"],
        "all_done": [t.task_id for t in dag.tasks if t.trigger_rule.value == "all_done"],
        "outlets": {t.task_id: [o.name for o in t.outlets] for t in dag.tasks if t.outlets},
        "timetable": type(dag.timetable).__name__, "zone": str(dag.timezone), "ends": dag.end_date is not None,
        "max_active_runs": dag.max_active_runs, "catchup": dag.catchup, "doc": dag.doc_md, "owner": dag.owner,
        "callback": bool(dag.on_failure_callback),
        "params": {n: [p.schema.get("title"), p.description] for n in dag.params for p in [dag.params.get_param(n)]},
    } for dag in bag.dags.values()},
}))
"""
CLOCKED = ("monthly_ratings", "late_answers", "upkeep")
MONTHLY = {
    "plan": [
        "admit",
        "bulletin",
        "divide",
        "land",
        "previews",
        "report",
        "score",
        "summary",
        "tell",
        "treasuries",
        "verdict",
    ],
    "treasuries": ["land"],
    "land": ["divide"],
    "divide": ["admit"],
    "admit": ["score"],
    "score": ["bulletin", "cases", "previews", "report", "summary", "verdict"],
    "cases": [],
    "bulletin": [],
    "previews": [],
    "report": ["summary"],
    "verdict": ["missing", "summary", "tell"],
    "summary": [],
    "tell": [],
    "missing": [],
}


def parsed(home: Path, **more: str) -> dict[str, Any]:
    """What Airflow's own parser makes of the DAG folder, in a process of its own."""
    plugins = str(settings.DAGS / "plugins")
    environment = settings.environment(
        AIRFLOW_HOME=str(home), AIRFLOW__CORE__LOAD_EXAMPLES="False", AIRFLOW__CORE__PLUGINS_FOLDER=plugins, **more
    )
    done = subprocess.run(
        [sys.executable, "-c", SHAPE, *map(str, sorted(settings.DAGS.glob("*.py")))],
        input=json.dumps(str(settings.DAGS)), env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def shape(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The DAGs as they are parsed."""
    return parsed(tmp_path_factory.mktemp("airflow"))


@pytest.fixture(scope="module")
def monthly(shape: dict[str, Any]) -> dict[str, Any]:
    """The DAG ``monthly_ratings``."""
    return dict(shape["dags"]["monthly_ratings"])


def test_the_dags_are_parsed_without_an_error_and_without_anything_heavy(shape: dict[str, Any]) -> None:
    assert (shape["errors"], shape["warnings"], shape["heavy"]) == ({}, [], [])
    assert set(shape["dags"]) == {*CLOCKED, "publish_ratings"} == {Path(file).stem for file in shape["parse_seconds"]}
    assert max(shape["parse_seconds"].values()) < 0.3


def test_only_what_was_away_is_tried_again(shape: dict[str, Any]) -> None:
    others = dict.fromkeys(("Unfit", "Refused", "Misdeclared", "Disagreement"), "fail")
    assert shape["after"] == {"Unavailable": "retry", **others}


def test_its_tasks_are_wired_as_the_steps_follow_each_other(monthly: dict[str, Any]) -> None:
    assert monthly["tasks"] == MONTHLY
    assert monthly["mapped"] == ["admit", "land", "missing"]
    assert [label[:3] for label in sorted(monthly["groups"])] == ["1 ·", "2 ·", "3 ·"]
    assert monthly["outlets"] == {"admit": ["core"], "score": ["marts"]}


def test_every_task_that_waits_for_something_has_an_end(shape: dict[str, Any]) -> None:
    unlimited = {name: dag["unlimited"] for name, dag in shape["dags"].items()}
    assert unlimited == {  # the others ask nobody; a person has a month
        "monthly_ratings": ["missing", "treasuries"],
        "publish_ratings": ["approve", "asked_for_letters"],
        "late_answers": ["judge", "offer", "summary"],
        "upkeep": [],
    }


def test_all_but_a_person_and_a_verdict_is_tried_again_and_what_reads_sources_is_capped(shape: dict[str, Any]) -> None:
    found = shape["dags"]
    once = {name: set(dag["tasks"]) - set(dag["retries"]) for name, dag in found.items()}
    assert once == {
        "monthly_ratings": {"cases", "missing"},
        "publish_ratings": {"approve"}, "late_answers": {"look_back"}, "upkeep": set()
    }  # fmt: skip
    capped = {name: dag["capped"] for name, dag in found.items() if dag["capped"]}
    assert capped == {"monthly_ratings": ["land"], "late_answers": ["look_back"], "upkeep": ["claims"]}
    assert set(found["monthly_ratings"]["all_done"]) == {"divide", "report", "summary", "tell"}


def test_it_is_scheduled_by_survey_month_one_run_at_a_time(monthly: dict[str, Any]) -> None:
    assert (monthly["timetable"], monthly["zone"]) == ("CronPartitionTimetable", "Asia/Ho_Chi_Minh")
    assert (monthly["max_active_runs"], monthly["catchup"]) == (1, False)


def test_its_companions_have_their_hours_and_only_the_publisher_publishes(shape: dict[str, Any]) -> None:
    found = shape["dags"]
    timetables = {name: dag["timetable"] for name, dag in found.items()}
    assert timetables["late_answers"] == timetables["upkeep"] == "CronTriggerTimetable"
    assert timetables["publish_ratings"] == "PartitionedAssetTimetable"
    assert {name: dag["queued"] for name, dag in found.items() if dag["queued"]} == {
        "publish_ratings": ["prepare", "approve", "decide", "choose", "publish"]
    }
    assert found["late_answers"]["outlets"] == {"offer": ["marts"]}
    assert found["upkeep"]["max_active_runs"] == found["late_answers"]["max_active_runs"] == 1


def test_nothing_runs_by_the_clock_where_the_schedule_is_off(shape: dict[str, Any], tmp_path: Path) -> None:
    off = parsed(tmp_path, HAILONG_SCHEDULE="off")["dags"]
    assert {name for name, dag in off.items() if dag["ends"]} == set(CLOCKED)
    assert not any(dag["ends"] for dag in shape["dags"].values())


def test_their_parameters_and_their_pages_explain_themselves(shape: dict[str, Any]) -> None:
    assert set(shape["dags"]["monthly_ratings"]["params"]) == {"month", "treasuries", "early"}
    for dag in shape["dags"].values():
        assert dag["callback"]
        assert dag["owner"] == "data engineering"
        assert all(title and description for title, description in dag["params"].values())
        for task, label in dag["labels"].items():  # as the pages and the log name it, in Vietnamese, in English
            assert re.fullmatch(rf"{task} · \S.* · \S.*", label)
        told = {task for task in dag["tasks"] if f"| `{task}` |" in dag["doc"]}
        quiet = {"treasuries", "land", "admit", "missing", "report", "verdict", "summary", "choose", "offer"}
        assert dag["tasks"].keys() - told <= quiet | {"asked_for_letters"}


@pytest.mark.timeout(900)
def test_a_missing_treasury_makes_the_run_red_and_names_it_and_the_others_are_rated(
    airflow: own_airflow.Access, july: Run
) -> None:
    run = july.said
    assert (run["state"], run["partition_key"]) == ("failed", MONTH)
    found = tasks(airflow, DAG, july.run_id)
    assert found["land 34 KBNN Thái Bình"] == "success"
    for sick in SICK:
        assert found[f"land {sick}"] == "failed"
        assert found[f"missing {sick}"] == "failed"
        assert sick in run["note"]
    path = f"/api/v2/dags/{DAG}/dagRuns/{july.run_id}/taskInstances?task_id=land&limit=200"
    landed = own_airflow.call(airflow, "GET", path)["task_instances"]
    tries = {one["rendered_map_index"]: one["try_number"] for one in landed if one["task_id"] == "land"}
    assert tries == {"34 KBNN Thái Bình": 1, **dict.fromkeys(SICK, 4)}
    notes = {one["rendered_map_index"]: one["note"] for one in landed if one["task_id"] == "land"}
    assert notes["34 KBNN Thái Bình"] is None
    for sick in SICK:
        assert re.match(rf"{sick}.* → \S", notes[sick])
    assert result(airflow, DAG, july.run_id, "summary").startswith(run["note"].splitlines()[0])
    assert july.ranking["34"] == (1, "loaded")
    assert [july.ranking[code] for code in AWAY] == [(None, "unavailable")] * 2


@pytest.mark.timeout(600)
@pytest.mark.thorough
def test_the_same_month_again_is_green_and_agrees_with_the_steps(healed: Healed) -> None:
    assert healed.states["failed"] == 0
    rows = drafts("select satisfied_count, answer_count, treasury_state from mart.treasury_ranking"
                 " where treasury_code = '34' and period_code = '2023-07'")  # fmt: skip
    assert rows == [{"satisfied_count": 5213, "answer_count": 5567, "treasury_state": "loaded"}]


@pytest.mark.thorough
@pytest.mark.timeout(600)
def test_two_runs_of_a_month_at_once_wait_for_each_other_and_wake_who_waits_for_the_month(
    airflow: own_airflow.Access,
) -> None:
    asked_for = [start(airflow, DAG, None, month="2023-05", treasuries=["34"]) for _ in range(2)]
    one, other = (ended(airflow, DAG, run_id) for run_id in asked_for)
    assert (one["state"], other["state"]) == ("success", "success")
    assert one["end_date"] <= other["start_date"] or other["end_date"] <= one["start_date"]
    months = drafts("select distinct to_char(survey_month, 'YYYY-MM') as month from ops.run where run_id in"
                   f" ('{one['dag_run_id']}', '{other['dag_run_id']}')")  # fmt: skip
    assert months == [{"month": "2023-05"}]
    rows = drafts("select count(*) as rows, count(distinct response_key) as responses from core.fact_response"
                 " join core.dim_treasury using (treasury_id)"
                 " where survey_month = '2023-05-01' and treasury_code = '34'")  # fmt: skip
    assert rows[0]["rows"] == rows[0]["responses"] > 0
    events = own_airflow.call(airflow, "GET", "/api/v2/assets/events?limit=100&order_by=-timestamp")["asset_events"]
    told = [one for one in events if one["source_run_id"] in asked_for and one["source_task_id"] == "score"]
    assert [event["partition_key"] for event in told] == ["2023-05", "2023-05"]
    assert told[0]["extra"]["loaded_by"] == "admin"
    assert "34" not in told[0]["extra"]["missing"]
    assert asked(airflow, "2023-05")


@pytest.mark.thorough
@pytest.mark.timeout(1200)
def test_ten_of_63_away_are_named_and_the_others_rated_and_a_run_of_the_ten_heals_the_month(
    airflow: own_airflow.Access, state: Path
) -> None:
    server, month = embedded.url(state, "branches"), "2023-06"
    for code in TEN:
        demo_estate.block(server, code)
    try:
        run = ended(airflow, DAG, start(airflow, DAG, month), 900)
    finally:
        for code in TEN:
            demo_estate.unblock(server, code)
    assert run["state"] == "failed"
    assert "53 of 63 treasuries are in" in run["note"]
    assert all(f"{code} KBNN" in run["note"] for code in TEN)
    red = [task for task, state in tasks(airflow, DAG, run["dag_run_id"]).items() if state == "failed"]
    assert sorted(task[:10] for task in red if task.startswith("missing")) == [f"missing {code}" for code in TEN]
    states = drafts("select treasury_state, count(*) as n from mart.treasury_ranking where period_code = '2023-06'"
                   " group by 1 order by 1")  # fmt: skip
    assert [tuple(row.values()) for row in states] == [("loaded", 53), ("unavailable", 10)]

    healed = ended(airflow, DAG, start(airflow, DAG, month, treasuries=TEN))
    assert healed["state"] == "success"
    assert healed["note"].startswith("**2023-06: số liệu chính thức**, 63/63 kho bạc đã có số liệu.\n\n")
    assert "**2023-06 is final**: 63 of 63 treasuries are in" in healed["note"]


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
def test_a_month_that_is_none_is_refused_by_the_form(airflow: own_airflow.Access) -> None:
    path = f"/api/v2/dags/{DAG}/dagRuns"
    for asked_for in ({"conf": {"month": "July"}}, {"partition_key": "2023-7x"}):
        with pytest.raises(own_airflow.Unavailable, match="400"):
            own_airflow.call(airflow, "POST", path, {"logical_date": None, **asked_for})
