"""Bring landed months through the second door into core.

A treasury's responses stream through in batches and replace what core had in one transaction. The rules on whole
months judge several treasuries together, because each run of the rules has a fixed cost. A refused treasury leaves
core as it was.
"""

from __future__ import annotations

import copy
import datetime as dt
import time
from collections.abc import Iterator, Sequence
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from etl import doors, settings, warehouse
from etl.admission import clean, core_rows
from etl.admission.admitted import Admitted, Judged, record_admitted
from etl.admission.judge import Judge
from etl.admission.landed import judge_landed
from etl.errors import HailongError
from etl.landing import zone as landing_zone
from etl.landing.treasury_month import TreasuryMonth, record, shielded
from etl.periods import SurveyMonth
from etl.scoring.statistics.count import Criteria, count, together
from etl.scoring.statistics.rate import rate
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
    judge = _judge(treasury_months[0].survey_month, str(treasury_months[0].bounds[0].tzinfo))
    while True:
        with connection.begin_nested() as attempt:
            tried = {
                position: copy.deepcopy(admitted) for position, admitted in enumerate(landed) if position not in settled
            }
            for position, admitted in tried.items():
                _load(connection, treasury_months[position], admitted, judge)
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


@cache
def _judge(month: SurveyMonth, zone: str) -> Judge:
    """The judge of single responses of a month in a time zone."""
    first, end = (moment.replace(tzinfo=None) for moment in month.bounds(ZoneInfo(zone)))
    return Judge("answers", ("row", "note"), {"first_day": first, "last_day": end - dt.timedelta(days=1)})


def _load(connection: warehouse.Connection, treasury_month: TreasuryMonth, admitted: Admitted, judge: Judge) -> None:
    """Replace a treasury's responses and counts in core by what landed."""
    started = time.perf_counter()
    counts: list[pd.DataFrame] = []
    warehouse.run(connection, "admission/clear_responses", treasury_month.key)
    warehouse.run(connection, "admission/clear_counts", treasury_month.key)
    try:
        for rows, counted in _kept(treasury_month, admitted, judge):
            bulk.copy_binary(connection, _FACT, rows)
            counts.append(counted)
    except HailongError as error:
        admitted.error = error
        return
    _keep_counts(connection, treasury_month, together(counts))
    admitted.work_seconds = time.perf_counter() - started


def _kept(
    treasury_month: TreasuryMonth, admitted: Admitted, judge: Judge
) -> Iterator[tuple[pa.RecordBatch, pd.DataFrame]]:
    """The responses that break no rule, and their counts, batch by batch."""
    assert admitted.receipt is not None
    questionnaire = treasury_month.book.questionnaire
    calendar, criteria, read = ZoneInfo(str(treasury_month.bounds[0].tzinfo)), Criteria.of(questionnaire), 0
    with shielded(treasury_month.name):
        for landed in landing_zone.read(treasury_month.place, admitted.receipt, settings.read().batch_rows):
            tidy = clean.tidy(landed, treasury_month.book, calendar)
            kept = tidy.only(_turn_away(admitted, tidy, judge, read))
            read += landed.num_rows
            rows = core_rows.rows(kept, treasury_month.treasury_id, treasury_month.survey_month, questionnaire)
            yield rows, count(kept.responses, kept.levels, criteria, treasury_month.counting)


def _turn_away(admitted: Admitted, tidy: clean.Tidy, judge: Judge, read: int) -> npt.NDArray[np.bool_]:
    """The second door: which responses are kept; the others are noted.

    A response without a key is called by its number among those that landed, of which ``read`` came before.
    """
    keys, is_kept = tidy.responses.column("response_key"), np.ones(len(tidy.levels), dtype=bool)
    for finding in judge.findings(tidy.responses):
        shown = [keys[row].as_py() or f"#{read + row + 1}" for row in finding.rows.tolist()]
        admitted.add("answers", finding, Judged(len(is_kept), shown, finding.is_passed))
        if finding.fault == "row":
            admitted.broken[finding.rule_code] = admitted.broken.get(finding.rule_code, 0) + len(shown)
            admitted.turned_away += [(key, finding.rule_code) for key in shown]
            is_kept[finding.rows] = False
    admitted.turned_away_count += int((~is_kept).sum())
    return is_kept


def _keep_counts(connection: warehouse.Connection, treasury_month: TreasuryMonth, counts: pd.DataFrame) -> None:
    """Keep a treasury's counts, and the officers that they name."""
    codes = counts.loc[counts["breakdown"].eq("officer"), "member_code"].unique().tolist()
    officers = {"treasury_id": treasury_month.treasury_id, "officer_codes": codes}
    warehouse.run(connection, "admission/officers", officers)
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
    shares = pd.DataFrame([_shares(admitted) for _, admitted in read]).fillna(0.0)
    admission = read[0][0].admission
    limits = {
        "max_turned_away_share": admission.max_turned_away_share,
        "max_unknown_code_share": admission.max_unknown_code_share,
    }
    for finding in doors.findings(shares, "answers", ("batch",), limits):
        for position, (treasury_month, admitted) in enumerate(read):
            is_passed = position not in finding.rows
            admitted.add("answers", finding, Judged(admitted.read_count, [], is_passed))
            if not is_passed:
                share = f"{shares[finding.column].iloc[position]:.1%} of {admitted.read_count} rows"
                admitted.refuse(treasury_month, f"{finding.rule_code}: {finding.column} is {share}")


def _shares(admitted: Admitted) -> dict[str, float]:
    """The shares of responses turned away, and that broke each row rule."""
    broken = {f"not_{rule}_share": number for rule, number in admitted.broken.items()}
    counts = {"turned_away_share": admitted.turned_away_count} | broken
    shares = rate(np.array(list(counts.values())), np.full(len(counts), admitted.read_count))
    return dict(zip(counts, shares.tolist(), strict=True))
