"""What evidence takes from assignments and cases, kept with each draft: who is forgotten later changes no revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from etl import warehouse
from etl.acting.officers import actions_known, standing
from etl.acting.officers.persons import ASSIGNED
from etl.acting.officers.standing import Standings
from etl.registry.actions import Ladder


def keep(connection: warehouse.Connection, ladder: Ladder, known: Mapping[str, Any]) -> None:
    """Keep with a draft who served under which code, and what stands of each person by the events of her cases.

    ``known``: period_code, last_assignment_number, last_event_number.
    """
    key = {"period_code": known["period_code"]}
    numbered = {**key, "last_assignment_number": known["last_assignment_number"]}
    warehouse.run(connection, "acting/keep_officer_span", numbered)
    events = warehouse.rows(connection, "acting/events_known", last_event_number=known["last_event_number"])
    for row in standing.kept(standing.of(events, ladder)):
        warehouse.run(connection, "acting/keep_officer_standing", {**key, **row})
    actions_known.keep(connection, ladder, known)


def keep_of(connection: warehouse.Connection, key: Mapping[str, Any]) -> None:
    """Give a draft the same of a published revision (period_code, revision_number), as it was."""
    for name in ("officer_span", "officer_standing", "officer_action"):
        warehouse.run(connection, f"acting/pinned_{name}", dict(key))


def assignments(connection: warehouse.Connection, period_code: str) -> pd.DataFrame:
    """The assignments that are kept with a draft: ``ASSIGNED``."""
    return pd.DataFrame(warehouse.rows(connection, "acting/officer_span", period_code=period_code), columns=ASSIGNED)


def standings(connection: warehouse.Connection, period_code: str) -> Standings:
    """What stands of persons, as it is kept with a draft."""
    return standing.of_kept(warehouse.rows(connection, "acting/officer_standing", period_code=period_code))
