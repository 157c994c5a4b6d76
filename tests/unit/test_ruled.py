"""What a period is rated under as one value, and a run that finds other rules than those it was planned with."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from etl import __version__, registry, settings
from etl.errors import HailongError, Misdeclared
from etl.operation import look_back, plan, steps
from etl.operation.plan import Plan
from etl.periods import Period, SurveyMonth
from etl.registry.ruled import Pin, Ruled

JULY = Period.of_month(SurveyMonth(2023, 7))
RULES, QUESTIONS, UNITS = "rules/2022-01.5.yaml", "questionnaires/2022-01.yaml", "units.yaml"
CHANNEL = "channels:\n"

# fmt: off
CHANGES = [
    # what is edited          | from                         | to                            | what is told
    (RULES,                    "rank: 30",                    "rank: 31",
     "the rule set kbnn-2022-01.5 was edited"),
    (RULES,                    ": kbnn-2022-01.5",            ": kbnn-2022-01.6",
     "the rule set kbnn-2022-01.5 gave way to kbnn-2022-01.6"),
    (QUESTIONS,                'labels: ["5"]',               'labels: ["5", "five"]',
     "the questionnaire sipas-2022 was edited"),
    (QUESTIONS,                "code: sipas-2022",            "code: sipas-2023",
     "the questionnaire sipas-2022 gave way to sipas-2023"),
    ("codes.yaml",             CHANNEL,                       CHANNEL + "- {code: telegraph, name_vi: Điện báo, "
                                                              "name_en: Telegraph}\n",
     "the declared treasuries, units or codes changed"),
    ("network.yaml",           "time_zone: Asia/Ho_Chi_Minh", "time_zone: Asia/Tokyo",
     "the declared treasuries, units or codes changed"),
]
STEPS: dict[str, Callable[[Plan], object]] = {
    "land":      lambda planned: steps.land(planned, "34"),
    "admit":     lambda planned: steps.admit(planned, ["34"]),
    "score":     steps.score,
    "look back": look_back.run,
}
# fmt: on


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped configuration, which is the one that counts; nobody can reach the warehouse.

    What counts towards persons, and suggestions, are left out: they name a questionnaire, which the tests rename.
    """
    shipped, left_out = settings.PACKAGE.parent / "config", shutil.ignore_patterns("competences", "suggestions")
    monkeypatch.setenv("HAILONG_CONFIG", str(shutil.copytree(shipped, tmp_path / "config", ignore=left_out)))
    monkeypatch.setenv("HAILONG_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("HAILONG_PSEUDONYM_KEY", "k" * 32)
    return tmp_path / "config"


def edit(file: Path, before: str, after: str) -> None:
    """Put one text in the place of another."""
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def refusal(step: Callable[[], object]) -> HailongError:
    """What a step raises."""
    with pytest.raises(HailongError) as caught:
        step()
    return caught.value


def handed_on(planned: Plan) -> Plan:
    """A plan as another process gets it: as plain values."""
    return Plan.of(json.loads(json.dumps(planned.values())))


def test_a_period_is_rated_under_what_is_in_force_in_it(config: Path) -> None:
    ruled = Ruled.in_force(registry.load(config), JULY)
    assert (ruled.rule_set.code, ruled.questionnaire.code) == ("kbnn-2022-01.5", "sipas-2022")
    assert ruled.pin == Pin(
        "kbnn-2022-01.5", ruled.rule_set.digest, "sipas-2022", ruled.registry.questionnaire_in(JULY).digest
    )


def test_pinned_rules_are_found_again_also_when_others_are_in_force(config: Path) -> None:
    before = Ruled.in_force(registry.load(config), JULY)
    edit(config / RULES, ": kbnn-2022-01.5", ": kbnn-2022-01.6")
    shutil.copy(settings.PACKAGE.parent / "config" / RULES, config / "rules" / "old.yaml")
    edit(config / RULES, "supersedes: kbnn-2022-01.4", "supersedes: kbnn-2022-01.5")
    assert Ruled.in_force(registry.load(config), JULY).rule_set.code == "kbnn-2022-01.6"
    assert Ruled.pinned(registry.load(config), JULY, before.pin).pin == before.pin
    assert Pin.of({**dataclasses.asdict(before.pin), "period_code": "2023-07"}) == before.pin


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        (RULES, "rank: 30", "rank: 31", "the rule set kbnn-2022-01.5 was edited after it was used"),
        (QUESTIONS, 'labels: ["5"]', 'labels: ["five"]', "the questionnaire sipas-2022 was edited after it was answer"),
    ],
)
def test_pinned_rules_that_were_edited_are_refused(config: Path, file: str, before: str, after: str, told: str) -> None:
    pin = Ruled.in_force(registry.load(config), JULY).pin
    edit(config / file, before, after)
    assert told in refusal(lambda: Ruled.pinned(registry.load(config), JULY, pin)).message


def test_a_plan_survives_the_way_to_another_process(config: Path) -> None:
    planned = plan.intend("2023-07", ["34"])
    assert handed_on(planned) == planned
    assert handed_on(planned).ruled() == planned.ruled()


@pytest.mark.parametrize(("file", "before", "after", "told"), CHANGES)
def test_rules_that_are_not_those_of_the_plan_are_refused_and_what_changed_is_told(
    config: Path, file: str, before: str, after: str, told: str
) -> None:
    planned = handed_on(plan.intend("2023-07", ["34"]))
    edit(config / file, before, after)
    error = refusal(planned.ruled)
    assert isinstance(error, Misdeclared)
    assert error.message == f"2023-07: {told} since the run {planned.run_id} was planned"
    assert error.next_action == "run the month again, from its plan: hailong run 2023-07"


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_no_step_goes_on_with_other_rules_than_those_of_the_plan(config: Path, step: Callable[[Plan], object]) -> None:
    planned = handed_on(plan.intend("2023-07", ["34"]))
    edit(config / RULES, "rank: 30", "rank: 31")
    assert "kbnn-2022-01.5 was edited since the run" in refusal(lambda: step(planned)).message


def test_all_that_changed_is_told_at_once_also_the_program(config: Path) -> None:
    planned = dataclasses.replace(plan.intend("2023-07"), code_version="0.0.1")
    edit(config / RULES, "rank: 30", "rank: 31")
    told = f"the rule set kbnn-2022-01.5 was edited, the program changed from version 0.0.1 to {__version__} since"
    assert told in refusal(planned.ruled).message


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("treasuries.yaml", "source: answer_rows", "source: answer_columns"),
        ("network.yaml", "publish_by_day: 10", "publish_by_day: 12"),
        ("rounds.yaml", 'source: "published', 'source: "first published'),
        ("codes.yaml", "labels: [ONLINE, web]", "labels: [ONLINE, web, net]"),
    ],
)
def test_what_may_be_corrected_while_a_run_is_under_way_stops_nothing(
    config: Path, file: str, before: str, after: str
) -> None:
    planned = plan.intend("2023-07")
    edit(config / file, before, after)
    assert planned.ruled().pin == planned.rules


def test_a_plan_of_another_version_of_the_program_is_refused() -> None:
    values = {"run_id": "r", "month": "2023-07", "treasury_codes": ["34"], "rule_set_code": "x"}
    assert "planned by another version" in refusal(lambda: Plan.of(values)).message
