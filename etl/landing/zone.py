"""Keep a treasury's month as it came, with its receipt.

``<landing>/<month>/<treasury>/responses-<id>.parquet`` holds the rows, ``receipt.json`` beside it names the file
and its digest. The receipt is written last and replaced in one move: without it nothing is read, so that an
interrupted landing leaves the previous one, or none. A landing zone is any URL of fsspec (``etl.files``).
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from etl import files
from etl.errors import HailongError, Unavailable
from etl.landing import parquet
from etl.landing.receipt import Receipt, Taken, content_of
from etl.log import log

_END, _SHORTEST = b"PAR1", 12
"""How every whole file of Parquet ends, and how long it is at least."""
_OURS = ("responses-", ".receipt.json.", ".look_back.json.")
"""What the names of landed files, and of drafts of receipts, begin with."""


@dataclass(frozen=True)
class Place:
    """Where one treasury's month is kept: ``root`` is any fsspec URL.

    A place that is ``aside`` has a receipt of its own beside the one that stands, until ``stand`` puts it there.
    """

    root: str
    month: str
    treasury_code: str
    is_aside: bool = False

    @property
    def receipt_name(self) -> str:
        """The file of its receipt."""
        return "look_back.json" if self.is_aside else "receipt.json"

    def __str__(self) -> str:
        return f"treasury {self.treasury_code}, {self.month}"

    def open(self) -> tuple[Any, str]:
        """The file system and the directory on it."""
        system, root = _zone(self.root).open()
        return system, f"{root}/{self.month}/{self.treasury_code}"

    def explaining(self, done: str) -> contextlib.AbstractContextManager[None]:
        """Raise a driver's errors as ours, naming the treasury and month."""
        return _zone(self.root).explaining(done, str(self))


def keep(place: Place, batches: Iterable[pa.RecordBatch], source_name: str, taken: Callable[[], Taken]) -> Receipt:
    """Keep the batches, and then the receipt that replaces the earlier one.

    A landing zone that is full or away raises Unavailable, one that is not there or refuses us Misdeclared. The
    earlier file stays until ``forget`` hears that it is outdated: a published revision may need it. ``taken`` is asked
    after the last batch.
    """
    started = time.perf_counter()
    system, directory = place.open()
    path = f"{directory}/responses-{uuid.uuid4().hex[:12]}.parquet"
    try:
        with place.explaining("written"):
            _zone(place.root).make_directory(system, directory)
            clear(place)
            row_count, written = parquet.write(system, path, batches)
            files.settle(system, path)
            read = taken()
            receipt = Receipt(
                row_count=row_count,
                byte_count=written.size,
                sha256=written.digest.hexdigest(),
                source_name=source_name,
                snapshot_at=read.at.isoformat(),
                landing_seconds=round(time.perf_counter() - started, 3),
                landing_path=path,
                census=read.census,
                uncounted_why=read.uncounted_why,
            )
            write_receipt(place, receipt)
    except BaseException:
        with _left_for_later(place):
            system.rm(path)
        raise
    return receipt


def forget(place: Place, outdated: Collection[str]) -> None:
    """Remove outdated landed files of a place.

    One that cannot be removed now is tried again next time.
    """
    system, directory = place.open()
    with _left_for_later(place):
        for path in set(outdated) & set(system.ls(directory, detail=False)):
            with _left_for_later(place):
                system.rm(path)


def stand(aside: Place) -> None:
    """Let what was landed aside replace what stands."""
    system, directory = aside.open()
    standing = dataclasses.replace(aside, is_aside=False)
    with aside.explaining("written"):
        clear(standing)
        files.move(system, f"{directory}/{aside.receipt_name}", f"{directory}/{standing.receipt_name}")


def drop(aside: Place, *, is_noted: bool = False) -> None:
    """Remove what was landed aside, if anything was.

    The file of a landing that is noted in the warehouse stays: a published revision may need it, and ``forget`` will
    hear of it otherwise.
    """
    system, directory = aside.open()
    if not is_noted:
        with _left_for_later(aside):
            named = receipt(aside).landing_path
            if named != _standing_path(aside):
                system.rm(named)
    with _left_for_later(aside):
        system.rm(f"{directory}/{aside.receipt_name}")


def _standing_path(aside: Place) -> str | None:
    """The file of the landing that stands, if any does."""
    with contextlib.suppress(HailongError):
        return receipt(dataclasses.replace(aside, is_aside=False)).landing_path
    return None


def is_kept(path: str, root: str) -> bool:
    """Whether a landed file is still there."""
    zone = _zone(root)
    system, _ = zone.open()
    with zone.explaining("read"):
        return bool(system.exists(path))


def landed_before(moment: dt.datetime, root: str) -> dict[tuple[str, str], list[str]]:
    """Landed files written before a moment, by month and treasury code.

    Drafts of receipts count as well. A landing zone that is not there yet has none.
    """
    zone = _zone(root)
    system, start = zone.open()
    old: dict[tuple[str, str], list[str]] = {}
    with zone.explaining("read"):
        for path in system.find(start) if system.exists(start) else ():
            month, _, inside = path.removeprefix(start).strip("/").partition("/")
            code, _, name = inside.partition("/")
            if name.startswith(_OURS) and system.modified(path) < moment:
                old.setdefault((month, code), []).append(path)
    return old


class Unreadable(Unavailable):
    """A receipt is there that says nothing: cut short, of another form, or about a file of another place."""


def is_broken(path: str, root: str) -> bool:
    """Whether a local file is what was left of a landing that broke off: a draft, or rows without their end."""
    system, _ = _zone(root).open()
    if not files.is_local(system):
        return False
    if files.is_endless(system, path):
        return True
    with contextlib.suppress(OSError), Path(path).open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(_END)))
        return Path(path).name.startswith(".") or size < _SHORTEST or file.read() != _END
    return False


def receipt(place: Place) -> Receipt:
    """The receipt of the landing that stands; none raises Unavailable.

    One that cannot be read raises Unreadable, and is no landing: the month is read again, which replaces it.
    """
    system, directory = place.open()
    path = f"{directory}/{place.receipt_name}"
    with place.explaining("read"):
        try:
            kept = Receipt.of_json(content_of(system, path), directory)
        except FileNotFoundError:
            raise Unavailable(f"{place}: nothing has landed", next_action="run the month again") from None
        except (ValueError, IsADirectoryError, PermissionError) as error:
            raise _unreadable(place, error) from None
    if files.leads_elsewhere(system, kept.landing_path):
        raise _unreadable(place, ValueError("it names a link to a file elsewhere"))
    return kept


def write_receipt(place: Place, kept: Receipt) -> None:
    """Replace a place's receipt in one move."""
    system, directory = place.open()
    with place.explaining("written"):
        files.put(system, f"{directory}/{place.receipt_name}", _as_json(kept))


def clear(place: Place) -> None:
    """Remove a place's receipt where it cannot be read, and say so.

    What it named stays until ``landed_before`` finds it.
    """
    try:
        receipt(place)
    except Unreadable as error:
        log.warning("%s", error)
        system, directory = place.open()
        with _left_for_later(place):
            system.rm(f"{directory}/{place.receipt_name}", recursive=True)
    except HailongError:
        return


def _unreadable(place: Place, error: Exception) -> Unreadable:
    """What is said of a receipt that cannot be read."""
    number = getattr(error, "errno", None)
    why = os.strerror(number) if number else "it is cut short, of another form, or names a file elsewhere"
    return Unreadable(
        f"{place}: {place.receipt_name} cannot be read ({why}), and counts as none", next_action="run the month again"
    )


def read(place: Place, kept: Receipt, batch_rows: int, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """A receipt's rows in batches, all columns or some.

    A file that is gone, or is another one, raises Unavailable.
    """
    with _opened(place, kept) as file:
        landed = pq.ParquetFile(file, pre_buffer=False)  # else it holds the whole file
        for batch in landed.iter_batches(batch_rows, columns=columns):
            yield pa.Table.from_batches([batch])


@contextlib.contextmanager
def _opened(place: Place, kept: Receipt) -> Iterator[Any]:
    """A receipt's file; gone, or another one, raises Unavailable."""
    system, _ = place.open()
    with place.explaining("read"):
        try:
            if files.is_endless(system, kept.landing_path):
                raise FileNotFoundError
            with system.open(kept.landing_path, "rb", block_size=parquet.PART_BYTES) as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != kept.sha256:
                    raise Unavailable(
                        f"{place}: the landed file is not the receipt's", next_action="run the month again"
                    )
                file.seek(0)
                yield file
        except FileNotFoundError as error:
            raise Unavailable(f"{place}: {kept.landing_path} is gone", next_action="run the month again") from error


def _zone(root: str) -> files.Folder:
    """The landing zone at a URL."""
    return files.Folder(root, "the landing zone", "HAILONG_LANDING", "run the month again", is_private=True)


@contextlib.contextmanager
def _left_for_later(place: Place) -> Iterator[None]:
    """Let what cannot be tidied up now be no fault."""
    with contextlib.suppress(HailongError), place.explaining("tidied"):
        yield


def _as_json(receipt: Receipt) -> bytes:
    """A receipt as it is kept."""
    return json.dumps(dataclasses.asdict(receipt), indent=1).encode()
