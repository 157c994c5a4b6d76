"""What a Great Expectations suite finds in a batch.

This is the only importer of the library. A suite is JSON in ``expectations/``. Each expectation carries ``severity``,
and in ``meta`` its ``rule`` (the name that people see), its ``fault`` and a sentence of ``why``:

* ``row``: the rows that break it are turned away;
* ``batch``: it judges whole months, one row a treasury (at the last door: the ratings); what breaks it is refused;
* ``note``: it is recorded and shown, nothing more.

A suite that the library does not take to the letter, and a rule that cannot be evaluated, raise Misdeclared. Single
responses are judged by ``etl.admission.judge``, which shows the library each different value once.
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
from great_expectations.core import ExpectationSuite, ExpectationValidationResult
from great_expectations.exceptions.exceptions import GreatExpectationsError

from etl import settings
from etl.errors import Misdeclared

FAULTS = ("row", "batch", "note")
DOORS = ("landed", "answers", "scores", "actions")
_SEVERITIES = ("critical", "warning", "info")
MEND_RULE = "mend the rule, or the column that it looks at"
SHOWN_KEYS = 20
"""How many offending keys of a rule are kept for people to look at."""
Rule = dict[str, Any]
"""An expectation as its suite declares it, checked."""


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

    @classmethod
    def of(cls, rule: Rule, rows: npt.NDArray[np.int64], *, is_passed: bool) -> Finding:
        """What a rule found."""
        return cls(
            rule_code=rule["meta"]["rule"],
            severity=rule["severity"],
            fault=rule["meta"]["fault"],
            why=rule["meta"]["why"],
            column=rule["kwargs"].get("column", ""),
            is_passed=is_passed,
            rows=rows,
        )

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
    """What a door's rules of certain faults find in a frame.

    They come in the suite's order.

    ``limits`` gives the values of the suite's ``$PARAMETER`` places; one that is missing raises Misdeclared. So does
    a rule that fails and names no row, but at the last door: nobody could be turned away or refused by it.
    """
    return judged(frame, door, rules(door, faults), limits)


def rules(door: str, faults: tuple[str, ...]) -> list[Rule]:
    """A door's rules of certain faults, in the suite's order."""
    return [rule for rule in suite(settings.EXPECTATIONS / f"{door}.json") if rule["meta"]["fault"] in faults]


def judged(frame: pd.DataFrame, door: str, rules: list[Rule], limits: dict[str, Any]) -> list[Finding]:
    """What some rules of a door find in a frame; as ``findings``."""
    if not rules:
        return []
    results = {result_rule(result): result for result in _run(frame, door, rules, limits)}
    outcomes = [_finding(rule, results[rule["meta"]["rule"]]) for rule in rules]
    for finding in outcomes:
        if not (finding.is_passed or len(finding.rows) or door == "scores"):
            raise Misdeclared(
                f"the rule {finding.rule_code} fails without naming the rows at fault",
                next_action=f"at the door {door} use an expectation on the values of a column",
            )
    return outcomes


@cache
def suite(path: Path) -> list[Rule]:
    """The checked expectations of a suite file.

    Anything that the library would drop raises Misdeclared.
    """
    declared = _declared(path)
    if not declared:
        raise Misdeclared(f"{path} has no expectation", next_action="an empty suite passes everything: add rules")
    for number, rule in enumerate(declared, start=1):
        _check_rule(path, number, rule)
    names = [rule["meta"]["rule"] for rule in declared]
    if len(set(names)) < len(names):
        raise Misdeclared(f"{path}: a rule's name is used twice", next_action="name every rule once")
    return declared


def _declared(path: Path) -> list[Rule]:
    """The expectations of a suite file, unchecked."""
    try:
        said = json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_once)
        return cast(list[Rule], list(said["expectations"]))
    except json.JSONDecodeError as error:
        raise _no_suite(f"{path}:{error.lineno}", error.msg) from None
    except UnicodeDecodeError as error:
        raise _no_suite(f"{path}:{error.object[: error.start].count(10) + 1}", "it is not in UTF-8") from None
    except RecursionError:
        raise _no_suite(f"{path}:{_deepest_line(path)}", "it is nested too deep") from None
    except OSError as error:
        raise _no_suite(str(path), type(error).__name__) from None
    except (KeyError, TypeError) as error:
        raise _no_suite(str(path), type(error).__name__) from None
    except ValueError as error:
        raise _no_suite(str(path), str(error)) from None


def _no_suite(place: str, why: str) -> Misdeclared:
    """What is wrong with a file that is no suite."""
    return Misdeclared(f"{place} is not a suite ({why})", next_action="mend the file")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON in which no key is written twice."""
    named = dict(pairs)
    if len(named) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"'{next(name for name in names if names.count(name) > 1)}' is declared twice")
    return named


def _deepest_line(path: Path) -> int:
    """The line on which a file is nested deepest."""
    depth, deepest, found = 0, 0, 1
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        for sign in line:
            depth += (sign in "[{") - (sign in "]}")
            deepest, found = (depth, number) if depth > deepest else (deepest, found)
    return found


def result_rule(result: ExpectationValidationResult) -> str:
    """The name of the rule that a result belongs to."""
    config = result.expectation_config
    assert config is not None
    assert config.meta is not None
    return str(config.meta["rule"])


def _check_rule(path: Path, number: int, rule: Rule) -> None:
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
    frame: pd.DataFrame, door: str, rules: list[Rule], limits: dict[str, Any]
) -> list[ExpectationValidationResult]:
    """The library's results of rules on a frame.

    Each run has a context of its own: a shared one mixes up batches (GX issue 12209).
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    asset = context.data_sources.add_pandas("batch").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    try:
        outcome = batch.validate(
            ExpectationSuite(name=door, expectations=rules),
            expectation_parameters=limits,
            result_format={"result_format": "COMPLETE", "partial_unexpected_count": 0},
        )
    except GreatExpectationsError as error:
        raise Misdeclared(f"the suite {door} cannot be run: {error}", next_action="mend the suite") from error
    return list(outcome.results)


def _finding(rule: Rule, result: ExpectationValidationResult) -> Finding:
    """What one result says; one without a verdict raises Misdeclared."""
    trouble = _exception(result.exception_info or {})
    meta = rule["meta"]
    if trouble:
        raise Misdeclared(
            f"the rule {meta['rule']} could not be evaluated: {trouble}",
            next_action=MEND_RULE,
        )
    rows = np.array(result.result.get("unexpected_index_list") or [], dtype=np.int64)
    return Finding.of(rule, rows, is_passed=bool(result.success))


def _exception(info: dict[str, Any]) -> str | None:
    """An exception's message in either shape in which the library reports it."""
    for part in (info, *(value for value in info.values() if isinstance(value, dict))):
        if part.get("raised_exception"):
            return str(part.get("exception_message"))
    return None
