"""A network whose truth is known, through the command line: intervals and sets of ranks hold what they promise."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from benchmarks.coverage.made_up import Network
from etl import settings
from etl.periods import SurveyMonth
from etl.registry import Registry
from tests.lib.command_line import hailong

pytestmark = pytest.mark.deep

MONTH, SEED = SurveyMonth(2023, 7), 16
ALIKE = Network.alike(0.98, 30)
"""63 offices of 30 responses at a true 98 %, whose answers cluster as the demo's do."""
QUERY = """\
-- what: a made-up office that keeps one row per response, in the contract's columns
-- grain: response
-- params: month_start, month_end
-- reads: office, feedback
-- counts: feedback
-- time: answered_at
-- key: id
select
    cast(f.id as text) as response_key,
    (select o.code from office as o) as treasury_code,
    f.answered_at as submitted_at,
    null as unit_code,
    null as officer_code,
    null as procedure_code,
    null as channel_code,
    null as respondent_type_code,
    null as respondent_ref,
    'false' as harassment_reported,
    null as comment,
    f.answers
from feedback as f
where f.answered_at >= :month_start and f.answered_at < :month_end
"""
SCHEMA = """
create table office (code text primary key);
create table feedback (id integer primary key, answered_at text not null, answers text not null);
create index feedback_by_time on feedback (answered_at);
"""


@pytest.fixture
def network(fresh_warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The 63 treasuries, each with a SQLite database of made-up answers, and an empty warehouse."""
    config = Path(shutil.copytree(settings.read().config, tmp_path / "config"))
    declared = config / "treasuries.yaml"
    declared.write_text(declared.read_text("utf-8").replace("source: answer_rows", "source: made_up"), "utf-8")
    (config / "source").mkdir()
    (config / "source" / "made_up.sqlite.sql").write_text(QUERY, "utf-8")
    monkeypatch.setenv("HAILONG_CONFIG", str(config))
    registry = Registry.configured()
    criteria = [criterion.code for criterion in registry.questionnaire_in(MONTH).criteria]
    codes = [treasury.code for treasury in registry.treasuries_in(MONTH)]
    connections = tmp_path / "connections.yaml"
    satisfied = ALIKE.responses(np.random.default_rng(SEED))
    assert (len(codes), len(criteria)) == (len(satisfied), ALIKE.answers)
    chance = np.random.default_rng(SEED)
    lines = []
    for code, counts in zip(codes, satisfied, strict=True):
        rows = [_row(number, criteria, chance.permutation(len(criteria)) < k) for number, k in enumerate(counts)]
        lines.append(f"treasury_{code}: sqlite:///{_database(tmp_path / f'{code}.sqlite', code, rows)}\n")
    connections.write_text("".join(lines), "utf-8")
    monkeypatch.setenv("HAILONG_CONNECTIONS", str(connections))


def _row(number: int, criteria: list[str], is_satisfied: np.ndarray) -> tuple[str, str]:
    """When a customer answered, and what: satisfied at level 4 or 5, or else at level 3."""
    levels = [4 + (number + place) % 2 if satisfied else 3 for place, satisfied in enumerate(is_satisfied)]
    answers = "|".join(f"{criterion}={level}" for criterion, level in zip(criteria, levels, strict=True))
    return f"2023-07-{number % 28 + 1:02d} 09:{number:02d}:00", answers


def _database(path: Path, code: str, rows: list[tuple[str, str]]) -> Path:
    """An office's database."""
    database = sqlite3.connect(path)
    with database:
        database.executescript(SCHEMA)
        database.execute("insert into office values (?)", (code,))
        database.executemany("insert into feedback (answered_at, answers) values (?, ?)", rows)
    database.close()
    return path


@pytest.mark.usefixtures("network")
def test_of_63_offices_of_30_responses_at_98_percent_59_intervals_hold_the_truth_and_no_set_leaves_one_out() -> None:
    done = hailong("run", str(MONTH))
    assert done.exit_code == 0, done.stderr
    ranking = json.loads(hailong("ranking", str(MONTH), "--format", "json").stdout)
    assert {(row["response_count"], row["answer_count"]) for row in ranking} == {(30, 660)}
    held = [float(row["rate_low"]) <= 0.98 <= float(row["rate_high"]) for row in ranking]
    assert (len(held), sum(held) >= 59) == (63, True), f"{sum(held)} of {len(held)}"
    # the offices are truly equal: each may have every rank
    assert {(row["rank_low"], row["rank_high"]) for row in ranking} == {(1, 63)}
    assert {row["tie_group"] for row in ranking} == {1}
    # and chance alone moved the rates
    assert len({row["satisfied_count"] for row in ranking}) > 10
