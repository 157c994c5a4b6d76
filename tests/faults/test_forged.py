"""Nobody but a person publishes: what a worker that loads can write, in Redis and in Airflow, makes no revision.

The attacker has what the service ``worker`` has: its login of the warehouse, its user of Redis, and the token of a task
of its own. What a forged message would do is shown by one that the scheduler's user sends.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
import tempfile
import threading
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jwt
import pytest
import redis
import sqlalchemy as sa
from celery import Celery
from kombu.exceptions import OperationalError

from etl import settings, warehouse
from etl.demo import airflow as own_airflow
from etl.operation import migrate
from etl.warehouse import embedded
from tests.lib import broker as brokers
from tests.lib import killed_airflow as airflow
from tests.lib.airflow import answer, asked, ended, start, tasks, until
from tests.lib.broker import Broker
from tests.lib.months import on_server, query, run_month

pytestmark = [pytest.mark.deep, pytest.mark.needs("redis"), pytest.mark.timeout(900)]
MONTH, SOME = "2023-07", ["34"]
DATABASE = "forged"
LOGINS = {"worker": "hailong_loader", "publisher": "hailong_publisher"}
REVISIONS = f"select published_by, reason from score.revision where period_code = '{MONTH}' and revision_number > 0"
WAYS_IN: list[tuple[str, Callable[[redis.Redis, str], Any]]] = [
    ("push into the queue", lambda wire, said: wire.lpush("publish", said)),
    ("push by priority", lambda wire, said: wire.lpush("publish\x06\x163", said)),
    ("push by a script", lambda wire, said: wire.eval("return redis.call('lpush', 'publish', ARGV[1])", 0, said)),
    ("read the queue", lambda wire, said: wire.lrange("publish", 0, -1)),
    ("take from the queue", lambda wire, said: wire.rpop("publish")),
    ("rename into the queue", lambda wire, said: wire.lpush("default.x", said) and wire.rename("default.x", "publish")),
    ("copy into the queue", lambda wire, said: wire.lpush("default.y", said) and wire.copy("default.y", "publish")),
    (
        "sort into the queue",
        lambda wire, said: wire.lpush("default.z", said) and wire.sort("default.z", store="publish"),
    ),
    ("plant what goes back", lambda wire, said: wire.hset("publish.unacked", "1", said)),
    ("date what goes back", lambda wire, said: wire.zadd("publish.unacked_index", {"1": 0})),
    ("copy by a binding", lambda wire, said: wire.sadd("_kombu.binding.publish", "publish\x06\x16\x06\x16default")),
    ("make a user", lambda wire, said: wire.acl_setuser("worker", keys=["*"])),
    ("become the default user", lambda wire, said: wire.acl_setuser("default", commands=["+@all"])),
    ("change the settings", lambda wire, said: wire.config_set("dir", "/tmp")),
    ("listen to everything", lambda wire, said: wire.execute_command("monitor")),
    ("empty it", lambda wire, said: wire.flushall()),
    ("another database", lambda wire, said: wire.execute_command("swapdb", 0, 1)),
]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A directory of the tests' own, with a short path."""
    with tempfile.TemporaryDirectory(prefix="hailong-forged-") as made:
        yield Path(made)


@pytest.fixture(scope="module")
def broker(home: Path) -> Iterator[Broker]:
    """The stack's Redis."""
    with brokers.running(home) as made:
        yield made


@pytest.fixture(scope="module")
def network(estate: dict[str, str], state: Path, home: Path) -> Iterator[dict[str, str]]:
    """A warehouse with a month's draft; the URL of each worker's login."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HAILONG_WAREHOUSE_URL", embedded.url(state, "warehouse", DATABASE))
        environment.setenv("HAILONG_PSEUDONYM_KEY", "a key for tests, long enough to pass")
        environment.setenv("HAILONG_LANDING", str(home / "landing"))
        environment.setenv("HAILONG_REPORTS", str(home / "reports"))
        environment.setenv("HAILONG_RETRY_SECONDS", "1")
        environment.setenv("HAILONG_WORKERS", "1")
        on_server(state, f"drop database if exists {DATABASE} with (force)")
        warehouse.ensure_embedded(DATABASE)
        migrate.up()
        run_month(MONTH, SOME)
        urls = {}
        for worker, group in LOGINS.items():
            on_server(state, f"drop role if exists {DATABASE}_{worker}")
            on_server(state, f"create role {DATABASE}_{worker} login password 'of-{worker}' in role {group}")
            own = sa.make_url(embedded.url(state, "warehouse", DATABASE))
            own = own.set(username=f"{DATABASE}_{worker}", password=f"of-{worker}")
            urls[worker] = own.render_as_string(hide_password=False)
        yield urls


@pytest.mark.parametrize(("name", "way"), WAYS_IN, ids=[name for name, _ in WAYS_IN])
def test_a_worker_that_loads_reaches_nothing_of_the_publishers_in_redis(
    broker: Broker, name: str, way: Callable[[redis.Redis, str], Any]
) -> None:
    with (
        broker.client("worker") as wire,
        pytest.raises(redis.exceptions.ResponseError, match="(?i)noperm|permission|can't access"),
    ):
        way(wire, "{}")
    with broker.client("scheduler") as wire:
        assert not list(wire.scan_iter("*publish*"))


def forged(by: str) -> str:
    """A workload that has whoever executes it publish the month in somebody's name."""
    publish = "import sys; from etl.cli.process import main; sys.argv[0] = 'hailong'; main()"
    call = [sys.executable, "-c", publish, "publish", MONTH, "--by", by, "--why", "forged", "--provisional"]
    workload = {
        "type": "ExecuteCallback",
        "callback": {
            "id": str(uuid.uuid4()),
            "fetch_method": "import_path",
            "data": {"path": "subprocess.check_call", "kwargs": {"args": call}},
        },
        "token": "none",
        "dag_rel_path": "none.py",
        "bundle_info": {"name": "dags-folder", "version": None},
        "log_path": "forged",
    }
    return json.dumps(workload)


def test_no_message_of_a_worker_that_loads_has_the_publisher_do_anything(
    broker: Broker, network: dict[str, str], home: Path
) -> None:
    # in its own queue, and where messages go back from into the queue that they say they came from
    clerk, loader = (celery_of(broker, user) for user in ("scheduler", "worker"))
    loader.send_task("execute_workload", [forged("in the own queue")], queue="default")
    with broker.client("worker") as wire:
        said = json.loads(str(wire.lindex("default", 0)))
        said["properties"]["delivery_info"] = {"exchange": "publish", "routing_key": "publish"}
        wire.hset("unacked", "1", json.dumps([said, "publish", "publish"]))
        wire.zadd("unacked_index", {"1": 0})
    with alone("publisher", broker, network["publisher"], home):
        with pytest.raises((redis.exceptions.NoPermissionError, OperationalError)):
            loader.send_task("execute_workload", [forged("straight")], queue="publish", retry=False)
        loader.control.add_consumer("default", reply=False)
        assert query(REVISIONS) == []
        # the same by who may: so would each of them have come out
        clerk.send_task("execute_workload", [forged("the scheduler")], queue="publish")
        until(lambda: query(REVISIONS), 120)
        clerk.send_task("execute_workload", ["nothing"], queue="publish")
        with broker.client("scheduler") as wire:
            until(lambda: not wire.llen("publish") and not wire.hlen("publish.unacked"), 60)
            assert (wire.llen("default"), wire.hlen("unacked")) == (1, 1)
    # and what it sends itself it does with its own login
    with alone("worker", broker, network["worker"], home), broker.client("scheduler") as wire:
        until(lambda: not wire.llen("default") and not wire.hlen("unacked"), 60)
    assert query(REVISIONS) == [{"published_by": "the scheduler", "reason": "forged"}]


def celery_of(broker: Broker, user: str) -> Celery:
    """Celery as a user of the broker."""
    return Celery(broker=broker.url(user), backend=broker.url(user))


@contextlib.contextmanager
def alone(user: str, broker: Broker, warehouse_url: str, home: Path) -> Iterator[None]:
    """A worker of the stack without the rest of Airflow: a message is all that it needs."""
    own = {
        "AIRFLOW_HOME": str(home / "alone"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(settings.DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/none.db",
        "HAILONG_WAREHOUSE_URL": warehouse_url,
        "PYTHONPATH": f"{brokers.PROJECT}:{brokers.PROJECT / 'docker'}",
        "TMPDIR": str(home),
        **broker.environment(user),
    }
    alive = home / "celery_alive"
    alive.unlink(missing_ok=True)
    command = (*brokers.command(user).split(), "--skip-serve-logs")
    with (home / f"{user}.log").open("ab") as log:
        worker = own_airflow._start(command, settings.environment(**own), log)
    try:
        until(alive.exists, 120)  # as its healthcheck asks
        yield
    finally:
        own_airflow._stop([worker])


@pytest.fixture(scope="module")
def stack(broker: Broker, network: dict[str, str], home: Path) -> Iterator[airflow.Stack]:
    """A whole Airflow on Celery, each worker with its own logins and its own user of Redis."""
    common = {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "PYTHONPATH": str(brokers.PROJECT / "docker"),
        # nothing is killed here: a busy machine is not to be taken for a death
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "60",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "120",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "300",
    }
    parts = ("api-server", "scheduler", "dag-processor")
    with airflow.running(home / "airflow_forged", parts, **common, **broker.environment("scheduler")) as made:
        for worker in LOGINS:
            own = {"HAILONG_WAREHOUSE_URL": network[worker], **broker.environment(worker)}
            if worker == "publisher":
                own["HAILONG_PSEUDONYM_KEY"] = ""
            made.start(f"{brokers.command(worker)} --skip-serve-logs --celery-hostname {worker}@here", **own)
        yield made


@pytest.mark.thorough
def test_results_that_a_worker_writes_into_airflow_turn_no_rejection_into_a_revision(stack: airflow.Stack) -> None:
    access = stack.access
    before = len(query(REVISIONS))
    own_airflow.call(access, "PATCH", "/api/v2/dags/publish_ratings", {"is_paused": False})
    month = start(access, own_airflow.DAG, MONTH, treasuries=["19"])
    over = ended(access, own_airflow.DAG, month)
    assert over["state"] == "success", tasks(access, own_airflow.DAG, month)
    run_id = asked(access, MONTH)
    approver = own_airflow.signed_in(access, own_airflow.APPROVER)
    with forging(stack, month, run_id):
        answer(approver, run_id, "Reject", "the figures are wrong")
        over = ended(access, "publish_ratings", run_id)
    assert over["state"] == "failed", tasks(access, "publish_ratings", run_id)
    assert over["note"].endswith(f" · {MONTH} was rejected by approver: the figures are wrong"), tasks(
        access, "publish_ratings", run_id
    )
    assert len(query(REVISIONS)) == before

    run_id = start(access, "publish_ratings", MONTH)
    assert asked(access, MONTH) == run_id
    answer(approver, run_id, "Approve", "they are right", provisional=True)
    over = ended(access, "publish_ratings", run_id)
    assert over["state"] == "success", tasks(access, "publish_ratings", run_id)
    assert query(REVISIONS)[before:] == [{"published_by": "approver", "reason": "they are right"}]


@contextlib.contextmanager
def forging(stack: airflow.Stack, month: str, run_id: str) -> Iterator[None]:
    """Write over and over, by the token of a task that loads, that somebody has approved."""
    instance = next(one for one in stack.instances(month) if one["task_id"] == "plan")
    now = dt.datetime.now(dt.UTC)
    claims = {"sub": instance["id"], "aud": "urn:airflow.apache.org:task", "iat": now, "nbf": now}
    secret = stack.environment["AIRFLOW__API_AUTH__JWT_SECRET"]
    token = jwt.encode({**claims, "exp": now + dt.timedelta(hours=1)}, secret, "HS512")
    forged = {
        "chosen_options": ["Approve"],
        "params_input": {"comment": "forged", "provisional": True, "over_objections": ""},
        "responded_by_user": {"id": "1", "name": "Nguyễn Thị Thúy"},
        "responded_at": now.isoformat(),
    }
    address = f"{stack.access.url}/execution/xcoms/publish_ratings/{quote(run_id, safe='')}/approve/return_value"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    written, is_over = list[int](), threading.Event()

    def write() -> None:
        while not is_over.wait(0.05):
            request = urllib.request.Request(address, json.dumps(forged).encode(), headers, method="POST")
            with urllib.request.urlopen(request, timeout=30) as said:
                written.append(said.status)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(60)
    assert len(written) > 10
