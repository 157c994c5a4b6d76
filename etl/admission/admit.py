"""Bring landed months through the second door into core.

A treasury's responses stream through in batches and replace what core had in one transaction. The rules on whole
months judge several treasuries together, because each run of the rules has a fixed cost. A refused treasury leaves
core as it was.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl import doors, settings, warehouse
from etl.admission import clean, core_rows, judge, mentions, shares
from etl.admission.admitted import Admitted, Judged, TurnedAway, record_admitted
from etl.admission.judge import Judge
from etl.admission.landed import judge_landed
from etl.errors import HailongError
from etl.landing import zone as landing_zone
from etl.landing.treasury_month import TreasuryMonth, record, shielded
from etl.scoring.statistics.count import Criteria, count, together
from etl.warehouse import bulk, locks

_FACT = ("core", "fact_response")
_COUNTS = ("core", "unit_count")


def admit(treasury_months: Sequence[TreasuryMonth]) -> list[Admitted]:
    """Load treasuries' landed months; how each went, which is also recorded.

    Something unexpected with several treasuries together is tried again with each alone, so that one cannot stop
    the others.
    """
    try:
        with (
            shielded(f"{len(treasury_months)} treasuries, {treasury_months[0].survey_month}"),
            warehouse.transaction() as connection,
        ):
            return admit_within(connection, treasury_months)
    except HailongError as error:
        if len(treasury_months) > 1:
            return [admitted for treasury_month in treasury_months for admitted in admit([treasury_month])]
        return [failed(treasury_months[0], error)]


def failed(treasury_month: TreasuryMonth, error: HailongError) -> Admitted:
    """Record that a treasury could not be admitted."""
    admitted = Admitted(error=error)
    record(treasury_month, admitted)
    return admitted


def admit_within(connection: warehouse.Connection, treasury_months: Sequence[TreasuryMonth]) -> list[Admitted]:
    """Judge and load in a transaction; the outcomes, errors among them.

    The responses go straight into core. When a treasury turns out to be refused, or cannot be read to its end, the
    work on the group is undone and done again without it: seldom, and cheaper than keeping every response waiting.
    """
    for treasury_month in sorted(treasury_months, key=lambda treasury_month: treasury_month.treasury_id):
        locks.lock_treasury(connection, treasury_month.survey_month.first_day, treasury_month.treasury_id)
    landed = judge_landed(treasury_months)
    settled = {position: admitted for position, admitted in enumerate(landed) if admitted.error}
    second_door = judge.of_month(treasury_months[0].survey_month, str(treasury_months[0].bounds[0].tzinfo))
    while True:
        with connection.begin_nested() as attempt:
            tried = {
                position: copy.deepcopy(admitted) for position, admitted in enumerate(landed) if position not in settled
            }
            for position, admitted in tried.items():
                _load(connection, treasury_months[position], admitted, second_door)
            _judge_whole(
                [(treasury_months[position], outcome) for position, outcome in tried.items() if not outcome.error]
            )
            failures = {position: admitted for position, admitted in tried.items() if admitted.error}
            if failures:
                attempt.rollback()
        settled |= failures or tried
        if not failures:
            break
    outcomes = [settled[position] for position in range(len(treasury_months))]
    for treasury_month, admitted in zip(treasury_months, outcomes, strict=True):
        record_admitted(connection, treasury_month, admitted)
    return outcomes


@dataclass(frozen=True)
class _Batch:
    """Rows of a treasury as they landed and tidy; ``first`` is the number of the first of them, from 1."""

    landed: pa.Table
    tidy: clean.Tidy
    first: int

    def sent_key(self, row: int) -> str | None:
        """A row's key; as its office wrote it where another row's differs in spaces around it only."""
        responses = self.tidy.responses
        key: str | None = responses.column("response_key")[row].as_py()
        is_repeated = responses.column("repeated_key_count")[row].as_py()
        return self.landed.column("response_key")[row].as_py() if is_repeated else key


def _load(
    connection: warehouse.Connection, treasury_month: TreasuryMonth, admitted: Admitted, second_door: Judge
) -> None:
    """Replace a treasury's responses and counts in core by what landed."""
    started = time.perf_counter()
    counts: list[pd.DataFrame] = []
    officers: set[str] = set()
    warehouse.run(connection, "admission/clear_responses", treasury_month.key)
    warehouse.run(connection, "admission/clear_counts", treasury_month.key)
    try:
        for rows, counted in _kept(treasury_month, admitted, second_door):
            bulk.copy_binary(connection, _FACT, rows)
            counts.append(counted)
            officers.update(pc.unique(rows.column("officer_code")).to_pylist())
    except HailongError as error:
        admitted.error = error
        return
    named = {"treasury_id": treasury_month.treasury_id, "officer_codes": sorted(officers)}
    warehouse.run(connection, "admission/officers", named)
    _keep_counts(connection, treasury_month, together(counts))
    admitted.work_seconds = time.perf_counter() - started


def _kept(
    treasury_month: TreasuryMonth, admitted: Admitted, second_door: Judge
) -> Iterator[tuple[pa.RecordBatch, pd.DataFrame]]:
    """The responses that break no rule, and their counts, batch by batch."""
    assert admitted.receipt is not None
    questionnaire = treasury_month.book.questionnaire
    calendar, criteria, read = ZoneInfo(str(treasury_month.bounds[0].tzinfo)), Criteria.of(questionnaire), 0
    with shielded(treasury_month.name):
        for landed in landing_zone.read(treasury_month.place, admitted.receipt, settings.read().batch_rows):
            tidy = clean.tidy(landed, treasury_month.book, calendar, admitted.repeated)
            kept = tidy.only(_turn_away(admitted, _Batch(landed, tidy, read + 1), second_door))
            read += landed.num_rows
            rows = core_rows.rows(kept, treasury_month.treasury_id, treasury_month.survey_month, questionnaire)
            yield rows, count(kept.responses, kept.levels, criteria, treasury_month.counting)


def _turn_away(admitted: Admitted, batch: _Batch, second_door: Judge) -> npt.NDArray[np.bool_]:
    """The second door: which responses are kept; the others are noted."""
    is_kept = np.ones(len(batch.tidy.levels), dtype=bool)
    for finding in second_door.findings(batch.tidy.responses):
        rows = [(batch.first + row, batch.sent_key(row)) for row in finding.rows.tolist()]
        shown = [mentions.row(key, number) for number, key in rows[: doors.SHOWN_KEYS]]
        admitted.add("answers", finding, Judged(len(is_kept), len(rows), shown, finding.is_passed))
        if finding.fault == "row":
            admitted.broken[finding.rule_code] = admitted.broken.get(finding.rule_code, 0) + len(rows)
            admitted.turned_away += [
                TurnedAway(number, key and mentions.key(key), finding.rule_code) for number, key in rows
            ]
            is_kept[finding.rows] = False
    admitted.turned_away_count += int((~is_kept).sum())
    return is_kept


def _keep_counts(connection: warehouse.Connection, treasury_month: TreasuryMonth, counts: pd.DataFrame) -> None:
    """Keep a treasury's counts."""
    keyed = counts.assign(
        survey_month=treasury_month.survey_month.first_day.isoformat(),
        treasury_id=treasury_month.treasury_id,
        counted_as=str(treasury_month.counting),
    )
    bulk.copy_text(connection, _COUNTS, pa.Table.from_pandas(keyed, preserve_index=False))


def _judge_whole(loaded: Sequence[tuple[TreasuryMonth, Admitted]]) -> None:
    """Refuse the months whose shares break a batch rule."""
    read = [(treasury_month, admitted) for treasury_month, admitted in loaded if admitted.read_count]
    if not read:
        return
    of_months = [shares.of(admitted.read_count, admitted.turned_away_count, admitted.broken) for _, admitted in read]
    for finding in shares.findings(of_months, read[0][0].admission):
        for position, (treasury_month, admitted) in enumerate(read):
            is_passed = position not in finding.rows
            admitted.add("answers", finding, Judged(admitted.read_count, 0, [], is_passed))
            if not is_passed:
                command = f"hailong turned-away {treasury_month.survey_month} --treasury {treasury_month.treasury.code}"
                admitted.refuse(
                    treasury_month,
                    shares.said(finding, of_months[position], admitted.read_count),
                    f"see the validation page and '{command}'; ask the treasury to correct its answers, or declare the"
                    " codes that are new; then run the month again",
                )
