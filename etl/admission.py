"""One treasury's landed month through the doors into core: clean, validate, load, in one transaction."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from etl import clean, fact, landing, settings, validate, warehouse
from etl.errors import HailongError, Misdeclared, Refused
from etl.month import SurveyMonth
from etl.registry import Treasury
from etl.rules import Admission

_log = logging.getLogger("hailong")


@dataclass(frozen=True)
class Case:
    """What is to be admitted: whose month, under which rules, in which run.

    ``bounds`` are the month's in the network's local time; ``book`` says what the treasury's texts mean.
    """

    treasury: Treasury
    treasury_id: int
    month: SurveyMonth
    bounds: tuple[dt.datetime, dt.datetime]
    book: clean.CodeBook
    admission: Admission
    run_id: str

    @property
    def name(self) -> str:
        """The treasury and month, for messages."""
        return f"{self.treasury.code} {self.treasury.name_vi}, {self.month}"

    @property
    def place(self) -> landing.Place:
        """Where its month has landed."""
        return landing.Place(settings.read().landing, str(self.month), self.treasury.code)


@dataclass
class Judged:
    """What the doors have found so far, and what was counted."""

    findings: list[tuple[str, validate.Finding, list[str]]] = field(default_factory=list)
    turned_away: list[tuple[str, str]] = field(default_factory=list)
    read_count: int = 0
    turned_away_count: int = 0
    work_seconds: float = 0.0
    error: HailongError | None = None


def admit(case: Case) -> Judged:
    """Load a landed month, replacing what core has of it, and record how it went.

    When the month is refused, or something is away, core keeps what it had, and the error stands in the result.
    """
    started, judged = time.perf_counter(), Judged()
    try:
        with shielded(case.name):
            _judge_landed(case, judged)
            with warehouse.transaction() as connection:
                warehouse.lock_treasury(connection, case.month.first_day, case.treasury_id)
                _load(connection, case, judged)
                judged.work_seconds = time.perf_counter() - started
                _record(connection, case, judged)
    except HailongError as error:
        judged.error, judged.work_seconds = error, time.perf_counter() - started
        with warehouse.transaction() as connection:
            _record(connection, case, judged)
    return judged


@contextlib.contextmanager
def shielded(name: str) -> Iterator[None]:
    """Turn a defect of ours into an error of one treasury: the others go on.

    Logged is where it happened, not what it said: a library's message may quote an answer.
    """
    try:
        yield
    except HailongError:
        raise
    except Exception as error:
        _log.error("%s: unexpected %s\n%s", name, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
        raise Misdeclared(
            f"{name}: unexpected {type(error).__name__}", next_action="report a defect with the lines of the log"
        ) from None


def outcome(case: Case, judged: Judged) -> dict[str, Any]:
    """The row of ``ops.treasury_month`` that says how it went."""
    error = judged.error
    state = error.state if error else "loaded" if judged.read_count else "no_data"
    return {
        "survey_month": case.month.first_day,
        "treasury_id": case.treasury_id,
        "treasury_state": state,
        "error_message": error and error.message,
        "next_action": error and error.next_action,
        "read_count": judged.read_count,
        "loaded_count": 0 if error else judged.read_count - judged.turned_away_count,
        "turned_away_count": judged.turned_away_count,
        "work_seconds": round(judged.work_seconds, 3),
        "run_id": case.run_id,
    }


def _record(connection: sa.Connection, case: Case, judged: Judged) -> None:
    """Replace what ``ops`` says of the treasury's month: outcome, findings, rows turned away."""
    key = {"survey_month": case.month.first_day, "treasury_id": case.treasury_id}
    warehouse.run(connection, "load/outcome", outcome(case, judged))
    this = {"run_id": case.run_id, "treasury_code": case.treasury.code}
    warehouse.run(connection, "load/clear_validation", this)
    found = [{**this, "survey_month": case.month.first_day, **row} for row in merged(judged)]
    warehouse.run(connection, "load/validation", found)
    warehouse.run(connection, "load/clear_turned_away", key)
    keys, rules = zip(*judged.turned_away, strict=True) if judged.turned_away else ((), ())
    warehouse.run(
        connection,
        "load/turned_away",
        {**key, "run_id": case.run_id, "response_keys": list(keys), "rule_codes": list(rules)},
    )


def _judge_landed(case: Case, judged: Judged) -> None:
    """The first door: the keys of the month as it landed."""
    keys = landing.keys(case.place).to_pandas()
    judged.read_count = len(keys)
    limits = {"least_rows": int(case.admission.answers_due), "treasury_codes": [case.treasury.code]}
    for finding in validate.findings(keys, "landed", ("batch", "note"), limits):
        shown = keys["response_key"].iloc[finding.rows[: validate.SHOWN_KEYS]].astype(str).tolist()
        judged.findings.append(("landed", finding, shown))
    _refuse_broken(case, judged)


def _load(connection: sa.Connection, case: Case, judged: Judged) -> None:
    """The second door: turn rows away, COPY the others, and judge the month as a whole before it stands."""
    month = case.month.first_day
    warehouse.run(connection, "load/clear_responses", {"survey_month": month, "treasury_id": case.treasury_id})
    verdicts, read = [], 0
    for batch in landing.read(case.place, settings.read().batch_rows):
        tidy = clean.tidy(batch, case.book)
        keys = _shown_keys(tidy.responses["response_key"], read)
        read += len(keys)
        held = _judge_rows(tidy, keys, case, judged)
        is_turned_away = ~held.all(axis=1).to_numpy()
        verdicts.append(held.assign(is_turned_away=is_turned_away))
        judged.turned_away_count += int(is_turned_away.sum())
        kept = tidy.only(~is_turned_away)
        officers = kept.responses["officer_code"].unique().tolist()
        warehouse.run(connection, "load/officer", {"treasury_id": case.treasury_id, "officer_codes": officers})
        responses = fact.rows(kept, month, case.treasury_id, case.book.questionnaire.code)
        warehouse.bulk(connection, ("core", "fact_response"), responses)
    if verdicts:
        _judge_whole(pd.concat(verdicts, ignore_index=True), case, judged)


def _judge_rows(tidy: clean.Tidy, keys: pd.Series, case: Case, judged: Judged) -> pd.DataFrame:
    """Run the row rules on one batch; for each response and rule, whether it held."""
    limits = dict(zip(("month_start", "month_end"), case.bounds, strict=True))
    held = {}
    for finding in validate.findings(tidy.responses, "answers", ("row", "note"), limits):
        broken = np.zeros(len(keys), dtype=bool)
        broken[finding.rows] = True
        if finding.fault == "row":
            held[finding.rule_code] = ~broken
            judged.turned_away += [(key, finding.rule_code) for key in keys[broken]]
        judged.findings.append(("answers", finding, keys[broken].head(validate.SHOWN_KEYS).tolist()))
    return pd.DataFrame(held, index=range(len(keys)))


def _judge_whole(verdicts: pd.DataFrame, case: Case, judged: Judged) -> None:
    """Run the batch rules on what the row rules found, and refuse the month when one fails."""
    limits = {
        "least_kept_share": 1 - case.admission.max_turned_away_share,
        "least_known_share": 1 - case.admission.max_unknown_code_share,
    }
    for finding in validate.findings(verdicts, "answers", ("batch",), limits):
        judged.findings.append(("answers", finding, []))
    _refuse_broken(case, judged)


def _refuse_broken(case: Case, judged: Judged) -> None:
    """Raise Refused when a batch rule failed, naming each with its counts."""
    broken = [finding for _, finding, _ in judged.findings if finding.fault == "batch" and not finding.is_passed]
    if broken:
        reasons = "; ".join(f"{f.rule_code} ({f.unexpected_count} of {f.element_count} rows)" for f in broken)
        raise Refused(
            f"{case.name}: {reasons}",
            next_action=f"see 'hailong turned-away {case.month} --treasury {case.treasury.code}' and ask the treasury"
            " to correct its answers, or declare the codes that are new; then run the month again",
        )


def _shown_keys(keys: pd.Series, read: int) -> pd.Series:
    """The keys by which people find rows again; ``#n`` for the n-th landed row where it has none."""
    numbers = pd.Series(np.arange(read + 1, read + len(keys) + 1), index=keys.index).map("#{}".format)
    return keys.where(keys.notna(), numbers)


def merged(judged: Judged) -> list[dict[str, Any]]:
    """The findings as rows of ``ops.validation``: those of one rule in several batches added up."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for door, finding, keys in judged.findings:
        row = found.setdefault(
            (door, finding.rule_code),
            {
                "door": door,
                "rule_code": finding.rule_code,
                "severity": finding.severity,
                "fault": finding.fault,
                "is_passed": True,
                "element_count": 0,
                "unexpected_count": 0,
                "offending_keys": [],
                "why": finding.why,
            },
        )
        row["is_passed"] &= finding.is_passed
        row["element_count"] += finding.element_count
        row["unexpected_count"] += finding.unexpected_count
        row["offending_keys"] = (row["offending_keys"] + keys)[: validate.SHOWN_KEYS]
    return list(found.values())

