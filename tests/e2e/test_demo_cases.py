"""The demo's last lines, and the cases that its month opens by itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from etl.demo import actions, show
from etl.operation import office_claims
from etl.reports import run_note
from etl.reports.words import both
from tests.lib import months
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import query
from tests.lib.slots import PROJECT


def test_the_demo_has_all_three_ways_in_and_says_how_many_cases_are_open(
    copy_of: Callable[[Kept], Copy], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy_of(months.JULY)
    monkeypatch.setenv("HAILONG_FORMS", str(tmp_path / "forms"))
    reports = query("select count(*) as report_count from restricted.harassment_report")[0]["report_count"]
    evidence = query("select count(*) as event_count from restricted.case_event")[0]["event_count"]
    assert reports == evidence > 0
    *registers, form = actions.take_in(["19", "34", "48"])
    assert [heard.error for heard in (*registers, form)] == [None] * 4
    assert [heard.treasury_code for heard in registers] == ["19", "34", "48"]
    told = {heard.treasury_code: [refusal.why for refusal in heard.outcome.refusals] for heard in registers}
    assert all("event_allowed" in why[0] and "no such revision" in why[1] for why in told.values()), told
    assert [(heard.outcome.refused_count, heard.outcome.loaded_count >= 7) for heard in registers] == [(2, True)] * 3
    assert (form.outcome.loaded_count, form.outcome.refused_count) == (1, 1), form.outcome.lines()
    (answer,) = (tmp_path / "forms" / form.treasury_code).glob("*-answer.txt")
    assert "day_is_a_date" in answer.read_text("utf-8")
    said = io.StringIO()
    show._show(Console(file=io.StringIO()), Console(file=said, width=200))
    cases = query(
        "select ground_code, claim.claim_count from restricted.case, lateral"
        " (select count(*) as claim_count from restricted.claim) as claim where case_state != 'closed'"
    )
    harassment = sum(row["ground_code"] == "harassment" for row in cases)
    assert (len(cases) - harassment, cases[0]["claim_count"]) == (3, 6)
    (line,) = (line for line in said.getvalue().splitlines() if line.startswith("cases:"))
    counted = f"cases:            {len(cases)} open, {harassment} of reports of harassment; 6 claims"
    assert line.startswith(counted)
    (paper,) = (line for line in said.getvalue().splitlines() if line.startswith("conference paper:"))
    assert paper.split()[2].endswith("/2023-07/draft/conference-34.vi.pdf")
    for readme in ("README.md", "README.vi.md"):
        quoted = line.rpartition("(")[0] + "(hailong case list shows them)"
        assert quoted in (PROJECT / readme).read_text("utf-8").splitlines()
    listed = hailong("case", "list")
    assert listed.exit_code == 0
    assert listed.stdout.startswith(f"{len(cases)} open, 0 overdue\n")
    again = list(office_claims.registers(["19", "34", "48"]))
    assert [heard.outcome.loaded_count for heard in again] == [0, 0, 0]
    checked = hailong("source", "check", "34", "--month", "2023-07")
    assert checked.exit_code == 0, checked.stderr
    assert "rows of the register read: 11" in checked.stdout
    assert "register: 1 rows (34-x1): event_allowed" in checked.stdout


def test_a_run_s_note_says_where_reports_became_no_cases(copy_of: Callable[[Kept], Copy]) -> None:
    copy_of(months.JULY)
    run_id = query("select run_id from ops.run order by started_at desc limit 1")[0]["run_id"]
    failure = {"message": "2023-07: the calendar does not know 2101", "next_action": "correct the date", "exit_code": 5}
    scored = {"cases_error": failure}
    note, whole = run_note.note_of_run(run_id, scored), run_note.of_run(run_id, scored)
    for text in (note, whole):
        assert "reports of harassment did not become cases: 2023-07" in text
        assert "phản ánh nhũng nhiễu chưa thành vụ việc" in text
        assert "correct the date" in text
    assert len(note) <= 1000
    assert "did not become" not in run_note.note_of_run(run_id) + run_note.of_run(run_id)


def test_what_was_not_made_beside_a_rating_is_told_in_both_languages() -> None:
    failure = {"message": "2023-07: the warehouse is away", "next_action": "run it again", "exit_code": 3}
    names = ("cases_error", "officers_error", "effects_error")
    assert run_note.beside(dict.fromkeys(names)) == []
    told = "; ".join(both(line, " · ") for line in run_note.beside(dict.fromkeys(names, failure)))
    for text in ("reports of harassment did not become cases", "the evidence on officers could not be made",
                 "phản ánh nhũng nhiễu chưa thành vụ việc", "chưa lập được bằng chứng về công chức",
                 "chưa đánh giá được tác dụng"):  # fmt: skip
        assert text in told
