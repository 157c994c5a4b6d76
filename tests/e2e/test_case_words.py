"""The words of cases agree: the ladder's steps, the command line, the database; and only evidence brings evidence."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from etl.acting import cases, office_said, words
from etl.acting.ladder import bar_outcome
from etl.errors import Unfit
from etl.registry import actions, case_terms
from etl.registry.ladder_steps import URGENT_DAYS
from tests.lib import case_house
from tests.lib.case_house import House, today
from tests.lib.command_line import Result, hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import PAIR, query
from tests.lib.slots import PROJECT, Slot

UNITS = itertools.count(1)
PETITION = {"evidence_kind": "petition", "petition_number": "12/ĐT"}
CONFIG = PROJECT / "config"
STEPS = {step.code: step for ladder in actions.load(CONFIG) for step in ladder.steps}


@pytest.fixture(scope="module")
def house(slot: Slot, migrated: str) -> Iterator[House]:
    with case_house.made(slot, migrated) as made:
        yield made


@pytest.fixture
def opened(house: House, monkeypatch: pytest.MonkeyPatch) -> int:
    """A new case that anna opened and acknowledged; binh works."""
    house.enter("anna", monkeypatch)
    number = cases.open_case("petition", {"treasury_code": "34", "unit_code": f"u{next(UNITS)}"}, PETITION)
    cases.add(number, "acknowledged")
    cases.add(number, "review_begun")
    house.enter("binh", monkeypatch)
    return number


def decide(number: int, action: str, bars: str) -> Result:
    said = ["--outcome", "accepted", "--as", "Giám đốc", "--basis", "NĐ 170/2025", "--action", action, "--bars", bars]
    return hailong("case", "decide", str(number), *said)


@pytest.mark.parametrize("bars", get_args(words.BarAnswer))
@pytest.mark.parametrize("action", STEPS)
def test_bars_do_to_each_step_what_the_ladder_says(opened: int, action: str, bars: words.BarAnswer) -> None:
    told = decide(opened, action, bars)
    outcome = bar_outcome(STEPS[action], bars)
    assert (told.exit_code, "warning: legal bars are" in told.stderr) == (
        7 if outcome == "blocked" else 0,
        outcome == "warned",
    )


@pytest.mark.parametrize(("action", "is_warned"), [("serve_others", True), ("training", False)])
def test_bars_are_warned_of_again_when_a_step_takes_effect(
    house: House, opened: int, monkeypatch: pytest.MonkeyPatch, action: str, is_warned: bool
) -> None:
    decide(opened, action, "none")
    house.enter("chi", monkeypatch)
    cases.confirm(opened)
    told = hailong("case", "act", str(opened), "--bars", "unknown")
    assert (told.exit_code, "warning: legal bars are" in told.stderr) == (0, is_warned)


def test_an_action_that_no_ladder_has_is_refused_and_none_is_one(opened: int) -> None:
    told = decide(opened, "rotaton", "present")
    assert (told.exit_code, "no ladder has the action 'rotaton'" in told.stderr) == (5, True)
    assert decide(opened, "none", "present").exit_code == 0


def test_the_documents_name_steps_of_the_ladder() -> None:
    for file in ("docs/cases.md", "sql/migrations/0038_cases.sql"):
        text = (PROJECT / file).read_text("utf-8")
        named = re.findall(r"--action (\w+)|code of a step of the ladder, for example (\w+) or (\w+)", text)
        assert {code for codes in named for code in codes if code} <= set(STEPS)
        assert named


def test_the_database_and_the_program_have_the_same_words(house: House) -> None:
    (checks,) = house.run(
        "owner",
        "select string_agg(pg_get_constraintdef(oid), ' ') from pg_constraint"
        " where connamespace = 'action'::regnamespace and contype = 'c'",
    )[0]
    for column, literal in (
        ("ground_code", words.GroundCode),
        ("outcome", words.OutcomeCode),
        ("legal_bars", words.BarAnswer),
        ("finding", words.Finding),
    ):
        found = re.findall(rf"\({column} = ANY \(ARRAY\[(.*?)\]", str(checks))
        assert found
        old = set(words.EFFECT_OF_OLD) if column == "finding" else set()
        assert all(set(re.findall(r"'(\w+)'", listed)) == set(get_args(literal)) | old for listed in found)
    assert set(get_args(words.GroundCode)) < set(case_terms.CaseTerms.model_fields)
    assert f"valid_from + {URGENT_DAYS}" in str(checks)


@pytest.mark.parametrize("ladder", actions.load(CONFIG), ids=lambda ladder: ladder.code)
def test_the_ladder_and_the_terms_of_cases_agree(ladder: actions.Ladder) -> None:
    term = case_terms.declared(CONFIG).harassment
    assert term.acknowledge == ladder.harassment.acknowledged_within_working_days
    assert term.assess == ladder.harassment.assessed_within_working_days
    assert ladder.urgent.expires_after_days == URGENT_DAYS
    assert list(get_args(words.BarAnswer)) == list(ladder.bar.answers)


REPORT = {
    "evidence_kind": "harassment_report", "response_treasury_id": 1, "survey_month": "2023-07-01", "response_key": "r1",
}  # fmt: skip


@pytest.mark.parametrize(
    "forged",
    [
        REPORT,
        {"evidence_kind": "own_report"},
        {"response_key": "r1"},
        {"petition_number": "1"},
        {"period_code": "2023-07"},
    ],
    ids=", ".join,
)
@pytest.mark.parametrize("kind", ["noted", "replied", "correction_requested"])
def test_only_evidence_brings_evidence(opened: int, kind: str, forged: dict[str, Any]) -> None:
    """Else a note could take the place of a report, which would never open its case."""
    with pytest.raises(Unfit, match=f"{kind} brings no evidence"):
        cases.add(opened, kind, {"note": "x", **forged})


def test_nobody_opens_a_case_in_the_name_of_a_workbook_or_of_another_office_s_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.report("own", officer="CB-2")
    said = {
        "treasury_id": 1, "unit_code": "u60", "ground_code": "petition", "happened_on": str(today()),
        "evidence_kind": "response", "survey_month": "2023-07-01", "response_key": "own", "response_treasury_id": 2,
        "form_digest": "0" * 64, "form_row": 2, "claimed_by": "somebody",
    }  # fmt: skip
    house.run("anna", f"select action.open_case('{office_said.as_json(said)}')")
    newest = (
        "select response_treasury_id, identity, claimed_by from action.case_event order by event_number desc limit 1"
    )
    assert house.run("owner", newest) == [(1, "login", None)]


def test_the_newest_rate_is_that_of_a_month_and_not_of_a_round(house: House) -> None:
    text = (PROJECT / "sql/acting/last_rate.sql").read_text("utf-8")
    rated = (
        "(values ('34', date '2023-06-01', 0.8, 10), ('34', null, 0.7, 99), ('34', date '2023-07-01', 0.9, 20))"
        " as r (treasury_code, survey_month, satisfaction_rate, response_count)"
    )
    said = text.replace("mart.treasury_ranking", rated).replace(":treasury_code", "'34'").replace(":unit_code", "null")
    assert house.run("owner", said) == [(rated_rate, 20) for rated_rate in house.run("owner", "select 0.9")[0]]


def test_that_no_case_can_be_opened_costs_no_rates_and_is_told(
    copy_of: Callable[[Kept], Copy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_of(PAIR)
    config = Path(shutil.copytree(CONFIG, tmp_path / "another"))
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    terms = (config / "working_days.yaml").read_text("utf-8")
    (config / "working_days.yaml").write_text(terms.replace("country: VN", "country: XX"), "utf-8")
    before = query("select max(scored_at) as at from score.rating")[0]["at"]
    told = hailong("rate", "2023-07")
    assert (told.exit_code, "reports of harassment did not become cases" in told.stderr) == (5, True)
    assert "2023-07 is " in told.stderr
    assert query("select max(scored_at) as at from score.rating")[0]["at"] > before
    (config / "working_days.yaml").write_text(terms, "utf-8")
    assert hailong("rate", "2023-07").exit_code == 0
