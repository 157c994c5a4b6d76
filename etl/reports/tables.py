"""Rows of a report as a table for people."""

from __future__ import annotations

import sys
from collections.abc import Collection
from datetime import tzinfo
from decimal import Decimal
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from etl import escape
from etl.reports.words import VIETNAMESE

Rows = list[dict[str, Any]]

RANKING_ESSENTIAL = ("rank", "treasury_code", "treasury_name_vi", "satisfaction_pct", "grade_name_vi")
"""The columns of the ranking that are shown however narrow the terminal is."""

PROVINCES = {
    "province_code": "code",
    "province_name_vi": "province",
    "response_count": "responses",
    "share_of_answers_pct": "satisfied answers %",
    "parts": "former treasuries",
    "notes": "notes",
}
"""The columns of the provinces, with their headings."""

_UNBROKEN = 24
"""The length to which a cell is not broken: that of the longest name of a treasury."""


def table(rows: Rows, columns: dict[str, str]) -> Table:
    """Rows as a table for people.

    Numbers stand to the right, and only long texts are broken. A cell is one line, and nothing of it is markup.
    """
    drawn = Table(header_style="bold", box=None, pad_edge=False)
    for name, heading in columns.items():
        is_number = any(isinstance(row[name], int | float | Decimal) for row in rows)
        longest = max((_shown(row[name]).cell_len for row in rows), default=0)
        justify: Literal["right", "left"] = "right" if is_number else "left"
        drawn.add_column(heading, justify=justify, overflow="fold", min_width=min(longest, _UNBROKEN))
    for row in rows:
        drawn.add_row(*(_shown(row[name]) for name in columns))
    return drawn


def fitting(console: Console, rows: Rows, columns: dict[str, str], essential: Collection[str]) -> dict[str, str]:
    """The columns for which a console has room.

    All but the ``essential`` ones are left out, from the right, until no cell has to be broken that is not long.
    """
    shown, unbounded = dict(columns), console.options.update(max_width=sys.maxsize)
    for name in [name for name in reversed(columns) if name not in essential]:
        if console.measure(table(rows, shown), options=unbounded).minimum <= console.width:
            break
        del shown[name]
    return shown


def ranking_columns(*, is_rebased: bool = False) -> dict[str, str]:
    """The columns of the ranking that fit a terminal."""
    before = {"parts": "made of"} if is_rebased else {"previous_rank": "before", "change": "change"}
    return {
        "rank": "rank",
        "rank_set": "rank set",
        "treasury_code": "code",
        "treasury_name_vi": "treasury",
        "response_count": "responses",
        "satisfaction_pct": "rate %",
        "interval": "interval %",
        "grade_name_vi": "grade",
        **before,
        "treasury_state": "state",
        "notes": "notes",
    }


def ranking(rows: Rows) -> Rows:
    """The ranking's rows with intervals, change and footnotes as text.

    A change is written with an arrow when it is more than chance, else in brackets.
    """
    return [
        {
            **row,
            "interval": _interval(row),
            "rank_set": _rank_set(row),
            "satisfaction_pct": row["satisfaction_pct"] and VIETNAMESE.number(row["satisfaction_pct"], 2),
            "change": _change(row),
            "parts": " ".join(row.get("part_codes", ())),
            "notes": ", ".join(row["footnote_codes"]),
        }
        for row in rows
    ]


def provinces(rows: Rows) -> Rows:
    """The provinces' rows with their parts and footnotes as text."""
    return [
        {
            **row,
            "share_of_answers_pct": row["share_of_answers_pct"] and VIETNAMESE.number(row["share_of_answers_pct"], 2),
            "parts": " ".join(row["part_codes"]),
            "notes": ", ".join(row["footnote_codes"]),
        }
        for row in rows
    ]


def changes(rows: Rows) -> list[str]:
    """What two revisions say differently, in sentences.

    One for each treasury, and one for all that only changed places.
    """
    moved = [row for row in rows if _only_moved(row)]
    lines = [_changed(row) for row in rows if not _only_moved(row)]
    if moved:
        ranks = (f"{row['treasury_name_vi']} {row['from_rank']} → {row['to_rank']}" for row in moved)
        lines.append(f"rank only, because {moved[0]['reason']}: {', '.join(ranks)}")
    return lines


def revisions(rows: Rows, zone: tzinfo) -> Rows:
    """Revisions as they fit a terminal: times to the minute in a zone, short digests."""
    return [
        {
            **row,
            "scored_at": f"{row['scored_at'].astimezone(zone):%Y-%m-%d %H:%M}",
            "published_at": row["published_at"] and f"{row['published_at'].astimezone(zone):%Y-%m-%d %H:%M}",
            "figures_digest": row["figures_digest"] and row["figures_digest"][:12],
        }
        for row in rows
    ]


def _only_moved(row: dict[str, Any]) -> bool:
    """Whether only the place of a treasury changed, not its figures."""
    same = ("state", "response_count", "answer_count", "satisfied_count", "satisfaction_rate", "grade_vi")
    return row["from_rank"] != row["to_rank"] and all(row[f"from_{name}"] == row[f"to_{name}"] for name in same)


def _changed(row: dict[str, Any]) -> str:
    """One treasury's sentence: what was published, what it is, and why."""
    said, is_later = [], row["to_revision"] > row["from_revision"]
    is_draft = row["from_revision"] > row["to_revision"] == 0
    if row["is_suppressed"]:
        said.append("figures hidden")
    elif row["from_satisfaction_rate"] != row["to_satisfaction_rate"]:
        old, new = (_pct(row[f"{side}_satisfaction_rate"]) for side in ("from", "to"))
        said.append(f"published {old} → {'revised' if is_later else 'draft' if is_draft else 'published'} {new}")
    ranks, grades = (tuple(row[f"{side}_{name}"] for side in ("from", "to")) for name in ("rank", "grade_vi"))
    said += [f"rank {_or_dash(ranks[0])} → {_or_dash(ranks[1])}"] if ranks[0] != ranks[1] else []
    said += [f"grade {_or_dash(grades[0])} → {_or_dash(grades[1])}"] if grades[0] != grades[1] else []
    said.append(f"because {row['reason']}")
    return f"{row['treasury_code']} {row['treasury_name_vi']}: {'; '.join(said)}"


def _or_dash(value: Any) -> str:
    """A value, or a dash for none."""
    return "–" if value is None else str(value)


def _pct(rate: Decimal | None) -> str:
    """A rate in per cent without its sign; a dash for none."""
    return VIETNAMESE.number(None if rate is None else 100 * rate, 2)


def _interval(row: dict[str, Any]) -> str:
    """The interval of a rate in per cent; empty for none."""
    return "" if row["rate_low"] is None else f"{_pct(row['rate_low'])} – {_pct(row['rate_high'])}"


def _rank_set(row: dict[str, Any]) -> str:
    """The possible ranks and of how many; without a set the latter."""
    if row["ranked_count"] is None:
        return ""
    places = "" if row["rank_low"] is None else f"{row['rank_low']}–{row['rank_high']} "
    return f"{places}/ {row['ranked_count']}"


def _change(row: dict[str, Any]) -> str:
    """A change in points with its mark; empty for none."""
    points = row.get("change_points")
    return "" if points is None else VIETNAMESE.change(points, row["movement"])


def _shown(value: Any) -> Text:
    """A value as a table's cell."""
    return Text("" if value is None else escape.line(str(value)))
