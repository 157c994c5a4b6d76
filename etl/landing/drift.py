"""Drift: how the shape of a treasury's database differs from the one at its last landing.

A shape is the columns that the source query's tables have, with their types. A difference is noted and shown, and
refuses nothing by itself: only a query that fails does, and its error then names the columns that went away or changed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from etl import source, warehouse
from etl.errors import HailongError, Misdeclared, Refused
from etl.landing.treasury_month import TreasuryMonth

_log = logging.getLogger("hailong")
_SHOWN = 3


@dataclass(frozen=True)
class Drift:
    """A column that is new, missing, or of another type than before."""

    table_name: str
    column_name: str
    drift_kind: Literal["new", "missing", "retyped"]
    from_type: str | None = None
    to_type: str | None = None

    def __str__(self) -> str:
        said = {
            "new": f"is new ({self.to_type})",
            "missing": f"is missing now (was {self.from_type})",
            "retyped": f"is {self.to_type} now (was {self.from_type})",
        }
        return f"column {self.column_name} of {self.table_name} {said[self.drift_kind]}"


def between(before: Iterable[Sequence[str]], after: Iterable[Sequence[str]]) -> list[Drift]:
    """What differs between two lists of table, column and type, by table and column."""
    old = {(table, column): kind for table, column, kind in before}
    new = {(table, column): kind for table, column, kind in after}
    found = [Drift(*place, "missing", from_type=old[place]) for place in old.keys() - new.keys()]
    found += [Drift(*place, "new", to_type=new[place]) for place in new.keys() - old.keys()]
    found += [
        Drift(*place, "retyped", from_type=old[place], to_type=new[place])
        for place in old.keys() & new.keys()
        if old[place] != new[place]
    ]
    return sorted(found, key=lambda one: (one.table_name, one.column_name))


def note(treasury_month: TreasuryMonth, shape: source.Shape) -> list[Drift]:
    """Keep a treasury's shape, and note and return how it differs from the one at its last landing.

    A look-back keeps nothing: the months are read in an odd order then, and the month itself is read as well.
    """
    with warehouse.transaction() as connection:
        last = warehouse.rows(connection, "landing/last_shape", treasury_id=treasury_month.treasury_id)
        found = between(last[0]["shape"], shape.columns) if last else []
        if treasury_month.is_look_back:
            return found
        this = {"treasury_id": treasury_month.treasury_id, "shape_digest": shape.digest}
        said = json.dumps(shape.columns, ensure_ascii=False)
        warehouse.run(connection, "landing/source_shape", {**this, "shape": said})
        where = {"run_id": treasury_month.run_id, "survey_month": treasury_month.month.first_day}
        rows = [{**this, **where, "from_shape_digest": last[0]["shape_digest"], **asdict(one)} for one in found]
        warehouse.run(connection, "landing/drift", rows)
    for one in found:
        _log.warning("%s: %s", treasury_month.name, one)
    return found


def explained(error: HailongError, found: Sequence[Drift]) -> HailongError:
    """An error of a query that does not fit, with the columns that went away or changed since it did."""
    hurt = [str(one) for one in found if one.drift_kind != "new"]
    if not hurt or not isinstance(error, Refused | Misdeclared):
        return error
    more = [f"and {len(hurt) - _SHOWN} more"] if len(hurt) > _SHOWN else []
    return type(error)("; ".join([error.message, *hurt[:_SHOWN], *more]), next_action=error.next_action)
