"""Upkeep: room for the months to come, what is old and needed by nobody goes, and what is published is verified."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import settings, warehouse
from etl.errors import Misdeclared, Unfit
from etl.landing import zone
from etl.operation import steps, upkeep
from etl.periods import SurveyMonth
from etl.publishing import approval, publish
from etl.publishing.publish import Decision
from tests.lib.cases import first
from tests.lib.command_line import hailong
from tests.lib.kept import Copy, Kept
from tests.lib.months import PAIR, query, run_month

MONTH = "2023-07"
CODE = "34"
ANNA = Decision("anna", "the month is complete", is_provisional_allowed=True)
WHOLE = b"PAR1 rows that nothing was made from PAR1"
NOTHING = {"broken_off": 0, "landed_files": 0, "pages": 0}
OLD = dt.datetime(2023, 8, 1, tzinfo=dt.UTC).timestamp()


@pytest.fixture
def month(copy_of: Callable[[Kept], Copy]) -> Path:
    """July 2023 of two treasuries, rated; the directory of one treasury's landed files."""
    return copy_of(PAIR).home / "landing" / MONTH / CODE


def landed(place: Path) -> set[str]:
    """The names of the landed files of a place."""
    return {file.name for file in place.glob("responses-*")}


def age(*files: Path) -> None:
    """Let files have been written long ago."""
    for file in files:
        os.utime(file, (OLD, OLD))


def test_the_months_to_come_have_their_partitions(fresh_warehouse: str) -> None:
    made = upkeep.partitions(3)
    assert upkeep.partitions(3) == made
    assert len(made) == 4
    first = SurveyMonth.parse(made[0])
    with warehouse.transaction() as connection:
        days = "select cast(now() at time zone 'Asia/Ho_Chi_Minh' as date)"
        today: dt.date = connection.execute(sa.text(days)).scalar_one()
    assert (first.year, first.month) == (today.year, today.month)
    assert made[-1] == str(first.next().next().next())
    found = query(
        "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'core.fact_response'::regclass"
    )
    assert {row["name"] for row in found} == {f"core.fact_response_{one.replace('-', '_')}" for one in made}


def test_nothing_is_removed_unless_somebody_says_so(month: Path) -> None:
    orphan = month / "responses-000000000000.parquet"
    orphan.write_bytes(WHOLE)
    age(*month.iterdir())
    assert upkeep.retention() == NOTHING
    assert orphan.exists()


def test_what_broke_off_is_removed_after_a_day_and_nothing_else(month: Path) -> None:
    reports = settings.read().reports
    home = Path(settings.read().bulletins)
    ours = [
        month / "responses-000000000000.parquet",
        month / "responses-111111111111.parquet",
        month / ".receipt.json.0123abcd",
        month / ".look_back.json.0123abcd",
        reports / ".validation.html.0123abcd",
        home / MONTH / "revision-1" / ".data-0123456789ab-new" / "a.csv",
        home / MONTH / "revision-1" / ".data-0123456789ab-old" / "a.csv",
        home / ".lost-0123456789ab-old" / "a.csv",
    ]
    kept = [
        month / "responses-222222222222.parquet",
        home / ".htaccess",
        reports / ".keep.txt",
        home / MONTH / "revision-1/data/a",
    ]
    for number, file in enumerate(ours + kept):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(WHOLE if file in kept else b"PAR1 half"[: 4 * number])
    before = {file for place in (month, reports, home) for file in place.rglob("*") if file.is_file()}
    assert upkeep.retention() == NOTHING  # they may be somebody's work of this minute
    age(*before, *(file for place in (reports, home) for file in place.rglob("*") if file.is_dir()))
    assert upkeep.retention() == NOTHING | {"broken_off": len(ours)}
    left = {file for place in (month, reports, home) for file in place.rglob("*") if file.is_file()}
    assert left == before - set(ours) | {home / "lost" / "a.csv"}  # an export whose new one never came
    assert upkeep.retention() == NOTHING


@pytest.mark.parametrize("name", first(1, ["receipt.json", "look_back.json"], "thorough"))
@pytest.mark.parametrize(
    "content", first(1, [b"", b'{"row_count": 1, "la', b"\x00" * 99, b"[" * 10_000], "thorough"), ids=repr
)
def test_a_receipt_that_cannot_be_read_is_told_and_stops_nothing(
    name: str, content: bytes, month: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HAILONG_KEEP_LANDING_DAYS", "1")
    (month / name).write_bytes(content)
    there = landed(month)
    age(*month.iterdir())
    assert hailong("upkeep", "--revisions", "0").exit_code == 0
    assert landed(month) == there
    assert f"treasury {CODE}, {MONTH}: {name} cannot be read" in caplog.text
    planned = steps.plan(MONTH, [CODE])
    if name == "receipt.json":
        (outcome,) = steps.admit(planned, [CODE])
        assert outcome["treasury_state"] == "unavailable"
        assert f"{name} cannot be read" in outcome["error_message"]
    steps.land(planned, CODE)
    (outcome,) = steps.admit(planned, [CODE])
    assert outcome["treasury_state"] == "loaded"


def test_what_is_old_and_needed_by_nobody_is_removed(month: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_KEEP_LANDING_DAYS", "30")
    monkeypatch.setenv("HAILONG_KEEP_LOG_DAYS", "30")
    publish.publish(MONTH, ANNA)
    (pinned,) = landed(month)
    planned = steps.plan(MONTH, [CODE])
    for _ in range(2):  # the first is of core, the second the newest, and neither is of the revision
        steps.land(planned, CODE)
        steps.admit(planned, [CODE])
    steps.land(planned, CODE)
    needed = landed(month)
    assert pinned in needed
    assert len(needed) == 3
    old, new = (month / f"responses-{name}.parquet" for name in ("000000000000", "111111111111"))
    for orphan in (old, new):
        orphan.write_bytes(WHOLE)
    age(*(file for file in month.iterdir() if file != new))
    pages = list(settings.read().reports.rglob("*.html"))
    assert pages
    age(*pages)
    assert upkeep.retention() == NOTHING | {"landed_files": 1, "pages": len(pages)}
    assert landed(month) == needed | {new.name}
    assert list(settings.read().reports.iterdir()) == []
    assert upkeep.retention() == NOTHING
    steps.admit(planned, [CODE])
    assert upkeep.verify_published(5) == []


def test_what_landed_aside_stays_while_its_receipt_names_it(month: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAILONG_KEEP_LANDING_DAYS", "1")
    aside = zone.Place(settings.read().landing, MONTH, CODE, is_aside=True)
    standing = zone.receipt(zone.Place(aside.root, MONTH, CODE))
    copy = month / "responses-222222222222.parquet"
    shutil.copy(standing.landing_path, copy)
    receipt = (month / "receipt.json").read_text("utf-8").replace(Path(standing.landing_path).name, copy.name)
    (month / aside.receipt_name).write_text(receipt, "utf-8")
    age(*month.iterdir())
    assert upkeep.retention()["landed_files"] == 0
    zone.drop(aside, is_noted=True)
    assert upkeep.retention()["landed_files"] == 1
    assert not copy.exists()


def test_a_landing_zone_that_is_not_there_yet_holds_nothing(
    fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAILONG_KEEP_LANDING_DAYS", "1")
    monkeypatch.setenv("HAILONG_KEEP_LOG_DAYS", "1")
    assert upkeep.retention() == NOTHING


@pytest.mark.deep
@pytest.mark.thorough
def test_the_revision_that_waited_longest_is_verified_and_a_changed_one_is_told(
    month: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert upkeep.verify_published(5) == []
    publish.publish(MONTH, ANNA)
    run_month("2023-06")
    publish.publish("2023-06", ANNA)
    verified = "select period_code from ops.verification order by verified_at"
    for expected in ([MONTH], [MONTH, "2023-06"], ["2023-06", MONTH]):
        assert upkeep.verify_published(1) == []
        assert [row["period_code"] for row in query(verified)] == expected
    ((path,),) = [
        row.values()
        for row in query(
            "select landing_path from score.revision_input where period_code = '2023-06'"
            f" and treasury_id = (select treasury_id from core.dim_treasury where treasury_code = '{CODE}')"
        )
    ]
    Path(path).unlink()
    told = upkeep.verify_published(2)
    assert [(one["period_code"], one["revision_number"], one["error_kind"]) for one in told] == [
        ("2023-06", 1, "Unavailable")
    ]
    assert "backup" in told[0]["next_action"]
    assert query("select period_code from ops.verification where error_message is not null") == [
        {"period_code": "2023-06"}
    ]
    again = hailong("upkeep", "--revisions", "2")
    assert again.exit_code == 3
    assert "✗ Unavailable: " in again.stdout


def test_a_decision_is_kept_with_the_figures_and_the_revision(month: Path) -> None:
    digest = approval.digest(MONTH)
    approval.record(MONTH, approval.Decision("binh", "34 looks odd"), False)
    publish.publish(MONTH, Decision("anna", "it is right", True, digest))
    approval.record(MONTH, approval.Decision("anna", "it is right", figures_digest=digest), True)
    assert publish.publish(MONTH, Decision("chi", "again", True)) is None
    approval.record(MONTH, approval.Decision("chi", "again"), True)
    columns = "is_approved, revision_number, decided_by, comment, figures_digest"
    found = [tuple(row.values()) for row in query(f"select {columns} from ops.decision order by decision_number")]
    assert found == [(False, None, "binh", "34 looks odd", digest), (True, 1, "anna", "it is right", digest)]
    with pytest.raises(Misdeclared, match="somebody who publishes it, and a reason"):
        approval.record(MONTH, approval.Decision("anna", " "), False)
    with pytest.raises(Misdeclared, match="has no draft"):
        approval.record("2023-05", approval.Decision("anna", "no"), False)


def test_a_draft_that_changed_after_it_was_decided_on_is_not_published(month: Path) -> None:
    decided = Decision("anna", "it is right", True, approval.digest(MONTH))
    with warehouse.transaction() as connection:
        gone = "update ops.treasury_month set treasury_state = 'refused' where treasury_id ="
        whose = f"(select treasury_id from core.dim_treasury where treasury_code = '{CODE}')"
        connection.execute(sa.text(f"{gone} {whose}"))
    steps.rate(MONTH)
    with pytest.raises(Unfit, match="made anew after it was decided on") as caught:
        publish.publish(MONTH, decided)
    assert caught.value.next_action.startswith("answer the newer question")
    assert query("select * from score.revision where revision_number > 0") == []
