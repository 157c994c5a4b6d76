"""The tables of docs/actions.md and docs/actions.vi.md, made from the figures of a run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pandas as pd

from etl.registry.actions import Ladder

Language = Literal["en", "vi"]
_HEADS = {
    "caps": {
        "en": "| step | customers | cap | came | at most | held back |",
        "vi": "| bước | khách hàng | mức trần | thực tế | nhiều nhất | giữ lại |",
    },
    "found": {
        "en": "| of 2 in 100 truly bad | M | step | 12 months | 24 | 36 | median month | others a month |",
        "vi": "| 2 % thực sự kém | M | bước | 12 tháng | 24 | 36 | tháng trung vị | người khác mỗi tháng |",
    },
    "reach": {
        "en": "| officers | after months | 30 or more | 39 | 66 | 149 |",
        "vi": "| số công chức | sau số tháng | từ 30 | 39 | 66 | 149 |",
    },
}
_WORLDS = {
    "2 % with 4 times the odds": {"en": "rate 84.5 %, the others 94 %", "vi": "tỷ lệ 84,5 %, người khác 94 %"},
    "2 % with 2 times the odds": {"en": "rate 90.1 %, the others 94 %", "vi": "tỷ lệ 90,1 %, người khác 94 %"},
    "as different as published": {"en": "the worst of Beta, a + b 16.5", "vi": "kém nhất của Beta, a + b 16,5"},
}
_RETURNING = {
    "en": {True: "customers come back", False: "customers come once"},
    "vi": {True: "khách quay lại", False: "khách đến một lần"},
}


def write(paths: tuple[Path, ...], figures: pd.DataFrame, ladder: Ladder) -> None:
    """Put the tables between their marks on the pages, the one that ends in .vi.md in Vietnamese."""
    for path in paths:
        language: Language = "vi" if path.name.endswith(".vi.md") else "en"
        text = path.read_text("utf-8")
        for name, lines in (("caps", _caps), ("found", _found), ("reach", _reach)):
            head = _HEADS[name][language]
            rule = "|---|" + "--:|" * (head.count("|") - 2)
            table = "\n".join([head, rule, *lines(figures, ladder, language)])
            mark = f"<!-- actions: {name} -->"
            text = re.sub(
                f"{mark}.*?<!-- actions: end -->", f"{mark}\n{table}\n<!-- actions: end -->", text, flags=re.S
            )
        path.write_text(text, "utf-8")


def _caps(figures: pd.DataFrame, ladder: Ladder, language: Language) -> Iterator[str]:
    """Each step: what it takes, its cap, and the worst of the worlds in which all are alike, with the published M."""
    alike = figures[figures["part"].eq("alike") & figures["spread"].eq("published")]
    for step in ladder.steps:
        rows = alike[alike["step"].eq(step.code)]
        means = rows.groupby("returning")[["false_a_month", "held_back_a_month"]].mean().max()
        name = step.name_vi if language == "vi" else step.name_en
        needed = max(step.least_responses, 16.5 * step.reliability / (1 - step.reliability))
        cells = [
            name, _number(needed, language), _number(step.false_a_month, language),
            _number(means["false_a_month"], language), f"{rows['worst_month'].max():.0f}",
            _number(means["held_back_a_month"], language),
        ]  # fmt: skip
        yield _line(cells)


def _found(figures: pd.DataFrame, ladder: Ladder, language: Language) -> Iterator[str]:
    """Of the truly bad, the share that each step was recommended for, by when, and how many others."""
    names = {step.code: step.name_vi if language == "vi" else step.name_en for step in ladder.steps}
    found = figures[figures["part"].eq("found")]
    for row in found.to_dict("records"):
        world = f"{_WORLDS[row['world']][language]}; {_RETURNING[language][bool(row['returning'])]}"
        shares = [_number(100 * row[f"found_{months}"], language, 0) + " %" for months in (12, 24, 36)]
        median = "–" if pd.isna(row["median_months"]) else f"{row['median_months']:.0f}"
        half = _number(row["half"], language)
        yield _line([world, half, names[row["step"]], *shares, median, _number(row["false_a_month"], language)])


def _reach(figures: pd.DataFrame, ladder: Ladder, language: Language) -> Iterator[str]:
    """How many in 100 officers reach so many effective responses, when customers come once, and come back."""
    reach = figures[figures["part"].eq("reach")]
    for (officers, months), rows in reach.groupby(["officers", "months"]):
        cells = []
        for n in (30, 39, 66, 149):
            of = rows[rows["n"].eq(n)].set_index("returning")["reached"]
            cells.append(" · ".join(_number(100 * of[returning], language, 0) + " %" for returning in (False, True)))
        yield _line([_thousands(officers, language), f"{months:.0f}", *cells])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float, language: Language, digits: int | None = None) -> str:
    """A number with the digits that it needs, in the writing of the language."""
    text = f"{value:.{digits}f}" if digits is not None else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
    return text.replace(".", ",") if language == "vi" else text


def _thousands(value: float, language: Language) -> str:
    return f"{value:,.0f}".replace(",", "." if language == "vi" else ",")
