"""The effects of a month's draft: of what treasuries and units did, measured and kept with the draft.

Rounds have none: windows are of months, and each month of a round has its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from etl import warehouse
from etl.acting.offices.measure import COUNTS, MeasuredEffect, OfficeAction, measure
from etl.registry import effects
from etl.registry.effects import EffectRule
from etl.registry.ruled import Ruled
from etl.warehouse import bulk

Row = dict[str, Any]
_LOOKED_BACK = 36
"""For so many months, that of the draft among them, an action is followed."""
_KEY = ("action_kind", "action_number")
_OF_ACTION = (*_KEY, "treasury_id", "unit_code", "criterion_code", "action_date")
_SHARES = (
    *("effect", "effect_low", "effect_high", "before_rate", "after_rate", "expected_rate"),
    *("forecast_rate", "forecast_low", "forecast_high"),
)


def make(connection: warehouse.Connection, ruled: Ruled, today: dt.datetime | None = None) -> bool:
    """Measure and keep the effects of a month's draft; whether there are any.

    There are none of a round, where no rule is in force on the local day, and where nobody did anything.
    """
    day = (today or warehouse.now(connection)).astimezone(ruled.registry.zone()).date()
    rule = effects.in_force(ruled.registry.path, day)
    taken = [] if ruled.period.is_round or rule is None else _taken(connection, ruled)
    if not taken or rule is None:
        return False
    most = max(rule.months.treasury, rule.months.unit)
    first = min(_number(row[name]) for row in taken for name in ("action_date", "selecting_first"))
    bounds = {"first_month": _day(first - most), "last_month": ruled.period.first_day}
    warehouse.run(connection, "acting/keep_effect_input", {"period_code": ruled.period.code, **bounds})
    _keep(connection, ruled, rule, taken)
    return True


def make_again(connection: warehouse.Connection, ruled: Ruled, basis: Mapping[str, Any], key: Row) -> None:
    """Measure and keep, as a draft's, the effects of a published revision (``key``) by what its basis pins.

    They are of the actions that it measured, as these stand now. A rule that was edited since raises Misdeclared.
    """
    rule = effects.named(ruled.registry.path, basis["rule_code"], basis["rule_digest"])
    warehouse.run(connection, "acting/pinned_effect_input", key)
    measured = {tuple(row.values()) for row in warehouse.rows(connection, "acting/measured_actions", **key)}
    taken = [row for row in _taken(connection, ruled) if tuple(row[name] for name in _KEY) in measured]
    _keep(connection, ruled, rule, taken)


def _keep(connection: warehouse.Connection, ruled: Ruled, rule: EffectRule, taken: list[Row]) -> None:
    """Measure actions by the months that are kept for a draft, and keep their effects."""
    key = {"period_code": ruled.period.code}
    actions = [_action(row) for row in taken]
    counts = _counts(connection, ruled, {action.criterion for action in actions} - {""})
    found = zip(taken, actions, measure(actions, counts, rule), strict=True)
    rows = [{**key, "effect_number": n, **_row(*one)} for n, one in enumerate(found, start=1)]
    warehouse.run(connection, "acting/keep_effect_basis", {**key, "rule_code": rule.code, "rule_digest": rule.digest})
    bulk.copy_text(connection, ("score", "effect"), pa.Table.from_pylist(rows))
    warehouse.run(connection, "acting/seal_effects", key)


def _row(taken: Row, action: OfficeAction, measured: MeasuredEffect) -> Row:
    """A row of ``score.effect``, but its keys."""
    found, months = measured.values, measured.windows
    digits = {**dict.fromkeys(_SHARES, 8), "before_count": 4, "after_count": 4, "control_count": 0}
    figures = {name: _rounded(found.get(name), places) for name, places in digits.items()}
    return {
        **{name: taken[name] for name in _OF_ACTION},
        **figures,
        "revision_number": 0,
        "part": "own",
        "took_effect_month": taken["action_date"].replace(day=1),
        "verdict": found["verdict"],
        "reason": None if pd.isna(found["reason"]) else found["reason"],
        "selecting_months": _months(range(action.selecting[0], action.selecting[1] + 1)),
        "before_months": _months(months.before if months else ()),
        "after_months": _months(months.after if months else ()),
    }


def _rounded(value: Any, places: int) -> str | None:
    """A figure with the digits that are kept, as text; None where there is none."""
    return None if value is None or pd.isna(value) else f"{value:.{places}f}"


def _taken(connection: warehouse.Connection, ruled: Ruled) -> list[Row]:
    """What is followed in a draft, in order."""
    first_day = _day(_number(ruled.period.first_day) - _LOOKED_BACK + 1)
    asked = {"period_code": ruled.period.code, "first_day": first_day, "last_day": ruled.period.last_day}
    return warehouse.rows(connection, "acting/actions_taken", **asked)


def _action(row: Row) -> OfficeAction:
    """What is measured of an action."""
    selecting = (_number(row["selecting_first"]), _number(row["selecting_last"]))
    month = _number(row["action_date"])
    return OfficeAction(row["action_kind"], _area(row), row["criterion_code"] or "", month, selecting)


def _counts(connection: warehouse.Connection, ruled: Ruled, criteria: Iterable[str]) -> pd.DataFrame:
    """The columns ``measure.COUNTS`` of the months that are kept for a draft."""
    asked = {"period_code": ruled.period.code, "criterion_codes": sorted(criteria)}
    rows = [
        (
            *(row["area_level"], _area(row), row["criterion_code"], _number(row["survey_month"])),
            *(row["satisfaction_rate"] * row["effective_count"], row["effective_count"], row["asked_as"]),
        )
        for row in warehouse.rows(connection, "acting/effect_counts", **asked)
    ]
    return pd.DataFrame(rows, columns=COUNTS)


def _area(row: Row) -> str:
    """The key of a treasury or unit."""
    return str(row["treasury_id"]) if row["unit_code"] is None else f"{row['treasury_id']}/{row['unit_code']}"


def _number(day: dt.date) -> int:
    """The number of a day's month."""
    return day.year * 12 + day.month - 1


def _day(month: int) -> dt.date:
    """The first day of a month by its number."""
    return dt.date(month // 12, month % 12 + 1, 1)


def _months(numbers: Iterable[int]) -> str:
    """Months by their numbers, as a list of PostgreSQL."""
    return "{" + ",".join(_day(number).isoformat() for number in numbers) + "}"
