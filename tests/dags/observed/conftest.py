"""An Airflow of its own that is watched: with a mail server, a webhook, StatsD, OpenLineage and a triggerer."""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl import settings
from etl.demo import airflow as own_airflow
from etl.demo import estate as demo_estate
from etl.operation import migrate
from etl.warehouse import embedded
from tests.lib import sinks as listeners
from tests.lib.airflow import ended, start
from tests.lib.sinks import Sinks
from tests.lib.watched import AWAY, MONTH, SOME, Run, Watched

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
def watched(state: Path, estate: dict[str, str]) -> Iterator[Watched]:
    """The demo's Airflow with servers and a warehouse of its own, over the demo's estate."""
    with (
        tempfile.TemporaryDirectory(prefix="hailong-") as made,
        pytest.MonkeyPatch.context() as patch,
        listeners.listening() as sinks,
    ):
        own, goal, events = Path(made), Path(made) / "goal", Path(made) / "lineage.jsonl"
        (own / "late").mkdir()
        (own / "late" / "slow.py").write_text(LATE_DAG % str(goal), "utf-8")
        for name, value in environment(own, sinks, events).items():
            patch.setenv(name, value)
        patch.setenv("HAILONG_CONNECTIONS", str(settings.read().connections))
        patch.setenv("HAILONG_STATE", str(own))
        patch.setattr(own_airflow, "_COMPONENTS", tuple({*own_airflow._COMPONENTS, ("triggerer",)}))
        migrate.up()
        try:
            with own_airflow.running(4, port=0) as access:
                yield Watched(access, sinks, embedded.url(state, "branches"), goal, events)
        finally:
            for server in embedded.SERVERS:
                embedded.stop(own, server)


def environment(own: Path, sinks: Sinks, events: Path) -> dict[str, str]:
    """What is set where Airflow shall tell and be measured."""
    folder = "airflow.dag_processing.bundles.local.LocalDagBundle"
    bundles = [("dags-folder", str(settings.DAGS)), ("late", str(own / "late"))]
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
def july(watched: Watched) -> Run:
    """A run of July 2023 of three treasuries, two of which are away."""
    for code in AWAY:
        demo_estate.block(watched.branches, code)
    try:
        run_id = start(watched.access, own_airflow.DAG, MONTH, treasuries=SOME)
        assert ended(watched.access, own_airflow.DAG, run_id)["state"] == "failed"
    finally:
        for code in AWAY:
            demo_estate.unblock(watched.branches, code)
    events = [json.loads(line) for line in watched.events.read_text("utf-8").splitlines()]
    return Run(run_id, list(watched.sinks.metrics), events)
