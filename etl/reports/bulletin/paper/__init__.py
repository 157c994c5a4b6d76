"""The bulletin and the papers for conferences: each a PDF in one language, set by Typst with the fonts that it brings.

What is said stands in ``chapters``, how it looks in ``paper.typ``; between them goes plain data, so that no name can be
markup.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typst

from etl import escape
from etl.reports.bulletin import method
from etl.reports.bulletin.charts.svg import in_tags
from etl.reports.bulletin.content import Content
from etl.reports.bulletin.paper import conference
from etl.reports.bulletin.paper.chapters import Chapter, chapters
from etl.reports.bulletin.paper.glyphs import FONT, STANDARDS, settable
from etl.reports.bulletin.paper.headline import headline
from etl.reports.words import Language

_LAYOUT = Path(__file__).with_name("paper.typ")
_FAMILY = re.compile(r'font-family="[^"]*"')
_LABEL = re.compile(r'aria-label="([^"]*)"')


def paper(content: Content, language: Language, charts: Mapping[str, str]) -> bytes:
    """The PDF of the bulletin, tagged and for archives.

    The same content gives the same bytes.

    ``charts``: SVGs by what they show: ``ranks``, ``funnel``, ``trend``, ``members``, and ``map-<code>`` for each map.
    What is not there is left out.
    """
    return _set(content, _data(content, language, charts))


def of_conference(content: Content, code: str, language: Language) -> bytes:
    """The PDF for the conference of one treasury, as the bulletin's is."""
    own = content.treasury(code)
    if own is None:
        raise KeyError(f"no treasury {code} in the bulletin of {content.period['period_code']}")
    data = {
        **_shared(content, language),
        "title": conference.title(language),
        "network": language.name(own, "treasury"),
        "headline": conference.headline(content, own, language),
        "charts": {},
        "chapters": _titled(conference.chapters(content, own, language)),
    }
    return _set(content, data)


def _set(content: Content, data: dict[str, Any]) -> bytes:
    """What the layout makes of plain data."""
    made = content.period["published_at"] or content.period["scored_at"]
    pdf: bytes = typst.compile(
        _LAYOUT,
        sys_inputs={"data": settable(json.dumps(_visible(data), ensure_ascii=False))},
        ignore_system_fonts=True,
        pdf_standards=STANDARDS,
        timestamp=int(made.timestamp()),
    )
    return pdf


def _data(content: Content, language: Language, charts: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the layout asks for."""
    return {
        **_shared(content, language),
        "title": language.say("Bản tin mức độ hài lòng", "Satisfaction bulletin"),
        "network": language.name(content.period, "network"),
        "headline": headline(content, language),
        "charts": {name: _chart(svg) for name, svg in charts.items()},
        "chapters": _titled(chapters(content, language, charts)),
    }


def _shared(content: Content, language: Language) -> dict[str, Any]:
    """What stands on every paper."""
    period = content.period
    return {
        "lang": language.code,
        "font": FONT,
        "period": language.name(period, "period"),
        "keywords": [period["period_code"], period["rule_set_code"]],
        "is_draft": content.is_draft,
        "standing": method.standing(content, language),
        "page": language.say("Trang", "Page"),
    }


def _titled(told: Sequence[Chapter]) -> list[dict[str, Any]]:
    """Chapters as plain data."""
    return [{"title": title, "blocks": blocks} for title, blocks in told]


def _visible(value: Any) -> Any:
    """Plain data whose texts steer nothing."""
    match value:
        case str():
            return escape.visible(value)
        case dict():
            return {name: _visible(part) for name, part in value.items()}
        case list() | tuple():
            return list(map(_visible, value))
        case _:
            return value


def _chart(svg: str) -> dict[str, str]:
    """A chart in a font that the paper brings, with its sentence."""
    label = _LABEL.search(svg)
    return {
        "svg": in_tags(svg, lambda tag: _FAMILY.sub(f'font-family="{FONT}"', tag)),
        "label": html.unescape(label[1]) if label else "",
    }
