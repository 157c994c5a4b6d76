"""The one way to put and get files: any URL of fsspec.

A URL leads to a directory, or into a bucket on an object store. Each file is there as a whole or not at all. What a
store's driver raises is told as ours, and sorted by who acts:

| a driver says | is raised as | for |
|---|---|---|
| no such file system, no package for it, no URL | Misdeclared | the URL is to be corrected, a package to be installed |
| nothing there, no right to it, no credentials, a file in the way | Misdeclared | the URL or the rights are ours |
| anything else: it is away, it broke off, it is full | Unavailable | another try may help |

No error quotes the URL, nor is a driver's own error chained to it: both can hold a password.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import traceback
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from etl.errors import HailongError, Misdeclared, Unavailable

_NO_URL = (ImportError, ValueError)
_NOT_LET_IN = (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError, FileExistsError)


@dataclass(frozen=True)
class Folder:
    """The files below a URL, and how errors speak of it.

    ``name`` is what it is called, ``set_by`` the setting or option that says where it is, and ``retry`` what to do
    again once its store answers.
    """

    url: str
    name: str
    set_by: str
    retry: str

    def below(self, name: str) -> Folder:
        """A folder in this one."""
        return dataclasses.replace(self, url=f"{self.url.rstrip('/')}/{name}")

    def open(self) -> tuple[Any, str]:
        """The file system, and the folder's path on it.

        A URL that leads to none raises Misdeclared. Listings are not kept in memory: other processes write there too.
        """
        with self.explaining("opened"):
            files, root = fsspec.url_to_fs(self.url, use_listings_cache=False)
        return files, str(root).rstrip("/")

    def put(self, name: str, content: bytes) -> str:
        """Put a file, replacing an earlier one; where it is."""
        files, root = self.open()
        path = f"{root}/{name}"
        with self.explaining("written"):
            make_directory(files, path.rpartition("/")[0])
            put(files, path, content)
            return shown(files, path)

    def get(self, name: str) -> bytes | None:
        """A file's content; None where there is no such file."""
        files, root = self.open()
        with self.explaining("read"):
            try:
                return bytes(files.cat_file(f"{root}/{name}"))
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                return None

    def names(self, pattern: str) -> list[str]:
        """The names of the files that match a pattern with ``*``, in order."""
        files, root = self.open()
        with self.explaining("read"):
            return sorted(str(path).removeprefix(f"{root}/") for path in files.glob(f"{root}/{pattern}"))

    @contextlib.contextmanager
    def explaining(self, done: str, whose: str = "") -> Iterator[None]:
        """Raise a driver's errors as ours: it cannot be ``done`` (written, read).

        ``whose`` is what the message begins with, a treasury's month for example.
        """
        try:
            yield
        except Exception as error:
            if isinstance(error, HailongError) or not (isinstance(error, OSError) or _is_of_a_driver(error)):
                raise
            raise self._explained(error, done, f"{whose}: " if whose else "") from None

    def _explained(self, error: Exception, done: str, whose: str) -> HailongError:
        """The error that a driver's error means."""
        if isinstance(error, _NO_URL):
            return Misdeclared(
                f"{whose}{self.set_by} leads to no file system ({type(error).__name__})",
                next_action=f"correct {self.set_by}, or install what it names (for s3:// pip install 'hailong[s3]')",
            )
        number = getattr(error, "errno", None)
        why = os.strerror(number) if number else type(error).__name__
        message = f"{whose}{self.name} cannot be {done} ({why})"
        if isinstance(error, _NOT_LET_IN) or "Credential" in type(error).__name__:
            return Misdeclared(
                message, next_action=f"correct {self.set_by}, or the rights there: it has to be there, and let us in"
            )
        return Unavailable(message, next_action=f"see that its disk or store answers and has room, then {self.retry}")


def shown(files: Any, path: str) -> str:
    """A path on a disk, or a URL elsewhere."""
    return str(files.unstrip_protocol(path)).removeprefix("file://")


def is_local(files: Any) -> bool:
    """Whether a file system is this machine's own."""
    return isinstance(files, LocalFileSystem)


def make_directory(files: Any, path: str) -> None:
    """Make a directory where the file system has directories.

    On an object store none is needed, and a bucket is not ours to make.
    """
    if _has_directories(path):
        files.makedirs(path, exist_ok=True)


def put(files: Any, path: str, content: bytes) -> None:
    """Put a file, replacing an earlier one in one move.

    An object store takes an object as a whole or not at all. A draft that fails is taken away again.
    """
    if is_local(files):
        _put_local(Path(path), content)
    elif _has_directories(path):
        draft = f"{path}.{uuid.uuid4().hex[:8]}"
        files.pipe_file(draft, content)
        files.mv(draft, path)
    else:
        files.pipe_file(path, content)


def exchange(directory: Path, contents: Mapping[str, bytes]) -> None:
    """Replace a local directory by one with just these files.

    That takes two moves. It is made beside; the earlier one comes back when the new one cannot take its place.
    """
    mark = uuid.uuid4().hex[:12]
    draft, earlier = (directory.with_name(f".{directory.name}-{mark}-{what}") for what in ("new", "old"))
    try:
        draft.mkdir(parents=True)
        for name, content in contents.items():
            _write(draft / name, content, is_synced=True)
        try:
            with contextlib.suppress(FileNotFoundError):
                directory.rename(earlier)
            draft.rename(directory)
        except BaseException:
            with contextlib.suppress(OSError):  # what failed first is what is told
                earlier.rename(directory)
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    shutil.rmtree(earlier, ignore_errors=True)


def _put_local(path: Path, content: bytes) -> None:
    """Put a file on this machine's disk, replacing an earlier one."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        _write(draft, content)
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):  # what failed first is what is told
            draft.unlink(missing_ok=True)
        raise


def _write(path: Path, content: bytes, *, is_synced: bool = False) -> None:
    """Write a local file; ``is_synced`` waits until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        if is_synced:
            file.flush()
            os.fsync(file.fileno())


def _has_directories(path: str) -> bool:
    """Whether a path is in a directory, and not in a bucket."""
    return path.startswith("/")


def _is_of_a_driver(error: Exception) -> bool:
    """Whether an error was raised beneath fsspec.

    Every store's driver has its own, and not all are OSErrors.
    """
    frames = traceback.walk_tb(error.__traceback__)
    return any(str(frame.f_globals.get("__name__")).partition(".")[0] == "fsspec" for frame, _ in frames)
