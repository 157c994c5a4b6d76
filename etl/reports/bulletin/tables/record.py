"""The tables of what a bulletin rests on: revisions, grade bands, footnotes, and how the figures were made."""

from __future__ import annotations

from etl.reports.bulletin import rule_sources
from etl.reports.bulletin.content import Content, Row
from etl.reports.bulletin.tables.column import BulletinTable, Kind, TableColumn, Text
from etl.reports.words import ENGLISH, VIETNAMESE


def _if_current(_: Content, row: Row) -> Text:
    return ("(hiện hành)", "(current)") if row["is_current"] else None


def _why(_: Content, row: Row) -> Text:
    """Why it was published; and why over objections, where some were open."""
    reason, count, over = row["reason"], row["objection_count"], row["over_objections_reason"]
    if not count:
        return reason or None
    return f"{reason}; dù còn {count} ý kiến phản đối: {over}", f"{reason}; over {count} open objections: {over}"


def _upper_end(content: Content, row: Row) -> float | str:
    """Where a grade ends; nothing is said of the highest."""
    highest = max(grade["to_pct"] for grade in content.rules["grades"])
    return row["to_pct"] / 100 if row["to_pct"] < highest else ""


def _source(_: Content, row: Row) -> Text:
    """Where a band comes from, in both languages."""
    source = row["source"]
    return None if source is None else (rule_sources.said(source, VIETNAMESE), rule_sources.said(source, ENGLISH))


# fmt: off
_PUBLISHED_AT = TableColumn(
    Kind.MOMENT, ("Thời điểm", "When"), "published_at", paper=("Công bố lúc", "Published at"))
_WHY = TableColumn(Kind.TEXT, ("Lý do", "Why"), _why)
_DIGEST = ("Mã băm số liệu", "Digest of the figures")
REVISIONS = BulletinTable(
    page=(
        TableColumn(Kind.RANK, ("Lần", "No."), "revision_number", is_head=True, aside=_if_current), _PUBLISHED_AT, _WHY,
        TableColumn(Kind.TEXT, ("Bộ quy tắc", "Rule set"), "rule_set_code"),
        TableColumn(Kind.CODE, _DIGEST, "figures_digest"),
    ),
    paper=(
        TableColumn(Kind.RANK, ("Lần", "Revision"), "revision_number"), _PUBLISHED_AT, _WHY,
        TableColumn(Kind.CODE, _DIGEST, lambda _, row: row["figures_digest"] and row["figures_digest"][:16]),
    ),
)

GRADE_BANDS = BulletinTable(
    page=(
        TableColumn(Kind.TEXT, ("Xếp loại", "Grade"), lambda _, row: (row["name_vi"], row["name_en"]), is_head=True),
        TableColumn(Kind.PERCENT, ("Từ", "From"), lambda _, row: row["from_pct"] / 100, decimals=0),
        TableColumn(Kind.PERCENT, ("Đến dưới", "To below"), _upper_end, decimals=0),
        TableColumn(Kind.TEXT, ("Nguồn", "Source"), _source),
    ),
)

FOOTNOTES = BulletinTable(
    sheet=(
        TableColumn(Kind.SHORT, ("Mã", "Code"), "footnote_code", width=22),
        TableColumn(Kind.TEXT, ("Chú thích", "Footnote (vi)"), "footnote_text_vi", width=70),
        TableColumn(Kind.TEXT, ("Chú thích (tiếng Anh)", "Footnote"), "footnote_text_en", width=70),
    ),
)

METHOD = BulletinTable(
    sheet=(
        TableColumn(Kind.TEXT, ("Mục", "Item"), "name", width=30),
        TableColumn(Kind.TEXT, ("Nội dung", "Vietnamese"), "vi", width=75),
        TableColumn(Kind.TEXT, ("Nội dung (tiếng Anh)", "English"), "en", width=75),
    ),
)
"""How the figures were made, and which revision they are: an ``explained`` item a row."""
