"""An office as people name it: by its code, or by its name with or without marks."""

from __future__ import annotations

import difflib
import itertools
import operator
import unicodedata
from collections.abc import Sequence

from etl.registry.network import Treasury

_MOST_MEANT = 5


def plain(text: str) -> str:
    """A text in small letters without marks, its words one space apart.

    ``Thái  Bình`` becomes ``thai binh``, and đ becomes d.
    """
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def named(treasuries: Sequence[Treasury], text: str) -> tuple[Treasury, ...]:
    """The treasuries that a text names; several where it is not clear.

    By the code, else by a whole name, else by the last words of one: ``Thái Bình``, ``thai binh`` and ``KBNN Thái
    Bình`` are the same. A name that is written with its marks goes before one that only looks like it.
    """
    if not text.strip():
        return ()
    by_code = tuple(treasury for treasury in treasuries if _marked(treasury.code) == _marked(text))
    if by_code:
        return by_code
    for spelt, is_meant in itertools.product((_marked, plain), (operator.eq, _ends_with)):
        by_name = tuple(t for t in treasuries if any(is_meant(spelt(name), spelt(text)) for name in _names(t)))
        if by_name:
            return by_name
    return ()


def similar(treasuries: Sequence[Treasury], text: str) -> tuple[Treasury, ...]:
    """Those that may have been meant by a text that names none, the likeliest first."""
    by_word = {word: treasury for treasury in treasuries for name in _names(treasury) for word in _endings(plain(name))}
    close = difflib.get_close_matches(plain(text), by_word, n=_MOST_MEANT, cutoff=0.7)
    return tuple(dict.fromkeys(by_word[word] for word in close))


def listed(treasuries: Sequence[Treasury]) -> str:
    """Some treasuries as they are told to people: code and name."""
    shown = [f"{treasury.code} {treasury.name_vi}" for treasury in treasuries[:_MOST_MEANT]]
    more = [f"{len(treasuries) - _MOST_MEANT} more"] if len(treasuries) > _MOST_MEANT else []
    return ", ".join(shown + more)


def _names(treasury: Treasury) -> tuple[str, str]:
    """What a treasury is called."""
    return treasury.name_vi, treasury.name_en


def _marked(text: str) -> str:
    """A text in small letters with its marks, its words one space apart."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _ends_with(name: str, words: str) -> bool:
    """Whether a name ends with some words."""
    return f" {name}".endswith(f" {words}")


def _endings(name: str) -> list[str]:
    """A name, and what is left of it without its first words."""
    words = name.split()
    return [" ".join(words[start:]) for start in range(len(words))]
