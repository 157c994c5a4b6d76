"""The table of docs/actions.md and docs/actions.vi.md about effects, made from the figures of a run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pandas as pd

Language = Literal["en", "vi"]
_HEAD = {
    "en": (
        "| level, responses in a window | holds, at least | false “helped”, at most | false “worse”, at most | "
        "“cannot tell” of no effect | +5 points: “helped” | +10: “helped” | −10: “worse” | ± points | "
        "seems to gain with nothing done |"
    ),
    "vi": (
        "| cấp, số phiếu trong một giai đoạn | khoảng đúng, ít nhất | “có tác dụng” nhầm, nhiều nhất | “xấu đi” nhầm, "
        "nhiều nhất | “chưa kết luận được” khi không có tác dụng | +5 điểm: “có tác dụng” | +10: “có tác dụng” | "
        "−10: “xấu đi” | ± điểm | tưởng như tăng khi không làm gì |"
    ),
}
_LEVELS = {
    "en": {"officer": "officer", "unit": "unit", "treasury": "treasury"},
    "vi": {"officer": "công chức", "unit": "đơn vị trực thuộc", "treasury": "KBNN cấp tỉnh"},
}
MARK, END = "<!-- effects: verdicts -->", "<!-- effects: end -->"


def write(paths: tuple[Path, ...], figures: pd.DataFrame) -> None:
    """Put the table between its marks on the pages, the one that ends in .vi.md in Vietnamese."""
    for path in paths:
        language: Language = "vi" if path.name.endswith(".vi.md") else "en"
        head = _HEAD[language]
        table = "\n".join([head, "|---|" + "--:|" * (head.count("|") - 2), *_lines(figures, language)])
        text = re.sub(f"{MARK}.*?{END}", f"{MARK}\n{table}\n{END}", path.read_text("utf-8"), flags=re.S)
        path.write_text(text, "utf-8")


def _lines(figures: pd.DataFrame, language: Language) -> Iterator[str]:
    """Each level and size: the worst of its settings, and what is found of true effects in the hardest of them."""
    for (level, size), rows in figures.groupby(["level", "size"], sort=False):
        none = rows[rows["effect"].eq(0)]
        hard = none[none["movement"].gt(0)].iloc[0]
        chosen = none[none["because_bad"] & ~none["returning"]].iloc[0]
        found = rows.set_index("effect")
        cells = [
            f"{_LEVELS[language][level]}, {size}",
            *(_percent(value, language) for value in (
                rows["held"].min(), none["helped"].max(), none["worse"].max(), hard["cannot_tell"],
                found.at[0.05, "helped"], found.at[0.1, "helped"], found.at[-0.1, "worse"],
            )),
            _points(hard["half_width"], language),
            f"{chosen['naive_mean']:+.1%}".replace("%", "").replace(".", "," if language == "vi" else "."),
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _percent(share: float, language: Language) -> str:
    return f"{100 * share:.1f} %".replace(".", "," if language == "vi" else ".")


def _points(share: float, language: Language) -> str:
    return f"{100 * share:.0f}"
