"""The file of a landing: rows as Parquet, digested while they are written."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from etl.source import contract

PART_BYTES = 8 << 20
"""What is held of a file at once while it goes to or comes from a store."""
pa.set_memory_pool(pa.system_memory_pool())  # batches come and go, and the default one keeps much of their memory
_SCHEMA = pa.schema([(name, contract.arrow_type(name)) for name in contract.LANDED_COLUMNS])
"""The columns of a month without a row."""


class Digesting:
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


def write(system: Any, path: str, batches: Iterable[pa.RecordBatch]) -> tuple[int, Digesting]:
    """Write the rows as Parquet; how many, and the digest."""
    row_count, coming = 0, iter(batches)
    first = next(coming, None)
    schema = _SCHEMA if first is None else first.schema
    with system.open(path, "wb", block_size=PART_BYTES) as file:
        written = Digesting(file)
        with pq.ParquetWriter(written, schema, **_layout(schema)) as writer:
            for batch in () if first is None else itertools.chain([first], coming):
                writer.write_batch(batch)
                row_count += batch.num_rows
    return row_count, written


def _layout(schema: pa.Schema) -> dict[str, Any]:
    """Options of Parquet: dictionaries as in Arrow, and no statistics."""
    by_dictionary = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    return {"compression": "zstd", "use_dictionary": by_dictionary, "write_statistics": False}
