"""How long each kind of data is kept: it goes at the hour at which its time is over, and figures stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from etl import settings
from etl.errors import Misdeclared
from etl.landing import redaction
from etl.operation import respondent, retention
from etl.publishing import verify
from etl.registry import retention as terms
from tests.lib.branch_copies import MONTHS, PUBLISHED_TWICE, REFERENCE
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import query

TEXTS = (
    "select survey_month::text as month, count(comment_text)::int as n from core.fact_response group by 1 order by 1"
)
HASHES = (
    "select survey_month::text as month, count(*) filter (where respondent_hash ~ '^[0-9a-f]{32}$')::int as n,"
    " count(distinct (treasury_id, respondent_hash))::int as customers from core.fact_response group by 1 order by 1"
)
JUNE_ENDS = dt.datetime(2023, 6, 30, 17, tzinfo=dt.UTC)
"""Midnight in Vietnam: there July has begun."""
DAY = dt.timedelta(days=1)


@pytest.fixture
def held(copy_of: Callable[[Kept], Copy]) -> Copy:
    """Two published months with free text and customers who came back."""
    return copy_of(PUBLISHED_TWICE)


def declare(held: Copy, **days: int) -> None:
    """Let some kinds be kept for so many days."""
    said = {kind: {"days": number, "source": "a test"} for kind, number in days.items()}
    (held.home / "config" / "retention.yaml").write_text(yaml.safe_dump(said), "utf-8")


def in_files(column: str, month: str) -> int:
    """How many rows of a month's landed files say something in a column, tokens left out."""
    files = [file for file in redaction.landed(settings.read().landing) if file.place.month == month]
    rows = (
        text for file in files for batch in redaction.batches(file, [column]) for text in batch.column(0).to_pylist()
    )
    return sum(bool(text) and not text.startswith(("retired-", "forgotten-")) for text in rows)


def test_without_a_term_all_stays(held: Copy) -> None:
    before = query(TEXTS), query(HASHES)
    assert retention.carry_out(dt.datetime(2099, 1, 1, tzinfo=dt.UTC)) == {}
    assert (query(TEXTS), query(HASHES)) == before
    assert before[0][0]["n"] > 0
    shipped = terms.declared(settings.PACKAGE.parent / "config")
    assert {getattr(shipped, kind).source for kind in terms.Retention.model_fields} == {"proposed"}


def test_free_text_goes_when_its_time_is_over_and_not_a_second_before(held: Copy) -> None:
    declare(held, free_text=30)
    kept = query(TEXTS)
    over = JUNE_ENDS + 30 * DAY
    assert retention.carry_out(over - dt.timedelta(seconds=1)).get("redacted_files", 0) == 0
    assert query(TEXTS) == kept
    done = retention.carry_out(over)
    assert done == {"responses": kept[0]["n"], "redacted_files": 2}
    assert query(TEXTS) == [{"month": "2023-06-01", "n": 0}, kept[1]]
    assert (in_files("comment", MONTHS[0]), in_files("comment", MONTHS[1]) > 0) == (0, True)
    assert [verify.verify(month) for month in MONTHS] == [[1], [1]]
    assert retention.carry_out(over) == {"responses": 0, "redacted_files": 0}
    (entry,) = query("select purpose, row_count from ops.processing where activity_code = 'retention'")
    assert entry == {"purpose": "its time is over: free_text, respondent_hashes", "row_count": kept[0]["n"]}


def test_hashes_are_retired_and_customers_are_still_counted_once(held: Copy) -> None:
    declare(held, respondent_hashes=400)
    before = query(HASHES)
    retention.carry_out(JUNE_ENDS + 400 * DAY)
    after = query(HASHES)
    assert [row["n"] for row in after] == [0, before[1]["n"]]
    assert before[0]["n"] > 100
    assert [row["customers"] for row in after] == [row["customers"] for row in before]
    assert in_files("respondent_hash", MONTHS[0]) == 0
    assert [verify.verify(month) for month in MONTHS] == [[1], [1]]
    held_now = respondent.show(REFERENCE)
    assert {row["survey_month"] for row in held_now.responses} == {MONTHS[1]}
    in_core = query("select array_agg(distinct respondent_hash) as names from core.fact_response where survey_month ="
                    " '2023-06-01' and respondent_hash is not null")[0]["names"]  # fmt: skip
    files = [file for file in redaction.landed(settings.read().landing) if file.place.month == MONTHS[0]]
    landed = {text for file in files for batch in redaction.batches(file, ["respondent_hash"])
              for text in batch.column(0).to_pylist()}  # fmt: skip
    assert set(in_core) <= landed  # the same in both, so that either can be made of the other


def test_months_of_a_round_are_retired_together(monkeypatch: pytest.MonkeyPatch) -> None:
    june, july, august = (dt.date(2023, number, 1) for number in (6, 7, 8))
    rows = [
        {"survey_month": june, "period_codes": ["2023-06", "2023-I"]},
        {"survey_month": july, "period_codes": ["2023-07", "2023-I", "2023-Q3"]},
        {"survey_month": august, "period_codes": ["2023-Q3"]},
        {"survey_month": dt.date(2023, 9, 1), "period_codes": None},
    ]
    monkeypatch.setattr(retention.warehouse, "rows", lambda *_, **__: rows)
    monkeypatch.setattr(retention.warehouse, "transaction", lambda: __import__("contextlib").nullcontext())
    assert sorted(map(sorted, retention._groups())) == [[june, july, august], [dt.date(2023, 9, 1)]]


def test_upkeep_says_what_went(held: Copy) -> None:
    declare(held, free_text=1, logs=1)
    said = hailong("upkeep", "--revisions", "2")
    assert said.exit_code == 0, said.stderr
    assert "its time is over: 4 redacted_files" in said.stdout
    assert "every revision that was made again says the same" in said.stdout
    assert [row["n"] for row in query(TEXTS)] == [0, 0]
    said = hailong("person", "log", "--format", "csv")
    assert "retention" in said.stdout


def test_figures_on_officers_have_no_term(held: Copy, tmp_path: Path) -> None:
    declare(held, officer_figures=30)
    with pytest.raises(Misdeclared, match="officer_figures"):
        retention.carry_out()
