"""The demo's last lines, and the cases that its month opens by itself."""

from __future__ import annotations

import io
from collections.abc import Callable

from rich.console import Console

from etl.demo import show
from tests.lib import months
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import query
from tests.lib.slots import PROJECT


def test_the_demo_says_how_many_cases_are_open_and_how_to_see_them(copy_of: Callable[[Kept], Copy]) -> None:
    copy_of(months.JULY)
    reports = query("select count(*) as report_count from restricted.harassment_report")[0]["report_count"]
    evidence = query("select count(*) as event_count from restricted.case_event")[0]["event_count"]
    assert reports == evidence > 0
    said = io.StringIO()
    show._show(Console(file=io.StringIO()), Console(file=said, width=200))
    opened = query("select count(*) as case_count from restricted.case")[0]["case_count"]
    (line,) = (line for line in said.getvalue().splitlines() if line.startswith("cases:"))
    assert line.startswith(f"cases:           {opened} open, of reports of harassment")
    (paper,) = (line for line in said.getvalue().splitlines() if line.startswith("conference:"))
    assert paper.split()[1].endswith("/2023-07/draft/conference-34.vi.pdf")
    for readme in ("README.md", "README.vi.md"):
        quoted = f"cases:           {opened} open, of reports of harassment  (hailong case list shows them)"
        assert quoted in (PROJECT / readme).read_text("utf-8").splitlines()
    listed = hailong("case", "list")
    assert listed.exit_code == 0
    assert listed.stdout.startswith(f"{opened} open, 0 overdue\n")
