"""Keep the untouched copy of a treasury's month, with its receipt; and read it back.

``<landing>/<month>/<treasury>/responses-<id>.parquet`` holds the rows, ``receipt.json`` beside it names the file
and its digest. The receipt is written last and replaced in one move: without it nothing is read, so that an
interrupted landing leaves the previous one, or none.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from etl import contract
from etl.errors import Unavailable

_SCHEMA = pa.schema([(name, pa.string()) for name in contract.LANDED_COLUMNS])


@dataclass(frozen=True)
class Receipt:
    """What was landed: rows, bytes, digest, source, the source's snapshot time (ISO 8601), seconds, path."""

    row_count: int
    byte_count: int
    sha256: str
    source_name: str
    snapshot_at: str
    landing_seconds: float
    landing_path: str


@dataclass(frozen=True)
class Place:
    """Where one treasury's month is kept: ``root`` is any fsspec URL."""

    root: str
    month: str
    treasury_code: str

    def __str__(self) -> str:
        return f"treasury {self.treasury_code}, {self.month}"

    def open(self) -> tuple[Any, str]:
        """The file system and the directory on it."""
        files, root = fsspec.url_to_fs(self.root)
        return files, f"{root}/{self.month}/{self.treasury_code}"


class _Digesting:
    """A writer that knows the digest and the size of what went through it."""

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
    """Write the batches and then their receipt in the place of an earlier one; a full disk raises Unavailable.

    The earlier file stays until ``forget`` hears that it is outdated: a published revision may need it. ``taken_at`` is
    asked for the source's snapshot time after the last batch.
    """
    started = time.perf_counter()
    files, directory = place.open()
    path = f"{directory}/responses-{uuid.uuid4().hex[:12]}.parquet"
    try:
        files.makedirs(directory, exist_ok=True)
        _keep_private(files, place)
        row_count, written = _write(files, path, batches)
        receipt = Receipt(
            row_count=row_count,
            byte_count=written.size,
            sha256=written.digest.hexdigest(),
            source_name=source_name,
            snapshot_at=taken_at().isoformat(),
            landing_seconds=round(time.perf_counter() - started, 3),
            landing_path=path,
        )
        _replace_receipt(files, directory, receipt)
    except BaseException as error:
        with contextlib.suppress(OSError):
            files.rm(path)
        if isinstance(error, OSError):
            raise Unavailable(
                f"{place}: the landing zone {directory} cannot be written ({error.strerror or type(error).__name__})",
                next_action="free or enlarge the disk, then run the month again",
            ) from error
        raise
    return receipt


def forget(place: Place, outdated: Collection[str]) -> None:
    """Remove outdated landed files of a place; one that cannot be removed now is tried again next time."""
    files, directory = place.open()
    for path in set(outdated) & set(files.ls(directory, detail=False)):
        with contextlib.suppress(OSError):
            files.rm(path)


def is_kept(path: str, root: str) -> bool:
    """Whether a landed file is still there, on the file system of a landing zone."""
    return bool(fsspec.url_to_fs(root)[0].exists(path))


def receipt(place: Place) -> Receipt:
    """The receipt of the landing that stands; none raises Unavailable."""
    files, directory = place.open()
    try:
        return Receipt(**json.loads(files.cat_file(f"{directory}/receipt.json")))
    except FileNotFoundError as error:
        raise Unavailable(f"{place}: nothing has landed", next_action="run the month again") from error


def read(place: Place, kept: Receipt, batch_rows: int) -> Iterator[pa.Table]:
    """Yield a receipt's rows in batches; a file that is gone or is not the receipt's raises Unavailable."""
    with _opened(place, kept) as file:
        for batch in pq.ParquetFile(file).iter_batches(batch_rows):
            yield pa.Table.from_batches([batch])


def keys(place: Place, kept: Receipt) -> pa.Table:
    """The columns response_key and treasury_code of all of a receipt's rows."""
    with _opened(place, kept) as file:
        return pq.read_table(file, columns=["response_key", "treasury_code"])


@contextlib.contextmanager
def _opened(place: Place, kept: Receipt) -> Iterator[Any]:
    """The landed file that a receipt names; one that is gone, or is another, raises Unavailable."""
    files, _ = place.open()
    try:
        with files.open(kept.landing_path, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != kept.sha256:
                raise Unavailable(f"{place}: the landed file is not the receipt's", next_action="run the month again")
            file.seek(0)
            yield file
    except FileNotFoundError as error:
        raise Unavailable(f"{place}: {kept.landing_path} is gone", next_action="run the month again") from error


def _keep_private(files: Any, place: Place) -> None:
    """Let nobody else into a landing zone on a local disk: it holds free text. Elsewhere the store's rules hold."""
    if isinstance(files, LocalFileSystem):
        with contextlib.suppress(PermissionError):  # somebody else's directory: its owner decides
            Path(files._strip_protocol(place.root)).chmod(0o700)


def _write(files: Any, path: str, batches: Iterable[pa.RecordBatch]) -> tuple[int, _Digesting]:
    """Write the rows as Parquet; how many, and the digest."""
    row_count = 0
    with files.open(path, "wb") as file:
        written = _Digesting(file)
        with pq.ParquetWriter(written, _SCHEMA, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
                row_count += batch.num_rows
    return row_count, written


def _replace_receipt(files: Any, directory: str, receipt: Receipt) -> None:
    """Put the new receipt in the old one's place in one move."""
    draft = f"{receipt.landing_path}.json"
    files.pipe_file(draft, json.dumps(dataclasses.asdict(receipt), indent=1).encode())
    files.mv(draft, f"{directory}/receipt.json")
