"""The registers of actions that the demo's offices keep: three months of petitions, trainings, and what was decided."""

from __future__ import annotations

from typing import Any

import pandas as pd

from etl.demo.profiles import Profile

Row = dict[str, Any]
_HEAD, _OFFICER = "Giám đốc", "Phòng Kiểm tra"
_BASIS = "Quy chế tiếp công dân của đơn vị"


def rows(code: str, months: tuple[Profile, ...], responses: pd.DataFrame) -> list[Row]:
    """What an office's register says, by the day; a row without one is of the day on which the demo is made.

    ``responses`` are those of the last month. One row names a kind that nobody knows, as people do; and the conference
    is known to have been held only when the month is published.
    """
    first, middle, last = (profile.month for profile in (months[0], months[len(months) // 2], months[-1]))
    unit = months[-1].units[0].code
    petition, subject = f"{code}-{first}-1", {"ground_code": "petition", "unit_code": unit}
    decided = {"outcome": "accepted", "action_code": "training", "capacity": _HEAD, "legal_basis": _BASIS}
    planned = {"owner_name": _OFFICER, "due_date": f"{last.next()}-29", "target_pct": 95, "expected_count": 300}
    held = {"period_code": str(last), "revision_number": 1, "attendance_count": 96}
    said = [
        _row(petition, f"{first}-16", "opened", _OFFICER, petition_number=f"05/ĐT-{code}", **subject),
        _row(f"{petition}a", f"{first}-17", "acknowledged", _OFFICER, case_key=petition, owner_name=_OFFICER),
        _row(
            f"{petition}b", f"{first}-22", "review_begun", _OFFICER, case_key=petition, root_cause="ba thủ tục một quầy"
        ),
        _row(f"{code}-t1", f"{middle}-09", "training", _OFFICER, note="kỹ năng giao tiếp", attendance_count=38),
        _row(f"{petition}c", f"{middle}-12", "decision", _HEAD, case_key=petition, **decided),
        _row(f"{code}-p1", f"{middle}-15", "plan", _HEAD, note="mở thêm một quầy buổi sáng", **planned),
        _row(f"{petition}d", f"{last}-20", "closing", _HEAD, case_key=petition, note="đã tập huấn"),
        _row(f"{code}-c1", None, "conference", _HEAD, note="niêm yết thời hạn; mỗi sáng thêm một quầy", **held),
        _row(f"{code}-x1", f"{last}-21", "đã họp", _OFFICER, note="họp phòng"),
    ]
    return said + _of_reports(code, responses)


def _of_reports(code: str, responses: pd.DataFrame) -> list[Row]:
    """The first report of harassment about an officer is looked into on the day on which it becomes a case."""
    is_reported = responses["harassment_reported"].astype("boolean").fillna(False)
    reported = responses[is_reported & responses["officer_code"].notna()]
    if reported.empty:
        return []
    subject = {"ground_code": "harassment", "officer_code": str(reported.iloc[0]["officer_code"]).strip()}
    return [
        _row(f"{code}-h1", None, "acknowledged", _OFFICER, owner_name=_OFFICER, **subject),
        _row(f"{code}-h2", None, "review_begun", _OFFICER, root_cause="đang xác minh", **subject),
    ]


def _row(row_id: str, day: str | None, kind: str, claimed_by: str, **said: Any) -> Row:
    """A row of the register."""
    return {"row_id": row_id, "happened_on": day, "event_kind": kind, "claimed_by": claimed_by, **said}
