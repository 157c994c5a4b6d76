"""The command line in Vietnamese: help, wrong usage, errors and tables; what programs read stays as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from etl import errors, settings
from etl.cli.app import app
from etl.vietnamese import said
from tests.lib.command_line import hailong, in_a_process
from tests.lib.vietnamese_words import foreign

ROOT = typer.main.get_command(app)
COMMANDS = ["", *sorted(ROOT.commands), "source check", "source new"]  # type: ignore[attr-defined]
WRITTEN = {
    # what is written as it is typed, names of products, and placeholders
    *("hailong", "OPTIONS", "COMMAND", "ARGS", "MONTH", "PERIOD", "TREASURY", "KIND", "DIRECTORY", "FILE", "TEXT"),
    *("PLACE", "DATE", "NAME", "YYYY", "MM", "DD", "Airflow", "Ctrl", "Markdown", "Parquet", "Data", "Package"),
    *("SQLite", "MariaDB", "mysql", "fsspec", "shell", "csv", "CSV", "json", "table", "yaml", "dictionary", "docs"),
    *("code", "region", "int", "range", "str", "default", "postgresql", "sqlite", "mssql", "oracle", "LANG", "INT"),
    *("HAILONG", "URL", "treasuries", "databases", "cst", "source", "check", "name", "md", "Path", "dialect"),
    "preview",
}
WRONG = [
    # what is typed                           | what is told
    (("rnking", "2023-07"),                     "Lỗi: Không có lệnh 'rnking'. Có phải ý là 'ranking'?"),
    (("ranking",),                              "Lỗi: Thiếu tham số 'PERIOD'."),
    (("ranking", "2023-77"),                    "Lỗi: Giá trị không hợp lệ cho 'PERIOD': '2023-77' không phải là tháng "
                                                "khảo sát; ghi tháng theo dạng YYYY-MM, ví dụ 2023-07"),
    (("ranking", "2023-07", "--revison", "1"),  "Lỗi: Không có tùy chọn: --revison (có thể dùng: --revision)"),
    (("ranking", "2023-07", "--revision", "x"), "Lỗi: Giá trị không hợp lệ cho '--revision': phải là số nguyên"),
    (("ranking", "2023-07", "--format", "xml"), "Lỗi: Giá trị không hợp lệ cho '--format': 'xml' không phải một trong "
                                                "'table', 'csv', 'json'."),
    (("ranking", "2023-07", "more"),            "Lỗi: Thừa tham số (more)"),
    (("publish", "2023-07"),                    "Lỗi: Thiếu tùy chọn '--why'."),
    (("turned-away", "2023-07", "--treasury"),  "Lỗi: Tùy chọn '--treasury' cần một giá trị."),
    (("--nope",),                               "Lỗi: Không có tùy chọn: --nope"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and an environment without a language, which a command may set."""
    monkeypatch.setenv("HAILONG_LANG", "en")
    monkeypatch.setenv("HAILONG_STATE", str(tmp_path / ".hailong"))
    monkeypatch.delenv("HAILONG_WAREHOUSE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_vietnamese(command: str) -> None:
    shown = hailong("--lang", "vi", *command.split(), "--help")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("Cách dùng: hailong ")
    lines = [line.rpartition("  ")[2] for line in shown.stdout.splitlines()[1:]]
    assert foreign(" ".join(lines)) - WRITTEN == set()
    assert "..." not in shown.stdout.partition("Các lệnh:")[2]


@pytest.mark.parametrize(
    ("words", "says"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
@pytest.mark.parametrize("asked", [("--lang", "vi"), ("--lang=vi",)], ids=" ".join)
def test_wrong_usage_is_told_in_vietnamese(asked: tuple[str, ...], words: tuple[str, ...], says: str) -> None:
    told = hailong(*asked, *words)
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.splitlines()[-1] == says
    assert "Usage" not in told.stderr


def test_the_setting_speaks_as_the_option_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_LANG", "vi")
    assert "tất cả các lệnh: hailong --help" in hailong().stdout
    assert "all commands: hailong --help" in hailong("--lang", "en").stdout


def test_an_error_is_told_with_its_kind_and_the_next_action() -> None:
    told = hailong("--lang", "vi", "status", "2023-07")
    assert told.exit_code == errors.Misdeclared.exit_code
    kind, action = told.stderr.splitlines()
    assert kind.startswith("Sai cấu hình: không có kho dữ liệu trong ")
    assert action.startswith("→ chuyển đến thư mục đã tạo kho dữ liệu")


@pytest.mark.parametrize("language", ["fr", "VI", "tiếng Việt"])
def test_another_language_is_wrong(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hailong("--lang", language, "status", "2023-07").exit_code == 2
    monkeypatch.setenv("HAILONG_LANG", language)
    told = hailong("status", "2023-07")
    assert told.exit_code == errors.Misdeclared.exit_code
    assert f"HAILONG_LANG={language} says nothing" in told.stderr
    with pytest.raises(errors.Misdeclared):
        settings.language()


def test_the_language_of_a_bulletin_is_not_that_of_the_command() -> None:
    assert "there is no warehouse" in hailong("bulletin", "2023-07", "--lang", "vi").stderr


def test_english_loads_no_catalogue() -> None:
    code = "import sys; from etl.cli.process import run; run(['--help']); sys.exit('babel' in sys.modules)"
    assert in_a_process("--help").exit_code == 0
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_tables_speak_and_what_programs_read_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    from etl.cli import output
    from etl.cli.options import Format

    settings.use_language("vi")
    error = "34 KBNN Thái Bình, 2023-07: the database refuses the role 'guest' or its password"
    rows = [{"treasury_code": "34", "treasury_state": "unavailable", "loaded_count": 0, "error_message": error}]
    columns = {"treasury_code": "code", "treasury_state": "state", "loaded_count": "loaded", "error_message": "error"}
    output.begin()
    output.write_rows(rows, Format.table, columns)
    heading, row = (line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()[:2])
    assert (heading[0], heading[1].split()) == ("mã", ["tình", "trạng", "đã", "nạp", "lỗi"])
    assert row[1].startswith("không lấy được số liệu")
    assert said(error, "vi") in row[1]
    for form in (Format.csv, Format.json):
        output.write_rows(rows, form, columns)
        written = capsys.readouterr().out
        assert error in written
        assert "unavailable" in written
    assert json.loads(written) == rows
