"""The log of processing: what was done with personal data, when, by which login, what for, and how much."""

from __future__ import annotations

import json
from typing import Any, Literal

from etl import warehouse

Activity = Literal["land", "show", "correct", "forget", "restrict", "export", "retention"]


def record(connection: warehouse.Connection, activity: Activity, purpose: str, row_count: int, **said: Any) -> int:
    """Write into the log of processing; the number of the entry.

    ``said``: subject_kind (``everybody`` where it is not said), subject_mark, person_id, survey_month, treasury_code,
    answer_by. Who it was and when, the server says. ``purpose`` names nobody.
    """
    entry = {"subject_kind": "everybody", **said, "activity_code": activity, "purpose": purpose, "row_count": row_count}
    (made,) = warehouse.rows(
        connection, "acting/log_processing", said=json.dumps(entry, ensure_ascii=False, default=str)
    )
    return int(made["processing_number"])
