"""The quality report of a revision: the concepts of SIMS 2.0 in their order, each with words and items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from etl.reports.bulletin import method, policy
from etl.reports.bulletin.content import Content, Row
from etl.reports.words import NOTHING, Language, Pair


@dataclass(frozen=True)
class Concept:
    """A concept of the standard: its code and name, what is said of it, and its items by name."""

    code: str
    name: str
    said: str = ""
    items: tuple[tuple[str, str], ...] = ()


_POLICIES: dict[str, tuple[Pair, Pair | None]] = {
    "S.7.1": (("Bảo mật: chính sách", "Confidentiality - policy"), None),
    "S.8.2": (("Cách tiếp cận lịch công bố", "Release calendar access"), policy.RELEASES),
    "S.11.1": (("Bảo đảm chất lượng", "Quality assurance"), policy.QUALITY),
    "S.17.1": (("Hiệu chỉnh số liệu: chính sách", "Data revision - policy"), policy.REVISIONS),
}
"""Concepts of which something holds for every revision; the first depends on the rule set."""


def report(content: Content, language: Language) -> list[Concept]:
    """The concepts of a revision's quality report, in the standard's order."""
    concepts = [_concept(content, list(rows), language) for _, rows in groupby(content.report, _code)]
    concepts += [
        Concept(code, language.say(*name), language.say(*words) if words else _hiding(content, language))
        for code, (name, words) in _POLICIES.items()
    ]
    return sorted(concepts, key=lambda concept: [int(part) for part in concept.code.split(".")[1:]])


def _code(row: Row) -> str:
    return str(row["concept_code"])


def _hiding(content: Content, language: Language) -> str:
    """What the rule set hides."""
    if not content.rules.get("suppression"):
        return language.say("Bộ quy tắc không ẩn số liệu nào.", "The rule set hides no figures.")
    return method.hiding(content.rules, language)


def _concept(content: Content, rows: list[Row], language: Language) -> Concept:
    items = [(language.name(row, "item"), written(row, language)) for row in rows]
    contact = content.period.get("contact")
    if rows[0]["concept_code"] == "S.1.1" and contact:
        items.append((language.say("Liên hệ", "Where to ask"), contact))
    return Concept(rows[0]["concept_code"], language.name(rows[0], "concept"), items=tuple(items))


def written(row: Row, language: Language) -> str:
    """An item's value in words; a dash where it is not known."""
    value, text = row["item_value"], row[f"item_text_{language.code}"]
    if text is not None:
        return language.date(dt.date.fromisoformat(text)) if row["item_unit"] == "date" else str(text)
    if value is None:
        return NOTHING
    forms: dict[str, Callable[[], str]] = {
        "percent": lambda: language.percent(value / 100),
        "points": lambda: f"{language.number(value, 2)} {language.say('điểm phần trăm', 'percentage points')}",
        "number": lambda: language.number(value, 1),
        "days": lambda: f"{language.number(value)} {language.say('ngày', 'days')}",
    }
    return forms.get(row["item_unit"], lambda: language.number(value))()
