"""What people read in Vietnamese: a text is translated where it is shown, from its English words.

``vi.po`` beside this module has the English messages of the code as templates: a part that was worked out is a
placeholder, ``{name}``. A text is looked up as it stands, then by the template that it matches; what the placeholders
caught is translated in turn where it is a message itself. What has no template is left as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

CATALOGUE = Path(__file__).with_name("vi.po")
PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
"""A placeholder of a template. Other braces are only braces."""
WORD = "word"
"""The context of words that are translated where a placeholder caught them; others are codes and names, and stay."""
_SEPARATORS = (" → ", ": ", "; ", ", ")
"""What stands between messages that were put together."""
_REMARK = re.compile(r"([^()]+) \(([^()]+)\)")
"""A message with another one in brackets behind it."""
_MARK = re.compile(r"(?:[✓✗!⚠→-] |\s)+")
"""What may stand before a message in a line."""
_ITEM = "- "
"""What an item of a list begins with. It ends with its line, as what only joins words does."""
_FEWEST = 4
"""The letters by which a template is known."""
_DEEPEST = 6
"""How many messages may stand in each other."""
_LONGEST = 4000
"""The letters of a line beyond which it is only looked up as a whole."""


class Template(NamedTuple):
    """A message in both languages, in pieces: literal text and, at odd places, the names of placeholders."""

    english: tuple[str, ...]
    vietnamese: tuple[str, ...]

    @property
    def weight(self) -> int:
        """How many letters of literal text it has; none where they are too few to know a sentence by."""
        return sum(map(len, self.english[::2])) if self.is_telling else 0

    @property
    def is_telling(self) -> bool:
        """Whether its own words are enough to know a sentence by; one that has few catches words and messages only."""
        return sum(map(str.isalpha, "".join(self.english[::2]))) >= _FEWEST

    def caught(self, text: str) -> dict[str, str] | None:
        """What its placeholders catch of a text; None where the text does not match."""
        first, *between, last = self.english[::2]
        if "\n" in text and (first.startswith(_ITEM) or not self.is_telling):
            return None
        if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
            return None
        caught: dict[str, str] = {}
        start, end = len(first), len(text) - len(last)
        for name, literal in zip(self.english[1::2], (*between, None), strict=True):
            stop = end if literal is None else text.find(literal, start, end)
            if stop < 0 or caught.setdefault(name, text[start:stop]) != text[start:stop]:
                return None
            start = stop + len(literal or "")
        return caught

    def filled(self, values: dict[str, str]) -> str:
        """The Vietnamese text with values in the place of the placeholders."""
        return "".join(values[piece] if place % 2 else piece for place, piece in enumerate(self.vietnamese))


class Catalogue(NamedTuple):
    """The messages without placeholders, the words, and the templates, each with its longest piece of literal text."""

    texts: dict[str, str]
    words: dict[str, str]
    templates: tuple[Template, ...]
    longest: tuple[tuple[str, Template], ...]

    def matching(self, text: str) -> list[Template]:
        """The templates that a text may match: nearly all are sorted out by their longest piece."""
        return [template for piece, template in self.longest if piece in text]


class _Said(NamedTuple):
    """A text in Vietnamese, and how many of its letters are of a message."""

    text: str
    weight: int = 0


def said(text: str, language: str) -> str:
    """A text in a language, ``vi`` or ``en``; what has no Vietnamese stays English."""
    return _translated(text, _DEEPEST).text if language == "vi" else text


def word(text: str, language: str) -> str:
    """A word of ours in a language, the name of a state for example; another text is left as it is."""
    return catalogue().words.get(text, text) if language == "vi" else text


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The messages of ``vi.po``, read once."""
    from babel.messages import pofile  # noqa: PLC0415  who reads English does not wait for it

    with CATALOGUE.open("rb") as file:
        messages = [message for message in pofile.read_po(file, locale="vi") if message.id and message.string]
    pairs = [(str(message.id), str(message.string)) for message in messages if message.context != WORD]
    templates = tuple(
        Template(tuple(PLACEHOLDER.split(english)), tuple(PLACEHOLDER.split(vietnamese)))
        for english, vietnamese in pairs
        if PLACEHOLDER.search(english)
    )
    return Catalogue(
        texts={english: vietnamese for english, vietnamese in pairs if not PLACEHOLDER.search(english)},
        words={str(message.id): str(message.string) for message in messages if message.context == WORD},
        templates=templates,
        longest=tuple((max(template.english[::2], key=len), template) for template in templates),
    )


@lru_cache(maxsize=4096)
def _translated(text: str, depth: int) -> _Said:
    """A text by the message, or the messages, with which most of its letters are translated."""
    known = catalogue()
    whole = known.texts.get(text) or known.words.get(text)
    if whole is not None:
        return _Said(whole, len(text))
    if not depth or not text.strip():
        return _Said(text)
    matching = [_by_template(template, text, depth - 1) for template in known.matching(text)]
    return max((*filter(None, matching), *_in_parts(text, depth - 1)), key=lambda one: one.weight, default=_Said(text))


def _by_template(template: Template, text: str, depth: int) -> _Said | None:
    """A text by a template; None where it does not match."""
    caught = template.caught(text)
    if caught is None:
        return None
    values = {name: _caught(value, depth) for name, value in caught.items()}
    if not template.is_telling and any(" " in caught[name] and not value.weight for name, value in values.items()):
        return None
    weight = template.weight + sum(value.weight for value in values.values())
    return _Said(template.filled({name: value.text for name, value in values.items()}), weight)


def _caught(text: str, depth: int) -> _Said:
    """What a placeholder caught: one word is a code or a name, unless it is one of ours."""
    if " " in text.strip():
        return _translated(text, depth)
    return _Said(catalogue().words.get(text, text))


def _in_parts(text: str, depth: int) -> list[_Said]:
    """A text that was put together of several messages, by each way to take it apart."""
    if "\n" in text:
        return [_joined(text.split("\n"), "\n", depth)]
    mark = _MARK.match(text)
    if mark and mark.end() < len(text):
        rest = _translated(text[mark.end() :], depth)
        return [_Said(mark[0] + rest.text, rest.weight)]
    remark = _REMARK.fullmatch(text)
    if remark:
        head, tail = _caught(remark[1], depth), _caught(remark[2], depth)
        return [_Said(f"{head.text} ({tail.text})", head.weight + tail.weight)]
    if len(text) > _LONGEST:
        return []
    halves = [_joined(text.split(mark, 1), mark, depth) for mark in _SEPARATORS[:2] if mark in text]
    return halves + [_joined(text.split(mark), mark, depth) for mark in _SEPARATORS[2:] if mark in text]


def _joined(parts: list[str], separator: str, depth: int) -> _Said:
    """Parts of a text, each translated by itself."""
    found = [_caught(part, depth) for part in parts]
    return _Said(separator.join(one.text for one in found), sum(one.weight for one in found))
