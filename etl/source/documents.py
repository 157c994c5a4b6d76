"""Take JSON documents of answers apart, with one meaning for every engine.

Databases disagree about a key that comes twice, about ``true`` and about ``5.0``, and some raise on one broken
document, which would cost the whole month. So a query hands each document over as its database keeps it, and only here
it becomes the contract's ``criterion=answer|…``:

| in the document | becomes |
|---|---|
| null | not answered |
| a text | the text |
| a number | its shortest decimal form: ``5``, ``5.0`` and ``5e0`` are ``5`` |
| true, false | ``true``, ``false``, which are no labels of a scale |
| an array, an object | a part that nobody can read |
| a text or a name with a ``|``, a name with an ``=`` | a part that nobody can read |
| a name that comes twice | both, and beside them a part that nobody can read |

What is no document or no object is one such part; nothing, or null alone, is nothing answered.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pyarrow as pa

from etl.source.contract import ANSWERS, DOCUMENT

UNREADABLE = "?"
"""A part of the answers that is not of the form criterion=answer: it turns its response away."""
_LONGEST_NUMBER = 25


def taken_apart(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with its documents as joined answers."""
    names = batch.schema.names
    if DOCUMENT not in names:
        return batch
    documents = batch.column(names.index(DOCUMENT)).to_pylist()
    answers = pa.array([None if text is None else answers_of(text) for text in documents], pa.string())
    columns = [answers if name == DOCUMENT else batch.column(name) for name in names]
    return pa.record_batch(columns, names=[ANSWERS if name == DOCUMENT else name for name in names])


def answers_of(document: str) -> str | None:
    """The answers of a document; nothing raises."""
    if not document.strip():
        return None
    try:
        members = _decode(document)
    except (ValueError, ArithmeticError, RecursionError):
        return UNREADABLE
    if members is None or not isinstance(members, _Members):
        return None if members is None else UNREADABLE
    parts = [_part(name, value) for name, value in members]
    if len({name for name, _ in members}) < len(members):
        parts.append(UNREADABLE)
    joined = "|".join(parts)
    return joined if joined.isascii() else joined.encode("utf-8", "replace").decode()  # half of a surrogate pair


class _Members(list[tuple[str, Any]]):
    """The members of an object in their order, also those of one name."""


def _part(name: str, value: Any) -> str:
    """One ``criterion=answer``."""
    match value:
        case None:
            shown = ""
        case str():
            shown = value
        case bool():
            shown = "true" if value else "false"
        case int():
            shown = str(value)
        case _:
            return UNREADABLE
    return UNREADABLE if "|" in shown or "|" in name or "=" in name else f"{name}={shown}"


def _number(text: str) -> str:
    """A number with a fraction or an exponent in its shortest form."""
    number = Decimal(text)
    if len(text) > _LONGEST_NUMBER or abs(number.adjusted()) > _LONGEST_NUMBER:
        return text
    return format(number.normalize() + 0, "f")  # the sum has no -0


def _refuse(constant: str) -> None:
    """Raise ValueError for NaN and Infinity, which are no JSON."""
    raise ValueError(constant)


_decode = json.JSONDecoder(object_pairs_hook=_Members, parse_float=_number, parse_constant=_refuse).decode
