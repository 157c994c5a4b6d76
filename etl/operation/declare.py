"""Declare to the warehouse what a period is rated under, and note the beginning of a run about it."""

from __future__ import annotations

from etl import __version__, warehouse
from etl.errors import Misdeclared
from etl.periods import Period, SurveyMonth
from etl.registry import Registry, dimensions, rule_sets
from etl.registry.rule_set import RuleSet
from etl.scoring import signals


def open_run(connection: warehouse.Connection, declared: tuple[Registry, RuleSet], period: Period, run_id: str) -> None:
    """Declare the registry (and a rule set) as it is in a period, and note the beginning of a run about it.

    A signal that there is not raises Misdeclared, and so does a rule set, a questionnaire or a round that was edited
    after it was used, or another network than that of the warehouse.
    """
    here, rule_set = declared
    signals.check_declared(rule_set)
    known_sets = rule_sets.load(here.path)
    _refuse_edited(connection, here, (period, known_sets))
    _refuse_rewriting(connection, here)
    warehouse.run(connection, "declare/network", here.network.model_dump(exclude={"escalate_after_days"}))
    warehouse.run(connection, "declare/clear_criteria", {"code": here.questionnaire_in(period).code})
    for name, rows in dimensions.rows(here, period, rule_set).items():
        warehouse.run(connection, f"declare/{name}", rows)
    for known in known_sets:
        said = {"code": known.code, "digest": known.digest, "definition_code": known.rate.definition}
        warehouse.run(connection, "declare/definition", {**said, "definition_digest": known.definition_digest})
    for month in period.months:
        warehouse.run(connection, "declare/ensure_month", {"survey_month": month.first_day})
        ids = treasury_ids(connection, month)
        handled = here.handled_files(month)
        rows = [{"treasury_id": ids[code], "handled_count": count} for code, count in handled.items()]
        warehouse.run(connection, "declare/clear_handled_files", {"survey_month": month.first_day})
        warehouse.run(connection, "declare/handled_files", [{"survey_month": month.first_day, **row} for row in rows])
    run = {"run_id": run_id, "survey_month": period.first_day, "code_version": __version__}
    in_force = {"rule_set_code": rule_set.code, "questionnaire_code": here.questionnaire_in(period).code}
    warehouse.run(connection, "operation/begin_run", {**run, **in_force})


def treasury_ids(connection: warehouse.Connection, month: SurveyMonth) -> dict[str, int]:
    """The surrogate key of each open treasury's code."""
    days = {"first_day": month.first_day, "last_day": month.last_day}
    return {
        row["treasury_code"]: row["treasury_id"] for row in warehouse.rows(connection, "declare/treasury_ids", **days)
    }


def _refuse_edited(
    connection: warehouse.Connection, here: Registry, declared: tuple[Period, tuple[RuleSet, ...]]
) -> None:
    """Raise Misdeclared where what must never change did."""
    period, rule_sets = declared
    questionnaire = here.questionnaire_in(period)
    digests = {("rule set", known.code): known.digest for known in rule_sets}
    digests["questionnaire", questionnaire.code] = dimensions.digest(questionnaire)
    digests["period", period.code] = " ".join(str(day) for day in period.bounds.values())
    codes = {"questionnaire_code": questionnaire.code, "period_code": period.code}
    for row in warehouse.rows(connection, "declare/declared", **codes):
        kind, code = row["kind"], row["code"]
        if kind == "network" and code != here.network.code:
            raise Misdeclared(
                f"this warehouse belongs to the network '{code}', the configuration is of '{here.network.code}'",
                next_action="give each network a warehouse (or a HAILONG_STATE) of its own",
            )
        if digests.get((kind, code), row["digest"]) != row["digest"]:
            raise Misdeclared(
                f"the {kind} {code} was edited after it was used",
                next_action="restore its file, and put the change into a new one, later dated or superseding it",
            )


def _refuse_rewriting(connection: warehouse.Connection, here: Registry) -> None:
    """Raise Misdeclared where an entry would change the organisation under which figures were published."""
    entries = {(treasury.code, treasury.valid_from): treasury for treasury in here.treasuries}
    for row in warehouse.rows(connection, "declare/published_offices"):
        entry = entries.get((row["treasury_code"], row["valid_from"]))
        what = None
        if entry is None:
            what = "is gone"
        elif entry.region != row["region_code"]:
            what = f"has another region than {row['region_code']}"
        elif entry.valid_to and entry.valid_to < row["last_month"]:
            what = f"ends before {row['last_month']:%Y-%m}"
        if what:
            raise Misdeclared(
                f"the entry of treasury {row['treasury_code']} from {row['valid_from']} {what}, and figures were "
                "published under it",
                next_action="restore it in treasuries.yaml; a change has a valid_to, and a new entry from then on",
            )
