"""What a source writes into a column is kept as it was meant, or a rule names the row; and the check says so too."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import doors, registry
from etl.admission import clean, judge, landed, trial
from etl.admission.judge import Judge
from etl.admission.rehearsal import Rehearsal
from etl.periods import SurveyMonth
from etl.registry import codebook, rule_sets
from etl.source import contract, pseudonym
from tests.lib.cases import slow

JULY = SurveyMonth(2023, 7)
CONFIG = Path(__file__).parents[2] / "config"
HERE, RULES = registry.load(CONFIG), rule_sets.in_force(CONFIG, JULY)
ROW_RULES = {rule["meta"]["rule"] for rule in doors.rules("answers", ("row",))}
THAI_BINH = HERE.treasury("34", JULY)
OFFICE = trial.Office("34", HERE.days_of(THAI_BINH, JULY), codebook.of(HERE, THAI_BINH, JULY))
GOOD = {
    "response_key": "17",
    "treasury_code": "34",
    "submitted_at": "2023-07-15 08:00:00",
    "unit_code": "34.01",
    "officer_code": "CB-7",
    "procedure_code": "account_open",
    "channel_code": "online",
    "respondent_type_code": "individual",
    "respondent_ref": "034185000123",
    "harassment_reported": "false",
    "comment": "Cảm ơn",
    "answers": "access_seats=5|access_ease=3",
}
FILL = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\x00"


def meant(text: str) -> str:
    """What is written, without what only fills up a field."""
    return unicodedata.normalize("NFC", text).strip(FILL)


def listed(codes: dict[str, str]) -> Callable[[str, Any], bool]:
    """Whether a code is the one that its text stands for."""
    return lambda text, found: found == (codes.get(meant(text)) if meant(text) else "unstated")


def is_same_moment(text: str, found: Any) -> bool:
    """Whether a moment is the one that is written, to the microsecond."""
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return True  # a form that only our own reader knows: tests/unit/test_clean.py
    if not moment.tzinfo:
        moment = moment.replace(tzinfo=OFFICE.calendar)
    return bool(found is not None and abs(found - moment) < dt.timedelta(microseconds=2))


# fmt: off
COLUMNS: list[tuple[str, str, Callable[[str, Any], bool], set[str]]] = [
    # landed column | tidy column | whether the meaning is kept | the rules that may name the row instead
    ("response_key", "response_key", lambda text, found: found == text.strip(), {"key_present", "key_length"}),
    ("submitted_at", "submitted_at", is_same_moment, {"time_readable", "time_in_month"}),
    ("unit_code", "unit_code", listed(OFFICE.book.units), {"unit_known"}),
    ("officer_code", "officer_code", lambda text, found: found == (meant(text) or "unstated"),
     {"officer_length", "officer_readable"}),
    ("procedure_code", "procedure_code", listed(OFFICE.book.procedures), {"procedure_known"}),
    ("channel_code", "channel_code", listed(OFFICE.book.channels), {"channel_known"}),
    ("respondent_type_code", "respondent_type_code", listed(OFFICE.book.respondent_types), {"respondent_type_known"}),
    ("respondent_ref", "respondent_hash", lambda text, found: (found is None) == (not text.strip()),
     {"reference_readable"}),
    ("harassment_reported", "is_harassment_reported", lambda text, found: (found is None) == (not text.strip()),
     {"harassment_understood"}),
    ("comment", "comment_text", lambda text, found: (found or "") == meant(text), {"comment_readable"}),
    ("answers", "answer_count", lambda text, found: found == sum(part.strip()[-1:].isdigit()
                                                                 for part in text.split("|")),
     {"answers_readable", "criteria_known", "answers_on_scale", "criteria_answered_once", "something_answered"}),
]
# fmt: on
WORDS = [
    *GOOD.values(),
    "unstated",
    "all",
    "#7",
    "none",
    "Có",
    "\x00",
    "\x01",
    "\ufffd",
    "\u200b",
    "\xa0",
    "\ufeff",
    "２",
    "2023-07-31T23:59:59.9999999+07:00",
    "2023-08-01",
    "9999-12-31",
    "access_seats=5",
    "=",
    "|",
    "=5",
    "?",
    "\U0001f600" * 300,
]  # fmt: skip
JOINED = st.lists(st.sampled_from(WORDS), max_size=3).map("".join)
TEXT = st.one_of(
    st.text(max_size=12), st.sampled_from(WORDS), st.lists(st.sampled_from(WORDS), max_size=3).map("".join)
)
TEXTS = st.lists(TEXT, min_size=8, max_size=24)


def second_door() -> Judge:
    """The judge of July."""
    return judge.of_month(JULY, OFFICE.calendar.key)


def yielded(*rows: dict[str, str | None]) -> pa.Table:
    """Rows as a source yields them."""
    columns = {name: [row.get(name) for row in rows] for name in contract.COLUMNS}
    return pa.table({name: pa.array(texts, contract.arrow_type(name)) for name, texts in columns.items()})


def tidy(table: pa.Table, repeated: pa.Array | None = None) -> pa.Table:
    """The tidy responses of rows that a source yields."""
    hidden = pa.Table.from_batches([pseudonym.hide(table.combine_chunks().to_batches()[0], b"key")])
    return clean.tidy(hidden, OFFICE.book, OFFICE.calendar, repeated).responses


def broken(responses: pa.Table) -> list[set[str]]:
    """The rules that each response breaks."""
    rules: list[set[str]] = [set() for _ in range(responses.num_rows)]
    for finding in second_door().findings(responses):
        for row in finding.rows.tolist():
            rules[row].add(finding.rule_code)
    return rules


def test_every_column_of_the_contract_is_looked_at() -> None:
    assert {column for column, *_ in COLUMNS} | {"treasury_code"} == set(contract.COLUMNS)
    assert set(contract.LONGEST) | {"respondent_ref"} == set(contract.COLUMNS)


@pytest.mark.parametrize(("column", "tidy_column", "is_kept", "rules"), COLUMNS, ids=[row[0] for row in COLUMNS])
def test_a_value_that_is_there_is_kept_or_named_by_a_rule(
    column: str, tidy_column: str, is_kept: Callable[[str, Any], bool], rules: set[str]
) -> None:
    @slow(10)
    @given(TEXTS)
    def holds(texts: list[str]) -> None:
        responses = tidy(yielded(*(GOOD | {column: text} for text in texts)))
        values = responses.column(tidy_column)
        if tidy_column == "submitted_at":  # Python's moments end with the year 9999
            found = [_moment(value) for value in values.cast(pa.int64()).to_pylist()]
        else:
            found = values.to_pylist()
        for text, value, named in zip(texts, found, broken(responses), strict=True):
            assert named & rules or is_kept(text, value), (text, value, named)
            assert named <= rules, "a rule on another column names the row"

    holds()


def _moment(microseconds: int | None) -> dt.datetime | None:
    """A moment from its microseconds since 1970; None where Python has none."""
    if microseconds is None:
        return None
    try:
        return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=microseconds)
    except OverflowError:
        return None


ROWS = st.lists(
    st.fixed_dictionaries({}, optional=dict.fromkeys(contract.COLUMNS, st.none() | TEXT)).map(lambda row: GOOD | row),
    min_size=1,
    max_size=6,
)


@slow(20)
@given(ROWS)
def test_the_check_of_a_source_names_every_rule_that_a_run_finds_broken(rows: list[dict[str, str | None]]) -> None:
    table = yielded(*rows)
    counted = landed.tally(lambda: iter([table]), "34")
    in_a_run = set().union(*broken(tidy(table, counted.repeated)))
    at_the_first_door = {
        rule for rule, count in (("own_answers", "foreign_count"), ("owner_stated", "unowned_count"))
        if counted.counts[count]
    }  # fmt: skip
    told = {remark.rule_code for remark in trial.of_rows(table, OFFICE)} - {None}
    assert told == in_a_run | at_the_first_door


def rehearsed(*batches: list[dict[str, str | None]], told: set[str | None] | None = None) -> dict[str | None, str]:
    """What is said of a month that comes in batches, by rule."""
    month = Rehearsal(OFFICE)
    for batch in batches:
        month.meet(yielded(*batch).combine_chunks().to_batches()[0])
    assert month.row_count == sum(map(len, batches))
    return {remark.rule_code: remark.what for remark in month.remarks(RULES.admission, told or set())}


@slow(20)
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_a_rehearsal_of_a_month_names_every_rule_that_a_run_finds_broken(
    batches: list[list[dict[str, str | None]]],
) -> None:
    table = yielded(*(row for batch in batches for row in batch))
    counted = landed.tally(lambda: iter([table]), "34")
    by_row = broken(tidy(table, counted.repeated))
    told = rehearsed(*batches)
    assert set().union(*by_row) <= set(told)
    turned_away = sum(bool(rules & ROW_RULES) for rules in by_row) / table.num_rows
    assert ("few_turned_away" in told) == (turned_away > RULES.admission.max_turned_away_share)
    assert ("own_answers" in told, "owner_stated" in told) == (
        counted.counts["foreign_count"] > 0,
        counted.counts["unowned_count"] > 0,
    )


def test_a_rehearsal_counts_keys_over_batches_and_says_when_a_run_would_refuse() -> None:
    good = [GOOD | {"response_key": f"good{place}"} for place in range(98)]
    twice = [GOOD | {"response_key": key} for key in ("B1", "B1 ")]
    assert rehearsed([twice[0], *good], [twice[1]]) == {
        "key_unique": "response_key: 2 of all 100 rows of the month have a key that another row has, but for spaces"
        " around it"
    }
    unknown = [GOOD | {"response_key": f"far{place}", "unit_code": "99.99"} for place in range(12)]
    assert rehearsed(good, unknown, told={"unit_known"}) == {
        "few_turned_away": "a run would refuse the month: few_turned_away: turned_away_share is 10.9% of 110 rows",
        "most_units_known": "a run would refuse the month: most_units_known: not_unit_known_share is 10.9% of 110 rows",
    }
    assert "'99.99'" in rehearsed(good, unknown)["unit_known"]


@pytest.mark.parametrize(
    ("code", "rule"),
    [("34", None), ("34        ", None), ("34\x00", "own_answers"), (" 34", "own_answers"), ("034", "own_answers"),
     ("34.0", "own_answers"), ("３４", "own_answers"), ("", "owner_stated"), ("  ", "owner_stated"),
     (None, "owner_stated"), ("x" * 5000, "own_answers")],
)  # fmt: skip
def test_whose_a_row_is_is_the_same_to_the_check_and_to_a_run(code: str | None, rule: str | None) -> None:
    """A field of a fixed length is filled up with spaces; every other text is another code, and is told."""
    told = [remark for remark in trial.of_rows(yielded(GOOD | {"treasury_code": code}), OFFICE) if remark.is_fault]
    assert [remark.rule_code for remark in told] == ([rule] if rule else [])
    if rule == "own_answers":
        assert "instead of '34'" in told[0].what
        assert len(told[0].what) < 150
