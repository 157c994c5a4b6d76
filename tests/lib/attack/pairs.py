"""Two hidden members of a shown area: their sum is known, and one figure made of both tells the parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.lib.attack.counts import GRAIN
from tests.lib.attack.seen import Marts, cells

COUNTED = {
    "share_of_answers": ("satisfied_count", "answer_count"),
    "share_of_persons": ("wholly_satisfied_count", "response_count"),
}
"""Numerator and denominator of a definition of the rate; the third, by complaints, is not attacked by figures."""
KINDS = ("channel", "respondent_type")
TENTH_DIGIT = 6e-11
NONE = pd.DataFrame(columns=[*GRAIN, "measure", "value", "way"])


@dataclass(frozen=True)
class Split:
    """The members of one breakdown of an area: what is shown, and which are hidden."""

    area: tuple[str, str, str, str]
    """Period, level, code and breakdown."""
    total: pd.Series
    shown: pd.DataFrame
    hidden: list[str]

    def left(self, measure: str) -> int:
        """What the hidden members have together."""
        return int(self.total[measure] - self.shown[measure].sum())

    def found(self, member: str, measure: str, value: float, way: str) -> dict[str, object]:
        """A hidden count that was found."""
        return {**dict(zip(GRAIN, (*self.area, member), strict=True)), "measure": measure, "value": value, "way": way}


def splits(table: pd.DataFrame, breakdown: str) -> Iterator[Split]:
    """Every area whose total is shown, by the members of a breakdown."""
    totals = table[table["breakdown"].eq("total") & table["response_count"].gt(0)].set_index(GRAIN[:3])
    members = table[table["breakdown"].eq(breakdown)]
    for area, part in members.groupby(GRAIN[:3], sort=False):
        if area in totals.index:
            hidden = part["response_count"].isna() & part["answer_count"].isna()
            shown = part[~hidden].set_index("member_code")
            yield Split((*area, breakdown), totals.loc[area], shown, part.loc[hidden, "member_code"].tolist())


def counted(ranking: pd.DataFrame) -> tuple[str, str] | None:
    """Numerator and denominator of a period's official rate; None by complaints."""
    return COUNTED.get(ranking["definition_code"].iloc[0]) if len(ranking) else None


def standardised(marts: Marts, period_code: str) -> pd.DataFrame:
    """Hidden channels or types by ``standardised_rate``, of a mix of one dimension."""
    table, ranking = cells(marts, period_code), marts.of("treasury_ranking", period_code)
    system, names = table[table["area_level"].eq("system")], counted(ranking)
    found: list[dict[str, object]] = []
    for kind, other in (KINDS, KINDS[::-1]):
        if system["breakdown"].eq(other).sum() != 1 or names is None:
            continue
        weight = system[system["breakdown"].eq(kind)].set_index("member_code")[names[1]]
        rates = ranking.set_index("treasury_code")["standardised_rate"]
        for split in splits(table[table["area_level"].eq("treasury")], kind):
            if len(split.hidden) == 2 and pd.notna(rate := rates.get(split.area[2])):
                found += _standardised(split, weight, names, rate)
    return pd.DataFrame(found, columns=NONE.columns)


def _standardised(split: Split, weight: pd.Series, measures: tuple[str, str], rate: float) -> list[dict[str, object]]:
    """The counts of two hidden members, where one pair gives the rate."""
    numerator, denominator = measures
    one, two = split.hidden
    shown = split.shown
    present = weight[[*shown.index[shown[denominator].gt(0)], one, two]]
    known = (weight.reindex(shown.index) * shown[numerator] / shown[denominator]).sum()
    n, k = split.left(denominator), split.left(numerator)
    first = np.arange(1, n)[:, None]
    satisfied = np.arange(k + 1)[None, :]
    made = (known + weight[one] * satisfied / first + weight[two] * (k - satisfied) / (n - first)) / present.sum()
    fits = (abs(made - rate) < TENTH_DIGIT) & (satisfied <= first) & (k - satisfied <= n - first)
    if fits.sum() != 1:
        return []
    at, of = np.argwhere(fits)[0]
    values = {
        (one, denominator): at + 1,
        (two, denominator): n - at - 1,
        (one, numerator): of,
        (two, numerator): k - of,
    }
    return [split.found(*cell, value, "standardised_rate") for cell, value in values.items()]


def covered(marts: Marts, period_code: str) -> pd.DataFrame:
    """Hidden channels or types of the network by a treasury's coverage."""
    table, ranking = cells(marts, period_code), marts.of("treasury_ranking", period_code)
    names = counted(ranking)
    found: list[dict[str, object]] = []
    for kind, other in (KINDS, KINDS[::-1]):
        if table[table["area_level"].eq("system")]["breakdown"].eq(other).sum() != 1 or names is None:
            continue
        n = names[1]
        system = next(splits(table[table["area_level"].eq("system")], kind))
        members = table[table["area_level"].eq("treasury") & table["breakdown"].eq(kind)]
        for code, coverage in zip(ranking["treasury_code"], ranking["standardised_coverage"], strict=True):
            present = set(members.loc[members["area_code"].eq(code), "member_code"])
            hidden = [member for member in system.hidden if member in present]
            if len(hidden) == 1 and pd.notna(coverage):
                shown = system.shown.loc[[member for member in system.shown.index if member in present], n].sum()
                value = round(coverage * system.total[n]) - shown
                found.append(system.found(hidden[0], n, value, "standardised_coverage"))
    return pd.DataFrame(found, columns=NONE.columns).drop_duplicates(ignore_index=True)


def shifted(marts: Marts, period_code: str, earlier: Sequence[str]) -> pd.DataFrame:
    """Hidden channels of now and before by the signal ``channel_shift``."""
    signals = marts.of("answer_signal", period_code)
    signals = signals[signals["signal_code"].eq("channel_shift")]
    units = signals["treasury_code"] + "/" + signals["unit_code"]
    code = signals["treasury_code"].where(signals["area_level"].eq("treasury"), units)
    values = dict(zip(zip(signals["area_level"], code, strict=True), signals["signal_value"], strict=True))
    return _by_distance(marts, (period_code, earlier), "channel", ("channel_shift", values.get))


def mixed(marts: Marts, period_code: str, before: str) -> pd.DataFrame:
    """Hidden channels or types by ``mix_distance``, of a mix of one dimension."""
    trend = marts.of("treasury_trend", period_code)
    values = {
        ("treasury", code): value for code, value in zip(trend["treasury_code"], trend["mix_distance"], strict=True)
    }
    system = cells(marts, period_code).query("area_level == 'system'")
    found = [
        _by_distance(marts, (period_code, [before]), kind, ("mix_distance", values.get))
        for kind, other in (KINDS, KINDS[::-1])
        if system["breakdown"].eq(other).sum() == 1
    ]
    return pd.concat(found) if found else NONE


def _by_distance(
    marts: Marts,
    periods: tuple[str, Sequence[str]],
    kind: str,
    figure: tuple[str, Callable[[tuple[str, str]], float | None]],
) -> pd.DataFrame:
    """Hidden members of now and before, by how far the shares moved."""
    way, value_of = figure
    before: dict[tuple[str, str], list[Split]] = {}
    for earlier in periods[1]:
        for split in splits(cells(marts, earlier), kind):
            before.setdefault(split.area[1:3], []).append(split)
    found: list[dict[str, object]] = []
    for now in splits(cells(marts, periods[0]), kind):
        value, then = value_of(now.area[1:3]), before.get(now.area[1:3], [])
        if value is None or pd.isna(value) or not then:
            continue
        unknown = [split for split in (now, *then) if split.hidden]
        of_then = [split for split in unknown if split is not now]
        if unknown and len(of_then) <= 1 and all(len(split.hidden) == 2 for split in unknown):
            found += _by_shares(now, then, value, way)
    return pd.DataFrame(found, columns=NONE.columns)


def _by_shares(now: Split, then: list[Split], value: float, way: str) -> list[dict[str, object]]:
    """Responses of hidden members that alone move the shares so far."""
    hidden_then = next((split for split in then if split.hidden), None)
    members = sorted({member for split in (now, *then) for member in [*split.shown.index, *split.hidden]})
    shares = []
    for splits_of, with_hidden in (([now], now), (then, hidden_then)):
        known = pd.concat([split.shown["response_count"] for split in splits_of]).groupby(level=0).sum()
        counts = known.reindex(members).fillna(0).to_numpy()[None, :]
        if with_hidden is not None and with_hidden.hidden:
            left = with_hidden.left("response_count")
            places = [members.index(member) for member in with_hidden.hidden]
            counts = np.repeat(counts, left - 1, axis=0)
            counts[:, places[0]] += np.arange(1, left)
            counts[:, places[1]] += left - np.arange(1, left)
        shares.append(counts / counts.sum(axis=1, keepdims=True))
    distance = abs(shares[0][:, None, :] - shares[1][None, :, :]).sum(axis=2) / 2
    fits = abs(distance - value) < TENTH_DIGIT
    found: list[dict[str, object]] = []
    for split, axis in ((now, 1), (hidden_then, 0)):
        firsts = np.flatnonzero(fits.any(axis=axis)) + 1
        if split is not None and split.hidden and len(firsts) == 1:
            other = split.left("response_count") - firsts[0]
            for member, count in zip(split.hidden, (firsts[0], other), strict=True):
                found.append(split.found(member, "response_count", count, way))
    return found
