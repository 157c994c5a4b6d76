"""What it costs to hide against sums and bounds, beside hiding against sums alone, on the same made-up network.

    python -m benchmarks.hiding
    python -m benchmarks.hiding --units 140 --criteria 12

740 units of 63 treasuries with 22 criteria by default: each unit has 1 to 60 responses, each criterion of a response is
skipped now and then, and every cell is counted at every level. Both ways see the same cells, turn by turn; what is
measured is processor time.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
import pandas as pd

from etl.scoring.statistics import exchange, suppression

LEAST, TREASURIES, REGIONS = 5, 63, 6
PARTS = {"procedure": 11, "channel": 2, "respondent_type": 3}


def main() -> None:
    """Measure, and print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=740)
    parser.add_argument("--criteria", type=int, default=22)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    factors = {f"c{number}": f"f{number % 5}" for number in range(asked.criteria)}
    cells = network(asked.units, factors)
    ways = {"sums": suppression.hidden, "sums and bounds": exchange.hidden}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    hidden = {}
    for _ in range(asked.repeat):
        for name, way in ways.items():
            start = time.process_time()
            hidden[name] = int(way(cells, factors, LEAST).sum())
            seconds[name].append(time.process_time() - start)
    medians = {name: statistics.median(turns) for name, turns in seconds.items()}
    for name, median in medians.items():
        ratio = median / medians["sums"]
        print(f"{name:16} {median:6.2f} s  {ratio:5.2f} x sums  {hidden[name]:,} of {len(cells):,} cells hidden")


def network(units: int, factors: dict[str, str]) -> pd.DataFrame:
    """The cells of every level, as they are rated."""
    random = np.random.default_rng(1)
    unit = np.repeat(np.arange(units), random.integers(1, 61, units))
    answered = random.random((len(unit), len(factors))) > 0.04
    answered[:, 0] |= ~answered.any(axis=1)
    satisfied = answered & (random.random(answered.shape) < random.beta(12, 2, (len(unit), 1)))
    people = pd.DataFrame({"unit": unit}).assign(
        **{name: random.integers(0, size, len(unit)).astype(str) for name, size in PARTS.items()}
    )
    columns = list(factors)
    groups = {("total", "all"): columns}
    groups |= {("factor", name): [c for c in columns if factors[c] == name] for name in dict.fromkeys(factors.values())}
    groups |= {("criterion", name): [name] for name in columns}
    parts = [
        _counted(people, answered[:, places], satisfied[:, places]).assign(breakdown=kind, member_code=member)
        for (kind, member), names in groups.items()
        for places in [[columns.index(name) for name in names]]
    ]
    parts += [_counted(people, answered, satisfied).assign(breakdown=kind, member_code=people[kind]) for kind in PARTS]
    return _summed(pd.concat(parts).query("answer_count > 0"))


def _counted(people: pd.DataFrame, answered: np.ndarray, satisfied: np.ndarray) -> pd.DataFrame:
    """What each response counts for."""
    answers, content = answered.sum(axis=1), satisfied.sum(axis=1)
    return people[["unit"]].assign(
        response_count=1,
        answer_count=answers,
        satisfied_count=content,
        wholly_satisfied_count=(answers == content).astype(int),
        complaint_count=0,
    )


def _summed(counted: pd.DataFrame) -> pd.DataFrame:
    """The counts of all areas."""
    treasury = counted["unit"] % TREASURIES + 1
    region = ("r" + (treasury % REGIONS).astype(str)).astype(object)
    unit = treasury.astype(str) + "/" + counted["unit"].astype(str)
    levels = {
        "system": ("all", None, None),
        "region": (region, region, None),
        "treasury": (treasury.astype(str), region, treasury),
        "unit": (unit, region, treasury),
    }
    frames = [
        counted.assign(area_level=level, area_code=code, region_code=over, treasury_id=key)
        for level, (code, over, key) in levels.items()
    ]
    grain = ["area_level", "area_code", "region_code", "treasury_id", "breakdown", "member_code"]
    names = [name for name in counted.columns if name.endswith("_count")]
    summed = pd.concat(frames).groupby(grain, dropna=False, sort=False)[names].sum().reset_index()
    return summed.assign(treasury_id=pd.to_numeric(summed["treasury_id"]).astype("Int64"))


if __name__ == "__main__":
    main()
