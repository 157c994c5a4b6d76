"""A place where finished files are laid for readers: a directory, or a bucket on an object store, by any URL of fsspec.

Each file is there as a whole or not at all. What lists others is put last by whoever puts them, so that no link leads
to what is not there yet.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

from etl import settings
from etl.errors import HailongError, Misdeclared, Unavailable
from etl.landing import zone


@dataclass(frozen=True)
class Shelf:
    """A place by its URL, and what says where it is: the setting or option that is to be corrected when it is wrong.

    A place that is full or away raises Unavailable, one that is not there or refuses us Misdeclared. Errors never quote
    the URL: it can hold a password.
    """

    url: str
    said_by: str

    def put(self, name: str, content: bytes) -> str:
        """Lay a file there in the place of an earlier one; where it is."""
        with self._reached("written"):
            files, root = fsspec.url_to_fs(self.url, use_listings_cache=False)
            path = f"{root.rstrip('/')}/{name}"
            if zone.has_directories(path):  # else it begins with a bucket, which is not ours to make
                files.makedirs(path.rpartition("/")[0], exist_ok=True)
            if isinstance(files, LocalFileSystem):
                draft = Path(f"{path}.{uuid.uuid4().hex[:8]}")
                try:
                    draft.write_bytes(content)
                    draft.replace(path)
                finally:
                    draft.unlink(missing_ok=True)
            else:
                files.pipe_file(path, content)
            return str(files.unstrip_protocol(path)).removeprefix("file://")

    def get(self, name: str) -> bytes | None:
        """A file's content; None where there is no such file."""
        with self._reached("read"):
            files, root = fsspec.url_to_fs(self.url, use_listings_cache=False)
            try:
                return bytes(files.cat_file(f"{root.rstrip('/')}/{name}"))
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                return None

    def names(self, pattern: str) -> list[str]:
        """The names of the files that match a pattern with ``*``, in order."""
        with self._reached("read"):
            files, root = fsspec.url_to_fs(self.url, use_listings_cache=False)
            whole = root.rstrip("/")
            return sorted(str(path).removeprefix(f"{whole}/") for path in files.glob(f"{whole}/{pattern}"))

    @contextlib.contextmanager
    def _reached(self, done: str) -> Iterator[None]:
        """Say what it means that the place does not do as it is asked, whatever its driver raises."""
        try:
            yield
        except HailongError:
            raise
        except (ImportError, ValueError) as error:
            raise Misdeclared(
                f"what {self.said_by} says leads to no file system ({type(error).__name__})",
                next_action=f"correct {self.said_by}, or install what it names (for s3:// pip install 'hailong[s3]')",
            ) from None
        except Exception as error:
            if not (isinstance(error, OSError) or zone.is_of_the_store(error)):
                raise
            number = getattr(error, "errno", None)
            why = os.strerror(number) if number else type(error).__name__
            is_refused = isinstance(error, FileNotFoundError | PermissionError | NotADirectoryError)
            if is_refused or "Credential" in type(error).__name__:
                raise Misdeclared(
                    f"what {self.said_by} says cannot be {done} ({why})",
                    next_action=f"correct {self.said_by}, or the rights of the place",
                ) from error
            raise Unavailable(
                f"what {self.said_by} says cannot be {done} ({why})",
                next_action="see that its disk or store answers and has room, then ask again: no file is half there",
            ) from error


def published() -> Shelf:
    """Where the published bulletins lie."""
    return Shelf(settings.read().bulletins, "HAILONG_BULLETINS")


def drafts() -> Shelf:
    """Where the bulletins of drafts lie: beside the validation pages, for they are nobody's business outside."""
    return Shelf(str(settings.read().reports), "HAILONG_REPORTS")


def directory(period_code: str, revision: int | None) -> str:
    """The directory of a bulletin on its shelf; without a revision, of the draft."""
    return f"{period_code}/revision-{revision}" if revision else f"{period_code}/draft"
