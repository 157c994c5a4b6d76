"""A migrated warehouse that the tests share, each in a transaction of its own that is rolled back; and an empty one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.lib import kept
from tests.lib.slots import Slot


@pytest.fixture
def empty_warehouse(slot: Slot, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a warehouse of its own database, not yet migrated; dropped afterwards."""
    with kept.new_database(slot, "template1") as database:
        url = slot.url(database=database)
        monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url)
        yield url


@pytest.fixture(scope="session")
def shared_warehouse(slot: Slot, migrated: str) -> Iterator[sa.Engine]:
    """A migrated warehouse that nobody commits anything to."""
    with kept.new_database(slot, migrated) as database:
        yield sa.create_engine(slot.url(database=database), poolclass=sa.NullPool)


@pytest.fixture
def connection(shared_warehouse: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction on the shared warehouse, rolled back at the end of the test."""
    with shared_warehouse.connect() as connection:
        yield connection
