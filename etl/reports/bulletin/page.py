"""The bulletin and each treasury's own part of it as pages: one HTML file each that asks for nothing from outside.

What is said stands in the templates beside this module, both languages side by side; what is counted for it, here.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from etl.registry.terms import PRESENT
from etl.reports.bulletin import method, sentences, terms
from etl.reports.bulletin.charts import figures, naming, picture
from etl.reports.bulletin.content import SYSTEM, Content, Row, Rows, turned_away
from etl.reports.words import LANGUAGES, Language

_HERE = Path(__file__).parent
_MOST_SHOWN = 10


def bulletin(content: Content, language: Language) -> str:
    """The page of the whole network: headline, ranking, charts, weaknesses, quality and method."""
    drawn = {name: _inline(svg) for name, svg in figures.of_paper(content, language).items()}
    return (
        _environment()
        .get_template("bulletin.html.j2")
        .render(
            **_shared(content, language),
            charts=drawn,
            file="index",
            total=content.total(),
            missing=[row for row in content.ranking if row["treasury_state"] not in PRESENT],
            notes=content.bulletin_notes,
            lowest=_lowest(content.of_area(SYSTEM, "criterion")),
            weak_counts=_weak_counts(content),
            lasting=_lasting(content),
            turned_away=turned_away(content.quality),
        )
    )


def treasury(content: Content, code: str, language: Language, *, is_alone: bool = False) -> str:
    """A treasury's page: its place, its three levels side by side, units, weaknesses, trend and quality.

    ``is_alone``: it is passed on without the bulletin, in both languages, and so has no links to it.
    """
    own, area = content.treasury(code), ("treasury", code)
    if own is None:
        raise KeyError(f"no treasury {code} in the bulletin of {content.period['period_code']}")
    units = content.units_of(code)
    quality = [row for row in content.quality if row["treasury_code"] == code]
    drawn = {}
    if len(figures.series(content, code)) > 1:
        drawn["trend"] = _inline(figures.trend(content, language, code))
    if content.of_area(area, "factor"):
        drawn["members"] = _inline(figures.members(content, language, code))
    weak = [row for row in content.weaknesses_of(*area) if row["is_weak"]]
    return (
        _environment()
        .get_template("treasury.html.j2")
        .render(
            **_shared(content, language),
            charts=drawn,
            file=f"treasury-{code}",
            is_alone=is_alone,
            own=own,
            area=area,
            units=units,
            weak=weak,
            gaps={row["criterion_code"]: row for row in content.weaknesses_of(*area)},
            weak_in_units=_weak_in_units(content, code),
            strong=[row for row in content.weaknesses_of(*area)[::-1] if row["gap_low_points"] > 0],
            notes=content.notes([own, *units, *content.figures_of(area)]),
            quality=quality,
            turned_away=turned_away(quality),
            signals=[row for row in content.signals if row["treasury_code"] == code],
        )
    )


@cache
def _environment() -> Environment:
    """The templates, which escape whatever they are given."""
    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["quoted"] = _quoted
    return made


def _shared(content: Content, language: Language) -> dict[str, Any]:
    """What both pages are told."""
    script = (_HERE / "page.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (other,) = [one for one in LANGUAGES.values() if one != language]
    return {
        "content": content,
        "period": content.period,
        "language": language,
        "other": other,
        "say": language.say,
        "term": lambda words, code: language.say(*words[code]) if code in words else code,
        "terms": terms,
        "sentences": sentences,
        "short": naming.short(content.ranking, language),
        "by_factor": figures.by_factor(content),
        "series": partial(figures.series, content),
        "grade": _grade(content, language),
        "floor": _floor,
        "find": partial(_found, content),
        "standing": method.standing(content, language),
        "method": method,
        "system": SYSTEM,
        "script": Markup(script),
        "script_digest": digest,
        "style": Markup((_HERE / "page.css").read_text("utf-8")),
    }


def _quoted(text: str) -> Markup:
    """A text as a string of a style sheet, with nothing in it that could end the string or the sheet."""
    signs = (sign if sign.isalnum() or sign == " " else f"\\{ord(sign):x} " for sign in text)
    return Markup('"' + "".join(signs) + '"')


def _inline(svg: str) -> Markup:
    """A chart in the colours of the page."""
    return Markup(picture.themed(svg))


def _found(content: Content, area: tuple[str, str], breakdown: str, member: str) -> Row | None:
    """An area's figures for one member of a breakdown."""
    return next((row for row in content.of_area(area, breakdown) if row["member_code"] == member), None)


def _grade(content: Content, language: Language) -> dict[str | None, str]:
    """The grades' names by code; none for no grade."""
    return {None: "", **{grade["code"]: grade[f"name_{language.code}"] for grade in content.rules["grades"]}}


def _floor(rows: Rows) -> float:
    """Where a scale of intervals begins: the tenth below the lowest limit."""
    lowest = min((row["rate_low"] for row in rows if row["rate_low"] is not None), default=0)
    return min(0.9, int(10 * lowest) / 10)


def _lowest(rows: Rows) -> set[str]:
    """The member with the least rate, and those whose intervals overlap with its."""
    known = [row for row in rows if row["satisfaction_rate"] is not None and row["rate_high"] is not None]
    if not known:
        return set()
    edge = min(known, key=lambda row: row["satisfaction_rate"])["rate_high"]
    return {row["member_code"] for row in known if row["rate_low"] <= edge}


def _weak_counts(content: Content) -> Counter[str]:
    """How many treasuries are weak in each criterion."""
    return Counter(row["criterion_code"] for row in content.weaknesses if _is_of_treasury(row))


def _is_of_treasury(row: Row) -> bool:
    """Whether a row is a weakness of a treasury."""
    return row["area_level"] == "treasury" and bool(row["is_weak"])


def _lasting(content: Content) -> list[tuple[Row, Rows]]:
    """The treasuries with weaknesses that last for two periods or more, those with most of them first."""
    found: dict[str, Rows] = {}
    for row in content.weaknesses:
        if _is_of_treasury(row) and row["lasting_count"] > 1:
            found.setdefault(row["treasury_code"], []).append(row)
    ordered = sorted(found.values(), key=lambda rows: (-len(rows), rows[0]["gap_points"]))
    return [(rows[0], rows) for rows in ordered[:_MOST_SHOWN]]


def _weak_in_units(content: Content, code: str) -> set[tuple[str, str]]:
    """The units of a treasury by their area's code, with the criteria in which they are weak."""
    rows = (row for row in content.weaknesses if row["area_level"] == "unit" and row["treasury_code"] == code)
    return {(row["area_code"], row["criterion_code"]) for row in rows if row["is_weak"]}
