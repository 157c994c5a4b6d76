"""The plot of the ranks: each with the ranks that the answers leave open."""

from __future__ import annotations

from functools import cache

import altair as alt

from etl.reports.bulletin.charts import short_names
from etl.reports.bulletin.charts.axes import ROWS, line_of_names, names_above, names_downwards
from etl.reports.bulletin.charts.svg import FAINT, INK, MARK, Spec, drawn, spec
from etl.reports.bulletin.content import Content
from etl.reports.words import LANGUAGES, Language


def ranks(content: Content, language: Language, code: str | None = None, *, is_narrow: bool = False) -> str:
    """Every ranked treasury's rank and possible ranks.

    One treasury may be pointed out.
    """
    names = short_names.of_treasuries(content.ranking, language)
    ranked = [row for row in content.ranking if row["rank"] is not None]
    rows = [
        {
            **{"line": number, "name": f"{names[row['treasury_code']]}  {row['rank']}", "rank": row["rank"]},
            **{"low": row["rank_low"] or row["rank"], "high": row["rank_high"] or row["rank"]},
            "is_own": row["treasury_code"] == code,
        }
        for number, row in enumerate(ranked)
    ]
    sentence = language.say(
        f"Biểu đồ thứ hạng của {len(rows)} đơn vị, kèm các hạng có thể; số liệu ở bảng xếp hạng.",
        f"Chart of the ranks of {len(rows)} treasuries with the ranks they could have; see the ranking table.",
    )
    return drawn(_ranks(language.code, max(2, len(rows)), is_narrow), rows, sentence, language)


@cache
def _ranks(code: str, count: int, is_narrow: bool) -> Spec:
    title = LANGUAGES[code].say("thứ hạng (1 là cao nhất)", "rank (1 is the highest)")
    step = 5 if count <= 100 else 50
    axis = alt.Axis(title=title, orient="top", format="d", values=[1, *range(step, count + 1, step)])
    across = alt.X("low:Q", scale=alt.Scale(domain=[1, count], nice=False, padding=8), axis=axis)
    down, below = (line_of_names, 5) if is_narrow else (names_downwards, 0)
    base = alt.Chart(ROWS).encode(y=down("name", "line"))
    own = alt.condition(alt.datum.is_own, alt.value(MARK), alt.value(FAINT))
    wide = alt.condition(alt.datum.is_own, alt.value(5), alt.value(3))
    lines = base.mark_rule(strokeCap="round", opacity=0.55, yOffset=below).encode(
        x=across, x2="high:Q", color=own, strokeWidth=wide
    )
    dots = base.mark_point(filled=True, size=46, opacity=1, yOffset=below).encode(
        x="rank:Q", color=alt.condition(alt.datum.is_own, alt.value(MARK), alt.value(INK))
    )
    if is_narrow:
        return spec((lines + dots + names_above(base, "name")).properties(width=326, height=alt.Step(27)))
    return spec((lines + dots).properties(width=740, height=alt.Step(15)))
