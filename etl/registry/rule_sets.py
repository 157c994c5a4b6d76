"""The rule sets of a configuration directory, declared and in force."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from etl.errors import Misdeclared
from etl.periods import Period, SurveyMonth
from etl.registry.declared import Position, Stamp, files_in, no_overlap, read, stamp
from etl.registry.rule_set import RuleSet


def load(path: Path) -> tuple[RuleSet, ...]:
    """Read every rule set of a configuration directory; overlapping dates raise Misdeclared."""
    return _loaded(path, stamp(path / "rules"))


def against_bounds(path: Path) -> frozenset[str]:
    """The codes of the rule sets that hide against bounds as well."""
    return frozenset(rule_set.code for rule_set in load(path) if rule_set.hides_against_bounds)


@cache
def _loaded(path: Path, _: Stamp) -> tuple[RuleSet, ...]:
    """Read and check the rule sets in the state of a stamp."""
    files = files_in(path / "rules")
    declared = {file: read(file, RuleSet).digested() for file in files}
    places = {rule_set.code: Position(file, ("code",)) for file, rule_set in declared.items()}
    for file, rule_set in declared.items():
        if places[rule_set.code].path != file:
            raise Misdeclared(
                f"{Position(file, ('code',))}: the rule set {rule_set.code} is declared twice, also in "
                f"{places[rule_set.code]}",
                next_action="give each file a code of its own",
            )
        if rule_set.supersedes not in (None, *(places.keys() - {rule_set.code})):
            raise Misdeclared(
                f"{Position(file, ('supersedes',))}: there is no other rule set {rule_set.supersedes}",
                next_action="name the rule set whose place it takes, or leave supersedes out",
            )
    standing = _not_superseded(declared.values())
    no_overlap(
        ("the rule set", Position(file, ("valid_from",)), rule_set)
        for file, rule_set in declared.items()
        if rule_set in standing
    )
    return tuple(declared.values())


def in_force(path: Path, period: Period | SurveyMonth) -> RuleSet:
    """A period's rule set, by its first day; none raises Misdeclared."""
    for rule_set in _not_superseded(load(path)):
        if rule_set.valid_from <= period.first_day and rule_set.is_open_in(period):
            return rule_set
    raise Misdeclared(f"no rule set is in force in {period}", next_action=f"add one to {path / 'rules'}")


def named(path: Path, code: str, digest: str) -> RuleSet:
    """The rule set of a code, unchanged since its digest was kept.

    One that is gone or was edited raises Misdeclared.
    """
    declared = next((rule_set for rule_set in load(path) if rule_set.code == code), None)
    if declared is None or declared.digest != digest:
        what = "is gone from" if declared is None else "was edited after it was used, in"
        raise Misdeclared(
            f"the rule set {code} {what} {path / 'rules'}",
            next_action="restore its file, and put the change into a new file that supersedes it",
        )
    return declared


def _not_superseded(rule_sets: Iterable[RuleSet]) -> list[RuleSet]:
    """The rule sets whose place no other has taken."""
    declared = list(rule_sets)
    superseded = {rule_set.supersedes for rule_set in declared}
    return [rule_set for rule_set in declared if rule_set.code not in superseded]
