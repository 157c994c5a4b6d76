"""Any YAML that somebody may write is read, or refused with its file and line: no traceback, no other value."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from etl import settings
from etl.errors import Misdeclared
from etl.registry import document, load, rule_sets
from etl.registry.maps import load as load_maps
from etl.source import address

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
# fmt: off
WRONG = {
    # what                     | the file                                    | its line | is told
    "nested lists":             (b"a:\n- " + b"[" * 10_000,                         2, "nested more than 50 deep"),
    "nested mappings":          (b"".join(b" " * n + b"a:\n" for n in range(200)),  51, "nested more than 50 deep"),
    "nested braces":            (b"a: " + b"{b: " * 10_000,                         1, "nested more than 50 deep"),
    "a million laughs":         (BOMB.encode(),                                     6, "stands for more than"),
    "a list inside of itself":  (b"a: 1\nb: &b [*b]",                               2, "'b' stands inside of itself"),
    "a key that is there":      (b"a: 1\nb: 2\na: 3",                               3, "'a' is declared twice"),
    "a key in two spellings":   (b"'1': 1\n1: 2",                                   2, "'1' is declared twice"),
    "a key that is a list":     (b"a: 1\n? [a, b]\n: c",                            2, "a key must be a text"),
    "a tab":                    (b"a:\n\tb: 1",                                     2, ""),
    "a NUL":                    (b"a: 1\nb: \x00",                                  2, "U+0000"),
    "an escape":                (b"a: 1\n\nb: \x1b[2J",                             3, "U+001B"),
    "Latin-1":                  (b"a: 1\nb: \xe9",                                  2, "not in UTF-8"),
    "UTF-16":                   ("a: 1".encode("utf-16"),                           1, "not in UTF-8"),
    "a number without end":     (b"a: 1\nb: " + b"9" * 5_000,                       2, "too large"),
    "a number too large":       (b"a: 1\nb: 9223372036854775808",                   2, "too large"),
    "an octal number":          (b"a: 1\nb: 010",                                   2, "without leading zeros"),
    "a number of minutes":      (b"a: 1\nb: 1:30",                                  2, "another number in YAML"),
    "infinity":                 (b"a: 1\nb: .inf",                                  2, "no finite number"),
    "no number":                (b"a: 1\nb: .nan",                                  2, "no finite number"),
    "a number beyond":          (b"a: 1\nb: 1.0e+999",                              2, "no finite number"),
    "an object of Python":      (b"a: 1\nb: !!python/object/apply:os.system [id]",  2, "could not determine"),
    "two documents":            (b"a: 1\n---\nb: 2",                                2, "another document"),
    "an alias of nothing":      (b"a: 1\nb: *c",                                    2, "undefined alias"),
    "an open bracket":          (b"a: [1, 2",                                       2, ""),
    "an open quotation":        (b"a: \"x\nb: 2",                                   2, ""),
}
FILES = ("network.yaml", "treasuries.yaml", "units.yaml", "codes.yaml", "rounds.yaml", "maps.yaml",
         "questionnaires/2022-01.yaml", "rules/2022-01.yaml", "handled_files/2023-07.yaml")
NORWAY = [
    # a line of treasuries.yaml | is written as                                      | is told
    ('code: "34"',               "code: no",                 "YAML takes it for yes or no"),
    ('code: "34"',               "code: 34",                 "YAML takes it for a number"),
    ('code: "34"',               "code: 034",                "'034' is another number in YAML"),
    ('code: "34"',               "code: ~",                  "YAML takes it for nothing"),
    ('code: "34"',               "code: ..",                 "code: String should match pattern"),
    ('code: "34"',               "code: .hidden",            "code: String should match pattern"),
    ("valid_from: 2008-08-01",   "valid_from: 2008-02-30",   "valid_from: "),
    ("valid_from: 2008-08-01",   "valid_from: 0000-00-00",   "valid_from: "),
    ("valid_from: 2008-08-01",   "valid_from: yesterday",    "valid_from: "),
]
# fmt: on


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped configuration in a directory of its own."""
    config = Path(shutil.copytree(settings.read().config, tmp_path / "config"))
    (config / "handled_files").mkdir(exist_ok=True)
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    return config


def read_all(config: Path) -> None:
    """Read every file of a configuration."""
    load(config)
    rule_sets.load(config)
    load_maps(config)


@pytest.mark.parametrize(("content", "line", "says"), WRONG.values(), ids=list(WRONG))
def test_a_document_that_is_wrong_is_refused_with_its_line(content: bytes, line: int, says: str) -> None:
    with pytest.raises(document.Unparsable) as caught:
        document.values(document.text_of(content))
    assert (caught.value.line, says in caught.value.problem) == (line, True), caught.value.problem


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("what", ["nested lists", "a million laughs", "a NUL", "Latin-1", "a number without end"])
def test_every_file_of_a_configuration_is_refused_with_file_and_line(name: str, what: str, config: Path) -> None:
    content, line, says = WRONG[what]
    (config / name).write_bytes(content)
    with pytest.raises(Misdeclared, match=rf"{re.escape(str(config / name))}:{line}: not valid YAML: .*") as caught:
        read_all(config)
    assert says in caught.value.message


@pytest.mark.parametrize("what", WRONG)
def test_connections_are_refused_with_file_and_line_and_without_what_they_say(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, line, _ = WRONG[what]
    file = tmp_path / "connections.yaml"
    file.write_bytes(content)
    monkeypatch.setenv("HAILONG_CONNECTIONS", str(file))
    with pytest.raises(Misdeclared) as caught:
        address.url_of("34")
    assert caught.value.message == f"{file}:{line} is no list of 'treasury_<code>: URL'"


@pytest.mark.parametrize(
    "uri", ["[" * 10_000, '{"a":' * 10_000, '{"conn_type": ' + "9" * 5_000 + "}", "\x00", "{", "{}"]
)
def test_a_connection_that_is_none_is_refused(uri: str) -> None:
    with pytest.raises(Misdeclared, match="the connection treasury_34"):
        address.url_of("34", uri)


@pytest.mark.parametrize(("line", "written", "says"), NORWAY, ids=[row[1] for row in NORWAY])
def test_a_value_that_yaml_takes_for_another_is_refused_with_its_line(
    line: str, written: str, says: str, config: Path
) -> None:
    file = config / "treasuries.yaml"
    text = file.read_text("utf-8")
    at = text.index('code: "34", name_vi: KBNN Thái Bình')
    file.write_text(text[:at] + text[at:].replace(line, written, 1), "utf-8")
    number = text[:at].count("\n") + 1
    with pytest.raises(Misdeclared) as caught:
        read_all(config)
    assert f"{file}:{number}: " in caught.value.message
    assert re.search(says, caught.value.message), caught.value.message


def test_keys_are_what_is_written_and_a_mark_of_the_order_of_bytes_is_none() -> None:
    read: Callable[[bytes], object] = lambda content: document.values(document.text_of(content))  # noqa: E731
    assert read(b"\xef\xbb\xbfno: 1\n010: 2\n~: 3\n1.50: 4\n2023-07-01: 5\nyes: &y [1]\nz: *y") == {
        "no": 1, "010": 2, "~": 3, "1.50": 4, "2023-07-01": 5, "yes": [1], "z": [1]
    }  # fmt: skip
    assert read(b"base: &base {a: 1}\nb: {<<: *base, c: 2}") == {"base": {"a": 1}, "b": {"a": 1, "c": 2}}
    assert read(b"a: 0\nb: -5\nc: 1_000\nd: 0.5\ne: 2023-02-30") == {
        "a": 0,
        "b": -5,
        "c": 1000,
        "d": 0.5,
        "e": "2023-02-30",
    }
