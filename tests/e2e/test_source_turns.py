"""At a source's server: no more of us at once than were agreed, from all processes; and only within the hours."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from etl import registry, settings
from etl.errors import Misdeclared, Unavailable
from etl.operation import steps
from etl.registry.network import ReadingHours
from etl.source.address import server_of, url_of
from etl.warehouse import locks
from tests.lib.months import query

SERVER, CAP = "db.example.vn:5432", 2
FORK = multiprocessing.get_context("fork")


def hold(server: str, seconds: float, log: Any) -> None:
    """In a process of its own: take a turn, say when it began and when it ended."""
    with locks.hold_turn(server, CAP):
        log.put((time.monotonic(), 1))
        time.sleep(seconds)
        log.put((time.monotonic(), -1))


def test_no_more_than_the_cap_are_at_a_server_at_once_and_everybody_has_a_turn(fresh_warehouse: str) -> None:
    log = FORK.Queue()
    workers = [FORK.Process(target=hold, args=(SERVER, 0.3, log)) for _ in range(6)]
    for worker in workers:
        worker.start()
    events = sorted(log.get(timeout=60) for _ in range(12))
    for worker in workers:
        worker.join()
    there = [sum(step for _, step in events[: place + 1]) for place in range(12)]
    assert max(there) == CAP


def test_a_server_does_not_wait_for_another(fresh_warehouse: str) -> None:
    with locks.hold_turn(SERVER, 1):
        started = time.monotonic()
        with locks.hold_turn("db.example.vn:5433", 1):
            assert time.monotonic() - started < 2


def test_the_place_of_a_worker_that_was_killed_is_free(fresh_warehouse: str) -> None:
    log = FORK.Queue()
    worker = FORK.Process(target=hold, args=(SERVER, 600, log))
    worker.start()
    log.get(timeout=30)
    assert worker.pid
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    started = time.monotonic()
    with locks.hold_turn(SERVER, CAP), locks.hold_turn(SERVER, CAP):
        assert time.monotonic() - started < 15


def test_a_read_takes_its_turn_at_the_server(
    fresh_warehouse: str, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_SOURCE_CONNECTIONS", "1")
    planned = steps.plan("2023-07", ["34"])
    server = server_of(url_of("34"))
    assert server
    landed: list[int] = []
    with locks.hold_turn(server, 1):
        worker = FORK.Process(target=steps.land, args=(planned, "34"))
        worker.start()
        worker.join(2)
        assert worker.is_alive()
        landed += [row["n"] for row in query("select count(*) as n from ops.receipt")]
    worker.join(60)
    assert worker.exitcode == 0
    assert [*landed, query("select count(*) as n from ops.receipt")[0]["n"]] == [0, 1]


def test_a_file_is_no_server() -> None:
    assert server_of(url_of("48", "sqlite:////tmp/a.db")) is None
    assert server_of(url_of("48", "postgresql://u:p@h:5433/d")) == "h:5433"
    assert {server_of(url_of("48", uri)) for uri in ("mysql://u@H/a", "mariadb://u@h:3306/b")} == {"h:3306"}


@pytest.mark.parametrize(
    ("hours", "moment", "is_open"),
    [
        (("18:00", "06:00"), "17:59", False),
        (("18:00", "06:00"), "18:00", True),
        (("18:00", "06:00"), "00:00", True),
        (("18:00", "06:00"), "05:59", True),
        (("18:00", "06:00"), "06:00", False),
        (("12:00", "13:30"), "11:59", False),
        (("12:00", "13:30"), "12:00", True),
        (("12:00", "13:30"), "13:30", False),
        (("18:00", "00:00"), "23:59", True),
        (("18:00", "00:00"), "00:00", False),
    ],
)
def test_hours_begin_with_their_first_minute_and_end_before_their_last(
    hours: tuple[str, str], moment: str, is_open: bool
) -> None:
    declared = ReadingHours.model_validate(dict(zip(("from", "to"), hours, strict=True)))
    assert (dt.time.fromisoformat(moment) in declared) is is_open


def with_hours(directory: Path, hours: str) -> Path:
    """A copy of the shipped configuration in which treasury 48 has reading hours."""
    config = directory / "config"
    shutil.copytree(settings.read().config, config)
    path = config / "treasuries.yaml"
    line = next(line for line in path.read_text("utf-8").splitlines() if 'code: "48"' in line and "Đà Nẵng" in line)
    there = line.replace("source: answer_rows", f"source: answer_rows, reading_hours: {hours}")
    path.write_text(path.read_text("utf-8").replace(line, there), "utf-8")
    return config


def test_outside_of_its_hours_a_treasury_is_not_asked_and_says_when(
    fresh_warehouse: str, estate: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dt.datetime.now(registry.load(settings.read().config).zone())
    before, after = (now + dt.timedelta(minutes=minutes) for minutes in (120, 240))
    config = with_hours(tmp_path, f'{{from: "{before:%H:%M}", to: "{after:%H:%M}"}}')
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    planned = steps.plan("2023-07", ["48"])
    with pytest.raises(Unavailable, match=f"48 KBNN Đà Nẵng, 2023-07: .* {before:%H:%M} to {after:%H:%M}") as caught:
        steps.land(planned, "48")
    assert f"after {before:%H:%M}" in caught.value.next_action
    (kept,) = steps.verdict(planned)
    assert kept["treasury_state"] == "unavailable"
    path = config / "treasuries.yaml"
    path.write_text(
        path.read_text("utf-8").replace(f'"{before:%H:%M}"', f'"{now - dt.timedelta(hours=1):%H:%M}"'), "utf-8"
    )
    assert steps.land(steps.plan("2023-07", ["48"]), "48")["row_count"]


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ("{from: 18:00, to: 06:00}", "quotation marks"),
        ('{from: "18h", to: "06:00"}', "quotation marks"),
        ('{from: "24:00", to: "06:00"}', "quotation marks"),
        ('{from: "06:00", to: "06:00"}', "none, or all"),
        ('{from: "06:00"}', "to"),
    ],
)
def test_hours_that_are_none_are_told_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: str, told: str
) -> None:
    config = with_hours(tmp_path, hours)
    with pytest.raises(Misdeclared, match=r"treasuries\.yaml:\d+.*" + told):
        registry.load(config)
    assert yaml.safe_load((config / "treasuries.yaml").read_text("utf-8"))
