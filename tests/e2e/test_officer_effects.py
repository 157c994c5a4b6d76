"""What decisions on officers came to: measured with the evidence, pinned, made again, beside what a person finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.acting import cases, records
from etl.errors import HailongError
from etl.operation import steps
from etl.publishing import publish, verify
from etl.publishing.publish import Decision
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import query, run_month
from tests.lib.networks import small_network

JULY = "2023-07"
ANNA = Decision("anna", "complete", is_provisional_allowed=True)
EARLIER = ("2023-02", "2023-03", "2023-04", "2023-05", "2023-06")
# July's answers came in the months before as well, each time of other customers
SPREAD = (
    "select core.ensure_month('{0}-01')",
    "insert into core.fact_response select (g.f).* from (select jsonb_populate_record(f, jsonb_build_object("
    "'survey_month', '{0}-01', 'respondent_hash', '{0}' || f.respondent_hash)) as f"
    " from core.fact_response as f where f.survey_month = '2023-07-01') as g",
    "insert into ops.treasury_month select (g.o).* from (select jsonb_populate_record(o, jsonb_build_object("
    "'survey_month', '{0}-01')) as o from ops.treasury_month as o where o.survey_month = '2023-07-01') as g",
)
# a bad month, and after it a decision that moved her to another unit, where all is well
ALL_SAY = (
    "update core.fact_response as f set answer_levels = array(select cast({level} as smallint)"
    " from unnest(f.answer_levels)) where officer_code = '{code}' and survey_month in ({months})"
)
MOVED = (
    "update core.fact_response as f set unit_code = '{unit}'"
    " where officer_code = '{code}' and survey_month >= '2023-04-01'"
)
CASE = """
with file as (
    insert into action.case_file (subject_kind, person_id, treasury_id, ground_code)
    select 'person', a.person_id, a.treasury_id, 'petition' from action.assignment as a
    where a.officer_code = '{code}'
    returning case_number
),
event as (
    insert into action.case_event (
        case_number, event_kind, happened_on, evidence_kind, petition_number, identity, recorded_at, recorded_by
    )
    select case_number, e.kind, cast(e.day as date), e.evidence, e.petition, 'login', now(), 'anna'
    from file cross join (values
        (1, 'opened', '2023-03-10', 'petition', '7'), (2, 'decision_proposed', '2023-04-01', null, null)
    ) as e (place, kind, day, evidence, petition)
    order by e.place
    returning event_number, event_kind, case_number
),
decision as (
    insert into action.decision (
        event_number, outcome, action_code, capacity, legal_basis, is_urgent, valid_from
    )
    select event_number, 'accepted', '{action}', 'director', 'x', false, '2023-04-01' from event
    where event_kind = 'decision_proposed'
)
insert into action.case_event (
    case_number, event_kind, happened_on, about_event, legal_bars, identity, recorded_at, recorded_by
)
select v.case_number, e.kind, cast('2023-04-05' as date), case when e.kind = 'decided' then v.event_number end,
    case when e.kind = 'acting' then 'none' end, 'login', now(), 'anna'
from event as v cross join (values (1, 'decided'), (2, 'acting')) as e (place, kind)
where v.event_kind = 'decision_proposed'
order by e.place
"""


def run(*statements: str) -> None:
    """Run statements as the warehouse's owner."""
    with warehouse.transaction() as connection:
        for statement in statements:
            connection.execute(sa.text(statement.replace(":", r"\:")))


def _run_unchecked(statement: str, tables: tuple[str, ...]) -> None:
    """Run a statement past the triggers of some tables that see to the order of events and the two logins."""
    names = [
        (table, row["tgname"])
        for table in tables
        for row in query(f"select tgname from pg_trigger where tgrelid = '{table}'::regclass and tgenabled = 'A'")
    ]
    run(
        *(f"alter table {table} disable trigger {name}" for table, name in names),
        statement,
        *(f"alter table {table} enable always trigger {name}" for table, name in names),
    )


def six_months() -> None:
    """July 2023 of two treasuries, the same in the five months before, and a move that helped."""
    run_month(JULY)
    run(*(statement.format(month) for month in EARLIER for statement in SPREAD))
    code, unit = _busiest()
    records.assign("34", {"officer_code": code, "valid_from": dt.date(2020, 1, 1)})
    after = "'2023-05-01', '2023-06-01', '2023-07-01'"
    run(
        ALL_SAY.format(code=code, level=1, months="'2023-02-01'"),
        ALL_SAY.format(code=code, level=4, months=after),
        MOVED.format(code=code, unit=unit),
    )
    held = ("action.case_file", "action.case_event", "action.decision")
    _run_unchecked(CASE.format(code=code, action="rotation"), held)
    assert steps.rate(JULY)["officers_error"] is None


KEPT = Kept("six months and a move", six_months, small_network)


def _busiest() -> tuple[str, str]:
    """The officer of most answers of Thái Bình, and a unit where she did not serve."""
    (row,) = query(
        "select f.officer_code, count(*) as n, min(f.unit_code) as unit_code from core.fact_response as f"
        " inner join core.dim_treasury as t on f.treasury_id = t.treasury_id"
        " where t.treasury_code = '34' and f.officer_code != 'unstated' and f.survey_month = '2023-07-01'"
        " group by f.officer_code order by n desc, 1 limit 1"
    )
    (unit,) = query(
        "select min(u.unit_code) as unit_code from core.dim_unit as u inner join core.dim_treasury as t"
        " on u.treasury_id = t.treasury_id where t.treasury_code = '34' and u.unit_code != 'unstated'"
        f" and u.unit_code != '{row['unit_code']}'"
    )
    return row["officer_code"], unit["unit_code"]


@pytest.fixture
def measured(copy_of: Callable[[Kept], Copy]) -> list[dict[str, Any]]:
    """The six months; the effects of July's draft, by part."""
    copy_of(KEPT)
    return effects()


def effects(revision: int = 0) -> list[dict[str, Any]]:
    """The effects that are kept with a revision, by part."""
    return query(f"select * from score.officer_effect where revision_number = {revision} order by part")


def test_a_move_is_measured_on_the_person_and_at_both_units(measured: list[dict[str, Any]]) -> None:
    own, receiving, sending = measured
    assert [row["part"] for row in measured] == ["own", "receiving", "sending"]
    assert own["before_months"] == [dt.date(2023, 2, 1)]  # March selected her
    assert own["after_months"] == [dt.date(2023, month, 1) for month in (5, 6, 7)]
    assert (own["verdict"], own["reason"]) == ("helped", None)
    assert 0 < own["effect_low"] < own["effect"] < own["effect_high"]
    assert own["control_count"] >= 3
    assert own["measured_unit_code"] is None
    assert receiving["measured_unit_code"] != sending["measured_unit_code"]


@pytest.mark.usefixtures("measured")
def test_effects_are_pinned_and_made_again_also_when_she_was_forgotten() -> None:
    assert publish.publish(JULY, ANNA) == 1
    published = effects(1)
    assert verify.verify(JULY) == [1]
    (person,) = {row["person_id"] for row in published}
    run(
        f"insert into action.erasure (person_id, step, reason) values ({person}, 'proposed', 'asked')",
        f"select action.erase_person({person})",
        "insert into action.erasure (person_id, step, about_number, reason)"
        f" select {person}, 'confirmed', max(erasure_number), 'confirmed' from action.erasure",
    )
    assert verify.verify(JULY) == [1]
    steps.rate(JULY)
    assert effects() == []
    assert effects(1) == published


@pytest.mark.usefixtures("measured")
def test_a_finding_stands_beside_what_was_measured() -> None:
    (number,) = (
        row["case_number"]
        for row in query(
            "select case_number from action.case_file where person_id is not null and ground_code = 'petition'"
        )
    )
    assert "measured by" not in hailong("case", "show", str(number)).stdout  # nothing is published yet
    assert publish.publish(JULY, ANNA) == 1
    shown = hailong("case", "show", str(number)).stdout
    assert "the person: it helped" in shown
    assert "answers only differences beyond" in shown
    assert "người được đo: có tác dụng" in hailong("--lang", "vi", "case", "show", str(number)).stdout
    refused = hailong("case", "measure", str(number), "--finding", "no_effect")
    assert refused.exit_code != 0
    assert "helped was measured, not no_effect" in refused.stderr
    with pytest.raises(HailongError, match="old word"):
        cases.add(number, "measured", {"finding": "none"})
    told = hailong("case", "measure", str(number), "--finding", "no_effect", "--note", "two counters were closed")
    assert "found something else" in told.stderr
    (event,) = query("select finding, measured_verdict from restricted.case_event where event_kind = 'measured'")
    assert (event["finding"], event["measured_verdict"]) == ("no_effect", "helped")


@pytest.mark.parametrize(
    "tampered",
    [
        "update score.officer_effect set effect = 0 where revision_number = 1",
        "delete from score.officer_action where revision_number = 1",
        "update score.officer_basis set effect_digest = 'x' where revision_number = 1",
    ],
)
@pytest.mark.usefixtures("measured")
def test_an_effect_that_was_changed_is_found(tampered: str) -> None:
    assert publish.publish(JULY, ANNA) == 1
    with pytest.raises(HailongError):
        run(tampered)
    with warehouse.transaction() as connection:
        connection.execute(sa.text("set local session_replication_role = replica"))
        connection.execute(sa.text(tampered))
    with pytest.raises(HailongError):
        verify.verify(JULY)
