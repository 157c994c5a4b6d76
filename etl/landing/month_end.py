"""Whether a month was over at the moment of the data that were read."""

from __future__ import annotations

import datetime as dt

from etl.errors import Unavailable
from etl.landing.treasury_month import TreasuryMonth


class NotOver(Unavailable):
    """What was read is of a moment before the month was over; ``seconds`` are what it lacks."""

    seconds = 0.0


def refuse_early(treasury_month: TreasuryMonth, moment: dt.datetime) -> None:
    """Raise NotOver for data of a moment before their month was over, unless that is allowed."""
    end = treasury_month.bounds[1]
    if treasury_month.is_early_allowed or moment >= end:
        return
    month, zone = treasury_month.survey_month, treasury_month.book.zone
    taken, over = moment.astimezone(zone), end.astimezone(zone)
    error = NotOver(
        f"{treasury_month.name}: its data are of {taken:%d.%m.%Y %H:%M:%S}, before the month was over",
        next_action=f"run the month again when they are of after {over:%d.%m.%Y %H:%M}; a standby whose primary is idle"
        " looks older than it is, until the primary commits something or its role may see statistics (docs/sources.md);"
        f" or take the data as they are, for a draft that is never final: hailong run {month} --early",
    )
    error.seconds = (end - moment).total_seconds()
    raise error
