"""Declare to the warehouse what a period is rated under."""

from __future__ import annotations

from etl import __version__, warehouse
from etl.errors import Misdeclared
from etl.landing.treasury_month import treasury_ids
from etl.periods import SurveyMonth
from etl.registry import Registry, actions, dimensions, effects, rule_sets
from etl.registry.rule_set import RuleSet
from etl.registry.ruled import Ruled
from etl.scoring import signals
from etl.warehouse import locks, waits


def open_run(connection: warehouse.Connection, ruled: Ruled, run_id: str, *, is_early: bool = False) -> None:
    """Declare a period's registry and rules, and begin a run about it.

    ``is_early``: the period had not ended when the run was planned.

    A signal that there is not raises Misdeclared, and so does a rule set, a questionnaire, a ladder, a competence, a
    rule of effects or a round that was edited after it was used, or another network than that of the warehouse.
    """
    registry, pin = ruled.registry, ruled.pin
    signals.check_declared(ruled.rule_set)
    declared_sets = rule_sets.load(registry.path)
    _refuse_edited(connection, ruled, declared_sets)
    _refuse_rewriting(connection, registry)
    warehouse.run(
        connection, "declare/network", registry.network.model_dump(exclude={"escalate_after_days", "contact"})
    )
    warehouse.run(connection, "declare/clear_criteria", {"code": pin.questionnaire_code})
    for name, rows in dimensions.rows(ruled).items():
        warehouse.run(connection, f"declare/{name}", rows)
    for rule_set in declared_sets:
        row = {"code": rule_set.code, "digest": rule_set.digest, "definition_code": rule_set.rate.definition}
        warehouse.run(connection, "declare/definition", {**row, "definition_digest": rule_set.definition_digest})
    for month in ruled.period.months:
        _declare_month(connection, registry, month)
    run = {"run_id": run_id, "survey_month": ruled.period.first_day, "code_version": __version__, "is_early": is_early}
    in_force = {"rule_set_code": pin.rule_set_code, "questionnaire_code": pin.questionnaire_code}
    warehouse.run(connection, "operation/begin_run", {**run, **in_force})


def make_month(month: SurveyMonth) -> None:
    """Make a month's partition, where there is none; whoever is in the way is named in Unavailable."""

    def attempt() -> None:
        with (
            warehouse.transaction() as connection,
            waits.bounded(connection, f"the room for {month}", waits.STATEMENT_SECONDS),
        ):
            warehouse.run(connection, "declare/ensure_month", {"survey_month": month.first_day})

    waits.patiently(attempt, warehouse.PATIENCE_SECONDS)


def _declare_month(connection: warehouse.Connection, registry: Registry, month: SurveyMonth) -> None:
    """Make a month's partition, and declare the files handled in it."""
    warehouse.run(connection, "declare/ensure_month", {"survey_month": month.first_day})
    ids = treasury_ids(connection, month)
    names = [locks.treasury_name(month.first_day, treasury_id) for treasury_id in ids.values()]
    warehouse.run(connection, "operation/lockables", {"lockable_names": names})
    handled = registry.handled_files(month)
    rows = [{"treasury_id": ids[code], "handled_count": count} for code, count in handled.items()]
    warehouse.run(connection, "declare/clear_handled_files", {"survey_month": month.first_day})
    warehouse.run(connection, "declare/handled_files", [{"survey_month": month.first_day, **row} for row in rows])


def _refuse_edited(connection: warehouse.Connection, ruled: Ruled, declared_sets: tuple[RuleSet, ...]) -> None:
    """Raise Misdeclared where what must never change did."""
    network_code, questionnaire, period = ruled.registry.network.code, ruled.questionnaire, ruled.period
    digests = {("rule set", rule_set.code): rule_set.digest for rule_set in declared_sets}
    digests["questionnaire", questionnaire.code] = questionnaire.digest
    digests |= {("ladder", ladder.code): ladder.digest for ladder in actions.load(ruled.registry.path)}
    digests |= {("competences", entry.code): entry.digest for entry in ruled.registry.competences}
    digests |= {("effects", rule.code): rule.digest for rule in effects.load(ruled.registry.path)}
    digests["period", period.code] = " ".join(str(day) for day in period.bounds.values())
    codes = {"questionnaire_code": questionnaire.code, "period_code": period.code}
    for row in warehouse.rows(connection, "declare/declared", **codes):
        kind, code = row["kind"], row["code"]
        if kind == "network" and code != network_code:
            raise Misdeclared(
                f"this warehouse belongs to the network '{code}', the configuration is of '{network_code}'",
                next_action="give each network a warehouse (or a HAILONG_STATE) of its own",
            )
        if digests.get((kind, code), row["digest"]) != row["digest"]:
            raise Misdeclared(
                f"the {kind} {code} was edited after it was used",
                next_action="restore its file, and put the change into a new one, later dated or superseding it",
            )


def _refuse_rewriting(connection: warehouse.Connection, registry: Registry) -> None:
    """Raise Misdeclared where an entry would change published figures' organisation."""
    entries = {(treasury.code, treasury.valid_from): treasury for treasury in registry.treasuries}
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
