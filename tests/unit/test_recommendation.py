"""What is due to be looked at: at most one step an officer, under the cap of false recommendations."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from etl.acting.evidence import COLUMNS
from etl.acting.recommendation import RECOMMENDED, STANDING, Recommended, recommend
from etl.registry import actions
from etl.registry.actions import Ladder
from etl.scoring.statistics.reliability import Spread

PUBLISHED = Spread(16.5, "published", 0)
NOTHING = (True, False, False, None, False)
TINY = 1e-9

FEW, WITHIN, GAP = "too_few_responses", "within_limits", "assignment_gap"
UNTRAINED = (True, True, False, None, False)
VIOLATED, UNASSIGNED = (True, False, False, None, True), (False, True, True, "none", True)


def after_others(effect: str | None) -> tuple[object, ...]:
    """What stands of an officer who served other customers, with an effect."""
    return True, True, True, effect, False


# fmt: off
ONE_OFFICER = [
    # what stands        | evidence: step, way, effective responses, p   | step         | next         | what it lacks
    (NOTHING,              [("talk", "funnel", 31, 0.5)],                  None,          "talk",        [WITHIN]),
    (NOTHING,              [("talk", "funnel", 31, 0.026)],                None,          "talk",        [WITHIN]),
    (NOTHING,              [("talk", "funnel", 30, TINY)],                 None,          "talk",        [FEW]),
    (NOTHING,              [("talk", "funnel", 31, TINY)],                 "talk",        "training",    [FEW]),
    (UNASSIGNED,           [("talk", "funnel", 99, TINY)],                 None,          "talk",        [GAP]),
    (UNASSIGNED,           [],                                             None,          "talk",        [GAP]),
    (NOTHING,              [("training", "windows", 39, TINY)],            "training",    "review",      [FEW]),
    (NOTHING,              [("review", "funnel", 66, TINY)],               "review",      "serve_others",
     ["review_not_upheld", "not_trained", FEW]),
    (NOTHING,              [("serve_others", "new_answers", 66, TINY)],    None,          "talk",        [FEW]),
    (UNTRAINED,            [("serve_others", "new_answers", 66, TINY)],    None,          "talk",        [FEW]),
    (after_others(None),   [("serve_others", "new_answers", 66, TINY)],    "serve_others", "rotation",
     ["effect_not_worse_or_none", FEW]),
    # an effect that is not known, or cannot be told, advances nothing
    (after_others(None),   [("rotation", "new_answers", 149, TINY)],       None,          "talk",        [FEW]),
    (after_others("cannot_tell"), [("rotation", "new_answers", 149, TINY)], None,         "talk",        [FEW]),
    (after_others("better"), [("rotation", "new_answers", 149, TINY)],     None,          "talk",        [FEW]),
    (after_others("none"), [("rotation", "new_answers", 149, TINY)],       "rotation",    None,          []),
    (after_others("worse"), [("rotation", "new_answers", 148, TINY)],      None,          "talk",        [FEW]),
    (VIOLATED,             [],                                             "rotation",    None,          []),
    # the strongest for which all is there
    (NOTHING, [("talk", "funnel", 99, TINY), ("training", "windows", 99, TINY)], "training", "review",   [FEW]),
]
# fmt: on


@pytest.fixture(scope="module")
def ladder() -> Ladder:
    """The shipped ladder, as used on persons."""
    found = actions.in_force(Path(__file__).parents[2] / "config", dt.date(2026, 12, 1))
    assert found is not None
    return found.model_copy(update={"persons": "shown"})


def evidence_of(rows: list[tuple[object, str, str, float, float]]) -> pd.DataFrame:
    """Evidence of officers: officer, step, way, effective responses and p value of each row."""
    table = pd.DataFrame(rows, columns=["officer", "step", "way", "effective_responses", "p_value"])
    return table.assign(member="", cusum=np.nan, cusum_threshold=np.nan).reindex(columns=COLUMNS)


def standing_of(officers: dict[object, tuple[object, ...]]) -> pd.DataFrame:
    """What stands of officers."""
    return pd.DataFrame([(officer, *said) for officer, said in officers.items()], columns=STANDING)


def alone(
    said: tuple[object, ...], rows: list[tuple[str, str, float, float]], ladder: Ladder, spread: Spread = PUBLISHED
) -> pd.Series:
    """The recommendation of the only officer there is."""
    found = recommend(evidence_of([("a", *row) for row in rows]), standing_of({"a": said}), ladder, spread)
    return found.officers.iloc[0]


@pytest.mark.parametrize("case", ONE_OFFICER)
def test_the_strongest_step_is_recommended_for_which_all_is_there(case: tuple[Any, ...], ladder: Ladder) -> None:
    said, rows, step, following, missing = case
    found = alone(said, rows, ladder)
    assert list(found.index) == RECOMMENDED
    assert (found["step"] if isinstance(found["step"], str) else None) == step
    assert (found["next_step"], list(found["missing"])) == (following, missing)


def test_it_says_why_and_how_reliable_the_figure_is(ladder: Ladder) -> None:
    found = alone(NOTHING, [("talk", "funnel", 66, TINY)], ladder)
    assert (found["reasons"], found["required_responses"]) == (("beyond_funnel",), pytest.approx(30.64, abs=0.01))
    assert (found["reliability"], found["next_required_responses"]) == (pytest.approx(0.8), pytest.approx(39))


def test_where_officers_hardly_differ_nobody_can_be_told_apart(ladder: Ladder) -> None:
    found = alone(NOTHING, [("talk", "funnel", 66, TINY)], ladder, Spread(94.0, "fitted", 4_597))
    assert found["step"] is None
    assert found["missing"] == ("too_few_responses",)
    assert found["next_required_responses"] == pytest.approx(0.65 / 0.35 * 94)


def test_with_a_ladder_that_was_not_simulated_nobody_is_recommended(ladder: Ladder) -> None:
    found = alone(NOTHING, [("talk", "funnel", 66, TINY)], ladder.model_copy(update={"persons": "not_shown"}))
    assert found["step"] is None
    assert found["missing"] == ("not_simulated",)


def test_nobody_is_recommended_without_a_word_on_where_she_was_assigned(ladder: Ladder) -> None:
    found = recommend(evidence_of([("a", "talk", "funnel", 66, TINY)]), standing_of({"b": NOTHING}), ladder, PUBLISHED)
    assert found.officers["officer"].tolist() == ["b"]
    assert found.officers["step"].isna().all()


def many(p_values: list[float], ladder: Ladder, step: str = "talk", way: str = "funnel") -> Recommended:
    """Officers with enough responses and these p values."""
    rows = [(place, step, way, 150.0, p) for place, p in enumerate(p_values)]
    standing: dict[object, tuple[object, ...]] = dict.fromkeys(range(len(p_values)), NOTHING)
    return recommend(evidence_of(rows), standing_of(standing), ladder, PUBLISHED)


def test_the_cap_holds_back_who_is_beyond_the_limit_and_they_are_counted(ladder: Ladder) -> None:
    found = many([0.004, 0.006, 0.02, 0.03, *[0.5] * 996], ladder)
    limits = found.limits.set_index(["step", "way"]).loc[("talk", "funnel")]
    assert limits["p_limit"] == pytest.approx(5 / 1000)  # half of the cap of ten a month is the CUSUM's
    assert (limits["looked_at"], limits["beyond"], limits["recommended"], limits["held_back"]) == (1000, 3, 1, 2)
    by_officer = found.officers.set_index("officer")
    assert by_officer.at[0, "step"] == "talk"
    assert by_officer.loc[[1, 2], "missing"].tolist() == [("held_back",)] * 2
    assert by_officer.at[3, "missing"] == ("within_limits",)


def test_among_few_officers_the_declared_limit_is_the_stricter_one(ladder: Ladder) -> None:
    found = many([0.02, 0.03], ladder)
    assert found.officers["step"].notna().tolist() == [True, False]
    assert found.limits["held_back"].sum() == 0


@pytest.mark.parametrize(
    ("step", "way", "cap"), [("talk", "funnel", 5), ("training", "windows", 2), ("review", "funnel", 1)]
)
def test_of_officers_who_are_all_alike_no_more_are_recommended_than_the_cap(
    step: str, way: str, cap: float, ladder: Ladder
) -> None:
    chance = np.random.default_rng(4)
    counts = [many(chance.random(500).tolist(), ladder, step, way).limits["recommended"].sum() for _ in range(8)]
    # Poisson around the cap at most: a sum beyond it by 3.3 standard deviations has a chance below 1 in 1,000
    assert sum(counts) <= 8 * cap + 3.3 * np.sqrt(8 * cap)


def test_a_review_takes_a_figure_that_bears_the_number_of_officers(ladder: Ladder) -> None:
    crowd = many([0.0009, *[0.5] * 99], ladder, "review")
    assert crowd.officers["step"].notna().sum() == 0  # beyond 99.8 %, and q is .09
    clear = many([0.0004, *[0.5] * 99], ladder, "review")
    assert clear.officers["step"].notna().tolist() == [True, *[False] * 99]


def test_a_gap_of_one_criterion_is_judged_among_all_of_them(ladder: Ladder) -> None:
    rows = [(who, "training", "criterion", 50.0, 0.9) for who in range(100) for _ in range(5)]
    rows[0] = (0, "training", "criterion", 50.0, 0.00009)
    rows[5] = (1, "training", "criterion", 50.0, 0.004)
    standing: dict[object, tuple[object, ...]] = dict.fromkeys(range(100), NOTHING)
    found = recommend(evidence_of(rows), standing_of(standing), ladder, PUBLISHED)
    assert found.officers.loc[found.officers["step"].notna(), "officer"].tolist() == [0]
    assert found.officers.at[0, "reasons"] == ("criterion_gap",)


def test_an_alarm_of_the_cusum_is_enough_for_a_talk(ladder: Ladder) -> None:
    rows = evidence_of([("a", "talk", "cusum", 50.0, np.nan), ("b", "talk", "cusum", 50.0, np.nan)])
    rows = rows.assign(cusum=[5.1, 4.9], cusum_threshold=5.0)
    found = recommend(rows, standing_of({"a": NOTHING, "b": NOTHING}), ladder, PUBLISHED)
    assert found.officers["step"].notna().tolist() == [True, False]
    assert found.officers.at[0, "reasons"] == ("cusum_alarm",)
