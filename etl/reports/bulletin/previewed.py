"""The preview of a treasury: its own pages, workbook and figures of a draft, on its own shelf and nowhere else.

``<HAILONG_FORMS>/<code>/preview-<period>/``: ``page.vi.html``, ``page.en.html``, ``figures.xlsx``, ``figures.csv``, and
``about.json``, which says of which offer they are and comes last. Of others there is the figure of the network alone,
and the rank that is its own; of those who answered nothing. Without charts: they show what the tables say.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from etl import escape
from etl.acting import form
from etl.errors import Misdeclared
from etl.publishing import preview
from etl.reports.bulletin import page, reading, workbook
from etl.reports.bulletin.content import SYSTEM, Content
from etl.reports.words import LANGUAGES

_ABOUT = "about.json"
_COLUMNS = (
    "area_level", "area_code", "breakdown", "member_code", "member_name_vi", "member_name_en", "response_count",
    "answer_count", "satisfied_count", "satisfaction_rate", "rate_low", "rate_high",
)  # fmt: skip


def make(period: str, treasury: str | None = None) -> list[str]:
    """Write the previews of a draft's treasuries, or of one; the codes of those that were written now.

    One whose figures are those that lie there already stays. A period without a draft raises Misdeclared, and so does a
    treasury that it does not rate.
    """
    offered = [row for row in preview.offered(period) if treasury in (None, row["treasury_code"])]
    if not offered:
        raise Misdeclared(
            f"{period}: there is no draft that rates treasury {treasury}" if treasury else f"{period} has no draft",
            next_action=f"see which there are: hailong preview list {period}",
        )
    stale = [row for row in offered if treasury or _version(row) != _lying(period, row["treasury_code"])]
    if not stale:
        return []
    content = reading.content(period, 0)
    for row in stale:
        for name, made in files(alone(content, row["treasury_code"], row["due_date"]), row["treasury_code"]).items():
            form.keep(f"{row['treasury_code']}/{directory(period)}/{name}", made)
        about = json.dumps({"offer": _version(row)}).encode()
        form.keep(f"{row['treasury_code']}/{directory(period)}/{_ABOUT}", about)
    return [row["treasury_code"] for row in stale]


def directory(period: str) -> str:
    """The directory of a period's preview on a treasury's shelf."""
    return f"preview-{period}"


def files(content: Content, code: str) -> dict[str, bytes]:
    """The files of a treasury's preview by name, of what it may see alone."""
    pages = {
        f"page.{language.code}.html": page.treasury(content, code, language, is_alone=True, has_charts=False).encode()
        for language in LANGUAGES.values()
    }
    return pages | {"figures.xlsx": workbook.workbook(content), "figures.csv": _figures(content)}


def alone(content: Content, code: str, due_date: Any = None) -> Content:
    """What a treasury may see of a draft: what is its own, and the figures of the network as a whole.

    ``due_date``: the last day to object; it stands on every page.
    """
    own = content.treasury(code)
    areas = {SYSTEM, ("treasury", code), *(("unit", f"{code}/{row['unit_code']}") for row in content.units_of(code))}

    def of_treasury(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if row["treasury_code"] == code]

    return replace(
        content,
        period=content.period | {"object_until": due_date},
        ranking=of_treasury(content.ranking),
        figures=[row for row in content.figures if (row["area_level"], row["area_code"]) in areas],
        units=of_treasury(content.units),
        weaknesses=of_treasury(content.weaknesses),
        trend=[row for row in content.trend if row["treasury_id"] in (None, own and own["treasury_id"])],
        quality=of_treasury(content.quality),
        signals=of_treasury(content.signals),
        drawings=(),
        done=of_treasury(content.done),
        effects=of_treasury(content.effects),
        cases=of_treasury(content.cases),
        files=frozenset(),
    )


def _figures(content: Content) -> bytes:
    """The figures of the treasury and its units as CSV, which a spreadsheet opens as UTF-8."""
    rows = (row for row in content.figures if row["area_level"] in ("treasury", "unit"))
    return escape.csv_text([_COLUMNS, *([row[name] for name in _COLUMNS] for row in rows)]).encode("utf-8-sig")


def _version(row: dict[str, Any]) -> str:
    """Of which offer a preview is: the same figures have the same."""
    return str(row["offered_at"])


def _lying(period: str, code: str) -> str | None:
    """Of which offer the preview on a treasury's shelf is; None without one that is whole."""
    content = form.shelf(code).below(directory(period)).get(_ABOUT)
    return str(json.loads(content)["offer"]) if content else None
