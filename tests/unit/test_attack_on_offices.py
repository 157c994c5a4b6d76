"""The attackers of run charts, reliability and training needs find what is made of something hidden."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.lib.attack import charts, needs
from tests.lib.attack.seen import Marts

MONTHS = ["2023-05", "2023-06", "2023-07"]
RATES = [0.9, 0.5, 0.7]
KEYS = {"area_level": "unit", "area_code": "34/1"}


def charted(points: list[float], shown: list[float | None]) -> Marts:
    """A unit whose chart of July is made of some points, of which some months are shown."""
    reach = 2.66 * np.abs(np.diff(points)).mean()
    drawn = {"point_count": len(points), "centre_rate": np.mean(points)}
    drawn |= {"low_rate": drawn["centre_rate"] - reach, "high_rate": drawn["centre_rate"] + reach}
    rows = [
        {**KEYS, "period_code": month, "satisfaction_rate": rate, **(drawn if month == MONTHS[-1] else {})}
        for month, rate in zip(MONTHS, shown, strict=True)
    ]
    return Marts({"run_chart": pd.DataFrame(rows).astype({"satisfaction_rate": float})})


def test_a_chart_of_shown_months_tells_nothing() -> None:
    assert charts.recovered(charted(RATES, [0.9, 0.5, 0.7]), "2023-07", MONTHS[:2]).empty
    assert charts.recovered(charted([0.9, 0.7], [0.9, None, 0.7]), "2023-07", MONTHS[:2]).empty


def test_a_chart_with_a_hidden_month_gives_it_away() -> None:
    found = charts.recovered(charted(RATES, [0.9, None, 0.7]), "2023-07", MONTHS[:2])
    assert found[["period_code", "area_code"]].to_numpy().tolist() == [["2023-06", "34/1"]]
    assert found["value"].tolist() == pytest.approx([0.5])


def competences(answers: list[float | None], said: int | None, network: list[float | None]) -> Marts:
    """A unit with two criteria of one competence, what is said of the competence, and the network's criteria."""
    rows = [
        {"period_code": "2023-07", **keys, "breakdown": "criterion", "member_code": f"c{place}", "region_code": None,
         "answer_count": count, "satisfied_count": count}
        for keys, counts in ((KEYS, answers), ({"area_level": "system", "area_code": "all"}, network))
        for place, count in enumerate(counts)
    ]  # fmt: skip
    need = {"period_code": "2023-07", **KEYS, "competence_code": "k", "answer_count": said, "satisfied_count": said}
    need |= {"satisfaction_rate": 1.0, "gap_points": None if said is None else 0.0}
    figures = pd.DataFrame(rows).astype({"answer_count": float, "satisfied_count": float})
    return Marts({"breakdown_rating": figures, "training_need": pd.DataFrame([need])})


@pytest.mark.parametrize(
    ("answers", "said", "network", "value"),
    [
        ([9, 8], 17, [90, 80], []),
        ([9, None], None, [90, 80], []),
        ([9, None], 13, [90, 80], [4, 4]),  # a hidden criterion by the sum that holds it
        ([9, 8], 21, [90, 80], [4, 4]),  # an area's criterion that no row shows
        ([9, 8], 17, [90, None], [1.0]),  # the network's rate, of which a criterion is hidden, by the gap to it
    ],
)
def test_a_sum_with_a_hidden_criterion_gives_it_away(
    answers: list[float | None], said: int | None, network: list[float | None], value: list[float]
) -> None:
    marts = competences(answers, said, network)
    assert needs.recovered(marts, "2023-07", {"c0": "k", "c1": "k"})["value"].tolist() == value


@pytest.mark.parametrize(("half", "is_found"), [(16.5, False), (20.0, True)])
def test_a_reliability_that_does_not_follow_from_shown_areas_is_found(half: float, is_found: bool) -> None:
    rows = pd.DataFrame(
        {
            "period_code": "2023-07",
            "treasury_code": ["19", "34"],
            "response_count": [40, 60],
            "effective_count": [80.0, 120.0],
            "effective_responses": [40.0, 60.0],
            "reliability_half": 16.5,
        }
    )
    rows = rows.assign(reliability=rows["effective_responses"] / (rows["effective_responses"] + half))
    marts = Marts({"treasury_ranking": rows, "unit_rating": rows.iloc[:0]})
    assert charts.reliable(marts, "2023-07").empty != is_found
