"""What is the matter with a SQLite file that cannot be read."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from etl.errors import HailongError, Misdeclared, Refused, Unavailable
from etl.source.said import plain

_HEADER, _WAL = b"SQLite format 3\0", 2
_UNFINISHED = ("SQLITE_READONLY_ROLLBACK", "SQLITE_BUSY_RECOVERY")
_BESIDE = ("SQLITE_CANTOPEN", "SQLITE_READONLY_RECOVERY", "SQLITE_READONLY_CANT", "SQLITE_IOERR_SHM", "SQLITE_PROTOCOL")
_WHOLE_COPY = "ask the treasury for a whole copy, made by SQLite's command .backup while nothing is half-written"


def path_of(url: sa.URL) -> Path:
    """The file of a connection, as ``etl.source.address`` writes it."""
    return Path(unquote(urlsplit(str(url.database)).path))


def explained(cause: sqlite3.Error, url: sa.URL, place: str) -> HailongError | None:
    """The error that the state of the file means; None when the file is not to blame."""
    if not str(url.database).startswith("file:"):
        return None
    path, name = path_of(url), getattr(cause, "sqlite_errorname", None) or ""
    return _of_file(path, place) or _beside(path, name, place)


def refuse_no_file(url: sa.URL, place: str) -> None:
    """Raise what the state of the file means before it is opened, where it is none.

    A pipe would be waited for without an end.
    """
    path = path_of(url)
    mode = _mode_of(path)
    if mode and not stat.S_ISREG(mode) and (error := _of_file(path, place)):
        raise error


def _mode_of(path: Path) -> int:
    """What a path leads to, as the kernel says; 0 where it leads to nothing that we may see."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _of_file(path: Path, place: str) -> HailongError | None:
    """The error of what is no file for us to read; None when it is one."""
    shown = plain(str(path))
    try:
        if path.is_dir():
            return Misdeclared(
                f"{place}: {shown} is a directory and no file", next_action="name the file in the treasury's connection"
            )
        if not stat.S_ISREG(path.stat().st_mode):
            return Misdeclared(
                f"{place}: {shown} is a pipe, a socket or a device and no file",
                next_action="name the file in the treasury's connection",
            )
        if path.stat().st_size == 0:
            return Refused(f"{place}: the file {shown} is empty (0 bytes)", next_action=_WHOLE_COPY)
        is_ours = os.access(path, os.R_OK)
    except PermissionError:
        is_ours = False
    except OSError:
        return Unavailable(
            f"{place}: the database is away: there is no file {shown}",
            next_action="see that the file is where the treasury's connection says, then run the month again",
        )
    if is_ours:
        return None
    return Misdeclared(
        f"{place}: we may not read the file {shown}",
        next_action="let the user under which we run read it: docs/sources.md says how",
    )


def _beside(path: Path, name: str, place: str) -> HailongError | None:
    """The error of what stands beside a file, by the library's name of its error; None when that is in order."""
    shown = plain(str(path))
    if name.startswith(_UNFINISHED):
        return Refused(
            f"{place}: in {shown} somebody's writing broke off, and a journal beside it waits ({name})",
            next_action="ask the treasury to open the file once with its own program, or for a whole copy (.backup)",
        )
    if name.startswith(_BESIDE) and is_write_ahead(path):
        return Misdeclared(
            f"{place}: the files -wal and -shm beside {shown} cannot be opened ({name})",
            next_action="let the user under which we run read and write them and their directory, or read a whole copy"
            " (.backup)",
        )
    return None


def is_write_ahead(path: Path) -> bool:
    """Whether a file is in SQLite's write-ahead mode, so that its newest rows may stand beside it."""
    if not stat.S_ISREG(_mode_of(path)):
        return False
    try:
        with path.open("rb") as file:
            header = file.read(20)
    except OSError:
        return False
    return header.startswith(_HEADER) and header[18:20] == bytes((_WAL, _WAL))
