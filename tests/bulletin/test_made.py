"""The bulletin as it is laid in its place: the draft apart, a revision listed, a part alone, again the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.errors import Misdeclared
from etl.publishing import approval, data_package, places, publish
from etl.reports.bulletin import listing, make, reading
from etl.reports.bulletin.make import Asked
from etl.reports.bulletin.page import contents
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import run_month

MONTH, SOME = "2023-07", ("19", "34")


def two() -> None:
    """July 2023 of two treasuries of the whole network, rated and not published."""
    run_month(MONTH, SOME)


TWO = Kept("two of all in July", two)


@pytest.fixture
def month(copy_of: Callable[[Kept], Copy]) -> str:
    """The month, in a copy."""
    copy_of(TWO)
    return MONTH


def test_nobody_else_is_let_into_the_drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_REPORTS", str(tmp_path / "reports"))
    places.drafts().put("2023-07/draft/index.vi.html", b"")
    assert (tmp_path / "reports").stat().st_mode & 0o777 == 0o700


@pytest.mark.deep
def test_a_draft_lies_apart_and_a_revision_is_listed(month: str, tmp_path: Path) -> None:
    draft = make.make(month, Asked(languages=("en",)))
    assert draft.page == str(tmp_path / "reports/2023-07/draft/index.en.html")
    assert "DRAFT" in Path(draft.page).read_text("utf-8")
    assert not (tmp_path / "bulletins").exists()

    publish.publish(month, approval.Decision("a tester", "a test", is_provisional_allowed=True))
    made = make.make(month)
    home = tmp_path / "bulletins/2023-07/revision-1"
    assert made.page == f"{home}/index.vi.html"
    laid = {str(one.relative_to(home)) for one in home.rglob("*") if one.is_file() and one.parent == home}
    codes = [row["treasury_code"] for row in reading.content(month).ranking]
    treasuries = {f"treasury-{code}.{lang}.html" for code in codes for lang in ("vi", "en")}
    assert len(treasuries) == 2 * 63
    papers = {f"conference-{code}.{lang}.pdf" for code in codes for lang in ("vi", "en")}
    assert laid == treasuries | papers | set(made.names) | {"about.json"}
    assert set(made.names) - treasuries - papers == {
        "index.vi.html", "index.en.html", "quality.vi.html", "quality.en.html", "bulletin.xlsx",
        "bulletin.vi.pdf", "bulletin.en.pdf"
    }  # fmt: skip
    assert data_package.DESCRIPTOR in {one.name for one in (home / "data").iterdir()}
    listed = (tmp_path / "bulletins/index.html").read_text("utf-8")
    assert 'href="2023-07/revision-1/index.vi.html"' in listed
    assert "Tạm tính" in listed
    assert json.loads((home / "about.json").read_text("utf-8"))["files"] == list(made.names)

    before = {one: one.read_bytes() for one in home.rglob("*") if one.is_file()}
    assert make.make(month) == made
    assert {one: one.read_bytes() for one in home.rglob("*") if one.is_file()} == before
    # the newest one is the revision now, and the draft is still to be had
    assert reading.content(month).period["revision_number"] == 1
    assert reading.content(month, 0).is_draft


def test_a_bulletin_that_cannot_be_read_is_told_and_not_listed(
    month: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publish.publish(month, approval.Decision("a tester", "a test", is_provisional_allowed=True))
    half = tmp_path / "bulletins" / "2023-06" / "revision-1" / "about.json"
    half.parent.mkdir(parents=True)
    for content in (b"", b'{"period_code": "2023', b"[]", b"{}"):
        half.write_bytes(content)
        listing.write(places.published())
        assert "2023-06/revision-1/about.json cannot be read" in caplog.text
        caplog.clear()
    assert "2023-06" not in (tmp_path / "bulletins/index.html").read_text("utf-8")


def test_the_list_knows_a_revision_that_has_no_bulletin(month: str, tmp_path: Path) -> None:
    about = {
        **{"period_name_vi": "Tháng 7/2023", "period_name_en": "July 2023", "month_status": "final", "open_count": 63},
        **{
            "period_code": month,
            "revision_number": 1,
            "newest_revision": 1,
            "loaded_count": 63,
            "network_name_vi": "K",
        },
        **{"network_name_en": "K", "first_month": "2023-07-01", "satisfaction_rate": "0.9", "files": ["index.vi.html"]},
        "published_on": "2023-08-08",
    }
    assert "Hiện hành" in contents.page([about], {month: 1})
    later = contents.page([about], {month: 3})
    assert "Lần công bố 3 là bản hiện hành, chưa có bản tin" in later
    assert "Hiện hành" not in later
    assert ("revision-1/index.vi.html" in later, "bulletin.vi.pdf" in later) == (True, False)
    laid = tmp_path / "bulletins" / month / "revision-1" / "about.json"
    listing.renew()
    assert not (tmp_path / "bulletins/index.html").exists()
    laid.parent.mkdir(parents=True)
    laid.write_text(json.dumps({**about, "revision_number": 0, "newest_revision": 0}), "utf-8")
    said = hailong("publish", month, "--why", "by hand", "--by", "a tester", "--provisional")
    assert said.exit_code == 0, said.stderr
    assert "Lần công bố 1 là bản hiện hành, chưa có bản tin" in (tmp_path / "bulletins/index.html").read_text("utf-8")


def test_the_command_makes_a_part_and_says_what_there_is_not(month: str, tmp_path: Path) -> None:
    said = hailong("bulletin", month, "--treasury", "34", "--lang", "vi", "--to", str(tmp_path / "stick"))
    assert (said.exit_code, said.stdout) == (0, f"{tmp_path}/stick/treasury-34.vi.html\n"), said.stderr
    own = {"treasury-34.vi.html", "conference-34.vi.pdf"}
    assert {one.name for one in (tmp_path / "stick").iterdir()} == own
    refused = hailong("bulletin", month, "--lang", "fr")
    assert (refused.exit_code, "'fr' is not one of 'vi', 'en'" in refused.stderr) == (2, True)
    for asked, words in (
        (Asked(treasury="99"), "no treasury 99 was open in 2023-07"),
        (Asked(revision=1), "2023-07 has no revision 1"),
        (Asked(target="nosuch://place"), "--to leads to no file system"),
    ):
        with pytest.raises(Misdeclared, match=words):
            make.make(month, asked)


def test_a_month_that_was_not_rated_has_none(fresh_warehouse: str) -> None:
    with pytest.raises(Misdeclared, match="not rated"):
        make.make("2023-07")


def test_any_file_system_takes_it(month: str) -> None:
    made = make.make(month, Asked(treasury="19", target="memory://bulletins"))
    assert made.page == "memory:///bulletins/treasury-19.vi.html"
    assert "98,19" in (places.chosen("memory://bulletins", "bulletin").get("treasury-19.vi.html") or b"").decode()
