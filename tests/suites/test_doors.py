"""Every rule of every door has a frame that breaks it and nothing else; and a good frame breaks none.

The frames are made as the pipeline makes them: landed text through ``clean``, counts through ``ratings``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from etl import doors, settings
from etl.acting.claims_door import NO_FAULTS
from etl.admission.judge import Judge
from etl.errors import Misdeclared
from etl.scoring.statistics.ratings import ratings
from etl.scoring.statistics.uncertainty import uncertainty
from tests.lib.doors import ANSWERS, BATCH_RULES, GOOD_ANSWER, LIMITS, ROW_RULES, RULES, WELCOME, answers

GOOD_LANDING = {
    "row_count": 120,
    "foreign_count": 0,
    "unowned_count": 0,
    "repeated_key_share": 0.1,
    "unlike_count": 0,
    "unbounded_share": 0.0,
}
GOOD_SHARES = {
    "turned_away_share": 0.10,
    "not_unit_known_share": 0.05,
    "not_procedure_known_share": 0.05,
    "not_channel_known_share": 0.05,
    "not_respondent_type_known_share": 0.05,
    "not_criteria_known_share": 0.0,
    "not_harassment_understood_share": 0.05,
}

# fmt: off
LANDINGS = [
    # rule            | what a treasury's landing has
    ("answers_arrived", {"row_count": 0}),
    ("own_answers",     {"foreign_count": 1}),
    ("owner_stated",    {"unowned_count": 1}),
    ("keys_unique",     {"repeated_key_share": 0.101}),
    ("table_read_whole", {"unlike_count": 1}),
    ("times_bounded",   {"unbounded_share": 0.101}),
]



SHARES = [
    # rule                       | what a treasury's month comes to
    ("few_turned_away",            {"turned_away_share": 0.101}),
    ("most_units_known",           {"not_unit_known_share": 0.051}),
    ("most_procedures_known",      {"not_procedure_known_share": 0.051}),
    ("most_channels_known",        {"not_channel_known_share": 0.051}),
    ("most_respondent_types_known", {"not_respondent_type_known_share": 0.051}),
    ("most_criteria_known",        {"not_criteria_known_share": 0.051}),
    ("most_harassment_understood", {"not_harassment_understood_share": 0.051}),
]

RATINGS = [
    # rule                     | what the second rating says                            | rows at fault
    ("rate_in_range",            {"satisfaction_rate": 1.01, "rate_high": 1.02},         [1]),
    ("rate_in_range",            {"satisfaction_rate": -0.01, "rate_low": -0.02},        [1]),
    ("numerator_fits",           {"satisfied_count": 111},                               [1]),
    ("interval_holds_rate_low",  {"rate_low": 0.94},                                     [1]),
    ("interval_holds_rate_high", {"rate_high": 0.93},                                    [1]),
    ("grade_declared",           {"grade_code": "splendid"},                             [1]),
    ("rank_in_range",            {"rank": 3},                                            [1]),
    ("rank_positive",            {"rank": 0},                                            [1]),
    ("rated_once",               {"area_level": "treasury", "area_code": "01"},          [0, 1]),
]
# fmt: on

WHOLE_TABLE = ("something_rated", "everyone_listed")  # broken by rows that are not there: tested below, one by one
Batch = pa.Table | pd.DataFrame


GOOD_FORM = {
    "case_number": 17,
    "treasury_code": "34",
    "event_kind": "noted",
    "happened_on_kind": "date",
    "happened_on": dt.date(2023, 8, 8),
    "claimed_by": "Lan",
    "text_length": 100,
    **NO_FAULTS,
}
FORMS: list[tuple[str, dict[str, Any]]] = [
    # rule             | what a row of a form says
    ("case_known",       {"case_number": 18}),
    ("own_treasury",     {"treasury_code": "19"}),
    ("event_allowed",    {"event_kind": "closed"}),
    ("day_is_a_date",    {"happened_on_kind": "text"}),
    ("day_not_ahead",    {"happened_on": dt.date(2023, 8, 9)}),
    ("somebody_says_so", {"claimed_by": ""}),
    ("text_is_text",     {"no_text_count": 1}),
    ("text_length",      {"text_length": 101}),
    ("no_formula",       {"formula_count": 1}),
    ("nothing_merged",   {"merged_count": 1}),
    # … and what a row of a register says
    ("key_stated",       {"key_length": 0}),
    ("key_stated",       {"key_length": 501}),
    ("key_once",         {"key_count": 2}),
    ("values_readable",  {"unreadable_count": 1}),
    ("says_enough",      {"lacking_count": 1}),
    ("no_nul",           {"nul_count": 1}),
    # … and what an objection is about
    ("objection_about",  {"about": "rank"}),
]  # fmt: skip


def landings(*changes: dict[str, Any]) -> pd.DataFrame:
    """Counts of landed rows, one treasury a row."""
    return pd.DataFrame([GOOD_LANDING | change for change in changes])


def shares(*changes: dict[str, Any]) -> pd.DataFrame:
    """Shares of turned away responses, one treasury a row."""
    return pd.DataFrame([GOOD_SHARES | change for change in changes])


def rated(change: dict[str, Any] | None = None) -> pd.DataFrame:
    """Ratings of two treasuries, a unit, and a treasury without answers; the second one changed."""
    columns = ["area_level", "area_code", "treasury_id", "unit_code", "response_count", "satisfied_count"]
    counts = pd.DataFrame(
        [
            ("treasury", "01", 1, None, 36, 90),
            ("treasury", "34", 2, None, 36, 103),
            ("unit", "34/34.01", 2, "34.01", 12, 100),
        ],
        columns=columns,
    ).assign(answer_count=110, region_code="red_river_delta", breakdown="total", member_code="all")
    treasuries = pd.DataFrame(
        [(1, "01", "loaded"), (2, "34", "loaded"), (3, "79", "no_data")],
        columns=["treasury_id", "treasury_code", "treasury_state"],
    ).assign(region_code="red_river_delta")
    table = ratings(counts.astype({"treasury_id": "Int64"}), treasuries, RULES).assign(is_suppressed=False)
    by_answers = RULES.rate.model_copy(update={"clustering": "answers"})
    table = table.join(uncertainty(table, RULES.model_copy(update={"rate": by_answers})))
    for column, value in (change or {}).items():
        table.loc[1, column] = value
    return table


def judged(frame: Batch, door: str, faults: tuple[str, ...], limits: dict[str, Any]) -> list[doors.Finding]:
    """What a door finds: in responses by a judge, in other frames as a whole."""
    if isinstance(frame, pa.Table):
        return Judge(door, faults, limits).findings(frame)
    return doors.findings(frame, door, faults, limits)


def broken(frame: Batch, door: str, faults: tuple[str, ...], limits: dict[str, Any]) -> dict[str, list[int]]:
    """The rules that a frame breaks, each with the rows at fault."""
    found = judged(frame, door, faults, limits)
    assert all(finding.is_passed for finding in found if not len(finding.rows)) or door == "scores"
    return {finding.rule_code: finding.rows.tolist() for finding in found if not finding.is_passed}


def declared(door: str) -> dict[str, str]:
    """The rules of a door's suite with their faults."""
    found = doors.suite(settings.EXPECTATIONS / f"{door}.json")
    return {rule["meta"]["rule"]: rule["meta"]["fault"] for rule in found}


def by_row(frame: Batch, door: str, faults: tuple[str, ...], limits: dict[str, Any]) -> list[set[str]]:
    """For each row of a frame the rules that it breaks."""
    found = broken(frame, door, faults, limits)
    return [{rule for rule, rows in found.items() if place in rows} for place in range(len(frame))]


@pytest.fixture(scope="module")
def judged_landings() -> list[set[str]]:
    """What a good landing, and then each of the table, breaks."""
    return by_row(landings({}, *(change for _, change in LANDINGS)), "landed", doors.FAULTS, LIMITS["landed"])


@pytest.fixture(scope="module")
def judged_answers() -> list[set[str]]:
    """What a good response, and then each of the table, breaks."""
    return by_row(answers({}, *(change for _, change in ANSWERS)), "answers", ROW_RULES, LIMITS["answers"])


@pytest.fixture(scope="module")
def judged_shares() -> list[set[str]]:
    """What a good month, and then each of the table, breaks."""
    return by_row(shares({}, *(change for _, change in SHARES)), "answers", BATCH_RULES, LIMITS["shares"])


def test_every_rule_has_a_frame_that_breaks_it() -> None:
    covered = {
        "landed": {rule for rule, _ in LANDINGS},
        "answers": {rule for rule, _ in ANSWERS + SHARES},
        "scores": {rule for rule, *_ in RATINGS} | set(WHOLE_TABLE),
        "actions": {rule for rule, _ in FORMS},
    }
    assert covered == {door: set(declared(door)) for door in doors.DOORS}


def test_every_suite_is_a_door() -> None:
    assert sorted(file.stem for file in settings.EXPECTATIONS.iterdir()) == sorted(doors.DOORS)


@pytest.mark.parametrize(("place", "rule"), enumerate((rule for rule, _ in LANDINGS), start=1))
def test_a_landing_breaks_the_rule_alone(judged_landings: list[set[str]], place: int, rule: str) -> None:
    assert judged_landings[place] == {rule}


@pytest.mark.parametrize(("place", "rule"), enumerate((rule for rule, _ in ANSWERS), start=1))
def test_a_response_breaks_the_rule_alone(judged_answers: list[set[str]], place: int, rule: str) -> None:
    assert judged_answers[place] == {rule}


@pytest.mark.parametrize(("place", "rule"), enumerate((rule for rule, _ in SHARES), start=1))
def test_a_month_breaks_the_rule_alone(judged_shares: list[set[str]], place: int, rule: str) -> None:
    assert judged_shares[place] == {rule}


def test_a_row_of_a_form_breaks_the_rule_alone() -> None:
    frame = pd.DataFrame([GOOD_FORM, *(GOOD_FORM | change for _, change in FORMS)])
    found = by_row(frame, "actions", doors.FAULTS, LIMITS["actions"])
    assert found == [set(), *({rule} for rule, _ in FORMS)]


def test_a_good_row_before_all_the_bad_ones_breaks_nothing(
    judged_landings: list[set[str]], judged_answers: list[set[str]], judged_shares: list[set[str]]
) -> None:
    assert (judged_landings[0], judged_answers[0], judged_shares[0]) == (set(), set(), set())


@pytest.mark.parametrize(("rule", "change", "rows"), RATINGS)
def test_a_rating_breaks_the_rule_alone(rule: str, change: dict[str, Any], rows: list[int]) -> None:
    assert broken(rated(change), "scores", doors.FAULTS, LIMITS["scores"]) == {rule: rows}


def test_a_table_without_a_treasury_does_not_list_everyone() -> None:
    table = rated()
    found = broken(table[table["treasury_code"].ne("34")], "scores", doors.FAULTS, LIMITS["scores"])
    assert found == {"everyone_listed": []}


def test_a_table_without_a_rating_has_nothing_rated() -> None:
    limits = LIMITS["scores"] | {"treasury_codes": []}
    assert broken(rated().iloc[:0], "scores", doors.FAULTS, limits) == {"something_rated": []}


def test_good_frames_break_nothing() -> None:
    assert broken(landings({}, {"row_count": 1}), "landed", doors.FAULTS, LIMITS["landed"]) == {}
    assert broken(answers({}, *WELCOME), "answers", ROW_RULES, LIMITS["answers"]) == {}
    assert broken(shares({}, dict.fromkeys(GOOD_SHARES, 0.0)), "answers", BATCH_RULES, LIMITS["shares"]) == {}
    assert broken(rated(), "scores", doors.FAULTS, LIMITS["scores"]) == {}


def test_a_month_of_nothing_but_blanks_is_judged_like_any_other() -> None:
    blank = answers(*[dict.fromkeys(GOOD_ANSWER)] * 3)
    found = broken(blank, "answers", ROW_RULES, LIMITS["answers"])
    assert found == {"key_present": [0, 1, 2], "time_readable": [0, 1, 2], "something_answered": [0, 1, 2]}


def test_a_response_is_named_by_every_rule_that_it_breaks() -> None:
    frame = answers({}, {"unit_code": "99", "answers": "access_seats=5|parking=6"}, {"unit_code": "98"})
    found = broken(frame, "answers", ROW_RULES, LIMITS["answers"])
    assert found == {"unit_known": [1, 2], "criteria_known": [1]}


def test_a_month_without_answers_is_at_fault_only_where_answers_are_due() -> None:
    silent = landings({"row_count": 0})
    assert broken(silent, "landed", doors.FAULTS, LIMITS["landed"]) == {"answers_arrived": [0]}
    assert broken(silent, "landed", doors.FAULTS, LIMITS["landed"] | {"least_row_count": 0}) == {}


def test_frames_without_rows_are_at_fault_at_the_last_door_only() -> None:
    assert broken(landings({}).iloc[:0], "landed", doors.FAULTS, LIMITS["landed"]) == {}
    assert broken(answers(), "answers", ROW_RULES, LIMITS["answers"]) == {}
    assert broken(shares({}).iloc[:0], "answers", BATCH_RULES, LIMITS["shares"]) == {}
    found = broken(rated().iloc[:0], "scores", doors.FAULTS, LIMITS["scores"])
    assert found == {"something_rated": [], "everyone_listed": []}


@pytest.mark.parametrize(("door", "limits"), [("landed", "landed"), ("answers", "answers"), ("scores", "scores")])
def test_a_frame_without_columns_is_no_batch_that_passes(door: str, limits: str) -> None:
    with pytest.raises(Misdeclared, match="could not be evaluated"):
        doors.findings(pd.DataFrame(), door, doors.FAULTS, LIMITS[limits] | LIMITS["shares"])


def test_responses_without_columns_are_no_batch_that_passes() -> None:
    with pytest.raises(Misdeclared, match="could not be evaluated"):
        Judge("answers", ROW_RULES, LIMITS["answers"]).findings(pa.table({}))


def test_findings_come_in_the_order_of_the_suite_with_what_it_says_of_them() -> None:
    found = judged(answers({}), "answers", ROW_RULES, LIMITS["answers"])
    rules_of_rows = [
        rule for rule in doors.suite(settings.EXPECTATIONS / "answers.json") if rule["meta"]["fault"] in ROW_RULES
    ]
    assert [(one.rule_code, one.fault, one.severity, one.why, one.column) for one in found] == [
        (rule["meta"]["rule"], rule["meta"]["fault"], rule["severity"], rule["meta"]["why"], rule["kwargs"]["column"])
        for rule in rules_of_rows
    ]
