"""The figures of a draft in Markdown: the ends of its ranking, and what it says differently from what is published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl import escape, warehouse
from etl.publishing import diff
from etl.registry import Registry
from etl.reports import certainty, markdown
from etl.reports.words import ENGLISH, NOTHING, VIETNAMESE, both

Rows = list[dict[str, Any]]

TOP = 5
"""How many treasuries stand at each end of a table."""


def ranking(period: str) -> Rows:
    """The ranking of a period as its draft has it."""
    with warehouse.transaction() as connection:
        warehouse.show(connection, "draft")
        return warehouse.rows(connection, "reports/ranking", period_code=period)


def difference(period: str, newest: int) -> Iterator[str]:
    """How a draft differs from the newest revision, largest changes first."""
    found = diff.diff(Registry.configured().period(period), newest, 0)
    yield escape.markdown(both(f"Since revision {newest}: {found.extent}.", " · "))
    rows = sorted(
        found.rows, key=lambda row: -abs((row["to_satisfaction_rate"] or 0) - (row["from_satisfaction_rate"] or 0))
    )
    if rows:
        yield markdown.table(
            ("kho bạc · treasury", "tỷ lệ · rate", "hạng · rank", "lý do · why"),
            (
                (
                    name(row),
                    f"{rate(row, 'from_')} → {rate(row, 'to_')}",
                    f"{row['from_rank'] or NOTHING} → {row['to_rank'] or NOTHING}",
                    both(row["reason"], " · "),
                )
                for row in rows[: 2 * TOP]
            ),
        )
    if len(rows) > 2 * TOP:
        yield both(f"And {len(rows) - 2 * TOP} more: `hailong diff {period} --from {newest} --to 0`.", "\n\n")


def ends(rows: Rows) -> Iterator[str]:
    """The first and the last of a ranking."""
    ranked = [row for row in rows if row["rank"]]
    shown = ranked if len(ranked) <= 2 * TOP else ranked[:TOP] + ranked[-TOP:]
    if shown:
        yield markdown.table(
            ("hạng · rank", "kho bạc · treasury", "tỷ lệ · rate", "xếp loại · grade", "số phiếu · responses"),
            ((_ranks(row), name(row), rate(row), row["grade_name_vi"], row["response_count"]) for row in shown),
        )


def certain(rows: Rows) -> str:
    """How sure the ranks of a ranking are, in Vietnamese and in English."""
    return "\n\n".join(escape.markdown(certainty.of_all(rows, language)) for language in (VIETNAMESE, ENGLISH))


def _ranks(row: dict[str, Any]) -> str:
    """A rank with the ranks that the answers leave open."""
    low, high = row["rank_low"], row["rank_high"]
    return str(row["rank"]) if low is None else f"{row['rank']} ({ENGLISH.ranks(low, high)})"


def name(row: dict[str, Any]) -> str:
    """A treasury's code and name."""
    return f"{row['treasury_code']} {row['treasury_name_vi']}"


def rate(row: dict[str, Any], which: str = "") -> str:
    """A satisfaction rate in per cent, or a dash for none."""
    return ENGLISH.percent(row[f"{which}satisfaction_rate"])
