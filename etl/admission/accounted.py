"""What ``source check`` says of the whole table: whether a run would account for it."""

from __future__ import annotations

from etl.admission.remarks import Remark
from etl.source.snapshot import Snapshot


def remarks(read: Snapshot) -> list[Remark]:
    """What is to be known of a whole read; what a run would refuse it for, the rehearsal says."""
    if read.census is None:
        return [
            Remark(
                f"the whole table is not accounted for: {read.query.uncounted_why}",
                "add the header -- counts: with the table that has a row for each response, -- time: and -- key: with"
                " its columns, so that no row is lost in silence",
                is_fault=False,
            )
        ]
    counts = read.census.counts
    if counts.no_month_count:
        return [
            Remark(
                f"no month selects {counts.no_month_count} of the {counts.table_count} rows of {counts.counted}:"
                f" {read.census.reasons}",
                "ask the office to mend their times; a run keeps their keys, and goes on with the others",
                is_fault=False,
            )
        ]
    return []
