"""What a rule set promises, counted over draws of networks whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.stats import binom

from benchmarks.coverage.made_up import Network, cells
from etl.registry.rule_set import RuleSet
from etl.scoring.statistics.false_discovery import adjusted
from etl.scoring.statistics.funnel import flags, funnel
from etl.scoring.statistics.movement import difference_test
from etl.scoring.statistics.officers import officers
from etl.scoring.statistics.rank import ConfidenceSets, rank_sets, tie_groups
from etl.scoring.statistics.standings import estimates
from etl.scoring.statistics.uncertainty import uncertainty

Floats = np.ndarray
_EVERY = 2
"""Marginal sets cost the most: every second draw is asked for them."""


@dataclass(frozen=True)
class Tally:
    """How often a promise was kept in how many tries, and how often it is said to be at least.

    ``alike`` is the design effect of the tries: those of one network are not independent of each other.
    """

    kept: int
    tried: int
    promised: float
    alike: float = 1.0

    @classmethod
    def of(cls, held: Floats, promised: float) -> Tally:
        """From whether it was kept, (networks, tries of each)."""
        share, each = held.mean(), held.mean(axis=1)
        chance = max(share * (1 - share), 1 / held.size) / held.shape[1]
        alike = float(each.var(ddof=1) / chance) if min(held.shape) > 1 else 1.0
        return cls(int(held.sum()), held.size, promised, max(alike, 1.0))

    @property
    def share(self) -> float:
        """The share of tries in which it was kept."""
        return self.kept / self.tried

    @property
    def error(self) -> float:
        """The Monte-Carlo standard error of the share, as that of a share of one more of either kind."""
        share = (self.kept + 1) / (self.tried + 2)
        return float(np.sqrt(share * (1 - share) / self.tried * self.alike))

    def is_kept(self, doubt: float) -> bool:
        """Whether a promise that is just kept gives so few with a chance of ``doubt`` or more."""
        worth = self.tried / self.alike
        return bool(binom.cdf(math.ceil(self.share * worth), math.floor(worth), self.promised) >= doubt)


def broken(tallies: Iterable[tuple[str, Tally]], doubt: float = 1e-3) -> list[str]:
    """The promises that were not kept; chance alone names one in ``doubt`` of all runs, where all are just kept."""
    looked_at = list(tallies)
    return [
        f"{name}: {tally.share:.4f} ± {tally.error:.4f} where {tally.promised:g} is promised"
        for name, tally in looked_at
        if not tally.is_kept(doubt / len(looked_at))
    ]


def intervals(network: Network, rules: RuleSet, draws: int, seed: int) -> tuple[Tally, Tally, float]:
    """How many offices' intervals hold their true rate, how many of the first office, and an interval's mean width."""
    found = uncertainty(cells(network, rules, np.random.default_rng(seed), draws), rules)
    low, high = (found[name].to_numpy().reshape(draws, -1) for name in ("rate_low", "rate_high"))
    is_held = (low <= network.rates) & (network.rates <= high)
    every, first = (Tally.of(held, rules.interval_level) for held in (is_held, is_held[:, :1]))
    return every, first, float((high - low).mean())


def as_a_whole(network: Network, rules: RuleSet, draws: int, seed: int) -> Tally:
    """In how many draws all but one in twenty intervals hold the truth, rounded up, and every set its rank.

    Of 63 offices that is 59 or more. So many would be held by intervals at 95 % in 79 of 100 draws, were each held or
    not by itself: more is not promised.
    """
    truth, kept = np.array(network.rates), 0
    least = math.floor(rules.interval_level * len(truth))
    for now in _rated(network, rules, np.random.default_rng(seed), draws):
        drawn = Drawn(network, rules, now, now)
        held = _number(now["rate_low"].le(truth) & now["rate_high"].ge(truth))
        kept += held >= least and _all_in_their_sets(drawn)[0]
    return Tally(kept, draws, float(binom.sf(least - 1, len(truth), rules.interval_level)))


def of_officers(network: Network, rules: RuleSet, draws: int, seed: int) -> Tally:
    """The same of officers, each of whom has the answers of one office of the network."""
    chance, truth, held = np.random.default_rng(seed), np.array(network.rates), []
    for _ in range(draws):
        table = cells(network, rules, chance, 1).assign(breakdown="officer", unit_code=None)
        found = officers(table.assign(member_code=table["area_code"]), rules)
        held.append(found["rate_low"].le(truth) & found["rate_high"].ge(truth))
    return Tally.of(np.array(held), rules.interval_level)


def places(network: Network, rules: RuleSet, draws: int, seed: int) -> dict[str, Tally]:
    """How often rank sets, tie groups, funnel and movement are right about the places of a network's offices.

    The funnel is asked where no office differs, and movement where nothing changed: of another draw of the same.
    """
    chance = np.random.default_rng(seed)
    now, before = (_rated(network, rules, chance, draws) for _ in range(2))
    held: dict[str, list[list[bool]]] = {name: [] for name in _RIGHT}
    for number in range(draws):
        drawn = Drawn(network, rules, now[number], before[number])
        for name, is_right in _RIGHT.items():
            if name != "marginal sets" or number % _EVERY == 0:
                held[name].append(is_right(drawn))
    promised = _promised(rules)
    return {name: Tally.of(np.array(right), promised[name]) for name, right in held.items() if right[0]}


def _rated(network: Network, rules: RuleSet, chance: np.random.Generator, draws: int) -> list[pd.DataFrame]:
    """The counts and the uncertainty of each draw."""
    table = cells(network, rules, chance, draws)
    table = table.assign(satisfaction_rate=table["satisfied_count"] / table["answer_count"]).join(
        uncertainty(table, rules)
    )
    return [drawn.reset_index(drop=True) for _, drawn in table.groupby(np.arange(len(table)) // len(network.rates))]


@dataclass(frozen=True)
class Drawn:
    """One draw of a network's offices, and one of the period before."""

    network: Network
    rules: RuleSet
    now: pd.DataFrame
    before: pd.DataFrame

    @property
    def truth(self) -> Floats:
        """The true rate of each office."""
        return np.array(self.network.rates)

    @cached_property
    def together(self) -> ConfidenceSets:
        """The sets of all ranks at once."""
        return self._sets(simultaneous=True)

    @cached_property
    def alone(self) -> ConfidenceSets:
        """The sets of each rank by itself."""
        return self._sets(simultaneous=False)

    @cached_property
    def funnel_flags(self) -> Floats:
        """Where each office lies in the funnel around the rate of all."""
        asked = self.rules.funnel
        assert asked is not None
        target = self.now["satisfied_count"].sum() / self.now["answer_count"].sum()
        rates, levels = self.now["satisfaction_rate"].to_numpy(), (asked.warning_level, asked.action_level)
        sizes = self.now["effective_count"].to_numpy()
        return flags(funnel(rates, sizes, target, levels, is_exact=asked.limits == "exact"), rates)

    def _sets(self, *, simultaneous: bool) -> ConfidenceSets:
        asked = self.rules.rank_sets
        assert asked is not None
        how = {"draws": asked.draws, "seed": asked.seed, "simultaneous": simultaneous}
        return rank_sets(*estimates(self.now, asked), asked.level, **how)

    def true_ranks_in(self, sets: ConfidenceSets) -> Floats:
        """Whether each office's set holds every rank that it truly has: offices that are equal share theirs."""
        truth = pd.Series(self.truth)
        best, worst = (truth.rank(method=end, ascending=False).to_numpy() for end in ("min", "max"))
        return (sets.low <= best) & (worst <= sets.high)


def _all_in_their_sets(drawn: Drawn) -> list[bool]:
    return [bool(drawn.true_ranks_in(drawn.together).all())]


def _each_in_its_set(drawn: Drawn) -> list[bool]:
    return drawn.true_ranks_in(drawn.alone).tolist()


def _edges_are_true(drawn: Drawn) -> list[bool]:
    """Whether the first of every tie group is truly below the best of the one before."""
    rates = drawn.now["satisfaction_rate"].to_numpy()
    groups = tie_groups(rates, drawn.together.is_below)
    table = pd.DataFrame({"satisfaction_rate": rates, "truth": drawn.truth, "tie_group": groups})
    first = table[table["satisfaction_rate"].eq(table.groupby("tie_group")["satisfaction_rate"].transform("max"))]
    ends = first.groupby("tie_group")["truth"].agg(["min", "max"])
    return [bool((ends["min"].to_numpy()[1:] < ends["max"].to_numpy()[:-1]).all())]


def _within_action(drawn: Drawn) -> list[bool]:
    is_alike = len(set(drawn.network.rates)) == 1
    return [not str(flag).endswith("_action") for flag in drawn.funnel_flags] if is_alike else []


def _within_warning(drawn: Drawn) -> list[bool]:
    is_alike = len(set(drawn.network.rates)) == 1
    return [flag == "within" or flag is None for flag in drawn.funnel_flags] if is_alike else []


def _nothing_moved(drawn: Drawn) -> list[bool]:
    """Whether no movement is called clear: where there is none, each that is would be a false discovery."""
    assert drawn.rules.movement is not None
    periods = [drawn.now, drawn.before]
    figures = [period[name].to_numpy() for period in periods for name in ("satisfaction_rate", "standard_error")]
    return [not (adjusted(difference_test(*figures)) <= drawn.rules.movement.false_discovery_rate).any()]


_RIGHT: dict[str, Callable[[Drawn], list[bool]]] = {
    "simultaneous sets": _all_in_their_sets,
    "marginal sets": _each_in_its_set,
    "tie groups": _edges_are_true,
    "funnel, action": _within_action,
    "funnel, warning": _within_warning,
    "movement": _nothing_moved,
}


def _promised(rules: RuleSet) -> dict[str, float]:
    """How often each is right, by the rule set."""
    assert rules.rank_sets is not None
    assert rules.funnel is not None
    assert rules.movement is not None
    sets = dict.fromkeys(["simultaneous sets", "marginal sets", "tie groups"], rules.rank_sets.level)
    funnels = {"funnel, action": rules.funnel.action_level, "funnel, warning": rules.funnel.warning_level}
    return {**sets, **funnels, "movement": 1 - rules.movement.false_discovery_rate}


def _number(marks: Floats | pd.Series) -> int:
    return int(np.asarray(marks).sum())
