"""Who may publish a draft: what is asked, of whom, and which answers are taken."""

from __future__ import annotations

import dataclasses
import json

import pytest

from etl.errors import Misdeclared
from etl.publishing import approval
from etl.publishing.approval import Answer, Candidate, Decision

NEWS = Candidate(
    "2023-07",
    "final",
    "d1",
    is_news=True,
    published_at=None,
    rated_at="2023-08-01 07:30",
    loaded_count=62,
    open_count=63,
)
NOTHING = dataclasses.replace(NEWS, is_news=False)
SOME = dataclasses.replace(NEWS, month_status="provisional")

# fmt: off
ASKED = [
    # draft  | somebody is there to be asked | why nothing is published now
    (NEWS,     True,                           None),
    (NEWS,     False,                          None),
    (SOME,     True,                           None),
    (SOME,     False,                          "2023-07 is provisional: unattended, only a final month is published."),
    (NOTHING,  True,                           "Nothing to publish: the draft of 2023-07 says what its newest"),
    (NOTHING,  False,                          "Nothing to publish: the draft of 2023-07 says what its newest"),
]
REFUSED = [
    # answer                              | who ran the month | what is told
    (Answer("anna", "it is right", True),   ["anna"],           "not published: anna approved it, and has run it"),
    (Answer("anna", "it is right", True),   ["binh", "anna"],   "not published: anna approved it, and has run it"),
    (Answer("anna", "", True),              [],                 "anna gave no comment"),
    (Answer("anna", "", False),             [],                 "anna gave no comment"),
]
# fmt: on


@pytest.mark.parametrize(("draft", "is_attended", "reason"), ASKED)
def test_nobody_is_asked_where_no_answer_would_publish(draft: Candidate, is_attended: bool, reason: str | None) -> None:
    told = approval.reason_not_to_ask(draft, is_attended=is_attended)
    assert told is None if reason is None else str(told).startswith(reason)


@pytest.mark.parametrize(("answer", "loaded_by", "told"), REFUSED)
def test_four_eyes_and_a_comment_are_needed(answer: Answer, loaded_by: list[str], told: str) -> None:
    with pytest.raises(Misdeclared, match=told) as caught:
        approval.decide(NEWS, answer, loaded_by)
    assert caught.value.next_action.startswith("clear the task approve")


def test_an_approval_by_somebody_else_is_a_decision_on_the_figures_that_were_shown() -> None:
    decision = approval.decide(SOME, Answer("chi", "for the meeting", True, is_provisional_allowed=True), ["anna"])
    assert decision == Decision("chi", "for the meeting", True, "d1", seen_objections=[])
    assert Decision(**json.loads(json.dumps(decision.values()))) == decision


def test_where_nobody_is_asked_the_decision_says_so() -> None:
    assert approval.unattended(NEWS) == Decision("unattended", "it is final, and approval is switched off", False, "d1")


def test_the_question_says_which_draft_it_is_about() -> None:
    assert NEWS.question == (
        "Công bố 2023-07? (bản nháp lập lúc 2023-08-01 07:30, 62/63 kho bạc, số liệu chính thức)"
        " · Publish 2023-07? (draft of 2023-08-01 07:30, 62 of 63 in, final)"
    )
