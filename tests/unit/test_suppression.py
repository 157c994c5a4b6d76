"""Small cells are hidden, and two attackers who know every sum cannot recover one that is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from math import inf
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import OptimizeResult

from etl.errors import Disagreement
from etl.scoring.statistics import suppression
from etl.scoring.statistics.suppression import hidden
from tests.lib.cases import slow

Cell = tuple[tuple[str, ...], str, str]  # an area as the path down to it, a breakdown, a member
Network = dict[Cell, tuple[int, int]]  # responses and answers

LEVELS = ["system", "region", "treasury", "unit"]
COLUMNS = ["area_level", "area_code", "region_code", "treasury_id", "breakdown", "member_code"]
COLUMNS += ["response_count", "answer_count"]
FACTORS = {"k1": "f1", "k2": "f1", "k3": "f2", "k4": "f2"}
SPLIT = ["total", "procedure", "channel"]  # here a response counts in one member

# fmt: off
# (n) is hidden; each treasury belongs to the region on its left
SPEC = {
    "nothing is small": """
                    all   N     01    01/a  01/b
        total       20    20    20    5     15
    """,
    "beside a small one the next lowest": """
                    all   N     01    01/a  01/b  01/c
        total       42    42    42    30    (3)   (9)
    """,
    "of equal ones the first": """
                    all   N     01    01/a  01/b  01/c
        total       21    21    21    (9)   9     (3)
    """,
    "two small ones hide each other": """
                    all   N     01    01/a  01/b  01/c
        total       35    35    35    (2)   (3)   30
    """,
    "two ones hold too few": """
                    all   N     01    01/a  01/b  01/c  01/d
        total       41    41    41    (1)   (1)   (9)   30
    """,
    "one and three hold too few": """
                    all   N     01    01/a  01/b  01/c  01/d
        total       43    43    43    (1)   (3)   (9)   30
    """,
    "five ones hold five, and can be nothing else": """
                    all   N     01    01/a  01/b  01/c  01/d  01/e  01/f  01/g
        total       44    44    44    (1)   (1)   (1)   (1)   (1)   (9)   30
    """,
    "five ones alone give themselves away through their parent": """
                    all   N     01    01/a  01/b  01/c  01/d  01/e  02    02/a  03    03/a
        total       44    44    (5)   (1)   (1)   (1)   (1)   (1)   (9)   (9)   30    30
    """,
    "nobody is never hidden": """
                    all   N     01    01/a  01/b  01/c  01/d
        total       42    42    42    0     (3)   (9)   30
    """,
    "an only child gives its parent away, and a hidden parent has two hidden children": """
                    all   N     01    01/a  01/b  02    02/a  02/b  02/c  03    03/a
        total       49    49    (3)   0     (3)   (16)  (5)   (5)   6     30    30
    """,
    "all of a small unit is hidden": """
                    all   N     01    01/a  01/b  01/c
        total       44    44    44    (4)   (10)  30
        channel/web 27    27    27    (1)   (6)   20
        channel/bcc 17    17    17    (3)   (4)   10
    """,
    "a criterion is hidden beside another one of its factor": """
                    all   N     01    01/a  01/b
        total       70    70    70    20    50
        factor/f1   42    42    42    12    30
        factor/f2   28    28    28    8     20
        criterion/k1 13   13    13    (3)   (10)
        criterion/k2 29   29    29    (9)   (20)
        criterion/k3 28   28    28    8     20
    """,
    "up to the region and down again": """
                    all   N     01    01/a  S     02    02/a  02/b  02/c
        total       63    (3)   (3)   (3)   (60)  (60)  (10)  (20)  30
    """,
    "a value that follows from several sums": """
                     all   S     01    01/a  N     02    02/a  03    03/a
        total        (12)  (5)   (5)   (5)   (7)   (6)   (6)   (1)   (1)
        procedure/p0 (6)   0     0     0     (6)   (6)   (6)   0     0
        procedure/p1 (6)   (5)   (5)   (5)   (1)   0     0     (1)   (1)
        channel/c0   (1)   0     0     0     (1)   (1)   (1)   0     0
        channel/c1   (6)   (5)   (5)   (5)   (1)   0     0     (1)   (1)
        channel/c2   (5)   0     0     0     (5)   (5)   (5)   0     0
    """,
    "three treasuries of at least two": """
                     all   N     01    01/a  02    02/a  03    03/a
        total        (6)   (6)   (2)   (2)   (2)   (2)   (2)   (2)
        channel/c0   (3)   (3)   (1)   (1)   (1)   (1)   (1)   (1)
        channel/c1   (3)   (3)   (1)   (1)   (1)   (1)   (1)   (1)
    """,
}

DOWN_AGAIN = "an only child gives its parent away, and a hidden parent has two hidden children"
LAXER = [
    # left out                     | network that needs it                     | area whose total is recovered
    ("_one_more _determined",        "beside a small one the next lowest",       "all N 01 b"),
    ("_one_more _determined",        "two ones hold too few",                    "all N 01 a"),
    ("_one_more _determined",        DOWN_AGAIN,                                 "all N 01"),
    ("_determined",                  "a value that follows from several sums",   "all N 02"),
    ("_is_fixed",                    "a value that follows from several sums",   "all N 02"),
    ("_is_always_one",               "three treasuries of at least two",         "all N 02"),
]
# fmt: on


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """A small network, counted as it should be: each unit's answers by procedure, channel and criterion, summed up."""
    treasuries = draw(st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=3), min_size=1, max_size=3))
    units = [
        ("all", region, f"{region}{number}", unit)
        for region, sizes in zip("NCS", treasuries, strict=False)
        for number, size in enumerate(sizes)
        for unit in "abcd"[:size]
    ]
    shape = (len(units), draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    criteria = draw(st.sampled_from([["k1"], ["k1", "k2"], ["k1", "k3"], ["k1", "k2", "k3"], list(FACTORS)]))
    responses = draw(arrays(np.int64, shape, elements=st.sampled_from([0, 1, 2, 3, 5, 8, 30])))
    missed = draw(arrays(np.int64, (*shape, len(criteria)), elements=st.sampled_from([0, 0, 1, 2, 9])))
    missed[..., 0] = 0
    answers = np.maximum(responses[..., np.newaxis] - missed, 0)
    network: Network = {}
    for place, responses_of, answers_of in zip(
        np.ndindex(shape), responses.flat, answers.reshape(-1, len(criteria)), strict=True
    ):
        for breakdown, member, n, k in tallies(
            place, int(responses_of), dict(zip(criteria, map(int, answers_of), strict=True))
        ):
            for depth in range(1, 5):
                cell = (units[place[0]][:depth], breakdown, member)
                before = network.get(cell, (0, 0))
                network[cell] = (before[0] + n, before[1] + k)
    return network


def tallies(place: tuple[int, ...], responses: int, answers: dict[str, int]) -> Iterator[tuple[str, str, int, int]]:
    """Breakdown, member, responses and answers of the responses of one unit, procedure and channel."""
    total = sum(answers.values())
    yield from (("total", "all", responses, total), ("procedure", f"p{place[1]}", responses, total))
    yield ("channel", f"c{place[2]}", responses, total)
    for factor, criteria in groupby(answers, FACTORS.__getitem__):
        counts = [answers[criterion] for criterion in criteria]
        yield ("factor", factor, max(counts), sum(counts))
    yield from (("criterion", criterion, count, count) for criterion, count in answers.items())


def read(text: str) -> tuple[Network, set[Cell]]:
    """A network drawn in ``SPEC``, with as many answers as responses, and what is in brackets."""
    heading, *lines = [line.split() for line in text.strip().splitlines()]
    paths: list[tuple[str, ...]] = []
    for area in heading:
        depth = 0 if area == "all" else 1 if area.isalpha() else 3 if "/" in area else 2
        paths.append((*(paths[-1][:depth] if paths else ()), area.split("/")[-1]))
    network, bracketed = {}, set()
    for name, *numbers in lines:
        for path, number in zip(paths, numbers, strict=True):
            cell = (path, *(name.split("/") if "/" in name else ("total", "all")))
            network[cell] = (int(number.strip("()")),) * 2
            bracketed |= {cell} if "(" in number else set()
    return network, bracketed


def frame(network: Network) -> pd.DataFrame:
    """The network as it is counted in the warehouse."""
    ids = {path: number for number, path in enumerate(sorted({path[:3] for path, _, _ in network if len(path) > 2}), 1)}
    rows = [
        {
            "area_level": LEVELS[len(path) - 1],
            "area_code": path[-1] if len(path) < 4 else f"{path[2]}/{path[3]}",
            "region_code": path[1] if len(path) > 1 else None,
            "treasury_id": ids.get(path[:3]),
            "breakdown": breakdown,
            "member_code": member,
            "response_count": responses,
            "answer_count": answers,
        }
        for (path, breakdown, member), (responses, answers) in network.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"treasury_id": "Int64"})


def hidden_cells(network: Network, least: int = 5) -> set[Cell]:
    return {cell for cell, is_hidden in zip(network, hidden(frame(network), FACTORS, least), strict=True) if is_hidden}


def sums(network: Network, breakdowns: list[str] | None = None) -> list[tuple[Cell, list[Cell]]]:
    """Every cell that equals a sum of others: over areas of each depth below it, or over its members."""
    found: dict[tuple[Cell, object], list[Cell]] = {}
    for path, breakdown, member in network:
        wholes = [((path[:depth], breakdown, member), len(path)) for depth in range(1, len(path))]
        if breakdown != "total":
            wholes.append(((path, "total", "all"), breakdown))
        if breakdown == "criterion":
            wholes.append(((path, "factor", FACTORS[member]), breakdown))
        for whole, by in wholes if breakdowns is None or breakdown in breakdowns else []:
            found.setdefault((whole, by), []).append((path, breakdown, member))
    return [(whole, parts) for (whole, _), parts in found.items()]


def solved(network: Network, secret: set[Cell]) -> dict[Cell, int]:
    """What an attacker computes who solves all sums of answers exactly: the hidden cells that have one solution."""
    rows: dict[Cell, dict[Cell | None, Fraction]] = {}  # pivot -> its equation; None stands for the constant
    for whole, parts in sums(network):
        row: dict[Cell | None, Fraction] = {None: Fraction(0)}
        for cell, sign in [(whole, -1), *((part, 1) for part in parts)]:
            unknown = cell if cell in secret else None
            row[unknown] = row.get(unknown, Fraction(0)) + sign * (1 if unknown else network[cell][1])
        for pivot in [cell for cell in row if cell in rows]:
            subtract(row, rows[pivot], row[pivot])
        pivot = next((cell for cell in row if cell), None)
        if pivot:
            row = {cell: value / row[pivot] for cell, value in row.items()}
            for other in rows.values():
                if pivot in other:
                    subtract(other, row, other[pivot])
            rows[pivot] = row
        else:
            assert not row.get(None), "the network does not add up"
    return {pivot: int(-row.get(None, Fraction(0))) for pivot, row in rows.items() if set(row) <= {pivot, None}}


def subtract(row: dict[Cell | None, Fraction], other: dict[Cell | None, Fraction], times: Fraction) -> None:
    for cell, value in other.items():
        row[cell] = row.get(cell, Fraction(0)) - times * value
        if not row[cell]:
            del row[cell]


def cornered(network: Network, secret: set[Cell], measure: int) -> dict[Cell, int]:
    """What an attacker finds who bounds each hidden cell, at least 1, by the bounds of its sums again and again.

    Measure 0 are the responses, 1 the answers.
    """
    low = {cell: 1.0 if cell in secret else counts[measure] for cell, counts in network.items()}
    high = {cell: inf if cell in secret else counts[measure] for cell, counts in network.items()}
    known = sums(network, SPLIT if measure == 0 else None)
    if measure == 0:
        known += [
            (whole, parts) for whole, parts in sums(network) if whole[1:] == parts[0][1:] and whole[1] not in SPLIT
        ]
    is_narrower = True
    while is_narrower:
        before = (dict(low), dict(high))
        for whole, parts in known:
            lows, highs = [low[part] for part in parts], [high[part] for part in parts]
            low[whole], high[whole] = max(low[whole], sum(lows)), min(high[whole], sum(highs))
            for place, part in enumerate(parts):
                others = sum(highs[:place] + highs[place + 1 :])
                low[part] = max(low[part], low[whole] - others)
                high[part] = min(high[part], high[whole] - (sum(lows) - lows[place]))
        is_narrower = before != (low, high)
    return {cell: int(low[cell]) for cell in secret if low[cell] == high[cell]}


def recovered(network: Network, secret: set[Cell]) -> dict[Cell, int]:
    """What either attacker recovers."""
    return solved(network, secret) | cornered(network, secret, 0) | cornered(network, secret, 1)


@pytest.mark.parametrize("case", SPEC)
def test_the_rules_hide_what_is_in_brackets(case: str) -> None:
    network, bracketed = read(SPEC[case])
    assert hidden_cells(network) == bracketed
    assert recovered(network, bracketed) == {}


@given(networks())
@slow(30)
def test_no_attacker_recovers_a_hidden_cell(network: Network) -> None:
    assert recovered(network, hidden_cells(network)) == {}


@given(networks(), st.randoms())
@slow(30)
def test_small_cells_are_hidden_and_nothing_without_a_small_one(network: Network, chance: Random) -> None:
    secret = hidden_cells(network)
    small = {cell for cell, (responses, _) in network.items() if 0 < responses < 5}
    assert small <= secret
    assert not {cell for cell in secret if network[cell][0] == 0}
    assert small or not secret
    assert hidden_cells(network, least=1) == set()
    assert hidden_cells({cell: counts for cell, counts in network.items() if counts[0]}) == secret  # an absent row is 0
    assert hidden_cells(dict(chance.sample(list(network.items()), len(network)))) == secret


@pytest.mark.parametrize(("left_out", "case", "area"), LAXER)
def test_a_laxer_rule_is_seen_through(left_out: str, case: str, area: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network, _ = read(SPEC[case])
    for part in left_out.split():
        monkeypatch.setattr(suppression, part, nothing)
    cell = (tuple(area.split()), "total", "all")
    assert recovered(network, hidden_cells(network))[cell] == network[cell][0]


def nothing(mask_or_matrix: Any, *_: object) -> np.ndarray:
    return np.zeros(mask_or_matrix.shape[-1], dtype=bool)


def test_what_is_to_be_hidden_besides_is_hidden_with_a_neighbour_and_nobody_is_not() -> None:
    network, _ = read(SPEC["nothing is small"])
    network[("all", "N", "01", "z"), "total", "all"] = (0, 0)
    cells = frame(network)
    unit = cells["area_code"].eq("01/a").to_numpy()
    assert cells.loc[hidden(cells, FACTORS, 5, unit), "area_code"].tolist() == ["01/a", "01/b"]
    assert not hidden(cells, FACTORS, 5, cells["area_code"].eq("01/z").to_numpy()).any()
    assert not hidden(cells, FACTORS, 5, np.zeros(len(cells), dtype=bool)).any()


def test_a_treasury_with_the_code_of_its_predecessor_is_another_one() -> None:
    network, _ = read(SPEC[DOWN_AGAIN])
    cells = frame(network)
    of_second = cells["treasury_id"].eq(2).fillna(False)
    renamed = cells.assign(area_code=cells["area_code"].mask(of_second, cells["area_code"].str.replace("02", "01")))
    assert not renamed.equals(cells)
    assert hidden(renamed, FACTORS, 5).tolist() == hidden(cells, FACTORS, 5).tolist()


@pytest.mark.parametrize(
    ("column", "value"),
    [("area_level", "ward"), ("breakdown", "officer"), ("region_code", "S"), ("region_code", None), ("treasury_id", 9)],
)
def test_a_cell_that_adds_up_to_nothing_known_is_refused(column: str, value: object) -> None:
    cells = frame(read(SPEC["all of a small unit is hidden"])[0])
    cells.loc[cells.index[-4 if column == "region_code" else -1], column] = value
    with pytest.raises(ValueError, match="adds up to"):
        hidden(cells, FACTORS, 5)


@pytest.mark.parametrize(("responses", "is_refused"), [(1, True), (0, False)])
def test_one_response_that_adds_up_to_nothing_known_is_enough(responses: int, is_refused: bool) -> None:
    cells = frame(read(SPEC["all of a small unit is hidden"])[0])
    lost = cells.tail(1).assign(breakdown="officer", response_count=responses, answer_count=responses)
    cells = pd.concat([cells, lost], ignore_index=True)
    if not is_refused:
        assert len(hidden(cells, FACTORS, 5)) == len(cells)
        return
    with pytest.raises(ValueError, match="adds up to"):
        hidden(cells, FACTORS, 5)


def test_a_criterion_without_a_factor_is_refused() -> None:
    cells = frame(read(SPEC["a criterion is hidden beside another one of its factor"])[0])
    with pytest.raises(ValueError, match=r"criterion\|k3 adds up to"):
        hidden(cells, {"k1": "f1", "k2": "f1"}, 5)


@pytest.mark.parametrize("solver", ["lsmr", "linprog"])
def test_what_cannot_be_told_is_not_published(solver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(matrix: Any, *_: object, **__: object) -> Any:
        return OptimizeResult(x=None, status=4) if solver == "linprog" else (np.zeros(matrix.shape[1]),)

    monkeypatch.setattr(suppression, solver, fail)
    cells = frame(read(SPEC["two ones hold too few"])[0])
    with pytest.raises(Disagreement, match="do not publish"):
        hidden(cells, FACTORS, 5)


def test_nothing_counted_hides_nothing() -> None:
    cells = frame(read(SPEC["nothing is small"])[0])
    assert hidden(cells.iloc[:0], FACTORS, 5).tolist() == []
    assert not hidden(cells.assign(response_count=0, answer_count=0), FACTORS, 5).any()
