"""The demo's answers: repeatable, exact in their rate, bad where they say so and good everywhere else."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import registry
from etl.demo import answers, faults, profiles, year
from etl.errors import Misdeclared
from etl.periods import SurveyMonth
from etl.registry.questionnaire import code_of_label
from tests.lib.cases import slow

REGISTRY = registry.load(Path(__file__).parents[2] / "config")
JULY = SurveyMonth(2023, 7)
QUESTIONNAIRE = REGISTRY.questionnaire_in(JULY)


def profile(code: str, responses: int = 20_000, month: SurveyMonth = JULY) -> profiles.Profile:
    """A treasury's profile in a demo of so many responses."""
    found = profiles.of_month(REGISTRY, month, profiles.Size(responses=responses))
    return next(p for p in found if p.code == code)


def made(of: profiles.Profile) -> answers.Month:
    """The month of a profile under the shipped questionnaire and code lists."""
    return answers.made(of, QUESTIONNAIRE, REGISTRY.codes)


def rate(month: answers.Month) -> int:
    """The good rows' rate in hundredths of a per cent, rounded half up on integers."""
    score = month.answers.loc[~month.answers["response_id"].isin(month.fault.index), "score"].dropna()
    satisfied, total = int(score.isin([4, 5]).sum()), len(score)
    return (20_000 * satisfied + total) // (2 * total)


@pytest.fixture(scope="module")
def large() -> answers.Month:
    """One large month of Thái Bình, in which everything rare occurs."""
    return made(replace(profile("34"), responses=12_000))


def test_the_same_seed_gives_the_same_month() -> None:
    once, again = made(profile("34")), made(profile("34"))
    pd.testing.assert_frame_equal(once.responses, again.responses)
    pd.testing.assert_frame_equal(once.answers, again.answers)
    pd.testing.assert_series_equal(once.fault, again.fault)


@pytest.mark.parametrize("changed", ["seed", "code", "month"])
def test_another_seed_treasury_or_month_differs(changed: str) -> None:
    here = replace(profile("34"), responses=60)
    others = {
        "seed": replace(here, seed=1),
        "code": replace(here, code="35"),
        "month": replace(here, month=SurveyMonth(2023, 6)),
    }
    assert made(here).answers["score"].tolist() != made(others[changed]).answers["score"].tolist()


@pytest.mark.parametrize("responses", [20_000, 2_520, 630])
@pytest.mark.parametrize(("code", "published"), [("34", 9364), ("19", 9819)])
def test_published_rates_are_met_exactly(code: str, published: int, responses: int) -> None:
    assert rate(made(profile(code, responses))) == published


def test_every_treasury_meets_its_target_and_thai_nguyen_is_first() -> None:
    rates = {}
    for one in profiles.of_month(REGISTRY, JULY, profiles.Size(responses=63 * 41)):
        month = made(one)
        rates[one.code] = rate(month)
        assert rates[one.code] == one.target
        assert len(month.responses) - len(month.fault) >= 40
    assert rates.pop("19") == 9819
    assert len(rates) == 62
    assert max(rates.values()) < 9800
    assert min(rates.values()) < 8000
    assert 3 <= sum(one < 9000 for one in rates.values()) <= 10


@slow(15)
@given(responses=st.integers(7, 90), seed=st.integers(0, 9999))
def test_the_target_is_met_from_110_answers(responses: int, seed: int) -> None:
    here = replace(profile("34"), responses=responses, seed=seed)
    assert rate(made(here)) == 9364


@given(answered=st.integers(1, 3_000), spare=st.integers(0, 300), target=st.integers(0, 10_000))
def test_counts_meet_the_target_or_nothing_could(answered: int, spare: int, target: int) -> None:
    spare = min(spare, answered)
    kept, satisfied = answers.counts(answered, spare, target)
    assert 0 <= satisfied <= kept
    assert answered - spare <= kept <= answered
    if (20_000 * satisfied + kept) // (2 * kept) != target:
        possible = np.arange(max(answered - spare, 1), answered + 1)
        below = target * possible // 10_000
        for near in (below, below + 1):
            assert not ((20_000 * near + possible) // (2 * possible) == target).any()
        assert kept == answered


@given(total=st.integers(63, 100_000), weights=st.lists(st.floats(0.1, 100), min_size=1, max_size=63))
def test_a_total_is_shared_out_whole_with_enough_for_each(total: int, weights: list[float]) -> None:
    parts = profiles.shared_out(total, np.array(weights))
    assert sum(parts) == total
    assert min(parts) >= min(40, total // len(weights))


def test_faults_come_at_their_stated_shares() -> None:
    responses = 400_000
    found = Counter(faults.drawn(np.random.default_rng(1), responses).tolist())
    for fault in faults.FAULTS:
        assert found[fault.name] / responses == pytest.approx(fault.share, rel=0.15)
    assert 1 - found[""] / responses == pytest.approx(0.015, rel=0.01)


@pytest.mark.parametrize("responses", [1, 2, 40])
def test_a_month_of_just_enough_responses_has_no_fault(responses: int) -> None:
    for seed in range(8):
        month = made(replace(profile("34"), responses=responses, seed=seed))
        assert len(month.responses) == responses
        assert month.fault.empty


def test_each_bad_row_has_its_one_fault_and_good_rows_have_none(large: answers.Month) -> None:
    seen = seen_faults(large)
    assert set(seen["fault"]) == {fault.name for fault in faults.FAULTS}
    assert not seen["response_id"].duplicated().any()
    assert seen.set_index("response_id")["fault"].sort_index().to_dict() == large.fault.to_dict()


def seen_faults(month: answers.Month) -> pd.DataFrame:
    """What is wrong with the rows, judged from the registry alone: response_id, fault."""
    rows, given_ones = month.responses, month.answers.dropna(subset="score")
    codes = REGISTRY.codes
    wrong = {
        "unit_unknown": ~rows["unit_code"].isin([unit.code for unit in REGISTRY.units["34"]]),
        "procedure_unknown": ~rows["procedure_code"].isin(code_of_label(codes.procedures)),
        "channel_unknown": ~rows["channel_code"].str.strip().isin(code_of_label(codes.channels)),
        "respondent_type_unknown": ~rows["respondent_type_code"].isin(code_of_label(codes.respondent_types)),
        "answers_missing": ~rows["response_id"].isin(month.answers["response_id"]),
        "answers_empty": rows["response_id"].isin(month.answers["response_id"])
        & ~rows["response_id"].isin(given_ones["response_id"]),
    }
    found = [
        pd.DataFrame({"response_id": rows.loc[mask, "response_id"], "fault": name}) for name, mask in wrong.items()
    ]
    unknown = ~given_ones["criterion_code"].isin(QUESTIONNAIRE.position_of_criterion)
    outside = ~given_ones["score"].between(1, 5)
    found += [
        pd.DataFrame({"response_id": given_ones.loc[mask, "response_id"], "fault": name})
        for name, mask in (("criterion_unknown", unknown), ("score_outside_scale", outside))
    ]
    return pd.concat(found)


def test_officers_belong_to_their_units(large: answers.Month) -> None:
    named = large.responses.dropna(subset="officer_code")
    named = named[~named["response_id"].isin(large.fault.index)]
    assert (named["officer_code"].str.partition("-")[0] == named["unit_code"]).all()
    assert named.groupby("unit_code")["officer_code"].nunique().min() >= 2


@pytest.mark.parametrize("month", [SurveyMonth(2023, 5), SurveyMonth(2023, 6), JULY, SurveyMonth(2024, 2)])
def test_times_fill_the_local_month_to_its_edges(month: SurveyMonth) -> None:
    start, end = month.bounds(REGISTRY.zone())
    here = made(replace(profile("34"), month=month, responses=500))
    at = here.responses["submitted_at"]
    assert at.is_monotonic_increasing
    assert at.iloc[0] == start
    assert at.iloc[-1] == pd.Timestamp(end) - pd.Timedelta(1, "ms")
    assert not here.responses["response_id"].iloc[[0, -1]].isin(here.fault.index).any()
    assert (at.dt.month == month.month).all()
    assert (at.dt.tz_convert("UTC").dt.month != month.month).any()
    assert at.dt.hour.isin([22, 23, 0, 1, 2, 3, 4]).any()


def test_some_comments_are_decomposed(large: answers.Month) -> None:
    comments = large.responses["comment"].dropna()
    assert len(comments) / len(large.responses) == pytest.approx(0.03, abs=0.006)
    is_composed = comments.map(lambda text: unicodedata.is_normalized("NFC", text))
    assert 0 < is_composed.mean() < 1


def test_channels_are_spelled_in_several_ways(large: answers.Month) -> None:
    spelled = set(large.responses["channel_code"])
    assert {"online", "counter", "web", "paper", "ONLINE", "COUNTER", " online  "} <= spelled


def test_rare_things_are_rare_but_there(large: answers.Month) -> None:
    rows, scores = large.responses, large.answers["score"]
    assert rows["harassment_reported"].mean() == pytest.approx(0.003, abs=0.002)
    assert 0 < rows["officer_code"].isna().mean() < 0.1
    assert rows["respondent_ref"].dropna().duplicated().any()
    assert scores.isna().mean() == pytest.approx(0.009, abs=0.003)
    assert len(scores) / (22 * len(rows)) == pytest.approx(0.965, abs=0.01)


def test_a_smaller_demo_keeps_the_treasuries_with_published_rates() -> None:
    for number, expected in ((1, ["34"]), (2, ["19", "34"]), (4, ["01", "02", "19", "34"])):
        size = profiles.Size(responses=100, treasuries=number)
        assert [treasury.code for treasury in profiles.chosen(REGISTRY, size)] == expected


def test_a_demo_of_nothing_is_misdeclared() -> None:
    with pytest.raises(Misdeclared, match="0 treasuries"):
        profiles.Size(treasuries=0)
    with pytest.raises(Misdeclared, match="no units"):
        profiles.of_month(replace(REGISTRY, units={}), JULY, profiles.Size())


def test_every_treasury_has_units_with_codes_of_its_own() -> None:
    units = [(code, unit) for code, units in REGISTRY.units.items() for unit in units]
    assert set(REGISTRY.units) == {treasury.code for treasury in REGISTRY.treasuries_in(JULY)}
    assert all(unit.code.startswith(f"{code}.") for code, unit in units)
    assert len({unit.code for _, unit in units}) == len(units)
    assert {unit.kind for _, unit in units} == {"department", "district_treasury"}


def test_a_year_has_what_is_told_of_it_and_the_published_rates() -> None:
    size = year.size()
    told = {one.code: one for one in profiles.of_month(REGISTRY, year.MONTHS[0], size) if one.code in size.courses}
    assert set(told) == set(size.courses) >= {*year.HELPED, *year.IN_VAIN, *year.IDLE}
    assert {one.responses for one in told.values()} == {60, 320, 640}
    assert told[year.SMALL].responses == 60
    assert year.size(63).courses == size.courses
    july = {one.code: one.target for one in profiles.of_month(REGISTRY, JULY, year.size(63))}
    assert (len(july), july["34"], july["19"]) == (63, 9364, 9819)
    with pytest.raises(Misdeclared, match="too few to compare"):
        year.size(23)


def test_a_course_changes_when_it_is_told_and_moves_by_chance() -> None:
    may, june = SurveyMonth(2023, 5), SurveyMonth(2023, 6)
    course = profiles.Course(80.0, 400, ((may, may, -10.0),))
    drawn = {month: [course.target(month, np.random.default_rng(seed)) for seed in range(400)] for month in (may, june)}
    assert np.mean(drawn[may]) == pytest.approx(7_000, abs=40)
    assert np.mean(drawn[june]) == pytest.approx(8_000, abs=40)
    assert np.std(drawn[june]) == pytest.approx(200, rel=0.15)
