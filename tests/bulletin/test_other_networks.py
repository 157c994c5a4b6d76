"""Two networks unlike KBNN look right: 12 offices with six levels and unanswered questions, 700 with one question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import html5lib
import numpy as np
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser

from tests.lib import kept
from tests.lib.browser import ON_A_TELEPHONE
from tests.lib.command_line import hailong
from tests.lib.other_networks import MONTH, NO_ANSWER, ONE_QUESTION, SIX_LEVELS, Kind, begin

pytestmark = pytest.mark.deep
KINDS = [
    pytest.param(SIX_LEVELS, id="six levels"),
    pytest.param(ONE_QUESTION, id="700 offices", marks=pytest.mark.thorough),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.timeout(900)
def test_a_network_is_rated_as_counted_by_hand_and_its_bulletin_looks_right(
    kind: Kind, fresh_warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chromium: Browser
) -> None:
    kept.enter(monkeypatch, fresh_warehouse, tmp_path)
    monkeypatch.setenv("HAILONG_CONNECTIONS", str(begin(kind, tmp_path / "mine")))
    month, config = str(MONTH), ("--config", str(tmp_path / "mine" / "config"))
    run = hailong(*config, "run", month)
    assert (run.exit_code, f"{kind.offices} of {kind.offices} treasuries are in" in run.stderr) == (0, True), run.stderr

    ranking = json.loads(hailong(*config, "ranking", month, "--draft", "--format", "json").stdout)
    assert {row["treasury_code"]: counts(row) for row in ranking} == by_hand(kind)
    ranked = [row for row in ranking if row["rank"]]
    assert len(ranked) == kind.offices
    assert all(1 <= row["rank_low"] <= row["rank"] <= row["rank_high"] <= kind.offices for row in ranked)

    made = hailong(*config, "bulletin", month, "--lang", "vi")
    assert made.exit_code == 0, made.stderr
    index = Path(made.stdout.strip())
    page = html5lib.parse(index.read_text("utf-8"), namespaceHTMLElements=False)
    (table,) = [one for one in page.iter("table") if one.get("id") == "treasuries"]
    assert len(table.findall("tbody/tr")) == kind.offices
    drawn = [one.get("data-chart") for one in page.iter() if one.get("data-chart")]
    assert [name for name in drawn if name.startswith("map")] == []  # no tile grid is declared
    sheet = load_workbook(index.parent / "bulletin.xlsx", read_only=True).worksheets[0]
    assert {row[1] for row in sheet.iter_rows(values_only=True)} >= set(kind.codes())

    last = index.parent / f"treasury-{kind.codes()[-1]}.vi.html"
    telephone = chromium.new_page(viewport={"width": 390, "height": 800})
    for file in (index, last):
        telephone.goto(file.as_uri())
        seen = telephone.evaluate(ON_A_TELEPHONE)
        assert (seen["sideways"], seen["apart"]) == ([], [])
        assert [chart for chart in seen["charts"] if not chart["fits"] or chart["cut"]] == []
    telephone.close()


def counts(row: dict[str, Any]) -> tuple[int, int, int]:
    """Responses, answers and satisfied answers of a row of the ranking."""
    return row["response_count"], row["answer_count"], row["satisfied_count"]


def by_hand(kind: Kind) -> dict[str, tuple[int, int, int]]:
    """The same from what was written; a response without any answer does not count."""
    answers = kind.answers()
    answered, satisfied = answers != NO_ANSWER, np.isin(answers, kind.satisfied)
    rows = zip(answered.any(axis=2).sum(axis=1), answered.sum(axis=(1, 2)), satisfied.sum(axis=(1, 2)), strict=True)
    return dict(zip(kind.codes(), ((int(n), int(m), int(k)) for n, m, k in rows), strict=True))
