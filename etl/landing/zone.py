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
import itertools
import json
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from etl import files
from etl.errors import HailongError, Unavailable
from etl.source import contract

_PART_BYTES = 8 << 20
"""What is held of a file at once while it goes to or comes from a store."""
_OURS = ("responses-", ".receipt.json.", ".look_back.json.")
"""What the names of landed files, and of drafts of receipts, begin with."""
pa.set_memory_pool(pa.system_memory_pool())  # batches come and go, and the default one keeps much of their memory
_SCHEMA = pa.schema([(name, contract.arrow_type(name)) for name in contract.LANDED_COLUMNS])
"""The columns of a month without a row."""


@dataclass(frozen=True)
class Receipt:
    """What was landed, from which source, and where it is.

    ``snapshot_at`` is the source's snapshot time (ISO 8601).

    ``shape_digest`` is that of the source's shape, where it is known.
    """

    row_count: int
    byte_count: int
    sha256: str
    source_name: str
    snapshot_at: str
    landing_seconds: float
    landing_path: str
    shape_digest: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Receipt:
        """The receipt of a landing that the warehouse knows, from its row."""
        return cls(
            row_count=row["row_count"],
            byte_count=0,
            sha256=row["sha256"],
            source_name=row["source_name"],
            snapshot_at=row["snapshot_at"].isoformat(),
            landing_seconds=0.0,
            landing_path=row["landing_path"],
        )


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


class _Digesting:
    """A writer that knows digest and size of what was written."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest, self.size, self.closed = file, hashlib.sha256(), 0, False

    def write(self, data: Any) -> int:
        """Write bytes, counting and digesting them."""
        block = memoryview(data)
        self.digest.update(block)
        self.size += block.nbytes
        self.file.write(block)
        return block.nbytes

    def flush(self) -> None:
        """Pass on what is buffered."""
        self.file.flush()

    def tell(self) -> int:
        """How much was written."""
        return self.size


def keep(
    place: Place, batches: Iterable[pa.RecordBatch], source_name: str, taken_at: Callable[[], dt.datetime]
) -> Receipt:
    """Keep the batches, and then the receipt that replaces the earlier one.

    A landing zone that is full or away raises Unavailable, one that is not there or refuses us Misdeclared. The
    earlier file stays until ``forget`` hears that it is outdated: a published revision may need it. ``taken_at`` is
    asked for the source's snapshot time after the last batch.
    """
    started = time.perf_counter()
    system, directory = place.open()
    path = f"{directory}/responses-{uuid.uuid4().hex[:12]}.parquet"
    try:
        with place.explaining("written"):
            _make_directory(system, directory, place)
            row_count, written = _write(system, path, batches)
            receipt = Receipt(
                row_count=row_count,
                byte_count=written.size,
                sha256=written.digest.hexdigest(),
                source_name=source_name,
                snapshot_at=taken_at().isoformat(),
                landing_seconds=round(time.perf_counter() - started, 3),
                landing_path=path,
            )
            files.put(system, f"{directory}/{place.receipt_name}", _as_json(receipt))
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
        system.mv(f"{directory}/{aside.receipt_name}", f"{directory}/{standing.receipt_name}")


def drop(aside: Place, *, is_noted: bool = False) -> None:
    """Remove what was landed aside, if anything was.

    The file of a landing that is noted in the warehouse stays: a published revision may need it, and ``forget`` will
    hear of it otherwise.
    """
    system, directory = aside.open()
    if not is_noted:
        with _left_for_later(aside):
            system.rm(receipt(aside).landing_path)
    with _left_for_later(aside):
        system.rm(f"{directory}/{aside.receipt_name}")


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


def receipt(place: Place) -> Receipt:
    """The receipt of the landing that stands; none raises Unavailable."""
    system, directory = place.open()
    with place.explaining("read"):
        try:
            return Receipt(**json.loads(system.cat_file(f"{directory}/{place.receipt_name}")))
        except FileNotFoundError as error:
            raise Unavailable(f"{place}: nothing has landed", next_action="run the month again") from error


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
            with system.open(kept.landing_path, "rb", block_size=_PART_BYTES) as file:
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
    return files.Folder(root, "the landing zone", "HAILONG_LANDING", "run the month again")


@contextlib.contextmanager
def _left_for_later(place: Place) -> Iterator[None]:
    """Let what cannot be tidied up now be no fault."""
    with contextlib.suppress(HailongError), place.explaining("tidied"):
        yield


def _make_directory(system: Any, directory: str, place: Place) -> None:
    """Make a place's directory.

    Nobody else is let into a landing zone on a local disk: it holds free text. Elsewhere the store's rules hold.
    """
    files.make_directory(system, directory)
    if files.is_local(system):
        with contextlib.suppress(PermissionError):  # somebody else's directory: its owner decides
            Path(_zone(place.root).open()[1]).chmod(0o700)


def _write(system: Any, path: str, batches: Iterable[pa.RecordBatch]) -> tuple[int, _Digesting]:
    """Write the rows as Parquet; how many, and the digest."""
    row_count, coming = 0, iter(batches)
    first = next(coming, None)
    schema = _SCHEMA if first is None else first.schema
    with system.open(path, "wb", block_size=_PART_BYTES) as file:
        written = _Digesting(file)
        with pq.ParquetWriter(written, schema, **_layout(schema)) as writer:
            for batch in () if first is None else itertools.chain([first], coming):
                writer.write_batch(batch)
                row_count += batch.num_rows
    return row_count, written


def _layout(schema: pa.Schema) -> dict[str, Any]:
    """Options of Parquet: dictionaries as in Arrow, and no statistics."""
    by_dictionary = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    return {"compression": "zstd", "use_dictionary": by_dictionary, "write_statistics": False}


def _as_json(receipt: Receipt) -> bytes:
    """A receipt as it is kept."""
    return json.dumps(dataclasses.asdict(receipt), indent=1).encode()
