"""The command line before it asks a warehouse: help, wrong usage, what is not there, encodings, pipes and signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import typer

from etl import __version__, errors
from etl.cli import output, process
from etl.cli.app import app
from etl.cli.options import Format
from etl.cli.source import DialectName
from etl.publishing import data_package
from etl.source.starter import Dialect
from tests.lib.command_line import hailong

MONTH = "2023-07"
HEAVY = {"great_expectations", "numpy", "pandas", "psycopg", "pyarrow", "pydantic", "rich", "sqlalchemy", "yaml"}
WRONG = [
    # words                                                              | says
    (("run", "July"),                                                      "'July' is not a survey month"),
    (("run", "--from", "2023-05"),                                         "give --from and --to, and no MONTH"),
    (("run", "--from", "2023-07", "--to", "2023-05"),                      "2023-05 is before 2023-07"),
    (("status", "2023-7"),                                                 "YYYY-MM"),
    (("ranking", "2023-13"),                                               "YYYY-MM"),
    (("ranking", ""),                                                      "YYYY-MM"),
    (("ranking", MONTH, "--as-of", "soon"),                                "'soon' is no day"),
    (("ranking", MONTH, "--as-of", "2023-02-29"),                          "write it as YYYY-MM-DD"),
    (("ranking", MONTH, "--format", "xml"),                                "--format"),
    (("ranking", MONTH, "--revision", "-1"),                               "--revision"),
    (("ranking", MONTH, "--revision", "1", "--draft"),                     "only one of --draft and --revision"),
    (("provinces", MONTH, "--revision", "1", "--draft"),                   "only one of --draft and --revision"),
    (("diff", MONTH, "--from", "-1"),                                      "--from"),
    (("verify", MONTH, "--revision", "0"),                                 "--revision"),
    (("export", MONTH, "--revision", "0"),                                 "--revision"),
    (("discard",),                                                         "PERIOD"),
    (("publish", MONTH),                                                   "--why"),
    (("publish", MONTH, "--why", " "),                                     "it says nothing"),
    (("publish", MONTH, "--why", "complete", "--by", ""),                  "it says nothing"),
    (("bulletin", MONTH, "--lang", "fr"),                                  "'fr' is not one of 'vi', 'en'"),
    (("run", MONTH, "--only", "99"),                                       "no treasury is called '99' in 2023-07"),
    (("run", MONTH, "--only", "thai bin"),                                 "did you mean 34 KBNN Thái Bình"),
    (("run", MONTH, "--only", "34", "--only", "Bình"),                     "may be one of 4: 17 KBNN Hòa Bình, "),
    (("source", "check", "thai bin"),                                      "no treasury is called 'thai bin'"),
    (("demo", "--stop", "99"),                                             "no treasury is called '99'"),
    (("upkeep", "--revisions", "-1"),                                      "--revisions"),
    (("demo", "--responses", "0"),                                         "--responses"),
    (("source", "check", "34", "--month", "2023"),                         "YYYY-MM"),
    (("source", "new", "cards", "--dialect", "db2"),                       "--dialect"),
    (("case", "show", "0"),                                                "CASE"),
    (("case", "open", "34", "--ground", "rumour"),                         "'rumour' is not one of"),
    (("case", "open", "34", "--ground", "petition"),                       "say what it stands on"),
    (("case", "open", "34", "--ground", "petition", "--petition", "1", "--revision", "x/1"), "give one of --revision"),
    (("case", "open", "34", "--ground", "petition", "--revision", "x"),    "write it as PERIOD/NUMBER"),
    (("case", "open", "34", "--ground", "petition", "--response", "2023-07"), "write it as MONTH/KEY"),
    (("case", "decide", "1", "--outcome", "accepted", "--action", "talk", "--as", "x", "--basis", "x"), "--bars"),
    (("case", "reopen", "1"),                                              "--why"),
    (("case", "measure", "1", "--finding", "good"),                        "'good' is not one of"),
    (("case", "reply", "1", "--text", "x", "--correction", "--answers", "2"), "only one of --correction"),
    (("case", "conference", "34", "--on", "2023-08-08", "--revision", "x", "--attendance", "5", "--agreed", "x"),
                                                                           "write it as PERIOD/NUMBER"),
    (("case", "training", "34", "--on", "2023-08-08", "--topic", "x", "--attendance", "0"), "--attendance"),
    (("person", "show"),                                                   "name one person"),
    (("person", "show", "--officer", "34"),                                "write it as TREASURY/CODE"),
    (("person", "show", "--officer", "34/x", "--person", "1"),             "name one person"),
    (("person", "forget", "--officer", "34/x"),                            "say why with --why"),
    (("person", "correct", "--person", "1", "--text", " "),                "it says nothing"),
    (("person", "log", "--days", "0"),                                     "--days"),
    (("rankings", MONTH),                                                  "Did you mean 'ranking'"),
]  # fmt: skip
READING = [
    ("ranking", MONTH),
    ("provinces", MONTH),
    ("status", MONTH),
    ("turned-away", MONTH),
    ("revisions", MONTH),
    ("diff", MONTH),
    ("check", MONTH),
    ("rate", MONTH),
    ("discard", MONTH),
    ("publish", MONTH, "--why", "complete"),
    ("verify", MONTH),
    ("export", MONTH),
    ("bulletin", MONTH),
    ("dictionary",),
    ("upkeep",),
    ("url",),
    ("url", "--reader"),
    ("case", "list"),
    ("person", "show", "--person", "1"),
    ("person", "forget", "--person", "1", "--why", "asked"),
    ("person", "confirm", "1"),
    ("person", "log"),
    ("case", "show", "1"),
    ("case", "due"),
    ("case", "open", "34", "--ground", "petition", "--petition", "12"),
    ("case", "acknowledge", "1"),
    ("case", "confirm", "1"),
    ("case", "plan", "34", "--text", "x", "--owner", "x", "--due", "2027-01-04"),
    ("case", "training", "34", "--on", "2023-08-08", "--topic", "x", "--attendance", "5"),
    ("case", "assign", "34", "CB-1", "--from", "2023-08-08"),
]
TABLE = [
    {"code": "34", "name": "KBNN Thái Bình", "rows": 263, "error": "the database of the office does not answer at all"}
]


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and an environment that says nothing."""
    for name in [name for name in os.environ if name.startswith("HAILONG_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("words", "says"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_wrong_usage_is_told_before_anything_is_made(words: tuple[str, ...], says: str, nowhere: Path) -> None:
    told = hailong(*words)
    assert (told.exit_code, told.stdout) == (2, "")
    assert says in told.stderr
    assert len([line for line in told.stderr.splitlines() if line.startswith("Error:")]) == 1
    assert list(nowhere.iterdir()) == []


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_without_a_warehouse_a_reading_command_makes_none_and_says_where_it_looked(
    words: tuple[str, ...], nowhere: Path
) -> None:
    told = hailong(*words)
    assert (told.exit_code, told.stdout) == (errors.Misdeclared.exit_code, "")
    assert str(nowhere / ".hailong") in told.stderr
    assert "HAILONG_STATE" in told.stderr
    assert list(nowhere.iterdir()) == []


def test_without_a_warehouse_hailong_alone_says_how_to_begin(nowhere: Path) -> None:
    told = hailong()
    assert (told.exit_code, told.stderr) == (0, "")
    first, begin, more = told.stdout.splitlines()
    assert f"there is no warehouse in {nowhere / '.hailong'}" in first
    assert ("hailong demo" in begin, more) == (True, "all commands: hailong --help")
    assert list(nowhere.iterdir()) == []


@pytest.mark.parametrize("words", [("demo", "--stop", "34"), ("demo", "--start", "34")], ids=" ".join)
def test_without_a_demo_none_of_its_offices_is_stopped(words: tuple[str, ...], nowhere: Path) -> None:
    told = hailong(*words)
    assert (told.exit_code, "there is no demo in" in told.stderr) == (errors.Misdeclared.exit_code, True)
    assert list(nowhere.iterdir()) == []


def test_where_no_server_runs_down_says_so(nowhere: Path) -> None:
    told = hailong("down")
    assert (told.exit_code, told.stdout) == (0, "")
    assert f"no embedded server runs in {nowhere / '.hailong'}" in told.stderr


def test_a_run_that_cannot_begin_makes_no_server(nowhere: Path) -> None:
    assert hailong("run", "2001-01").exit_code == errors.Misdeclared.exit_code
    assert list(nowhere.iterdir()) == []


def test_the_version_is_told() -> None:
    assert hailong("--version") == hailong("--version", "ranking")
    assert hailong("--version").stdout == f"hailong {__version__}\n"


def test_help_names_every_command_in_a_line_of_its_own() -> None:
    shown = hailong("--help")
    assert shown.exit_code == 0
    listed = {line.split()[0] for line in shown.stdout.partition("Commands:")[2].splitlines() if line}
    assert listed == set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert "..." not in shown.stdout.partition("Commands:")[2]


def test_help_loads_nothing_that_it_does_not_show() -> None:
    code = "import sys; from etl.cli.app import app; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert set(loaded.split()) & HEAVY == set()


def test_the_dialects_are_those_of_the_starting_files() -> None:
    assert get_args(DialectName) == tuple(Dialect)


def test_the_shell_completes_commands_and_the_months_that_were_run(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (MONTH, "2023-06", "pages"):
        (nowhere / ".hailong" / "reports" / name).mkdir(parents=True)
    monkeypatch.setenv("_HAILONG_COMPLETE", "complete_bash")
    for written, completed in (("hailong rank", ["ranking"]), ("hailong status 2023", ["2023-06", MONTH])):
        monkeypatch.setenv("COMP_WORDS", written)
        monkeypatch.setenv("COMP_CWORD", str(written.count(" ")))
        assert hailong().stdout.split() == completed


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("ascii", "+ KBNN Thai Binh: 1-39 -> xuat sac, Dak Lak ..."),
        ("latin-1", "+ KBNN Thái Bình: 1-39 -> xuat sac, Dak Lak ..."),
        ("utf-8", "✓ KBNN Thái Bình: 1–39 → xuất sắc, Đắk Lắk …"),
    ],
)
def test_what_an_encoding_lacks_is_written_in_plain_letters(encoding: str, written: str) -> None:
    output.begin()
    text = "✓ KBNN Thái Bình: 1–39 → xuất sắc, Đắk Lắk …"
    assert text.encode(encoding, "plain letters").decode(encoding) == written


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_message_survives_every_encoding_of_the_terminal(encoding: str, nowhere: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "etl", "--config", "/đắk/lắk", "run", MONTH],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    said = done.stderr.decode(encoding)
    assert (done.returncode, "Traceback" in said) == (errors.Misdeclared.exit_code, False)
    assert ("/dak/lak" in said, "/đắk/lắk" in said) == (encoding != "utf-8", encoding == "utf-8")


def test_rows_for_programs_stay_utf_8_in_a_pipe() -> None:
    code = (
        "from etl.cli import output; from etl.cli.options import Format; output.begin();"
        "[output.write_rows([{'name': 'Đắk Lắk'}], form, {'name': 'name'}) for form in (Format.csv, Format.json)]"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout.decode("utf-8") == 'name\nĐắk Lắk\n[\n {\n  "name": "Đắk Lắk"\n }\n]\n'


@pytest.mark.parametrize(
    ("width", "headings", "left_out"),
    [
        (100, ["code", "treasury", "rows", "error"], None),
        (40, ["code", "treasury", "error"], "rows"),
        (10, ["code", "treasury", "error"], "rows"),
    ],
)
def test_a_narrow_terminal_is_shown_what_matters_and_told_what_is_left_out(
    width: int,
    headings: list[str],
    left_out: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    output.begin()
    columns = {"code": "code", "name": "treasury", "rows": "rows", "error": "error"}
    output.write_rows(TABLE, Format.table, columns, essential=("code", "name", "error"))
    shown, said = capsys.readouterr()
    assert max(map(len, shown.splitlines())) <= width
    if width > 10:
        assert shown.splitlines()[0].split() == headings
        assert "KBNN Thái Bình" in shown
    assert (f"left out for want of room: {left_out} " in said) == (left_out is not None)


def test_whoever_stops_reading_is_not_told_of_it() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-m", "etl", "--help"], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(("number", "code", "name"), [(signal.SIGINT, 130, "Ctrl-C"), (signal.SIGTERM, 143, "SIGTERM")])
def test_a_signal_ends_a_command_with_one_line_that_repeats_no_password(
    number: int, code: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", "postgresql://warehouse.invalid/hailong")
    monkeypatch.setattr(data_package, "export", lambda *_: signal.raise_signal(number))
    before = signal.getsignal(signal.SIGINT)
    told = hailong("export", MONTH, "--to", "s3://anna:secret@bucket/data")
    assert signal.getsignal(signal.SIGINT) is before
    assert (told.exit_code, told.stdout) == (code, "")
    assert told.stderr.splitlines() == [
        f"stopped by {name}: nothing is half-written; to start over: hailong export {MONTH} --to s3://…@bucket/data"
    ]


@pytest.mark.usefixtures("nowhere")
def test_a_second_signal_does_not_disturb_the_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []

    def export(*_: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)
            ended.append(True)

    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", "postgresql://warehouse.invalid/hailong")
    monkeypatch.setattr(data_package, "export", export)
    assert (hailong("export", MONTH).exit_code, ended) == (130, [True])


def test_a_worker_takes_a_signal_in_silence() -> None:
    stop = process.Stop()
    child = os.fork()
    if not child:
        stop(signal.SIGINT, None)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130
    assert stop.signal_number is None
