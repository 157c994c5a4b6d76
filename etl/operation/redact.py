"""Redact what landed and what core holds, so that a kill at any moment leaves nothing half.

    drafts beside the landed files ─► one transaction: core, receipts, redactions, log ─► the drafts take their places

Before the transaction nothing has happened; after it ``settle`` brings the files up to it, however often it is called.
Whoever loads, rates, publishes or verifies one of the months waits.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from etl import settings, warehouse
from etl.errors import HailongError
from etl.landing import redaction, zone
from etl.landing.redaction import Change, LandedFile, Redacted
from etl.log import log
from etl.periods import SurveyMonth
from etl.publishing import redactions
from etl.warehouse import locks

Log = Callable[[warehouse.Connection, int], object]
"""Writes the log of processing: of so many responses in core. What it gives is not asked for."""


@dataclass(frozen=True)
class RedactionJob:
    """What is to be redacted, and why.

    ``touches`` says whether a landed file holds any of it, ``change`` gives what redacts a file's batches; ``core`` is
    what ``ops.redact`` is told besides the files.
    """

    reason_code: str
    touches: Callable[[LandedFile], bool]
    change: Callable[[LandedFile], Change]
    core: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """How many landed files and responses in core were redacted; ``is_signed``: the files with a key.

    ``unread_count`` landed files could not be read: they are damaged, or somebody writes them in this moment.
    """

    file_count: int
    landed_count: int
    core_count: int
    is_signed: bool
    unread_count: int


def run(job: RedactionJob, log_it: Log) -> Done:
    """Redact landed files and core; nothing of it, or all of it, whenever it is killed.

    A landing zone or warehouse that is away raises Unavailable, and the same again completes it.
    """
    root = settings.read().landing
    settle()
    touched, _ = _touched(root, job)
    with locks.hold_redaction(_months(touched), lambda holder: log.info("redaction: waiting for %s", holder)):
        _settle(root)
        months = _months(touched)
        touched, unread_count = _touched(root, job)
        files = [file for file in touched if _month(file) in months]
        made = [made for file in files if (made := redaction.redact(file, job.change(file)))]
        rows = [redactions.linked(_row(one, job.reason_code)) for one in made]
        with warehouse.transaction() as connection:
            said = json.dumps({**job.core, "files": rows}, default=str)
            (changed,) = warehouse.rows(connection, "publishing/redact", said=said)
            log_it(connection, changed["row_count"])
        _settle(root)
    landed_count = sum(one.redacted_count for one in made)
    return Done(len(made), landed_count, changed["row_count"], settings.read().is_signing, unread_count)


def settle() -> int:
    """Bring landed files up to the redactions that the warehouse knows; how many were behind."""
    root = settings.read().landing
    waiting = redaction.drafts(root)
    if not waiting:
        return 0
    with locks.hold_redaction(_months(waiting), lambda holder: log.info("redaction: waiting for %s", holder)):
        return _settle(root)


def _settle(root: str) -> int:
    """Let drafts take their places, and remove those of which the warehouse knows nothing."""
    done = 0
    for draft in redaction.drafts(root):
        link = _link(draft)
        if link is None:
            redaction.drop(draft)
        else:
            directory = draft.path.rpartition("/")[0]
            name = str(link["landing_path"]).rpartition("/")[2]
            redaction.stand(draft, f"{directory}/{name}", link["old_sha256"])
            done += 1
    return done


def _link(draft: LandedFile) -> dict[str, Any] | None:
    """The redaction that a draft is of; None where none was recorded."""
    with warehouse.transaction() as connection:
        asked = {"new_sha256": redaction.digest_of_draft(draft), "survey_month": f"{draft.place.month}-01"}
        rows = warehouse.rows(connection, "publishing/redaction_of_draft", **asked)
    inside = [row for row in rows if str(row["landing_path"]).split("/")[-3:-1] == draft.path.split("/")[-3:-1]]
    return inside[-1] if inside else None


def _touched(root: str, job: RedactionJob) -> tuple[list[LandedFile], int]:
    """Landed files that hold something to redact, and how many cannot be read."""
    touched, unread_count = [], 0
    for file in redaction.landed(root):
        try:
            if zone.is_broken(file.path, root):
                unread_count += 1
            elif job.touches(file):
                touched.append(file)
        except pa.ArrowInvalid:
            unread_count += 1
        except HailongError:
            if zone.is_kept(file.path, root):  # else a later landing has replaced it in this moment
                raise
    return touched, unread_count


def _months(files: Iterable[LandedFile]) -> set[dt.date]:
    """The survey months of landed files."""
    return {_month(file) for file in files}


def _month(file: LandedFile) -> dt.date:
    """The survey month of a landed file."""
    return SurveyMonth.parse(file.place.month).first_day


def _row(made: Redacted, reason_code: str) -> dict[str, Any]:
    """The row of ``ops.redaction``, with the size of the new file."""
    return {
        "survey_month": _month(made.file),
        "treasury_code": made.file.place.treasury_code,
        "landing_path": made.file.path,
        "old_sha256": made.old_sha256,
        "new_sha256": made.new_sha256,
        "byte_count": made.byte_count,
        "redacted_count": made.redacted_count,
        "reason_code": reason_code,
    }
