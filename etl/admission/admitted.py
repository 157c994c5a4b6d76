"""How one treasury's month came through the doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa

from etl import doors, warehouse
from etl.errors import Refused
from etl.landing.treasury_month import Outcome, TreasuryMonth


@dataclass(frozen=True)
class Judged:
    """What a rule found of one treasury.

    ``offending_keys`` are what some of the rows at fault are called.
    """

    element_count: int
    unexpected_count: int
    offending_keys: list[str]
    is_passed: bool


class TurnedAway(NamedTuple):
    """A rule that a row broke; the row's number among those that landed, from 1, and its key, if it has one."""

    row_number: int
    response_key: str | None
    rule_code: str


@dataclass
class Admitted(Outcome):
    """How one treasury came through the doors.

    ``findings``: by door and rule, the rows of ``ops.validation``. ``broken``: by row rule, how many responses broke
    it. ``repeated``: the keys that more than one row has.
    """

    findings: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    turned_away: list[TurnedAway] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)
    repeated: pa.Array | None = None

    def add(self, door: str, finding: doors.Finding, judged: Judged) -> None:
        """Add what a rule found, in the whole or in a batch."""
        row = self.findings.setdefault((door, finding.rule_code), finding.blank(door))
        row["is_passed"] &= judged.is_passed
        row["element_count"] += judged.element_count
        row["unexpected_count"] += judged.unexpected_count
        row["offending_keys"] = (row["offending_keys"] + judged.offending_keys)[: doors.SHOWN_KEYS]

    def refuse(self, treasury_month: TreasuryMonth, reason: str, next_action: str) -> None:
        """Refuse the treasury's month, for one more reason."""
        earlier = self.error if isinstance(self.error, Refused) else None
        known = earlier.next_action.split("; and ") if earlier else []
        self.error = Refused(
            f"{earlier.message if earlier else treasury_month.name}{'; ' if earlier else ': '}{reason}",
            next_action="; and ".join(known if next_action in known else [*known, next_action]),
        )


def record_admitted(connection: warehouse.Connection, treasury_month: TreasuryMonth, admitted: Admitted) -> None:
    """Replace outcome, findings and rows turned away of a treasury's month."""
    if not admitted.error:
        admitted.book_digest = treasury_month.book.digest
        book = {"book_digest": treasury_month.book.digest, "book": treasury_month.book.text()}
        warehouse.run(connection, "admission/code_book", book)
    warehouse.run(connection, "landing/outcome", admitted.row(treasury_month))
    key = {"run_id": treasury_month.run_id, "treasury_code": treasury_month.treasury.code}
    warehouse.run(connection, "admission/clear_validation", key)
    month = treasury_month.survey_month.first_day
    rows = [{**key, "survey_month": month, **row} for row in admitted.findings.values()]
    warehouse.run(connection, "admission/validation", rows)
    warehouse.run(connection, "admission/clear_turned_away", treasury_month.key)
    turned_away = {
        **treasury_month.key,
        "run_id": treasury_month.run_id,
        "row_numbers": [row.row_number for row in admitted.turned_away],
        "response_keys": [row.response_key for row in admitted.turned_away],
        "rule_codes": [row.rule_code for row in admitted.turned_away],
    }
    warehouse.run(connection, "admission/turned_away", turned_away)
