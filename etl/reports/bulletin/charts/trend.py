"""The plot of rates period by period; only what is counted alike is joined."""

from __future__ import annotations

from functools import cache
from itertools import groupby, zip_longest
from typing import Any

import altair as alt

from etl.reports.bulletin.charts import short_names
from etl.reports.bulletin.charts.axes import ROWS, as_number, percentages
from etl.reports.bulletin.charts.svg import MARK, SOFT, Spec, drawn, spec
from etl.reports.bulletin.content import Content, Rows
from etl.reports.words import LANGUAGES, Language


def trend(content: Content, language: Language, code: str | None = None, *, is_narrow: bool = False) -> str:
    """The rates of the network, and of one treasury, by period.

    Only what is counted alike is joined.
    """
    own = _series(content, code) if code else []
    system = _series(content, None)
    names = short_names.of_treasuries(content.ranking, language)
    whole = language.say("toàn hệ thống", "all of the network")
    rows = [{**row, "area": whole, "is_own": False} for row in system]
    rows += [{**row, "area": names[code or ""], "is_own": True} for row in own]
    _label(rows)
    sentence = language.say(
        f"Biểu đồ tỷ lệ hài lòng qua {len(system)} kỳ, kèm khoảng tin cậy; số liệu ở bảng bên cạnh.",
        f"Chart of the satisfaction rate over {len(system)} periods with intervals; see the table beside it.",
    )
    return drawn(_trend(language.code, is_narrow), rows, sentence, language)


def _series(content: Content, code: str | None) -> Rows:
    """A series as it is drawn.

    ``part`` changes where two neighbours are not counted alike.
    """
    parts = groupby(content.series(code), key=lambda row: (row["definition_code"], row["questionnaire_code"]))
    return [
        {
            **{"month": f"{row['first_month']:%Y-%m-%d}", "rate": as_number(row["satisfaction_rate"]), "part": part},
            **{"low": as_number(row["rate_low"]), "high": as_number(row["rate_high"])},
        }
        for part, (_, rows) in enumerate(parts)
        for row in rows
    ]


def _label(rows: Rows) -> None:
    """Put the names of the areas beside their last rates."""
    last = [
        row
        for row, following in zip_longest(rows, rows[1:])
        if following is None or following["is_own"] != row["is_own"]
    ]
    least = 0.06 * (max((row["high"] for row in rows), default=0) - min((row["low"] for row in rows), default=0))
    lowest = None
    for row in sorted(last, key=lambda row: row["rate"]):
        row["word"] = lowest = row["rate"] if lowest is None else max(row["rate"], lowest + least)


@cache
def _trend(code: str, is_narrow: bool) -> Spec:
    say = LANGUAGES[code].say
    months = alt.Axis(title=None, format="%-m/%Y", labelOverlap=True, grid=False, tickCount="month")
    across = alt.X("utcyearmonth(month):T", scale=alt.Scale(type="utc", padding=24), axis=months)
    up = alt.Y("rate:Q", scale=alt.Scale(zero=False), axis=percentages(say("tỷ lệ hài lòng", "satisfaction rate"), 5))
    beside: dict[str, Any] = {"align": "right", "dy": -13} if is_narrow else {"align": "left", "dx": 12}
    layers = []
    for test, color, wide in (("!datum.is_own", SOFT, 9), ("datum.is_own", MARK, 5)):
        base = alt.Chart(ROWS).transform_filter(test).encode(x=across)
        words = base.transform_filter("isValid(datum.word)").mark_text(color=color, **beside)
        layers += [
            base.mark_rule(strokeWidth=wide, opacity=0.3, color=color).encode(y="low:Q", y2="high:Q"),
            base.mark_line(strokeWidth=2, color=color).encode(y=up, detail="part:N"),
            base.mark_point(filled=True, size=56, opacity=1, color=color).encode(y="rate:Q"),
            words.encode(y="word:Q", text="area:N"),
        ]
    return spec(alt.layer(*layers).properties(width=270 if is_narrow else 720, height=220))
