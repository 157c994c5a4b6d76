"""Landed months through the doors into core: clean, validate, count and load several treasuries together.

A treasury's responses stream through in batches and replace what core had in one transaction. The rules on whole
months judge several treasuries together, because each run of the rules has a fixed cost. A refused treasury leaves
core as it was.
"""

from __future__ import annotations

import copy
import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl import doors, settings, warehouse
from etl.admission import clean, core_rows
from etl.admission.judge import Judge
from etl.errors import HailongError, Refused
from etl.landing import zone as landing_zone
from etl.landing.treasury_month import Outcome, TreasuryMonth, record, shielded
from etl.periods import SurveyMonth
from etl.scoring.statistics.count import Criteria, count, together
from etl.scoring.statistics.rate import rate
from etl.warehouse import bulk, locks

_FACT = ("core", "fact_response")


@dataclass
class Admitted(Outcome):
    """How one treasury came through the doors, with the rows that say so.

    ``findings``: by door and rule, the rows of ``ops.validation``. ``turned_away``: pairs of key and rule.
    ``broken``: by row rule, how many responses broke it.
    """

    findings: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    turned_away: list[tuple[str, str]] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)

    def note(self, door: str, finding: doors.Finding, judged: tuple[int, list[str]], *, is_passed: bool) -> None:
        """Add what a rule found: how many rows of this treasury it judged, and the keys of those at fault."""
        count, keys = judged
        row = self.findings.setdefault((door, finding.rule_code), finding.blank(door))
        row["is_passed"] &= is_passed
        row["element_count"] += count
        row["unexpected_count"] += len(keys)
        row["offending_keys"] = (row["offending_keys"] + keys)[: doors.SHOWN_KEYS]


def admit(treasury_months: Sequence[TreasuryMonth]) -> list[Admitted]:
    """Load the landed months of some treasuries, in the order of the cases, and record how each went.

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
            return [alone for treasury_month in treasury_months for alone in admit([treasury_month])]
        return [failed(treasury_months[0], error)]


def failed(treasury_month: TreasuryMonth, error: HailongError) -> Admitted:
    """Record that a treasury could not be admitted."""
    one = Admitted(error=error)
    record(treasury_month, one)
    return one


def admit_within(connection: warehouse.Connection, treasury_months: Sequence[TreasuryMonth]) -> list[Admitted]:
    """Judge and load in a transaction; the outcomes, errors of single treasuries among them.

    The responses go straight into core. When a treasury turns out to be refused, or cannot be read to its end, the
    work on the group is undone and done again without it: seldom, and cheaper than keeping every response waiting.
    """
    for treasury_month in sorted(treasury_months, key=lambda treasury_month: treasury_month.treasury_id):
        locks.lock_treasury(connection, treasury_month.survey_month.first_day, treasury_month.treasury_id)
    landed = _judge_landed(treasury_months)
    settled = {place: one for place, one in enumerate(landed) if one.error}
    judge = _judge(treasury_months[0].survey_month, str(treasury_months[0].bounds[0].tzinfo))
    while True:
        with connection.begin_nested() as attempt:
            open_ones = {
                place: copy.deepcopy(landed[place]) for place in range(len(treasury_months)) if place not in settled
            }
            for place, one in open_ones.items():
                _load(connection, treasury_months[place], one, judge)
            _judge_whole([(treasury_months[place], one) for place, one in open_ones.items() if not one.error])
            failed = {place: one for place, one in open_ones.items() if one.error}
            if failed:
                attempt.rollback()
        settled |= failed or open_ones
        if not failed:
            break
    admitted = [settled[place] for place in range(len(treasury_months))]
    for treasury_month, one in zip(treasury_months, admitted, strict=True):
        _record(connection, treasury_month, one)
    return admitted


def _judge_landed(treasury_months: Sequence[TreasuryMonth]) -> list[Admitted]:
    """The first door: counts of the landed rows of each treasury."""
    admitted, tallies, repeated = [], [], []
    for treasury_month in treasury_months:
        one = Admitted()
        tally = dict.fromkeys(("row_count", "foreign_count", "unowned_count", "repeated_key_count"), 0)
        keys: list[str] = []
        try:
            with shielded(treasury_month.name):
                one.receipt = treasury_month.pinned or landing_zone.receipt(treasury_month.place)
                tally, keys = _tally(treasury_month, one.receipt)
        except HailongError as error:
            one.error = error
        one.read_count = tally["row_count"]
        admitted.append(one)
        tallies.append(tally)
        repeated.append(keys)
    limits = {"least_row_count": int(treasury_months[0].admission.answers_due)}
    for finding in doors.findings(pd.DataFrame(tallies), "landed", doors.FAULTS, limits):
        for position, one in enumerate(admitted):
            if one.error and not isinstance(one.error, Refused):
                continue  # nothing was read that could be judged
            is_passed = position not in finding.rows
            keys = repeated[position] if finding.column == "repeated_key_count" else []
            one.note("landed", finding, (one.read_count, keys), is_passed=is_passed)
            if not is_passed:
                _refuse(
                    treasury_months[position],
                    one,
                    f"{finding.rule_code}: {finding.column} is {tallies[position][finding.column]}",
                )
    return admitted


def _tally(treasury_month: TreasuryMonth, receipt: landing_zone.Receipt) -> tuple[dict[str, int], list[str]]:
    """Counts of one treasury's landed rows, and some of the keys that come more than once.

    Of all keys only a hash of 8 bytes is held; the keys themselves are looked at when two hashes are alike.
    """
    counts = dict.fromkeys(("row_count", "foreign_count", "unowned_count", "repeated_key_count"), 0)
    hashes, repeated = [np.zeros(0, np.uint64)], list[str]()
    for landed in _landed_keys(treasury_month, receipt):
        owners = landed.column("treasury_code").combine_chunks().cast(pa.string())
        is_foreign = pc.fill_null(pc.not_equal(owners, treasury_month.treasury.code), False)
        counts["row_count"] += landed.num_rows
        counts["foreign_count"] += pc.sum(is_foreign).as_py() or 0
        counts["unowned_count"] += owners.null_count
        hashes.append(pd.util.hash_array(_keys(landed).to_numpy(zero_copy_only=False), categorize=False))
    in_order = np.sort(np.concatenate(hashes))
    if (in_order[1:] == in_order[:-1]).any():
        times = pa.chunked_array(map(_keys, _landed_keys(treasury_month, receipt)), pa.string()).value_counts()
        again = times.filter(pc.greater(times.field("counts"), 1))
        counts["repeated_key_count"] = pc.sum(again.field("counts")).as_py() or 0
        repeated = sorted(again.field("values").to_pylist())[: doors.SHOWN_KEYS]
    return counts, repeated


def _landed_keys(treasury_month: TreasuryMonth, receipt: landing_zone.Receipt) -> Iterator[pa.Table]:
    """The keys and the owners of a treasury's landed rows, batch by batch."""
    return landing_zone.read(
        treasury_month.place, receipt, settings.read().batch_rows, ("response_key", "treasury_code")
    )


def _keys(landed: pa.Table) -> pa.Array:
    """The keys of landed rows, but for those that are none: these are turned away one by one."""
    return clean.keys(landed.column("response_key").combine_chunks()).drop_null()


@cache
def _judge(month: SurveyMonth, zone: str) -> Judge:
    """The judge of the single responses of a month, whose days are those of a time zone."""
    first, end = (moment.replace(tzinfo=None) for moment in month.bounds(ZoneInfo(zone)))
    return Judge("answers", ("row", "note"), {"first_day": first, "last_day": end - dt.timedelta(days=1)})


def _load(connection: warehouse.Connection, treasury_month: TreasuryMonth, one: Admitted, judge: Judge) -> None:
    """Put a treasury's landed month, but for what is turned away, and its counts into core in the place of the old."""
    started = time.perf_counter()
    counts: list[pd.DataFrame] = []
    warehouse.run(connection, "admission/clear_responses", treasury_month.key)
    warehouse.run(connection, "admission/clear_counts", treasury_month.key)
    try:
        for rows, counted in _kept(treasury_month, one, judge):
            bulk.copy_binary(connection, _FACT, rows)
            counts.append(counted)
    except HailongError as error:
        one.error = error
        return
    _keep_counts(connection, treasury_month, together(counts))
    one.work_seconds = time.perf_counter() - started


def _kept(treasury_month: TreasuryMonth, one: Admitted, judge: Judge) -> Iterator[tuple[pa.RecordBatch, pd.DataFrame]]:
    """The responses of a treasury that break no rule, and their counts, batch by batch; the others are turned away."""
    assert one.receipt is not None
    calendar, read = ZoneInfo(str(treasury_month.bounds[0].tzinfo)), 0
    asked = Criteria.of(treasury_month.book.questionnaire)
    with shielded(treasury_month.name):
        for landed in landing_zone.read(treasury_month.place, one.receipt, settings.read().batch_rows):
            tidy = clean.tidy(landed, treasury_month.book, calendar)
            kept = tidy.only(_turn_away(one, tidy, judge, read))
            read += landed.num_rows
            counted = count(kept.responses, kept.levels, asked, treasury_month.counting)
            yield (
                core_rows.rows(
                    kept, treasury_month.treasury_id, treasury_month.survey_month, treasury_month.book.questionnaire
                ),
                counted,
            )


def _turn_away(one: Admitted, tidy: clean.Tidy, judge: Judge, read: int) -> npt.NDArray[np.bool_]:
    """The second door: note which responses broke a rule, and say which are kept.

    A response without a key is called by its number among those that landed, of which ``read`` came before.
    """
    keys, is_kept = tidy.responses.column("response_key"), np.ones(len(tidy.levels), dtype=bool)
    for finding in judge.findings(tidy.responses):
        shown = [keys[row].as_py() or f"#{read + row + 1}" for row in finding.rows.tolist()]
        one.note("answers", finding, (len(is_kept), shown), is_passed=finding.is_passed)
        if finding.fault == "row":
            one.broken[finding.rule_code] = one.broken.get(finding.rule_code, 0) + len(shown)
            one.turned_away += [(key, finding.rule_code) for key in shown]
            is_kept[finding.rows] = False
    one.turned_away_count += int((~is_kept).sum())
    return is_kept


def _keep_counts(connection: warehouse.Connection, treasury_month: TreasuryMonth, counts: pd.DataFrame) -> None:
    """Put a treasury's counts beside its responses, and the officers that they name into their dimension."""
    officers = counts.loc[counts["breakdown"].eq("officer"), "member_code"].unique().tolist()
    warehouse.run(
        connection, "admission/officers", {"treasury_id": treasury_month.treasury_id, "officer_codes": officers}
    )
    keyed = counts.assign(
        survey_month=treasury_month.survey_month.first_day.isoformat(),
        treasury_id=treasury_month.treasury_id,
        counted_as=str(treasury_month.counting),
    )
    bulk.copy_text(connection, ("core", "unit_count"), pa.Table.from_pandas(keyed, preserve_index=False))


def _judge_whole(read: Sequence[tuple[TreasuryMonth, Admitted]]) -> None:
    """Run the batch rules of the second door on each treasury's shares, and refuse the months that break one."""
    judged = [(treasury_month, one) for treasury_month, one in read if one.read_count]
    if not judged:
        return
    shares = pd.DataFrame([_shares(one) for _, one in judged]).fillna(0.0)
    admission = judged[0][0].admission
    limits = {
        "max_turned_away_share": admission.max_turned_away_share,
        "max_unknown_code_share": admission.max_unknown_code_share,
    }
    for finding in doors.findings(shares, "answers", ("batch",), limits):
        for position, (treasury_month, one) in enumerate(judged):
            is_passed = position not in finding.rows
            one.note("answers", finding, (one.read_count, []), is_passed=is_passed)
            if not is_passed:
                share = shares[finding.column].iloc[position]
                _refuse(
                    treasury_month,
                    one,
                    f"{finding.rule_code}: {finding.column} is {share:.1%} of {one.read_count} rows",
                )


def _shares(one: Admitted) -> dict[str, float]:
    """The share of a treasury's responses turned away, and of those that broke each row rule."""
    counts = {"turned_away_share": one.turned_away_count} | {f"not_{rule}_share": n for rule, n in one.broken.items()}
    shares = rate(np.array(list(counts.values())), np.full(len(counts), one.read_count))
    return dict(zip(counts, shares.tolist(), strict=True))


def _refuse(treasury_month: TreasuryMonth, one: Admitted, reason: str) -> None:
    """Refuse a treasury's month, for one more reason."""
    earlier = f"{one.error.message}; " if isinstance(one.error, Refused) else f"{treasury_month.name}: "
    command = f"hailong turned-away {treasury_month.survey_month} --treasury {treasury_month.treasury.code}"
    one.error = Refused(
        earlier + reason,
        next_action=f"see the validation page and '{command}';"
        " ask the treasury to correct its answers, or declare the codes that are new; then run the month again",
    )


def _record(connection: warehouse.Connection, treasury_month: TreasuryMonth, one: Admitted) -> None:
    """Replace what ``ops`` says of the treasury's month: outcome, findings, rows turned away."""
    if not one.error:
        one.book_digest = treasury_month.book.digest
        warehouse.run(
            connection,
            "admission/code_book",
            {"book_digest": treasury_month.book.digest, "book": treasury_month.book.text()},
        )
    warehouse.run(connection, "landing/outcome", one.row(treasury_month))
    this = {"run_id": treasury_month.run_id, "treasury_code": treasury_month.treasury.code}
    warehouse.run(connection, "admission/clear_validation", this)
    rows = [{**this, "survey_month": treasury_month.survey_month.first_day, **row} for row in one.findings.values()]
    warehouse.run(connection, "admission/validation", rows)
    warehouse.run(connection, "admission/clear_turned_away", treasury_month.key)
    lists = {"response_keys": [key for key, _ in one.turned_away], "rule_codes": [rule for _, rule in one.turned_away]}
    warehouse.run(connection, "admission/turned_away", {**treasury_month.key, "run_id": treasury_month.run_id, **lists})
