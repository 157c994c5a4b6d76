"""The door that judges what workbooks and registers claim, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from etl import doors

LONGEST_TEXT = 2_000
"""The characters that a text may have."""
LONGEST_KEY = 500
"""The characters that the key of a row may have."""
NO_FAULTS: dict[str, Any] = {
    "no_text_count": 0,
    "formula_count": 0,
    "merged_count": 0,
    "unreadable_count": 0,
    "lacking_count": 0,
    "nul_count": 0,
    "key_count": 1,
    "key_length": 1,
    "about": "",
}
"""What the door looks at besides a row's own values, of a row with which nothing is wrong."""


def findings(frame: pd.DataFrame, limits: Mapping[str, Any]) -> list[doors.Finding]:
    """What the rules of the door say of rows."""
    known = {"longest_text": LONGEST_TEXT, "longest_key": LONGEST_KEY, **limits}
    return doors.findings(frame, "actions", ("row",), known)
