"""Lasting weaknesses: a unit that is weak for so many months running is given a case when that is published."""

from __future__ import annotations

from etl import warehouse
from etl.acting.moment import Moment


def open_lasting() -> int:
    """Make a case, or evidence in the open one, of each unit weak for long in what was published; how many units.

    It looks at every published month that was not looked at yet; to do so again makes nothing. What was published
    before weaknesses opened cases opens none, nor do months before ``reported_since``, nor does what names no unit.
    """
    with warehouse.transaction() as connection:
        moment = Moment.now(connection)
        terms = moment.terms
        asked = {"least_months": terms.lasting_weakness.months, "reported_since": terms.reported_since}
        due = moment.due_of("lasting_weakness")
        return int(warehouse.rows(connection, "acting/open_weakness_cases", **asked, **due)[0]["unit_count"])
