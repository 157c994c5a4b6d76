"""A whole Airflow for the demo, on the embedded PostgreSQL.

It is the real one, driven over its command line and REST API; nothing here imports it. Everything that it
writes stays under ``<state>/airflow``.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from etl import settings, warehouse
from etl.errors import Misdeclared, Unavailable

DAG = "monthly_ratings"
APPROVER = "approver"
"""The account that may publish what ``admin`` has run: nobody approves a month that they ran themselves."""
_USERS = {"admin": "admin", APPROVER: "op"}
_COMPONENTS = (("api-server",), ("scheduler",), ("dag-processor",))
_START_SECONDS = 180
_POOL = {"name": "treasury_source", "slots": 4, "description": "source connections at once"}


@dataclass
class Access:
    """How to reach a running Airflow; the token once it answers."""

    url: str
    user: str
    password: str
    logs: Path
    token: str = ""
    passwords: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def running(parallelism: int, port: int = 8080) -> Iterator[Access]:
    """A running Airflow that knows the DAGs; stopped at the end.

    When somebody listens on the port, or it is 0, any free one is taken.
    """
    home = settings.read().state / "airflow"
    (home / "logs").mkdir(parents=True, exist_ok=True)
    kept = {**_kept(home), "port": _free_port(port)}
    passwords = kept["passwords"]
    access = Access(f"http://127.0.0.1:{kept['port']}", "admin", passwords["admin"], home / "logs", "", passwords)
    environment = _environment(home, kept, parallelism)
    _command(("db", "migrate"), environment, home)
    with contextlib.ExitStack() as stack:
        components: list[subprocess.Popen[bytes]] = []
        stack.callback(_stop, components)
        for component in _COMPONENTS:
            log = stack.enter_context((home / "logs" / f"{component[0]}.log").open("ab"))
            components.append(_start(component, environment, log))
        _wait_for(access)
        _ensure_pool(access)
        yield access


def run_month(
    access: Access, month: str, progress: Callable[[Counter[str]], None], only: list[str] | None = None
) -> str:
    """Run the DAG for a month and follow it; its final state.

    ``progress`` is told the number of task instances in each state.
    """
    asked = {"logical_date": None, "partition_key": month, "conf": {"treasuries": only or []}}
    run = call(access, "POST", f"/api/v2/dags/{DAG}/dagRuns", asked)
    path = f"/api/v2/dags/{DAG}/dagRuns/{run['dag_run_id']}"
    while (state := call(access, "GET", path)["state"]) not in ("success", "failed"):
        progress(_task_states(access, path))
        time.sleep(1)
    progress(_task_states(access, path))
    return str(state)


def signed_in(access: Access, user: str) -> Access:
    """The same Airflow as another one of its users."""
    other = dataclasses.replace(access, user=user, password=access.passwords[user], token="")
    other.token = _login(other)
    return other


def _task_states(access: Access, path: str) -> Counter[str]:
    """How many task instances of a run are in each state."""
    instances = call(access, "GET", f"{path}/taskInstances?limit=500")["task_instances"]
    return Counter(instance["state"] or "waiting" for instance in instances)


def _kept(home: Path) -> dict[str, Any]:
    """Secrets and port of this Airflow, made once (mode 0600)."""
    file, passwords = home / "access.json", home / "passwords.json"
    for secret in file, passwords:
        secret.touch(mode=0o600)
    fernet = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    made: dict[str, Any] = {name: secrets.token_urlsafe(64) for name in ("jwt", "secret")}
    made |= {"fernet": fernet, "passwords": {user: secrets.token_urlsafe(12) for user in _USERS}}
    kept = {**made, **json.loads(file.read_text("utf-8") or "{}")}
    file.write_text(json.dumps(kept), "utf-8")
    passwords.write_text(json.dumps(kept["passwords"]), "utf-8")
    return {**kept, "log_port": _free_port(0), "passwords_file": str(passwords)}


def _environment(home: Path, kept: dict[str, Any], parallelism: int) -> dict[str, str]:
    """The settings of this Airflow, as environment variables."""
    state = settings.read().state
    url = f"http://127.0.0.1:{kept['port']}"
    database = warehouse.ensure_embedded("airflow")
    connections = json.dumps({"connections_file_path": str(settings.read().connections)})
    return settings.environment(
        HAILONG_STATE=str(state),
        HAILONG_CONFIG=str(settings.read().config),
        HAILONG_SCHEDULE="off",
        PYTHONPATH=str(Path(__file__).with_name("preload")),
        AIRFLOW_HOME=str(home),
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=database,
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC=database,
        AIRFLOW__CORE__DAGS_FOLDER=str(settings.DAGS),
        AIRFLOW__CORE__PLUGINS_FOLDER=str(settings.DAGS / "plugins"),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__CORE__EXECUTOR="LocalExecutor",
        AIRFLOW__CORE__PARALLELISM=str(parallelism),
        AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION="False",
        AIRFLOW__CORE__FERNET_KEY=kept["fernet"],
        AIRFLOW__CORE__EXECUTION_API_SERVER_URL=f"{url}/execution/",
        AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS=",".join(f"{user}:{role}" for user, role in _USERS.items()),
        AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE=kept["passwords_file"],
        AIRFLOW__API__HOST="127.0.0.1",
        AIRFLOW__API__PORT=str(kept["port"]),
        AIRFLOW__API__BASE_URL=url,
        AIRFLOW__API__WORKERS="1",
        AIRFLOW__API__DEFAULT_WRAP="True",
        AIRFLOW__API__SECRET_KEY=kept["secret"],
        AIRFLOW__API_AUTH__JWT_SECRET=kept["jwt"],
        AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT=str(kept["log_port"]),
        AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC="1",
        AIRFLOW__SECRETS__BACKEND="airflow.secrets.local_filesystem.LocalFilesystemBackend",
        AIRFLOW__SECRETS__BACKEND_KWARGS=connections,
    )


def _command(arguments: tuple[str, ...], environment: dict[str, str], home: Path) -> None:
    """Run one Airflow command to its end; a failure raises Unavailable."""
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


def _stop(components: Iterable[subprocess.Popen[bytes]]) -> None:
    """Stop all components and their children, by force if need be."""
    for component in components:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(component.pid, signal.SIGTERM)
    for component in components:
        with contextlib.suppress(subprocess.TimeoutExpired):
            component.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(component.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            component.wait(10)


def _wait_for(access: Access) -> None:
    """Wait until API and scheduler answer and the DAGs are known."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            health = call(access, "GET", "/api/v2/monitor/health")
            access.token = access.token or _login(access)
            if health["scheduler"]["status"] == "healthy" and _knows_dags(access):
                return
        time.sleep(0.5)
    raise Unavailable(
        f"Airflow did not start within {_START_SECONDS} s", next_action=f"read the files in {access.logs}"
    )


def _login(access: Access) -> str:
    """A token for the user."""
    login = {"username": access.user, "password": access.password}
    return str(call(access, "POST", "/auth/token", login)["access_token"])


def _knows_dags(access: Access) -> bool:
    """Whether every DAG has been parsed; one that cannot be raises Misdeclared."""
    for error in call(access, "GET", "/api/v2/importErrors")["import_errors"]:
        last = error["stack_trace"].strip().splitlines()[-1]
        raise Misdeclared(f"Airflow cannot import {error['filename']}: {last}", next_action="mend the DAG")
    known = {dag["dag_id"] for dag in call(access, "GET", "/api/v2/dags")["dags"]}
    return known >= {file.stem for file in settings.DAGS.glob("*.py")}


def _ensure_pool(access: Access) -> None:
    """Make the pool that caps concurrent reads, unless it is there."""
    known = call(access, "GET", "/api/v2/pools?limit=100")["pools"]
    if not any(pool["name"] == _POOL["name"] for pool in known):
        call(access, "POST", "/api/v2/pools", _POOL)


def call(access: Access, method: str, path: str, body: Any = None) -> Any:
    """Call Airflow's REST API."""
    request = urllib.request.Request(access.url + path, method=method)
    request.add_header("Content-Type", "application/json")
    if access.token:
        request.add_header("Authorization", f"Bearer {access.token}")
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, data, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Unavailable(
            f"Airflow answers {error.code} to {method} {path}: {error.read(500).decode(errors='replace')}",
            next_action=f"read the files in {access.logs}",
        ) from error


def _free_port(wanted: int) -> int:
    """The wanted TCP port of 127.0.0.1, or else a free one."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
