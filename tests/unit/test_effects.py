"""Whether an action helped: check values by hand, the windows, whom it is compared with, and what is said."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from etl.acting.effect import CELLS, effects, verdict
from etl.acting.effect_windows import EffectWindows, MeasuredSubject, TakenAction, measured, windows
from etl.registry import effects as rules
from etl.registry.effects import EffectRule
from etl.scoring.statistics.controls import Candidates, nearest, with_like_room
from etl.scoring.statistics.difference import changes, difference_in_differences, own_movement
from etl.scoring.statistics.forecast import forecast, likely_range
from etl.scoring.statistics.shrinkage import Prior

CONFIG = Path(__file__).parents[2] / "config"
PRIOR = Prior(15.464, 1.036)

# fmt: off
MEASURED = [
    # action                                                         | measured on
    (TakenAction("training", "34"),                                   [("treasury", "34", "own")]),
    (TakenAction("training", "34", "34/01"),                          [("unit", "34/01", "own")]),
    (TakenAction("talk", "34", "34/01", officer="P1"),                [("officer", "P1", "own")]),
    (TakenAction("serve_others", "34", "34/01", "34/01", "P1"),       [("officer", "P1", "own"),
                                                                       ("unit", "34/01", "sending")]),
    (TakenAction("rotation", "34", "34/01", "34/02", "P1"),           [("officer", "P1", "own"),
                                                                       ("unit", "34/01", "sending"),
                                                                       ("unit", "34/02", "receiving")]),
]

WINDOWS = [
    # effect in | selected by | last known | others | before     | after;  three months each, and three needed
    (100,        (97, 99),      110,         [],      [94, 95, 96], [101, 102, 103]),
    (100,        (95, 97),      110,         [],      [94, 98, 99], [101, 102, 103]),  # what came since did not select
    (100,        (97, 99),      103,         [],      [94, 95, 96], [101, 102, 103]),
    (100,        (97, 99),      110,         [95],    [96],         [101, 102, 103]),  # not before an earlier one
    (100,        (97, 99),      110,         [90, 104], [94, 95, 96], [101, 102, 103]),
    (100,        (97, 99),      102,         [],      None,         None),             # too soon
    (100,        (97, 99),      110,         [103],   None,         None),             # the next action came too soon
    (100,        (97, 99),      110,         [96],    None,         None),             # nothing is left of the before
]

SAID = [
    # interval         | verdict, of 5 points that matter
    ((0.001, 0.200),    "helped"),
    ((-0.200, -0.001),  "worse"),
    ((-0.049, 0.049),   "no_effect"),
    ((0.010, 0.049),    "no_effect"),     # there, but too small to matter
    ((0.010, 0.051),    "helped"),
    ((-0.051, 0.010),   "cannot_tell"),
    ((-0.010, 0.050),   "cannot_tell"),   # 5 points is one that matters
]
# fmt: on


def the_rule() -> EffectRule:
    """The rule that is shipped."""
    (rule,) = rules.load(CONFIG)
    return rule


def row(area: str, before: int, after: int, **other: Any) -> dict[str, Any]:
    """An area of 100 responses in each window, selected by 85 of them."""
    counts = {"selecting_satisfied": 85, "before_satisfied": before, "after_satisfied": after}
    sizes = dict.fromkeys(("selecting_count", "before_count", "after_count"), 100.0)
    return {"area": area, "questionnaire": "q", "is_treated": False, **sizes, **counts, **other}


def network(treated: dict[str, Any], controls: int = 12) -> pd.DataFrame:
    """One treated area, as many untreated of 85 % in all windows, and better ones."""
    alike = [row(f"c{number}", 85, 85) for number in range(controls)]
    better = [row(f"b{number}", 97, 97, selecting_satisfied=97) for number in range(12)]
    return pd.DataFrame([treated, *alike, *better])[CELLS]


def test_the_shipped_rule_is_in_force_and_never_changes() -> None:
    assert rules.in_force(CONFIG, dt.date(2026, 12, 1)) == the_rule()
    assert rules.in_force(CONFIG, dt.date(2026, 11, 30)) is None
    assert the_rule().digest == "4bc4955ce41222e976c602027f599e13c84c236fc4a8d10b228a950313a69ef2"


def test_a_change_and_its_variance_have_one_more_answer_of_either_kind() -> None:
    found = changes(([24, 30], [30, 30]), ([28, 27], [30, 30]))
    assert found.change == pytest.approx([29 / 32 - 25 / 32, 28 / 32 - 31 / 32])
    first = (25 * 7 + 29 * 3) / 32**3
    assert found.variance[0] == pytest.approx(first) == pytest.approx(0.007996, abs=1e-6)
    assert found.variance[1] == pytest.approx((31 * 1 + 28 * 4) / 32**3)
    assert found.room[0] == pytest.approx(53 * 9 / 62**2)


def test_a_difference_in_differences_by_hand() -> None:
    treated, controls = changes([[24], [30]], [[28], [30]]), changes([[25] * 4, [30] * 4], [[26] * 4, [30] * 4])
    effect, low, high = difference_in_differences(treated, controls, 0.95)
    assert effect == pytest.approx(4 / 32 - 1 / 32)
    variance = (25 * 7 + 29 * 3 + (26 * 6 + 27 * 5) / 4) / 32**3
    assert (high - effect, effect - low) == pytest.approx([1.959964 * variance**0.5] * 2, rel=1e-6)
    wider = difference_in_differences(treated, controls, 0.95, 0.04)
    assert wider[2] - effect == pytest.approx(
        1.959964 * (variance + 0.04 * (1 + 1 / 4) * (26 * 6 / 32**2) ** 2 + 0.04 * extra(treated, controls)) ** 0.5
    )


def extra(treated: Any, controls: Any) -> float:
    """What the treated area's own room has beyond that of its controls."""
    room = max(treated.most_room[0], controls.most_room[0])
    return float(room**2 - controls.most_room[0] ** 2)


def test_movement_of_their_own_is_found_and_chance_alone_is_none() -> None:
    generator, n = np.random.default_rng(7), 1_000
    alike = generator.binomial(n, 0.8, (2, 300))
    assert own_movement(changes((alike[0], [n] * 300), (alike[1], [n] * 300))) < 0.01
    moved = 1 / (1 + np.exp(-np.log(4) - generator.normal(0, 0.3, 300)))
    after = generator.binomial(n, moved)
    assert 0.07 < own_movement(changes((alike[0], [n] * 300), (after, [n] * 300))) < 0.13
    assert own_movement(changes(([8, 9], [10, 10]), ([8, 9], [10, 10]))) == float("inf")


def test_compared_are_those_as_good_as_large_as_asked_and_left_alone() -> None:
    satisfied, count = np.array([80, 82, 95, 80, 80, 30, 80.0]), np.array([100, 100, 100, 210, 100, 40, 100.0])
    satisfied[3] = 168
    kind, may = np.array([0, 0, 0, 0, 1, 0, 0]), np.array([False, True, True, True, True, True, False])
    candidates = Candidates(satisfied, count, kind, may)
    assert nearest(0, candidates, PRIOR, (1, 2)).tolist() == [False, True, False, False, False, False, False]
    assert nearest(0, candidates, PRIOR, (1, 2.1)).tolist()[3]
    assert with_like_room(0, np.array([0.8, 0.9, 0.95, 0.5])).tolist() == [True, True, False, True]


def test_the_range_of_what_comes_next_agrees_with_the_chances() -> None:
    # P(K >= 30 of 30) = .0232 and P(K >= 29) = .0947: 30 of 30 is beyond the upper 2.5 %
    low, high = likely_range(30, forecast(24, 30, PRIOR), 0.95)
    assert high == pytest.approx(29 / 30)
    assert low < 0.8487 < high


@pytest.mark.parametrize(("action", "subjects"), MEASURED)
def test_a_move_is_measured_at_both_units_and_on_the_person(action: TakenAction, subjects: list[Any]) -> None:
    assert measured(action) == tuple(MeasuredSubject(*subject) for subject in subjects)


@pytest.mark.parametrize(("month", "selected", "last", "others", "before", "after"), WINDOWS)
def test_what_selected_is_no_before(
    month: int, selected: tuple[int, int], last: int, others: list[int], before: Any, after: Any
) -> None:
    found = windows(month, selected, (the_rule(), "treasury"), (last, others))
    months = tuple(range(selected[0], selected[1] + 1))
    assert found == (None if before is None else EffectWindows(months, tuple(before), tuple(after)))


@pytest.mark.parametrize(("interval", "said"), SAID)
def test_a_verdict_is_what_the_interval_says(interval: tuple[float, float], said: str) -> None:
    assert verdict(interval, the_rule()) == said


def test_who_gained_beyond_the_others_was_helped_and_who_fell_was_not() -> None:
    (up,) = effects(network(row("t", 80, 97, is_treated=True)), the_rule()).to_dict("records")
    assert (up["verdict"], up["control_count"]) == ("helped", 12)
    assert up["effect"] == pytest.approx(17 / 102)
    assert up["effect_low"] > 0
    assert up["forecast_rate"] < up["expected_rate"] + 0.05 < 0.97
    (down,) = effects(network(row("t", 90, 70, is_treated=True)), the_rule()).to_dict("records")
    assert down["verdict"] == "worse"


def test_no_gain_counts_that_was_due_to_come_by_itself() -> None:
    # an unlucky before, and an after no better than what the answers that selected it let expect
    (found,) = effects(network(row("t", 60, 84, is_treated=True)), the_rule()).to_dict("records")
    assert found["effect_low"] > 0
    assert found["after_rate"] < found["expected_rate"]
    assert (found["verdict"], found["reason"]) == ("cannot_tell", "forecast_differs")


@pytest.mark.parametrize(
    ("treated", "controls", "reason"),
    [
        ({"after_count": 9.0, "after_satisfied": 9}, 12, "too_few_responses"),
        ({}, 2, "too_few_controls"),
        ({"questionnaire": None}, 12, "other_questionnaire"),
        ({"questionnaire": "other"}, 12, "too_few_controls"),
        ({}, 12, "too_wide"),
    ],
)
def test_it_is_said_why_it_cannot_be_told(treated: dict[str, Any], controls: int, reason: str) -> None:
    cells = network(row("t", 85, 86, is_treated=True, **treated), controls)
    (found,) = effects(cells, the_rule()).to_dict("records")
    assert (found["verdict"], found["reason"]) == ("cannot_tell", reason)


def test_who_was_acted_on_is_nobodys_control() -> None:
    cells = network(row("t", 85, 86, is_treated=True)).assign(is_treated=lambda table: table["area"].ne("b0"))
    found = effects(cells, the_rule())
    assert len(found) == len(cells) - 1
    assert set(found["verdict"]) == {"cannot_tell"}
