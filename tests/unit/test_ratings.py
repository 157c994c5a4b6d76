"""From counts to ratings: who is rated, graded and ranked, among whom, and under which footnotes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.periods import SurveyMonth
from etl.registry import rule_sets
from etl.registry.rule_set import Minimum, RuleSet
from etl.scoring import footnotes
from etl.scoring.statistics.clusters import clustered
from etl.scoring.statistics.ratings import ratings
from etl.scoring.statistics.uncertainty import uncertainty
from tests.lib.cases import slow

SHIPPED = rule_sets.in_force(Path(__file__).parents[2] / "config", SurveyMonth(2023, 7))
GENEROUS = SHIPPED.model_copy(update={"minimum_responses": Minimum(grade=1, rank=1)})
IDS = {"01": 1, "19": 2, "34": 3, "79": 4}
REGIONS = {"01": "delta", "19": "mountains", "34": "delta", "79": "southeast"}

# fmt: off
MINIMUMS = [
    # responses | least for a grade, a rank | grade      | rank | footnotes
    (30,          (30, 30),                   "excellent", 1,     []),
    (29,          (30, 30),                   None,        None,  ["small_n"]),
    (29,          (20, 30),                   "excellent", None,  ["small_n"]),
    (29,          (30, 20),                   None,        1,     ["small_n"]),
    (1,           (1, 1),                     "excellent", 1,     []),
]

MISSING = [
    # state of 19   | its footnotes                          | those of the others
    ("no_data",       ["no_data"],                             []),
    ("refused",       ["source_refused", "provisional"],       ["provisional"]),
    ("unavailable",   ["source_unavailable", "provisional"],   ["provisional"]),
    ("not_run",       ["not_run", "provisional"],              ["provisional"]),
    ("loaded",        ["no_data"],                             []),  # loaded, and no answer of it counts
]

PEERS = [
    # ranked among        | treasury, unit, member          | satisfied of answers | rank, of
    ("treasuries",          ("01", None, "total/all"),        (90, 100),             (2, 3)),
    ("treasuries",          ("34", None, "total/all"),        (95, 100),             (1, 3)),
    ("treasuries",          ("79", None, "total/all"),        (80, 100),             (3, 3)),
    ("units of 01",         ("01", "01.01", "total/all"),     (50, 100),             (2, 2)),
    ("units of 01",         ("01", "01.02", "total/all"),     (60, 100),             (1, 2)),
    ("units of 34",         ("34", "34.01", "total/all"),     (10, 100),             (1, 1)),
    ("a channel's members", ("01", None, "channel/web"),      (10, 100),             (2, 2)),
    ("a channel's members", ("34", None, "channel/web"),      (20, 100),             (1, 2)),
    ("another channel",     ("01", None, "channel/desk"),     (1, 100),              (1, 1)),
    ("units in a channel",  ("01", "01.01", "channel/web"),   (7, 100),              (1, 1)),
    ("the network",         (None, None, "total/all"),        (50, 100),             (1, 1)),
]
# fmt: on

FIGURES = ["satisfaction_rate", "rate_low", "rate_high"]
TALLY = st.tuples(st.integers(1, 60), st.integers(1, 300)).flatmap(
    lambda sizes: st.tuples(st.just(sizes[0]), st.integers(0, sizes[1]), st.just(sizes[1]))
)
TALLIES = st.fixed_dictionaries(dict.fromkeys(IDS, TALLY))


def counted(
    code: str | None, tally: tuple[int, int, int], unit: str | None = None, member: str = "total/all"
) -> dict[str, Any]:
    """One counted area: a treasury, with ``unit`` one of its units, without a code the network."""
    level = "system" if code is None else "unit" if unit else "treasury"
    breakdown, member_code = member.split("/")
    return {
        "area_level": level,
        "area_code": {"system": "all", "treasury": code, "unit": f"{code}/{unit}"}[level],
        "region_code": REGIONS[code] if code else None,
        "treasury_id": IDS[code] if code else None,
        "unit_code": unit,
        "breakdown": breakdown,
        "member_code": member_code,
        "response_count": tally[0],
        "satisfied_count": tally[1],
        "answer_count": tally[2],
        # as if each answer came from somebody else: then the interval is that of the answers
        "wholly_satisfied_count": min(tally[0], tally[1]),
        "complaint_count": 0,
        "satisfied_squares": tally[1],
        "answer_squares": tally[2],
        "satisfied_answer_products": tally[1],
    }


def rated(counts: list[dict[str, Any]], rule_set: RuleSet = SHIPPED, **states: str) -> dict[tuple[str, str, str], Any]:
    """The ratings by area, breakdown and member; the treasuries counted are loaded, ``t19="refused"`` is added."""
    ids = {row["treasury_id"]: "loaded" for row in counts if row["treasury_id"]}
    ids |= {IDS[name.removeprefix("t")]: state for name, state in states.items()}
    codes = {number: code for code, number in IDS.items()}
    treasuries = pd.DataFrame(
        [(number, codes[number], REGIONS[codes[number]], state) for number, state in ids.items()],
        columns=["treasury_id", "treasury_code", "region_code", "treasury_state"],
    )
    frame = pd.DataFrame(counts, columns=list(counted("01", (0, 0, 0)))).astype({"treasury_id": "Int64"})
    frame = clustered(frame, [], rule_set.rate.definition)
    table = ratings(frame, treasuries, rule_set).assign(is_suppressed=False)
    table = table.join(uncertainty(table, rule_set))
    table["footnote_codes"] = footnotes.of_counts(table, treasuries, rule_set)
    return {(row["area_code"], row["breakdown"], row["member_code"]): row for row in table.to_dict("records")}


def total(table: dict[tuple[str, str, str], Any], area: str) -> dict[str, Any]:
    """An area's rating over all its answers; a rank or grade that it lacks is None."""
    row = table[(area, "total", "all")]
    return row | {name: None if pd.isna(row[name]) else row[name] for name in ("rank", "grade_code")}


def test_the_published_example_is_reproduced() -> None:
    thai_binh = total(rated([counted("34", (36, 103, 110))]), "34")
    assert f"{thai_binh['satisfaction_rate']:.2%}" == "93.64%"
    assert f"{thai_binh['rate_low']:.2%} {thai_binh['rate_high']:.2%}" == "87.33% 97.40%"
    assert (thai_binh["grade_code"], thai_binh["rank"], thai_binh["ranked_count"]) == ("excellent", 1, 1)
    assert (thai_binh["treasury_code"], thai_binh["treasury_state"]) == ("34", "loaded")
    assert thai_binh["footnote_codes"] == []


@pytest.mark.parametrize(("responses", "least", "grade", "rank", "notes"), MINIMUMS)
def test_below_the_minimum_of_responses_there_is_a_rate_but_no_grade_or_rank(
    responses: int, least: tuple[int, int], grade: str | None, rank: int | None, notes: list[str]
) -> None:
    rule_set = SHIPPED.model_copy(update={"minimum_responses": Minimum(grade=least[0], rank=least[1])})
    row = total(rated([counted("01", (responses, 95, 100))], rule_set), "01")
    assert row["satisfaction_rate"] == 0.95
    assert (row["grade_code"], row["rank"], row["footnote_codes"]) == (grade, rank, notes)


def test_only_the_ranked_count_as_peers() -> None:
    table = rated([counted("01", (30, 1, 9)), counted("19", (29, 9, 9)), counted("34", (30, 2, 9))])
    assert [(total(table, code)["rank"]) for code in ("01", "19", "34")] == [2, None, 1]
    assert table[("01", "total", "all")]["ranked_count"] == 2


@pytest.mark.parametrize(("state", "own", "of_others"), MISSING)
def test_a_treasury_without_figures_is_listed_and_says_why(state: str, own: list[str], of_others: list[str]) -> None:
    table = rated([counted("01", (40, 95, 100)), counted("01", (40, 95, 100), "01.01")], t19=state)
    missing = total(table, "19")
    assert np.isnan([missing[name] for name in FIGURES]).all()
    assert (missing["answer_count"], missing["grade_code"], missing["rank"]) == (0, None, None)
    assert (missing["treasury_code"], missing["treasury_state"], missing["region_code"]) == ("19", state, "mountains")
    assert missing["footnote_codes"] == own
    assert [row["footnote_codes"] for (area, *_), row in table.items() if area != "19"] == [of_others, of_others]


def test_when_nobody_answered_everyone_is_listed() -> None:
    table = rated([], t01="no_data", t34="refused")
    assert [(area, row["footnote_codes"]) for (area, *_), row in table.items()] == [
        ("01", ["no_data", "provisional"]),
        ("34", ["source_refused", "provisional"]),
    ]


def test_a_breakdown_of_a_missing_treasury_is_not_listed() -> None:
    assert [area for area, *_ in rated([counted("01", (40, 1, 2))], t19="refused")] == ["01", "19"]


def test_answers_that_name_no_unit_are_rated_and_neither_graded_nor_ranked() -> None:
    table = rated([counted("01", (40, 99, 100), "unstated"), counted("01", (40, 95, 100), "01.01")])
    nobody, unit = total(table, "01/unstated"), total(table, "01/01.01")
    assert (nobody["satisfaction_rate"], nobody["grade_code"], nobody["rank"]) == (0.99, None, None)
    assert nobody["footnote_codes"] == []
    assert (unit["grade_code"], unit["rank"], unit["ranked_count"]) == ("excellent", 1, 1)


def test_areas_are_ranked_among_their_peers() -> None:
    table = rated([counted(code, (100, *share), unit, member) for _, (code, unit, member), share, _ in PEERS])
    found = [(int(row["rank"]), int(row["ranked_count"])) for row in table.values()]
    assert found == [expected for *_, expected in PEERS]


def test_equal_shares_of_unequal_numbers_share_a_rank() -> None:
    table = rated([counted("01", (30, 103, 110)), counted("19", (60, 206, 220)), counted("34", (30, 1, 2))])
    assert [total(table, code)["rank"] for code in ("01", "19", "34")] == [1, 1, 3]


def test_ranks_are_whole_numbers_and_may_be_empty() -> None:
    frame = pd.DataFrame([counted("01", (40, 1, 2)), counted("19", (1, 1, 2))]).astype({"treasury_id": "Int64"})
    treasuries = pd.DataFrame(
        [(1, "01", "delta", "loaded"), (2, "19", "mountains", "loaded")],
        columns=["treasury_id", "treasury_code", "region_code", "treasury_state"],
    )
    table = ratings(frame, treasuries, SHIPPED)
    assert table[["rank", "ranked_count"]].dtypes.astype(str).tolist() == ["Int64", "Int64"]
    assert table["rank"].isna().tolist() == [False, True]


def test_the_counts_that_came_in_are_left_as_they_are() -> None:
    frame = pd.DataFrame([counted("01", (40, 1, 2))]).astype({"treasury_id": "Int64"})
    before = frame.copy()
    treasuries = pd.DataFrame(
        {"treasury_id": [1], "treasury_code": ["01"], "region_code": ["delta"], "treasury_state": ["loaded"]}
    )
    ratings(frame, treasuries, SHIPPED)
    pd.testing.assert_frame_equal(frame, before)


@slow(12)
@given(TALLIES)
def test_the_interval_of_every_rating_holds_its_rate(tallies: dict[str, tuple[int, int, int]]) -> None:
    for row in rated([counted(code, tally) for code, tally in tallies.items()]).values():
        assert 0 <= row["rate_low"] <= row["satisfaction_rate"] <= row["rate_high"] <= 1


@slow(12)
@given(TALLIES, st.permutations(list(IDS)))
def test_the_order_of_the_treasuries_does_not_matter(
    tallies: dict[str, tuple[int, int, int]], order: list[str]
) -> None:
    straight = rated([counted(code, tally) for code, tally in tallies.items()])
    shuffled = rated([counted(code, tallies[code]) for code in order])
    for code in IDS:
        assert pd.Series(total(shuffled, code)).equals(pd.Series(total(straight, code)))


@slow(12)
@given(TALLIES, st.sampled_from(list(IDS)))
def test_one_more_dissatisfied_answer_never_betters_a_treasury(
    tallies: dict[str, tuple[int, int, int]], code: str
) -> None:
    responses, satisfied, answers = tallies[code]
    worse = {**tallies, code: (responses, satisfied, answers + 1)}
    before, after = (
        total(rated([counted(*entry) for entry in tallied.items()], GENEROUS), code) for tallied in (tallies, worse)
    )
    best_first = [band.code for band in SHIPPED.grades]
    assert after["satisfaction_rate"] <= before["satisfaction_rate"]
    assert after["rank"] >= before["rank"]
    assert best_first.index(after["grade_code"]) >= best_first.index(before["grade_code"])
