"""What is recorded beside cases: who serves where, plans, conferences and trainings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etl import warehouse
from etl.acting import cases, detectable, office_said
from etl.acting.moment import Moment


def assign(treasury_code: str, said: Mapping[str, Any]) -> int:
    """Record who serves under an officer's code from a day on; the person's number."""
    return _recorded("acting/assign", treasury_code, said, "valid_from")


def plan(treasury_code: str, item: Mapping[str, Any], case_number: int | None = None) -> float | None:
    """Record an action item, of a case or of none; the smallest change that can be detected.

    It is None where no published rate, or no number of expected responses, says so.
    """
    with warehouse.transaction() as connection:
        office = office_said.treasury(connection, treasury_code, Moment.now(connection).today)
        smallest = _detectable(connection, treasury_code, item)
        stated = {**item, "treasury_id": office["treasury_id"], "detectable_change": smallest}
        if case_number is None:
            warehouse.rows(connection, "acting/record_plan", said=office_said.as_json(stated))
        else:
            cases.add_within(connection, case_number, "planned", {"item": stated})
        return smallest


def conference(treasury_code: str, said: Mapping[str, Any]) -> int:
    """Record a conference that made results known; its number."""
    return _recorded("acting/record_conference", treasury_code, said, "held_on")


def training(treasury_code: str, said: Mapping[str, Any]) -> int:
    """Record a training that was held; its number."""
    return _recorded("acting/record_training", treasury_code, said, "held_on")


def _recorded(name: str, treasury_code: str, said: Mapping[str, Any], day: str) -> int:
    """Record what is said of the treasury that has a code on the day so named; the number that it gets."""
    with warehouse.transaction() as connection:
        office = office_said.treasury(connection, treasury_code, said[day])
        stated = office_said.as_json({**said, "treasury_id": office["treasury_id"]})
        (made,) = warehouse.rows(connection, name, said=stated)
        return int(made["number"])


def _detectable(connection: warehouse.Connection, treasury_code: str, item: Mapping[str, Any]) -> float | None:
    """The smallest change of the newest published rate that the expected responses can show."""
    asked = {"treasury_code": treasury_code, "unit_code": item.get("unit_code")}
    rows = warehouse.rows(connection, "acting/last_rate", **asked)
    if not rows or not item.get("expected_count") or item.get("criterion_code"):
        return None
    responses = int(rows[0]["response_count"])
    satisfied = round(float(rows[0]["satisfaction_rate"]) * responses)
    return detectable.change(satisfied, responses, int(item["expected_count"]))
