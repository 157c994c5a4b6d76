"""What two revisions of a period say differently, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from etl import warehouse
from etl.errors import Misdeclared
from etl.periods import Period
from etl.publishing.revisions import of_period

Row = dict[str, Any]

_TRACE = {
    "added_count": ("{number} response came in later", "{number} responses came in later"),
    "changed_count": ("{number} response was corrected", "{number} responses were corrected"),
    "deleted_count": ("{number} response was taken back", "{number} responses were taken back"),
}
"""What happened to one response, and to several."""
_NO_TRACE = dict.fromkeys(_TRACE)


@dataclass(frozen=True)
class Difference:
    """Two revisions, and a row for each treasury on which they differ."""

    earlier: Row
    later: Row
    rows: list[Row]

    @property
    def headline(self) -> str:
        """Which two revisions are compared, and how much of them differs."""
        return f"{self.earlier['period_code']}, {_name(self.earlier)} → {_name(self.later)}: {self.extent}"

    @property
    def extent(self) -> str:
        """How much of the two differs."""
        if self.rows:
            return "1 treasury differs" if len(self.rows) == 1 else f"{len(self.rows)} treasuries differ"
        digests = {self.earlier["figures_digest"], self.later["figures_digest"]}
        same = "the same rates, ranks and grades"
        return same + ("; intervals or other figures differ" if len(digests - {None}) == 2 else "")


def diff(period: Period, from_number: int | None = None, to_number: int | None = None) -> Difference:
    """What two revisions say differently of each treasury, with the reason.

    Without numbers: the last two published ones; when there is only one, it and the draft (0). A revision that there
    is not raises Misdeclared.
    """
    revisions = {row["revision_number"]: row for row in of_period(period)}
    newest = max(revisions)
    later = to_number if to_number is not None else (newest if newest > 1 else 0)
    earlier = from_number if from_number is not None else (newest - 1 if newest > 1 and later else newest)
    for number in (earlier, later):
        if number not in revisions or not newest:
            lacks = f"{period} has no revision {number}" if number else f"{period} has no draft"
            raise Misdeclared(
                lacks if newest else f"no revision of {period} is published",
                next_action=f"see which there are: hailong revisions {period}",
            )
    return Difference(revisions[earlier], revisions[later], _rows(revisions[earlier], revisions[later]))


def _rows(earlier: Row, later: Row) -> list[Row]:
    """What two revisions say differently of each treasury."""
    numbers = {"from_number": earlier["revision_number"], "to_number": later["revision_number"]}
    key = {"period_code": earlier["period_code"], **numbers}
    with warehouse.transaction() as connection:
        different = warehouse.rows(connection, "publishing/diff", **key)
        changes = warehouse.rows(connection, "publishing/changes", **key)
    traces = {row.pop("treasury_id"): row for row in changes}
    general = _general_reason(earlier, later)
    compared = {"from_revision": earlier["revision_number"], "to_revision": later["revision_number"]}
    rows = [{**row, **traces.get(row.pop("treasury_id"), _NO_TRACE)} for row in different]
    return [{**compared, **_hidden(row), "reason": _reason(row, general)} for row in rows]


def _name(revision: Row) -> str:
    """What a revision is called in a headline."""
    return f"revision {revision['revision_number']}" if revision["revision_number"] else "the draft"


def _hidden(row: Row) -> Row:
    """A row of a comparison, without figures that were hidden."""
    shown = ("treasury_code", "treasury_name_vi", "from_state", "to_state", "is_suppressed")
    return {name: None if row["is_suppressed"] and name not in shown else value for name, value in row.items()}


def _general_reason(earlier: Row, later: Row) -> str | None:
    """What changed for everyone between two revisions."""
    rule_sets = [(row["rule_set_code"], row["rule_set_digest"]) for row in (earlier, later)]
    if rule_sets[0] != rule_sets[1]:
        return f"the rule set changed from {earlier['rule_set_code']} to {later['rule_set_code']}"
    if earlier["questionnaire_code"] != later["questionnaire_code"]:
        return f"the questionnaire changed from {earlier['questionnaire_code']} to {later['questionnaire_code']}"
    if earlier["code_version"] != later["code_version"]:
        return f"the program changed from version {earlier['code_version']} to {later['code_version']}"
    return None


def _reason(row: Row, general: str | None) -> str:
    """Why a treasury's figures differ, in words."""
    before, after = row["from_state"], row["to_state"]
    if before != after:
        return f"it was {before or 'not listed'} and is {after or 'not listed'}"
    tally = ("response_count", "answer_count", "satisfied_count")
    if all(row[f"from_{name}"] == row[f"to_{name}"] for name in tally):
        return general or "the figures of other treasuries moved"
    if not row["is_suppressed"]:
        more = (row["to_response_count"] or 0) - (row["from_response_count"] or 0)
        untraced = {"added_count": max(more, 0), "deleted_count": max(-more, 0)}
        is_traced = any(row[name] for name in _TRACE)
        traced = [_counted(row[name] if is_traced else untraced.get(name), words) for name, words in _TRACE.items()]
        if any(traced):
            return "; ".join(filter(None, [", ".join(filter(None, traced)), general]))
    return general or "its answers were corrected"


def _counted(number: int | None, what_happened: tuple[str, str]) -> str:
    """How many responses something happened to, in words; nothing for none."""
    return what_happened[number > 1].format(number=number) if number else ""
