"""What is counted on its way into core is what PostgreSQL counts in core, and every rating is a sum of it."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.admission import clean, core_rows
from etl.periods import SurveyMonth
from etl.registry.counting import Counting
from etl.registry.questionnaire import Questionnaire
from etl.registry.rule_set import Definition
from etl.registry.terms import UNSTATED
from etl.scoring.statistics.clusters import SUMS
from etl.scoring.statistics.count import CELL, COUNTS, Criteria, count, together
from etl.scoring.statistics.covariance import SUMS as BOTH
from etl.scoring.statistics.definition import DEFINITIONS
from etl.warehouse import bulk

JUNE, JULY = SurveyMonth(2023, 6), SurveyMonth(2023, 7)
TREASURIES = {1: ("01", "north"), 34: ("34", "north"), 79: ("79", "south")}
QUESTIONNAIRE = Questionnaire.model_validate(
    {
        "code": "q",
        "valid_from": "2022-01-01",
        "scale": [{"level": n, "name_vi": str(n), "name_en": str(n), "labels": [str(n)]} for n in range(6)],
        "factors": [{"code": code, "name_vi": code, "name_en": code} for code in "fgh"],
        "criteria": [
            {"code": code, "factor": factor, "name_vi": code, "name_en": code}
            for code, factor in zip(("z", "b", "y", "a", "m"), "fgfhg", strict=True)  # neither is in order
        ],
    }
)
MEMBERS = {
    "unit_code": ["u1", "u2", "unstated"],
    "officer_code": ["Tổ một cửa", "CB-7", "unstated", "a|b"],
    "procedure_code": ["open", "pay"],
    "channel_code": ["web", "desk", "unstated"],
    "respondent_type_code": ["person", "firm"],
}
COUNTINGS = [
    Counting(satisfied, complaints, lowest)
    for satisfied, complaints, lowest in itertools.product([(4, 5), (5,)], [(), (1, 2)], [-1, 0, 1])
]
Loaded = dict[tuple[SurveyMonth, int], clean.Tidy]
DIMENSIONS = """
    select core.ensure_month('2023-06-01'), core.ensure_month('2023-07-01');
    insert into core.dim_region (region_code, region_name_vi, region_name_en)
    values ('north', 'Bắc', 'North'), ('south', 'Nam', 'South');
    insert into core.dim_treasury (
        treasury_id, treasury_code, treasury_name_vi, treasury_name_en, region_code, valid_from
    )
    overriding system value
    values (1, '01', '01', '01', 'north', '2008-08-01'), (34, '34', '34', '34', 'north', '2008-08-01'),
        (79, '79', '79', '79', 'south', '2008-08-01');
    insert into core.dim_questionnaire (questionnaire_code, digest, valid_from) values ('q', '', '2022-01-01');
"""


def made_up(seed: int, size: int) -> clean.Tidy:
    """Responses of a treasury with every kind of level, among them whole responses of silence."""
    random = np.random.default_rng(seed)
    codes = {name: pa.array(random.choice(members, size)).dictionary_encode() for name, members in MEMBERS.items()}
    columns = {
        "response_key": pa.array([str(number) for number in range(size)]),
        "submitted_at": pa.array([dt.datetime(2023, 7, 15, tzinfo=dt.UTC)] * size, pa.timestamp("us", "UTC")),
        **codes,
        "respondent_hash": pa.array(random.choice([*"abcdefgh", None], size), pa.string()),
        "is_harassment_reported": pa.nulls(size, pa.bool_()),
        "comment_text": pa.nulls(size, pa.string()),
    }
    levels = random.integers(-1, 6, (size, len(QUESTIONNAIRE.criteria)))
    levels[random.random(size) < 0.1] = -1
    levels[random.random(size) < 0.1] = 5
    return clean.Tidy(pa.table(columns), levels.astype(np.int8))


@pytest.fixture
def loaded(connection: sa.Connection) -> Loaded:
    """Two months of three treasuries in core, which nobody has counted; one of them is silent in July."""
    for statement in DIMENSIONS.split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
    for place, criterion in enumerate(QUESTIONNAIRE.criteria, start=1):
        connection.exec_driver_sql(
            "insert into core.dim_criterion (questionnaire_code, criterion_code, answer_position, factor_code,"
            " criterion_name_vi, criterion_name_en, factor_name_vi, factor_name_en)"
            f" values ('q', '{criterion.code}', {place}, '{criterion.factor}', '', '', '', '')"
        )
    whose = [place for place in itertools.product((JUNE, JULY), TREASURIES) if place != (JULY, 79)]
    found = {place: made_up(seed, 120) for seed, place in enumerate(whose)}
    for (month, treasury_id), tidy in found.items():
        bulk.copy_binary(connection, ("core", "fact_response"), core_rows.rows(tidy, treasury_id, month, QUESTIONNAIRE))
    return found


def counted_here(tidy: clean.Tidy, counting: Counting) -> pd.DataFrame:
    """What is counted on the way in, in two batches."""
    asked, halves = Criteria.of(QUESTIONNAIRE), (slice(None, 50), slice(50, None))
    return together(
        count(tidy.responses.take(np.arange(len(tidy.levels))[half]), tidy.levels[half], asked, counting)
        for half in halves
    )


def count_again(connection: sa.Connection, counting: Counting, months: tuple[SurveyMonth, SurveyMonth]) -> None:
    """Have PostgreSQL count the months."""
    whose = {"first_month": months[0].first_day, "last_month": months[1].first_day, "treasury_ids": list(TREASURIES)}
    warehouse.run(connection, "scoring/count_again", {**whose, **counting.params(), "counted_as": str(counting)})


def in_core(connection: sa.Connection, key: tuple[SurveyMonth, int]) -> pd.DataFrame:
    """The counts of a treasury's month that stand in core."""
    month, treasury_id = key
    columns = [*CELL, *COUNTS]
    found = connection.exec_driver_sql(
        f"select {', '.join(columns)} from core.unit_count"
        f" where survey_month = '{month.first_day}' and treasury_id = {treasury_id}"
    )
    return pd.DataFrame(found.all(), columns=columns)


def rows(counts: pd.DataFrame, key: list[str] = CELL) -> list[tuple[Any, ...]]:
    """The rows of counts, in an order of their own."""
    assert not counts.duplicated(key).any()
    return sorted(map(tuple, counts[[*key, *COUNTS]].to_numpy(dtype=object).tolist()))


@pytest.mark.parametrize("counting", COUNTINGS, ids=str)
def test_postgresql_counts_in_core_what_was_counted_on_the_way(
    connection: sa.Connection, loaded: Loaded, counting: Counting
) -> None:
    count_again(connection, counting, (JUNE, JULY))
    for key, tidy in loaded.items():
        here = counted_here(tidy, counting)
        assert set(here["breakdown"]) == {
            "total", "procedure", "officer", "channel", "respondent_type", "mix", "factor", "criterion"
        }  # fmt: skip
        assert rows(in_core(connection, key)) == rows(here)
    assert in_core(connection, (JULY, 79)).empty


def test_only_the_asked_months_are_counted_again(connection: sa.Connection, loaded: Loaded) -> None:
    count_again(connection, COUNTINGS[0], (JUNE, JUNE))
    assert [in_core(connection, key).empty for key in loaded] == [month != JUNE for month, _ in loaded]


@pytest.mark.parametrize("months", [(JUNE, JUNE), (JULY, JULY), (JUNE, JULY)], ids=["June", "July", "a round"])
@pytest.mark.parametrize("whose", [(1, 34, 79), (1, 79)], ids=str)
def test_every_area_is_the_sum_of_its_units(
    connection: sa.Connection, loaded: Loaded, months: tuple[SurveyMonth, SurveyMonth], whose: tuple[int, ...]
) -> None:
    counting = COUNTINGS[-1]
    count_again(connection, counting, (JUNE, JULY))
    bounds = {"first_month": months[0].first_day, "last_month": months[1].first_day}
    summed = pd.DataFrame(warehouse.rows(connection, "scoring/count", **bounds, treasury_ids=list(whose)))
    units = [
        counted_here(tidy, counting).assign(treasury_id=treasury_id)
        for (month, treasury_id), tidy in loaded.items()
        if month in months and treasury_id in whose
    ]
    expected = pd.concat([areas(pd.concat(units), level) for level in ("system", "region", "treasury", "unit")])
    key = ["area_level", "area_code", "breakdown", "member_code"]
    assert rows(summed, key) == rows(expected, key)


def areas(units: pd.DataFrame, level: str) -> pd.DataFrame:
    """Counts of units added up to areas of a level; the mix is a treasury's, and officers are a unit's."""
    codes = {
        "system": lambda row: "all",
        "region": lambda row: TREASURIES[row.treasury_id][1],
        "treasury": lambda row: TREASURIES[row.treasury_id][0],
        "unit": lambda row: f"{TREASURIES[row.treasury_id][0]}/{row.unit_code}",
    }
    left_out = {"mix": level != "treasury", "officer": level != "unit"}
    kept = units[~units["breakdown"].map(left_out).eq(True)]
    placed = kept.assign(area_level=level, area_code=[codes[level](row) for row in kept.itertuples()])
    by = ["area_level", "area_code", "breakdown", "member_code"]
    return placed.groupby(by, as_index=False)[list(COUNTS)].sum()


def test_what_was_counted_otherwise_or_not_at_all_is_found(connection: sa.Connection, loaded: Loaded) -> None:
    connection.exec_driver_sql(
        "insert into ops.run (run_id, survey_month, started_at, code_version, rule_set_code, questionnaire_code)"
        " values ('run', '2023-07-01', now(), '0', 'rules', 'q')"
    )
    for (month, treasury_id), state in {**dict.fromkeys(loaded, "loaded"), (JULY, 79): "refused"}.items():
        connection.exec_driver_sql(
            "insert into ops.treasury_month (survey_month, treasury_id, treasury_state, read_count, loaded_count,"
            f" turned_away_count, run_id, updated_at) values ('{month.first_day}', {treasury_id}, '{state}', 0, 0, 0,"
            " 'run', now())"
        )

    def uncounted(counting: Counting, *treasury_ids: int) -> set[tuple[dt.date, int]]:
        bounds = {"first_month": JUNE.first_day, "last_month": JULY.first_day, "treasury_ids": list(treasury_ids)}
        found = warehouse.rows(connection, "scoring/uncounted", **bounds, counted_as=str(counting))
        return {(row["survey_month"], row["treasury_id"]) for row in found}

    one, another = COUNTINGS[0], COUNTINGS[-1]
    everybody = {(month.first_day, treasury_id) for month, treasury_id in loaded}
    assert uncounted(one, *TREASURIES) == everybody
    assert uncounted(one, 34) == {(JUNE.first_day, 34), (JULY.first_day, 34)}
    count_again(connection, one, (JUNE, JUNE))
    assert uncounted(one, *TREASURIES) == {key for key in everybody if key[0] == JULY.first_day}
    count_again(connection, one, (JULY, JULY))
    assert uncounted(one, *TREASURIES) == set()
    assert uncounted(another, *TREASURIES) == everybody


# --- who clusters


@pytest.mark.parametrize("clustering", ["respondents", "officers", "units"])
@pytest.mark.parametrize("definition", DEFINITIONS)
def test_what_several_responses_of_one_share_is_counted_as_it_is_here(
    connection: sa.Connection, loaded: Loaded, clustering: str, definition: Definition
) -> None:
    counting = COUNTINGS[-1]
    bounds = {"first_month": JUNE.first_day, "last_month": JULY.first_day, "treasury_ids": [1, 79]}
    asked = {"clustering": clustering, "definition_code": definition, **counting.params()}
    found = pd.DataFrame(warehouse.rows(connection, "scoring/count_clusters", **bounds, **asked))
    answers = pd.concat(
        answered(tidy, counting, definition).assign(treasury_id=treasury_id, month=str(month))
        for (month, treasury_id), tidy in loaded.items()
        if treasury_id in (1, 79)
    )
    expected = pd.concat(shared(answers, level, clustering) for level in ("system", "region", "treasury", "unit"))
    key = ["area_level", "area_code", "breakdown", "member_code"]
    assert {*found["breakdown"]} >= {"total", "procedure", "channel", "respondent_type", "factor", "criterion"}
    pd.testing.assert_frame_equal(
        found[[*key, *SUMS]].sort_values(key, ignore_index=True).astype(expected.dtypes),
        expected.sort_values(key, ignore_index=True),
    )


def test_who_names_nobody_shares_nothing(connection: sa.Connection, loaded: Loaded) -> None:
    connection.exec_driver_sql("update core.fact_response set respondent_hash = null, officer_code = 'unstated'")
    connection.exec_driver_sql("update core.fact_response set unit_code = 'unstated'")
    bounds = {"first_month": JUNE.first_day, "last_month": JULY.first_day, "treasury_ids": list(TREASURIES)}
    for clustering in ("respondents", "officers", "units"):
        asked = {"clustering": clustering, "definition_code": "share_of_answers", **COUNTINGS[0].params()}
        assert warehouse.rows(connection, "scoring/count_clusters", **bounds, **asked) == []


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_who_answered_in_two_months_is_counted_as_it_is_here(
    connection: sa.Connection, loaded: Loaded, definition: Definition
) -> None:
    counting = COUNTINGS[-1]
    bounds = {"first_month": JULY.first_day, "last_month": JULY.first_day, "treasury_ids": [1, 79]}
    bounds |= {"before_first_month": JUNE.first_day, "before_last_month": JUNE.first_day}
    found = warehouse.rows(connection, "scoring/returning", **bounds, definition_code=definition, **counting.params())
    answers = pd.concat(
        answered(tidy, counting, definition).assign(treasury_id=treasury_id, is_now=month == JULY)
        for (month, treasury_id), tidy in loaded.items()
        if treasury_id in (1, 79)
    ).query("breakdown == 'total' and respondent_hash.notna()")
    expected: dict[tuple[str, str], list[int]] = {}
    for level, within in (("treasury", []), ("unit", ["unit_code"])):
        for whom, own in answers.groupby(["treasury_id", *within, "respondent_hash"]):
            now, before = own[own["is_now"]], own[~own["is_now"]]
            if now.empty or before.empty:
                continue
            (k, n), (k_before, n_before) = (part[["k", "n"]].sum().tolist() for part in (now, before))
            sums = [1, len(now), len(before), k * k_before, k * n_before, n * k_before, n * n_before]
            code, region = TREASURIES[whom[0]]
            areas_of = [("unit", f"{code}/{whom[1]}")]
            if level == "treasury":
                areas_of = [("treasury", code), ("region", region), ("system", "all")]
            for area in areas_of:
                expected[area] = [a + b for a, b in zip(expected.get(area, [0] * 7), sums, strict=True)]
    assert {(row["area_level"], row["area_code"]): [row[name] for name in BOTH] for row in found} == expected
    assert expected["system", "all"][0] > 5


def answered(tidy: clean.Tidy, counting: Counting, definition: Definition) -> pd.DataFrame:
    """The answers of each response in each cell of its unit: n of them, k satisfied, and from whom they are."""
    whom = tidy.responses.to_pandas().astype(object)
    levels = pd.DataFrame(tidy.levels, columns=[criterion.code for criterion in QUESTIONNAIRE.criteria])
    factors = {criterion.code: criterion.factor for criterion in QUESTIONNAIRE.criteria}
    parts = [
        (breakdown, whom[f"{breakdown}_code"], levels)
        for breakdown in ("procedure", "officer", "channel", "respondent_type")
    ]
    parts += [("total", "all", levels)]
    parts += [("factor", f, levels[[c for c in factors if factors[c] == f]]) for f in set(factors.values())]
    parts += [("criterion", criterion, levels[[criterion]]) for criterion in factors]
    cells = []
    for breakdown, member, of_part in parts:
        n = of_part.ge(counting.lowest_level).sum(axis=1)
        k = of_part.isin(counting.satisfied_levels).sum(axis=1)
        complaints = of_part.isin(counting.complaint_levels).sum(axis=1)
        if breakdown != "officer" and definition != "share_of_answers":
            k = k.eq(n) if definition == "share_of_persons" else complaints.eq(0)
            n = n.gt(0).astype(int)
        cell = whom.assign(breakdown=breakdown, member_code=member, k=k.astype(int), n=n)
        cells.append(cell[n.gt(0)])
    return pd.concat(cells, ignore_index=True)


def shared(answers: pd.DataFrame, level: str, clustering: str) -> pd.DataFrame:
    """What the sums over clusters within an area have beyond those over its responses."""
    unit = answers["unit_code"]
    cluster = {
        "respondents": answers["respondent_hash"],
        "officers": (unit + " " + answers["officer_code"]).mask(answers["officer_code"].eq(UNSTATED)),
        "units": unit.mask(unit.eq(UNSTATED)),
    }[clustering]
    codes = answers["treasury_id"].map(lambda number: TREASURIES[number][0])
    own = {
        "system": "all",
        "region": answers["treasury_id"].map(lambda number: TREASURIES[number][1]),
        "treasury": codes,
        "unit": codes + "/" + unit,
    }[level]
    rows = answers.assign(area_level=level, area_code=own, cluster=cluster).dropna(subset="cluster")
    rows = rows[rows["breakdown"].ne("officer") | ((level == "unit") & (clustering == "respondents"))]
    if (level, clustering) == ("unit", "units"):
        rows = rows.iloc[:0]
    rows = rows.assign(kk=rows["k"] ** 2, nn=rows["n"] ** 2, kn=rows["k"] * rows["n"], responses=1)
    key = ["area_level", "area_code", "breakdown", "member_code"]
    by_cluster = rows.groupby([*key, "treasury_id", "cluster"])[["responses", "k", "n", "kk", "nn", "kn"]].sum()
    by_cluster = by_cluster[by_cluster["responses"].gt(1)]
    k, n = by_cluster["k"], by_cluster["n"]
    beyond = (1 - by_cluster["responses"], k * k - by_cluster["kk"], n * n - by_cluster["nn"], k * n - by_cluster["kn"])
    found = pd.DataFrame(dict(zip(SUMS, beyond, strict=True)), index=by_cluster.index)
    return found.groupby(level=key).sum().reset_index()
