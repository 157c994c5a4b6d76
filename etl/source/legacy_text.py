"""Vietnamese text before Unicode: TCVN3 (ABC), VNI, UTF-8 kept as Latin-1.

| name | is |
|---|---|
| tcvn3 | TCVN 5712:1993, VN3, as the ABC fonts (.VnTime …) show it: one byte for each letter |
| vni | VNI for Windows (VNI-Times …): a letter, then a byte with its marks |
| latin1-utf8 | UTF-8 whose bytes a program put into a Latin-1 column one by one |

Sources: for TCVN3 the standard, whose VN3 is a part of glibc's charmap TCVN5712-1; for VNI its published code table, as
also in xvnkb (``vni.h``); for the other bytes of both, Windows-1252, under which these fonts were used.

TCVN3 has no byte for most capital letters with marks: they are the small letters in a font whose name ends in H. A font
is no part of a database, so such text comes out in small letters, and nothing here can tell.

A database that takes the bytes for Latin-1 may hand them on as UTF-8. A value is therefore taken back first: when it is
valid UTF-8 of nothing but Windows-1252 letters, these stand for their bytes. UTF-8 with any other letter is Unicode
already and stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from etl.registry.terms import LOST

Decoder = Callable[[bytes], str]

_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT, _CIRCUMFLEX, _BREVE = map(chr, (0x300, 0x301, 0x309, 0x303, 0x323, 0x302, 0x306))
_TONES = _GRAVE + _ACUTE + _HOOK + _TILDE + _DOT


def _windows(byte: int) -> str:
    """What a byte says in Windows-1252.

    Both kinds of fonts were used under this code page.
    """
    return bytes([byte]).decode("cp1252", errors="replace")


_AS_WINDOWS = [_windows(byte) for byte in range(256)]

# the bytes from A0, a row for each sixteen; a dot means nothing
_TCVN3_LETTERS = (
    "\xa0ĂÂÊÔƠƯĐăâêôơưđ.",
    f"{_GRAVE}{_HOOK}{_TILDE}{_ACUTE}{_DOT}àảãáạ.ằẳẵắ.",
    "......ặầẩẫấậè.ẻẽ",
    "éẹềểễếệìỉ...ĩíịò",
    ".ỏõóọồổỗốộờởỡớợù",
    ".ủũúụừửữứựỳỷỹýỵ.",
)
_TCVN3 = _AS_WINDOWS[:160] + [LOST if letter == "." else letter for row in _TCVN3_LETTERS for letter in row]

_VNI_LETTERS = {"Ô": "Ơ", "Ö": "Ư", "Ñ": "Đ", "Í": "Í", "Ì": "Ì", "Æ": "Ỉ", "Ó": "Ĩ", "Ò": "Ị", "Î": "Ỵ"}
_VNI_MARKS = {
    # the byte after the letter, as Windows shows it: alone, acute, grave, hook, tilde, dot
    "": dict(zip("ÙØÛÕÏ", (_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT), strict=True)),
    _CIRCUMFLEX: dict(zip("ÂÁÀÅÃÄ", ("", _ACUTE, _GRAVE, _HOOK, _TILDE, _DOT), strict=True)),
    _BREVE: dict(zip("ÊÉÈÚÜË", ("", _ACUTE, _GRAVE, _HOOK, _TILDE, _DOT), strict=True)),
}


def _vni() -> list[str]:
    """The table of VNI: letters, and marks as combining characters."""
    meaning = _VNI_LETTERS | {byte: first + tone for first, tones in _VNI_MARKS.items() for byte, tone in tones.items()}
    table = _AS_WINDOWS[:192] + [LOST] * 64
    for shape, letter in meaning.items():
        is_mark = unicodedata.combining(letter[0])
        table[ord(shape)] = letter
        table[ord(shape.lower())] = letter if is_mark else letter.lower()
    return table


_VNI = _vni()

# a mark that follows no letter which can bear it means nothing
_STRAY = re.compile(
    f"(?<![aeoAEO]){_CIRCUMFLEX}[{_TONES}]?|(?<![aA]){_BREVE}[{_TONES}]?"
    f"|(?<![aeiouyăâêôơưAEIOUYĂÂÊÔƠƯ{_CIRCUMFLEX}{_BREVE}])[{_TONES}]"
)
# what a text shows that was read as Windows-1252 and is none: none of it occurs in Vietnamese
_SIGNS = {
    "latin1-utf8": re.compile(r"\xc3[\x80-\xbf]|\xc4[\x80-\xbf]|\xc6[\x80-\xbf]|\xe1[\xba\xbb]"),
    "tcvn3": re.compile(r"[^\W\d_][\xa8\xaa\xac\xb5-\xb9\xbc-\xbe]"),
    "vni": re.compile(r"[aeouyôöAEOUYÔÖ][øûïåäëüØÛÏÅÄËÜ]|[öÖ][ùõÙÕ]|[ñÑ][aeiouyôöAEIOUYÔÖ]"),
}
_BYTE_OF = {chr(byte): byte for byte in range(256)} | {
    letter: byte for byte, letter in enumerate(_AS_WINDOWS) if letter != LOST
}


def decoder(name: str) -> Decoder:
    """A function from a value's bytes to text in NFC.

    ``name`` is one of ``NAMES``. Nothing raises. A byte that means nothing becomes U+FFFD
    (``etl.registry.terms.LOST``).
    """
    decode = _DECODERS[name]
    return lambda value: value.decode("ascii") if value.isascii() else decode(value)


def suspected(text: str) -> str | None:
    """The encoding that a text seems to be in; None if readable.

    It judges by letters that Vietnamese does not have; a text without marks shows nothing.
    """
    single, is_unicode = _taken_back(text.encode())
    if is_unicode or text.isascii():
        return None
    shown = single.decode("latin-1")
    return next(
        (
            name
            for name, signs in _SIGNS.items()
            if signs.search(shown) and LOST not in _DECODERS[name](single) and _DECODERS[name](single) != text
        ),
        None,
    )


def _tcvn3(value: bytes) -> str:
    """TCVN3 as text."""
    return _by_table(value, _TCVN3)


def _vni_windows(value: bytes) -> str:
    """VNI as text."""
    return _by_table(value, _VNI)


def _latin1_utf8(value: bytes) -> str:
    """UTF-8 that may have been through Latin-1 as text."""
    try:
        text = _taken_back(value)[0].decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("utf-8", errors="replace")
    return unicodedata.normalize("NFC", text)


def _by_table(value: bytes, table: list[str]) -> str:
    """Text by a table of 256 entries, with composed marks."""
    single, is_unicode = _taken_back(value)
    if is_unicode:
        return unicodedata.normalize("NFC", single.decode("utf-8"))
    marked = single.decode("latin-1").translate(table)
    return unicodedata.normalize("NFC", _STRAY.sub(LOST, marked))


def _taken_back(value: bytes) -> tuple[bytes, bool]:
    """The bytes taken for Latin-1, and whether they are UTF-8."""
    if value.isascii():
        return value, False
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return value, False
    try:
        return bytes([_BYTE_OF[letter] for letter in text]), False
    except KeyError:
        return value, True


_DECODERS: dict[str, Decoder] = {"tcvn3": _tcvn3, "vni": _vni_windows, "latin1-utf8": _latin1_utf8}

NAMES = tuple(_DECODERS)
"""The encodings that a source query may declare."""
