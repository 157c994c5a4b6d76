"""The picture of the coverage: by rate and number of responses, before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from benchmarks.coverage.grid import RESPONSES
from benchmarks.coverage.page import WORST, by_rate_and_size


def draw(path: Path, found: dict[str, Any]) -> None:
    """Write the picture as PNG."""
    table = by_rate_and_size(found)
    table = table.assign(rate=table["rate"].map(lambda rate: f"true rate {100 * rate:g} %"), covered=100 * table[WORST])
    base = alt.Chart(table).encode(
        x=alt.X("responses:O", title="responses", sort=list(RESPONSES), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("covered:Q", title="intervals that hold the truth, %", scale=alt.Scale(domain=[75, 100])),
        color=alt.Color("rules:N", title=None, scale=alt.Scale(range=["#9a9a9a", "#00598c"])),
    )
    nominal = alt.Chart(pd.DataFrame({"promised": [95]})).mark_rule(strokeDash=[4, 3]).encode(y="promised:Q")
    panel = alt.layer(nominal, base.mark_line(), base.mark_point(filled=True, size=30), data=table)
    chart = panel.properties(width=210, height=140).facet(alt.Facet("rate:N", title=None), columns=4)
    chart.configure_legend(orient="top").configure_axis(grid=True).save(path, scale_factor=1.5)
