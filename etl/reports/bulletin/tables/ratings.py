"""The tables of ratings: the ranking of the treasuries, their units, and the periods before."""

from __future__ import annotations

from dataclasses import replace

from etl.reports.bulletin import sentences, terms
from etl.reports.bulletin.content import Content, Row
from etl.reports.bulletin.tables.column import BulletinTable, Kind, TableColumn, Text, named, term
from etl.reports.bulletin.tables.columns import (
    CHANGE,
    GRADE,
    INTERVAL,
    MARKS,
    NOTES,
    OUTCOME,
    PLOT,
    RANK,
    RANK_SET,
    RATE,
    RESPONSES,
    STATE,
    TREASURY,
    TREASURY_CODE,
    TREASURY_EN,
    TREASURY_VI,
    UNIT,
    UNIT_IN_SHEET,
)
from etl.reports.words import LANGUAGES, Pair


def _state_unless_loaded(_: Content, row: Row) -> Text:
    """Why a treasury has no figures; empty where it has some."""
    state = row["treasury_state"]
    return "" if state == "loaded" else terms.STATES.get(state, state)


def _counted(content: Content, row: Row) -> Pair:
    """Whether an earlier period was counted as this one is."""
    vi, en = (sentences.counted(row, content.period, language) for language in LANGUAGES.values())
    return vi, en


def _compared(_: Content, row: Row) -> Pair | None:
    """Where a unit's interval lies against the network's rate, with an arrow."""
    compared = row["compared_with_system"]
    if compared is None:
        return None
    arrow = "▼" if compared == "below" else "▲"
    vi, en = terms.COMPARED[compared]
    return f"{arrow} {vi}", f"{arrow} {en}"


def _is_below(row: Row) -> bool:
    return bool(row["compared_with_system"] == "below")


# fmt: off
_STANDING = (
    TableColumn(Kind.RANK, ("Hạng có thể, từ", "Possible rank, from"), "rank_low", width=9, needs="rank_sets"),
    TableColumn(Kind.RANK, ("Hạng có thể, đến", "Possible rank, to"), "rank_high", width=9, needs="rank_sets"),
    TableColumn(Kind.COUNT, ("Trong số", "Among"), "ranked_count", width=8),
    TableColumn(Kind.POINTS, ("Thay đổi (điểm %)", "Change (points)"), "change_points"),
    TableColumn(
        Kind.SHORT, ("Nhận định thay đổi", "Movement"), term(terms.MOVEMENTS, "movement"), width=40,
        marked=(terms.MOVEMENTS["up"], terms.MOVEMENTS["down"])),
    TableColumn(
        Kind.TEXT, ("Biểu đồ phễu", "Funnel"), term(terms.POSITIONS, "funnel_flag"), width=40,
        marked=(terms.POSITIONS["above_action"], terms.POSITIONS["below_action"])),
    NOTES,
)
"""How sure a rank is and what changed, in a sheet."""

RANKING = BulletinTable(
    page=(
        RANK, replace(TREASURY, link=""), RESPONSES, RATE, INTERVAL, GRADE, RANK_SET, CHANGE,
        replace(MARKS, value=_state_unless_loaded),
    ),
    paper=(
        RANK, replace(RANK_SET, needs="rank_sets"), replace(TREASURY, has_marks=True), RESPONSES, RATE, INTERVAL, GRADE,
        CHANGE,
    ),
    sheet=(
        RANK, replace(TREASURY_CODE, heading=("Mã", "Code"), width=7), TREASURY_VI, TREASURY_EN, *OUTCOME, *_STANDING,
        TableColumn(Kind.SHORT, ("Vùng", "Region"), named("region"), width=70), STATE,
    ),
)

UNITS = BulletinTable(
    page=(
        RANK, replace(UNIT, is_head=True, aside=_compared, is_strong=_is_below), RESPONSES, RATE, INTERVAL,
        PLOT, GRADE, RANK_SET, CHANGE, MARKS,
    ),
    sheet=(
        TREASURY_CODE, TREASURY_VI, *UNIT_IN_SHEET,
        TableColumn(Kind.SHORT, ("Loại", "Kind"), term(terms.UNIT_KINDS, "unit_kind"), width=32),
        replace(RANK, heading=("Hạng trong đơn vị", "Rank in the treasury"), width=9), *OUTCOME, *_STANDING,
        TableColumn(
            Kind.SHORT, ("So với toàn hệ thống", "Against the network"), term(terms.COMPARED, "compared_with_system"),
            width=40, marked=(terms.COMPARED["below"],)),
    ),
)

_PERIODS = (
    TableColumn(Kind.TEXT, ("Kỳ", "Period"), named("period"), is_head=True), RESPONSES, RATE, INTERVAL,
    TableColumn(Kind.TEXT, ("Cách tính", "Counted"), _counted),
)
TREND = BulletinTable(page=_PERIODS, paper=_PERIODS)
