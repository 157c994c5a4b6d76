"""An odd text in an answer costs at most that answer, never the treasury's month: through both doors into core."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.admission import mentions
from etl.landing import zone
from etl.landing.receipt import Taken
from etl.operation import steps
from etl.source import contract
from etl.source.contract import LONGEST
from tests.lib.command_line import hailong

GOOD = {"treasury_code": "34", "submitted_at": "2023-07-15 08:00:00", "answers": "access_seats=5"}
CSV = 'a,"b"\n{c}\\N\r\n\\.'  # what could be mistaken on the way through COPY
LONG = "".join(map(chr, random.Random(39).choices(range(0x20000, 0x2A6E0), k=6000)))
"""Of letters that take four bytes each, and that no index can make smaller."""
REPORTED = ("is_harassment_reported", True)

# fmt: off
TURNED_AWAY = [
    # what is odd                     | what the response says                          | rule
    ("an empty key",                    {"response_key": ""},                             "key_present"),
    ("another empty key",               {"response_key": " "},                            "key_present"),
    ("a key with lost bytes",           {"response_key": "a\ufffd"},                      "key_present"),
    ("another one, as much alike",      {"response_key": "a\ufffd"},                      "key_present"),
    ("a key that cannot be kept",       {"response_key": "a\x00"},                        "key_present"),
    ("a key that is too long",          {"response_key": LONG},                           "key_length"),
    ("another that begins alike",       {"response_key": LONG[:-1]},                      "key_length"),
    ("a key of too many long letters",  {"response_key": LONG[:501]},                     "key_length"),
    ("a key that another row has",      {"response_key": "B1"},                           "key_unique"),
    ("the same but for a space",        {"response_key": "B1 "},                          "key_unique"),
    ("an officer who is too long",      {"officer_code": LONG},                           "officer_length"),
    ("a unit that is too long",         {"unit_code": LONG},                              "unit_known"),
    ("a procedure that is too long",    {"procedure_code": "p" * 6000},                   "procedure_known"),
    ("a word about harassment",         {"harassment_reported": "perhaps"},               "harassment_understood"),
    ("two answers in one",              {"answers": "access_seats=5|?"},                  "answers_readable"),
    ("a time by the reader's clock",    {"submitted_at": "now"},                          "time_readable"),
    ("a month for a time",              {"submitted_at": "2023-07"},                      "time_readable"),
    ("a time long ago",                 {"submitted_at": "0001-01-01T00:00:00+14:00"},    "time_in_month"),
]
TAKEN_IN = [
    # what is odd                     | what the response says                          | column, its value in core
    ("a key like our name of a row",    {"response_key": "#1"},                           ("day", 15)),
    ("a key as long as one may be",     {"response_key": LONG[:500]},                     ("day", 15)),
    ("an officer as long as may be",    {"officer_code": LONG[:200]},                     ("officer_code", LONG[:200])),
    ("our word for no officer",         {"officer_code": "unstated"},                     ("officer_code", "unstated")),
    ("a customer of lost letters",      {"respondent_hash": "\ufffd"},                    ("respondent_hash", None)),
    ("yes in Vietnamese",               {"harassment_reported": "Có"},                    REPORTED),
    ("a bit of MariaDB",                {"harassment_reported": "\x01"},                  REPORTED),
    ("a time in the basic form",        {"submitted_at": "20230715T080000+0700"},         ("day", 15)),
    ("a time to the hour",              {"submitted_at": "2023-07-16T08+07:00"},          ("day", 16)),
    ("a time to the nanosecond",        {"submitted_at": "2023-07-17 08:00:00.123456789"}, ("day", 17)),
    ("a NUL in an officer's code",      {"officer_code": "CB\x00-7"},                     ("officer_code", "CB-7")),
    ("a NUL in a comment",              {"comment": "Cảm\x00 ơn"},                        ("comment_text", "Cảm ơn")),
    ("quotes, commas, line breaks",     {"comment": CSV},                                 ("comment_text", CSV)),
    ("the text NULL",                   {"comment": "NULL"},                              ("comment_text", "NULL")),
]
# fmt: on


def landed(rows: list[dict[str, str]]) -> pa.RecordBatch:
    """Landed rows; what is not stated is null."""
    return pa.RecordBatch.from_pydict(
        {name: pa.array([row.get(name) for row in rows], pa.string()) for name in contract.LANDED_COLUMNS}
    )


def query(statement: str) -> list[dict[str, Any]]:
    """What a query finds in the warehouse now."""
    with warehouse.transaction() as connection:
        return [dict(row) for row in connection.execute(sa.text(statement)).mappings()]


def test_an_odd_text_costs_at_most_its_own_response(fresh_warehouse: str) -> None:
    planned = steps.plan("2023-07", ["34"])
    odd = [row for _, row, _ in TURNED_AWAY + TAKEN_IN]
    rows = [{**GOOD, "response_key": f"odd{place}", **row} for place, row in enumerate(odd)]
    rows += [{**GOOD, "response_key": f"good{place}"} for place in range(200)]
    place = zone.Place(settings.read().landing, "2023-07", "34")
    zone.keep(place, [landed(rows)], "source/odd.postgresql", lambda: Taken(dt.datetime(2023, 8, 1, tzinfo=dt.UTC)))

    (outcome,) = steps.admit(planned, ["34"])

    counts = [outcome[name] for name in ("treasury_state", "read_count", "turned_away_count")]
    assert counts == ["loaded", len(rows), len(TURNED_AWAY)], outcome["error_message"]
    noted = query("select * from ops.turned_away")
    away = {(row["row_number"], row["rule_code"]): row["response_key"] for row in noted}
    assert set(away) == {(place, rule) for place, (_, _, rule) in enumerate(TURNED_AWAY, start=1)}
    for (number, rule), key in away.items():
        sent = rows[number - 1]["response_key"]
        assert key == (None if rule == "key_present" else mentions.key(sent) if rule == "key_length" else sent)
    core = query("select *, extract(day from submitted_at) as day from core.fact_response")
    in_core = {row["response_key"]: row for row in core}
    assert len(in_core) == len(rows) - len(TURNED_AWAY)
    for place, (case, row, (column, value)) in enumerate(TAKEN_IN, start=len(TURNED_AWAY)):
        assert in_core[row.get("response_key", f"odd{place}")][column] == value, case
    told = {row["rule_code"]: row for row in query("select * from ops.validation where unexpected_count > 0")}
    assert told["officer_readable"]["unexpected_count"] == 2
    assert told["reference_readable"]["unexpected_count"] == 1
    assert sorted(told["key_unique"]["offending_keys"]) == ["'B1 '", "B1"]
    assert max(len(key) for row in told.values() for key in row["offending_keys"]) <= LONGEST["response_key"]
    assert steps.score(planned)["loaded_count"] == 1  # the rows are accounted for


def test_a_key_like_our_name_of_a_row_is_turned_away_beside_that_row(fresh_warehouse: str) -> None:
    """The seventh row has no key, and the key of the eighth is #7."""
    planned = steps.plan("2023-07", ["34"])
    rows = [{**GOOD, "response_key": f"good{place}"} for place in range(60)]
    rows[6]["response_key"] = ""
    rows[7] = {**GOOD, "response_key": "#7", "unit_code": "of nobody"}
    place = zone.Place(settings.read().landing, "2023-07", "34")
    zone.keep(place, [landed(rows)], "source/odd.postgresql", lambda: Taken(dt.datetime(2023, 8, 1, tzinfo=dt.UTC)))

    (outcome,) = steps.admit(planned, ["34"])
    assert (outcome["treasury_state"], outcome["turned_away_count"]) == ("loaded", 2)
    assert steps.score(planned)["loaded_count"] == 1

    with warehouse.transaction() as connection:
        shown = warehouse.rows(connection, "reports/turned_away", survey_month=dt.date(2023, 7, 1), treasury_code=None)
    assert [(row["response_key"], row["row_number"], row["has_key"], row["rule_code"]) for row in shown] == [
        ("#7", 7, False, "key_present"), ("#7", 8, True, "unit_known"),
    ]  # fmt: skip
    (told,) = query("select offending_keys from ops.validation where rule_code = 'unit_known'")
    assert told["offending_keys"] == ["'#7'"]


def test_keys_that_come_twice_in_a_tenth_of_the_rows_refuse_the_month(fresh_warehouse: str) -> None:
    """The query doubles them; nothing is turned away row by row, and nobody is sent to look for it."""
    planned = steps.plan("2023-07", ["34"])
    rows = [{**GOOD, "response_key": f"{place % 94}"} for place in range(100)]
    place = zone.Place(settings.read().landing, "2023-07", "34")
    zone.keep(place, [landed(rows)], "source/odd.postgresql", lambda: Taken(dt.datetime(2023, 8, 1, tzinfo=dt.UTC)))
    (outcome,) = steps.admit(planned, ["34"])
    assert outcome["treasury_state"] == "refused"
    assert "keys_unique: 12 of 100 rows have a key that another row has" in outcome["error_message"]
    assert "one row per response" in outcome["next_action"]
    assert "turned-away" not in outcome["next_action"]
    (told,) = query("select * from ops.validation where rule_code = 'keys_unique'")
    assert (told["unexpected_count"], told["offending_keys"]) == (12, ["0", "1", "2", "3", "4", "5"])


@pytest.mark.parametrize(
    ("odd", "rule"),
    [
        ({"response_key": ""}, "key_present"),
        ({"unit_code": "of nobody"}, "unit_known"),
        ({"channel_code": "fax"}, "channel_known"),
        ({"answers": "?"}, "answers_readable"),
    ],
)
def test_who_is_sent_to_look_at_what_was_turned_away_finds_it(
    fresh_warehouse: str, odd: dict[str, str], rule: str
) -> None:
    planned = steps.plan("2023-07", ["34"])
    rows = [{**GOOD, "response_key": f"{place}", **(odd if place < 20 else {})} for place in range(100)]
    place = zone.Place(settings.read().landing, "2023-07", "34")
    zone.keep(place, [landed(rows)], "source/odd.postgresql", lambda: Taken(dt.datetime(2023, 8, 1, tzinfo=dt.UTC)))
    (outcome,) = steps.admit(planned, ["34"])
    assert (outcome["treasury_state"], outcome["turned_away_count"]) == ("refused", 20)
    command = re.search(r"'hailong (turned-away [^']+)'", outcome["next_action"])
    assert command is not None, outcome["next_action"]
    shown = json.loads(hailong(*command[1].split(), "--format", "json").stdout)
    assert {row["row_number"] for row in shown} == set(range(1, 21))
    assert rule in {row["rule_code"] for row in shown}


def test_a_month_of_another_office_is_refused_with_the_codes_that_it_has(fresh_warehouse: str) -> None:
    planned = steps.plan("2023-07", ["34"])
    codes = ["034", "34        ", "34\x1b[2J", "x" * 4000]
    rows = [{**GOOD, "response_key": f"{place}", "treasury_code": code} for place, code in enumerate(codes)]
    place = zone.Place(settings.read().landing, "2023-07", "34")
    zone.keep(place, [landed(rows)], "source/odd.postgresql", lambda: Taken(dt.datetime(2023, 8, 1, tzinfo=dt.UTC)))
    (outcome,) = steps.admit(planned, ["34"])
    assert outcome["treasury_state"] == "refused"
    assert f"'034', '34\\x1b[2J', '{'x' * 30}…' instead of '34' in 3 of 4 rows" in outcome["error_message"]
    assert "treasury_34" in outcome["next_action"]
    assert "turned-away" not in outcome["next_action"]
