"""Whoever answers is known by a keyed hash only: the same everywhere, and nothing without the key."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.source import pseudonym
from etl.source.contract import COLUMNS, LANDED_COLUMNS

KEY, OTHER_KEY = b"a key for tests, long enough to pass", b"another key, as long as the first one"
NFD = unicodedata.normalize("NFD", "Nguyễn Thị Lụa")

# fmt: off
SAME = [
    # case              | one reference      | another
    ("letter for letter", "034185000123",      "034185000123"),
    ("spaces around it",  "034185000123",      "  034185000123\t"),
    ("NFC and NFD",       "Nguyễn Thị Lụa",    NFD),
]
OTHER = [
    ("one digit",         "034185000123",      "034185000124"),
    ("upper case",        "nguyen",            "NGUYEN"),
    ("a space inside",    "034185000123",      "034185 000123"),
]
# fmt: on


def batch(*references: str | None) -> pa.RecordBatch:
    """Rows of the contract's columns in which only the reference, and a key, is stated."""
    stated = {"respondent_ref": list(references), "response_key": [str(n) for n in range(len(references))]}
    return pa.RecordBatch.from_pydict(
        {name: pa.array(stated.get(name, [None] * len(references)), pa.string()) for name in COLUMNS}
    )


def hashes(*references: str | None, key: bytes = KEY) -> list[str | None]:
    """The pseudonyms of some references."""
    found: list[str | None] = pseudonym.hide(batch(*references), key).column("respondent_hash").to_pylist()
    return found


def test_the_hash_is_the_hmac_that_the_standard_library_makes() -> None:
    assert hashes("034185000123") == [hmac.new(KEY, b"034185000123", hashlib.sha256).hexdigest()[:32]]


@pytest.mark.parametrize(("one", "another"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_the_same_person_has_the_same_hash_in_every_batch(one: str, another: str) -> None:
    assert hashes("x", one)[1] == hashes(another)[0]


@pytest.mark.parametrize(("one", "another"), [row[1:] for row in OTHER], ids=[row[0] for row in OTHER])
def test_another_reference_has_another_hash(one: str, another: str) -> None:
    assert len(set(hashes(one, another))) == 2


@pytest.mark.parametrize("letters", [NFD, "  Nguyễn Thị Lụa\u2003", " 034185000123\n"])
def test_a_reference_by_dictionary_has_the_hash_of_the_plain_one(letters: str) -> None:
    plain = batch("x", letters, None, letters, "")
    position = plain.schema.get_field_index("respondent_ref")
    coded = plain.set_column(position, "respondent_ref", plain.column(position).dictionary_encode())
    assert pseudonym.hide(coded, KEY).equals(pseudonym.hide(plain, KEY))


def test_the_hash_depends_on_the_key() -> None:
    assert hashes("034185000123") != hashes("034185000123", key=OTHER_KEY)


@pytest.mark.parametrize("reference", [None, "", "   "])
def test_nobody_has_no_hash(reference: str | None) -> None:
    assert hashes("034185000123", reference)[1] is None


def test_the_hash_stands_in_the_place_of_the_reference_and_the_rest_is_as_it_was() -> None:
    given_, hidden = batch("034185000123", None), pseudonym.hide(batch("034185000123", None), KEY)
    assert tuple(hidden.schema.names) == LANDED_COLUMNS
    others = [name for name in COLUMNS if name != "respondent_ref"]
    assert hidden.select(others).equals(given_.select(others))


@given(st.lists(st.integers(0, 10**12 - 1).map("{:012}".format) | st.none(), max_size=8))
def test_no_reference_is_found_in_what_is_kept(references: list[str | None]) -> None:
    kept = pseudonym.hide(batch(*references), KEY)
    assert kept.num_rows == len(references)
    assert not [one for one in references if one and one in str(kept.to_pydict())]


def test_a_tombstone_is_no_pseudonym_of_anybody() -> None:
    hashed = pseudonym.of(" KH-1 ", KEY)
    assert hashed == pseudonym.of("KH-1", KEY)
    assert hashed is not None
    assert pseudonym.tombstone(hashed, KEY) == hmac.new(KEY, f"forgotten:{hashed}".encode(), hashlib.sha256).hexdigest()
    assert pseudonym.of(hashed, KEY) not in pseudonym.tombstone(hashed, KEY)
    assert pseudonym.tombstone(hashed, KEY) != pseudonym.tombstone(hashed, KEY + b"x")
    assert (pseudonym.of("  ", KEY), pseudonym.of("KH\ufffd", KEY)) == (None, "\ufffd")
