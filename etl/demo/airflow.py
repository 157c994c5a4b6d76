"""A whole Airflow of its own for the demo: scheduler, DAG processor and API server on the embedded PostgreSQL.

It is the real one, driven over its command line and REST API; nothing here imports it. Everything that it
writes stays under ``<state>/airflow``.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from etl import embedded, settings
from etl.errors import Unavailable

DAG = "monthly_ratings"
_COMPONENTS = (("api-server",), ("scheduler",), ("dag-processor",))
_START_SECONDS = 180


@dataclass(frozen=True)
class Access:
    """How to reach a running Airflow."""

    url: str
    user: str
    password: str
    logs: Path


@contextlib.contextmanager
def running(parallelism: int) -> Iterator[Access]:
    """Start Airflow, wait until it is healthy and knows the DAG, and stop it at the end."""
    home = settings.read().state / "airflow"
    (home / "logs").mkdir(parents=True, exist_ok=True)
    kept = _kept(home)
    access = Access(f"http://127.0.0.1:{kept['port']}", "admin", kept["password"], home / "logs")
    environment = _environment(home, kept, parallelism)
    _command(("db", "migrate"), environment, home)
    _command(("pools", "set", "treasury_source", "4", "source connections at once"), environment, home)
    with contextlib.ExitStack() as stack:
        for component in _COMPONENTS:
            log = stack.enter_context((home / "logs" / f"{component[0]}.log").open("ab"))
            stack.callback(_stop, _start(component, environment, log))
        _wait_for(access)
        yield access


def run_month(
    access: Access, month: str, progress: Callable[[Counter[str]], None], only: list[str] | None = None
) -> str:
    """Trigger the DAG for a month, and perhaps only some treasuries, and follow it; the run's final state.

    ``progress`` is told the number of task instances in each state.
    """
    token = _token(access)
    asked = {"logical_date": None, "partition_key": month, "conf": {"treasuries": only or []}}
    run = _call(access, "POST", f"/api/v2/dags/{DAG}/dagRuns", asked, token)
    path = f"/api/v2/dags/{DAG}/dagRuns/{run['dag_run_id']}"
    while (state := _call(access, "GET", path, None, token)["state"]) not in ("success", "failed"):
        progress(_task_states(access, path, token))
        time.sleep(1)
    progress(_task_states(access, path, token))
    return str(state)


def _task_states(access: Access, path: str, token: str) -> Counter[str]:
    """How many task instances of a run are in each state."""
    found = _call(access, "GET", f"{path}/taskInstances?limit=500", None, token)["task_instances"]
    return Counter(instance["state"] or "waiting" for instance in found)


def _kept(home: Path) -> dict[str, Any]:
    """Secrets and port of this Airflow, made once and kept with mode 0600."""
    file = home / "access.json"
    if not file.exists():
        file.touch(mode=0o600)
        made = {name: secrets.token_urlsafe(64) for name in ("jwt", "secret")}
        fernet = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        file.write_text(json.dumps({**made, "fernet": fernet, "password": secrets.token_urlsafe(12)}), "utf-8")
    kept = json.loads(file.read_text("utf-8"))
    passwords = home / "passwords.json"
    passwords.touch(mode=0o600)
    passwords.write_text(json.dumps({"admin": kept["password"]}), "utf-8")
    return {**kept, "port": _free_port(8080), "log_port": _free_port(0), "passwords": str(passwords)}


def _environment(home: Path, kept: dict[str, Any], parallelism: int) -> dict[str, str]:
    """The settings of this Airflow, as environment variables."""
    state = settings.read().state
    url = f"http://127.0.0.1:{kept['port']}"
    connections = json.dumps({"connections_file_path": str(settings.read().connections)})
    return settings.environment(
        HAILONG_STATE=str(state),
        HAILONG_CONFIG=str(settings.read().config),
        HAILONG_SCHEDULE="off",
        AIRFLOW_HOME=str(home),
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=embedded.url(state, "warehouse", embedded.ensure_database(state, "airflow")),
        AIRFLOW__CORE__DAGS_FOLDER=str(settings.DAGS),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__CORE__EXECUTOR="LocalExecutor",
        AIRFLOW__CORE__PARALLELISM=str(parallelism),
        AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION="False",
        AIRFLOW__CORE__FERNET_KEY=kept["fernet"],
        AIRFLOW__CORE__EXECUTION_API_SERVER_URL=f"{url}/execution/",
        AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS="admin:admin",
        AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE=kept["passwords"],
        AIRFLOW__API__HOST="127.0.0.1",
        AIRFLOW__API__PORT=str(kept["port"]),
        AIRFLOW__API__BASE_URL=url,
        AIRFLOW__API__WORKERS="1",
        AIRFLOW__API__SECRET_KEY=kept["secret"],
        AIRFLOW__API_AUTH__JWT_SECRET=kept["jwt"],
        AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT=str(kept["log_port"]),
        AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC="1",
        AIRFLOW__SECRETS__BACKEND="airflow.secrets.local_filesystem.LocalFilesystemBackend",
        AIRFLOW__SECRETS__BACKEND_KWARGS=connections,
    )


def _command(arguments: tuple[str, ...], environment: dict[str, str], home: Path) -> None:
    """Run one Airflow command to its end; its output goes to the log, a failure raises Unavailable."""
    log = home / "logs" / "commands.log"
    with log.open("ab") as output:
        done = subprocess.run(_airflow(arguments), env=environment, stdout=output, stderr=output, check=False)
    if done.returncode:
        raise Unavailable(f"'airflow {' '.join(arguments)}' failed", next_action=f"read {log}")


def _start(arguments: tuple[str, ...], environment: dict[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start one component in a process group of its own."""
    return subprocess.Popen(_airflow(arguments), env=environment, stdout=log, stderr=log, start_new_session=True)


def _airflow(arguments: tuple[str, ...]) -> list[str]:
    """An Airflow command of this virtual environment."""
    return [sys.executable, "-m", "airflow", *arguments]


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a component to stop, and make it stop with all its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        pass
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_for(access: Access) -> None:
    """Wait until the API answers, the scheduler is alive and the DAG is known."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            health = _call(access, "GET", "/api/v2/monitor/health")
            if health["scheduler"]["status"] == "healthy":
                _call(access, "GET", f"/api/v2/dags/{DAG}", None, _token(access))
                return
        time.sleep(0.5)
    raise Unavailable(f"Airflow did not start within {_START_SECONDS} s", next_action=f"read the files in {access.logs}")


def _token(access: Access) -> str:
    """A token of the API."""
    answer = _call(access, "POST", "/auth/token", {"username": access.user, "password": access.password})
    return str(answer["access_token"])


def _call(access: Access, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
    """Call Airflow's REST API."""
    request = urllib.request.Request(access.url + path, method=method)
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(request, data, timeout=30) as answer:
        return json.load(answer)


def _free_port(wanted: int) -> int:
    """The wanted TCP port of 127.0.0.1 when nobody listens on it, else any free one."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
