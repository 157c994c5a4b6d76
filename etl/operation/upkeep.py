"""Upkeep: partitions, planner statistics, retention, and the verification of published revisions.

Every function may run at any time, beside a run, and twice as well as once. Each returns plain values: they travel
between processes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import Any

from etl import settings, warehouse
from etl.errors import HailongError
from etl.landing import zone
from etl.periods import SurveyMonth
from etl.publishing import verify
from etl.registry import Registry


def partitions(months_ahead: int = 2) -> list[str]:
    """Make the partitions of this month and some after; these months."""
    time_zone = Registry.configured().zone()
    with warehouse.transaction() as connection:
        month = SurveyMonth.before(warehouse.now(connection), time_zone).next()
        months = [month]
        for _ in range(months_ahead):
            months.append(months[-1].next())
        for month in months:
            warehouse.run(connection, "declare/ensure_month", {"survey_month": month.first_day})
    return [str(month) for month in months]


def statistics() -> list[str]:
    """Refresh the planner's statistics of every table; their names.

    Each table has a transaction of its own.

    PostgreSQL does so by itself for what changes much, but never for a partitioned table as a whole.
    """
    with warehouse.transaction() as connection:
        names = [row["qualified_name"] for row in warehouse.rows(connection, "operation/tables")]
    for name in names:
        with warehouse.transaction() as connection:
            warehouse.run(connection, "operation/analyze_table", {"qualified_name": name})
    return names


def retention() -> dict[str, int]:
    """Remove old landed files and pages that nobody needs; how many.

    How old they must be, the settings say.

    A landed file is needed by a published revision, by what core holds, and while it is the newest of its treasury's
    month: however old, these stay. What is left are files of landings that broke off or were replaced.
    """
    with warehouse.transaction() as connection:
        moment = warehouse.now(connection)
        needed = {_inside_zone(row["landing_path"]) for row in warehouse.rows(connection, "operation/needed_landings")}
    landing_days, log_days = settings.keep_landing_days(), settings.keep_log_days()
    return {
        "landed_files": _forget_landings(moment - dt.timedelta(days=landing_days), needed) if landing_days else 0,
        "pages": _remove_pages(moment - dt.timedelta(days=log_days)) if log_days else 0,
    }


def remove_logs(directory: Path) -> int:
    """Remove a directory's expired log files; how many."""
    days = settings.keep_log_days()
    if not days:
        return 0
    with warehouse.transaction() as connection:
        before = (warehouse.now(connection) - dt.timedelta(days=days)).timestamp()
    old = [file for file in directory.rglob("*.log") if file.stat().st_mtime < before]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def verify_published(limit: int = 1) -> list[dict[str, Any]]:
    """Verify published revisions, longest unverified first; those that failed.

    Each with the kind of its error, the message and the next action.
    """
    with warehouse.transaction() as connection:
        chosen = warehouse.rows(connection, "operation/unverified", most_revisions=limit)
    failures = []
    for key in chosen:
        ((_, error),) = verify.outcomes(key["period_code"], key["revision_number"])
        with warehouse.transaction() as connection:
            outcome = {**key, "error_message": error.message if error else None}
            warehouse.run(connection, "operation/verification", outcome)
        if error:
            failures.append({**outcome, "error_kind": type(error).__name__, "next_action": error.next_action})
    return failures


def _forget_landings(before: dt.datetime, needed: set[str]) -> int:
    """Remove landed files older than a moment and not needed; how many.

    A place that this warehouse needs nothing of, or whose receipt cannot be read, is left alone: the zone may be
    another warehouse's, or its store away.
    """
    root, forgotten_count = settings.read().landing, 0
    needed_months = {path.rpartition("/")[0] for path in needed}
    for month_and_code, paths in zone.landed_before(before, root).items():
        standing = {
            _inside_zone(receipt.landing_path)
            for is_aside in (False, True)
            if (receipt := _receipt(zone.Place(root, *month_and_code, is_aside)))
        }
        if "/".join(month_and_code) not in needed_months or not standing:
            continue
        outdated = {path for path in paths if _inside_zone(path) not in needed | standing}
        zone.forget(zone.Place(root, *month_and_code), outdated)
        forgotten_count += sum(not zone.is_kept(path, root) for path in outdated)
    return forgotten_count


def _receipt(place: zone.Place) -> zone.Receipt | None:
    """The receipt of a place; None where none can be read."""
    with contextlib.suppress(HailongError):
        return zone.receipt(place)
    return None


def _inside_zone(path: str) -> str:
    """Month, code and name of a landed file, whatever the zone's URL."""
    return "/".join(path.split("/")[-3:])


def _remove_pages(before: dt.datetime) -> int:
    """Remove validation pages older than a moment, and directories left empty."""
    pages = settings.read().reports.rglob("validation.html")
    old = [page for page in pages if page.stat().st_mtime < before.timestamp()]
    for page in old:
        page.unlink(missing_ok=True)
    for directory in sorted({parent for page in old for parent in _inside(page)}, reverse=True):
        with contextlib.suppress(OSError):  # others are in it
            directory.rmdir()
    return len(old)


def _inside(page: Path) -> list[Path]:
    """The directories of a page up to that of all pages, which stays."""
    reports = settings.read().reports
    return [parent for parent in page.parents if reports in parent.parents]
