"""Every promise of ``sql/checks`` can be broken: each spoils one thing in a month in which all of them hold."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl import registry, settings, warehouse
from etl.errors import Disagreement
from etl.periods import Period, SurveyMonth
from etl.registry.ruled import Ruled
from etl.scoring import recount
from etl.warehouse import statements

JULY = Period.of_month(SurveyMonth(2023, 7))
IN_FORCE = Ruled.in_force(registry.load(Path(__file__).parents[2] / "config"), JULY)
SHIPPED = IN_FORCE.rule_set
RULES = SHIPPED.model_copy(update={"code": "rules", "suppression": None})  # the month has very few responses
RULED = dataclasses.replace(IN_FORCE, rule_set=RULES)
MONTH = (Path(__file__).parent / "month.sql").read_text("utf-8")
TOTAL = "breakdown = 'total'"

# fmt: off
SPOILT = [
    # check                  | what is wrong                  | how it comes about
    #                        | a row that the check shows
    ("children_sum_to_parents", "a unit is missing",
     f"delete from score.rating where area_code = '01/u' and {TOTAL}",
     {"area_code": "01", "children": "areas below", "answer_count": 4, "children_answer_count": 2}),
    ("children_sum_to_parents", "all units are missing",
     "delete from score.rating where area_level = 'unit'",
     {"area_code": "34", "children": "areas below", "answer_count": 3, "children_answer_count": None}),
    ("children_sum_to_parents", "the network is missing",
     f"delete from score.rating where area_level = 'system' and {TOTAL}",
     {"area_code": "all", "children": "areas below", "answer_count": None, "children_answer_count": 7}),
    ("children_sum_to_parents", "a treasury counts one more satisfied answer",
     f"update score.rating set satisfied_count = 4 where area_code = '01' and {TOTAL}",
     {"area_code": "north", "satisfied_count": 5, "children_satisfied_count": 6}),
    ("children_sum_to_parents", "a region counts one more response",
     f"update score.rating set response_count = 5 where area_code = 'north' and {TOTAL}",
     {"area_code": "all", "children": "areas below", "response_difference": -1}),
    ("children_sum_to_parents", "a treasury stands in another region",
     f"update score.rating set region_code = 'south' where area_code = '34' and {TOTAL}",
     {"area_code": "north", "answer_count": 7, "children_answer_count": 4}),
    ("children_sum_to_parents", "a member of a breakdown is missing",
     "delete from score.rating where area_level = 'system' and member_code = 'desk'",
     {"area_code": "all", "children": "channel", "answer_count": 7, "children_answer_count": 5}),
    ("children_sum_to_parents", "a treasury lacks a breakdown",
     "delete from score.rating where area_code = '34' and breakdown = 'channel'",
     {"area_code": "34", "children": "channel", "answer_count": 3, "children_answer_count": None}),
    ("children_sum_to_parents", "a breakdown counts too few answers",
     "update score.rating set answer_count = 1 where area_level = 'unit' and member_code = 'desk'",
     {"area_code": "01/unstated", "children": "channel", "answer_count": 2, "children_answer_count": 1}),

    ("footnotes_explained", "a footnote without a sentence",
     f"update score.rating set footnote_codes = '{{small_n,mystery}}' where area_code = '34' and {TOTAL}",
     {"footnote_code": "mystery", "rating_count": 1}),

    ("grades_and_ranks_given", "a grade is withheld",
     f"update score.rating set grade_code = null where area_code = '34' and {TOTAL}",
     {"area_code": "34", "breakdown": "total", "grade_code": None, "rank": 2}),
    ("grades_and_ranks_given", "a rank is withheld",
     "update score.rating set rank = null where area_code = 'north' and member_code = 'desk'",
     {"area_code": "north", "member_code": "desk", "rank": None}),

    ("grades_follow_bands", "a grade above the rate",
     f"update score.rating set grade_code = 'good' where area_code = '34' and {TOTAL}",
     {"area_code": "34", "grade_code": "good", "answer_count": 3, "satisfied_count": 2}),
    ("grades_follow_bands", "the lower grade at the very edge of the bands",
     f"update score.rating set grade_code = 'weak' where area_code = '01' and {TOTAL}",
     {"area_code": "01", "grade_code": "weak", "answer_count": 4, "satisfied_count": 3}),
    ("grades_follow_bands", "the lower grade for everything satisfied",
     "update score.rating set grade_code = 'weak' where area_code = '01/u' and breakdown = 'channel'",
     {"area_code": "01/u", "breakdown": "channel", "member_code": "web"}),
    ("grades_follow_bands", "a grade for no answers",
     "update score.rating set grade_code = 'good' where area_code = '79'",
     {"area_code": "79", "grade_code": "good", "answer_count": 0}),

    ("keys_resolve", "an unknown unit",
     "update core.fact_response set unit_code = 'ghost' where treasury_id = 34 and response_key = '1'",
     {"dimension": "unit", "code": "ghost"}),
    ("keys_resolve", "a unit of another treasury",
     "delete from score.rating; delete from core.dim_unit where treasury_id = 34",
     {"dimension": "unit", "code": "u"}),
    ("keys_resolve", "an unknown officer",
     "update core.fact_response set officer_code = 'ghost' where treasury_id = 80",
     {"dimension": "officer", "code": "ghost"}),
    ("keys_resolve", "an unknown procedure",
     "update core.fact_response set procedure_code = 'ghost' where treasury_id = 1",
     {"dimension": "procedure", "code": "ghost"}),
    ("keys_resolve", "an unknown channel",
     "update core.fact_response set channel_code = 'ghost' where treasury_id = 1",
     {"dimension": "channel", "code": "ghost"}),
    ("keys_resolve", "an unknown type of respondent",
     "update core.fact_response set respondent_type_code = 'ghost' where treasury_id = 1",
     {"dimension": "respondent_type", "code": "ghost"}),
    ("keys_resolve", "an unknown questionnaire",
     "update core.fact_response set questionnaire_code = 'ghost' where treasury_id = 1",
     {"dimension": "questionnaire", "code": "ghost"}),

    ("one_rule_set", "one rating is left from other rules",
     "update score.rating set rule_set_code = 'later rules', grade_code = null where area_code = '34/u'",
     {"rule_set_code": "later rules", "rating_count": 2}),

    ("rank_sets_hold_ranks", "a set ends above the rank",
     "update score.standing set rank_high = 1 where area_code = '34'",
     {"area_code": "34", "rank": 2, "rank_high": 1}),
    ("rank_sets_hold_ranks", "a set begins below the rank",
     "update score.standing set rank_low = 2 where area_code = '01'",
     {"area_code": "01", "rank_low": 2, "rank": 1}),
    ("rank_sets_hold_ranks", "a set has more places than there are",
     "update score.standing set rank_high = 3 where area_code = '01'",
     {"area_code": "01", "rank_high": 3, "ranked_count": 2}),

    ("ranks_follow_rates", "two ranks changed places",
     f"update score.rating set rank = 3 - rank where area_level = 'treasury' and {TOTAL}",
     {"area_code": "01", "rank": 2, "expected_rank": 1}),
    ("ranks_follow_rates", "equal rates do not share a rank",
     f"update score.rating set rate_denominator = 8, rate_numerator = 6 where area_code = '34' and {TOTAL}",
     {"area_code": "34", "rank": 2, "expected_rank": 1}),
    ("ranks_follow_rates", "a rank is left out",
     f"update score.rating set rank = 3 where area_code = '34' and {TOTAL}",
     {"area_code": "34", "rank": 3, "expected_rank": 2}),
    ("ranks_follow_rates", "the number of the ranked is wrong",
     f"update score.rating set ranked_count = 4 where area_code = '01' and {TOTAL}",
     {"area_code": "01", "ranked_count": 4, "expected_count": 2}),
    ("ranks_follow_rates", "one of the ranked has lost its rank",
     f"update score.rating set rank = null where area_code = '34' and {TOTAL}",
     {"area_code": "01", "ranked_count": 2, "expected_count": 1}),

    ("rates_by_definition", "the numerator is not what the definition counts",
     f"update score.rating set rate_numerator = 4, satisfaction_rate = 1 where area_code = '01' and {TOTAL}",
     {"area_code": "01", "breakdown": "total", "favourable_count": 3, "counted": 4}),
    ("rates_by_definition", "the definition became another",
     "update score.rule_set set definition_code = 'share_of_persons' where rule_set_code = 'rules'",
     {"area_code": "34", "breakdown": "total", "favourable_count": 1, "counted": 2}),
    ("rates_by_definition", "there are answers and no rate",
     "update score.rating set satisfaction_rate = null where area_code = '01/u' and breakdown = 'channel'",
     {"area_code": "01/u", "breakdown": "channel"}),

    ("rates_recounted", "an answer was changed after the count",
     "update core.fact_response set answer_levels = '{1,4}' where treasury_id = 1 and response_key = '1'",
     {"treasury_id": 1, "recounted_satisfied_count": 2, "satisfied_count": 3}),
    ("rates_recounted", "do not know was left out of the count",
     f"update score.rating set answer_count = 2, satisfaction_rate = 1 where area_code = '34' and {TOTAL}",
     {"treasury_id": 34, "recounted_answer_count": 3, "answer_count": 2}),
    ("rates_recounted", "the rate is not that of the counts",
     f"update score.rating set satisfaction_rate = 0.7501 where area_code = '01' and {TOTAL}",
     {"treasury_id": 1, "recounted_answer_count": 4, "answer_count": 4}),
    ("rates_recounted", "a response was left out",
     f"update score.rating set response_count = 1 where area_code = '01' and {TOTAL}",
     {"treasury_id": 1, "recounted_response_count": 2, "response_count": 1}),
    ("rates_recounted", "a customer content with all was not seen",
     f"update score.rating set wholly_satisfied_count = 0 where area_code = '34' and {TOTAL}",
     {"treasury_id": 34, "recounted_wholly_satisfied_count": 1, "wholly_satisfied_count": 0}),
    ("rates_recounted", "a complaint was not seen",
     f"update score.rating set complaint_count = 0 where area_code = '01' and {TOTAL}",
     {"treasury_id": 1, "recounted_complaint_count": 1, "complaint_count": 0}),
    ("rates_recounted", "there are counts and no rate",
     f"update score.rating set satisfaction_rate = null where area_code = '01' and {TOTAL}",
     {"treasury_id": 1, "satisfaction_rate": None}),
    ("rates_recounted", "a treasury has answers and no rating",
     f"delete from score.rating where area_code = '34' and {TOTAL}",
     {"treasury_id": 34, "recounted_answer_count": 3, "answer_count": None}),
    ("rates_recounted", "a treasury has a rating and no answers",
     "delete from core.fact_response where treasury_id = 34",
     {"treasury_id": 34, "recounted_answer_count": None, "answer_count": 3}),
    ("rates_recounted", "a refused treasury was rated from rows of an earlier run",
     f"update score.rating set treasury_state = 'loaded', answer_count = 2 where area_code = '80' and {TOTAL}",
     {"treasury_id": 80, "recounted_answer_count": None, "answer_count": 2}),

    ("rows_accounted_for", "a row was read and is nowhere",
     "update ops.treasury_month set read_count = 4 where treasury_id = 1",
     {"treasury_id": 1, "read_count": 4, "loaded_count": 2, "turned_away_count": 1}),
    ("rows_accounted_for", "a row of core is gone",
     "delete from core.fact_response where treasury_id = 34 and response_key = '1'",
     {"treasury_id": 34, "loaded_count": 2, "rows_in_core": 1}),
    ("rows_accounted_for", "all rows of core are gone",
     "delete from core.fact_response where treasury_id = 34",
     {"treasury_id": 34, "loaded_count": 2, "rows_in_core": 0}),
    ("rows_accounted_for", "nothing says why a row was turned away",
     "delete from ops.turned_away",
     {"treasury_id": 1, "turned_away_count": 1, "rows_in_turned_away": 0}),
    ("rows_accounted_for", "a row turned away was loaded all the same",
     "update ops.treasury_month set loaded_count = 3 where treasury_id = 1",
     {"treasury_id": 1, "loaded_count": 3, "rows_in_core": 2}),

    ("small_cells_hidden", "a hidden unit stands alone beside one that is shown",
     f"update score.rating set is_suppressed = true where area_code = '01/u' and {TOTAL}",
     {"area_code": "01/u", "breakdown": "total"}),
    ("small_cells_hidden", "the only hidden treasury of a region",
     f"update score.rating set is_suppressed = true where area_code = '34' and {TOTAL}",
     {"area_code": "34", "breakdown": "total"}),

    ("treasuries_accounted_for", "a treasury without answers is not listed",
     "delete from score.rating where area_code = '79'",
     {"treasury_code": "79", "last_state": "no_data", "rated_state": None}),
    ("treasuries_accounted_for", "a treasury that nobody ran is not listed",
     "delete from score.rating where area_code = '80'; delete from ops.treasury_month where treasury_id = 80",
     {"treasury_code": "80", "last_state": None, "rated_state": None}),
    ("treasuries_accounted_for", "a treasury is listed in an earlier state",
     "update ops.treasury_month set treasury_state = 'unavailable' where treasury_id = 34",
     {"treasury_code": "34", "last_state": "unavailable", "rated_state": "loaded"}),
    ("treasuries_accounted_for", "a treasury that closed on the month's first day is not listed",
     f"delete from score.rating where area_code = '01' and {TOTAL}",
     {"treasury_code": "01", "last_state": "loaded", "rated_state": None}),
]
# fmt: on


@pytest.fixture
def month(connection: sa.Connection) -> sa.Connection:
    """A transaction on the shared warehouse in which the minimal month stands."""
    connection.exec_driver_sql(MONTH, execution_options={"no_parameters": True})
    return connection


def shown(
    connection: sa.Connection, check: str, period: Period = JULY, least_shown: int = 1, weights: str = "{}"
) -> list[dict[str, Any]]:
    """The rows that a check shows."""
    given = {**period.bounds, **RULES.counting.params(), "period_code": period.code}
    given |= {"rule_set_code": RULES.code, "least_shown": least_shown, "factor_weights": weights}
    params = statements.named(f"checks/{check}").params
    return warehouse.rows(connection, f"checks/{check}", **{name: given[name] for name in params})


def test_every_check_has_a_month_that_breaks_it() -> None:
    assert {check for check, *_ in SPOILT} == {file.stem for file in (settings.SQL / "checks").iterdir()}


def test_the_minimal_month_keeps_every_promise(month: sa.Connection) -> None:
    assert recount.check(month, RULED) == [promise.name for promise in statements.in_room("checks")]


def test_the_minimal_month_is_counted_as_its_ratings_say(month: sa.Connection) -> None:
    columns = "area_level, area_code, breakdown, member_code, response_count, answer_count, satisfied_count"
    rated = month.exec_driver_sql(f"select {columns} from score.rating where answer_count > 0").all()
    counting, whose = RULES.counting, {**JULY.bounds, "treasury_ids": [1, 34]}
    warehouse.run(month, "scoring/count_again", {**whose, **counting.params(), "counted_as": str(counting)})
    counted = warehouse.rows(month, "scoring/count", **whose)
    found = [tuple(row[name] for name in columns.split(", ")) for row in counted]
    assert sorted(row for row in found if row[2] in ("total", "channel")) == sorted(map(tuple, rated))


@pytest.mark.parametrize(
    ("check", "spoil", "row"), [(case[0], *case[2:]) for case in SPOILT], ids=[" ".join(case[:2]) for case in SPOILT]
)
def test_a_check_shows_the_row_that_breaks_it(
    month: sa.Connection, check: str, spoil: str, row: dict[str, Any]
) -> None:
    month.exec_driver_sql(spoil)
    rows = shown(month, check)
    assert [one for one in rows if row.items() <= one.items()], rows


def wrong_totals(connection: sa.Connection, weights: str) -> set[str]:
    """The areas whose rate over all answers is not that of their weighted factors."""
    rows = shown(connection, "rates_by_definition", weights=weights)
    return {row["area_code"] for row in rows if row["breakdown"] == "total"}


def test_a_weighted_rate_is_made_of_its_factors(month: sa.Connection) -> None:
    """01 answers f with 3 of 4 and g with 1 of 2: weighed 3 to 1 that is 11/16."""
    month.exec_driver_sql("update score.rating set breakdown = 'factor', member_code = 'f' where breakdown = 'channel'"
                          " and member_code = 'web' and area_code = '01'")  # fmt: skip
    month.exec_driver_sql("update score.rating set breakdown = 'factor', member_code = 'g' where breakdown = 'channel'"
                          " and member_code = 'desk' and area_code = '01'")  # fmt: skip
    month.exec_driver_sql("update score.rating set answer_count = 4, satisfied_count = 3 where member_code = 'f'")
    month.exec_driver_sql(
        f"update score.rating set satisfaction_rate = 11.0 / 16, rate_numerator = 11, rate_denominator = 16"
        f" where area_code = '01' and {TOTAL}"
    )
    rows = wrong_totals(month, '{"f": 3, "g": 1}')
    assert "01" not in rows
    assert "34" in rows  # it has a rate, and no factor that weighs
    rows = wrong_totals(month, '{"f": 1, "g": 1}')
    assert "01" in rows


def test_a_small_cell_that_is_shown_is_found(month: sa.Connection) -> None:
    small = "response_count between 1 and 1"
    found = {
        (row["area_code"], row["breakdown"], row["member_code"])
        for row in shown(month, "small_cells_hidden", least_shown=2)
    }
    rated = month.exec_driver_sql(f"select area_code, breakdown, member_code from score.rating where {small}")
    assert found == {tuple(row) for row in rated} != set()


def test_a_broken_promise_stops_the_month_and_is_told(month: sa.Connection) -> None:
    month.exec_driver_sql("delete from ops.turned_away")
    with pytest.raises(
        Disagreement, match="2023-07: checks/rows_accounted_for found 1 of: loaded treasuries"
    ) as caught:
        recount.check(month, RULED)
    assert "'treasury_id': 1" in caught.value.message
    assert caught.value.next_action.startswith("do not publish")


@pytest.mark.parametrize("check", sorted({check for check, *_ in SPOILT} - {"treasuries_accounted_for"}))
def test_a_check_looks_at_its_own_month_only(month: sa.Connection, check: str) -> None:
    for _, _, spoil, _ in (case for case in SPOILT if case[0] == check):
        with month.begin_nested() as savepoint:
            month.exec_driver_sql(spoil)
            assert shown(month, check, Period.of_month(SurveyMonth(2022, 12))) == []
            savepoint.rollback()
