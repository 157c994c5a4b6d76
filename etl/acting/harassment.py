"""Reports of harassment: each one opens a case, or is evidence in the one that is open; never part of a rate."""

from __future__ import annotations

from etl import warehouse
from etl.acting.moment import Moment
from etl.periods import SurveyMonth


def open_reported(month: SurveyMonth) -> int:
    """Make a case of every report in a month that has none; how many reports.

    To do so again makes nothing: the same response never opens two. Reports that were loaded before there were cases
    open none, nor do those from before the day that ``cases.yaml`` says.
    """
    with warehouse.transaction() as connection:
        moment = Moment.now(connection)
        since = {"survey_month": month.first_day, "reported_since": moment.terms.reported_since}
        due = moment.due_of("harassment")
        return int(warehouse.rows(connection, "acting/open_harassment_cases", **since, **due)[0]["report_count"])
