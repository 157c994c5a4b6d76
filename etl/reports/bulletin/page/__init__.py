"""The bulletin and each treasury's own part of it as pages: one HTML file each that asks for nothing from outside.

What is said stands in the templates beside this module, both languages side by side; what is counted for it, here.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from etl import escape
from etl.reports import certainty, templates
from etl.reports.bulletin import main_points, method, quality, sentences, terms, what_to_do, what_was_done
from etl.reports.bulletin.charts import selection, short_names, svg
from etl.reports.bulletin.content import SYSTEM, Content, Row, Rows, turned_away
from etl.reports.bulletin.page.cells import Cells
from etl.reports.bulletin.tables import effects, figures, gaps, intake, ratings, record
from etl.reports.words import LANGUAGES, Language

_FOLDER = Path(__file__).parent
_MOST_SHOWN = 10


def bulletin(content: Content, language: Language) -> str:
    """The page of the whole network."""
    charts = _charts(*(selection.of_bulletin(content, language, is_narrow=narrow) for narrow in (False, True)))
    template = _environment().get_template("bulletin.html.j2")
    return template.render(
        **_shared(content, language),
        charts=charts,
        file="index",
        is_alone=False,
        total=content.total(),
        short_names=short_names.of_treasuries(content.ranking, language),
        points=main_points.of_bulletin(content, language),
        title=partial(_title, content, language, None),
        missing=content.missing,
        notes=content.bulletin_notes,
        criterion_class=partial(_criterion_class, _lowest(content.of_area(SYSTEM, "criterion"))),
        lasting=_lasting(content),
        turned_away=turned_away(content.quality),
    )


def treasury(
    content: Content, code: str, language: Language, *, is_alone: bool = False, has_charts: bool = True
) -> str:
    """A treasury's page.

    ``is_alone``: it is passed on without the bulletin, in both languages, and so has no links to it.
    """
    own, area = content.treasury(code), ("treasury", code)
    if own is None:
        raise KeyError(f"no treasury {code} in the bulletin of {content.period['period_code']}")
    units = content.units_of(code)
    quality = [row for row in content.quality if row["treasury_code"] == code]
    gap_rows = content.weaknesses_of(*area)
    widths = (False, True) if has_charts else ()
    drawn = [selection.of_treasury(content, language, code, is_narrow=narrow) for narrow in widths]
    charts = _charts(*drawn) if drawn else {}
    template = _environment().get_template("treasury.html.j2")
    return template.render(
        **_shared(content, language),
        charts=charts,
        file=f"treasury-{code}",
        is_alone=is_alone,
        own=own,
        points=main_points.of_treasury(content, code, language),
        todos=what_to_do.of_treasury(content, code),
        what_to_do=what_to_do,
        title=partial(_title, content, language, code),
        area=area,
        units=units,
        weak=[row for row in gap_rows if row["is_weak"]],
        gap_by_criterion={row["criterion_code"]: row for row in gap_rows},
        weak_in_units=_weak_in_units(content, code),
        strong=[row for row in gap_rows[::-1] if row["gap_low_points"] > 0],
        notes=content.notes([own, *units, *content.figures_of(area)]),
        quality=quality,
        turned_away=turned_away(quality),
        signals=[row for row in content.signals if row["treasury_code"] == code],
    )


def quality_report(content: Content, language: Language) -> str:
    """The page of the quality report."""
    template = _environment().get_template("quality.html.j2")
    return template.render(**_shared(content, language), file="quality", concepts=quality.report(content, language))


@cache
def _environment() -> Environment:
    """The templates, which escape whatever they are given."""
    environment = templates.environment(_FOLDER)
    environment.filters["quoted"] = _quoted
    return environment


def _shared(content: Content, language: Language) -> dict[str, Any]:
    """What both pages are told."""
    script = (_FOLDER / "page.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (other,) = [candidate for candidate in LANGUAGES.values() if candidate != language]
    return {
        "content": content,
        "period": content.period,
        "language": language,
        "other": other,
        "say": language.say,
        "term": lambda words, code: language.say(*words[code]) if code in words else code,
        "terms": terms,
        "sentences": sentences,
        "certainty": certainty,
        "cells": Cells(content, language),
        "ratings": ratings,
        "figures": figures,
        "gaps": gaps,
        "what_was_done": what_was_done,
        "effects": effects,
        "intake": intake,
        "record": record,
        "by_factor": content.by_factor(),
        "floor": _floor,
        "standing": method.standing(content, language),
        "method": method,
        "system": SYSTEM,
        "script": Markup(script),
        "script_digest": digest,
        "style": Markup((_FOLDER / "page.css").read_text("utf-8")),
    }


def _quoted(text: str) -> Markup:
    """A text as a string of a style sheet.

    Nothing in it can end the string or the sheet.
    """
    signs = (sign if sign.isalnum() or sign == " " else f"\\{ord(sign):x} " for sign in escape.line(text))
    return Markup('"' + "".join(signs) + '"')


def _charts(wide: Mapping[str, str], narrow: Mapping[str, str]) -> dict[str, Markup]:
    """The charts in the colours of the page, wide and narrow; the style sheet shows one of the two."""
    return {
        name: Markup(f'<div class="wide">{svg.themed(chart)}</div><div class="narrow">{svg.themed(narrow[name])}</div>')
        for name, chart in wide.items()
    }


def _title(content: Content, language: Language, code: str | None, name: str) -> str:
    """What a chart shows."""
    return main_points.title(content, name, language, code)


def _floor(rows: Rows) -> float:
    """Where a scale of intervals begins: the tenth below the lowest limit."""
    lowest = min((row["rate_low"] for row in rows if row["rate_low"] is not None), default=0)
    return min(0.9, int(10 * lowest) / 10)


def _criterion_class(lowest: set[str], row: Row) -> str:
    """How a row of the factors and criteria looks."""
    if row["breakdown"] == "factor":
        return "whole"
    return "part low" if row["member_code"] in lowest else "part"


def _lowest(rows: Rows) -> set[str]:
    """The lowest member, and those whose intervals overlap with its."""
    known = [row for row in rows if row["satisfaction_rate"] is not None and row["rate_high"] is not None]
    if not known:
        return set()
    edge = min(known, key=lambda row: row["satisfaction_rate"])["rate_high"]
    return {row["member_code"] for row in known if row["rate_low"] <= edge}


def _lasting(content: Content) -> Rows:
    """The treasuries with the most lasting ``weaknesses``, a row each."""
    by_treasury: dict[str, Rows] = {}
    for row in content.lasting():
        by_treasury.setdefault(row["treasury_code"], []).append(row)
    ordered = sorted(by_treasury.values(), key=lambda rows: (-len(rows), rows[0]["gap_points"]))
    return [{**rows[0], "weaknesses": rows} for rows in ordered[:_MOST_SHOWN]]


def _weak_in_units(content: Content, code: str) -> set[tuple[str, str]]:
    """The areas of a treasury's units, with the criteria that are weak."""
    rows = (row for row in content.weaknesses if row["area_level"] == "unit" and row["treasury_code"] == code)
    return {(row["area_code"], row["criterion_code"]) for row in rows if row["is_weak"]}
