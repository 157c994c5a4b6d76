"""Make text from outside harmless where it is shown: one function for each kind of output.

| shown | by | in |
|---|---|---|
| one line: log, subject, table cell | ``line`` | ``etl.log``, ``notices``, ``tables`` |
| lines: error message, terminal | ``lines`` | ``errors``, ``cli.output`` |
| Markdown | ``markdown`` | notes, approval question |
| HTML | ``html``, and ``visible`` by the templates | ``reports.templates``, mails |
| SVG, Typst, XLSX: text that is never markup there | ``visible`` | the bulletin's charts, paper and workbook |
| JSON | ``json_text`` | what commands write: the same values, harmless on a terminal |
| CSV | ``csv_text`` | what commands and exports write: guarded, reversible |
| the name of a file | ``file_name`` | validation pages |

What programs read is the same text: JSON by its own escapes, CSV but for the guard. People see a character that steers
(a terminal, the direction of writing, the width) as its code, ``\\x1b`` or ``\\u202e``. All functions but ``markdown``,
``html`` and ``csv_text`` leave alone what they have made already.
"""

from __future__ import annotations

import csv
import hashlib
import html as standard_html
import re
from collections.abc import Iterable
from typing import NamedTuple

_STEERS = (
    "\x00-\x1f\x7f-\x9f"  # C0 and C1: ESC, CSI, line breaks, tabs
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u3164\uffa0"  # no width, or a direction
    "\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # no characters at all: XML and UTF-8 have none of them
) + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
_STEERING = re.compile(f"[{_STEERS}]")
_STEERING_BUT_LINES = re.compile(f"(?!\n)[{_STEERS}]")
_BEYOND_ASCII = re.compile(f"(?![\x00-\x1f])[{_STEERS}]")

_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a text begins that a spreadsheet takes for a formula (CWE-1236), or that could be taken for a guarded one."""
GUARDED = re.compile(rf"^'{_FORMULA.pattern}")
"""How a guarded cell of CSV begins."""
_TEMPTING = frozenset("'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""With what such a text begins: most texts need no other look."""
_NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")

_ACTIVE = re.compile(
    r"""
      [\\`*\[\]<>&|~$]              # what marks something up wherever it stands
    | (?<![^\W_])_ | _(?![^\W_])    # not inside of a word, as in HAILONG_STATE
    | :(?=[A-Za-z0-9_+-]+:)         # an emoji's code
    """,
    re.VERBOSE,
)
_BEGINNING = re.compile(r"\A([0-9]{1,9}(?=[.)](?:\s|\Z))|(?=[#=]|[+-](?!\w)))(.)")
"""How a line begins that is a heading, an item, or the line below a heading."""
_BETWEEN_WORDS = re.compile(r"([\s|]+)")
_ADDRESS = re.compile(r"(?i)https?://|www\.|[\w.+-]@[\w-]+\.")
"""What Markdown of GitHub's kind makes a link of, however it is escaped; but not in code."""
_LONGEST_NAME = 100


class _Csv(NamedTuple):
    """What a CSV writer has written, with LF behind each row."""

    rows: list[str]

    def write(self, row: str) -> None:
        """Take a row that ends with CR and LF."""
        self.rows.append(row.removesuffix("\r\n") + "\n")


def visible(text: str) -> str:
    """The text with each steering character but line breaks as its code."""
    return _STEERING_BUT_LINES.sub(_code, text)


def line(text: str) -> str:
    """The text in one line, with each steering character as its code."""
    return _STEERING.sub(_code, text)


def lines(text: str) -> str:
    """The text in lines: those after the first are indented.

    So none of them can be taken for a line of ours.
    """
    first, *further = visible(text).split("\n")
    return "\n    ".join([first, *(one.removeprefix("    ") for one in further)])


def markdown(text: str) -> str:
    """The text for a line of Markdown, where nothing of it marks up.

    An address is code, because it becomes a link otherwise.
    """
    words = _BETWEEN_WORDS.split(line(text).strip(" "))
    said = [_in_code(word) if _ADDRESS.search(word) else _in_prose(word) for word in words]
    return _BEGINNING.sub(r"\1\\\2", "".join(said))


def html(text: str) -> str:
    """The text for HTML, SVG or an attribute."""
    return standard_html.escape(visible(text))


def json_text(document: str) -> str:
    """A JSON document that says the same, without a steering character."""
    return _BEYOND_ASCII.sub(_json_code, document)


def csv_cell(value: object) -> object:
    """A value as a cell of CSV.

    A text that begins like a formula, perhaps behind apostrophes, gets one apostrophe more in front: taking one away
    where one stands so gives the text again. Numbers, also negative ones as text, stay as they are.
    """
    if not isinstance(value, str) or value[:1] not in _TEMPTING:
        return value
    is_tempting = _FORMULA.match(value) and not _NEGATIVE.fullmatch(value)
    return f"'{value}" if is_tempting else value


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV (RFC 4180, with LF), each text guarded."""
    made = _Csv([])
    writer = csv.writer(made, lineterminator="\r\n")  # with LF alone, a CR in a text would not be quoted
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return "".join(made.rows)


def is_like_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula."""
    return bool(_FORMULA.match(text))


def file_name(text: str) -> str:
    """The text as the name of a file or directory.

    A digest keeps apart those that had to be changed.
    """
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:_LONGEST_NAME]
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return name if name and name == text else f"{name or 'run'}-{digest[:8]}"


def _code(character: re.Match[str]) -> str:
    """A character as Python writes it."""
    return character[0].encode("unicode_escape").decode()


def _in_prose(text: str) -> str:
    """A word of a line of Markdown, or what stands between two, as text."""
    return _ACTIVE.sub(lambda mark: f"\\{mark[0]}", text)


def _in_code(text: str) -> str:
    """A word of a line of Markdown as code."""
    fence = "`" * (1 + max((len(ticks) for ticks in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _json_code(character: re.Match[str]) -> str:
    """A character as JSON writes it: by its code units of UTF-16."""
    units = character[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
