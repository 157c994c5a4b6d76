"""The doors: run a Great Expectations suite on a batch and say what it found. The only importer of the library.

A suite is JSON in ``expectations/``. Each expectation carries ``severity``, and in ``meta`` its ``rule`` (the
name that people see), its ``fault`` and a sentence of ``why``:

* ``row``: the rows that break it are turned away;
* ``batch``: it judges whole months, one row a treasury (at the last door: the ratings); what breaks it is refused;
* ``note``: it is recorded and shown, nothing more.

A suite that the library does not take to the letter, and a rule that cannot be evaluated, raise Misdeclared.

A rule on responses looks at the value of one column of one response. So the library is shown each different value of
a column once (``Judge``), and its verdict holds for every response that has it.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import great_expectations as gx
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from great_expectations.core import ExpectationSuite, ExpectationValidationResult
from great_expectations.exceptions.exceptions import GreatExpectationsError

from etl import settings
from etl.errors import Misdeclared

FAULTS = ("row", "batch", "note")
DOORS = ("landed", "answers", "scores")
_SEVERITIES = ("critical", "warning", "info")
_MEND_RULE = "mend the rule, or the column that it looks at"
SHOWN_KEYS = 20
"""How many offending keys of a rule are kept for people to look at."""


_BY_WHOLE_COLUMN = (
    "expect_column_values_to_be_unique",
    "expect_column_values_to_be_increasing",
    "expect_column_values_to_be_decreasing",
    "expect_column_value_z_scores_to_be_less_than",
)
_NULL_RULE = "expect_column_values_to_not_be_null"


logging.getLogger("great_expectations").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Finding:
    """One rule's result on one batch.

    ``rows`` are the 0-based positions of the rows that broke it; ``column`` is the one that it looks at, if one.
    """

    rule_code: str
    severity: str
    fault: str
    why: str
    column: str
    is_passed: bool
    rows: npt.NDArray[np.int64]

    def blank(self, door: str) -> dict[str, Any]:
        """A row of ``ops.validation`` about the rule, before anything is counted."""
        return {
            "door": door,
            "rule_code": self.rule_code,
            "severity": self.severity,
            "fault": self.fault,
            "is_passed": True,
            "element_count": 0,
            "unexpected_count": 0,
            "offending_keys": [],
            "why": self.why,
        }


def findings(frame: pd.DataFrame, door: str, faults: tuple[str, ...], limits: dict[str, Any]) -> list[Finding]:
    """Judge a frame by the rules of a door that have one of the faults, in the suite's order.

    ``limits`` gives the values of the suite's ``$PARAMETER`` places; one that is missing raises Misdeclared. So does
    a rule that fails and names no row, but at the last door: nobody could be turned away or refused by it.
    """
    return _findings(frame, door, _rules(door, faults), limits)


class Judge:
    """Judges responses by the rules of a door that have one of the faults; ``limits`` as for ``findings``.

    It remembers its verdicts: a value that it has met before is not put before the library again. A rule that does
    not judge the values of one column, each by itself, raises Misdeclared.
    """

    def __init__(self, door: str, faults: tuple[str, ...], limits: dict[str, Any]) -> None:
        self.door, self.limits = door, limits
        self.rules = _rules(door, faults)
        for rule in self.rules:
            _check_by_value(rule, door)
        self.broken: dict[str, dict[Any, frozenset[str]]] = {rule["kwargs"]["column"]: {} for rule in self.rules}

    def findings(self, responses: pa.Table) -> list[Finding]:
        """What each rule finds in some responses, in the suite's order."""
        for rule in self.rules:
            _check_there(rule, responses)
        distinct = {column: _distinct(responses, column, self._only_null(column)) for column in self.broken}
        self._meet({column: values for column, (values, _) in distinct.items()})
        found = []
        for rule in self.rules:
            column, name = rule["kwargs"]["column"], rule["meta"]["rule"]
            values, place = distinct[column]
            is_broken = np.array([name in self.broken[column][value] for value in values], dtype=bool)
            rows = np.flatnonzero(is_broken[place]) if is_broken.any() else np.array([], dtype=np.int64)
            found.append(_as_finding(rule, rows, is_passed=not len(rows)))
        return found

    def _only_null(self, column: str) -> bool:
        """Whether nothing is asked of a column but that it is there."""
        return all(rule["type"] == _NULL_RULE for rule in self.rules if rule["kwargs"]["column"] == column)

    def _meet(self, values: dict[str, list[Any]]) -> None:
        """Put the values that are new before the library, and remember which rules each breaks."""
        new = {column: [v for v in found if v not in self.broken[column]] for column, found in values.items()}
        new = {column: found for column, found in new.items() if found}
        if not new:
            return
        length = max(map(len, new.values()))
        frame = pd.DataFrame(  # a shorter column is filled up with a value of its own
            {column: _series(found + found[:1] * (length - len(found))) for column, found in new.items()}
        )
        rules = [rule for rule in self.rules if rule["kwargs"]["column"] in new]
        judged = _findings(frame, self.door, rules, self.limits)
        for column, found in new.items():
            self.broken[column] |= dict.fromkeys(found, frozenset())
        for finding in judged:
            found = new[finding.column]
            for place in finding.rows[finding.rows < len(found)].tolist():
                self.broken[finding.column][found[place]] |= {finding.rule_code}


def _distinct(responses: pa.Table, column: str, is_null_enough: bool) -> tuple[list[Any], npt.NDArray[np.int64]]:
    """The different values of a column, null as None, and the place of each response's value among them.

    Where it is enough to know what is null, one text stands for all values that are there.
    """
    values = responses.column(column).combine_chunks()
    if is_null_enough:
        return ["there", None], values.is_null().to_numpy(zero_copy_only=False).astype(np.int64)
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    known = encoded.dictionary.to_pylist()
    if not encoded.null_count:
        return known, encoded.indices.to_numpy()
    return [*known, None], encoded.indices.fill_null(len(known)).to_numpy()


def _series(values: list[Any]) -> pd.Series:
    """Values of one kind, None among them, as a column whose type is that of the kind."""
    column = pa.array(values).to_pandas()
    return pd.Series(column, dtype="str") if column.isna().all() else column


def _check_by_value(rule: dict[str, Any], door: str) -> None:
    """Raise Misdeclared for a rule whose verdict on a response needs more than the value of one of its columns."""
    is_by_value = rule["type"].startswith("expect_column_value") and rule["type"] not in _BY_WHOLE_COLUMN
    if not is_by_value or rule["kwargs"].get("mostly", 1) != 1 or rule["kwargs"].get("row_condition"):
        raise Misdeclared(
            f"the rule {rule['meta']['rule']} does not judge single values",
            next_action=f"at the door {door} use an expectation on the values of one column, each by itself",
        )


def _check_there(rule: dict[str, Any], responses: pa.Table) -> None:
    """Raise Misdeclared when the responses do not have the column that a rule looks at."""
    column = rule["kwargs"]["column"]
    if column not in responses.column_names:
        raise Misdeclared(
            f"the rule {rule['meta']['rule']} could not be evaluated: there is no column {column}",
            next_action=_MEND_RULE,
        )


def _rules(door: str, faults: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rules of a door that have one of the faults."""
    return [rule for rule in suite(settings.EXPECTATIONS / f"{door}.json") if rule["meta"]["fault"] in faults]


def _findings(frame: pd.DataFrame, door: str, rules: list[dict[str, Any]], limits: dict[str, Any]) -> list[Finding]:
    """What the rules find in a frame."""
    if not rules:
        return []
    judged = {result_rule(result): result for result in _run(frame, door, rules, limits)}
    found = [_finding(rule, judged[rule["meta"]["rule"]]) for rule in rules]
    for finding in found:
        if not (finding.is_passed or len(finding.rows) or door == "scores"):
            raise Misdeclared(
                f"the rule {finding.rule_code} fails without naming the rows at fault",
                next_action=f"at the door {door} use an expectation on the values of a column",
            )
    return found


@cache
def suite(path: Path) -> list[dict[str, Any]]:
    """The expectations of a suite file, checked; anything that the library would drop raises Misdeclared."""
    try:
        rules = cast(list[dict[str, Any]], json.loads(path.read_text("utf-8"))["expectations"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Misdeclared(f"{path} is not a suite ({type(error).__name__})", next_action="mend the file") from error
    if not rules:
        raise Misdeclared(f"{path} has no expectation", next_action="an empty suite passes everything: add rules")
    for number, rule in enumerate(rules, start=1):
        _check_rule(path, number, rule)
    names = [rule["meta"]["rule"] for rule in rules]
    if len(set(names)) < len(names):
        raise Misdeclared(f"{path}: a rule's name is used twice", next_action="name every rule once")
    return rules


def result_rule(result: ExpectationValidationResult) -> str:
    """The name of the rule that a result belongs to."""
    config = result.expectation_config
    assert config is not None
    assert config.meta is not None
    return str(config.meta["rule"])


def _check_rule(path: Path, number: int, rule: dict[str, Any]) -> None:
    """Raise Misdeclared unless one expectation is whole and the library takes it."""
    meta = rule.get("meta") if isinstance(rule, dict) else None
    if not isinstance(meta, dict) or not isinstance(meta.get("rule", ""), str):
        raise Misdeclared(f"{path}: expectation {number} is not a rule", next_action="write type, severity and meta")
    name = f"{path}: expectation {number} ({meta.get('rule', 'without a name')})"
    for key, allowed in (("severity", _SEVERITIES), ("fault", FAULTS)):
        value = rule.get(key) if key == "severity" else meta.get(key)
        if value not in allowed:
            raise Misdeclared(f"{name}: {key} is {value!r}", next_action=f"use one of {', '.join(allowed)}")
    if not meta.get("rule") or not meta.get("why"):
        raise Misdeclared(f"{name}: meta lacks the rule's name or why", next_action="add it")
    try:
        taken = ExpectationSuite(name=path.stem, expectations=[rule]).expectations
    except Exception as error:  # the library raises many kinds, all meaning that it cannot read the rule
        raise Misdeclared(f"{name}: {error}", next_action="mend the type or the arguments") from error
    if len(taken) != 1:
        raise Misdeclared(f"{name}: no such expectation as {rule.get('type')!r}", next_action="mend the type")


def _run(
    frame: pd.DataFrame, door: str, rules: list[dict[str, Any]], limits: dict[str, Any]
) -> list[ExpectationValidationResult]:
    """Run rules on a frame in a context of their own: a shared one mixes up batches (GX issue 12209)."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    asset = context.data_sources.add_pandas("batch").add_dataframe_asset("rows")
    definition = gx.ValidationDefinition(
        name=door,
        data=asset.add_batch_definition_whole_dataframe("all"),
        suite=context.suites.add(ExpectationSuite(name=door, expectations=rules)),
    )
    try:
        outcome = context.validation_definitions.add(definition).run(
            batch_parameters={"dataframe": frame},
            expectation_parameters=limits,
            result_format={"result_format": "COMPLETE", "partial_unexpected_count": 0},
        )
    except GreatExpectationsError as error:
        raise Misdeclared(f"the suite {door} cannot be run: {error}", next_action="mend the suite") from error
    return list(outcome.results)


def _finding(rule: dict[str, Any], result: ExpectationValidationResult) -> Finding:
    """What one result says; a rule that could not be evaluated raises Misdeclared."""
    trouble = _exception(result.exception_info or {})
    meta = rule["meta"]
    if trouble:
        raise Misdeclared(
            f"the rule {meta['rule']} could not be evaluated: {trouble}",
            next_action=_MEND_RULE,
        )
    rows = np.array(result.result.get("unexpected_index_list") or [], dtype=np.int64)
    return _as_finding(rule, rows, is_passed=bool(result.success))


def _as_finding(rule: dict[str, Any], rows: npt.NDArray[np.int64], *, is_passed: bool) -> Finding:
    """A rule with what it found."""
    return Finding(
        rule_code=rule["meta"]["rule"],
        severity=rule["severity"],
        fault=rule["meta"]["fault"],
        why=rule["meta"]["why"],
        column=rule["kwargs"].get("column", ""),
        is_passed=is_passed,
        rows=rows,
    )


def _exception(info: dict[str, Any]) -> str | None:
    """The message of an exception in either of the two shapes in which the library reports one."""
    for part in (info, *(value for value in info.values() if isinstance(value, dict))):
        if part.get("raised_exception"):
            return str(part.get("exception_message"))
    return None
