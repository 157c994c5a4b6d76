"""The plot of rates by factor and criterion: the network's, or a treasury's beside it."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt

from etl.reports.bulletin.charts.axes import ROWS, as_number, line_of_names, names_above, names_downwards, percentages
from etl.reports.bulletin.charts.svg import FAINT, INK, MARK, Spec, drawn, spec
from etl.reports.bulletin.content import SYSTEM, Content, Row, Rows
from etl.reports.words import LANGUAGES, Language


def members(content: Content, language: Language, code: str | None = None, *, is_narrow: bool = False) -> str:
    """The network's rates by factor and criterion with intervals.

    With a treasury's code: by factor, with the rates of the treasury and of its units.
    """
    rows: Rows = []
    listed = [row for row in content.by_factor() if code is None or row["breakdown"] == "factor"]
    for number, member in enumerate(listed):
        name, breakdown = language.name(member, "member"), member["breakdown"]
        line = {"line": number, "member": name if breakdown == "factor" else f"– {name}"}
        areas = [("system", SYSTEM), *([("own", ("treasury", code))] if code else [])]
        areas += [("unit", ("unit", f"{code}/{unit['unit_code']}")) for unit in content.units_of(code or "")]
        rows += [
            {**line, "kind": kind, **_rate(row)}
            for kind, area in areas
            for row in content.of_area(area, breakdown)
            if row["member_code"] == member["member_code"] and row["satisfaction_rate"] is not None
        ]
    sentence = language.say(
        "Biểu đồ tỷ lệ hài lòng theo yếu tố và tiêu chí, kèm khoảng tin cậy; số liệu ở bảng.",
        "Chart of the satisfaction rate by factor and criterion with intervals; see the table.",
    )
    return drawn(_members(language.code, is_narrow), rows, sentence, language)


@cache
def _members(code: str, is_narrow: bool) -> Spec:
    say = LANGUAGES[code].say
    down, below = (line_of_names, 6) if is_narrow else (names_downwards, 0)
    base = alt.Chart(ROWS).encode(y=down("member", "line"))
    title = say("tỷ lệ hài lòng", "satisfaction rate")
    across = alt.X("rate:Q", scale=alt.Scale(zero=False), axis=percentages(title, 6, orient="top"))
    units = base.transform_filter("datum.kind === 'unit'").mark_tick(
        color=FAINT, thickness=1.5, opacity=0.8, height=9, yOffset=below
    )
    system = base.transform_filter("datum.kind === 'system'")
    own = base.transform_filter("datum.kind === 'own'")
    bar: dict[str, Any] = {"yOffset": below}
    mark: dict[str, Any] = {**bar, "filled": True, "opacity": 1}
    plot = alt.layer(
        units.encode(x=across),
        system.mark_rule(color=INK, strokeWidth=7, opacity=0.25, **bar).encode(x="low:Q", x2="high:Q"),
        system.mark_point(shape="diamond", size=52, color=INK, **mark).encode(x="rate:Q"),
        own.mark_rule(color=MARK, strokeWidth=2, **bar).encode(x="low:Q", x2="high:Q"),
        own.mark_point(size=60, color=MARK, **mark).encode(x="rate:Q"),
    )
    if is_narrow:
        return spec((plot + names_above(system, "member")).properties(width=326, height=alt.Step(34)))
    return spec(plot.properties(width=500, height=alt.Step(20)))


def _rate(row: Row) -> Row:
    """A rate with its interval, as a chart takes it."""
    return {name: as_number(row[f"{column}"]) for name, column in _RATE.items()}


_RATE = {"rate": "satisfaction_rate", "low": "rate_low", "high": "rate_high"}
