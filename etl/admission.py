"""Landed months through the doors into core: clean, validate and load several treasuries together.

The rules judge large batches that mix treasuries, because each run of the rules has a fixed cost; what they find
is then told apart again. Admitted rows wait in a temporary table until their treasury's month as a whole has
passed, and replace what core had in the same transaction. A refused treasury leaves core as it was.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl import clean, fact, landing, settings, validate, warehouse
from etl.case import Case, Outcome, record, shielded
from etl.contract import LOST
from etl.errors import HailongError, Refused
from etl.score.rate import rate

_WAITING = ("pg_temp", "waiting_response")


@dataclass
class Admitted(Outcome):
    """How one treasury came through the doors, with the rows that say so.

    ``findings``: by door and rule, the rows of ``ops.validation``. ``turned_away``: pairs of key and rule.
    ``broken``: by row rule, how many responses broke it.
    """

    findings: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    turned_away: list[tuple[str, str]] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)

    def note(self, door: str, finding: validate.Finding, judged: tuple[int, list[str]], *, is_passed: bool) -> None:
        """Add what a rule found: how many rows of this treasury it judged, and the keys of those at fault."""
        count, keys = judged
        row = self.findings.setdefault((door, finding.rule_code), finding.blank(door))
        row["is_passed"] &= is_passed
        row["element_count"] += count
        row["unexpected_count"] += len(keys)
        row["offending_keys"] = (row["offending_keys"] + keys)[: validate.SHOWN_KEYS]


def admit(cases: Sequence[Case]) -> list[Admitted]:
    """Load the landed months of some treasuries, in the order of the cases, and record how each went.

    Something unexpected with several treasuries together is tried again with each alone, so that one cannot stop
    the others.
    """
    try:
        with shielded(f"{len(cases)} treasuries, {cases[0].month}"), warehouse.transaction() as connection:
            return admit_within(connection, cases)
    except HailongError as error:
        if len(cases) > 1:
            return [alone for case in cases for alone in admit([case])]
        return [failed(cases[0], error)]


def failed(case: Case, error: HailongError) -> Admitted:
    """Record that a treasury could not be admitted."""
    one = Admitted(error=error)
    record(case, one)
    return one


def admit_within(connection: warehouse.Connection, cases: Sequence[Case]) -> list[Admitted]:
    """Judge and load in a transaction; the outcomes, errors of single treasuries among them."""
    started = time.perf_counter()
    for case in sorted(cases, key=lambda case: case.treasury_id):
        warehouse.lock_treasury(connection, case.month.first_day, case.treasury_id)
    admitted = _judge_landed(cases)
    warehouse.run(connection, "load/waiting_table")
    for owner, batch in _batches(cases, admitted):
        kept = _turn_away(cases, admitted, owner, batch)
        _let_wait(connection, cases, owner[kept], batch.only(kept))
    _judge_whole(cases, admitted)
    seconds = (time.perf_counter() - started) / max(sum(one.read_count for one in admitted), 1)
    for case, one in zip(cases, admitted, strict=True):
        one.work_seconds = seconds * one.read_count
        if not one.error:
            warehouse.run(connection, "load/clear_responses", case.key)
            warehouse.run(connection, "load/take_in", case.key)
        _record(connection, case, one)
    return admitted


def _judge_landed(cases: Sequence[Case]) -> list[Admitted]:
    """The first door: counts of the landed rows of each treasury."""
    admitted, tallies, repeated = [], [], []
    for case in cases:
        one = Admitted()
        tally = dict.fromkeys(("row_count", "foreign_count", "unowned_count", "repeated_key_count"), 0)
        keys: list[str] = []
        try:
            with shielded(case.name):
                one.receipt = case.pinned or landing.receipt(case.place)
                tally, keys = _tally(case, one.receipt)
        except HailongError as error:
            one.error = error
        one.read_count = tally["row_count"]
        admitted.append(one)
        tallies.append(tally)
        repeated.append(keys)
    limits = {"least_row_count": int(cases[0].admission.answers_due)}
    for finding in validate.findings(pd.DataFrame(tallies), "landed", validate.FAULTS, limits):
        for position, one in enumerate(admitted):
            if one.error and not isinstance(one.error, Refused):
                continue  # nothing was read that could be judged
            is_passed = position not in finding.rows
            keys = repeated[position] if finding.column == "repeated_key_count" else []
            one.note("landed", finding, (one.read_count, keys), is_passed=is_passed)
            if not is_passed:
                _refuse(
                    cases[position],
                    one,
                    f"{finding.rule_code}: {finding.column} is {tallies[position][finding.column]}",
                )
    return admitted


def _tally(case: Case, receipt: landing.Receipt) -> tuple[dict[str, int], list[str]]:
    """Counts of one treasury's landed rows, and some of the keys that come more than once."""
    keys = landing.keys(case.place, receipt).to_pandas()
    names, owners = keys["response_key"].str.strip(), keys["treasury_code"]
    is_key = ~names.str.contains(f"^$|{LOST}", na=True)  # the others are turned away row by row
    repeated = names[names.duplicated(keep=False) & is_key]
    counts = {
        "row_count": len(keys),
        "foreign_count": int((owners.notna() & owners.ne(case.treasury.code)).sum()),
        "unowned_count": int(owners.isna().sum()),
        "repeated_key_count": len(repeated),
    }
    return counts, sorted(set(repeated))[: validate.SHOWN_KEYS]


def _batches(cases: Sequence[Case], admitted: Sequence[Admitted]) -> Iterator[tuple[npt.NDArray[np.int64], clean.Tidy]]:
    """Tidy rows of the treasuries that are still in, in batches, with the position of each row's case."""
    size = settings.read().batch_rows
    owners: list[npt.NDArray[np.int64]] = []
    parts: list[clean.Tidy] = []
    for position, (case, one) in enumerate(zip(cases, admitted, strict=True)):
        try:
            with shielded(case.name):
                for tidy in _tidied(case, one, size):
                    parts.append(tidy)
                    owners.append(np.full(len(tidy.responses), position))
                    if sum(map(len, owners)) >= size:
                        yield np.concatenate(owners), clean.Tidy.together(parts)
                        owners, parts = [], []
        except HailongError as error:
            one.error = error
    if parts:
        yield np.concatenate(owners), clean.Tidy.together(parts)


def _tidied(case: Case, one: Admitted, size: int) -> Iterator[clean.Tidy]:
    """The landed rows of a treasury that is still in, cleaned; a row without a key is called by its number."""
    if one.error or one.receipt is None:
        return
    read = 0
    for landed in landing.read(case.place, one.receipt, size):
        tidy = clean.tidy(landed, case.book)
        numbers = pd.Series(np.arange(read + 1, read + landed.num_rows + 1)).map("#{}".format)
        keys = tidy.responses["response_key"]
        yield clean.Tidy(tidy.responses.assign(shown_key=keys.where(keys.notna(), numbers)), tidy.levels)
        read += landed.num_rows


def _turn_away(
    cases: Sequence[Case], admitted: Sequence[Admitted], owner: npt.NDArray[np.int64], batch: clean.Tidy
) -> npt.NDArray[np.bool_]:
    """The second door: run the row rules, note who broke them, and say which rows are kept."""
    whole_month = cases[0].month.bounds(ZoneInfo(str(cases[0].bounds[0].tzinfo)))
    limits = dict(zip(("month_start", "month_end"), whole_month, strict=True))
    keys, kept = batch.responses["shown_key"].to_numpy(), np.ones(len(owner), dtype=bool)
    counts = np.bincount(owner, minlength=len(cases))
    for finding in validate.findings(batch.responses, "answers", ("row", "note"), limits):
        at_fault = owner[finding.rows]
        for position in np.flatnonzero(counts).tolist():
            own_keys = keys[finding.rows[at_fault == position]].tolist()
            one = admitted[position]
            one.note("answers", finding, (int(counts[position]), own_keys), is_passed=not own_keys)
            if finding.fault == "row":
                one.broken[finding.rule_code] = one.broken.get(finding.rule_code, 0) + len(own_keys)
                one.turned_away += [(key, finding.rule_code) for key in own_keys]
        if finding.fault == "row":
            kept[finding.rows] = False
    for one, count in zip(admitted, np.bincount(owner[~kept], minlength=len(cases)).tolist(), strict=True):
        one.turned_away_count += count
    return kept


def _let_wait(
    connection: warehouse.Connection, cases: Sequence[Case], owner: npt.NDArray[np.int64], batch: clean.Tidy
) -> None:
    """COPY kept rows into the waiting table."""
    treasury_ids = np.array([case.treasury_id for case in cases])[owner]
    warehouse.bulk(connection, _WAITING, fact.rows(batch, treasury_ids, cases[0].month, cases[0].book.questionnaire))


def _judge_whole(cases: Sequence[Case], admitted: Sequence[Admitted]) -> None:
    """Run the batch rules of the second door on each treasury's shares, and refuse the months that break one."""
    judged = [(case, one) for case, one in zip(cases, admitted, strict=True) if not one.error and one.read_count]
    if not judged:
        return
    shares = pd.DataFrame([_shares(one) for _, one in judged]).fillna(0.0)
    limits = {
        "max_turned_away_share": cases[0].admission.max_turned_away_share,
        "max_unknown_code_share": cases[0].admission.max_unknown_code_share,
    }
    for finding in validate.findings(shares, "answers", ("batch",), limits):
        for position, (case, one) in enumerate(judged):
            is_passed = position not in finding.rows
            one.note("answers", finding, (one.read_count, []), is_passed=is_passed)
            if not is_passed:
                share = shares[finding.column].iloc[position]
                _refuse(case, one, f"{finding.rule_code}: {finding.column} is {share:.1%} of {one.read_count} rows")


def _shares(one: Admitted) -> dict[str, float]:
    """The share of a treasury's responses turned away, and of those that broke each row rule."""
    counts = {"turned_away_share": one.turned_away_count} | {f"not_{rule}_share": n for rule, n in one.broken.items()}
    shares = rate(np.array(list(counts.values())), np.full(len(counts), one.read_count))
    return dict(zip(counts, shares.tolist(), strict=True))


def _refuse(case: Case, one: Admitted, reason: str) -> None:
    """Refuse a treasury's month, for one more reason."""
    earlier = f"{one.error.message}; " if isinstance(one.error, Refused) else f"{case.name}: "
    one.error = Refused(
        earlier + reason,
        next_action=f"see the validation page and 'hailong turned-away {case.month} --treasury {case.treasury.code}';"
        " ask the treasury to correct its answers, or declare the codes that are new; then run the month again",
    )


def _record(connection: warehouse.Connection, case: Case, one: Admitted) -> None:
    """Replace what ``ops`` says of the treasury's month: outcome, findings, rows turned away."""
    if not one.error:
        one.book_digest = case.book.digest
        warehouse.run(connection, "load/code_book", {"book_digest": case.book.digest, "book": case.book.text()})
    warehouse.run(connection, "load/outcome", one.row(case))
    this = {"run_id": case.run_id, "treasury_code": case.treasury.code}
    warehouse.run(connection, "load/clear_validation", this)
    rows = [{**this, "survey_month": case.month.first_day, **row} for row in one.findings.values()]
    warehouse.run(connection, "load/validation", rows)
    warehouse.run(connection, "load/clear_turned_away", case.key)
    lists = {"response_keys": [key for key, _ in one.turned_away], "rule_codes": [rule for _, rule in one.turned_away]}
    warehouse.run(connection, "load/turned_away", {**case.key, "run_id": case.run_id, **lists})
