"""A month that has not ended: refused unless asked for, never final, and said of every figure that comes of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
import yaml

from etl import warehouse
from etl.errors import Misdeclared, Unfit
from etl.landing import zone
from etl.landing.month_end import NotOver
from etl.landing.treasury_month import TreasuryMonth, of_codes
from etl.operation import clocks, plan, steps
from etl.periods import SurveyMonth
from etl.publishing import publish, verify
from etl.publishing.approval import Decision
from etl.registry import Registry
from etl.reports import run_page
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import PAIR, query
from tests.lib.slots import PROJECT

MONTH, CODE, OTHER = "2023-07", "34", "19"
NEVER = "2999-01"
FIRST_OF_ALL = dt.date(1, 1, 1)
TOO_SOON = "2023-07-31 16:59:59.9+00"
"""A moment before midnight in Vietnam."""


@pytest.fixture(autouse=True)
def pair(copy_of: Callable[[Kept], Copy], estate: dict[str, str]) -> Copy:
    """July of two treasuries, rated and not published."""
    return copy_of(PAIR)


def spoil(statement: str) -> None:
    with warehouse.transaction() as connection:
        connection.exec_driver_sql(statement)


def read_too_soon() -> None:
    """Let the data of one treasury be of a moment before the month's end."""
    spoil(f"update ops.receipt set snapshot_at = '{TOO_SOON}' where landing_path like '%%/{CODE}/%%'")


def july_of(code: str) -> TreasuryMonth:
    planned = steps.plan(MONTH, [code])
    (month,) = of_codes(planned.ruled(), [code], planned.run_id)
    return month


def ends_in(month: TreasuryMonth, seconds: float) -> TreasuryMonth:
    """The month as if it ended so many seconds from now."""
    return dataclasses.replace(month, bounds=(month.bounds[0], dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)))


def footnotes() -> dict[str, bool]:
    """Which totals of the draft say that they are early."""
    rows = query(
        "select area_level, area_code, 'early' = any(footnote_codes) as is_early from score.rating"
        " where revision_number = 0 and breakdown = 'total' and area_level != 'unit'"
    )
    return {f"{row['area_level']} {row['area_code']}": row["is_early"] for row in rows}


def dates_of_order() -> dict[str, dt.date]:
    """By what the dashboards put the periods in order that they show, drafts among them."""
    dataset = yaml.safe_load((PROJECT / "bi/assets/datasets/warehouse/treasury_ranking.yaml").read_text("utf-8"))
    (newest,) = (one["expression"] for one in dataset["metrics"] if one["metric_name"] == "newest")
    rows = query(f"select period_code, {newest} as newest from mart.treasury_ranking group by period_code")
    return {row["period_code"]: row["newest"] for row in rows}


def opened_on() -> list[str]:
    """The periods as the dashboards list them; they open on the first."""
    dates = dates_of_order()
    return sorted(dates, key=lambda code: dates[code], reverse=True)


def test_a_month_that_has_not_ended_is_refused_and_leaves_no_trace() -> None:
    now = dt.datetime.now(ZoneInfo(Registry.configured().network.time_zone))
    for month in (str(SurveyMonth(now.year, now.month)), NEVER):
        ran = hailong("run", month)
        assert (ran.exit_code, query(f"select * from ops.run where survey_month = '{month}-01'")) == (5, [])
        assert f"{month} has not ended" in ran.stderr
        assert f"hailong run {month} --early" in ran.stderr


def test_asked_for_it_is_planned_and_the_run_says_that_it_was_early() -> None:
    planned = steps.plan(NEVER, is_early_allowed=True)
    assert (planned.is_early_allowed, planned.has_ended) == (True, False)
    assert query(f"select is_early from ops.run where run_id = '{planned.run_id}'") == [{"is_early": True}]
    ended = steps.plan(MONTH, [CODE], is_early_allowed=True)
    assert query(f"select is_early from ops.run where run_id = '{ended.run_id}'") == [{"is_early": False}]


@pytest.mark.deep
def test_data_of_before_the_end_make_a_draft_that_is_never_final_and_says_so() -> None:
    read_too_soon()
    rated = steps.rate(MONTH)
    assert (rated["month_status"], rated["loaded_count"], rated["open_count"], rated["early_count"]) == (
        "provisional", 2, 2, 1,
    )  # fmt: skip
    noted = footnotes()
    assert (noted["system all"], noted[f"treasury {CODE}"], noted[f"treasury {OTHER}"]) == (True, True, False)
    with pytest.raises(Unfit, match=r"1 treasuries were read before it was over, first 34 KBNN Thái Bình"):
        publish.publish(MONTH, Decision("anna", "all are in"))
    assert publish.publish(MONTH, Decision("anna", "for the meeting", is_provisional_allowed=True)) == 1
    assert verify.verify(MONTH) == [1]
    assert query("select early_count from score.revision where revision_number = 1") == [{"early_count": 1}]


def test_whoever_was_read_by_an_early_run_is_early_whatever_its_own_clock_says() -> None:
    spoil("update ops.run set is_early = true")
    assert steps.rate(MONTH)["early_count"] == 2
    ((run_id,),) = (row.values() for row in query("select distinct run_id from ops.treasury_month"))
    page = run_page.of_run(run_id)
    assert page is not None
    assert [row["treasury_code"] for row in page.early] == [OTHER, CODE]


@pytest.mark.deep
def test_what_was_published_before_anybody_looked_stays_what_it_is_and_verifies() -> None:
    assert publish.publish(MONTH, Decision("anna", "all are in")) == 1
    read_too_soon()
    assert verify.verify(MONTH) == [1]
    with pytest.raises(Unfit, match="does not say that treasuries were read before it was over"):
        publish.publish(MONTH, Decision("anna", "again", is_provisional_allowed=True))


def test_dashboards_open_on_no_month_that_nobody_is_in_and_on_no_draft_of_before_its_end() -> None:
    steps.plan(NEVER, is_early_allowed=True)
    assert steps.rate(NEVER)["loaded_count"] == 0
    assert opened_on() == [MONTH, NEVER]
    assert query(f"select * from mart.freshness where survey_month > '{dt.date.today()}'") == []
    spoil("update ops.run set is_early = true")
    steps.rate(MONTH)
    assert dates_of_order() == {MONTH: FIRST_OF_ALL, NEVER: FIRST_OF_ALL}
    assert publish.publish(MONTH, Decision("anna", "for the meeting", is_provisional_allowed=True)) == 1
    assert opened_on() == [MONTH, NEVER]


def test_data_of_before_the_end_are_not_landed_and_what_had_landed_stays() -> None:
    month = ends_in(july_of(CODE), 24 * 3600)
    standing = zone.receipt(month.place)
    with pytest.raises(NotOver, match=r"34 KBNN Thái Bình, 2023-07: its data are of .*, before the month was over"):
        clocks.land_when_over(month, None)
    assert zone.receipt(month.place) == standing
    allowed = dataclasses.replace(month, is_early_allowed=True)
    assert clocks.land_when_over(allowed, None).row_count == standing.row_count


def test_a_clock_that_is_behind_at_the_end_is_waited_for() -> None:
    started = time.monotonic()
    receipt = clocks.land_when_over(ends_in(july_of(CODE), 1.5), None)
    assert receipt.row_count
    assert time.monotonic() - started > 1.5


def test_our_own_clock_is_waited_for_when_another_started_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    zone_of_network = Registry.configured().zone()
    now = dt.datetime.now(zone_of_network)
    month, waited = SurveyMonth(now.year, now.month), list[float]()
    end = month.bounds(zone_of_network)[1]
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setenv("HAILONG_CLOCK_SKEW_SECONDS", str(32 * 24 * 3600))
    clocks.until_over(None, end)
    clocks.until_over(str(month), now)  # who asks by hand before the end does not wait
    monkeypatch.setenv("HAILONG_CLOCK_SKEW_SECONDS", "1")
    clocks.until_over(None, end)
    assert len(waited) == 1
    with pytest.raises(Misdeclared, match="has not ended"):
        plan.intend(None, (), None, end)
