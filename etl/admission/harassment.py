"""Whether a text says that the customer reports harassment.

Understood are the usual words in Vietnamese and English in any case and normal form, and what databases make of their
own types for true and false. What an office declares in ``codes.yaml`` comes first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_YES = ["true", "t", "yes", "y", "on", "x", "có", "co", "c", "đúng", "dung", "đ", "phải", "✓", "✔", "☑"]
_NO = ["false", "f", "no", "n", "off", "không", "khong", "k", "ko", "sai", "s"]
_PHRASES = {"có phản ánh": True, "không phản ánh": False, "không có": False, "khong co": False, "không phải": False}
_WORDS = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False) | _PHRASES
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.0*)?")
_BITS = re.compile(r"(?:b|x)'0*([01])'|0x0*([01])|\\x0([01])")
"""Literals of bits and bytes: ``b'1'``, ``X'01'``, ``0x01``, ``\\x01``."""
_BYTES = {"\x00": False, "\x01": True}
"""A bit of MariaDB and MySQL, as the byte that it is."""


def meaning(text: str, declared: Mapping[str, bool]) -> bool | None:
    """Whether harassment is reported; None when the text says neither.

    ``declared`` has declared texts in lower case, by ``folded``.
    """
    said = folded(text)
    if said in declared:
        return declared[said]
    if said in _BYTES:
        return _BYTES[said]
    if said in _WORDS:
        return _WORDS[said]
    if bits := _BITS.fullmatch(said):
        return "1" in bits.groups()
    if _NUMBER.fullmatch(said):  # -1 is true in Access and in Visual Basic
        return {0.0: False, 1.0: True, -1.0: True}.get(float(said))
    return None


def folded(text: str) -> str:
    """A text as it is compared: in NFC, in lower case, without spaces around it or bytes that fill it up."""
    said = unicodedata.normalize("NFC", text).strip()
    return said if said in _BYTES else unicodedata.normalize("NFC", said.rstrip("\x00").casefold()).strip()
