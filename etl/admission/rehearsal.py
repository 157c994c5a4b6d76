"""What a run would find in a whole month of a source that is only tried: at the same doors, and nothing is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl import doors
from etl.admission import clean, judge, landed, mentions, remarks, shares
from etl.admission.remarks import Remark
from etl.admission.texts import plain
from etl.admission.trial import NO_KEY, Office, words
from etl.registry.rule_set import Admission
from etl.source import pseudonym
from etl.source.census import TableCounts

_UNIQUE = "key_unique"


@dataclass
class Rehearsal:
    """A month's rows on their way through the doors; of each only its key and whose it is stays."""

    office: Office
    kept: list[tuple[pa.Table, npt.NDArray[np.bool_]]] = field(default_factory=list)
    findings: dict[str, doors.Finding] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        """How many rows came."""
        return sum(table.num_rows for table, _ in self.kept)

    def meet(self, batch: pa.RecordBatch) -> None:
        """Judge a batch of what the source yields."""
        rows = pa.Table.from_batches([pseudonym.hide(batch, NO_KEY)])
        tidy = clean.tidy(rows, self.office.book, self.office.calendar).responses
        is_broken = np.zeros(rows.num_rows, dtype=bool)
        for finding in judge.of_month(self.office.month, self.office.calendar.key).findings(tidy):
            self.findings.setdefault(finding.rule_code, finding)
            self._note(finding, rows)
            if finding.fault == "row":
                is_broken[finding.rows] = True
        self.kept.append((rows.select(["response_key", "treasury_code"]), is_broken))

    def remarks(
        self, admission: Admission, told: Collection[str | None], table: TableCounts | None = None
    ) -> list[Remark]:
        """What a run would turn away or note, as hints but for what was told, and why it would refuse the month.

        ``table`` is what the whole table holds, where it was counted.
        """
        tallied = landed.tally(lambda: iter(table for table, _ in self.kept), self.office.code)
        tallied.compare(table)
        turned_away_count = sum(int(mask.sum()) for mask in self._turned_away(tallied.repeated))
        broken = self.broken | {_UNIQUE: tallied.counts["repeated_key_count"]}
        hints = [self._hint(rule, count) for rule, count in broken.items() if count and rule not in told]
        return [*hints, *self._refusals(tallied, admission, shares.of(self.row_count, turned_away_count, broken))]

    def _note(self, finding: doors.Finding, rows: pa.Table) -> None:
        """Add what a rule found in a batch, and some of the codes that nobody knows."""
        self.broken[finding.rule_code] = self.broken.get(finding.rule_code, 0) + len(finding.rows)
        if finding.rule_code in remarks.FILES and len(finding.rows):
            column = rows.column(remarks.FILES[finding.rule_code][0])
            few = [column[row].as_py() for row in finding.rows[: doors.SHOWN_KEYS].tolist()]
            self.codes.setdefault(finding.rule_code, []).extend(plain(text or "") for text in few)

    def _turned_away(self, repeated: pa.Array) -> Iterator[npt.NDArray[np.bool_]]:
        """Of each batch, which rows would be turned away."""
        for table, is_broken in self.kept:
            keys = clean.keys(table.column("response_key").combine_chunks())
            yield is_broken | pc.is_in(keys, value_set=repeated).to_numpy(zero_copy_only=False)

    def _hint(self, rule: str, count: int) -> Remark:
        """A rule that some rows of the month break."""
        of = f"{count} of all {self.row_count} rows of the month {'has' if count == 1 else 'have'}"
        told = words(self.office, of, mentions.codes(self.codes.get(rule, ())))
        return remarks.of_finding(self.findings[rule], is_fault=False, **told)

    def _refusals(self, tallied: landed.Tally, admission: Admission, of_month: dict[str, float]) -> Iterator[Remark]:
        """Why a run would refuse the month, in its own words; that some of it was told of ten rows is no matter."""
        office = self.office
        for finding in landed.findings([tallied], admission):
            if not finding.is_passed:
                what, next_action = landed.refusal(tallied, finding, admission, (office.code, office.connection))
                yield Remark(f"a run would refuse the month: {what}", next_action, rule_code=finding.rule_code)
        for finding in shares.findings([of_month], admission) if self.row_count else ():
            if not finding.is_passed:
                what = shares.said(finding, of_month, self.row_count)
                yield Remark(
                    f"a run would refuse the month: {what}",
                    "mend what is named here, or ask the office to correct its answers",
                    rule_code=finding.rule_code,
                )
