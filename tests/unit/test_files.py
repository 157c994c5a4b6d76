"""A file is there as a whole or not at all, and a folder that does not let us in is told without its URL."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest
from fsspec import AbstractFileSystem

from etl import files
from etl.errors import HailongError, Misdeclared, Unavailable


def folder(url: str) -> files.Folder:
    """A folder of bulletins."""
    return files.Folder(url, "the folder of bulletins", "HAILONG_BULLETINS", "make the bulletin again")


def told(work: Callable[[], object]) -> HailongError:
    """The error that something raises."""
    with pytest.raises(HailongError) as caught:
        work()
    return caught.value


def test_a_file_replaces_the_earlier_one_and_leaves_no_draft(tmp_path: Path) -> None:
    for url in (str(tmp_path / "new"), "memory://new"):
        for content in (b"one", b"two"):
            where = folder(url).put("2023-07/revision-1/a.html", content)
        assert where.endswith("/new/2023-07/revision-1/a.html")
        assert folder(url).get("2023-07/revision-1/a.html") == b"two"
        assert folder(url).names("2023-07/revision-1/*") == ["2023-07/revision-1/a.html"]
    assert where == "memory:///new/2023-07/revision-1/a.html"
    assert [file.name for file in (tmp_path / "new/2023-07/revision-1").iterdir()] == ["a.html"]


def test_what_is_not_there_is_nothing(tmp_path: Path) -> None:
    folder(str(tmp_path)).put("a/b.html", b"x")
    assert [folder(str(tmp_path)).get(name) for name in ("none", "a", "a/b.html/c")] == [None, None, None]


def test_names_are_relative_and_in_order_on_any_file_system(tmp_path: Path) -> None:
    for url in (str(tmp_path), f"file://{tmp_path}/", "memory://folder"):
        for period in ("2023-08", "2023-07"):
            folder(url).put(f"{period}/revision-1/about.json", b"{}")
        assert folder(url).names("*/revision-*/about.json") == [
            "2023-07/revision-1/about.json",
            "2023-08/revision-1/about.json",
        ], url
        assert folder(url).below("2023-07").get("revision-1/about.json") == b"{}", url


# fmt: off
DRIVERS = [
    # a driver raises                                 | is told as | because
    (FileNotFoundError(errno.ENOENT, "s3://secret"),     Misdeclared, "No such file"),
    (PermissionError(errno.EACCES, "s3://secret"),       Misdeclared, "Permission denied"),
    (NotADirectoryError(errno.ENOTDIR, "s3://secret"),   Misdeclared, "Not a directory"),
    (IsADirectoryError(errno.EISDIR, "s3://secret"),     Misdeclared, "Is a directory"),
    (type("NoCredentialsError", (Exception,), {})(),     Misdeclared, "NoCredentialsError"),
    (ValueError("s3://secret is no URL"),                Misdeclared, "leads to no file system (ValueError)"),
    (ImportError("s3fs"),                                Misdeclared, "leads to no file system (ImportError)"),
    (OSError(errno.ENOSPC, "s3://secret"),               Unavailable, "No space left"),
    (TimeoutError("s3://secret"),                        Unavailable, "TimeoutError"),
    (type("ClientError", (Exception,), {})("secret"),    Unavailable, "ClientError"),
]
# fmt: on


class Failing(AbstractFileSystem):
    """A store of which everything fails with one error, raised beneath fsspec."""

    protocol = "failing"
    error: Exception

    def _open(self, *_: object, **__: object) -> None:
        raise self.error


@pytest.mark.parametrize(("error", "kind", "because"), DRIVERS, ids=[why for *_, why in DRIVERS])
def test_what_a_driver_raises_is_told_as_ours(
    error: Exception, kind: type[HailongError], because: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsspec.register_implementation("failing", Failing, clobber=True)
    monkeypatch.setattr(Failing, "error", error, raising=False)
    raised = told(lambda: folder("failing://user:secret@host/x").put("a.html", b"x"))
    assert (type(raised), because in raised.message, "secret" in str(raised)) == (kind, True, False), raised
    assert "HAILONG_BULLETINS" in raised.next_action or kind is Unavailable
    assert raised.__suppress_context__  # the driver's own words may hold the URL


def test_a_folder_that_is_none_is_told_by_what_says_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for url in ("nosuch://user:secret@host/x", str(tmp_path / "file" / "below"), str(tmp_path / "file")):
        error = told(lambda url=url: folder(url).put("a.html", b"x"))  # type: ignore[misc]
        assert isinstance(error, Misdeclared), url
        assert "HAILONG_BULLETINS" in str(error)
        assert "secret" not in str(error)


def test_a_full_disk_is_away_and_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(str(tmp_path)).put("a.html", b"earlier")

    def full(self: Path, target: Path) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    error = told(lambda: folder(str(tmp_path)).put("a.html", b"later"))
    assert isinstance(error, Unavailable)
    assert "No space left" in error.message
    assert error.next_action.endswith("then make the bulletin again")
    assert [file.name for file in tmp_path.iterdir()] == ["a.html"]
    assert folder(str(tmp_path)).get("a.html") == b"earlier"


def test_a_defect_of_ours_is_not_a_store_s() -> None:
    with pytest.raises(ZeroDivisionError), folder("memory://x").explaining("read"):
        _ = 1 / 0
