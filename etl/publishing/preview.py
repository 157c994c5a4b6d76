"""Previews: each treasury sees its own figures before the country does, and may object while its days last.

The clock of a treasury begins when its figures are first offered to it. The same figures keep it; others of its own
begin it anew, and nobody else's. Until when is counted in working days of the network, which the rule set gives.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from etl import warehouse
from etl.acting import office_said
from etl.acting.moment import Moment
from etl.errors import Misdeclared, Unfit
from etl.registry import Registry
from etl.warehouse import Row, Rows

if TYPE_CHECKING:
    from etl.registry.ruled import Ruled

About = Literal["landing", "calculation"]
Way = Literal["command", "form", "register"]


@dataclass(frozen=True)
class Objection:
    """What a treasury says against its figures in a period's draft.

    ``about``: landing (what was read of it is wrong) or calculation (what was made of it is). What comes by a form or a
    register is claimed by somebody; its ``source_key`` names the row, which is kept once.
    """

    period: str
    treasury_code: str
    about: About
    said: str
    way: Way = "command"
    claimed_by: str | None = None
    source_key: str | None = None


def offer(connection: warehouse.Connection, ruled: Ruled) -> None:
    """Offer each treasury of a draft its figures, where they are not those that it was offered last."""
    rule = ruled.rule_set.preview
    days = rule.working_days if rule else 0
    due = Moment.now(connection).due(days) if days else None
    warehouse.run(connection, "publishing/offer_previews", {"period_code": ruled.period.code, "due_date": due})


def offered(period: str) -> Rows:
    """The treasuries of a period's draft, until when each may object; first those whose days are not over."""
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "publishing/previews", period_code=period)


def open_objections(period: str) -> Rows:
    """The objections to a period's draft that are open, without what they say."""
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "publishing/open_objections", period_code=period)


def objections(period: str) -> Rows:
    """The objections to a period's drafts, open or ended, with what they say: those that the login may see."""
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "publishing/objections", period_code=period)


def object_to(objection: Objection) -> int:
    """Keep an objection to a draft; its number.

    An empty one raises Misdeclared. Unfit is raised without a draft, after the last day, about figures that are
    published, and for another treasury than the login's.
    """
    period = Registry.configured().period(objection.period)
    if not objection.said.strip():
        raise Misdeclared(
            f"{period}, treasury {objection.treasury_code}: the objection says nothing",
            next_action="say what is wrong, and how you know",
        )
    said = {
        name: value for name, value in dataclasses.asdict(objection).items() if name not in ("period", "treasury_code")
    }
    with warehouse.transaction() as connection:
        office = office_said.treasury(connection, objection.treasury_code, period.last_day)
        said |= {"period_code": period.code, "treasury_id": office["treasury_id"]}
        (row,) = warehouse.rows(connection, "publishing/object_to", said=office_said.as_json(said))
    return int(row["objection_number"])


def end(number: int, answer: str, why: str) -> None:
    """End an objection: withdrawn by its treasury, upheld or dismissed by the network's centre.

    One that is not the login's to end, or has ended, raises Unfit.
    """
    with warehouse.transaction() as connection:
        ended = {"objection_number": number, "answer_kind": answer, "reason": why}
        warehouse.rows(connection, "publishing/end_objection", **ended)


def opened(period: str, treasury_code: str) -> Row:
    """A treasury's own figures of a draft with its last day to object (``due_date``).

    The first time that a login of the treasury asks is noted. Without such a draft Misdeclared is raised.
    """
    with warehouse.transaction() as connection:
        warehouse.show(connection, "draft")
        asked = {"period_code": period, "treasury_code": treasury_code}
        figures = warehouse.rows(connection, "publishing/previewed", **asked)
        for row in warehouse.rows(connection, "publishing/previews", period_code=period):
            if row["treasury_code"] == treasury_code and figures:
                noted = {"period_code": period, "treasury_id": row["treasury_id"]}
                warehouse.rows(connection, "publishing/open_preview", **noted)
                return {**figures[0], "due_date": row["due_date"]}
    raise Misdeclared(
        f"{period}: there is no draft of treasury {treasury_code} that this login may see",
        next_action=f"see which there are: hailong preview list {period}",
    )


def awaited(rows: Rows) -> dt.date | None:
    """The last day of the treasuries that may still object; None where none may."""
    return max((row["due_date"] for row in rows if row["is_current"] and not row["is_over"]), default=None)


def sentences(period: str) -> list[str]:
    """Until when treasuries may object to a draft, and who does, one line each; no word of what they say."""
    rows = offered(period)
    lines = []
    if until := awaited(rows):
        count = sum(not row["is_over"] for row in rows)
        lines.append(f"{period}: {count} treasuries may object until {until}")
    for row in open_objections(period):
        about = "what was read of it" if row["about"] == "landing" else "how it was rated"
        said = f"treasury {row['treasury_code']} objects to {about} (objection {row['objection_number']})"
        lines.append(f"{said}; its figures changed since" if row["is_changed_since"] else said)
    return lines


def refuse(connection: warehouse.Connection, period: str, over_objections: str | None) -> None:
    """Raise Unfit while treasuries may object to a draft, or where one does and no reason goes over it.

    The function that freezes a revision looks again, with the draft locked.
    """
    open_ones = [
        row for row in warehouse.rows(connection, "publishing/previews", period_code=period) if not row["is_over"]
    ]
    unseen = [row for row in open_ones if not row["is_current"]]
    if unseen:
        raise Unfit(
            f"{period}: the figures of {len(unseen)} treasuries were offered to nobody, first"
            f" {unseen[0]['treasury_code']}",
            next_action=f"rate it again: hailong rate {period}",
        )
    if open_ones:
        raise Unfit(
            f"{period}: {len(open_ones)} treasuries may still object, first {open_ones[0]['treasury_code']}; the last"
            f" day is {awaited(open_ones)}",
            next_action=f"publish it after that day; see whose days run: hailong preview list {period}",
        )
    objections = warehouse.rows(connection, "publishing/open_objections", period_code=period)
    if objections and not (over_objections or "").strip():
        codes = ", ".join(sorted({row["treasury_code"] for row in objections}))
        raise Unfit(
            f"{period}: {len(objections)} objections are open, of {codes}",
            next_action=f"answer them (hailong preview objections {period}), or give a reason to publish it all the"
            " same",
        )
