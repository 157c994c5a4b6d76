"""The page that lists every published bulletin: the newest period first, each revision with what it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from etl.reports import templates, words
from etl.reports.bulletin import policy
from etl.reports.bulletin.content import Row


def page(abouts: Sequence[Row], published: Mapping[str, int], calendar: Sequence[Row] = ()) -> str:
    """The HTML of the list, with the release calendar below it.

    Each row is an ``about.json``; its files lie in ``<period>/revision-<n>/``. ``published``: the newest revision of
    each period, which need not have a bulletin. ``calendar``: rows of ``reports/bulletin/calendar``.
    """
    ordered = sorted(abouts, key=lambda about: about["revision_number"], reverse=True)
    ordered.sort(key=lambda about: (about["first_month"], about["period_code"]), reverse=True)
    newest = dict(published)
    for about in abouts:
        newest[about["period_code"]] = max(newest.get(about["period_code"], 0), about["newest_revision"])
    periods = [list(revisions) for _, revisions in groupby(ordered, key=lambda about: about["period_code"])]
    environment = templates.environment(Path(__file__).parent)
    environment.filters |= {"percent": _percent, "day": _day}
    return environment.get_template("contents.html.j2").render(
        periods=periods,
        newest=newest,
        calendar=[list(releases) for _, releases in groupby(calendar, key=lambda row: row["period_code"])],
        states=policy.STATES,
        rule=policy.REVISIONS,
    )


def _percent(rate: str | None) -> str:
    """A rate of 0 to 1 in per cent.

    As Vietnamese writes it: the languages differ by a comma alone.
    """
    return words.VIETNAMESE.percent(Decimal(rate) if rate else None)


def _day(day: str | dt.date | None) -> str:
    """A day, as Vietnamese writes it; a dash for none."""
    if day is None:
        return words.NOTHING
    return words.VIETNAMESE.date(dt.date.fromisoformat(day) if isinstance(day, str) else day)
