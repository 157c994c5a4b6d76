"""A migrated warehouse that the tests share, each in a transaction of its own that is rolled back; and an empty one."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.operation import migrate
from etl.warehouse import embedded


@pytest.fixture
def empty_warehouse(state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a warehouse of its own database, not yet migrated; dropped afterwards."""
    url = warehouse.ensure_embedded(f"test_{secrets.token_hex(6)}")
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url)
    yield url
    _drop(state, url)


@pytest.fixture(scope="session")
def shared_warehouse(state: Path) -> Iterator[sa.Engine]:
    """A migrated warehouse that nobody commits anything to."""
    url = warehouse.ensure_embedded(f"test_{secrets.token_hex(6)}")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HAILONG_WAREHOUSE_URL", url)
        migrate.up()
    yield sa.create_engine(url, poolclass=sa.NullPool)
    _drop(state, url)


@pytest.fixture
def connection(shared_warehouse: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction on the shared warehouse, rolled back at the end of the test."""
    with shared_warehouse.connect() as connection:
        yield connection


def _drop(state: Path, url: str) -> None:
    """Drop a database of the embedded server."""
    server = sa.create_engine(embedded.url(state, "warehouse"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {sa.make_url(url).database} with (force)")
