"""Evidence on officers: kept with the draft as the pure parts compute it, pinned, made again, and cases of it."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.acting import cases, officer_data, records
from etl.acting.evidence import Answers, evidence, spread_in
from etl.acting.figures import OfficerAnswers
from etl.acting.officers import cases as recommended
from etl.acting.recommendation import STANDING, recommend
from etl.errors import Disagreement, HailongError, Misdeclared, Unavailable, Unfit
from etl.operation import migrate, retention, steps, upkeep
from etl.publishing import publish, verify
from etl.publishing.publish import Decision
from etl.registry import actions
from etl.registry.actions import Simulated
from etl.registry.declared import read
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import query, run_month
from tests.lib.networks import small_network
from tests.lib.slots import Slot

JUNE, JULY = "2023-06", "2023-07"
ANNA = Decision("anna", "complete", is_provisional_allowed=True)
AGAIN = Decision("anna", "corrected", is_provisional_allowed=True, are_names_news=True)
CRITERIA = ("officers_polite", "officers_listen", "officers_answer", "officers_guide", "officers_rules")
BAD = "TEST-BAD"
PLANTED = """
with chosen as (
    select f.survey_month, f.treasury_id, f.response_key
    from core.fact_response as f
    inner join core.dim_treasury as t on f.treasury_id = t.treasury_id
    where f.survey_month = '2023-06-01' and t.treasury_code = '{treasury}'
    order by f.response_key collate "C"
    limit {count}
)
update core.fact_response as f
set officer_code = '{code}', respondent_hash = f.treasury_id || f.response_key, unit_code = (
        select min(u.unit_code) from core.dim_unit as u
        where u.treasury_id = f.treasury_id and u.unit_code != 'unstated'
    ), answer_levels = array(
        select case when c.factor_code = 'officers' or c.criterion_code like 'officers%' then 1 else l.level end
        from unnest(f.answer_levels) with ordinality as l (level, place)
        inner join core.dim_criterion as c
            on c.questionnaire_code = f.questionnaire_code and c.answer_position = l.place
        order by l.place
    )
from chosen as c
where (f.survey_month, f.treasury_id, f.response_key) = (c.survey_month, c.treasury_id, c.response_key)
"""


BEFORE = (
    # what undoes the migration, on a warehouse with published figures and cases
    "drop table score.officer_evidence, score.recommendation, score.officer_input, score.officer_basis,"
    " score.officer_span, score.officer_standing, score.officer_action, score.officer_effect cascade",
    "alter table action.case_event drop column step_code cascade, drop column ladder_code cascade",
    "alter table action.case_event drop column finding cascade, drop column measured_verdict",
    "revoke usage on schema action from hailong_publisher",
    "delete from migration.applied where migration_name in ('0039_officer_evidence.sql',"
    " '0044_pinned_persons.sql', '0047_effects_on_persons.sql', 'views')",
)

PINNED = (
    "officer_evidence",
    "recommendation",
    "officer_input",
    "officer_basis",
    "officer_span",
    "officer_standing",
    "officer_action",
    "officer_effect",
)
"""The tables of evidence on officers."""


def june_and_july() -> None:
    """June and July 2023 of two treasuries, rated."""
    for month in (JUNE, JULY):
        run_month(month)


TWO_MONTHS = Kept("two in June and July", june_and_july, small_network)


def run(*statements: str, by_force: bool = False) -> None:
    """Run statements as the warehouse's owner; by force past the triggers that keep what is published."""
    with warehouse.transaction() as connection:
        if by_force:
            connection.exec_driver_sql("set local session_replication_role = replica")
        for statement in statements:
            connection.execute(sa.text(statement.replace(":", r"\:")))


def plant(code: str = BAD, treasury: str = "34", count: int = 90) -> None:
    """Let customers of June have said the worst of an officer."""
    run(
        f"insert into core.dim_officer select treasury_id, '{code}' from core.dim_treasury"
        f" where treasury_code = '{treasury}' on conflict do nothing",
        PLANTED.format(code=code, treasury=treasury, count=count),
    )


@pytest.fixture
def months(copy_of: Callable[[Kept], Copy]) -> Path:
    """June and July; their directory."""
    return copy_of(TWO_MONTHS).home


@pytest.fixture
def planted(months: Path) -> Path:
    """The same with an officer of whom the customers of June said the worst, and July rated anew."""
    plant()
    assert steps.rate(JULY)["officers_error"] is None
    return months


@pytest.fixture
def published(planted: Path) -> Path:
    """The same, published."""
    assert publish.publish(JULY, ANNA) == 1
    return planted


def of_code(code: str = BAD, number: int = 0) -> list[dict[str, Any]]:
    """The recommendations on the officers who have a code, by person."""
    return query(
        f"select * from score.recommendation where officer_code = '{code}' and period_code = '{JULY}'"
        f" and revision_number = {number} order by treasury_id, person_id"
    )


def of_recommendations() -> list[dict[str, Any]]:
    """The cases that recommendations opened, by number."""
    rows = [row for row in cases.listed(is_closed_shown=True) if row["ground_code"] == "recommendation"]
    return sorted(rows, key=lambda row: int(row["case_number"]))


def by_hand() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Evidence and recommendations of July as the pure parts give them, of rows that are read one by one."""
    position = {row["criterion_code"]: row["answer_position"] - 1 for row in query("select * from core.dim_criterion")}
    rows = query(
        "select * from core.fact_response where officer_code != 'unstated'"
        ' order by survey_month, treasury_id, response_key collate "C"'
    )
    table = pd.DataFrame(
        {
            "officer": [f"{row['treasury_id']} {row['officer_code']}" for row in rows],
            "unit": [f"{row['treasury_id']} {row['unit_code']}" for row in rows],
            "stratum": [f"{row['procedure_code']} {row['channel_code']}" for row in rows],
            "customer": [row["respondent_hash"] or row["response_key"] for row in rows],
            "month": [row["survey_month"].year * 12 + row["survey_month"].month - 1 for row in rows],
            **{name: [_bad(row["answer_levels"][position[name]]) for row in rows] for name in CRITERIA},
        }
    )
    ladder = actions.in_force(settings.read().config, dt.date(2026, 12, 1))
    assert ladder is not None
    coded = OfficerAnswers.of(table, CRITERIA)
    pure = Answers(coded, CRITERIA, 2023 * 12 + 6, pd.DataFrame({"officer": [], "step": [], "month": []}))
    found, spread = evidence(pure, ladder), spread_in(pure, ladder)
    nothing = (True, False, False, None, False)
    stands = pd.DataFrame([(officer, *nothing) for officer in coded.officers], columns=STANDING)
    return found, recommend(found, stands, ladder, spread).officers


def _bad(level: int | None) -> float:
    """An answer as the rule set of July 2023 counts it: of five levels the upper two are satisfied."""
    return np.nan if level is None or level < 1 else float(level < 4)


@pytest.mark.usefixtures("planted")
def test_what_is_kept_is_what_the_pure_parts_compute() -> None:
    found, pure = by_hand()
    kept = pd.DataFrame(query(f"select * from score.officer_evidence where period_code = '{JULY}'"))
    kept = kept.assign(officer=kept["treasury_id"].astype(str) + " " + kept["officer_code"])
    key = ["officer", "step_code", "way_code", "criterion_code"]
    both = found.rename(columns={"step": "step_code", "way": "way_code", "member": "criterion_code"}).merge(
        kept, on=key, how="outer", suffixes=("", "_kept"), validate="1:1"
    )
    assert len(both) == len(found) == len(kept) > 300
    for name in ("effective_responses", "p_value", "cusum"):
        np.testing.assert_allclose(both[name].astype(float), both[f"{name}_kept"].astype(float), atol=1e-6)
    said = {
        row["officer"]: (
            row["step"] if isinstance(row["step"], str) else None,
            tuple(row["reasons"]),
            tuple(row["missing"]),
        )
        for row in pure.to_dict("records")
    }
    rows = query(f"select * from score.recommendation where period_code = '{JULY}' and revision_number = 0")
    told = {
        f"{row['treasury_id']} {row['officer_code']}": (row["step_code"], tuple(row["reasons"]), tuple(row["missing"]))
        for row in rows
    }
    assert said == told
    (bad,) = of_code()
    assert (bad["step_code"], bad["reasons"], bad["effective_responses"] > 66) == ("review", ["beyond_funnel"], True)
    n, half = float(bad["effective_responses"]), query("select spread_half from score.officer_basis")[0]["spread_half"]
    assert float(bad["reliability"]) == pytest.approx(n / (n + half), abs=1e-6)


@pytest.mark.usefixtures("planted")
def test_a_draft_opens_no_case_and_a_publication_opens_each_once() -> None:
    assert of_recommendations() == []
    assert publish.publish(JULY, ANNA) == 1
    due = query("select * from score.recommendation where step_code is not null and revision_number = 1")
    opened = of_recommendations()
    assert len(opened) == len(due) > 0
    assert [row["evidence_count"] for row in map(_case, opened)] == [1] * len(due)
    assert publish.publish(JULY, ANNA) is None
    assert (recommended.open_due(), upkeep.open_cases(), len(of_recommendations())) == (0, None, len(due))
    (of_bad,) = (case for case in map(_case, opened) if case["step_code"] == "review")
    assert (of_bad["ladder_code"], of_bad["officer_code"]) == ("actions-2026-12", BAD)
    shown = hailong("case", "show", str(of_bad["case_number"]))
    assert "step_code: review" in shown.stdout
    assert "ladder_code: actions-2026-12" in shown.stdout
    listed = json.loads(hailong("case", "due", "--format", "json").stdout)
    assert {row["case_number"] for row in listed} == {row["case_number"] for row in opened}
    assert hailong("verify", JULY).exit_code == 0


def _case(row: dict[str, Any]) -> dict[str, Any]:
    """A case as it stands."""
    return cases.case(int(row["case_number"]))


@pytest.mark.usefixtures("published")
def test_what_is_due_is_said_in_the_words_of_the_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    said = hailong("case", "due", "--treasury", "34")
    assert said.stdout.startswith(f"{JULY}, revision 1: ")
    for words in ("Review of capability, attitude, ethics", BAD, "0.85", "Below the limit around"):
        assert words in said.stdout
    told = hailong("--lang", "vi", "case", "due", "--treasury", "34")
    assert "Rà soát năng lực, thái độ, đạo đức công vụ" in told.stdout
    everybody = hailong("case", "due", "--all").stdout
    assert "Not enough responses yet" in everybody


@pytest.mark.usefixtures("published")
def test_what_is_known_later_changes_nothing_of_a_revision() -> None:
    before = query(
        "select last_assignment_number, last_event_number from score.officer_basis where revision_number = 1"
    )
    records.assign("34", {"officer_code": BAD, "valid_from": dt.date(2023, 7, 1)})
    cases.add(int(of_recommendations()[0]["case_number"]), "acknowledged")
    assert verify.verify(JULY) == [1]
    newest = query("select max(assignment_number) as last_assignment_number from action.assignment")[0]
    assert newest["last_assignment_number"] > before[0]["last_assignment_number"]


TAMPERED = [
    # what somebody changed, past all triggers                                                  | is told
    ("update core.fact_response set answer_levels = array_fill(5, array[cardinality(answer_levels)])"
     f" where survey_month = '2023-06-01' and officer_code = '{BAD}'",                            "of treasury 34"),
    (f"update score.officer_evidence set p_value = 0.5 where revision_number = 1 and officer_code = '{BAD}'",
     "of treasury 34"),
    (f"update score.recommendation set step_code = 'talk' where revision_number = 1 and officer_code = '{BAD}'",
     "of treasury 34"),
    (f"delete from score.recommendation where revision_number = 1 and officer_code = '{BAD}'",
     "of treasury 34"),
    ("update score.officer_basis set spread_half = 1 where revision_number = 1",                  "the whole network"),
    ("update score.officer_basis set officers_digest = 'x' where revision_number = 1",            "inputs"),
]  # fmt: skip


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(("statement", "told"), TAMPERED)
def test_verify_tells_of_which_treasury_something_was_changed_and_names_no_officer(
    statement: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    if "score." in statement:
        with pytest.raises(HailongError, match="refuses a statement"):
            run(statement)
    run(statement, by_force=True)
    with pytest.raises(Disagreement, match=told) as caught:
        verify.verify(JULY)
    assert BAD not in f"{caught.value} {caplog.text}"


def test_a_month_that_core_has_otherwise_is_loaded_again_from_where_it_landed(months: Path) -> None:
    assert publish.publish(JULY, ANNA) == 1
    run(
        "delete from core.fact_response where survey_month = '2023-06-01' and treasury_id = 2",
        "update ops.treasury_month set treasury_state = 'refused', landing_path = null"
        " where survey_month = '2023-06-01' and treasury_id = 2",
    )
    assert verify.verify(JULY) == [1]
    assert query(
        "select count(*) as n from core.fact_response where survey_month = '2023-06-01' and treasury_id = 2"
    ) == [{"n": 0}]
    kept = {row["landing_path"] for row in query("select landing_path from score.officer_input")}
    needed = {row["landing_path"] for row in _needed()}
    assert kept <= needed
    (path,) = (
        row["landing_path"]
        for row in query(
            "select landing_path from score.officer_input where treasury_id = 2 and revision_number = 1"
            " and survey_month = '2023-06-01'"
        )
    )
    Path(path).unlink()
    with pytest.raises(Unavailable):
        verify.verify(JULY)


def _needed() -> list[dict[str, Any]]:
    """The landed files that upkeep keeps."""
    with warehouse.transaction() as connection:
        return warehouse.rows(connection, "operation/needed_landings")


@pytest.mark.usefixtures("months")
def test_codes_that_pass_on_are_two_persons_and_equal_codes_one_where_somebody_says_so() -> None:
    plant()
    plant(treasury="19", count=20)
    records.assign("34", {"officer_code": BAD, "valid_from": dt.date(2020, 1, 1), "valid_to": dt.date(2023, 6, 30)})
    records.assign("34", {"officer_code": BAD, "valid_from": dt.date(2023, 7, 1)})
    run(
        f"update core.fact_response set officer_code = '{BAD}' where survey_month = '2023-07-01' and treasury_id ="
        " (select treasury_id from core.dim_treasury where treasury_code = '34' and valid_to is not null)"
        " and officer_code != 'unstated'"
    )
    steps.rate(JULY)
    rows = {(row["treasury_id"], row["person_id"]): row for row in of_code()}
    assert len(rows) == 3
    gap, newcomer, elsewhere = sorted(rows.values(), key=lambda row: (row["person_id"] is None, row["person_id"]))
    assert (gap["step_code"], gap["missing"]) == (None, ["assignment_gap"])
    assert newcomer["step_code"] is None
    assert newcomer["missing"] != ["assignment_gap"]
    assert (elsewhere["person_id"], float(elsewhere["effective_responses"])) == (None, 20.0)
    # she went to the other treasury, under the code that was another's until now
    person = gap["person_id"]
    records.assign("19", {"officer_code": BAD, "valid_from": dt.date(2023, 7, 1), "person_id": person})
    records.assign("19", {"officer_code": BAD, "valid_from": dt.date(2020, 1, 1), "person_id": person})
    steps.rate(JULY)
    (moved,) = (row for row in of_code() if row["person_id"] == person)
    assert (moved["step_code"], moved["treasury_id"]) == ("review", elsewhere["treasury_id"])
    assert float(moved["effective_responses"]) == pytest.approx(110, abs=1)
    assert len(of_code()) == 2


@pytest.mark.usefixtures("published")
def test_a_case_that_a_newer_revision_no_longer_supports_says_so_and_is_decided_all_the_same(
    second_login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case,) = (row for row in of_recommendations() if row["officer_code"] == BAD)
    number = int(case["case_number"])
    run(f"update core.fact_response set officer_code = 'unstated' where officer_code = '{BAD}'")
    steps.rate(JULY)
    assert publish.publish(JULY, ANNA) is None  # the ratings are the same
    assert not cases.case(number)["is_evidence_withdrawn"]
    assert publish.publish(JULY, AGAIN) == 2
    assert cases.case(number)["is_evidence_withdrawn"]
    last = cases.events(number)[-1]
    assert (last["event_kind"], last["revision_number"]) == ("evidence_withdrawn", 2)
    assert "no longer supports it" in hailong("case", "show", str(number)).stderr
    assert "no longer supported" in hailong("case", "list").stdout
    assert recommended.open_due() == 0
    assert len(cases.events(number)) == 2
    others = [row for row in of_recommendations() if row["case_number"] != number]
    assert not any(row["is_evidence_withdrawn"] for row in others)
    cases.add(number, "acknowledged")
    cases.add(number, "review_begun")
    url = warehouse.url().set(username=second_login, password=second_login)
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", url.render_as_string(hide_password=False))
    decision = {"outcome": "rejected", "action_code": "none", "capacity": "x", "legal_basis": "x", "reason": "x"}
    assert cases.decide(number, decision, {"legal_bars": "none"}, is_urgent=False)


@pytest.fixture
def second_login(slot: Slot) -> Iterator[str]:
    """The name and password, which are one, of another login that works with cases."""
    name = f"second_{secrets.token_hex(6)}"
    slot.run(f"create role {name} login password '{name}' in role hailong_case_worker, hailong_restricted")
    yield name
    slot.run(f"drop role {name}")


@pytest.mark.usefixtures("months")
def test_a_forgotten_officer_is_several_again_and_published_evidence_stands_as_it_is(
    second_login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(count=5)
    plant(treasury="19", count=5)
    person = records.assign("34", {"officer_code": BAD, "valid_from": dt.date(2020, 1, 1)})
    records.assign("19", {"officer_code": BAD, "valid_from": dt.date(2020, 1, 1), "person_id": person})
    assert steps.rate(JULY)["officers_error"] is None
    assert publish.publish(JULY, ANNA) == 1
    assert verify.verify(JULY) == [1]
    proposal = officer_data.propose_erasure(person, "asked", "the court has decided")
    url = warehouse.url().set(username=second_login, password=second_login)
    with monkeypatch.context() as second:
        second.setenv("HAILONG_WAREHOUSE_URL", url.render_as_string(hide_password=False))
        assert officer_data.confirm_erasure(proposal).code_count == 2
    _refuse_only_what_was_changed()


def test_evidence_stands_when_customers_are_no_longer_known_as_the_same(months: Path) -> None:
    assert publish.publish(JULY, ANNA) == 1
    (months / "config" / "retention.yaml").write_text("respondent_hashes: {days: 30, source: a test}\n", "utf-8")
    assert retention.carry_out(dt.datetime(2023, 8, 15, tzinfo=dt.UTC))["responses"] > 0  # those of June
    _refuse_only_what_was_changed()


def _refuse_only_what_was_changed() -> None:
    """Published evidence that cannot come out the same again is verified by its digest."""
    assert query("select count(*) as n from score.officer_evidence where revision_number = 1")[0]["n"] > 0
    assert verify.verify(JULY) == [1]
    run("update score.officer_evidence set p_value = 0.5 where revision_number = 1", by_force=True)
    with pytest.raises(Disagreement, match="the stored evidence on officers is not what was published"):
        verify.verify(JULY)


@pytest.mark.usefixtures("published")
def test_a_case_by_hand_stands_on_a_revision_that_supports_it() -> None:
    (heir,) = query("select treasury_code from core.dim_treasury where valid_to is null order by treasury_code limit 1")
    (person,) = {row["person_id"] for row in of_recommendations() if row["officer_code"] == BAD}
    for code, who in ((BAD, person), ("ELSE", None)):
        assigned = {"officer_code": code, "valid_from": dt.date(2026, 1, 1), "person_id": who}
        records.assign(heir["treasury_code"], assigned)
    officer = {"treasury_code": heir["treasury_code"], "officer_code": BAD}
    said = {"evidence_kind": "revision", "period_code": JULY, "revision_number": 1}
    with pytest.raises(Unfit, match="no published revision that is named"):
        cases.open_case("recommendation", officer, {"evidence_kind": "petition", "petition_number": "1"})
    with pytest.raises(Unfit, match="no published revision that is named"):
        cases.open_case("recommendation", {**officer, "officer_code": "ELSE"}, said)
    number = cases.open_case("recommendation", officer, said)
    assert cases.case(number)["evidence_count"] == 2  # it was open already
    assert cases.events(number)[-1]["step_code"] == "review"


def test_a_case_keeps_the_step_and_ladder_that_it_was_opened_under(published: Path) -> None:
    config = published / "config" / "actions"
    text = (config / "2026-12.yaml").read_text("utf-8")
    edited = text.replace("name_en: Training", "name_en: Lessons", 1)
    (config / "2026-12.yaml").write_text(edited, "utf-8")
    with pytest.raises(Misdeclared, match="the ladder actions-2026-12 was edited after it was used"):
        steps.rate(JULY)
    with pytest.raises(Misdeclared, match="the ladder actions-2026-12 was edited after it was used"):
        verify.verify(JULY)
    # the same steps under another name, in force from yesterday on
    (config / "2026-12.yaml").write_text(
        text.replace("valid_from: 2026-12-01", "valid_from: 2020-01-01\nvalid_to: 2025-12-31")
    )
    run("update score.officer_basis set ladder_digest = 'older' where revision_number = 0")
    later = edited.replace("code: actions-2026-12", "code: actions-2026-01").replace("2026-12-01", "2026-01-01", 1)
    table = (config / "simulated" / "actions-2026-12.yaml").read_text("utf-8")
    (config / "simulated" / "actions-2026-01.yaml").write_text(
        table.replace("ladder: actions-2026-12", "ladder: actions-2026-01"), "utf-8"
    )
    digest = read(config / "simulated" / "actions-2026-01.yaml", Simulated).digest
    (config / "2026-01.yaml").write_text(re.sub(r"simulation: \w+", f"simulation: {digest}", later), "utf-8")
    (config / "2026-12.yaml").unlink()
    run("delete from score.officer_basis where revision_number = 0")
    assert steps.rate(JULY)["officers_error"] is None
    assert publish.publish(JULY, AGAIN) == 2
    (case,) = (_case(row) for row in of_recommendations() if row["officer_code"] == BAD)
    assert (case["step_code"], case["ladder_code"], case["evidence_count"]) == ("review", "actions-2026-12", 2)
    assert [event["ladder_code"] for event in cases.events(int(case["case_number"]))] == [
        "actions-2026-12", "actions-2026-01",
    ]  # fmt: skip


@pytest.mark.usefixtures("planted")
def test_a_ladder_that_was_not_simulated_recommends_nobody_for_anything(months: Path) -> None:
    config = months / "config" / "actions" / "2026-12.yaml"
    text = (
        config.read_text("utf-8")
        .replace("persons: shown", "persons: not_shown")
        .replace("code: actions-2026-12", "code: a-2")
    )
    config.write_text(re.sub(r"simulation: \w+\n", "", text), "utf-8")
    run("delete from score.officer_basis")
    steps.rate(JULY)
    told = query(f"select distinct step_code, missing from score.recommendation where period_code = '{JULY}'")
    assert told == [{"step_code": None, "missing": ["not_simulated"]}]
    assert publish.publish(JULY, ANNA) == 1
    assert of_recommendations() == []
    assert verify.verify(JULY) == [1]


@pytest.mark.usefixtures("planted")
def test_that_no_case_can_be_opened_costs_no_publication_and_is_made_good(
    months: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = Path(shutil.copytree(settings.read().config, tmp_path / "another"))
    days = (config / "working_days.yaml").read_text("utf-8")
    (config / "working_days.yaml").write_text(days.replace("country: VN", "country: XX"), "utf-8")
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    assert publish.publish(JULY, ANNA) == 1
    assert "what evidence on officers recommends did not become cases" in caplog.text
    assert of_recommendations() == []
    assert isinstance(upkeep.open_cases(), HailongError)
    (config / "working_days.yaml").write_text(days, "utf-8")
    assert upkeep.open_cases() is None
    assert len(of_recommendations()) > 0


@pytest.mark.usefixtures("months")
def test_a_revision_from_before_there_was_evidence_is_verified_as_it_was() -> None:
    run(*(f"delete from score.{name}" for name in PINNED))
    assert publish.publish(JULY, ANNA) == 1
    digests = query("select figures_digest, words_digest, input_digest from score.revision where revision_number = 1")
    run(*BEFORE)
    assert migrate.up()[:4] == [
        "0039_officer_evidence.sql",
        "0044_pinned_persons.sql",
        "0047_effects_on_persons.sql",
        "views",
    ]
    assert verify.verify(JULY) == [1]
    assert digests == query(
        "select figures_digest, words_digest, input_digest from score.revision where revision_number = 1"
    )
    assert of_recommendations() == []
    assert (
        query("select reliability from restricted.officer_month where revision_number = 1 and reliability is not null")
        == []
    )
    steps.rate(JULY)
    assert publish.publish(JULY, ANNA) is None
    assert publish.publish(JULY, AGAIN) == 2
    assert verify.verify(JULY) == [1, 2]


@pytest.mark.usefixtures("published")
def test_the_reliability_stands_beside_each_officer_s_figure() -> None:
    rows = query(f"select * from restricted.officer_month where period_code = '{JULY}' and officer_code != 'unstated'")
    assert {row["revision_number"] for row in rows} == {1}
    known = [row for row in rows if row["reliability"] is not None]
    assert len(known) == len(rows) > 50
    assert all(0 < row["reliability"] <= row["response_count"] / (row["response_count"] + 16) for row in known)
    shown = query(f"select * from restricted.officer_evidence where officer_code = '{BAD}' and period_code = '{JULY}'")
    assert {row["step_code"] for row in shown} == {"talk", "training", "review"}
    assert {row["unit_code"] is None for row in shown} == {False}


@pytest.mark.usefixtures("published")
def test_no_code_of_an_officer_gets_into_a_log(caplog: pytest.LogCaptureFixture) -> None:
    steps.rate(JULY)
    verify.verify(JULY)
    recommended.open_due()
    assert BAD not in caplog.text


@pytest.mark.usefixtures("planted")
def test_a_discarded_draft_takes_its_evidence_along() -> None:
    assert hailong("discard", JULY).exit_code == 0
    for name in PINNED:
        assert query(f"select * from score.{name} where period_code = '{JULY}'") == []


@pytest.fixture
def decided(slot: Slot, second_login: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Let a second login propose a decision in a case, and a third confirm it."""
    third = f"third_{secrets.token_hex(6)}"
    slot.run(f"create role {third} login password '{third}' in role hailong_case_worker, hailong_restricted")
    owner = warehouse.url()

    def decide(number: int) -> None:
        said = {"outcome": "rejected", "action_code": "none", "capacity": "x", "legal_basis": "x", "reason": "x"}
        with monkeypatch.context() as by:
            for login in (second_login, third):
                url = owner.set(username=login, password=login)
                by.setenv("HAILONG_WAREHOUSE_URL", url.render_as_string(hide_password=False))
                if login == third:
                    cases.confirm(number)
                    continue
                for kind in ("acknowledged", "review_begun"):
                    cases.add(number, kind)
                cases.decide(number, said, {"legal_bars": "none"}, is_urgent=False)

    yield decide
    slot.run(f"drop role {third}")


FORGOTTEN = (
    # what is known of her: a decision carried out, two codes of one person; then what erase_person does for two logins
    "insert into action.erasure (person_id, step, reason) values ({0}, 'proposed', 'asked')",
    "select action.erase_person({0})",
    "insert into action.erasure (person_id, step, about_number, reason)"
    " select {0}, 'confirmed', max(erasure_number), 'confirmed' from action.erasure",
)


@pytest.mark.usefixtures("planted")
def test_a_revision_comes_out_as_it_was_when_an_officer_on_whom_it_stands_was_forgotten(
    decided: Callable[[int], None],
) -> None:
    records.assign("34", {"officer_code": BAD, "valid_from": dt.date(2020, 1, 1), "valid_to": dt.date(2023, 7, 31)})
    (person,) = (row["person_id"] for row in query(f"select * from action.assignment where officer_code = '{BAD}'"))
    records.assign("19", {"officer_code": BAD, "valid_from": dt.date(2023, 8, 1), "person_id": person})
    steps.rate(JULY)
    assert publish.publish(JULY, AGAIN) == 1
    (number,) = (int(row["case_number"]) for row in of_recommendations() if row["person_id"] == person)
    decided(number)
    steps.rate(JULY)
    (dealt,) = of_code()
    assert (dealt["step_code"], dealt["supported_step_code"]) == (None, "review")
    assert publish.publish(JULY, AGAIN) == 2
    assert not cases.case(number)["is_evidence_withdrawn"]  # the answers are there, and were dealt with
    assert verify.verify(JULY) == [1, 2]
    run(*(statement.format(person) for statement in FORGOTTEN))
    assert cases.case(number)["person_id"] == 0
    assert verify.verify(JULY) == [1, 2]
    opened = len(of_recommendations())
    assert (recommended.open_due(), len(of_recommendations())) == (0, opened)
    steps.rate(JULY)
    assert {row["supported_step_code"] for row in of_code()} != {None}
    asked = f"select * from score.officer_standing where revision_number = 0 and period_code = '{JULY}'"
    assert query(f"{asked} and person_id = {person}") == []
    assert query("select * from score.recommendation where person_id = 0") == []


@pytest.mark.usefixtures("published")
def test_a_decided_case_says_when_a_newer_revision_of_its_month_no_longer_supports_it(
    decided: Callable[[int], None],
) -> None:
    (number,) = (int(row["case_number"]) for row in of_recommendations() if row["officer_code"] == BAD)
    decided(number)
    run(f"update core.fact_response set officer_code = 'unstated' where officer_code = '{BAD}'")
    steps.rate(JULY)
    assert publish.publish(JULY, AGAIN) == 2
    assert cases.case(number)["is_evidence_withdrawn"]
    assert cases.case(number)["case_state"] == "decided"
    assert "no longer supports what was decided" in hailong("case", "show", str(number)).stderr
    assert "no longer supported" in hailong("case", "list").stdout


@pytest.mark.usefixtures("planted")
def test_a_revision_from_before_persons_were_pinned_is_verified() -> None:
    records.assign("34", {"officer_code": BAD, "valid_from": dt.date(2020, 1, 1)})
    steps.rate(JULY)
    run(
        "delete from score.officer_span",
        "delete from score.officer_standing",
        "update score.recommendation set supported_step_code = null",
        "update score.officer_basis set are_persons_pinned = null",
        "update score.officer_basis set officers_digest = score.officers_digest(period_code, 0)",
    )
    assert publish.publish(JULY, ANNA) == 1
    assert verify.verify(JULY) == [1]
