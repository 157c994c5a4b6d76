"""Who is behind the codes of responses, and whether it is known throughout where she served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

ASSIGNED = ["person_id", "treasury_id", "officer_code", "valid_from", "valid_to"]
"""The columns of assignments: who served under which code of a treasury from when to when (None: it lasts)."""
PERSONS = ["treasury_id", "officer_code", "person_id", "unit_code", "is_assigned"]
"""The columns of ``Persons.table``, by the number of each: see there."""


@dataclass(frozen=True)
class Persons:
    """The persons whom responses are about, numbered from 0.

    ``of_response``: the number of each response's person. ``table``: ``PERSONS`` by number: the treasury and code under
    which she served last; person_id, empty where the code is the person; the unit of her last response; whether it is
    known throughout the months looked at where she was assigned.
    """

    of_response: np.ndarray
    table: pd.DataFrame


@dataclass(frozen=True)
class EvidenceDays:
    """The first and last day looked at, and the treasuries (treasury_id) that are open on the last one."""

    first: dt.date
    last: dt.date
    treasuries: frozenset[int]


def of(responses: pd.DataFrame, assignments: pd.DataFrame, days: EvidenceDays) -> Persons:
    """The persons of responses in order of time.

    ``responses``: treasury_id, officer_code, code (a number for both), person_id (NaN: no assignment), unit_code.

    Answers under several codes of one person are hers together. Where nobody has ever recorded an assignment of a code,
    the code of its treasury is the person, assigned as long as the treasury is open. Answers on days of which no
    assignment tells, of a code that has some, are nobody's that is known. A person has a gap where a day between her
    first assignment, or the first day looked at, and the last day looked at is in none of her assignments.
    """
    person = responses["person_id"].to_numpy(np.float64)
    number = pd.factorize(np.where(np.isnan(person), -1 - responses["code"].to_numpy(np.int64), person))[0]
    last = ~pd.Series(number).duplicated(keep="last").to_numpy()
    table = responses.loc[last, ["treasury_id", "officer_code", "person_id", "unit_code"]]
    table = table.set_axis(number[last], axis="index").sort_index()
    table = table.astype({"treasury_id": "int64", "officer_code": object, "unit_code": object})
    named = set(zip(assignments["treasury_id"], assignments["officer_code"], strict=True))
    keys = zip(table["treasury_id"], table["officer_code"], strict=True)
    is_unknown = np.array([key in named for key in keys], dtype=bool)
    is_open = table["treasury_id"].isin(days.treasuries).to_numpy(bool)
    is_whole = _whole(assignments, days)
    is_assigned = np.where(
        table["person_id"].notna(), table["person_id"].map(is_whole).eq(True), ~is_unknown & is_open
    ).astype(bool)
    return Persons(number, _under_last_code(table.assign(is_assigned=is_assigned), assignments, days))


def _whole(assignments: pd.DataFrame, days: EvidenceDays) -> Mapping[int, bool]:
    """By person, whether her assignments leave no day out; the treasury of the last one is open."""
    found = {}
    for person, rows in assignments.groupby("person_id"):
        spans = sorted(zip(rows["valid_from"], rows["valid_to"], rows["treasury_id"], strict=True), key=_start)
        found[int(str(person))] = _covers(spans, days)
    return found


def _covers(spans: Sequence[tuple[dt.date, dt.date | None, int]], days: EvidenceDays) -> bool:
    """Whether spans in order of their first days leave out no day of those looked at, from the first span on."""
    known_until = max(days.first, spans[0][0]) - dt.timedelta(1)
    open_until = dt.date.min
    for first, last, treasury_id in spans:
        if first > known_until + dt.timedelta(1) and known_until < days.last:
            return False
        ends = days.last if last is None or last > days.last else last
        known_until = max(known_until, ends)
        if treasury_id in days.treasuries:
            open_until = max(open_until, ends)
    return known_until >= days.last and open_until >= days.last


def _under_last_code(table: pd.DataFrame, assignments: pd.DataFrame, days: EvidenceDays) -> pd.DataFrame:
    """The table with the treasury and code that each person was last assigned to by the last day."""
    begun = assignments[assignments["valid_from"] <= days.last].sort_values("valid_from", kind="stable")
    last = begun.drop_duplicates("person_id", keep="last").set_index("person_id")[["treasury_id", "officer_code"]]
    for name in ("treasury_id", "officer_code"):
        known = table["person_id"].map(last[name])
        table = table.assign(**{name: known.where(known.notna(), table[name])})
    return table[PERSONS].astype({"treasury_id": "int64"})


def _start(span: tuple[dt.date, dt.date | None, int]) -> dt.date:
    """The first day of a span."""
    return span[0]
