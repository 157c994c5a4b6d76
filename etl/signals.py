"""Signals on the quality of the answers: one statement of ``sql/signal`` each, judged by the rule set's thresholds."""

from __future__ import annotations

from typing import Any

from etl import warehouse
from etl.period import Period
from etl.rules import RuleSet, Signal


def note(connection: warehouse.Connection, period: Period, rule_set: RuleSet) -> None:
    """Replace a period's signals; a rule set without any leaves none."""
    bounds = {name: rule_set.counting(period)[name] for name in ("first_month", "last_month")}
    states = warehouse.rows(connection, "score/treasury_states", **bounds)
    loaded = [state["treasury_id"] for state in states if state["treasury_state"] == "loaded"]
    warehouse.run(connection, "score/clear_signal", {"period_code": period.code})
    for code, signal in rule_set.signals.by_code.items() if rule_set.signals else ():
        found = warehouse.rows(connection, f"signal/{code}", treasury_ids=loaded, **bounds, **signal.params)
        rows = [
            {**row, "period_code": period.code, "signal_code": code, **_judged(row["signal_value"], signal)}
            for row in found
            if rule_set.signals and row["response_count"] >= rule_set.signals.least_responses
        ]
        warehouse.run(connection, "score/signal", rows)


def _judged(value: Any, signal: Signal) -> dict[str, Any]:
    """The threshold, and whether the value lies beyond it."""
    if signal.raised_above is not None:
        return {"threshold": signal.raised_above, "is_raised": bool(value > signal.raised_above)}
    return {"threshold": signal.raised_below, "is_raised": bool(value < (signal.raised_below or 0))}
