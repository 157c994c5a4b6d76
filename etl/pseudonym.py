"""Replace what identifies a respondent by a keyed hash, before anything is written."""

from __future__ import annotations

import hmac
import unicodedata

import pyarrow as pa

_HEX_DIGITS = 32


def hide(batch: pa.RecordBatch, key: bytes) -> pa.RecordBatch:
    """Replace the column ``respondent_ref`` by ``respondent_hash``.

    HMAC-SHA256 (RFC 2104) of the reference in NFC, trimmed, the first 32 hexadecimal digits: the same person has
    the same hash in every month and treasury, and without the key nobody can test a guess. Null or empty stays null.
    """
    position = batch.schema.get_field_index("respondent_ref")
    references = batch.column(position).dictionary_encode()
    hashes = pa.array([_hash(reference, key) for reference in references.dictionary.to_pylist()], pa.string())
    return batch.set_column(position, "respondent_hash", hashes.take(references.indices))


def _hash(reference: str, key: bytes) -> str | None:
    """The pseudonym of one reference."""
    trimmed = unicodedata.normalize("NFC", reference).strip()
    return hmac.digest(key, trimmed.encode(), "sha256").hex()[:_HEX_DIGITS] if trimmed else None
