"""The first door: counts of landed rows, judged for several treasuries together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl import doors, settings
from etl.admission import clean, mentions
from etl.admission.admitted import Admitted, Judged
from etl.errors import HailongError, Refused
from etl.landing import zone
from etl.landing.receipt import Receipt
from etl.landing.treasury_month import TreasuryMonth, shielded
from etl.registry.rule_set import Admission
from etl.source import census

_COUNTS = (
    "row_count",
    "foreign_count",
    "unowned_count",
    "repeated_key_count",
    "unlike_count",
)
_COLUMNS = ("response_key", "treasury_code")
_NEXT_ACTIONS = {
    "own_answers": "see that the connection treasury_{connection} leads to this office's database and that its query"
    " writes its code as '{code}', or as treasuries.yaml has it; then run the month again",
    "owner_stated": "let the query take treasury_code from where the database says whose it is; then run the month"
    " again",
    "keys_unique": "let the query give one row per response with a key of its own (a join may double them); the"
    " validation page has some of the keys; then run the month again",
    "answers_arrived": "ask the treasury whether there were answers in the month, and see that the query compares the"
    " time column with :month_start and :month_end in its own type and time zone; then run the month again",
}
"""What to do about a month that the first door refuses: of its rows none was judged, so none was turned away."""
_NEXT_ACTION = "see the validation page, and mend the query or the rule; then run the month again"


@dataclass
class Tally:
    """Counts of a treasury's landed rows; whose other rows there are, and the repeated keys."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))
    table: census.TableCounts | None = None
    foreign_codes: dict[str, None] = field(default_factory=dict)
    repeated: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))

    def compare(self, table: census.TableCounts | None) -> None:
        """Compare the rows with what the table had; receipts of before say nothing of it."""
        if table:
            self.table = table
            self.counts["unlike_count"] = abs(table.in_month_count - self.counts["row_count"])

    def row(self) -> dict[str, float]:
        """The treasury's row of the frame that the first door judges."""
        share = self.counts["repeated_key_count"] / max(self.counts["row_count"], 1)
        unbounded_share = self.table.unbounded_share if self.table else 0.0
        return {**self.counts, "repeated_key_share": share, "unbounded_share": unbounded_share}

    def discord(self, rule: str, admission: Admission) -> census.Discord | None:
        """What a rule says of the rows and the table together; None of a rule that speaks of the rows alone."""
        if self.table is None:
            return None
        found = census.discords(self.table, self.counts["row_count"], admission.max_turned_away_share)
        return next((discord for discord in found if discord.rule_code == rule), None)

    def judged(self, column: str, *, is_passed: bool) -> Judged:
        """What a rule on a column found."""
        rows = self.counts["row_count"]
        if is_passed:
            return Judged(rows, 0, [], is_passed=True)
        if column == "repeated_key_share":
            keys = [mentions.key(key) for key in self.repeated[: doors.SHOWN_KEYS].to_pylist()]
            return Judged(rows, self.counts["repeated_key_count"], keys, is_passed=False)
        is_at_fault = column in ("foreign_count", "unowned_count")
        return Judged(rows, self.counts[column] if is_at_fault else 0, [], is_passed=False)

    def said(self, column: str, code: str) -> str:
        """What a rule on a column says of the treasury with a code."""
        rows = self.counts["row_count"]
        match column:
            case "foreign_count":
                others = mentions.codes(self.foreign_codes)
                return f"treasury_code is {others} instead of '{code}' in {self.counts[column]} of {rows} rows"
            case "unowned_count":
                return f"treasury_code is empty in {self.counts[column]} of {rows} rows"
            case "repeated_key_share":
                return f"{self.counts['repeated_key_count']} of {rows} rows have a key that another row has"
        return f"{column} is {self.row()[column]}"


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
                counted = _tally_of(treasury_month, admitted.receipt)
        except HailongError as error:
            admitted.error = error
        admitted.read_count, admitted.repeated = counted.counts["row_count"], counted.repeated
        outcomes.append(admitted)
        tallies.append(counted)
    judged = list(zip(treasury_months, outcomes, tallies, strict=True))
    for finding in findings(tallies, treasury_months[0].admission):
        for position, (treasury_month, admitted, counted) in enumerate(judged):
            if admitted.error and not isinstance(admitted.error, Refused):
                continue  # nothing was read that could be judged
            is_passed = position not in finding.rows
            admitted.add("landed", finding, counted.judged(finding.column, is_passed=is_passed))
            if not is_passed:
                _refuse(treasury_month, admitted, counted, finding)
    return outcomes


def findings(tallies: Sequence[Tally], admission: Admission) -> list[doors.Finding]:
    """What the first door's rules find in the counts of some treasuries."""
    limits = {
        "least_row_count": int(admission.answers_due),
        "max_repeated_key_share": admission.max_turned_away_share,
        "max_unbounded_share": admission.max_turned_away_share,
    }
    return doors.findings(pd.DataFrame([counted.row() for counted in tallies]), "landed", doors.FAULTS, limits)


def tally(batches: Callable[[], Iterator[pa.Table]], code: str) -> Tally:
    """Count the landed rows of the treasury with a code.

    Of all keys only a hash of 8 bytes is held; the keys themselves are looked at, in batches that are asked for anew,
    when two hashes are alike.
    """
    counted, hashes = Tally(), [np.zeros(0, np.uint64)]
    for landed in batches():
        _count_owners(counted, landed, code)
        hashes.append(pd.util.hash_array(_keys(landed).to_numpy(zero_copy_only=False), categorize=False))
    if _has_twice(np.concatenate(hashes)):
        times = pa.chunked_array(map(_keys, batches()), pa.string()).value_counts()
        again = times.filter(pc.greater(times.field("counts"), 1))
        counted.counts["repeated_key_count"] = pc.sum(again.field("counts")).as_py() or 0
        counted.repeated = again.field("values").sort()
    return counted


def refusal(counted: Tally, finding: doors.Finding, admission: Admission, office: tuple[str, str]) -> tuple[str, str]:
    """What a rule says against a month, and what to do; an office is its code and its connection's name."""
    code, connection = office
    discord = counted.discord(finding.rule_code, admission)
    if discord:
        return f"{discord.rule_code}: {discord.what}", discord.next_action
    told = _NEXT_ACTIONS.get(finding.rule_code, _NEXT_ACTION).format(code=code, connection=connection)
    return f"{finding.rule_code}: {counted.said(finding.column, code)}", told


def _tally_of(treasury_month: TreasuryMonth, receipt: Receipt) -> Tally:
    """Count what has landed of a treasury's month."""
    size, place = settings.read().batch_rows, treasury_month.place
    counted = tally(lambda: zone.read(place, receipt, size, _COLUMNS), treasury_month.treasury.code)
    counted.compare(receipt.census)
    return counted


def _count_owners(counted: Tally, landed: pa.Table, code: str) -> None:
    """Add a batch's rows to a tally, by whose they say that they are.

    Spaces after a code only fill up a field of a fixed length.
    """
    owners = pc.value_counts(landed.column("treasury_code").combine_chunks().cast(pa.string()))
    for owner, number in zip(owners.field("values").to_pylist(), owners.field("counts").to_pylist(), strict=True):
        counted.counts["row_count"] += number
        named = (owner or "").rstrip(" ")
        if not named.strip():
            counted.counts["unowned_count"] += number
        elif named != code:
            counted.counts["foreign_count"] += number
            if len(counted.foreign_codes) <= mentions.SHOWN_CODES:
                counted.foreign_codes[named] = None


def _has_twice(hashes: npt.NDArray[np.uint64]) -> bool:
    """Whether two hashes are alike."""
    in_order = np.sort(hashes)
    return bool((in_order[1:] == in_order[:-1]).any())


def _keys(landed: pa.Table) -> pa.Array:
    """The keys of landed rows; rows without a key are judged later."""
    return clean.keys(landed.column("response_key").combine_chunks()).drop_null()


def _refuse(treasury_month: TreasuryMonth, admitted: Admitted, counted: Tally, finding: doors.Finding) -> None:
    """Refuse a treasury's month for what the first door found."""
    office = treasury_month.treasury.code, treasury_month.treasury.connection_name
    admitted.refuse(treasury_month, *refusal(counted, finding, treasury_month.admission, office))
