"""Whether what offices did helped, of counts that are known: each verdict, windows, and who is a control."""

from __future__ import annotations

import pandas as pd
import pytest

from etl import settings
from etl.acting.offices.measure import COUNTS, MeasuredEffect, OfficeAction, measure
from etl.registry import effects

(RULE,) = effects.load(settings.read().config)
ACTED, SINCE = 100, 101
"""The month of the actions, and the first after it; before it there are nine."""
OWN = "1/a"


def counted(rates: dict[str, float], count: float = 200, criterion: str = "", asked: str = "q") -> pd.DataFrame:
    """Nine months before and six after: 80 % before, and after it the rate of each area, or 80 % as well."""
    rows = [
        ("unit" if "/" in area else "treasury", area, criterion, month, count * share, count, asked)
        for area, rate in rates.items()
        for month in range(ACTED - 9, ACTED + 7)
        for share in [rate if month >= SINCE else 0.8]
    ]
    return pd.DataFrame(rows, columns=COUNTS)


def others(own: float, count: float = 200, **more: str) -> pd.DataFrame:
    """The same of the area that is measured and of five that stay as they are."""
    return counted({OWN: own, **{f"{n}/x": 0.8 for n in range(2, 7)}}, count, **more)


def did(area: str = OWN, month: int = ACTED, kind: str = "training", criterion: str = "") -> OfficeAction:
    """An action, chosen by the answers of the month before."""
    return OfficeAction(kind, area, criterion, month, (month - 1, month - 1))


def told(counts: pd.DataFrame, *more: OfficeAction, own: OfficeAction | None = None) -> MeasuredEffect:
    """What is told of the action on the area."""
    return measure([own or did(), *more], counts, RULE)[0]


@pytest.mark.parametrize(
    ("own", "count", "verdict", "reason"),
    [
        (0.95, 200, "helped", None),
        (0.80, 800, "no_effect", None),
        (0.65, 200, "worse", None),
        (0.80, 30, "cannot_tell", "too_wide"),
        (0.80, 1, "cannot_tell", "too_few_responses"),
    ],
)
def test_a_verdict_is_that_of_the_counts(own: float, count: float, verdict: str, reason: str | None) -> None:
    found = told(others(own, count)).values
    assert (found["verdict"], found["reason"]) == (verdict, reason)
    if found["reason"] != "too_few_responses":
        assert found["control_count"] == 5
        assert found["effect"] == pytest.approx(own - 0.8, abs=0.01)
        assert (found["before_count"], found["after_count"]) == (6 * count, 6 * count)


def test_an_action_on_a_criterion_is_measured_by_it_alone() -> None:
    counts = pd.concat([others(0.8), others(0.95, criterion="seats")])
    assert told(counts, own=did(criterion="seats")).values["verdict"] == "helped"
    assert told(counts).values["verdict"] != "helped"


def test_what_selected_measures_nothing() -> None:
    windows = told(others(0.8)).windows
    assert windows is not None
    assert (windows.selecting, windows.before) == ((99,), tuple(range(93, 99)))
    assert windows.after == tuple(range(101, 107))


def test_another_action_cuts_the_windows_on_either_side() -> None:
    windows = told(others(0.8), did(month=95), did(month=105)).windows
    assert windows is not None
    assert (windows.before, windows.after) == ((96, 97, 98), (101, 102, 103, 104))
    assert told(others(0.8), did(month=103)).values["reason"] == "too_few_months"
    assert told(others(0.8), did("1", 103)).values["reason"] == "too_few_months"  # of the whole office
    assert told(others(0.8), did("1/b", 103), did("2", 103)).windows is not None


def test_a_conference_is_measured_and_keeps_no_other_action_from_being_so() -> None:
    conference = did(month=103, kind="conference")
    assert told(others(0.95), conference).values["verdict"] == "helped"
    assert told(others(0.95), did(month=103), own=did(kind="conference")).values["reason"] == "too_few_months"


def test_a_plan_for_one_criterion_does_not_cut_those_of_another() -> None:
    seats, time = did(criterion="seats"), did(month=103, criterion="time_limit")
    counts = others(0.8, criterion="seats")
    assert told(counts, time, own=seats).windows is not None
    assert told(counts, did(month=103), own=seats).values["reason"] == "too_few_months"


@pytest.mark.parametrize("area", ["2/x", "2"])
def test_whoever_acted_within_the_windows_is_no_control(area: str) -> None:
    assert told(others(0.95), did(area, 104)).values["control_count"] == 4
    assert told(others(0.95), did(area, 91)).values["control_count"] == 5  # before the windows


def test_two_controls_give_no_verdict() -> None:
    acted = [did(f"{n}/x", 104) for n in (2, 3, 4)]
    assert told(others(0.95), *acted).values["reason"] == "too_few_controls"


def test_a_unit_that_acted_bars_its_treasury_as_a_control() -> None:
    counts = counted({"1": 0.95, **{str(n): 0.8 for n in range(2, 7)}})
    found = told(counts, did("3/a", 102), own=did("1"))
    assert (found.values["verdict"], found.values["control_count"]) == ("helped", 4)


def test_another_questionnaire_in_a_window_is_told() -> None:
    counts = others(0.95)
    later = counts["area"].eq(OWN) & counts["month"].eq(104)
    found = told(counts.assign(asked_as=counts["asked_as"].mask(later, "r")))
    assert found.values["reason"] == "other_questionnaire"
    control = counts["area"].eq("2/x") & counts["month"].eq(104)
    assert told(counts.assign(asked_as=counts["asked_as"].mask(control, "r"))).values["control_count"] == 4


def test_an_office_that_was_closed_too_soon_has_too_few_months() -> None:
    counts = others(0.95)
    assert told(counts[counts["area"].ne(OWN) | counts["month"].lt(103)]).values["reason"] == "too_few_months"
    assert told(counts[counts["area"].ne(OWN)]).values["reason"] == "too_few_months"


def test_a_month_without_shown_answers_is_in_no_window_and_of_no_control_either() -> None:
    counts = others(0.95)
    found = told(counts[counts["area"].ne(OWN) | counts["month"].ne(102)])
    assert found.windows is not None
    assert found.windows.after == (101, 103, 104, 105, 106)
    assert found.values["after_count"] == 1000


def test_actions_of_one_month_share_their_effect() -> None:
    both = measure([did(), did(kind="plan")], others(0.95), RULE)
    assert [one.values["verdict"] for one in both] == ["helped", "helped"]
    assert both[0].values["effect"] == both[1].values["effect"]
