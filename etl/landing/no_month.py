"""Rows of a source that no month selects: each from the run that first saw it until the source has mended it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from etl import warehouse
from etl.landing.treasury_month import TreasuryMonth
from etl.log import log
from etl.source import doubtful
from etl.source.snapshot import Snapshot


def record(connection: warehouse.Connection, treasury_month: TreasuryMonth, snapshot: Snapshot) -> None:
    """Keep the rows of no month that a read has seen, and say so.

    Those that it no longer sees are mended. A look-back keeps nothing: it reads the same table as the month itself.
    """
    if treasury_month.is_look_back:
        return
    if snapshot.census is None:
        log.warning("%s: the table is not accounted for: %s", treasury_month.name, snapshot.query.uncounted_why)
        return
    rows = Counter((row.response_key, row.rule_code) for row in snapshot.census.rows)
    if rows:
        where, reasons = snapshot.query.counted, snapshot.census.reasons
        log.warning("%s: no month selects some rows of %s: %s", treasury_month.name, where, reasons)
    seen: dict[str, Any] = {
        "treasury_id": treasury_month.treasury_id,
        "run_id": treasury_month.run_id,
        "response_keys": [key for key, _ in rows],
        "rule_codes": [rule for _, rule in rows],
    }
    warehouse.run(connection, "landing/rows_of_no_month", {**seen, "row_counts": list(rows.values())})
    if snapshot.census.is_complete:  # else some were not looked for
        unsettled = snapshot.census.unsettled
        seen["response_keys"] = [*seen["response_keys"], *unsettled]
        seen["rule_codes"] = [*seen["rule_codes"], *([doubtful.READABLE] * len(unsettled))]
        warehouse.run(connection, "landing/mended_rows", seen)
