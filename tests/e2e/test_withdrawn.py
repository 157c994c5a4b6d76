"""What was never an office: its published revisions open and verify, and it is neither planned nor rated any more."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from etl.errors import Misdeclared, Unfit
from etl.operation import steps
from etl.publishing import publish, verify
from etl.publishing.publish import Decision
from etl.reports import run_note
from etl.reports.bulletin import reading
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import PAIR, query

MONTH, NEVER = "2023-07", "34"
ANNA = Decision("anna", "the month is complete")
FILES = ("treasuries.yaml", "provinces.yaml")
REASON = "never an office: the plan was not carried out"


@pytest.fixture
def withdrawn(copy_of: Callable[[Kept], Copy]) -> Path:
    """July 2023 of two treasuries, published; then one of them is withdrawn. Its configuration."""
    config = copy_of(PAIR).home / "config"
    publish.publish(MONTH, ANNA)
    offices, provinces = (yaml.safe_load((config / name).read_text("utf-8")) for name in FILES)
    for one in offices["treasuries"]:
        if one["code"] == NEVER and str(one["valid_from"]) < "2025":
            one["withdrawn"] = REASON
    provinces["provinces"] = [one for one in provinces["provinces"] if NEVER not in one["treasuries"]]
    for name, declared in zip(FILES, (offices, provinces), strict=True):
        (config / name).write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
    return config


def codes(*arguments: str) -> set[str]:
    """The treasuries that a ranking lists."""
    printed = hailong("ranking", MONTH, "--format", "json", *arguments)
    assert printed.exit_code == 0, printed.stderr
    return {row["treasury_code"] for row in json.loads(printed.stdout)}


@pytest.mark.usefixtures("withdrawn")
def test_what_was_published_opens_verifies_and_shows() -> None:
    assert verify.verify(MONTH) == [1]
    assert codes("--revision", "1") == {"19", NEVER}
    assert {row["treasury_code"] for row in reading.content(MONTH, 1).ranking} == {"19", NEVER}
    assert hailong("revisions", MONTH).exit_code == 0


@pytest.mark.usefixtures("withdrawn")
def test_it_is_not_planned_and_whoever_asks_for_it_is_told_why() -> None:
    assert steps.plan(MONTH).treasury_codes == ("19",)
    with pytest.raises(Misdeclared, match=rf"treasury {NEVER} KBNN Thái Bình from 2008-08-01 is withdrawn: {REASON}"):
        steps.plan(MONTH, [NEVER])


@pytest.mark.usefixtures("withdrawn")
def test_a_draft_that_rates_it_is_not_published_and_the_next_one_is_without_it() -> None:
    with pytest.raises(Unfit, match=f"2023-07: the draft rates {NEVER} KBNN Thái Bình, which is withdrawn: {REASON}"):
        publish.publish(MONTH, ANNA)
    steps.rate(MONTH)
    assert codes("--draft") == {"19"}
    assert [row["treasury_code"] for row in run_note.missing(MONTH)] == []
    shown = hailong("status", MONTH, "--format", "json")
    assert {row["treasury_code"] for row in json.loads(shown.stdout)} == {"19"}
    assert publish.publish(MONTH, ANNA) == 2
    assert verify.verify(MONTH) == [1, 2]
    assert codes("--revision", "1") == {"19", NEVER}


@pytest.mark.usefixtures("withdrawn")
def test_the_star_and_the_series_say_that_it_is_withdrawn() -> None:
    steps.rate(MONTH)
    publish.publish(MONTH, ANNA)
    rows = query(f"select withdrawn_reason from mart.dim_treasury where treasury_code = '{NEVER}'")
    assert REASON in {row["withdrawn_reason"] for row in rows}
    assert query(f"select * from mart.rebased_trend where treasury_code = '{NEVER}'") == []
    assert query(f"select * from mart.treasury_ranking where treasury_code = '{NEVER}'") == []
