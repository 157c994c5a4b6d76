"""What a rate is counted from: three definitions, and factors that weigh unequally, as exact fractions."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.periods import SurveyMonth
from etl.registry import rule_sets
from etl.registry.rule_set import Definition, RuleSet
from etl.scoring.statistics.clusters import clustered
from etl.scoring.statistics.definition import DEFINITIONS, counted, official, weighted_rates
from etl.scoring.statistics.ratings import ratings
from etl.scoring.statistics.uncertainty import uncertainty
from tests.lib.cases import slow

SHIPPED = rule_sets.in_force(Path(__file__).parents[2] / "config", SurveyMonth(2023, 7))
BEYOND_64_BITS = 2**70
FACTORS = ("F1", "F2", "F3")

# fmt: off
BY_DEFINITION = [
    # satisfied of answers, complaints, by response | answers   | persons | all minus complaints
    ([(3, 4, 0), (4, 4, 0)],                          (7, 8),     (1, 2),   (2, 2)),
    ([(0, 4, 1), (4, 4, 0), (3, 4, 0)],               (7, 12),    (1, 3),   (2, 3)),
    ([(0, 1, 1), (0, 1, 1)],                          (0, 2),     (0, 2),   (0, 2)),
    ([(5, 5, 0)],                                     (5, 5),     (1, 1),   (1, 1)),
    ([(2, 5, 3), (5, 5, 0), (5, 5, 0), (4, 5, 1)],    (16, 20),   (2, 4),   (2, 4)),
    ([],                                              (0, 0),     (0, 0),   (0, 0)),
]

WEIGHED = [
    # case                          | satisfied of answers of F1, F2, F3 | weights        | rate
    ("pooled without weights",        [(9, 10), (0, 90)],                  [],              "9/100"),
    ("equal weights: the mean",       [(9, 10), (0, 90)],                  [1, 1],          "9/20"),
    ("in any unit",                   [(9, 10), (0, 90)],                  [50, 50],        "9/20"),
    ("unequal weights",               [(9, 10), (1, 3)],                   [3, 1],          "91/120"),
    ("no thirds are lost",            [(1, 3), (1, 3), (1, 3)],            [1, 1, 1],       "1/3"),
    ("a factor nobody answered",      [(9, 10), (0, 0)],                   [1, 99],         "9/10"),
    ("a factor that is not there",    [(9, 10)],                           [1, 99],         "9/10"),
    ("a weight of 0 takes no part",   [(9, 10), (0, 90)],                  [1, 0],          "9/10"),
    ("without a weight: as of 0",     [(9, 10), (0, 90)],                  [1],             "9/10"),
    ("nothing with a weight: no rate", [(0, 0), (1, 4)],                   [1],             None),
    ("only a weight of 0: no rate",   [(1, 4)],                            [0, 1],          None),
    ("one answer is enough",          [(1, 1), (0, 4)],                    [1, 1],          "1/2"),
    ("nobody is content",             [(0, 7), (0, 5)],                    [2, 1],          "0"),
]

GRADED = [
    # code | F1        | F2        | pooled | weighted 1 : 9 | grade       | rank
    ("01",   (90, 90),   (0, 10),    0.90,    0.10,            "weak",       3),
    ("19",   (0, 90),    (10, 10),   0.10,    0.90,            "excellent",  1),
    ("34",   (45, 90),   (8, 10),    0.53,    0.77,            "fair",       2),
]
# fmt: on

SHARE = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def cell(code: str, breakdown: str, member: str, tally: tuple[int, int], **counts: int) -> dict[str, Any]:
    """One counted cell of a treasury, each answer from somebody else."""
    satisfied, answers = tally
    alone = {"response_count": answers, "wholly_satisfied_count": satisfied, "complaint_count": 0}
    return {
        "area_level": "treasury",
        "area_code": code,
        "region_code": "delta",
        "treasury_id": int(code),
        "unit_code": None,
        "breakdown": breakdown,
        "member_code": member,
        "answer_count": answers,
        "satisfied_count": satisfied,
        "satisfied_squares": satisfied,
        "answer_squares": answers,
        "satisfied_answer_products": satisfied,
        **alone,
        **counts,
    }


def cells(code: str, factors: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """A treasury's cells: its total, its factors, and a channel that no weight touches."""
    total = sum(k for k, _ in factors.values()), sum(n for _, n in factors.values())
    of_factors = [cell(code, "factor", factor, tally) for factor, tally in factors.items()]
    return [cell(code, "total", "all", total), *of_factors, cell(code, "channel", "F1", total)]


def weighing(weights: dict[str, int], **changes: Any) -> RuleSet:
    """The shipped rule set with weights of factors."""
    return SHIPPED.model_copy(update={"rate": SHIPPED.rate.model_copy(update={"factor_weights": weights}), **changes})


def exactly(counts: pd.DataFrame, weights: dict[str, int]) -> list[Fraction | None]:
    """The official rate of each cell; 0/0 is None."""
    numerator, denominator = official(counts, weighing(weights).rate)
    return [Fraction(int(k), int(n)) if (k, n) != (0, 0) else None for k, n in zip(numerator, denominator, strict=True)]


@pytest.mark.parametrize("row", BY_DEFINITION)
def test_each_definition_counts_its_own(row: tuple[Any, ...]) -> None:
    responses, *expected = row
    counts = pd.DataFrame(
        [
            {
                "response_count": len(responses),
                "answer_count": sum(n for _, n, _ in responses),
                "satisfied_count": sum(k for k, _, _ in responses),
                "wholly_satisfied_count": sum(k == n for k, n, _ in responses),
                "complaint_count": sum(complaints > 0 for _, _, complaints in responses),
            }
        ]
    )
    found = [counted(counts, definition) for definition in DEFINITIONS]
    assert [(int(k), int(n)) for (k,), (n,) in found] == expected


def test_the_definitions_are_those_that_a_rule_set_may_name() -> None:
    assert set(DEFINITIONS) == set(Definition.__args__)
    for definition in DEFINITIONS:
        rate = SHIPPED.rate.model_copy(update={"definition": definition})
        counts = pd.DataFrame([cell("01", "total", "all", (7, 10), response_count=5, complaint_count=1)])
        pairs = zip(official(counts, rate), counted(counts, definition), strict=True)
        assert all(one.tolist() == other.tolist() for one, other in pairs)


@pytest.mark.parametrize(
    ("tallies", "weights", "expected"), [row[1:] for row in WEIGHED], ids=[row[0] for row in WEIGHED]
)
def test_the_weighted_rate_of_an_area(tallies: list[tuple[int, int]], weights: list[int], expected: str | None) -> None:
    counts = pd.DataFrame(cells("01", dict(zip(FACTORS, tallies, strict=False))))
    answered = counts[counts["answer_count"].gt(0)].reset_index(drop=True)
    total, *others = exactly(answered, dict(zip(FACTORS, weights, strict=False)))
    assert total == (None if expected is None else Fraction(expected))
    # every other breakdown is pooled, even a member that has the name of a factor
    pooled = zip(answered["satisfied_count"], answered["answer_count"], strict=True)
    assert others == [Fraction(k, n) for k, n in pooled][1:]


def test_areas_do_not_share_their_factors() -> None:
    rows = cells("01", {"F1": (1, 2), "F2": (0, 1)}) + cells("19", {"F1": (1, 1), "F2": (1, 1)})
    # a region that has the code of a treasury is another area
    counts = pd.DataFrame([*rows, {**rows[1], "area_level": "region", "satisfied_count": 2}])
    assert weighted_rates(counts, {"F1": 1, "F2": 3}) == {
        ("treasury", "01"): Fraction(1, 8),
        ("treasury", "19"): Fraction(1),
        ("region", "01"): Fraction(1),
    }
    assert counts["satisfied_count"].tolist() == [1, 1, 0, 1, 2, 1, 1, 2, 2]


def test_a_weighted_rate_needs_more_than_64_bits_and_stays_exact() -> None:
    primes = (2_147_483_647, 2_147_483_629, 2_147_483_587)
    factors = {f"F{number}": (prime - number - 1, prime) for number, prime in enumerate(primes)}
    counts = pd.DataFrame(cells("01", factors))
    numerator, denominator = official(counts, weighing(dict.fromkeys(factors, 1)).rate)
    assert Fraction(numerator[0], denominator[0]) == sum(Fraction(*tally) for tally in factors.values()) / 3
    assert denominator[0] > BEYOND_64_BITS
    assert {type(value) for value in numerator} == {type(value) for value in denominator} == {int}


def test_nobody_has_no_weighted_rate() -> None:
    counts = pd.DataFrame(cells("01", {"F1": (1, 2)})).iloc[:0]
    assert weighted_rates(counts, {"F1": 1}) == {}
    assert [part.tolist() for part in official(counts, weighing({"F1": 1}).rate)] == [[], []]


@slow(25)
@given(st.lists(st.tuples(SHARE, st.integers(0, 1000)), min_size=1, max_size=6), st.integers(2, 10**20))
def test_the_weighted_mean_is_within_the_factors_and_of_no_unit(
    factors: list[tuple[tuple[int, int], int]], unit: int
) -> None:
    counts = pd.DataFrame(cells("01", {f"F{place}": tally for place, (tally, _) in enumerate(factors)}))
    weights = {f"F{place}": weight for place, (_, weight) in enumerate(factors)}
    (found, *_), (same, *_) = exactly(counts, weights), exactly(counts, {f: w * unit for f, w in weights.items()})
    rates = [Fraction(*tally) for tally, weight in factors if weight]
    assert found == same
    assert (found is None) == (not rates)
    assert found is None or min(rates) <= found <= max(rates)


def rated(weights: dict[str, int], rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The ratings of treasuries over all their answers, by code."""
    codes = sorted({row["area_code"] for row in rows})
    treasuries = pd.DataFrame(
        {
            "treasury_id": [int(code) for code in codes],
            "treasury_code": codes,
            "region_code": "delta",
            "treasury_state": "loaded",
        }
    )
    rule_set = weighing(weights)
    counts = clustered(pd.DataFrame(rows).astype({"treasury_id": "Int64"}), [], "share_of_answers")
    table = ratings(counts, treasuries, rule_set).assign(is_suppressed=False)
    table = table.join(uncertainty(table, rule_set))
    return table[table["breakdown"].eq("total")].set_index("area_code")


def test_grade_and_rank_go_by_the_weighted_rate() -> None:
    rows = [row for code, f1, f2, *_ in GRADED for row in cells(code, {"F1": f1, "F2": f2})]
    found, pooled = rated({"F1": 1, "F2": 9}, rows), rated({}, rows)
    codes = [row[0] for row in GRADED]
    assert found.loc[codes, "satisfaction_rate"].tolist() == pytest.approx([row[4] for row in GRADED])
    assert found.loc[codes, "grade_code"].tolist() == [row[5] for row in GRADED]
    assert found.loc[codes, "rank"].tolist() == [row[6] for row in GRADED]
    assert pooled.loc[codes, "satisfaction_rate"].tolist() == pytest.approx([row[3] for row in GRADED])
    assert pooled.loc[codes, "rank"].tolist() == [1, 3, 2]
    # what is shown beside the official rate stays pooled
    assert found["share_of_answers_rate"].tolist() == pooled["share_of_answers_rate"].tolist()


def test_an_area_of_which_no_factor_has_a_weight_has_neither_rate_nor_grade_nor_rank() -> None:
    rows = cells("01", {"F1": (90, 100)}) + cells("19", {"F2": (1, 1), "F1": (0, 99)})
    found = rated({"F2": 1}, rows)
    assert found["satisfaction_rate"].isna().tolist() == [True, False]
    assert found["grade_code"].isna().tolist() == [True, False]
    assert found["rank"].isna().tolist() == [True, False]
    assert found[["rate_low", "rate_high", "standard_error"]].isna().all(axis=1).tolist() == [True, False]


def test_weighted_rates_closer_than_a_float_can_tell_are_ranked_and_graded_exactly() -> None:
    huge = 10**15
    rows = cells("01", {"F1": (9 * huge // 10, huge), "F2": (9 * (huge - 10) // 10, huge - 10)})
    rows += cells("19", {"F1": (9 * huge // 10, huge), "F2": (9 * (huge - 10) // 10 - 1, huge - 10)})
    frame = rated({"F1": 10**6, "F2": 1}, rows)
    assert frame["satisfaction_rate"].nunique() == 1
    assert frame[["rank", "grade_code"]].to_numpy().tolist() == [[1, "excellent"], [2, "good"]]
    assert np.isfinite(frame["standard_error"]).all()


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_a_rating_shows_every_definition_and_goes_by_the_official_one(definition: Definition) -> None:
    rule_set = SHIPPED.model_copy(update={"rate": SHIPPED.rate.model_copy(update={"definition": definition})})
    counts = {"response_count": 40, "wholly_satisfied_count": 20, "complaint_count": 2}
    frame = pd.DataFrame([cell("01", "total", "all", (70, 100), **counts)]).astype({"treasury_id": "Int64"})
    treasuries = pd.DataFrame(
        [(1, "01", "delta", "loaded")], columns=["treasury_id", "treasury_code", "region_code", "treasury_state"]
    )
    (row,) = ratings(frame, treasuries, rule_set).to_dict("records")
    rates = {"share_of_answers": 0.7, "share_of_persons": 0.5, "all_minus_complaints": 0.95}
    assert {name: row[f"{name}_rate"] for name in DEFINITIONS} == rates
    assert row["satisfaction_rate"] == rates[definition]
    assert row["grade_code"] == {0.7: "fair", 0.5: "average", 0.95: "excellent"}[rates[definition]]
    assert Fraction(row["rate_numerator"], row["rate_denominator"]) == Fraction(str(rates[definition]))
