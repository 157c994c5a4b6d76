"""Questions whether to publish: one stands per period, and one that does not says why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.errors import Misdeclared
from etl.operation import steps
from etl.publishing import publish, questions
from etl.publishing.approval import Answer, Candidate, Decision
from etl.publishing.questions import Question
from etl.scoring import drafts
from tests.lib.kept import Copy, Kept
from tests.lib.months import PAIR, query, run_month

MONTH = "2023-07"
ANNA = Decision("anna", "the month is complete")


@pytest.fixture
def question(copy_of: Callable[[Kept], Copy]) -> Question:
    """The question about July 2023 of two treasuries, which is asked."""
    copy_of(PAIR)
    asked = Question(Candidate.of(MONTH), "first")
    asked.ask()
    return asked


def test_a_question_stands_while_its_draft_is_what_would_be_published(question: Question) -> None:
    assert (question.withdrawn(), question.is_overdue()) == (None, False)
    assert questions.asked_by(question.candidate) == "first"
    steps.rate(MONTH)  # anew, with the same figures
    assert question.withdrawn() is None


def test_a_newer_question_about_the_same_draft_withdraws_the_older(question: Question) -> None:
    newer = Question(Candidate.of(MONTH), "second")
    newer.ask()
    assert question.withdrawn() == "2023-07: the run second asks anew"
    assert newer.withdrawn() is None
    question.ask()  # its task was cleared: it is the newest again
    assert (question.withdrawn(), newer.withdrawn()) == (None, "2023-07: the run first asks anew")


def test_a_publication_withdraws_it_and_says_which_and_by_whom(question: Question) -> None:
    publish.publish(MONTH, ANNA)
    assert question.withdrawn() == "2023-07: revision 1 was published by anna after this was asked"
    with pytest.raises(Misdeclared, match="revision 1 was published by anna") as caught:
        question.ask()
    assert "trigger the DAG again with the month 2023-07" in caught.value.next_action


def test_a_newer_draft_withdraws_it_and_says_of_when(question: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TREASURY_34", "postgresql://nobody@127.0.0.1:1/nowhere")
    monkeypatch.setenv("HAILONG_SOURCE_TRIES", "1")
    run_month(MONTH)
    newer = Candidate.of(MONTH)
    assert question.withdrawn() == f"2023-07: a newer draft was made at {newer.rated_at} after this was asked"
    assert questions.asked_by(newer) is None  # nobody is asked about these figures yet


def test_a_discarded_draft_withdraws_it(question: Question) -> None:
    publish.publish(MONTH, ANNA)
    shown = Question(Candidate.of(MONTH), "second")
    drafts.discard(MONTH)
    said = shown.withdrawn()
    assert said == f"2023-07: the draft of {shown.candidate.rated_at} was discarded after this was asked"


def test_the_decision_is_made_of_what_was_shown_and_answered_and_of_nothing_else(question: Question) -> None:
    assert Question.of_run("first") == question
    with pytest.raises(Misdeclared, match="nobody answered"):
        questions.decision("first", [])
    with pytest.raises(Misdeclared, match="the run second has asked nobody"):
        questions.decision("second", [])
    question.answer(Answer("anna", "it is right", is_approved=True))
    decided = Decision("anna", "it is right", figures_digest=question.candidate.figures_digest, seen_objections=[])
    assert questions.decision("first", ["binh"]) == decided
    with pytest.raises(Misdeclared, match="anna approved it, and has run it"):
        questions.decision("first", ["anna"])


def test_an_answer_counts_for_the_question_that_it_was_given_to(question: Question) -> None:
    question.answer(Answer("anna", "it is right", is_approved=True))
    question.ask()  # its task was cleared
    with pytest.raises(Misdeclared, match="nobody answered"):
        questions.decision("first", [])
    question.answer(Answer("binh", "it is wrong", is_approved=False))
    with pytest.raises(Misdeclared, match="rejected by binh: it is wrong"):
        questions.decision("first", [])
    with pytest.raises(Misdeclared, match="refuses a statement"), warehouse.transaction() as connection:
        connection.execute(sa.text("update ops.answer set is_approved = true"))


def test_a_question_that_nobody_answers_is_overdue_after_thirty_days(question: Question) -> None:
    with warehouse.transaction() as connection:
        connection.execute(sa.text("update ops.question set asked_at = asked_at - interval '31 days'"))
    assert question.is_overdue()
    assert query("select count(*) as n from ops.question")[0]["n"] == 1
