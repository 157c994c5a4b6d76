"""A judge of responses, which shows the library each value once, finds what the library finds in all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import doors, settings
from etl.admission.judge import Judge
from etl.errors import Misdeclared
from tests.lib.cases import slow
from tests.lib.doors import ANSWERS, LIMITS, ROW_RULES, WELCOME, answers

AGES = {
    "type": "expect_column_values_to_be_between",
    "kwargs": {"column": "age", "min_value": 0, "max_value": {"$PARAMETER": "oldest"}},
    "severity": "critical",
    "meta": {"rule": "age_known", "fault": "row", "why": "Nobody is older than the oldest."},
}
STATED = {
    "type": "expect_column_values_to_not_be_null",
    "kwargs": {"column": "age"},
    "severity": "warning",
    "meta": {"rule": "age_stated", "fault": "row", "why": "Everybody has an age."},
}

# fmt: off
NOT_BY_VALUE = [
    # case                          | what the rule is instead
    ("each value once",               {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "age"}}),
    ("each more than the last",       {"type": "expect_column_values_to_be_increasing", "kwargs": {"column": "age"}}),
    ("each less than the last",       {"type": "expect_column_values_to_be_decreasing", "kwargs": {"column": "age"}}),
    ("none far from the others",      {"type": "expect_column_value_z_scores_to_be_less_than",
                                       "kwargs": {"column": "age", "threshold": 3, "double_sided": True}}),
    ("two columns",                   {"type": "expect_column_pair_values_to_be_equal",
                                       "kwargs": {"column_A": "age", "column_B": "years"}}),
    ("the column's mean",             {"type": "expect_column_mean_to_be_between",
                                       "kwargs": {"column": "age", "min_value": 5}}),
    ("how many rows",                 {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 2}}),
    ("most of the values",            {"kwargs": {**AGES["kwargs"], "mostly": 0.9}}),
    ("the rows of another column",    {"kwargs": {**AGES["kwargs"], "row_condition": "years > 3",
                                                  "condition_parser": "pandas"}}),
]
# fmt: on

CHANGES = [{}, *WELCOME, *(change for _, change in ANSWERS), dict.fromkeys(dict(ANSWERS[0][1]) | {"unit_code": ""})]
BATCHES = st.lists(st.lists(st.sampled_from(CHANGES), max_size=5), min_size=1, max_size=4)
Shown = list[tuple[str, str, str, str, str, bool, list[int]]]


def as_shown(found: list[doors.Finding]) -> Shown:
    """Findings as values that can be compared."""
    return [
        (one.rule_code, one.severity, one.fault, one.why, one.column, one.is_passed, one.rows.tolist()) for one in found
    ]


def by_library(responses: pa.Table) -> Shown:
    """What the library finds in all of the responses, each with its values."""
    kinds = [field.type.value_type if pa.types.is_dictionary(field.type) else field.type for field in responses.schema]
    whole = responses.cast(pa.schema(list(zip(responses.column_names, kinds, strict=True))))
    return as_shown(doors.findings(whole.to_pandas(), "answers", ROW_RULES, LIMITS["answers"]))


def judge() -> Judge:
    """A judge of the shipped rules who knows nothing yet."""
    return Judge("answers", ROW_RULES, LIMITS["answers"])


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, list[Any]]]:
    """The columns that are put before the library, run by run."""
    seen: list[dict[str, list[Any]]] = []
    run = doors._run

    def counted(frame: Any, *rest: Any) -> Any:
        seen.append(frame.to_dict("list"))
        return run(frame, *rest)

    monkeypatch.setattr(doors, "_run", counted)
    return seen


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Declares the rules of a door of its own, named ``age``."""
    monkeypatch.setattr(settings, "EXPECTATIONS", tmp_path)

    def write(*rules: dict[str, Any]) -> str:
        (tmp_path / "age.json").write_text(json.dumps({"name": "age", "expectations": rules}), "utf-8")
        return "age"

    return write


def ages(*years: int | None) -> pa.Table:
    """Responses of which only somebody's age is known."""
    return pa.table({"age": pa.array(years, pa.int64())})


def test_every_fault_in_one_batch_is_found_as_the_library_finds_it() -> None:
    responses = answers(*CHANGES, *CHANGES)
    assert as_shown(judge().findings(responses)) == by_library(responses)


@slow(4)
@given(BATCHES)
def test_batch_after_batch_is_judged_as_the_library_judges_each(batches: list[list[dict[str, Any]]]) -> None:
    here = judge()
    for batch in batches:
        responses = answers(*batch)
        if responses.num_rows:  # the library takes columns of nulls only, but not every type of none
            assert as_shown(here.findings(responses)) == by_library(responses)
        assert [one.rows.tolist() for one in here.findings(responses.slice(0, 0))] == [[]] * len(here.rules)


@pytest.mark.thorough
def test_a_value_that_comes_first_in_a_later_batch_is_judged() -> None:
    here = judge()
    assert all(one.is_passed for one in here.findings(answers({}, {"comment": None})))
    for rule, change in ANSWERS:
        responses = answers({}, change, {})
        assert as_shown(here.findings(responses)) == by_library(responses), rule


def test_a_column_of_nulls_only_is_judged_and_so_are_the_values_after_it() -> None:
    here, nobody = judge(), dict.fromkeys(ANSWERS[0][1] | {"submitted_at": "", "answers": "", "comment": ""})
    for responses in (answers(nobody, nobody), answers({}), answers({"submitted_at": "2023-08-01 00:00:00"}, nobody)):
        assert as_shown(here.findings(responses)) == by_library(responses)


def test_no_responses_break_no_rule() -> None:
    found = judge().findings(answers())
    assert all(one.is_passed and one.rows.dtype == np.int64 and not len(one.rows) for one in found)
    assert len(found) == len(judge().rules)


def test_a_value_is_put_before_the_library_once(runs: list[dict[str, list[Any]]]) -> None:
    here = judge()
    first = as_shown(here.findings(answers(*CHANGES)))
    assert len(runs) == 1
    assert as_shown(here.findings(answers(*CHANGES))) == first
    here.findings(answers(*reversed(CHANGES), {}, {}))
    assert len(runs) == 1
    here.findings(answers({"submitted_at": "2023-09-17 08:00:00"}, {}))
    assert [list(columns) for columns in runs[1:]] == [["submitted_on"]]  # the rest is known


def test_of_a_key_only_that_it_is_there_is_asked(runs: list[dict[str, list[Any]]]) -> None:
    """So that a million keys are not put before the library."""
    here = judge()
    here.findings(answers(*({"response_key": str(number)} for number in range(50))))
    found = here.findings(answers(*({"response_key": key} for key in ("another", None, "third"))))
    assert {one.rule_code: one.rows.tolist() for one in found if not one.is_passed} == {"key_present": [1]}
    assert max(len(columns["response_key"]) for columns in runs if "response_key" in columns) <= 2


def test_a_response_is_found_by_its_place_among_those_with_the_same_value(door: Any) -> None:
    here = Judge(door(AGES, STATED), ("row",), {"oldest": 122})
    found = here.findings(ages(5, 150, None, 150, 5, -1, None))
    assert [(one.rule_code, one.rows.tolist()) for one in found] == [("age_known", [1, 3, 5]), ("age_stated", [2, 6])]
    assert [one.rows.tolist() for one in here.findings(ages(-1, 122))] == [[0], []]


@pytest.mark.parametrize("change", [row[1] for row in NOT_BY_VALUE], ids=[row[0] for row in NOT_BY_VALUE])
def test_a_rule_that_does_not_judge_single_values_is_refused_by_its_name(door: Any, change: dict[str, Any]) -> None:
    name = door({**AGES, **change})
    with pytest.raises(Misdeclared, match="the rule age_known does not judge single values") as caught:
        Judge(name, ("row",), {"oldest": 122})
    assert caught.value.next_action == "at the door age use an expectation on the values of one column, each by itself"


def test_a_rule_on_whole_months_may_judge_as_it_likes(door: Any) -> None:
    unique = {**STATED, "type": "expect_column_values_to_be_unique", "meta": {**STATED["meta"], "fault": "batch"}}
    assert len(Judge(door(AGES, unique), ("row",), {"oldest": 122}).rules) == 1


def test_an_unknown_column_cannot_be_evaluated(door: Any) -> None:
    here = Judge(door(AGES), ("row",), {"oldest": 122})
    with pytest.raises(Misdeclared, match="the rule age_known could not be evaluated: .*age") as caught:
        here.findings(pa.table({"years": [5]}))
    assert caught.value.next_action == "mend the rule, or the column that it looks at"


def test_a_column_of_the_wrong_kind_cannot_be_evaluated(door: Any) -> None:
    here = Judge(door(AGES), ("row",), {"oldest": 122})
    for _ in range(2):  # a value that could not be judged is not remembered as a good one
        with pytest.raises(Misdeclared, match="the rule age_known could not be evaluated"):
            here.findings(pa.table({"age": ["five"]}))


def test_a_missing_limit_is_told(door: Any) -> None:
    with pytest.raises(Misdeclared, match="the suite age cannot be run: .*oldest"):
        Judge(door(AGES), ("row",), {}).findings(ages(5))
