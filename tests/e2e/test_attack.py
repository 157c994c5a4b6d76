"""What a reader of the marts can work out of hidden cells, from the landed responses to the reader's role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from etl import registry, settings
from etl.operation import steps
from etl.publishing import publish
from tests.lib import attack
from tests.lib.attack import charts, counts, figures, landed, made, needs, ranks, seen, squares
from tests.lib.cases import first
from tests.lib.kept import Copy, Kept
from tests.lib.months import JULY as DEMO

LEAST, LEAST_RANKED = 5, 30
MAY, JUNE, JULY, ROUND = "2023-05", "2023-06", "2023-07", "summer"
RULES = {"rate": {"clustering": "answers"}, "signals": {"least_responses": 1}}
SHAPES = ["plain", "two by two by two", "everybody answers everything", "one channel", "one unit each"]

# A region of four treasuries, all customers of one type: in May and in July a unit with one response, in July a
# treasury with three and with eleven responses in two of its channels.
SHAPE = made.Shape(regions=1, treasuries=4, units=2, procedures=1, channels=3, types=1, skipped=0.2)
USUAL = {(f"1{place}/{unit}", f"c{channel}"): 12 + 5 * place + 3 * unit + channel
         for place in (1, 2, 3, 4) for unit in (1, 2) for channel in (1, 2, 3)}  # fmt: skip
ONE = {"c1": 1, "c2": 0, "c3": 0}
FEW = {
    MAY: USUAL | {("13/1", channel): count for channel, count in ONE.items()},
    JUNE: USUAL,
    JULY: USUAL
    | {("14/1", channel): count for channel, count in ONE.items()}
    | {("11/1", "c1"): 2, ("11/1", "c2"): 6, ("11/2", "c1"): 1, ("11/2", "c2"): 5},
}

pytestmark = pytest.mark.deep


@dataclass(frozen=True)
class Network:
    """A made-up network in a warehouse of its own."""

    shape: made.Shape
    url: str
    config: Path

    @property
    def factors(self) -> dict[str, str]:
        """The factor of each criterion."""
        return made.factors(self.shape)

    def fallen(self, sums: Mapping[str, list[str]] | None = None) -> pd.DataFrame:
        """What falls of everything that is shown, taken together."""
        cells = seen.every_cell(seen.marts(self.url))
        known = squares.told(ranks.bounded(cells, LEAST_RANKED), self.factors)
        return attack.recovered(known, self.factors, LEAST, sums)


@pytest.fixture
def network(fresh_warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Network]:
    """Declare a made-up network; nothing has landed yet."""

    def declared(shape: made.Shape, rules: dict[str, Any]) -> Network:
        made_up = Network(shape, fresh_warehouse, tmp_path / "declared")
        landed.declare(made_up.config, shape, rules)
        monkeypatch.setenv("HAILONG_CONFIG", str(made_up.config))
        return made_up

    return declared


@pytest.fixture
def summer(network: Callable[..., Network]) -> Network:
    """Three published months with few responses here and there, and the round of the last two."""
    made_up = network(SHAPE, RULES)
    landed.declare_round(made_up.config, ROUND, JUNE, JULY)
    for seed, (month, sizes) in enumerate(FEW.items()):
        landed.rate(made.people(SHAPE, sizes, seed), month)
    steps.rate(ROUND)
    assert publish.publish(ROUND, landed.ANNA) == 1
    return made_up


def test_months_and_their_round_tell_nothing_that_they_hide(summer: Network) -> None:
    marts = seen.marts(summer.url)
    cells = seen.cells(marts, JULY)
    true = made.counted(made.people(SHAPE, FEW[JULY], 2), summer.factors)
    both = cells.merge(true, on=attack.KEYS, how="outer", suffixes=("", "_true"), validate="one_to_one")
    shown = both[both["answer_count"].notna()]
    assert shown[counts.MEASURES].to_numpy().tolist() == shown[_true_names()].to_numpy().tolist()
    assert len(shown) < len(cells) < len(both) == len(true)  # an area that is hidden as a whole shows no members
    assert seen.figures_of_hidden(marts).empty
    assert_said_of_offices(marts)
    fallen = [figures.recovered(marts, [MAY, JUNE, JULY]), summer.fallen({ROUND: [JUNE, JULY]})]
    assert_none(pd.concat(fallen))


def assert_said_of_offices(marts: seen.Marts) -> None:
    """There are charts with a hidden month, fitted reliabilities, and competences."""
    july = marts.of("run_chart", JULY)
    assert {2.0, 3.0} <= set(july["point_count"].dropna())  # 13/1 is hidden in May
    assert july["centre_rate"].isna().any()
    assert set(marts.of("unit_rating", JULY)["reliability_origin"].dropna()) == {"fitted"}
    asked = marts.of("training_need", JULY)
    assert asked["gap_points"].notna().all()
    assert set(asked["area_level"]) == {"treasury", "unit"}


def _true_names() -> list[str]:
    """The names of the true counts beside the shown ones."""
    return [f"{name}_true" for name in counts.MEASURES]


@pytest.mark.parametrize(
    ("shape", "seed"), first(1, [(shape, seed) for shape in SHAPES for seed in (0, 1, 2)], "thorough")
)
def test_two_revisions_tell_nothing_that_either_hides(network: Callable[..., Network], shape: str, seed: int) -> None:
    made_up = network(made.SHAPES[shape], {})
    random = np.random.default_rng(seed)
    people = made.responses(made_up.shape, random)
    is_late = random.random(len(people)) < 0.03
    is_late[random.integers(len(people))] = True
    landed.rate(people[~is_late], JULY)
    landed.rate(people, JULY)
    marts = [seen.marts(made_up.url, number) for number in ("1", "2")]
    assert_none(pd.concat([needs.recovered(one, JULY, needs.declared()) for one in marts]))
    assert_none(pd.concat([charts.reliable(one, JULY) for one in marts]))
    revisions = [seen.cells(one, JULY) for one in marts]
    cells, sums = attack.with_late(*revisions)
    told = attack.recovered(cells, made_up.factors, LEAST, sums).query("period_code != 'late'")
    # what the second adds to a cell that the first shows, or does not have, are late answers: they tell themselves
    cell = ["area_level", "area_code", "breakdown", "member_code"]
    hidden = revisions[0].loc[revisions[0]["response_count"].isna(), cell]
    was_hidden = pd.MultiIndex.from_frame(told[cell]).isin(pd.MultiIndex.from_frame(hidden))
    assert_none(told[told["period_code"].eq("first") | was_hidden])


@pytest.mark.thorough
@pytest.mark.parametrize("shape", SHAPES)
def test_two_months_tell_nothing_that_they_hide(network: Callable[..., Network], shape: str) -> None:
    made_up = network(replace(made.SHAPES[shape], types=1), RULES)
    for seed, month in enumerate((JUNE, JULY)):
        landed.rate(made.responses(made_up.shape, np.random.default_rng(seed)), month)
    assert_none(pd.concat([figures.recovered(seen.marts(made_up.url), [JUNE, JULY]), made_up.fallen()]))


@pytest.mark.thorough
def test_the_demos_july_tells_nothing_that_it_hides(copy_of: Callable[[Kept], Copy]) -> None:
    url = copy_of(DEMO).url
    assert publish.publish(JULY, landed.ANNA) == 1
    questionnaire = registry.load(settings.read().config).questionnaires[0]
    factors = {criterion.code: criterion.factor for criterion in questionnaire.criteria}
    marts = seen.marts(url)
    cells = squares.told(ranks.bounded(seen.cells(marts, JULY), LEAST_RANKED), factors)
    assert seen.figures_of_hidden(marts).empty
    assert_none(pd.concat([attack.recovered(cells, factors, LEAST), figures.recovered(marts, [JULY])]))


def assert_none(fallen: pd.DataFrame) -> None:
    """Nothing fell; else how much by which way, and the first of it."""
    ways = fallen.groupby(["way", "area_level", "breakdown"]).size().to_string() if len(fallen) else ""
    assert fallen.empty, f"{len(fallen)} hidden counts:\n{ways}\n{fallen.head(20).to_string()}"
