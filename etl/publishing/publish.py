"""Publish a draft as a revision that never changes, and list the revisions of a period."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from etl import registry, settings, warehouse
from etl.errors import Misdeclared, Unavailable
from etl.landing import zone
from etl.periods import Period
from etl.publishing import star
from etl.registry import Registry, rule_sets
from etl.scoring import recount
from etl.warehouse import locks

_FIGURES = ("rating", "standing", "mix", "weakness", "officer")


@dataclass(frozen=True)
class Decision:
    """Who publishes, why, whether although treasuries are missing, and the digest of the draft that was decided on."""

    published_by: str
    reason: str
    is_provisional_allowed: bool = False
    figures_digest: str | None = None

    def __post_init__(self) -> None:
        if not (self.published_by.strip() and self.reason.strip()):
            raise Misdeclared(
                "a revision needs somebody who publishes it, and a reason",
                next_action="say why with --why, for those who read it in years",
            )


def publish(code: str, decision: Decision) -> int | None:
    """Freeze the draft of a period as its next revision; its number, or None when the newest one says the same.

    A draft that is provisional, older than the answers in core, other than the one that was decided on, or made from
    landed files that are gone raises Unavailable; one under a rule set that was edited raises Misdeclared; one whose
    checks fail Disagreement.
    """
    here, period = period_of(code)
    with warehouse.transaction() as connection:
        lock(connection, period)
        refuse_edited(connection, period)
        draft = _draft(connection, period)
        rule_set = rule_sets.named(here.path, draft["rule_set_code"], draft["rule_set_digest"])
        inputs = warehouse.rows(connection, "publishing/inputs", **period.bounds)
        _refuse_unfit(period, draft, inputs, decision)
        if not decision.is_provisional_allowed:
            _refuse_unpublished_past(connection, period)
        recount.check(connection, period, rule_set)
        number = draft["last_number"] + 1
        key = {"period_code": period.code, "revision_number": number}
        figures = figures_digest(connection, {**key, "revision_number": 0})
        if decision.figures_digest not in (None, figures):
            raise Unavailable(
                f"{period}: the draft was made anew after it was decided on, and says something else now",
                next_action=f"look at it again (hailong ranking {period} --draft), and decide again",
            )
        if figures == draft["last_figures_digest"]:
            return None
        for name in _FIGURES:
            warehouse.run(connection, f"publishing/{name}", key)
        kept = ("survey_month", "treasury_id", "treasury_state", "row_count", "sha256", "landing_path")
        names = (*kept, "source_name", "snapshot_at", "loaded_at", "book_digest")
        warehouse.run(connection, "publishing/input", [{**key, **{n: one[n] for n in names}} for one in inputs])
        digests = {"input_digest": input_digest(connection, draft, inputs), "figures_digest": figures}
        who = {"published_by": decision.published_by, "reason": decision.reason}
        warehouse.run(connection, "publishing/revision", {**key, **digests, **who})
        star.refresh(connection, [] if period.is_round else [period.first_day])
    return int(number)


def revisions(code: str) -> list[dict[str, Any]]:
    """The draft and the published revisions of a period, oldest first; none raises Misdeclared."""
    _, period = period_of(code)
    with warehouse.transaction() as connection:
        found = warehouse.rows(connection, "publishing/revisions", period_code=period.code)
    if not found:
        raise not_rated(period)
    return found


def not_rated(period: Period) -> Misdeclared:
    """What is wrong with a period without a draft."""
    command = "rate" if period.is_round else "run"
    return Misdeclared(f"{period} was not rated yet", next_action=f"rate it: hailong {command} {period}")


def _refuse_unfit(period: Period, draft: dict[str, Any], inputs: list[dict[str, Any]], decision: Decision) -> None:
    """Raise Unavailable when a draft is not fit to be published, and say what makes it so."""
    if draft["month_status"] != "final" and not decision.is_provisional_allowed:
        raise Unavailable(
            f"{period} is provisional: {draft['loaded_count']} of {draft['open_count']} treasuries are in",
            next_action=f"heal it (hailong status {period}), or publish it as it is with --provisional",
        )
    in_force = rule_sets.in_force(settings.read().config, period).code
    if in_force != draft["rule_set_code"]:
        raise Unavailable(
            f"{period}: the draft was made under {draft['rule_set_code']}, and {in_force} is in force now",
            next_action=f"rate it again: hailong rate {period}",
        )
    newer = [one for one in inputs if one["loaded_at"] and one["loaded_at"] > draft["scored_at"]]
    if newer:
        raise Unavailable(
            f"{period}: {len(newer)} treasuries came in after the draft was made, first {newer[0]['treasury_code']}"
            f" {newer[0]['treasury_name_vi']}",
            next_action=f"rate it again: hailong rate {period}",
        )
    root = settings.read().landing
    for one in inputs:
        path = one["landing_path"]
        if one["treasury_state"] == "loaded" and not (one["book_digest"] and path and zone.is_kept(path, root)):
            raise Unavailable(
                f"{one['treasury_code']} {one['treasury_name_vi']}, {one['survey_month']:%Y-%m}: what its figures were"
                " made from, the landed file or the code book, is gone, and nobody could make them again",
                next_action=f"run the month again: hailong run {one['survey_month']:%Y-%m}",
            )


def _refuse_unpublished_past(connection: warehouse.Connection, period: Period) -> None:
    """Raise Unavailable where a draft's changes are against figures that may still change, and that nobody has seen."""
    for row in warehouse.rows(connection, "publishing/unpublished_past", period_code=period.code):
        raise Unavailable(
            f"{period} is compared with {row['period_code']}, which is not published",
            next_action=f"publish {row['period_code']} first and rate {period} again, or publish with --provisional",
        )


def input_digest(connection: warehouse.Connection, stated: dict[str, Any], inputs: list[dict[str, Any]]) -> str:
    """The sha256 over the landed files, the rule set, the questionnaire, the code version, and what was known besides.

    ``stated``: a draft or a revision. Known besides are the figures of earlier periods and the files handled.
    """
    key = {"period_code": stated["period_code"], "revision_number": stated["revision_number"]}
    made_of = ("treasury_code", "treasury_state", "sha256", "book_digest")
    said = {
        "rule_set": [stated["rule_set_code"], stated["rule_set_digest"]],
        "questionnaire": [stated["questionnaire_code"], stated["questionnaire_digest"]],
        "code_version": stated["code_version"],
        "past": sorted(json.dumps(row, sort_keys=True) for row in warehouse.rows(connection, "publishing/past", **key)),
        "inputs": sorted(json.dumps([str(one["survey_month"]), *(one[name] for name in made_of)]) for one in inputs),
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def figures_digest(connection: warehouse.Connection, key: dict[str, Any]) -> str:
    """The sha256 over all figures of a revision."""
    return str(warehouse.rows(connection, "publishing/figures_digest", **key)[0]["figures_digest"])


def draft_digest(connection: warehouse.Connection, code: str) -> str:
    """The sha256 over all figures of a period's draft; none raises Misdeclared."""
    _, period = period_of(code)
    _draft(connection, period)
    return figures_digest(connection, {"period_code": period.code, "revision_number": 0})


def _draft(connection: warehouse.Connection, period: Period) -> dict[str, Any]:
    """The draft of a period; none raises Misdeclared."""
    found = warehouse.rows(connection, "publishing/draft", period_code=period.code)
    if not found:
        raise not_rated(period)
    return found[0]


def period_of(code: str) -> tuple[Registry, Period]:
    """The registry and the period of a code."""
    here = registry.load(settings.read().config)
    return here, here.period(code)


def refuse_edited(connection: warehouse.Connection, period: Period) -> None:
    """Raise Misdeclared where a round has other months now than when it was rated."""
    for row in warehouse.rows(connection, "publishing/months", period_code=period.code):
        if row != period.bounds:
            raise Misdeclared(
                f"the round {period} was edited after it was rated",
                next_action="restore its months in rounds.yaml, and give other months a code of their own",
            )


def lock(connection: warehouse.Connection, period: Period) -> None:
    """Until the transaction ends, nobody else loads, scores or publishes a month of the period."""
    for month in period.months:
        locks.lock_month(connection, month.first_day)
