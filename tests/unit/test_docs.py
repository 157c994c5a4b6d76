"""The documentation names only what is there: links, commands, options, settings, fields, dependencies, views.

Each finder below is shown to find a fault before it is believed that there is none.
"""

from __future__ import annotations

import re
import shlex
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
import typer

from etl import errors, settings
from etl.cli.app import app

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page for page in PROJECT.rglob("*.md") if not any(part.startswith(".") for part in page.relative_to(PROJECT).parts)
)
DOCS = PROJECT / "docs"
RUNBOOK = DOCS / "runbook.md"
DEPENDENCIES = DOCS / "adr" / "0011-dependencies.md"
DECLARED: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
CALL = re.compile(r"(?:^|[\s(;/])hailong ([^;|&)#`\n]*)", re.MULTILINE)
SETTING = re.compile(r"\bHAILONG_[A-Z_]+|\bAIRFLOW_CONN_[A-Z]+")


def _both(name: str) -> tuple[Path, Path]:
    """A page in English and in Vietnamese."""
    return DOCS / f"{name}.md", DOCS / f"{name}.vi.md"


class Page(NamedTuple):
    """A page's text without its fenced blocks, and these by language."""

    prose: str
    blocks: list[tuple[str, str]]


def read(text: str) -> Page:
    """Take a page apart."""
    return Page(FENCE.sub("", text), FENCE.findall(text))


def broken_links(page: Path, text: str) -> list[str]:
    """The relative links of a page that lead to no file, or to no heading of one."""
    return [link for link in LINK.findall(SPAN.sub("", read(text).prose)) if not _leads_somewhere(page, link)]


def _leads_somewhere(page: Path, link: str) -> bool:
    """Whether a link is somebody else's, or finds its file and heading."""
    if re.match(r"[a-z]+:", link):
        return True
    path, _, heading = unquote(link).partition("#")
    target = (page.parent / path) if path else page
    return target.exists() and (not heading or heading in anchors(target))


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", read(page.read_text("utf-8")).prose, re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles)


def calls(text: str) -> Iterator[list[str]]:
    """What follows ``hailong`` in the shell blocks and in the code spans that begin with it."""
    page = read(text)
    spans = [span for span in SPAN.findall(page.prose) if span.startswith(("hailong ", ".venv/bin/hailong "))]
    for code in (*(block for language, block in page.blocks if language == "sh"), *spans):
        for found in CALL.findall(code):
            yield shlex.split(found)


def unknown_calls(text: str) -> list[str]:
    """The quoted commands and options that the command line does not have."""
    root: Any = typer.main.get_command(app)
    return [" ".join(words) for words in calls(text) if not _is_known(root, words)]


def _is_known(root: Any, words: list[str]) -> bool:
    """Whether the command line has the command that the words name, in its group if it has one, and each option."""
    name = next((word for place, word in enumerate(words) if _is_command(words, place)), None)
    if name is not None and name not in root.commands:
        return False
    place = words.index(name) if name else len(words)
    command, after = root.commands.get(name), words[place + 1 :]
    if hasattr(command, "commands"):
        return _is_known(command, after)
    given = [(root, word) for word in words[:place]] + [(command, word) for word in after]
    return all(word.partition("=")[0] in _options(command) for command, word in given if word.startswith("-"))


def _is_command(words: list[str], place: int) -> bool:
    """Whether a word is neither an option nor the value of one of those that stand before a command."""
    return not words[place].startswith("-") and not (place and words[place - 1] in ("--config", "--lang"))


def _options(command: Any) -> set[str]:
    """The options of a command."""
    return {"--help", *(name for parameter in command.params for name in parameter.opts)}


def unknown_settings(text: str) -> list[str]:
    """The variables of ours that a page names and neither ``etl.settings`` nor ``.env.example`` explains."""
    explained = (settings.__doc__ or "") + (PROJECT / ".env.example").read_text("utf-8")
    return sorted(set(SETTING.findall(text)) - set(SETTING.findall(explained)))


def fields(statement: str) -> list[str]:
    """The columns of a statement of ``sql/reports``, in their order."""
    text = (settings.SQL / "reports" / f"{statement}.sql").read_text("utf-8")
    selected = re.search(r"^select\n(.*?)^from", text, re.MULTILINE | re.DOTALL)
    assert selected
    lines = [line.strip().rstrip(",") for line in selected[1].splitlines()]
    return [re.split(r"[ .]", line)[-1] for line in lines]


def documented_fields(text: str, command: str) -> list[str]:
    """The fields of the table that follows a command with ``--format json`` in the runbook."""
    after = text.split(f"`hailong {command} 2023-07 --format json`", maxsplit=1)[1]
    table = after.split("|---|---|\n", maxsplit=1)[1].split("\n\n", maxsplit=1)[0]
    return [name for row in table.splitlines() for name in SPAN.findall(row.split("|")[1])]


def dependencies() -> Iterator[str]:
    """Every dependency of the project, as ``pyproject.toml`` writes it without versions."""
    project = DECLARED["project"]
    groups = (*project["optional-dependencies"].values(), *DECLARED["dependency-groups"].values())
    for requirement in (*project["dependencies"], *(one for group in groups for one in group)):
        yield re.split(r"[<>=!~ ]", requirement, maxsplit=1)[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_a_page_is_composed_and_its_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert broken_links(page, text) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_a_page_names_only_commands_and_settings_that_there_are(page: Path) -> None:
    text = page.read_text("utf-8")
    assert unknown_calls(text) == []
    assert unknown_settings(text) == []


@pytest.mark.parametrize("page", [*_both("tour"), RUNBOOK], ids=lambda page: page.name)
def test_the_main_pages_quote_commands_at_all(page: Path) -> None:
    assert len(list(calls(page.read_text("utf-8")))) >= 10


@pytest.mark.parametrize("command", ["ranking", "status", "turned-away"])
def test_the_runbook_documents_every_field_that_programs_get(command: str) -> None:
    found = documented_fields(RUNBOOK.read_text("utf-8"), command)
    assert sorted(found) == sorted(fields(command.replace("-", "_")))


@pytest.mark.parametrize("page", _both("marts"), ids=lambda page: page.name)
def test_the_page_of_the_marts_lists_every_view(page: Path) -> None:
    text = page.read_text("utf-8")
    views = [
        f"`{schema}.{file.stem}`"
        for schema, folder in (("mart", "views"), ("restricted", "restricted"))
        for file in (settings.SQL / "marts" / folder).iterdir()
    ]
    assert [view for view in views if view not in text] == []


@pytest.mark.parametrize("page", _both("setup"), ids=lambda page: page.name)
def test_the_page_about_setting_up_names_the_versions_that_are_asked_for(page: Path) -> None:
    text = page.read_text("utf-8")
    named = ("apache-airflow>", "great-expectations", "pandas", "sqlalchemy", "psycopg")
    project = DECLARED["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["airflow"]]
    ranges = [f"`{one}`" for one in asked if one.startswith(named)] + [f"`{project['requires-python']}`"]
    assert len(ranges) == len(named) + 1
    assert [one for one in ranges if one not in text] == []


@pytest.mark.parametrize("page", [RUNBOOK, DOCS / "setup.vi.md"], ids=lambda page: page.name)
def test_every_exit_code_is_explained(page: Path) -> None:
    codes = {(kind.exit_code, kind.__name__) for kind in errors.HailongError.__subclasses__()}
    found = re.findall(r"^\| (\d+) \| (?:`(.+?)`)? ?\|", page.read_text("utf-8"), re.MULTILINE)
    explained = {(int(code), begins) for code, begins in found}
    assert codes | {(0, ""), (1, ""), (2, "Usage"), (130, "stopped by"), (141, "")} == explained


@pytest.mark.parametrize("page", [PROJECT / "README.md", PROJECT / "README.vi.md"], ids=lambda page: page.name)
def test_a_readme_is_short_and_has_both_commands(page: Path) -> None:
    text = page.read_text("utf-8")
    assert len(text.splitlines()) <= 120
    assert "make demo " in text
    assert "make test " in text


def test_every_dependency_has_its_reason() -> None:
    named = set(SPAN.findall(DEPENDENCIES.read_text("utf-8")))
    assert set(dependencies()) - named == set()


def test_every_decision_is_listed_and_short() -> None:
    index = (PROJECT / "docs" / "README.md").read_text("utf-8")
    decisions = sorted((PROJECT / "docs" / "adr").glob("*.md"))
    assert [file.name for file in decisions if f"(adr/{file.name})" not in index] == []
    numbers = [file.name[:4] for file in decisions]
    assert sorted(set(numbers)) == numbers
    long = {file.name for file in decisions if len(file.read_text("utf-8").splitlines()) > 20}
    assert long == {DEPENDENCIES.name}  # it has a line for each


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see [a](nowhere.md)", "nowhere.md"),
        ("see [a](docs/nowhere/)", "docs/nowhere/"),
        ("see [a](README.md#no-such-heading)", "README.md#no-such-heading"),
        ("## Here\n[a](#there)", "#there"),
    ],
)
def test_a_broken_link_is_found(text: str, link: str) -> None:
    assert broken_links(PROJECT / "README.md", text) == [link]


def test_links_to_files_headings_and_others_are_taken() -> None:
    text = "[a](docs/runbook.md#exit-codes) [b](docs/) [c](https://example.org/x) `[d](nowhere.md)`"
    assert broken_links(PROJECT / "README.md", text) == []


@pytest.mark.parametrize(
    "call",
    [
        "hailong rank 2023-07",
        "hailong ranking 2023-07 --json",
        "hailong run --month 2023-07",
        "hailong --state /tmp run",
        "hailong run 2023-07; hailong go",
        'psql "$(hailong uri)"',
        "docker compose exec scheduler hailong stats 2023-07",
        "hailong source look 34",
        "hailong source check 34 --year 2023",
    ],
)
def test_a_command_that_does_not_exist_is_found(call: str) -> None:
    assert len(unknown_calls(f"Run:\n\n```sh\n{call}    # what for\n```\n")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "```sh\nhailong --config my-network run 2024-02 --only 34 --only=19; echo $?\n```",
        "```sh\nhailong --config my-network source check 34 --month 2023-07\n```",
        "type `hailong demo --stop 34`, or `hailong --help`",
        "```sql\ncreate database hailong owner hailong;\n```",
        "   ```sh\n   .venv/bin/hailong check 2023-07 | tee log\n   ```",
    ],
)
def test_commands_that_exist_are_taken(text: str) -> None:
    assert unknown_calls(text) == []


def test_a_setting_that_does_not_exist_is_found() -> None:
    text = "HAILONG_STATE, HAILONG_STAGE, AIRFLOW_CONN_TREASURY_34 and AIRFLOW_CONN_OFFICE_34"
    assert unknown_settings(text) == ["AIRFLOW_CONN_OFFICE", "HAILONG_STAGE"]
