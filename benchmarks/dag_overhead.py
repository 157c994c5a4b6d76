"""The DAG's run of 63 treasuries against 63 bare mapped tasks, in the same Airflow, turn by turn.

    python -m benchmarks.dag_overhead

The bare DAG has a task that lists 63 codes and one mapped task that returns its code: what Airflow itself costs.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from rich.console import Console

from etl import settings
from etl.demo import airflow as own_airflow
from etl.demo import profiles, show
from etl.operation import migrate

TURNS = 2
BARE = """
import pendulum
from airflow.sdk import dag, task

@task
def codes():
    return [f"{number:02d}" for number in range(63)]

@task(pool="treasury_source", map_index_template="{{ code }}")
def bare(code):
    return code

@dag(dag_id="bare", schedule=None, start_date=pendulum.datetime(2023, 1, 1), catchup=False)
def bare_dag():
    bare.expand(code=codes())

bare_dag()
"""


def main() -> None:
    os.environ.setdefault("HAILONG_STATE", str(Path(".hailong-bench").resolve()))
    show.make_estate(Console(), profiles.Size())
    migrate.up()
    with tempfile.TemporaryDirectory() as made:
        shutil.copy(settings.DAGS / "monthly_ratings.py", made)
        Path(made, "bare.py").write_text(BARE, "utf-8")
        settings.DAGS = Path(made)
        with own_airflow.running(4) as access:
            wait_for_bare(access)
            ours, bare = [], []
            for turn in range(TURNS):
                bare.append(timed(access, "bare", {"logical_date": None}))
                ours.append(timed(access, own_airflow.DAG, {"logical_date": None, "partition_key": show.MONTH}))
                print(f"turn {turn + 1}: bare {bare[-1]:.1f} s, monthly_ratings {ours[-1]:.1f} s", flush=True)
    print(json.dumps({
        "tasks": "63 mapped + 1 against 63 mapped + 7", "parallelism": 4,
        "bare_seconds": round(statistics.median(bare), 1),
        "monthly_ratings_seconds": round(statistics.median(ours), 1),
        "times_bare": round(statistics.median(ours) / statistics.median(bare), 2),
    }, indent=1))  # fmt: skip


def wait_for_bare(access: own_airflow.Access) -> None:
    while not any(found["dag_id"] == "bare" for found in own_airflow.call(access, "GET", "/api/v2/dags")["dags"]):
        time.sleep(0.5)


def timed(access: own_airflow.Access, dag: str, asked: dict[str, object]) -> float:
    """Seconds from the request to the end of a run."""
    started = time.perf_counter()
    path = f"/api/v2/dags/{dag}/dagRuns"
    run = own_airflow.call(access, "POST", path, asked)
    while (state := own_airflow.call(access, "GET", f"{path}/{run['dag_run_id']}")["state"]) not in (
        "success",
        "failed",
    ):
        time.sleep(0.2)
    assert state == "success", state
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
