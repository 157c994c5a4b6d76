"""The funnel plot: rates against answers, with how far chance carries a rate from the network's."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt

from etl.reports.bulletin.charts import short_names
from etl.reports.bulletin.charts.axes import ROWS, as_number, percentages
from etl.reports.bulletin.charts.svg import FILLS, INK, SOFT, Spec, drawn, legend, spec
from etl.reports.bulletin.content import Content, Rows
from etl.reports.words import LANGUAGES, Language

_EDGES = {"warning": [5, 4], "action": [1, 0]}
"""The limits of the funnel, and how their lines are dashed."""
_SHAPES = ["triangle-down", "triangle-down", "circle", "triangle-up", "triangle-up"]
_NEAR = 1.5
"""Within this ratio of answers, names in the funnel lie over each other."""


def funnel(content: Content, language: Language, code: str | None = None, *, is_narrow: bool = False) -> str:
    """Every rate against its answers, with the limits of chance."""
    names, total = short_names.of_treasuries(content.ranking, language), content.total()
    rows = [
        {
            **{"count": as_number(row["effective_count"]), "rate": as_number(row["satisfaction_rate"])},
            **{f"{edge}_{end}": as_number(row[f"funnel_{edge}_{end}"]) for edge in _EDGES for end in ("low", "high")},
            "all": as_number(total["satisfaction_rate"]) if total else None,
            "flag": row["funnel_flag"] or "within",
            "name": names[row["treasury_code"]],
            "is_named": row["treasury_code"] == code or row["funnel_flag"] not in (None, "within"),
            "is_own": row["treasury_code"] == code,
        }
        for row in content.ranking
        if row["satisfaction_rate"] is not None and row["effective_count"]
    ]
    _place_words(rows)
    near, far = (sum(row["flag"].endswith(edge) for row in rows) for edge in _EDGES)
    sentence = language.say(
        f"Biểu đồ phễu của {len(rows)} đơn vị: {far} nằm ngoài giới hạn hành động (đường liền), {near} chỉ ngoài giới "
        "hạn chú ý (đường đứt).",
        f"Funnel plot of {len(rows)} treasuries: {far} lie outside of the action limits (solid lines), {near} outside "
        "of the warning limits only (dashed).",
    )
    return drawn(_funnel(language.code, is_narrow), rows, sentence, language)


def _place_words(rows: Rows) -> None:
    """Put the names beside their marks, apart from each other."""
    named = sorted((row for row in rows if row["is_named"]), key=lambda row: row["count"])
    step = 0.045 * (max((row["rate"] for row in rows), default=1) - min((row["rate"] for row in rows), default=0))
    for number, row in enumerate(named):
        way = -step if row["flag"].startswith("below") else step
        row["word"] = row["rate"] + way
        for other in named[:number]:
            if row["count"] < _NEAR * other["count"] and abs(row["word"] - other["word"]) < step:
                row["word"] = other["word"] + way


@cache
def _funnel(code: str, is_narrow: bool) -> Spec:
    say = LANGUAGES[code].say
    count = alt.Axis(
        title=say("số câu trả lời hữu hiệu", "effective number of answers"),
        format=",d",
        tickCount=3 if is_narrow else 6,
    )
    across = alt.X("count:Q", scale=alt.Scale(type="log", nice=False, padding=30), axis=count)
    scale, percent = alt.Scale(zero=False), percentages(say("tỷ lệ hài lòng", "satisfaction rate"))
    up = alt.Y("rate:Q", scale=scale, axis=percent)
    base = alt.Chart(ROWS).encode(x=across)
    limits = [
        base.mark_line(color=SOFT, strokeDash=dash, strokeWidth=1).encode(
            y=alt.Y(f"{edge}_{end}:Q", scale=scale, axis=percent)
        )
        for edge, dash in _EDGES.items()
        for end in ("low", "high")
    ]
    line = base.mark_line(color=INK, strokeWidth=1.5).encode(y="all:Q")
    fills = alt.Scale(domain=list(FILLS), range=list(FILLS.values()))
    shapes = alt.Scale(domain=list(FILLS), range=_SHAPES)
    dots = base.mark_point(filled=True, opacity=1, stroke=INK, strokeWidth=0.8).encode(
        y=up,
        fill=alt.Fill("flag:N", scale=fills, legend=legend(LANGUAGES[code], is_narrow=is_narrow)),
        shape=alt.Shape("flag:N", scale=shapes),
        size=alt.condition(alt.datum.is_own, alt.value(190), alt.value(64)),
    )
    words = base.transform_filter("datum.is_named").mark_text().encode(y="word:Q", text="name:N")
    size: dict[str, Any] = {"width": 270, "height": 330} if is_narrow else {"width": 760, "height": 400}
    return spec(alt.layer(*limits, line, dots, words).properties(**size))
