"""The columns that several tables of the bulletin have."""

from __future__ import annotations

from etl.reports.bulletin import sentences, terms
from etl.reports.bulletin.content import Content, Row
from etl.reports.bulletin.tables.column import Kind, TableColumn, Text, Value, named, term
from etl.reports.words import ENGLISH, VIETNAMESE, Language, Pair


def _grade(_: Content, row: Row) -> Text:
    return (row["grade_name_vi"], row["grade_name_en"]) if row["grade_code"] else None


def _notes(content: Content, row: Row) -> Text:
    """The footnotes of a row in words, both languages."""
    return " ".join(content.footnote_texts.get(code, code) for code in row["footnote_codes"]) or None


def _unit(content: Content, row: Row) -> Pair:
    """A row's unit, or that it is the whole treasury."""
    return sentences.unit(content, row, VIETNAMESE), sentences.unit(content, row, ENGLISH)


def _unit_only(language: Language) -> Value:
    """The name of a row's unit; None for the whole treasury."""
    return lambda content, row: sentences.unit(content, row, language) if sentences.is_unit(row) else None


# fmt: off
_NO_LABEL = ("", "")
RANK = TableColumn(Kind.RANK, ("Hạng", "Rank"), "rank", width=7)
RANK_SET = TableColumn(
    Kind.RANKS, ("Hạng có thể", "Possible ranks"), ("rank_low", "rank_high"), paper=("Hạng có thể", "Could be"),
    card=("có thể", "could be"))

RESPONSES = TableColumn(
    Kind.COUNT, ("Số phiếu", "Responses"), "response_count", paper=("Phiếu", "Responses"), sheet=("Phiếu", "Responses"),
    card=("phiếu", "responses"))
SATISFIED = TableColumn(Kind.COUNT, ("Câu trả lời hài lòng", "Satisfied answers"), "satisfied_count", width=11)
ANSWERS = TableColumn(Kind.COUNT, ("Câu trả lời", "Answers"), "answer_count", width=11)
RATE = TableColumn(
    Kind.RATE, ("Tỷ lệ hài lòng", "Satisfied"), "satisfaction_rate", paper=("Tỷ lệ", "Rate"),
    sheet=("Tỷ lệ hài lòng", "Satisfaction rate"), width=12, card=_NO_LABEL)
INTERVAL = TableColumn(Kind.INTERVAL, ("Khoảng tin cậy", "Interval"), ("rate_low", "rate_high"), card=_NO_LABEL)
PLOT = TableColumn(Kind.PLOT, ("Vị trí", "Place"), "satisfaction_rate", card=_NO_LABEL)
GRADE = TableColumn(Kind.GRADE, ("Xếp loại", "Grade"), _grade, width=21, card=_NO_LABEL)
OUTCOME = (
    RESPONSES, SATISFIED, ANSWERS, RATE,
    TableColumn(Kind.PERCENT, ("Cận dưới", "Lower limit"), "rate_low"),
    TableColumn(Kind.PERCENT, ("Cận trên", "Upper limit"), "rate_high"),
    GRADE,
)
"""The rate in a sheet: its counts before it, its limits and its grade behind it."""

CHANGE = TableColumn(
    Kind.CHANGE, ("Thay đổi, điểm", "Change, points"), ("change_points", "movement"),
    paper=("Thay đổi (điểm)", "Change (points)"), card=_NO_LABEL)

TREASURY = TableColumn(Kind.TEXT, ("Đơn vị", "Treasury"), named("treasury"), is_head=True)
TREASURY_CODE = TableColumn(Kind.SHORT, ("Mã đơn vị", "Treasury code"), "treasury_code", width=9)
TREASURY_VI = TableColumn(Kind.SHORT, ("Đơn vị", "Treasury (vi)"), "treasury_name_vi", width=24)
TREASURY_EN = TableColumn(Kind.SHORT, ("Đơn vị (tiếng Anh)", "Treasury"), "treasury_name_en", width=28)
UNIT = TableColumn(Kind.SHORT, ("Phòng, đơn vị trực thuộc", "Unit"), _unit)
UNIT_IN_SHEET = (
    TableColumn(
        Kind.SHORT, ("Mã phòng, đơn vị trực thuộc", "Unit code"), width=12,
        value=lambda _, row: row["unit_code"] if sentences.is_unit(row) else None),
    TableColumn(Kind.TEXT, ("Phòng, đơn vị trực thuộc", "Unit (vi)"), _unit_only(VIETNAMESE), width=26),
    TableColumn(Kind.TEXT, ("Phòng, đơn vị trực thuộc (tiếng Anh)", "Unit"), _unit_only(ENGLISH), width=26),
)
LEVEL = TableColumn(Kind.SHORT, ("Cấp", "Level"), term(terms.LEVELS, "area_level"), width=29)
STATE = TableColumn(
    Kind.SHORT, ("Tình trạng", "State"), term(terms.STATES, "treasury_state"), sheet=("Trạng thái", "State"), width=24)

MARKS = TableColumn(Kind.SHORT, ("Chú thích", "Notes"), lambda *_: "", has_marks=True, card=_NO_LABEL)
"""The letters of the footnotes."""
NOTES = TableColumn(Kind.TEXT, ("Chú thích", "Notes"), _notes, width=44)
"""The footnotes in words, in a sheet: the last column of it that is printed."""
