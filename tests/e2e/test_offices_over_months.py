"""Units over published months: run charts that stay as published, lasting weaknesses as cases, training needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.acting import cases, weakness_cases
from etl.errors import Disagreement, Misdeclared
from etl.operation import steps
from etl.publishing import publish, verify
from etl.reports import run_note
from tests.lib.attack import landed, made
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import query

JANUARY, FEBRUARY, MARCH, APRIL = MONTHS = ["2023-01", "2023-02", "2023-03", "2023-04"]
SHAPE = made.Shape(regions=1, treasuries=2, units=2, procedures=1, channels=1, types=1, skipped=0)
UNITS = [f"1{treasury}/{unit}" for treasury in (1, 2) for unit in (1, 2)]
WEAK = ("11", "1", "c1_1")
SIZE = 60


def answers(month: str, *, weak: bool = True, size: int = SIZE) -> pd.DataFrame:
    """Responses of a month: all content but with one criterion of one unit, and a few others each month."""
    people = made.people(SHAPE, {(unit, "c1"): size for unit in UNITS}, MONTHS.index(month))
    names = list(made.factors(SHAPE))
    people[names] = 5
    people.loc[people.groupby("unit").cumcount() < 3 + MONTHS.index(month), "c2_2"] = 2
    if weak:
        people.loc[people["unit"].eq("11/1") & (people.groupby("unit").cumcount() % 3 > 0), "c1_1"] = 1
    return people


def network(directory: Path) -> Path:
    """Two treasuries of two units each."""
    config = directory / "config"
    landed.declare(config, SHAPE, {})
    return config


def two_months() -> None:
    """January and February, published."""
    for month in (JANUARY, FEBRUARY):
        landed.rate(answers(month), month)


KEPT = Kept("a unit weak in January and February", two_months, network)


@pytest.fixture
def made_up(copy_of: Callable[[Kept], Copy]) -> Copy:
    """The two months, published; what comes next is for the test."""
    return copy_of(KEPT)


def as_owner(copy: Copy, statement: str) -> None:
    """Run a statement as the warehouse's owner."""
    with sa.create_engine(copy.url, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql(statement)


def chart(month: str) -> dict[str, dict[str, Any]]:
    """The run chart of each area as it stands in a month."""
    rows = query(f"select * from mart.run_chart where period_code = '{month}'")
    return {row["area_code"]: row for row in rows}


def weak_units() -> list[tuple[str, str, int]]:
    """Each case on a lasting weakness: unit, what was said last, pieces of evidence."""
    rows = query(
        "select s.current_treasury_id, t.treasury_code || '/' || s.unit_code as unit, s.evidence_count, e.note"
        " from action.case_standing as s join core.dim_treasury as t using (treasury_id)"
        " join action.case_event as e on e.event_number = s.last_event where s.ground_code = 'lasting_weakness'"
    )
    return [(row["unit"], row["note"], row["evidence_count"]) for row in rows]


@pytest.mark.usefixtures("made_up")
def test_a_chart_is_made_of_the_published_months_and_stays_as_published() -> None:
    for month in (MARCH, APRIL):
        landed.rate(answers(month), month)
    drawn = chart(APRIL)
    assert sorted(drawn) == ["11", *UNITS[:2], "12", *UNITS[2:]]
    for area, row in drawn.items():
        rates = [float(chart(month)[area]["satisfaction_rate"]) for month in MONTHS]
        reach = 2.66 * np.abs(np.diff(rates)).mean()
        said = [float(row[name]) for name in ("centre_rate", "low_rate", "high_rate")]
        assert said == pytest.approx([np.mean(rates), np.mean(rates) - reach, np.mean(rates) + reach], abs=1e-9)
        assert (row["point_count"], row["is_trial"], row["revision_number"]) == (4, True, 1)
    landed.rate(answers(MARCH, size=90), MARCH)
    assert chart(MARCH)["11/1"]["revision_number"] == 2
    assert chart(APRIL) == drawn  # though March says something else now
    for month in MONTHS:
        verify.verify(month)
    steps.rate(APRIL)
    assert publish.publish(APRIL, landed.ANNA) == 2
    assert chart(APRIL)["11/1"]["centre_rate"] != drawn["11/1"]["centre_rate"]
    assert verify.verify(APRIL) == [1, 2]


def test_a_chart_that_was_changed_in_the_warehouse_does_not_verify(made_up: Copy) -> None:
    change = "update score.standing set chart_centre = 0.5 where period_code = '2023-02' and unit_code = '1'"
    with pytest.raises(sa.exc.DBAPIError, match="revision 1 of 2023-02 stays what it is"):
        as_owner(made_up, change)
    as_owner(made_up, f"alter table score.standing disable trigger all; {change}")
    with pytest.raises(Disagreement, match="the stored figures are not those that were published"):
        verify.verify(FEBRUARY)


def test_a_hidden_month_is_a_gap(made_up: Copy) -> None:
    as_owner(
        made_up,
        "insert into score.hidden_later select period_code, revision_number, area_level, area_code, breakdown,"
        " member_code from score.rating where period_code = '2023-02' and revision_number = 1"
        " and area_code = '11/1' and breakdown = 'total'",
    )
    landed.rate(answers(MARCH), MARCH)
    rows = {month: chart(month)["11/1"] for month in (JANUARY, FEBRUARY, MARCH)}
    february = rows[FEBRUARY]
    assert (february["is_suppressed"], february["satisfaction_rate"], february["centre_rate"]) == (True, None, None)
    assert (rows[MARCH]["point_count"], chart(MARCH)["11/2"]["point_count"]) == (2, 3)
    shown = [float(rows[month]["satisfaction_rate"]) for month in (JANUARY, MARCH)]
    assert float(rows[MARCH]["centre_rate"]) == pytest.approx(np.mean(shown), abs=1e-9)


@pytest.mark.usefixtures("made_up")
def test_a_unit_that_is_weak_for_three_months_is_given_one_case_when_the_third_is_published() -> None:
    assert weak_units() == []
    landed.rate(answers(MARCH), MARCH)
    assert weak_units() == [("11/1", "c1_1 3", 1)]
    (case,) = cases.listed()
    assert (case["ground_code"], case["subject_kind"], case["case_state"]) == ("lasting_weakness", "unit", "new")
    (opened,) = cases.events(case["case_number"])
    assert (opened["event_kind"], opened["period_code"], opened["revision_number"]) == ("opened", MARCH, 1)
    assert weakness_cases.open_lasting() == 0
    landed.rate(answers(APRIL), APRIL)
    assert weak_units() == [("11/1", "c1_1 4", 2)]
    landed.rate(answers(APRIL, size=61), APRIL)  # a second revision says the same of the unit
    assert weak_units() == [("11/1", "c1_1 4", 2)]


@pytest.mark.usefixtures("made_up")
def test_a_draft_opens_none_nor_does_a_weakness_that_ended() -> None:
    landed.rate(answers(MARCH, weak=False), MARCH)
    landed.rate(answers(APRIL), APRIL)
    assert query("select lasting_count from mart.weakness where period_code = '2023-04' and area_code = '11/1'"
                 " and is_weak") == [{"lasting_count": 1}]  # fmt: skip
    assert weak_units() == []


@pytest.mark.usefixtures("made_up")
def test_for_how_many_months_is_declared(made_up: Copy) -> None:
    (settings.read().config / "cases.yaml").write_text(
        "lasting_weakness: {acknowledge: 2, assess: 10, months: 4, source: test}\n", "utf-8"
    )
    landed.rate(answers(MARCH), MARCH)
    assert weak_units() == []
    landed.rate(answers(APRIL), APRIL)
    assert weak_units() == [("11/1", "c1_1 4", 1)]


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize(("since", "units"), [("2023-03-31", [("11/1", "c1_1 3", 1)]), ("2023-04-01", [])])
def test_what_is_weak_before_a_day_opens_none(since: str, units: list[tuple[str, str, int]]) -> None:
    (settings.read().config / "cases.yaml").write_text(f"reported_since: {since}\n", "utf-8")
    landed.rate(answers(MARCH), MARCH)
    assert weak_units() == units


def test_a_publication_stands_though_no_case_can_be_opened_and_the_next_one_opens_them(
    made_up: Copy, caplog: pytest.LogCaptureFixture
) -> None:
    function = "action.open_weakness_cases(integer, date, date, date)"
    as_owner(made_up, f"alter function {function} rename to away")
    landed.rate(answers(MARCH), MARCH)
    assert "lasting weaknesses did not become cases" in caplog.text
    assert query("select max(revision_number) from score.revision where period_code = '2023-03'") == [{"max": 1}]
    assert weak_units() == []
    said = hailong("publish", MARCH, "--why", "again")  # it says the same, and tries again what is left
    assert said.exit_code == 0, said.stderr
    assert "lasting weaknesses did not become cases" in said.stdout
    assert "→ what is published stands, and the next publication opens them" in said.stdout
    (told,) = (one for one in [publish.open_cases()] if one)
    note = run_note.of_nothing_new("the draft says nothing new", [told])
    assert "lasting weaknesses did not become cases" in note
    assert "các điểm yếu kéo dài chưa trở thành vụ việc" in note
    assert "lần công bố sau sẽ mở các vụ việc đó" in note
    as_owner(made_up, "alter function action.away(integer, date, date, date) rename to open_weakness_cases")
    landed.rate(answers(APRIL), APRIL)
    assert weak_units() == [("11/1", "c1_1 4", 2)]


def test_who_publishes_has_cases_opened_and_reads_none(made_up: Copy) -> None:
    with sa.create_engine(made_up.url, poolclass=sa.NullPool).connect() as connection:
        connection.exec_driver_sql("set role hailong_publisher")
        asked = "select action.open_weakness_cases(3, current_date, current_date, null)"
        assert connection.exec_driver_sql(asked).scalar_one() == 0
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied for table case_file"):
            connection.exec_driver_sql("select * from action.case_file")


def needs(area: str, competence: str) -> dict[str, Any]:
    """What a unit or treasury needs in January."""
    (row,) = query(
        f"select * from mart.training_need where period_code = '2023-01' and area_code = '{area}'"
        f" and competence_code = '{competence}'"
    )
    return row


@pytest.mark.usefixtures("made_up")
def test_a_competence_is_the_sum_of_its_criteria_with_limits_that_hold_for_alike_answers() -> None:
    row = needs("11/1", "k0")
    assert (row["answer_count"], row["satisfied_count"]) == (120, 80)  # 60 of one criterion, 20 of the other
    of = query("select * from score.rating where period_code = '2023-01' and area_code = '11/1' and revision_number = 1"
               " and breakdown = 'criterion' and member_code in ('c1_1', 'c1_2')")  # fmt: skip
    assert float(row["satisfaction_rate"]) == pytest.approx(80 / 120)
    for name in ("rate_low", "rate_high"):
        assert float(row[name]) == pytest.approx(np.mean([float(one[name]) for one in of]))
    assert row["effective_count"] == min(one["effective_count"] for one in of)
    # of the network 8 · 60 answers, of which 40 are not satisfied
    assert float(row["gap_points"]) == pytest.approx(100 * (80 / 120 - 440 / 480))
    assert (row["need_code"], row["need_en"]) == ("below", "below the network: consider training")
    assert row["weak_criterion_count"] == 1
    assert (needs("12/1", "k0")["need_code"], needs("12/1", "k1")["need_code"]) == ("above", "unclear")


def test_a_hidden_criterion_hides_the_competence_and_one_of_the_network_the_gap(made_up: Copy) -> None:
    hide = (
        "insert into score.hidden_later select period_code, revision_number, area_level, area_code, breakdown,"
        " member_code from score.rating where period_code = '2023-01' and revision_number = 1"
        " and area_code = '{}' and breakdown = 'criterion' and member_code = 'c1_2'"
    )
    figures = ("answer_count", "satisfied_count", "effective_count", "satisfaction_rate", "rate_low", "rate_high",
               "gap_points", "weak_criterion_count", "need_code", "need_vi", "need_en")  # fmt: skip
    as_owner(made_up, hide.format("11/1"))
    row = needs("11/1", "k0")
    assert (row["is_suppressed"], {row[name] for name in figures}) == (True, {None})
    assert needs("11/1", "k1")["answer_count"] == 120
    as_owner(made_up, hide.format("all"))
    row = needs("12/1", "k0")
    assert (row["gap_points"], row["need_code"], row["answer_count"]) == (None, None, 120)


def test_revisions_from_before_have_none_and_verify_as_they_are(made_up: Copy) -> None:
    folder = settings.read().config / "areas"
    (file,) = folder.glob("*.yaml")
    text = file.read_text("utf-8")
    file.unlink()
    landed.rate(answers(MARCH), MARCH)
    with warehouse.transaction() as connection:
        before = warehouse.rows(connection, "publishing/revisions", period_code=MARCH)[-1]["figures_digest"]
    file.write_text(text, "utf-8")
    assert verify.verify(MARCH) == [1]
    assert {row["point_count"] for row in chart(MARCH).values()} == {None}
    steps.rate(MARCH)
    assert publish.publish(MARCH, landed.ANNA) == 2
    assert verify.verify(MARCH) == [1, 2]
    assert {row["point_count"] for row in chart(MARCH).values()} == {3}
    kept = query("select figures_digest from score.revision where period_code = '2023-03' and revision_number = 1")
    assert kept == [{"figures_digest": before}]
    file.write_text(text.replace("months: 36", "months: 24"), "utf-8")
    with pytest.raises(Misdeclared, match="reliability and run charts are gone, or were edited"):
        verify.verify(MARCH, 2)
