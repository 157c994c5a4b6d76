"""The axes and the data that the plots of a bulletin have in common."""

from __future__ import annotations

from typing import Any

import altair as alt

from etl.reports.bulletin.charts.svg import INK

ROWS = alt.NamedData("rows")
"""The rows of a plot, which come when it is drawn."""


def as_number(value: Any) -> float | None:
    """A number as JSON takes it."""
    return None if value is None else float(value)


def names_downwards(name: str, order: str) -> alt.Y:
    """Names from the top to the bottom in an order."""
    is_part = "substring(datum.label, 0, 1) === '–'"
    weight: Any = {"condition": {"test": is_part, "value": "normal"}, "value": "bold"} if name == "member" else "normal"
    axis = alt.Axis(labelColor=INK, ticks=False, domain=False, labelPadding=8, labelFontWeight=weight)
    return alt.Y(f"{name}:N", sort=alt.SortField(order), title=None, axis=axis)


def line_of_names(name: str, order: str) -> alt.Y:
    """The same without an axis: on a telephone the names stand above their lines."""
    return alt.Y(f"{name}:N", sort=alt.SortField(order), title=None, axis=None)


def names_above(base: alt.Chart, name: str) -> alt.Chart:
    """The names above their lines, from the left edge."""
    words: alt.Chart = base.mark_text(align="left", baseline="middle", yOffset=-7)
    return words.encode(x=alt.value(0), text=f"{name}:N")


def percentages(title: str, ticks: int = 8, **others: Any) -> alt.Axis:
    """An axis of rates."""
    return alt.Axis(title=title, format=".2~%", tickCount=ticks, **others)
