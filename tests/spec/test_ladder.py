"""The ladder of actions and the competences that are shipped, what may stand in them, and the simulation they need."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from etl import registry, settings
from etl.acting.ladder import bar_outcome, required_responses
from etl.errors import Misdeclared
from etl.periods import SurveyMonth
from etl.registry import actions, rule_sets
from etl.registry.actions import Ladder, Simulated
from etl.scoring.statistics.reliability import Spread

DAY = dt.date(2026, 12, 1)
LADDER, COMPETENCES = "actions/2026-12.yaml", "competences/2022-01.yaml"
TABLE = "actions/simulated/actions-2026-12.yaml"

# fmt: off
KEPT = [
    # file                             | the digest that recommendations pin: it may never change
    ("config/competences/2022-01.yaml",  "e75600589ca99986bcbd2c1333cbc40cbb806c6730c4ca844985d29970fd07c9"),
    ("config/actions/2026-12.yaml",      "361a1dc2f1c333c6fcb054c51f45cbf6215c62eb1ce2e3d21bfb97364c24ad00"),
]

STEPS = [
    # step        | reliability | floor | due in working days | false a month | bar
    ("talk",         0.65,         30,     10,                   10,             "none"),
    ("training",     0.70,         39,     30,                   4,              "none"),
    ("review",       0.80,         66,     30,                   1,              "none"),
    ("serve_others", 0.80,         66,     10,                   0.2,            "warns"),
    ("rotation",     0.90,         149,    30,                   0.1,            "blocks"),
]

TAKES = [
    # step        | needs                        | evidence, any of which is enough
    ("talk",         (),                            ["funnel", "cusum"]),
    ("training",     (),                            ["windows", "criterion"]),
    ("review",       (),                            ["funnel"]),
    ("serve_others", ("review_upheld", "trained"),  ["new_answers"]),
    ("rotation",     ("effect_worse_or_none",),     ["new_answers", "violation"]),
]

BARS = [
    # step        | bar of the law | outcome
    ("talk",         "present",       "free"),
    ("serve_others", "none",          "free"),
    ("serve_others", "present",       "warned"),
    ("serve_others", "unknown",       "warned"),
    ("rotation",     "none",          "free"),
    ("rotation",     "present",       "blocked"),
    ("rotation",     "unknown",       "blocked"),   # what is not known is no "none"
]

COUNTS = {
    # criterion       | competence; every other criterion counts towards the office alone
    "officers_polite":  "attitude",
    "officers_listen":  "attitude",
    "officers_answer":  "capability",
    "officers_guide":   "communication",
    "officers_rules":   "ethics",
}


class Wrong(NamedTuple):
    """The first ``text`` of ``file`` becomes ``broken``; the error names the last line of that, and ``says`` why."""

    case: str
    file: str
    text: str
    broken: str
    says: str


WRONG = [
    Wrong("an unknown key", LADDER, "due_working_days: 10", "due_days: 10",
          "steps.0.due_days: Extra inputs are not permitted"),
    Wrong("evidence without its level", LADDER, "code: funnel, level: 0.95, months: 12", "code: funnel, months: 12",
          "steps.0.ways.0.code: evidence 'funnel' needs level"),
    Wrong("evidence with what is another's", LADDER, "{code: violation}", "{code: violation, level: 0.95}",
          "steps.4.ways.1.level: evidence 'violation' has no level"),
    Wrong("three of two windows", LADDER, "of: 3, least: 2", "of: 2, least: 3",
          "steps.1.ways.0.least: 3 of 2 windows cannot be"),
    Wrong("answers after a stronger step", LADDER, "after: training", "after: rotation",
          "steps.3.ways.0.after: step serve_others: 'rotation' is no milder step"),
    Wrong("a stronger step that asks for less", LADDER, "reliability: 0.90", "reliability: 0.70",
          "steps.4.reliability: step rotation asks for less than the milder one"),
    Wrong("a cap of nobody", LADDER, "false_a_month: 10", "false_a_month: 0",
          "steps.0.false_a_month: Input should be greater than 0"),
    Wrong("harassment in a rate", LADDER, "counts_in_rates: false", "counts_in_rates: true",
          "harassment.counts_in_rates: Input should be False"),
    Wrong("harassment that moves somebody", LADDER, "moves_anyone: false", "moves_anyone: true",
          "harassment.moves_anyone: Input should be False"),
    Wrong("an urgent step that one person alone can take", LADDER, "needs: [reason, second_person]", "needs: [reason]",
          "urgent.needs.1: Field required"),
    Wrong("a reason without words", LADDER, "code: persists", "code: persisting",
          "words: there are no words for 'persists'"),
    Wrong("a competence that is none", COMPETENCES, "competence: capability", "competence: skill",
          "criteria.2.competence: criterion officers_answer: competence 'skill' is not declared"),
    Wrong("a criterion twice", COMPETENCES, "criterion: officers_listen", "criterion: officers_polite",
          "criteria.1.criterion: criterion 'officers_polite' is declared twice"),
    Wrong("a criterion that is not asked", COMPETENCES, "criterion: officers_listen", "criterion: officers_smile",
          "sipas-2022 does not ask 'officers_smile'"),
    Wrong("a questionnaire that is none", COMPETENCES, "questionnaire: sipas-2022", "questionnaire: sipas-2021",
          "there is no questionnaire sipas-2021"),
    Wrong("a criterion without a source", COMPETENCES, "competence: ethics, source: proposed", "competence: ethics",
          "criteria.4.source: Field required"),
]
# fmt: on


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped configuration that a test may break."""
    monkeypatch.delenv("HAILONG_CONFIG", raising=False)
    return Path(shutil.copytree(settings.read().config, tmp_path / "config"))


@pytest.fixture
def ladder(config: Path) -> Ladder:
    """The shipped ladder."""
    found = actions.in_force(config, DAY)
    assert found is not None
    return found


def read_all(config: Path) -> None:
    """Read everything that is declared."""
    registry.load(config)
    actions.load(config)


@pytest.mark.parametrize(("code", "reliability", "floor", "due", "cap", "bar"), STEPS)
def test_the_shipped_steps_say(
    code: str, reliability: float, floor: int, due: int, cap: float, bar: str, ladder: Ladder
) -> None:
    step = next(step for step in ladder.steps if step.code == code)
    found = (step.reliability, step.least_responses, step.due_working_days, step.false_a_month, step.bar)
    assert found == (reliability, floor, due, cap, bar)


@pytest.mark.parametrize(("code", "needs", "ways"), TAKES)
def test_what_a_step_takes(code: str, needs: tuple[str, ...], ways: list[str], ladder: Ladder) -> None:
    step = next(step for step in ladder.steps if step.code == code)
    assert (step.needs, [way.code for way in step.ways]) == (needs, ways)


def test_the_steps_stand_from_the_mildest_to_the_strongest_and_all_is_proposed(ladder: Ladder) -> None:
    assert [step.code for step in ladder.steps] == [step[0] for step in STEPS]
    said = [ladder.source, ladder.bar.source, ladder.harassment.source, ladder.urgent.source, ladder.spread.source]
    assert {*said, *(step.source for step in ladder.steps)} == {"proposed"}
    harassment = ladder.harassment
    assert (harassment.acknowledged_within_working_days, harassment.assessed_within_working_days) == (1, 5)
    assert (ladder.urgent.name_en, ladder.urgent.expires_after_days) == ("Below the statistical threshold", 30)
    assert next(step for step in ladder.steps if step.code == "serve_others").measured_after_days == 90


@pytest.mark.parametrize(("code", "answer", "outcome"), BARS)
def test_what_the_one_answer_about_the_law_does(code: str, answer: str, outcome: str, ladder: Ladder) -> None:
    step = next(step for step in ladder.steps if step.code == code)
    assert bar_outcome(step, answer) == outcome  # type: ignore[arg-type]


def test_officers_who_differ_less_take_more_responses(ladder: Ladder) -> None:
    steps = [required_responses(step, Spread(16.5, "published", 0)) for step in ladder.steps]
    assert steps == pytest.approx([30.64, 39, 66, 66, 149], abs=0.01)
    assert required_responses(ladder.steps[-1], Spread(94.0, "fitted", 4_597)) == pytest.approx(846)


def test_no_officer_answers_for_the_seats(config: Path) -> None:
    known = registry.load(config)
    competences = known.competences_in(SurveyMonth(2023, 7))
    assert competences is not None
    assert competences.of_criterion == COUNTS
    others = set(known.questionnaire_in(SurveyMonth(2023, 7)).position_of_criterion) - set(COUNTS)
    assert len(others) == 17
    assert known.competences_in(SurveyMonth(2021, 12)) is None


@pytest.mark.parametrize(("file", "digest"), KEPT)
def test_what_recommendations_pin_keeps_its_digest(file: str, digest: str) -> None:
    directory = (Path(__file__).parents[2] / file).parents[1]
    declared = (*registry.load(directory).competences, *actions.load(directory))
    assert digest in {entry.digest for entry in declared}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.case)
def test_a_wrong_entry_is_named_by_file_line_and_key(wrong: Wrong, config: Path) -> None:
    file = config / wrong.file
    before, found, after = file.read_text("utf-8").partition(wrong.text)
    assert found, "the case breaks nothing"
    file.write_text(f"{before}{wrong.broken}{after}", "utf-8")
    with pytest.raises(Misdeclared) as caught:
        read_all(config)
    assert f"{file}:" in caught.value.message
    assert wrong.says in caught.value.message


def test_the_faults_of_a_ladder_are_told_with_those_of_its_neighbours(config: Path) -> None:
    (config / LADDER).write_text("code: broken\n", "utf-8")
    (config / COMPETENCES).write_text("code: broken\n", "utf-8")
    with pytest.raises(Misdeclared) as caught:
        registry.load(config)
    for file in (LADDER, COMPETENCES):
        assert f"{config / file}:1: valid_from: Field required" in caught.value.message


def test_a_ladder_is_in_force_by_the_day_and_moves_no_rule_set(config: Path) -> None:
    assert actions.in_force(config, dt.date(2026, 11, 30)) is None
    before = {rules.code: rules.digest for rules in rule_sets.load(config)}
    file = config / LADDER
    file.write_text(file.read_text("utf-8").replace("due_working_days: 10", "due_working_days: 12"), "utf-8")
    assert {rules.code: rules.digest for rules in rule_sets.load(config)} == before


def test_a_ladder_that_was_edited_or_is_gone_is_refused_by_name(config: Path, ladder: Ladder) -> None:
    assert actions.named(config, ladder.code, ladder.digest) == ladder
    with pytest.raises(Misdeclared, match="was edited after it was used"):
        actions.named(config, ladder.code, "another")
    with pytest.raises(Misdeclared, match="is gone from"):
        actions.named(config, "actions-2020", ladder.digest)


def test_an_end_is_no_edit_and_a_due_time_needs_no_new_simulation(config: Path, ladder: Ladder) -> None:
    ended = ladder.model_copy(update={"valid_to": dt.date(2027, 12, 31)})
    assert ended.digest == ladder.digest
    step = ladder.steps[0].model_copy(update={"due_working_days": 12})
    later = ladder.model_copy(update={"steps": (step, *ladder.steps[1:])})
    assert later.digest != ladder.digest
    assert later.digest_of_evidence == ladder.digest_of_evidence
    milder = ladder.steps[0].model_copy(update={"least_responses": 20})
    other = ladder.model_copy(update={"steps": (milder, *ladder.steps[1:])})
    assert other.digest_of_evidence != ladder.digest_of_evidence


def simulation_of(ladder: Ladder, **changed: float) -> Simulated:
    """A table of the ladder in which every step is recommended at half of its cap, but for those changed."""
    rows = [
        {
            "step": step.code, "spread": spread, "returning": returning, "cap": step.false_a_month,
            "false_a_month": changed.get(step.code, step.false_a_month / 2),
        }
        for step in ladder.steps for spread in ("published", "fitted") for returning in (False, True)
    ]  # fmt: skip
    kept = {"ladder": ladder.code, "ladder_digest": ladder.digest_of_evidence, "officers": 5000, "months": 36}
    return Simulated.model_validate({**kept, "networks": 1, "seed": 1, "alike": rows})


def switched_on(config: Path, table: Simulated, digest: str | None = None) -> None:
    """Use the shipped ladder on persons by a table."""
    file = config / LADDER
    text = "\n".join(
        line for line in file.read_text("utf-8").splitlines() if not line.startswith(("persons:", "simulation:"))
    )
    file.write_text(f"{text}\npersons: shown\nsimulation: {digest or table.digest}\n", "utf-8")
    (config / TABLE).parent.mkdir(exist_ok=True)
    (config / TABLE).write_text(yaml.safe_dump(table.model_dump(mode="json")), "utf-8")


def test_a_ladder_is_used_on_persons_with_the_table_of_its_simulation(config: Path, ladder: Ladder) -> None:
    switched_on(config, simulation_of(ladder))
    found = actions.in_force(config, DAY)
    assert found is not None
    assert found.persons == "shown"


# fmt: off
NOT_SIMULATED = [
    # the table that there is                       | says
    (lambda table: table.model_copy(update={"seed": 2}),
     "the simulated table has the digest "),
    (lambda table: table.model_copy(update={"ladder_digest": "another"}),
     "the table was simulated with other steps"),
    (lambda table: table.model_copy(update={"alike": table.alike[1:]}),
     "step talk was not simulated in every world"),
]
# fmt: on


@pytest.mark.parametrize(("broken", "says"), NOT_SIMULATED)
def test_a_ladder_without_its_own_simulation_is_refused(
    broken: object, says: str, config: Path, ladder: Ladder
) -> None:
    table = broken(simulation_of(ladder))  # type: ignore[operator]
    is_other = says.startswith("the simulated table")
    switched_on(config, table, simulation_of(ladder).digest if is_other else table.digest)
    with pytest.raises(Misdeclared) as caught:
        actions.load(config)
    assert says in caught.value.message
    assert f"{config / LADDER}:" in caught.value.message


def test_a_ladder_whose_cap_is_not_kept_is_refused(config: Path, ladder: Ladder) -> None:
    switched_on(config, simulation_of(ladder, review=1.01))
    with pytest.raises(Misdeclared, match=r"step review was recommended 1\.01 times a month by chance"):
        actions.load(config)


def test_persons_are_not_shown_without_naming_a_simulation(config: Path) -> None:
    file = config / LADDER
    kept = [line for line in file.read_text("utf-8").splitlines() if not line.startswith(("persons:", "simulation:"))]
    file.write_text("\n".join([*kept, "persons: shown"]), "utf-8")
    with pytest.raises(Misdeclared, match="persons are shown with a simulation, and not without"):
        actions.load(config)
