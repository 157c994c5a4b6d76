"""The whole month, end to end: 63 databases in, one trusted ranking out, and again the same."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from etl import settings
from etl.operation import steps
from etl.operation.plan import Plan
from etl.scoring import rebased
from tests.lib import golden
from tests.lib.command_line import hailong, in_a_process
from tests.lib.months import fingerprint, query, run_month

MONTH = "2023-07"
GOLDEN = Path(__file__).with_name("golden") / "2023-07.csv"
WITH_RESPONSES = """
    select n.nspname || '.' || c.relname as view
    from pg_attribute as a join pg_class as c on a.attrelid = c.oid join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname = 'mart' and a.attname = 'response_count'
"""
WITHOUT_FIGURES = (
    *("period_code", "survey_month", "area_level", "area_code", "region_code", "treasury_code", "unit_code"),
    *("breakdown", "member_code", "definition_code", "month_status", "footnote_codes", "rule_set_code"),
    *("questionnaire_code", "revision_number", "scored_at"),
    *(f"{named}_name_{language}" for named in ("treasury", "region", "unit", "member") for language in ("vi", "en")),
)
SOME = ("19", "34", "48")
SURE = ("effective_count", "standard_error", "rate_low", "rate_high", "rank_low", "rank_high")


@pytest.fixture
def ranking(rated_month: Plan) -> dict[str, dict[str, Any]]:
    rows = query("select * from mart.treasury_ranking where survey_month = '2023-07-01'")
    return {row["treasury_code"]: row for row in rows}


def test_the_golden_month_has_not_moved(ranking: dict[str, dict[str, Any]]) -> None:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        golden = {row["treasury_code"]: row for row in csv.DictReader(file)}
    columns = ("response_count", "answer_count", "satisfied_count", "satisfaction_pct", "grade_code", "rank")
    assert {code: {name: str(row[name]) for name in columns} for code, row in ranking.items()} == {
        code: {name: row[name] for name in columns} for code, row in golden.items()
    }


def test_how_sure_the_golden_month_is_has_not_moved(ranking: dict[str, dict[str, Any]]) -> None:
    figures = golden.kept("2023-07-standing-2022-01.5")
    assert golden.like(figures, list(ranking.values())) == figures


def test_the_fifth_version_of_the_rules_widens_every_interval_and_the_sets_and_moves_no_rate() -> None:
    before, after = (golden.kept(f"2023-07-standing-2022-01.{version}") for version in (4, 5))
    for code, was in before.items():
        now = after[code]
        assert float(was["rate_high"]) - float(was["rate_low"]) < float(now["rate_high"]) - float(now["rate_low"])
        for name in ("standardised_rate", "share_of_persons_rate", "all_minus_complaints_rate"):
            assert now[name] == was[name]
    widths = [sum(int(row["rank_high"]) - int(row["rank_low"]) for row in rows.values()) for rows in (before, after)]
    assert widths[0] < widths[1]


def test_the_month_by_province_of_today_has_the_same_counts_and_rates_nobody(
    ranking: dict[str, dict[str, Any]],
) -> None:
    printed = hailong("provinces", MONTH, "--format", "json")
    assert printed.exit_code == 0, printed.stderr
    assert "answers given to the former provincial treasuries that lay in today's province, summed" in printed.stderr
    assert "no rating of an office" in printed.stderr
    rows = {row["province_code"]: row for row in json.loads(printed.stdout)}
    assert len(rows) == 34
    for name in ("response_count", "answer_count", "satisfied_count"):
        (system,) = query(
            f"select {name} from score.rating where period_code = '{MONTH}' and revision_number = 0"
            " and area_level = 'system' and breakdown = 'total'"
        )
        assert sum(row[name] for row in rows.values()) == system[name] == sum(row[name] for row in ranking.values())
        for province in rows.values():  # reused codes mix no two provinces: each is the sum of its own parts
            assert province[name] == sum(ranking[code][name] for code in province["part_codes"])
            share = province["satisfied_count"] / province["answer_count"]
            assert float(province["share_of_answers_rate"]) == pytest.approx(share)
    assert (rows["15"]["province_name_vi"], rows["15"]["part_codes"]) == ("Lào Cai", ["10", "15"])
    assert (rows["33"]["province_name_vi"], rows["33"]["part_codes"]) == ("Hưng Yên", ["33", "34"])
    assert sorted(code for row in rows.values() for code in row["part_codes"]) == sorted(ranking)
    assert not [name for row in rows.values() for name in row if "rank" in name or "grade" in name]


def test_the_month_is_not_carried_over_to_the_offices_since_july_2025(rated_month: Plan) -> None:
    said = hailong("ranking", MONTH, "--as-of", "2025-07-01")
    shown = " ".join((said.stdout + said.stderr).split())
    assert (said.exit_code, "the list is not known" in shown) == (5, True), shown
    assert "treasury 01 KBNN Hà Nội cannot be re-based to 2025-07-01" in shown
    assert "hailong provinces" in shown
    assert query(f"select * from mart.rebased_trend where period_code = '{MONTH}' and valid_from = '2025-07-01'") == []


def test_the_month_carried_over_to_the_20_regional_treasuries_has_the_same_counts(
    ranking: dict[str, dict[str, Any]],
) -> None:
    rows = rebased.ranking(MONTH, dt.date(2025, 4, 1), "draft")
    assert (len(rows), sum(row["response_count"] for row in rows)) == (20, 19_700)
    same_day = {row["treasury_code"]: row for row in rebased.ranking(MONTH, dt.date(2023, 7, 31), "draft")}
    for code, row in ranking.items():  # who came to several units of a treasury is one respondent of it
        assert [float(row[name]) for name in SURE] == pytest.approx([same_day[code][name] for name in SURE], abs=1e-9)
    assert {row["rank"] for row in same_day.values()} == set(range(1, 64))
    assert same_day["34"]["footnote_codes"] == []


def test_the_series_view_carries_the_month_over_by_the_same_sums(ranking: dict[str, dict[str, Any]]) -> None:
    rows = query(f"select * from mart.rebased_trend where period_code = '{MONTH}' and valid_from = '2025-03-15'")
    assert (len(rows), sum(row["response_count"] for row in rows)) == (20, 19_700)
    region = next(row for row in rows if row["treasury_code"] == "KV05")
    parts = [ranking[code] for code in ("27", "30", "34")]
    assert region["satisfied_count"] == sum(part["satisfied_count"] for part in parts)
    assert float(region["share_of_answers_rate"]) == pytest.approx(
        sum(part["satisfied_count"] for part in parts) / sum(part["answer_count"] for part in parts)
    )


def test_no_mart_shows_few_people(rated_month: Plan) -> None:
    views = [row["view"] for row in query(WITH_RESPONSES)]
    assert len(views) >= 8
    for view in views:
        assert query(f"select * from {view} where response_count between 1 and 4") == [], view
    july = "period_code = '2023-07'"  # other tests may have published other months
    drafts = f"select count(*) as n from shown.rating where is_suppressed and {july}"
    hidden = query(drafts)[0]["n"]
    shown = query(f"select * from mart.breakdown_rating where 'suppressed' = any(footnote_codes) and {july}")
    assert hidden == len(shown) > 1000
    figures = set(shown[0]) - set(WITHOUT_FIGURES)
    assert {name: value for row in shown for name, value in row.items() if name in figures and value is not None} == {}
    assert all("small_n" not in row["footnote_codes"] for row in shown)


def test_what_a_mart_shows_does_not_give_a_hidden_unit_away(rated_month: Plan) -> None:
    """A reader subtracts: in no treasury can the only hidden unit be worked out, in any member of any breakdown."""
    alone = query(
        """
        -- beside an area that is hidden as a whole nobody knows which of them has a member
        with whole as materialized (
            select distinct period_code, treasury_code from mart.unit_rating where answer_count is null
        )
        select t.area_code, t.breakdown, t.member_code
        from mart.breakdown_rating as t
        inner join mart.breakdown_rating as u
            on u.area_level = 'unit' and t.treasury_code = u.treasury_code and t.breakdown = u.breakdown
            and t.member_code = u.member_code and t.period_code = u.period_code
        where
            t.area_level = 'treasury' and t.response_count is not null
            and (t.period_code, t.treasury_code) not in (select period_code, treasury_code from whole)
        group by t.area_code, t.breakdown, t.member_code, t.response_count
        having count(*) filter (where u.response_count is null) = 1
        """
    )
    assert alone == []


def test_the_published_figures_come_out(ranking: dict[str, dict[str, Any]]) -> None:
    thai_binh, thai_nguyen = ranking["34"], ranking["19"]
    assert (str(thai_binh["satisfaction_pct"]), thai_binh["grade_name_vi"]) == ("93.64", "xuất sắc")
    assert (str(thai_nguyen["satisfaction_pct"]), thai_nguyen["rank"]) == ("98.19", 1)
    assert len(ranking) == 63
    assert {row["month_status"] for row in ranking.values()} == {"final"}


def test_every_row_read_is_loaded_or_turned_away(rated_month: Plan) -> None:
    quality = query("select * from mart.month_quality where survey_month = '2023-07-01'")
    assert len(quality) == 63
    assert all(row["read_count"] == row["loaded_count"] + row["turned_away_count"] for row in quality)
    assert sum(row["read_count"] for row in quality) == 20_000
    assert sum(row["turned_away_count"] for row in quality) == 300


def test_the_month_is_bounded_in_local_time(rated_month: Plan) -> None:
    (edges,) = query(
        """
        select
            min(submitted_at at time zone 'Asia/Ho_Chi_Minh') as first,
            max(submitted_at at time zone 'Asia/Ho_Chi_Minh') as last,
            count(*) filter (where (submitted_at at time zone 'UTC')::date = '2023-06-30') as still_june_in_utc
        from core.fact_response where survey_month = '2023-07-01'
        """
    )
    assert str(edges["first"]).startswith("2023-07-01 00:00:00")
    assert str(edges["last"]).startswith("2023-07-31 23:59:59")
    assert edges["still_june_in_utc"] > 0


def test_no_respondent_is_named_anywhere(rated_month: Plan, estate: dict[str, str]) -> None:
    branch = sa.create_engine(sa.make_url(estate["34"]).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with branch.connect() as connection:
        references = set(
            connection.scalars(sa.text("select respondent_ref from survey_response where respondent_ref is not null"))
        )
    assert len(references) > 50
    files = list((Path(settings.read().landing) / MONTH / "34").glob("*.parquet"))
    assert files
    tables = [pq.read_table(file) for file in files]
    landed = {str(value) for table in tables for column in table.columns for value in column.to_pylist()}
    held = {str(value) for row in query("select * from core.fact_response") for value in row.values()}
    assert not references & (landed | held)


@pytest.mark.deep
def test_running_again_changes_nothing(rated_month: Plan) -> None:
    before = fingerprint()
    again = hailong("run", MONTH)
    assert again.exit_code == 0, again.stderr
    assert "63 of 63" in again.stdout + again.stderr
    assert fingerprint() == before


@pytest.mark.thorough
def test_two_runs_at_once_are_put_in_a_row_and_neither_corrupts(rated_month: Plan) -> None:
    before = fingerprint()
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: in_a_process("run", MONTH, "--only", "34", "--only", "19"), range(2))
    assert (first.exit_code, second.exit_code) == (0, 0), first.stderr + second.stderr
    assert "another run of 2023-07 is at work" in first.stdout + first.stderr + second.stdout + second.stderr
    assert fingerprint() == before


@pytest.mark.thorough
def test_the_order_of_the_treasuries_does_not_matter(
    fresh_warehouse: str, estate: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for seed, workers in ((1, "1"), (2, "2"), (3, "3")):
        monkeypatch.setenv("HAILONG_WORKERS", workers)
        planned = steps.plan(MONTH, SOME)
        codes = random.Random(seed).sample(SOME, len(SOME))
        for code in codes:
            steps.land(planned, code)
        steps.admit(planned, reversed(codes))
        steps.score(planned)
        found.append(fingerprint())
    assert found[0] == found[1] == found[2]


@pytest.mark.deep
@pytest.mark.thorough
def test_a_run_of_some_leaves_the_others_alone(fresh_warehouse: str, estate: dict[str, str]) -> None:
    run_month(MONTH, SOME)
    planned = run_month(MONTH, ["34"])
    assert steps.verdict(planned) == []
    states = query("select treasury_state, count(*) as n from mart.treasury_ranking group by 1 order by 1")
    assert states == [{"treasury_state": "loaded", "n": 3}, {"treasury_state": "not_run", "n": 60}]
    assert query("select distinct month_status from mart.treasury_ranking") == [{"month_status": "provisional"}]


def test_the_ranking_is_json_for_other_programs(rated_month: Plan) -> None:
    printed = hailong("ranking", MONTH, "--format", "json")
    rows = json.loads(printed.stdout)
    assert len(rows) == 63
    first = rows[0]
    assert (first["treasury_code"], first["treasury_name_vi"], first["rank"]) == ("19", "KBNN Thái Nguyên", 1)
    assert first["satisfaction_rate"] == pytest.approx(first["satisfied_count"] / first["answer_count"])
    assert first["rate_low"] < first["satisfaction_rate"] < first["rate_high"]
    assert (first["grade_code"], first["treasury_state"], first["month_status"]) == ("excellent", "loaded", "final")
    assert first["rank_low"] <= first["rank_low_marginal"] <= 1 <= first["rank_high_marginal"] <= first["rank_high"]
    assert (first["tie_group"], first["revision"], first["footnote_codes"]) == (1, None, [])
    assert first["funnel_flag"] == "within"
    assert first["standardised_rate"] == pytest.approx(first["satisfaction_rate"], abs=0.01)
    assert {"movement", "change_points", "change_p_value", "share_of_persons_rate"} <= set(first)


@pytest.mark.parametrize(
    ("arguments", "shows"),
    [
        (("ranking", MONTH), "93,64"),
        (("ranking", MONTH, "--format", "csv"), "KBNN Thái Bình"),
        (("status", MONTH), "loaded"),
        (("status", MONTH, "--format", "json"), '"treasury_state": "loaded"'),
        (("turned-away", MONTH, "--treasury", "01"), "unit_known"),
        (("check", MONTH), "children_sum_to_parents"),
        (("url",), "postgresql://postgres:"),
        (("migrate",), "up to date"),
    ],
)
def test_the_commands_print_what_they_are_asked_for(rated_month: Plan, arguments: tuple[str, ...], shows: str) -> None:
    printed = hailong(*arguments)
    assert printed.exit_code == 0, printed.stderr
    assert shows in printed.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("ranking", "2023-13"), 2, "YYYY-MM"),
        (("ranking", "2019-01"), 5, "hailong run 2019-01"),
        (("status", "2019-01"), 5, "hailong run 2019-01"),
        (("turned-away", "2019-01"), 5, "hailong run 2019-01"),
        (("check", "2019-01"), 5, "hailong run 2019-01"),
        (("run", "2001-01"), 5, "no rule set is in force in 2001-01"),
        (("run", MONTH, "--only", "99"), 2, "no treasury is called '99'"),
        (("--config", "/nowhere", "run", MONTH), 5, "/nowhere"),
        (("run", "--nonsense"), 2, "--nonsense"),
    ],
)
def test_a_mistake_is_told_in_words_and_by_the_exit_code(
    rated_month: Plan, arguments: tuple[str, ...], code: int, says: str
) -> None:
    printed = hailong(*arguments)
    assert printed.exit_code == code
    assert says in printed.stdout + printed.stderr
    assert "Traceback" not in printed.stdout + printed.stderr


def test_nobody_else_is_let_into_the_landing_zone_the_validation_pages_and_the_secrets(
    rated_month: Plan, state: Path
) -> None:
    for directory in (Path(settings.read().landing), settings.read().reports / MONTH):
        assert directory.stat().st_mode & 0o777 == 0o700
    for secret in ("pseudonym.key", "postgres/warehouse/server.json", "postgres/branches/server.json"):
        assert (state / secret).stat().st_mode & 0o777 == 0o600
