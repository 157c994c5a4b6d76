"""The networks that are looked at: rates, sizes, design effects and answers a response, and offices that differ."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.coverage.made_up import SIZES, Law, Network

RATES = (0.80, 0.90, 0.9364, 0.95, 0.98, 0.99, 0.995)
RESPONSES = (5, 10, 30, 60, 135, 263, 700, 3000)
LAWS: tuple[Law, ...] = ("beta_binomial", "moods")
KINDS = ((1, 1), (4, 1), (4, 2), (22, 1), (22, 2), (22, 6.3), (22, 15))
"""Answers a response, and their design effect, which cannot be larger than that."""
SHOWN_FROM = 30
"""The fewest responses from which a rate is ranked, graded and said to be sure to 95 %."""


@dataclass(frozen=True)
class Case:
    """A network with the words that name it in a table."""

    part: str
    name: str
    network: Network

    @property
    def is_held(self) -> bool:
        """Whether what is promised must hold here: from so many responses on, in offices that answer alike."""
        return min(self.network.sizes) >= SHOWN_FROM and not self.network.effects


def intervals() -> list[Case]:
    """Every rate with every size, kind and law; with one answer each, the laws are one."""
    return [
        Case("grid", f"{_percent(rate)}, {size} responses, {_kind(network)}", network)
        for rate in RATES
        for size in RESPONSES
        for network in _answered(Network.alike(rate, size))
    ]


def levels() -> list[Case]:
    """Few and many offices to learn from."""
    return [
        Case("levels", f"{offices} offices, {_percent(rate)}, {size} responses", Network.alike(rate, size, offices))
        for offices in (3, 12, 63, 700)
        for rate in (0.9364, 0.98, 0.99)
        for size in (30, 135)
    ]


def uneven() -> list[Case]:
    """Offices that do not answer alike: rates that differ, design effects that do, and one that is far from all."""
    chance = np.random.default_rng(3)
    spread = tuple(np.clip(1 + 5.3 * np.exp(chance.normal(-0.125, 0.5, 63)), 1, 20).round(1).tolist())
    cases = []
    for size in (30, 135, 700):
        for rate in (0.9364, 0.98):
            alike = Network.alike(rate, size)
            cases += [
                ("design effects 1–20 around 6.3", replace(alike, effects=spread)),
                ("one with 15 among 6.3", replace(alike, effects=(15.0, *[6.3] * 62))),
                ("one with 15 among 2", replace(alike, effects=(15.0, *[2.0] * 62))),
            ]
    named = [Case("uneven", f"{name}, {_percent(n.rates[0])}, {n.sizes[0]} responses", n) for name, n in cases]
    return named + [Case("uneven", f"rates 98.5–87 %, {law}", replace(_apart(), law=law)) for law in LAWS]


def places() -> list[Case]:
    """Networks whose offices are placed against each other."""
    kinds = ((1, 1), (22, 2), (22, 6.3), (22, 15))
    cases = []
    for rate in (0.80, 0.9364, 0.98, 0.995):
        for name, sizes in (
            ("30 responses", (30,)),
            ("30–700 responses", SIZES),
            ("30–3000 responses", (30, 263, 3000)),
        ):
            for answers, effect in kinds if len(sizes) > 3 else kinds[2:3]:
                network = Network.alike(rate, sizes).of(answers, effect)
                cases.append(Case("places", f"alike at {_percent(rate)}, {name}, {_kind(network)}", network))
    cases += [Case("places", f"rates 98.5–87 %, {law}", replace(_apart(), law=law)) for law in LAWS]
    units = [Network.alike(rate, (30, 34, 40, 45, 52, 60), 12) for rate in (0.9364, 0.98, 0.99)]
    return cases + [
        Case("units", f"12 units alike at {_percent(unit.rates[0])}, 30–60 responses", unit) for unit in units
    ]


def officers() -> list[Case]:
    """Officers, one a cell."""
    return [
        Case("officers", f"{_percent(rate)}, 30–135 responses", Network.alike(rate, (30, 45, 60, 90, 135), 250))
        for rate in (0.9364, 0.98, 0.99)
    ]


def small_units() -> list[Case]:
    """Units of few responses, which have an interval, but no rank."""
    return [
        Case("small units", f"{_percent(rate)}, 5–60 responses", Network.alike(rate, (5, 8, 12, 20, 30, 60), 600))
        for rate in (0.9364, 0.98, 0.99)
    ]


def _apart() -> Network:
    """Rates as the demo's: most good, few bad."""
    rates = (0.985 - 0.115 * np.linspace(0, 1, 63) ** 2).round(4).tolist()
    return replace(Network.alike(0.98, SIZES), rates=tuple(np.random.default_rng(4).permutation(rates).tolist()))


def _answered(network: Network) -> list[Network]:
    """The network with every kind of answers that a law can give."""
    found = [network.of(answers, effect, law) for answers, effect in KINDS for law in LAWS]
    return [one for one in found if (one.answers > 1 or one.law == "beta_binomial") and one.is_possible]


def _kind(network: Network) -> str:
    law = ", moods" if network.law == "moods" else ""
    return f"{network.answers} answers each, effect {network.effect:g}{law}"


def _percent(rate: float) -> str:
    return f"{100 * rate:g} %"
