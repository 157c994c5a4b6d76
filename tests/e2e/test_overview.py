"""What a command says of where a month stands: ``hailong`` alone, a newer draft, and the step that will work."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from etl import errors
from etl.operation import steps
from etl.publishing import approval, publish
from etl.publishing.approval import Decision
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import PAIR, query

MONTH = "2023-07"


@pytest.fixture(autouse=True)
def pair(copy_of: Callable[[Kept], Copy], estate: dict[str, str]) -> Copy:
    """July of two treasuries, rated and not published."""
    return copy_of(PAIR)


def next_steps() -> list[str]:
    """What ``hailong`` alone tells to do next."""
    told = hailong()
    assert told.exit_code == 0, told.stderr
    assert told.stdout.splitlines()[0].startswith(f"{MONTH}: ")
    return [line.removeprefix("→ ") for line in told.stdout.splitlines() if line.startswith("→ ")]


def test_the_next_step_is_one_that_works_until_the_month_is_published() -> None:
    assert next_steps() == [f"hailong publish {MONTH} --why …"]
    assert hailong("publish", MONTH, "--why", "complete").exit_code == 0
    assert next_steps() == [f"hailong bulletin {MONTH}"]
    assert "a newer draft" not in hailong("ranking", MONTH).stderr
    query("update ops.treasury_month set treasury_state = 'unavailable', error_message = 'away', next_action = 'wait'"
          " where treasury_id = (select min(treasury_id) from ops.treasury_month) returning 1")  # fmt: skip
    steps.rate(MONTH)
    assert f"hailong diff {MONTH}; hailong ranking {MONTH} --draft" in hailong("ranking", MONTH).stderr
    status, how = next_steps()
    assert status.endswith(f"hailong status {MONTH}")
    assert how.startswith(f"hailong publish {MONTH} --provisional --why …")
    refused = hailong("publish", MONTH, "--why", "complete")
    assert (refused.exit_code, "Unfit: " in refused.stderr) == (errors.Unfit.exit_code, True)
    assert publish.publish(MONTH, Decision("anna", "late", True, approval.digest(MONTH))) == 2


def test_a_discarded_draft_is_told_of() -> None:
    assert hailong("discard", MONTH).exit_code == 0
    assert next_steps() == [f"hailong status {MONTH}, then hailong rate {MONTH}"]


def test_a_treasury_is_told_by_name() -> None:
    by_code, by_name = (hailong("turned-away", MONTH, "--treasury", text) for text in ("34", "thai binh"))
    assert (by_code.exit_code, by_code) == (0, by_name)
