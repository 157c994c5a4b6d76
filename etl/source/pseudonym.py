"""Replace what identifies a respondent by a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from typing import TypeAlias

import pyarrow as pa

from etl.registry.terms import LOST

_HEX_DIGITS = 32
_BLOCK_BYTES = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))

Hash: TypeAlias = "hashlib._Hash"


def hide(batch: pa.RecordBatch, key: bytes) -> pa.RecordBatch:
    """Replace the column ``respondent_ref`` by ``respondent_hash``.

    HMAC-SHA256 (RFC 2104) of the reference in NFC, trimmed, the first 32 hexadecimal digits: the same person has
    the same hash in every month and treasury, and without the key nobody can test a guess. Null or empty stays null; a
    reference of which letters were lost could be anybody's, and becomes U+FFFD (``etl.registry.terms.LOST``).
    """
    position = batch.schema.get_field_index("respondent_ref")
    references = batch.column(position)
    if not pa.types.is_dictionary(references.type):
        references = references.dictionary_encode()
    keyed = _keyed(key)
    distinct = references.dictionary.to_numpy(zero_copy_only=False).tolist()  # several times as fast as to_pylist
    hashes = pa.array([_hash(reference, keyed) for reference in distinct], pa.string())
    return batch.set_column(position, "respondent_hash", hashes.take(references.indices))


def of(reference: str, key: bytes) -> str | None:
    """The pseudonym of one reference; None where it is empty."""
    return _hash(reference, _keyed(key))


def tombstone(hashed: str, key: bytes) -> str:
    """The mark of who is to stay forgotten: the keyed hash of a pseudonym, 64 hexadecimal digits.

    It is in another domain than pseudonyms: nobody who has it finds a response by it.
    """
    return hmac.new(key, b"forgotten:" + hashed.encode(), hashlib.sha256).hexdigest()


def _keyed(key: bytes) -> tuple[Hash, Hash]:
    """The inner and outer hash of HMAC-SHA256 with the key.

    They are made once, and not for each reference.
    """
    block = (key if len(key) <= _BLOCK_BYTES else hashlib.sha256(key).digest()).ljust(_BLOCK_BYTES, b"\0")
    return hashlib.sha256(block.translate(_INNER)), hashlib.sha256(block.translate(_OUTER))


def _hash(reference: str, keyed: tuple[Hash, Hash]) -> str | None:
    """The pseudonym of one reference."""
    trimmed = (reference if reference.isascii() else unicodedata.normalize("NFC", reference)).strip()
    if not trimmed:
        return None
    if LOST in trimmed:
        return LOST
    inner, outer = keyed[0].copy(), keyed[1].copy()
    inner.update(trimmed.encode())
    outer.update(inner.digest())
    return outer.hexdigest()[:_HEX_DIGITS]
