"""Make published revisions again from what had landed, and compare every figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl import __version__, warehouse
from etl.admission import admit
from etl.errors import Disagreement, HailongError, Misdeclared, Unavailable
from etl.landing import zone
from etl.landing.treasury_month import TreasuryMonth
from etl.periods import Period, SurveyMonth
from etl.publishing import publish
from etl.registry import Registry, codebook, dimensions, rule_sets
from etl.registry.rule_set import RuleSet
from etl.scoring import earlier, rate_period

_OTHER_VERSION = "it was made by version {code_version} of this program: verify it with that version"
_LOST = "restore the landed file from its backup: without it nobody can make the revision again"
_FAILED = "do not trust the revision: find out who changed the warehouse, the landing zone or the configuration"


def outcomes(code: str, only: int | None = None) -> Iterator[tuple[int, HailongError | None]]:
    """Make every published revision of a period again from what had landed: its number, and what is wrong with it.

    A revision whose stored figures were changed, or that comes out differently, gives a Disagreement; a landed file
    that is gone Unavailable; a rule set that was edited Misdeclared. Nothing is left behind in the warehouse. Without
    a revision to make again Misdeclared is raised.
    """
    here, period = publish.period_of(code)
    published = [one for one in publish.revisions(code) if one["revision_number"]]
    found = [one for one in published if only in (None, one["revision_number"])]
    if not found:
        raise Misdeclared(
            f"{period} has no published revision" + ("" if only is None else f" {only}"),
            next_action=f"see which there are: hailong revisions {period}"
            if published
            else f"publish it: hailong publish {period} --why …",
        )
    for revision in found:
        error = None
        try:
            with warehouse.rehearsal() as connection:
                publish.lock(connection, period)
                publish.refuse_edited(connection, period)
                _verify(connection, here, period, revision)
        except HailongError as wrong:
            error = wrong
        yield revision["revision_number"], error


def verify(code: str, only: int | None = None) -> list[int]:
    """The numbers of the published revisions of a period, all of which came out the same; else the first error."""
    found = list(outcomes(code, only))
    for error in (error for _, error in found if error):
        raise error
    return [number for number, _ in found]


def _verify(connection: warehouse.Connection, here: Registry, period: Period, revision: dict[str, Any]) -> None:
    """Make one revision again, in a transaction that will be undone."""
    key = {"period_code": period.code, "revision_number": revision["revision_number"]}
    name = f"{period}, revision {revision['revision_number']}"
    inputs = warehouse.rows(connection, "publishing/kept_inputs", **key)
    if publish.figures_digest(connection, key) != revision["figures_digest"]:
        raise Disagreement(f"{name}: the stored figures are not those that were published", next_action=_FAILED)
    if publish.input_digest(connection, revision, inputs) != revision["input_digest"]:
        raise Disagreement(f"{name}: what is kept about its inputs is not what was published", next_action=_FAILED)
    rule_set = rule_sets.named(here.path, revision["rule_set_code"], revision["rule_set_digest"])
    questionnaire = here.questionnaire_in(period)
    if dimensions.digest(questionnaire) != revision["questionnaire_digest"]:
        raise Misdeclared(
            f"{name}: the questionnaire {revision['questionnaire_code']} was edited after it was answered",
            next_action="restore its file, and put the change into a new, later dated file",
        )
    known = earlier.as_published(connection, key, is_round=period.is_round)
    _load_again(connection, (here, rule_set), revision, inputs)
    job = rate_period.Job(
        period,
        rule_set,
        questionnaire,
        revision["run_id"],
        revision["scored_at"],
        key["revision_number"],
        frozenset(row["treasury_id"] for row in inputs),
    )
    rate_period.rate_period(connection, job, lambda _: known)
    different = warehouse.rows(connection, "publishing/differences", **key)
    if different:
        first = different[0]
        raise Disagreement(
            f"{name}: made again, {len(different)} figures differ; the first: {first['figure_kind']} {first['place']}",
            next_action=_FAILED if revision["code_version"] == __version__ else _OTHER_VERSION.format(**revision),
        )


def _load_again(
    connection: warehouse.Connection,
    declared: tuple[Registry, RuleSet],
    revision: dict[str, Any],
    inputs: list[dict[str, Any]],
) -> None:
    """Load what a revision was made from, month by month, and set every treasury's state to what it was."""
    for row in inputs:
        state = {name: row[name] for name in ("survey_month", "treasury_id", "treasury_state")}
        warehouse.run(connection, "publishing/state", {**state, "run_id": revision["run_id"]})
    for first_day in sorted({row["survey_month"] for row in inputs}):
        month = SurveyMonth(first_day.year, first_day.month)
        warehouse.run(connection, "declare/ensure_month", {"survey_month": first_day})
        loaded = [r for r in inputs if r["survey_month"] == first_day and r["treasury_state"] == "loaded"]
        treasury_months = [_treasury_month(declared, revision, month, row) for row in loaded]
        for one in admit.admit_within(connection, treasury_months) if treasury_months else ():
            if isinstance(one.error, Unavailable):
                raise Unavailable(one.error.message, next_action=_LOST)
            if one.error:
                raise one.error


def _treasury_month(
    declared: tuple[Registry, RuleSet], revision: dict[str, Any], month: SurveyMonth, row: dict[str, Any]
) -> TreasuryMonth:
    """A treasury's month as a revision took it in."""
    here, rule_set = declared
    treasury = here.treasury(row["treasury_code"], month)
    return TreasuryMonth(
        treasury=treasury,
        treasury_id=row["treasury_id"],
        month=month,
        bounds=here.days_of(treasury, month),
        book=codebook.kept(row["book"], here.questionnaire_in(month)),
        admission=rule_set.admission,
        counting=rule_set.counting,
        run_id=revision["run_id"],
        pinned=zone.Receipt.of(row),
    )
