"""Count a period again a second way, by ``sql/checks``."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from etl import warehouse
from etl.errors import Disagreement
from etl.registry.ruled import Ruled
from etl.warehouse import statements
from etl.warehouse.statements import Statement

DEFECT = "do not publish; the earlier ratings stand; report this as a defect of the pipeline"
"""What to do when figures contradict each other."""
Broken = list[tuple[Statement, warehouse.Rows]]
"""Promises with the rows that break them."""


def check(connection: warehouse.Connection, ruled: Ruled) -> list[str]:
    """Run every statement of ``sql/checks``; their names.

    One that finds rows raises Disagreement, which shows one of them and names the treasuries of all.
    """
    period, rule_set = ruled.period, ruled.rule_set
    given = {**period.bounds, **rule_set.counting.params(), "period_code": period.code}
    given |= {"rule_set_code": rule_set.code, "least_shown": rule_set.least_shown}
    given["factor_weights"] = json.dumps(rule_set.rate.factor_weights)
    promises = statements.in_room("checks")
    broken: Broken = []
    for promise in promises:
        rows = warehouse.rows(connection, promise.name, **{name: given[name] for name in promise.params})
        broken += [(promise, rows)] if rows else []
    if broken:
        raise _disagreement(ruled, broken)
    return [promise.name for promise in promises]


def _disagreement(ruled: Ruled, broken: Broken) -> Disagreement:
    """The error of promises that are broken."""
    promise, rows = broken[0]
    others = f"; broken as well: {', '.join(other.name for other, _ in broken[1:])}" if broken[1:] else ""
    return Disagreement(
        f"{ruled.period}: {promise.name} found {len(rows)} of: {promise.what}; the first: {rows[0]}{others}",
        next_action=DEFECT,
        treasuries=_reasons(broken),
    )


def _reasons(broken: Broken) -> dict[int, str]:
    """Why each treasury that the rows name is at fault.

    Nothing of a row is in it: a reason is shown to every reader, and a row may name an officer.
    """
    reasons: dict[int, list[str]] = {}
    for promise, rows in broken:
        named: Counter[Any] = Counter(row.get("treasury_id") for row in rows)
        for treasury_id, count in named.items():
            if treasury_id is not None:
                reasons.setdefault(treasury_id, []).append(f"{promise.name} found {count} of: {promise.what}")
    return {treasury_id: "; ".join(said) for treasury_id, said in reasons.items()}
