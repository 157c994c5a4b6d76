"""The embedded server: a copy of a state directory is another server than the original."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.warehouse import embedded

NAME = "warehouse"


@pytest.fixture
def states() -> Iterator[tuple[Path, Path]]:
    """A state directory and the path of its copy; not one of pytest's own, which closes its parent to other users."""
    with tempfile.TemporaryDirectory(prefix="hailong-") as made:
        original, copy = Path(made, "original"), Path(made, "copy")
        yield original, copy
        for state in (original, copy):
            embedded.stop(state, NAME)


def directory_of(url: str) -> Path:
    """The data directory of the server that answers."""
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        return Path(str(connection.scalar(sa.text("show data_directory"))))


def test_a_copy_of_a_running_server_s_state_starts_and_stops_one_of_its_own(states: tuple[Path, Path]) -> None:
    original, copy = states
    url = embedded.url(original, NAME)
    shutil.copytree(original, copy, copy_function=shutil.copy2)
    if os.geteuid() == 0:
        for path in (copy / "postgres" / NAME / "data").rglob("*"):
            shutil.chown(path, "pgserver", "pgserver")
        shutil.chown(copy / "postgres" / NAME / "data", "pgserver", "pgserver")
    assert not embedded.stop(copy, NAME)
    assert directory_of(embedded.url(copy, NAME)) == copy / "postgres" / NAME / "data"
    assert embedded.stop(copy, NAME)
    assert directory_of(url) == original / "postgres" / NAME / "data"
