"""The evidence on officers of a month's draft, and what it recommends: computed, and kept with the draft.

Rounds have none: the windows that a ladder looks at end with a month, and each month of a round has its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from etl import warehouse
from etl.acting.officers import pinned
from etl.acting.officers.rules import EvidenceRules, first_month
from etl.acting.officers.weighing import of_months
from etl.registry import actions, competences, effects
from etl.registry.ruled import Ruled
from etl.warehouse import bulk


def make(connection: warehouse.Connection, ruled: Ruled, today: dt.datetime | None = None) -> bool:
    """Compute and keep the evidence of a month's draft; whether there is any.

    There is none of a round, where no ladder is in force on the local day, nor where nothing counts towards officers.
    Who writes into a case, or assigns somebody, in this moment is waited for, and waits until the transaction ends.
    """
    day = (today or warehouse.now(connection)).astimezone(ruled.registry.zone()).date()
    ladder, counted = actions.in_force(ruled.registry.path, day), ruled.registry.competences_in(ruled.period)
    if ruled.period.is_round or ladder is None or counted is None:
        return False
    (numbers,) = warehouse.rows(connection, "acting/known_now")
    bounds = {"first_month": first_month(ruled, ladder), "last_month": ruled.period.first_day}
    warehouse.run(connection, "acting/keep_officer_input", {"period_code": ruled.period.code, **bounds})
    known = EvidenceRules(ladder, counted, effects=effects.in_force(ruled.registry.path, day), **numbers)
    pinned.keep(connection, ladder, {"period_code": ruled.period.code, **numbers})
    keep(connection, ruled, known)
    return True


def make_again(connection: warehouse.Connection, ruled: Ruled, basis: Mapping[str, Any]) -> None:
    """Compute and keep, as a draft's, the evidence of a published revision by what its basis pins.

    The months that it was made from are in core as they were. Who was forgotten since is in it as she was. A ladder, or
    competences, that were edited since raise Misdeclared.
    """
    path, said = ruled.registry.path, ("last_assignment_number", "last_event_number", "are_persons_pinned")
    code = basis["effect_code"]
    known = EvidenceRules(
        actions.named(path, basis["ladder_code"], basis["ladder_digest"]),
        competences.named(ruled.registry.competences, basis["competences_code"], basis["competences_digest"]),
        effects=None if code is None else effects.named(path, code, basis["effect_digest"]),
        **{name: basis[name] for name in said},
    )
    key = {name: basis[name] for name in ("period_code", "revision_number")}
    warehouse.run(connection, "acting/pinned_officer_input", key)
    if known.are_persons_pinned:
        pinned.keep_of(connection, key)
    else:
        pinned.keep(connection, known.ladder, basis)
    keep(connection, ruled, known)


def keep(connection: warehouse.Connection, ruled: Ruled, known: EvidenceRules) -> None:
    """Compute the evidence of a draft whose months and persons are kept, and keep it."""
    made, key = of_months(connection, ruled, known), {"period_code": ruled.period.code}
    basis = {
        "ladder_code": known.ladder.code,
        "ladder_digest": known.ladder.digest,
        "competences_code": known.competences.code,
        "competences_digest": known.competences.digest,
        "first_month": first_month(ruled, known.ladder),
        "spread_half": made.spread.half,
        "spread_origin": made.spread.origin,
        "spread_person_count": made.spread.persons,
        "last_assignment_number": known.last_assignment_number,
        "last_event_number": known.last_event_number,
        "are_persons_pinned": known.are_persons_pinned,
        "effect_code": known.effects and known.effects.code,
        "effect_digest": known.effects and known.effects.digest,
    }
    warehouse.run(connection, "acting/keep_officer_basis", {**key, **basis})
    tables = {"officer_evidence": made.evidence, "recommendation": made.recommendations, "officer_effect": made.effects}
    for name, rows in tables.items():
        if rows.empty:
            continue
        keyed = rows.assign(**key, revision_number=0, person_id=rows["person_id"].astype("Int64"))
        bulk.copy_text(connection, ("score", name), pa.Table.from_pandas(keyed, preserve_index=False))
    warehouse.run(connection, "acting/seal_officers", key)
