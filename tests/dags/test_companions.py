"""The companions of the monthly run, each run for real: late answers, the question whether to publish, upkeep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl import embedded
from etl.demo import airflow as own_airflow
from tests.dags.conftest import answer, asked, drafts, ended, result, run, start, tasks

MONTHLY, PUBLISH, LATE = own_airflow.DAG, "publish_ratings", "late_answers"
OFFICE = "37"
DECISIONS = (
    "select is_approved, revision_number, decided_by, comment from ops.decision where period_code = '{}'"
    " order by decided_at"
)


@pytest.fixture(scope="module")
def may(airflow: own_airflow.Access) -> str:
    """May 2023 of one treasury, run by ``admin``; the run that asks whether to publish it."""
    assert ended(airflow, MONTHLY, start(airflow, MONTHLY, None, month="2023-05", treasuries=[OFFICE]))["state"] == (
        "success"
    )
    return asked(airflow, "2023-05")


@pytest.mark.timeout(900)
def test_who_ran_a_month_may_not_approve_it(airflow: own_airflow.Access, may: str) -> None:
    answer(airflow, may, "Approve", "it looks right", provisional=True)
    over = ended(airflow, PUBLISH, may)
    assert over["state"] == "failed"
    assert over["note"].startswith("**2023-05 is not published**: admin approved it, and has run it.")
    assert tasks(airflow, PUBLISH, may) == {
        "prepare": "success", "choose": "success", "approve": "success", "decide": "failed",
        "publish": "upstream_failed",
    }  # fmt: skip
    assert drafts("select * from score.revision where period_code = '2023-05' and revision_number > 0") == []


@pytest.mark.timeout(900)
def test_a_rejection_is_kept_and_makes_the_run_red(
    airflow: own_airflow.Access, approver: own_airflow.Access, may: str
) -> None:
    run_id = start(airflow, PUBLISH, None, month="2023-05")
    assert asked(airflow, "2023-05", (may,)) == run_id
    answer(approver, run_id, "Reject", "wait for Bắc Giang")
    over = ended(airflow, PUBLISH, run_id)
    assert (over["state"], over["note"]) == ("failed", "**2023-05 was rejected** by approver: wait for Bắc Giang")
    assert [tuple(row.values()) for row in drafts(DECISIONS.format("2023-05"))] == [
        (False, None, "approver", "wait for Bắc Giang")
    ]


@pytest.mark.timeout(900)
def test_an_approval_publishes_what_was_shown_and_says_who_and_why(
    airflow: own_airflow.Access, approver: own_airflow.Access, may: str
) -> None:
    run_id = start(airflow, PUBLISH, None, month="2023-05")
    asked(airflow, "2023-05", (may,))
    path = f"/api/v2/dags/{PUBLISH}/dagRuns/{run_id}/taskInstances/approve/-1/hitlDetails"
    shown = own_airflow.call(airflow, "GET", path)
    assert shown["subject"] == "Publish 2023-05?"
    assert shown["body"].startswith("**2023-05 is provisional**: ")
    answer(approver, run_id, "Approve", "for the meeting", provisional=True)
    over = ended(airflow, PUBLISH, run_id)
    said = "**2023-05: revision 1 is published** by approver: for the meeting"
    assert (over["state"], over["note"]) == ("success", said)
    rows = drafts("select published_by, reason from score.revision"
                 " where period_code = '2023-05' and revision_number = 1")  # fmt: skip
    assert rows == [{"published_by": "approver", "reason": "for the meeting"}]
    assert [tuple(row.values()) for row in drafts(DECISIONS.format("2023-05"))][-1] == (
        True, 1, "approver", "for the meeting"
    )  # fmt: skip

    again = ended(airflow, PUBLISH, start(airflow, PUBLISH, None, month="2023-05"))
    assert again["state"] == "success"
    assert again["note"].startswith("Nothing to publish")
    assert tasks(airflow, PUBLISH, again["dag_run_id"])["approve"] == "skipped"


@pytest.mark.timeout(300)
def test_a_month_must_be_named(airflow: own_airflow.Access) -> None:
    over = ended(airflow, PUBLISH, start(airflow, PUBLISH))
    assert over["state"] == "failed"
    assert tasks(airflow, PUBLISH, over["dag_run_id"])["prepare"] == "failed"


@pytest.fixture
def june_with_a_late_answer(airflow: own_airflow.Access, state: Path) -> Iterator[str]:
    """June 2023 of one treasury, run; then a response comes in, and is taken out again after the test."""
    assert ended(airflow, MONTHLY, start(airflow, MONTHLY, None, month="2023-06", treasuries=[OFFICE]))["state"] == (
        "success"
    )
    before = asked(airflow, "2023-06")
    branch = sa.create_engine(embedded.url(state, "branches", f"treasury_{OFFICE}"), poolclass=sa.NullPool)
    with branch.begin() as connection:
        (model,) = connection.exec_driver_sql(
            "select response_id from survey_response where submitted_at between '2023-06-05' and '2023-06-25' limit 1"
        ).scalars()
        connection.exec_driver_sql(
            "insert into survey_response (response_id, submitted_at, unit_code, procedure_code, channel_code,"
            " respondent_type_code) select 999000, '2023-06-30 10:00+07', unit_code, procedure_code, channel_code,"
            f" respondent_type_code from survey_response where response_id = {model}"
        )
        connection.exec_driver_sql(
            f"insert into survey_answer select 999000, criterion_code, 1 from survey_answer where response_id = {model}"
        )
    yield before
    with branch.begin() as connection:
        connection.exec_driver_sql("delete from survey_answer where response_id = 999000")
        connection.exec_driver_sql("delete from survey_response where response_id = 999000")


@pytest.mark.timeout(1200)
def test_late_answers_make_a_new_draft_and_ask_whether_to_publish_it(
    airflow: own_airflow.Access, june_with_a_late_answer: str
) -> None:
    over = ended(airflow, LATE, start(airflow, LATE, None, month="2023-07"), 600)
    assert over["state"] == "success"
    assert "2023-06: 1 treasury changed (1 added" in over["note"]
    assert over["note"] == result(airflow, LATE, over["dag_run_id"], "summary")
    newer = asked(airflow, "2023-06", (june_with_a_late_answer,))
    assert run(airflow, PUBLISH, newer)["run_type"] == "asset_triggered"


@pytest.mark.timeout(900)
def test_without_late_answers_nobody_is_asked(airflow: own_airflow.Access) -> None:
    over = ended(airflow, LATE, start(airflow, LATE, None, month="2023-05"), 600)
    assert (over["state"], over["note"]) == ("success", "- Nothing came late, and nothing was corrected.")
    assert tasks(airflow, LATE, over["dag_run_id"])["offer"] == "skipped"


@pytest.mark.timeout(900)
def test_upkeep_makes_room_verifies_and_tells(airflow: own_airflow.Access, may: str) -> None:
    over = ended(airflow, "upkeep", start(airflow, "upkeep"), 600)
    assert over["state"] == "success", tasks(airflow, "upkeep", over["dag_run_id"])
    made: Any = result(airflow, "upkeep", over["dag_run_id"], "partitions")
    assert len(json.loads(made) if isinstance(made, str) else made) == 3
