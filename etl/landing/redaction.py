"""Redact landed files: a new file beside the old one, which takes its place when the warehouse knows of it.

A draft is called ``redacted-<sha256>.parquet`` after what it holds. As long as it is there its redaction is not done:
the receipts say the new digest first, and then the draft is moved onto the old file. Each step can be done again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl import files, settings
from etl.errors import HailongError
from etl.landing import parquet, zone
from etl.landing.zone import Place

_DRAFT = "redacted-"
Change = Callable[[pa.RecordBatch], pa.RecordBatch]
"""Gives a batch of landed rows with something redacted, or the same batch."""


@dataclass(frozen=True)
class LandedFile:
    """A landed file by its place and path."""

    place: Place
    path: str


@dataclass(frozen=True)
class Redacted:
    """A landed file, and what stands in the draft that is to take its place."""

    file: LandedFile
    old_sha256: str
    new_sha256: str
    byte_count: int
    redacted_count: int


def landed(root: str) -> list[LandedFile]:
    """All landed files of a zone, also those that no receipt names; in the order of their paths."""
    return _files(root, "responses-")


def drafts(root: str) -> list[LandedFile]:
    """The drafts of a zone, of redactions that are not done; those that broke off begin with a dot."""
    return _files(root, _DRAFT) + _files(root, f".{_DRAFT}")


def digest_of_draft(draft: LandedFile) -> str:
    """What a draft holds, by its name."""
    return draft.path.rpartition("/")[2].removeprefix(_DRAFT).removesuffix(".parquet")


def batches(file: LandedFile, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """A landed file's rows, all columns or some; one without its end raises ValueError."""
    system, _ = file.place.open()
    with file.place.explaining("read"), system.open(file.path, "rb", block_size=parquet.PART_BYTES) as opened:
        yield from pq.ParquetFile(opened, pre_buffer=False).iter_batches(settings.read().batch_rows, columns=columns)


def holds(file: LandedFile, column: str, matches: Callable[[str], bool]) -> bool:
    """Whether a text of a column matches; None is asked about as an empty text."""
    for batch in batches(file, [column]):
        distinct = pc.unique(batch.column(0).cast(pa.string())).to_pylist()
        if any(matches(text or "") for text in distinct):
            return True
    return False


def redact(file: LandedFile, change: Change) -> Redacted | None:
    """Write the draft of a redacted file; None where nothing in it changes."""
    system, directory = file.place.open()
    beside = f"{directory}/.{_DRAFT}{uuid.uuid4().hex[:8]}"
    changed_count = 0

    def changed() -> Iterator[pa.RecordBatch]:
        nonlocal changed_count
        for batch in batches(file):
            made = change(batch)
            changed_count += _unlike(batch, made)
            yield made

    with file.place.explaining("written"):
        try:
            with system.open(file.path, "rb") as opened:
                old = hashlib.file_digest(opened, "sha256").hexdigest()
            _, written = parquet.write(system, beside, changed())
            if not changed_count:
                return None
            files.settle(system, beside)
            new = written.digest.hexdigest()
            files.move(system, beside, f"{directory}/{_DRAFT}{new}.parquet")
        finally:
            with contextlib.suppress(OSError):  # else it has become the draft
                system.rm(beside)
    return Redacted(file, old, new, written.size, changed_count)


def stand(draft: LandedFile, path: str, old_sha256: str) -> None:
    """Let a draft take the place of the landed file at ``path``: the receipts first, then the file."""
    new, place = digest_of_draft(draft), draft.place
    system, directory = place.open()
    with place.explaining("written"):
        size = system.size(draft.path)
        for is_aside in (False, True):
            at = dataclasses.replace(place, is_aside=is_aside)
            with contextlib.suppress(HailongError):  # there is none, or it says nothing
                kept = zone.receipt(at)
                if kept.landing_path == path and kept.sha256 == old_sha256:
                    zone.write_receipt(at, dataclasses.replace(kept, sha256=new, byte_count=size))
        if system.exists(f"{directory}/{path.rpartition('/')[2]}"):
            files.move(system, draft.path, path)
        else:  # the file went away in the meantime
            system.rm(draft.path)


def drop(draft: LandedFile) -> None:
    """Remove a draft of which the warehouse knows nothing."""
    system, _ = draft.place.open()
    with draft.place.explaining("tidied"):
        system.rm(draft.path)


def _unlike(before: pa.RecordBatch, after: pa.RecordBatch) -> int:
    """How many rows of two batches differ."""
    if before is after:
        return 0
    differs = pa.repeat(pa.scalar(False), before.num_rows)
    for name in ("respondent_hash", "comment"):
        old, new = (pc.fill_null(batch.column(name).cast(pa.string()), "") for batch in (before, after))
        differs = pc.or_(differs, pc.not_equal(old, new))
    return int(pc.sum(differs).as_py() or 0)


def _files(root: str, beginning: str) -> list[LandedFile]:
    """The files of a zone whose names begin so."""
    system, start = Place(root, "", "").open()
    start = start.rstrip("/")
    found: list[LandedFile] = []
    with Place(root, "", "").explaining("read"):
        paths: list[Any] = system.find(start) if system.exists(start) else []
    for path in sorted(map(str, paths)):
        parts = path.removeprefix(start).strip("/").split("/")
        if len(parts) == 3 and parts[2].startswith(beginning):
            found.append(LandedFile(Place(root, parts[0], parts[1]), path))
    return found
