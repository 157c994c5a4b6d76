"""How much the figures of treasuries and units tell: their reliability, and their run charts over published months."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from etl.registry.area_rules import AreaReliability, AreaRules
from etl.registry.terms import UNSTATED
from etl.scoring.statistics.reliability import reliability, spread
from etl.scoring.statistics.run_chart import RunChart, run_chart

RELIABILITY = ("effective_responses", "reliability", "reliability_half", "reliability_origin")
CHART = ("chart_point_count", "chart_centre", "chart_low", "chart_high", "is_chart_trial", "chart_rules")
AREA_FIGURES = (*RELIABILITY, *CHART)
LEVELS = ("treasury", "unit")
_MARKS = ("outside", "one_side", "trend", "near_limit")


def area_figures(areas: pd.DataFrame, rules: AreaRules | None) -> pd.DataFrame:
    """The columns ``AREA_FIGURES`` of areas, by their index; all empty where no rules are declared.

    ``areas``: area_level, unit_code, response_count, effective_count, satisfaction_rate, is_suppressed and chart_past:
    the rates by month code, as shown before, as JSON, or nothing where there is no chart. Both are of treasuries and
    units alone, and are made of shown ones alone: what is hidden has none, and changes none.
    """
    found = pd.DataFrame(index=areas.index, columns=list(AREA_FIGURES), dtype=object)
    if rules is None:
        return found
    is_office = areas["area_level"].isin(LEVELS) & areas["unit_code"].ne(UNSTATED)
    shown = areas[is_office & ~areas["is_suppressed"].astype(bool)]
    for level in LEVELS:
        group = shown[shown["area_level"].eq(level)]
        if len(group):
            found.loc[group.index, list(RELIABILITY)] = _reliability(group, rules.reliability)
    has_chart = np.array([isinstance(past, str) for past in shown["chart_past"]], dtype=bool)
    charted = shown[has_chart]
    rates = charted["satisfaction_rate"].to_numpy(np.float64)
    points = np.empty((len(charted), len(CHART)), dtype=object)
    for number, (past, rate) in enumerate(zip(charted["chart_past"], rates, strict=True)):
        points[number] = _last_point(json.loads(past), float(rate))
    found.loc[charted.index, list(CHART)] = points
    return found


def _reliability(group: pd.DataFrame, asked: AreaReliability) -> np.ndarray:
    """The columns ``RELIABILITY`` of the shown areas of a level.

    Responses count as independent as far as the rating's effective answers say so: over how many of them a response of
    the level is worth. M is fitted in these answers, as a binomial has them, and said in responses.
    """
    trials, responses = (group[name].to_numpy(np.float64) for name in ("effective_count", "response_count"))
    worth = max(float(trials.sum() / responses.sum()), 1.0)
    satisfied = group["satisfaction_rate"].to_numpy(np.float64) * trials
    known = spread(satisfied, trials, (asked.least_areas, asked.least_responses * worth))
    is_fitted = known.origin == "fitted"
    half = round(known.half / worth if is_fitted else asked.half, 6)
    found = np.empty((len(group), len(RELIABILITY)), dtype=object)
    found[:, 0] = trials / worth
    found[:, 1] = reliability(trials / worth, half)
    found[:, 2], found[:, 3] = half, "fitted" if is_fitted else "declared"
    return found


def _last_point(past: dict[str, float], rate: float) -> list[Any]:
    """The columns ``CHART`` of an area: its chart as it stands in its last month.

    The rate is taken with the ten digits that are published: whoever has these makes the same chart.
    """
    chart = run_chart([*(past[month] for month in sorted(past)), round(rate, 10)])
    limits = [None if np.isnan(limit) else limit for limit in (chart.low, chart.high)]
    return [len(past) + 1, chart.mean, *limits, chart.is_trial, _broken(chart)]


def _broken(chart: RunChart) -> str | None:
    """The rules that the last point breaks, as a list of PostgreSQL; None where there are no limits."""
    if np.isnan(chart.low):
        return None
    return "{" + ",".join(name for name in _MARKS if getattr(chart, name)[-1]) + "}"
