"""How a landing differs from an earlier one: rows added, changed, deleted.

A row is found again by its key and compared by the sum of the hashes of its values. What a value is held in does not
matter, text or dictionary, nor whether the answers come as one text or one column per criterion; a null, an empty
answer and a column that is not there say the same: nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl import settings, warehouse
from etl.errors import Unavailable
from etl.landing import zone
from etl.landing.receipt import Receipt
from etl.landing.treasury_month import TreasuryMonth
from etl.source import contract

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Counts:
    """How many responses were added, changed and deleted between two landings."""

    added_count: int = 0
    changed_count: int = 0
    deleted_count: int = 0

    def __bool__(self) -> bool:
        return self != Counts()

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)))

    def __str__(self) -> str:
        return f"{self.added_count} added, {self.changed_count} corrected, {self.deleted_count} deleted"


@dataclass(frozen=True)
class Change:
    """How a landing differs from an earlier one.

    ``is_from_core``: the earlier one is that which was last judged.
    """

    from_landing_path: str
    is_from_core: bool
    counts: Counts


def since(treasury_month: TreasuryMonth, kept: Receipt, earlier: list[dict[str, Any]]) -> list[Change]:
    """How what landed differs from earlier landings, the rows of ``landing/earlier_landings``.

    An earlier landing whose file is gone, or damaged, is left out: whoever needs it will hear of it.
    """
    changes = []
    for row in earlier:
        if row["landing_path"] != kept.landing_path and zone.is_kept(row["landing_path"], treasury_month.place.root):
            with contextlib.suppress(Unavailable):
                difference = between(treasury_month.place, Receipt.of(row), kept)
                changes.append(Change(row["landing_path"], row["is_from_core"], difference))
    return changes


def record(
    connection: warehouse.Connection, treasury_month: TreasuryMonth, kept: Receipt, changes: list[Change]
) -> None:
    """Keep the changes in ``ops.change``; no row where nothing changed."""
    landing = {**treasury_month.key, "run_id": treasury_month.run_id, "landing_path": kept.landing_path}
    rows = [
        {
            **landing,
            "from_landing_path": change.from_landing_path,
            "is_from_core": change.is_from_core,
            **dataclasses.asdict(change.counts),
        }
        for change in changes
        if change.counts
    ]
    warehouse.run(connection, "landing/change", rows)


def between(place: zone.Place, earlier: Receipt, later: Receipt) -> Counts:
    """How two landings of a place differ.

    Files with the same digest are not read; one that is gone raises Unavailable.
    """
    if earlier.sha256 == later.sha256:
        return Counts()
    size = settings.read().batch_rows
    return counts(*(_hashes(zone.read(place, kept, size)) for kept in (earlier, later)))


def counts(earlier: tuple[Hashes, Hashes], later: tuple[Hashes, Hashes]) -> Counts:
    """How two sets of rows differ, by hashes of keys and values."""
    (old_keys, old_numbers, old_sums), (new_keys, new_numbers, new_sums) = _by_key(*earlier), _by_key(*later)
    _, old, new = np.intersect1d(old_keys, new_keys, assume_unique=True, return_indices=True)
    return Counts(
        added_count=int(new_numbers.sum() - new_numbers[new].sum()),
        changed_count=int((old_sums[old] != new_sums[new]).sum()),
        deleted_count=int(old_numbers.sum() - old_numbers[old].sum()),
    )


def hashes(table: pa.Table) -> tuple[Hashes, Hashes]:
    """The hash of each row's key, and of its values.

    Columns are those of ``etl.source.contract``, in any order.
    """
    total = np.zeros(table.num_rows, np.uint64)
    for name in table.column_names:
        column = table.column(name)
        if name == contract.ANSWERS:
            total += _of_pairs(column)
        elif name.startswith(contract.ANSWER_PREFIX):
            total += _of_answers(column, name.removeprefix(contract.ANSWER_PREFIX))
        else:
            total += _of_texts(column) * _weight(name)
    return _of_texts(table.column("response_key")), total


def _weight(name: str) -> np.uint64:
    """An odd number for a column, so that the same text in another column is another value."""
    return np.uint64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) | 1)


def _hashes(batches: Iterator[pa.Table]) -> tuple[Hashes, Hashes]:
    """The hashes of all rows of a landing, 16 bytes each."""
    of_batches = [hashes(batch) for batch in batches]
    keys, rows = ([np.zeros(0, np.uint64), *(pair[which] for pair in of_batches)] for which in (0, 1))
    return np.concatenate(keys), np.concatenate(rows)


def _by_key(keys: Hashes, rows: Hashes) -> tuple[Hashes, npt.NDArray[np.int64], Hashes]:
    """Each key once, with the number and the sum of its rows.

    Rows without a key count as one key.
    """
    order = np.argsort(keys)
    distinct, starts, numbers = np.unique(keys[order], return_index=True, return_counts=True)
    sums = np.add.reduceat(rows[order], starts) if len(starts) else rows
    return distinct, numbers, sums


def _of_texts(column: pa.ChunkedArray) -> Hashes:
    """The hash of each text, 0 for null."""
    array = column.combine_chunks()
    if pa.types.is_dictionary(array.type):
        return _taken(_hash(array.dictionary), array)
    return _hash(array)


def _of_answers(column: pa.ChunkedArray, criterion: str) -> Hashes:
    """The hash of each answer to a criterion, 0 for none."""
    array = column.combine_chunks()
    array = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    return _taken(_of_distinct(f"{criterion}={answer or ''}" for answer in array.dictionary.to_pylist()), array)


def _of_pairs(column: pa.ChunkedArray) -> Hashes:
    """The sum of the hashes of the answers in each text ``criterion=answer|…``, 0 for none."""
    array = column.combine_chunks()
    pairs = pc.split_pattern(pc.fill_null(array.cast(pa.string()), ""), "|")
    parents = pc.list_parent_indices(pairs).to_numpy()
    single = pc.list_flatten(pairs).dictionary_encode()
    total = np.zeros(len(array), np.uint64)
    np.add.at(total, parents, _taken(_of_distinct(single.dictionary.to_pylist()), single))
    return total


def _of_distinct(pairs: Any) -> Hashes:
    """The hash of each ``criterion=answer``, 0 where there is no answer."""
    parts = [[part.strip() for part in pair.partition("=")] for pair in pairs]
    given = ["".join(part) if part[2] or (part[0] and not part[1]) else None for part in parts]
    return _hash(pa.array(given, pa.string()))


def _taken(of_dictionary: Hashes, array: pa.DictionaryArray) -> Hashes:
    """The hashes of a dictionary's texts for each row, 0 for null."""
    indices = array.indices.fill_null(len(of_dictionary)).to_numpy()
    taken: Hashes = np.append(of_dictionary, np.uint64(0))[indices]
    return taken


def _hash(array: pa.Array) -> Hashes:
    """The hash of each text of an array, 0 for null."""
    hashed: Hashes = pd.util.hash_array(array.to_numpy(zero_copy_only=False), categorize=False)
    hashed[array.is_null().to_numpy(zero_copy_only=False)] = 0
    return hashed
