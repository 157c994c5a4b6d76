"""Judge single responses, showing the library each different value once.

A rule on responses looks at the value of one column of one response. So its verdict on a value holds for every
response that has it.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from etl import doors
from etl.errors import Misdeclared
from etl.periods import SurveyMonth

_BY_WHOLE_COLUMN = (
    "expect_column_values_to_be_unique",
    "expect_column_values_to_be_increasing",
    "expect_column_values_to_be_decreasing",
    "expect_column_value_z_scores_to_be_less_than",
)
_NULL_RULE = "expect_column_values_to_not_be_null"


class Judge:
    """Judges responses by the rules of a door that have certain faults.

    ``limits`` as for ``doors.findings``. It remembers its verdicts: a value that it has met before is not put before
    the library again. A rule that does not judge the values of one column, each by itself, raises Misdeclared.
    """

    def __init__(self, door: str, faults: tuple[str, ...], limits: dict[str, Any]) -> None:
        self.door, self.limits = door, limits
        self.rules = doors.rules(door, faults)
        for rule in self.rules:
            _check_by_value(rule, door)
        self.broken: dict[str, dict[Any, frozenset[str]]] = {rule["kwargs"]["column"]: {} for rule in self.rules}

    def findings(self, responses: pa.Table) -> list[doors.Finding]:
        """What each rule finds in some responses, in the suite's order."""
        for rule in self.rules:
            _check_there(rule, responses)
        distinct = {column: _distinct(responses, column, self._only_null(column)) for column in self.broken}
        self._meet({column: values for column, (values, _) in distinct.items()})
        return [self._finding(rule, *distinct[rule["kwargs"]["column"]]) for rule in self.rules]

    def _finding(self, rule: doors.Rule, values: list[Any], positions: npt.NDArray[np.int64]) -> doors.Finding:
        """What a rule finds in a column.

        ``positions`` are those of the responses' values among the different ones.
        """
        broken, name = self.broken[rule["kwargs"]["column"]], rule["meta"]["rule"]
        is_broken = np.array([name in broken[value] for value in values], dtype=bool)
        rows = np.flatnonzero(is_broken[positions]) if is_broken.any() else np.array([], dtype=np.int64)
        return doors.Finding.of(rule, rows, is_passed=not len(rows))

    def _only_null(self, column: str) -> bool:
        """Whether nothing is asked of a column but that it is there."""
        return all(rule["type"] == _NULL_RULE for rule in self.rules if rule["kwargs"]["column"] == column)

    def _meet(self, distinct: dict[str, list[Any]]) -> None:
        """Show the library the new values, and remember what each breaks."""
        unknown = {c: [v for v in values if v not in self.broken[c]] for c, values in distinct.items()}
        unknown = {column: values for column, values in unknown.items() if values}
        if not unknown:
            return
        length = max(map(len, unknown.values()))
        frame = pd.DataFrame(  # a shorter column is filled up with a value of its own
            {column: _series(values + values[:1] * (length - len(values))) for column, values in unknown.items()}
        )
        rules = [rule for rule in self.rules if rule["kwargs"]["column"] in unknown]
        findings = doors.judged(frame, self.door, rules, self.limits)
        for column, values in unknown.items():
            self.broken[column] |= dict.fromkeys(values, frozenset())
        for finding in findings:
            values = unknown[finding.column]
            for position in finding.rows[finding.rows < len(values)].tolist():
                self.broken[finding.column][values[position]] |= {finding.rule_code}


@cache
def of_month(month: SurveyMonth, zone: str) -> Judge:
    """The judge of single responses of a month in a time zone."""
    first, end = (moment.replace(tzinfo=None) for moment in month.bounds(ZoneInfo(zone)))
    return Judge("answers", ("row", "note"), {"first_day": first, "last_day": end - dt.timedelta(days=1)})


def _distinct(responses: pa.Table, column: str, is_null_enough: bool) -> tuple[list[Any], npt.NDArray[np.int64]]:
    """A column's different values, and each response's position among them.

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
    """Values of one kind, or None, as a column of its type."""
    column = pa.array(values).to_pandas()
    return pd.Series(column, dtype="str") if column.isna().all() else column


def _check_by_value(rule: doors.Rule, door: str) -> None:
    """Raise Misdeclared for a rule that does not judge single values."""
    is_by_value = rule["type"].startswith("expect_column_value") and rule["type"] not in _BY_WHOLE_COLUMN
    if not is_by_value or rule["kwargs"].get("mostly", 1) != 1 or rule["kwargs"].get("row_condition"):
        raise Misdeclared(
            f"the rule {rule['meta']['rule']} does not judge single values",
            next_action=f"at the door {door} use an expectation on the values of one column, each by itself",
        )


def _check_there(rule: doors.Rule, responses: pa.Table) -> None:
    """Raise Misdeclared when the responses lack a rule's column."""
    column = rule["kwargs"]["column"]
    if column not in responses.column_names:
        raise Misdeclared(
            f"the rule {rule['meta']['rule']} could not be evaluated: there is no column {column}",
            next_action=doors.MEND_RULE,
        )
