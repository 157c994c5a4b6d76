"""Whether a text holds words that are no Vietnamese ones, by the form of their syllables."""

from __future__ import annotations

import re
from unicodedata import normalize

SYLLABLE = re.compile("(ngh?|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(ch|ng|nh|[cmnpt])?")
"""A Vietnamese syllable without its marks."""


def bare(word: str) -> str:
    """A word without its marks, in small letters."""
    return re.sub(r"\W", "", normalize("NFD", word).lower().replace("đ", "d"))


def foreign(text: str) -> set[str]:
    """The words of a text that no Vietnamese syllable looks like; single letters are none."""
    words = set(re.findall(r"\w+", normalize("NFC", text)))
    return {word for word in words if len(word) > 1 and bare(word).isalpha() and not SYLLABLE.fullmatch(bare(word))}
