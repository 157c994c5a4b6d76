"""The tests' own house: what they share lies in tests/lib, and no test stands on another."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
FILES = sorted(file for file in TESTS.rglob("*.py") if file.parent.name != "lib")
FOLDERS = {"unit", "spec", "suites", "sql", "dags", "faults", "bi", "bulletin", "e2e", "lib"}


def imported(source: str) -> set[str]:
    """The modules of the tests that a source imports, wherever in it."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules |= {f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names}
    return {name for name in modules if name.startswith(("tests", "."))}


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("from tests.e2e.test_month import query", {"tests.e2e.test_month.query"}),
        ("from tests import conftest", {"tests.conftest"}),
        ("def of():\n    import tests.sql.conftest", {"tests.sql.conftest"}),
        ("from .conftest import state", {".conftest.state"}),
        ("from tests.lib.months import query\nimport etl", {"tests.lib.months.query"}),
    ],
)
def test_every_way_to_import_is_seen(source: str, modules: set[str]) -> None:
    assert imported(source) == modules


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(TESTS)))
def test_what_tests_share_is_in_lib_and_nowhere_else(file: Path) -> None:
    assert {name for name in imported(file.read_text("utf-8")) if not name.startswith("tests.lib")} == set()


def test_every_folder_of_tests_is_known() -> None:
    assert {file.relative_to(TESTS).parts[0] for file in TESTS.rglob("*/*.py")} == FOLDERS
