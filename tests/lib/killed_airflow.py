"""An Airflow whose parts may be killed: each component is a process group of its own and can be started again.

It is that of the demo (``etl.demo.airflow``) with short heartbeats, so that a death is noticed within seconds, and with
the LocalExecutor or with Celery workers on a Redis.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from etl import warehouse
from etl.demo import airflow as own_airflow

ENDED = ("success", "failed")
_ALERT = {
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "1",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "8",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "3",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "10",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "15",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "2",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",  # on a busy machine
}


@dataclass
class Stack:
    """A running Airflow: its access, its environment, and its components by name.

    A component is the first process of a session, and all that it starts stays in it, also when it is gone itself.
    """

    access: own_airflow.Access
    home: Path
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    sessions: set[int] = field(default_factory=set)

    def start(self, component: str, **own: str) -> None:
        """Start a component, which is not running, with an environment that may have something of its own."""
        with (self.home / "logs" / f"{component}.log").open("ab") as log:
            self.running[component] = own_airflow._start(tuple(component.split()), self.environment | own, log)
        self.sessions.add(self.running[component].pid)

    def kill(self, component: str, *, is_alone: bool) -> None:
        """Kill a component as the kernel does for want of memory, or (not alone) with its children, as a host dies."""
        first = self.running[component]
        for process in [psutil.Process(first.pid)] if is_alone else self.processes({first.pid}):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        first.wait()

    def processes(self, sessions: set[int]) -> list[psutil.Process]:
        """All processes of some sessions."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                if os.getsid(process.pid) in sessions and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def tasks(self) -> list[psutil.Process]:
        """The processes in which tasks run."""
        return [one for one in self.processes(self.sessions) if _is_task(one, self.sessions)]

    def bury(self) -> None:
        """Wait until no orphan works on a task any more, and remove what dead components have left."""
        end = time.monotonic() + 90
        while self.tasks():
            assert time.monotonic() < end, "a task goes on although its run is over"
            time.sleep(0.2)
        for process in self.processes(self.sessions - {one.pid for one in self.running.values()}):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the REST API of the DAG."""
        return own_airflow.call(self.access, method, f"/api/v2/dags/{own_airflow.DAG}{path}", body)

    def trigger(self, month: str, treasuries: list[str]) -> str:
        """Ask for a run of a month; its id."""
        asked = {"logical_date": None, "partition_key": month, "conf": {"treasuries": treasuries}}
        return str(self.call("POST", "/dagRuns", asked)["dag_run_id"])

    def state(self, run_id: str) -> str:
        """The state of a run."""
        return str(self.call("GET", f"/dagRuns/{run_id}")["state"])

    def instances(self, run_id: str) -> list[dict[str, Any]]:
        """The task instances of a run."""
        return list(self.call("GET", f"/dagRuns/{run_id}/taskInstances?limit=200")["task_instances"])

    def clear(self, run_id: str, instances: list[dict[str, Any]]) -> None:
        """Clear task instances of a run with all that follows them."""
        chosen = [[one["task_id"], one["map_index"]] if one["map_index"] >= 0 else one["task_id"] for one in instances]
        asked = {"dry_run": False, "dag_run_id": run_id, "task_ids": chosen, "include_downstream": True}
        self.call("POST", "/clearTaskInstances", {**asked, "only_failed": False, "reset_dag_runs": True})


def _is_task(process: psutil.Process, sessions: set[int]) -> bool:
    """Whether a process runs a task: each of them leads a process group, within the session of its executor."""
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        return os.getpgid(process.pid) == process.pid and process.pid not in sessions
    return False


@contextlib.contextmanager
def running(home: Path, components: tuple[str, ...], **environment: str) -> Iterator[Stack]:
    """Start an Airflow with a database of its own, wait until it knows the DAG, and leave no process of it behind."""
    (home / "logs").mkdir(parents=True, exist_ok=True)
    kept = {**own_airflow._kept(home), "port": own_airflow._free_port(0)}
    database = warehouse.ensure_embedded(home.name.replace("-", "_"))
    own = {f"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN{suffix}": database for suffix in ("", "_ASYNC")}
    environment = {**own_airflow._environment(home, kept, 3), **own, **_ALERT, **environment}
    address, password = f"http://127.0.0.1:{kept['port']}", kept["passwords"]["admin"]
    access = own_airflow.Access(address, "admin", password, home / "logs", passwords=kept["passwords"])
    own_airflow._command(("db", "migrate"), environment, home)
    stack = Stack(access, home, environment)
    try:
        for component in components:
            stack.start(component)
        own_airflow._wait_for(access)
        own_airflow._ensure_pool(access)
        for other in own_airflow.call(access, "GET", "/api/v2/dags")["dags"]:
            if other["dag_id"] != own_airflow.DAG:
                own_airflow.call(access, "PATCH", f"/api/v2/dags/{other['dag_id']}", {"is_paused": True})
        yield stack
    finally:
        for process in stack.processes(stack.sessions):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        for component in stack.running.values():
            component.wait()


@contextlib.contextmanager
def redis(home: Path) -> Iterator[str]:
    """The URL of a Redis of the tests' own, or of that which HAILONG_TEST_REDIS names."""
    if given := os.environ.get("HAILONG_TEST_REDIS"):
        yield given
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"--port": str(port), "--bind": "127.0.0.1", "--save": "", "--dir": str(home)}
    program = [str(shutil.which("redis-server")), *(word for option in options.items() for word in option)]
    with (home / "redis.log").open("ab") as log, subprocess.Popen(program, stdout=log, stderr=log) as server:
        try:
            _wait_until_it_answers(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def _wait_until_it_answers(port: int) -> None:
    end = time.monotonic() + 20
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as wire:
            wire.sendall(b"PING\r\n")
            if wire.recv(7) == b"+PONG\r\n":
                return
        assert time.monotonic() < end, "Redis does not answer"
        time.sleep(0.05)
