"""What people are told of a run and of a draft, in Markdown: against real runs with treasuries that are away."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from etl.errors import Misdeclared
from etl.publishing import approval, publish
from etl.reports import run_note
from tests.lib.kept import Copy, Kept
from tests.lib.months import run_month

MONTH, BEFORE, SOME = "2023-07", "2023-06", ["19", "34", "48"]
AWAY = "48"
NOWHERE = "postgresql://u:p@127.0.0.1:1/nowhere"


def with_one_away() -> str:
    """A run of July 2023 of three treasuries, of which one is away; June was run before."""
    run_month(BEFORE, SOME)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(f"AIRFLOW_CONN_TREASURY_{AWAY}", f"{NOWHERE}_{AWAY}")
        environment.setenv("HAILONG_SOURCE_TRIES", "1")
        return run_month(MONTH, SOME).run_id


ONE_AWAY = Kept("one of three away in July", with_one_away)


@pytest.fixture
def run_id(copy_of: Callable[[Kept], Copy]) -> str:
    """A copy of that run."""
    return str(copy_of(ONE_AWAY).result)


def test_a_run_is_told_with_who_is_missing_and_why_and_what_moved(run_id: str) -> None:
    told = run_note.of_run(run_id)
    assert told.startswith(
        "**2023-07: số liệu tạm tính**, 2/63 kho bạc đã có số liệu; còn thiếu: 48 KBNN Đà Nẵng.\n\n"
        "**2023-07 is provisional**: 2 of 63 treasuries are in; missing: 48 KBNN Đà Nẵng."
    )
    named = "| 48 KBNN Đà Nẵng | không lấy được số liệu · unavailable |"
    (line,) = [line for line in told.splitlines() if line.startswith(named)]
    assert line.endswith("| treasury_48 |")
    assert "Not run yet: 60 treasuries." in told
    assert "Moved most since the period before:" in told
    assert "| 34 KBNN Thái Bình | 93.64\N{NO-BREAK SPACE}% |" in told
    assert "Turned away: " in told
    assert "`hailong status 2023-07`" in told


def test_the_note_of_a_run_names_the_missing_and_why(run_id: str) -> None:
    told = run_note.note_of_run(run_id).splitlines()
    assert told[3] == "- **không lấy được số liệu · unavailable** (1): 48 KBNN Đà Nẵng"
    assert told[4].startswith("  - 48 KBNN Đà Nẵng, 2023-07: không truy cập được cơ sở dữ liệu ")
    assert told[5].startswith("  - 48 KBNN Đà Nẵng, 2023-07: the database ")
    assert " → " in told[4]
    assert " → " in told[5]
    assert "- chưa xử lý · not run yet: 60" in told
    assert re.fullmatch(r"- vụ việc: (\d+) đang mở, 0 quá hạn · cases: \1 open, 0 overdue", told[-1])


@pytest.mark.deep
def test_a_draft_is_shown_with_what_it_says_differently_from_what_is_published(run_id: str) -> None:
    before = run_note.of_draft(MONTH)
    assert "Nothing of it is published yet." in before
    assert before.index("Chưa công bố lần nào.") < before.index("Nothing of it is published yet.")
    assert "⚠ It is compared with 2023-06, which is not published." in before
    (first,) = [line for line in before.splitlines() if "| 19 KBNN Thái Nguyên | 98.19\N{NO-BREAK SPACE}% |" in line]
    assert re.match(r"\| 1 \\?\(1(–\d)?\\?\) \|", first)
    assert "Trong 1 cặp đơn vị được xếp hạng" in before
    assert "Of 1 pairs of ranked treasuries" in before
    linked = run_note.of_draft(MONTH, "https://airflow.example/bulletin/draft/index.vi.html")
    assert "(https://airflow.example/bulletin/draft/index.vi.html)" in linked
    assert approval.Candidate.of(MONTH).is_news

    publish.publish(MONTH, approval.Decision("anna", "for the conference", is_provisional_allowed=True))
    published = approval.Candidate.of(MONTH)
    assert (published.is_news, published.month_status) == (False, "provisional")
    run_month(MONTH, SOME)

    healed = approval.Candidate.of(MONTH)
    assert healed.is_news
    assert healed.figures_digest != published.figures_digest
    after = run_note.of_draft(MONTH)
    assert "Since revision 1: 2 treasuries differ." in after
    assert "So với phiên bản 1: 2 kho bạc có số liệu khác." in after
    assert after.index("số liệu tạm tính") < after.index("is provisional") < after.index("| hạng · rank |")
    (line,) = [line for line in after.splitlines() if line.startswith("| 48 KBNN Đà Nẵng | – → ")]
    assert "tình trạng đổi từ “không lấy được số liệu” sang “đã có số liệu” · it was unavailable and is loaded" in line


def test_a_note_is_never_longer_than_airflow_keeps(
    fresh_warehouse: str, estate: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = sorted(estate)
    connections = tmp_path / "connections.yaml"
    connections.write_text(yaml.safe_dump({f"treasury_{code}": f"{NOWHERE}_{code}" for code in codes}), "utf-8")
    monkeypatch.setenv("HAILONG_CONNECTIONS", str(connections))
    monkeypatch.setenv("HAILONG_SOURCE_TRIES", "1")
    note = run_note.note_of_run(run_month(MONTH).run_id)
    assert len(note) <= 1000
    assert "unavailable** (63): 01, 02, " in note


def test_what_was_never_run_is_told(fresh_warehouse: str) -> None:
    for told in (lambda: run_note.of_run("nobody"), lambda: run_note.note_of_run("nobody")):
        with pytest.raises(Misdeclared, match="does not know the run nobody"):
            told()
    for told in (lambda: approval.Candidate.of(MONTH), lambda: run_note.of_draft(MONTH)):
        with pytest.raises(Misdeclared, match="was not rated yet|has no draft"):
            told()
