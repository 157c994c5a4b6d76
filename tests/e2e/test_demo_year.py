"""The year of the demo, as its command makes it: what is said of each office is held against what is true of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.demo import year
from tests.lib.command_line import Result, hailong
from tests.lib.months import query

SIZE = ("--treasuries", str(year.FEWEST_TREASURIES))
ACTED = {*year.HELPED, *year.IN_VAIN}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Result]:
    """What the command said of the year; with servers of its own, in a directory that another user may enter."""
    for name in [name for name in os.environ if name.startswith(("HAILONG_", "AIRFLOW_"))]:
        monkeypatch.delenv(name)
    with tempfile.TemporaryDirectory(prefix="hailong-") as state:
        monkeypatch.setenv("HAILONG_STATE", state)
        yield hailong("demo", "--year", *SIZE)
        hailong("down")


@pytest.mark.thorough
@pytest.mark.timeout(1_200)
def test_the_year_of_the_demo_says_what_is_true(made: Result) -> None:
    assert made.exit_code == 0, made.stderr
    rows = query(f"select * from mart.effect where period_code = '{year.LAST}' order by action_date desc")
    late, *_ = rows
    assert (late["treasury_code"], late["verdict"], late["reason"]) == ("34", "cannot_tell", "too_few_months")
    effect = {row["treasury_code"]: row for row in rows if row["action_date"] == year.TRAINED_ON}
    assert set(effect) == ACTED
    for code, row in effect.items():
        true = year.EFFECT_POINTS / 100 if code in year.HELPED else 0
        assert row["effect_low"] <= true <= row["effect_high"], code
        assert row["verdict"] in {"cannot_tell", "helped" if true else "no_effect"}, code
    found = {code for code, row in effect.items() if row["verdict"] == "helped"}
    assert found == set(year.HELPED) - {year.SMALL}
    pages = next(Path(line.split()[1]) for line in made.stdout.splitlines() if line.startswith("bulletin:")).parent
    for code in (*ACTED, *year.IDLE):
        text = (pages / f"treasury-{code}.vi.html").read_text("utf-8")
        assert ("<strong>có tác dụng</strong>" in text) == (code in found), code
    assert (pages / "conference-34.vi.pdf").read_bytes().startswith(b"%PDF")
    assert hailong("verify", str(year.LAST)).exit_code == 0
    again = hailong("demo", "--year", *SIZE)
    assert "in an empty directory" in again.stderr
