"""How two landings differ: rows by their keys and what they say, whatever they are held in; and shapes of sources."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Misdeclared, Refused, Unavailable
from etl.landing import changes, drift, zone
from etl.landing.changes import Counts
from etl.landing.drift import Drift
from etl.landing.receipt import Receipt, Taken

Row = dict[str, str | None]
TEXT = {"response_key": "7", "unit_code": "34.01", "comment": "fine", "answers": "access=4|results=5"}
COLUMNS = {"response_key": "7", "unit_code": "34.01", "comment": "fine", "answer_access": "4", "answer_results": "5"}


def table(*rows: Row, encoded: bool = False) -> pa.Table:
    """Rows as they land; ``encoded``: every column by dictionary."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    return pa.table({name: column.dictionary_encode() if encoded else column for name, column in columns.items()})


def differ(earlier: pa.Table, later: pa.Table) -> Counts:
    return changes.counts(changes.hashes(earlier), changes.hashes(later))


class Pair(NamedTuple):
    """Two ways to write one row, and whether they say the same."""

    case: str
    one: Row
    other: Row
    is_same: bool


# fmt: off
PAIRS = [
    Pair("the same",                     TEXT, TEXT, True),
    Pair("the two forms of the answers", TEXT, COLUMNS, True),
    Pair("answers in another order",     TEXT, {**TEXT, "answers": "results=5|access=4"}, True),
    Pair("blanks around answers",        TEXT, {**TEXT, "answers": " access = 4 | results=5"}, True),
    Pair("an answer left empty",         TEXT, {**TEXT, "answers": "access=4|results=5|feedback="}, True),
    Pair("no answer, no column",         COLUMNS, {**COLUMNS, "answer_feedback": None}, True),
    Pair("an empty answer, no column",   COLUMNS, {**COLUMNS, "answer_feedback": ""}, True),
    Pair("a null, no column",            TEXT, {**TEXT, "officer_code": None}, True),
    Pair("columns in another order",     TEXT, dict(reversed(TEXT.items())), True),
    Pair("another answer",               TEXT, {**TEXT, "answers": "access=4|results=4"}, False),
    Pair("answers that changed places",  TEXT, {**TEXT, "answers": "access=5|results=4"}, False),
    Pair("the same, in columns",         TEXT, {**COLUMNS, "answer_access": "5", "answer_results": "4"}, False),
    Pair("an answer given twice",        TEXT, {**TEXT, "answers": "access=4|access=4|results=5"}, False),
    Pair("an answer to another",         TEXT, {**TEXT, "answers": "access=4|feedback=5"}, False),
    Pair("an answer that is none",       TEXT, {**TEXT, "answers": "access=4|results=5|junk"}, False),
    Pair("another comment",              TEXT, {**TEXT, "comment": "fine."}, False),
    Pair("a comment taken back",         TEXT, {**TEXT, "comment": None}, False),
    Pair("a text in another column",     TEXT, {**TEXT, "comment": "34.01", "unit_code": "fine"}, False),
]

SHAPE = [("answer", "id", "bigint"), ("answer", "score", "smallint"), ("office", "code", "text")]
DRIFTS = [
    # now                                                             | found
    (SHAPE,                                                             []),
    ([*SHAPE, ("answer", "remark", "text")],                            ["column remark of answer is new (text)"]),
    ([SHAPE[0], SHAPE[2]],                                 ["column score of answer is missing now (was smallint)"]),
    ([SHAPE[0], ("answer", "score", "text"), SHAPE[2]],    ["column score of answer is text now (was smallint)"]),
    (SHAPE[:2],                                            ["column code of office is missing now (was text)"]),
    ([SHAPE[0], ("answer", "points", "smallint"), SHAPE[2]],
     ["column points of answer is new (smallint)", "column score of answer is missing now (was smallint)"]),
]
# fmt: on


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.case)
@pytest.mark.parametrize("encoded", [False, True], ids=["text", "dictionary"])
def test_two_rows_say_the_same_or_not(pair: Pair, encoded: bool) -> None:
    expected = Counts() if pair.is_same else Counts(changed_count=1)
    assert differ(table(pair.one), table(pair.other, encoded=encoded)) == expected
    assert differ(table(pair.other, encoded=encoded), table(pair.one)) == expected


def test_rows_are_found_again_by_their_keys_wherever_they_stand() -> None:
    rows: list[Row] = [{"response_key": str(place), "answers": f"access={place % 5}"} for place in range(10)]
    later = [{**rows[3], "answers": "access=1"}, *rows[4:][::-1], {"response_key": "new", "answers": None}]
    assert differ(table(*rows), table(*later)) == Counts(added_count=1, changed_count=1, deleted_count=3)
    assert differ(table(*later), table(*rows)) == Counts(added_count=3, changed_count=1, deleted_count=1)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_month_without_a_row_lacks_all_of_them(number: int) -> None:
    three = table(*[{**TEXT, "response_key": str(one)} for one in range(3)])
    some, none = three.slice(0, number), three.slice(0, 0)
    assert differ(none, some) == Counts(added_count=number)
    assert differ(some, none) == Counts(deleted_count=number)


def test_rows_that_share_a_key_or_have_none_are_taken_together() -> None:
    twice = [TEXT, {**TEXT, "comment": "again"}]
    assert differ(table(*twice), table(*reversed(twice))) == Counts()
    assert differ(table(*twice), table(TEXT)) == Counts(changed_count=1)
    nameless = [{**row, "response_key": None} for row in twice]
    assert differ(table(*nameless), table(*nameless)) == Counts()


KEYS = st.dictionaries(st.text(max_size=4), st.text(max_size=3), max_size=12)


@given(before=KEYS, after=KEYS)
def test_the_counts_are_those_of_sets(before: dict[str, str], after: dict[str, str]) -> None:
    def landed(said: dict[str, str]) -> pa.Table:
        rows = {"response_key": list(said), "comment": list(said.values())}
        return pa.table({name: pa.array(values, pa.string()) for name, values in rows.items()})

    common = before.keys() & after.keys()
    assert differ(landed(before), landed(after)) == Counts(
        added_count=len(after.keys() - before.keys()),
        changed_count=sum(before[key] != after[key] for key in common),
        deleted_count=len(before.keys() - after.keys()),
    )


def test_columns_whose_batches_have_other_dictionaries_compare(tmp_path: Path) -> None:
    place = zone.Place(str(tmp_path), "2023-07", "34")
    units = [f"34.{one:02}" for one in range(20)]
    rows: list[Row] = [{"response_key": str(one), "unit_code": units[one % 20]} for one in range(100)]

    def keep(batches: list[list[Row]]) -> Receipt:
        landed = [table(*batch, encoded=True).to_batches()[0] for batch in batches]
        return zone.keep(place, landed, "test", lambda: Taken(dt.datetime(2023, 8, 1, tzinfo=dt.UTC)))

    whole, parts = keep([rows]), keep([rows[70:], rows[:70]])
    assert whole.sha256 != parts.sha256
    assert changes.between(place, whole, parts) == Counts()
    Path(whole.landing_path).unlink()
    with pytest.raises(Unavailable, match="is gone"):
        changes.between(place, whole, parts)
    assert changes.between(place, parts, parts) == Counts()


def test_counts_add_up_and_read_well() -> None:
    assert Counts(1, 2, 3) + Counts(1, 0, 1) == Counts(2, 2, 4)
    assert str(Counts(3, 1, 0)) == "3 added, 1 corrected, 0 deleted"
    assert (bool(Counts()), bool(Counts(deleted_count=1))) == (False, True)


def test_hashes_spread() -> None:
    keys, rows = changes.hashes(table(*[{"response_key": str(one), "answer_a": str(one % 5)} for one in range(10_000)]))
    assert len(np.unique(keys)) == len(np.unique(rows)) == 10_000


@pytest.mark.parametrize(("now", "told"), DRIFTS)
def test_what_drifted_is_told_column_by_column(now: list[tuple[str, str, str]], told: list[str]) -> None:
    assert [str(one) for one in drift.between(SHAPE, now)] == told


def test_an_error_of_the_query_names_the_columns_that_hurt_and_no_other_error_does() -> None:
    found = [Drift("answer", f"c{one}", "missing", from_type="text") for one in range(5)]
    found.append(Drift("answer", "remark", "new", to_type="text"))
    refused = drift.explained(Refused("34: its tables are not those of the query", next_action="ask"), found)
    assert refused.message == (
        "34: its tables are not those of the query; column c0 of answer is missing now (was text); column c1 of answer"
        " is missing now (was text); column c2 of answer is missing now (was text); and 2 more"
    )
    assert (type(refused), refused.next_action) == (Refused, "ask")
    away = Unavailable("34: away", next_action="wait")
    assert drift.explained(away, found) is away
    wrong = Misdeclared("34: wrong", next_action="mend")
    assert drift.explained(wrong, found[-1:]) is wrong
