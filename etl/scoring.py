"""Rate a month: count in the warehouse, rate in pure functions, judge and write in one transaction."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from etl import validate, warehouse
from etl.checking import DEFECT
from etl.errors import Disagreement
from etl.month import SurveyMonth
from etl.rules import RuleSet
from etl.score.ratings import ratings

_EVERYONE = "all"


def rate_month(
    connection: warehouse.Connection, month: SurveyMonth, rule_set: RuleSet, stamp: dict[str, Any]
) -> pd.DataFrame:
    """Replace a month's ratings; the finished table, one row per rating.

    ``stamp`` gives run_id, questionnaire_code and scored_at. Ratings that break a rule of the last door raise
    Disagreement.
    """
    days = {"first_day": month.first_day, "last_day": month.last_day}
    states = warehouse.rows(connection, "score/treasury_states", survey_month=month.first_day, **days)
    counts = warehouse.rows(connection, "score/count", **rule_set.counting(month))
    table = ratings(_as_counts(counts), pd.DataFrame(states), rule_set)
    known = {"grade_codes": [grade.code for grade in rule_set.grades]}
    known["treasury_codes"] = [state["treasury_code"] for state in states]
    _judge(connection, table, month, {**stamp, **known})
    warehouse.run(connection, "score/clear_ratings", {"survey_month": month.first_day})
    warehouse.bulk(connection, ("score", "rating"), _rows(table, month, rule_set, stamp))
    warehouse.run(connection, "score/analyze_ratings")
    return table


def _judge(connection: warehouse.Connection, table: pd.DataFrame, month: SurveyMonth, given: dict[str, Any]) -> None:
    """The last door: the ratings suite on the finished table; the findings are kept, a broken rule raises."""
    limits = {name: given[name] for name in ("grade_codes", "treasury_codes")}
    rows, broken = [], []
    for finding in validate.findings(table, "scores", validate.FAULTS, limits):
        at_fault = table.iloc[finding.rows]
        keys = (at_fault["area_code"] + " " + at_fault["breakdown"] + " " + at_fault["member_code"]).tolist()
        counts = {"element_count": len(table), "unexpected_count": len(keys)}
        shown = {"is_passed": finding.is_passed, "offending_keys": keys[: validate.SHOWN_KEYS]}
        rows.append({**finding.blank("scores"), **counts, **shown})
        if not finding.is_passed and finding.fault != "note":
            broken.append(f"{finding.rule_code} ({', '.join(keys[:3])})")
    if broken:
        raise Disagreement(f"{month}: the ratings break {'; '.join(broken)}", next_action=DEFECT)
    this = {"run_id": given["run_id"], "treasury_code": _EVERYONE}
    warehouse.run(connection, "load/clear_validation", this)
    warehouse.run(connection, "load/validation", [{**this, "survey_month": month.first_day, **row} for row in rows])


def _rows(table: pd.DataFrame, month: SurveyMonth, rule_set: RuleSet, stamp: dict[str, Any]) -> pa.Table:
    """The ratings with the columns of ``score.rating``."""
    stamped = table.assign(
        survey_month=month.first_day.isoformat(),
        footnote_codes=table["footnote_codes"].map(lambda codes: "{" + ",".join(codes) + "}"),
        treasury_id=table["treasury_id"].astype("Int64"),
        treasury_state=table["treasury_state"].where(table["area_level"].eq("treasury"), None),
        rule_set_code=rule_set.code,
        **stamp,
    )
    return pa.Table.from_pandas(stamped.drop(columns="treasury_code"), preserve_index=False)


def _as_counts(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The counted rows as a frame, with its columns even when nothing was counted."""
    columns = ["area_level", "area_code", "region_code", "treasury_id", "unit_code", "breakdown", "member_code"]
    counts = ["response_count", "answer_count", "satisfied_count"]
    frame = pd.DataFrame(rows, columns=[*columns, *counts])
    return frame.astype({**dict.fromkeys(counts, "int64"), "treasury_id": "Int64"})
