"""Count a month again a second way: the promises of ``sql/checks``, each of which must find no row."""

from __future__ import annotations

from etl import statements, warehouse
from etl.errors import Disagreement
from etl.month import SurveyMonth
from etl.rules import RuleSet

DEFECT = "do not publish; the earlier ratings stand; report this as a defect of the pipeline"
"""What to do when figures contradict each other."""


def check(connection: warehouse.Connection, month: SurveyMonth, rule_set: RuleSet) -> list[str]:
    """Run every statement of ``sql/checks``; their names. One that finds rows raises Disagreement and shows one."""
    given = {**rule_set.counting(month), "rule_set_code": rule_set.code}
    names = []
    for promise in statements.in_room("checks"):
        rows = warehouse.rows(connection, promise.name, **{name: given[name] for name in promise.params})
        if rows:
            raise Disagreement(
                f"{month}: {promise.name} found {len(rows)} of: {promise.what}; the first: {rows[0]}",
                next_action=DEFECT,
            )
        names.append(promise.name)
    return names
