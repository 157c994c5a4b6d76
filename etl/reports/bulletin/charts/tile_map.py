"""The map of a bulletin: a square of the same size for each, coloured only outside of the limits of chance.

Where every mark lies is worked out here; the chart only draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import altair as alt

from etl.registry.maps import Islands, Square
from etl.reports.bulletin.charts import short_names
from etl.reports.bulletin.charts.svg import (
    FAINT,
    FILLS,
    INK,
    LINE,
    ON_STRONG,
    PAPER,
    SOFT,
    Spec,
    drawn,
    legend,
    spec,
)
from etl.reports.bulletin.content import Drawing, Row, Rows
from etl.reports.words import LANGUAGES, NO_BREAK, Language

WIDE, HIGH, GAP = 78, 48, 3
_NARROW = 38
"""How wide a square is on a telephone."""
_STRONG = ("below_action", "above_action")
_HATCH_STEP = 9


def tile_map(drawing: Drawing, language: Language, code: str | None = None, *, is_narrow: bool = False) -> str:
    """A map with each treasury's rate; one treasury may be framed.

    Islands are hatched, and belong to a treasury. A narrow map has the same squares, pressed, with smaller letters.
    """
    squares, islands = drawing.map.squares, drawing.map.islands
    by_code, names = (
        {row["treasury_code"]: row for row in drawing.rows},
        short_names.of_treasuries(drawing.rows, language),
    )
    marks: Rows = []
    for mark, square in squares.items():
        if mark in islands:
            marks.extend(_islands(islands[mark], square, names, language))
        else:
            marks.extend(_square(by_code.get(mark), square, language, is_narrow))
            marks.extend(_named(names.get(mark, mark), square, by_code.get(mark), is_narrow))
            marks.extend([_box(square, "own")] if mark == code else [])
    is_judged = any(row["funnel_flag"] for row in drawing.rows)
    size = _Size(1 + max(x for x, _ in squares.values()), 1 + max(y for _, y in squares.values()), is_narrow)
    return drawn(_tiles(language.code if is_judged else None, size), marks, _sentence(drawing, language), language)


def _sentence(drawing: Drawing, language: Language) -> str:
    """What the map is, for those who do not see it."""
    lacking = sum(row["satisfaction_rate"] is None for row in drawing.rows)
    title = language.say(drawing.map.name_vi, drawing.map.name_en)
    with_islands = language.say(" Có quần đảo Hoàng Sa và quần đảo Trường Sa.", " With Hoàng Sa and Trường Sa.")
    text = language.say(
        f"Bản đồ ô vuông, {title}: tỷ lệ hài lòng ghi trong từng ô, {lacking} ô không có số liệu.",
        f"Tile map, {title}: a satisfaction rate in each square, {lacking} of them without one.",
    )
    return text + (with_islands if drawing.map.islands else "")


def _square(row: Row | None, square: Square, language: Language, is_narrow: bool) -> Iterator[Row]:
    """A treasury's square with its rate, or why it has none; a narrow one has no room for the sign."""
    fill = _fill(row)
    value = _why_none(row, language)
    if row and fill != "none":
        value = language.percent(row["satisfaction_rate"], 1)
        value = value.removesuffix(f"{NO_BREAK}%") if is_narrow else value
    yield _box(square, "none" if fill == "none" else "box", fill)
    yield _text(square, value, 0.8, fill) | {"layer": "note" if fill == "none" else "rate"}


def _named(name: str, square: Square, row: Row | None, is_narrow: bool) -> Iterator[Row]:
    """The lines of a treasury's name in its square."""
    if is_narrow:
        lines = [*zip(short_names.few_lines(name), (0.15, 0.35, 0.55), strict=False)]
    else:
        first, second = short_names.two_lines(name)
        lines = [(first, 0.22), (second, 0.48)] if second else [(first, 0.34)]
    for text, line in lines:
        yield _text(square, text, line, _fill(row))


def _fill(row: Row | None) -> str:
    """How a square is filled."""
    return "none" if row is None or row["satisfaction_rate"] is None else row["funnel_flag"] or "within"


def _why_none(row: Row | None, language: Language) -> str:
    """What stands in a square without a rate."""
    if row is not None and row.get("is_unknown"):
        return language.say("chưa rõ KV", "region unknown")
    if row is not None and "suppressed" in row["footnote_codes"]:
        return language.hidden
    return language.say("chưa có số liệu", "no data")


def _islands(islands: Islands, square: Square, names: dict[str, str], language: Language) -> Iterator[Row]:
    """The hatched square of islands, with their name and their province's treasury."""
    x, y = square[0] * WIDE, square[1] * HIGH
    wide, high = WIDE - GAP, HIGH - GAP
    for at in range(_HATCH_STEP, wide + high, _HATCH_STEP):
        yield {
            **{"layer": "hatch", "x": x + min(at, wide), "y": y + max(0, at - wide)},
            **{"x2": x + max(0, at - high), "y2": y + min(at, high)},
        }
    yield _box(square, "none", "islands")
    yield _text(square, language.say(islands.name_vi, islands.name_en.removesuffix(" archipelago")), 0.34, "islands")
    yield _text(square, f"({names.get(islands.treasury_code, islands.treasury_code)})", 0.68, "islands")


def _box(square: Square, layer: str, fill: str = "own") -> Row:
    """A square."""
    x, y = square[0] * WIDE, square[1] * HIGH
    return {"layer": layer, "fill": fill, "x": x, "y": y, "x2": x + WIDE - GAP, "y2": y + HIGH - GAP}


def _text(square: Square, text: str, line: float, fill: str) -> Row:
    """A line of text at a share of a square's height."""
    x, y = square[0] * WIDE + (WIDE - GAP) / 2, square[1] * HIGH + line * (HIGH - GAP)
    return {"layer": "text", "text": text, "x": x, "y": y, "is_on_strong": fill in _STRONG}


@dataclass(frozen=True)
class _Size:
    """How many squares a grid has, and whether they are narrow."""

    columns: int
    lines: int
    is_narrow: bool

    @property
    def letters(self) -> tuple[float, float, float]:
        """The sizes of a name, a rate, and a note."""
        return (8, 9.5, 6.5) if self.is_narrow else (11.5, 12.5, 10)


@cache
def _tiles(code: str | None, size: _Size) -> Spec:
    """A grid of a size.

    Without a language it has no legend, since no rate was judged.
    """

    def layer(name: str) -> alt.Chart:
        return alt.Chart(alt.NamedData("rows")).transform_filter(f"datum.layer === '{name}'").encode(x=across, y=down)

    across = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, size.columns * WIDE], nice=False))
    down = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[size.lines * HIGH, 0], nice=False))
    ends = {"x2": "x2:Q", "y2": "y2:Q"}
    fill = alt.Color(
        "fill:N",
        scale=alt.Scale(domain=list(FILLS), range=list(FILLS.values())),
        legend=legend(LANGUAGES[code], is_narrow=size.is_narrow) if code else None,
    )
    name, rate, note = size.letters
    ink = alt.condition(alt.datum.is_on_strong, alt.value(ON_STRONG), alt.value(INK))
    chart = alt.layer(
        layer("box").mark_rect(cornerRadius=3, stroke=LINE).encode(color=fill, **ends),
        layer("hatch").mark_rule(color=LINE).encode(**ends),
        layer("none")
        .mark_rect(fillOpacity=0, fill=PAPER, stroke=FAINT, strokeDash=[3, 3], cornerRadius=3)
        .encode(**ends),
        layer("own").mark_rect(fillOpacity=0, fill=PAPER, stroke=INK, strokeWidth=3, cornerRadius=3).encode(**ends),
        layer("text").mark_text(fontSize=name, baseline="middle").encode(text="text:N", color=ink),
        layer("rate").mark_text(fontSize=rate, fontWeight="bold", baseline="middle").encode(text="text:N", color=ink),
        layer("note").mark_text(fontSize=note, baseline="middle", color=SOFT).encode(text="text:N"),
    )
    wide = _NARROW if size.is_narrow else WIDE
    return spec(chart.properties(width=size.columns * wide, height=size.lines * HIGH))
