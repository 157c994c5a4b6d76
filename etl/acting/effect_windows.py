"""Which months an effect is measured in, and on whom: nothing that led to the action counts as its before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from etl.registry.effects import EffectLevel, EffectRule

MOVES = ("serve_others", "rotation")
"""The steps by which a person serves elsewhere: at the unit left, at the one that gains her, and on herself."""


@dataclass(frozen=True)
class TakenAction:
    """An action that took effect: its code, and where. Only a move has a unit that gains somebody.

    ``treasury``, ``unit`` and ``officer``: keys that are theirs alone in the whole network.
    """

    code: str
    treasury: str
    unit: str | None = None
    receiving_unit: str | None = None
    officer: str | None = None


@dataclass(frozen=True)
class MeasuredSubject:
    """On whom an effect is measured, and as what: ``own``, ``sending`` or ``receiving``."""

    level: EffectLevel
    key: str
    part: str = "own"


@dataclass(frozen=True)
class EffectWindows:
    """The months, as whole numbers that count them: those that selected, those before and those after the action."""

    selecting: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]


def measured(action: TakenAction) -> tuple[MeasuredSubject, ...]:
    """On whom an action is measured: a move at both units and on the person, else on the smallest that it is about."""
    if action.officer is not None:
        person = MeasuredSubject("officer", action.officer)
        if action.code not in MOVES:
            return (person,)
        units = [(action.unit, "sending")]
        if action.receiving_unit != action.unit:
            units.append((action.receiving_unit, "receiving"))
        return (person, *(MeasuredSubject("unit", key, part) for key, part in units if key is not None))
    if action.unit is not None:
        return (MeasuredSubject("unit", action.unit),)
    return (MeasuredSubject("treasury", action.treasury),)


def windows(
    month: int, selecting: tuple[int, int], rule: tuple[EffectRule, EffectLevel], known: tuple[int, Collection[int]]
) -> EffectWindows | None:
    """The windows of an action of a month; None with too few months after it, or none before.

    ``selecting``: the first and the last month of the answers that led to it; they are no part of the months before,
    which are the latest others. ``rule``: with the level that is measured. ``known``: the last month with answers, and
    the months of other actions on the same: no window reaches beyond one.
    """
    rules, level = rule
    last, others = known
    most = getattr(rules.months, level)
    begins = max((other for other in others if other < month), default=-(10**9)) + 1
    ends = min((other for other in others if other > month), default=10**9) - 1
    after = tuple(range(month + 1, min(last, ends, month + most) + 1))
    chosen = range(selecting[0], selecting[1] + 1)
    # two windows further back there is nothing that the first of them does not have
    earlier = range(month - 1, max(begins, selecting[0] - most) - 1, -1)
    before = tuple(sorted([one for one in earlier if one not in chosen][:most]))
    if len(after) < rules.months.least or not before:
        return None
    return EffectWindows(tuple(chosen), before, after)
