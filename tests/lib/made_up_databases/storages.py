"""How texts are held on each engine: types, collations, encodings, and the bytes of old fonts."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.lib.made_up_databases.texts import Bytes, Storage, code_page, old_font, unicode

FONTS = ("tcvn3", "vni", "latin1-utf8")
_SQLITE = Storage("sqlite UTF-8", unicode(), takes_bytes=True, takes_nul=True)
_UTF_16 = Storage("sqlite UTF-16", unicode(), takes_nul=True)
_UTF_8 = Storage("postgresql UTF8", unicode())
_MARIA = Storage("mariadb utf8mb4", unicode(), takes_nul=True)

STORAGES: dict[str, tuple[tuple[Storage, str], ...]] = {
    "sqlite": (
        (_SQLITE, "text"), (_SQLITE, "text"), (_SQLITE, "text collate nocase"), (_SQLITE, "text collate rtrim"),
        (_SQLITE, "varchar(20)"), (_UTF_16, "text"), (_UTF_16, "text collate nocase"),
    ),
    "postgresql": (
        (_UTF_8, "text"), (_UTF_8, "text"), (_UTF_8, "varchar"), (_UTF_8, 'text collate "C"'), (_UTF_8,
        "text collate anyhow"),
        (Storage("postgresql LATIN1", code_page("latin-1")), "text"),
        (Storage("postgresql WIN1258", code_page("cp1258")), "text"),
        (Storage("postgresql SQL_ASCII", unicode(), takes_bytes=True), "text"),
    ),
    "mariadb": (
        (_MARIA, "text"), (_MARIA, "text collate utf8mb4_bin"), (_MARIA, "text collate utf8mb4_unicode_ci"),
        (_MARIA, "text collate utf8mb4_general_ci"), (_MARIA, "mediumtext collate utf8mb4_nopad_bin"),
        (Storage("mariadb latin1", code_page("cp1252")), "text character set latin1"),
        (Storage("mariadb bytes", unicode(), takes_bytes=True, takes_nul=True), "longblob"),
    ),
}  # fmt: skip
"""The storages of an engine, each with a type of its text columns."""

_AS_LETTERS = [bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256)]
_OLD: dict[str, tuple[tuple[str, str, Callable[[bytes], Any]], ...]] = {
    "sqlite": (("sqlite UTF-8", "text", Bytes),),
    "postgresql": (
        ("postgresql LATIN1", "text", lambda value: value.decode("latin-1")),
        ("postgresql SQL_ASCII", "text", Bytes),
    ),
    "mariadb": (
        ("mariadb latin1", "text character set latin1", lambda value: "".join(_AS_LETTERS[byte] for byte in value)),
        ("mariadb bytes", "longblob", Bytes),
    ),
}


def old_storage(draw: random.Random, engine: str) -> tuple[Storage, str]:
    """How an old office holds its texts, and the type of its text columns; the font is the last word of its name."""
    font, (name, sql, as_letters) = draw.choice(FONTS), draw.choice(_OLD[engine])
    return Storage(f"{name} {font}", old_font(font, as_letters)), sql
