"""Keys of responses, in the types that offices have for them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from tests.lib.made_up_databases.texts import LOST, Bytes, Storage, long_text
from tests.lib.made_up_databases.truth import AWAY, OPEN, Cell, good

PAIRS = (
    ("A1x", "a1x"), ("é1x", "e1x"), ("đ1x", "d1x"), ("ß1x", "ss1x"), ("e\u0301x", "éx"), ("ｋ1x", "k1x"), ("0x10",
    "16x"),
    ("1e2", "100"), ("İx", "ix"), ("ạx", "ax"), ("x\u200b1", "x1"), ("+7x", "7x"),
)  # fmt: skip
"""Keys that a collation, or a comparison of numbers, takes for one."""
ONCE_MORE = "one key for two rows"
BLANKS = (("B1", "B1 "), ("B2", " B2"), ("B3", "B3\t"), ("B4", "B4\xa0"))
"""Keys that differ in nothing but blanks around them: which is which cannot be told, so both may be turned away."""
ODD = (
    "#7", "#1", "all", "unstated", "[/]", "KB[web]12", "KB:smile:7", "\x1b[2J", "=1+1", "@x", "-1", "<b>k</b>", "a|b",
    "a=b",
    "it's", '"q"', "back\\slash", "\\N", "NULL", "null", "%s", ":month_start", "{k}", "a,b", "line\nbreak", "a;b--c",
    "/* c */",
    "\U0001f600", "\u202eabc", "../../etc", "$1", "0", "1,5", "٣",
)  # fmt: skip


@dataclass(frozen=True)
class KeyType:
    """A type of a key: its name in each engine, what is written for the number of a row, and odd keys if it takes them.

    ``is_open``: how the engine writes the value as text is not known here. ``is_text``: any text can be a key.
    """

    name: str
    sql: dict[str, str]
    make: Callable[[random.Random, int], Cell]
    is_text: bool = False
    is_open: bool = False


def _int(draw: random.Random, number: int) -> Cell:
    return good(number, str(number))


def _bigint(draw: random.Random, number: int) -> Cell:
    value = draw.choice((-1, 1)) * (2**53 + number * 2 + 1)
    return good(value, str(value))


def _uuid(draw: random.Random, number: int) -> Cell:
    text = str(uuid.UUID(int=draw.getrandbits(128), version=4))
    return good(text, text)


def _text(draw: random.Random, number: int) -> Cell:
    text = f"{draw.choice(('PH', 'ph', 'phiếu-' if draw.random() < 0.5 else 'P'))}{number:04d}"
    return good(text, text)


def _char(draw: random.Random, number: int) -> Cell:
    return good(f"K{number:04d}", f"K{number:04d}")


def _numeric(draw: random.Random, number: int) -> Cell:
    return good(f"{number}.50", f"{number}.50")


def _float(draw: random.Random, number: int) -> Cell:
    return Cell(10_000_000 + number, (), OPEN, "a float as key")


def _binary(draw: random.Random, number: int) -> Cell:
    return Cell(bytes([200 + number % 50, number % 256, 7, number // 256]), (), OPEN, "bytes as key")


def _everywhere(sql: str) -> dict[str, str]:
    return {"postgresql": sql, "mariadb": sql, "sqlite": sql}


KEY_TYPES = (
    KeyType("int", _everywhere("integer"), _int),
    KeyType("bigint", _everywhere("bigint"), _bigint),
    KeyType("uuid", {"postgresql": "uuid", "mariadb": "uuid", "sqlite": "text"}, _uuid),
    KeyType("text", _everywhere("text"), _text, is_text=True),
    KeyType("text", _everywhere("text"), _text, is_text=True),
    KeyType("char", {**_everywhere("char(12)"), "sqlite": "text"}, _char),
    KeyType("numeric", {"postgresql": "numeric(12,2)", "mariadb": "decimal(12,2)", "sqlite": "text"}, _numeric),
    KeyType("float", {"postgresql": "real", "mariadb": "float", "sqlite": "real"}, _float, is_open=True),
    KeyType("binary", {"postgresql": "bytea", "mariadb": "varbinary(20)", "sqlite": "blob"}, _binary, is_open=True),
)


def odd_keys(draw: random.Random, storage: Storage) -> list[list[Cell]]:
    """Keys with anything in them, those together that somebody could take for one."""
    found = [_pair(pair, storage, is_blank=False) for pair in PAIRS]
    found += [_pair(pair, storage, is_blank=True) for pair in BLANKS]
    found += [[Cell(storage.hold(text), (text.strip(),), what=f"{text!r}")] for text in ODD]
    found += [[Cell(storage.hold(text), (), AWAY, f"{text!r} as key")] for text in ("", " ", LOST)]
    found.append([Cell(None, (), AWAY, "no key")])
    found.append([Cell(storage.hold("  around "), ("around", "  around "), OPEN, "blanks around a key")])
    for length in (300, 3_000, 6_000):
        text = long_text(draw, length)
        found.append([Cell(storage.hold(text), (text,), OPEN, f"a key of {length} letters")])
    if storage.takes_nul:
        found.append([Cell("a\x00b", (), AWAY, "a NUL in a key")])
    if storage.takes_bytes:
        found.append([Cell(Bytes(b"k\xff\xfe"), (), OPEN, "bytes in a key")])
    return [group for group in found if _is_held(group)]


def _is_held(group: list[Cell]) -> bool:
    """Whether the storage takes all of some keys, and each as another one."""
    written = [cell.written for cell in group]
    return len(set(map(repr, written))) == len(group) and (None not in written or group[0].what == "no key")


def repeated(draw: random.Random, storage: Storage) -> list[Cell]:
    """One key for two rows: neither can be loaded."""
    return [Cell(storage.hold("twice"), (), AWAY, ONCE_MORE)] * 2


def _pair(pair: tuple[str, str], storage: Storage, *, is_blank: bool) -> list[Cell]:
    """Two keys that look alike to somebody."""
    what = f"{pair[0]!r} beside {pair[1]!r}"
    if is_blank:
        return [Cell(storage.hold(text), (pair[0].strip(), text), OPEN, what) for text in pair]
    return [Cell(storage.hold(text), (text,), what=what) for text in pair]
