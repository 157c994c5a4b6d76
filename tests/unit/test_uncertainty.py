"""How sure a rate is: the effective number of answers, the standard error, and what both are good for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from etl.periods import SurveyMonth
from etl.registry import rule_sets
from etl.registry.rule_set import RuleSet
from etl.scoring.statistics import clusters
from etl.scoring.statistics.definition import DEFINITIONS
from etl.scoring.statistics.effective import effective_count
from etl.scoring.statistics.interval import angle, exact, standard_error, wilson
from etl.scoring.statistics.uncertainty import uncertainty
from tests.lib.cases import slow

SHIPPED = rule_sets.in_force(Path(__file__).parents[2] / "config", SurveyMonth(2023, 7))

# fmt: off
EFFECTIVE = [
    # case                                        | satisfied of answers, by response        | effective answers
    ("nobody",                                      [],                                        0),
    ("one answer each",                             [(1, 1), (0, 1), (1, 1), (1, 1)],          4),
    ("one answer each, and one without any",        [(1, 1), (0, 1), (0, 0)],                  2),
    ("one response",                                [(7, 10)],                                 1),
    ("everybody is content",                        [(10, 10), (10, 10), (5, 5)],              3),
    ("nobody is content",                           [(0, 10), (0, 10)],                        2),
    ("one answer of all is content",                [(1, 10), (0, 10), (0, 10)],               29),
    ("one answer of all is not",                    [(9, 10), (10, 10), (10, 10)],             29),
    ("everybody is content, more silent than not",  [(1, 1), (0, 0), (0, 0)],                  1),
    ("each is of one mind",                         [(10, 10), (0, 10)],                       1),
    ("four, each of one mind",                      [(10, 10), (0, 10), (10, 10), (0, 10)],    3),
    ("each is as content as all",                   [(9, 10), (9, 10), (9, 10)],               30),
    ("more alike than by chance",                   [(5, 10), (6, 10), (5, 10), (4, 10)],      40),
]

ERRORS = [
    # satisfied | answers | standard error
    (0,           0,        np.nan),
    (103,         110,      math.sqrt(105 / 114 * (9 / 114) / 114)),
    (0,           1,        math.sqrt(2 / 5 * (3 / 5) / 5)),
    (100,         100,      math.sqrt(102 / 104 * (2 / 104) / 104)),
    (4.5,         9.5,      math.sqrt(6.5 / 13.5 * (7 / 13.5) / 13.5)),
]

ANGLES = [
    # satisfied | answers | angle, as the share whose arc sine's root it is | standard error
    (0,           0,        np.nan,                                           np.nan),
    (0,           1,        0.25,                                             1 / math.sqrt(6)),
    (103,         110,      103.5 / 111,                                      1 / math.sqrt(442)),
    (100,         100,      100.5 / 101,                                      1 / math.sqrt(402)),
    (4.5,         9.5,      5 / 10.5,                                         1 / math.sqrt(40)),
]

SIZES = [
    # definition            | answers count as | share | effective answers of four with ten answers of one mind each
    ("share_of_answers",      "responses",       0.75,   3),
    ("share_of_answers",      "answers",         0.75,   40),
    ("share_of_persons",      "responses",       0.75,   4),    # a person is one answer, whatever clusters
    ("share_of_persons",      "answers",         0.75,   4),
    ("all_minus_complaints",  "responses",       1.0,    4),
]
# fmt: on

RESPONSE = st.integers(0, 10).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
RESPONSES = st.lists(RESPONSE, max_size=12)


def cell(responses: list[tuple[int, int]]) -> dict[str, int]:
    """The counts of a cell from the satisfied answers and the answers of each response."""
    return {
        "response_count": len(responses),
        "answer_count": sum(n for _, n in responses),
        "satisfied_count": sum(k for k, _ in responses),
        "satisfied_squares": sum(k * k for k, _ in responses),
        "answer_squares": sum(n * n for _, n in responses),
        "satisfied_answer_products": sum(k * n for k, n in responses),
    }


def directly(responses: list[tuple[int, int]]) -> float:
    """The effective number of answers from the responses themselves, by the plain formulas."""
    k, n = np.array(responses, dtype=float).reshape(-1, 2).T
    count, answers = len(responses), n.sum()
    if answers in (0, k.sum()) or not k.sum() or count < 2:
        return min(count, answers)
    if n.max() <= 1:
        return answers
    share = k.sum() / answers
    variance = count / (count - 1) * ((k - share * n) ** 2).sum() / answers**2
    return answers / max(variance / (share * (1 - share) / answers), 1)


@pytest.mark.parametrize(("responses", "expected"), [row[1:] for row in EFFECTIVE], ids=[row[0] for row in EFFECTIVE])
def test_the_effective_answers_of_a_cell(responses: list[tuple[int, int]], expected: float) -> None:
    assert effective_count(pd.DataFrame([cell(responses)])) == pytest.approx([expected], rel=1e-12)


@slow(30)
@given(st.lists(RESPONSES, max_size=5))
def test_the_sums_tell_what_the_responses_tell(cells: list[list[tuple[int, int]]]) -> None:
    counts = pd.DataFrame([cell(responses) for responses in cells], columns=list(cell([])))
    found = effective_count(counts)
    assert found == pytest.approx([directly(responses) for responses in cells], rel=1e-9)
    assert ((found >= 0) & (found <= counts["answer_count"])).all()


def test_counts_may_be_python_s_own_numbers() -> None:
    counts = pd.DataFrame([cell([(9, 10), (3, 10)]), cell([(1, 1)])])
    found = effective_count(counts.astype(object))
    assert found.dtype == np.float64
    assert found.tolist() == effective_count(counts).tolist()


def test_large_cells_do_not_overflow() -> None:
    millions = {name: count * 10**7 for name, count in cell([(9, 10), (3, 10), (10, 10), (10, 10)]).items()}
    (found,) = effective_count(pd.DataFrame([millions]))
    assert 10**7 < found < 4 * 10**8


def test_the_interval_from_effective_answers_covers_and_the_naive_one_does_not() -> None:
    chance = np.random.default_rng(3)
    share, cells, responses = 0.9, 3_000, 100
    minds = chance.beta(share * 5, (1 - share) * 5, (cells, responses))
    n = chance.integers(1, 20, (cells, responses))
    k = chance.binomial(n, minds)
    sums = {
        "answer_count": n,
        "satisfied_count": k,
        "satisfied_squares": k * k,
        "answer_squares": n * n,
        "satisfied_answer_products": k * n,
    }
    counts = pd.DataFrame({name: each.sum(axis=1) for name, each in sums.items()}).assign(response_count=responses)
    answers, satisfied = counts["answer_count"].to_numpy(), counts["satisfied_count"].to_numpy()
    size = effective_count(counts)
    assert covered(wilson(satisfied / answers * size, size, 0.95), share) == pytest.approx(0.95, abs=0.015)
    assert covered(wilson(satisfied, answers, 0.95), share) < 0.80


def covered(limits: tuple[np.ndarray, np.ndarray], share: float) -> float:
    """How many of the intervals hold the true share."""
    return float(((limits[0] <= share) & (share <= limits[1])).mean())


@pytest.mark.parametrize(("satisfied", "answers", "share", "error"), ANGLES)
def test_the_angle_of_a_share_and_its_error(satisfied: float, answers: float, share: float, error: float) -> None:
    found, errors = angle([satisfied], [answers])
    assert np.sin(found) ** 2 == pytest.approx([share], nan_ok=True)
    assert errors == pytest.approx([error], nan_ok=True)


SHARE = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(SHARE, SHARE)
def test_no_angle_goes_against_its_share_by_more_than_chance(one: tuple[int, int], other: tuple[int, int]) -> None:
    (lower, lower_n), (higher, higher_n) = sorted([one, other], key=lambda share: share[0] / share[1])
    angles, errors = angle([lower, higher], [lower_n, higher_n])
    # sets of ranks hold no two for different below 1.64 of their joint error
    assert angles[1] - angles[0] > -1.42 * np.hypot(*errors)


@pytest.mark.parametrize(("satisfied", "answers", "expected"), ERRORS)
def test_the_standard_error_is_that_of_a_share_with_four_more_answers(
    satisfied: float, answers: float, expected: float
) -> None:
    found = standard_error(np.array([satisfied]), np.array([answers]))
    assert found == pytest.approx([expected], rel=1e-12, nan_ok=True)


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_no_share_is_certain_and_more_answers_make_it_surer(answers: int, satisfied: int) -> None:
    k = min(satisfied, answers)
    few, many = standard_error([k, 10 * k], [answers, 10 * answers])
    assert 0 < many < few < 0.25


@given(st.integers(0, 1_000), st.integers(1, 1_000), st.floats(0.01, 1))
def test_an_interval_of_fractional_counts_holds_the_share_and_is_wider(k: int, n: int, effect: float) -> None:
    share, size = min(k, n) / n, n * effect
    low, high = wilson(np.array([share * size, min(k, n)]), np.array([size, n]), 0.95)
    assert (low <= share + 1e-15).all()
    assert (high >= share - 1e-15).all()
    assert 0 <= low[0] <= low[1] + 1e-12
    assert high[1] - 1e-12 <= high[0] <= 1


@pytest.mark.parametrize(("satisfied", "answers"), [(0, 5), (5, 5), (1, 30), (29, 30), (103, 110), (1, 1), (0, 1)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_exact_limits_are_those_of_clopper_and_pearson(satisfied: int, answers: int, level: float) -> None:
    low, high = exact([satisfied], [answers], level)
    expected = binomtest(satisfied, answers).proportion_ci(level, "exact")
    assert [*low, *high] == pytest.approx([expected.low, expected.high], abs=1e-9)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.98, 0.995])
@pytest.mark.parametrize("answers", [5, 30, 135, 700])
def test_exact_limits_hold_every_share_as_often_as_they_say_and_those_of_wilson_do_not(
    share: float, answers: int
) -> None:
    satisfied = np.arange(answers + 1)
    chance = binom.pmf(satisfied, answers, share)
    (low, high), whole = exact(satisfied, np.full(answers + 1, answers), 0.95), np.full(answers + 1, answers)
    assert chance[(low <= share) & (share <= high)].sum() >= 0.95
    if (share, answers) == (0.995, 30):
        low, high = wilson(satisfied, whole, 0.95)
        assert chance[(low <= share) & (share <= high)].sum() < 0.87


@given(st.integers(0, 1_000), st.integers(1, 1_000), st.floats(0.01, 1))
def test_exact_limits_of_fractional_counts_hold_the_share_and_lie_between_those_of_whole_ones(
    k: int, n: int, effect: float
) -> None:
    share, size = min(k, n) / n, max(n * effect, 1)
    sizes = np.array([np.floor(size), size, np.ceil(size)])
    low, high = exact(share * sizes, sizes, 0.95)
    assert ((low >= 0) & (low <= share) & (share <= high) & (high <= 1)).all()
    assert low[0] - 1e-12 <= low[1] <= low[2] + 1e-12
    assert high[0] + 1e-12 >= high[1] >= high[2] - 1e-12


def test_unknown_counts_have_neither_interval_nor_error() -> None:
    nothing = np.array([np.nan]), np.array([0.0])
    assert np.isnan([*wilson(*nothing, 0.95), *exact(*nothing, 0.95), standard_error(*nothing)]).all()


# --- of a whole table


def ruled(interval_level: float = 0.95, **rate: Any) -> RuleSet:
    """The shipped rule set with a rate of another kind, and each area by itself."""
    own = {"clustering": "responses", "design_effect": "own"}
    changed = {"interval_level": interval_level, "interval_limits": "wilson"}
    return SHIPPED.model_copy(update={**changed, "rate": SHIPPED.rate.model_copy(update=own | rate)})


def counted(code: str, member: str, responses: list[tuple[int, int]], level: str = "treasury") -> dict[str, Any]:
    """A cell of an area with its keys."""
    breakdown, member_code = member.split("/")
    return {
        "area_level": level,
        "area_code": code,
        "breakdown": breakdown,
        "member_code": member_code,
        "wholly_satisfied_count": sum(k == n for k, n in responses),
        "complaint_count": 0,
        **cell(responses),
    }


@pytest.mark.parametrize(("definition", "clustering", "share", "size"), SIZES)
def test_what_counts_as_independent_is_said_by_the_rule_set(
    definition: str, clustering: str, share: float, size: float
) -> None:
    counts = pd.DataFrame([counted("01", "total/all", [(10, 10), (10, 10), (10, 10), (0, 10)])], index=[7])
    found = uncertainty(counts, ruled(definition=definition, clustering=clustering, complaint_levels=(1,)))
    (low,), (high,) = wilson([share * size], [size], 0.95)
    assert found.index.tolist() == [7]
    assert found.columns.tolist() == ["effective_count", "standard_error", "rate_low", "rate_high"]
    assert found.iloc[0].tolist() == pytest.approx([size, *standard_error([share * size], [size]), low, high])


def test_the_interval_is_of_the_level_of_the_rule_set() -> None:
    counts = pd.DataFrame([counted("01", "total/all", [(1, 1)] * 9 + [(0, 1)])])
    found = uncertainty(counts, ruled(0.8))
    assert found[["rate_low", "rate_high"]].iloc[0].tolist() == pytest.approx(np.ravel(wilson([9], [10], 0.8)))


def test_without_answers_nothing_is_known_but_the_size() -> None:
    counts = pd.DataFrame([counted("01", "total/all", []), counted("19", "total/all", [(1, 2)])])
    for clustering in ("answers", "responses"):
        nobody, somebody = uncertainty(counts, ruled(clustering=clustering)).to_numpy().tolist()
        assert nobody == pytest.approx([0, np.nan, np.nan, np.nan], nan_ok=True)
        assert np.isfinite(somebody).all()


def of_factors(code: str, factors: dict[str, tuple[int, int]], level: str = "treasury") -> list[dict[str, Any]]:
    """An area's cells, each answer from somebody else: its factors, its total, and a channel."""
    rows = {name: [(1, 1)] * k + [(0, 1)] * (n - k) for name, (k, n) in factors.items()}
    total = [response for responses in rows.values() for response in responses]
    cells = [counted(code, f"factor/{name}", responses, level) for name, responses in rows.items()]
    return [*cells, counted(code, "total/all", total, level), counted(code, "channel/F1", total, level)]


def test_the_error_of_a_weighted_mean_is_the_weighted_mean_of_the_errors() -> None:
    factors = {"F1": (90, 100), "F2": (20, 40), "F3": (1, 60), "F4": (0, 0), "F5": (30, 30)}
    counts = pd.DataFrame(of_factors("01", factors) + of_factors("19", {"F1": (1, 2), "F2": (1, 5)}))
    weights = {"F1": 3, "F2": 1, "F3": 0, "F4": 5}
    found, pooled = uncertainty(counts, ruled(factor_weights=weights)), uncertainty(counts, ruled())
    (is_total,) = np.nonzero(counts["breakdown"].eq("total"))
    assert found.drop(index=is_total).equals(pooled.drop(index=is_total))
    for place, share, errors in (
        (is_total[0], (3 * 0.9 + 0.5) / 4, standard_error([90, 20], [100, 40])),
        (is_total[1], (3 * 0.5 + 0.2) / 4, standard_error([1, 1], [2, 5])),
    ):
        error = (3 * errors[0] + errors[1]) / 4
        size = share * (1 - share) / error**2
        assert size < pooled["effective_count"][place]
        (low,), (high,) = wilson([share * size], [size], 0.95)
        assert found.loc[place].tolist() == pytest.approx([size, error, low, high])


def test_a_factor_with_one_answer_counts() -> None:
    counts = pd.DataFrame(of_factors("01", {"F1": (1, 1), "F2": (20, 40)}))
    found = uncertainty(counts, ruled(factor_weights={"F1": 1, "F2": 1}))
    assert found["standard_error"][2] == pytest.approx(standard_error([1, 20], [1, 40]).mean())


def test_a_weighted_mean_is_never_worth_more_answers_than_there_are() -> None:
    # the error of few answers is drawn in, as if there were four more
    counts = pd.DataFrame(of_factors("01", {"F1": (1, 2), "F2": (1, 2)}))
    found = uncertainty(counts, ruled(factor_weights={"F1": 1, "F2": 1}))
    assert 0.25 / found["standard_error"][2] ** 2 == pytest.approx(6)
    assert found["effective_count"].tolist() == [2, 2, 4, 4]


@pytest.mark.parametrize("share", [0, 1])
def test_a_weighted_mean_without_variation_keeps_the_answers_that_there_are(share: int) -> None:
    counts = pd.DataFrame(of_factors("01", {"F1": (6 * share, 6), "F2": (4 * share, 4)}))
    found = uncertainty(counts, ruled(factor_weights={"F1": 1, "F2": 1}))
    assert found["effective_count"][2] == 10
    low, high = wilson([10 * share], [10], 0.95)
    assert found.loc[2, ["rate_low", "rate_high"]].tolist() == pytest.approx([*low, *high])
    assert found["standard_error"][2] == pytest.approx(standard_error([6 * share, 4 * share], [6, 4]).mean())


def test_an_area_of_which_no_factor_weighs_anything_has_no_size_and_no_limits() -> None:
    counts = pd.DataFrame(of_factors("01", {"F1": (9, 10), "F2": (1, 10)}) + of_factors("01", {"F3": (2, 4)}, "region"))
    found, pooled = uncertainty(counts, ruled(factor_weights={"F3": 1})), uncertainty(counts, ruled())
    assert found.loc[2].tolist() == pytest.approx([0, np.nan, np.nan, np.nan], nan_ok=True)
    assert found.loc[[0, 1, 3]].equals(pooled.loc[[0, 1, 3]])
    assert found.loc[5].notna().all()


def test_the_error_of_a_weighted_mean_is_made_of_independent_customers() -> None:
    of_one_mind = [(10, 10)] * 3 + [(0, 10)]
    counts = pd.DataFrame([counted("01", "factor/F1", of_one_mind), counted("01", "total/all", of_one_mind)])
    found = uncertainty(counts, ruled(factor_weights={"F1": 1}))
    assert found["effective_count"].tolist() == pytest.approx([3, 3])
    assert found["standard_error"].tolist() == pytest.approx(standard_error([2.25, 2.25], [3, 3]).tolist())


# --- how alike answers are, learnt from a level

SURE = [(10, 10)] * 9 + [(9, 10)]
TORN = [(10, 10), (0, 10)] * 5
ALIKE = [(10, 10)] * 10
MIXED = [(10, 10), (10, 10), (4, 10), (9, 10), (10, 10)]


def learnt(*cells: list[tuple[int, int]]) -> float:
    """The design effect of several cells together, from the responses themselves."""
    between = within = 0.0
    for responses in cells:
        k, n = np.array(responses, dtype=float).T
        share, count = k.sum() / n.sum(), len(responses)
        between += count / (count - 1) * ((k - share * n) ** 2).sum()
        within += n.sum() * share * (1 - share)
    return between / within


def pooled(rows: list[dict[str, Any]], rule_set: RuleSet | None = None, hidden: Sequence[int] = ()) -> list[float]:
    """The effective numbers of cells of which those in the places ``hidden`` are."""
    frame = pd.DataFrame(rows)
    frame["is_suppressed"] = frame.index.isin(hidden)
    return uncertainty(frame, rule_set or ruled(design_effect="pooled"))["effective_count"].tolist()


# fmt: off
LEARNT = [
    # case                                     | cells: area, member, responses, level  | hidden | effective answers
    ("no surer than all of the level",           [("01", "total/all", SURE), ("19", "total/all", TORN)], (),
     [100 / learnt(SURE, TORN), 100 / learnt(TORN)]),
    ("nor than its own answers",                 [("01", "total/all", MIXED), ("19", "total/all", TORN)], (),
     [50 / learnt(MIXED, TORN), 100 / learnt(TORN)]),
    ("all alike tell nothing, and learn",        [("01", "total/all", ALIKE), ("19", "total/all", TORN),
                                                  ("34", "total/all", SURE)], (),
     [min(10, 100 / learnt(TORN, SURE)), 100 / learnt(TORN), 100 / learnt(TORN, SURE)]),
    ("one alone is by itself",                   [("01", "total/all", ALIKE), ("19", "total/all", TORN)], (),
     [10, 100 / learnt(TORN)]),
    ("the hidden learn and tell nothing",        [("01", "total/all", SURE), ("19", "total/all", TORN),
                                                  ("34", "total/all", MIXED)], (1,),
     [100 / learnt(SURE, MIXED), 100 / learnt(TORN), 50 / max(learnt(MIXED), learnt(SURE, MIXED))]),
    ("one answer each is nobody's mood",         [("01", "total/all", [(1, 1), (0, 1)]), ("19", "total/all", TORN),
                                                  ("34", "total/all", TORN)], (),
     [2, 100 / learnt(TORN), 100 / learnt(TORN)]),
    ("each level by itself",                     [("01", "total/all", SURE), ("19", "total/all", TORN),
                                                  ("01/a", "total/all", SURE, "unit"),
                                                  ("01/b", "total/all", SURE, "unit")], (),
     [100 / learnt(SURE, TORN), 100 / learnt(TORN), 100 / learnt(SURE), 100 / learnt(SURE)]),
    ("all members of a breakdown together",      [("01", "channel/web", SURE), ("01", "channel/desk", TORN)], (),
     [100 / learnt(SURE, TORN), 100 / learnt(TORN)]),
    ("each factor by itself",                    [("01", "factor/F1", SURE), ("19", "factor/F1", SURE),
                                                  ("01", "factor/F2", TORN), ("19", "factor/F2", TORN)], (),
     [100 / learnt(SURE), 100 / learnt(SURE), 100 / learnt(TORN), 100 / learnt(TORN)]),
    ("the network learns from its treasuries",   [("01", "total/all", SURE), ("19", "total/all", TORN),
                                                  ("all", "total/all", SURE, "system")], (),
     [100 / learnt(SURE, TORN), 100 / learnt(TORN), 100 / learnt(SURE, TORN)]),
]
# fmt: on


@pytest.mark.parametrize(("cells", "hidden", "sizes"), [row[1:] for row in LEARNT], ids=[row[0] for row in LEARNT])
def test_how_alike_answers_are_is_learnt_from_those_shown_of_a_level(
    cells: list[Any], hidden: tuple[int, ...], sizes: list[float]
) -> None:
    rows = [counted(area, member, responses, *level) for area, member, responses, *level in cells]
    assert pooled(rows, hidden=hidden) == np.rint(sizes).tolist()


def test_against_sums_alone_hidden_cells_tell_as_well_and_nothing_is_rounded() -> None:
    rows = [counted(code, "total/all", responses) for code, responses in (("01", SURE), ("19", TORN))]
    rule_set = ruled(design_effect="pooled").model_copy(update={"suppression": None})
    assert pooled(rows, rule_set, hidden=[1])[0] == pytest.approx(100 / learnt(SURE, TORN), rel=1e-12)


def test_no_digit_depends_on_the_order_of_the_areas() -> None:
    chance = np.random.default_rng(5)
    rows = [
        counted(f"{number:02}", "total/all", [(int(k), 22) for k in chance.binomial(22, chance.beta(9, 1, 40))])
        for number in range(60)
    ]
    rule_set = ruled(design_effect="pooled").model_copy(update={"suppression": None})
    straight, backwards = pooled(rows, rule_set), pooled(rows[::-1], rule_set)
    assert straight == backwards[::-1]


# --- who clusters


def test_several_responses_of_one_cluster_count_together() -> None:
    # two customers, of whom one came three times: as if each had given one response
    together = [(24, 30), (1, 10)]
    counts = pd.DataFrame([counted("01", "total/all", [(10, 10), (8, 10), (6, 10), (1, 10)])])
    shared = {"area_level": "treasury", "area_code": "01", "breakdown": "total", "member_code": "all"}
    shared |= {"cluster_count": -2, "cluster_satisfied_squares": 24**2 - 100 - 64 - 36}
    shared |= {"cluster_answer_squares": 30**2 - 300, "cluster_satisfied_answer_products": 24 * 30 - 240}
    found = clusters.clustered(counts, [shared], "share_of_answers")
    sums = clusters.over_clusters(found, ruled(clustering="respondents").rate, "share_of_answers")
    expected = pd.DataFrame([cell(together)])
    assert sums[expected.columns].to_numpy().tolist() == expected.to_numpy().tolist()
    size = uncertainty(found.assign(is_suppressed=False), ruled(clustering="respondents"))["effective_count"]
    assert size.tolist() == [round(directly(together))]
    by_response = uncertainty(counts, ruled())["effective_count"]
    assert size[0] < by_response[0]


def test_who_came_once_is_a_cluster_of_one_response() -> None:
    counts = pd.DataFrame([counted("01", "total/all", MIXED), counted("19", "total/all", TORN)])
    for definition in DEFINITIONS:
        found = clusters.clustered(counts, [], definition)
        by_respondent, by_response = ruled(clustering="respondents").rate, ruled().rate
        once = clusters.over_clusters(found, by_respondent, definition)
        pd.testing.assert_frame_equal(once, clusters.over_clusters(counts, by_response, definition), check_like=True)


def test_persons_who_come_back_cluster_as_well() -> None:
    counts = pd.DataFrame([counted("01", "total/all", [(10, 10), (10, 10), (3, 10), (2, 10)])])
    shared = {"area_level": "treasury", "area_code": "01", "breakdown": "total", "member_code": "all"}
    shared |= {"cluster_count": -2, "cluster_satisfied_squares": 2, "cluster_answer_squares": 4}
    found = clusters.clustered(counts, [shared | {"cluster_satisfied_answer_products": 2}], "share_of_persons")
    rule_set = ruled(clustering="respondents", definition="share_of_persons")
    assert uncertainty(found, rule_set)["effective_count"].tolist() == [1]  # two of two responses, each of one mind
    assert uncertainty(counts, ruled(definition="share_of_persons"))["effective_count"].tolist() == [4]
