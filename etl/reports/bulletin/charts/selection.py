"""Which charts a bulletin and a treasury's page have: those of what was computed and has figures."""

from __future__ import annotations

from etl.reports.bulletin.charts.funnel import funnel
from etl.reports.bulletin.charts.members import members
from etl.reports.bulletin.charts.ranks import ranks
from etl.reports.bulletin.charts.tile_map import tile_map
from etl.reports.bulletin.charts.trend import trend
from etl.reports.bulletin.content import SYSTEM, Content
from etl.reports.words import Language


def of_bulletin(content: Content, language: Language, *, is_narrow: bool = False) -> dict[str, str]:
    """The charts of the bulletin by name, or as a telephone shows them.

    What was not computed, or has no figures, is left out.
    """
    made = (
        {"ranks": ranks(content, language, is_narrow=is_narrow)}
        if any(row["rank_low"] for row in content.ranking)
        else {}
    )
    if any(row["funnel_flag"] for row in content.ranking):
        made["funnel"] = funnel(content, language, is_narrow=is_narrow)
    made |= {
        f"map-{drawing.map.code}": tile_map(drawing, language, is_narrow=is_narrow) for drawing in content.drawings
    }
    if len(content.series(None)) > 1:
        made["trend"] = trend(content, language, is_narrow=is_narrow)
    if content.of_area(SYSTEM, "factor"):
        made["members"] = members(content, language, is_narrow=is_narrow)
    return made


def of_treasury(content: Content, language: Language, code: str, *, is_narrow: bool = False) -> dict[str, str]:
    """The charts of a treasury's page by name."""
    made = {"trend": trend(content, language, code, is_narrow=is_narrow)} if len(content.series(code)) > 1 else {}
    if content.of_area(("treasury", code), "factor"):
        made["members"] = members(content, language, code, is_narrow=is_narrow)
    return made
