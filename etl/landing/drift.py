"""How a source's shape differs from the one at its last landing.

A shape is the columns that the source query's tables have, with their types. A difference is noted and shown, and
refuses nothing by itself: only a query that fails does, and its error then names the columns that went away or changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from etl import warehouse
from etl.errors import HailongError, Misdeclared, Refused
from etl.landing.treasury_month import TreasuryMonth
from etl.log import log
from etl.source.said import plain
from etl.source.shape import Shape

EXPLAINED = Refused | Misdeclared
"""The errors that a change of the shape may explain."""
_SHOWN = 3
_WHOLE, _NAMED = "*", "named by -- reads:"
"""How a table is noted that the query's header names and that nobody has seen."""


@dataclass(frozen=True)
class Drift:
    """A column that is new, missing, or of another type than before; or all of a table that was never seen."""

    table_name: str
    column_name: str
    drift_kind: Literal["new", "missing", "retyped"]
    from_type: str | None = None
    to_type: str | None = None

    def __str__(self) -> str:
        if self.column_name == _WHOLE:
            return f"table {plain(self.table_name)} is {_NAMED} and is not there, or not for our role to see"
        how = {
            "new": f"is new ({self.to_type})",
            "missing": f"is missing now (was {self.from_type})",
            "retyped": f"is {self.to_type} now (was {self.from_type})",
        }
        return plain(f"column {self.column_name} of {self.table_name} {how[self.drift_kind]}")


def between(before: Iterable[Sequence[str]], after: Iterable[Sequence[str]]) -> list[Drift]:
    """What differs between two lists of table, column and type."""
    old = {(table, column): kind for table, column, kind in before}
    new = {(table, column): kind for table, column, kind in after}
    drifts = [Drift(*key, "missing", from_type=old[key]) for key in old.keys() - new.keys()]
    drifts += [Drift(*key, "new", to_type=new[key]) for key in new.keys() - old.keys()]
    drifts += [
        Drift(*key, "retyped", from_type=old[key], to_type=new[key])
        for key in old.keys() & new.keys()
        if old[key] != new[key]
    ]
    return sorted(drifts, key=lambda drift: (drift.table_name, drift.column_name))


def unseen(shape: Shape, tables: Iterable[str], before: Iterable[Sequence[str]] = ()) -> list[Drift]:
    """The tables that a query says to read, and of which neither this shape nor the one before has a column."""
    known = {table for table, *_ in before}
    return [Drift(table, _WHOLE, "missing", from_type=_NAMED) for table in shape.lacking(tables) if table not in known]


def record(
    connection: warehouse.Connection, treasury_month: TreasuryMonth, shape: Shape, tables: Iterable[str]
) -> list[Drift]:
    """Keep a treasury's shape; how it differs from the last one, and from the ``tables`` that the query names.

    A look-back keeps nothing: the months are read in an odd order then, and the month itself is read as well.
    """
    last = warehouse.rows(connection, "landing/last_shape", treasury_id=treasury_month.treasury_id)
    before = last[0]["shape"] if last else []
    drifts = [*(between(before, shape.columns) if last else []), *unseen(shape, tables, before)]
    if treasury_month.is_look_back:
        return drifts
    key = {"treasury_id": treasury_month.treasury_id, "shape_digest": shape.digest}
    columns = json.dumps(shape.columns, ensure_ascii=False)
    warehouse.run(connection, "landing/source_shape", {**key, "shape": columns})
    seen = {"run_id": treasury_month.run_id, "survey_month": treasury_month.survey_month.first_day}
    from_digest = last[0]["shape_digest"] if last else shape.digest
    rows = [{**key, **seen, "from_shape_digest": from_digest, **asdict(drift)} for drift in drifts]
    warehouse.run(connection, "landing/drift", rows)
    for drift in drifts:
        log.warning("%s: %s", treasury_month.name, drift)
    return drifts


def explained(error: HailongError, drifts: Sequence[Drift]) -> HailongError:
    """An error of a query, with the columns that went away."""
    breaking = [str(drift) for drift in drifts if drift.drift_kind != "new"]
    if not breaking or not isinstance(error, EXPLAINED):
        return error
    more = [f"and {len(breaking) - _SHOWN} more"] if len(breaking) > _SHOWN else []
    return type(error)("; ".join([error.message, *breaking[:_SHOWN], *more]), next_action=error.next_action)
