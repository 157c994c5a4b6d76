"""The rule sets that are shipped, and what may stand in one: each section as a table, each mistake with its line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from etl import settings
from etl.errors import Misdeclared
from etl.periods import Period, SurveyMonth
from etl.registry import rule_sets
from etl.registry.rule_set import RuleSet
from etl.scoring import signals
from etl.warehouse import statements

JULY = Period.of_month(SurveyMonth(2023, 7))
FILE = "rules/2022-01.5.yaml"

# fmt: off
KEPT = [
    # file, and its digest since it was first used: it may never change
    ("config/rules/2022-01.yaml",
     "66902d3195880ed4b2a39f997bbb9a8d0be2b78855a77721ace26776292ca7d8"),
    ("config/rules/2022-01.2.yaml",
     "bb67deb5229f16381396f39b2c991341af8145e109ec48636c1ea4578a85fb1d"),
    ("config/rules/2022-01.3.yaml",
     "412c7f6140ec4ae3f90c90c726abd85ced4eb36b2f94305874c719e39b674dfc"),
    ("config/rules/2022-01.4.yaml",
     "612a4aff94c7cbcd0150e3e5156da0ab68ad8a6d41a70c29084d58a35d266027"),
    ("config/rules/2022-01.5.yaml",
     "f781015de12a1e9b6c60aa7e5bfaf781b34b50c1b0a21553b625ee4f20f0ea6c"),
    ("examples/gp_practices/config/rules/2023-01.yaml",
     "0bec15bd03919b22c347c5b13931d5d6c75d032bb3521372a619a5bb21869416"),
]

SAYS = [
    # section, key                                 | shipped
    (("rate", "definition"),                         "share_of_answers"),
    (("rate", "satisfied_levels"),                   (4, 5)),
    (("rate", "complaint_levels"),                   (1,)),
    (("rate", "dont_know"),                          "counts_as_not_satisfied"),
    (("rate", "not_answered"),                       "is_left_out"),
    (("rate", "factor_weights"),                     {}),
    (("rate", "clustering"),                         "respondents"),
    (("rate", "design_effect"),                      "pooled"),
    (("minimum_responses", "grade"),                 30),
    (("minimum_responses", "rank"),                  30),
    (("minimum_responses", "officer"),               30),
    (("rank_sets", "level"),                         0.95),
    (("rank_sets", "draws"),                         10_000),
    (("rank_sets", "scale"),                         "angle"),
    (("movement", "false_discovery_rate"),           0.05),
    (("funnel", "warning_level"),                    0.95),
    (("funnel", "action_level"),                     0.998),
    (("funnel", "limits"),                           "exact"),
    (("suppression", "least_responses"),             5),
    (("suppression", "against"),                     "sums_and_bounds"),
    (("comparability", "broken_by"),                 ("definition", "questionnaire")),
    (("weakness", "shown"),                          3),
    (("weakness", "least_answers"),                  30),
    (("late_answers", "look_back_months"),           2),
]

COUNTED = [
    # don't know             | no answer                 | lowest level that counts
    ("counts_as_not_satisfied", "is_left_out",              0),
    ("is_left_out",             "is_left_out",              1),
    ("counts_as_not_satisfied", "counts_as_not_satisfied", -1),
]

ALIKE = [
    # what changes in the rate                       | comparable with before
    ({"clustering": "answers"},                        True),
    ({"design_effect": "own"},                         True),
    ({"complaint_levels": (1, 2)},                     True),   # the official definition does not look at them
    ({"satisfied_levels": (5,)},                       False),
    ({"dont_know": "is_left_out"},                     False),
    ({"factor_weights": {"access": 1}},                False),
    ({"definition": "share_of_persons"},               False),
]
# fmt: on


class Wrong(NamedTuple):
    """The first ``text`` of the shipped file becomes ``broken``; the error names the last line of that, and why."""

    case: str
    text: str
    broken: str
    says: str


# fmt: off
WRONG = [
    Wrong("silence counts and don't know does not", "dont_know: counts_as_not_satisfied\n  not_answered: is_left_out",
          "dont_know: is_left_out\n  not_answered: counts_as_not_satisfied",
          "rate.not_answered: silence cannot count while \"don't know\" is left out"),
    Wrong("a level both satisfied and a complaint", "complaint_levels: [1]", "complaint_levels: [1, 4]",
          "rate.complaint_levels: a level cannot be satisfied and a complaint"),
    Wrong("weights of persons", "definition: share_of_answers\n  satisfied_levels: [4, 5]\n  complaint_levels: [1]\n"
          "  dont_know: counts_as_not_satisfied\n  not_answered: is_left_out\n  factor_weights: {}",
          "definition: share_of_persons\n  satisfied_levels: [4, 5]\n  complaint_levels: [1]\n"
          "  dont_know: counts_as_not_satisfied\n  not_answered: is_left_out\n  factor_weights: {access: 1}",
          "rate.factor_weights: only answers have factors to weigh"),
    Wrong("a weight below zero", "factor_weights: {}", "factor_weights: {access: 2, results: -1}",
          "rate.factor_weights.results: a weight is below 0"),
    Wrong("weights of nothing", "factor_weights: {}", "factor_weights: {access: 0}",
          "rate.factor_weights.access: a weight is below 0, or all are 0"),
    Wrong("too few draws", "draws: 10000", "draws: 100",
          "rank_sets.draws: Input should be greater than or equal to 1000"),
    Wrong("a level that is no level", "rank_sets: {level: 0.95", "rank_sets: {level: 95",
          "rank_sets.level: Input should be less than 1"),
    Wrong("angles that could turn an order", "rank_sets: {level: 0.95", "rank_sets: {level: 0.85",
          "rank_sets.level: below 0.9 angles could tell areas apart against their rates"),
    Wrong("a signal with two thresholds", "raised_above: 15", "raised_above: 15\n      raised_below: 2",
          "signals.by_code.burst.raised_above: give one of raised_above and raised_below"),
    Wrong("a break that is none", "broken_by: [definition, questionnaire]", "broken_by: [weather]",
          "comparability.broken_by.0: Input should be 'definition' or 'questionnaire'"),
    Wrong("a look-back of none", "look_back_months: 2", "look_back_months: 0",
          "late_answers.look_back_months: Input should be greater than or equal to 1"),
    Wrong("the code of another file", "code: kbnn-2022-01.5", "code: kbnn-2022-01",
          "the rule set kbnn-2022-01 is declared twice, also in "),
    Wrong("a rule set in the place of nobody", "supersedes: kbnn-2022-01", "supersedes: kbnn-2021-01",
          "there is no other rule set kbnn-2021-01"),
]
# fmt: on


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    """The rule set of July 2023."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("HAILONG_CONFIG", raising=False)
        return rule_sets.in_force(settings.read().config, JULY)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped configuration that a test may break."""
    monkeypatch.delenv("HAILONG_CONFIG", raising=False)
    return Path(shutil.copytree(settings.read().config, tmp_path / "config"))


@pytest.mark.parametrize(("file", "digest"), KEPT)
def test_a_rule_set_that_was_used_keeps_its_digest(file: str, digest: str) -> None:
    directory = (Path(__file__).parents[2] / file).parents[1]
    found = {rule_set.code: rule_set.digest for rule_set in rule_sets.load(directory)}
    assert digest in found.values(), found


@pytest.mark.parametrize(("place", "said"), SAYS)
def test_the_shipped_rule_set_says(place: tuple[str, str], said: object, shipped: RuleSet) -> None:
    section, key = place
    assert getattr(getattr(shipped, section), key) == said


def test_the_versions_after_the_first_change_no_rate_and_no_grade_of_it(shipped: RuleSet) -> None:
    by_code = {rule_set.code: rule_set for rule_set in rule_sets.load(settings.read().config)}
    fourth = by_code[shipped.supersedes or ""]
    third = by_code[fourth.supersedes or ""]
    second = by_code[third.supersedes or ""]
    first = by_code[second.supersedes or ""]
    assert [rules.code for rules in (first, second, third, fourth, shipped)] == [
        f"kbnn-2022-01{n}" for n in ("", ".2", ".3", ".4", ".5")
    ]
    assert changed(second, third) == {"late_answers"}
    assert changed(third, fourth) == {"suppression", "empirical_bayes"}
    assert changed(fourth, shipped) == {
        *("rate", "interval_limits", "rank_sets", "funnel", "movement", "weakness"),
        *("empirical_bayes", "standardisation", "suppression", "valid_to"),
    }
    assert changed(shipped, by_code["kbnn-2027-01"]) == {"valid_from", "valid_to", "preview"}
    assert fourth.definition_digest == shipped.definition_digest
    assert first.definition_digest == shipped.definition_digest
    assert (first.grades, first.admission) == (shipped.grades, shipped.admission)
    assert first.minimum_responses.grade == shipped.minimum_responses.grade
    assert first.least_shown == 1  # what it does not speak of is not done
    assert (first.rank_sets, first.signals, first.weakness) == (None, None, None)


@pytest.mark.parametrize(("dont_know", "not_answered", "lowest"), COUNTED)
def test_what_counts_as_an_answer(dont_know: str, not_answered: str, lowest: int, shipped: RuleSet) -> None:
    rate = shipped.rate.model_copy(update={"dont_know": dont_know, "not_answered": not_answered})
    assert shipped.model_copy(update={"rate": rate}).counting.lowest_level == lowest


@pytest.mark.parametrize(("changed", "is_alike"), ALIKE)
def test_what_makes_two_rates_comparable(changed: dict[str, object], is_alike: bool, shipped: RuleSet) -> None:
    other = shipped.model_copy(update={"rate": shipped.rate.model_copy(update=changed)})
    assert (other.definition_digest == shipped.definition_digest) is is_alike


def test_complaints_matter_to_the_definition_that_counts_them(shipped: RuleSet) -> None:
    silent = shipped.rate.model_copy(update={"definition": "all_minus_complaints"})
    other = silent.model_copy(update={"complaint_levels": (1, 2)})
    one, two = (shipped.model_copy(update={"rate": rate}) for rate in (silent, other))
    assert one.definition_digest != two.definition_digest


def test_every_shipped_signal_has_its_statement_and_every_statement_is_used(shipped: RuleSet) -> None:
    signals.check_declared(shipped)
    assert shipped.signals is not None
    assert set(shipped.signals.by_code) == {one.name.partition("/")[2] for one in statements.in_room("signal")}
    assert all(signal.why for signal in shipped.signals.by_code.values())


@pytest.mark.parametrize(
    ("text", "broken", "says"),
    [
        ("straight_lining:", "straight_lines:", "names the signal 'straight_lines'; there are burst, channel_shift"),
        ("window_minutes: 10", "window_hours: 1", "the params ['window_hours']; it takes ['window_minutes']"),
    ],
)
def test_a_signal_that_there_is_not_is_told_before_a_month_is_read(
    text: str, broken: str, says: str, config: Path
) -> None:
    file = config / FILE
    file.write_text(file.read_text("utf-8").replace(text, broken), "utf-8")
    with pytest.raises(Misdeclared) as caught:
        signals.check_declared(rule_sets.in_force(config, JULY))
    assert says in caught.value.message


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.case)
def test_a_wrong_entry_is_named_by_file_line_and_key(wrong: Wrong, config: Path) -> None:
    file = config / FILE
    before, found, after = file.read_text("utf-8").partition(wrong.text)
    assert found, "the case breaks nothing"
    file.write_text(f"{before}{wrong.broken}{after}", "utf-8")
    with pytest.raises(Misdeclared) as caught:
        rule_sets.load(config)
    assert wrong.says in caught.value.message
    assert str(file) in caught.value.message
    assert caught.value.next_action


def test_a_rule_set_that_was_edited_or_is_gone_is_refused_by_name(config: Path, shipped: RuleSet) -> None:
    assert rule_sets.named(config, shipped.code, shipped.digest).digest == shipped.digest
    with pytest.raises(Misdeclared, match=r"the rule set kbnn-2022-01\.5 was edited after it was used"):
        rule_sets.named(config, shipped.code, "another digest")
    with pytest.raises(Misdeclared, match="the rule set kbnn-1999 is gone from"):
        rule_sets.named(config, "kbnn-1999", shipped.digest)


def changed(before: RuleSet, after: RuleSet) -> set[str]:
    """What two versions of a rule set say differently, but for their names."""
    names = set(RuleSet.model_fields) - {"code", "supersedes", "digest"}
    return {name for name in names if getattr(before, name) != getattr(after, name)}


def test_weighted_factors_and_hiding_against_bounds_exclude_each_other(config: Path) -> None:
    file = config / FILE
    file.write_text(file.read_text("utf-8").replace("factor_weights: {}", "factor_weights: {access: 1}"), "utf-8")
    with pytest.raises(Misdeclared, match="a rate of weighted factors would tell a hidden one of them"):
        rule_sets.load(config)


def test_an_end_is_no_edit(config: Path, shipped: RuleSet) -> None:
    file = config / FILE
    file.write_text(file.read_text("utf-8").replace("valid_to: 2026-12-31", "valid_to: 2025-12-31"), "utf-8")
    assert rule_sets.in_force(config, JULY).digest == shipped.digest


def test_two_that_supersede_the_same_one_overlap(config: Path) -> None:
    text = (config / FILE).read_text("utf-8").replace("code: kbnn-2022-01.5", "code: kbnn-2022-01.6")
    (config / "rules" / "2022-01.6.yaml").write_text(text, "utf-8")
    with pytest.raises(Misdeclared, match="the rule set is declared twice for the same days"):
        rule_sets.load(config)
