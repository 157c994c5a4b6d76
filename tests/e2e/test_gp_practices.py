"""Another network, by configuration only: ten months of 11 GP practices come out as they were counted by hand."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl import registry, warehouse
from etl.operation import steps
from etl.periods import SurveyMonth
from etl.registry import rule_sets
from tests.lib.command_line import hailong
from tests.lib.months import run_month

PROJECT = Path(__file__).resolve().parents[2]
EXAMPLE = PROJECT / "examples" / "gp_practices"
README = (EXAMPLE / "README.md").read_text("utf-8")

# fmt: off
MONTHS = [
    # month   | satisfied | answers | practices without answers
    ("2023-07",   101,        102,      10),
    ("2023-08",    93,         99,      10),
    ("2023-09",   105,        109,      10),
    ("2023-10",    94,         99,      10),
    ("2023-11",    41,         42,      10),
    ("2023-12",   127,        152,      10),
    ("2024-01",    72,         76,       8),
    ("2024-02",  1687,       1876,       0),
    ("2024-03",  1141,       1263,       0),
    ("2024-04",    56,         64,       1),
]

PRACTICES = [
    # practice               | satisfied | answers, of all ten months
    ("royal_hospital_chelsea",   103,        104),
    ("earls_court_surgery",     1193,       1270),
    ("violet_melchett",          537,        658),
]

FEBRUARY = [
    # rank | practice                | grade | satisfied | answers; three have too few answers for a place
    (1,     "royal_hospital_chelsea", "a",        86,       87),
    (2,     "chelsea",                "a",       336,      353),
    (3,     "earls_court_surgery",    "b",       419,      445),
    (4,     "emperors_gate",          "b",        74,       82),
    (5,     "stanhope_mews_west",     "c",       252,      283),
    (6,     "knightsbridge",          "c",        31,       35),
    (7,     "scarsdale",              "c",       120,      140),
    (8,     "violet_melchett",        "c",       358,      440),
    (None,  "abingdon",               None,        3,        3),
    (None,  "earls_court_medical",    None,        5,        5),
    (None,  "good_practice",          None,        3,        3),
]
# fmt: on


def query(sql: str) -> list[dict[str, Any]]:
    """The rows of a query; the views show the drafts of what is not published."""
    with warehouse.transaction() as connection:
        warehouse.show(connection, "latest")
        return [dict(row) for row in connection.execute(sa.text(sql)).mappings()]


@pytest.fixture
def practices(fresh_warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example as its README makes it, and an empty warehouse."""
    script = [sys.executable, str(EXAMPLE / "make_databases.py"), str(tmp_path / "practices")]
    subprocess.run(script, check=True, capture_output=True)
    monkeypatch.setenv("HAILONG_WORKERS", "1")  # so few answers take longer to share out than to load
    monkeypatch.setenv("HAILONG_CONFIG", str(EXAMPLE / "config"))
    monkeypatch.setenv("HAILONG_CONNECTIONS", str(tmp_path / "practices" / "connections.yaml"))


@pytest.mark.usefixtures("practices")
@pytest.mark.thorough
def test_ten_months_come_out_as_they_were_counted_by_hand() -> None:
    for month, *_ in MONTHS:
        assert steps.verdict(run_month(month)) == []

    months = query(
        """
        select to_char(r.survey_month, 'YYYY-MM') as month, r.satisfied_count, r.answer_count,
            m.open_count - count(*) filter (where t.treasury_state = 'loaded') as silent_count
        from score.rating as r
        join ops.survey_month as m on r.survey_month = m.survey_month and m.month_status = 'final'
        join mart.treasury_ranking as t on r.survey_month = t.survey_month
        where r.area_level = 'system' and r.breakdown = 'total'
        group by r.survey_month, r.satisfied_count, r.answer_count, m.open_count
        order by r.survey_month
        """
    )
    assert [tuple(row.values()) for row in months] == MONTHS

    sums = query(
        """
        select treasury_code, sum(satisfied_count) as satisfied_count, sum(answer_count) as answer_count
        from mart.treasury_ranking
        group by treasury_code
        order by 1.0 * sum(satisfied_count) / sum(answer_count) desc
        """
    )
    found = [tuple(row.values()) for row in sums]
    assert set(PRACTICES) <= set(found)
    assert (len(found), found[0], found[-1]) == (11, PRACTICES[0], PRACTICES[-1])

    silent = query(
        """
        select distinct response_count, satisfaction_rate, satisfaction_pct, rate_low, rate_high, grade_code,
            rank, ranked_count, footnote_codes, month_status
        from mart.treasury_ranking
        where treasury_state != 'loaded' or answer_count = 0
        """
    )
    nothing = dict.fromkeys(
        ("satisfaction_rate", "satisfaction_pct", "rate_low", "rate_high", "grade_code", "rank", "ranked_count")
    )
    assert silent == [{"response_count": 0, **nothing, "footnote_codes": ["no_data"], "month_status": "final"}]
    assert query("select * from ops.turned_away") == []


@pytest.mark.usefixtures("practices")
def test_the_commands_of_the_readme_print_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    said = ""
    for command in ("run 2024-02", "ranking 2024-02"):
        line = f"hailong --config examples/gp_practices/config {command}"
        assert line in README
        done = hailong(*line.split()[1:])
        assert done.exit_code == 0, done.stderr
        said += done.stdout + done.stderr

    printed = [line.split("Validation page")[0].strip() for line in said.splitlines()]
    shown = [line for line in printed if line and "━" not in line]
    assert len(shown) == 3 + 1 + len(FEBRUARY)  # what is said, the heading, the practices
    assert [line for line in shown if line not in README] == []

    rows = query("select * from mart.treasury_ranking order by rank nulls last, treasury_code")
    names = ("rank", "treasury_code", "grade_code", "satisfied_count", "answer_count")
    assert [tuple(row[name] for name in names) for row in rows] == FEBRUARY
    assert {row["rule_set_code"] for row in rows} == {"friends-family-2023-01"}
    assert {tuple(row["footnote_codes"]) for row in rows if row["rank"] is None} == {("small_n",)}


@pytest.mark.usefixtures("practices")
def test_a_practice_that_cannot_be_read_is_missing_with_its_reason_and_the_others_are_rated(tmp_path: Path) -> None:
    files = tmp_path / "practices"
    (files / "abingdon.sqlite").unlink()
    with sqlite3.connect(files / "chelsea.sqlite") as database:
        database.execute("alter table feedback rename to friends_and_family")
    database.close()
    shutil.copy(files / "stanhope_mews_west.sqlite", files / "scarsdale.sqlite")

    missing = {row["treasury_code"]: row for row in steps.verdict(run_month("2024-02"))}

    assert {code: row["treasury_state"] for code, row in missing.items()} == {
        "abingdon": "unavailable",
        "chelsea": "refused",
        "scarsdale": "refused",
    }
    assert "abingdon.sqlite" in missing["abingdon"]["error_message"]
    assert "no such table: feedback" in missing["chelsea"]["error_message"]
    assert "own_answers" in missing["scarsdale"]["error_message"]
    ranked = query("select treasury_code from mart.treasury_ranking where rank is not null order by rank")
    assert [row["treasury_code"] for row in ranked] == [
        code for rank, code, *_ in FEBRUARY if rank and code not in missing
    ]
    (month,) = query("select month_status, open_count, loaded_count from ops.survey_month")
    assert month == {"month_status": "provisional", "open_count": 11, "loaded_count": 8}


def test_the_configuration_names_each_practice_and_each_label_of_the_answers() -> None:
    here, july = registry.load(EXAMPLE / "config"), SurveyMonth(2023, 7)
    with (EXAMPLE / "answers.csv").open(encoding="utf-8", newline="") as file:
        answers = list(csv.DictReader(file))
    assert len(answers) == sum(row[2] for row in MONTHS) == 3882
    assert {row["practice"] for row in answers} == {treasury.name_en for treasury in here.treasuries_in(july)}
    known = here.questionnaire_in(july).level_of_label
    assert Counter(known[row["rating"]] for row in answers) == {5: 2616, 4: 901, 3: 181, 2: 94, 1: 71, 0: 19}
    assert not rule_sets.in_force(here.path, july).admission.answers_due
