"""Texts that people, programs and accidents write: comments, references, codes, and what a column can hold."""

from __future__ import annotations

import hashlib
import hmac
import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.lib.letters import LETTERS
from tests.lib.made_up_databases.truth import AWAY, OPEN, Cell, good, plain

PHRASES = ("cán bộ nhiệt tình", "đợi lâu quá", "kho bạc giữ kín", "cảm ơn", "thủ tục nhanh", "the queue was long")
NASTY = (
    "'; drop table survey_response; --", "a|b=c", "=1+1", "+1", "-1", "@sum(a)", "\\N", "\\.", "back\\slash",
    '"quoted"',
    "it''s 'so'", "{done}", "%s %(x)s %", ":month_start", "null", "NULL", "None", "nan", "#7", "all", "unstated",
    "true",
    "<b>bold</b><script>alert(1)</script>", "[/]", "[red]x[/red]", "KB:smile:7", "#set page(width: 1pt)", "$x^2$",
    "`code`",
    "line\nbreak", "carriage\rreturn", "both\r\nof them", "tab\there", "a,b;c", "  blanks around  ", "trailing   ",
)  # fmt: skip
UNICODE = (
    "\U0001f600 emoji", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u202eright to left\u202c", "zero\u200bwidth",
    "line\u2028separator", "\ufeffmark at the start", unicodedata.normalize("NFD", "rất hài lòng"), "\u0338stray mark",
    "ﬁ ligature", "\u212b sign", "\U0010ffff", "５ wide", "non\xa0breaking\xa0", "\x85next line", "esc\x1b[2Jape",
    "bell\x07",
)  # fmt: skip
NO_UTF8 = (b"To\xa8t", b"\xff\xfe", b"\xe1\xba", b"\xed\xa0\x80 lone surrogate", b"\xc0\x80", b"\xf4\x90\x80\x80")
LOST = "\ufffd"


class Bytes(bytes):
    """Bytes that stand in a column as if they were text."""


@dataclass(frozen=True)
class Storage:
    """What the text columns of a database hold: every letter of Unicode, or those of a code page or an old font.

    ``hold`` gives what is written for a text, or None where the column cannot hold it; ``takes_bytes``: a column takes
    bytes that are no text in its encoding; ``takes_nul``: a text may have a NUL.
    """

    name: str
    hold: Callable[[str], Any]
    takes_bytes: bool = False
    takes_nul: bool = False

    def nasty(self) -> list[str]:
        """The odd texts that it can hold."""
        return [text for text in (*NASTY, *UNICODE) if self.hold(text) is not None]


def unicode() -> Callable[[str], str]:
    """How a text is written where every letter can be."""
    return lambda text: text


def code_page(codec: str) -> Callable[[str], str | None]:
    """How a text is written where only the letters of a code page can be; tones stand alone in Windows-1258."""

    def hold(text: str) -> str | None:
        written = "".join(map(_in_parts, text)) if codec == "cp1258" else text
        try:
            written.encode(codec)
        except UnicodeEncodeError:
            return None
        return None if "\x00" in text or any("\x7f" <= letter < "\xa0" for letter in text) else written

    return hold


def _in_parts(letter: str) -> str:
    """A letter of Vietnamese as Windows-1258 has it: the vowel with its mark, and then the tone."""
    form = unicodedata.normalize("NFD", letter)
    if letter.isascii() or not _tone(form) or not unicodedata.is_normalized("NFC", letter):
        return letter
    return unicodedata.normalize("NFC", form[0] + _mark(form)) + _tone(form)


def _mark(form: str) -> str:
    return next((each for each in form[1:] if each in "\u0302\u0306\u031b"), "")


def _tone(form: str) -> str:
    return "".join(each for each in form[1:] if each not in "\u0302\u0306\u031b")


def old_font(name: str, as_letters: Callable[[bytes], Any]) -> Callable[[str], Any]:
    """How a text of an old font is written: its bytes, or the letters for which a column takes them."""

    def hold(text: str) -> Any:
        composed = unicodedata.normalize("NFC", text)
        if name == "latin1-utf8":
            return as_letters(composed.encode())
        letters = LETTERS[name]
        if any(letter not in letters and not "\n" <= letter <= "~" for letter in composed):
            return None
        return as_letters(b"".join(letters.get(letter) or letter.encode() for letter in composed))

    return hold


def long_text(draw: random.Random, length: int) -> str:
    """Letters without order, which no compression makes shorter."""
    return "".join(draw.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=length))


def comment(draw: random.Random, storage: Storage, mark: str) -> Cell:
    """An ordinary comment with a mark of its own."""
    text = f"{draw.choice(PHRASES)} {mark}"
    held = storage.hold(text)
    return good(held, plain(text)) if held is not None else good(storage.hold(mark), mark)


def odd_comments(draw: random.Random, storage: Storage) -> list[Cell]:
    """Comments with anything in them; all are loaded, but those with a letter that the warehouse cannot hold."""
    cells = [Cell(storage.hold(text), (plain(text),), what=f"{text[:20]!r}") for text in storage.nasty()]
    cells += [Cell(None, (None,), what="null"), Cell(storage.hold(""), (None,), what="empty")]
    size = draw.choice((10_000, 60_000))
    cells.append(Cell(storage.hold("x" * size), ("x" * size,), what=f"{size} letters"))
    if storage.takes_bytes:
        cells += [Cell(Bytes(each), (), OPEN, f"{each!r}") for each in NO_UTF8]
    if storage.takes_nul:
        cells.append(Cell("a\x00b", ("ab", f"a{LOST}b"), OPEN, "a NUL"))
    return cells


def reference(storage: Storage, text: str, key: bytes) -> Cell:
    """What identifies a customer, and the keyed hash that is kept of it."""
    return good(storage.hold(text), hashed(text, key))


def odd_references(storage: Storage, key: bytes) -> list[Cell]:
    """References with anything in them."""
    cells = [Cell(storage.hold(text), (hashed(text, key),), what=f"{text[:20]!r}") for text in storage.nasty()]
    cells.append(Cell(None, (None,), what="null"))
    if storage.takes_bytes:
        cells += [Cell(Bytes(each), (), OPEN, f"{each!r}") for each in NO_UTF8]
    if storage.takes_nul:
        cells.append(Cell("079\x00123", (), OPEN, "a NUL"))
    return cells


def hashed(text: str, key: bytes) -> str | None:
    """HMAC-SHA256 of a reference, 32 digits of it."""
    composed = unicodedata.normalize("NFC", text).strip()
    return hmac.new(key, composed.encode(), hashlib.sha256).hexdigest()[:32] if composed else None


def odd_officers(draw: random.Random, storage: Storage) -> list[Cell]:
    """Codes of officers, which no list knows: they are kept as they are, unless they are too long or of our words."""
    ours = ("all", "unstated", "#7")
    texts = [text for text in storage.nasty() if text not in ours]
    cells = [Cell(storage.hold(text), (plain(text),), OPEN, f"{text[:20]!r}") for text in texts]
    cells += [Cell(storage.hold(text), (), OPEN, f"{text!r}, a word of ours") for text in ours]
    for length in (300, 3_000, 6_000):
        text = long_text(draw, length)
        cells.append(Cell(storage.hold(text), (text,), OPEN, f"{length} letters"))
    cells += [Cell(None, ("unstated",), what="null"), Cell(storage.hold(" "), ("unstated",), what="blank")]
    if storage.takes_bytes:
        cells += [Cell(Bytes(each), (), OPEN, f"{each!r}") for each in NO_UTF8]
    if storage.takes_nul:
        cells.append(Cell("CB\x00", (), OPEN, "a NUL"))
    return cells


def odd_codes(draw: random.Random, storage: Storage) -> list[Cell]:
    """Codes that no list knows: each costs its row."""
    texts = [text for text in storage.nasty() if text.strip()]
    texts += ["34.99", "ACCOUNT_OPEN", "phòng kế toán", long_text(draw, 3_000)]
    held = [(text, storage.hold(text)) for text in texts]
    cells = [Cell(value, (), AWAY, f"{text[:20]!r}") for text, value in held if value is not None]
    if storage.takes_bytes:
        cells += [Cell(Bytes(each), (), AWAY, f"{each!r}") for each in NO_UTF8]
    return cells
