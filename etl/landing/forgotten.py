"""Keep who asked to be forgotten forgotten: what is read of them again lands without hash and free text."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from etl import settings, warehouse
from etl.errors import HailongError, Unavailable
from etl.landing import zone
from etl.source import pseudonym

PREFIX = "forgotten-"
"""What the tokens begin with that stand in the place of a hash."""


def token() -> str:
    """A random token in the place of a hash, of the same length."""
    return f"{PREFIX}{secrets.token_hex(11)}"


def redacted(batch: pa.RecordBatch, tokens: dict[str, str]) -> pa.RecordBatch:
    """A landed batch in which some hashes are tokens, and those respondents' free text is empty."""
    hashes = _texts(batch.column("respondent_hash"))
    old = pa.array(list(tokens), pa.string())
    place = pc.index_in(hashes, value_set=old)
    is_theirs = pc.is_valid(place)
    if not pc.any(is_theirs).as_py():
        return batch
    named = pc.if_else(is_theirs, pa.array(list(tokens.values()), pa.string()).take(place), hashes)
    return with_columns(
        batch, respondent_hash=named, comment=pc.if_else(is_theirs, None, _texts(batch.column("comment")))
    )


def with_columns(batch: pa.RecordBatch, **texts: pa.Array) -> pa.RecordBatch:
    """A batch with other texts in some columns, of the same types."""
    for name, column in texts.items():
        place = batch.schema.get_field_index(name)
        field = batch.schema.field(place)
        batch = batch.set_column(place, field, column.cast(field.type) if column.type != field.type else column)
    return batch


def replaced(batches: Iterator[pa.RecordBatch], place: zone.Place, key: bytes) -> Iterator[pa.RecordBatch]:
    """Pseudonymised batches in which those who are to stay forgotten have a token, and no free text.

    A response that landed before has the token of then, so that a look-back finds nothing new. Who is forgotten while
    the batches are read raises Unavailable: the month is to be read again.
    """
    tombstones = _tombstones()
    known: dict[str, str] | None = None
    tokens: dict[str, str] = {}
    for batch in batches:
        if tombstones:
            theirs = [one for one in _distinct(batch) if pseudonym.tombstone(one, key) in tombstones]
            if theirs and known is None:
                known = _earlier(place)
            for one in theirs:
                if one not in tokens:
                    tokens[one] = _token_of(batch, one, known or {})
        yield redacted(batch, tokens) if tokens else batch
    if _tombstones() != tombstones:
        raise Unavailable(
            f"{place}: somebody was forgotten while it was read", next_action="run the month again: nothing was kept"
        )


def _token_of(batch: pa.RecordBatch, hashed: str, known: dict[str, str]) -> str:
    """The token that responses of a hash had before, else a new one."""
    keys = batch.column("response_key").filter(pc.equal(_texts(batch.column("respondent_hash")), hashed))
    return next((known[key] for key in _texts(keys).to_pylist() if key in known), None) or token()


def _earlier(place: zone.Place) -> dict[str, str]:
    """The tokens of the landing that stands, by response."""
    columns = ("response_key", "respondent_hash")
    standing = zone.Place(place.root, place.month, place.treasury_code)
    tokens: dict[str, str] = {}
    with contextlib.suppress(HailongError):  # without it they get new ones
        for landed in zone.read(standing, zone.receipt(standing), settings.read().batch_rows, columns):
            for key, hashed in zip(
                *(landed.column(name).cast(pa.string()).to_pylist() for name in columns), strict=True
            ):
                if key is not None and (hashed or "").startswith(PREFIX):
                    tokens[key] = hashed
    return tokens


def _tombstones() -> frozenset[str]:
    """Those who are to stay forgotten."""
    with warehouse.transaction() as connection:
        return frozenset(row["tombstone"] for row in warehouse.rows(connection, "landing/tombstones"))


def _distinct(batch: pa.RecordBatch) -> list[str]:
    """The different hashes of a batch."""
    return [one for one in pc.unique(_texts(batch.column("respondent_hash"))).to_pylist() if one]


def _texts(column: pa.Array) -> pa.Array:
    """A column as plain text, whether or not it goes by dictionary."""
    return column.cast(pa.string())
