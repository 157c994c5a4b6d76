"""Made-up networks: responses of a month drawn from a seed, and their cells counted at every level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tests.lib.attack.counts import KEYS, MEASURES

KINDS = ["region", "treasury", "unit", "procedure", "channel", "respondent_type"]
"""What a response says besides its answers."""


@dataclass(frozen=True)
class Shape:
    """What a network looks like, and how its customers answer."""

    regions: int = 2
    treasuries: int = 2
    units: int = 3
    """Treasuries of each region, units of each treasury."""
    responses: tuple[int, int] = (1, 20)
    """Fewest and most responses of a unit."""
    factors: tuple[int, ...] = (2, 2)
    """Criteria of each factor."""
    procedures: int = 4
    channels: int = 3
    types: int = 2
    skipped: float = 0.1
    """Share of the criteria that are left without an answer."""
    satisfied: float = 0.85
    """Share of the answers at a satisfied level."""


SHAPES = {
    "plain": Shape(),
    "many small units": Shape(units=12, responses=(0, 9)),
    "two by two by two": Shape(units=2, responses=(3, 30)),
    "one unit each": Shape(treasuries=4, units=1, responses=(1, 12)),
    "everybody answers everything": Shape(responses=(2, 15), skipped=0),
    "many skip": Shape(responses=(2, 15), skipped=0.6),
    "one channel": Shape(channels=1, responses=(1, 12)),
    "all satisfied": Shape(responses=(1, 12), satisfied=1),
    "none satisfied": Shape(responses=(1, 12), satisfied=0),
    "one factor": Shape(factors=(4,), responses=(1, 12)),
    "single criteria": Shape(factors=(1, 1, 1), responses=(1, 12)),
    "one region": Shape(regions=1, treasuries=3, responses=(1, 12)),
    "wide": Shape(regions=3, treasuries=4, units=5, factors=(4, 5, 5), procedures=9, responses=(0, 60)),
}


def factors(shape: Shape) -> dict[str, str]:
    """The factor of each criterion of a network."""
    sizes = enumerate(shape.factors, 1)
    return {f"c{factor}_{one}": f"f{factor}" for factor, size in sizes for one in range(1, size + 1)}


def cells(shape: Shape, seed: int) -> pd.DataFrame:
    """All cells of a month that somebody answered for, with true counts."""
    people = responses(shape, np.random.default_rng(seed))
    return counted(people, factors(shape))


def responses(shape: Shape, random: np.random.Generator) -> pd.DataFrame:
    """One row a response: its place, kind and levels (0: no answer)."""
    places = [
        (f"R{region}", f"{region}{treasury}", f"{region}{treasury}/{unit}")
        for region in range(1, shape.regions + 1)
        for treasury in range(1, shape.treasuries + 1)
        for unit in range(1, shape.units + 1)
    ]
    size = random.integers(*shape.responses, len(places), endpoint=True)
    frame = pd.DataFrame(places, columns=["region", "treasury", "unit"]).loc[np.repeat(np.arange(len(places)), size)]
    frame = frame.reset_index(drop=True)
    for name, count in (("procedure", shape.procedures), ("channel", shape.channels), ("respondent_type", shape.types)):
        share = random.dirichlet(np.ones(count))  # some members are rare
        frame[name] = [f"{name[0]}{one + 1}" for one in random.choice(count, len(frame), p=share)]
    names = list(factors(shape))
    size = (len(frame), len(names))
    content = random.beta(*(8 * max(share, 1e-9) for share in (shape.satisfied, 1 - shape.satisfied)), (len(frame), 1))
    level = np.where(random.random(size) < content, random.choice([4, 5], size), random.choice([1, 2, 3], size))
    level = np.where(random.random(size) < shape.skipped, 0, level)
    return pd.concat([frame, pd.DataFrame(level, columns=names)], axis="columns")


def people(shape: Shape, sizes: Mapping[tuple[str, str], int], seed: int) -> pd.DataFrame:
    """Responses of one region and procedure, by unit and channel."""
    rows = [place for place, size in sizes.items() for _ in range(size)]
    one = replace(shape, regions=1, treasuries=1, units=1, responses=(len(rows), len(rows)))
    drawn = responses(one, np.random.default_rng(seed))
    unit = pd.Series([unit for unit, _ in rows])
    channel = [channel for _, channel in rows]
    return drawn.assign(region="R1", treasury=unit.str.split("/").str[0], unit=unit, procedure="p1", channel=channel)


def counted(people: pd.DataFrame, factor_of: Mapping[str, str]) -> pd.DataFrame:
    """The cells of every area in every breakdown."""
    names = list(factor_of)
    groups = {("total", "all"): names, **{("criterion", name): [name] for name in names}}
    for factor in dict.fromkeys(factor_of.values()):
        groups["factor", factor] = [name for name in names if factor_of[name] == factor]
    long = [
        _scored(people, asked).assign(breakdown=kind, member_code=member) for (kind, member), asked in groups.items()
    ]
    long += [
        _scored(people, names).assign(breakdown=kind, member_code=people[kind])
        for kind in ("procedure", "channel", "respondent_type")
    ]
    return _of_areas(pd.concat(long).query("answer_count > 0"))


def _scored(people: pd.DataFrame, asked: list[str]) -> pd.DataFrame:
    """What each response counts for in some criteria."""
    level = people[asked].to_numpy()
    answers, satisfied = (level > 0).sum(axis=1), (level >= 4).sum(axis=1)
    return people[["region", "treasury", "unit"]].assign(
        response_count=1,
        answer_count=answers,
        satisfied_count=satisfied,
        wholly_satisfied_count=(satisfied == answers).astype(int),
        complaint_count=(level == 1).any(axis=1).astype(int),
    )


def _of_areas(scored: pd.DataFrame) -> pd.DataFrame:
    """Responses counted by area and member, at each level."""
    areas = {
        "system": ("all", None, None),
        "region": (scored["region"], scored["region"], None),
        "treasury": (scored["treasury"], scored["region"], scored["treasury"]),
        "unit": (scored["unit"], scored["region"], scored["treasury"]),
    }
    levels = [
        scored.assign(area_level=level, area_code=code, region_code=region, treasury_id=treasury)
        for level, (code, region, treasury) in areas.items()
    ]
    grain = [*KEYS[:2], "region_code", "treasury_id", *KEYS[2:]]
    summed = pd.concat(levels).groupby(grain, dropna=False, sort=False)[MEASURES].sum().reset_index()
    return summed.assign(treasury_id=pd.to_numeric(summed["treasury_id"]).astype("Int64"))


def shown(cells: pd.DataFrame, hidden: np.ndarray) -> pd.DataFrame:
    """The cells as a reader sees them: what is hidden has no counts, and an area hidden as a whole no members."""
    mask = pd.Series(np.asarray(hidden, bool), cells.index)
    frame = cells.assign(**{name: cells[name].astype("Int64").mask(mask) for name in MEASURES})
    is_total = cells["breakdown"].eq("total")
    areas = pd.MultiIndex.from_frame(cells[KEYS[:2]])
    return frame[is_total | ~areas.isin(areas[is_total & mask])]
