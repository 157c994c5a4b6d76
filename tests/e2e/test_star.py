"""The star holds what the views show of the newest published revisions, adds up, and is the same however often made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import warehouse
from etl.operation import migrate, steps
from etl.publishing import publish, star
from etl.publishing.publish import Decision
from tests.lib import kept
from tests.lib.kept import Kept
from tests.lib.months import run_month
from tests.lib.networks import small_network
from tests.lib.slots import Slot

PROJECT = Path(__file__).resolve().parents[2]
MONTH, BEFORE, ROUND = "2023-07", "2023-06", "summer"
NETWORK = ("34", "35", "44")
ROUNDS = """\
rounds:
- {code: summer, name_vi: đợt hè, name_en: summer round, first_month: 2023-06, last_month: 2023-07, source: this test}
"""
PROVISIONAL = Decision("anna", "all that there is", is_provisional_allowed=True)

# fmt: off
PARTS = [
    # fact                 | adds up to the treasury in
    ("fact_unit",            "response_count answer_count satisfied_count wholly_satisfied_count complaint_count"),
    ("fact_procedure",       "response_count answer_count satisfied_count wholly_satisfied_count complaint_count"),
    ("fact_channel",         "response_count answer_count satisfied_count wholly_satisfied_count complaint_count"),
    ("fact_respondent_type", "response_count answer_count satisfied_count wholly_satisfied_count complaint_count"),
    ("fact_criterion",       "answer_count satisfied_count"),
]

COMMON = "answer_count satisfied_count satisfaction_rate rate_low rate_high rank ranked_count footnote_codes"
MIRRORED = [
    # fact               | joined with | the same cells in | where | columns
    ("fact_treasury",        "join mart.dim_region using (region_code)",      "treasury_ranking", "true",
     f"{COMMON} response_count treasury_name_vi region_name_en rank_low rank_high previous_rank change_points "
     "movement year_change_points funnel_flag treasury_state month_status definition_code"),
    ("fact_unit",            "join mart.dim_unit using (unit_key, treasury_code)", "unit_rating", "true",
     f"{COMMON} response_count unit_code unit_name_vi unit_kind"),
    ("fact_criterion",       "join mart.dim_criterion using (criterion_key)", "criterion_rating", "true",
     f"{COMMON} criterion_code criterion_name_vi factor_name_en answer_position questionnaire_code"),
    ("fact_procedure",       "join mart.dim_procedure using (procedure_code)", "procedure_rating", "true",
     f"{COMMON} response_count procedure_code procedure_name_en"),
    ("fact_channel",         "join mart.dim_channel using (channel_code)",    "breakdown_rating",
     "breakdown = 'channel'",
     f"{COMMON} response_count wholly_satisfied_count complaint_count channel_code=member_code "
     "channel_name_vi=member_name_vi treasury_name_en"),
    ("fact_channel",         "join mart.dim_channel using (channel_code) join mart.dim_region using (region_code)",
     "channel_rating", "true",
     f"{COMMON} response_count channel_code channel_name_vi channel_name_en treasury_name_vi region_name_vi"),
    ("fact_respondent_type", "join mart.dim_respondent_type using (respondent_type_code)", "breakdown_rating",
     "breakdown = 'respondent_type'",
     f"{COMMON} response_count wholly_satisfied_count complaint_count respondent_type_code=member_code "
     "respondent_type_name_en=member_name_en region_code"),
]
# fmt: on


def network(directory: Path) -> Path:
    """KBNN with three of its 63 treasuries, and one round of two months."""
    return small_network(directory, NETWORK, ROUNDS)


def june_and_july() -> None:
    """Two months of three treasuries and their round, published; June a second time, without one of the treasuries."""
    for month in (BEFORE, MONTH):
        run_month(month)
        assert publish.publish(month, PROVISIONAL) == 1
    steps.rate(ROUND)
    assert publish.publish(ROUND, PROVISIONAL) == 1
    with warehouse.transaction() as connection:
        connection.exec_driver_sql(
            "update ops.treasury_month set treasury_state = 'unavailable' where survey_month = '2023-06-01' and"
            " treasury_id in (select treasury_id from core.dim_treasury where treasury_code = '44')"
        )
    steps.rate(BEFORE)
    assert publish.publish(BEFORE, PROVISIONAL) == 2


PUBLISHED = Kept("three in June and July", june_and_july, network)


@pytest.fixture(scope="module")
def published(slot: Slot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """The months, which nobody but one test changes, and that one puts back what it took."""
    with (
        kept.lent(slot, PUBLISHED, tmp_path_factory.mktemp("star")) as copy,
        pytest.MonkeyPatch.context() as environment,
    ):
        kept.enter(environment, copy.url, copy.home)
        yield sa.create_engine(copy.url, poolclass=sa.NullPool)


@pytest.fixture
def connection(published: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction on the published months, rolled back at the end of the test."""
    with published.connect() as connection:
        yield connection


def rows(connection: sa.Connection, statement: str) -> list[tuple[object, ...]]:
    """What a query finds."""
    return [tuple(row) for row in connection.exec_driver_sql(statement)]


def wrong_sums(connection: sa.Connection, fact: str, measure: str) -> list[tuple[object, ...]]:
    """Treasuries and months whose parts do not add up: less than the whole only where a part is hidden, never more."""
    return rows(
        connection,
        f"""
        with part as (
            select survey_month, treasury_id, coalesce(sum({measure}), 0) as total, bool_or(is_hidden) as is_partial
            from mart.{fact} group by survey_month, treasury_id
        )
        select survey_month, treasury_id, whole.{measure}, part.total
        from mart.fact_treasury as whole full join part using (survey_month, treasury_id)
        where whole.survey_month is null or (not whole.is_hidden and (
            coalesce(part.total, 0) > whole.{measure}
            or (part.is_partial is not true and coalesce(part.total, 0) < whole.{measure})
        ))
        """,
    )


@pytest.mark.parametrize(("fact", "measures"), PARTS, ids=[fact for fact, _ in PARTS])
def test_the_parts_of_a_treasury_add_up_to_it(connection: sa.Connection, fact: str, measures: str) -> None:
    assert rows(connection, f"select from mart.{fact} where answer_count > 0 limit 1")
    assert {measure: wrong_sums(connection, fact, measure) for measure in measures.split()} == {
        measure: [] for measure in measures.split()
    }


def test_a_part_too_large_or_too_small_is_found(connection: sa.Connection) -> None:
    for change in (1, -2):  # first one too many, then one too few
        connection.exec_driver_sql(
            f"update mart.fact_channel set answer_count = answer_count + {change} where ctid = (select min(f.ctid)"
            " from mart.fact_channel as f where not exists (select from mart.fact_channel as h where h.is_hidden"
            " and h.survey_month = f.survey_month and h.treasury_id = f.treasury_id) and f.answer_count > 1)"
        )
        assert len(wrong_sums(connection, "fact_channel", "answer_count")) == 1


def test_hidden_cells_are_among_them_and_say_nothing(connection: sa.Connection) -> None:
    measures = "answer_count, satisfied_count, satisfaction_rate, rate_low, rate_high, grade_key, rank"
    for fact, _ in PARTS:
        assert not rows(connection, f"select from mart.{fact} where is_hidden and num_nonnulls({measures}) > 0")
        assert not rows(connection, f"select from mart.{fact} where is_hidden != ('suppressed' = any(footnote_codes))")
    assert rows(connection, "select from mart.fact_procedure where is_hidden")


def test_treasuries_add_up_to_the_network_and_months_to_the_round(connection: sa.Connection) -> None:
    counts = "response_count", "answer_count", "satisfied_count", "wholly_satisfied_count", "complaint_count"
    system = "select {} from mart.breakdown_rating where area_level = 'system' and breakdown = 'total'"
    for month in (BEFORE, MONTH):
        summed = f"select {', '.join(f'sum({one})' for one in counts)} from mart.fact_treasury join mart.dim_month"
        found = rows(connection, f"{summed} using (survey_month) where month_code = '{month}'")
        assert found == rows(connection, f"{system.format(', '.join(counts))} and period_code = '{month}'")
        assert found[0][0]
    summed = (
        "select treasury_code, sum(response_count), sum(answer_count), sum(satisfied_count) from mart.fact_treasury"
        f" join mart.dim_month using (survey_month) join mart.dim_treasury using (treasury_id) where round_code ="
        f" '{ROUND}' and treasury_code != '44' group by treasury_code order by 1"
    )
    whole = (
        "select treasury_code, response_count, answer_count, satisfied_count from mart.treasury_ranking"
        f" where period_code = '{ROUND}' and treasury_code != '44' order by 1"
    )
    assert rows(connection, summed) == rows(connection, whole)
    assert [row[0] for row in rows(connection, whole)] == ["34", "35"]


@pytest.mark.parametrize(
    ("fact", "join", "view", "where", "columns"), MIRRORED, ids=[f"{row[0]} = {row[2]}" for row in MIRRORED]
)
def test_the_star_says_cell_by_cell_what_the_views_say(
    connection: sa.Connection, fact: str, join: str, view: str, where: str, columns: str
) -> None:
    pairs = [tuple(one.split("=")) if "=" in one else (one, one) for one in columns.split()]
    pairs += [(one, one) for one in ("survey_month", "treasury_code", "revision_number", "grade_name_vi")]
    in_star = ", ".join(left for left, _ in pairs)
    in_view = ", ".join(right for _, right in pairs)
    left = (
        f"select {in_star} from mart.{fact} join mart.dim_treasury using (treasury_id) left join mart.dim_grade"
        f" using (grade_key) {join} where answer_count > 0 or is_hidden or {view != 'breakdown_rating'}"
    )
    right = f"select {in_view} from mart.{view} where survey_month is not null and {where}"
    right += " and area_level = 'treasury'" if view == "breakdown_rating" else ""
    assert rows(connection, f"({left} except all {right}) union all ({right} except all {left})") == []
    assert len(rows(connection, left)) >= 2 * len(NETWORK)


def test_beside_every_code_stands_its_name(connection: sa.Connection) -> None:
    """Of what each view shows; a treasury as a whole has the unit or member all."""
    pairs = rows(
        connection,
        "select c.table_name, c.column_name, n.column_name from information_schema.columns as c"
        " join information_schema.columns as n on n.table_schema = 'mart' and n.table_name = c.table_name"
        " and n.column_name in"
        " (replace(c.column_name, '_code', '_name_vi'), replace(c.column_name, '_code', '_name_en'))"
        " where c.table_schema = 'mart' and right(c.column_name, 5) = '_code'",
    )
    named = {(table, code) for table, code, _ in pairs}
    assert {(view, "unit_code") for view in ("breakdown_rating", "weakness", "answer_signal", "unit_rating")} <= named
    assert {("breakdown_rating", "member_code"), ("channel_rating", "channel_code")} <= named
    nameless = {
        f"{table}.{name}": count
        for table, code, name in pairs
        for ((count,),) in [
            rows(
                connection,
                f"select count(*) from mart.{table} where {code} != 'all' and {name} is null",
            )
        ]
        if count
    }
    assert nameless == {}


def test_the_newest_revision_has_taken_the_place_of_the_one_before(connection: sa.Connection) -> None:
    states = "select treasury_code, revision_number, treasury_state, response_count is null or response_count = 0"
    found = rows(
        connection,
        f"{states} from mart.fact_treasury join mart.dim_treasury using (treasury_id) join mart.dim_month"
        f" using (survey_month) where month_code = '{BEFORE}' order by treasury_code",
    )
    assert found == [("34", 2, "loaded", False), ("35", 2, "loaded", False), ("44", 2, "unavailable", True)]
    connection.exec_driver_sql("set hailong.show = '1'")
    assert rows(
        connection, f"select distinct revision_number from mart.treasury_ranking where period_code = '{BEFORE}'"
    ) == [(1,)]
    assert found == rows(
        connection,
        f"{states} from mart.fact_treasury join mart.dim_treasury using (treasury_id) join mart.dim_month"
        f" using (survey_month) where month_code = '{BEFORE}' order by treasury_code",
    )


def test_months_play_their_roles(connection: sa.Connection) -> None:
    compared = "select distinct p.month_code from mart.fact_treasury as f join mart.dim_month as p on"
    assert rows(connection, f"{compared} f.previous_month = p.survey_month") == [(BEFORE,)]
    assert rows(
        connection,
        "select month_code, month_name_vi, quarter_name_vi, quarter_name_en, year_name_vi, round_name_vi,"
        " to_char(previous_month, 'YYYY-MM') from mart.dim_month where survey_month >= '2023-06-01' order by 1",
    ) == [
        ("2023-06", "Tháng 6/2023", "Quý II/2023", "Q2 2023", "Năm 2023", "đợt hè", None),
        ("2023-07", "Tháng 7/2023", "Quý III/2023", "Q3 2023", "Năm 2023", "đợt hè", "2023-06"),
    ]


def whole_star(connection: sa.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the star, by its table."""
    names = [f"dim_{name}" for name in star.DIMENSIONS] + [f"fact_{name}" for name in star.FACTS]
    return {name: sorted(rows(connection, f"select * from mart.{name}"), key=repr) for name in names}


def test_made_twice_it_is_as_made_once_whatever_the_session_shows(connection: sa.Connection) -> None:
    before = whole_star(connection)
    assert all(before.values())
    assert star.catch_up(connection, is_anew=False) is False
    for show in ("draft", "1"):
        connection.exec_driver_sql(f"set hailong.show = '{show}'")
        assert star.catch_up(connection, is_anew=True) is True
        assert whole_star(connection) == before


def test_a_migration_puts_in_what_the_star_lacks(published: sa.Engine) -> None:
    with published.begin() as connection:
        before = whole_star(connection)
        for name in star.FACTS:
            connection.exec_driver_sql(f"delete from mart.fact_{name} where survey_month = '2023-07-01'")
        connection.exec_driver_sql("update mart.dim_channel set channel_name_vi = 'sai'")
    assert migrate.up() == ["star"]
    assert migrate.up() == []
    with published.connect() as connection:
        assert whole_star(connection) == before


def test_the_queries_of_the_page_find_something(connection: sa.Connection) -> None:
    queries = re.findall(r"```sql\n(.*?)```", (PROJECT / "docs" / "marts.md").read_text("utf-8"), re.DOTALL)
    assert len(queries) == 6
    connection.exec_driver_sql("set local role hailong_reader")
    assert [query for query in queries if not connection.execute(sa.text(query)).all()] == []
