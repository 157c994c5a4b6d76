"""A group of treasuries into core: one that cannot come in leaves it as it was; counts follow rules and upgrades."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl import settings, warehouse
from etl.landing import treasury_month, zone
from etl.landing.receipt import Receipt, Taken
from etl.operation import steps, workers
from etl.operation.plan import Plan
from etl.source import contract
from tests.lib.cases import first
from tests.lib.kept import Copy, Kept
from tests.lib.months import THREE, query, run_month

MONTH, SICK = "2023-07", "34"
TREASURIES = ("19", "34", "48")
COUNTS = "select * from core.unit_count order by treasury_id, unit_code, breakdown, member_code"

RATINGS = """
    select (to_jsonb(r) - 'run_id' - 'scored_at')::text as r from score.rating as r
    where revision_number = 0 order by area_level, area_code, breakdown, member_code
"""


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """All treasuries in one group, each read in several batches."""
    monkeypatch.setenv("HAILONG_WORKERS", "1")
    monkeypatch.setenv("HAILONG_BATCH_ROWS", "40")


def responses(code: str, number: int, **change: str | None) -> list[dict[str, str | None]]:
    """Landed responses of a treasury, all of them good but for the change, each with a key that says whose it is."""
    good = {
        "treasury_code": code,
        "submitted_at": "2023-07-15 08:00:00",
        "unit_code": f"{code}.01",
        "officer_code": "CB-7",
        "answers": "access_seats=5|access_ease=1",
    }
    return [{**good, "response_key": f"{code}-{place}", **change} for place in range(number)]


def landed(rows: list[dict[str, str | None]]) -> pa.RecordBatch:
    """Rows as they land; what is not stated is null."""
    return pa.RecordBatch.from_pydict(
        {name: pa.array([row.get(name) for row in rows], pa.string()) for name in contract.LANDED_COLUMNS}
    )


def place(code: str) -> zone.Place:
    """Where a treasury's month lands."""
    return zone.Place(settings.read().landing, MONTH, code)


def land(code: str, *batches: list[dict[str, str | None]]) -> Receipt:
    """Let responses have landed, a row group for each batch."""
    taken_at = dt.datetime(2023, 8, 1, tzinfo=dt.UTC)
    return zone.keep(place(code), map(landed, batches), "source/made_up.postgresql", lambda: Taken(taken_at))


def spoil_second_half(code: str) -> None:
    """Make the answers of a landed file unreadable from its second row group on, and have its receipt not tell."""
    receipt = zone.receipt(place(code))
    path = Path(receipt.landing_path)
    column = pq.ParquetFile(path).metadata.row_group(1).column(contract.LANDED_COLUMNS.index(contract.ANSWERS))
    start = column.dictionary_page_offset or column.data_page_offset
    content = bytearray(path.read_bytes())
    content[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    path.write_bytes(content)
    lying = dataclasses.replace(receipt, sha256=hashlib.sha256(content).hexdigest())
    (path.parent / "receipt.json").write_text(json.dumps(dataclasses.asdict(lying)), "utf-8")


def admitted(*codes: str) -> dict[str, dict[str, Any]]:
    """Take in what has landed, in one group; each treasury's outcome."""
    planned = steps.plan(MONTH, codes)
    assert len(workers.groups(treasury_month.of_codes(planned.ruled(), codes, planned.run_id))) == 1
    outcomes = steps.admit(planned, codes)
    codes_of = {row["treasury_id"]: row["treasury_code"] for row in query("select * from core.dim_treasury")}
    return {codes_of[outcome["treasury_id"]]: outcome for outcome in outcomes}


def core(code: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What core holds of a treasury: its responses and its counts."""
    whose = f"treasury_id in (select treasury_id from core.dim_treasury where treasury_code = '{code}')"
    order = "unit_code, breakdown, member_code"
    return (
        query(f"select * from core.fact_response where {whose} order by response_key"),
        query(f"select * from core.unit_count where {whose} order by {order}"),
    )


def total(code: str) -> tuple[int, int]:
    """How many responses and answers are counted of a treasury."""
    _, counts = core(code)
    rows = [row for row in counts if row["breakdown"] == "total"]
    return sum(row["response_count"] for row in rows), sum(row["answer_count"] for row in rows)


def refused(code: str) -> None:
    """Land a month of which a third names a unit that nobody knows, and a few have no key."""
    unknown = [{**row, "response_key": f"x{row['response_key']}"} for row in responses(code, 30, unit_code="99.99")]
    land(code, responses(code, 60), unknown, responses(code, 3, response_key=None))


def unreadable(code: str) -> None:
    """Land a month whose first batch can be read, and no other; a response of it has no key."""
    rows = [{**row, "response_key": f"y{row['response_key']}"} for row in responses(code, 60)]
    land(code, responses(code, 59) + responses(code, 1, response_key=None), rows)
    spoil_second_half(code)


@pytest.mark.usefixtures("fresh_warehouse", "small_batches")
@pytest.mark.parametrize("number", first(1, [10, 500]), ids=["after the good ones", "between them"])
@pytest.mark.parametrize(("fall_ill", "ends_as"), first(1, [(refused, "refused"), (unreadable, "unavailable")]))
def test_a_treasury_that_cannot_come_in_leaves_core_as_it_was_and_stops_no_other(
    fall_ill: Callable[[str], None], ends_as: str, number: int
) -> None:
    for code in TREASURIES:
        land(code, responses(code, 70))
    assert {outcome["treasury_state"] for outcome in admitted(*TREASURIES).values()} == {"loaded"}
    before = core(SICK)
    assert (len(before[0]), total(SICK)) == (70, (70, 140))

    fall_ill(SICK)
    land("19", responses("19", 100), responses("19", 1, response_key=None))
    more = [{**row, "response_key": f"more-{row['response_key']}"} for row in responses("48", number)]
    land("48", responses("48", 50), more)
    outcomes = admitted(*TREASURIES)

    assert {code: outcome["treasury_state"] for code, outcome in outcomes.items()} == {
        "19": "loaded", SICK: ends_as, "48": "loaded"
    }  # fmt: skip
    assert SICK in outcomes[SICK]["error_message"]
    assert core(SICK) == before
    assert len(core("19")[0]) == outcomes["19"]["loaded_count"] == 100
    assert len(core("48")[0]) == outcomes["48"]["loaded_count"] == 50 + number
    assert (total("19"), total("48")) == ((100, 200), (50 + number, 100 + 2 * number))


def findings(code: str) -> dict[str, tuple[int, int]]:
    """Of the last run, how many rows of a treasury each rule of the second door judged, and found at fault."""
    found = query(
        "select * from ops.validation where door = 'answers' and run_id in"
        f" (select max(run_id) from ops.treasury_month) and treasury_code = '{code}'"
    )
    return {row["rule_code"]: (row["element_count"], row["unexpected_count"]) for row in found}


@pytest.mark.usefixtures("fresh_warehouse", "small_batches")
def test_what_was_found_is_recorded_once_though_the_group_was_loaded_twice() -> None:
    land("19", responses("19", 100), responses("19", 1, response_key=None))
    refused(SICK)
    land("48", responses("48", 50))
    outcomes = admitted(*TREASURIES)

    assert [outcomes[code]["turned_away_count"] for code in TREASURIES] == [1, 33, 0]
    assert findings("19")["key_present"] == (101, 1)
    assert findings("48")["key_present"] == (50, 0)
    assert (findings(SICK)["key_present"], findings(SICK)["unit_known"]) == ((93, 3), (93, 30))
    away = query(
        "select treasury_code, rule_code, count(*) as n from ops.turned_away natural join core.dim_treasury"
        " group by treasury_code, rule_code order by treasury_code, rule_code"
    )
    assert [(row["treasury_code"], row["rule_code"], row["n"]) for row in away] == [
        ("19", "key_present", 1), (SICK, "key_present", 3), (SICK, "unit_known", 30)
    ]  # fmt: skip


@pytest.mark.usefixtures("fresh_warehouse", "small_batches")
def test_all_of_a_group_may_fail_and_heal() -> None:
    refused("19")
    unreadable("48")
    assert {code: one["treasury_state"] for code, one in admitted("19", "48").items()} == {
        "19": "refused", "48": "unavailable"
    }  # fmt: skip
    assert query("select * from core.fact_response") == query(COUNTS) == []
    for code in ("19", "48"):
        land(code, responses(code, 70))
    assert {outcome["treasury_state"] for outcome in admitted("19", "48").values()} == {"loaded"}
    assert (total("19"), total("48")) == ((70, 140), (70, 140))


@pytest.mark.usefixtures("fresh_warehouse", "small_batches")
def test_a_large_month_is_divided_by_its_rows_and_each_share_loads_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for code, number in zip(TREASURIES, (70, 20, 60), strict=True):
        land(code, responses(code, number))
    planned = steps.plan(MONTH, [*TREASURIES, "01"])
    assert steps.divide(planned, TREASURIES) == [["19", "48", SICK]]
    assert steps.divide(planned, []) == []
    monkeypatch.setenv("HAILONG_GROUP_ROWS", "50")
    assert steps.divide(planned, TREASURIES) == [["19"], ["48"], [SICK]]
    monkeypatch.setenv("HAILONG_GROUP_ROWS", "80")
    shares = steps.divide(planned, [*TREASURIES, "01"])  # one that has not landed counts for nothing, and is told of
    assert shares == [["19", "01"], ["48", SICK]]
    states = [[one["treasury_state"] for one in steps.admit(planned, share)] for share in reversed(shares)]
    assert states == [["loaded", "loaded"], ["loaded", "unavailable"]]
    assert [total(code) for code in TREASURIES] == [(70, 140), (20, 40), (60, 120)]


@pytest.fixture
def rated(copy_of: Callable[[Kept], Copy]) -> Plan:
    """July 2023 of three treasuries of the demo."""
    plan: Plan = copy_of(THREE).result
    return plan


def only_the_best_satisfies(tmp_path: Path) -> Path:
    """A configuration in which a later version of the rules calls only the best level satisfied, and silence not."""
    config = Path(shutil.copytree(settings.read().config, tmp_path / "stricter"))
    text = (config / "rules" / "2022-01.5.yaml").read_text("utf-8")
    for old, new in [
        ("supersedes: kbnn-2022-01.4", "supersedes: kbnn-2022-01.5"),
        ("code: kbnn-2022-01.5", "code: stricter"),
        ("satisfied_levels: [4, 5]", "satisfied_levels: [5]"),
        ("complaint_levels: [1]", "complaint_levels: [1, 2]"),
        ("not_answered: is_left_out", "not_answered: counts_as_not_satisfied"),
    ]:
        assert text.count(old) == 1 or old.startswith("code")
        text = text.replace(old, new, 1)
    (config / "rules" / "2022-01.9.yaml").write_text(text, "utf-8")
    return config


@pytest.mark.deep
def test_other_rules_count_anew_what_a_fresh_load_under_them_counts(
    rated: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = query(COUNTS), query(RATINGS)
    monkeypatch.setenv("HAILONG_CONFIG", str(only_the_best_satisfies(tmp_path)))
    steps.rate(MONTH)
    anew = query(COUNTS), query(RATINGS)
    assert {row["counted_as"] for row in anew[0]} == {"satisfied 5; complaint 1,2; from -1"}
    assert anew[1] != before[1]

    run_month(MONTH, TREASURIES)
    assert (query(COUNTS), query(RATINGS)) == anew

    monkeypatch.delenv("HAILONG_CONFIG")
    steps.rate(MONTH)  # under the first rules again
    assert (query(COUNTS), query(RATINGS)) == before


@pytest.mark.deep
def test_a_month_that_was_loaded_before_there_were_counts_is_counted_when_it_is_rated(rated: Plan) -> None:
    """As after an upgrade from a version that counted when it rated."""
    before = query(COUNTS), query(RATINGS)
    with warehouse.transaction() as connection:
        connection.exec_driver_sql("delete from core.unit_count")
    steps.rate(MONTH)
    assert (query(COUNTS), query(RATINGS)) == before
    steps.rate(MONTH)
    assert (query(COUNTS), query(RATINGS)) == before


OF_UNIT = "unit_code = '34.01'"

# fmt: off
WRONG_COUNTS = [
    # what is wrong                     | what is done before the month is rated                 | what finds it
    ("a unit counts everything twice",    "update core.unit_count set response_count = 2 * response_count,"
                                          " answer_count = 2 * answer_count,"
                                          " satisfied_count = 2 * satisfied_count where " + OF_UNIT, "rates_recounted"),
    ("a complaint too many",              "update core.unit_count set complaint_count = complaint_count + 1 where "
                                          + OF_UNIT,                                                 "rates_recounted"),
    ("a unit was not counted",            "delete from core.unit_count where " + OF_UNIT,            "rates_recounted"),
    ("an answer came after the count",    "update core.fact_response set answer_levels[1] = 6 - answer_levels[1]"
                                          " where answer_levels[1] in (1, 5) and " + OF_UNIT,        "rates_recounted"),
    ("one answer more than in channels",  "update core.unit_count set answer_count = answer_count + 1"
                                          " where breakdown = 'total' and " + OF_UNIT,       "children_sum_to_parents"),
    ("a channel has too few answers",     "update core.unit_count set answer_count = answer_count - 1"
                                          " where breakdown = 'channel' and " + OF_UNIT,     "children_sum_to_parents"),
]
# fmt: on


@pytest.mark.parametrize(
    ("wrong", "check"), first(1, [row[1:] for row in WRONG_COUNTS], "thorough"), ids=[row[0] for row in WRONG_COUNTS]
)
@pytest.mark.deep
def test_a_wrong_count_leaves_out_its_treasury_until_it_is_loaded_again(rated: Plan, wrong: str, check: str) -> None:
    before = query(RATINGS)
    with warehouse.transaction() as connection:
        connection.exec_driver_sql(wrong)
    (error,) = steps.rate(MONTH)["left_out"]
    assert error.message.startswith("34 ")
    assert check in error.message
    run_month(MONTH, TREASURIES)
    assert query(RATINGS) == before
