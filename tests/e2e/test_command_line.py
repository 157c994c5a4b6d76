"""The command line with servers behind it: stopped on the way, after ``down``, into a closed pipe; what it loads."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from rich.console import Console

from etl import settings, warehouse
from etl.demo import profiles, servers, show
from etl.warehouse import embedded
from tests.lib.cases import first
from tests.lib.command_line import hailong

MONTH = "2023-07"
TWO = ("--only", "19", "--only", "34")
READING = [("ranking", MONTH), ("status", MONTH), ("turned-away", MONTH), ("revisions", MONTH), ("diff", MONTH)]
UNNEEDED = {"great_expectations", "numpy", "pandas", "pyarrow", "scipy"}
HELD = {
    # where a run stands still: the server, its database, and the table that somebody else holds
    "reading": (servers.BRANCHES, "treasury_34", "survey_response"),
    "loading": ("warehouse", warehouse.DATABASE, "core.fact_response"),
    "rating": ("warehouse", warehouse.DATABASE, "score.rating"),
}


@contextlib.contextmanager
def held(moment: str) -> Iterator[Callable[[], bool]]:
    """Let a run come to a moment and no further; whether it is there."""
    server, database, table = HELD[moment]
    url = embedded.url(settings.read().state, server, database)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    waiting = sa.text("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = :name")
    with engine.connect() as holder, engine.connect() as looker:
        holder.exec_driver_sql(f"lock table {table} in access exclusive mode")

        def is_there() -> bool:
            with looker.begin():
                return bool(looker.scalar(waiting, {"name": database}))

        yield is_there


def until(is_there: Callable[[], bool], run: subprocess.Popen[str]) -> None:
    """Wait for a run to come to where it is held; fails when it ends before."""
    while not is_there():
        assert run.poll() is None, run.communicate()
        time.sleep(0.1)


@pytest.fixture(scope="module")
def demo() -> Iterator[Path]:
    """A small demo with servers of its own, which a test may stop; it is the settings' state directory.

    Not in a directory of pytest's: it closes their parent to other users, and the server is another user.
    """
    with pytest.MonkeyPatch.context() as environment, tempfile.TemporaryDirectory(prefix="hailong-") as made:
        for name in [name for name in os.environ if name.startswith(("HAILONG_", "AIRFLOW_"))]:
            environment.delenv(name)
        environment.setenv("HAILONG_STATE", made)
        environment.setenv("HAILONG_SOURCE_TRIES", "1")
        environment.setenv("HAILONG_WORKERS", "2")
        show.make_estate(Console(stderr=True), profiles.Size(responses=3_000, treasuries=2))
        ran = hailong("run", MONTH, *TWO)
        assert ran.exit_code == 0, ran.stderr
        yield Path(made)
        hailong("down")


@pytest.fixture(autouse=True)
def _in_the_demo(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test here asks the small demo, whatever another fixture has set."""
    monkeypatch.setenv("HAILONG_STATE", str(demo))


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_a_reading_command_loads_no_more_than_reading_needs(words: tuple[str, ...]) -> None:
    code = (
        f"import sys; from etl.cli.process import run; run({words!r});"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stderr.splitlines()[-1].split()) & UNNEEDED == set()


@pytest.mark.thorough
def test_after_down_a_run_starts_the_demos_servers_again(demo: Path) -> None:
    assert hailong("down").stdout.split() == ["stopped", "warehouse", "stopped", "branches"]
    ran = hailong("run", MONTH, *TWO)
    assert ran.exit_code == 0, ran.stderr


def test_after_down_a_source_is_checked_all_the_same(demo: Path) -> None:
    hailong("down")
    checked = hailong("source", "check", "34", "--month", MONTH)
    assert (checked.exit_code, "✓ it fits" in checked.stdout) == (0, True), checked.stderr


@pytest.mark.deep
def test_a_server_whose_port_is_taken_is_found_under_its_new_one(demo: Path) -> None:
    hailong("down")
    taken = embedded.port(demo, servers.BRANCHES)
    with socket.create_server(("127.0.0.1", taken)):
        ran = hailong("run", MONTH, *TWO)
    assert ran.exit_code == 0, ran.stderr
    assert embedded.port(demo, servers.BRANCHES) != taken
    assert f":{taken}/" not in settings.read().connections.read_text("utf-8")


def test_down_and_reading_start_nothing_that_is_not_asked(demo: Path) -> None:
    hailong("down")
    assert hailong("ranking", MONTH).exit_code == 0
    assert hailong("down").stdout.split() == ["stopped", "warehouse"]


def test_a_reader_that_stops_reading_gets_its_line_and_no_traceback(demo: Path) -> None:
    words = f"{sys.executable} -m etl ranking {MONTH} --format json | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[\n", "")
    assert done.returncode in (0, 128 + signal.SIGPIPE)


@pytest.mark.parametrize(
    ("moment", "number", "to_all"),
    first(
        1,
        [
            ("loading", signal.SIGINT, True),
            ("reading", signal.SIGTERM, False),
            ("reading", signal.SIGINT, True),
            ("rating", signal.SIGINT, True),
        ],
        "thorough",
    ),
)
@pytest.mark.deep
def test_a_run_that_is_stopped_says_so_leaves_nobody_behind_and_starts_over(
    moment: str, number: int, to_all: bool, demo: Path
) -> None:
    """As a terminal does it, Ctrl-C reaches the workers as well; ``kill`` reaches the command alone."""
    started = subprocess.Popen(
        [sys.executable, "-m", "etl", "run", MONTH, *TWO],
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with held(moment) as is_there:
        until(is_there, started)
        workers = psutil.Process(started.pid).children(recursive=True)
        (os.killpg if to_all else os.kill)(started.pid, number)
        _, said = started.communicate(timeout=60)
    assert started.returncode == 128 + number, said
    (line,) = [line for line in said.splitlines() if not line.startswith(f"{MONTH}: reading the treasuries")]
    assert line.endswith(f": nothing is half-written; to start over: hailong run {MONTH} {' '.join(TWO)}")
    assert [worker for worker in workers if worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE] == []
    again = hailong("run", MONTH, *TWO)
    assert again.exit_code == 0, again.stderr
    assert "another run" not in again.stderr + again.stdout
