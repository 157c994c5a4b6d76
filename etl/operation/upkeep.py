"""Upkeep: partitions, planner statistics, retention, cases that wait, and the verification of published revisions.

Every function may run at any time, beside a run, and twice as well as once. Each returns plain values: they travel
between processes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from etl import files, settings, warehouse
from etl.errors import HailongError
from etl.landing import zone
from etl.landing.receipt import Receipt
from etl.log import log
from etl.operation import declare, redact
from etl.periods import SurveyMonth
from etl.publishing import places, publish, verify
from etl.registry import Registry
from etl.registry import retention as terms_of_retention

_BROKEN_AFTER = dt.timedelta(days=1)
"""How long a draft, or a file without its end, may still be somebody's work."""


def partitions(months_ahead: int = 2) -> list[str]:
    """Make the partitions of this month and some after; these months."""
    time_zone = Registry.configured().zone()
    with warehouse.transaction() as connection:
        months = [SurveyMonth.before(warehouse.now(connection), time_zone).next()]
    for _ in range(months_ahead):
        months.append(months[-1].next())
    for month in months:
        declare.make_month(month)
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

    How old they must be, the settings say; what broke off is removed after a day.

    A landed file is needed by a published revision, by what core holds, and while it is the newest of its treasury's
    month: however old, these stay. What is left are files of landings that broke off or were replaced.
    """
    redact.settle()
    with warehouse.transaction() as connection:
        moment = warehouse.now(connection)
        needed = {_inside_zone(row["landing_path"]) for row in warehouse.rows(connection, "operation/needed_landings")}
    landing_days, log_days = _days("landed_files"), _days("logs")
    return {
        "broken_off": _remove_broken(moment - _BROKEN_AFTER, needed),
        "landed_files": _forget_landings(moment - dt.timedelta(days=landing_days), needed) if landing_days else 0,
        "pages": _remove_pages(moment - dt.timedelta(days=log_days)) if log_days else 0,
    }


def remove_logs(directory: Path) -> int:
    """Remove a directory's expired log files; how many."""
    days = _days("logs")
    if not days:
        return 0
    with warehouse.transaction() as connection:
        before = (warehouse.now(connection) - dt.timedelta(days=days)).timestamp()
    return len(_removed(directory.rglob("*.log"), before))


def open_cases() -> HailongError | None:
    """Make cases of what is published, where a publication could not; why not."""
    return publish.open_cases()


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


def _days(kind: str) -> int:
    """For how many days something is kept: the fewer of what settings and configuration say; 0: for ever."""
    terms = terms_of_retention.declared(settings.read().config)
    said = {
        "landed_files": (settings.keep_landing_days(), terms.landed_files.days),
        "logs": (settings.keep_log_days(), terms.logs.days),
    }
    return min(filter(None, said[kind]), default=0)


def _forget_landings(before: dt.datetime, needed: set[str]) -> int:
    """Remove landed files older than a moment and not needed; how many.

    A place that this warehouse needs nothing of, or whose receipt cannot be read, is left alone: the zone may be
    another warehouse's, or its store away.
    """
    root, forgotten_count = settings.read().landing, 0
    needed_months = {path.rpartition("/")[0] for path in needed}
    for month_and_code, paths in zone.landed_before(before, root).items():
        receipts = _receipts(zone.Place(root, *month_and_code))
        standing = {_inside_zone(receipt.landing_path) for receipt in receipts if isinstance(receipt, Receipt)}
        is_unreadable = any(isinstance(receipt, zone.Unreadable) for receipt in receipts)
        if "/".join(month_and_code) not in needed_months or not standing or is_unreadable:
            continue
        outdated = {path for path in paths if _inside_zone(path) not in needed | standing}
        zone.forget(zone.Place(root, *month_and_code), outdated)
        forgotten_count += sum(not zone.is_kept(path, root) for path in outdated)
    return forgotten_count


def _remove_broken(before: dt.datetime, needed: set[str]) -> int:
    """Remove what landings and reports that broke off have left; how much."""
    root, removed_count = settings.read().landing, 0
    for month_and_code, paths in zone.landed_before(before, root).items():
        place = zone.Place(root, *month_and_code)
        broken = {path for path in paths if zone.is_broken(path, root)}
        named = {_inside_zone(receipt.landing_path) for receipt in _receipts(place) if isinstance(receipt, Receipt)}
        unneeded = {path for path in broken if _inside_zone(path) not in needed | named}
        zone.forget(place, unneeded)
        removed_count += sum(not zone.is_kept(path, root) for path in unneeded)
    return removed_count + sum(files.tidy(folder, before) for folder in (places.drafts(), places.published()))


def _receipts(place: zone.Place) -> list[Receipt | HailongError]:
    """The receipt of a month that stands and the one aside, or why there is none."""
    return [_receipt(dataclasses.replace(place, is_aside=is_aside)) for is_aside in (False, True)]


def _receipt(place: zone.Place) -> Receipt | HailongError:
    """The receipt of a place, or why there is none; one that cannot be read is told."""
    try:
        return zone.receipt(place)
    except HailongError as error:
        if isinstance(error, zone.Unreadable):
            log.warning("%s", error)
        return error


def _inside_zone(path: str) -> str:
    """Month, code and name of a landed file, whatever the zone's URL."""
    return "/".join(path.split("/")[-3:])


def _remove_pages(before: dt.datetime) -> int:
    """Remove validation pages older than a moment, and directories left empty."""
    pages = settings.read().reports.rglob("validation.html")
    old = _removed(pages, before.timestamp())
    for directory in sorted({parent for page in old for parent in _inside(page)}, reverse=True):
        with contextlib.suppress(OSError):  # others are in it
            directory.rmdir()
    return len(old)


def _removed(files: Iterable[Path], before: float) -> list[Path]:
    """The files that were older than a moment, and are removed now; what is no file, or is gone, is left alone."""
    removed = []
    for file in files:
        with contextlib.suppress(OSError):
            if file.lstat().st_mtime < before:
                file.unlink()
                removed.append(file)
    return removed


def _inside(page: Path) -> list[Path]:
    """The directories of a page up to that of all pages, which stays."""
    reports = settings.read().reports
    return [parent for parent in page.parents if reports in parent.parents]
