"""Drift: what changed in the shape of a treasury's database is told, and refuses only what cannot be read any more."""

from __future__ import annotations

import datetime as dt
import json
import logging
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from etl import settings
from etl.errors import Refused
from etl.operation import look_back, steps
from etl.warehouse import embedded
from tests.lib.cases import first
from tests.lib.command_line import hailong
from tests.lib.months import query, run_month

MONTH, CODE = "2023-07", "34"
NAMED = "34 KBNN Thái Bình, 2023-07"


@pytest.fixture
def branch(
    state: Any, estate: dict[str, str], fresh_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[sa.Engine]:
    """A copy of one treasury's database, read once, that a test may alter."""
    name = f"branch_{secrets.token_hex(4)}"
    server = sa.create_engine(embedded.url(state, "branches"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template treasury_{CODE}")
    url = sa.make_url(embedded.url(state, "branches", name))
    monkeypatch.setenv(f"AIRFLOW_CONN_TREASURY_{CODE}", url.render_as_string(hide_password=False))
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("alter table survey_response add column till integer")  # nobody reads it
    run_month(MONTH, [CODE])
    assert drifted() == []
    yield engine
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")


def drifted() -> list[tuple[Any, ...]]:
    """What ``ops.drift`` says, in the order in which it was found."""
    names = "table_name, column_name, drift_kind, from_type, to_type"
    return [tuple(row.values()) for row in query(f"select {names} from ops.drift order by found_at, column_name")]


def treasury_state() -> dict[str, Any]:
    """How the treasury's month came in, as ``hailong status`` tells other programs."""
    rows = json.loads(hailong("status", MONTH, "--format", "json").stdout)
    return dict(next(row for row in rows if row["treasury_code"] == CODE))


class Change(NamedTuple):
    """What the office does to its tables, what is found, and how ``hailong status`` says it."""

    does: str
    found: list[tuple[str, str, str, str | None, str | None]]
    said: str


# fmt: off
HARMLESS = [
    Change("alter table survey_answer add column remark text",
           [("survey_answer", "remark", "new", None, "text")],
           "survey_answer.remark new (text)"),
    Change("alter table survey_response drop column till",
           [("survey_response", "till", "missing", "integer", None)],
           "survey_response.till missing (was integer)"),
    Change("alter table survey_answer alter column score type text",
           [("survey_answer", "score", "retyped", "smallint", "text")],
           "survey_answer.score retyped (smallint → text)"),
]

HARMFUL = [
    Change("alter table survey_answer drop column score",
           [("survey_answer", "score", "missing", "smallint", None)],
           "column score of survey_answer is missing now (was smallint)"),
    Change("alter table survey_answer rename column score to points",
           [("survey_answer", "points", "new", None, "smallint"),
            ("survey_answer", "score", "missing", "smallint", None)],
           "column score of survey_answer is missing now (was smallint)"),
    Change("alter table survey_response alter column submitted_at type boolean using true",
           [("survey_response", "submitted_at", "retyped", "timestamp with time zone", "boolean")],
           "column submitted_at of survey_response is boolean now (was timestamp with time zone)"),
]
# fmt: on


@pytest.mark.parametrize("change", first(1, HARMLESS, "thorough"), ids=lambda change: change.found[0][2])
@pytest.mark.deep
def test_drift_that_hurts_nothing_is_told_and_the_treasury_is_in(
    branch: sa.Engine, change: Change, caplog: pytest.LogCaptureFixture
) -> None:
    before = query("select md5(string_agg(f::text, '|' order by response_key)) from core.fact_response as f")
    with branch.begin() as connection:
        connection.exec_driver_sql(change.does)
    with caplog.at_level(logging.WARNING, "hailong"):
        planned = run_month(MONTH, [CODE])
    assert drifted() == change.found
    assert [f"{NAMED}: column {change.found[0][1]} of {change.found[0][0]} is" in text for text in caplog.messages]
    said = treasury_state()
    assert (said["treasury_state"], said["drift"]) == ("loaded", change.said)
    assert query("select md5(string_agg(f::text, '|' order by response_key)) from core.fact_response as f") == before
    page = steps.report(planned).read_text("utf-8")
    assert "Sources that changed their shape" in page
    assert ".".join(change.found[0][:2]) in page
    shapes = query("select s.shape from ops.drift as d join ops.source_shape as s on d.treasury_id = s.treasury_id"
                   " and s.shape_digest in (d.from_shape_digest, d.shape_digest)")  # fmt: skip
    assert len(shapes) == 2

    run_month(MONTH, [CODE])  # what was told once is how it is now
    assert drifted() == change.found
    assert treasury_state()["drift"] is None


@pytest.mark.parametrize("change", first(1, HARMFUL), ids=["dropped", "renamed", "retyped"])
def test_a_query_that_fails_names_the_column_that_hurts_until_it_is_mended(branch: sa.Engine, change: Change) -> None:
    core = query("select count(*) as n from core.fact_response")
    with branch.begin() as connection:
        connection.exec_driver_sql(change.does)
    for _ in range(2):  # it goes on being compared with the last landing
        planned = steps.plan(MONTH, [CODE])
        with pytest.raises(Refused) as caught:
            steps.land(planned, CODE)
        assert caught.value.message.startswith(f"{NAMED}: ")
        assert change.said in caught.value.message
        said = treasury_state()
        assert (said["treasury_state"], change.said in said["error_message"]) == ("refused", True)
        assert all(name in said["drift"] for _, name, *_ in change.found)
    assert drifted() == change.found * 2
    assert query("select count(*) as n from core.fact_response") == core


def test_a_month_that_cannot_be_read_again_names_the_column_that_hurts(branch: sa.Engine) -> None:
    with branch.begin() as connection:
        connection.exec_driver_sql(HARMFUL[0].does)
    planned = steps.plan("2023-08", [CODE], moment=dt.datetime(2023, 9, 2, tzinfo=dt.UTC))
    (back,) = look_back.run(planned)
    assert (back.month, [HARMFUL[0].said in error.message for error in back.errors]) == (MONTH, [True])
    assert drifted() == []  # it is for the month itself to note


@pytest.mark.deep
def test_a_table_that_is_gone_is_named_by_its_columns(branch: sa.Engine) -> None:
    with branch.begin() as connection:
        connection.exec_driver_sql("alter table survey_answer rename to answers_2023")
    with pytest.raises(Refused, match="column criterion_code of survey_answer is missing now"):
        steps.land(steps.plan(MONTH, [CODE]), CODE)


@pytest.mark.deep
def test_running_the_same_plan_again_notes_drift_once(branch: sa.Engine) -> None:
    with branch.begin() as connection:
        connection.exec_driver_sql("alter table survey_answer add column remark text")
    planned = steps.plan(MONTH, [CODE])
    for _ in range(2):  # a task that is cleared lands again in the same run
        steps.land(planned, CODE)
    assert drifted() == HARMLESS[0].found


@pytest.mark.deep
def test_a_table_that_the_query_names_in_vain_is_noticed(
    branch: sa.Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = tmp_path / "config"
    shutil.copytree(settings.read().config, config)
    shipped = settings.SQL / "source" / "answer_rows.postgresql.sql"
    (config / "source").mkdir()
    text = shipped.read_text("utf-8")
    (config / "source" / shipped.name).write_text(text.replace("-- reads: ", "-- reads: gone, other.gone, "), "utf-8")
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    run_month(MONTH, [CODE])
    named = "named by -- reads:"
    assert drifted() == [("gone", "*", "missing", named, None), ("other.gone", "*", "missing", named, None)]
    state = treasury_state()
    assert (state["treasury_state"], state["drift"]) == (
        "loaded", f"gone.* missing (was {named}), other.gone.* missing (was {named})",
    )  # fmt: skip
    assert f"{NAMED}: table gone is named by -- reads: and is not there, or not for our role to see" in caplog.text
    assert dt.datetime.fromisoformat(state["snapshot_at"]) <= dt.datetime.now(dt.UTC)
