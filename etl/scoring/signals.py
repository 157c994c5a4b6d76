"""Signals on the quality of the answers, by the rule set's thresholds."""

from __future__ import annotations

from typing import Any

from etl import warehouse
from etl.errors import Misdeclared
from etl.registry.rule_set import RuleSet, Signal
from etl.registry.ruled import Ruled
from etl.warehouse import statements

_GIVEN = {"first_month", "last_month", "treasury_ids"}


def check_declared(rule_set: RuleSet) -> None:
    """Raise Misdeclared where a rule set's signals or their params are unknown."""
    params = {statement.name.partition("/")[2]: statement.params - _GIVEN for statement in statements.in_room("signal")}
    for code, signal in rule_set.signals.by_code.items() if rule_set.signals else ():
        if code not in params:
            raise Misdeclared(
                f"the rule set {rule_set.code} names the signal '{code}'; there are {', '.join(params)}",
                next_action=f"mend the code in its file, or write sql/signal/{code}.sql",
            )
        if signal.params.keys() != params[code]:
            raise Misdeclared(
                f"the rule set {rule_set.code} gives the signal {code} the params {sorted(signal.params)}; it takes "
                f"{sorted(params[code])}",
                next_action="mend the params in its file",
            )


def replace(connection: warehouse.Connection, ruled: Ruled) -> None:
    """Replace a period's signals; a rule set without any leaves none.

    After the period was rated, and over the same connection: a signal may look at the draft.
    """
    period, signals = ruled.period, ruled.rule_set.signals
    states = warehouse.rows(connection, "scoring/treasury_states", **period.bounds)
    loaded = [state["treasury_id"] for state in states if state["treasury_state"] == "loaded"]
    warehouse.run(connection, "scoring/clear_signal", {"period_code": period.code})
    for code, signal in signals.by_code.items() if signals else ():
        values = warehouse.rows(connection, f"signal/{code}", treasury_ids=loaded, **period.bounds, **signal.params)
        rows = [
            {**row, "period_code": period.code, "signal_code": code, **_judged(row["signal_value"], signal)}
            for row in values
            if signals and row["response_count"] >= signals.least_responses
        ]
        warehouse.run(connection, "scoring/signal", rows)


def _judged(value: Any, signal: Signal) -> dict[str, Any]:
    """The threshold, and whether the value lies beyond it."""
    if signal.raised_above is not None:
        return {"threshold": signal.raised_above, "is_raised": bool(value > signal.raised_above)}
    return {"threshold": signal.raised_below, "is_raised": bool(value < (signal.raised_below or 0))}
