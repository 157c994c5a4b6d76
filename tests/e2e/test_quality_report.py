"""The quality report tells a reader nothing that other marts do not tell: each item is made again from those alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import Any

import pytest
import sqlalchemy as sa

from etl.publishing import publish
from etl.reports.bulletin import make
from tests.lib.kept import Copy
from tests.lib.readers import MONTH, PUBLISHED, Published

ALL = "select * from mart.breakdown_rating where period_code = '2023-07'"
Rows = list[dict[str, Any]]


@pytest.fixture
def read(published: Published) -> Callable[[str], Rows]:
    """The rows of a query, as a reader."""
    engine = sa.create_engine(published.reader, poolclass=sa.NullPool)

    def rows(asked: str) -> Rows:
        with engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.text(asked)).mappings()]

    return rows


def of_figures(read: Callable[[str], Rows]) -> dict[str, Any]:
    """The items that are made of ratings."""
    cells, ranking = read(ALL), read("select * from mart.treasury_ranking where period_code = '2023-07'")
    (network,) = [row for row in cells if (row["area_level"], row["breakdown"]) == ("system", "total")]
    hidden = [row for row in cells if "suppressed" in row["footnote_codes"]]
    totals = [row["area_level"] for row in hidden if row["breakdown"] == "total"]
    states = [row["treasury_state"] for row in ranking]
    ((criteria,),) = [row.values() for row in read("select count(*) from mart.dim_criterion")]
    shown = [row for row in ranking if row["rate_low"] is not None]
    return {
        "hidden_treasury_count": totals.count("treasury"),
        "hidden_unit_count": totals.count("unit"),
        "hidden_cell_count": len(hidden),
        "response_count": network["response_count"],
        "answer_count": network["answer_count"],
        "satisfaction_pct": 100 * network["satisfaction_rate"],
        "low_pct": 100 * network["rate_low"],
        "high_pct": 100 * network["rate_high"],
        "interval_points": median(100 * (row["rate_high"] - row["rate_low"]) for row in shown),
        "open_rank_count": median(row["rank_high"] - row["rank_low"] + 1 for row in shown if row["rank_low"]),
        "ranked_count": sum(row["rank"] is not None for row in ranking),
        "treasury_count": len(ranking),
        "present_count": sum(state in ("loaded", "no_data") for state in states),
        "without_responses_count": states.count("no_data"),
        "refused_count": states.count("refused"),
        "unavailable_count": states.count("unavailable"),
        "not_run_count": states.count("not_run"),
        "handled_treasury_count": sum(row["handled_count"] is not None for row in ranking),
        "unanswered_pct": 100 * (1 - Decimal(network["answer_count"]) / (network["response_count"] * criteria)),
    }


def of_publication(read: Callable[[str], Rows]) -> dict[str, Any]:
    """The items that are made of days, runs and revisions."""
    (release,) = read("select * from mart.release_calendar where period_code = '2023-07'")
    (intake,) = read("select sum(read_count) as r, sum(turned_away_count) as t from mart.month_quality")
    (revision,) = read("select * from mart.revision where period_code = '2023-07'")
    published = release["published_date"]
    return {
        "revision_number": revision["revision_number"],
        "last_number": 1,
        "read_count": intake["r"],
        "turned_away_count": intake["t"],
        "days_after": (published - dt.date(2023, 7, 31)).days,
        "days_late": (published - release["planned_date"]).days,
        "planned_date": str(dt.date(2023, 8, 10)),
        "published_date": str(published),
        "reason": revision["reason"],
        "rule_set": revision["rule_set_code"],
        "questionnaire": revision["questionnaire_code"],
    }


NOT_YET = {"response_pct", "previous_period", "is_comparable", "previous_rule_set", "previous_questionnaire",
           "new_count", "gone_count", "changed_count", "change_points"}  # fmt: skip
"""What a first revision without files handled and without a period before it says nothing of."""


def test_every_item_is_made_of_what_other_marts_show(read: Callable[[str], Rows]) -> None:
    report = {row["item_code"]: row for row in read("select * from mart.quality_report")}
    value = {
        code: row["item_value"] if row["item_value"] is not None else row["item_text_vi"]
        for code, row in report.items()
    }
    again = of_figures(read) | of_publication(read)
    assert {code: value[code] for code in again if code not in ("interval_points", "unanswered_pct")} == {
        code: said for code, said in again.items() if code not in ("interval_points", "unanswered_pct")
    }
    for code in ("interval_points", "unanswered_pct"):
        assert float(value[code]) == pytest.approx(float(again[code]), abs=1e-9)
    assert {code for code, said in value.items() if said is None} == NOT_YET
    assert value["hidden_cell_count"] > 0
    assert 1 < value["design_effect"] < 22  # standard errors say as much, and it has two decimals
    assert value["design_effect"] == round(value["design_effect"], 2)
    named = {"contact_organisation", "reference_period", "design_effect"}
    assert set(value) == set(again) | NOT_YET | named


def test_it_speaks_of_the_revision_that_is_shown(copy_of: Callable[[Any], Copy], read: Callable[[str], Rows]) -> None:
    copy = copy_of(PUBLISHED)
    with sa.create_engine(copy.url, poolclass=sa.NullPool).begin() as owner:
        owner.exec_driver_sql("update core.dim_treasury set treasury_name_en = 'Another' where treasury_code = '34'")
        owner.exec_driver_sql("select score.keep_words('2023-07')")
    names = publish.Decision("anna", "a name", is_provisional_allowed=True, are_names_news=True)
    assert publish.publish(MONTH, names) == 2
    with sa.create_engine(copy.url, poolclass=sa.NullPool).connect() as owner:
        asked = (
            "select item_code, item_value from mart.quality_report"
            " where item_code in ('revision_number', 'changed_count', 'change_points')"
        )
        assert dict(tuple(row) for row in owner.exec_driver_sql(asked)) == {
            "revision_number": 2,
            "changed_count": 0,
            "change_points": 0,
        }
        owner.exec_driver_sql("set hailong.show = '1'")
        assert dict(tuple(row) for row in owner.exec_driver_sql(asked))["revision_number"] == 1
        states = (
            "select revision_number, is_current, release_state from mart.release_calendar"
            " where period_code = '2023-07' order by 1"
        )
        assert [tuple(row) for row in owner.exec_driver_sql(states)] == [(1, False, "published"), (2, True, "revised")]


@pytest.mark.deep
def test_it_is_a_page_beside_the_bulletin(copy_of: Callable[[Any], Copy]) -> None:
    copy = copy_of(PUBLISHED)
    make.make(MONTH)
    home = copy.home / "bulletins" / MONTH / "revision-1"
    for language, heading, words in (
        ("vi", "Sai số do phạm vi", "bao giờ thay đổi"),
        ("en", "Coverage error", "never change"),
    ):
        page = (home / f"quality.{language}.html").read_text("utf-8")
        assert f'<span class="code">S.13.3.1</span> {heading}' in page
        assert words in page
        assert f'href="quality.{language}.html"' in (home / f"index.{language}.html").read_text("utf-8")
    listed = (home.parent.parent / "index.html").read_text("utf-8")
    assert f'href="{MONTH}/revision-1/quality.vi.html"' in listed
    assert "10/8/2023" in listed
    assert "never change" in listed
