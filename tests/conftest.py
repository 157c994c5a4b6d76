"""What the tests stand on: embedded servers, the demo estate, a fresh warehouse; all real."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from hypothesis import settings as made_up
from xdist.remote import Producer
from xdist.scheduler.loadfile import LoadFileScheduling

from etl import registry, settings, warehouse
from etl.demo import estate as demo_estate
from etl.demo import profiles
from etl.errors import HailongError
from etl.operation import migrate, steps
from etl.source import guest
from etl.warehouse import embedded
from tests import mariadb

# how many made-up cases each property is asked about; none fails because the machine is busy
EXAMPLES = int(os.environ.get("HAILONG_EXAMPLES") or 0)
made_up.register_profile("hailong", deadline=None, max_examples=EXAMPLES or 50)
made_up.load_profile("hailong")

# what a killed server had committed is there when it starts again; only the loss of the whole machine would cost it
WITHOUT_WAITING_FOR_THE_DISK = "fsync = off\nfull_page_writes = off\n"


def slow(count: int) -> made_up:
    """So many cases for a property of which each takes long, unless HAILONG_EXAMPLES says how many."""
    return made_up(max_examples=EXAMPLES or count)


class ByServer(LoadFileScheduling):
    """Tests at once by file, but those that share an Airflow together: each process would start one of its own."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        for shared in ("tests/dags/observed/", "tests/dags/"):
            if file.startswith(shared) and "backfill" not in file:  # that one has an Airflow to itself
                return shared
        return file


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
def rated_month(estate: dict[str, str]) -> steps.Plan:
    """July 2023 of the whole demo estate, run once through the steps into the state directory's own warehouse."""
    migrate.up()
    return run_month("2023-07")


def run_month(month: str, only: Sequence[str] = ()) -> steps.Plan:
    """Run a month through the steps, going on without the treasuries that cannot be read."""
    planned = steps.plan(month, only)
    landed = []
    for code in planned.treasury_codes:
        with contextlib.suppress(HailongError):
            steps.land(planned, code)
            landed.append(code)
    steps.admit(planned, landed)
    steps.score(planned)
    steps.report(planned)
    return planned


@pytest.fixture(scope="session")
def migrated(state: Path) -> str:
    """The database of a migrated warehouse that nobody uses but as a template."""
    name = "migrated"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HAILONG_WAREHOUSE_URL", warehouse.ensure_embedded(name))
        migrate.up()
    return name


def on_server(state: Path, statement: str, server: str = "warehouse") -> None:
    """Run a statement on an embedded server, outside of transactions: databases are made and dropped so."""
    engine = sa.create_engine(embedded.url(state, server), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


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
def mariadb_server() -> Iterator[mariadb.MariaDB]:
    """A MariaDB server of the session; a machine without one skips its tests, but never on CI."""
    if lacking := mariadb.missing():
        reason = f"no {' and no '.join(lacking)} here: install mariadb-server"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    server = mariadb.MariaDB()
    yield server
    server.remove()
