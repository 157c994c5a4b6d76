"""The first door: counts of landed rows, judged for several treasuries together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl import doors, settings
from etl.admission import clean
from etl.admission.admitted import Admitted, Judged
from etl.errors import HailongError, Refused
from etl.landing import zone
from etl.landing.treasury_month import TreasuryMonth, shielded


@dataclass
class Tally:
    """Counts of a treasury's landed rows, and some repeated keys."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("row_count", "foreign_count", "unowned_count", "repeated_key_count"), 0)
    )
    repeated_keys: list[str] = field(default_factory=list)


def judge_landed(treasury_months: Sequence[TreasuryMonth]) -> list[Admitted]:
    """What the first door found of each treasury.

    A landing that cannot be read is the treasury's error.
    """
    outcomes, tallies = [], []
    for treasury_month in treasury_months:
        admitted, counted = Admitted(), Tally()
        try:
            with shielded(treasury_month.name):
                admitted.receipt = treasury_month.pinned or zone.receipt(treasury_month.place)
                counted = tally(treasury_month, admitted.receipt)
        except HailongError as error:
            admitted.error = error
        admitted.read_count = counted.counts["row_count"]
        outcomes.append(admitted)
        tallies.append(counted)
    limits = {"least_row_count": int(treasury_months[0].admission.answers_due)}
    frame = pd.DataFrame([counted.counts for counted in tallies])
    for finding in doors.findings(frame, "landed", doors.FAULTS, limits):
        for position, admitted in enumerate(outcomes):
            if admitted.error and not isinstance(admitted.error, Refused):
                continue  # nothing was read that could be judged
            is_passed = position not in finding.rows
            keys = tallies[position].repeated_keys if finding.column == "repeated_key_count" else []
            admitted.add("landed", finding, Judged(admitted.read_count, keys, is_passed))
            if not is_passed:
                count = tallies[position].counts[finding.column]
                admitted.refuse(treasury_months[position], f"{finding.rule_code}: {finding.column} is {count}")
    return outcomes


def tally(treasury_month: TreasuryMonth, receipt: zone.Receipt) -> Tally:
    """Count one treasury's landed rows.

    Of all keys only a hash of 8 bytes is held; the keys themselves are looked at when two hashes are alike.
    """
    counted, hashes = Tally(), [np.zeros(0, np.uint64)]
    for landed in _keys_and_owners(treasury_month, receipt):
        owners = landed.column("treasury_code").combine_chunks().cast(pa.string())
        is_foreign = pc.fill_null(pc.not_equal(owners, treasury_month.treasury.code), False)
        counted.counts["row_count"] += landed.num_rows
        counted.counts["foreign_count"] += pc.sum(is_foreign).as_py() or 0
        counted.counts["unowned_count"] += owners.null_count
        hashes.append(pd.util.hash_array(_keys(landed).to_numpy(zero_copy_only=False), categorize=False))
    in_order = np.sort(np.concatenate(hashes))
    if (in_order[1:] == in_order[:-1]).any():
        times = pa.chunked_array(map(_keys, _keys_and_owners(treasury_month, receipt)), pa.string()).value_counts()
        again = times.filter(pc.greater(times.field("counts"), 1))
        counted.counts["repeated_key_count"] = pc.sum(again.field("counts")).as_py() or 0
        counted.repeated_keys = sorted(again.field("values").to_pylist())[: doors.SHOWN_KEYS]
    return counted


def _keys_and_owners(treasury_month: TreasuryMonth, receipt: zone.Receipt) -> Iterator[pa.Table]:
    """Keys and owners of a treasury's landed rows, batch by batch."""
    return zone.read(treasury_month.place, receipt, settings.read().batch_rows, ("response_key", "treasury_code"))


def _keys(landed: pa.Table) -> pa.Array:
    """The keys of landed rows; rows without a key are judged later."""
    return clean.keys(landed.column("response_key").combine_chunks()).drop_null()
