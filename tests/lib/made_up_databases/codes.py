"""Codes of units, procedures, channels and kinds of customers, and reports of harassment, in every type for them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.lib.made_up_databases.texts import Storage
from tests.lib.made_up_databases.truth import AWAY, OPEN, Cell, good

CODE_TYPES = {
    # name: its type by engine; how a code is written in it is ``coded``
    "text": {"postgresql": "text", "mariadb": "text", "sqlite": "text"},
    "varchar": {"postgresql": "varchar(9000)", "mariadb": "mediumtext", "sqlite": ""},
    "char": {"postgresql": "char(40)", "mariadb": "char(40)", "sqlite": "text"},
    "enum": {"postgresql": "enum", "mariadb": "enum", "sqlite": "text"},
    "int": {"postgresql": "integer", "mariadb": "smallint unsigned", "sqlite": "integer"},
}
STRICT = ("enum", "int")
"""Types that hold nothing but what they declare, so that nothing odd can be written."""
BY_CODE = ("enum", "char")
NUMBERS = ("procedure_code", "channel_code", "respondent_type_code")
"""Columns whose codes have a number as a label: ``network.labelled``."""


def coded(draw: random.Random, codes: Mapping[str, str], column_type: str, storage: Storage) -> Cell:
    """A code of a list, by one of its names; now and then none."""
    if draw.random() < 0.1:
        return good(None, "unstated")
    names = [name for name in codes if storage.hold(name) is not None]
    if column_type == "int":
        names = [name for name in names if name.isdigit()]
    elif column_type in BY_CODE:
        names = [name for name in names if name == codes[name]]
    name = draw.choice(names)
    written: Any = int(name) if column_type == "int" else storage.hold(name)
    if column_type == "char" and storage.name.startswith("sqlite"):
        written = f"{written}   "
    return good(written, codes[name])


@dataclass(frozen=True)
class TruthType:
    """A type of a report of harassment: what is written for yes, no and nothing said, and what is written besides.

    ``odd``: pairs of what is written and what it means; None where nobody knows, which costs the row.
    """

    name: str
    sql: str
    written: Mapping[bool | None, tuple[Any, ...]]
    odd: tuple[tuple[Any, bool | None], ...] = ()

    def usual(self, draw: random.Random, storage: Storage) -> Cell:
        """A report, most often that there was none."""
        meant = draw.choices((False, True, None), (8, 2, 1))[0]
        value = draw.choice(self.written[meant])
        is_asked_by_letter = value is None and self.name == "letter"  # nothing may stand for no there
        means = (None, False) if is_asked_by_letter else (meant,)
        return Cell(storage.hold(value) if isinstance(value, str) else value, means)

    def odd_cells(self, storage: Storage) -> list[Cell]:
        """Reports in words: understood as they are meant or turned away, and never taken for nothing said."""
        held = [(storage.hold(value) if isinstance(value, str) else value, value, meant) for value, meant in self.odd]
        return [
            Cell(value, (meant,), AWAY if meant is None else OPEN, f"{said!r}")
            for value, said, meant in held
            if value is not None
        ]


_WORDS: dict[bool | None, tuple[Any, ...]] = {
    True: ("true", "t", "1", "yes"),
    False: ("false", "f", "0", "no"),
    None: (None, ""),
}
_ODD_WORDS = (
    ("Có", True), ("có", True), ("CÓ", True), ("Y", True), ("y", True), ("on", True), ("TRUE", True), ("Yes", True),
    ("co\u0301", True), ("Không", False), ("không", False), ("N", False), ("n", False), ("off", False), ("No", False),
    (" true ", True), ("maybe", None), ("có thể", None), ("2", None), ("-1", True), ("x", True), ("đúng", True),
    ("sai", False), ("null", None), ("?", None),
    ("chưa rõ", None), ("10", None),
)  # fmt: skip
_BITS: dict[bool | None, tuple[Any, ...]] = {True: (1,), False: (0,), None: (None,)}
_NUMBERS = ((2, None), (-1, True))

TRUTH_TYPES = {
    "postgresql": (
        TruthType("bool", "boolean", {True: ("true",), False: ("false",), None: (None,)}),
        TruthType("bit", "bit(1)", {True: ("1",), False: ("0",), None: (None,)}),
        TruthType("int", "smallint", _BITS, _NUMBERS),
        TruthType("text", "text", _WORDS, _ODD_WORDS),
        TruthType("char", "char(6)", {True: ("yes", "1"), False: ("no", "0"), None: (None,)}),
    ),
    "mariadb": (
        TruthType("bool", "boolean", _BITS, _NUMBERS),
        TruthType("bit", "bit(1)", _BITS),
        TruthType("int", "smallint", _BITS, _NUMBERS),
        TruthType("text", "varchar(60)", _WORDS, _ODD_WORDS),
        TruthType("enum", "enum('no','yes')", {True: ("yes",), False: ("no",), None: (None,)}),
    ),
    "sqlite": (
        TruthType("bool", "boolean", _BITS, (*_NUMBERS, ("Có", True), ("maybe", None))),
        TruthType("int", "integer", _BITS, (*_NUMBERS, (1.5, None))),
        TruthType("text", "text", _WORDS, _ODD_WORDS),
        TruthType("untyped", "", {**_WORDS, True: ("true", 1, "yes")}, _ODD_WORDS),
    ),
}


@dataclass(frozen=True)
class NeverAsked(TruthType):
    """A type in an office where harassment is not asked for."""

    def usual(self, draw: random.Random, storage: Storage) -> Cell:
        """Nothing said."""
        return good(None, None)
