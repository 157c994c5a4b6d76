"""Whole databases that are made up: nothing that an office sends is lost, changed or fatal, whatever it is.

What must hold is written in ``tests/lib/made_up_databases/invariants.py``. A failure says how to see it again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from etl.warehouse import embedded
from tests.lib import kept
from tests.lib.made_up_databases import campaign
from tests.lib.made_up_databases.network import Network
from tests.lib.made_up_databases.servers import Maria, Postgres, Server, SqliteFiles
from tests.lib.made_up_databases.visit import Visits

DATABASES = int(os.environ.get("HAILONG_DATABASES") or 0)
"""How many databases of each engine are made up, without a limit of time: make thorough."""
AGAIN = os.environ.get("HAILONG_MADE_UP")
"""``engine:seed`` of one database to see again."""
Enter = Callable[[str], Server]


@pytest.fixture
def visits(fresh_warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Visits:
    """A network of its own and a warehouse in which its plain office is loaded."""
    network = Network(tmp_path)
    kept.enter(monkeypatch, fresh_warehouse, tmp_path)
    monkeypatch.setenv("HAILONG_CONNECTIONS", str(network.connections))
    monkeypatch.setenv("HAILONG_SOURCE_TRIES", "1")
    return Visits(network, SqliteFiles(tmp_path), checked=4 if DATABASES else 1)


@pytest.fixture
def server_of(request: pytest.FixtureRequest, state: Path, tmp_path: Path) -> Iterator[Enter]:
    """Where the databases of an engine are made."""
    with ExitStack() as stack:

        @contextmanager
        def made(engine: str) -> Iterator[Server]:
            server: Server
            match engine:
                case "sqlite":
                    (tmp_path / "files").mkdir()
                    server = SqliteFiles(tmp_path / "files")
                case "postgresql":
                    server = Postgres(embedded.url(state, "branches"))
                case _:
                    server = Maria(request.getfixturevalue("mariadb_server"))
            yield server
            server.close()

        yield lambda engine: stack.enter_context(made(engine))


@pytest.mark.skipif(AGAIN is not None, reason="one database is asked for")
def test_nothing_of_six_made_up_databases_is_lost_changed_or_fatal(visits: Visits, server_of: Enter) -> None:
    for engine in ("sqlite", "postgresql"):
        report = campaign.run(visits, server_of(engine), range(1, 4))
        assert not report.told, str(report)


@pytest.mark.deep
@pytest.mark.needs("mariadb")
@pytest.mark.timeout(3600)
@pytest.mark.skipif(AGAIN is not None, reason="one database is asked for")
def test_nothing_of_many_made_up_databases_is_lost_changed_or_fatal(
    visits: Visits, server_of: Enter, capsys: pytest.CaptureFixture[str]
) -> None:
    seeds = range(1000, 1000 + (DATABASES or 1000))
    for engine in ("sqlite", "postgresql", "mariadb"):
        report = campaign.run(visits, server_of(engine), seeds, None if DATABASES else 6)
        with capsys.disabled():
            sys.stdout.write(f"\n{str(report).splitlines()[0]}\n")
        assert not report.told, str(report)


@pytest.mark.skipif(AGAIN is None, reason="HAILONG_MADE_UP names no database")
def test_one_made_up_database_again(visits: Visits, server_of: Enter) -> None:
    engine, _, seed = (AGAIN or "").partition(":")
    report = campaign.run(visits, server_of(engine), [int(seed)])
    assert not report.told, str(report)
