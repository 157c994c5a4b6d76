"""Reports of harassment: each one opens a case, or is evidence in the one that is open; never part of a rate."""

from __future__ import annotations

from etl import warehouse
from etl.acting.moment import Moment
from etl.periods import SurveyMonth


def open_reported(month: SurveyMonth) -> int:
    """Make a case of every report in a month that has none; how many reports.

    To do so again makes nothing: the same response never opens two.
    """
    with warehouse.transaction() as connection:
        due = Moment.now(connection).due_of("harassment")
        asked = {"survey_month": month.first_day, **due}
        return int(warehouse.rows(connection, "acting/open_harassment_cases", **asked)[0]["report_count"])
