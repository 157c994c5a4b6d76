"""Publish a draft as a revision that never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from etl import settings, warehouse
from etl.acting import weakness_cases
from etl.acting.officers import cases as recommended
from etl.errors import HailongError, Unfit
from etl.landing import zone
from etl.landing.treasury_month import shielded
from etl.log import log
from etl.periods import Period, SurveyMonth
from etl.publishing import preview, revisions, signature, words
from etl.publishing.approval import Decision
from etl.registry import Registry, rule_sets
from etl.registry.ruled import Pin, Ruled
from etl.scoring import drafts, recount

Row = dict[str, Any]
_LATER_KNOWN = frozenset(
    f"{before}_{what}" for before in ("previous", "year_before") for what in ("covariance", "returning_share")
) | {"chart_past"}


@dataclass(frozen=True)
class Draft:
    """A draft: its row, its rules, and what it was made from."""

    ruled: Ruled
    row: Row
    inputs: list[Row]


def publish(code: str, decision: Decision, unopened: Callable[[HailongError], None] = lambda error: None) -> int | None:
    """Freeze a period's draft as its next revision; the revision's number.

    It is None when the newest revision says the same; other names, codes or bands, and other evidence on officers,
    count where the decision says so.

    A draft that is provisional, older than the answers in core, other than the one that was decided on, or made from
    landed files that are gone raises Unfit, and so does one to which a treasury may still object, or objects and the
    decision does not say why it is published all the same; one under a rule set or questionnaire that was edited raises
    Misdeclared; one whose checks fail Disagreement. Where a key is set the revision is signed; without a signature
    nothing is published then. Once it stands, its lasting weaknesses and what it recommends become cases
    (``open_cases``): where they cannot, ``unopened`` is told why, and nothing of it changes.
    """
    number = _publish(code, decision)
    if error := open_cases():
        unopened(error)
    return number


def open_cases() -> HailongError | None:
    """Make cases of what is published: lasting weaknesses, and what evidence on officers recommends; why not, if so.

    It is logged then. What is published stands, whether or not that is possible: the next publication, or upkeep, makes
    them.
    """
    failures = [
        _opened("lasting weaknesses", weakness_cases.open_lasting),
        _opened("what evidence on officers recommends", recommended.open_due),
    ]
    return next((failure for failure in failures if failure), None)


def _opened(what: str, open_due: Callable[[], int]) -> HailongError | None:
    """Make cases of something that is published; why not, where that fails."""
    try:
        with shielded(what):
            open_due()
    except HailongError as error:
        told = type(error)(
            f"{what} did not become cases: {error.message}",
            next_action=f"what is published stands, and the next publication opens them; {error.next_action}",
        )
        log.error("%s", told)
        return told
    return None


def doubt(code: str) -> Unfit | None:
    """Why a period's draft is published as provisional only; None where it is not."""
    registry = Registry.configured()
    period = registry.period(code)
    with warehouse.transaction() as connection:
        row = drafts.draft(connection, period)
        inputs = warehouse.rows(connection, "publishing/inputs", period_code=period.code)
        try:
            _refuse_provisional(period, row, inputs)
            _refuse_unpublished_past(connection, period)
        except Unfit as error:
            return error
    return None


def newest(code: str) -> int:
    """The number of a period's newest revision; 0 with only a draft.

    Without a draft Misdeclared is raised.
    """
    return int(revisions.of_period(Registry.configured().period(code))[-1]["revision_number"])


def input_digest(connection: warehouse.Connection, stated: Row, inputs: list[Row]) -> str:
    """The sha256 over everything that figures were made from.

    That is the landed files, rule set, questionnaire, code version, and what was known besides.

    ``stated``: a draft or a revision. Known besides are the figures of earlier periods and the files handled. The
    evidence on officers, and the effects of what offices did, count by their digests, where there are any.
    """
    key = {"period_code": stated["period_code"], "revision_number": stated["revision_number"]}
    made_of = ("treasury_code", "treasury_state", "sha256", "book_digest")
    content = {
        "rule_set": [stated["rule_set_code"], stated["rule_set_digest"]],
        "questionnaire": [stated["questionnaire_code"], stated["questionnaire_digest"]],
        "code_version": stated["code_version"],
        "past": sorted(past_text(row) for row in warehouse.rows(connection, "publishing/past", **key)),
        **({"area_rules": stated["area_rules_digest"]} if stated["area_rules_digest"] else {}),
        "inputs": sorted(json.dumps([str(row["survey_month"]), *(row[name] for name in made_of)]) for row in inputs),
    }
    for basis in warehouse.rows(connection, "acting/officer_basis", **key):
        content["officers"] = [basis["officers_digest"]]
    for basis in warehouse.rows(connection, "acting/effect_basis", **key):
        content["effects"] = [basis["effects_digest"]]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def past_text(row: Row) -> str:
    """What was known of an area from earlier periods, as JSON.

    What came later to be known is left out while it is empty: the digest of older revisions stays the same.
    """
    kept = {name: value for name, value in row.items() if value is not None or name not in _LATER_KNOWN}
    return json.dumps(kept, sort_keys=True)


def _publish(code: str, decision: Decision) -> int | None:
    """Freeze a period's draft as its next revision: see ``publish``."""
    registry = Registry.configured()
    period = registry.period(code)
    with warehouse.transaction() as connection:
        drafts.lock(connection, period)
        drafts.refuse_edited(connection, period)
        row = drafts.draft(connection, period)
        figures = drafts.digest(connection, period)
        if decision.figures_digest not in (None, figures):
            raise Unfit(
                f"{period}: the draft was made anew after it was decided on, and says something else now",
                next_action=f"answer the newer question, or look at it again: hailong ranking {period} --draft",
            )
        ruled = Ruled.pinned(registry, period, Pin.of(row))
        draft = Draft(ruled, row, warehouse.rows(connection, "publishing/inputs", period_code=period.code))
        if not decision.is_provisional_allowed:
            _refuse_provisional(period, row, draft.inputs)
        _refuse_unfit(draft)
        if not decision.is_provisional_allowed:
            _refuse_unpublished_past(connection, period)
        recount.check(connection, ruled)
        if figures == row["last_figures_digest"] and not _is_other_news(connection, decision, row):
            return None
        preview.refuse(connection, period.code, decision.over_objections)
        number = _freeze(connection, draft, decision, figures)
        if settings.read().is_signing:
            signature.sign(connection, {"period_code": period.code, "revision_number": number})
        return number


def _freeze(connection: warehouse.Connection, draft: Draft, decision: Decision, figures_digest: str) -> int:
    """Have the warehouse freeze a draft as the next revision; its number."""
    revision = {
        "period_code": draft.ruled.period.code,
        "revision_number": int(draft.row["last_number"]) + 1,
        "input_digest": input_digest(connection, draft.row, draft.inputs),
        "figures_digest": figures_digest,
        "published_by": decision.published_by,
        "reason": decision.reason,
        "over_objections": decision.over_objections,
        "seen_objections": decision.seen_objections,
    }
    return int(warehouse.rows(connection, "publishing/freeze", **revision)[0]["revision_number"])


def _is_other_news(connection: warehouse.Connection, decision: Decision, row: Row) -> bool:
    """Whether a decision is also about names and evidence, and the draft has others than the newest revision."""
    key = {name: row[name] for name in ("period_code", "revision_number")}
    if not decision.are_names_news:
        return False
    newest = {**key, "revision_number": row["last_number"]}
    if _beside(connection, key) != _beside(connection, newest):
        return True
    return bool(words.digest(connection, key) != row["last_words_digest"])


def _beside(connection: warehouse.Connection, key: Row) -> tuple[str | None, ...]:
    """The digests of what was made beside a draft or revision: evidence on officers, and effects."""
    officers = warehouse.rows(connection, "acting/officer_basis", **key)
    effects = warehouse.rows(connection, "acting/effect_basis", **key)
    return (*(basis["officers_digest"] for basis in officers), None, *(basis["effects_digest"] for basis in effects))


def _refuse_provisional(period: Period, row: Row, inputs: list[Row]) -> None:
    """Raise Unfit where treasuries are missing, or were read too early."""
    early = [source for source in inputs if source["is_early"]]
    if early:
        first = early[0]
        raise Unfit(
            f"{period} is provisional: {len({source['treasury_id'] for source in early})} treasuries were read before"
            f" it was over, first {first['treasury_code']} {first['treasury_name_vi']}",
            next_action=f"run it again when it is over (hailong run {first['survey_month']:%Y-%m}), or publish it as it"
            " is with --provisional",
        )
    if row["month_status"] != "final":
        raise Unfit(
            f"{period} is provisional: {row['loaded_count']} of {row['open_count']} treasuries are in",
            next_action=f"heal it (hailong status {period}), or publish it as it is with --provisional",
        )


def _refuse_unfit(draft: Draft) -> None:
    """Raise Unfit where a draft cannot be published, however it is decided."""
    _refuse_withdrawn(draft)
    period, row = draft.ruled.period, draft.row
    early = [source for source in draft.inputs if source["is_early"]]
    in_force = rule_sets.in_force(draft.ruled.registry.path, period).code
    if in_force != row["rule_set_code"]:
        raise Unfit(
            f"{period}: the draft was made under {row['rule_set_code']}, and {in_force} is in force now",
            next_action=f"rate it again: hailong rate {period}",
        )
    if early and row["month_status"] == "final":  # made by an earlier version, which did not look
        raise Unfit(
            f"{period}: the draft does not say that treasuries were read before it was over",
            next_action=f"rate it again: hailong rate {period}",
        )
    newer = [source for source in draft.inputs if source["loaded_at"] and source["loaded_at"] > row["scored_at"]]
    if newer:
        raise Unfit(
            f"{period}: {len(newer)} treasuries came in after the draft was made, first {newer[0]['treasury_code']}"
            f" {newer[0]['treasury_name_vi']}",
            next_action=f"rate it again: hailong rate {period}",
        )
    _refuse_lost(draft.inputs)


def _refuse_withdrawn(draft: Draft) -> None:
    """Raise Unfit where a draft rates what was never an office."""
    entries = [entry for entry in draft.ruled.registry.treasuries if entry.withdrawn]
    for row in draft.inputs:
        month = SurveyMonth(row["survey_month"].year, row["survey_month"].month)
        for entry in entries:
            if entry.code == row["treasury_code"] and entry.has_days_in(month):
                period = draft.ruled.period
                raise Unfit(
                    f"{period}: the draft rates {entry.code} {entry.name_vi}, which is withdrawn: {entry.withdrawn}",
                    next_action=f"rate the offices of the period: hailong rate {period}",
                )


def _refuse_lost(inputs: list[Row]) -> None:
    """Raise Unfit where an input of a draft is gone."""
    root = settings.read().landing
    for row in inputs:
        path = row["landing_path"]
        if row["treasury_state"] == "loaded" and not (row["book_digest"] and path and zone.is_kept(path, root)):
            raise Unfit(
                f"{row['treasury_code']} {row['treasury_name_vi']}, {row['survey_month']:%Y-%m}: what its figures were"
                " made from, the landed file or the code book, is gone, and nobody could make them again",
                next_action=f"run the month again: hailong run {row['survey_month']:%Y-%m}",
            )


def _refuse_unpublished_past(connection: warehouse.Connection, period: Period) -> None:
    """Raise Unfit where a draft is compared with unpublished figures."""
    for row in warehouse.rows(connection, "publishing/unpublished_past", period_code=period.code):
        raise Unfit(
            f"{period} is compared with {row['period_code']}, which is not published",
            next_action=f"publish {row['period_code']} first and rate {period} again, or publish with --provisional",
        )
