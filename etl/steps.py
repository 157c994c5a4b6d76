"""The month's work, one function per step; the DAG and the command line call the same ones, in this order.

    plan → land (each treasury) → admit → score → check → report → verdict

A step takes the plan and leaves its results in the landing zone and the warehouse, so that it can be run again
after anything, in another process, with the same result. Nothing heavy passes between steps.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from etl import (
    __version__,
    admission,
    clean,
    landing,
    pseudonym,
    registry,
    rules,
    settings,
    source,
    statements,
    validate,
    warehouse,
)
from etl.errors import Disagreement, HailongError, Misdeclared, Unavailable
from etl.month import SurveyMonth
from etl.registry import dimensions
from etl.registry.questionnaire import DONT_KNOW, code_of_label
from etl.report import validation_page
from etl.rules import RuleSet
from etl.score.ratings import IN, ratings

_EVERYONE = "all"


@dataclass(frozen=True)
class Plan:
    """What one run is about. Plain values only: it travels between processes."""

    run_id: str
    month: str
    treasury_codes: tuple[str, ...]
    rule_set_code: str
    questionnaire_code: str

    @classmethod
    def of(cls, values: dict[str, Any]) -> Plan:
        """The plan from its plain values."""
        return cls(**{**values, "treasury_codes": tuple(values["treasury_codes"])})

    @property
    def survey_month(self) -> SurveyMonth:
        """The month."""
        return SurveyMonth.parse(self.month)

    def values(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {**dataclasses.asdict(self), "treasury_codes": list(self.treasury_codes)}


def plan(
    month: str | None = None, only: Sequence[str] = (), run_id: str | None = None, moment: dt.datetime | None = None
) -> Plan:
    """Decide what a run is about, declare the registry to the warehouse, and note the run's beginning.

    Without a month it is the last whole one, in the network's local time, before the moment (now). An unknown month
    or treasury, a mistake in the configuration, or a rule set or questionnaire that was edited after use raises
    Misdeclared.
    """
    here = registry.load(settings.read().config)
    now = dt.datetime.now(here.zone())
    survey_month = SurveyMonth.parse(month) if month else SurveyMonth.before(moment or now, here.zone())
    codes = [here.treasury(code, survey_month).code for code in only]
    rule_set = rules.in_force(here.path, survey_month)
    planned = Plan(
        run_id=run_id or f"{survey_month}-{now:%Y%m%dT%H%M%S%f}",
        month=str(survey_month),
        treasury_codes=tuple(sorted(set(codes)) or [t.code for t in here.treasuries_in(survey_month)]),
        rule_set_code=rule_set.code,
        questionnaire_code=here.questionnaire_in(survey_month).code,
    )
    with warehouse.transaction() as connection:
        _declare(connection, dimensions.rows(here, survey_month, rule_set), here)
        warehouse.run(connection, "load/ensure_month", {"survey_month": survey_month.first_day})
        run = {"run_id": planned.run_id, "survey_month": survey_month.first_day, "code_version": __version__}
        in_force = {"rule_set_code": rule_set.code, "questionnaire_code": planned.questionnaire_code}
        warehouse.run(connection, "load/run", {**run, **in_force})
    return planned


def land(planned: Plan, code: str, uri: str | None = None) -> dict[str, Any]:
    """Read one treasury's month and keep it, with its receipt; returns the receipt as plain values.

    ``uri`` is the treasury's connection where the caller (Airflow) knows it. What goes wrong is recorded as the
    treasury's outcome and raised: Unavailable may be tried again, Refused and Misdeclared not.
    """
    (case,) = _cases(planned, [code])
    try:
        with admission.shielded(case.name):
            receipt = _land(case, uri)
    except HailongError as error:
        with warehouse.transaction() as connection:
            failed = admission.Judged(error=error)
            warehouse.run(connection, "load/outcome", admission.outcome(case, failed))
        raise
    values = dataclasses.asdict(receipt)
    with warehouse.transaction() as connection:
        row = {"run_id": case.run_id, "survey_month": case.month.first_day, "treasury_id": case.treasury_id, **values}
        warehouse.run(connection, "load/receipt", row)
    return values


def admit(planned: Plan, codes: Iterable[str]) -> list[dict[str, Any]]:
    """Clean, validate and load what has landed of the given treasuries; their outcomes, in any order.

    Treasuries are worked on in parallel processes that inherit the heavy imports. One that is refused, or whose
    process dies, does not touch the others.
    """
    cases = _cases(planned, codes)
    workers = min(settings.read().workers, len(cases))
    if workers <= 1:
        return [_admitted(case) for case in cases]
    context = multiprocessing.get_context("fork")
    outcomes = []
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for done in as_completed([pool.submit(_admitted, case) for case in cases]):
            try:
                outcomes.append(done.result())
            except BrokenProcessPool as error:
                raise Unavailable(
                    f"{planned.month}: a worker process died while loading",
                    next_action="look for a lack of memory, then run the month again: nothing is half-written",
                ) from error
    return outcomes


def score(planned: Plan) -> dict[str, Any]:
    """Count, rate, grade and rank the month, and check the figures before anyone can read them.

    Returns how many treasuries are open and in. Figures that contradict each other raise Disagreement and the
    month's earlier ratings stay.
    """
    month, rule_set = planned.survey_month, _rule_set(planned)
    with warehouse.transaction() as connection:
        warehouse.lock_month(connection, month.first_day)
        _settle(connection, planned)
        treasuries = pd.DataFrame(_treasury_states(connection, month))
        counts = warehouse.rows(connection, "score/count", **_count_parameters(month, rule_set))
        table = ratings(_as_counts(counts), treasuries, rule_set)
        _judge_scores(connection, planned, table, treasuries)
        warehouse.run(connection, "score/clear_ratings", {"survey_month": month.first_day})
        warehouse.bulk(connection, ("score", "rating"), _rating_rows(connection, planned, table))
        loaded = int(treasuries["treasury_state"].isin(IN).sum())
        verdict = {"open_count": len(treasuries), "loaded_count": loaded}
        status = "final" if loaded == len(treasuries) else "provisional"
        row = {"survey_month": month.first_day, "month_status": status, "run_id": planned.run_id, **verdict}
        warehouse.run(connection, "score/verdict", row)
        _check(connection, month, rule_set)
    return {"month_status": status, **verdict}


def check(month: str) -> list[str]:
    """Count the month again a second way; the names of the checks that agreed. Others raise Disagreement."""
    survey_month = SurveyMonth.parse(month)
    with warehouse.transaction() as connection:
        return _check(connection, survey_month, rules.in_force(settings.read().config, survey_month))


def report(planned: Plan) -> Path:
    """Write the run's validation page; where it is."""
    with warehouse.transaction() as connection:
        run = warehouse.rows(connection, "report/run", run_id=planned.run_id)[0]
        findings = warehouse.rows(connection, "report/findings", run_id=planned.run_id)
        month = planned.survey_month
        states = _treasury_states(connection, month)
    directory = settings.read().reports / planned.month
    return validation_page.write(directory, validation_page.Run(run, findings, states))


def verdict(planned: Plan) -> list[dict[str, Any]]:
    """Close the run: the treasuries of its plan that are missing, each with its state, error and next action."""
    month = planned.survey_month
    with warehouse.transaction() as connection:
        warehouse.run(connection, "load/finish_run", {"run_id": planned.run_id})
        states = _treasury_states(connection, month)
    wanted = set(planned.treasury_codes)
    return [
        {name: state[name] for name in ("treasury_code", "treasury_name_vi", "treasury_state", "error_message", "next_action")}
        for state in states
        if state["treasury_code"] in wanted and state["treasury_state"] not in IN
    ]


def label(planned: Plan, code: str) -> str:
    """A treasury's code and name, as people know it in the plan's month."""
    treasury = registry.load(settings.read().config).treasury(code, planned.survey_month)
    return f"{treasury.code} {treasury.name_vi}"


def _declare(connection: Any, declared: dict[str, dimensions.Rows], here: registry.Registry) -> None:
    """Bring the dimensions up to date; what must never change raises Misdeclared when it did."""
    questionnaire, rule_set = declared["questionnaire"][0], declared["rule_set"][0]
    mine = {"network": here.network.code, "questionnaire": questionnaire["code"], "rule set": rule_set["code"]}
    digests = {"network": "", "questionnaire": questionnaire["digest"], "rule set": rule_set["digest"]}
    found = warehouse.rows(
        connection, "load/declared", questionnaire_code=questionnaire["code"], rule_set_code=rule_set["code"]
    )
    for row in found:
        if row["code"] != mine[row["kind"]]:
            raise Misdeclared(
                f"this warehouse belongs to the network '{row['code']}', the configuration is of '{here.network.code}'",
                next_action="give each network a warehouse (or a HAILONG_STATE) of its own",
            )
        if row["digest"] != digests[row["kind"]]:
            raise Misdeclared(
                f"the {row['kind']} {row['code']} was edited after it was used",
                next_action="restore its file, and put the change into a new, later dated file",
            )
    warehouse.run(connection, "load/network", here.network.model_dump())
    for name, rows in declared.items():
        warehouse.run(connection, f"load/{name}", rows)


def _cases(planned: Plan, codes: Iterable[str]) -> list[admission.Case]:
    """Treasuries of a plan, each with all that is declared about it."""
    here, month = registry.load(settings.read().config), planned.survey_month
    with warehouse.transaction() as connection:
        ids = _treasury_ids(connection, month)
    return [
        admission.Case(
            treasury=treasury,
            treasury_id=ids[treasury.code],
            month=month,
            bounds=month.bounds(here.zone()),
            book=_book(here, treasury, month),
            admission=_rule_set(planned).admission,
            run_id=planned.run_id,
        )
        for treasury in (here.treasury(code, month) for code in codes)
    ]


def _book(here: registry.Registry, treasury: registry.Treasury, month: SurveyMonth) -> clean.CodeBook:
    """What a treasury's texts mean in a month."""
    return clean.CodeBook(
        units={unit.code: unit.code for unit in here.units.get(treasury.code, ())},
        procedures=code_of_label(here.codes.procedures),
        channels=code_of_label(here.codes.channels),
        respondent_types=code_of_label(here.codes.respondent_types),
        questionnaire=here.questionnaire_in(month),
        zone=here.zone(treasury),
    )


def _land(case: admission.Case, uri: str | None) -> landing.Receipt:
    """Read, pseudonymise and keep one treasury's month."""
    now = settings.read()
    url = source.url_of(case.treasury.code, uri)
    statement = statements.source(now.config, case.treasury.source, url.get_backend_name())
    query = source.Query(case.name, statement.sql, statement.params, case.bounds, case.book.zone)
    snapshot = source.Snapshot(url, query, source.Limits(now.source_timeout, now.batch_rows))
    batches = map(partial(pseudonym.hide, key=settings.pseudonym_key()), snapshot)
    return landing.keep(case.place, batches, statement.name, lambda: snapshot.taken_at)


def _admitted(case: admission.Case) -> dict[str, Any]:
    """Admit one treasury; its outcome as plain values."""
    judged = admission.admit(case)
    return {"treasury_code": case.treasury.code, **admission.outcome(case, judged)}


def _settle(connection: Any, planned: Plan) -> None:
    """Give an outcome to the treasuries of the plan whose work was cut off before it had one."""
    month = planned.survey_month
    ids = _treasury_ids(connection, month)
    wanted = [ids[code] for code in planned.treasury_codes]
    key = {"run_id": planned.run_id, "survey_month": month.first_day}
    cut_off = Unavailable(
        f"{month}: the work on this treasury was cut off before it had a result",
        next_action="read the log of its task, then run the month again",
    )
    for row in warehouse.rows(connection, "score/unfinished", treasury_ids=wanted, **key):
        lost = {"treasury_state": cut_off.state, "error_message": cut_off.message, "next_action": cut_off.next_action}
        counts = {"read_count": 0, "loaded_count": 0, "turned_away_count": 0, "work_seconds": 0}
        warehouse.run(connection, "load/outcome", {**key, **row, **lost, **counts})


def _judge_scores(connection: Any, planned: Plan, table: pd.DataFrame, treasuries: pd.DataFrame) -> None:
    """The third door: the ratings suite on the finished table; a broken rule raises Disagreement."""
    limits = {
        "grade_codes": [grade.code for grade in _rule_set(planned).grades],
        "treasury_codes": treasuries["treasury_code"].tolist(),
    }
    judged = admission.Judged()
    for finding in validate.findings(table, "scores", validate.FAULTS, limits):
        keys = table.iloc[finding.rows[: validate.SHOWN_KEYS]]
        shown = (keys["area_code"] + " " + keys["breakdown"] + " " + keys["member_code"]).tolist()
        judged.findings.append(("scores", finding, shown))
    broken = [finding.rule_code for _, finding, _ in judged.findings if finding.fault == "batch" and not finding.is_passed]
    if broken:
        raise Disagreement(
            f"{planned.month}: the ratings break {', '.join(broken)}",
            next_action="do not publish; the earlier ratings stand; report this as a defect of the pipeline",
        )
    this = {"run_id": planned.run_id, "treasury_code": _EVERYONE}
    warehouse.run(connection, "load/clear_validation", this)
    rows = [{**this, "survey_month": planned.survey_month.first_day, **row} for row in admission.merged(judged)]
    warehouse.run(connection, "load/validation", rows)


def _check(connection: Any, month: SurveyMonth, rule_set: RuleSet) -> list[str]:
    """Run every statement of ``sql/checks``; rows that one returns raise Disagreement and are named."""
    given = _count_parameters(month, rule_set)
    names = []
    for promise in statements.in_room("checks"):
        rows = warehouse.rows(connection, promise.name, **{name: given[name] for name in promise.params})
        if rows:
            raise Disagreement(
                f"{month}: {promise.name} found {len(rows)} of the {promise.what}; the first: {dict(rows[0])}",
                next_action="do not publish; the earlier ratings stand; report this as a defect of the pipeline",
            )
        names.append(promise.name)
    return names


def _rating_rows(connection: Any, planned: Plan, table: pd.DataFrame) -> pa.Table:
    """The ratings with the columns of ``score.rating``."""
    month = planned.survey_month
    stamped = table.assign(
        survey_month=month.first_day.isoformat(),
        footnote_codes=table["footnote_codes"].map(lambda codes: "{" + ",".join(codes) + "}"),
        treasury_id=table["treasury_id"].astype("Int64"),
        treasury_state=table["treasury_state"].where(table["area_level"].eq("treasury"), None),
        rule_set_code=planned.rule_set_code,
        questionnaire_code=planned.questionnaire_code,
        run_id=planned.run_id,
        scored_at=dt.datetime.now(dt.UTC),
    )
    return pa.Table.from_pandas(stamped.drop(columns="treasury_code"), preserve_index=False)


def _as_counts(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The counted rows as a frame, with its columns even when nothing was counted."""
    columns = ["area_level", "area_code", "region_code", "treasury_id", "unit_code", "breakdown", "member_code"]
    counts = ["response_count", "answer_count", "satisfied_count"]
    frame = pd.DataFrame(rows, columns=[*columns, *counts])
    return frame.astype({**dict.fromkeys(counts, "int64"), "treasury_id": "Int64"})


def _count_parameters(month: SurveyMonth, rule_set: RuleSet) -> dict[str, Any]:
    """What a count of answers depends on: the month, and what the rule set counts."""
    counts_dont_know = rule_set.rate.dont_know == "counts_as_not_satisfied"
    return {
        "survey_month": month.first_day,
        "satisfied_levels": list(rule_set.rate.satisfied_levels),
        "lowest_level": DONT_KNOW if counts_dont_know else DONT_KNOW + 1,
    }


def _treasury_states(connection: Any, month: SurveyMonth) -> list[dict[str, Any]]:
    """Every open treasury with its last outcome."""
    days = {"first_day": month.first_day, "last_day": month.last_day}
    return warehouse.rows(connection, "score/treasury_states", survey_month=month.first_day, **days)


def _treasury_ids(connection: Any, month: SurveyMonth) -> dict[str, int]:
    """The surrogate key of each open treasury's code."""
    days = {"first_day": month.first_day, "last_day": month.last_day}
    return {row["treasury_code"]: row["treasury_id"] for row in warehouse.rows(connection, "load/treasury_ids", **days)}


def _rule_set(planned: Plan) -> RuleSet:
    """The rule set in force in the plan's month."""
    return rules.in_force(settings.read().config, planned.survey_month)
