"""How a chart becomes an inline SVG: fonts, colours and numbers of the house, a name for who listens, and no network.

The colours are those of light paper, so that a printed paper can take the SVG as it is; ``themed`` lets a page choose.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import altair as alt
import vl_convert

from etl import escape
from etl.reports.bulletin import terms
from etl.reports.bulletin.content import Row, Rows
from etl.reports.words import NO_BREAK, Language

FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif"
PAPER, INK, SOFT, LINE, FAINT, MARK = "#fdfdfc", "#18202c", "#545f6f", "#dde1e6", "#8b95a4", "#1d4f91"
FILLS = {
    "below_action": "#a34a05",
    "below_warning": "#f5c48b",
    "within": "#e9ecef",
    "above_warning": "#b5d3ef",
    "above_action": "#1b5fa5",
}
"""Blue and orange, which also the colour-blind tell apart, by the position in the funnel."""
ON_STRONG = "#fefefe"
"""Text on the two strong fills."""
TOKENS = {
    **{PAPER: "paper", INK: "ink", SOFT: "soft", LINE: "line", FAINT: "faint", MARK: "mark"},
    **{fill: f"fill-{name.replace('_', '-')}" for name, fill in FILLS.items()},
    ON_STRONG: "on-strong",
}
"""Every colour that a chart may use, and the custom property by which a page may set it."""

Spec = dict[str, Any]
_ROWS = "rows"
_OPENING = re.compile(r"<svg [^>]*?(?= width=)")
_ANNOUNCED = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_TAG = re.compile(r"<[^>]*>")
"""A tag: in texts and attributes every < and > is escaped."""
_ID = re.compile(r'(id="|url\(#)(?=[A-Za-z])')
_TOKEN = re.compile(f'(?<=")(?:{"|".join(TOKENS)})(?=")', re.IGNORECASE)


@cache
def theme() -> Spec:
    """The look of all charts.

    The marks are not announced one by one, since the chart has a sentence.
    A limit for labels would cost four measurements of each text, most of the time of a chart.
    """
    quiet: Spec = {"labelColor": SOFT, "titleColor": SOFT, "domainColor": FAINT, "tickColor": FAINT, "gridColor": LINE}
    return {
        "aria": False,
        "background": "transparent",
        "font": FONT,
        "padding": {"left": 14, "right": 6, "top": 4, "bottom": 4},  # a reader's font may be wider than ours
        "view": {"stroke": None},
        "axis": {**quiet, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 0},
        "legend": {"labelColor": INK, "titleColor": SOFT, "labelFontSize": 12, "titleFontSize": 12, "labelLimit": 0},
        "text": {"fontSize": 12, "color": INK},
    }


def legend(language: Language, *, is_narrow: bool = False) -> alt.Legend:
    """What the colours of the positions mean, below the chart.

    A narrow one leaves out what stands in brackets.
    """
    words = {name: language.say(*pair) for name, pair in terms.POSITIONS.items()}
    if is_narrow:
        words = {name: text.partition(" (")[0] for name, text in words.items()}
    named = "{" + ", ".join(f"{name}: '{text}'" for name, text in words.items()) + "}[datum.value]"
    return alt.Legend(title=None, orient="bottom", direction="vertical", labelExpr=named, symbolStrokeColor=INK)


def spec(chart: alt.LayerChart | alt.FacetChart) -> Spec:
    """A chart as Vega in the look of the house.

    Its rows are called ``rows`` and come with ``drawn``: what a chart is made of is worked out once for all treasuries.
    """
    made: Spec = {**chart.to_dict(validate=False), "config": theme(), "datasets": {_ROWS: []}}
    vega: Spec = vl_convert.vegalite_to_vega(made)
    return vega


def drawn(made: Spec, rows: Rows, sentence: str, language: Language) -> str:
    """The SVG of a chart with its rows.

    The sentence is what it is for those who do not see it.
    """
    own = {"values": list(map(_visible, rows))}
    data = [{**source, **own} if source["name"] == _ROWS else source for source in made["data"]]
    svg = _rendered(json.dumps({**made, "data": data}), language)
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape.html(escape.line(sentence))}"'
    return _OPENING.sub(lambda _: opening, svg, count=1)


@lru_cache(maxsize=64)
def _rendered(document: str, language: Language) -> str:
    """The SVG of a chart with its data; page and paper show the same."""
    svg: str = vl_convert.vega_to_svg(json.loads(document), format_locale=_locale(language), allowed_base_urls=[])
    return _own_ids(in_tags(svg, lambda tag: _ANNOUNCED.sub("", tag)))


def themed(svg: str) -> str:
    """The SVG with a custom property in the place of each colour."""
    return in_tags(svg, lambda tag: _TOKEN.sub(lambda colour: f"var(--{TOKENS[colour[0].lower()]}, {colour[0]})", tag))


def in_tags(svg: str, change: Callable[[str], str]) -> str:
    """The SVG with its tags changed, and none of its texts."""
    return _TAG.sub(lambda tag: change(tag[0]), svg)


def _visible(row: Row) -> Row:
    """A row of a chart whose texts steer nothing."""
    return {name: escape.line(value) if isinstance(value, str) else value for name, value in row.items()}


def _own_ids(svg: str) -> str:
    """The SVG with identifiers that no other chart of the page has."""
    own = hashlib.sha256(svg.encode()).hexdigest()[:8]
    return in_tags(svg, lambda tag: _ID.sub(rf"\g<1>c{own}-", tag))


def _locale(language: Language) -> dict[str, Any]:
    """How numbers are written."""
    marks = {"decimal": language.decimal_mark, "thousands": language.thousands_mark, "percent": f"{NO_BREAK}%"}
    return {**marks, "grouping": [3], "currency": ["", ""]}
