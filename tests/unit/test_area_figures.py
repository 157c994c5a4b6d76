"""Reliability and run charts of treasuries and units, against figures that were worked out by hand."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from etl import settings
from etl.errors import Misdeclared
from etl.periods import SurveyMonth
from etl.registry import area_rules
from etl.registry.area_rules import AreaReliability, AreaRules, ChartedMonths
from etl.registry.declared import read
from etl.scoring.statistics.area_figures import AREA_FIGURES, area_figures
from etl.scoring.statistics.run_chart import run_chart
from etl.scoring.statistics.shrinkage import likeliest

RULES = AreaRules(
    code="areas-test",
    valid_from=dt.date(2022, 1, 1),
    source="test",
    reliability=AreaReliability(least_areas=4, least_responses=30, half=16.5),
    run_chart=ChartedMonths(months=36),
)

# fmt: off
RELIABLE = [
    # responses | effective answers | reliability: 2 answers a response count, n/(n + 16.5)
    (66,          132,                0.8),
    (30,          60,                 0.64516),
    (149,         298,                0.90030),
]

CHARTS = [
    # the months before   | this month | centre | limits           | rules
    ([],                    0.90,        0.90,    None,              None),
    ([0.90],                0.80,        0.85,    (0.584, 1.116),    "{}"),      # ± 2.66 · 0.1
    ([0.90, 0.90, 0.90],    0.90,        0.90,    (0.90, 0.90),      "{}"),      # alike: nothing is special
    ([0.90, 0.92] * 4,      0.60,        0.8756,  (0.72261, 1.02851), "{outside}"),
    ([0.70, 0.71, 0.72, 0.73, 0.74, 0.75], 0.76, 0.73, (0.7034, 0.7566), "{outside,trend,near_limit}"),
]
# fmt: on


def areas(rows: Sequence[tuple[object, ...]], level: str = "unit") -> pd.DataFrame:
    """Areas of a level: responses, effective answers, rate, hidden or not, earlier points."""
    names = ["response_count", "effective_count", "satisfaction_rate", "is_suppressed", "chart_past"]
    table = pd.DataFrame(rows, columns=names).assign(area_level=level, unit_code=[f"u{n}" for n in range(len(rows))])
    return table.astype({"chart_past": object})


def test_the_reliability_is_of_effective_responses_and_the_declared_half_is_said() -> None:
    found = area_figures(areas([(n, size, 0.9, False, None) for n, size, _ in RELIABLE]), RULES)
    assert found["effective_responses"].astype(float).tolist() == pytest.approx([row[0] for row in RELIABLE])
    assert found["reliability"].astype(float).tolist() == pytest.approx([row[2] for row in RELIABLE], abs=1e-5)
    assert set(found["reliability_half"]) == {16.5}
    assert set(found["reliability_origin"]) == {"declared"}
    assert found["chart_centre"].isna().all()


def test_the_half_is_fitted_over_shown_offices_once_there_are_enough() -> None:
    rates = [0.95, 0.7, 0.85, 0.6, 0.9]
    rows = [(100, 200, rate, False, None) for rate in rates]
    fitted = likeliest([200 * rate for rate in rates], [200] * len(rates))
    assert fitted is not None
    found = area_figures(areas(rows), RULES)
    assert set(found["reliability_origin"]) == {"fitted"}
    half = (fitted.a + fitted.b) / 2  # of answers, of which two are a response
    assert found["reliability_half"].astype(float).tolist() == pytest.approx([half] * len(rates), abs=1e-6)
    assert found["reliability"].astype(float).tolist() == pytest.approx([100 / (100 + half)] * len(rates), abs=1e-6)
    hidden = area_figures(areas([*rows, (100, 200, 0.05, True, "{}")]), RULES)
    assert hidden.iloc[:5].equals(found)  # what is hidden changes nothing, and has nothing
    assert hidden.iloc[5].isna().all()
    few = area_figures(areas([(29, 58, rate, False, None) for rate in rates]), RULES)
    assert set(few["reliability_origin"]) == {"declared"}


@pytest.mark.parametrize(("past", "rate", "centre", "limits", "rules"), CHARTS)
def test_a_chart_stands_as_in_its_last_month(
    past: list[float], rate: float, centre: float, limits: tuple[float, float] | None, rules: str | None
) -> None:
    points = json.dumps({f"2023-{month:02}": value for month, value in enumerate(past, 1)})
    (row,) = area_figures(areas([(50, 50, rate, False, points)]), RULES).to_dict("records")
    assert (row["chart_point_count"], row["is_chart_trial"]) == (len(past) + 1, True)
    assert row["chart_centre"] == pytest.approx(centre, abs=1e-3)
    assert [row["chart_low"], row["chart_high"]] == (
        [None, None] if limits is None else pytest.approx(list(limits), abs=1e-3)
    )
    assert row["chart_rules"] == rules


def test_limits_are_no_trial_from_twelve_points_on() -> None:
    points = {f"2022-{month:02}": 0.9 + month % 2 / 100 for month in range(1, 12)}
    found = area_figures(areas([(50, 50, 0.9, False, json.dumps(points))]), RULES)
    assert found["is_chart_trial"].tolist() == [False]


@pytest.mark.parametrize(("level", "unit"), [("system", None), ("region", None), ("unit", "unstated")])
def test_only_offices_have_them(level: str, unit: str | None) -> None:
    one = areas([(50, 50, 0.9, False, "{}")], level).assign(unit_code=unit)
    assert area_figures(one, RULES).isna().all(axis=None)
    assert area_figures(areas([(50, 50, 0.9, False, "{}")]), None).isna().all(axis=None)
    assert list(area_figures(one, None).columns) == list(AREA_FIGURES)


def test_months_that_are_all_alike_are_not_beyond_their_own_mean() -> None:
    for value in np.linspace(0.01, 0.99, 99):
        assert not run_chart([value] * 3).is_special.any(), value


def test_the_shipped_rules_are_in_force_and_may_not_be_edited() -> None:
    declared = area_rules.checked({Path("a"): RULES})
    assert area_rules.in_force(declared, SurveyMonth(2021, 12)) is None
    assert area_rules.in_force(declared, SurveyMonth(2023, 7)) == RULES
    pin = {"area_rules_code": RULES.code, "area_rules_digest": RULES.digest}
    assert area_rules.pinned(declared, pin) == RULES
    assert area_rules.pinned(declared, dict.fromkeys(pin)) is None
    edited = AreaRules.model_validate({**RULES.model_dump(), "run_chart": {"months": 24}})
    with pytest.raises(Misdeclared, match="areas-test of reliability and run charts are gone, or were edited"):
        area_rules.pinned([edited], pin)


def test_two_files_for_the_same_days_are_refused_and_so_is_a_number_that_cannot_be(tmp_path: Path) -> None:
    (shipped,) = (settings.read().config / "areas").glob("*.yaml")
    files = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for file in files:
        shutil.copy(shipped, file)
    with pytest.raises(Misdeclared, match="the rules of areas is declared twice"):
        area_rules.checked({file: read(file, AreaRules) for file in files})
    text = files[0].read_text("utf-8")
    assert "half: 16.5" in text
    files[0].write_text(text.replace("half: 16.5", "half: 0"), "utf-8")
    with pytest.raises(Misdeclared, match=r"a\.yaml:\d+: reliability\.half"):
        read(files[0], AreaRules)


def test_the_shipped_file_has_the_digest_that_revisions_pin_and_its_months_do_not_move_it() -> None:
    (file,) = (settings.read().config / "areas").glob("*.yaml")
    rules = read(file, AreaRules)
    assert rules.digest == "1a78f338fee6f615398cbcb1a612aa07e00b99f32b5dc848f6c08ca29d547eca"
    ended = AreaRules.model_validate({**rules.model_dump(exclude_unset=True), "valid_to": dt.date(2027, 12, 31)})
    assert ended.digest == rules.digest  # a successor ends it after it was used
    assert (rules.reliability.half, rules.run_chart.months) == (16.5, 36)
