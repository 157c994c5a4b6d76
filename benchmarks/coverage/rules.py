"""The rule sets that are compared: the one in force, and the one whose place it took."""

from __future__ import annotations

from pathlib import Path

from etl.registry import rule_sets
from etl.registry.rule_set import RuleSet

CONFIG = Path(__file__).parents[2] / "config"
DRAWS = 1_000
"""Draws of the sets of ranks, for 10,000: a set moves by less than chance does, and the proof takes a tenth."""


def before() -> RuleSet:
    """The last rule set whose design effects are each area's own."""
    return _with_few_draws("kbnn-2022-01.4")


def after() -> RuleSet:
    """The rule set that is measured."""
    return _with_few_draws("kbnn-2022-01.5")


def _with_few_draws(code: str) -> RuleSet:
    found = next(rules for rules in rule_sets.load(CONFIG) if rules.code == code)
    assert found.rank_sets is not None
    return found.model_copy(update={"rank_sets": found.rank_sets.model_copy(update={"draws": DRAWS})})
