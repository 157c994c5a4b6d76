"""A year in which offices act: what is said of each is held against what is true of it.

Nine of eighteen offices have a bad month. Three of them hold a training that helps, three one that does not, and three
do nothing: what comes back by itself is nobody's merit.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from etl import settings
from etl.acting import records
from etl.publishing import verify
from etl.reports.bulletin import page, reading, what_was_done
from etl.reports.bulletin.paper import conference
from etl.reports.words import ENGLISH, VIETNAMESE
from tests.lib.attack import landed, made
from tests.lib.kept import Copy, Kept
from tests.lib.months import query

MONTHS = [f"2023-{number:02}" for number in range(2, 10)]
SHAPE = made.Shape(regions=2, treasuries=9, units=1, factors=(2, 2), procedures=1, channels=1, types=1, skipped=0)
CODES = [f"{region}{number}" for region in (1, 2) for number in range(1, 10)]
HELPED, IN_VAIN, IDLE = ("11", "12", "13"), ("14", "15", "16"), ("17", "18", "19")
SMALL = "13"
"""Helped as the others are; too few answer for anybody to see it."""
SIZE, FEW = 300, 8
ACTED_ON, BAD_MONTH, LAST = dt.date(2023, 6, 14), "2023-05", "2023-09"
LEVEL, BAD, EFFECT = 0.84, -0.06, 0.09


def satisfied(code: str, month: str) -> float:
    """How likely an answer is satisfied: what is true."""
    share = LEVEL + 0.004 * (CODES.index(code) % 5 - 2)
    if month == BAD_MONTH and code in (*HELPED, *IN_VAIN, *IDLE):
        share += BAD
    if code in HELPED and month > f"{ACTED_ON:%Y-%m}":
        share += EFFECT
    return share


def answers(month: str) -> pd.DataFrame:
    """The responses of a month."""
    names, parts = list(made.factors(SHAPE)), []
    for place, code in enumerate(CODES):
        random = np.random.default_rng([2023, int(month[-2:]), place])
        size = FEW if code == SMALL else SIZE
        one = made.people(SHAPE, {(f"{code}/1", "c1"): size}, 0).assign(region=f"R{code[0]}")
        mood = random.beta(*(8 * share for share in (satisfied(code, month), 1 - satisfied(code, month))), (size, 1))
        one[names] = np.where(random.random((size, len(names))) < mood, 5, 2)
        parts.append(one)
    return pd.concat(parts, ignore_index=True)


def network(directory: Path) -> Path:
    """Two regions of nine offices, with the shipped rule of effects."""
    config = directory / "config"
    shipped = settings.read().config
    landed.declare(config, SHAPE, {})
    shutil.copytree(shipped / "effects", config / "effects")
    return config


def year() -> None:
    """The months until three have passed after the trainings, published one after the other."""
    for month in MONTHS:
        if month == "2023-07":
            for code in (*HELPED, *IN_VAIN):
                held = {"held_on": ACTED_ON, "unit_codes": [], "topic": "giao tiếp", "attendance_count": 30}
                records.training(code, held)
        landed.rate(answers(month), month)


YEAR = Kept("a year of offices that act", year, network)


def said_of(code: str) -> tuple[str, str, str]:
    """What a treasury's page says of what was done, in both languages, and its paper in Vietnamese."""
    content = reading.content(LAST)
    pages = [page.treasury(content, code, language) for language in (VIETNAMESE, ENGLISH)]
    sections = [text.partition('id="done"')[2].partition("</section>")[0] for text in pages]
    own = content.treasury(code)
    assert own
    paper = json.dumps(conference.chapters(content, own, VIETNAMESE), ensure_ascii=False)
    return sections[0], sections[1], paper


def network() -> str:
    """What the page of the network says, in Vietnamese."""
    return page.bulletin(reading.content(LAST), VIETNAMESE)


@pytest.mark.deep
def test_what_is_said_of_each_office_is_true_of_it(copy_of: Callable[[Kept], Copy]) -> None:
    copy_of(YEAR)
    rows = query(f"select * from mart.effect where period_code = '{LAST}'")
    effect = {row["treasury_code"]: row for row in rows}
    assert sorted(effect) == sorted([*HELPED, *IN_VAIN])
    assert [effect[code]["verdict"] for code in HELPED] == ["helped", "helped", "cannot_tell"]
    assert [effect[code]["verdict"] for code in IN_VAIN] == ["no_effect"] * 3
    assert effect[SMALL]["reason"] == "too_few_responses"
    for code, row in effect.items():
        true = EFFECT if code in HELPED else 0.0
        assert row["effect"] is None or row["effect_low"] <= true <= row["effect_high"], code
    assert verify.verify(LAST) == [1]
    for code in (*HELPED, *IN_VAIN, *IDLE):
        vi, en, paper = said_of(code)
        told = {one for one, words in what_was_done.VERDICTS.items() if f"<strong>{words[0]}</strong>" in vi}
        assert told == ({effect[code]["verdict"]} if code in effect else set()), code
        for one in told:
            assert f"<strong>{what_was_done.VERDICTS[one][1]}</strong>" in en
            assert f"14/6/2023: {what_was_done.VERDICTS[one][0]}" in paper
    summed_up = "6 lần: 2 có tác dụng, 3 không có tác dụng đáng kể, 1 chưa kết luận được"
    assert f"6 trên 18 đơn vị đã hành động, {summed_up}" in network()
