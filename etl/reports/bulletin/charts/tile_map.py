"""The map of a bulletin: a square of the same size for each, coloured only outside of the limits of chance.

Where every mark lies is worked out here; the chart only draws.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from etl.reports.words import LANGUAGES, Language

WIDE, HIGH, GAP = 78, 48, 3
_STRONG = ("below_action", "above_action")
_HATCH_STEP = 9


def tile_map(drawing: Drawing, language: Language, code: str | None = None) -> str:
    """A map with each treasury's rate; one treasury may be framed.

    Islands are hatched, and belong to a treasury.
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
            marks.extend(_treasury(by_code.get(mark), square, names.get(mark, mark), language))
            marks.extend([_box(square, "own")] if mark == code else [])
    is_judged = any(row["funnel_flag"] for row in drawing.rows)
    size = (1 + max(x for x, _ in squares.values()), 1 + max(y for _, y in squares.values()))
    return drawn(_tiles(language.code if is_judged else None, *size), marks, _sentence(drawing, language), language)


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


def _treasury(row: Row | None, square: Square, name: str, language: Language) -> Iterator[Row]:
    """A treasury's square: its name, and its rate or why none."""
    if row is None or row["satisfaction_rate"] is None:
        fill, value = "none", _why_none(row, language)
    else:
        fill, value = row["funnel_flag"] or "within", language.percent(row["satisfaction_rate"], 1)
    yield _box(square, "none" if fill == "none" else "box", fill)
    first, second = short_names.two_lines(name)
    lines = ((first, 0.22), (second, 0.48)) if second else ((first, 0.34),)
    for text, line in lines:
        yield _text(square, text, line, fill)
    yield _text(square, value, 0.78, fill) | {"layer": "note" if fill == "none" else "rate"}


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


@cache
def _tiles(code: str | None, columns: int, lines: int) -> Spec:
    """A grid of a size.

    Without a language it has no legend, since no rate was judged.
    """

    def layer(name: str) -> alt.Chart:
        return alt.Chart(alt.NamedData("rows")).transform_filter(f"datum.layer === '{name}'").encode(x=across, y=down)

    across = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, columns * WIDE], nice=False))
    down = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[lines * HIGH, 0], nice=False))
    ends = {"x2": "x2:Q", "y2": "y2:Q"}
    fill = alt.Color(
        "fill:N",
        scale=alt.Scale(domain=list(FILLS), range=list(FILLS.values())),
        legend=legend(LANGUAGES[code]) if code else None,
    )
    ink = alt.condition(alt.datum.is_on_strong, alt.value(ON_STRONG), alt.value(INK))
    chart = alt.layer(
        layer("box").mark_rect(cornerRadius=3, stroke=LINE).encode(color=fill, **ends),
        layer("hatch").mark_rule(color=LINE).encode(**ends),
        layer("none")
        .mark_rect(fillOpacity=0, fill=PAPER, stroke=FAINT, strokeDash=[3, 3], cornerRadius=3)
        .encode(**ends),
        layer("own").mark_rect(fillOpacity=0, fill=PAPER, stroke=INK, strokeWidth=3, cornerRadius=3).encode(**ends),
        layer("text").mark_text(fontSize=11.5, baseline="middle").encode(text="text:N", color=ink),
        layer("rate").mark_text(fontSize=12.5, fontWeight="bold", baseline="middle").encode(text="text:N", color=ink),
        layer("note").mark_text(fontSize=10, baseline="middle", color=SOFT).encode(text="text:N"),
    )
    return spec(chart.properties(width=columns * WIDE, height=lines * HIGH))
