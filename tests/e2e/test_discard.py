"""A draft that somebody discards: it goes alone, and what is published is shown again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.errors import Unavailable
from etl.operation import steps
from etl.periods import SurveyMonth
from etl.publishing import approval, publish, verify
from etl.publishing.approval import Decision
from etl.scoring import drafts
from etl.warehouse import locks
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import PAIR, query

MONTH, FIRST_DAY = "2023-07", "2023-07-01"
ANNA = Decision("anna", "complete")
FIGURES = ("revision", "rating", "standing", "mix", "weakness", "officer")


@pytest.fixture(autouse=True)
def pair(copy_of: Callable[[Kept], Copy], estate: dict[str, str]) -> Copy:
    """July of two treasuries, rated and not published."""
    return copy_of(PAIR)


def numbers() -> dict[str, list[int]]:
    """The revisions of which each table of figures holds something."""
    return {
        table: [row["n"] for row in query(f"select distinct revision_number as n from score.{table} order by 1")]
        for table in FIGURES
    }


def answers() -> Any:
    """How many responses and outcomes are loaded."""
    return query("select (select count(*) from core.fact_response), (select count(*) from ops.treasury_month)")


def fresh() -> dict[str, Any]:
    """What is told of how far the month has come."""
    columns = "month_status, loaded_count, rated_at is not null as is_rated, revision_number"
    return query(f"select {columns} from mart.freshness where survey_month = '{FIRST_DAY}'")[0]


def draft_age() -> dict[str, Any]:
    """What a look-back asks before it rates the month anew."""
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "scoring/draft_age", survey_month=FIRST_DAY)[0]


def test_a_discarded_draft_is_gone_with_all_that_hangs_on_it_and_the_answers_stay() -> None:
    loaded, figures = answers(), approval.digest(MONTH)
    (made,) = query("select scored_at, run_id, month_status, open_count, loaded_count from score.revision")
    done = hailong("discard", MONTH)
    assert done.exit_code == 0, done.stderr
    at = f"{made['scored_at'].astimezone(ZoneInfo('Asia/Ho_Chi_Minh')):%Y-%m-%d %H:%M}"
    assert f"2023-07: the draft of {at} is discarded. It was final: 2 of 2 treasuries are in\n" in done.stderr
    assert f"Nothing of it is shown. The answers stay; for a new draft: hailong rate {MONTH}" in done.stderr
    assert numbers() == {table: [] for table in FIGURES}
    assert query("select * from score.signal") == query("select * from ops.survey_month") == []
    assert fresh() == {"month_status": None, "loaded_count": None, "is_rated": False, "revision_number": None}
    assert query(f"select {', '.join(made)} from ops.discarded_draft") == [made]
    assert answers() == loaded
    assert hailong("status", MONTH).exit_code == 0
    steps.rate(MONTH)
    assert approval.digest(MONTH) == figures


def test_without_a_draft_nothing_is_discarded_and_the_next_action_is_told() -> None:
    hailong("discard", MONTH)
    again = hailong("discard", MONTH)
    assert again.exit_code == 5
    assert f"{MONTH} has no draft: nothing is discarded" in again.stderr
    assert f"hailong revisions {MONTH}" in again.stderr
    assert f"hailong run {MONTH}" in hailong("publish", MONTH, "--why", "complete").stderr


def test_a_published_month_goes_back_to_its_newest_revision() -> None:
    assert publish.publish(MONTH, ANNA) == 1
    with warehouse.transaction() as connection:  # the next draft has one treasury only
        connection.exec_driver_sql("update ops.treasury_month set treasury_state = 'refused' where treasury_id = 1")
    assert steps.rate(MONTH)["loaded_count"] == 1
    done = hailong("discard", MONTH)
    assert (done.exit_code, "Revision 1 is shown" in done.stderr) == (0, True)
    assert "It was provisional: 1 of 2 treasuries are in" in done.stderr
    assert numbers() == {table: [1] for table in FIGURES}
    assert fresh() == {"month_status": "final", "loaded_count": 2, "is_rated": False, "revision_number": 1}
    shown = hailong("ranking", MONTH)
    assert "revision 1" in shown.stdout + shown.stderr
    assert f"{MONTH} has no draft" in hailong("diff", MONTH).stderr
    assert verify.verify(MONTH) == [1]


def test_a_look_back_makes_it_again_only_for_what_came_in_since() -> None:
    assert draft_age() == {"rated_count": 2, "newer_count": 0}
    drafts.discard(MONTH)
    assert draft_age() == {"rated_count": 0, "newer_count": 0}
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("update ops.treasury_month set updated_at = now() where treasury_id = 1")
    assert draft_age() == {"rated_count": 0, "newer_count": 1}


def test_who_discards_waits_for_who_loads_or_rates_the_month_and_is_told_for_whom(
    pair: Copy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(locks, "MONTH_SECONDS", 1)
    with sa.create_engine(pair.url, poolclass=sa.NullPool).begin() as loading:
        locks.lock_treasury(loading, SurveyMonth.parse(MONTH).first_day, 1)
        with pytest.raises(Unavailable, match=f"{MONTH}: .* waited too long for"):
            drafts.discard(MONTH)
        assert numbers()["rating"] == [0]
        monkeypatch.setattr(locks, "MONTH_SECONDS", 60)
        waiting = threading.Thread(target=drafts.discard, args=(MONTH,))
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
    waiting.join(30)
    assert numbers()["rating"] == []
    assert f"{MONTH}: scoring, publishing, discarding or verifying it waits for" in caplog.text
