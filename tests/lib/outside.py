"""Texts as others may send them, and how each kind of output is read back: what was sent must be found as text."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

from markdown_it import MarkdownIt
from rich.console import Console

NASTY = (
    # markup of a terminal
    "[/]", "[bold red]KB[/bold red]", "KB[web]12", "KB:smile:7", "[link=http://x]y[/link]", "\\[b]",
    # what steers it, or the eye
    "\x1b[2J", "\x1b]0;title\x07x", "a\x9b31mb", "\x08\x08\x7f", "\u202etxt\u2066", "a\u200bb\ufeffc",
    "x\u00ady", "e\ufe0f",
    "một\nhai", "✓ it fits\n✗ it does not", "a\r\nb\rc", "a\tb", "a\u2028b\x85c", "\U000e0041\ufdd0\uffff",
    # formulas
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-5", "-1.5e-05", "-1+1|2", "@sum(a1)", "'=1", "''=1", "'x",
    "\t=1", "\r=1", "\n=1",
    "\uff1d1",
    # markup of pages, papers, notes, templates
    "<script>alert(1)</script>", '"><img src=x onerror=y>', "</style><b>", "&lt;&amp;", "]]>",
    "{{ 7*7 }} {% x %}", "--><b>",
    "`code` *b* _i_ ~s~ | c", "[a](http://x.example) ![i](y)", "<http://z.example>",
    "https://x.example/a_b|c", "www.x.example",
    "anna@x.example", "# h", "1. a", "12345) a", "- a", "> q", "***", "===", "``x", "a\\", "\\`x\\|",
    "$x$ $$y$$", "&copy;",
    '#panic("x") $x$ *b* @a <b> // c /* d */ \\u{41} [e] #let',
    'aria-label="x" id="y" url(#z) fill="#18202c"', "#18202c",
    # of programs
    "\\.", "x\n\\.\ny", "\\N", "NULL", "null", "%s %(a)s {0} {x}", "; drop table x; --", ',"a";b\'', '"', "$(id)",
    "../../etc/passwd", "C:\\x",
    # and what must come through as it is
    "nguye\u0302\u0303n \u0110a\u0300 N\u0103\u0303ng", "Đà Nẵng", "漢字 ﷽ ａ", "😀", "x" * 400, "ệ" * 90,
)  # fmt: skip
"""Every one must be found, as text, wherever it is shown."""
UNKEPT = ("\x00", "a\x00b", "\ud800")
"""What no database keeps and no file of UTF-8 has: only functions get it."""
STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def steering(text: str, but: str = "\n") -> set[str]:
    """The characters of a text that steer, by Unicode's own table, besides some."""
    return {character for character in set(text) - set(but) if unicodedata.category(character) in STEERING}


def shown(text: str, but: str = "") -> str:
    """A text as people see it: what steers, besides some, as its code, by another way than the program's."""
    return "".join(ascii(sign)[1:-1] if sign not in but and is_hidden(sign) else sign for sign in text)


def is_hidden(sign: str) -> bool:
    """Whether a character has no look of its own."""
    return unicodedata.category(sign) in STEERING | {"Cn"} or sign in "\ufe0f\u034f\u115f\u1160\u3164\uffa0"


def on_terminal(text: str) -> str:
    """What a terminal shows of an output: without the spaces and line breaks by which it is laid out."""
    return "".join(text.split())


def of_csv(text: str, guard: re.Pattern[str]) -> list[list[str]]:
    """The cells of CSV, with the guard taken away as it is documented."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    return [[cell[1:] if guard.match(cell) else cell for cell in row] for row in rows]


def is_harmless_cell(text: str) -> bool:
    """Whether a spreadsheet takes a cell for no formula."""
    return (
        not text.startswith(("=", "+", "-", "@", "\t", "\r"))
        or re.fullmatch(r"-[0-9.]+(e[+-]?[0-9]+)?", text) is not None
    )


def of_json(document: Any) -> Iterator[str]:
    """Every text in a JSON document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for name, value in document.items():
            yield from of_json(name)
            yield from of_json(value)
    elif isinstance(document, list):
        for value in document:
            yield from of_json(value)


class Page(HTMLParser):
    """A page as a browser takes it: its elements, attributes and texts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.values += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)

    @property
    def text(self) -> str:
        """All that is read."""
        return "".join("".join(self.texts).split())


def of_markdown(text: str) -> tuple[str, set[str]]:
    """What a reader of Markdown of GitHub's kind sees, and the kinds of marks that it found."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    said, marks = [], set()
    for token in reader.parse(text):
        marks.add(token.type)
        for part in token.children or []:
            marks.add(part.type)
            said.append(part.content)
    return "".join("".join(said).split()), marks


def rendered(drawn: object, width: int = 20_000) -> str:
    """What Rich writes of something on a terminal with colours."""
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=width)
    console.print(drawn)
    assert isinstance(console.file, io.StringIO)
    return re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue())


def lacking(said: str, sent: Iterable[str] = NASTY, but: str = "") -> list[str]:
    """The texts that are not found in what people see, whatever its layout; ``but`` is laid out, and no code."""
    seen = on_terminal(said)
    return [text for text in sent if on_terminal(shown(text, but)) not in seen]
