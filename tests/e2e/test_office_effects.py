"""Effects of what offices did: kept with the draft, shown, frozen, made again, and tampering refused."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.acting.offices import draft
from etl.errors import Disagreement, HailongError, Misdeclared
from etl.operation import steps
from etl.publishing import effects_again, publish, revisions, verify
from etl.publishing.publish import Decision
from etl.registry import Registry
from etl.registry.ruled import Ruled
from tests.lib.kept import Copy, Kept
from tests.lib.months import query
from tests.lib.readers import MONTH, PUBLISHED

AGAIN = Decision("anna", "effects", is_provisional_allowed=True, are_names_news=True)
UNITS = ("34.01", "34.02", "34.11", "34.12", "34.13", "34.14")
HELPED, WORSE, OTHER, HIDDEN, CLOSED, CUT = UNITS
MONTHS = [dt.date(2022 + (month > 12), month - 12 * (month > 12), 1) for month in range(4, 19)]
"""April 2022 to June 2023: made of July, of which every cell says 80 %; the actions are of December."""
MADE_UP = """
insert into core.dim_period (period_code, period_kind, period_name_vi, period_name_en, first_month, last_month)
values ('{code}', 'month', 'x', 'x', date '{month}', date '{month}') on conflict do nothing;
insert into score.revision
select (jsonb_populate_record(r, '{{"period_code": "{code}", "figures_digest": "{code}"}}')).*
from score.revision as r where period_code = '2023-07' and revision_number = 1;
insert into score.rating select (jsonb_populate_record(r, '{{"period_code": "{code}", "survey_month": "{month}",
    "satisfaction_rate": 0.8, "effective_count": 200, "response_count": 200, "answer_count": 200,
    "satisfied_count": 160, "is_suppressed": false}}')).*
from score.rating as r
where period_code = '2023-07' and revision_number = 1 and area_level in ('treasury', 'unit')
and breakdown in ('total', 'criterion');
"""
CHANGED = (
    f"update score.rating set satisfaction_rate = 0.95 where unit_code = '{HELPED}' and survey_month between"
    " '2023-01-01' and '2023-06-01'",
    f"update score.rating set satisfaction_rate = 0.65 where unit_code = '{WORSE}' and survey_month between"
    " '2023-01-01' and '2023-06-01'",
    f"update score.rating set questionnaire_code = 'other' where unit_code = '{OTHER}' and survey_month = '2023-02-01'",
    f"update score.rating set is_suppressed = true where unit_code = '{HIDDEN}' and survey_month = '2023-02-01'"
    " and breakdown = 'total'",
    f"delete from score.rating where unit_code = '{CLOSED}' and survey_month between '2023-03-01' and '2023-06-01'",
)
TRAINED = """
insert into action.training (treasury_id, held_on, unit_codes, topic, attendance_count)
select treasury_id, date '{day}', array[{units}]::text[], 'giao tiếp', 12
from core.dim_treasury where treasury_code = '34'
"""


def run(*statements: str, by_force: bool = False) -> None:
    """Run statements as the warehouse's owner; by force past the triggers that keep what is published."""
    with warehouse.transaction() as connection:
        if by_force:
            connection.exec_driver_sql("set local session_replication_role = replica")
        for statement in statements:
            connection.execute(sa.text(statement.replace(":", r"\:")))


def trained(day: str, *units: str) -> None:
    """A training of Thái Bình, or of some of its units, was held."""
    run(TRAINED.format(day=day, units=", ".join(f"'{unit}'" for unit in units)))


def measured() -> None:
    """Measure the effects of July's draft anew."""
    registry = Registry.configured()
    with warehouse.transaction() as connection:
        for name in ("effect", "effect_input", "effect_basis"):
            connection.exec_driver_sql(f"delete from score.{name} where revision_number = 0")
        assert draft.make(connection, Ruled.in_force(registry, registry.period(MONTH)))


def effects(number: int = 0) -> dict[tuple[str, str | None], dict[str, object]]:
    """The effects of a revision, by the day of the action and its unit."""
    rows = query(f"select * from score.effect where period_code = '{MONTH}' and revision_number = {number}")
    return {(str(row["action_date"]), row["unit_code"]): row for row in rows}


@pytest.fixture
def months(copy_of: Callable[[Kept], Copy]) -> Path:
    """July of two treasuries, published, with fifteen months before it, and trainings of December."""
    home = copy_of(PUBLISHED).home
    made = [MADE_UP.format(month=month, code=f"{month:%Y-%m}") for month in MONTHS]
    run(*[one for text in made for one in text.split(";\n")[:3]], *CHANGED, by_force=True)
    trained("2022-12-15", *UNITS)
    trained("2023-02-10", CUT)
    trained("2022-12-20")
    return home


@pytest.fixture
def published(months: Path) -> Path:
    """The same, rated anew and published with its effects."""
    assert steps.rate(MONTH)["effects_error"] is None
    assert publish.publish(MONTH, AGAIN) == 2
    return months


def test_each_action_is_measured_on_the_office_that_it_was_for(months: Path) -> None:
    measured()
    found = effects()
    day, office = "2022-12-15", ("2022-12-20", None)
    told = {unit: (found[day, unit]["verdict"], found[day, unit]["reason"]) for unit in UNITS}
    assert told == {
        HELPED: ("helped", None),
        WORSE: ("worse", None),
        OTHER: ("cannot_tell", "other_questionnaire"),
        HIDDEN: ("no_effect", None),
        CLOSED: ("cannot_tell", "too_few_months"),
        CUT: ("cannot_tell", "too_few_months"),
    }
    assert found[office]["reason"] == "too_few_controls"  # one other treasury
    row = found[day, HELPED]
    assert [float(str(row[name])) for name in ("before_rate", "after_rate")] == [0.8, 0.95]
    assert row["effect_low"] < row["effect"] < row["effect_high"]  # type: ignore[operator]
    assert row["selecting_months"] == [dt.date(2022, 11, 1)]
    assert row["before_months"] == [dt.date(2022, month, 1) for month in range(5, 11)]
    assert row["after_months"] == [dt.date(2023, month, 1) for month in range(1, 7)]
    # a month that is hidden is part of nothing
    assert dt.date(2023, 2, 1) not in found[day, HIDDEN]["after_months"]  # type: ignore[operator]
    used = query("select input_code, input_number, figures_digest from score.effect_input where revision_number = 0")
    assert {(row["input_number"], row["input_code"] == row["figures_digest"]) for row in used} == {(1, True)}


def test_marts_tell_of_whole_offices_and_of_no_small_unit(months: Path) -> None:
    run(
        "insert into action.action_item (treasury_id, item_text, owner_name, due_date)"
        " select treasury_id, 'thêm ghế', 'A', '2022-06-30' from core.dim_treasury where treasury_code = '34'"
    )
    measured()
    assert query("select * from mart.effect") == []  # a draft beside a revision is shown to nobody
    with warehouse.transaction() as connection:
        warehouse.show(connection, "draft")
        shown = list(connection.execute(sa.text(
            "select unit_code, action_kind, action_title, verdict, is_published, is_newest from mart.effect order by 2"
        )))  # fmt: skip
        assert shown == [
            (None, "plan", "thêm ghế", "cannot_tell", False, True),
            (None, "training", "giao tiếp", "cannot_tell", False, True),
        ]
        counted = "select action_kind, helped_count, cannot_tell_count from mart.treasury_action order by 1"
        assert list(connection.execute(sa.text(counted))) == [("plan", 0, 1), ("training", 0, 1)]
        summed = (
            "select opened_month, is_suppressed, cannot_tell_count from mart.action_summary"
            " where cannot_tell_count > 0 order by 1"
        )
        assert list(connection.execute(sa.text(summed))) == [
            (dt.date(2022, 6, 1), False, 1),
            (dt.date(2022, 12, 1), False, 1),
        ]


def test_a_revision_keeps_its_effects_and_the_next_one_has_what_came_later(published: Path) -> None:
    before = effects(2)
    trained("2023-01-20", HELPED)
    assert [number for number, error in verify.outcomes(MONTH, 2) if error] == []
    assert publish.publish(MONTH, AGAIN) is None
    assert steps.rate(MONTH)["effects_error"] is None
    assert publish.publish(MONTH, AGAIN) == 3
    assert effects(2) == before
    assert effects(3).keys() - before.keys() == {("2023-01-20", HELPED)}
    assert effects(3)["2022-12-15", HELPED]["reason"] == "too_few_months"
    with pytest.raises(HailongError):
        run("update score.effect set verdict = 'helped' where revision_number = 2")


PLANNED = """
with opened as (
    insert into action.case_file (subject_kind, treasury_id, unit_code, ground_code)
    select 'unit', treasury_id, '{unit}', 'lasting_weakness' from core.dim_treasury where treasury_code = '34'
    returning case_number, treasury_id
),
evidence as (
    insert into action.case_event (case_number, event_kind, happened_on, evidence_kind, period_code, revision_number,
        identity, recorded_at, recorded_by)
    select case_number, 'opened', '2022-10-01', 'revision', '2022-08', 1, 'login', '2022-10-01', 'anna' from opened
)
insert into action.action_item (case_number, treasury_id, unit_code, item_text, owner_name, due_date)
select case_number, treasury_id, '{unit}', 'x', 'A', '2022-12-31' from opened
"""
WENT_ON = """
insert into action.case_event (case_number, event_kind, happened_on, about_event, no_action_reason, identity,
    recorded_at, recorded_by)
select i.case_number, '{kind}', '2022-12-10', {about}, {why}, 'login', now() + interval '1 day', 'anna'
from action.action_item as i where i.unit_code = '{unit}'
"""
LAST_EVENT = "(select max(event_number) from action.case_event)"


def test_what_took_effect_and_what_led_to_it(months: Path) -> None:
    done, idle, open_ = UNITS[:3]
    run(
        "update score.revision set published_at = '2022-12-01' where period_code = '2022-10' and revision_number = 1",
        "insert into action.conference (treasury_id, held_on, period_code, revision_number, unit_codes,"
        " attendance_count, agreed_text) select treasury_id, '2022-12-08', '2022-09', 1, '{}', 9, 'x'"
        " from core.dim_treasury where treasury_code = '34'",
        "alter table action.case_event disable trigger checked",
        "alter table action.case_file disable trigger checked",
        *(PLANNED.format(unit=unit) for unit in (done, idle, open_)),
        WENT_ON.format(unit=done, kind="acting", about="null", why="null"),
        WENT_ON.format(unit=idle, kind="closing_proposed", about="null", why="'x'"),
        WENT_ON.format(unit=idle, kind="closed", about=LAST_EVENT, why="null"),
        by_force=True,
    )
    found = query(
        "select action_kind, unit_code, action_date, selecting_first, selecting_last"
        " from action.actions_taken('2022-12-01', '2022-12-31') where action_date != '2022-12-15' order by 1"
    )
    assert [tuple(str(value) for value in row.values()) for row in found] == [
        ("conference", "None", "2022-12-08", "2022-09-01", "2022-09-01"),  # what it made known
        ("plan", done, "2022-12-10", "2022-08-01", "2022-08-01"),  # the case's evidence; it was carried out
        ("training", "None", "2022-12-20", "2022-10-01", "2022-10-01"),  # the newest that was published by then
    ]
    measured()
    assert ("2022-12-10", done) in effects()
    with warehouse.transaction() as connection:
        warehouse.show(connection, "draft")
        kinds = connection.execute(sa.text("select action_kind from mart.effect order by 1")).scalars()
        assert list(kinds) == ["conference", "training"]


TAMPERED = [
    ("update score.effect set effect = 0.5 where revision_number = 2 and effect is not null", "stored effects"),
    ("delete from score.effect where revision_number = 2", "stored effects"),
    ("update action.training set held_on = '2022-11-15' where held_on = '2022-12-15'", "effects differ"),
    ("delete from action.training where held_on = '2022-12-20'", "effects differ"),
    (f"update score.rating set satisfaction_rate = 0.7 where unit_code = '{HELPED}' and period_code = '2023-04'",
     "effects differ"),
]  # fmt: skip
UNPINNED = (
    "update score.effect_basis set effects_digest = 'x' where revision_number = 2",
    "delete from score.effect_basis where revision_number = 2",
)


def test_what_was_tampered_with_is_refused(published: Path) -> None:
    registry = Registry.configured()
    ruled = Ruled.in_force(registry, registry.period(MONTH))
    row = next(one for one in revisions.of_period(ruled.period) if one["revision_number"] == 2)
    for statement, told in (("select 1", ""), *TAMPERED):
        with warehouse.rehearsal() as connection:
            connection.exec_driver_sql("set local session_replication_role = replica")
            connection.exec_driver_sql("alter table action.training disable trigger never_changed")
            connection.exec_driver_sql("delete from score.effect where revision_number = 0")
            connection.exec_driver_sql("delete from score.effect_input where revision_number = 0")
            connection.exec_driver_sql("delete from score.effect_basis where revision_number = 0")
            connection.exec_driver_sql(statement)
            with pytest.raises(Disagreement, match=told) if told else contextlib.nullcontext():
                effects_again.check(connection, ruled, row)
    file = next((settings.read().config / "effects").iterdir())
    kept = file.read_text("utf-8")
    file.write_text(kept.replace("smallest_points: 5", "smallest_points: 9"), "utf-8")
    with pytest.raises(Misdeclared, match="was edited after it was used"):
        verify.verify(MONTH, 2)
    file.write_text(kept, "utf-8")
    for statement in UNPINNED:
        run(statement, by_force=True)
        with pytest.raises(Disagreement, match="about its inputs"):
            verify.verify(MONTH, 2)
