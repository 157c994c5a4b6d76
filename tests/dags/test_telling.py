"""Telling people: a real Airflow, its mails and its webhook."""

from __future__ import annotations

from typing import Any

import pytest

from etl.demo import airflow as own_airflow
from tests.lib.airflow import DONE, ended, result, run, start, tasks, until
from tests.lib.watched import MONTH, SOME, Healed, Run, Watched

pytestmark = [pytest.mark.timeout(900), pytest.mark.deep]
DAG = own_airflow.DAG
MISSING = "2023-07: còn thiếu 2 kho bạc · 2023-07: 2 treasuries missing"


def test_two_treasuries_that_one_cause_keeps_out_are_one_notice_over_every_channel(watched: Watched, july: Run) -> None:
    assert result(watched.access, DAG, july.run_id, "tell") == [MISSING]
    (call,) = (call for call in july.calls if call["month"])
    (mail,) = (mail for mail in watched.sinks.mails if str(mail["Subject"]) == call["subject"])
    assert (mail["Subject"], mail["From"]) == (MISSING, "hailong@kbnn.example")
    assert mail["To"] == "ratings@kbnn.example, director@kbnn.example"
    body = mail.get_body(("html",))
    assert body
    text = body.get_content()
    for said in (
        "19 KBNN Thái Nguyên",
        "48 KBNN Đà Nẵng",
        "Việc cần làm: ",
        "What to do: ",
        july.run_id,
        f"{watched.access.url}/dags/{DAG}/runs/",
    ):
        assert said in text
    assert (call["month"], call["treasuries"]) == (MONTH, ["19", "48"])
    assert set(call) == {"subject", "text", "month", "cause", "treasuries"}


@pytest.mark.thorough
def test_what_no_channel_took_is_told_by_the_next_run_over_the_one_that_hears(watched: Watched, healed: Healed) -> None:
    assert healed.unheard["state"] == "failed"
    assert tasks(watched.access, DAG, healed.unheard["dag_run_id"])["tell"] == "failed"
    assert healed.states["failed"] == 0
    assert subjects(healed.calls) == ["2023-07: không còn thiếu 2 kho bạc · 2023-07: 2 treasuries no longer missing"]
    calls = len(watched.sinks.calls)
    again = ended(watched.access, DAG, start(watched.access, DAG, MONTH, treasuries=SOME))
    assert (again["state"], subjects(watched.sinks.calls[calls:])) == ("success", [])


def subjects(calls: list[dict[str, Any]]) -> list[str]:
    """What was told of the month."""
    return [call["subject"] for call in calls if call["month"] == MONTH]


def test_a_run_without_a_plan_is_told_once(watched: Watched, july: Run) -> None:
    run_id = start(watched.access, DAG, MONTH, treasuries=["nowhere"])
    assert ended(watched.access, DAG, run_id)["state"] == "failed"
    (call,) = until(lambda: [call for call in watched.sinks.calls if run_id in call["text"]])
    assert call["subject"] == "monthly_ratings bị lỗi · monthly_ratings failed"
    assert call["subject"] in watched.sinks.subjects()
    explained = [call["month"] for call in watched.sinks.calls if july.run_id in call["text"]]
    assert explained == [MONTH]  # why it is red was told with who is missing


def test_a_run_that_is_not_over_by_its_deadline_is_told_while_it_runs(watched: Watched) -> None:
    run_id = start(watched.access, "slow")
    (call,) = until(lambda: [call for call in watched.sinks.calls if run_id in call["text"]])
    assert run(watched.access, "slow", run_id)["state"] not in DONE
    assert call["subject"] == "slow chưa xong đúng hạn · slow is not over in time"
    assert call["subject"] in watched.sinks.subjects()
    watched.goal.touch()
    assert ended(watched.access, "slow", run_id)["state"] == "success"
