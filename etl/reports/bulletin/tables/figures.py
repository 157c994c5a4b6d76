"""The tables of what the figures of an area are told apart by: factor and criterion, channel, respondent, procedure."""

from __future__ import annotations

from dataclasses import replace

from etl.registry.terms import UNSTATED
from etl.reports.bulletin.content import Content, Row
from etl.reports.bulletin.tables.column import BulletinTable, Kind, TableColumn, Text, Value, term
from etl.reports.bulletin.tables.columns import (
    ANSWERS,
    INTERVAL,
    LEVEL,
    MARKS,
    NOTES,
    OUTCOME,
    PLOT,
    RATE,
    RESPONSES,
)
from etl.reports.words import Pair


def _member(_: Content, row: Row) -> Pair:
    """The name of a member of a breakdown, or its code."""
    code = row["member_code"]
    unnamed = ("không nêu", "not stated") if code == UNSTATED else (code, code)
    return row["member_name_vi"] or unnamed[0], row["member_name_en"] or unnamed[1]


def _below_its_factor(content: Content, row: Row) -> Pair:
    """The name of a factor, or of a criterion behind a dash."""
    vi, en = _member(content, row)
    return (vi, en) if _is_factor(row) else (f"– {vi}", f"– {en}")


def _is_factor(row: Row) -> bool:
    return bool(row["breakdown"] == "factor")


def _factor(content: Content, row: Row) -> Text:
    """The factor of a criterion."""
    return content.factor_names.get(row["factor_code"])


def _weak_treasuries(content: Content, row: Row) -> int | str | None:
    """How many treasuries are weak in a criterion; empty for a factor."""
    if _is_factor(row):
        return ""
    return content.weak_counts[row["member_code"]] if content.rules.get("weakness") else None


def _area(language_number: int) -> Value:
    """The name of a row's area in Vietnamese or in English."""
    return lambda content, row: content.area_names[row["area_level"], row["area_code"]][language_number]


# fmt: off
_AREA = (
    LEVEL,
    TableColumn(Kind.SHORT, ("Phạm vi", "Area (vi)"), _area(0), width=38),
    TableColumn(Kind.SHORT, ("Phạm vi (tiếng Anh)", "Area"), _area(1), width=36),
)
_AREA_CODE = TableColumn(Kind.SHORT, ("Mã", "Code"), "area_code", width=29)
_BREAKDOWN = TableColumn(
    Kind.SHORT, ("Phân tổ", "Breakdown"), width=26,
    value=term({"channel": ("kênh", "channel"), "respondent_type": ("đối tượng", "respondent type")}, "breakdown"))
_ITEM = (
    TableColumn(Kind.TEXT, ("Nội dung", "Item (vi)"), "member_name_vi", width=40),
    TableColumn(Kind.TEXT, ("Nội dung (tiếng Anh)", "Item"), "member_name_en", width=40),
)
_GROUP = TableColumn(Kind.TEXT, ("Nhóm", "Group"), _member, is_head=True)
_SHARE = TableColumn(
    Kind.PERCENT, ("Tỷ trọng", "Share"), lambda content, row: content.share(row), decimals=1,
    sheet=("Tỷ trọng phiếu", "Share of responses"), width=11)

CRITERIA = BulletinTable(
    page=(
        replace(_GROUP, heading=("Yếu tố, tiêu chí", "Factor, criterion"), has_marks=True), RATE, INTERVAL, PLOT,
        TableColumn(
            Kind.COUNT, ("Đơn vị yếu", "Weak treasuries"), _weak_treasuries, card=("đơn vị yếu", "treasuries weak")),
    ),
    paper=(
        TableColumn(Kind.TEXT, ("Nội dung", "Item"), _below_its_factor, has_marks=True, is_strong=_is_factor),
        ANSWERS, RATE, INTERVAL,
    ),
    sheet=(
        *_AREA, *_ITEM, *OUTCOME, NOTES, _AREA_CODE,
        TableColumn(Kind.SHORT, ("Yếu tố", "Factor"), _factor, width=80),
    ),
)
"""The factors and their criteria; in the workbook the criteria alone."""

FACTORS = BulletinTable(sheet=(*_AREA, *_ITEM, *OUTCOME, NOTES, _AREA_CODE))


def _members(vi: str, en: str) -> BulletinTable:
    """The members of a breakdown with their share of the responses.

    On paper the heading says which breakdown.
    """
    return BulletinTable(
        page=(_GROUP, RESPONSES, _SHARE, RATE, INTERVAL, PLOT, MARKS),
        paper=(replace(_GROUP, paper=(vi, en), has_marks=True), RESPONSES, _SHARE, RATE, INTERVAL),
        sheet=(*_AREA, *_ITEM, *OUTCOME, _SHARE, NOTES, _AREA_CODE),
    )


MEMBERS = {
    "channel": _members("Kênh", "Channel"),
    "respondent_type": _members("Đối tượng", "Respondent"),
    "procedure": _members("Thủ tục", "Procedure"),
}
"""Who answered how, and about what, by breakdown."""

CUSTOMERS = BulletinTable(sheet=(*_AREA, _BREAKDOWN, *_ITEM, *OUTCOME, _SHARE, NOTES, _AREA_CODE))
"""Channels and respondents in one sheet."""
