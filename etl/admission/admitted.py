"""How one treasury's month came through the doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from etl import doors, warehouse
from etl.errors import Refused
from etl.landing.treasury_month import Outcome, TreasuryMonth


@dataclass(frozen=True)
class Judged:
    """What a rule found of one treasury."""

    element_count: int
    offending_keys: list[str]
    is_passed: bool


@dataclass
class Admitted(Outcome):
    """How one treasury came through the doors.

    ``findings``: by door and rule, the rows of ``ops.validation``. ``turned_away``: pairs of key and rule.
    ``broken``: by row rule, how many responses broke it.
    """

    findings: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    turned_away: list[tuple[str, str]] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)

    def add(self, door: str, finding: doors.Finding, judged: Judged) -> None:
        """Add what a rule found, in the whole or in a batch."""
        row = self.findings.setdefault((door, finding.rule_code), finding.blank(door))
        row["is_passed"] &= judged.is_passed
        row["element_count"] += judged.element_count
        row["unexpected_count"] += len(judged.offending_keys)
        row["offending_keys"] = (row["offending_keys"] + judged.offending_keys)[: doors.SHOWN_KEYS]

    def refuse(self, treasury_month: TreasuryMonth, reason: str) -> None:
        """Refuse the treasury's month, for one more reason."""
        earlier = f"{self.error.message}; " if isinstance(self.error, Refused) else f"{treasury_month.name}: "
        command = f"hailong turned-away {treasury_month.survey_month} --treasury {treasury_month.treasury.code}"
        self.error = Refused(
            earlier + reason,
            next_action=f"see the validation page and '{command}';"
            " ask the treasury to correct its answers, or declare the codes that are new; then run the month again",
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
        "response_keys": [key for key, _ in admitted.turned_away],
        "rule_codes": [rule for _, rule in admitted.turned_away],
    }
    warehouse.run(connection, "admission/turned_away", turned_away)
