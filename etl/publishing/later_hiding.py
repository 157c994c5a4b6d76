"""What is hidden of a published revision besides what its own rule hid: the revision itself never changes.

Rule sets that hide against sums alone leave cells open to who knows bounds (``scoring.statistics.exchange``), and show
figures that tell hidden ones. ``hailong migrate`` looks at each published revision once.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from etl import settings, warehouse
from etl.errors import Disagreement
from etl.registry import rule_sets
from etl.scoring.statistics import exchange
from etl.scoring.statistics.standings import with_hidden_mix

Row = dict[str, Any]
Place = tuple[str, str, str, str]
"""Area level, area, breakdown and member of a cell; of a figure ``figure`` and its name."""

_CELL = ["area_level", "area_code", "breakdown", "member_code"]
_FIGURE = "figure"
_OPEN = "bring the warehouse to its current schema, which hides them: hailong migrate"
_CHANGED = "do not trust what readers are shown: find out who changed score.hidden_later or score.withheld_later"


def tighten(connection: warehouse.Connection) -> int:
    """Hide what must be hidden besides, of each revision of which nobody has looked yet; how many cells and figures."""
    rows = warehouse.rows(connection, "publishing/loose_revisions")
    against_bounds = rule_sets.against_bounds(settings.read().config) if rows else ()
    count = 0
    for row in (row for row in rows if row["rule_set_code"] not in against_bounds):
        key = {name: row[name] for name in ("period_code", "revision_number")}
        places = _places(connection, key)
        cells = [place for place in places if place[2] != _FIGURE]
        figures = [{**key, "area_level": p[0], "area_code": p[1], "figure_name": p[3]} for p in places - {*cells}]
        warehouse.run(connection, "publishing/hide_later", [{**key, **dict(zip(_CELL, p, strict=True))} for p in cells])
        warehouse.run(connection, "publishing/withhold_later", figures)
        counts = {"hidden_count": len(cells), "withheld_count": len(figures)}
        warehouse.run(connection, "publishing/tightened", {**key, **counts})
        count += len(places)
    return count


def check(connection: warehouse.Connection, key: Row, rule_set_code: str) -> None:
    """Raise Disagreement where a revision (period_code, revision_number) shows what must be hidden, or hides else."""
    expected: set[Place] = set()
    if rule_set_code not in rule_sets.against_bounds(settings.read().config):
        expected = _places(connection, key)
    kept = {tuple(row[name] for name in _CELL) for row in warehouse.rows(connection, "publishing/kept_later", **key)}
    for wrong, what, next_action in (
        (expected - kept, "figures are shown that tell hidden ones", _OPEN),
        (kept - expected, "figures are hidden without a reason", _CHANGED),
    ):
        if wrong:
            raise Disagreement(
                f"{key['period_code']}, revision {key['revision_number']}: {len(wrong)} {what}; the first:"
                f" {' '.join(min(wrong))}",
                next_action=next_action,
            )


def _places(connection: warehouse.Connection, key: Row) -> set[Place]:
    """What must be hidden besides; the fewest responses of a cell that the revision shows are taken for its limit."""
    table = pd.DataFrame(warehouse.rows(connection, "publishing/cells", **key)).astype({"treasury_id": "Int64"})
    factors = {
        row["criterion_code"]: row["factor_code"] for row in warehouse.rows(connection, "publishing/factors", **key)
    }
    is_hidden = table["is_suppressed"].to_numpy(bool)
    if not is_hidden.any():
        return set()
    least = int(table.loc[~is_hidden & table["response_count"].gt(0), "response_count"].min())
    table["is_suppressed"] = exchange.hidden(table, factors, least) | is_hidden
    later = {*table.loc[table["is_suppressed"] & ~is_hidden, _CELL].itertuples(index=False, name=None)}
    mix = pd.DataFrame(
        warehouse.rows(connection, "publishing/mix_of_revision", **key), columns=["treasury_id", "response_count"]
    )
    told = with_hidden_mix(table, mix, least)
    totals = table[table["breakdown"].eq("total")]
    codes = totals.loc[totals["area_level"].eq("treasury") & totals["treasury_id"].isin(told), "area_code"]
    later |= {("treasury", code, _FIGURE, name) for code in codes for name in ("standardised_rate", "mix_distance")}
    for level in ("treasury", "unit"):
        areas = totals[totals["area_level"].eq(level)]
        if areas["is_suppressed"].any():
            later |= {(level, code, _FIGURE, "empirical_bayes_rate") for code in areas["area_code"]}
    return later
