"""Make published revisions again from what had landed, and compare every figure and word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from etl import __version__, warehouse
from etl.errors import Disagreement, HailongError, Misdeclared
from etl.periods import Period
from etl.publishing import (
    effects_again,
    landed_again,
    later_hiding,
    officers_again,
    publish,
    redactions,
    revisions,
    signature,
    star,
    words,
)
from etl.registry import Registry, area_rules
from etl.registry.ruled import Pin, Ruled
from etl.scoring import drafts, earlier, rate_period

Row = dict[str, Any]

_FAILED = "do not trust the revision: find out who changed the warehouse, the landing zone or the configuration"


@dataclass(frozen=True)
class Published:
    """A published revision, and what it was made from."""

    row: Row
    inputs: list[Row]

    @property
    def key(self) -> Row:
        """What the warehouse finds it by."""
        return {name: self.row[name] for name in ("period_code", "revision_number")}

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return f"{self.row['period_code']}, revision {self.row['revision_number']}"


def outcomes(
    code: str, only: int | None = None, key_file: str | None = None
) -> Iterator[tuple[int, HailongError | None]]:
    """Make a period's published revisions again; each number with its error.

    A revision whose stored figures or words were changed, that comes out differently, or that the star does not show
    as it is, gives a Disagreement; a landed file that is gone Unavailable; a rule set that was edited Misdeclared.
    With ``key_file``, a public key, one that is not signed with it as it stands gives a Disagreement as well. Nothing
    is left behind in the warehouse. Without a revision to make again Misdeclared is raised.
    """
    registry = Registry.configured()
    period = registry.period(code)
    published = [row for row in revisions.of_period(period) if row["revision_number"]]
    chosen = [row for row in published if only in (None, row["revision_number"])]
    if not chosen:
        raise Misdeclared(
            f"{period} has no published revision" + ("" if only is None else f" {only}"),
            next_action=f"see which there are: hailong revisions {period}"
            if published
            else f"publish it: hailong publish {period} --why …",
        )
    for row in chosen:
        error = None
        try:
            with warehouse.rehearsal() as connection:
                drafts.lock(connection, period)
                drafts.refuse_edited(connection, period)
                if key_file:
                    signature.check(connection, row, key_file)
                    _check_redactions(connection, row, key_file)
                _verify(connection, registry, period, row)
        except HailongError as wrong:
            error = wrong
        yield row["revision_number"], error


def verify(code: str, only: int | None = None) -> list[int]:
    """Verify a period's published revisions; their numbers.

    The first that came out differently raises its error.
    """
    results = list(outcomes(code, only))
    for error in (error for _, error in results if error):
        raise error
    return [number for number, _ in results]


def _verify(connection: warehouse.Connection, registry: Registry, period: Period, row: Row) -> None:
    """Make one revision again, in a transaction that will be undone."""
    key = {"period_code": period.code, "revision_number": row["revision_number"]}
    revision = Published(row, warehouse.rows(connection, "publishing/kept_inputs", **key))
    _refuse_changed(connection, revision)
    ruled = Ruled.pinned(registry, period, Pin.of(row))
    if unlike := words.first_difference(connection, key, ruled):
        raise Disagreement(
            f"{revision.name}: its frozen {unlike} is not that of {row['rule_set_code']} and"
            f" {row['questionnaire_code']}, under which it was rated",
            next_action=_FAILED,
        )
    words.declare(connection, key)
    past = earlier.as_published(connection, key, is_round=period.is_round)
    _load_again(connection, ruled, revision)
    job = rate_period.Job(
        ruled,
        run_id=row["run_id"],
        scored_at=row["scored_at"],
        revision=row["revision_number"],
        only=frozenset(landed["treasury_id"] for landed in revision.inputs),
        early=frozenset(landed["treasury_id"] for landed in revision.inputs if landed["is_early"]),
        area_rules=area_rules.pinned(registry.area_rules, row),
    )
    rate_period.rate_period(connection, job, lambda _: past)
    _refuse_different(revision, warehouse.rows(connection, "publishing/verify_differences", **key))
    officers_again.check(connection, ruled, row)
    effects_again.check(connection, ruled, row)
    later_hiding.check(connection, key, row["rule_set_code"])


def _check_redactions(connection: warehouse.Connection, row: Row, key_file: str) -> None:
    """Raise Disagreement unless the redactions of what a revision was made from are signed with a public key."""
    key = {"period_code": row["period_code"], "revision_number": row["revision_number"]}
    revision = Published(row, warehouse.rows(connection, "publishing/kept_inputs", **key))
    earlier_months = warehouse.rows(connection, "acting/moved_officer_input", **key)
    landed = [row["landing_path"] for row in (*revision.inputs, *earlier_months)]
    links = redactions.of_files(connection, landed)
    redactions.check(links, key_file, revision.name)


def _refuse_changed(connection: warehouse.Connection, revision: Published) -> None:
    """Raise Disagreement where what is stored of a revision is not what was published."""
    row, key = revision.row, revision.key
    changed = ""
    if drafts.figures_digest(connection, key) != row["figures_digest"]:
        changed = "the stored figures are not those that were published"
    elif words.digest(connection, key) != row["words_digest"]:
        changed = "the stored names, codes, bands or criteria are not those that were published"
    elif publish.input_digest(connection, row, revision.inputs) != row["input_digest"]:
        changed = "what is kept about its inputs is not what was published"
    if changed:
        raise Disagreement(f"{revision.name}: {changed}", next_action=_FAILED)
    for first in star.differences(connection, key):
        month = f"{row['period_code']}-01"
        raise Disagreement(
            f"{revision.name}: the star does not show it, {first} differ",
            next_action="find out who changed the star; then, as the warehouse's owner: select"
            f" mart.refresh_star(array[date '{month}'])",
        )


def _refuse_different(revision: Published, different: list[Row]) -> None:
    """Raise Disagreement where figures of a revision came out differently."""
    for first in different:
        code_version = revision.row["code_version"]
        raise Disagreement(
            f"{revision.name}: made again, {len(different)} figures differ; the first: {first['figure_kind']}"
            f" {first['place']}",
            next_action=_FAILED
            if code_version == __version__
            else f"it was made by version {code_version} of this program: verify it with that version",
        )


def _load_again(connection: warehouse.Connection, ruled: Ruled, revision: Published) -> None:
    """Load what a revision was made from, and set treasuries' states."""
    run_id = revision.row["run_id"]
    links = redactions.of_files(connection, (row["landing_path"] for row in revision.inputs))
    for row in revision.inputs:
        state = {name: row[name] for name in ("survey_month", "treasury_id", "treasury_state")}
        warehouse.run(connection, "publishing/state", {**state, "run_id": run_id})
    for first_day in sorted({row["survey_month"] for row in revision.inputs}):
        warehouse.run(connection, "declare/ensure_month", {"survey_month": first_day})
        loaded = [
            landed_again.treasury_month(
                ruled, run_id, redactions.now_standing(row, links.get(row["landing_path"], []), revision.name)
            )
            for row in revision.inputs
            if row["survey_month"] == first_day and row["treasury_state"] == "loaded"
        ]
        landed_again.load(connection, loaded)
