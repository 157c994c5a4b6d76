"""What the tests stand on: embedded servers, the demo estate, a fresh warehouse; all real."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from xdist.remote import Producer
from xdist.scheduler.loadfile import LoadFileScheduling

from etl import registry, settings, warehouse
from etl.demo import estate as demo_estate
from etl.demo import profiles
from etl.operation import migrate
from etl.operation.plan import Plan
from etl.source import guest
from etl.warehouse import embedded
from tests.lib import cases, needs
from tests.lib.browser import OPTIONS
from tests.lib.mariadb import MariaDB
from tests.lib.months import on_server, run_month

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["cases"]  # sets how many made-up cases each property is asked about

FOLDERS = ("unit", "spec", "suites", "dags", "faults", "bi", "e2e", "bulletin", "sql")
"""The order in which tests are run: first what answers at once, and then what takes longest."""

# what a killed server had committed is there when it starts again; only the loss of the whole machine would cost it
WITHOUT_WAITING_FOR_THE_DISK = "fsync = off\nfull_page_writes = off\n"


class ByServer(LoadFileScheduling):
    """Tests at once by file, but those that share an Airflow together: each process would start one of its own."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        for shared in ("tests/dags/observed/", "tests/dags/"):
            if file.startswith(shared) and "backfill" not in file:  # that one has an Airflow to itself
                return shared
        return file


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what -m does not ask for
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in the order of their folders; what needs something of the machine belongs to ``make deep``."""
    items.sort(key=lambda item: FOLDERS.index(item.path.relative_to(Path(__file__).parent).parts[0]))
    for item in items:
        if needs.of(item):
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
def state() -> Iterator[Path]:
    """A state directory of the test session, with embedded servers that are stopped at its end.

    Not one of pytest's own: it closes their parent to other users at every start, and the server is another user.
    """
    with pytest.MonkeyPatch.context() as environment, tempfile.TemporaryDirectory(prefix="hailong-") as made:
        for name in ("HAILONG_CONFIG", "HAILONG_WAREHOUSE_URL", "HAILONG_CONNECTIONS", "HAILONG_LANDING"):
            environment.delenv(name, raising=False)
        directory = Path(made)
        environment.setenv("HAILONG_STATE", str(directory))
        environment.setenv("HAILONG_DRAFT_BULLETINS", "off")  # a test of them asks for them
        environment.setattr(embedded, "_CONFIGURATION", embedded._CONFIGURATION + WITHOUT_WAITING_FOR_THE_DISK)
        environment.setattr(guest, "PAUSE_SECONDS", 0.05)  # nobody mends what is away here in a second
        yield directory
        for server in embedded.SERVERS:
            embedded.stop(directory, server)


@pytest.fixture(scope="session")
def estate(state: Path) -> dict[str, str]:
    """The demo's branch databases at their default size: each treasury's URL; also in the connections file."""
    server = embedded.url(state, "branches")
    urls = demo_estate.build(server, registry.load(settings.read().config), profiles.Size())
    text = yaml.safe_dump({f"treasury_{code}": url for code, url in urls.items()})
    settings.read().connections.write_text(text, "utf-8")
    return urls


@pytest.fixture(scope="session")
def rated_month(estate: dict[str, str]) -> Plan:
    """July 2023 of the whole demo estate, run once through the steps into the state directory's own warehouse."""
    migrate.up()
    return run_month("2023-07")


@pytest.fixture(scope="session")
def migrated(state: Path) -> str:
    """The database of a migrated warehouse that nobody uses but as a template."""
    name = "migrated"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HAILONG_WAREHOUSE_URL", warehouse.ensure_embedded(name))
        migrate.up()
    return name


@pytest.fixture
def fresh_warehouse(state: Path, migrated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A migrated warehouse of its own database, with its own landing zone and reports; dropped afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    on_server(state, f"create database {name} template {migrated}")
    url = embedded.url(state, "warehouse", name)
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url)
    monkeypatch.setenv("HAILONG_PSEUDONYM_KEY", "a key for tests, long enough to pass")
    monkeypatch.setenv("HAILONG_LANDING", str(tmp_path / "landing"))
    monkeypatch.setenv("HAILONG_REPORTS", str(tmp_path / "reports"))
    monkeypatch.setenv("HAILONG_BULLETINS", str(tmp_path / "bulletins"))
    yield url
    on_server(state, f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDB]:
    """A MariaDB server of the session."""
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
