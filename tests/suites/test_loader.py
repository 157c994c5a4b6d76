"""A suite that says something else than it seems to is refused: what is wrong is named, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl import doors, settings
from etl.errors import Misdeclared

GOOD: dict[str, Any] = {
    "type": "expect_column_values_to_be_between",
    "kwargs": {"column": "age", "min_value": 0, "max_value": {"$PARAMETER": "oldest"}},
    "severity": "critical",
    "meta": {"rule": "age_known", "fault": "row", "why": "Nobody is older than the oldest."},
}
OTHER = {**GOOD, "meta": {**GOOD["meta"], "rule": "another"}}


def without(key: str, rule: dict[str, Any] = GOOD) -> dict[str, Any]:
    """A rule that lacks a key."""
    return {name: value for name, value in rule.items() if name != key}


def meta(**changes: Any) -> dict[str, Any]:
    """A rule with changes in its meta."""
    return {**GOOD, "meta": {**GOOD["meta"], **changes}}


def suite(*rules: Any) -> str:
    """The text of a suite."""
    return json.dumps({"name": "age", "expectations": list(rules)})


# fmt: off
WRONG = [
    # case                          | text of the suite                                | is told
    ("a misspelt type",               suite({**GOOD, "type": GOOD["type"].replace("between", "betwen")}),
     "expectation 1 (age_known): no such expectation as 'expect_column_values_to_be_betwen' → mend the type"),
    ("a misspelt severity",           suite({**GOOD, "severity": "kritical"}),
     "expectation 1 (age_known): severity is 'kritical' → use one of critical, warning, info"),
    ("no severity",                   suite(without("severity")),
     "expectation 1 (age_known): severity is None → use one of critical, warning, info"),
    ("a misspelt fault",              suite(OTHER, meta(fault="rows")),
     "expectation 2 (age_known): fault is 'rows' → use one of row, batch, note"),
    ("no fault",                      suite(meta(fault=None)),
     "expectation 1 (age_known): fault is None → use one of row, batch, note"),
    ("a rule without why",            suite({**GOOD, "meta": without("why", GOOD["meta"])}),
     "expectation 1 (age_known): meta lacks the rule's name or why → add it"),
    ("a rule without a name",         suite({**GOOD, "meta": without("rule", GOOD["meta"])}),
     "expectation 1 (without a name): meta lacks the rule's name or why → add it"),
    ("a rule without meta",           suite(without("meta")),
     "expectation 1 is not a rule → write type, severity and meta"),
    ("a rule that is a text",         suite(GOOD, "age_known"),
     "expectation 2 is not a rule → write type, severity and meta"),
    ("a name that is a list",         suite(meta(rule=["age_known"])),
     "expectation 1 is not a rule → write type, severity and meta"),
    ("a rule's name twice",           suite(GOOD, OTHER, GOOD),
     "a rule's name is used twice → name every rule once"),
    ("a misspelt argument",           suite({**GOOD, "kwargs": {"column": "age", "min_vlaue": 0}}),
     "expectation 1 (age_known): "),
    ("an argument forgotten",         suite({**GOOD, "kwargs": {"min_value": 0}}),
     "expectation 1 (age_known): "),
    ("no arguments",                  suite(without("kwargs")),
     "expectation 1 (age_known): "),
    ("a misspelt key",                suite({**GOOD, "serverity": "info"}),
     "expectation 1 (age_known): "),
    ("an empty suite",                suite(),
     "has no expectation → an empty suite passes everything: add rules"),
    ("a file that is not JSON",       suite(GOOD)[:-1],
     "age.json:1 is not a suite (Expecting ',' delimiter) → mend the file"),
    ("an empty file",                 "",
     "age.json:1 is not a suite (Expecting value) → mend the file"),
    ("nested without end",            '{"expectations": \n' + "[" * 10_000,
     "age.json:2 is not a suite (it is nested too deep) → mend the file"),
    ("a key that is written twice",   '{"expectations": [], "expectations": []}',
     "age.json is not a suite ('expectations' is declared twice) → mend the file"),
    ("a NUL",                         '{"expectations": \n\x00}',
     "age.json:2 is not a suite (Expecting value) → mend the file"),
    ("a number without end",          '{"expectations": ' + "9" * 5_000 + "}",
     "is not a suite ("),
    ("JSON without expectations",     json.dumps({"name": "age", "expectation": [GOOD]}),
     "is not a suite (KeyError) → mend the file"),
    ("JSON that is a list of rules",  json.dumps([GOOD]),
     "is not a suite (TypeError) → mend the file"),
]
# fmt: on


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Writes the suite of a door of its own, named ``age``."""
    monkeypatch.setattr(settings, "EXPECTATIONS", tmp_path)

    def write(text: str) -> Path:
        (tmp_path / "age.json").write_text(text, "utf-8")
        return tmp_path / "age.json"

    return write


@pytest.mark.parametrize(("text", "told"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_wrong_with_a_suite_is_told(door: Callable[[str], Path], text: str, told: str) -> None:
    path = door(text)
    with pytest.raises(Misdeclared) as caught:
        doors.suite(path)
    assert str(caught.value).startswith(str(path))
    assert told in str(caught.value)
    assert caught.value.next_action


def test_a_suite_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misdeclared, match=r"age\.json is not a suite \(FileNotFoundError\) → mend the file"):
        doors.suite(tmp_path / "age.json")


def test_a_suite_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "age.json"
    path.write_bytes(suite(GOOD).encode("utf-16"))
    with pytest.raises(Misdeclared, match=r"age\.json:1 is not a suite \(it is not in UTF-8\)"):
        doors.suite(path)


def test_a_good_suite_judges(door: Callable[[str], Path]) -> None:
    door(suite(GOOD, OTHER))
    found = doors.findings(pd.DataFrame({"age": [5, 150, 30, -1]}), "age", doors.FAULTS, {"oldest": 122})
    assert [(one.rule_code, one.is_passed, one.rows.tolist()) for one in found] == [
        ("age_known", False, [1, 3]),
        ("another", False, [1, 3]),
    ]


def test_an_unknown_column_cannot_be_evaluated(door: Callable[[str], Path]) -> None:
    door(suite(GOOD))
    with pytest.raises(Misdeclared, match="the rule age_known could not be evaluated: .*age.*") as caught:
        doors.findings(pd.DataFrame({"years": [5]}), "age", doors.FAULTS, {"oldest": 122})
    assert caught.value.next_action == "mend the rule, or the column that it looks at"


def test_a_column_of_the_wrong_kind_cannot_be_evaluated(door: Callable[[str], Path]) -> None:
    door(suite(GOOD))
    with pytest.raises(Misdeclared, match="the rule age_known could not be evaluated"):
        doors.findings(pd.DataFrame({"age": ["five"]}), "age", doors.FAULTS, {"oldest": 122})


def test_a_missing_limit_is_told(door: Callable[[str], Path]) -> None:
    door(suite(GOOD))
    with pytest.raises(Misdeclared, match="the suite age cannot be run: .*oldest") as caught:
        doors.findings(pd.DataFrame({"age": [5]}), "age", doors.FAULTS, {})
    assert caught.value.next_action == "mend the suite"


def test_a_rule_that_fails_and_names_no_row_is_told(door: Callable[[str], Path]) -> None:
    counted = {**GOOD, "type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 2}}
    door(suite(counted))
    assert doors.findings(pd.DataFrame({"age": [5, 6]}), "age", doors.FAULTS, {})[0].is_passed
    with pytest.raises(Misdeclared, match="the rule age_known fails without naming the rows at fault") as caught:
        doors.findings(pd.DataFrame({"age": [5]}), "age", doors.FAULTS, {})
    assert caught.value.next_action == "at the door age use an expectation on the values of a column"


def test_rules_of_other_faults_are_not_run(door: Callable[[str], Path]) -> None:
    door(suite(GOOD))
    assert doors.findings(pd.DataFrame({"years": [5]}), "age", ("batch", "note"), {}) == []


@pytest.mark.parametrize("name", doors.DOORS)
def test_the_shipped_suites_are_taken_to_the_letter(name: str) -> None:
    path = settings.EXPECTATIONS / f"{name}.json"
    assert len(doors.suite(path)) == path.read_text("utf-8").count('"type": "expect_')
