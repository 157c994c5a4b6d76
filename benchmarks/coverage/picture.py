"""The picture of the coverage: by rate and number of responses, before and after."""

from __future__ import annotations

from pathlib import Path

import altair as alt

from benchmarks.coverage.grid import RESPONSES
from benchmarks.coverage.page import WORST, Figures, by_rate_and_size


def draw(path: Path, found: Figures) -> None:
    """Write the picture as PNG."""
    table = by_rate_and_size(found)
    table = table.assign(rate=table["rate"].map(lambda rate: f"true rate {100 * rate:g} %"), covered=100 * table[WORST])
    from_80 = alt.Scale(domain=[80, 100], zero=False)
    shown = alt.Chart().encode(
        x=alt.X("responses:O", title="responses", sort=list(RESPONSES), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("covered:Q", title=None, scale=from_80),
        color=alt.Color("rules:N", title=None, scale=alt.Scale(range=["#9a9a9a", "#00598c"])),
    )
    promised = alt.Chart().mark_rule(strokeDash=[4, 3]).encode(y=alt.YDatum(95, scale=from_80))
    panel = alt.layer(promised, shown.mark_line(), shown.mark_point(filled=True, size=30), data=table)
    chart = panel.properties(width=210, height=140).facet(alt.Facet("rate:N", title=None), columns=4)
    titled = chart.properties(title="Intervals at 95 % that hold the true rate, per cent: the worst kind of answers")
    titled.configure_legend(orient="top").save(path, scale_factor=1.2)
