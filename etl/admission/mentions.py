"""How keys and codes from outside are called where people read of them: short, and never like a name of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable

from etl.source.contract import LONGEST, shortened

SHOWN_CODES = 5
_SHOWN_LETTERS = 30
_LIKE_OURS = re.compile(r"#\d+|'.*", re.DOTALL)


def key(text: str) -> str:
    """A key as it is kept of a row that was turned away.

    One that is too long is cut short; its length and digest tell it from others that begin alike.
    """
    return shortened(text, LONGEST["response_key"])


def row(text: str | None, row_number: int) -> str:
    """What a row is called: by its key, or as ``#n`` where it has none.

    A key that looks like ``#n``, has spaces around it or begins with a quotation mark stands between such marks.
    """
    if text is None:
        return f"#{row_number}"
    return f"'{key(text)}'" if _LIKE_OURS.fullmatch(text) or text != text.strip() else key(text)


def codes(texts: Iterable[str]) -> str:
    """Different codes, the first few of them, each cut short and without signs that cannot be seen."""
    different = list(dict.fromkeys(texts))
    shown = [f"'{_visible(text[:_SHOWN_LETTERS])}{'…' if len(text) > _SHOWN_LETTERS else ''}'" for text in different]
    return ", ".join(shown[:SHOWN_CODES]) + (" …" if len(shown) > SHOWN_CODES else "")


def _visible(text: str) -> str:
    """A text with what nobody can see written out."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
