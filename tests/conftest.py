"""What the tests stand on: embedded servers, the demo estate, a fresh warehouse; all real."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadfile import LoadFileScheduling

from etl import warehouse
from etl.operation.plan import Plan
from etl.source import guest
from etl.warehouse import embedded
from tests.lib import cases, kept, months, needs, slots
from tests.lib.browser import OPTIONS
from tests.lib.kept import Copy, Kept
from tests.lib.mariadb import MariaDB
from tests.lib.slots import Slot

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["cases"]  # sets how many made-up cases each property is asked about

FOLDERS = ("unit", "spec", "suites", "dags", "faults", "bi", "e2e", "bulletin", "sql")
"""The order in which tests are run: first what answers at once, and then what takes longest."""

os.environ.pop("COLUMNS", None)  # a terminal's width, which pytest-xdist gives its processes: ours write into a pipe

OURS = (
    "HAILONG_EXAMPLES",
    "HAILONG_DATABASES",
    "HAILONG_MADE_UP",
    "HAILONG_CUTS",
    "HAILONG_FAULT_RUNS",
    "HAILONG_FAULT_SEED",
    "HAILONG_TEST_REDIS",
    "HAILONG_PICTURES",
)
"""What is said to the tests, and not to what they test."""


class ByServer(LoadFileScheduling):
    """Tests at once by file, but those that share an Airflow together: each process would start one of its own."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "tests/dags/" if file.startswith("tests/dags/") and "backfill" not in file else file


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what -m does not ask for
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in the order of their folders; what needs an Airflow, or something of the machine, is for ``make deep``."""
    items.sort(key=lambda item: FOLDERS.index(item.path.relative_to(Path(__file__).parent).parts[0]))
    for item in items:
        is_of_airflow = "watched" in getattr(item, "fixturenames", ())
        if needs.of(item) or is_of_airflow or item.get_closest_marker("thorough"):
            item.add_marker("deep")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """What this machine lacks, where tests are asked for that need it."""
    if "not deep" in str(config.getoption("markexpr")) or not (missing := needs.missing()):
        return []
    return ["what this machine lacks, and some tests need:", *(f"  {line}" for line in missing)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test is skipped, or fails on CI, where something that it needs is missing."""
    for name in needs.of(item):
        needs.require(name)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByServer:
    """How pytest-xdist asks in which process a test is to run."""
    return ByServer(config, log)


@pytest.fixture(scope="session")
def slot() -> Iterator[Slot]:
    """Warm servers that this process has to itself, and an empty state directory on them; stopped at its end."""
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith(("HAILONG_", "AIRFLOW_")) and name not in OURS]:
            environment.delenv(name)
        environment.setattr(embedded, "_CONFIGURATION", embedded._CONFIGURATION + slots.FASTER)
        environment.setattr(guest, "PAUSE_SECONDS", 0.05)  # nobody mends what is away here in a second
        taken = slots.take()
        environment.setenv("HAILONG_STATE", str(taken.state))
        environment.setenv("HAILONG_DRAFT_BULLETINS", "off")  # a test of them asks for them
        environment.setenv("HAILONG_WORKERS", "1")  # two processes test at once
        yield taken
        taken.release()


@pytest.fixture(scope="session")
def state(slot: Slot) -> Path:
    """The state directory of this process."""
    return slot.state


@pytest.fixture(scope="session")
def estate(slot: Slot) -> dict[str, str]:
    """The demo's branch databases at their default size: each treasury's URL; also in the connections file."""
    return slot.estate()


@pytest.fixture(scope="session")
def rated_month(slot: Slot, estate: dict[str, str]) -> Plan:
    """July 2023 of the whole demo estate in the state directory's own warehouse, as the steps make it."""
    home = kept.database_of(slot, months.JULY, warehouse.DATABASE)
    shutil.copytree(home, slot.state, dirs_exist_ok=True)
    key = slot.state / "pseudonym.key"
    key.touch(mode=0o600)
    key.write_text(kept.KEY, "utf-8")
    plan: Plan = kept.copied(slot, months.JULY, warehouse.DATABASE, slot.state).result
    return plan


@pytest.fixture(scope="session")
def migrated(slot: Slot) -> str:
    """The database of a migrated warehouse that nobody uses but as a template."""
    return kept.migrated(slot)


@pytest.fixture
def fresh_warehouse(slot: Slot, migrated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A migrated warehouse of its own database, with its own landing zone and reports; dropped afterwards."""
    with kept.new_database(slot, migrated) as database:
        kept.enter(monkeypatch, url := slot.url(database=database), tmp_path)
        yield url


@pytest.fixture
def copy_of(slot: Slot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Kept], Copy]]:
    """Copy a kept month into this test's directory and work in it; its database is dropped afterwards."""
    with contextlib.ExitStack() as lent:

        def copy(month: Kept) -> Copy:
            made = lent.enter_context(kept.lent(slot, month, tmp_path))
            kept.enter(monkeypatch, made.url, made.home)
            return made

        yield copy


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDB]:
    """A MariaDB server of the session."""
    needs.require("mariadb")  # a test that asks for it by its name says so too late for its mark
    server = MariaDB()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser of the tests' own."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)  # some pages draw themselves from many answers
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.require("browser"), args=OPTIONS)
        yield browser
        browser.close()
