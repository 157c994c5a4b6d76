"""The same texts from outside through every output: each command, page, paper, workbook, export, note, notice, letter.

They come in as the keys and codes of an office's database, as names of a configuration, as the reason and the name of
who publishes, and as the path in an error. An output that nothing here knows fails by its name.
"""

from __future__ import annotations

import inspect
import itertools
import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pypdf
import pytest
import typer
import yaml

from etl import escape, settings
from etl.cli.app import app
from etl.errors import Unfit
from etl.publishing import approval, data_package
from etl.reports import letters, markdown, notices, run_note, run_page
from tests.lib import kept, outside
from tests.lib.command_line import Result, hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import query
from tests.lib.networks import small_network, with_contacts
from tests.lib.outside import NASTY, Page
from tests.lib.slots import Slot

MONTH, OURS, THEIRS, AWAY, ODD = "2023-07", "19", "34", "48", "49"
CODES = (OURS, THEIRS, AWAY, ODD)
WHY, BY = f"đủ số liệu {' '.join(NASTY)}", '=[/] <b>"x"</b> \x1b[2J |`a` :smile: anna@x.example'
GOOD, LATE = 1_500, "late"
ODD_TABLE = f'[red]gone[-]:smile:\x1b[2J<b>`|"{{{{x}}}}\u202e{"w" * 5000}'
NAMES = tuple(unicodedata.normalize("NFC", text) for text in NASTY if text.strip())
"""What is declared is read in NFC."""
KEYS = tuple({text.strip(): text for text in NASTY}.values())
"""Two that differ by space around them alone are one key to us."""
FORMS = ("table", "csv", "json")
NOTHING_FROM_OUTSIDE = {
    # command: why none of the texts can be in what it says
    "demo": "it makes the network that is shipped",
    "airflow": "it says the demo's own address and users",
    "down": "it says the names of our servers",
    "url": "it says where the warehouse is",
    "init": "it says where it wrote; what a list of offices says is an error's, and escaped as those are",
    "migrate": "it says the names of our migrations",
    "dictionary": "it says the comments of our migrations",
    "sign": "it says the period, a number and the fingerprint of a key",
    "discard": "it says the period that it was asked for, a time and counts",
    "case conference": "it says a number",
    "case training": "it says a number",
    "case form": "it says where it wrote",
    "case read": "it says addresses of cells and our rules; tests/e2e/test_case_forms.py",
    "person forget": "it says numbers",
    "person confirm": "it says numbers",
    "case register": "it says keys of rows, and our rules; tests/e2e/test_case_registers.py",
    "case adopt": "it says numbers",
    "preview make": "it says a number and the name of a directory",
    "preview withdraw": "it says numbers",
    "preview answer": "it says numbers",
}
COMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    # command: how it is called; with what is run once for all, in RAN
    "run": (),
    "publish": (),
    "rate": (("rate", MONTH),),
    "status": tuple(("status", MONTH, "--format", form) for form in FORMS),
    "turned-away": tuple(
        ("turned-away", MONTH, *of, "--format", form) for of in ((), ("--of-no-month",)) for form in FORMS
    ),
    "check": (("check", MONTH),),
    "ranking": tuple(("ranking", MONTH, "--draft", "--format", form) for form in FORMS),
    "provinces": tuple(("provinces", MONTH, "--draft", "--format", form) for form in FORMS),
    "revisions": tuple(("revisions", MONTH, "--format", form) for form in FORMS),
    "diff": tuple(("diff", MONTH, "--from", "1", "--to", "0", "--format", form) for form in FORMS),
    "verify": (("verify", MONTH),),
    "export": (("export", MONTH),),
    "bulletin": (("bulletin", MONTH), ("bulletin", MONTH, "--revision", "0"), ("bulletin", MONTH, "--treasury", BY)),
    "upkeep": (("upkeep",),),
    "person show": (("person", "show", "--officer", f"{OURS}/{BY}"),),
    "person correct": (("person", "correct", "--officer", f"{OURS}/{BY}", "--text", WHY),),
    "person log": tuple(("person", "log", "--format", form) for form in FORMS),
    "preview list": tuple(("preview", "list", MONTH, "--format", form) for form in FORMS),
    "preview show": tuple(("preview", "show", MONTH, OURS, "--format", form) for form in FORMS),
    "preview object": (("preview", "object", MONTH, OURS, "--about", "landing", "--says", BY),),
    "preview objections": tuple(("preview", "objections", MONTH, "--format", form) for form in FORMS),
    "case open": (("case", "open", OURS, "--ground", "petition", "--petition", BY, "--note", WHY, "--owner", BY),),
    "case acknowledge": (("case", "acknowledge", "1", "--owner", BY),),
    "case review": (("case", "review", "1", "--root-cause", BY),),
    "case note": (("case", "note", "1", "--note", BY),),
    "case reply": (("case", "reply", "1", "--text", BY),),
    "case plan": (("case", "plan", OURS, "--case", "1", "--text", BY, "--owner", BY, "--due", "2030-01-04"),),
    "case assign": (
        ("case", "assign", OURS, BY, "--from", "2023-07-01"),
        ("case", "assign", BY, BY, "--from", "2023-07-01"),
    ),
    "case decide": (
        ("case", "decide", "1", "--outcome", "accepted", "--action", BY, "--as", BY, "--basis", BY, "--bars", "none"),
    ),
    "case act": (("case", "act", "1", "--bars", "none", "--note", BY),),
    "case measure": (("case", "measure", "1", "--note", BY),),
    "case close": (("case", "close", "1", "--no-action", BY),),
    "case confirm": (("case", "confirm", "1"), ("case", "confirm", "1", "--reject", BY)),
    "case reopen": (("case", "reopen", "1", "--why", BY),),
    "case list": tuple(("case", "list", "--format", form) for form in FORMS),
    "case due": tuple(("case", "due", "--all", "--format", form) for form in FORMS),
    "case show": tuple(("case", "show", "1", "--format", form) for form in FORMS),
    "login make": (("login", "make", BY, "--for", "treasury", "--treasury", BY),),
    "login end": (("login", "end", BY),),
    "login list": tuple(("login", "list", "--format", form) for form in FORMS),
    "login reads": (
        *(("login", "reads", "--format", form) for form in FORMS),
        ("login", "reads", "--login", BY),
    ),
    "source check": tuple(("source", "check", code, "--month", MONTH) for code in (THEIRS, AWAY, ODD)),
    "source new": (("source", "new", BY), ("source", "new", "cards")),
}
USAGE = tuple(
    (*words, text) for words in (("status",), ("ranking", MONTH, "--as-of"), ("run",), ()) for text in NASTY[:20]
)


def office(path: Path, key: str, is_late: bool = False) -> None:
    """A database of an office: good answers, one of each text whose codes nobody knows, and one of no month."""
    with sqlite3.connect(path) as database:
        database.execute("create table if not exists treasury (treasury_code text)")
        database.execute(
            "create table if not exists survey_response (response_id text, submitted_at text, unit_code text,"
            " officer_code text, procedure_code text, channel_code text, respondent_type_code text,"
            " respondent_ref text, harassment_reported text, comment text)"
        )
        database.execute("create table if not exists survey_answer (response_id text, criterion_code text, score text)")
        numbers = range(40) if is_late else range(GOOD)
        good = [(f"{key}{number}", NASTY[number % len(NASTY)], "false", None) for number in numbers]
        bad = [] if is_late else [(text, text, "false", text) for text in KEYS]
        if not is_late:
            database.execute("insert into treasury values (?)", [THEIRS])
        for code, officer, harassment, unknown in good + bad:
            row = (
                code,
                "2023-07-05 08:00:00",
                unknown,
                officer,
                unknown,
                unknown,
                unknown,
                officer,
                harassment,
                officer,
            )
            database.execute("insert into survey_response values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            level = "5" if hash_of(code) % 5 else "2"
            database.execute("insert into survey_answer values (?, 'officers_polite', ?)", (code, level))
        if not is_late:
            database.executemany("insert into survey_response (response_id) values (?)", [(text,) for text in KEYS])
    database.close()


def odd_office(path: Path) -> None:
    """A database of an office whose answers come from a table that is not there, with a name of 5,000 letters."""
    office(path, "odd-", is_late=True)
    quoted = ODD_TABLE.replace('"', '""')
    with sqlite3.connect(path) as database:
        database.execute("drop table survey_answer")
        database.execute(f'create view survey_answer as select * from "{quoted}"')
    database.close()


def hash_of(text: str) -> int:
    """A number of a text, the same each time."""
    return sum(text.encode())


def network(directory: Path) -> None:
    """Four treasuries of KBNN in which every name is a text of others."""
    config = small_network(directory, CODES)
    with_contacts(config, {THEIRS: "thai-binh@kbnn.example"})
    names = itertools.cycle(NAMES)
    for file in sorted(config.rglob("*.yaml")):
        declared = yaml.safe_load(file.read_text("utf-8"))
        rename(declared, names)
        for treasury in declared.get("treasuries", []) if isinstance(declared, dict) else []:
            if str(treasury["valid_from"]) > "2025":  # another office, now that it has another name
                treasury["connection"] = f"{treasury['code']}_later"
        file.write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
    office(directory / "office.sqlite", "good-")
    odd_office(directory / "odd.sqlite")
    connections = {f"treasury_{THEIRS}": f"sqlite:///{directory / 'office.sqlite'}"}
    connections[f"treasury_{ODD}"] = f"sqlite:///{directory / 'odd.sqlite'}"
    connections[f"treasury_{AWAY}"] = f"sqlite:///{directory}/[red]gone[-]:smile:\x1b[2J<b>`.sqlite"
    state = yaml.safe_load((settings.read().state / "connections.yaml").read_text("utf-8"))
    connections[f"treasury_{OURS}"] = state[f"treasury_{OURS}"]
    (directory / "connections.yaml").write_text(yaml.safe_dump(connections), "utf-8")


def rename(declared: Any, names: Iterator[str]) -> None:
    """Give everything that has a name another one."""
    if isinstance(declared, dict):
        for name, value in declared.items():
            if name in ("name_vi", "name_en"):
                declared[name] = next(names)
            else:
                rename(value, names)
    elif isinstance(declared, list):
        for value in declared:
            rename(value, names)


def published() -> dict[str, Result]:
    """The month, run and published, and run again after answers came late."""
    home = Path(settings.read().landing).parent
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HAILONG_CONNECTIONS", str(home / "connections.yaml"))
        environment.setenv("HAILONG_SOURCE_TRIES", "1")
        ran = hailong("run", MONTH)
        said = hailong("publish", MONTH, "--why", WHY, "--by", BY, "--provisional")
        office(home / "office.sqlite", LATE, is_late=True)
        again = hailong("run", MONTH)
    assert (ran.exit_code, said.exit_code, again.exit_code) == (4, 0, 4), (ran, said, again)
    return {"run": ran, "publish": said, "run again": again}


OUTSIDE = Kept("texts from outside", published, network)


@pytest.fixture(scope="module")
def month(slot: Slot, estate: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """The month, in one copy for all that is asked of it; on a terminal that is wide enough."""
    with (
        kept.lent(slot, OUTSIDE, tmp_path_factory.mktemp("outside")) as copy,
        pytest.MonkeyPatch.context() as environment,
    ):
        kept.enter(environment, copy.url, copy.home)
        file = copy.home / "connections.yaml"
        urls: dict[str, str] = yaml.safe_load(file.read_text("utf-8"))
        here = {name: f"sqlite:///{copy.home}/{url.rpartition('/')[2]}" for name, url in urls.items() if "///" in url}
        file.write_text(yaml.safe_dump({**urls, **here}), "utf-8")
        environment.setenv("HAILONG_CONNECTIONS", str(copy.home / "connections.yaml"))
        environment.setenv("HAILONG_SOURCE_TRIES", "1")
        environment.setenv("HAILONG_NOTICE_TO", "ratings@kbnn.example")
        environment.setenv("COLUMNS", "20000")
        yield copy


@pytest.fixture(scope="module")
def names(month: Copy) -> dict[str, list[str]]:
    """The names of the treasuries, and the keys that were turned away, as the warehouse has them."""
    treasuries = query("select distinct treasury_code, treasury_name_vi, treasury_name_en from mart.treasury_ranking")
    keys = query("select distinct response_key from ops.turned_away where survey_month = '2023-07-01'")
    of_none = query("select distinct response_key from ops.row_of_no_month")
    return {
        "treasuries": [row["treasury_name_vi"] for row in treasuries],
        "treasuries in English": [row["treasury_name_en"] for row in treasuries],
        "keys": [row["response_key"] for row in keys],
        "keys of no month": [row["response_key"] for row in of_none],
    }


def commands() -> list[str]:
    """Every command that there is, by its words."""
    root: Any = typer.main.get_command(app)
    families = {name: command for name, command in root.commands.items() if hasattr(command, "commands")}
    inside = [f"{name} {command}" for name, family in families.items() for command in family.commands]
    return sorted([*(root.commands.keys() - families.keys()), *inside])


def test_every_command_is_asked_here_or_has_a_reason_not_to_be() -> None:
    assert commands() == sorted([*COMMANDS, *NOTHING_FROM_OUTSIDE])


def test_the_texts_have_come_in(month: Copy, names: dict[str, list[str]]) -> None:
    assert {name: result.exit_code for name, result in month.result.items()} == {"run": 4, "publish": 0, "run again": 4}
    assert len(names["keys"]) >= len(KEYS) - 4
    assert len(names["keys of no month"]) >= len(KEYS) - 4
    assert "! no month selects" in hailong("source", "check", THEIRS, "--month", MONTH).stdout
    assert len(set(names["treasuries"])) == len(CODES)


@pytest.mark.parametrize("command", ["run", "publish", "run again"])
def test_what_a_run_and_a_publication_say_steers_nothing(month: Copy, command: str) -> None:
    result = month.result[command]
    assert outside.steering(result.stdout + result.stderr) == set()
    assert "Traceback" not in result.stderr
    if command.startswith("run"):
        assert "gone" in result.stdout + result.stderr


@pytest.mark.parametrize(
    "words", [words for asked in COMMANDS.values() for words in asked], ids=lambda words: ascii(" ".join(words))
)
def test_a_command_shows_what_it_was_sent_and_nothing_steers(
    words: tuple[str, ...], month: Copy, names: dict[str, list[str]]
) -> None:
    result = hailong(*words)
    assert "Traceback" not in result.stderr
    assert result.exit_code in (0, 2, 3, 4, 5, 7), result.stderr
    form = words[words.index("--format") + 1] if "--format" in words else "table"
    expected = {
        "status": names["treasuries"],
        "turned-away": names["keys of no month" if "--of-no-month" in words else "keys"],
        "ranking": names["treasuries"],
        "revisions": [WHY, BY],
        "diff": [],
        "case": [BY] if words[1:2] in (("list",), ("show",)) else [],
    }.get(words[0], [])
    assert outside.steering(result.stderr) == set()
    if form == "json":
        texts = set(outside.of_json(json.loads(result.stdout)))
        assert [text for text in expected if text not in texts] == []
        assert outside.steering(result.stdout) == set()
    elif form == "csv":
        cells = outside.of_csv(result.stdout, escape.GUARDED)
        texts = set(itertools.chain.from_iterable(cells))
        assert [text for text in expected if text not in texts] == []
        bare = itertools.chain.from_iterable(outside.of_csv(result.stdout, re.compile("(?!)")))
        assert [cell for cell in bare if not outside.is_harmless_cell(cell)] == []
    else:
        assert outside.steering(result.stdout) == set()
        assert outside.lacking(result.stdout, expected) == []


@pytest.mark.parametrize("words", USAGE, ids=lambda words: ascii(" ".join(words)))
def test_wrong_usage_repeats_nothing_that_steers(words: tuple[str, ...], month: Copy) -> None:
    result = hailong(*words)
    assert result.exit_code in (2, 5)
    assert outside.steering(result.stdout + result.stderr) == set()


def files_of(month: Copy) -> list[Path]:
    """The files that people get: pages, bulletins, exports."""
    hailong("bulletin", MONTH)
    hailong("bulletin", MONTH, "--revision", "0")
    hailong("export", MONTH)
    return sorted(
        file for place in ("reports", "bulletins") for file in (month.home / place).rglob("*") if file.is_file()
    )


@pytest.mark.deep
@pytest.mark.thorough
def test_every_file_shows_the_texts_as_texts(month: Copy, names: dict[str, list[str]]) -> None:
    readers = {".html": html, ".xlsx": xlsx, ".pdf": pdf, ".json": as_json, ".csv": as_csv, ".parquet": parquet}
    found = files_of(month)
    assert {file.suffix for file in found} == set(readers)
    for file in found:
        assert re.fullmatch(r"[A-Za-z0-9_.-]+", file.name)
        readers[file.suffix](file, names)


def html(file: Path, names: dict[str, list[str]]) -> None:
    """A page has the texts, and no element or attribute of theirs."""
    page = Page(file.read_text("utf-8"))
    assert {"img", "b", "z"} & set(page.elements) == set(), file
    assert [name for name in page.attributes if name.startswith("on")] == [], file
    assert page.elements.count("script") == (1 if file.parent.name in ("draft", "revision-1") else 0), file
    assert outside.steering("".join(page.texts), "\n\t") == set(), file
    assert [value for value in page.values if outside.steering(value)] == [], file
    sent = {
        "index.vi": names["treasuries"],
        "index.en": names["treasuries in English"],
        "validation": names["treasuries"],
    }
    if file.parent.parent.name == MONTH or file.stem == "validation":
        assert outside.lacking(page.text, sent.get(file.stem, []), "\n") == [], file
    if file.name == "index.vi.html" and file.parent.name == "revision-1":
        assert outside.lacking(page.text, [WHY], "\n") == []


def xlsx(file: Path, names: dict[str, list[str]]) -> None:
    """A workbook has the texts, and no formula but ours."""
    cells = [cell for sheet in openpyxl.load_workbook(file) for row in sheet.iter_rows() for cell in row]
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert [formula for formula in formulas if not re.fullmatch(r"=[A-Z]+[0-9]+/[A-Z]+[0-9]+", formula)] == []
    texts = {str(cell.value) for cell in cells if cell.data_type == "s"}
    assert outside.lacking("\n".join(texts), names["treasuries"] + names["treasuries in English"], "\n") == []
    tempting = [cell for cell in cells if cell.data_type == "s" and str(cell.value).startswith(("=", "+", "-", "@"))]
    assert tempting
    assert all(cell.quotePrefix for cell in tempting if cell.row > 4)


def pdf(file: Path, names: dict[str, list[str]]) -> None:
    """A paper has what its font can show."""
    text = "".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    assert "".join(text.split())
    sent = names["treasuries" if ".vi." in file.name else "treasuries in English"]
    if file.name.startswith("conference-"):  # it is of one office
        language = file.name.split(".")[1]
        own = query(f"select distinct treasury_code, treasury_name_{language} as name from mart.treasury_ranking")
        sent = [row["name"] for row in own if file.name == f"conference-{row['treasury_code']}.{language}.pdf"]
        assert len(sent) == 1
    seen = "".join(text.split())
    lacking = [name for name in sent if name.isascii() and "".join(outside.shown(name, "\n").split()) not in seen]
    assert lacking == [], file


def as_json(file: Path, names: dict[str, list[str]]) -> None:
    """What programs read is JSON."""
    assert list(outside.of_json(json.loads(file.read_text("utf-8"))))


def as_csv(file: Path, names: dict[str, list[str]]) -> None:
    """CSV without its guard says what Parquet says, and no cell of it is a formula."""
    package = json.loads(file.with_name(data_package.DESCRIPTOR).read_text("utf-8"))
    (about,) = [resource for resource in package["resources"] if resource["path"] == file.name]
    text = file.read_bytes().decode()
    heading, *rows = outside.of_csv(text, re.compile(about["formulaGuard"]["pattern"]))
    for name in ("treasury_name_vi", "treasury_name_en", "unit_name_vi", "criterion_name_vi", "member_name_vi"):
        if name in heading:
            stored = pq.read_table(file.with_suffix(".parquet")).column(name).to_pylist()
            assert [row[heading.index(name)] for row in rows] == [value or "" for value in stored]
    bare = itertools.chain.from_iterable(outside.of_csv(text, re.compile("(?!)")))
    assert [cell for cell in bare if not outside.is_harmless_cell(cell)] == []


def parquet(file: Path, names: dict[str, list[str]]) -> None:
    """Parquet has the texts as they are."""
    if file.stem == "treasury_ranking":
        assert set(pq.read_table(file).column("treasury_name_vi").to_pylist()) == set(names["treasuries"])


def newest_run() -> str:
    """The last run that judged answers; there may be others that only rated."""
    judged = "select run_id from ops.validation where door = 'answers'"
    runs = query(f"select run_id from ops.run where run_id in ({judged}) order by started_at")
    return str(runs[-1]["run_id"])


def public(module: ModuleType) -> set[str]:
    """The functions of a module that others call."""
    functions = inspect.getmembers(module, inspect.isfunction)
    return {name for name, one in functions if one.__module__ == module.__name__ and not name.startswith("_")}


def test_every_note_shows_the_texts_and_marks_nothing_up(month: Copy, names: dict[str, list[str]]) -> None:
    run_id = newest_run()
    plain = {"table", "paragraph", "heading", "code", "list"}
    decision, unopened = approval.Decision(BY, WHY), Unfit(WHY, next_action=BY)
    told = {
        "of_run": run_note.of_run(run_id),
        "note_of_run": run_note.note_of_run(run_id),
        "of_draft": run_note.of_draft(MONTH),
        "of_publication": run_note.of_publication(MONTH, 1, decision, [unopened]),
        "of_nothing_new": run_note.of_nothing_new("nothing is new", [unopened]),
    }
    assert public(run_note) - {"missing", "beside"} == set(told)  # the latter is escaped by who shows it
    assert public(markdown) == {"listed", "link", "table"}
    missing = [row["treasury_name_vi"] for row in run_note.missing(MONTH)]
    for name, text in told.items():
        said, marks = outside.of_markdown(text)
        foreign = {mark.removesuffix("_open") for mark in marks} & {
            "image",
            "link",
            "html_inline",
            "html_block",
            "heading",
        }
        assert foreign == set(), name
        assert outside.steering(text) == set(), name
        assert outside.lacking(said, [WHY, BY] if name in ("of_publication", "of_nothing_new") else missing) == [], (
            name,
            plain,
        )
    assert len(told["note_of_run"]) <= 1000


def test_every_notice_and_letter_has_a_head_of_one_line_and_the_texts(month: Copy, names: dict[str, list[str]]) -> None:
    run_id = newest_run()
    told = [
        *notices.of_run(run_id, f"http://airflow.example/{run_id}"),
        *notices.lasting(),
        *notices.overdue(),
        notices.of_failure("monthly_ratings", WHY),
        notices.of_deadline("monthly_ratings", WHY, query("select now() as due")[0]["due"]),
        *letters.of_revision(MONTH, 1),
    ]
    assert public(notices) == {"of_run", "lasting", "overdue", "of_failure", "of_deadline", "claimed"}
    assert public(letters) == {"of_revision"}
    for notice in filter(None, told):
        assert outside.steering(notice.subject, "") == set()
        assert len(notice.subject) <= 200
        assert outside.steering(notice.text) == set()
        page = Page(f"<div>{escape.html(notice.text)}</div>")
        assert page.elements == ["div"]
        assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", name) for name, _ in notice.attached)
    away = [notice.text for notice in told if notice and notice.kind == "missing"]
    missing = [row["treasury_name_vi"] for row in run_note.missing(MONTH)]
    assert (len(away), outside.lacking("".join(away), missing)) == (2, [])


def test_what_a_database_says_itself_is_short_and_harmless_wherever_it_is_shown(month: Copy) -> None:
    (row,) = query(f"select treasury_state, error_message from mart.month_quality where treasury_code = '{ODD}'")
    assert row["treasury_state"] == "refused"
    said = row["error_message"]
    assert "no such table: main.(red)gone(-)" in said
    theirs = said.partition(f", {MONTH}: ")[2]  # the office's name before it may have brackets and lines
    assert (len(said) < 400, set("[]<>`|{}") & set(theirs), outside.steering(theirs, "")) == (True, set(), set())
    table, in_csv, in_json = (hailong("status", MONTH, "--format", form).stdout for form in FORMS)
    assert said in itertools.chain.from_iterable(outside.of_csv(in_csv, escape.GUARDED))
    assert said in outside.of_json(json.loads(in_json))
    told = {"table": table, "question": run_note.of_draft(MONTH), "note": run_note.of_run(newest_run())}
    told["notices"] = "".join(notice.text for notice in notices.of_run(newest_run()))
    told["check"] = hailong("source", "check", ODD, "--month", MONTH).stderr
    told["page"] = "".join(Page(run_page.tab(newest_run())[1]).texts)
    for name, text in told.items():
        assert "no such table: main." in text, name
        assert "w" * 200 not in text, name
        assert outside.steering(text, "\n\t" if name == "page" else "\n") == set(), name


def test_every_page_of_a_run_shows_the_texts(month: Copy, names: dict[str, list[str]]) -> None:
    run_id = newest_run()
    assert public(run_page) == {"of_run", "month_of", "write", "page", "tab", "tab_of_another", "plain_page"}
    pages = {
        "tab": run_page.tab(run_id)[1],
        "of nobody": run_page.tab(WHY)[1],
        "of another": run_page.tab_of_another(WHY)[1],
        "plain": run_page.plain_page(WHY, BY, WHY),
    }
    for name, html_text in pages.items():
        page = Page(html_text)
        assert {"img", "b", "z", "script"} & set(page.elements) == set(), name
        assert outside.steering("".join(page.texts), "\n\t") == set(), name
        assert outside.lacking(page.text, names["treasuries"] if name == "tab" else [WHY], "\n") == [], name
    keys = query("select offending_keys from ops.validation where run_id = '" + run_id + "'")
    shown = [key for row in keys for key in row["offending_keys"]]
    assert shown
    assert outside.lacking(Page(pages["tab"]).text, shown, "\n") == []


def test_every_template_is_one_that_is_rendered_here() -> None:
    folder = Path(run_page.__file__).parent
    assert {str(file.relative_to(folder)) for file in folder.rglob("*.j2")} == {
        "run_page.html.j2", "plain_page.html.j2", "bulletin/page/base.html.j2", "bulletin/page/bulletin.html.j2",
        "bulletin/page/treasury.html.j2", "bulletin/page/parts.html.j2", "bulletin/page/contents.html.j2",
        "bulletin/page/quality.html.j2",
    }  # fmt: skip


def test_the_marts_and_a_copy_hold_the_texts_as_they_came(month: Copy, names: dict[str, list[str]]) -> None:
    sent = {text.strip() for text in NASTY}
    assert [key for key in names["keys"] if key not in sent and not re.fullmatch("#?[0-9]+|good-[0-9]+", key)] == []


def test_a_table_of_the_dashboards_shows_html_as_text() -> None:
    for file in sorted((settings.PACKAGE.parent / "bi" / "assets" / "charts").glob("*.yaml")):
        chart = yaml.safe_load(file.read_text("utf-8"))
        assert chart["viz_type"] != "handlebars"
        if chart["viz_type"] == "table":
            assert chart["params"]["allow_render_html"] is False, file
