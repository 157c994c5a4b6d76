"""Where no change is given, a code says why, in every mart that shows changes; and only there."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

MONTH = (Path(__file__).parent / "month.sql").read_text("utf-8")
JUNE, YEAR_BEFORE = "2023-06", "2022-07"
CHANGES = {
    "treasury_ranking": ("change", "year_change"),
    "treasury_trend": ("change", "year_change"),
    "unit_rating": ("change",),
}
BEFORE = "update score.standing set previous_period_code = '2023-06', previous_rate = 0.5, is_comparable"
THEN = "update score.standing set year_before_period_code = '2022-07', year_before_rate = 0.5"
EARLIER = """
    insert into core.dim_period values ('{code}', 'month', 'x', 'x', '{code}-01', '{code}-01');
    select core.ensure_month('{code}-01');
    insert into score.revision (period_code, revision_number, month_status, open_count, loaded_count, rule_set_code,
        rule_set_digest, questionnaire_code, code_version, run_id, scored_at)
    select '{code}', 0, month_status, open_count, loaded_count, rule_set_code, rule_set_digest, questionnaire_code,
        code_version, run_id, scored_at
    from score.revision where period_code = '2023-07';
    insert into score.rating (period_code, rate_numerator, rate_denominator, survey_month, area_level, area_code,
        breakdown, member_code, region_code, treasury_id, unit_code, response_count, answer_count, satisfied_count,
        footnote_codes, rule_set_code, questionnaire_code, run_id, scored_at)
    select '{code}', rate_numerator, rate_denominator, '{code}-01', area_level, area_code, breakdown, member_code,
        region_code, treasury_id, unit_code, response_count, answer_count, satisfied_count, '{{}}', rule_set_code,
        questionnaire_code, run_id, scored_at
    from score.rating where period_code = '2023-07';
    select score.keep_words('{code}');
"""
NO_YEAR = "delete from score.rating where period_code = '2022-07'"
LATER = "update score.revision set scored_at = scored_at + interval '1 hour' where period_code = '2022-07'"
HIDE = "update score.rating set is_suppressed = true where area_code in ('34', '34/u') and breakdown = 'total' and"

# fmt: off
REASONS = [
    # what is so                               | how it comes about | of the change | of the year's
    ("nothing was rated before",                 [NO_YEAR],
     "no_earlier_period",  "no_earlier_period"),
    ("both are there",                           [f"{BEFORE} = true", THEN],
     None,                 None),
    ("it was not there before",                  [f"{BEFORE} = true where area_level = 'system'",
                                                  f"{THEN} where area_level = 'system'"],
     "absent_before",      "absent_before"),
    ("it was hidden before",                     [f"{BEFORE} = true where area_level = 'system'",
                                                  f"{THEN} where area_level = 'system'",
                                                  f"{HIDE} period_code < '2023-07'"],
     "hidden_before",      "hidden_before"),
    ("it is hidden now",                         [f"{BEFORE} = true", THEN, f"{HIDE} period_code = '2023-07'"],
     "suppressed",         "suppressed"),
    ("it was counted otherwise before",          [f"{BEFORE} = false", NO_YEAR],
     "definition_changed", "no_earlier_period"),
    ("it was counted otherwise a year before",   [f"{BEFORE} = true"],
     None,                 "definition_changed"),
    ("a year before was rated afterwards",       [f"{BEFORE} = true", LATER],
     None,                 "no_earlier_period"),
]
# fmt: on


@pytest.fixture
def three_months(connection: sa.Connection) -> sa.Connection:
    """Drafts of July 2023, of the month before and of the year before, with nothing said yet of how they compare."""
    connection.exec_driver_sql(MONTH)
    for code in (JUNE, YEAR_BEFORE):
        connection.exec_driver_sql(EARLIER.format(code=code))
    connection.exec_driver_sql(
        "insert into score.standing (period_code, revision_number, area_level, area_code, treasury_id, unit_code)"
        " values ('2023-07', 0, 'system', 'all', null, null), ('2023-07', 0, 'unit', '34/u', 34, 'u');"
        "set local hailong.show = 'draft'"
    )
    return connection


def codes(connection: sa.Connection, view: str, code: str) -> list[str | None]:
    """Why a treasury, or its unit, has no change in July."""
    columns = ", ".join(f"{kind}_missing_code" for kind in CHANGES[view])
    (row,) = connection.exec_driver_sql(
        f"select {columns} from mart.{view} where period_code = '2023-07' and treasury_code = '{code}'"
    )
    return list(row)


@pytest.mark.parametrize("view", CHANGES)
@pytest.mark.parametrize(("why", "changes", "before", "year"), REASONS, ids=[reason[0] for reason in REASONS])
def test_a_code_says_why_there_is_no_change(
    three_months: sa.Connection, view: str, why: str, changes: list[str], before: str | None, year: str | None
) -> None:
    for statement in changes:
        three_months.exec_driver_sql(statement)
    assert codes(three_months, view, "34") == [before, year][: len(CHANGES[view])]


@pytest.mark.parametrize(("code", "why"), [("79", "no_data"), ("80", "source_refused")])
@pytest.mark.parametrize("view", ["treasury_ranking", "treasury_trend"])
def test_who_has_no_figures_now_is_told_as_such(three_months: sa.Connection, view: str, code: str, why: str) -> None:
    three_months.exec_driver_sql(f"{BEFORE} = true")
    assert codes(three_months, view, code) == [why, why]


def test_every_mart_with_changes_says_why_there_is_none(connection: sa.Connection) -> None:
    """Over the catalogue; the star's tables name the months that they compare with instead."""
    found = connection.exec_driver_sql(
        "select table_name, array_agg(column_name::text) from information_schema.columns"
        " where table_schema = 'mart' and column_name ~ '^(year_)?change_(points|missing_code)$'"
        " and table_name not like 'fact\\_%%' group by table_name"
    )
    assert {view: set(columns) for view, columns in found} == {
        view: {f"{kind}_{name}" for kind in kinds for name in ("points", "missing_code")}
        for view, kinds in CHANGES.items()
    }


def test_every_code_has_its_words(connection: sa.Connection) -> None:
    known = set(connection.exec_driver_sql("select footnote_code from mart.footnote").scalars())
    assert {code for *_, before, year in REASONS for code in (before, year) if code} <= known
    assert {"no_data", "source_refused", "source_unavailable", "not_run"} <= known
