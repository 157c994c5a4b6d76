"""The companions of the monthly run, each run for real: late answers, the question whether to publish, upkeep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from etl.demo import airflow as own_airflow
from etl.errors import Unavailable
from etl.publishing import places, publish
from etl.publishing.approval import Decision
from etl.reports.bulletin import make
from etl.warehouse import embedded
from tests.lib.airflow import answer, asked, drafts, ended, result, run, start, tasks, token
from tests.lib.airflow import page as answered
from tests.lib.watched import SOME

pytestmark = pytest.mark.deep
MONTHLY, PUBLISH, LATE = own_airflow.DAG, "publish_ratings", "late_answers"
OFFICE = "37"
BULLETIN = "/bulletin/file/publish_ratings/2023-05/revision-1/"
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
    assert "2023-05 is not published: admin approved it, and has run it" in over["note"]
    assert tasks(airflow, PUBLISH, may) == {
        "prepare": "success", "choose": "success", "approve": "success", "decide": "failed",
        **dict.fromkeys(("publish", "bulletin", "asked_for_letters", "send"), "upstream_failed"),
    }  # fmt: skip
    assert drafts("select * from score.revision where period_code = '2023-05' and revision_number > 0") == []


@pytest.mark.timeout(900)
@pytest.mark.thorough
def test_a_rejection_is_kept_and_makes_the_run_red(
    airflow: own_airflow.Access, approver: own_airflow.Access, may: str
) -> None:
    run_id = start(airflow, PUBLISH, None, month="2023-05")
    assert asked(airflow, "2023-05", (may,)) == run_id
    answer(approver, run_id, "Reject", "wait for Bắc Giang")
    over = ended(airflow, PUBLISH, run_id)
    assert over["state"] == "failed"
    assert over["note"] == (
        "approver không duyệt 2023-05: wait for Bắc Giang · 2023-05 was rejected by approver: wait for Bắc Giang"
    )
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
    assert re.fullmatch(
        r"Công bố 2023-05\? \(bản nháp lập lúc 20\d\d-\d\d-\d\d \d\d:\d\d, 1/63 kho bạc, số liệu tạm tính\)"
        r" · Publish 2023-05\? \(draft of 20\d\d-\d\d-\d\d \d\d:\d\d, 1 of 63 in, provisional\)",
        shown["subject"],
    )
    assert shown["body"].startswith("**2023-05: số liệu tạm tính**, 1/63 kho bạc đã có số liệu")
    assert "Chưa công bố lần nào." in shown["body"]
    assert "**2023-05 is provisional**: " in shown["body"]
    answer(approver, run_id, "Approve", "for the meeting", provisional=True)
    over = ended(airflow, PUBLISH, run_id)
    in_vietnamese, said, link = over["note"].split("\n\n")
    assert (over["state"], said) == ("success", "**2023-05: revision 1 is published** by approver: for the meeting")
    assert in_vietnamese == "**2023-05: đã công bố phiên bản 1**, người công bố approver: for the meeting"
    assert link == f"[Bulletin]({airflow.url}{BULLETIN}index.vi.html)"
    assert tasks(airflow, PUBLISH, run_id)["send"] == "skipped"  # nobody asked for letters
    rows = drafts("select published_by, reason from score.revision"
                 " where period_code = '2023-05' and revision_number = 1")  # fmt: skip
    assert rows == [{"published_by": "approver", "reason": "for the meeting"}]
    assert [tuple(row.values()) for row in drafts(DECISIONS.format("2023-05"))][-1] == (
        True, 1, "approver", "for the meeting"
    )  # fmt: skip

    again = ended(airflow, PUBLISH, start(airflow, PUBLISH, None, month="2023-05"))
    assert again["state"] == "success"
    assert " · Nothing to publish" in again["note"]
    assert tasks(airflow, PUBLISH, again["dag_run_id"])["approve"] == "skipped"


def questions(access: own_airflow.Access, month: str) -> set[str]:
    """The runs whose question about a month is open."""
    path = f"/api/v2/dags/{PUBLISH}/dagRuns/~/hitlDetails?response_received=false&limit=100"
    details = own_airflow.call(access, "GET", path)["hitl_details"]
    waiting = [one for one in details if one["task_instance"]["state"] == "awaiting_input" and month in one["subject"]]
    return {str(one["task_instance"]["dag_run_id"]) for one in waiting}


def question(access: own_airflow.Access, office: str, *before: str) -> str:
    """The run that asks about May after one more office was run; ``before`` asked earlier."""
    over = ended(access, MONTHLY, start(access, MONTHLY, None, month="2023-05", treasuries=[office]))
    assert over["state"] == "success"
    return asked(access, "2023-05", before)


@pytest.mark.timeout(900)
@pytest.mark.thorough
def test_a_newer_draft_withdraws_the_question_about_the_older_one(
    airflow: own_airflow.Access, approver: own_airflow.Access
) -> None:
    older = question(airflow, SOME[0])
    newer = question(airflow, SOME[1], older)

    # a newer draft withdraws the older question, with the reason, and nobody can approve it any more
    over = ended(airflow, PUBLISH, older, 120)
    assert over["state"] == "success"
    assert " · Withdrawn: 2023-05: a newer draft was made at 20" in over["note"]
    assert tasks(airflow, PUBLISH, older) == {
        "prepare": "success", "choose": "success", "approve": "success",
        **dict.fromkeys(("decide", "publish", "bulletin", "asked_for_letters", "send"), "skipped"),
    }  # fmt: skip
    with pytest.raises(Unavailable, match="Airflow answers 409"):
        answer(approver, older, "Approve", "it looks right", provisional=True)
    assert questions(airflow, "2023-05") == {newer}


@pytest.mark.timeout(900)
def test_one_question_a_month_stands_and_a_publication_overtakes_it(
    airflow: own_airflow.Access, approver: own_airflow.Access
) -> None:
    newer = question(airflow, "46", *questions(airflow, "2023-05"))

    # who asks again about the same figures is led to the question that stands
    again = ended(airflow, PUBLISH, start(airflow, PUBLISH, None, month="2023-05"))
    assert (again["state"], tasks(airflow, PUBLISH, again["dag_run_id"])["approve"]) == ("success", "skipped")
    assert " · 2023-05 is asked about already, with the same figures: " in again["note"]
    assert newer in again["note"].replace("\\", "")
    assert questions(airflow, "2023-05") == {newer}

    # what is published from the command line is not known to Airflow: the answer fails at once, and says why
    number = publish.publish("2023-05", Decision("anna", "for the meeting", is_provisional_allowed=True))
    answer(approver, newer, "Approve", "it looks right", provisional=True)
    over = ended(airflow, PUBLISH, newer, 60)
    assert over["state"] == "failed"
    assert over["note"] == (
        f"2023-05: anna đã công bố phiên bản {number} sau khi hỏi"
        f" · 2023-05: revision {number} was published by anna after this was asked"
    )
    task = own_airflow.call(airflow, "GET", f"/api/v2/dags/{PUBLISH}/dagRuns/{newer}/taskInstances/approve")
    assert (task["state"], task["try_number"]) == ("failed", 1)
    assert questions(airflow, "2023-05") == set()


@pytest.mark.timeout(900)
def test_the_bulletin_of_what_is_published_is_seen_by_who_may_see_the_run(
    airflow: own_airflow.Access, approver: own_airflow.Access, state: Path, may: str
) -> None:
    page = answered(approver, BULLETIN + "index.vi.html", approver.token)
    assert page[0] == 200
    assert page[1]["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "DỰ THẢO" not in page[2]
    assert 'href="treasury-37.vi.html"' in page[2]
    assert "KBNN Ninh Bình" in answered(airflow, BULLETIN + "treasury-37.vi.html", airflow.token)[2]
    assert answered(airflow, BULLETIN + "index.vi.html", None)[0] == 401
    assert answered(airflow, BULLETIN + "index.vi.html", token(state, "stranger", None))[0] == 403
    for name in ("about.json", "..%2F..%2F..%2Faccess.json", "none.html"):
        assert answered(airflow, BULLETIN + name, airflow.token)[0] == 404


@pytest.mark.timeout(300)
def test_the_tab_leads_to_the_draft_of_the_run_and_says_when_there_is_none(
    airflow: own_airflow.Access, may: str
) -> None:
    path = f"/api/v2/dags/{MONTHLY}/dagRuns?order_by=-run_after&limit=1"
    run_id = own_airflow.call(airflow, "GET", path)["dag_runs"][0]["dag_run_id"]
    tab = f"/bulletin/run/{MONTHLY}/{quote(run_id, safe='')}"
    assert answered(airflow, tab, airflow.token)[0] == 404  # the tests' Airflow makes none of drafts
    make.make("2023-05", make.Asked(revision=0, languages=("vi",), treasury=OFFICE))
    places.drafts().put("2023-05/draft/index.vi.html", b"<p>the draft</p>")
    assert answered(airflow, tab, airflow.token)[::2] == (200, "<p>the draft</p>")
    draft = f"/bulletin/file/{MONTHLY}/2023-05/draft/treasury-{OFFICE}.vi.html"
    assert "DỰ THẢO" in answered(airflow, draft, airflow.token)[2]
    assert answered(airflow, tab, None)[0] == 401
    assert answered(airflow, "/bulletin/run/upkeep/any", airflow.token)[0] == 404


@pytest.mark.timeout(300)
def test_a_month_must_be_named(airflow: own_airflow.Access) -> None:
    over = ended(airflow, PUBLISH, start(airflow, PUBLISH))
    assert over["state"] == "failed"
    assert tasks(airflow, PUBLISH, over["dag_run_id"])["prepare"] == "failed"


@pytest.fixture
def june_with_a_late_answer(airflow: own_airflow.Access, state: Path) -> Iterator[str]:
    """June 2023 of one treasury, run; then a response comes in, and is taken out again after the test."""
    treasuries = [OFFICE, *SOME]  # some may be away from June since another test: their coming in would be news
    assert ended(airflow, MONTHLY, start(airflow, MONTHLY, None, month="2023-06", treasuries=treasuries))["state"] == (
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
@pytest.mark.thorough
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
    assert (over["state"], over["note"]) == (
        "success",
        "- Không có phiếu đến muộn, không có phiếu được sửa. · Nothing came late, and nothing was corrected.",
    )
    assert tasks(airflow, LATE, over["dag_run_id"])["offer"] == "skipped"


@pytest.mark.timeout(900)
@pytest.mark.thorough
def test_upkeep_makes_room_verifies_and_tells(airflow: own_airflow.Access, may: str) -> None:
    over = ended(airflow, "upkeep", start(airflow, "upkeep"), 600)
    assert over["state"] == "success", tasks(airflow, "upkeep", over["dag_run_id"])
    made: Any = result(airflow, "upkeep", over["dag_run_id"], "partitions")
    assert len(json.loads(made) if isinstance(made, str) else made) == 3
