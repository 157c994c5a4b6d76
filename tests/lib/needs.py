"""What some tests need of the machine: how each is found, what to install for it, and which fixtures stand on it.

A test that needs something belongs to ``make deep``. A machine that lacks it skips the test by this reason; with ``CI``
set it fails instead, so that nothing is left out unnoticed.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable, Iterable
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

import pytest

_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/mysql/bin:"  # servers often stand where only root looks
_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Need:
    """Something of the machine; ``find`` gives its path, or None where it is missing."""

    find: Callable[[], str | None]
    install: str


def program(*names: str) -> str | None:
    """Where the first of some programs is that there is."""
    path = f"{os.environ.get('PATH', os.defpath)}:{_PATH}"
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def file(*patterns: str) -> str | None:
    """The newest file that one of some patterns below the root names."""
    return next((str(path) for pattern in patterns for path in sorted(Path("/").glob(pattern), reverse=True)), None)


NEEDS = {
    "browser": Need(lambda: program("chromium", "chromium-browser"), "chromium"),
    "java": Need(lambda: program("java"), "default-jdk-headless"),
    "jdbc": Need(lambda: file("usr/share/java/postgresql.jar"), "libpostgresql-jdbc-java"),
    "libreoffice": Need(lambda: program("soffice"), "libreoffice-calc-nogui"),
    "mariadb": Need(lambda: program("mariadbd") and program("mariadb-install-db"), "mariadb-server"),
    "odbc": Need(lambda: find_library("odbc") and file("usr/lib/*/odbc/psqlodbcw.so"), "odbc-postgresql"),
    "poppler": Need(lambda: program("pdftoppm"), "poppler-utils"),
    "postgresql": Need(lambda: file("usr/lib/postgresql/*/bin/initdb"), "postgresql"),
    "psql": Need(lambda: program("psql"), "postgresql-client"),
    "redis": Need(lambda: os.environ.get("HAILONG_TEST_REDIS") or program("redis-server"), "redis-server"),
    "superset": Need(lambda: file(f"{str(_PROJECT)[1:]}/.venv-bi/.installed"), "its environment: bi/install"),
}
BY_FIXTURE = {
    "chromium": "browser",
    "mariadb_server": "mariadb",
    "recalculated": "libreoffice",
}
"""Fixtures that start something of the machine, and what it is."""


@functools.cache
def path(name: str) -> str | None:
    """Where something is, or None where it is missing."""
    return NEEDS[name].find()


def require(name: str) -> str:
    """Where something is; without it the test is skipped, and fails with ``CI`` set."""
    if found := path(name):
        return found
    reason = f"no {name} here: install {NEEDS[name].install}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def of(item: pytest.Item) -> list[str]:
    """What a test needs, by its marks and its fixtures."""
    marked = [name for mark in item.iter_markers("needs") for name in mark.args]
    fixtures: Iterable[str] = getattr(item, "fixturenames", ())
    return list(dict.fromkeys([*marked, *(BY_FIXTURE[name] for name in fixtures if name in BY_FIXTURE)]))


def missing() -> list[str]:
    """What this machine lacks, each with what to install."""
    return [f"{name} (install {need.install})" for name, need in NEEDS.items() if not path(name)]
