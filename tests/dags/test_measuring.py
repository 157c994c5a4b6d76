"""Measuring: the lineage, the metrics and the log lines of a real run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl import settings
from etl.demo import airflow as own_airflow
from tests.lib.watched import MONTH, Run, Watched

pytestmark = pytest.mark.timeout(900)
IN = "34"
PAGE = Path(__file__).parents[2] / "docs" / "measuring.md"
OURS = ("hailong", "etl.")
QUIET = """
import sys
sys.path.insert(0, sys.argv[1])
import measuring
planned = {"month": "2023-07", "treasury_codes": ["34"]}
measuring.bind(month="2023-07")
measuring.landed(planned, "34", None, {"landing_seconds": 1.5})
measuring.admitted(planned, [{"treasury_state": "loaded", "read_count": 1, "loaded_count": 1, "turned_away_count": 0}])
measuring.rated(planned, {"open_count": 1, "loaded_count": 1, "month_status": "final"})
assert not [name for name in sys.modules if name.startswith(("openlineage", "statsd", "etl.operation"))]
"""


def test_the_lineage_leads_from_a_treasury_s_tables_to_the_marts(watched: Watched, july: Run) -> None:
    land, admit, score = (edges(july, task) for task in ("land", "admit", "score"))
    tables = {source for source, _ in land}
    assert {name for _, name in tables} == {
        f"treasury_{IN}.public.{table}" for table in ("treasury", "survey_response", "survey_answer")
    }
    assert len({namespace for namespace, _ in tables}) == 1
    assert next(iter(tables))[0].startswith("postgres://127.0.0.1:")
    landing = {target for _, target in land}
    assert landing == {source for source, _ in admit}
    assert [name.rpartition("/landing/")[2] for _, name in landing] == [f"{MONTH}/{IN}"]
    (core,) = {target for _, target in admit}
    assert core[1] == "hailong.core.fact_response"
    assert core in {source for source, _ in score}
    assert "hailong.mart.treasury_ranking" in {name for _, (_, name) in score}


def edges(run: Run, task: str) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    """From where to where a task of a run moved data."""
    events = [event for event in run.events if event["job"]["name"] == f"{own_airflow.DAG}.{task}"]

    def names(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
        return [(one["namespace"], one["name"]) for one in found]

    return {
        (source, target) for event in events for source in names(event["inputs"]) for target in names(event["outputs"])
    }


def test_the_page_names_every_metric_of_ours_with_what_it_counts(watched: Watched, july: Run) -> None:
    named = set(re.findall(r"`(hailong\.[\w.]+)`", PAGE.read_text("utf-8")))
    sent = metrics(july)
    assert set(sent) == named
    (row,) = july.counts
    assert row["read_count"] > 0
    for what in ("read", "loaded", "turned_away"):
        assert sent[f"hailong.rows.{what}"] == [(float(row[f"{what}_count"]), "c")]
    assert sent["hailong.month.treasuries_open"] == [(63.0, "g")]
    assert sent["hailong.month.treasuries_in"] == [(1.0, "g")]
    assert sent["hailong.month.treasuries_missing"] == [(62.0, "g")]
    assert sent["hailong.month.final"] == [(0.0, "g")]
    ((took, kind),) = sent["hailong.treasury.land_duration"]
    assert (0 < took < 600_000, kind) == (True, "ms")


def metrics(run: Run) -> dict[str, list[tuple[float, str]]]:
    """Our metrics of a run: the values that were sent, with their types."""
    found: dict[str, list[tuple[float, str]]] = {}
    for line in run.metrics:
        name, _, said = line.partition(":")
        if name.startswith("airflow.hailong."):
            value, kind = said.split("|")[:2]
            found.setdefault(name.removeprefix("airflow."), []).append((float(value), kind))
    return found


def test_every_line_that_our_code_logs_says_of_which_run_month_and_treasury(watched: Watched, july: Run) -> None:
    lines = [line for line in log(watched, july.run_id, "land") if line["logger"].startswith(OURS)]
    assert {line["treasury"] for line in lines} == {"19", "48"}
    for line in lines:
        assert (line["run_id"], line["month"], line["task_id"]) == (july.run_id, MONTH, "land")
        assert line["event"].startswith(line["treasury"])
    others = [line for line in log(watched, july.run_id, "*") if line["logger"].startswith(OURS)]
    assert all(line["run_id"] == july.run_id for line in others)


def test_the_log_of_a_treasury_that_could_not_be_read_ends_with_why_and_what_to_do(watched: Watched, july: Run) -> None:
    files = [file for file in logs(watched, july.run_id) if "task_id=land" in file.parts]
    wrong = [[line for line in lines_of(file) if line["level"] == "error"] for file in files]
    ends = [lines[-1]["event"] for lines in wrong if lines]
    assert (
        len([line for line in ends if re.search(r"^(19|48) KBNN .* → \S", line)]) == len(ends) == 8
    )  # three tries each


def log(watched: Watched, run_id: str, task: str) -> Iterator[dict[str, Any]]:
    """The lines that the instances of a task of a run wrote."""
    for file in logs(watched, run_id):
        if task in ("*", file.relative_to(watched.access.logs).parts[2].partition("=")[2]):
            yield from lines_of(file)


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a log file."""
    return map(json.loads, file.read_text("utf-8").splitlines())


def logs(watched: Watched, run_id: str) -> list[Path]:
    """The log files of a run."""
    return sorted((watched.access.logs / f"dag_id={own_airflow.DAG}" / f"run_id={run_id}").rglob("*.log"))


def test_nothing_about_a_person_is_in_what_a_run_sends_and_logs(
    watched: Watched, july: Run, estate: dict[str, str]
) -> None:
    branch = sa.make_url(watched.branches).set(database=f"treasury_{IN}")
    persons: set[str] = set()
    with sa.create_engine(branch, poolclass=sa.NullPool).connect() as connection:
        for column in ("comment", "officer_code", "respondent_ref"):
            found = connection.scalars(sa.text(f"select distinct {column} from survey_response where {column} > ''"))
            persons |= set(found)
    assert len(persons) > 100
    passwords = {str(sa.make_url(url).password) for url in estate.values()}
    files = logs(watched, july.run_id)
    assert len(files) > 9
    said = "\n".join(file.read_text("utf-8") for file in files) + "\n".join(july.metrics)
    said += json.dumps(july.events, ensure_ascii=False) + "\n".join(call["text"] for call in july.calls)
    assert [one for one in persons | passwords if one in said] == []


def test_without_a_transport_and_a_host_nothing_is_loaded_to_measure(tmp_path: Path) -> None:
    plain = {name: value for name, value in settings.environment().items() if not name.startswith("AIRFLOW_")}
    done = subprocess.run(
        [sys.executable, "-c", QUIET, str(settings.DAGS / "plugins")],
        env={**plain, "AIRFLOW_HOME": str(tmp_path)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
