"""Which forms a declared code may have, by what is named after it."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

CODE = r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$"
_LONGEST = 100
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_OURS = ("index.html",)
"""Files that lie beside directories named after codes."""


def _names_files(code: str) -> str:
    """Raise ValueError where a code cannot name a directory on every disk."""
    if code.endswith("."):
        raise ValueError(f"'{code}' cannot name a directory, as this code does: let it end in a letter or a digit")
    if _DEVICE.fullmatch(code):
        raise ValueError(f"'{code}' names a device on some disks, and no directory, as this code does: take another")
    if code.lower() in _OURS:
        raise ValueError(f"'{code}' is a file of ours beside the directory that this code names: take another")
    return code


def _printable(code: str) -> str:
    """Raise ValueError where a code would not be read as it is written."""
    if code != code.strip() or not code.isprintable():
        raise ValueError("a code has no control characters, and no blanks around it")
    return code


FileCode = Annotated[str, Field(min_length=1, max_length=_LONGEST, pattern=CODE), AfterValidator(_names_files)]
"""Directories, files, Airflow's connections and addresses of pages are named after it."""
VersionCode = Annotated[str, Field(min_length=1, max_length=_LONGEST), AfterValidator(_printable)]
"""Names one file of the configuration; nothing but keys of tables is made of it."""
