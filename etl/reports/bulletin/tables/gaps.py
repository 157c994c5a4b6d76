"""The tables of where an area is weaker than the rest of the network."""

from __future__ import annotations

from dataclasses import replace

from etl.reports.bulletin.content import Content, Row
from etl.reports.bulletin.tables.column import BulletinTable, Kind, TableColumn, Value, named
from etl.reports.bulletin.tables.columns import (
    ANSWERS,
    LEVEL,
    NOTES,
    RATE,
    RESPONSES,
    SATISFIED,
    TREASURY,
    TREASURY_CODE,
    TREASURY_VI,
    UNIT_IN_SHEET,
)
from etl.reports.words import LANGUAGES, Language, Pair

_IS_WEAK, _IS_NOT = ("có", "yes"), ("không", "no")


def _limits(vi: str, en: str) -> Value:
    """The limits of a gap, joined by a word or a sign."""

    def limits(_: Content, row: Row) -> Pair:
        low, high = row["gap_low_points"], row["gap_high_points"]
        joined = [
            f"{language.points(low)} {language.say(vi, en)} {language.points(high)}" for language in LANGUAGES.values()
        ]
        return joined[0], joined[1]

    return limits


def _factor(_: Content, row: Row) -> Pair:
    return f"({row['factor_name_vi']})", f"({row['factor_name_en']})"


def _is_lasting(row: Row) -> bool:
    return bool(row["lasting_count"] > 1)


def _since(_: Content, row: Row) -> Pair:
    """For how long a criterion has been weak."""
    count = row["lasting_count"]
    return (f"{count} kỳ liên tiếp", f"{count} periods in a row") if count > 1 else ("kỳ này", "this period")


def _largest(_: Content, row: Row) -> Pair:
    """The three largest gaps of a treasury, and how long they lasted."""

    def said(language: Language) -> str:
        return "; ".join(
            f"{language.name(weakness, 'criterion')} ({language.points(weakness['gap_points'], 1)}; "
            f"{weakness['lasting_count']} {language.say('kỳ', 'periods')})"
            for weakness in row["weaknesses"][:3]
        )

    vi, en = (said(language) for language in LANGUAGES.values())
    return vi, en


# fmt: off
_CRITERION = TableColumn(Kind.TEXT, ("Tiêu chí", "Criterion"), named("criterion"))
_GAP = TableColumn(
    Kind.POINTS, ("Khoảng cách, điểm", "Gap, points"), "gap_points", paper=("Khoảng cách (điểm)", "Gap (points)"),
    sheet=("Khoảng cách với hệ thống (điểm %)", "Gap to the network (points)"), width=13)
_LIMITS = TableColumn(Kind.INTERVAL, ("Khoảng tin cậy", "Interval"), _limits("đến", "to"))

WEAKNESSES = BulletinTable(
    page=(
        replace(_CRITERION, is_head=True, aside=_factor), RATE, _GAP, _LIMITS,
        TableColumn(Kind.SHORT, ("Kéo dài", "Lasting"), _since, is_strong=_is_lasting),
    ),
    sheet=(
        LEVEL, TREASURY_CODE, TREASURY_VI, *UNIT_IN_SHEET,
        TableColumn(Kind.TEXT, ("Tiêu chí", "Criterion (vi)"), "criterion_name_vi", width=40),
        TableColumn(Kind.TEXT, ("Tiêu chí (tiếng Anh)", "Criterion"), "criterion_name_en", width=40),
        RESPONSES, SATISFIED, ANSWERS, RATE, _GAP,
        TableColumn(Kind.POINTS, ("Cận dưới khoảng cách", "Gap, lower limit"), "gap_low_points", width=11),
        TableColumn(Kind.POINTS, ("Cận trên khoảng cách", "Gap, upper limit"), "gap_high_points", width=11),
        TableColumn(
            Kind.SHORT, ("Là điểm yếu", "Is a weakness"), lambda _, row: _IS_WEAK if row["is_weak"] else _IS_NOT,
            width=12, marked=(_IS_WEAK,)),
        TableColumn(Kind.COUNT, ("Số kỳ liên tiếp", "Periods in a row"), "lasting_count", width=9),
        TableColumn(Kind.COUNT, ("Thứ tự trong phạm vi", "Place in the area"), "gap_position", width=9), NOTES,
    ),
)
"""The weaknesses of one treasury on its page; in the workbook every gap of every treasury and unit."""

LASTING = BulletinTable(
    page=(
        replace(TREASURY, link="#weak"),
        TableColumn(Kind.COUNT, ("Điểm yếu kéo dài", "Lasting"), lambda _, row: len(row["weaknesses"]),
            card=("điểm yếu kéo dài", "lasting")),
        TableColumn(Kind.TEXT, ("Lớn nhất", "Largest"), _largest, card=("lớn nhất:", "largest:")),
    ),
    paper=(
        TREASURY, _CRITERION, RATE, _GAP,
        replace(_LIMITS, paper=("Có thể", "Could be"), value=_limits("…", "…")),
        TableColumn(Kind.COUNT, ("Số kỳ", "Periods"), "lasting_count"),
    ),
)
"""The weaknesses that last; on the page a row for each treasury, which holds its ``weaknesses``."""
