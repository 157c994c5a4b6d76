"""The charts of a bulletin, each an SVG: ranks, funnel, trend, and factors with their criteria.

Only what lies outside of the limits of chance is coloured, and a shape or a word says the same.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import Any

import altair as alt

from etl.reports.bulletin.charts import naming
from etl.reports.bulletin.charts.picture import FAINT, FILLS, INK, MARK, SOFT, Spec, drawn, legend, spec
from etl.reports.bulletin.charts.tiles import tiles
from etl.reports.bulletin.content import SYSTEM, Content, Row, Rows
from etl.reports.words import LANGUAGES, Language

_EDGES = {"warning": [5, 4], "action": [1, 0]}
"""The limits of the funnel, and how their lines are dashed."""
_SHAPES = ["triangle-down", "triangle-down", "circle", "triangle-up", "triangle-up"]
_NEAR = 1.5
"""Within this ratio of answers, names in the funnel lie over each other."""
_ROWS = alt.NamedData("rows")


def ranks(content: Content, language: Language, code: str | None = None) -> str:
    """Every ranked treasury's rank, and the ranks that its answers leave open; one treasury may be pointed out."""
    names = naming.short(content.ranking, language)
    ranked = [row for row in content.ranking if row["rank"] is not None]
    rows = [
        {
            **{"place": place, "name": f"{names[row['treasury_code']]}  {row['rank']}", "rank": row["rank"]},
            **{"low": row["rank_low"] or row["rank"], "high": row["rank_high"] or row["rank"]},
            "is_own": row["treasury_code"] == code,
        }
        for place, row in enumerate(ranked)
    ]
    sentence = language.say(
        f"Biểu đồ thứ hạng của {len(rows)} đơn vị, kèm các hạng có thể; số liệu ở bảng xếp hạng.",
        f"Chart of the ranks of {len(rows)} treasuries with the ranks they could have; see the ranking table.",
    )
    return drawn(_ranks(language.code, max(2, len(rows))), rows, sentence, language)


@cache
def _ranks(code: str, count: int) -> Spec:
    title = LANGUAGES[code].say("thứ hạng (1 là cao nhất)", "rank (1 is the highest)")
    axis = alt.Axis(title=title, orient="top", format="d", values=[1, *range(5, count + 1, 5)])
    across = alt.X("low:Q", scale=alt.Scale(domain=[1, count], nice=False, padding=8), axis=axis)
    base = alt.Chart(_ROWS).encode(y=_down("name", "place"))
    own = alt.condition(alt.datum.is_own, alt.value(MARK), alt.value(FAINT))
    wide = alt.condition(alt.datum.is_own, alt.value(5), alt.value(3))
    lines = base.mark_rule(strokeCap="round", opacity=0.55).encode(x=across, x2="high:Q", color=own, strokeWidth=wide)
    dots = base.mark_point(filled=True, size=46, opacity=1).encode(
        x="rank:Q", color=alt.condition(alt.datum.is_own, alt.value(MARK), alt.value(INK))
    )
    return spec((lines + dots).properties(width=500, height=alt.Step(15)))


def funnel(content: Content, language: Language, code: str | None = None) -> str:
    """Every rate against how many answers it rests on, with how far chance can carry it from the network's."""
    names, total = naming.short(content.ranking, language), content.total()
    rows = [
        {
            **{"count": _float(row["effective_count"]), "rate": _float(row["satisfaction_rate"])},
            **{f"{edge}_{end}": _float(row[f"funnel_{edge}_{end}"]) for edge in _EDGES for end in ("low", "high")},
            "all": _float(total["satisfaction_rate"]) if total else None,
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
    return drawn(_funnel(language.code), rows, sentence, language)


def _place_words(rows: Rows) -> None:
    """Put the names in the funnel above their marks, or below those of low rates, and not upon each other."""
    named = sorted((row for row in rows if row["is_named"]), key=lambda row: row["count"])
    step = 0.045 * (max((row["rate"] for row in rows), default=1) - min((row["rate"] for row in rows), default=0))
    for place, row in enumerate(named):
        way = -step if row["flag"].startswith("below") else step
        row["word"] = row["rate"] + way
        for other in named[:place]:
            if row["count"] < _NEAR * other["count"] and abs(row["word"] - other["word"]) < step:
                row["word"] = other["word"] + way


@cache
def _funnel(code: str) -> Spec:
    say = LANGUAGES[code].say
    count = alt.Axis(title=say("số câu trả lời hữu hiệu", "effective number of answers"), format=",d", tickCount=6)
    across = alt.X("count:Q", scale=alt.Scale(type="log", nice=False, padding=30), axis=count)
    scale, percent = alt.Scale(zero=False), _percent(say("tỷ lệ hài lòng", "satisfaction rate"))
    up = alt.Y("rate:Q", scale=scale, axis=percent)
    base = alt.Chart(_ROWS).encode(x=across)
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
        fill=alt.Fill("flag:N", scale=fills, legend=legend(LANGUAGES[code])),
        shape=alt.Shape("flag:N", scale=shapes),
        size=alt.condition(alt.datum.is_own, alt.value(190), alt.value(64)),
    )
    words = base.transform_filter("datum.is_named").mark_text().encode(y="word:Q", text="name:N")
    return spec(alt.layer(*limits, line, dots, words).properties(width=640, height=380))


def trend(content: Content, language: Language, code: str | None = None) -> str:
    """The rates of the network, and of one treasury, period by period; only what is counted alike is joined."""
    own = _series(content, code) if code else []
    system = _series(content, None)
    names = naming.short(content.ranking, language)
    whole = language.say("toàn hệ thống", "all of the network")
    rows = [{**row, "area": whole, "is_own": False} for row in system]
    rows += [{**row, "area": names[code or ""], "is_own": True} for row in own]
    _label(rows)
    sentence = language.say(
        f"Biểu đồ tỷ lệ hài lòng qua {len(system)} kỳ, kèm khoảng tin cậy; số liệu ở bảng bên cạnh.",
        f"Chart of the satisfaction rate over {len(system)} periods with intervals; see the table beside it.",
    )
    return drawn(_trend(language.code), rows, sentence, language)


def _series(content: Content, code: str | None) -> Rows:
    """A series as it is drawn; ``part`` changes where two neighbours are not counted alike."""
    parts = groupby(content.series(code), key=lambda row: (row["definition_code"], row["questionnaire_code"]))
    return [
        {
            **{"month": f"{row['first_month']:%Y-%m-%d}", "rate": _float(row["satisfaction_rate"]), "part": part},
            **{"low": _float(row["rate_low"]), "high": _float(row["rate_high"])},
        }
        for part, (_, rows) in enumerate(parts)
        for row in rows
    ]


def _label(rows: Rows) -> None:
    """Put the names of the areas beside their last rates, apart from each other."""
    last = [
        rows[place]
        for place in range(len(rows))
        if rows[place + 1 : place + 2] == [] or rows[place + 1]["is_own"] != rows[place]["is_own"]
    ]
    least = 0.06 * (max((row["high"] for row in rows), default=0) - min((row["low"] for row in rows), default=0))
    lowest = None
    for row in sorted(last, key=lambda row: row["rate"]):
        row["word"] = lowest = row["rate"] if lowest is None else max(row["rate"], lowest + least)


@cache
def _trend(code: str) -> Spec:
    say = LANGUAGES[code].say
    months = alt.Axis(title=None, format="%-m/%Y", labelOverlap=True, grid=False, tickCount="month")
    across = alt.X("utcyearmonth(month):T", scale=alt.Scale(type="utc", padding=24), axis=months)
    up = alt.Y("rate:Q", scale=alt.Scale(zero=False), axis=_percent(say("tỷ lệ hài lòng", "satisfaction rate"), 5))
    layers = []
    for test, color, wide in (("!datum.is_own", SOFT, 9), ("datum.is_own", MARK, 5)):
        base = alt.Chart(_ROWS).transform_filter(test).encode(x=across)
        words = base.transform_filter("isValid(datum.word)").mark_text(align="left", dx=12, color=color)
        layers += [
            base.mark_rule(strokeWidth=wide, opacity=0.3, color=color).encode(y="low:Q", y2="high:Q"),
            base.mark_line(strokeWidth=2, color=color).encode(y=up, detail="part:N"),
            base.mark_point(filled=True, size=56, opacity=1, color=color).encode(y="rate:Q"),
            words.encode(y="word:Q", text="area:N"),
        ]
    return spec(alt.layer(*layers).properties(width=560, height=220))


def members(content: Content, language: Language, code: str | None = None) -> str:
    """The network's rates by factor and criterion with intervals; or, by factor, with a treasury's and its units'."""
    rows: Rows = []
    members = [row for row in content.by_factor() if code is None or row["breakdown"] == "factor"]
    for place, member in enumerate(members):
        name, breakdown = language.name(member, "member"), member["breakdown"]
        line = {"place": place, "member": name if breakdown == "factor" else f"– {name}"}
        areas = [("system", SYSTEM), *([("own", ("treasury", code))] if code else [])]
        areas += [("unit", ("unit", f"{code}/{unit['unit_code']}")) for unit in content.units_of(code or "")]
        rows += [
            {**line, "kind": kind, **_rate(found)}
            for kind, area in areas
            for found in content.of_area(area, breakdown)
            if found["member_code"] == member["member_code"] and found["satisfaction_rate"] is not None
        ]
    sentence = language.say(
        "Biểu đồ tỷ lệ hài lòng theo yếu tố và tiêu chí, kèm khoảng tin cậy; số liệu ở bảng.",
        "Chart of the satisfaction rate by factor and criterion with intervals; see the table.",
    )
    return drawn(_members(language.code), rows, sentence, language)


@cache
def _members(code: str) -> Spec:
    say = LANGUAGES[code].say
    base = alt.Chart(_ROWS).encode(y=_down("member", "place"))
    title = say("tỷ lệ hài lòng", "satisfaction rate")
    across = alt.X("rate:Q", scale=alt.Scale(zero=False), axis=_percent(title, 6, orient="top"))
    units = base.transform_filter("datum.kind === 'unit'").mark_tick(color=FAINT, thickness=1.5, opacity=0.8, height=9)
    system = base.transform_filter("datum.kind === 'system'")
    own = base.transform_filter("datum.kind === 'own'")
    return spec(
        alt.layer(
            units.encode(x=across),
            system.mark_rule(color=INK, strokeWidth=7, opacity=0.25).encode(x="low:Q", x2="high:Q"),
            system.mark_point(filled=True, shape="diamond", size=52, color=INK, opacity=1).encode(x="rate:Q"),
            own.mark_rule(color=MARK, strokeWidth=2).encode(x="low:Q", x2="high:Q"),
            own.mark_point(filled=True, size=60, color=MARK, opacity=1).encode(x="rate:Q"),
        ).properties(width=420, height=alt.Step(20))
    )


def of_paper(content: Content, language: Language) -> dict[str, str]:
    """The charts of the bulletin by name; what was not computed, or has no figures, is left out."""
    made = {"ranks": ranks(content, language)} if any(row["rank_low"] for row in content.ranking) else {}
    if any(row["funnel_flag"] for row in content.ranking):
        made["funnel"] = funnel(content, language)
    made |= {f"map-{drawing.map.code}": tiles(drawing, language) for drawing in content.drawings}
    if len(content.series(None)) > 1:
        made["trend"] = trend(content, language)
    if content.of_area(SYSTEM, "factor"):
        made["members"] = members(content, language)
    return made


def _rate(row: Row) -> Row:
    """A rate with its interval, as a chart takes it."""
    return {name: _float(row[f"{column}"]) for name, column in _RATE.items()}


_RATE = {"rate": "satisfaction_rate", "low": "rate_low", "high": "rate_high"}


def _float(value: Any) -> float | None:
    """A number as JSON takes it."""
    return None if value is None else float(value)


def _down(name: str, order: str) -> alt.Y:
    """Names from the top to the bottom in an order."""
    is_part = "substring(datum.label, 0, 1) === '–'"
    weight: Any = {"condition": {"test": is_part, "value": "normal"}, "value": "bold"} if name == "member" else "normal"
    axis = alt.Axis(labelColor=INK, ticks=False, domain=False, labelPadding=8, labelFontWeight=weight)
    return alt.Y(f"{name}:N", sort=alt.SortField(order), title=None, axis=axis)


def _percent(title: str, ticks: int = 8, **others: Any) -> alt.Axis:
    """An axis of rates."""
    return alt.Axis(title=title, format=".2~%", tickCount=ticks, **others)
