"""Landed texts without what only fills them up; and what of them is lost or too long, as counts for the doors."""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from etl.registry.terms import LOST
from etl.source.contract import LONGEST

_BLANK = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\x00"
"""Spaces, and the NUL that fills up fields of a fixed length."""


def plain(text: str) -> str:
    """Text in NFC without spaces and NUL around it."""
    return unicodedata.normalize("NFC", text).strip(_BLANK)


def kept(text: str) -> str:
    """Text as the warehouse keeps it: PostgreSQL has no NUL."""
    if "\x00" not in text:
        return unicodedata.normalize("NFC", text).strip()  # several times faster
    return plain(text.replace("\x00", ""))


def lost(text: str) -> int:
    """How many letters of a text were lost at its source, or cannot be kept."""
    within = plain(text)
    return within.count(LOST) + within.count("\x00")


def long_count(texts: pa.Array, column: str) -> pa.Array:
    """1 for each text that is longer than the contract lets its column be, else 0."""
    longest = LONGEST[column]
    if (pc.max(pc.binary_length(texts)).as_py() or 0) <= longest:  # no text has more letters than bytes
        return pa.repeat(pa.scalar(0, pa.int8()), len(texts))
    return pc.fill_null(pc.greater(pc.utf8_length(texts), longest), False).cast(pa.int8())
