"""What reading commands need of the warehouse: that it is there, the period that is asked for, and its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl import settings
from etl.errors import Misdeclared
from etl.periods import Period, SurveyMonth

if TYPE_CHECKING:
    from etl.reports.tables import Rows


_RATED = ("reports/ranking", "reports/provinces")
"""The reports of a rated period; the others are of a month."""


def need_warehouse() -> None:
    """Raise Misdeclared where no embedded warehouse was made; make none."""
    from etl.warehouse import embedded

    current = settings.read()
    if current.is_embedded and not embedded.is_made(current.state, "warehouse"):
        raise Misdeclared(
            f"there is no warehouse in {current.state} (HAILONG_STATE, or else .hailong in the working directory)",
            next_action="go to the directory in which it was made, or set HAILONG_STATE or HAILONG_WAREHOUSE_URL; "
            "'hailong demo' and 'hailong run' make one",
        )


def period(code: str) -> Period:
    """The month or the declared round of a code.

    Only a round is looked up in the configuration.
    """
    try:
        return Period.of_month(SurveyMonth.parse(code))
    except Misdeclared:
        from etl.registry import Registry

        return Registry.configured().period(code)


def rows(name: str, asked: Period, shown: str = "latest", **parameters: object) -> Rows:
    """The rows of a report about a period.

    One that was never run, or lacks that revision, raises Misdeclared.
    """
    from etl import warehouse

    is_rated = name in _RATED
    key = {"period_code": asked.code} if is_rated else {"survey_month": asked.first_day}
    with warehouse.transaction() as connection:
        if not warehouse.rows(connection, "reports/runs", survey_month=asked.first_day):
            raise Misdeclared(f"{asked} was not run yet", next_action=f"run it: hailong run {asked.first}")
        warehouse.show(connection, shown)
        if is_rated and not warehouse.rows(connection, "reports/period", **key):
            raise Misdeclared(
                f"{asked} has no revision {shown}" if shown.isdecimal() else f"{asked} was not rated yet",
                next_action=f"see hailong revisions {asked}" if shown.isdecimal() else f"rate it: hailong rate {asked}",
            )
        return warehouse.rows(connection, name, **key, **parameters)
