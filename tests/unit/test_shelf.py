"""The shelf: a file is there as a whole or not at all, and a place that does not let us in is told without its URL."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.errors import Misdeclared, Unavailable
from etl.publishing import places


def test_a_file_replaces_the_earlier_one_and_leaves_no_draft(tmp_path: Path) -> None:
    place = places.Shelf(str(tmp_path / "new"), "HAILONG_BULLETINS")
    for content in (b"one", b"two"):
        assert place.put("2023-07/revision-1/a.html", content) == str(tmp_path / "new/2023-07/revision-1/a.html")
    assert place.get("2023-07/revision-1/a.html") == b"two"
    assert [file.name for file in (tmp_path / "new/2023-07/revision-1").iterdir()] == ["a.html"]


def test_what_is_not_there_is_nothing(tmp_path: Path) -> None:
    place = places.Shelf(str(tmp_path), "HAILONG_BULLETINS")
    place.put("a/b.html", b"x")
    assert [place.get("none"), place.get("a"), place.get("a/b.html/c")] == [None, None, None]


def test_names_are_relative_and_in_order_on_any_file_system(tmp_path: Path) -> None:
    for url in (str(tmp_path), f"file://{tmp_path}/", "memory://shelf"):
        place = places.Shelf(url, "HAILONG_BULLETINS")
        for period in ("2023-08", "2023-07"):
            place.put(f"{period}/revision-1/about.json", b"{}")
        assert place.names("*/revision-*/about.json") == [
            "2023-07/revision-1/about.json",
            "2023-08/revision-1/about.json",
        ], url
        assert place.get("2023-07/revision-1/about.json") == b"{}", url


def test_a_place_that_is_none_is_told_by_what_says_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    wrong = {"nosuch://user:secret@host/x": Misdeclared, str(tmp_path / "file" / "below"): Misdeclared}
    for url, error in wrong.items():
        with pytest.raises(error, match="HAILONG_BULLETINS") as told:
            places.Shelf(url, "HAILONG_BULLETINS").put("a.html", b"x")
        assert "secret" not in str(told.value)


def test_a_full_disk_is_away_and_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.Shelf(str(tmp_path), "HAILONG_BULLETINS")
    place.put("a.html", b"earlier")

    def full(self: Path, content: bytes) -> int:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Unavailable, match="No space left"):
        place.put("a.html", b"later")
    assert [file.name for file in tmp_path.iterdir()] == ["a.html"]
    assert place.get("a.html") == b"earlier"
