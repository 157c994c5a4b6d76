"""The cases that published evidence on officers opens, and what is due to be looked at."""

from __future__ import annotations

import json

from etl import settings, warehouse
from etl.acting.moment import Moment
from etl.errors import Misdeclared
from etl.registry import actions
from etl.registry.actions import Ladder
from etl.warehouse import Rows


def open_due() -> int:
    """Make a case of every step that the newest published evidence recommends; how many were opened or got evidence.

    To do so again makes nothing. An open case in which nothing was decided, and that this evidence no longer supports,
    says so.
    """
    with warehouse.transaction() as connection:
        pinned = warehouse.rows(connection, "acting/newest_ladder")
        if not pinned:
            return 0
        moment = Moment.now(connection)
        ladder = actions.named(settings.read().config, pinned[0]["ladder_code"], pinned[0]["ladder_digest"])
        due = {step.code: str(moment.due(step.due_working_days)) for step in ladder.steps}
        asked = {
            "acknowledge_by": moment.due_of("recommendation")["acknowledge_by"],
            "due_dates": json.dumps(due),
        }
        return int(warehouse.rows(connection, "acting/open_recommendation_cases", **asked)[0]["case_count"])


def due(treasury_code: str | None = None, *, are_all_shown: bool = False) -> Rows:
    """What the newest published month recommends to look at, the strongest steps first.

    With ``are_all_shown`` also officers of whom nothing is due, with what is missing.
    """
    asked = {"treasury_code": treasury_code, "are_all_shown": are_all_shown}
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "acting/due", **asked)


def ladder_of(code: str) -> Ladder:
    """The declared ladder of a code, for its words; none raises Misdeclared."""
    path = settings.read().config
    for ladder in actions.load(path):
        if ladder.code == code:
            return ladder
    raise Misdeclared(f"the ladder {code} is gone from {path / 'actions'}", next_action="restore its file")
