"""Count a period again a second way, by ``sql/checks``."""

from __future__ import annotations

import json

from etl import warehouse
from etl.errors import Disagreement
from etl.registry.ruled import Ruled
from etl.warehouse import statements

DEFECT = "do not publish; the earlier ratings stand; report this as a defect of the pipeline"
"""What to do when figures contradict each other."""


def check(connection: warehouse.Connection, ruled: Ruled) -> list[str]:
    """Run every statement of ``sql/checks``; their names.

    One that finds rows raises Disagreement and shows one.
    """
    period, rule_set = ruled.period, ruled.rule_set
    given = {**period.bounds, **rule_set.counting.params(), "period_code": period.code}
    given |= {"rule_set_code": rule_set.code, "least_shown": rule_set.least_shown}
    given["factor_weights"] = json.dumps(rule_set.rate.factor_weights)
    names = []
    for promise in statements.in_room("checks"):
        rows = warehouse.rows(connection, promise.name, **{name: given[name] for name in promise.params})
        if rows:
            raise Disagreement(
                f"{period}: {promise.name} found {len(rows)} of: {promise.what}; the first: {rows[0]}",
                next_action=DEFECT,
            )
        names.append(promise.name)
    return names
