"""How the warehouse is told what somebody says of an office: whose code it is, and what is said as JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from etl import warehouse
from etl.errors import Misdeclared
from etl.warehouse import Row


def treasury(connection: warehouse.Connection, code: str, day: dt.date) -> Row:
    """The treasury that has a code on a day; none raises Misdeclared."""
    rows = warehouse.rows(connection, "acting/treasury", treasury_code=code, on_day=day)
    if not rows:
        raise Misdeclared(f"no treasury has the code '{code}' on {day}", next_action="see the codes in treasuries.yaml")
    return rows[0]


def as_json(said: Mapping[str, Any]) -> str:
    """What is said, as the database takes it: days as ISO 8601."""
    return json.dumps(said, ensure_ascii=False, default=str)
