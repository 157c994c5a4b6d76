"""The tables of what offices did and whether it helped: each action, and each treasury that acted."""

from __future__ import annotations

from etl.reports.bulletin import what_was_done
from etl.reports.bulletin.content import Content, Row, Rows
from etl.reports.bulletin.tables.column import BulletinTable, Kind, TableColumn, Text
from etl.reports.bulletin.tables.columns import TREASURY, TREASURY_CODE, TREASURY_EN, TREASURY_VI
from etl.reports.words import ENGLISH, VIETNAMESE, Pair


def rows(content: Content) -> Rows:
    """A row for each action and area, the newest first, with what is said of it in both languages."""
    return [
        {
            **row,
            **{f"name_{one.code}": what_was_done.name(row, one) for one in (VIETNAMESE, ENGLISH)},
            **{f"verdict_{one.code}": what_was_done.verdict(row, one) for one in (VIETNAMESE, ENGLISH)},
            **{f"why_{one.code}": what_was_done.why(row, one) for one in (VIETNAMESE, ENGLISH)},
            **{
                name: None if row[name] is None else 100 * row[name] for name in ("effect", "effect_low", "effect_high")
            },
        }
        for row in content.effects
    ]


def _last(_: Content, row: Row) -> Text:
    return (VIETNAMESE.date(row["last_date"]), ENGLISH.date(row["last_date"])) if row["last_date"] else ("", "")


def _cases(name: str, heading: Pair) -> TableColumn:
    """About how many cases of a treasury are so."""

    def told(_: Content, row: Row) -> Text:
        least = row.get(f"least_{name}_count")
        return what_was_done.about(least, VIETNAMESE), what_was_done.about(least, ENGLISH)

    return TableColumn(Kind.SHORT, heading, told)


def _count(code: str) -> TableColumn:
    """How many actions of a treasury have a verdict."""
    words = what_was_done.VERDICTS[code]
    heading = (words[0][:1].upper() + words[0][1:], words[1][:1].upper() + words[1][1:])
    return TableColumn(Kind.COUNT, heading, f"{code}_count")


# fmt: off
ACTED = BulletinTable(
    page=(
        TREASURY,
        TableColumn(Kind.COUNT, ("Số hành động", "Actions"), "action_count"),
        TableColumn(Kind.SHORT, ("Gần nhất", "The last"), _last),
        *map(_count, what_was_done.VERDICTS),
        _cases("open", ("Vụ việc mở", "Cases open")),
        _cases("overdue", ("Quá hạn", "Overdue")),
        _cases("reopened", ("Mở lại", "Opened again")),
    ),
)
"""A treasury that acted, or has cases open, a row."""
EFFECTS = BulletinTable(
    sheet=(
        TREASURY_CODE, TREASURY_VI, TREASURY_EN,
        TableColumn(Kind.TEXT, ("Hành động", "Action (vi)"), "name_vi", width=56),
        TableColumn(Kind.TEXT, ("Kết luận", "Verdict (vi)"), "verdict_vi", width=26),
        TableColumn(Kind.POINTS, ("Tác dụng, điểm", "Effect, points"), "effect"),
        TableColumn(Kind.POINTS, ("Cận dưới", "Lower limit"), "effect_low"),
        TableColumn(Kind.POINTS, ("Cận trên", "Upper limit"), "effect_high"),
        TableColumn(Kind.PERCENT, ("Tỷ lệ trước", "Rate before"), "before_rate"),
        TableColumn(Kind.PERCENT, ("Tỷ lệ sau", "Rate after"), "after_rate"),
        TableColumn(Kind.PERCENT, ("Tỷ lệ kỳ vọng", "Rate to be expected"), "expected_rate"),
        TableColumn(Kind.COUNT, ("Nơi so sánh", "Compared with"), "control_count"),
        TableColumn(Kind.TEXT, ("Căn cứ", "Why (vi)"), "why_vi", width=60),
        TableColumn(Kind.TEXT, ("Hành động (tiếng Anh)", "Action"), "name_en", width=56),
        TableColumn(Kind.TEXT, ("Kết luận (tiếng Anh)", "Verdict"), "verdict_en", width=26),
        TableColumn(Kind.TEXT, ("Căn cứ (tiếng Anh)", "Why"), "why_en", width=60),
    ),
)
"""What was done, an action a row."""
