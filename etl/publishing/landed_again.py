"""Load what a published revision was made from again, in a transaction that will be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl import warehouse
from etl.admission import admit
from etl.errors import Unavailable
from etl.landing.receipt import Receipt
from etl.landing.treasury_month import TreasuryMonth
from etl.periods import SurveyMonth
from etl.registry import codebook
from etl.registry.ruled import Ruled

Row = dict[str, Any]

_LOST = "restore the landed file from its backup: without it nobody can make the revision again"


def load(connection: warehouse.Connection, treasury_months: Sequence[TreasuryMonth]) -> None:
    """Load some treasuries' pinned landings of one month; a landed file that is gone raises Unavailable."""
    for admitted in admit.admit_within(connection, treasury_months) if treasury_months else ():
        if isinstance(admitted.error, Unavailable):
            raise Unavailable(admitted.error.message, next_action=_LOST)
        if admitted.error:
            raise admitted.error


def treasury_month(ruled: Ruled, run_id: str, row: Row) -> TreasuryMonth:
    """A treasury's month as a revision took it in: a row of what it was made from, with the book."""
    month = SurveyMonth(row["survey_month"].year, row["survey_month"].month)
    treasury = ruled.registry.entry(row["treasury_code"], month)
    return TreasuryMonth(
        treasury=treasury,
        treasury_id=row["treasury_id"],
        survey_month=month,
        bounds=ruled.registry.days_of(treasury, month),
        book=codebook.kept(row["book"], ruled.questionnaire),
        admission=ruled.rule_set.admission,
        counting=ruled.rule_set.counting,
        run_id=run_id,
        pinned=Receipt.of(row),
    )
