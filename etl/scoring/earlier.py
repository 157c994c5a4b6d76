"""What is known of each area from earlier periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from etl import warehouse
from etl.periods import Period
from etl.registry.rule_set import Comparability, RuleSet
from etl.registry.ruled import Ruled
from etl.scoring.charted import earlier_points
from etl.scoring.returning import EarlierPeriod, overlap
from etl.scoring.statistics.standings import KEY, PAST

Lasting = dict[tuple[str, int, str, str], int]
"""For how many periods a weakness had lasted, by area level, treasury, unit (empty for none) and criterion."""

Cell = tuple[str, str, str, str]
"""A cell of the ratings: area level, area, breakdown and member."""

_BOTH = Comparability(broken_by=("definition", "questionnaire"), max_mix_distance=1.0)
_AREA = ["area_level", "shared_code", "treasury_id", "unit_code"]
_COUNTED = ["satisfaction_rate", "rate_denominator", "response_count"]


@dataclass(frozen=True)
class Rated:
    """A period's ratings of every area, and counts by treasury and mix."""

    ratings: pd.DataFrame
    mix: pd.DataFrame


@dataclass(frozen=True)
class Past:
    """What figures take from outside of their period's answers.

    It is kept with them, so that they can be made again.

    By area the columns ``PAST``; how long each weakness had lasted; the files handled by treasury_id; of a round the
    cells (area level and code, breakdown, member) that are hidden in one of its months.
    """

    areas: pd.DataFrame
    lasting: Lasting
    handled: dict[int, int]
    hidden: frozenset[Cell]


def of_period(connection: warehouse.Connection, ruled: Ruled, rated: Rated) -> Past:
    """The past of rated areas, by the last figures of earlier periods."""
    table, period = rated.ratings, ruled.period
    previous, year_before = ruled.registry.previous(period), ruled.registry.year_before(period)
    areas = table.loc[
        table["breakdown"].eq("total") & table["answer_count"].gt(0), [*KEY, "treasury_id", "unit_code", *_COUNTED]
    ]
    areas = areas.assign(shared_code=areas["area_code"].where(areas["treasury_id"].isna(), None))
    before = _figures(_past(connection, previous), "previous", ruled)
    year = _figures(_past(connection, year_before), "year_before", ruled)
    year = year[year["is_comparable"].eq(True)].drop(columns=["is_comparable", "year_before_rank"])
    past = areas.merge(before, on=_AREA, how="left", validate="1:1").merge(year, on=_AREA, how="left", validate="1:1")
    past = past.merge(
        _mix_distance(connection, rated.mix, previous, ruled.rule_set), on="treasury_id", how="left", validate="m:1"
    )
    for earlier in (EarlierPeriod(previous, "previous"), EarlierPeriod(year_before, "year_before")):
        past = past.join(overlap(connection, ruled, past, earlier))
    past["chart_past"] = earlier_points(connection, ruled, past)
    past["mix_distance"] = past["mix_distance"].where(past["area_level"].eq("treasury"))
    handled = {
        row["treasury_id"]: row["handled_count"]
        for row in warehouse.rows(connection, "scoring/handled_files", **period.bounds)
    }
    hidden = warehouse.rows(connection, "scoring/hidden_in_months", **period.bounds) if period.is_round else []
    return Past(past[[*KEY, *PAST]], _lasting(connection, previous), handled, _cells(hidden))


def as_published(connection: warehouse.Connection, key: dict[str, Any], *, is_round: bool) -> Past:
    """The past that a published revision (period_code, revision_number) was made with."""
    areas = warehouse.rows(connection, "publishing/past", **key)
    weaknesses = warehouse.rows(connection, "publishing/past_weakness", **key)
    return Past(
        areas=pd.DataFrame(areas, columns=[*KEY, *PAST]),
        lasting={_weakness_key(row): row["lasting_count"] - 1 for row in weaknesses},
        handled={row["treasury_id"]: row["handled_count"] for row in areas if row["handled_count"] is not None},
        hidden=_cells(warehouse.rows(connection, "publishing/hidden", **key)) if is_round else frozenset(),
    )


def _cells(rows: list[dict[str, Any]]) -> frozenset[Cell]:
    """Cells by their names."""
    return frozenset((row["area_level"], row["area_code"], row["breakdown"], row["member_code"]) for row in rows)


def _past(connection: warehouse.Connection, period: Period | None) -> list[dict[str, Any]]:
    """What was known of each area in an earlier period, if any."""
    return warehouse.rows(connection, "scoring/past", period_code=period.code) if period else []


def _figures(rows: list[dict[str, Any]], name: str, ruled: Ruled) -> pd.DataFrame:
    """An earlier period's rates, errors and ranks, and whether they compare."""
    columns = ["period_code", *_COUNTED, "standard_error", "rank", "definition_digest", "questionnaire_code"]
    frame = pd.DataFrame(rows, columns=[*_AREA, *columns]).astype({"treasury_id": "Int64"})
    broken_by = (ruled.rule_set.comparability or _BOTH).broken_by
    alike = pd.Series(True, frame.index)
    if "definition" in broken_by:
        alike &= frame["definition_digest"].eq(ruled.rule_set.definition_digest)
    if "questionnaire" in broken_by:
        alike &= frame["questionnaire_code"].eq(ruled.questionnaire.code)
    return pd.DataFrame(
        {
            **{key: frame[key] for key in _AREA},
            f"{name}_period_code": frame["period_code"],
            f"{name}_rate": frame["satisfaction_rate"].astype(float),
            f"{name}_standard_error": frame["standard_error"].astype(float),
            f"{name}_rank": frame["rank"].astype("Int64"),
            **{f"{name}_{column}": frame[column].astype(float).where(alike) for column in _COUNTED},
            "is_comparable": alike,
        }
    )


def _mix_distance(
    connection: warehouse.Connection, mix: pd.DataFrame, period: Period | None, rules: RuleSet
) -> pd.DataFrame:
    """How far each treasury's mix moved, 0 to 1 (total variation); not where it would tell a hidden part of before."""
    rows = warehouse.rows(connection, "scoring/past_mix", period_code=period.code) if period else []
    key = ["treasury_id", "member_code"]
    before = pd.DataFrame(rows, columns=[*key, "response_count", "is_hidden"]).astype({"treasury_id": "Int64"})
    if rules.hides_against_bounds:
        is_told = before["is_hidden"].astype(bool) | before["response_count"].lt(rules.least_shown)
        before = before[~before["treasury_id"].isin(before.loc[is_told, "treasury_id"])]
    before = before.drop(columns="is_hidden")
    both = mix[[*key, "response_count"]].merge(before, on=key, how="outer", suffixes=("_now", "_before")).fillna(0)
    counts = both.set_index("treasury_id")[["response_count_now", "response_count_before"]].astype(float)
    shares = counts / counts.groupby(level=0).transform("sum")
    distance = (shares["response_count_now"] - shares["response_count_before"]).abs().groupby(level=0).sum(min_count=1)
    # as it is kept: a limit must not be passed by a digit that nobody will find again
    return (distance / 2).round(10).rename("mix_distance").reset_index().astype({"treasury_id": "Int64"})


def _lasting(connection: warehouse.Connection, period: Period | None) -> Lasting:
    """How long each weakness of an earlier period had lasted."""
    rows = warehouse.rows(connection, "scoring/past_weakness", period_code=period.code) if period else []
    return {_weakness_key(row): row["lasting_count"] for row in rows}


def _weakness_key(row: dict[str, Any]) -> tuple[str, int, str, str]:
    """What a weakness is found again by."""
    return row["area_level"], row["treasury_id"], row["unit_code"] or "", row["criterion_code"]
