"""Rows of no month are kept, told in the month that first saw them, and mended; what is not whole is refused."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.cli.app import app
from etl.errors import HailongError
from etl.landing import zone
from etl.landing.receipt import Receipt
from etl.operation import look_back, steps
from etl.operation.plan import Plan
from tests.lib import libraries
from tests.lib.command_line import hailong
from tests.lib.months import query, run_month

MAY, JUNE = "2023-05", "2023-06"
GOOD = [f"2023-05-{day:02} 09:30:00" for day in range(1, 13)] + ["2023-06-03 10:00:00"]

Slips = Callable[..., None]


@pytest.fixture
def slips(fresh_warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Slips:
    """A library with a slip at each of some times, and others in their place when it is called."""
    libraries.enter(monkeypatch, tmp_path, libraries.slips())
    database = tmp_path / "east.sqlite"
    libraries.connect(tmp_path, dict.fromkeys(("east", "north", "south"), f"sqlite:///{database}"))

    def fill(*times: str | None, keys: bool = True) -> None:
        database.unlink(missing_ok=True)
        with sqlite3.connect(database) as connection:
            connection.execute("create table slip (no text, at text)")
            rows = [(f"N{number}" if keys else None, time) for number, time in enumerate(times)]
            connection.executemany("insert into slip values (?, ?)", rows)
        connection.close()

    return fill


def state_of(month: str) -> dict[str, Any]:
    """How the library came in, as ``hailong status`` tells other programs."""
    rows = json.loads(hailong("status", month, "--format", "json").stdout)
    return dict(next(row for row in rows if row["treasury_code"] == "east"))


def kept() -> list[tuple[Any, ...]]:
    """The rows of no month, with the month that first saw each and whether it is mended."""
    return [
        tuple(row.values())
        for row in query(
            "select m.response_key, m.rule_code, m.row_count, to_char(f.survey_month, 'YYYY-MM') as first_month,"
            " m.first_run_id = m.last_run_id as is_new, m.mended_run_id is not null as is_mended"
            " from ops.row_of_no_month as m join ops.run as f on m.first_run_id = f.run_id"
            " order by m.response_key, m.row_number"
        )
    ]


def check(month: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, int]:
    """What ``source check`` says, and its exit code."""
    code, said = 0, ""
    try:
        app(["source", "check", "east", "--month", month], standalone_mode=False)
    except HailongError as error:
        code, said = error.exit_code, str(error)
    return capsys.readouterr().out + said, code


def test_a_row_of_no_month_is_told_where_it_was_first_seen_until_it_is_mended(
    slips: Slips, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    slips(*GOOD, None, "no time", "2033-01-01 10:00:00", "2019-12-31 10:00:00")
    with caplog.at_level(logging.WARNING, "hailong"):
        first = run_month(MAY, ["east"])
    none = [
        ("N13", "time_readable", 1, MAY),
        ("N14", "time_readable", 1, MAY),
        ("N15", "time_not_after_reading", 1, MAY),
        ("N16", "time_not_before_office", 1, MAY),
    ]
    assert kept() == [(*row, True, False) for row in none]
    assert [text for text in caplog.messages if "no month selects some rows of slip by at" in text]
    said = state_of(MAY)
    counts = ("read_count", "table_count", "before_count", "in_month_count", "after_count", "no_month_count")
    assert [said[name] for name in counts] == [12, 17, 0, 12, 1, 4]
    assert (said["treasury_state"], said["new_no_month_count"], said["uncounted_why"]) == ("loaded", 4, None)
    assert said["snapshot_at"]
    assert "of no month" in hailong("status", MAY).stdout
    page = steps.report(first).read_text("utf-8")
    assert "4 rows of no month, first seen in this month" in page
    assert "<code>N15</code>" in page
    assert quality_of(MAY)["is_accounted_for"]
    told, code = check(MAY, capsys)
    assert code == 0
    assert "! no month selects 4 of the 17 rows of slip by at: time_not_after_reading 1," in told

    run_month(JUNE, ["east"])  # the same rows, told in May alone
    assert kept() == [(*row, False, False) for row in none]
    assert (state_of(JUNE)["no_month_count"], state_of(JUNE)["new_no_month_count"]) == (4, 0)

    slips(*GOOD, "2023-06-05 10:00:00", "no time", "2033-01-01 10:00:00")
    run_month(JUNE, ["east"])
    assert [(row[0], row[-1]) for row in kept()] == [("N13", True), ("N14", False), ("N15", False), ("N16", True)]
    assert (state_of(JUNE)["read_count"], state_of(MAY)["new_no_month_count"]) == (2, 2)
    listed = json.loads(hailong("turned-away", MAY, "--of-no-month", "--format", "json").stdout)
    assert [(each["response_key"], each["mended_at"] is None) for each in listed] == [
        ("N15", True),
        ("N16", False),
        ("N13", False),
        ("N14", True),
    ]

    slips(*GOOD, None)
    run_month(JUNE, ["east"])  # what comes back is a new row
    assert [(row[0], row[3], row[-1]) for row in kept() if row[0] == "N13"] == [
        ("N13", MAY, True),
        ("N13", JUNE, False),
    ]


def quality_of(month: str) -> dict[str, Any]:
    """What the mart of quality says of the library's whole table."""
    names = "no_month_count, no_month_by_rule, table_count, is_accounted_for"
    (row,) = query(f"select {names} from mart.month_quality where to_char(survey_month, 'YYYY-MM') = '{month}'")
    return row


@pytest.mark.deep
def test_the_mart_tells_of_them_in_their_month_and_the_page_of_the_next_is_silent(slips: Slips) -> None:
    slips(*["2023-05-03 10:00:00", "2023-06-03 10:00:00"] * 40, None, "no time", "2033-01-01 10:00:00")
    run_month(MAY, ["east"])
    of_may = {"no_month_count": 3, "no_month_by_rule": {"time_readable": 2, "time_not_after_reading": 1}}
    of_may |= {"table_count": 83, "is_accounted_for": True}
    assert quality_of(MAY) == of_may
    page = steps.report(run_month(JUNE, ["east"])).read_text("utf-8")
    assert (quality_of(MAY), quality_of(JUNE)) == (of_may, {**of_may, "no_month_count": 0, "no_month_by_rule": None})
    assert "first seen in this month" not in page
    assert [key for key in ("N80", "N81", "N82") if key in page] == []


def test_rows_without_a_key_are_counted_together(slips: Slips) -> None:
    slips(*GOOD, None, "no time", keys=False)
    planned = steps.plan(MAY, ["east"])
    steps.land(planned, "east")
    assert kept() == [(None, "time_readable", 2, MAY, True, False)]


@pytest.mark.deep
def test_an_unreadable_time_that_sorts_into_a_month_is_told_once_there(slips: Slips) -> None:
    slips(*GOOD, *GOOD, "2023-05-13 25:00:00", "2023-05-32", None)
    run_month(MAY, ["east"])
    said = state_of(MAY)
    assert [said[name] for name in ("table_count", "loaded_count", "turned_away_count")] == [29, 24, 2]
    assert (said["after_count"], said["no_month_count"], said["new_no_month_count"]) == (2, 1, 1)
    assert kept() == [("N28", "time_readable", 1, MAY, True, False)]
    run_month(JUNE, ["east"])  # no bounds of this month take them
    everyone = [(row[0], row[3], row[-1]) for row in kept()]
    assert everyone == [("N26", JUNE, False), ("N27", JUNE, False), ("N28", MAY, False)]
    run_month(MAY, ["east"])  # they are still as they were
    assert [(row[0], row[3], row[-1]) for row in kept()] == everyone


def test_times_in_another_usual_form_are_read(slips: Slips, capsys: pytest.CaptureFixture[str]) -> None:
    slips(*GOOD, "2023-05-01T00:30:00", "2023-05-31", "2023-05-01", "2023-06-01")
    run_month(MAY, ["east"])
    told, code = check(MAY, capsys)
    said = state_of(MAY)
    assert (said["treasury_state"], said["loaded_count"], code) == ("loaded", 15, 0), told


@pytest.mark.deep
def test_one_time_in_a_foreign_form_costs_its_row_until_it_is_mended(
    slips: Slips, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = ["08/05/2023"]
    slips(*GOOD, *foreign)
    run_month(MAY, ["east"])
    told, code = check(MAY, capsys)
    said = state_of(MAY)
    assert (said["treasury_state"], said["loaded_count"], said["no_month_count"], code) == ("loaded", 12, 1, 0), told
    assert kept() == [("N13", "time_readable", 1, MAY, True, False)]
    assert "! no month selects 1 of the 14 rows of slip by at: time_readable 1" in told
    run_month(JUNE, ["east"])
    assert kept() == [("N13", "time_readable", 1, MAY, False, False)]
    slips(*GOOD, "2023-05-08")
    run_month(JUNE, ["east"])
    assert kept() == [("N13", "time_readable", 1, MAY, False, True)]


@pytest.mark.parametrize(
    ("times", "is_told"),
    [
        (["2023-04-30T20:00:00Z"] * 2, "for example '2023-04-30T20:00:00Z'"),
        (["1683513000", "08/05/2023"], "slip by at: the query's bounds do not find 2 rows of the month and take 0 of"),
        (["2023-05-31T20:00:00Z"] * 2, "do not find 0 rows of the month and take 2 of others"),
    ],
)
def test_many_times_that_do_not_sort_refuse_the_month_and_the_check_says_the_same(
    slips: Slips, capsys: pytest.CaptureFixture[str], times: list[str], is_told: str
) -> None:
    slips(*GOOD, *times)
    run_month(MAY, ["east"])
    said, (told, code) = state_of(MAY), check(MAY, capsys)
    assert (said["treasury_state"], code) == ("refused", 5)
    what = said["error_message"].partition(f"{MAY}: ")[2]
    assert what.startswith("times_bounded: slip by at: the query's bounds do not find")
    assert is_told in what
    assert f"✗ a run would refuse the month: {what}" in told
    assert "-- time:" in said["next_action"]
    assert query("select count(*) as n from core.fact_response") == [{"n": 0}]


@pytest.mark.parametrize(
    ("joined", "yields"),
    [
        ("inner join mark on mark.slip_no = s.no", 3),
        ("left join mark on mark.slip_no = s.no", 13),
    ],
)
def test_a_query_that_drops_or_doubles_rows_refuses_the_month(
    slips: Slips, capsys: pytest.CaptureFixture[str], tmp_path: Path, joined: str, yields: int
) -> None:
    slips(*GOOD)
    with sqlite3.connect(tmp_path / "east.sqlite") as database:
        database.execute("create table mark (slip_no text)")
        database.executemany("insert into mark values (?)", [("N1",), ("N2",), ("N2",)])
    database.close()
    libraries.rewrite(tmp_path / "config", "from slip as s\n", f"from slip as s {joined}\n")
    run_month(MAY, ["east"])
    said, (told, code) = state_of(MAY), check(MAY, capsys)
    what = f"table_read_whole: the query yields {yields} rows, and slip by at has 12 in the month"
    assert what in said["error_message"]
    assert (said["treasury_state"], code) == ("refused", 5)
    assert what in told


def test_a_table_that_is_not_counted_is_said_everywhere(
    slips: Slips, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    slips(*GOOD, None)
    header = "-- counts: slip\n-- time: at\n-- key: no\n"
    libraries.rewrite(tmp_path / "config", header, "-- counts: off, it is too large\n")
    with caplog.at_level(logging.WARNING, "hailong"):
        planned = run_month(MAY, ["east"])
    why = "the query's header switches it off: it is too large"
    assert [text for text in caplog.messages if text.endswith(f"the table is not accounted for: {why}")]
    assert (state_of(MAY)["uncounted_why"], state_of(MAY)["table_count"], kept()) == (why, None, [])
    assert not quality_of(MAY)["is_accounted_for"]
    assert f"not accounted for is the whole table of east: {why}" in hailong("status", MAY).stderr
    assert "the table is not accounted for: the query" in steps.report(planned).read_text("utf-8")
    told, code = check(MAY, capsys)
    assert code == 0
    assert f"! the whole table is not accounted for: {why}" in told


def test_a_receipt_of_before_there_were_counts_still_opens(slips: Slips) -> None:
    slips(*GOOD)
    planned = steps.plan(MAY, ["east"])
    values = steps.land(planned, "east")
    place = zone.Place(str(Path(values["landing_path"]).parents[2]), MAY, "east")
    file = Path(values["landing_path"]).with_name("receipt.json")
    assert zone.receipt(place).census is not None
    without = json.loads(file.read_text("utf-8"))
    del without["census"], without["uncounted_why"]
    file.write_text(json.dumps(without), "utf-8")
    assert zone.receipt(place) == Receipt(**without)
    (outcome,) = steps.admit(planned, ["east"])
    assert outcome["treasury_state"] == "loaded"


def test_a_look_back_that_is_not_whole_is_told_and_changes_nothing(slips: Slips, tmp_path: Path) -> None:
    rules = next((tmp_path / "config" / "rules").glob("*.yaml"))
    if "late_answers" not in rules.read_text("utf-8"):
        rules.write_text(rules.read_text("utf-8") + "late_answers: {look_back_months: 1}\n", "utf-8")
    slips(*GOOD)
    run_month(MAY, ["east"])
    before = query("select count(*) as n from core.fact_response")
    slips(*GOOD, *["2023-04-30T20:00:00Z"] * 2)
    planned: Plan = run_month(JUNE, ["east"])
    (news, *_) = [news for news in look_back.run(planned) if news.month == MAY]
    assert ["times_bounded" in error.message for error in news.errors] == [True]
    assert query("select count(*) as n from core.fact_response where survey_month = '2023-05-01'") == before
    assert state_of(MAY)["treasury_state"] == "loaded"
