"""Make the effects of a published revision again, and compare them."""

from __future__ import annotations

from typing import Any

from etl import __version__, warehouse
from etl.acting.offices import draft
from etl.errors import Disagreement
from etl.log import log
from etl.registry.ruled import Ruled

Row = dict[str, Any]

_FAILED = "do not trust it: find out who changed the warehouse, what was recorded of actions, or the configuration"


def check(connection: warehouse.Connection, ruled: Ruled, revision: Row) -> None:
    """Raise Disagreement unless a revision's effects are what they were, and come out the same again.

    Its own figures were just made again. What was recorded of actions after it changes nothing. Where it used the draft
    of an earlier month that was never published as it was, its digest alone tells that nobody changed it. A revision
    from before there were effects, or in which nobody did anything, has none.
    """
    key = {name: revision[name] for name in ("period_code", "revision_number")}
    name = f"{key['period_code']}, revision {key['revision_number']}"
    for basis in warehouse.rows(connection, "acting/effect_basis", **key):
        (stored,) = warehouse.rows(connection, "publishing/effects_digest", **key)
        if stored["effects_digest"] != basis["effects_digest"]:
            raise Disagreement(f"{name}: the stored effects are not what was published", next_action=_FAILED)
        draft.make_again(connection, ruled, basis, key)
        different = warehouse.rows(connection, "publishing/effect_differences", **key)
        if any(row["figure_kind"] == "input" for row in different):
            log.info("%s: drafts that it used are gone; its effects are compared with their digest alone", name)
        elif different:
            _refuse(name, revision, different)


def _refuse(name: str, revision: Row, different: list[Row]) -> None:
    """Raise Disagreement over effects that came out differently."""
    raise Disagreement(
        f"{name}: made again, {len(different)} effects differ; the first: {different[0]['place']}",
        next_action=_FAILED
        if revision["code_version"] == __version__
        else f"it was made by version {revision['code_version']} of this program: verify it with that version",
    )
