"""Blocks of CSV lines as Arrow batches in the contract's columns.

A text is quoted and its quotation marks are doubled; null is nothing without quotation marks, or a text that stands
for it. Bytes that are no UTF-8 become U+FFFD (``etl.registry.terms.LOST``), but a key of such bytes, a binary UUID for
example, is written as 0x and its hexadecimal digits: a key with a lost letter would be none.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pyarrow.csv

from etl.source import contract, legacy_text
from etl.source.queries import Column, Query

BLOCK_BYTES = 4 << 20
"""Bytes of a block, and no more than one row above."""
_KEY = contract.FIXED[0]
_BY_DICTIONARY = pa.dictionary(pa.int32(), pa.binary())


class Parser:
    """Parses blocks of CSV lines of given columns.

    What an encoding's decoder gets is each different value's bytes as they came: as they are stored where the database
    knows no encoding or one of single bytes, the UTF-8 of its letters where it took the bytes for those of Latin-1.
    ``codec`` is Python's name for the encoding of the blocks where it is not UTF-8.
    """

    def __init__(self, columns: Sequence[Column], query: Query, null: str = "", codec: str = "utf-8") -> None:
        self.codec = codec
        self.names = [column.name for column in columns]
        self.kept = in_order(self.names)
        self.decode = legacy_text.decoder(query.encoding) if query.encoding else None
        self.conversion = pyarrow.csv.ConvertOptions(
            include_columns=self.kept,
            column_types={n: _BY_DICTIONARY if self.decode else contract.arrow_type(n) for n in self.names},
            strings_can_be_null=True,
            quoted_strings_can_be_null=bool(null),
            null_values=[null],
        )

    def batches(self, blocks: Iterator[bytes | bytearray]) -> Iterator[pa.RecordBatch]:
        """The rows of blocks; each is parsed while the next one arrives."""
        with ThreadPoolExecutor(1) as thread:
            coming = None
            for block in blocks:
                following = thread.submit(self.batch, block)
                if coming:
                    yield coming.result()
                coming = following
            if coming:
                yield coming.result()

    def batch(self, block: bytes | bytearray) -> pa.RecordBatch:
        """The rows of a block, which ends with a whole one."""
        if self.decode:
            return self._decoded(self._parsed(block, self.conversion))
        if self.codec != "utf-8":
            block = block.decode(self.codec, errors="replace").encode()
        try:
            return self._parsed(block, self.conversion)
        except pa.ArrowInvalid:
            if _is_utf8(block):
                raise
        return self._mended(block)

    def _mended(self, block: bytes | bytearray) -> pa.RecordBatch:
        """The rows of a block in which some bytes are no UTF-8."""
        rows = self._parsed(block.decode("utf-8", errors="replace").encode(), self.conversion)
        place = rows.schema.get_field_index(_KEY)
        if place < 0:
            return rows
        as_bytes = copy.copy(self.conversion)
        as_bytes.include_columns, as_bytes.column_types = [_KEY], dict.fromkeys(self.names, pa.binary())
        keys = self._parsed(block, as_bytes).column(0).to_pylist()
        return rows.set_column(
            place, _KEY, pa.array([None if key is None else key_of(key) for key in keys], pa.string())
        )

    def _parsed(self, block: bytes | bytearray, conversion: pyarrow.csv.ConvertOptions) -> pa.RecordBatch:
        table = pyarrow.csv.read_csv(
            pa.py_buffer(block),
            pyarrow.csv.ReadOptions(column_names=self.names, use_threads=False, block_size=len(block)),
            pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            conversion,
        )
        return table.combine_chunks().to_batches()[0]

    def _decoded(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The same rows with every different value decoded once."""
        assert self.decode
        columns = []
        for name, encoded in zip(batch.schema.names, batch.columns, strict=True):
            texts = pa.array(map(self.decode, encoded.dictionary.to_pylist()), pa.string())
            columns.append(as_contract(name, texts.take(encoded.indices)))
        return pa.record_batch(columns, names=batch.schema.names)


def key_of(stored: bytes) -> str:
    """A response's key as text; bytes that are no UTF-8 as 0x and hexadecimal digits."""
    return stored.decode() if _is_utf8(stored) else f"0x{stored.hex().upper()}"


def in_order(names: Sequence[str]) -> list[str]:
    """A query's columns, the contract's in its order and then the others."""
    fixed = [name for name in contract.FIXED if name in names]
    return fixed + [name for name in names if name not in fixed]


def as_contract(name: str, texts: pa.Array) -> pa.Array:
    """A column's texts in the column's Arrow type."""
    return texts.dictionary_encode() if pa.types.is_dictionary(contract.arrow_type(name)) else texts


def empty(columns: Sequence[Column]) -> pa.RecordBatch:
    """No row of the columns."""
    schema: Any = pa.schema([(name, contract.arrow_type(name)) for name in in_order([c.name for c in columns])])
    return pa.RecordBatch.from_pylist([], schema=schema)


def _is_utf8(block: bytes | bytearray) -> bool:
    """Whether bytes are valid UTF-8."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
