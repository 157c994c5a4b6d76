"""What reading commands need of the warehouse: that it is there, the period that is asked for, and its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from etl import settings
from etl.errors import Misdeclared
from etl.periods import Days, Period, SurveyMonth

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


def treasury_code(text: str, days: Days) -> str:
    """The code of the treasury that a text names in a month or a period.

    By code or by name. What names none, or several, is wrong usage, and those that may be meant are told.
    """
    from etl.registry import Registry, naming

    registry = Registry.configured()
    entries = (*registry.treasuries_in(days), *(t for t in registry.treasuries if t.withdrawn and t.has_days_in(days)))
    meant = naming.named(entries, text)
    if len({treasury.code for treasury in meant}) == 1:
        return meant[0].code
    if meant:
        raise typer.BadParameter(f"'{text}' may be one of {len(meant)}: {naming.listed(meant)}; give the code")
    similar = naming.listed(naming.similar(entries, text))
    hint = f"did you mean {similar}?" if similar else "see the codes and names in treasuries.yaml"
    raise typer.BadParameter(f"no treasury is called '{text}' in {days}; {hint}")


def treasury_now(text: str) -> str:
    """The code of the treasury that a text names today, or else named; any other text is left to the warehouse."""
    import datetime as dt

    from etl.registry import Registry, naming

    registry = Registry.configured()
    today = dt.datetime.now(registry.zone()).date()
    meant = naming.named([one for one in registry.treasuries if one.is_open_on(today)], text)
    meant = meant or naming.named(registry.treasuries, text)
    if len({treasury.code for treasury in meant}) > 1:
        raise typer.BadParameter(f"'{text}' may be one of {len(meant)}: {naming.listed(meant)}; give the code")
    return meant[0].code if meant else text


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
