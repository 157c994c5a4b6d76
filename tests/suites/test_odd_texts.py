"""An odd text in an answer costs at most that answer, never the treasury's month: through both doors into core."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from etl import settings, warehouse
from etl.landing import zone
from etl.operation import steps
from etl.source import contract

GOOD = {"treasury_code": "34", "submitted_at": "2023-07-15 08:00:00", "answers": "access_seats=5"}
CSV = 'a,"b"\n{c}\\N\r\n\\.'  # what could be mistaken on the way through COPY

# fmt: off
TURNED_AWAY = [
    # what is odd                     | what the response says                          | rule
    ("an empty key",                    {"response_key": ""},                             "key_present"),
    ("another empty key",               {"response_key": " "},                            "key_present"),
    ("a key with lost bytes",           {"response_key": "a\ufffd"},                      "key_present"),
    ("another one, as much alike",      {"response_key": "a\ufffd"},                      "key_present"),
    ("a key that cannot be kept",       {"response_key": "a\x00"},                        "key_present"),
    ("a time by the reader's clock",    {"submitted_at": "now"},                          "time_readable"),
    ("a month for a time",              {"submitted_at": "2023-07"},                      "time_readable"),
    ("a time long ago",                 {"submitted_at": "0001-01-01T00:00:00+14:00"},    "time_in_month"),
]
TAKEN_IN = [
    # what is odd                     | what the response says                          | column, its value in core
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
    rows += [{**GOOD, "response_key": f"good{place}"} for place in range(100)]
    place = zone.Place(settings.read().landing, "2023-07", "34")
    zone.keep(place, [landed(rows)], "source/odd.postgresql", lambda: dt.datetime(2023, 8, 1, tzinfo=dt.UTC))

    (outcome,) = steps.admit(planned, ["34"])

    counts = [outcome[name] for name in ("treasury_state", "read_count", "turned_away_count")]
    assert counts == ["loaded", len(rows), len(TURNED_AWAY)], outcome["error_message"]
    away = {(row["response_key"], row["rule_code"]) for row in query("select * from ops.turned_away")}
    assert away == {
        (f"#{place + 1}" if rule == "key_present" else f"odd{place}", rule)
        for place, (_, _, rule) in enumerate(TURNED_AWAY)
    }
    core = query("select *, extract(day from submitted_at) as day from core.fact_response")
    in_core = {row["response_key"]: row for row in core}
    assert len(in_core) == len(rows) - len(TURNED_AWAY)
    for place, (case, _, (column, value)) in enumerate(TAKEN_IN, start=len(TURNED_AWAY)):
        assert in_core[f"odd{place}"][column] == value, case
