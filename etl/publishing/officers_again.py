"""Make the evidence on officers of a published revision again, and compare it."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

from etl import __version__, warehouse
from etl.acting.officers import draft
from etl.errors import Disagreement, Unavailable
from etl.log import log
from etl.periods import Period, SurveyMonth
from etl.publishing import landed_again, redactions
from etl.registry.ruled import Pin, Ruled

Row = dict[str, Any]

_FAILED = "do not trust it: find out who changed the warehouse, the landing zone or the configuration"


def check(connection: warehouse.Connection, ruled: Ruled, revision: Row) -> None:
    """Raise Disagreement unless a revision's evidence on officers is what it was, and comes out the same again.

    Its own month is in core as it had landed. An earlier month of which core holds what is pinned is taken from there,
    another is loaded again from its pinned landing; one that is gone raises Unavailable. Assignments and events that
    came after the revision change nothing. A revision from before there was evidence has none. No officer is named.

    Where an officer was forgotten since, or the time of hashes is over, it may come out otherwise: then its digest
    alone tells that nobody changed it.
    """
    key = {name: revision[name] for name in ("period_code", "revision_number")}
    name = f"{key['period_code']}, revision {key['revision_number']}"
    for basis in warehouse.rows(connection, "acting/officer_basis", **key):
        _load_moved(connection, ruled, revision, name)
        draft.make_again(connection, ruled, basis)
        different = warehouse.rows(connection, "publishing/officer_differences", **key)
        if different and warehouse.rows(connection, "publishing/officers_redacted", **key)[0]["is_redacted"]:
            log.info("%s: personal data went since; the evidence on officers is compared with its digest alone", name)
        else:
            _refuse_different(name, revision, different)
        (stored,) = warehouse.rows(connection, "publishing/officers_digest", **key)
        if stored["officers_digest"] != basis["officers_digest"]:
            raise Disagreement(
                f"{name}: the stored evidence on officers is not what was published", next_action=_FAILED
            )


def _load_moved(connection: warehouse.Connection, ruled: Ruled, revision: Row, name: str) -> None:
    """Load the earlier months again that core holds otherwise than they are pinned."""
    key = {name: revision[name] for name in ("period_code", "revision_number")}
    moved = warehouse.rows(connection, "acting/moved_officer_input", **key)
    for (first_day, code), rows in itertools.groupby(moved, lambda row: (row["survey_month"], row["rule_set_code"])):
        month = SurveyMonth(first_day.year, first_day.month)
        alike = list(rows)
        for row in alike:
            if row["landing_path"] is None or row["book"] is None:
                raise Unavailable(
                    f"{row['treasury_code']}, {month}: what the evidence on officers was made from did not land, and"
                    f" core holds something else now (rule set {code})",
                    next_action="restore the warehouse from its backup: without it nobody can make it again",
                )
        then = Ruled.pinned(ruled.registry, Period.of_month(month), Pin.of(alike[0]))
        warehouse.run(connection, "declare/ensure_month", {"survey_month": first_day})
        links = redactions.of_files(connection, (row["landing_path"] for row in alike))
        standing = [redactions.now_standing(row, links.get(row["landing_path"], []), name) for row in alike]
        landed = [landed_again.treasury_month(then, revision["run_id"], row) for row in standing]
        landed_again.load(connection, landed)


def _refuse_different(name: str, revision: Row, different: list[Row]) -> None:
    """Raise Disagreement where evidence came out differently; the treasuries of most of it are named, no officer."""
    if not different:
        return
    counts = Counter[str]()
    for row in different:
        counts[row["treasury_code"] or "the whole network"] += row["place_count"]
    where = ", ".join(code for code, _ in counts.most_common(3))
    raise Disagreement(
        f"{name}: made again, {counts.total()} rows of the evidence on officers differ, the most of treasury {where}",
        next_action=_FAILED
        if revision["code_version"] == __version__
        else f"it was made by version {revision['code_version']} of this program: verify it with that version",
    )
