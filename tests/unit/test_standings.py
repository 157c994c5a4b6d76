"""How sure each place is, against whom and since when: who is compared with whom, and what stays empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest

from etl.periods import SurveyMonth
from etl.registry import rule_sets
from etl.registry.rule_set import Definition, Funnel, Minimum, Movement, RankSets, RuleSet
from etl.scoring.statistics.clusters import clustered
from etl.scoring.statistics.drawn import DRAWN
from etl.scoring.statistics.funnel import funnel
from etl.scoring.statistics.interval import angle, standard_error
from etl.scoring.statistics.movement import difference_test
from etl.scoring.statistics.rank import rank_sets, tie_groups
from etl.scoring.statistics.ratings import ratings
from etl.scoring.statistics.shrinkage import prior, shrunk
from etl.scoring.statistics.standings import KEY, ONE_SIDED, PAST, STANDARDISED, Around, standings
from etl.scoring.statistics.uncertainty import uncertainty

CONFIG = Path(__file__).parents[2] / "config"
# from fewer draws, for speed
SHIPPED = rule_sets.in_force(CONFIG, SurveyMonth(2023, 7)).model_copy(
    update={"rank_sets": RankSets(level=0.95, draws=1_000, seed=1)}
)
(PLAIN,) = (one for one in rule_sets.load(CONFIG) if one.code == "kbnn-2022-01")
"""The rule set of before there were standings."""
CROWD = [f"{code}{unit}" for code in range(81, 97) for unit in ("", "/a")]
"""Sixteen treasuries and a unit of each, for tests that need many on target."""

SETS = ["rank_low", "rank_high", "rank_low_marginal", "rank_high_marginal", "tie_group"]
MOVED = ["change_p_value", "is_change_clear", "year_change_p_value", "is_year_change_clear"]
LIMITS = ["funnel_warning_low", "funnel_warning_high", "funnel_action_low", "funnel_action_high"]

# fmt: off
PLACES = [
    # area        | satisfied of answers | rank from, to | tie group
    ("all",         (85_000, 100_000),     (1, 1),         1),
    ("R1",          (70_000, 100_000),     (2, 2),         2),
    ("R2",          (90_000, 100_000),     (1, 1),         1),
    ("01",          (9_000, 10_000),       (1, 1),         1),
    ("19",          (80, 100),             (2, 3),         2),
    ("34",          (78, 100),             (2, 3),         2),
    ("79",          (20, 29),              None,           None),   # too few: not ranked, and nobody's peer
    ("01/a",        (500, 1_000),          (2, 2),         2),      # a unit is compared within its treasury only,
    ("01/b",        (900, 1_000),          (1, 1),         1),      # also where another one's has the same name
    ("19/a",        (910, 1_000),          (1, 2),         1),
    ("19/b",        (900, 1_000),          (1, 2),         1),
    ("19/unstated", (10, 1_000),           None,           None),
    ("34/a",        (1, 1_000),            (1, 1),         1),
]

MOVEMENTS = [
    # area  | now        | before (rate, error) | comparable | tested
    ("all",   (90, 100),   (0.80, 0.03),          True,        True),
    ("01",    (90, 100),   (0.80, 0.03),          True,        True),
    ("19",    (70, 100),   (0.80, 0.03),          True,        True),
    ("34",    (80, 100),   (0.80, 0.03),          True,        True),
    ("79",    (10, 100),   (0.80, 0.03),          False,       False),  # questionnaire or definition changed
    ("01/a",  (90, 100),   (0.80, 0.03),          True,        True),
    ("01/b",  (90, 100),   None,                  None,        False),  # was not there
    ("19/a",  (88, 100),   (0.80, 0.03),          True,        True),
]

FLAGS = [
    # area        | satisfied of answers | flag
    ("all",         (9_000, 10_000),       None),
    ("R1",          (1, 1_000),            None),
    ("01",          (900, 1_000),          "within"),
    ("19",          (880, 1_000),          "below_warning"),   # 2.1 standard errors
    ("34",          (935, 1_000),          "above_action"),    # 3.7
    ("79",          (1, 29),               None),              # too few: neither flagged nor part of the dispersion
    ("01/a",        (900, 1_000),          "within"),
    ("01/b",        (860, 1_000),          "below_action"),
    ("01/c",        (920, 1_000),          "above_warning"),
    ("19/a",        (90, 100),             "within"),
    ("19/b",        (8, 10),               None),
    ("19/unstated", (1, 1_000),            None),
]

RESPONSES = [
    # handled        | files handled, response rate
    ({1: 200},         200,                  0.5),
    ({1: 100},         100,                  1.0),
    ({1: 50},          50,                   2.0),     # one file, several answers
    ({1: 1},           1,                    100.0),
    ({1: 0},           0,                    None),    # nothing was handled, and yet somebody answered
    ({},               None,                 None),
    ({19: 200},        None,                 None),
]
# fmt: on


def counted(area: str, tally: tuple[int, int], breakdown: str = "total", member: str = "all") -> dict[str, Any]:
    """The counts of an area: ``all``, a region ``R1``, a treasury ``01``, a unit ``01/a``; one answer a response."""
    code, _, unit = area.partition("/")
    level = "system" if area == "all" else "region" if area.startswith("R") else "unit" if unit else "treasury"
    satisfied, answers = tally
    return {
        "area_level": level,
        "area_code": area,
        "region_code": area if level == "region" else None if level == "system" else "R1",
        "treasury_id": int(code) if level in ("treasury", "unit") else None,
        "unit_code": unit or None,
        "breakdown": breakdown,
        "member_code": member,
        "response_count": answers,
        "answer_count": answers,
        "satisfied_count": satisfied,
        "wholly_satisfied_count": satisfied,
        "complaint_count": 0,
        "satisfied_squares": satisfied,
        "answer_squares": answers,
        "satisfied_answer_products": satisfied,
    }


def rated(rows: list[dict[str, Any]], rule_set: RuleSet = SHIPPED, **missing: str) -> pd.DataFrame:
    """The ratings that standings are made of; ``t79="refused"`` is a treasury without counts."""
    codes = {row["area_code"]: "loaded" for row in rows if row["area_level"] == "treasury"}
    codes |= {name.removeprefix("t"): state for name, state in missing.items()}
    treasuries = pd.DataFrame(
        [(int(code), code, "R1", state) for code, state in codes.items()],
        columns=["treasury_id", "treasury_code", "region_code", "treasury_state"],
    )
    counts = clustered(pd.DataFrame(rows).astype({"treasury_id": "Int64"}), [], rule_set.rate.definition)
    table = ratings(counts, treasuries, rule_set).assign(is_suppressed=False)
    return table.join(uncertainty(table, rule_set))


def past(rows: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """What was known of areas before, by their code; what is not said is empty."""
    levels = {area: counted(area, (0, 0))["area_level"] for area in rows}
    known = [{"area_level": levels[area], "area_code": area, **row} for area, row in rows.items()]
    return pd.DataFrame(known, columns=[*KEY, *PAST])


def mix(rows: list[tuple[int, str, int, int]]) -> pd.DataFrame:
    """Counts by treasury_id and kind of customer."""
    columns = ["treasury_id", "member_code", "satisfied_count", "answer_count"]
    return pd.DataFrame(rows, columns=columns).assign(response_count=100).astype({"treasury_id": "Int64"})


ALONE = Around(past({}), mix([]), {})


def found(
    rows: list[dict[str, Any]], rule_set: RuleSet = SHIPPED, around: Around = ALONE, **missing: str
) -> pd.DataFrame:
    """The standings by area."""
    return standings(rated(rows, rule_set, **missing), around, rule_set).set_index("area_code")


def values(frame: pd.DataFrame, area: str, names: list[str]) -> list[Any]:
    """Some columns of an area; what is empty is None."""
    return [None if pd.isna(value) else value for value in frame.loc[area, names].tolist()]


def changed(**sections: Any) -> RuleSet:
    """The shipped rule set with other sections."""
    return SHIPPED.model_copy(update=sections)


# --- who has a standing


def test_each_area_with_an_answer_has_one_row_over_all_its_answers() -> None:
    rows = [counted("01", (70, 100)), counted("01", (30, 50), "channel", "web"), counted("19", (0, 0))]
    frame = standings(rated([*rows, counted("81", (1, 1))], t34="refused", t79="no_data"), ALONE, SHIPPED)
    assert frame[["area_code", "breakdown", "satisfied_count"]].to_numpy().tolist() == [
        ["01", "total", 70],
        ["81", "total", 1],
    ]
    assert frame.index.tolist() == [0, 1]
    assert np.isnan(frame["empirical_bayes_rate"].to_numpy(float)).all()


def test_the_order_is_that_of_the_ratings_and_no_column_is_lost() -> None:
    table = rated([counted("01", (0, 0)), *(counted(area, tally) for area, tally, *_ in PLACES)])
    frame = standings(table, ALONE, SHIPPED)
    assert frame["area_code"].tolist() == [area for area, *_ in PLACES]
    made = [*SETS, *ONE_SIDED, *MOVED, *LIMITS, "funnel_flag", *DRAWN, *STANDARDISED, "handled_count", "response_rate"]
    assert set(frame.columns) == {*table.columns, *PAST, *made}
    assert [str(frame[name].dtype) for name in (*SETS, "handled_count")] == ["Int64"] * 6
    assert [str(frame[name].dtype) for name in (*LIMITS, MOVED[0], MOVED[2])] == ["float64"] * 6
    assert [str(frame[name].dtype) for name in (MOVED[1], MOVED[3])] == ["boolean"] * 2


def test_the_ratings_that_came_in_are_left_as_they_are() -> None:
    table = rated([counted(area, tally) for area, tally, *_ in PLACES])
    before = table.copy()
    standings(table, ALONE, SHIPPED)
    pd.testing.assert_frame_equal(table, before)


def test_a_rule_set_that_does_not_speak_of_it_leaves_it_empty() -> None:
    before = {"previous_rate": 0.1, "previous_standard_error": 0.01, "is_comparable": True}
    before |= {"year_before_rate": 0.1, "year_before_standard_error": 0.01}
    around = Around(past({area: before for area, *_ in PLACES}), mix([(1, "web", 1, 2)]), {1: 20_000})
    rows = [counted(area, tally) for area, tally, *_ in PLACES]
    plain, full = found(rows, PLAIN, around), found(rows, SHIPPED, around)
    names = [*SETS, *MOVED, *LIMITS, "funnel_flag"]
    assert plain[names].isna().all(axis=None)
    assert full.loc["01", names].notna().all()
    assert plain.columns.tolist() == full.columns.tolist()
    assert plain.dtypes[names].tolist() == full.dtypes[names].tolist()
    # these ask nothing of the rule set
    asked_of_nobody = ["empirical_bayes_rate", "standardised_rate", "standardised_coverage", "response_rate"]
    assert plain.loc["01", [*asked_of_nobody, "previous_rate"]].notna().all()


@pytest.mark.parametrize(
    ("section", "emptied"),
    [("rank_sets", SETS), ("movement", MOVED), ("funnel", [*LIMITS, "funnel_flag"])],
)
def test_each_section_is_asked_for_by_itself(section: str, emptied: list[str]) -> None:
    before = {"previous_rate": 0.1, "previous_standard_error": 0.01, "is_comparable": True}
    around = Around(past({area: before for area, *_ in PLACES}), mix([]), {})
    rows = [counted(area, tally) for area, tally, *_ in PLACES]
    frame, full = found(rows, changed(**{section: None}), around), found(rows, SHIPPED, around)
    assert frame[emptied].isna().all(axis=None)
    others = [name for name in full.columns if name not in emptied]
    pd.testing.assert_frame_equal(frame[others], full[others])


def test_when_nobody_answered_nobody_has_a_standing() -> None:
    frame = found([counted("01", (0, 0))])
    assert frame.empty
    assert {*SETS, *MOVED, *LIMITS, "response_rate"} <= set(frame.columns)


# --- rank sets


def test_ranks_are_compared_among_peers() -> None:
    frame = found([counted(area, tally) for area, tally, *_ in PLACES])
    for area, _, limits, group in PLACES:
        assert values(frame, area, SETS) == [*(limits or (None, None)) * 2, group], area


def test_the_level_the_draws_and_the_seed_are_those_of_the_rule_set() -> None:
    # so many units so close that each of the three moves a set somewhere
    names = [f"01/{number}" for number in range(30)]
    tallies = [(800 + 5 * number, 1_000) for number in range(30)]
    k, n = np.array(tallies).T
    given = [(0.9, 1_000, 5), (0.6, 1_000, 5), (0.9, 3_000, 5), (0.9, 1_000, 6)]
    seen = []
    for level, draws, seed in given:
        rule_set = changed(rank_sets=RankSets(level=level, draws=draws, seed=seed))
        frame = found([counted(*each) for each in zip(names, tallies, strict=True)], rule_set)
        asked = {"level": level, "draws": draws, "seed": seed}
        together = rank_sets(k / n, standard_error(k, n), **asked)
        alone = rank_sets(k / n, standard_error(k, n), **asked, simultaneous=False)
        expected = [together.low, together.high, alone.low, alone.high, tie_groups(k / n, together.is_below)]
        assert [frame[name].tolist() for name in SETS] == [each.tolist() for each in expected]
        seen.append(frame[SETS].astype(int))
    assert not any(other[SETS[:2]].equals(seen[0][SETS[:2]]) for other in seen[1:])
    assert not any(other[SETS[2:4]].equals(seen[0][SETS[2:4]]) for other in seen[1:])
    assert (seen[0]["rank_low_marginal"] >= seen[0]["rank_low"]).all()
    assert not seen[0][["rank_low", "rank_high"]].equals(seen[0][["rank_low_marginal", "rank_high_marginal"]])


def test_areas_are_compared_by_rates_or_by_angles() -> None:
    tallies = [(29, 30), *[(800, 1_000)] * 4]
    cells = [counted(f"01/{number}", tally) for number, tally in enumerate(tallies)]
    k, n = np.array(tallies).T
    by = {"rate": (k / n, standard_error(k, n)), "angle": angle(k, n)}
    seen = []
    for scale, estimates in by.items():
        frame = found(cells, changed(rank_sets=RankSets(level=0.95, draws=1_000, seed=1, scale=scale)))
        together = rank_sets(*estimates, draws=1_000)
        seen.append([frame["rank_low"].tolist(), frame["rank_high"].tolist()])
        assert seen[-1] == [together.low.tolist(), together.high.tolist()]
    # thirty customers were lucky: by rates their office is surely better than all others
    assert seen == [[[1, 2, 2, 2, 2], [1, 5, 5, 5, 5]], [[1] * 5, [5] * 5]]


# --- movement


def moved(name: str) -> dict[str, dict[str, Any]]:
    """The past of ``MOVEMENTS``, the change against the period before or the year before."""
    return {
        area: {f"{name}_rate": before[0], f"{name}_standard_error": before[1], "is_comparable": comparable}
        for area, _, before, comparable, _ in MOVEMENTS
        if before
    }


def adjusted_by_hand(p_values: list[float]) -> list[float]:
    """P values by Benjamini and Hochberg, as on paper: p·m/rank, and never above that of a larger one."""
    ordered = sorted(p_values)
    steps = [p * len(p_values) / place for place, p in enumerate(ordered, start=1)]
    return [min(steps[ordered.index(p) :]) for p in p_values]


def test_a_change_is_tested_where_it_is_comparable_and_adjusted_within_its_level() -> None:
    frame = found(
        [counted(area, now) for area, now, *_ in MOVEMENTS], around=Around(past(moved("previous")), mix([]), {})
    )
    tested = [(area, now, before) for area, now, before, _, is_tested in MOVEMENTS if is_tested]
    (p_values,) = [[difference_test([k / n], standard_error([k], [n]), *([x] for x in before))[0]
                    for _, (k, n), before in tested]]  # fmt: skip
    by_level = [*p_values[:1], *adjusted_by_hand(p_values[1:4]), *adjusted_by_hand(p_values[4:])]
    assert frame.loc[[area for area, *_ in tested], "change_p_value"].tolist() == pytest.approx(by_level)
    assert by_level[1] > by_level[0]
    assert frame.loc[[area for area, *_ in tested], "is_change_clear"].tolist() == [p <= 0.05 for p in by_level]
    assert {p <= 0.05 for p in by_level} == {True, False}
    for area, *_, is_tested in MOVEMENTS:
        assert values(frame, area, MOVED[2:]) == [None, None]
        assert is_tested or values(frame, area, MOVED[:2]) == [None, None]


def test_a_year_is_compared_whatever_the_period_before_was() -> None:
    rows, around = [counted(area, now) for area, now, *_ in MOVEMENTS], Around(past(moved("year_before")), mix([]), {})
    frame = found(rows, around=around)
    assert frame.loc["79", "year_change_p_value"] < 1e-9
    assert frame.loc["79", "is_year_change_clear"]
    assert values(frame, "01/b", MOVED) == [None] * 4
    assert frame["change_p_value"].isna().all()
    # one more is tested among the treasuries than where 79 is not comparable
    (p_value,) = difference_test([0.9], standard_error([90], [100]), [0.8], [0.03])
    (of_other,) = difference_test([0.7], standard_error([70], [100]), [0.8], [0.03])
    assert frame.loc["01", "year_change_p_value"] == pytest.approx(min(p_value * 4 / 3, of_other * 4 / 3, 1), abs=0.02)


def test_a_change_is_clear_up_to_the_false_discovery_rate_itself() -> None:
    rows, around = [counted("01", (90, 100))], Around(past(moved("previous")), mix([]), {})
    (p_value,) = difference_test([0.9], standard_error([90], [100]), [0.8], [0.03])
    for rate, is_clear in ((p_value, True), (np.nextafter(p_value, 0), False), (0.4, True)):
        frame = found(rows, changed(movement=Movement(false_discovery_rate=rate)), around)
        assert values(frame, "01", MOVED[:2]) == [p_value, is_clear]


def test_the_past_is_kept_with_the_standing_and_not_made_up() -> None:
    values_of_past = ("2023-06", 0.8, 0.03, 2, 1e-5, 0.1, "2022-07", 0.7, 0.04, 2e-5, 0.2, False, 0.2, "{}")
    known = dict(zip(PAST, values_of_past, strict=True))
    frame = found([counted("01", (90, 100)), counted("19", (9, 10))], around=Around(past({"01": known}), mix([]), {}))
    assert values(frame, "01", list(PAST)) == list(known.values())
    assert values(frame, "19", list(PAST)) == [None] * len(PAST)


def test_an_area_has_one_past_only() -> None:
    twice = pd.concat([past({"01": {}}), past({"01": {}})])
    with pytest.raises(pd.errors.MergeError):
        found([counted("01", (90, 100))], around=Around(twice, mix([]), {}))


# --- funnel


def test_the_flags_of_treasuries_and_units_that_are_ranked() -> None:
    # a crowd on target, so that those of the table lie in the tails and widen nothing
    frame = found(
        [*(counted(area, tally) for area, tally, _ in FLAGS), *(counted(area, (900, 1_000)) for area in CROWD)]
    )
    for area, _, flag in FLAGS:
        assert values(frame, area, ["funnel_flag"]) == [flag], area
        assert [value is None for value in values(frame, area, LIMITS)] == [flag is None] * 4


@pytest.mark.parametrize("limits", ["normal", "exact"])
def test_the_limits_stand_around_the_rate_of_the_system_for_each_level_by_itself(
    limits: Literal["normal", "exact"],
) -> None:
    rule_set = changed(funnel=Funnel(warning_level=0.8, action_level=0.9, limits=limits))
    frame = found([counted(area, tally) for area, tally, _ in FLAGS], rule_set)
    for areas in (["01", "19", "34"], ["01/a", "01/b", "01/c", "19/a"]):
        k, n = np.array([tally for area, tally, _ in FLAGS if area in areas]).T
        drawn = funnel(k / n, n, 0.9, (0.8, 0.9), is_exact=limits == "exact")
        expected = np.column_stack([drawn.low[:, 0], drawn.high[:, 0], drawn.low[:, 1], drawn.high[:, 1]])
        assert frame.loc[areas, LIMITS].to_numpy() == pytest.approx(expected)


def test_a_funnel_counts_customers_where_the_rule_set_does() -> None:
    # ten answers of one mind from each customer
    tallies = {area: (k, n) for area, (k, n), _ in FLAGS}
    rows = [counted(area, tally) for area, tally in tallies.items()]
    for row in rows:
        k, n = row["satisfied_count"], row["answer_count"]
        row |= {"answer_count": 10 * n, "satisfied_count": 10 * k, "answer_squares": 100 * n}
        row |= {"satisfied_squares": 100 * k, "satisfied_answer_products": 100 * k}
    frame = found(rows)
    n = np.array([999.0, 999.0, 999.0])
    drawn = funnel([0.9, 0.88, 0.935], n, 0.9, is_exact=True)
    assert frame.loc[["01", "19", "34"], "funnel_warning_low"].tolist() == pytest.approx(drawn.low[:, 0].tolist())


def test_without_a_rate_of_the_system_there_is_no_funnel() -> None:
    frame = found([counted(area, tally) for area, tally, _ in FLAGS if area != "all"])
    assert frame[[*LIMITS, "funnel_flag"]].isna().all(axis=None)


# --- empirical Bayes


def test_rates_are_drawn_towards_all_of_their_level_also_the_small() -> None:
    frame = found([counted(area, tally) for area, tally, _ in FLAGS])
    for areas in (["01", "19", "34", "79"], ["01/a", "01/b", "01/c", "19/a", "19/b"]):
        k, n = np.array([tally for area, tally, _ in FLAGS if area in areas]).T
        of_all = prior(k, n)
        assert of_all is not None
        assert frame.loc[areas, "empirical_bayes_rate"].tolist() == pytest.approx(shrunk(k, n, of_all).tolist())
    assert frame.loc[["all", "R1", "19/unstated"], "empirical_bayes_rate"].isna().all()


def test_two_of_a_level_are_drawn_nowhere() -> None:
    frame = found(
        [counted(area, tally) for area, tally, _ in FLAGS if area in ("all", "01", "19", "01/a", "01/b", "01/c")]
    )
    assert frame["empirical_bayes_rate"].notna().tolist() == [False, False, False, True, True, True]


# --- standardised rates


def test_a_treasury_is_standardised_by_its_own_mix_and_its_units_are_not() -> None:
    # as many at the desk as on the web in both together
    rows = [counted(area, (50, 100)) for area in ("all", "R1", "01", "19", "34", "01/a")]
    strata = [(1, "web", 40, 80), (1, "desk", 10, 20), (19, "web", 1, 20), (19, "desk", 40, 80)]
    around = Around(past({}), mix([*strata, (79, "web", 0, 0)]), {})
    frame = found(rows, around=around)
    names = ["standardised_rate", "standardised_coverage"]
    assert values(frame, "01", names) == pytest.approx([(40 / 80 + 10 / 20) / 2, 1])
    assert values(frame, "19", names) == pytest.approx([(1 / 20 + 40 / 80) / 2, 1])
    assert [values(frame, area, names) for area in ("all", "R1", "34", "01/a")] == [[None, None]] * 4


def test_a_treasury_that_lacks_a_kind_of_customer_says_how_much_it_covers() -> None:
    around = Around(past({}), mix([(1, "web", 3, 10), (19, "web", 1, 10), (19, "desk", 40, 60)]), {})
    frame = found([counted("01", (3, 10)), counted("19", (41, 70))], around=around)
    assert values(frame, "01", ["standardised_rate", "standardised_coverage"]) == pytest.approx([0.3, 0.25])


@pytest.mark.parametrize(
    ("definition", "of_web", "of_desk", "share_of_web"),
    [
        ("share_of_answers", 0.5, 0.9, 80 / 200),
        ("share_of_persons", 0.25, 0.75, 8 / 32),
        ("all_minus_complaints", 0.75, 1.0, 8 / 32),
    ],
)
def test_a_standardised_rate_is_of_the_official_definition(
    definition: Definition, of_web: float, of_desk: float, share_of_web: float
) -> None:
    kinds = pd.DataFrame(
        {
            "treasury_id": [1, 1, 19],
            "member_code": ["web", "desk", "desk"],
            "response_count": [8, 12, 12],
            "answer_count": [80, 60, 60],
            "satisfied_count": [40, 54, 0],
            "wholly_satisfied_count": [2, 9, 0],
            "complaint_count": [2, 0, 12],
        }
    ).astype({"treasury_id": "Int64"})
    # what is said of the factors does not count: the mix is not counted by factor
    rate = SHIPPED.rate.model_copy(update={"definition": definition, "factor_weights": {"F1": 1}})
    before = kinds.copy()
    frame = found([counted("01", (94, 140))], changed(rate=rate), Around(past({}), kinds, {}))
    expected = share_of_web * of_web + (1 - share_of_web) * of_desk
    assert values(frame, "01", ["standardised_rate", "standardised_coverage"]) == pytest.approx([expected, 1])
    pd.testing.assert_frame_equal(kinds, before)


# --- response rates


@pytest.mark.parametrize(("handled", "files", "rate"), RESPONSES)
def test_the_response_rate_is_responses_over_files_handled(
    handled: dict[int, int], files: int | None, rate: float | None
) -> None:
    rows = [counted(area, (50, 100)) for area in ("all", "R1", "01", "01/a")]
    frame = found(rows, around=Around(past({}), mix([]), handled))
    assert values(frame, "01", ["handled_count", "response_rate"]) == [files, rate]
    for area in ("all", "R1", "01/a"):
        assert values(frame, area, ["handled_count", "response_rate"]) == [None, None]


def test_the_response_rate_counts_responses_and_not_answers() -> None:
    row = counted("01", (50, 100)) | {"response_count": 40}
    frame = found([row], changed(minimum_responses=Minimum(grade=1, rank=1)), Around(past({}), mix([]), {1: 80}))
    assert frame.loc["01", "response_rate"] == 0.5
