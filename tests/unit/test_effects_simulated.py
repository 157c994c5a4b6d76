"""How often a measured effect is right: a small sample, and the table that is shipped."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.effects import page
from benchmarks.effects.__main__ import Setting, looked_at, settings, short, the_rule
from benchmarks.effects.made_up import Trial, drawn

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "benchmarks/results/effects.csv"
PAGES = ("actions.md", "actions.vi.md")


def test_the_worst_gain_with_nothing_done_and_no_effect_is_found() -> None:
    found = looked_at(Setting("officer", Trial(400, 30, because_bad=True)), 240)
    assert found["naive_mean"] > 0.03
    assert abs(found["found_mean"]) < 4 * found["half_width"] / 1.96 / np.sqrt(found["measured"])
    assert found["held"] > 0.95 - 3 * np.sqrt(0.95 * 0.05 / found["measured"])
    assert max(found["helped"], found["worse"]) < 0.025 + 3 * np.sqrt(0.025 / 240)


def test_a_true_effect_is_found_where_there_are_enough_answers() -> None:
    found = looked_at(Setting("unit", Trial(200, 400, because_bad=True, effect=0.1)), 60)
    assert found["helped"] > 0.4
    assert found["worse"] == 0
    assert found["found_mean"] == pytest.approx(found["true_mean"], abs=0.02)


def test_customers_who_come_back_count_for_less() -> None:
    once, back = (drawn(Trial(200, 100, returning=way), np.random.default_rng(3)) for way in (False, True))
    assert once["before_count"].mean() > 95
    assert back["before_count"].mean() < 80


def test_in_every_setting_the_interval_holds_as_often_as_it_says() -> None:
    figures = pd.read_csv(FIGURES)
    assert len(figures) == len(list(settings()))
    assert short(figures) == []
    assert len(short(figures.assign(held=0.8))) == len(figures)


def test_nothing_is_said_falsely_more_often_than_the_level_allows() -> None:
    none = pd.read_csv(FIGURES).query("effect == 0")
    assert none[["helped", "worse"]].max().max() <= (1 - the_rule().level) / 2 + 0.01
    assert none["found_mean"].abs().max() < 0.03


def test_the_pages_show_the_table_of_the_figures(tmp_path: Path) -> None:
    copies = tuple(Path(shutil.copy(ROOT / "docs" / name, tmp_path / name)) for name in PAGES)
    page.write(copies, pd.read_csv(FIGURES))
    for copy in copies:
        assert copy.read_text("utf-8") == (ROOT / "docs" / copy.name).read_text("utf-8")
        assert copy.read_text("utf-8").count(page.MARK) == 1
