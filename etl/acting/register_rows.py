"""The rows of a register as what they say: texts become numbers and days, or are told as unreadable."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from etl.acting.claims_door import NO_FAULTS
from etl.acting.form import FIRST_DAY
from etl.source.action_rows import COLUMNS

KINDS = {
    # word of a register | what it is here   | columns that it needs
    "opened":        ("opened",            ("ground_code",)),
    "acknowledged":  ("acknowledged",      ()),
    "review_begun":  ("review_begun",      ()),
    "noted":         ("noted",             ()),
    "measured":      ("measured",          ()),
    "replied":       ("replied",           ("note",)),
    "plan":          ("planned",           ("note", "owner_name", "due_date")),
    "conference":    ("conference",        ("note", "period_code", "revision_number", "attendance_count")),
    "training":      ("training",          ("note", "attendance_count")),
    "decision":      ("decision_proposed", ("outcome", "action_code", "capacity", "legal_basis")),
    "urgent":        ("urgent_proposed",   ("outcome", "action_code", "capacity", "legal_basis", "reason")),
    "closing":       ("closing_proposed",  ()),
    "objection":     ("objection",         ("note", "period_code", "ground_code")),
}  # fmt: skip
"""The kinds of rows: how the warehouse calls them, and what they need."""
_OF_NO_CASE = ("opened", "plan", "conference", "training", "objection")
_OUTCOMES = ("accepted", "changed", "rejected")
_NUMBERS = ("case_number", "revision_number", "attendance_count", "expected_count")
_DAYS = ("due_date", "valid_from", "valid_to")
_TEXTS = tuple(name for name in COLUMNS if name not in (*_NUMBERS, *_DAYS, "happened_on", "row_key"))
_WHOLE = re.compile(r"\d{1,9}(\.0*)?")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]00:00(:00(\.0+)?)?)?")
Said = dict[str, Any]


def said(row: Mapping[str, str | None]) -> Said:
    """What a row says, by column: numbers, days and texts; ``unreadable`` names the columns that cannot be read."""
    texts = {name: (row[name] or "").strip() for name in COLUMNS}
    values: Said = {name: text or None for name, text in texts.items()}
    readers = dict.fromkeys(_NUMBERS, _number) | dict.fromkeys(_DAYS, day) | {"target_pct": _share}
    values |= {name: read(texts[name]) for name, read in readers.items()}
    unreadable = [name for name in readers if texts[name] and values[name] is None]
    if texts["outcome"] and texts["outcome"] not in _OUTCOMES:
        unreadable.append("outcome")
    if any(number is not None and number < least for number, least in _least(values)):
        unreadable.append("attendance_count")
    return values | {"happened_on": day(texts["happened_on"]), "unreadable": tuple(unreadable)}


def digest(row: Mapping[str, str | None]) -> str:
    """The sha256 of what a row says, spaces around texts left out."""
    stated = {name: (row[name] or "").strip() for name in COLUMNS}
    return hashlib.sha256(json.dumps(stated, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")).hexdigest()


def lacking(values: Said) -> tuple[str, ...]:
    """The columns that a row of its kind needs and does not have."""
    kind = values["event_kind"]
    needed = KINDS[kind][1] if kind in KINDS else ()
    absent = [name for name in needed if values[name] is None and name not in values["unreadable"]]
    about = ("case_number", "case_key", "ground_code")
    if kind in KINDS and kind not in _OF_NO_CASE and all(values[name] is None for name in about):
        absent.append("case_number")
    return tuple(absent)


def frame(rows: list[Said]) -> pd.DataFrame:
    """The rows as the door judges them; a case that is meant otherwise than by its number is looked up later."""
    keys = Counter(values["row_key"] for values in rows)
    return pd.DataFrame(
        [
            NO_FAULTS
            | {
                "case_number": 0 if values["case_number"] is None else values["case_number"],
                "treasury_code": values["treasury_code"] or "",
                "event_kind": values["event_kind"] or "",
                "happened_on_kind": "date" if _is_known_day(values["happened_on"]) else "text",
                "happened_on": values["happened_on"] or dt.date.min,
                "claimed_by": values["claimed_by"] or "",
                "about": (values["ground_code"] or "") if values["event_kind"] == "objection" else "",
                "text_length": max(len(values[name] or "") for name in _TEXTS if name != "target_pct"),
                "unreadable_count": len(values["unreadable"]),
                "lacking_count": len(lacking(values)),
                "nul_count": sum("\0" in (values[name] or "") for name in (*_TEXTS, "row_key") if name != "target_pct"),
                "key_count": keys[values["row_key"]] if values["row_key"] else 1,
                "key_length": len(values["row_key"] or ""),
            }
            for values in rows
        ]
    )


def day(text: str) -> dt.date | None:
    """The day that a text names, ``2023-07-14``, at midnight or without a clock; None where it names none."""
    found = _DAY.fullmatch(text)
    try:
        return dt.date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _is_known_day(value: dt.date | None) -> bool:
    """Whether a day can be one on which something happened here."""
    return value is not None and value >= FIRST_DAY


def _number(text: str) -> int | None:
    """A whole number; None where a text is none."""
    return int(text.partition(".")[0]) if _WHOLE.fullmatch(text) else None


def _share(text: str) -> float | None:
    """Per cent as a share; None where a text is none from 0 to 100."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value / 100 if 0 <= value <= 100 else None


def _least(values: Said) -> list[tuple[int | None, int]]:
    """The numbers that have a least value, with it."""
    return [(values["attendance_count"], 1), (values["revision_number"], 1), (values["case_number"], 1)]
