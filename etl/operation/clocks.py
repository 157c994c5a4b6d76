"""Wait for a clock that is behind another at the end of a month."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

from etl import settings
from etl.landing.land import land_month
from etl.landing.month_end import NotOver
from etl.landing.receipt import Receipt
from etl.landing.treasury_month import TreasuryMonth
from etl.log import log
from etl.periods import SurveyMonth

_LEAST_SECONDS = 1.0


def until_over(month: str | None, moment: dt.datetime | None) -> None:
    """Wait until a month is over by our clock, where the one that started the run (``moment``) says that it is.

    A clock that is further behind than ``HAILONG_CLOCK_SKEW_SECONDS`` is not waited for.
    """
    if moment is None:
        return
    zone = ZoneInfo(settings.time_zone())
    survey_month = SurveyMonth.asked_for(month, moment, zone)
    end = survey_month.bounds(zone)[1]
    behind = (end - dt.datetime.now(zone)).total_seconds()
    if moment >= end and 0 < behind <= settings.clock_skew_seconds():
        log.info("%s: our clock is behind, and the month ends in %.0f seconds; waiting", survey_month, behind)
        time.sleep(behind)


def land_when_over(treasury_month: TreasuryMonth, uri: str | None) -> Receipt:
    """Land a treasury's month; again while its data are of before the month's end because its clock may be behind.

    Data that are further behind than ``HAILONG_CLOCK_SKEW_SECONDS``, or that are behind when the month is over by our
    clock for so long, are so for another reason: NotOver is raised.
    """
    skew = settings.clock_skew_seconds()
    latest = treasury_month.bounds[1] + dt.timedelta(seconds=skew)
    while True:
        try:
            return land_month(treasury_month, uri, dt.datetime.now(dt.UTC))
        except NotOver as error:
            left = (latest - dt.datetime.now(dt.UTC)).total_seconds()
            if left <= 0 or error.seconds > skew:
                raise
            seconds = max(min(error.seconds, left), _LEAST_SECONDS)
            log.info("%s; reading it again in %.0f seconds", error.message, seconds)
            time.sleep(seconds)
