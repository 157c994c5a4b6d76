"""One real Airflow for all tests of the DAGs and their pages, on the demo's estate; and the runs that they look at.

It is the demo's own: API server, scheduler with LocalExecutor and DAG processor on the embedded PostgreSQL, users
``admin`` and ``approver``. A triggerer runs beside them, and what it tells and measures goes to a mail server, a
webhook, a StatsD port and a file of ours. It starts with the first test that asks for it and stops with the last one
here. Runs of one test are there for the next: a test picks a month that no other one uses, or says which runs it means.
Values are planted in its sources, for which ``test_planted`` searches everything that the tests before it have left.
"""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl import settings, warehouse
from etl.demo import airflow as own_airflow
from etl.demo import estate as demo_estate
from tests.lib import kept, planted
from tests.lib import sinks as listeners
from tests.lib.airflow import SLOTS, drafts, ended, start
from tests.lib.sinks import Sinks
from tests.lib.slots import Slot
from tests.lib.watched import AWAY, MONTH, SOME, Healed, Run, Watched

RANKING = (
    "select treasury_code, rank, treasury_state from mart.treasury_ranking"
    " where period_code = '{}' and treasury_code in ('{}')"
)
COUNTS = (
    "select read_count, loaded_count, turned_away_count from ops.treasury_month"
    " where run_id = '{}' and treasury_state = 'loaded'"
)
LATE_DAG = """
from datetime import timedelta
from pathlib import Path
from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference, dag, task
import telling

@dag(schedule=None, deadline=DeadlineAlert(
    name="soon", reference=DeadlineReference.DAGRUN_QUEUED_AT, interval=timedelta(seconds=1),
    callback=AsyncCallback(telling.not_in_time)))
def slow():
    @task.sensor(poke_interval=0.5, mode="poke")
    def wait():
        return Path(%r).exists()
    wait()

slow()
"""


@pytest.fixture(scope="package")
def watched(slot: Slot, migrated: str, estate: dict[str, str]) -> Iterator[Watched]:
    """A real Airflow over the whole demo estate, signed in as ``admin``, with a warehouse of its own."""
    home = slot.state / "dags"
    (home / "late").mkdir(parents=True)
    goal, events = home / "goal", home / "lineage.jsonl"
    (home / "late" / "slow.py").write_text(LATE_DAG % str(goal), "utf-8")
    with (
        kept.new_database(slot, migrated, warehouse.DATABASE) as database,
        pytest.MonkeyPatch.context() as patch,
        listeners.listening() as sinks,
        planted.in_sources(slot, home / "connections.yaml"),
        planted.watched_processes() as processes,
    ):
        kept.enter(patch, slot.url(database=database), home)
        for name, value in environment(home, sinks, events).items():
            patch.setenv(name, value)
        patch.setattr(own_airflow, "_COMPONENTS", tuple({*own_airflow._COMPONENTS, ("triggerer",)}))
        with own_airflow.running(SLOTS, port=0) as access:
            yield Watched(access, sinks, slot.url("branches"), goal, events, processes)


def environment(home: Path, sinks: Sinks, events: Path) -> dict[str, str]:
    """What is set where Airflow shall tell and be measured."""
    folder = "airflow.dag_processing.bundles.local.LocalDagBundle"
    bundles = [("dags-folder", str(settings.DAGS)), ("late", str(home / "late"))]
    mail = {
        "conn_type": "smtp",
        "host": "127.0.0.1",
        "port": sinks.ports["mail"],
        "extra": {"from_email": "hailong@kbnn.example", "disable_ssl": True, "disable_tls": True},
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    return {
        "HAILONG_CONNECTIONS": str(home / "connections.yaml"),
        "HAILONG_RETRY_SECONDS": "1",
        "HAILONG_NOTICE_TO": "ratings@kbnn.example,director@kbnn.example",
        "AIRFLOW_CONN_HAILONG_SMTP": json.dumps(mail),
        "AIRFLOW_CONN_HAILONG_WEBHOOK": f"http://127.0.0.1:{sinks.ports['webhook']}",
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": port,
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(sinks.ports["statsd"]),
        "AIRFLOW__OPENLINEAGE__NAMESPACE": "hailong",
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps({"type": "file", "log_file_path": str(events), "append": True}),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(
            [{"name": name, "classpath": folder, "kwargs": {"path": path}} for name, path in bundles]
        ),
    }


@pytest.fixture(scope="package")
def airflow(watched: Watched) -> own_airflow.Access:
    """The Airflow, signed in as ``admin``."""
    return watched.access


@pytest.fixture(scope="package")
def approver(airflow: own_airflow.Access) -> own_airflow.Access:
    """The same Airflow, signed in as ``approver``: who may publish what ``admin`` has run."""
    return own_airflow.signed_in(airflow, own_airflow.APPROVER)


@pytest.fixture(scope="package")
def july(watched: Watched) -> Run:
    """The first run of July 2023, of three treasuries, two of which are away."""
    metrics, calls, lines = len(watched.sinks.metrics), len(watched.sinks.calls), len(watched.lines())
    for code in AWAY:
        demo_estate.block(watched.branches, code)
    try:
        run = ended(watched.access, own_airflow.DAG, start(watched.access, own_airflow.DAG, MONTH, treasuries=SOME))
    finally:
        for code in AWAY:
            demo_estate.unblock(watched.branches, code)
    assert run["state"] == "failed"
    rows = drafts(RANKING.format(MONTH, "', '".join(SOME)))
    return Run(
        said=run,
        ranking={row["treasury_code"]: (row["rank"], row["treasury_state"]) for row in rows},
        counts=drafts(COUNTS.format(run["dag_run_id"])),
        metrics=watched.sinks.metrics[metrics:],
        events=[json.loads(line) for line in watched.lines()[lines:]],
        calls=watched.sinks.calls[calls:],
    )


@pytest.fixture(scope="package")
def healed(watched: Watched, july: Run) -> Healed:
    """The same month twice more, all of it in: first nobody is reached, then somebody."""
    access, calls, states = watched.access, len(watched.sinks.calls), list[Counter[str]]()
    watched.sinks.is_deaf = {"mail", "webhook"}
    unheard = ended(access, own_airflow.DAG, start(access, own_airflow.DAG, MONTH, treasuries=SOME))
    watched.sinks.is_deaf = {"mail"}
    assert own_airflow.run_month(access, MONTH, states.append, SOME) == "success"
    watched.sinks.is_deaf = set()
    return Healed(unheard, states[-1], watched.sinks.calls[calls:])
