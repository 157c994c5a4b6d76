"""Who is behind the codes of responses, and what stands of each by the events of her cases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from etl.acting.officers import answers, persons, standing
from etl.acting.officers.persons import ASSIGNED, EvidenceDays
from etl.acting.officers.standing import Standing
from etl.registry import actions
from etl.registry.actions import Ladder
from etl.registry.counting import Counting

DAYS = EvidenceDays(dt.date(2022, 8, 1), dt.date(2023, 7, 31), frozenset({1, 2}))
Day = dt.date | None

# fmt: off
GAPS = [
    # assignments of one person: treasury, code, first day, last day                            | is known throughout
    ([(1, "A", dt.date(2020, 1, 1), None)],                                                        True),
    ([(1, "A", dt.date(2020, 1, 1), dt.date(2023, 7, 31))],                                        True),
    ([(1, "A", dt.date(2020, 1, 1), dt.date(2023, 7, 30))],                                        False),
    # from one code to another without a day between, and with one
    ([(1, "A", dt.date(2020, 1, 1), dt.date(2023, 1, 31)), (2, "B", dt.date(2023, 2, 1), None)],   True),
    ([(1, "A", dt.date(2020, 1, 1), dt.date(2023, 1, 31)), (2, "B", dt.date(2023, 2, 2), None)],   False),
    # two codes at once; one of them ends
    ([(1, "A", dt.date(2020, 1, 1), dt.date(2023, 3, 31)), (2, "B", dt.date(2023, 2, 1), None)],   True),
    # a hole before the months looked at; who came within them
    ([(1, "A", dt.date(2020, 1, 1), dt.date(2020, 5, 1)), (1, "A", dt.date(2021, 1, 1), None)],    True),
    ([(1, "A", dt.date(2023, 5, 1), None)],                                                        True),
    # the treasury is closed
    ([(3, "A", dt.date(2020, 1, 1), None)],                                                        False),
]
UPHELD = ("measured", {"finding": "upheld"})
TRAINED = [("decided", {"action_code": "training", "outcome": "accepted"}), ("acting", {})]
SERVED = [("decided", {"action_code": "serve_others", "outcome": "changed"}), ("acting", {})]
STANDS = [
    # what happened in a case                                                    | what stands
    ([],                                                                            Standing()),
    (TRAINED,                                                                       Standing(is_trained=True)),
    (TRAINED[:1],                                                                   Standing()),
    ([("decided", {"action_code": "training", "outcome": "rejected"}), ("acting", {})], Standing()),
    ([UPHELD],                                                                      Standing(is_review_upheld=True)),
    ([UPHELD, ("measured", {"finding": "not_upheld"})],                             Standing()),
    ([*SERVED, ("measured", {"finding": "worse"})],                                 Standing(effect="worse")),
    ([*SERVED, ("measured", {"finding": "worse"}), *SERVED],                        Standing()),
    ([*SERVED, ("measured", {})],                                                   Standing()),
    ([("measured", {"finding": "violation_concluded"})],     Standing(is_violation_concluded=True)),
]
DEALT_WITH = [
    # what happened in July in a case that was opened for a talk                 | step and whether it was carried out
    ([],                                                                            []),
    ([("decided", {"action_code": "talk", "outcome": "accepted"})],                 [("talk", False)]),
    ([("decided", {"action_code": "training", "outcome": "changed"}), ("acting", {})],
     [("talk", False), ("training", True)]),
    ([("decided", {"action_code": "talk", "outcome": "rejected"})],                 [("talk", False)]),
    ([("closed", {})],                                                              [("talk", False)]),
    ([("evidence", {"step_code": "review"}), ("closed", {})],                       [("review", False)]),
    ([("evidence", {}), ("closed", {})],                                            [("talk", False)]),
]
# fmt: on


@pytest.fixture(scope="module")
def ladder() -> Ladder:
    """The shipped ladder."""
    found = actions.in_force(Path(__file__).parents[2] / "config", dt.date(2026, 12, 1))
    assert found is not None
    return found


def assigned(rows: list[tuple[int, int, str, dt.date, Day]]) -> pd.DataFrame:
    """Assignments: person, treasury, code, first and last day."""
    return pd.DataFrame(rows, columns=ASSIGNED)


def answered(rows: list[tuple[int, str, int | None, str]]) -> pd.DataFrame:
    """Responses in order of time: treasury, code, person, unit."""
    frame = pd.DataFrame(rows, columns=["treasury_id", "officer_code", "person_id", "unit_code"])
    codes = pd.factorize(pd.MultiIndex.from_frame(frame[["treasury_id", "officer_code"]]))[0]
    return frame.assign(code=codes, person_id=frame["person_id"].astype(float))


@pytest.mark.parametrize(("spans", "is_known"), GAPS)
def test_a_day_without_an_assignment_is_a_gap(spans: list[tuple[int, str, dt.date, Day]], is_known: bool) -> None:
    found = persons.of(answered([(1, "A", 7, "u")]), assigned([(7, *span) for span in spans]), DAYS)
    assert found.table["is_assigned"].tolist() == [is_known]


def test_where_nobody_recorded_an_assignment_the_code_is_the_person_and_has_no_gap() -> None:
    found = persons.of(answered([(1, "A", None, "u"), (2, "A", None, "u"), (3, "A", None, "v")]), assigned([]), DAYS)
    assert found.of_response.tolist() == [0, 1, 2]  # equal codes of two treasuries are two
    assert found.table["is_assigned"].tolist() == [True, True, False]  # the third treasury is closed
    assert found.table["person_id"].isna().all()


def test_equal_codes_of_two_treasuries_are_one_person_once_somebody_said_so() -> None:
    spans = [(7, 1, "A", dt.date(2020, 1, 1), None), (7, 2, "A", dt.date(2020, 1, 1), None)]
    found = persons.of(answered([(1, "A", 7, "u"), (2, "A", 7, "w"), (1, "B", None, "u")]), assigned(spans), DAYS)
    assert found.of_response.tolist() == [0, 0, 1]
    assert found.table["unit_code"].tolist() == ["w", "u"]


def test_a_code_that_passes_to_another_is_dated() -> None:
    spans = [(7, 1, "A", dt.date(2020, 1, 1), dt.date(2023, 5, 31)), (8, 1, "A", dt.date(2023, 6, 1), None),
             (7, 1, "B", dt.date(2023, 6, 1), None)]  # fmt: skip
    found = persons.of(answered([(1, "A", 7, "u"), (1, "A", 8, "u")]), assigned(spans), DAYS)
    assert found.of_response.tolist() == [0, 1]
    assert found.table["officer_code"].tolist() == ["B", "A"]
    assert found.table["is_assigned"].tolist() == [True, True]


def test_answers_of_days_without_an_assignment_of_a_code_that_has_some_are_nobody_s_that_is_known() -> None:
    found = persons.of(
        answered([(1, "A", None, "u"), (1, "A", 7, "u")]), assigned([(7, 1, "A", dt.date(2023, 5, 1), None)]), DAYS
    )
    assert found.of_response.tolist() == [0, 1]
    assert found.table["is_assigned"].tolist() == [False, True]


def events(happened: list[tuple[str, dict[str, Any]]], step: str | None = "talk") -> list[dict[str, Any]]:
    """The events of a case about person 7."""
    blank = dict.fromkeys(("step_code", "finding", "action_code", "outcome"))
    rows = [("opened", {"step_code": step}), *happened]
    of_case = {"case_number": 1, "person_id": 7, "happened_on": dt.date(2023, 7, 9)}
    return [{**blank, **of_case, "event_kind": kind, **said} for kind, said in rows]


@pytest.mark.parametrize(("happened", "stands"), STANDS)
def test_what_stands_of_a_person(happened: list[Any], stands: Standing, ladder: Ladder) -> None:
    assert standing.of(events(happened, None), ladder).of_person[7] == stands


@pytest.mark.parametrize(("happened", "steps"), DEALT_WITH)
def test_answers_that_were_dealt_with(happened: list[Any], steps: list[Any], ladder: Ladder) -> None:
    decided = standing.of(events(happened), ladder).decided
    assert list(zip(decided["step"], decided["is_carried_out"], strict=True)) == steps
    assert set(decided["month"]) <= {2023 * 12 + 6}
    assert set(decided["officer"]) <= {7}


def test_answers_are_counted_as_the_rule_set_counts() -> None:
    texts = pa.table({"questionnaire_code": pa.array(["q", "r", "q"]).dictionary_encode(),
                      "answer_levels": ["5,-1,0", "2,4", "3,4,5"]})  # fmt: skip
    rows = [("q", "polite", 1), ("q", "guide", 2), ("q", "rules", 3), ("r", "polite", 2)]
    positions = pd.DataFrame(rows, columns=["questionnaire_code", "criterion_code", "answer_position"])
    counted = answers.counted(texts, positions, Counting((4, 5), (), 1))
    nothing = np.nan
    expected = {"guide": [nothing, nothing, 0.0], "polite": [0.0, 0.0, 1.0], "rules": [nothing, nothing, 0.0]}
    pd.testing.assert_frame_equal(counted, pd.DataFrame(expected))
    counted = answers.counted(texts, positions, Counting((4, 5), (), -1))  # unanswered is not satisfied
    assert counted["guide"].tolist()[0] == 1.0
    assert counted["rules"].tolist()[0] == 1.0
