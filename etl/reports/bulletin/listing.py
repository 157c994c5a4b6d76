"""The page that lists every bulletin, and which revision of a period is current."""

from __future__ import annotations

import json
from typing import Any

from etl import warehouse
from etl.files import Folder
from etl.log import log
from etl.periods import SurveyMonth
from etl.publishing import places
from etl.registry import Registry
from etl.reports.bulletin.page import contents

ABOUT = "about.json"
_LISTED = {"period_code", "period_name_vi", "period_name_en", "revision_number", "month_status", "loaded_count",
           "open_count", "network_name_vi", "network_name_en", "first_month", "newest_revision", "published_on",
           "satisfaction_rate", "files"}  # fmt: skip
"""What the list of bulletins needs to know of each."""


def renew() -> None:
    """Let the list of bulletins say what is current now; without a bulletin there is no list."""
    folder = places.published()
    if any(True for _ in folder.names(f"*/revision-*/{ABOUT}")):
        write(folder)


def write(folder: Folder) -> None:
    """Make the page that lists every revision, from each ``about.json``.

    What is current the warehouse says: a revision may have been published without a bulletin.
    """
    known = [_read_about(folder, name) for name in folder.names(f"*/revision-*/{ABOUT}")]
    with warehouse.snapshot() as connection:
        rows = warehouse.rows(connection, "reports/bulletin/newest")
        calendar = warehouse.rows(connection, "reports/bulletin/calendar")
    newest = {row["period_code"]: row["revision_number"] for row in rows}
    folder.put("index.html", contents.page([about for about in known if about], newest, _due(calendar)).encode())


def _due(calendar: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was published, and what is to come: between two declared rounds no month is due."""
    registry = Registry.configured()
    return [
        row for row in calendar if row["revision_number"] or registry.has_round(SurveyMonth.parse(row["period_code"]))
    ]


def _read_about(folder: Folder, name: str) -> dict[str, Any]:
    """What a list says of a bulletin; one that cannot be read is told, and left out."""
    try:
        about = json.loads(folder.get(name) or b"")
        if isinstance(about, dict) and about.keys() >= _LISTED:
            return about
    except (ValueError, RecursionError):
        pass
    log.warning("%s cannot be read, and its bulletin is not listed: make it again with hailong bulletin", name)
    return {}
