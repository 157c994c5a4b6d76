"""Which codes nobody may declare, and where; every other code stands beside our own words.

Files, directories, connections and addresses are named after some codes; such a code must name one on every disk.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etl import registry, settings
from etl.errors import Misdeclared
from etl.registry import rule_sets

# fmt: off
OF_FILES = [
    # a code that can name no directory somewhere
    ".", "..", "a.", "a/b", "a\\b", "a b", " a", "Hà_Nội", "Ha\u0300", "a\nb", "a\x00b", "a|b", "a:b", "a*", "🏦",
    "\u202ea", "CON", "con", "nul.txt", "COM1", "lpt9.x", "index.html", "x" * 101, "",
]
OF_VERSIONS = [
    # a code that would not be read as it is written
    " a", "a ", "a\nb", "a\tb", "a\x1b[2J", "\u202ea", "x" * 101, "",
]
PLACES = {
    # where a code is declared: file, the text before and behind it, the key that the error names
    "a treasury": ("treasuries.yaml", 'code: "34"', "code: {}", "treasuries.21.code"),
    "a connection": ("treasuries.yaml", 'connection: "15_2025"', "connection: {}", "treasuries.109.connection"),
    "a kind of source": ("treasuries.yaml", "source: answer_rows", "source: {}", "treasuries.0.source"),
    "a round": ("rounds.yaml", "code: 2023-II", "code: {}", "rounds.1.code"),
}
OUR_WORDS = ["all", "total", "unit", "treasury", "system", "draft", "latest", "none", "null", "late", "small_n", "-"]
FREE = {
    "a treasury": ("treasuries.yaml", "code: KV20_202507", "code: {}"),
    "a unit": ("units.yaml", 'code: "01.01"', "code: {}"),
    "a round": ("rounds.yaml", "code: 2023-II", "code: {}"),
}
# fmt: on


def quoted(code: str) -> str:
    """A code as YAML writes it, whatever is in it."""
    return '"' + "".join(f"\\U{ord(letter):08x}" for letter in code) + '"'


def config(directory: Path, file: str, old: str, new: str) -> Path:
    """The shipped configuration with one text of one file replaced."""
    copy = Path(shutil.copytree(settings.read().config, directory / "config"))
    text = (copy / file).read_text("utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), "utf-8")
    return copy


@pytest.mark.parametrize("code", OF_FILES, ids=ascii)
@pytest.mark.parametrize("place", PLACES)
def test_a_code_that_names_no_directory_is_refused_with_its_line(tmp_path: Path, place: str, code: str) -> None:
    file, old, new, key = PLACES[place]
    with pytest.raises(Misdeclared, match=rf"{file}:\d+: {key}: ") as caught:
        registry.load(config(tmp_path, file, old, new.format(quoted(code))))
    assert caught.value.next_action


@pytest.mark.parametrize("code", OF_VERSIONS, ids=ascii)
def test_a_rule_set_or_questionnaire_whose_code_cannot_be_read_is_refused(tmp_path: Path, code: str) -> None:
    rules = next((settings.read().config / "rules").glob("*.yaml")).name
    said = (settings.read().config / "rules" / rules).read_text("utf-8").splitlines()
    line = next(line for line in said if line.startswith("code:"))
    with pytest.raises(Misdeclared, match=rf"{rules}:\d+: code: "):
        rule_sets.load(config(tmp_path, f"rules/{rules}", line, f"code: {quoted(code)}"))


@pytest.mark.parametrize("code", OUR_WORDS)
@pytest.mark.parametrize("place", FREE)
def test_our_own_words_are_codes_like_any_other(tmp_path: Path, place: str, code: str) -> None:
    file, old, new = FREE[place]
    declared = registry.load(config(tmp_path, file, old, new.format(quoted(code))))
    units = [unit for units in declared.units.values() for unit in units]
    assert code in {entry.code for entry in (*declared.treasuries, *declared.rounds, *units)}


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("treasuries.yaml", 'code: "02"', "code: kv01", "the code KV01 differs from kv01 by letter case only"),
        ("treasuries.yaml", 'code: "02"', 'code: "02", connection: kv01', "the connection KV01 differs from kv01 by"),
        ("rounds.yaml", "code: 2023-II", "code: 2023-i", "in any letter case, round '2023-i' is declared twice"),
    ],
)
def test_codes_that_differ_by_letter_case_only_are_refused(
    tmp_path: Path, file: str, old: str, new: str, says: str
) -> None:
    with pytest.raises(Misdeclared, match=rf"{file}:\d+.*{says}"):
        registry.load(config(tmp_path, file, old, new))
