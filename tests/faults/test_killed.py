"""Airflow killed at any moment: the run comes to its end all the same, and no row is lost or doubled.

HAILONG_FAULT_RUNS says how many kills (1), HAILONG_FAULT_SEED which ones (2023). Each of them begins with an empty
warehouse and landing zone, and its figures are compared with those of the steps without Airflow. A task that Airflow
does not try again by itself is cleared, as the runbook says, and counted. With more kills than there are kinds, a run
under each executor is left alone: fewer kills do not pay for it, and what it shows, a killed run that healed shows too.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.operation import migrate
from etl.warehouse import embedded
from tests.lib import killed_airflow as airflow
from tests.lib import needs
from tests.lib.months import query, run_month

pytestmark = pytest.mark.deep

MONTH, SOME = "2023-07", ["19", "34", "48"]
RUNS = int(os.environ.get("HAILONG_FAULT_RUNS") or 1)
SEED = int(os.environ.get("HAILONG_FAULT_SEED") or 2023)
PATIENCE_SECONDS = 300
KINDS = [
    # what is killed | under which executor
    ("celery worker", "celery"),
    ("scheduler", "local"),
    ("task", "local"),
    ("task", "celery"),
    ("scheduler", "celery"),
]
DRAWN = [(*KINDS[number % len(KINDS)], number) for number in range(RUNS)]
FAULTS = [  # by executor, so that each Airflow starts once
    fault
    for executor in ("local", "celery")
    for fault in (("nothing", executor, RUNS), *DRAWN)
    if fault[1] == executor and (fault[0] != "nothing" or len(KINDS) < RUNS)
]


FIGURES = """
    select
        (select count(*) from core.fact_response) as responses,
        (select md5(string_agg(f::text, '|' order by treasury_id, response_key)) from core.fact_response as f)
            as response_digest,
        (select count(*) from ops.turned_away) as turned_away,
        (select md5(string_agg(concat_ws(' ', treasury_id, response_key, rule_code), '|'
            order by treasury_id, response_key, rule_code)) from ops.turned_away) as turned_away_digest,
        (select count(*) from score.figure) as figures,
        (select md5(string_agg(concat_ws(' ', figure_kind, place, said - 'run_id' - 'scored_at'), '|'
            order by figure_kind, place)) from score.figure) as figure_digest,
        (select array_agg(treasury_id || ' ' || treasury_state order by treasury_id) from ops.treasury_month) as states,
        (select array_agg(month_status || ' ' || loaded_count) from ops.survey_month) as verdict
"""


@dataclass
class Tally:
    """What all fault runs together came to."""

    kills: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    cleared: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    def __str__(self) -> str:
        kills = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kills.items()))
        cleared = ", ".join(f"{count} {task}" for task, count in sorted(self.cleared.items())) or "none"
        return (
            f"{self.kills.total()} kills (seed {SEED}: {kills}); {self.retries} tasks tried again;"
            f" cleared by hand: {cleared}; {self.rows} rows compared, none lost or doubled"
        )


def say(config: pytest.Config, text: str) -> None:
    """Print a line at once, whatever is captured."""
    plugins = config.pluginmanager
    with plugins.getplugin("capturemanager").global_and_fixture_disabled():
        plugins.getplugin("terminalreporter").write_line(f"\n{text}")


@pytest.fixture(scope="module")
def tally(pytestconfig: pytest.Config) -> Iterator[Tally]:
    """Counts, told at the end."""
    made = Tally()
    yield made
    say(pytestconfig, str(made))


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A directory for the Airflows and for what lands."""
    with tempfile.TemporaryDirectory(prefix="hailong-faults-") as made:
        yield Path(made)


@pytest.fixture(scope="module")
def network(estate: dict[str, str], state: Path, home: Path) -> Iterator[None]:
    """A warehouse and a landing zone that can be emptied, and quick retries."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HAILONG_WAREHOUSE_URL", embedded.url(state, "warehouse", "faults"))
        environment.setenv("HAILONG_PSEUDONYM_KEY", "a key for tests, long enough to pass")
        environment.setenv("HAILONG_LANDING", str(home / "landing"))
        environment.setenv("HAILONG_REPORTS", str(home / "reports"))
        environment.setenv("HAILONG_RETRY_SECONDS", "1")
        environment.setenv("HAILONG_WORKERS", "1")
        yield


def begin_anew(state: Path, home: Path) -> None:
    server = sa.create_engine(embedded.url(state, "warehouse"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql("drop database if exists faults with (force)")
    warehouse.ensure_embedded("faults")
    shutil.rmtree(home / "landing", ignore_errors=True)
    migrate.up()


@pytest.fixture(scope="module")
def undisturbed(network: None, state: Path, home: Path) -> dict[str, Any]:
    """The figures of the month as the steps make them, without Airflow."""
    begin_anew(state, home)
    run_month(MONTH, SOME)
    return figures()


@pytest.fixture(scope="module")
def stack_of(network: None, home: Path) -> Iterator[Callable[[str], airflow.Stack]]:
    """The Airflow with an executor; one runs at a time."""
    running: dict[str, airflow.Stack] = {}
    with contextlib.ExitStack() as held:

        def of(executor: str) -> airflow.Stack:
            if executor not in running:
                held.close()
                running.clear()
                running[executor] = held.enter_context(started(executor, home / f"airflow_{executor}"))
            return running[executor]

        yield of


@contextlib.contextmanager
def started(executor: str, home: Path) -> Iterator[airflow.Stack]:
    """An Airflow with one of the executors."""
    components = ("api-server", "scheduler", "dag-processor")
    home.mkdir()
    if executor == "local":
        with airflow.running(home, components) as made:
            yield made
        return
    needs.require("redis")
    with airflow.redis(home) as broker:
        queue = {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": broker,
            "AIRFLOW__CELERY__RESULT_BACKEND": broker,
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": "3",
            "PYTHONPATH": str(settings.DAGS.parent / "docker"),  # what the stack's workers need before their first task
        }
        with airflow.running(home, (*components, "celery worker"), **queue) as made:
            yield made


def figures() -> dict[str, Any]:
    """How many rows the month has left, and digests of all of them but for the run's name and the clock."""
    return query(FIGURES)[0]


def ended(stack: airflow.Stack, run_id: str) -> int:
    """How many tasks of a run have come to an end."""
    return sum(one["state"] == "success" for one in stack.instances(run_id))


def strike(stack: airflow.Stack, kind: str, run_id: str, chance: random.Random) -> str:
    """Kill something when a random number of tasks has ended, or up to two seconds later; what was killed."""
    after, pause, is_alone = chance.randrange(8), chance.uniform(0, 2), chance.random() < 0.5
    # its orphans would hold its database connection, and with it the lock on the run; whatever restarts a scheduler, a
    # container or systemd, ends them with it
    is_alone = is_alone and kind != "scheduler"
    end = time.monotonic() + PATIENCE_SECONDS
    while ended(stack, run_id) < after:
        assert time.monotonic() < end
        time.sleep(0.1)
    time.sleep(pause)  # no condition is waited for: the moment itself is the point
    if kind != "task":
        stack.kill(kind, is_alone=is_alone)
        stack.start(kind)
        return f"{kind} {'alone' if is_alone else 'with its children'}, {after} tasks after the start"
    while not (tasks := stack.tasks()):
        assert time.monotonic() < end
        if stack.state(run_id) in airflow.ENDED:
            return "no task: the run was over"
        time.sleep(0.02)
    chance.choice(tasks).kill()
    return f"task, {after} tasks after the start"


def come_to_an_end(stack: airflow.Stack, run_id: str, tally: Tally) -> None:
    """Wait until a run is green; where it is red, clear what failed and all that follows, as the runbook says."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (state := stack.state(run_id)) != "success":
        assert time.monotonic() < end, (state, stack.instances(run_id))
        if state == "failed":
            failed = [one for one in stack.instances(run_id) if one["state"] == "failed"]
            tally.cleared.update(one["task_id"] for one in failed)
            stack.clear(run_id, failed)
        time.sleep(0.5)
    tally.retries += sum(max(one["try_number"] - 1, 0) for one in stack.instances(run_id))


@pytest.mark.timeout(1500)
@pytest.mark.parametrize(
    ("kind", "executor", "number"),
    FAULTS,
    ids=[f"{kind}-{executor}-{number}" for kind, executor, number in FAULTS],
)
def test_no_row_is_lost_or_doubled_by_a_kill(
    stack_of: Callable[[str], airflow.Stack],
    kind: str,
    executor: str,
    number: int,
    undisturbed: dict[str, Any],
    tally: Tally,
    state: Path,
    home: Path,
    pytestconfig: pytest.Config,
) -> None:
    stack = stack_of(executor)
    begin_anew(state, home)
    assert undisturbed["responses"] > 500
    assert undisturbed["turned_away"] > 5
    run_id, killed = stack.trigger(MONTH, SOME), "nothing"
    if kind != "nothing":
        killed = strike(stack, kind, run_id, random.Random(SEED + number))
        tally.kills[killed.split(",")[0]] += 1
    say(pytestconfig, f"killed: {killed}")
    come_to_an_end(stack, run_id, tally)
    stack.bury()
    assert figures() == undisturbed, killed
    tally.rows += sum(undisturbed[name] for name in ("responses", "turned_away", "figures"))
