"""The tables of what came in: the state of each treasury's month, what was turned away, and signals on the answers."""

from __future__ import annotations

from dataclasses import replace

from etl.reports.bulletin import terms
from etl.reports.bulletin.content import Content, Row
from etl.reports.bulletin.tables.column import BulletinTable, Kind, TableColumn, Text, term
from etl.reports.bulletin.tables.columns import (
    NOTES,
    RESPONSES,
    STATE,
    TREASURY,
    TREASURY_CODE,
    TREASURY_VI,
    UNIT,
    UNIT_IN_SHEET,
)


def _turned_away(_: Content, row: Row) -> Text:
    """How many responses broke which rule, one rule a line."""
    counts = (row["turned_away_by_rule"] or {}).items()
    return "\n".join(f"{terms.both(terms.RULES, rule)}: {count}" for rule, count in counts) or None


# fmt: off
INTAKE = BulletinTable(
    sheet=(
        TableColumn(Kind.MONTH, ("Tháng", "Month"), "survey_month"), TREASURY_CODE, TREASURY_VI,
        replace(
            STATE, kind=Kind.TEXT, width=20,
            marked=tuple(terms.STATES[state] for state in ("refused", "unavailable", "not_run"))),
        TableColumn(Kind.COUNT, ("Phiếu đọc được", "Responses read"), "read_count", width=11),
        TableColumn(Kind.COUNT, ("Phiếu được nạp", "Responses loaded"), "loaded_count", width=11),
        TableColumn(Kind.COUNT, ("Phiếu bị loại", "Turned away"), "turned_away_count", width=11),
        TableColumn(Kind.TEXT, ("Lý do loại", "Turned away by rule"), _turned_away, width=60),
        TableColumn(Kind.COUNT, ("Phiếu đến muộn", "Came late"), "added_count", width=9),
        TableColumn(Kind.COUNT, ("Phiếu được sửa", "Corrected"), "changed_count", width=9),
        TableColumn(Kind.COUNT, ("Phiếu bị rút", "Taken back"), "deleted_count", width=9),
        TableColumn(Kind.MOMENT, ("Thời điểm chụp dữ liệu", "Taken from the source at"), "snapshot_at", width=17),
        NOTES,
    ),
)
"""How each treasury's month came in."""

MISSING = BulletinTable(
    page=(
        TREASURY, STATE,
        TableColumn(Kind.TEXT, ("Nghĩa là", "What it means"), term(terms.MEANINGS, "treasury_state")),
    ),
)

_BY_RULE = (
    TableColumn(
        Kind.TEXT, ("Lý do", "Reason"), term(terms.RULES, "rule_code"), is_head=True,
        paper=("Lý do loại phiếu", "Why responses were turned away")),
    RESPONSES,
)
TURNED_AWAY = BulletinTable(page=_BY_RULE, paper=_BY_RULE)

_SIGNAL = TableColumn(
    Kind.TEXT, ("Tín hiệu", "Signal"), term(terms.SIGNALS, "signal_code"),
    paper=("Tín hiệu để xem lại", "Signal to look at"), width=60)
_AGAINST_THRESHOLD = (
    TableColumn(Kind.NUMBER, ("Giá trị", "Value"), "signal_value"),
    TableColumn(Kind.NUMBER, ("Ngưỡng", "Threshold"), "threshold"),
)
SIGNALS = BulletinTable(
    page=(TREASURY, UNIT, _SIGNAL, *_AGAINST_THRESHOLD),
    paper=(_SIGNAL, TREASURY, UNIT, *_AGAINST_THRESHOLD),
    sheet=(TREASURY_CODE, TREASURY_VI, *UNIT_IN_SHEET, _SIGNAL, *_AGAINST_THRESHOLD, NOTES),
)
"""The raised signals on the answers, which only a draft has."""
