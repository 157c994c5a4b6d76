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
import datetime as dt
import errno
import os
import re
import shutil
import traceback
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from etl import settings
from etl.errors import HailongError, Misdeclared, Unavailable

_NO_URL = (ImportError, ValueError)
_NOT_LET_IN = (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError, FileExistsError)

_LEFT = re.compile(r"\.(?P<name>.+)(?:\.[0-9a-f]{8}|-[0-9a-f]{12}-(?P<what>new|old))")
"""How drafts are named, of a file and of a directory, and the directory that gave way."""


@dataclass(frozen=True)
class Folder:
    """The files below a URL, and how errors speak of it.

    ``name`` is what it is called, ``set_by`` the setting or option that says where it is, ``retry`` what to do again
    once its store answers. Into a private one on a local disk nobody but its owner is let.
    """

    url: str
    name: str
    set_by: str
    retry: str
    is_private: bool = False

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
            self.make_directory(files, path.rpartition("/")[0])
            put(files, path, content)
            return shown(files, path)

    def make_directory(self, files: Any, path: str) -> None:
        """Make a directory in it; an object store needs none, and a bucket is not ours to make."""
        if is_local(files):
            _make_local(Path(path))
        elif _has_directories(path):
            files.makedirs(path, exist_ok=True)
        if self.is_private and is_local(files):
            with contextlib.suppress(PermissionError):  # somebody else's directory: its owner decides
                Path(self.open()[1]).chmod(0o700)

    def get(self, name: str) -> bytes | None:
        """A file's content; None where there is no such file."""
        files, root = self.open()
        with self.explaining("read"):
            try:
                if is_local(files):
                    settings.refuse_no_file(Path(root, name))
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


def put(files: Any, path: str, content: bytes) -> None:
    """Put a file, replacing an earlier one in one move; it outlasts a loss of power from now on.

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


def move(files: Any, path: str, target: str) -> None:
    """Move a file onto another in its directory, in one move."""
    if not is_local(files):
        files.mv(path, target)
        return
    Path(path).replace(target)
    sync(Path(target).parent)


def settle(files: Any, path: str) -> None:
    """Wait until what was written outlasts a loss of power; its name does once another file is put beside it."""
    if is_local(files):
        sync(Path(path))


def leads_elsewhere(files: Any, path: str) -> bool:
    """Whether a local file is a link out of its directory, or to itself."""
    if not is_local(files) or not Path(path).is_symlink():
        return False
    try:
        return Path(path).resolve().parent != Path(path).parent.resolve()
    except (OSError, RuntimeError):
        return True


def is_endless(files: Any, path: str) -> bool:
    """Whether a local path leads to a pipe, a socket or a device, which may be read or waited for without an end."""
    try:
        if is_local(files):
            settings.refuse_no_file(Path(path))
    except OSError:
        return True
    return False


def exchange(directory: Path, contents: Mapping[str, bytes]) -> None:
    """Replace a local directory by one with just these files.

    That takes two moves. It is made beside; the earlier one comes back when the new one cannot take its place.
    """
    mark = uuid.uuid4().hex[:12]
    draft, earlier = (directory.with_name(f".{directory.name}-{mark}-{what}") for what in ("new", "old"))
    try:
        draft.mkdir(parents=True)
        for name, content in contents.items():
            _write(draft / name, content)
        sync(draft)
        try:
            with contextlib.suppress(FileNotFoundError):
                directory.rename(earlier)
            draft.rename(directory)
        except BaseException:
            with contextlib.suppress(OSError):  # what failed first is what is told
                earlier.rename(directory)
            raise
        sync(directory.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    shutil.rmtree(earlier, ignore_errors=True)


def tidy(folder: Folder, before: dt.datetime) -> int:
    """Remove what killed processes have left of writing below a folder on a disk; how many files and directories.

    Only what is older than a moment. A directory whose successor never came is put back. A store leaves nothing half.
    """
    system, root = folder.open()
    removed_count = 0
    for path in sorted(Path(root).rglob(".*")) if is_local(system) else ():
        left = _LEFT.fullmatch(path.name)
        if left is None or path.lstat().st_mtime >= before.timestamp():
            continue
        with folder.explaining("tidied"):
            if left["what"] == "old" and not path.with_name(left["name"]).exists():
                path.rename(path.with_name(left["name"]))
            elif path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        removed_count += 1
    return removed_count


def _put_local(path: Path, content: bytes) -> None:
    """Put a file on this machine's disk, replacing an earlier one."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        _write(draft, content)
        draft.replace(path)
        sync(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):  # what failed first is what is told
            draft.unlink(missing_ok=True)
        raise


def _write(path: Path, content: bytes) -> None:
    """Write a local file, and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _make_local(directory: Path) -> None:
    """Make a local directory whose name outlasts a loss of power, and so those above it."""
    missing = [parent for parent in (directory, *directory.parents) if not parent.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    for made in missing:
        sync(made.parent)


def sync(path: Path) -> None:
    """Wait until the disk has a local file, or the names in a directory.

    A file system that cannot say so is not asked again.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def _has_directories(path: str) -> bool:
    """Whether a path is in a directory, and not in a bucket."""
    return path.startswith("/")


def _is_of_a_driver(error: Exception) -> bool:
    """Whether an error was raised beneath fsspec.

    Every store's driver has its own, and not all are OSErrors.
    """
    frames = traceback.walk_tb(error.__traceback__)
    return any(str(frame.f_globals.get("__name__")).partition(".")[0] == "fsspec" for frame, _ in frames)
